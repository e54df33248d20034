// Memory back to the system. Which pages the system has (they read as zero) is one bit a page in the arena's metadata, under heap.lock.
//
// In the background a thread returns what the heap has beyond a tenth above its goal, a quarter of a megabyte at a time, with about a hundredth of one CPU. A span that
// would take the process over its memory limit is paid for at once, by whoever needs it.
#pragma once
#include "runtime/mem/span.h"

namespace stoat::rt {

struct Scavenger {
  std::atomic<int64_t> assistTime{0}, backgroundTime{0};
  std::atomic<int64_t> limit{INT64_MAX};     // debug.SetMemoryLimit
  std::atomic<Word> retain{~Word(0)};        // bytes of heap pages that stay mapped
  std::atomic<uint32_t> wake{0};             // futex
  bool started = false;                      // by the first cycle
};
extern Scavenger scavenger;

// Returned pages of [base, base + pages): heap.lock held.
Word countReleased(Word base, Word pages);
void markReleased(Word base, Word pages, bool released);
// Up to `pages` pages back to the system; how many. heap.lock held.
Word releaseSome(Word pages);
// Bytes that the process has from the system, as the memory limit counts them; and those that are not the heap's.
Word memoryInUse();
Word memoryOutsideHeap();
// Called at the end of every cycle: heap bytes at which the next one is to end.
void scavengeAfterCycle(Word goal);
// heap.lock held, `pages` were just taken.
void scavengeForLimit();

} // namespace stoat::rt
