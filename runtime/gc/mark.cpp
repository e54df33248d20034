// Marking of objects (mark.h).
#include "runtime/gc/mark.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

namespace stoat::rt {

constinit bool strictPointers = false;

namespace {
constexpr Word piece = 128 << 10;

struct GreyBuffer {
  static constexpr uint32_t capacity = 510;
  GreyBuffer *next;
  uint32_t count;
  Word entries[capacity];
};

struct GreyList {
  GreyBuffer *first = nullptr, *last = nullptr;
  std::atomic<uint32_t> count{0};   // read without the lock
  void add(GreyBuffer *b) {
    b->next = nullptr;
    (first ? last->next : first) = b;
    last = b;
    count.fetch_add(1, std::memory_order_release);
  }
  GreyBuffer *take() {
    GreyBuffer *b = first;
    if (b) {
      first = b->next;
      count.fetch_sub(1, std::memory_order_relaxed);
    }
    return b;
  }
};
constinit Mutex greyLock{LockRank::MarkQueue};
constinit GreyList sharedObjects{}, sharedSpans{};   // under greyLock
constinit GreyBuffer *spareList = nullptr;           // under greyLock
constinit std::atomic<Word> sharings{0};             // buffers that were ever added to the lists; changes under greyLock

GreyBuffer *takeSpare() {
  {
    LockGuard guard(greyLock);
    if (GreyBuffer *b = spareList) {
      spareList = b->next;
      return b;
    }
  }
  return static_cast<GreyBuffer *>(offHeapAlloc(sizeof(GreyBuffer)));
}

void keepSpare(GreyBuffer *b) {
  LockGuard guard(greyLock);
  b->next = spareList;
  spareList = b;
}

GreyBuffer *takeShared(GreyList &list) {
  if (list.count.load(std::memory_order_acquire) == 0)
    return nullptr;
  LockGuard guard(greyLock);
  return list.take();
}

void giveShared(GreyList &list, GreyBuffer *b) {
  LockGuard guard(greyLock);
  list.add(b);
  sharings.fetch_add(1, std::memory_order_release);
}

constexpr uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
} // namespace

bool hasSharedGrey() { return sharedObjects.count.load(std::memory_order_acquire) || sharedSpans.count.load(std::memory_order_acquire); }

Word sharedGreys() { return sharings.load(std::memory_order_acquire); }

void Marker::pushObject(Word entry) {
  if (!queues_)
    queues_ = static_cast<Queues *>(offHeapAlloc(sizeof(Queues)));
  if (objectCount_ == capacity)
    giveObjects(GreyBuffer::capacity);
  queues_->objects[objectCount_++] = entry;
}

void Marker::pushSpan(Span *s) {
  if (!queues_)
    queues_ = static_cast<Queues *>(offHeapAlloc(sizeof(Queues)));
  if (spanCount_ == capacity)
    giveSpans(GreyBuffer::capacity, true);   // later than what stays
  queues_->spans[(spanFirst_ + spanCount_++) % capacity] = Word(s);
}

bool Marker::take() {
  if (GreyBuffer *b = takeShared(sharedObjects)) {
    for (uint32_t i = 0; i < b->count; i++)
      pushObject(b->entries[i]);
    keepSpare(b);
    return true;
  }
  if (spanCount_)
    return true;
  if (GreyBuffer *b = takeShared(sharedSpans)) {
    for (uint32_t i = 0; i < b->count; i++)
      pushSpan(reinterpret_cast<Span *>(b->entries[i]));
    keepSpare(b);
    return true;
  }
  return false;
}

// The oldest ones.
void Marker::giveObjects(uint32_t count) {
  GreyBuffer *b = takeSpare();
  b->count = count;
  memcpy(b->entries, queues_->objects, count * sizeof(Word));
  objectCount_ -= count;
  memmove(queues_->objects, queues_->objects + count, objectCount_ * sizeof(Word));
  giveShared(sharedObjects, b);
}

void Marker::giveSpans(uint32_t count, bool newest) {
  GreyBuffer *b = takeSpare();
  b->count = count;
  uint32_t first = newest ? spanFirst_ + spanCount_ - count : spanFirst_;
  for (uint32_t i = 0; i < count; i++)
    b->entries[i] = queues_->spans[(first + i) % capacity];
  if (!newest)
    spanFirst_ = (spanFirst_ + count) % capacity;
  spanCount_ -= count;
  giveShared(sharedSpans, b);
}

void Marker::flush() {
  settleFound();
  while (objectCount_)
    giveObjects(least(objectCount_, GreyBuffer::capacity));
  while (spanCount_)
    giveSpans(least(spanCount_, GreyBuffer::capacity), false);
}

void Marker::object(Span *s, uint32_t index) {
  if (index >= s->elemCount)
    return;
  if (!setMarked(s, index))
    return;
  if (strictPointers && !isAllocated(s, index)) {   // what is allocated while marking is marked already
    printText("runtime: exact pointer to free object of size ");
    printUnsigned(s->elemSize);
    printText(" at ");
    printHex(s->base + index * s->elemSize);
    printText("\n");
    throwError("found pointer to free object");
  }
  bytesMarked += s->elemSize;
  if (s->noscan)
    return;
  if (s->types)
    pushObject(s->base + index * s->elemSize);
  else if (!s->queued.load(std::memory_order_seq_cst) && !s->queued.exchange(1, std::memory_order_seq_cst))
    pushSpan(s);
}

void Marker::maybe(Word p) {
  Span *s = spanInUse(p);
  if (!s)
    return;
  uint32_t index = objectIndex(s, p);
  if (index < s->elemCount && isAllocated(s, index))
    object(s, index);
}

void Marker::conservative(Word low, Word high) {
  for (Word at = (low + wordSize - 1) & ~(wordSize - 1); at + wordSize <= high; at += wordSize)
    maybe(*reinterpret_cast<const Word *>(at));
}

void Marker::masked(Word base, const uint8_t *mask, Word from, Word to) {
  for (Word i = from; i < to;) {
    uint8_t byte = uint8_t(mask[i / 8] >> (i % 8));
    if (!byte) {
      i = (i + 8) & ~Word(7);
      continue;
    }
    if (byte & 1)
      value(__atomic_load_n(&reinterpret_cast<const Word *>(base)[i], __ATOMIC_RELAXED));
    i++;
  }
  bytesScanned += (to - from) * wordSize;
}

// Words of one object by the heap bitmap.
void Marker::scanBitmap(Span *s, Word base) {
  Word words = s->elemSize / wordSize;
  Word bit = (base - s->arenaBase) / wordSize;
  Word offset = bit % wordBits;
  const Word *at = s->bitmap + bit / wordBits;
  Word bits = at[0] >> offset;
  if (offset + words > wordBits)
    bits |= at[1] << (wordBits - offset);
  if (words < wordBits)
    bits &= (Word(1) << words) - 1;
  while (bits) {
    int i = sizeof(Word) == 8 ? __builtin_ctzll(bits) : __builtin_ctz(unsigned(bits));
    bits &= bits - 1;
    found(__atomic_load_n(&reinterpret_cast<const Word *>(base)[i], __ATOMIC_RELAXED));
  }
}

// Words in [from, to) of the object at base, which is an array of elem (the last element may be cut off: zeroes).
void Marker::scanTyped(const Type *elem, Word base, Word from, Word to) {
  const uint8_t *mask = pointerMask(elem);
  Word size = elem->size, pointerWords = elem->pointerBytes / wordSize;
  Word element = (from - base) / size;
  for (Word start = base + element * size; start < to; start += size) {
    Word first = start < from ? (from - start) / wordSize : 0;
    Word end = (to - start) / wordSize;
    if (end > pointerWords)
      end = pointerWords;
    for (Word i = first; i < end;) {
      uint8_t byte = mask[i / 8] >> (i % 8);
      if (!byte) {
        i = (i + 8) & ~Word(7);
        continue;
      }
      if (byte & 1)
        found(__atomic_load_n(&reinterpret_cast<const Word *>(start)[i], __ATOMIC_RELAXED));
      i++;
    }
  }
}

void Marker::children(Span *s, uint32_t index) {
  if (s->noscan)
    return;
  Word base = s->base + index * s->elemSize;
  if (!s->types) {
    scanBitmap(s, base);
    settleFound();
    return;
  }
  const Type *elem = __atomic_load_n(&s->types[index], __ATOMIC_ACQUIRE);
  if (!elem)
    return;
  value(Word(elem));   // reflect makes descriptors in the heap
  scanTyped(elem, base, base, base + (s->sizeClass ? s->elemSize : s->requested));
  settleFound();
}

// Of a span without small objects.
void Marker::scanObject(Word entry) {
  Span *s = spanInUse(entry);
  uint32_t index = objectIndex(s, entry);
  const Type *elem = __atomic_load_n(&s->types[index], __ATOMIC_ACQUIRE);
  if (!elem)
    return;
  Word base = s->base + index * s->elemSize;
  Word end = base + (s->sizeClass ? s->elemSize : s->requested);
  if (entry == base) {
    value(Word(elem));
    for (Word at = base + piece; at < end; at += piece)
      pushObject(at);
  }
  Word to = end - entry > piece ? entry + piece : end;
  scanTyped(elem, base, entry, to);
  bytesScanned += to - entry;
}

void Marker::foundHere(Word p) {
  Span *s = scanning_;
  uint32_t index = objectIndex(s, p);
  if (index >= s->elemCount || !setMarked(s, index))
    return;
  bytesMarked += s->elemSize;
  here_[hereCount_++] = uint16_t(index);
}

// The scan bits of s and those of the marker differ by what was scanned on the way; both together keep every object from being scanned twice.
void Marker::scanSpan(Span *s) {
  Word words = bitWords(s->elemCount), size = s->elemSize;
  scanning_ = s;
  auto greys = [&](Word w) { return __atomic_load_n(&s->markBits[w], __ATOMIC_SEQ_CST) & ~__atomic_load_n(&s->scanBits[w], __ATOMIC_RELAXED); };
  for (;;) {
    for (Word w = 0; w < words; w++)
      for (Word grey = greys(w) & ~scannedHere_[w]; grey; grey &= grey - 1) {
        here_[hereCount_++] = uint16_t(w * wordBits + Word(__builtin_ctzll(grey)));
        while (hereCount_) {
          uint32_t index = here_[--hereCount_];
          Word &scanned = scannedHere_[index / wordBits], bit = Word(1) << index % wordBits;
          if (scanned & bit)
            continue;   // one of `grey` that was found on the way, or the other way round
          scanned |= bit;
          bytesScanned += size;
          scanBitmap(s, s->base + index * size);
        }
      }
    bool any = false;
    for (Word w = 0; w < words; w++) {
      __atomic_fetch_or(&s->scanBits[w], scannedHere_[w], __ATOMIC_SEQ_CST);
      scannedHere_[w] = 0;
    }
    s->queued.exchange(0, std::memory_order_seq_cst);
    for (Word w = 0; w < words; w++)
      any |= greys(w) != 0;
    if (!any || s->queued.exchange(1, std::memory_order_seq_cst))
      break;
  }
  scanning_ = nullptr;
}

void Marker::settleFound() {
  for (uint32_t i = 0; i < foundCapacity; i++) {
    Found &f = found_[(foundNext_ + i) % foundCapacity];
    if (i >= foundCapacity / 2 && f.span)
      locate(f);
    if (f.span)
      object(f.span, f.index);
    f.span = nullptr;
  }
}

bool Marker::drain(Word budget) {
  Word begin = bytesScanned;
  while (bytesScanned - begin < budget) {
    if (objectCount_) {
      scanObject(queues_->objects[--objectCount_]);
    } else {
      if (!spanCount_)
        settleFound();
      if (!objectCount_ && !take())
        return false;
      if (objectCount_)
        continue;
      Span *s = reinterpret_cast<Span *>(queues_->spans[spanFirst_]);
      spanFirst_ = (spanFirst_ + 1) % capacity;
      spanCount_--;
      scanSpan(s);
    }
    if (isMarkingConcurrently() && !hasSharedGrey() && objectCount_ + spanCount_ > 32) {
      if (objectCount_ > 16)
        giveObjects(least(objectCount_ / 2, GreyBuffer::capacity));
      else
        giveSpans(least(spanCount_ / 2, GreyBuffer::capacity), false);
      wakeAnother();   // an idle P may help
    }
  }
  return true;
}

RootSink Marker::sink() {
  return {this, [](void *m, Word p) { static_cast<Marker *>(m)->maybe(p); },
          [](void *m, Word low, Word high) { static_cast<Marker *>(m)->conservative(low, high); }};
}

} // namespace stoat::rt
