// The garbage-collected heap as others see it. Allocation functions run on the thread's own stack (SYSTEM) and may start a collection; the
// result is found by the collector's conservative scan of that stack until it is returned.
#pragma once
#include "runtime/abi/type_desc.h"

namespace stoat::rt {

// Zeroed object of `type` (size 0: one common address).
STOAT_SYSTEM_STACK STOAT_ALLOCATES void *allocObject(const Type *type);
// Zeroed array of n elements; product checked by the caller.
STOAT_SYSTEM_STACK STOAT_ALLOCATES void *allocArray(const Type *elem, Word n);
// noscan bytes; contents undefined unless zero.
STOAT_SYSTEM_STACK STOAT_ALLOCATES void *allocBytes(Word size, bool zero);
// Array of `capacity` elements, of which only [keep, capacity) must be zeroed (append); for pointer types all is zeroed.
STOAT_SYSTEM_STACK STOAT_ALLOCATES void *allocArrayKeep(const Type *elem, Word capacity, Word keepBytes);
// Bytes that an allocation of `size` really gets (size class or whole pages): gc's capacity rule for append.
Word roundupSize(Word size, bool noscan);

extern uint8_t zeroBase[];       // address of zero-size objects

// Objects by address. null / 0 when p is not inside an allocated object of the heap.
struct ObjectRef { void *base; Word size; struct Span *span; Word index; };
bool findObject(Word p, ObjectRef &out);
bool isHeapAddress(Word p);      // inside a heap span in use (reflect.verifyNotInHeapPtr, bulk barriers)

// ---- off-heap memory of the runtime (not scanned, not collected)
STOAT_BLOCKS void *offHeapAlloc(Word size);             // zeroed
STOAT_BLOCKS void offHeapFree(void *p, Word size);
template <class T> T *offHeapNew() { return new (offHeapAlloc(sizeof(T))) T(); }

} // namespace stoat::rt
