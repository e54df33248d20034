// Sampling of allocations for runtime.MemProfile (profile.cpp). All on the system stack of the thread that owns the cache.
#pragma once
#include "runtime/mem/span.h"

namespace stoat::rt {

void profileLarge(MemoryCache *cache, Word object, Word size);
// Before a window is opened on the slow path: must the next object be sampled? Then the window may have no other, and profileSmall follows.
bool profileDue(MemoryCache *cache, uint32_t spanClass);
void profileSmall(MemoryCache *cache, uint32_t spanClass, Word object);
// gc/special.cpp: remembers that the object was sampled; profileFreed(bucket) when it is found dead.
void addProfileRecord(Word object, void *bucket);
void profileFreed(void *bucket);
Word profileBytes();               // memory of the buckets

} // namespace stoat::rt
