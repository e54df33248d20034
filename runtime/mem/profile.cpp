// The memory profile: allocations sampled about every runtime.MemProfileRate bytes, by stack. Each class of spans of each P draws its own distances between samples from an
// exponential distribution; together they sample the bytes of all classes evenly, and the fast path of allocation needs no counter: windows (window.h) end before the object to
// be sampled, which therefore takes the slow path. Of a tiny block only the first object is seen, as the whole block.
//
// Programs that never ask for the profile take no samples: `wanted` is there only if stoat_memprofile is linked.
//
// Buckets (one for each stack and size) are never freed. Lock order: profileLock is a leaf, ranked as OffHeap's neighbour; a sampled object's record lies with the specials.
#include "runtime/mem/profile.h"
#include "runtime/base/hooks.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

extern "C" {
extern intptr_t memProfileRate asm("runtime.MemProfileRate") __attribute__((weak));
extern const char __start_stoat_memprofile_wanted[] __attribute__((weak, visibility("hidden")));
}

namespace stoat::rt {

namespace {
constexpr uint32_t stackDepth = 32;

struct Bucket {
  Bucket *next;      // same hash
  Bucket *nextOfAll;
  Word hash, size;
  int64_t allocs, frees;
  Word stack[stackDepth];
};

constinit Mutex profileLock{LockRank::Stacks};
constexpr Word tableSize = 4096;
constinit Bucket *table[tableSize]{};
constinit Bucket *all = nullptr;   // under profileLock
constinit Word bucketCount = 0;

Word rateNow() { return __start_stoat_memprofile_wanted && &memProfileRate && memProfileRate > 0 ? Word(memProfileRate) : 0; }

// -ln(x) for x in (0, 1], by the series of artanh around the mantissa.
double minusLog(double x) {
  int exponent;
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  exponent = int(bits >> 52) - 1022;
  bits = (bits & ((uint64_t(1) << 52) - 1)) | uint64_t(1022) << 52;
  double m;   // in [1/2, 1)
  memcpy(&m, &bits, sizeof m);
  double y = (m - 0.70710678118654752) / (m + 0.70710678118654752), square = y * y, sum = 0, power = y;
  for (int k = 1; k < 16; k += 2, power *= square)
    sum += power / k;
  return -(2 * sum + (exponent - 0.5) * 0.69314718055994531);
}

int64_t nextDistance(Word rate) {
  if (rate <= 1)
    return 0;
  double uniform = (double(nextRandom(getg()->m)) + 1) / 4294967296.0;
  double distance = minusLog(uniform) * double(rate);
  return distance < 1e15 ? int64_t(distance) : int64_t(1e15);
}

// Objects (of class 0: bytes) before the one to be sampled. The distance has no memory, so what is left of it in that object does not matter.
int64_t objectsUntilSample(Word rate, uint32_t spanClass) {
  if (!rate)
    return int64_t(1) << 62;
  int64_t distance = nextDistance(rate);
  return spanClass >= 2 ? distance / classSize[spanClass >> 1] : distance;
}

Bucket *findBucket(const Word *stack, Word size) {
  Word hash = size;
  for (uint32_t i = 0; i < stackDepth; i++)
    hash = (hash ^ stack[i]) * Word(0x9E3779B97F4A7C15u) + (hash >> (wordBits / 2));
  Bucket *&head = table[(hash >> 7) % tableSize];
  for (Bucket *b = head; b; b = b->next)
    if (b->hash == hash && b->size == size && !memcmp(b->stack, stack, sizeof b->stack))
      return b;
  Bucket *b = offHeapNew<Bucket>();
  b->hash = hash;
  b->size = size;
  memcpy(b->stack, stack, sizeof b->stack);
  b->next = head;
  head = b;
  b->nextOfAll = all;
  all = b;
  bucketCount++;
  return b;
}

void sample(Word object, Word size) {
  Word stack[stackDepth]{};
  G *g = getg();
  if (hooks.callers && g != g->m->g0 && g->entry)
    hooks.callers(g, stack, stackDepth);
  Bucket *b;
  {
    LockGuard guard(profileLock);
    b = findBucket(stack, size);
    b->allocs++;
  }
  addProfileRecord(object, b);
}
} // namespace

Word profileBytes() { return sizeof table + bucketCount * sizeof(Bucket); }

void profileFreed(void *bucket) {
  LockGuard guard(profileLock);
  static_cast<Bucket *>(bucket)->frees++;
}

static void checkRate(MemoryCache *cache) {
  Word rate = rateNow();
  if (rate == cache->profileRate)
    return;
  cache->profileRate = rate;
  for (uint32_t i = 0; i < spanClassCount; i++)
    cache->untilSample[i] = objectsUntilSample(rate, i);
}

void profileLarge(MemoryCache *cache, Word object, Word size) {
  checkRate(cache);
  cache->untilSample[0] -= int64_t(size);
  if (cache->untilSample[0] >= 0)
    return;
  sample(object, size);
  cache->untilSample[0] = objectsUntilSample(cache->profileRate, 0);
}

bool profileDue(MemoryCache *cache, uint32_t spanClass) {
  checkRate(cache);
  if (cache->untilSample[spanClass] > 0)
    return false;
  cache->untilSample[spanClass] = 1;   // the sampled object itself
  return true;
}

void profileSmall(MemoryCache *cache, uint32_t spanClass, Word object) {
  sample(object, classSize[spanClass >> 1]);
  cache->untilSample[spanClass] = objectsUntilSample(cache->profileRate, spanClass);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

// Go's MemProfileRecord.
struct MemoryProfileRecord {
  int64_t allocBytes, freeBytes, allocObjects, freeObjects;
  Word stack[stackDepth];
};

// Copies all records if they fit; their number.
intptr_t stoat_memprofile_impl(MemoryProfileRecord *out, intptr_t capacity, uint8_t withFreed) {
  // In the program if this function is.
  asm volatile(".pushsection stoat_memprofile_wanted,\"ao\",%%progbits,stoat_memprofile_impl\n .byte 1\n .popsection" ::);
  LockGuard guard(profileLock);
  auto wanted = [&](Bucket *b) { return withFreed || b->allocs != b->frees; };
  intptr_t count = 0;
  for (Bucket *b = all; b; b = b->nextOfAll)
    count += wanted(b);
  if (count > capacity)
    return count;
  for (Bucket *b = all; b; b = b->nextOfAll) {
    if (!wanted(b))
      continue;
    *out = {b->allocs * int64_t(b->size), b->frees * int64_t(b->size), b->allocs, b->frees, {}};
    memcpy(out->stack, b->stack, sizeof b->stack);
    out++;
  }
  return count;
}

} // extern "C"
