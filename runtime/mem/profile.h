// Sampling of allocations for runtime.MemProfile (profile.cpp). All on the system stack of the thread that owns the cache.
#pragma once
#include "runtime/mem/span.h"

namespace stoat::rt {

void profileLarge(MemoryCache *cache, Word object, Word size);
void profileSmall(MemoryCache *cache, uint8_t spanClass, Span *s, Word object);
void profileUncut(MemoryCache *cache, uint8_t spanClass, Span *s);
void profileSettle(MemoryCache *cache, uint8_t spanClass, Span *s);
void profileRateChanged(MemoryCache *cache, Word rate);
// gc/special.cpp: remembers that the object was sampled; profileFreed(bucket) when it is found dead.
void addProfileRecord(Word object, void *bucket);
void profileFreed(void *bucket);
Word profileBytes();               // memory of the buckets

} // namespace stoat::rt
