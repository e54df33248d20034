// Pages: arenas from the system, free runs of pages by length with coalescing of neighbours, spans cut from them. Free runs are Span records in state
// Free, entered in the arena's table at their first and last page only.
//
// Lock: heap.lock for everything here; readers of the arena table and of spans need none.
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/scavenge.h"
#include "runtime/mem/span.h"
#include "runtime/sched/g_m_p.h"
#include "runtime/sys/os.h"
#include <new>
#include <string.h>

namespace stoat::rt {

constinit Arena *arenaTable[arenaTableSize]{};
constinit Heap heap{};

void SpanList::push(Span *s) {
  s->previous = nullptr;
  s->next = head;
  (head ? head->previous : tail) = s;
  head = s;
}

void SpanList::remove(Span *s) {
  if (s->previous)
    s->previous->next = s->next;
  else
    head = s->next;
  if (s->next)
    s->next->previous = s->previous;
  else
    tail = s->previous;
  s->next = s->previous = nullptr;
}

void SpanList::takeAll(SpanList &other) {
  if (!other.head)
    return;
  other.tail->next = head;
  (head ? head->previous : tail) = other.tail;
  head = other.head;
  other = SpanList();
}

namespace {
SpanList &listFor(Word pages) { return heap.freePages[pages < 128 ? pages : 0]; }

Arena *arenaOf(Word p) { return arenaTable[p >> arenaShift]; }
void setSpan(Word p, Span *s) { __atomic_store_n(&arenaOf(p)->spans[(p & (arenaBytes - 1)) >> pageShift], s, __ATOMIC_RELEASE); }

Span *newRecord() {
  if (Span *s = heap.spareSpans) {
    heap.spareSpans = s->next;
    s->next = nullptr;
    heap.spareRecords.fetch_sub(1, std::memory_order_relaxed);
    return s;
  }
  // by the hundred, since each wants lines of its own
  constexpr Word count = 128;
  Word slab = (Word(offHeapAlloc(count * sizeof(Span) + alignof(Span))) + alignof(Span) - 1) & ~Word(alignof(Span) - 1);
  for (Word i = 0; i < count; i++) {
    Span *s = new (reinterpret_cast<void *>(slab + i * sizeof(Span))) Span();
    s->next = heap.spareSpans;
    heap.spareSpans = s;
  }
  heap.spanRecords.fetch_add(count, std::memory_order_relaxed);
  heap.spareRecords.fetch_add(count, std::memory_order_relaxed);
  return newRecord();
}

void dropRecord(Span *s) {
  s->state.store(SpanState::Unused, std::memory_order_release);
  s->next = heap.spareSpans;
  heap.spareSpans = s;
  heap.spareRecords.fetch_add(1, std::memory_order_relaxed);
}

void addFree(Word base, Word pages) {
  heap.freePageCount.fetch_add(pages, std::memory_order_relaxed);
  Word released = countReleased(base, pages);
  // merge with neighbours of the same arena
  if (base & (arenaBytes - 1)) {
    Span *before = spanOf(base - pageBytes);
    if (before && before->state.load(std::memory_order_relaxed) == SpanState::Free && before->base + before->pages * pageBytes == base) {
      listFor(before->pages).remove(before);
      setSpan(before->base, nullptr);
      setSpan(base - pageBytes, nullptr);
      base = before->base;
      pages += before->pages;
      released += before->releasedPages;
      dropRecord(before);
    }
  }
  Word end = base + pages * pageBytes;
  if (end & (arenaBytes - 1)) {
    Span *after = spanOf(end);
    if (after && after->state.load(std::memory_order_relaxed) == SpanState::Free && after->base == end) {
      listFor(after->pages).remove(after);
      setSpan(after->base, nullptr);
      setSpan(after->base + (after->pages - 1) * pageBytes, nullptr);
      pages += after->pages;
      released += after->releasedPages;
      dropRecord(after);
    }
  }
  Span *s = newRecord();
  s->base = base;
  s->pages = pages;
  s->releasedPages = released;
  s->state.store(SpanState::Free, std::memory_order_release);
  setSpan(base, s);
  setSpan(base + (pages - 1) * pageBytes, s);
  listFor(pages).push(s);
}

// Free runs of one arena each.
void addFreeParts(Word base, Word pages) {
  while (pages) {
    Word room = (arenaBytes - (base & (arenaBytes - 1))) >> pageShift;
    Word part = room < pages ? room : pages;
    addFree(base, part);
    base += part * pageBytes;
    pages -= part;
  }
}

// Address space comes by arenas, but becomes the heap's in steps of 4 MB. Fresh memory is the system's until it is used.
constexpr Word growthBytes = 4 << 20;

// ---- touching ahead. A large heap brings the pages of its youngest step in by pieces, ahead of their use: by huge pages, else by 256 small ones. A request that makes garbage
// while the collector marks, so that nothing is swept yet, would spend most of its time on the faults of small pages (live heap of 1 GB: p99), and a marker on their misses in the TLB.

constexpr Word touchAheadFrom = 64 << 20, hugePiece = 2 << 20, smallPiece = 1 << 20;
// CPU time of a huge page that is too long: some 0.2 ms are usual, 6 in a virtual machine that has given its free huge pages back to its host and fetches them by small ones.
constexpr int64_t slowHugePage = 2000000;
constexpr Word withoutHugePages = 256 << 20;   // growth until they are tried again

// Under heap.lock. Only the step that is being touched is eligible for huge pages: the system shall not bring back, as a part of one, what the scavenger has returned.
void beginStep(Word base, Word bytes) {
  if (heap.hugeBytes)
    allowHugePages(reinterpret_cast<void *>(heap.hugeBase), heap.hugeBytes, false);
  heap.hugeBytes = heap.untouched = heap.untouchedEnd = 0;
  Word mapped = heap.mappedBytes.load(std::memory_order_relaxed);
  if (mapped < touchAheadFrom)
    return;
  heap.untouched = base;
  heap.untouchedEnd = base + bytes;
  if (mapped < heap.hugePagesFrom.load(std::memory_order_relaxed))
    return;
  heap.hugeBase = base;
  heap.hugeBytes = bytes;
  allowHugePages(reinterpret_cast<void *>(base), bytes, true);
}

struct Piece { Word base = 0, bytes = 0; bool huge = false; };

// Under heap.lock: what is to be touched now that the span [base, end) is taken. A large object is touched by its user.
Piece takePiece(Word base, Word end) {
  if (base > heap.untouched || end <= heap.untouched || end > heap.untouchedEnd)
    return {};
  Piece piece{heap.untouched, 0, heap.hugeBytes != 0};
  Word size = piece.huge ? hugePiece : smallPiece;
  Word until = (end + size - 1) & ~(size - 1);
  heap.untouched = until < heap.untouchedEnd ? until : heap.untouchedEnd;
  piece.bytes = end - base > size ? 0 : heap.untouched - piece.base;
  return piece;
}

void touch(const Piece &piece) {
  if (!piece.bytes)
    return;
  int64_t begin = threadCpuTime();
  populateMemory(reinterpret_cast<void *>(piece.base), piece.bytes);
  if (piece.huge && threadCpuTime() - begin > slowHugePage)
    heap.hugePagesFrom.store(heap.mappedBytes.load(std::memory_order_relaxed) + withoutHugePages, std::memory_order_relaxed);
}

bool grow(Word pages) {
  Word bytes = (pages * pageBytes + growthBytes - 1) & ~(growthBytes - 1);
  if (heap.freshEnd - heap.fresh < bytes) {
    Word reserve = (bytes + arenaBytes - 1) & ~(arenaBytes - 1);
    if (reserve < bytes)
      return false;
    Word base = Word(mapAligned(reserve, arenaBytes));
    if (!base)
      return false;
    for (Word p = base; p < base + reserve; p += arenaBytes) {
      Arena *arena = static_cast<Arena *>(mapMemory(sizeof(Arena)));
      if (!arena)
        return false;
      heap.arenaCount.fetch_add(1, std::memory_order_relaxed);
      __atomic_store_n(&arenaTable[p >> arenaShift], arena, __ATOMIC_RELEASE);
    }
    if (Word rest = heap.freshEnd - heap.fresh) {
      heap.mappedBytes.fetch_add(rest, std::memory_order_relaxed);
      markReleased(heap.fresh, rest >> pageShift, true);
      addFreeParts(heap.fresh, rest >> pageShift);
    }
    heap.fresh = base;
    heap.freshEnd = base + reserve;
  }
  Word base = heap.fresh;
  heap.fresh += bytes;
  heap.mappedBytes.fetch_add(bytes, std::memory_order_relaxed);
  beginStep(base, bytes);
  markReleased(base, bytes >> pageShift, true);
  if ((base >> arenaShift) == ((base + bytes - 1) >> arenaShift)) {
    addFree(base, bytes >> pageShift);
    return true;
  }
  // several arenas for one object: one free run across them
  heap.freePageCount.fetch_add(bytes >> pageShift, std::memory_order_relaxed);
  Span *s = newRecord();
  s->base = base;
  s->pages = s->releasedPages = bytes >> pageShift;
  s->state.store(SpanState::Free, std::memory_order_release);
  setSpan(base, s);
  setSpan(base + bytes - pageBytes, s);
  listFor(s->pages).push(s);
  return true;
}

Span *findFree(Word pages) {
  for (Word n = pages; n < 128; n++)
    if (heap.freePages[n].head)
      return heap.freePages[n].head;
  Span *best = nullptr;
  for (Span *s = heap.freePages[0].head; s; s = s->next)
    if (s->pages >= pages && (!best || s->pages < best->pages || (s->pages == best->pages && s->base < best->base)))
      best = s;
  return best;
}
} // namespace

Span *allocSpan(Word pages, uint8_t sizeClass, bool noscan, Word requested) {
  heap.lock.lock();
  Span *s = findFree(pages);
  if (!s) {
    if (!grow(pages)) {
      heap.lock.unlock();
      printText("runtime: out of memory: cannot allocate ");
      printUnsigned(pages * pageBytes);
      printText("-byte block (");
      printUnsigned(heap.inUsePages.load(std::memory_order_relaxed) * pageBytes);
      printText(" in use)\n");
      fatalError("out of memory");
    }
    s = findFree(pages);
  }
  listFor(s->pages).remove(s);
  setSpan(s->base, nullptr);
  setSpan(s->base + (s->pages - 1) * pageBytes, nullptr);
  heap.freePageCount.fetch_sub(s->pages, std::memory_order_relaxed);
  if (s->pages > pages) {
    addFreeParts(s->base + pages * pageBytes, s->pages - pages);
    s->pages = pages;
  }
  Word released = countReleased(s->base, pages);
  s->needZero = released != pages;
  if (released) {
    markReleased(s->base, pages, false);
    scavengeForLimit();
  }
  heap.inUsePages.fetch_add(pages, std::memory_order_relaxed);
  heap.spanCount.fetch_add(1, std::memory_order_relaxed);
  s->specials = nullptr;
  s->sizeClass = sizeClass;
  s->noscan = noscan;
  s->requested = requested;
  s->elemSize = sizeClass ? classSize[sizeClass] : pages * pageBytes;
  s->elemCount = sizeClass ? uint32_t(pages * pageBytes / s->elemSize) : 1;
  s->divMagic = sizeClass ? uint32_t(~uint32_t(0) / uint32_t(s->elemSize) + 1) : 0;
  s->freeIndex = 0;
  s->allocCount = 0;
  s->arenaBase = s->base & ~(arenaBytes - 1);
  s->bitmap = arenaOf(s->base)->bitmap;
  Word words = bitWords(s->elemCount);
  s->bits = s->allocBits = static_cast<Word *>(offHeapAlloc(words * 3 * wordSize));
  s->markBits = s->bits + words;
  s->scanBits = s->bits + 2 * words;
  s->queued.store(0, std::memory_order_relaxed);
  s->types = !noscan && (sizeClass == 0 || s->elemSize > maxBitmapBytes) ? static_cast<const Type **>(offHeapAlloc(s->elemCount * sizeof(Type *))) : nullptr;
  s->sweepGen.store(heap.sweepGen.load(std::memory_order_relaxed), std::memory_order_relaxed);
  s->state.store(SpanState::InUse, std::memory_order_release);
  for (Word p = s->base; p < s->base + pages * pageBytes; p += pageBytes)
    setSpan(p, s);
  if (!sizeClass)
    heap.large.push(s);
  Piece piece = takePiece(s->base, s->base + pages * pageBytes);
  heap.lock.unlock();
  touch(piece);
  return s;
}

// The span is on no list.
void freeSpan(Span *s) {
  LockGuard guard(heap.lock);
  s->state.store(SpanState::Unused, std::memory_order_release);
  heap.spanCount.fetch_sub(1, std::memory_order_relaxed);
  Word base = s->base, pages = s->pages;
  for (Word p = base; p < base + pages * pageBytes; p += pageBytes)
    setSpan(p, nullptr);
  offHeapFree(s->bits, bitWords(s->elemCount) * 3 * wordSize);
  if (s->types)
    offHeapFree(s->types, s->elemCount * sizeof(Type *));
  s->bits = s->allocBits = s->markBits = s->scanBits = nullptr;
  s->types = nullptr;
  dropRecord(s);
  heap.inUsePages.fetch_sub(pages, std::memory_order_relaxed);
  if (pages * pageBytes >= arenaBytes / 16) {   // big blocks go back to the system at once: cheaper than zeroing them by hand
    discardMemory(reinterpret_cast<void *>(base), pages * pageBytes);
    markReleased(base, pages, true);
  }
  addFreeParts(base, pages);
}

void forEachSpan(void (*visit)(Span *, void *), void *context) {
  for (Central &c : heap.central)
    for (SpanList *list : {&c.partial, &c.full, &c.unswept})
      for (Span *s = list->head, *next; s; s = next) {
        next = s->next;
        visit(s, context);
      }
  for (SpanList *list : {&heap.large, &heap.unsweptLarge})
    for (Span *s = list->head, *next; s; s = next) {
      next = s->next;
      visit(s, context);
    }
}

} // namespace stoat::rt
