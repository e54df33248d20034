// Write barriers and the copies that contain them. While marking is under way every pointer that is overwritten and every pointer that is stored becomes
// grey (hybrid barrier), so that neither a hidden old path nor a new one is lost; new objects are black. Values are collected in a buffer of the P, two a store;
// what fills it looks at them. Owner of the buffer: the thread that has the P, or anybody while the world is stopped.
//
// The heap's type information tells which words of a heap destination are pointers (heapBitsBulkBarrier). A blocked goroutine's stack has none: there
// the *type* tells (typeBitsBulkBarrier), after the copy.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"
#include <string.h>

extern "C" {
alignas(8) int32_t stoat_barrier_enabled = 0;
__attribute__((weak)) extern const stoat::rt::GlobalRoot __start_stoat_roots[], __stop_stoat_roots[];
}

namespace stoat::rt {

namespace {
// For what has no P (a thread that leaves a system call, say).
constinit Mutex orphanLock{LockRank::MarkQueue};
constinit Marker orphanMarker{};   // under orphanLock

// Two values that barriers saw become grey, now or when the buffer is looked at.
void note(Word old, Word value) {
  P *p = getg()->m->p;
  if (p && p->barrierNext != p->barrierEnd) {
    p->barrierNext[0] = old;
    p->barrierNext[1] = value;
    p->barrierNext += 2;
    return;
  }
  auto f = [p, old, value] {
    if (p) {
      shadeBuffered(p);
      p->markWork->marker.maybe(old);
      p->markWork->marker.maybe(value);
    } else {
      LockGuard guard(orphanLock);
      orphanMarker.maybe(old);
      orphanMarker.maybe(value);
      orphanMarker.flush();
    }
  };
  runOnSystemStack(f);
}

// Not inlined: it is rarely called, and chan_barrier.test follows it.
__attribute__((noinline)) void shadeMasked(Word base, const uint8_t *mask, Word pointerBytes) {
  for (Word i = 0; i < pointerBytes / wordSize; i++)
    if (mask[i / 8] >> (i % 8) & 1)
      note(0, reinterpret_cast<const Word *>(base)[i]);
}

// Old value at `at` and, unless src is null, the new one at the same place of the source.
void shadePair(Word at, Word dst, const void *src) {
  note(*reinterpret_cast<const Word *>(at), src ? *reinterpret_cast<const Word *>(Word(src) + (at - dst)) : 0);
}

void bulkHeap(Span *s, Word dst, const void *src, Word size) {
  if (s->noscan)
    return;
  if (!s->types) {
    for (Word at = dst; at < dst + size; at += wordSize) {
      Word bit = (at - s->arenaBase) / wordSize;
      if (s->bitmap[bit / wordBits] >> (bit % wordBits) & 1)
        shadePair(at, dst, src);
    }
    return;
  }
  uint32_t index = objectIndex(s, dst);
  const Type *elem = s->types[index];
  if (!elem)
    return;
  const uint8_t *mask = pointerMask(elem);
  Word base = s->base + index * s->elemSize;
  for (Word at = dst; at < dst + size; at += wordSize) {
    Word i = (at - base) % elem->size;
    if (i < elem->pointerBytes && mask[i / wordSize / 8] >> (i / wordSize % 8) & 1)
      shadePair(at, dst, src);
  }
}

void bulkGlobal(Word dst, const void *src, Word size) {
  const GlobalRoot *root = findGlobal(dst);
  if (!root)
    return;   // a goroutine's own stack
  Word base = Word(root->address);
  for (Word at = dst; at < dst + size && at < base + root->pointerBytes; at += wordSize) {
    Word i = (at - base) / wordSize;
    if (root->mask[i / 8] >> (i % 8) & 1)
      shadePair(at, dst, src);
  }
}
} // namespace

void shadeBuffered(P *p) {
  Word *end = p->barrierNext;
  p->barrierNext = p->barrierValues;
  // Each value is likely to miss the caches twice: at its span, and at its mark word.
  constexpr int spanAhead = 12, markAhead = 6;
  for (Word *at = p->barrierValues; at != end; at++) {
    if (at + spanAhead < end)
      __builtin_prefetch(spanOf(at[spanAhead]));
    if (at + markAhead < end)
      if (Span *s = spanInUse(at[markAhead]))
        __builtin_prefetch(&s->markBits[objectIndex(s, at[markAhead]) / wordBits]);
    if (*at)
      p->markWork->marker.maybe(*at);
  }
}

void shade(void *p) {
  if (stoat_barrier_enabled)
    note(0, Word(p));
}

void shadeStore(void **slot, void *value) {
  if (stoat_barrier_enabled)
    note(Word(*slot), Word(value));
}

void heapBitsBulkBarrier(void *dst, const void *src, Word size) {
  if (!stoat_barrier_enabled)
    return;
  auto f = [&] {
    if (Span *s = spanInUse(Word(dst)))
      bulkHeap(s, Word(dst), src, size);
    else
      bulkGlobal(Word(dst), src, size);
  };
  runOnSystemStack(f);   // masks on demand and full buffers want stack
}

void typeBitsBulkBarrier(const Type *type, void *dst, Word size) {
  STOAT_CHECK(type, "typeBitsBulkBarrier without type");
  STOAT_CHECK(type->size == size, "typeBitsBulkBarrier: size is not the type's");
  STOAT_CHECK(!type->isMaskOnDemand(), "typeBitsBulkBarrier: type has no plain bitmap");
#ifdef STOAT_MUTATE_NO_TYPE_BARRIER
  return;   // only for the test that must fail without this barrier
#endif
  if (!stoat_barrier_enabled)
    return;
  auto f = [&] { shadeMasked(Word(dst), type->gcData, type->pointerBytes); };
  runOnSystemStack(f);
}

void shadeArray(const Type *elem, const void *src, Word n) {
  if (!stoat_barrier_enabled || !elem->hasPointers() || mutated(Mutation::Append))
    return;
  auto f = [&] {
    const uint8_t *mask = pointerMask(elem);
    for (Word i = 0; i < n; i++)
      shadeMasked(Word(src) + i * elem->size, mask, elem->pointerBytes);
  };
  runOnSystemStack(f);
}

void memoryMove(void *dst, const void *src, Word size) { memmove(dst, src, size); }
void memoryClear(void *dst, Word size) { memset(dst, 0, size); }

void typedMemoryMove(const Type *type, void *dst, const void *src) {
  if (dst == src)
    return;
  if (stoat_barrier_enabled && type->hasPointers() && !mutated(Mutation::Move))
    heapBitsBulkBarrier(dst, src, type->pointerBytes);
  memmove(dst, src, type->size);
}

void typedMemoryClear(const Type *type, void *dst) {
  if (stoat_barrier_enabled && type->hasPointers() && !mutated(Mutation::Clear))
    heapBitsBulkBarrier(dst, nullptr, type->pointerBytes);
  memset(dst, 0, type->size);
}

void typedMemoryClearPartial(const Type *type, void *dst, Word, Word size) {
  if (stoat_barrier_enabled && type->hasPointers() && !mutated(Mutation::Clear))
    heapBitsBulkBarrier(dst, nullptr, size & ~(wordSize - 1));
  memset(dst, 0, size);
}

void typedArrayMove(const Type *elem, void *dst, const void *src, Word n) {
  Word size = elem->size * n;
  if (dst == src || size == 0)
    return;
  if (stoat_barrier_enabled && elem->hasPointers() && !mutated(Mutation::Copy))
    heapBitsBulkBarrier(dst, src, size - elem->size + elem->pointerBytes);
  memmove(dst, src, size);
}

void typedArrayClear(const Type *elem, void *dst, Word n) {
  Word size = elem->size * n;
  if (size == 0)
    return;
  if (stoat_barrier_enabled && elem->hasPointers() && !mutated(Mutation::Clear))
    heapBitsBulkBarrier(dst, nullptr, size - elem->size + elem->pointerBytes);
  memset(dst, 0, size);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

void stoat_write_barrier_impl(void **slot, void *value) {
  if (mutated(Mutation::StoreOld))
    shade(value);
  else if (mutated(Mutation::StoreNew))
    shade(*slot);
  else
    shadeStore(slot, value);
}
void stoat_typedmemmove(const Type *type, void *dst, const void *src) { typedMemoryMove(type, dst, src); }
void stoat_typedmemclr(const Type *type, void *dst) { typedMemoryClear(type, dst); }
void stoat_typedmemclrpartial(const Type *type, void *dst, Word offset, Word size) { typedMemoryClearPartial(type, dst, offset, size); }
void stoat_typedmemclrarray(const Type *elem, void *p, intptr_t n) { typedArrayClear(elem, p, Word(n)); }
intptr_t stoat_typedslicecopy(const Type *elem, void *dst, intptr_t dstLen, const void *src, intptr_t srcLen) {
  intptr_t n = dstLen < srcLen ? dstLen : srcLen;
  if (n > 0)
    typedArrayMove(elem, dst, src, Word(n));
  return n;
}
void stoat_memmove(void *dst, const void *src, Word size) { memmove(dst, src, size); }
void stoat_memclr(void *dst, Word size) { memset(dst, 0, size); }

} // extern "C"
