// Finalizers, cleanups, weak handles: records beside objects, in one hash table by object address. Dead objects' records are handled at the end of marking, world stopped:
// weak handles are cleared first, then objects with finalizers are resurrected and queued, then cleanups of objects that stay dead are queued.
//
// Roots: every record (a Go object of the overlay), every weak handle, and what an object with a finalizer points to, but not that object.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/sched/sched.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

namespace {
enum SpecialKind : uint8_t { specialFinalizer = 1, specialCleanup = 2, specialWeak = 3, specialProfile = 4 };

struct Special {
  Special *next;      // same bucket
  Word base;          // of the object
  Word address;       // as given (weak: the exact address)
  void *record;       // Go object; weak: the handle
  SpecialKind kind;
};

struct Due { Word object; void *record; SpecialKind kind; };

constinit Mutex specialLock{LockRank::Special};
constinit Special **buckets = nullptr;       // under specialLock
constinit Word bucketCount = 0, specialCount = 0;
constinit Mutex dueLock{LockRank::Finalizer};
constinit Due *due = nullptr;                 // ring, under dueLock
constinit Word dueHead = 0, dueCount = 0, dueCapacity = 0;
constinit G *waiter = nullptr;                // under dueLock
constinit SpecialCounts counts{};             // under dueLock

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

void add(Word base, Word address, void *record, SpecialKind kind) {
  if (specialCount >= bucketCount)
    growTable();
  Special *s = offHeapNew<Special>();
  *s = {buckets[hashOf(base) % bucketCount], base, address, record, kind};
  buckets[hashOf(base) % bucketCount] = s;
  specialCount++;
}

template <class F> void forEachSpecial(F visit) {   // visit returns true to remove
  for (Word i = 0; i < bucketCount; i++)
    for (Special **link = &buckets[i]; *link;) {
      Special *s = *link;
      if (visit(s)) {
        *link = s->next;
        offHeapFree(s, sizeof(Special));
        specialCount--;
      } else {
        link = &s->next;
      }
    }
}

void enqueue(Word object, void *record, SpecialKind kind) {
  LockGuard guard(dueLock);
  if (dueCount == dueCapacity) {
    Word capacity = dueCapacity ? dueCapacity * 2 : 64;
    Due *ring = static_cast<Due *>(offHeapAlloc(capacity * sizeof(Due)));
    for (Word i = 0; i < dueCount; i++)
      ring[i] = due[(dueHead + i) % dueCapacity];
    if (due)
      offHeapFree(due, dueCapacity * sizeof(Due));
    due = ring;
    dueHead = 0;
    dueCapacity = capacity;
  }
  due[(dueHead + dueCount) % dueCapacity] = {object, record, kind};
  dueCount++;
  (kind == specialFinalizer ? counts.finalizersQueued : counts.cleanupsQueued)++;
}

bool isDead(Word base) {
  ObjectRef object;
  return findObject(base, object) && !isMarked(object.span, uint32_t(object.index));
}
} // namespace

void markSpecials(Marker &marker) {
  LockGuard guard(specialLock);
  forEachSpecial([&](Special *s) {
    if (s->kind == specialProfile)
      return false;
    marker.value(Word(s->record));
    ObjectRef object;
    if (s->kind == specialFinalizer && findObject(s->base, object))
      marker.children(object.span, uint32_t(object.index));
    return false;
  });
  LockGuard dueGuard(dueLock);
  for (Word i = 0; i < dueCount; i++) {
    Due &d = due[(dueHead + i) % dueCapacity];
    marker.value(d.object);
    marker.value(Word(d.record));
  }
}

bool queueDeadSpecials(Marker &marker) {
  LockGuard guard(specialLock);
  forEachSpecial([](Special *s) {
    if (s->kind != specialWeak || !isDead(s->base))
      return false;
    __atomic_store_n(static_cast<Word *>(s->record), Word(0), __ATOMIC_RELEASE);
    return true;
  });
  bool any = false;
  forEachSpecial([&](Special *s) {
    if (s->kind != specialFinalizer || !isDead(s->base))
      return false;
    enqueue(s->address, s->record, s->kind);
    any = true;
    return true;
  });
  if (any) {   // after all are found: one finalizer's object may be reachable from another's
    LockGuard dueGuard(dueLock);
    for (Word i = 0; i < dueCount; i++)
      marker.value(due[(dueHead + i) % dueCapacity].object);
  }
  return any;
}

void addProfileRecord(Word object, void *bucket) {
  LockGuard guard(specialLock);
  add(object, object, bucket, specialProfile);
}

void queueDeadCleanups() {
  LockGuard guard(specialLock);
  forEachSpecial([](Special *s) {
    if (s->kind == specialProfile && isDead(s->base)) {
      profileFreed(s->record);
      return true;
    }
    if (s->kind != specialCleanup || !isDead(s->base))
      return false;
    enqueue(0, s->record, s->kind);
    return true;
  });
}

SpecialCounts specialCounts() {
  LockGuard guard(dueLock);
  return counts;
}

void wakeFinalizerGoroutine() {
  G *g = nullptr;
  {
    LockGuard guard(dueLock);
    if (dueCount && waiter) {
      g = waiter;
      waiter = nullptr;
    }
  }
  if (g)
    ready(g);
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
  add(base, Word(p), record, SpecialKind(kind));
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
  for (Special **link = &buckets[hashOf(base) % bucketCount]; *link; link = &(*link)->next) {
    Special *s = *link;
    if (s->address == Word(p) && s->kind == kind && (!record || s->record == record)) {
      *link = s->next;
      offHeapFree(s, sizeof(Special));
      specialCount--;
      return 1;
    }
  }
  return 0;
}

void stoat_next_finalizer_impl(Word *out) {
  for (;;) {
    dueLock.lock();
    if (dueCount) {
      Due d = due[dueHead];
      due[dueHead] = Due();
      dueHead = (dueHead + 1) % dueCapacity;
      dueCount--;
      (d.kind == specialFinalizer ? counts.finalizersTaken : counts.cleanupsTaken)++;
      out[0] = d.object;
      out[1] = d.kind;
      out[2] = Word(d.record);
      dueLock.unlock();
      return;
    }
    park(
        [](G *g, void *) {
          waiter = g;
          dueLock.unlock();
          return true;
        },
        nullptr, WaitReason::FinalizerWait);
  }
}

// One handle per address; addresses outside the heap get one that is never cleared.
void *stoat_weak_handle_impl(void *p) {
  if (!p)
    return nullptr;
  ObjectRef object;
  Word base = findObject(Word(p), object) ? Word(object.base) : Word(p);
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
  add(base, Word(p), handle, specialWeak);
  return handle;
}

void *stoat_weak_strong_impl(void *handle) {
  if (!handle)
    return nullptr;
  void *p = reinterpret_cast<void *>(__atomic_load_n(static_cast<Word *>(handle), __ATOMIC_ACQUIRE));
  if (!mutated(Mutation::Weak))
    shade(p);
  return p;
}

} // extern "C"
