// Finalizers, cleanups, weak handles: records beside objects, in one hash table by object address and in a list of each span. Dead objects' records are handled when their
// span is swept; finalizers and cleanups are due then (due.h).
//
// Roots: every record (a Go object of the overlay), every weak handle, and what an object with a finalizer points to, but not that object.
#include "runtime/base/print.h"
#include "runtime/gc/due.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/gc/mutate.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/sched/sched.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

enum SpecialKind : uint8_t { specialFinalizer = 1, specialCleanup = 2, specialWeak = 3, specialProfile = 4 };

struct Special {
  Special *next;      // same bucket
  Special *spanNext, *spanPrevious;
  Word base;          // of the object
  Word address;       // as given (weak: the exact address)
  STOAT_HEAP void *record; // Go object; weak: the handle; profile: a bucket, off the heap
  SpecialKind kind;
  bool resurrects;    // while its span is swept
};

namespace {
constinit Mutex specialLock{LockRank::Special};
constinit Special **buckets = nullptr;       // these and the spans' lists: under specialLock
constinit Word bucketCount = 0, specialCount = 0;

bool isUnswept(const Span *s) { return s->sweepGen.load(std::memory_order_acquire) != heap.sweepGen.load(std::memory_order_relaxed); }

Word hashOf(Word base) { return (base >> 4) * Word(0x9E3779B97F4A7C15u) >> (wordBits / 2); }

void growTable() {
  Word count = bucketCount ? bucketCount * 2 : 64;
  Special **table = static_cast<Special **>(offHeapAlloc(count * sizeof(Special *)));
  for (Word i = 0; i < bucketCount; i++)
    for (Special *s = buckets[i], *next; s; s = next) {
      next = s->next;
      Special *&bucket = table[hashOf(s->base) % count];
      s->next = bucket;
      bucket = s;
    }
  if (buckets)
    offHeapFree(buckets, bucketCount * sizeof(Special *));
  buckets = table;
  bucketCount = count;
}

Special *add(const ObjectRef &object, Word address, void *record, SpecialKind kind) {
  if (specialCount >= bucketCount)
    growTable();
  Word base = Word(object.base);
  Special *&bucket = buckets[hashOf(base) % bucketCount];
  Special *s = offHeapNew<Special>();
  s->next = bucket;
  s->base = base;
  s->address = address;
  initPointer(s->record, record); // a root that may have been scanned in this cycle
  s->kind = kind;
  bucket = s;
  specialCount++;
  if (Span *span = object.span) {   // null: a weak handle of what is not in the heap
    s->spanNext = span->specials;
    if (s->spanNext)
      s->spanNext->spanPrevious = s;
    span->specials = s;
  }
  return s;
}

void remove(Span *span, Special *s) {
  Special **link = &buckets[hashOf(s->base) % bucketCount];
  while (*link != s)
    link = &(*link)->next;
  *link = s->next;
  (s->spanPrevious ? s->spanPrevious->spanNext : span->specials) = s->spanNext;
  if (s->spanNext)
    s->spanNext->spanPrevious = s->spanPrevious;
  offHeapFree(s, sizeof(Special));
  specialCount--;
}

// What marking has to know of a special while it is under way, or of a new one.
void markSpecial(Marker &marker, Special *s) {
  if (s->kind == specialProfile)
    return;
  marker.value(Word(s->record));
  ObjectRef object;
  if (s->kind == specialFinalizer && findObject(s->base, object))
    marker.children(object.span, uint32_t(object.index));
}
} // namespace

// A table that grows meanwhile moves the records of a bucket that was not visited to buckets that will be.
bool markSomeSpecials(Marker &marker, Word &position) {
  LockGuard guard(specialLock);
  for (int n = 0; n < 128 && position < bucketCount; n++, position++)
    for (Special *s = buckets[position]; s; s = s->next)
      markSpecial(marker, s);
  return position < bucketCount;
}

// After marking, before the span's bits change: weak handles of dead objects are cleared, those with finalizers live on until these have run, and the cleanups of what stays
// dead are due. What such an object points to was marked (markSpecial). Under the lock the span then counts as swept: stoat_weak_strong relies on that.
bool sweepSpecials(Span *span) {
  LockGuard guard(specialLock);
  auto isDead = [span](Special *s) { return !isMarked(span, objectIndex(span, s->base)); };
  auto each = [span](auto visit) {   // visit returns true to remove
    for (Special *s = span->specials, *next; s; s = next) {
      next = s->spanNext;
      if (visit(s))
        remove(span, s);
    }
  };
  each([&](Special *s) {
    if (s->kind != specialWeak || !isDead(s))
      return false;
    __atomic_store_n(static_cast<Word *>(s->record), Word(0), __ATOMIC_RELEASE);
    return true;
  });
  bool any = false;
  for (Special *s = span->specials; s; s = s->spanNext)
    s->resurrects = s->kind == specialFinalizer && isDead(s);
  each([&](Special *s) {
    if (!s->resurrects)
      return false;
    setMarked(span, objectIndex(span, s->base));
    addDueFinalizer(s->address, s->record);
    return any = true;
  });
  each([&](Special *s) {
    if (!isDead(s))
      return false;
    if (s->kind == specialProfile) {
      profileFreed(s->record);
      return true;
    }
    addDueCleanup(s->record);
    return any = true;
  });
  span->sweepGen.store(heap.sweepGen.load(std::memory_order_relaxed), std::memory_order_release);
  return any;
}

void addProfileRecord(Word object, void *bucket) {
  ObjectRef found;
  STOAT_CHECK(findObject(object, found), "sampled object is not in the heap");
  LockGuard guard(specialLock);
  add(found, object, bucket, specialProfile);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

uint8_t stoat_add_special_impl(void *p, intptr_t kind, void *record) {
  ObjectRef object;
  if (!findObject(Word(p), object))
    return 1;   // not in the heap: it never dies
  LockGuard guard(specialLock);
  Word base = Word(object.base);
  if (kind == specialFinalizer && bucketCount)
    for (Special *s = buckets[hashOf(base) % bucketCount]; s; s = s->next)
      if (s->address == Word(p) && s->kind == specialFinalizer) // objects of one tiny block have their own
        return 0;
  Special *added = add(object, Word(p), record, SpecialKind(kind));
  if (stoat_barrier_enabled) {
    auto f = [added] { markSpecial(getg()->m->p->markWork->marker, added); };
    runOnSystemStack(f);
  }
  return 1;
}

uint8_t stoat_remove_special_impl(void *p, intptr_t kind, void *record) {
  ObjectRef object;
  if (!findObject(Word(p), object))
    return 0;
  LockGuard guard(specialLock);
  Word base = Word(object.base);
  if (!bucketCount)
    return 0;
  for (Special *s = buckets[hashOf(base) % bucketCount]; s; s = s->next)
    if (s->address == Word(p) && s->kind == kind && (!record || s->record == record)) {
      remove(object.span, s);
      return 1;
    }
  return 0;
}

// One handle per address; addresses outside the heap get one that is never cleared.
void *stoat_weak_handle_impl(void *p) {
  if (!p)
    return nullptr;
  ObjectRef object;
  if (!findObject(Word(p), object))
    object = {p, 0, nullptr, 0};
  Word base = Word(object.base);
  auto find = [&]() -> void * {
    if (bucketCount)
      for (Special *s = buckets[hashOf(base) % bucketCount]; s; s = s->next)
        if (s->kind == specialWeak && s->address == Word(p))
          return s->record;
    return nullptr;
  };
  {
    LockGuard guard(specialLock);
    if (void *handle = find())
      return handle;
  }
  Word *handle = static_cast<Word *>(allocBytes(sizeof(Word) < 16 ? 16 : sizeof(Word), true));   // not from a tiny block; noscan
  LockGuard guard(specialLock);
  if (void *other = find())
    return other;
  *handle = Word(p);
  add(object, Word(p), handle, specialWeak);
  return handle;
}

void *stoat_weak_strong_impl(void *handle) {
  if (!handle)
    return nullptr;
  auto load = [handle] { return __atomic_load_n(static_cast<Word *>(handle), __ATOMIC_ACQUIRE); };
  Word p = load();
  if (Span *s = spanInUse(p); s && isUnswept(s)) {
    // Dead or not is known, but the handle has not been told yet.
    LockGuard guard(specialLock);
    p = load();
    if (p && isUnswept(s) && !isMarked(s, objectIndex(s, p)))
      p = 0;
  }
  if (!mutated(Mutation::Weak))
    shade(reinterpret_cast<void *>(p));
  return reinterpret_cast<void *>(p);
}

} // extern "C"
