// Windows of free slots (abi/alloc_window.h): opening, taking from, closing. Functions here need no lock; the caller owns the cache (it runs on its P, or the world is stopped).
//
// Invariants:
// - The window of a class is a run of slots of cache->alloc's span that ends at its freeIndex: to the span they are allocated. Closing gives the rest back.
// - The window is closed when the world has been stopped. So the collector meets only slots that are free or taken, when it starts, when it ends and when it verifies.
// - While marking, the free slots of a cached span are marked (central.cpp), those of its window too.
#pragma once
#include "runtime/mem/span.h"

namespace stoat::rt {

// Bytes that one opening prepares: little enough to be in the first-level cache when they are used, much enough that opening costs nothing.
inline constexpr Word windowBytes = 2048;

struct WindowSlots {
  uint16_t of[classCount];
};
constexpr WindowSlots makeWindowSlots() {
  WindowSlots t{};
  for (uint32_t i = 1; i < classCount; i++)
    t.of[i] = uint16_t(classSize[i] < windowBytes ? windowBytes / classSize[i] : 1);
  return t;
}
inline constexpr WindowSlots windowSlots = makeWindowSlots();

// The next run of at most `limit` free slots of the cached span becomes the window, which must be empty. false: the span is full.
STOAT_NO_BARRIER bool openWindow(MemoryCache *cache, uint32_t spanClass, Word mask, Word limit);
STOAT_NO_ALLOCATION STOAT_NO_BARRIER void closeWindow(MemoryCache *cache, uint32_t spanClass);
// Pointer bits of n slots of s from p on.
void fillBits(Span *s, Word p, Word n, Word mask);

// Pointer bits of the one small object at p.
inline void writeBits(Span *s, Word p, Word mask) {
  Word words = s->elemSize / wordSize;
  Word bit = (p - s->arenaBase) / wordSize;
  Word *at = s->bitmap + bit / wordBits;
  Word offset = bit % wordBits;
  Word ones = words == wordBits ? ~Word(0) : (Word(1) << words) - 1;
  at[0] = (at[0] & ~(ones << offset)) | (mask << offset);
  if (offset + words > wordBits) {
    Word shift = wordBits - offset;
    at[1] = (at[1] & ~(ones >> shift)) | (mask >> shift);
  }
}

// The next slot of the window, with `mask` as its bits. 0: it is empty.
STOAT_ALLOCATES inline Word takeFromWindow(MemoryCache *cache, uint32_t spanClass, Word mask) {
  AllocWindow &w = cache->window[spanClass];
  Word p = w.next;
  if (p == w.end)
    return 0;
  w.next = p + classSize[spanClass >> 1];
  if (w.mask != mask)
    writeBits(cache->alloc[spanClass], p, mask);
  return p;
}

// Fast path: opens the next window if it may. 0: the slow path must (nothing free in the span, a sample is due, marking, stress).
inline Word takeSlot(MemoryCache *cache, uint32_t spanClass, Word mask) {
  if (Word p = takeFromWindow(cache, spanClass, mask))
    return p;
  Word limit = windowSlots.of[spanClass >> 1];
  int64_t left = cache->untilSample[spanClass];
  if (stoat_alloc_slow_mode || left <= 0 || !openWindow(cache, spanClass, mask, uint64_t(left) < limit ? Word(left) : limit))
    return 0;
  return takeFromWindow(cache, spanClass, mask);
}

} // namespace stoat::rt
