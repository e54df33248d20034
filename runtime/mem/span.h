// Spans: runs of pages that hold objects of one size, or one large object, or are free. And how an address finds its span.
//
// Address -> arena -> span. An arena is 64 MB (4 MB on 32-bit), aligned; a table indexed by the high address bits points to its metadata:
//
//   arenaTable[address >> arenaShift] -> Arena { Span* spans[pages]; Word bitmap[] }
//
// Type information, so that every object is scanned exactly (class size decides):
//   noscan span                          no pointers
//   elements <= maxBitmapBytes           Arena.bitmap: one bit a word of the heap, written at allocation
//   larger elements and large objects    span->types[index]: the element type, whose mask repeats over the object
//
// Mark bits become allocation bits by sweeping. An object index is allocated when it is below freeIndex or its allocation bit is set.
#pragma once
#include "runtime/abi/alloc_window.h"
#include "runtime/abi/type_desc.h"
#include "runtime/base/lock.h"
#include <atomic>

namespace stoat::rt {

inline constexpr Word wordBits = wordSize * 8;
inline constexpr Word maxBitmapBytes = wordBits * wordSize;        // 512, 128 on 32-bit: one word of bits
inline constexpr Word arenaShift = sizeof(Word) == 8 ? 26 : 22;
inline constexpr Word arenaBytes = Word(1) << arenaShift;
inline constexpr Word arenaPages = arenaBytes >> pageShift;
inline constexpr Word arenaTableSize = sizeof(Word) == 8 ? Word(1) << 22 : Word(1) << 10;

struct Span;
struct Arena {
  Span *spans[arenaPages];
  Word bitmap[arenaBytes / wordSize / wordBits];
  uint64_t released[arenaPages / 64];   // pages that the system has (scavenge.h)
};
extern Arena *arenaTable[arenaTableSize];

enum class SpanState : uint8_t { Unused, Free, InUse };

// Three cache lines: what every look-up and every mark reads; what allocation writes, and scanning reads; the rest.
struct alignas(64) Span {
  Word base, pages;
  Word *markBits;                // elemCount bits; swapped with allocBits by the sweeper
  Word elemSize;
  uint32_t elemCount;
  uint32_t divMagic;             // index = offset * divMagic >> 32
  const Type **types;            // elements larger than maxBitmapBytes
  std::atomic<SpanState> state;
  uint8_t sizeClass;             // 0: large
  bool noscan;
  std::atomic<uint8_t> queued;   // on some marker's queue (gc/mark.h)

  alignas(64) uint32_t freeIndex; // below: allocated, or in the window of the cache that has the span
  uint32_t allocCount;           // objects found marked by the last sweep plus those handed out since, the window of its cache included
  Word *allocBits;
  Word *bitmap;                  // its arena's
  Word arenaBase;
  Word *scanBits;                // small objects with pointers: marked and scanned, or about to be. These bits, marks and allocations are one block
  bool needZero;

  alignas(64) Span *next;        // list it is on (central or free pages)
  Span *previous;
  std::atomic<uint32_t> sweepGen; // == heap.sweepGen: swept
  Word *bits;                    // the block; bitWords() * 3 words
  Word requested;                // large: bytes asked for
  Word releasedPages;            // free runs: how many of its pages the system has
  struct Special *specials;      // finalizers and the like of its objects (gc/special.cpp)
};
static_assert(sizeof(Span) == 192);

struct SpanList {
  Span *head, *tail;
  void push(Span *s);
  void remove(Span *s);
  void takeAll(SpanList &other);   // other becomes empty
};

struct MemoryCache {             // a part of P: compiled code knows it
  AllocWindow window[spanClassCount]; // index: class * 2 + noscan; part of alloc's span
  Word tiny;                     // rest of the current tiny block
  Word tinyEnd;
  uint64_t tinyAllocs;
  Span *alloc[spanClassCount];
  Word debt;                     // bytes taken since the last payForAllocation
  // Objects (of class 0, large: bytes) that may be taken before the next sample of the memory profile; those of the window are taken off.
  int64_t untilSample[spanClassCount];
  Word profileRate;
};

inline Span *spanOf(Word p) {
  Word index = p >> arenaShift;
  if (sizeof(Word) == 8 && index >= arenaTableSize)
    return nullptr;
  Arena *arena = __atomic_load_n(&arenaTable[index], __ATOMIC_ACQUIRE);
  if (!arena)
    return nullptr;
  return __atomic_load_n(&arena->spans[(p & (arenaBytes - 1)) >> pageShift], __ATOMIC_RELAXED);
}

// Span in use that contains p, or null.
inline Span *spanInUse(Word p) {
  Span *s = spanOf(p);
  if (!s || s->state.load(std::memory_order_acquire) != SpanState::InUse || p < s->base || p >= s->base + s->pages * pageBytes)
    return nullptr;
  return s;
}

inline uint32_t objectIndex(const Span *s, Word p) {
  if (s->sizeClass == 0)
    return 0;
  return uint32_t((uint64_t(p - s->base) * s->divMagic) >> 32);
}

inline Word bitWords(uint32_t objects) { return (objects + 63) / 64 * (64 / wordBits); }   // windows are looked for in 64 at a time
inline uint64_t allocBits64(const Span *s, uint32_t block) {
  return sizeof(Word) == 8 ? s->allocBits[block] : s->allocBits[2 * block] | uint64_t(s->allocBits[2 * block + 1]) << 32;
}
inline bool isAllocated(const Span *s, uint32_t index) {
  return index < s->freeIndex || (s->allocBits[index / wordBits] >> (index % wordBits) & 1);
}
inline bool isMarked(const Span *s, uint32_t index) {
  return __atomic_load_n(&s->markBits[index / wordBits], __ATOMIC_RELAXED) >> (index % wordBits) & 1;
}
// Sets the mark; false if it was set.
inline bool setMarked(Span *s, uint32_t index) {
  Word bit = Word(1) << (index % wordBits);
  Word *word = &s->markBits[index / wordBits];
  if (__atomic_load_n(word, __ATOMIC_RELAXED) & bit)
    return false;
  return !(__atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST) & bit);   // seq_cst: against a marker that takes the span from its queue
}

// ---- the heap's shared state
struct Central {
  Mutex lock{LockRank::Central};
  SpanList partial{}, full{}, unswept{};
};

struct Heap {
  Mutex lock{LockRank::Heap};           // pages, spans
  SpanList freePages[128]{};            // by page count; [0]: 128 and more
  Span *spareSpans = nullptr;
  Central central[classCount * 2];
  SpanList large{}, unsweptLarge{};     // under lock
  std::atomic<Word> spanCount{0};       // in use
  std::atomic<bool> sweeping{false};    // there may be unswept spans
  std::atomic<int32_t> sweepers{0};     // at work
  std::atomic<float> sweepPerByte{0};   // spans to sweep for each byte allocated, so that all are swept when the next cycle begins
  std::atomic<uint32_t> sweepGen{0};
  std::atomic<Word> live{0};            // bytes allocated since, plus marked by, the last cycle (spans count whole when a cache takes them)
  std::atomic<Word> trigger{4 << 20};
  std::atomic<Word> inUsePages{0}, freePageCount{0}, mappedBytes{0}, releasedPages{0};
  Word fresh = 0, freshEnd = 0;         // rest of the youngest arena, not yet mappedBytes; under lock
  // Touching ahead (page_heap.cpp); under lock: the rest of the youngest step that nobody has touched, what may come as huge pages
  Word untouched = 0, untouchedEnd = 0, hugeBase = 0, hugeBytes = 0;
  std::atomic<Word> hugePagesFrom{0};   // of mappedBytes
  std::atomic<Word> spanRecords{0}, spareRecords{0}, arenaCount{0};
  struct ClassCount { std::atomic<uint64_t> allocs, frees; };
  ClassCount classCounts[classCount]{}; // objects by size class (0: large); a span in a cache counts whole
  std::atomic<uint64_t> allocatedBytes{0}, allocatedObjects{0}, freedBytes{0}, freedObjects{0};
  bool poison = false;                  // fill freed objects (test mode)
  std::atomic<uint32_t> stress{0};      // a cycle every N allocations; 0 off
};
extern Heap heap;
// Not zero: allocation takes the slow path (stress).
extern "C" uint32_t stoat_alloc_slow_mode;

Span *allocSpan(Word pages, uint8_t sizeClass, bool noscan, Word requested);
void freeSpan(Span *s);                 // under no lock
void startSweep(Word nextTrigger);      // world stopped: every span becomes unswept; until heap.live reaches nextTrigger all shall be swept
bool sweepSome(uint32_t spans);         // false: none was left to take
void sweepAll();                        // returns when others are done as well
void fillCentralLists();                // world stopped: caches give their spans back
Word unusedInCaches();                  // bytes; world stopped
// While marking, free slots of the spans in caches are marked, so that objects are black from the start; world stopped.
void blackenCaches();
bool sweepSpecials(Span *s);            // gc/special.cpp: true: something is due
void releaseFreePages();
void forEachSpan(void (*visit)(Span *, void *), void *context);   // in use; world stopped
Span *refillCache(struct P *p, uint8_t spanClass); // a span with a free slot for the cache; the old one is full
// gc: called on the slow path before allocating: begins a cycle if it is time, marks or sweeps for what the cache has taken.
void payForAllocation(MemoryCache *cache);

} // namespace stoat::rt
