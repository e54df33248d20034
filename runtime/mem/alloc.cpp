// Allocation of typed objects, in three steps. Compiled code takes a slot from the window of its P (abi/alloc_window.h). Else the fast path here runs on the goroutine's
// stack, without locks: it opens the next window, writes the bits of an object that differs from the window's. Anything more tail-calls a SYSTEM stub. Slow paths may run
// a whole collection *before* they take memory.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/sys/arch.h"
#include "runtime/mem/window.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

extern "C" {
uint32_t stoat_alloc_slow_mode = 0;
// assembly stubs
void *stoat_new_slow(const stoat::rt::Type *type);
void *stoat_newarray_slow(const stoat::rt::Type *elem, intptr_t n);
void *stoat_makeslice_slow(const stoat::rt::Type *elem, intptr_t length, intptr_t capacity);
void *stoat_alloc_bytes_slow(stoat::rt::Word size, uint8_t zeroed);
void stoat_growslice_slow(stoat::rt::Slice *out, const stoat::rt::Type *elem, void *old, intptr_t oldLen, intptr_t oldCap, intptr_t newLen);
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

// The mask of n elements, at most one word of it.
inline Word repeatMask(const Type *elem, Word n) {
  Word mask = loadMask(elem), words = elem->size / wordSize;
  if (n == 1)
    return mask;
  for (Word have = 1; have < n; have *= 2)
    mask |= mask << (have * words & (wordBits - 1));
  return n * words >= wordBits ? mask : mask & ((Word(1) << n * words) - 1);
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

// A slot of the class, whatever it takes. Zeroed if not larger than maxWindowZeroed; black while marking.
Word slotSlow(P *p, uint8_t spanClass, Word mask) {
  MemoryCache *cache = p->cache;
  if (Word taken = takeFromWindow(cache, spanClass, mask))
    return taken;
  bool sampled = profileDue(cache, spanClass);
  Word limit = windowSlots.of[spanClass >> 1];
  if (uint64_t(cache->untilSample[spanClass]) < limit)
    limit = Word(cache->untilSample[spanClass]);
  if (heap.stress.load(std::memory_order_relaxed))
    limit = 1;
  while (!openWindow(cache, spanClass, mask, limit))
    refillCache(p, spanClass);
  Word taken = takeFromWindow(cache, spanClass, mask);
  if (sampled)
    profileSmall(cache, spanClass, taken);
  return taken;
}

constexpr uint8_t tinySpanClass = tinyClass * 2 + 1;

// The rest of the tiny block. 0: not enough.
inline Word takeTiny(MemoryCache *cache, Word size) {
  Word align = isTinyOf8(size, wordSize) ? 7 : (size & 3) == 0 ? 3 : (size & 1) == 0 ? 1 : 0;
  Word at = (cache->tiny + align) & ~align;
  if (at + size > cache->tinyEnd)
    return 0;
  cache->tiny = at + size;
  cache->tinyAllocs++;
  return at;
}

inline Word beginTiny(MemoryCache *cache, Word block, Word size) {
  // The block with more room left is kept.
  if (block + tinySize - (block + size) > cache->tinyEnd - cache->tiny) {
    cache->tiny = block + size;
    cache->tinyEnd = block + tinySize;
  }
  return block;
}

void *allocTiny(P *p, Word size) {
  if (Word taken = takeTiny(p->cache, size))
    return reinterpret_cast<void *>(taken);
  return reinterpret_cast<void *>(beginTiny(p->cache, slotSlow(p, tinySpanClass, 0), size));
}

// What a window does not do for large slots: zeroing, the type.
inline void finishSlot(MemoryCache *cache, uint8_t spanClass, Word object, const Type *elem, bool zeroed) {
  if (classSize[spanClass >> 1] <= (maxBitmapBytes < maxWindowZeroed ? maxBitmapBytes : Word(maxWindowZeroed)))
    return;
  Span *s = cache->alloc[spanClass];
  if (s->needZero && (zeroed || elem) && s->elemSize > maxWindowZeroed)
    memset(reinterpret_cast<void *>(object), 0, s->elemSize);
  if (elem && s->types)
    __atomic_store_n(&s->types[objectIndex(s, object)], elem, __ATOMIC_RELEASE);
}

// Small objects on the goroutine's stack. n elements of elem, whose masks are there, or without pointers if it is null; 0: the slow path must.
inline Word allocFast(Word size, const Type *elem, Word n, bool zeroed) {
  MemoryCache *cache = &getg()->m->p->memory;
  if (!elem && size < tinySize) {
    if (Word taken = takeTiny(cache, size))
      return taken;
    Word block = takeSlot(cache, tinySpanClass, 0);
    return block ? beginTiny(cache, block, size) : 0;
  }
  if (elem && size > maxBitmapBytes && elem->isMaskOnDemand())
    return 0;
  uint8_t spanClass = uint8_t(sizeTables.small[(size + 7) >> 3] * 2 + !elem);
  Word object = takeSlot(cache, spanClass, elem && size <= maxBitmapBytes ? repeatMask(elem, n) : 0);
  if (object)
    finishSlot(cache, spanClass, object, elem, zeroed);
  return object;
}
constexpr Word maxFastSize = 1024 - 8;

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
  uint8_t spanClass = uint8_t(sizeToClass(size) * 2 + !elem);
  Word object = slotSlow(p, spanClass, elem && size <= maxBitmapBytes ? repeatMask(elem, n) : 0);
  finishSlot(p->cache, spanClass, object, elem, zeroed);
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

// Bytes of the array that holds `wanted` elements and room for more, by gc's rule: double up to 256 elements, then by a quarter plus 192; rounded up to what the
// allocation gets anyway. false: too large.
static bool grownBytes(const Type *elem, Word capacity, Word wanted, Word &bytes) {
  if (wanted > 2 * capacity) {
    capacity = wanted;
  } else if (capacity < 256) {
    capacity *= 2;
  } else {
    while (capacity < wanted)
      capacity += (capacity + 3 * 256) >> 2;
  }
  if (__builtin_mul_overflow(capacity, elem->size, &bytes) || bytes > (sizeof(Word) == 8 ? Word(1) << 47 : Word(0x7fffffff)))
    return false;
  bytes = roundupSize(bytes, !elem->hasPointers());
  return true;
}

// A division costs more than a small allocation; most sizes are powers of two.
static Word elementsIn(Word bytes, Word size) {
  return size & (size - 1) ? uint32_t(bytes) / uint32_t(size) : bytes >> (sizeof(Word) == 8 ? __builtin_ctzll(size) : __builtin_ctz(unsigned(size)));
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
  if (__builtin_expect(size - 1 < maxFastSize, 1))
    if (Word p = allocFast(size, type->pointerBytes ? type : nullptr, 1, true))
      return reinterpret_cast<void *>(p);
  [[clang::musttail]] return stoat_new_slow(type);
}

void *stoat_newarray(const Type *elem, intptr_t n) {
  Word size = elem->size * Word(n);
  if (__builtin_expect(size - 1 < maxFastSize, 1))
    if (Word p = allocFast(size, elem->pointerBytes ? elem : nullptr, Word(n), true))
      return reinterpret_cast<void *>(p);
  [[clang::musttail]] return stoat_newarray_slow(elem, n);
}

void *stoat_makeslice(const Type *elem, intptr_t length, intptr_t capacity) {
  Word size = elem->size * Word(capacity);
  if (__builtin_expect(size - 1 < maxFastSize, 1))
    if (Word p = allocFast(size, elem->pointerBytes ? elem : nullptr, Word(capacity), true))
      return reinterpret_cast<void *>(p);
  [[clang::musttail]] return stoat_makeslice_slow(elem, length, capacity);
}

void *stoat_alloc_bytes(Word size, uint8_t zeroed) {
  if (__builtin_expect(size - 1 < maxFastSize, 1))
    if (Word p = allocFast(size, nullptr, 0, zeroed))
      return reinterpret_cast<void *>(p);
  [[clang::musttail]] return stoat_alloc_bytes_slow(size, zeroed);
}

void *stoat_new_slow_impl(const Type *type) { return allocObject(type); }
void *stoat_newarray_slow_impl(const Type *elem, intptr_t n) { return allocArray(elem, Word(n)); }
void *stoat_makeslice_slow_impl(const Type *elem, intptr_t, intptr_t capacity) { return allocArray(elem, Word(capacity)); }
void *stoat_alloc_bytes_slow_impl(Word size, uint8_t zeroed) { return allocBytes(size, zeroed); }
Word stoat_roundupsize(Word size, uint8_t noscan) { return roundupSize(size, noscan); }
uint8_t stoat_in_heap(Word p) { return isHeapAddress(p); }

void stoat_object_base(Word *out, void *p) {
  ObjectRef object;
  bool found = findObject(Word(p), object);
  out[0] = found ? Word(object.base) : 0;
  out[1] = found ? object.size : 0;
}

// Append: room for newLen elements.
void stoat_growslice(Slice *out, const Type *elem, void *old, intptr_t oldLen, intptr_t oldCap, intptr_t newLen) {
  Word bytes;
  if (newLen > 0 && elem->size && grownBytes(elem, Word(oldCap), Word(newLen), bytes) && bytes <= maxFastSize && (!elem->pointerBytes || !stoat_barrier_enabled)) {
    Word capacity = elementsIn(bytes, elem->size);
    bool hasPointers = elem->pointerBytes;
    if (Word p = allocFast(bytes, hasPointers ? elem : nullptr, capacity, false)) {
      Word keep = Word(oldLen) * elem->size, used = Word(newLen) * elem->size;
      memcpy(reinterpret_cast<void *>(p), old, keep);
      if (bytes > maxWindowZeroed && !hasPointers)
        memset(reinterpret_cast<char *>(p) + used, 0, bytes - used);
      *out = {reinterpret_cast<void *>(p), newLen, intptr_t(capacity)};
      return;
    }
  }
  [[clang::musttail]] return stoat_growslice_slow(out, elem, old, oldLen, oldCap, newLen);
}

void stoat_growslice_slow_impl(Slice *out, const Type *elem, void *old, intptr_t oldLen, intptr_t oldCap, intptr_t newLen) {
  if (newLen < 0)
    stoat_leave_native(stoat_go_panicgrow);
  if (elem->size == 0) {
    *out = {zeroBase, newLen, newLen};
    return;
  }
  Word bytes;
  if (!grownBytes(elem, Word(oldCap), Word(newLen), bytes))
    stoat_leave_native(stoat_go_panicgrow);
  Word capacity = bytes / elem->size;
  void *p;
  if (elem->hasPointers()) {
    p = alloc(bytes, elem, capacity, true);
    if (stoat_barrier_enabled)
      shadeArray(elem, old, Word(oldLen));
  } else {
    p = alloc(bytes, nullptr, 0, false);
    Word used = Word(newLen) * elem->size;
    memset(static_cast<char *>(p) + used, 0, bytes - used);
  }
  memcpy(p, old, Word(oldLen) * elem->size);
  *out = {p, newLen, intptr_t(capacity)};
}

} // extern "C"
