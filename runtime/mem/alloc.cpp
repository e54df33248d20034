// Allocation of typed objects. The fast path (stoat_new) runs on the goroutine's stack without locks: a bit from the span's cache of free slots, zeroing, the object's
// pointer bits; anything else tail-calls the SYSTEM stub. Slow paths may run a whole collection *before* they take memory.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/sys/arch.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

extern "C" {
uint32_t stoat_alloc_slow_mode = 0;
void *stoat_new_slow(const stoat::rt::Type *type);   // assembly stub
__attribute__((weak)) void stoat_go_panicgrow() asm("runtime.panicgrow");
}

namespace stoat::rt {

alignas(16) constinit uint8_t zeroBase[16]{};

namespace {

Word loadMask(const Type *type) {
  Word mask;
  memcpy(&mask, type->gcData, sizeof mask);   // masks are padded to whole words
  Word words = type->pointerBytes / wordSize;
  return words >= wordBits ? mask : mask & ((Word(1) << words) - 1);
}

// Pointer bits of the small object at p: `mask` for its words.
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

Word repeatMask(const Type *elem, Word n) {
  Word mask = loadMask(elem);
  Word words = elem->size / wordSize;
  Word all = mask;
  for (Word i = 1; i < n; i++)
    all |= mask << (i * words);
  return all;
}

inline void *takeFast(Span *s) {
  if (!s->allocCache)
    return nullptr;
  uint32_t bit = uint32_t(__builtin_ctzll(s->allocCache));
  uint32_t result = s->freeIndex + bit;
  if (result >= s->elemCount)
    return nullptr;
  uint32_t next = result + 1;
  if (next % 64 == 0 && next != s->elemCount)
    return nullptr;
  s->allocCache = (s->allocCache >> bit) >> 1;
  s->freeIndex = next;
  s->allocCount++;
  return reinterpret_cast<void *>(s->base + result * s->elemSize);
}

inline void zero(void *p, Word size) {
  if (size <= 64) {
    Word *at = static_cast<Word *>(p);
    for (Word i = 0; i < size / wordSize; i++)
      at[i] = 0;
    // a vector idiom would be a call to memset again
    asm volatile("" ::: "memory");
    return;
  }
  memset(p, 0, size);
}

void stressPoint() {
  uint32_t every = heap.stress.load(std::memory_order_relaxed);
  if (!every)
    return;
  static constinit std::atomic<uint32_t> count{0};
  uint32_t n = count.fetch_add(1, std::memory_order_relaxed);
  if (n % every || getg()->m->locks)
    return;
  // in turn, so that both ways are tested
  if (n / every % 2)
    collect();
  else
    collectStopped();
}

void *allocTiny(P *p, Word size) {
  MemoryCache *cache = p->cache;
  Word at = cache->tiny;
  if (isTinyOf8(size))
    at = (at + 7) & ~Word(7);
  else if ((size & 3) == 0)
    at = (at + 3) & ~Word(3);
  else if ((size & 1) == 0)
    at = (at + 1) & ~Word(1);
  if (at && at + size <= cache->tinyEnd) {
    cache->tiny = at + size;
    cache->tinyAllocs++;
    return reinterpret_cast<void *>(at);
  }
  Span *s;
  uint8_t spanClass = uint8_t(tinyClass * 2 + 1);
  Word block = Word(allocSmallSlow(p, spanClass, s));
  memset(reinterpret_cast<void *>(block), 0, tinySize);
  profileSmall(cache, spanClass, s, block);
  cache->tiny = block + size;
  cache->tinyEnd = block + tinySize;
  return reinterpret_cast<void *>(block);
}

void *allocLarge(Word size, const Type *elem, bool zeroed) {
  bool noscan = !elem;
  if (size + pageBytes < size)
    fatalError("out of memory: allocation too large");
  Span *s = allocSpan((size + pageBytes - 1) >> pageShift, 0, noscan, size);
  heap.live.fetch_add(s->elemSize, std::memory_order_relaxed);
  heap.allocatedBytes.fetch_add(s->elemSize, std::memory_order_relaxed);
  heap.allocatedObjects.fetch_add(1, std::memory_order_relaxed);
  heap.classCounts[0].allocs.fetch_add(1, std::memory_order_relaxed);
  if (s->needZero && (zeroed || !noscan))
    memset(reinterpret_cast<void *>(s->base), 0, s->elemSize);
  s->needZero = true;
  if (elem)
    __atomic_store_n(&s->types[0], elem, __ATOMIC_RELEASE);
  s->allocCount = 1;
  // Marked before it is seen to be allocated: whoever comes across a stale pointer to it must not scan it.
  if (stoat_barrier_enabled && !mutated(Mutation::NewBlack))
    setMarked(s, 0);
  __atomic_store_n(&s->freeIndex, 1, __ATOMIC_RELEASE);
  s->allocBits[0] = 1;
  getg()->m->p->cache->debt += s->elemSize;
  profileLarge(getg()->m->p->cache, s->base, s->elemSize);
  return reinterpret_cast<void *>(s->base);
}

// size > 0; elem null: no pointers; otherwise n elements of it make up the object (n * elem->size <= size).
void *alloc(Word size, const Type *elem, Word n, bool zeroed) {
  stressPoint();
  payForAllocation(getg()->m->p->cache);
  P *p = getg()->m->p;
  if (!elem && size < tinySize)
    return allocTiny(p, size);
  if (elem && elem->isMaskOnDemand())
    pointerMask(elem);
  if (size > maxSmallSize)
    return allocLarge(size, elem, zeroed);
  uint8_t sizeClass = sizeToClass(size);
  Span *s;
  uint8_t spanClass = uint8_t(sizeClass * 2 + !elem);
  Word object = Word(allocSmallSlow(p, spanClass, s));
  if (s->needZero && (zeroed || elem))
    memset(reinterpret_cast<void *>(object), 0, s->elemSize);
  if (elem) {
    if (s->types)
      s->types[objectIndex(s, object)] = elem;
    else
      writeBits(s, object, repeatMask(elem, n));
  }
  profileSmall(p->cache, spanClass, s, object);
  return reinterpret_cast<void *>(object);
}

} // namespace

void *allocObject(const Type *type) {
  if (type->size == 0)
    return zeroBase;
  return alloc(type->size, type->hasPointers() ? type : nullptr, 1, true);
}

void *allocArray(const Type *elem, Word n) {
  if (elem->size == 0 || n == 0)
    return zeroBase;
  return alloc(elem->size * n, elem->hasPointers() ? elem : nullptr, n, true);
}

void *allocArrayKeep(const Type *elem, Word capacity, Word keepBytes) {
  Word size = elem->size * capacity;
  if (size == 0)
    return zeroBase;
  if (elem->hasPointers())
    return alloc(size, elem, capacity, true);
  char *p = static_cast<char *>(alloc(size, nullptr, 0, false));
  memset(p + keepBytes, 0, size - keepBytes);
  return p;
}

void *allocBytes(Word size, bool zeroed) {
  if (size == 0)
    return zeroBase;
  return alloc(size, nullptr, 0, zeroed);
}

// gc's rule, header of 8 bytes included, so that capacities of grown slices are the same.
Word roundupSize(Word size, bool noscan) {
  if (size <= maxSmallSize - 8) {
    Word extra = !noscan && size > maxBitmapBytes ? 8 : 0;
    return classSize[sizeToClass(size + extra)] - extra;
  }
  Word rounded = size + pageBytes - 1;
  return rounded < size ? size : rounded & ~(pageBytes - 1);
}

bool isHeapAddress(Word p) { return spanInUse(p) != nullptr; }

bool findObject(Word p, ObjectRef &out) {
  Span *s = spanInUse(p);
  if (!s)
    return false;
  uint32_t index = objectIndex(s, p);
  if (index >= s->elemCount || !isAllocated(s, index))
    return false;
  out.span = s;
  out.index = index;
  out.base = reinterpret_cast<void *>(s->base + index * s->elemSize);
  out.size = s->elemSize;
  return true;
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

void *stoat_new(const Type *type) {
  Word size = type->size;
  if (__builtin_expect(size - 1 < 1024 - 8 && !stoat_alloc_slow_mode, 1)) {
    MemoryCache *cache = getg()->m->p->cache;
    if (type->pointerBytes == 0) {
      if (size >= tinySize) {
        Span *s = cache->alloc[sizeTables.small[(size + 7) >> 3] * 2 + 1];
        if (void *p = takeFast(s)) {
          if (s->needZero)
            zero(p, s->elemSize);
          return p;
        }
      } else {
        Word at = cache->tiny;
        Word align = isTinyOf8(size) ? 7 : (size & 3) == 0 ? 3 : (size & 1) == 0 ? 1 : 0;
        at = (at + align) & ~align;
        if (at && at + size <= cache->tinyEnd) {
          cache->tiny = at + size;
          cache->tinyAllocs++;
          return reinterpret_cast<void *>(at);
        }
      }
    } else if (size <= maxBitmapBytes) {
      Span *s = cache->alloc[sizeTables.small[(size + 7) >> 3] * 2];
      if (void *p = takeFast(s)) {
        if (s->needZero)
          zero(p, s->elemSize);
        writeBits(s, Word(p), loadMask(type));
        return p;
      }
    }
  }
  [[clang::musttail]] return stoat_new_slow(type);
}

void *stoat_new_slow_impl(const Type *type) { return allocObject(type); }
void *stoat_newarray_impl(const Type *elem, intptr_t n) { return allocArray(elem, Word(n)); }
void *stoat_makeslice_impl(const Type *elem, intptr_t, intptr_t capacity) { return allocArray(elem, Word(capacity)); }
void *stoat_alloc_bytes_impl(Word size, uint8_t zeroed) { return allocBytes(size, zeroed); }
Word stoat_roundupsize(Word size, uint8_t noscan) { return roundupSize(size, noscan); }
uint8_t stoat_in_heap(Word p) { return isHeapAddress(p); }

void stoat_object_base(Word *out, void *p) {
  ObjectRef object;
  bool found = findObject(Word(p), object);
  out[0] = found ? Word(object.base) : 0;
  out[1] = found ? object.size : 0;
}

// Append: room for newLen elements by gc's rule (double up to 256 elements, then by a quarter plus 192), rounded up to what the allocation gets anyway.
void stoat_growslice_impl(Slice *out, const Type *elem, void *old, intptr_t oldLen, intptr_t oldCap, intptr_t newLen) {
  if (newLen < 0)
    stoat_leave_native(stoat_go_panicgrow);
  if (elem->size == 0) {
    *out = {zeroBase, newLen, newLen};
    return;
  }
  Word capacity = Word(oldCap), wanted = Word(newLen);
  if (wanted > 2 * capacity) {
    capacity = wanted;
  } else if (capacity < 256) {
    capacity *= 2;
  } else {
    while (capacity < wanted)
      capacity += (capacity + 3 * 256) >> 2;
  }
  Word bytes;
  if (__builtin_mul_overflow(capacity, elem->size, &bytes) || bytes > (sizeof(Word) == 8 ? Word(1) << 47 : Word(0x7fffffff)))
    stoat_leave_native(stoat_go_panicgrow);
  bytes = roundupSize(bytes, !elem->hasPointers());
  capacity = bytes / elem->size;
  Word keep = Word(oldLen) * elem->size;
  void *p;
  if (elem->hasPointers()) {
    p = alloc(bytes, elem, capacity, true);
    if (stoat_barrier_enabled)
      shadeArray(elem, old, Word(oldLen));
  } else {
    p = alloc(bytes, nullptr, 0, false);
    Word used = wanted * elem->size;
    memset(static_cast<char *>(p) + used, 0, bytes - used);
  }
  memcpy(p, old, keep);
  *out = {p, newLen, intptr_t(capacity)};
}

} // extern "C"
