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
constinit Mutex greyLock{LockRank::MarkQueue};
constinit GreyBuffer *greyList = nullptr;            // under greyLock
constinit std::atomic<uint32_t> greyCount{0};
constinit GreyBuffer *spareList = nullptr;           // under greyLock

GreyBuffer *takeSpare() {
  {
    LockGuard guard(greyLock);
    if (GreyBuffer *b = spareList) {
      spareList = b->next;
      b->next = nullptr;
      b->count = 0;
      return b;
    }
  }
  return static_cast<GreyBuffer *>(offHeapAlloc(sizeof(GreyBuffer)));
}

GreyBuffer *takeShared() {
  if (greyCount.load(std::memory_order_acquire) == 0)
    return nullptr;
  LockGuard guard(greyLock);
  GreyBuffer *b = greyList;
  if (b) {
    greyList = b->next;
    b->next = nullptr;
    greyCount.fetch_sub(1, std::memory_order_relaxed);
  }
  return b;
}

void keepSpare(GreyBuffer *b) {
  LockGuard guard(greyLock);
  b->next = spareList;
  spareList = b;
}
} // namespace

static void giveShared(GreyBuffer *b) {
  LockGuard guard(greyLock);
  b->next = greyList;
  greyList = b;
  greyCount.fetch_add(1, std::memory_order_release);
}

bool hasSharedGrey() { return greyCount.load(std::memory_order_acquire) != 0; }

void Marker::push(Word entry) {
  if (!buffer_)
    buffer_ = takeSpare();
  if (buffer_->count == GreyBuffer::capacity) {
    giveShared(buffer_);
    buffer_ = takeSpare();
  }
  buffer_->entries[buffer_->count++] = entry;
}

bool Marker::pop(Word &entry) {
  while (!buffer_ || buffer_->count == 0) {
    GreyBuffer *b = takeShared();
    if (!b)
      return false;
    if (buffer_)
      keepSpare(buffer_);
    buffer_ = b;
  }
  entry = buffer_->entries[--buffer_->count];
  return true;
}

void Marker::flush() {
  if (!buffer_)
    return;
  if (buffer_->count)
    giveShared(buffer_);
  else
    keepSpare(buffer_);
  buffer_ = nullptr;
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
  if (!s->noscan)
    push(s->base + index * s->elemSize);
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
    value(__atomic_load_n(&reinterpret_cast<const Word *>(base)[i], __ATOMIC_RELAXED));
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
        value(__atomic_load_n(&reinterpret_cast<const Word *>(start)[i], __ATOMIC_RELAXED));
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
    return;
  }
  const Type *elem = __atomic_load_n(&s->types[index], __ATOMIC_ACQUIRE);
  if (!elem)
    return;
  value(Word(elem));   // reflect makes descriptors in the heap
  scanTyped(elem, base, base, base + (s->sizeClass ? s->elemSize : s->requested));
}

void Marker::scan(Word entry) {
  Span *s = spanInUse(entry);
  if (!s->types) {
    scanBitmap(s, entry);
    bytesScanned += s->elemSize;
    return;
  }
  uint32_t index = objectIndex(s, entry);
  const Type *elem = __atomic_load_n(&s->types[index], __ATOMIC_ACQUIRE);
  if (!elem)
    return;
  Word base = s->base + index * s->elemSize;
  Word end = base + (s->sizeClass ? s->elemSize : s->requested);
  if (entry == base) {
    value(Word(elem));
    for (Word at = base + piece; at < end; at += piece)
      push(at);
  }
  Word to = end - entry > piece ? entry + piece : end;
  scanTyped(elem, base, entry, to);
  bytesScanned += to - entry;
}

// The older half to others: what is scanned next stays.
void Marker::share() {
  GreyBuffer *half = takeSpare();
  uint32_t n = buffer_->count / 2;
  memcpy(half->entries, buffer_->entries, n * sizeof(Word));
  memmove(buffer_->entries, buffer_->entries + n, (buffer_->count - n) * sizeof(Word));
  half->count = n;
  buffer_->count -= n;
  giveShared(half);
  if (isMarkingConcurrently())
    wakeAnother();   // an idle P may help
}

bool Marker::drain(Word budget) {
  Word until = bytesScanned + budget;
  Word entry;
  while (pop(entry)) {
    scan(entry);
    if (buffer_->count > 64 && !hasSharedGrey())
      share();
    if (bytesScanned >= until)
      return true;
  }
  return false;
}

RootSink Marker::sink() {
  return {this, [](void *m, Word p) { static_cast<Marker *>(m)->maybe(p); },
          [](void *m, Word low, Word high) { static_cast<Marker *>(m)->conservative(low, high); }};
}

} // namespace stoat::rt
