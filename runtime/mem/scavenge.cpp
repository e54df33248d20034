// Return of free pages to the system (scavenge.h).
#include "runtime/mem/scavenge.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constinit Scavenger scavenger{};

Word offHeapBytes();

namespace {
constexpr Word piecePages = (256 << 10) >> pageShift;

// f(word of the arena's bits, mask) for the pages; they may lie in several arenas.
template <class F> void forPageBits(Word base, Word pages, F f) {
  while (pages) {
    Arena *arena = arenaTable[base >> arenaShift];
    Word page = (base & (arenaBytes - 1)) >> pageShift, bit = page % 64;
    Word n = 64 - bit < pages ? 64 - bit : pages;
    uint64_t mask = (n == 64 ? ~uint64_t(0) : (uint64_t(1) << n) - 1) << bit;
    f(arena->released[page / 64], mask);
    base += n << pageShift;
    pages -= n;
  }
}

bool isReleased(Word page) {
  Word index = (page & (arenaBytes - 1)) >> pageShift;
  return arenaTable[page >> arenaShift]->released[index / 64] >> (index % 64) & 1;
}

// The highest stretch of at most `limit` pages of the free run that the system does not have.
Word releaseFrom(Span *s, Word limit) {
  Word end = s->base + (s->pages << pageShift);
  while (isReleased(end - pageBytes))
    end -= pageBytes;
  Word low = end;
  while (low > s->base && (end - low) >> pageShift < limit && !isReleased(low - pageBytes))
    low -= pageBytes;
  Word pages = (end - low) >> pageShift;
  discardMemory(reinterpret_cast<void *>(low), end - low);
  markReleased(low, pages, true);
  s->releasedPages += pages;
  return pages;
}

bool tooMuch() {
  Word heapBytes = heap.mappedBytes.load(std::memory_order_relaxed) - heap.releasedPages.load(std::memory_order_relaxed) * pageBytes;
  int64_t limit = scavenger.limit.load(std::memory_order_relaxed);
  return heapBytes > scavenger.retain.load(std::memory_order_relaxed) || (limit < INT64_MAX && memoryInUse() > uint64_t(limit) / 20 * 19);
}

void scavengerMain() {
  for (uint32_t seen = 0;;) {
    futexWait(&scavenger.wake, seen);
    seen = scavenger.wake.load(std::memory_order_acquire);
    while (tooMuch()) {
      int64_t begin = monotonicNow();
      Word pages;
      {
        LockGuard guard(heap.lock);
        pages = releaseSome(piecePages);
      }
      int64_t spent = monotonicNow() - begin;
      scavenger.backgroundTime.fetch_add(spent, std::memory_order_relaxed);
      if (!pages)
        break;
      sleepThread(spent * 99 < 1000000 ? 1000000 : spent * 99);
    }
  }
}
} // namespace

Word countReleased(Word base, Word pages) {
  Word n = 0;
  forPageBits(base, pages, [&](uint64_t &bits, uint64_t mask) { n += Word(__builtin_popcountll(bits & mask)); });
  return n;
}

void markReleased(Word base, Word pages, bool released) {
  Word before = countReleased(base, pages);
  forPageBits(base, pages, [&](uint64_t &bits, uint64_t mask) { bits = released ? bits | mask : bits & ~mask; });
  if (released)
    heap.releasedPages.fetch_add(pages - before, std::memory_order_relaxed);
  else
    heap.releasedPages.fetch_sub(before, std::memory_order_relaxed);
}

Word releaseSome(Word wanted) {
  Word done = 0;
  for (Word i = 0; i < 128; i++)   // long runs first
    for (Span *s = heap.freePages[i ? 128 - i : 0].head; s; s = s->next)
      while (s->releasedPages < s->pages) {
        done += releaseFrom(s, wanted - done);
        if (done >= wanted)
          return done;
      }
  return done;
}

Word memoryOutsideHeap() { return stackBytesInUse() + offHeapBytes(); }

Word memoryInUse() {
  return heap.mappedBytes.load(std::memory_order_relaxed) - heap.releasedPages.load(std::memory_order_relaxed) * pageBytes + memoryOutsideHeap();
}

void scavengeAfterCycle(Word goal) {
  Word inUse = heap.inUsePages.load(std::memory_order_relaxed) * pageBytes;
  Word retain = goal > inUse ? goal : inUse;
  retain = retain + retain / 10 < retain ? ~Word(0) : retain + retain / 10;
  scavenger.retain.store(retain, std::memory_order_relaxed);
  if (!tooMuch())
    return;
  if (!scavenger.started) {
    scavenger.started = true;
    startSystemThread(scavengerMain);
  }
  scavenger.wake.fetch_add(1, std::memory_order_release);
  futexWake(&scavenger.wake, 1);
}

void scavengeForLimit() {
  int64_t limit = scavenger.limit.load(std::memory_order_relaxed);
  if (limit == INT64_MAX)
    return;
  Word used = memoryInUse();
  if (used <= uint64_t(limit))
    return;
  int64_t begin = monotonicNow();
  releaseSome((used - Word(limit) + pageBytes - 1) >> pageShift);
  scavenger.assistTime.fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
}

void releaseFreePages() {
  LockGuard guard(heap.lock);
  releaseSome(~Word(0) >> pageShift);
}

} // namespace stoat::rt
