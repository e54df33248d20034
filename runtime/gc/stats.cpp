// runtime.MemStats and the pointer map of one object (reflect's TestGCBits).
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/trace.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/profile.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

Word offHeapBytes();

namespace {
struct Pauses { uint64_t total, last, pause[256], end[256]; uint32_t forced; };
constinit Pauses pauses{};   // written with the world stopped
} // namespace

void notePause(int64_t start, int64_t end, bool forced) {
  uint32_t i = (collectionCount() + 255) % 256;
  int64_t seconds;
  int32_t nanoseconds;
  wallNow(seconds, nanoseconds);
  pauses.last = uint64_t(seconds) * 1000000000 + uint64_t(nanoseconds);
  pauses.pause[i] = uint64_t(end - start);
  pauses.end[i] = pauses.last;
  pauses.total += uint64_t(end - start);
  pauses.forced += forced;
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

void stoat_memstats_impl(MemoryStats *out) {
  stopTheWorld(StopReason::MemStats);
  sweepAll();   // so that what is dead counts as freed
  Word unused = unusedInCaches();
  uint64_t unusedObjects = 0, tiny = 0;
  for (int32_t i = 0; i < sched.processors; i++) {
    for (Span *s : allPs[i]->cache->alloc)
      unusedObjects += s->elemCount - s->allocCount;
    tiny += allPs[i]->cache->tinyAllocs;
  }
  MemoryStats &m = *out;
  m.totalAlloc = heap.allocatedBytes.load() - unused;
  uint64_t freed = heap.freedBytes.load();
  m.alloc = m.heapAlloc = m.totalAlloc > freed ? m.totalAlloc - freed : 0;
  m.mallocs = heap.allocatedObjects.load() - unusedObjects + tiny;
  m.frees = heap.freedObjects.load() + tiny;
  m.heapObjects = m.mallocs > m.frees ? m.mallocs - m.frees : 0;
  m.heapSys = heap.mappedBytes.load();
  m.heapInuse = heap.inUsePages.load() * pageBytes;
  m.heapIdle = m.heapSys - m.heapInuse;
  m.heapReleased = heap.releasedPages.load() * pageBytes;
  m.stackInuse = stackBytesInUse();
  m.stackSys = stackBytesMapped();
  m.mspanSys = heap.spanRecords.load() * sizeof(Span);
  m.mspanInuse = (heap.spanRecords.load() - heap.spareRecords.load()) * sizeof(Span);
  m.mcacheInuse = m.mcacheSys = uint64_t(sched.processors) * sizeof(MemoryCache);
  m.buckHashSys = profileBytes();
  uint64_t known = m.mspanSys + m.mcacheSys + m.buckHashSys, own = offHeapBytes() + heap.arenaCount.load() * sizeof(Arena);
  m.gcSys = own > known ? own - known : 0;
  m.otherSys = uint64_t(sched.mCount + 1) * signalStackBytes;   // sysmon has none of its own
  m.sys = m.heapSys + m.stackSys + known + m.gcSys + m.otherSys;
  int64_t total = totalCpuTime();
  CollectorTime spent = collectorTime();
  m.gcCpuFraction = total > 0 ? double(spent.assist + spent.dedicated + spent.pause) / double(total) : 0;
  for (unsigned i = 0; i < 61; i++) {
    m.bySize[i].size = classSize[i];
    m.bySize[i].mallocs = i ? heap.classCounts[i].allocs.load() : 0;
    m.bySize[i].frees = i ? heap.classCounts[i].frees.load() : 0;
  }
  for (int32_t i = 0; i < sched.processors; i++)
    for (unsigned c = 2; c < 61 * 2; c++) {
      Span *s = allPs[i]->cache->alloc[c];
      m.bySize[c / 2].mallocs -= s->elemCount - s->allocCount;
    }
  m.nextGc = heapGoal();
  m.lastGc = pauses.last;
  m.pauseTotal = pauses.total;
  for (int i = 0; i < 256; i++) {
    m.pause[i] = pauses.pause[i];
    m.pauseEnd[i] = pauses.end[i];
  }
  m.cycles = collectionCount();
  m.forcedCycles = pauses.forced;
  m.enableGc = true;
  startTheWorld();
}

// One byte a word of the heap object, as it is scanned; number of words, 0 for noscan objects and addresses outside the heap.
intptr_t stoat_pointer_mask_impl(void *p, uint8_t *out, intptr_t capacity) {
  ObjectRef object;
  if (!findObject(Word(p), object) || object.span->noscan)
    return 0;
  Span *s = object.span;
  Word base = Word(object.base);
  Word bytes = s->sizeClass ? s->elemSize : s->requested;
  intptr_t words = intptr_t(bytes / wordSize);
  const Type *elem = s->types ? s->types[object.index] : nullptr;
  const uint8_t *mask = elem ? pointerMask(elem) : nullptr;
  for (intptr_t i = 0; i < words && i < capacity; i++) {
    if (elem) {
      Word offset = Word(i) * wordSize % elem->size;
      Word word = offset / wordSize;
      out[i] = offset < elem->pointerBytes && (mask[word / 8] >> (word % 8) & 1);
    } else {
      Word bit = (base - s->arenaBase) / wordSize + Word(i);
      out[i] = s->bitmap[bit / wordBits] >> (bit % wordBits) & 1;
    }
  }
  return words;
}

} // extern "C"
