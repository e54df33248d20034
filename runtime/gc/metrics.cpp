// runtime/metrics: one array of words that the overlay reads by index (lib/runtime/metrics.go has the same order).
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/trace.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/scavenge.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

namespace {
enum Metric : unsigned {
  CpuAssist, CpuDedicated, CpuIdleMark, CpuPause, CpuTotal, CpuProcess, CpuScavengeAssist, CpuScavengeBackground,
  CleanupsQueued, CleanupsRun, FinalizersQueued, FinalizersRun, Percent, Limit, TinyAllocs, HeapMarked, ScanGlobals, ScanHeap, ScanStack, StackStart,
  GoroutinesCreated, GoroutinesNotInGo, GoroutinesRunnable, GoroutinesRunning, GoroutinesWaiting, Threads, ThreadStacks, MutexWait,
  ScalarCount
};
constexpr unsigned classesAt = 64, histogramsAt = classesAt + 2 * classCount;   // [allocs, frees] of each class, 0: large; then five histograms
static_assert(ScalarCount <= classesAt && histogramsAt + 5 * TimeHistogram::counts <= 1024);

void countGoroutines(uint64_t *out) {
  forEachG(
      [](G *g, void *p) {
        uint64_t *out = static_cast<uint64_t *>(p);
        if (g->system)
          return true;
        switch (g->status.load(std::memory_order_relaxed)) {
        case GStatus::Runnable: out[GoroutinesRunnable]++; break;
        case GStatus::Running: out[g->inSyscall ? GoroutinesNotInGo : GoroutinesRunning]++; break;
        case GStatus::Syscall: out[GoroutinesNotInGo]++; break;
        case GStatus::Waiting: out[GoroutinesWaiting]++; break;
        default: break;
        }
        return true;
      },
      out);
}
} // namespace

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" void stoat_metrics_impl(uint64_t *out) {
  for (unsigned i = 0; i < histogramsAt; i++)
    out[i] = 0;
  CollectorTime time = collectorTime();
  out[CpuAssist] = uint64_t(time.assist);
  out[CpuDedicated] = uint64_t(time.dedicated);
  out[CpuIdleMark] = uint64_t(time.idle);
  out[CpuPause] = uint64_t(time.pause);
  out[CpuTotal] = uint64_t(totalCpuTime());
  out[CpuProcess] = uint64_t(processCpuTime());
  out[CpuScavengeAssist] = uint64_t(scavenger.assistTime.load());
  out[CpuScavengeBackground] = uint64_t(scavenger.backgroundTime.load());
  SpecialCounts specials = specialCounts();
  out[CleanupsQueued] = specials.cleanupsQueued;
  out[FinalizersQueued] = specials.finalizersQueued;
  out[CleanupsRun] = specials.cleanupsTaken;
  out[FinalizersRun] = specials.finalizersTaken;
  out[Percent] = collectPercent() < 0 ? ~uint64_t(0) : uint64_t(collectPercent());
  out[Limit] = uint64_t(setMemoryLimit(-1));
  for (int32_t i = 0; i < sched.processors; i++)
    out[TinyAllocs] += allPs[i]->cache->tinyAllocs;
  out[HeapMarked] = markedBytesOfLastCycle();
  out[ScanGlobals] = globalRootBytes();
  stopTheWorld(StopReason::MemStats);
  out[ScanHeap] = scannedHeapBytes();   // by the last cycle: no walk over the spans in a stop
  for (int32_t i = 0; i < sched.processors; i++)
    for (unsigned c = 2; c < classCount * 2; c++) {
      Span *s = allPs[i]->cache->alloc[c];
      out[classesAt + (c & ~1u)] -= s->elemCount - s->allocCount;
    }
  out[ScanStack] = stackBytesOfLastCycle();
  out[StackStart] = 4096;
  out[GoroutinesCreated] = lastGoroutineId();
  countGoroutines(out);
  out[Threads] = uint64_t(sched.mCount + sched.systemMCount);
  out[ThreadStacks] = uint64_t(sched.mCount + sched.systemMCount) * (256 << 10);
  for (unsigned c = 0; c < classCount; c++) {
    out[classesAt + 2 * c] += heap.classCounts[c].allocs.load(std::memory_order_relaxed);
    out[classesAt + 2 * c + 1] = heap.classCounts[c].frees.load(std::memory_order_relaxed);
  }
  startTheWorld();
  for (unsigned h = 0; h < 5; h++)
    for (unsigned i = 0; i < TimeHistogram::counts; i++)
      out[histogramsAt + h * TimeHistogram::counts + i] = timeHistograms[h].count[i].load(std::memory_order_relaxed);
}
