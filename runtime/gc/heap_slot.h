// Stores of Go heap pointers by C++: into places that are declared STOAT_HEAP (abi/check.h), and into slots of Go objects. utils/rtcheck allows no other stores to them.
//
// What has to become grey: the old value, because the collector may still rely on the place to find it (it has not scanned it yet, or has scanned what the old value was
// loaded from); and the new one, because the place may have been scanned already. A place that held nothing before needs the second half only.
#pragma once
#include "runtime/abi/check.h"
#include "runtime/gc/gc.h"

namespace stoat::rt {

template <class T> STOAT_BARRIER inline void storePointer(T *&slot, T *value) {
  if (__builtin_expect(stoat_barrier_enabled, 0))
    shadeStore(reinterpret_cast<void **>(&slot), const_cast<void *>(static_cast<const void *>(value)));
  slot = value;
}

// The place held nothing: a new object, a new entry of a table.
template <class T> STOAT_BARRIER inline void initPointer(T *&slot, T *value) {
  if (__builtin_expect(stoat_barrier_enabled, 0))
    shade(const_cast<void *>(static_cast<const void *>(value)));
  slot = value;
}

// The collector finds `value` (or null) in another place of the same table, which it scans under the lock that the caller holds: nothing appears, and what the place held
// stays in the table, is the caller's, or is not wanted any more.
template <class T> STOAT_STORES inline void movePointer(T *&slot, T *value) { slot = value; }

// An object off the heap that nobody will read any more: what it alone held is garbage.
template <class T> STOAT_STORES inline void dropPointers(T &object) { object = T(); }

} // namespace stoat::rt
