// Spans of one class shared by all Ps: lists of swept spans with room (partial), without (full), and not yet swept (unswept). Sweeping is lazy: a P that needs a
// span sweeps one of its class first; idle threads and the start of the next cycle sweep the rest.
//
// Lock order: Central < Heap. A span in a P's cache is on no list.
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

namespace stoat::rt {

constinit Span noSpan{};   // full for ever: the first allocation of each class takes the slow path

void initHeap() {}

void initCache(P *p) {
  MemoryCache *cache = offHeapNew<MemoryCache>();
  for (Span *&s : cache->alloc)
    s = &noSpan;
  p->cache = cache;
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

static void giveBack(Span *s, uint8_t spanClass) {
  if (s == &noSpan)
    return;
  accountCached(s, false);
  Central &central = heap.central[spanClass];
  LockGuard guard(central.lock);
  s->cached = false;
  (s->allocCount == s->elemCount ? central.full : central.partial).push(s);
}

// The cache's span of that class goes back whole.
static void leaveCache(MemoryCache *cache, uint8_t spanClass) {
  Span *s = cache->alloc[spanClass];
  profileUncut(cache, spanClass, s);
  profileSettle(cache, spanClass, s);
  giveBack(s, spanClass);
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

// World running or stopped; s is owned by the caller.
void sweepSpan(Span *s, Central &central) {
  uint32_t marked = 0;
  Word words = (s->elemCount + 63) / 64;
  for (Word i = 0; i < words; i++)
    marked += uint32_t(__builtin_popcountll(s->markBits[i]));
  uint32_t freed = s->allocCount - marked;
  STOAT_CHECK(marked <= s->allocCount, "sweep: more objects marked than allocated");
  if (freed) {
    heap.freedObjects.fetch_add(freed, std::memory_order_relaxed);
    heap.classCounts[s->sizeClass].frees.fetch_add(freed, std::memory_order_relaxed);
    heap.freedBytes.fetch_add(freed * s->elemSize, std::memory_order_relaxed);
    if (heap.poison)
      poisonFreed(s);
  }
  s->sweepGen.store(heap.sweepGen.load(std::memory_order_relaxed), std::memory_order_release);
  if (marked == 0) {
    freeSpan(s);
    return;
  }
  uint64_t *old = s->allocBits;
  s->allocBits = s->markBits;
  s->markBits = old;
  memset(old, 0, words * 8);
  s->needZero = true;   // also a span without freed objects may have unused ones that were poisoned or used before
  s->allocCount = marked;
  s->freeIndex = 0;
  s->allocCache = ~s->allocBits[0];
  LockGuard guard(central.lock);
  (marked == s->elemCount ? central.full : central.partial).push(s);
}

void startSweep() {
  heap.sweepGen.fetch_add(1, std::memory_order_relaxed);
  for (Central &c : heap.central) {
    STOAT_CHECK(!c.unswept.head, "startSweep: unswept spans left");
    c.unswept = c.partial;
    c.partial = SpanList();
    // append full
    if (!c.unswept.head) {
      c.unswept = c.full;
    } else if (c.full.head) {
      Span *last = c.full.head;
      while (last->next)
        last = last->next;
      last->next = c.unswept.head;
      c.unswept.head->previous = last;
      c.unswept.head = c.full.head;
    }
    c.full = SpanList();
  }
  for (Span *s = heap.large.head, *next; s; s = next) {
    next = s->next;
    if (!isMarked(s, 0)) {
      heap.freedObjects.fetch_add(1, std::memory_order_relaxed);
      heap.classCounts[0].frees.fetch_add(1, std::memory_order_relaxed);
      heap.freedBytes.fetch_add(s->elemSize, std::memory_order_relaxed);
      if (heap.poison)
        memset(reinterpret_cast<void *>(s->base), 0xdb, s->elemSize);
      freeSpan(s);
    } else {
      s->markBits[0] = 0;
      s->sweepGen.store(heap.sweepGen.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
  }
}

static bool sweepOne(Central &central) {
  central.lock.lock();
  Span *s = central.unswept.head;
  if (s)
    central.unswept.remove(s);
  central.lock.unlock();
  if (!s)
    return false;
  sweepSpan(s, central);
  return true;
}

bool sweepSome(uint32_t spans) {
  static constinit std::atomic<uint32_t> position{0};
  for (uint32_t tried = 0; tried < classCount * 2; tried++) {
    uint32_t i = position.load(std::memory_order_relaxed) % (classCount * 2);
    while (sweepOne(heap.central[i]))
      if (--spans == 0)
        return true;
    position.fetch_add(1, std::memory_order_relaxed);
  }
  return false;
}

void sweepAll() {
  for (Central &c : heap.central)
    while (sweepOne(c)) {
    }
}

// A span with at least one free object for P's cache; the old one, which is full, goes to its list.
static Span *refill(P *p, uint8_t spanClass) {
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
    sweepSome(4);   // the memory of other classes first
    s = allocSpan(classPages[sizeClass], sizeClass, spanClass & 1, 0);
  }
  s->cached = true;
  accountCached(s, true);
  p->cache->alloc[spanClass] = s;
  return s;
}

// Next free index of s, or elemCount.
static uint32_t nextFreeIndex(Span *s) {
  uint32_t index = s->freeIndex;
  if (index >= s->elemCount)
    return s->elemCount;
  while (s->allocCache == 0) {
    index = (index + 64) & ~uint32_t(63);
    if (index >= s->elemCount) {
      s->freeIndex = s->elemCount;
      return s->elemCount;
    }
    s->allocCache = ~s->allocBits[index / 64];
    s->freeIndex = index;
  }
  uint32_t bit = uint32_t(__builtin_ctzll(s->allocCache));
  uint32_t result = index + bit;
  if (result >= s->elemCount) {
    s->freeIndex = s->elemCount;
    return s->elemCount;
  }
  s->allocCache = bit == 63 ? 0 : s->allocCache >> (bit + 1);
  s->freeIndex = result + 1;
  if (s->freeIndex % 64 == 0 && s->freeIndex < s->elemCount)
    s->allocCache = ~s->allocBits[s->freeIndex / 64];
  return result;
}

void *allocSmallSlow(P *p, uint8_t spanClass, Span *&span) {
  Span *s = p->cache->alloc[spanClass];
  profileUncut(p->cache, spanClass, s);
  for (;;) {
    uint32_t index = s == &noSpan ? 0 : nextFreeIndex(s);
    if (index < s->elemCount) {
      s->allocCount++;
      span = s;
      return reinterpret_cast<void *>(s->base + index * s->elemSize);
    }
    s = refill(p, spanClass);
  }
}

} // namespace stoat::rt
