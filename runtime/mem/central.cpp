// Spans of one class shared by all Ps: lists of swept spans with room (partial), without (full), and not yet swept (unswept). Sweeping is lazy: a P that needs a
// span sweeps one of its class first; idle threads and the start of the next cycle sweep the rest.
//
// Lock order: Central < Heap. A span in a P's cache is on no list.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/window.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <string.h>

namespace stoat::rt {

constinit Span noSpan{};   // full for ever: the first allocation of each class takes the slow path

void initHeap() {}

void initCache(P *p) {
  for (Span *&s : p->memory.alloc)
    s = &noSpan;
  for (int64_t &left : p->memory.untilSample)
    left = int64_t(1) << 62;   // as long as the profile's rate is 0
  p->cache = &p->memory;
}

static void accountCached(Span *s, bool taken) {
  Word room = Word(s->elemCount - s->allocCount) * s->elemSize;
  if (taken) {
    heap.live.fetch_add(room, std::memory_order_relaxed);
    heap.allocatedBytes.fetch_add(room, std::memory_order_relaxed);
    heap.allocatedObjects.fetch_add(s->elemCount - s->allocCount, std::memory_order_relaxed);
    heap.classCounts[s->sizeClass].allocs.fetch_add(s->elemCount - s->allocCount, std::memory_order_relaxed);
  } else {
    heap.live.fetch_sub(room, std::memory_order_relaxed);
    heap.allocatedBytes.fetch_sub(room, std::memory_order_relaxed);
    heap.allocatedObjects.fetch_sub(s->elemCount - s->allocCount, std::memory_order_relaxed);
    heap.classCounts[s->sizeClass].allocs.fetch_sub(s->elemCount - s->allocCount, std::memory_order_relaxed);
  }
}

// Marks (or unmarks) the slots of s that are free to be handed out: in this way objects are black from their first moment, whoever takes them. Others may set marks of
// older objects in the same words.
static void markFreeSlots(Span *s, bool mark) {
  for (uint32_t first = s->freeIndex; first < s->elemCount; first = (first | (wordBits - 1)) + 1) {
    Word at = first / wordBits;
    Word bits = ~s->allocBits[at] & (~Word(0) << first % wordBits);
    if (uint32_t end = s->elemCount - uint32_t(at * wordBits); end < wordBits)
      bits &= (Word(1) << end) - 1;
    // marked and not scanned would be grey: at no moment
    if (mark) {
      __atomic_fetch_or(&s->scanBits[at], bits, __ATOMIC_SEQ_CST);
      __atomic_fetch_or(&s->markBits[at], bits, __ATOMIC_SEQ_CST);
    } else {
      __atomic_fetch_and(&s->markBits[at], ~bits, __ATOMIC_SEQ_CST);
      __atomic_fetch_and(&s->scanBits[at], ~bits, __ATOMIC_SEQ_CST);
    }
  }
}

void blackenCaches() {
  for (int32_t i = 0; i < sched.processors; i++) {
    MemoryCache *cache = allPs[i]->cache;
    closeWindows(allPs[i]);   // the owner of the stop may have allocated
    cache->tiny = cache->tinyEnd = 0;   // its block is white
    for (Span *s : cache->alloc)
      if (!mutated(Mutation::NewBlack))
        markFreeSlots(s, true);
  }
}

Word unusedInCaches() {
  Word bytes = 0;
  for (int32_t i = 0; i < sched.processors; i++)
    for (Span *s : allPs[i]->cache->alloc)
      bytes += Word(s->elemCount - s->allocCount) * s->elemSize;
  return bytes;
}

static void giveBack(Span *s, uint8_t spanClass) {
  if (s == &noSpan)
    return;
  accountCached(s, false);
  if (stoat_barrier_enabled && !mutated(Mutation::NewBlack))
    markFreeSlots(s, false);
  Central &central = heap.central[spanClass];
  LockGuard guard(central.lock);
  (s->allocCount == s->elemCount ? central.full : central.partial).push(s);
}

// The cache's span of that class goes back whole.
static void leaveCache(MemoryCache *cache, uint8_t spanClass) {
  closeWindow(cache, spanClass);
  giveBack(cache->alloc[spanClass], spanClass);
}

void flushCache(P *p) {
  MemoryCache *cache = p->cache;
  for (uint32_t i = 0; i < classCount * 2; i++) {
    leaveCache(cache, uint8_t(i));
    cache->alloc[i] = &noSpan;
  }
  cache->tiny = cache->tinyEnd = 0;
}

void fillCentralLists() {
  for (int32_t i = 0; i < sched.processors; i++)
    flushCache(allPs[i]);
}

static void poisonFreed(Span *s) {
  for (uint32_t i = 0; i < s->elemCount; i++)
    if (isAllocated(s, i) && !isMarked(s, i))
      memset(reinterpret_cast<void *>(s->base + i * s->elemSize), 0xdb, s->elemSize);
}

namespace {
uint32_t currentGeneration() { return heap.sweepGen.load(std::memory_order_relaxed); }

void countFreed(Span *s, uint32_t objects) {
  if (!objects)
    return;
  heap.freedObjects.fetch_add(objects, std::memory_order_relaxed);
  heap.classCounts[s->sizeClass].frees.fetch_add(objects, std::memory_order_relaxed);
  heap.freedBytes.fetch_add(objects * s->elemSize, std::memory_order_relaxed);
  if (heap.poison)
    poisonFreed(s);
}

// s is on no list; it is put where it belongs. True: finalizers or cleanups are due.
bool sweepSmall(Span *s, Central &central) {
  bool due = s->specials && sweepSpecials(s);
  uint32_t marked = 0;
  Word words = bitWords(s->elemCount);
  for (Word i = 0; i < words; i++)
    marked += uint32_t(__builtin_popcountll(s->markBits[i]));
  STOAT_CHECK(marked <= s->allocCount, "sweep: more objects marked than allocated");
  countFreed(s, s->allocCount - marked);
  s->sweepGen.store(currentGeneration(), std::memory_order_release);
  if (marked == 0) {
    freeSpan(s);
    return due;
  }
  Word *old = s->allocBits;
  s->allocBits = s->markBits;
  s->markBits = old;
  memset(old, 0, words * wordSize);
  memset(s->scanBits, 0, words * wordSize);
  s->needZero = true;   // also a span without freed objects may have unused ones that were poisoned or used before
  s->allocCount = marked;
  s->freeIndex = 0;
  LockGuard guard(central.lock);
  (marked == s->elemCount ? central.full : central.partial).push(s);
  return due;
}

bool sweepLarge(Span *s) {
  bool due = s->specials && sweepSpecials(s);
  s->sweepGen.store(currentGeneration(), std::memory_order_release);
  if (!isMarked(s, 0)) {
    countFreed(s, 1);
    freeSpan(s);
    return due;
  }
  s->markBits[0] = 0;
  LockGuard guard(heap.lock);
  heap.large.push(s);
  return due;
}

Span *takeUnswept(SpanList &list, Mutex &lock) {
  LockGuard guard(lock);
  Span *s = list.head;
  if (s)
    list.remove(s);
  return s;
}

// Counted from before it takes a span until that is done.
struct Sweeper {
  Sweeper() { heap.sweepers.fetch_add(1, std::memory_order_seq_cst); }
  ~Sweeper() { heap.sweepers.fetch_sub(1, std::memory_order_seq_cst); }
};

bool sweepOne(Central &central) {
  Sweeper counted;
  Span *s = takeUnswept(central.unswept, central.lock);
  if (s && sweepSmall(s, central))
    wakeDueRunners();
  return s;
}

bool sweepOneLarge() {
  Sweeper counted;
  Span *s = takeUnswept(heap.unsweptLarge, heap.lock);
  if (s && sweepLarge(s))
    wakeDueRunners();
  return s;
}
} // namespace

void startSweep(Word nextTrigger) {
  heap.sweepGen.fetch_add(1, std::memory_order_relaxed);
  for (Central &c : heap.central) {
    STOAT_CHECK(!c.unswept.head, "startSweep: unswept spans left");
    c.unswept.takeAll(c.partial);
    c.unswept.takeAll(c.full);
  }
  STOAT_CHECK(!heap.unsweptLarge.head, "startSweep: unswept large objects left");
  heap.unsweptLarge.takeAll(heap.large);
  Word live = heap.live.load(std::memory_order_relaxed);
  Word room = nextTrigger > live ? nextTrigger - live : 0;
  // done when three quarters of the room are used
  heap.sweepPerByte.store(float(heap.spanCount.load(std::memory_order_relaxed)) / float(room / 4 * 3 + (1 << 20)), std::memory_order_relaxed);
  heap.sweeping.store(true, std::memory_order_release);
}

bool sweepSome(uint32_t spans) {
  static constinit std::atomic<uint32_t> position{0};   // where to begin: a hint
  if (!heap.sweeping.load(std::memory_order_acquire))
    return false;
  uint32_t generation = currentGeneration();
  uint32_t first = position.load(std::memory_order_relaxed);
  for (uint32_t tried = 0; tried < classCount * 2; tried++) {
    uint32_t i = (first + tried) % (classCount * 2);
    // the first list has no class of its own: there the large objects' turn comes
    while (i ? sweepOne(heap.central[i]) : sweepOneLarge())
      if (--spans == 0) {
        position.store(i, std::memory_order_relaxed);
        return true;
      }
  }
  // This thread itself has seen every list empty, and they do not fill before the next cycle.
  if (generation == currentGeneration())
    heap.sweeping.store(false, std::memory_order_release);
  return false;
}

void sweepAll() {
  while (sweepSome(~uint32_t(0))) {
  }
  while (heap.sweepers.load(std::memory_order_seq_cst))
    yieldThread();   // a span each; they hold their Ps and do not wait for us
}

// A span with at least one free object for P's cache; the old one, which is full, goes to its list.
Span *refillCache(P *p, uint8_t spanClass) {
  Central &central = heap.central[spanClass];
  leaveCache(p->cache, spanClass);
  p->cache->alloc[spanClass] = &noSpan;
  Span *s = nullptr;
  for (;;) {
    central.lock.lock();
    s = central.partial.head;
    if (s) {
      central.partial.remove(s);
      central.lock.unlock();
      break;
    }
    bool unswept = central.unswept.head != nullptr;
    central.lock.unlock();
    if (!unswept)
      break;
    sweepOne(central);
  }
  if (!s) {
    uint8_t sizeClass = spanClass >> 1;
    s = allocSpan(classPages[sizeClass], sizeClass, spanClass & 1, 0);
  }
  accountCached(s, true);
  p->cache->debt += Word(s->elemCount - s->allocCount) * s->elemSize;
  if (stoat_barrier_enabled && !mutated(Mutation::NewBlack))
    markFreeSlots(s, true);
  __atomic_thread_fence(__ATOMIC_RELEASE);   // a marker that sees an object of this span sees its mark
  p->cache->alloc[spanClass] = s;
  return s;
}

} // namespace stoat::rt
