// A collection as a state machine: Idle -> Mark -> Termination -> Idle, with two short stops of the world and lazy sweeping after it.
//
//   startCycle       stop 1: sync.Pool's cleanup; phase Mark: barriers on, slots in caches black, root jobs listed. Nothing is marked in the stop.
//   marking          work.cpp, while the program runs; a goroutine runs only after its stack has been scanned (roots.h)
//   tryTerminate     when nothing seems to be left, all Ps give away what they hold (flush.cpp); when that was nothing, stop 2. Should barriers have noted something after all, it
//                    is marked; if that was little, the cycle ends, else the world goes on once more.
//                    Ending: caches give their spans back, every span becomes unswept, barriers off
//   sweeping         by whoever allocates, in proportion, and by idle Ps; always finished before the next cycle begins
//
// Neither stop does anything for each object, goroutine or span of the heap. collectStopped() and the steps cycleStart ... cycleSweep do the same with the world stopped, for tests.
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/due.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/policy.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/trace.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/scavenge.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <stdlib.h>

namespace stoat::rt {

constinit std::atomic<uint32_t> cycleNumber{0};
constinit std::atomic<bool> markingConcurrently{false};

namespace {
struct Collector {
  std::atomic<Phase> phase{Phase::Idle};
  std::atomic<uint32_t> cycles{0};       // ended
  Word markedBytes = 0;                  // by the last cycle
  CycleRecord record;                    // of the running cycle; written with the world stopped
  uint32_t earlyStops = 0;               // written with the world stopped
  Word stackBytes = 0;                   // scanned by the last cycle
  std::atomic<int64_t> lastEnd{0};       // when the last cycle ended, or the program began
  std::atomic<bool> requested{false};    // a cycle is to begin although none is due
};
constinit Collector collector{};

void setBarrier(bool on) { __atomic_store_n(&stoat_barrier_enabled, on ? 1 : 0, __ATOMIC_SEQ_CST); }

int32_t environmentNumber(const char *name, int32_t missing) {
  const char *text = environmentVariable(name);
  return text && *text ? int32_t(strtol(text, nullptr, 10)) : missing;
}

Marker &ownMarker() { return getg()->m->p->markWork->marker; }

template <class F> void forEachP(F f) {
  for (int32_t i = 0; i < sched.processors; i++)
    f(allPs[i]);
}

bool isCollectionOn() {
  return pacer.percent.load(std::memory_order_relaxed) >= 0 || scavenger.limit.load(std::memory_order_relaxed) != INT64_MAX;
}
bool isDue() {
  bool full = heap.live.load(std::memory_order_relaxed) >= heap.trigger.load(std::memory_order_relaxed);
  return (full || collector.requested.load(std::memory_order_relaxed)) && isCollectionOn();
}
} // namespace

void initCollector() {
  pacer.percent.store(collectPercentFromEnvironment());
  scavenger.limit.store(memoryLimitFromEnvironment());
  int32_t stress = environmentNumber("STOAT_GCSTRESS", 0);
  verifyEnabled = stress > 0 || environmentNumber("STOAT_GCVERIFY", 0) > 0;
  strictPointers = verifyEnabled;   // an exact pointer to a free object is as wrong as a lost one
  heap.poison = verifyEnabled || environmentNumber("STOAT_GCPOISON", 0) > 0;
  heap.stress.store(stress > 0 ? uint32_t(stress) : 0, std::memory_order_relaxed);
  stoat_alloc_slow_mode = stress > 0;
  pacer.rootScan = globalRootBytes();
  collector.lastEnd.store(monotonicNow());
  initTrace();
  setGoal();
}

// Go's period: what died long ago shall not wait for allocations that do not come.
bool requestCycleIfLate(int64_t now) {
  constexpr int64_t period = int64_t(120) * 1000000000;
  if (now - collector.lastEnd.load(std::memory_order_relaxed) < period || phase() != Phase::Idle || !isCollectionOn())
    return false;
  collector.requested.store(true, std::memory_order_relaxed);
  return true;
}

Phase phase() { return collector.phase.load(std::memory_order_acquire); }
uint32_t collectionCount() { return collector.cycles.load(std::memory_order_relaxed); }
int32_t collectPercent() { return pacer.percent.load(std::memory_order_relaxed); }
Word markedBytesOfLastCycle() { return collector.markedBytes; }
Word stackBytesOfLastCycle() { return collector.stackBytes; }
Word scannedHeapBytes() { return pacer.heapScan; }
Word heapGoal() { return pacer.goal.load(std::memory_order_relaxed); }

// ---- steps, world stopped

void cycleStart() {
  STOAT_CHECK(phase() == Phase::Idle, "cycleStart: a cycle is under way");
  sweepAll();   // nobody is in the middle of it, and a cycle that was begun in time finds nothing
  resetMarkAccounts();
  beginPacing();
  cycleNumber.fetch_add(1, std::memory_order_relaxed);
  collector.phase.store(Phase::Mark, std::memory_order_release);
  setBarrier(true);
  blackenCaches();
}

void cycleScanG(G *g) {
  STOAT_CHECK(phase() == Phase::Mark, "cycleScanG: not marking");
  if (!isScanned(g))
    markStack(ownMarker(), g);
}

void cycleMarkRoots() {
  Marker &marker = ownMarker();
  markGlobals(marker);
  markTimersAndQueues(marker);
  for (Word position = 0; markSomeSpecials(marker, position);) {
  }
  for (Word position = 0; markSomeDue(marker, position);) {
  }
  markSystemStacks(marker);
  forEachG(
      [](G *g, void *m) {
        if (!isScanned(g)) {
          markStack(*static_cast<Marker *>(m), g);
          if (!g->m)
            releaseIdleSegments(g);
        }
        return true;
      },
      &marker);
}

void cycleDrain() {
  forEachP(flushMarkWork);
  while (ownMarker().drain(~Word(0) / 2)) {
  }
}

void cycleTerminate() {
  STOAT_CHECK(phase() == Phase::Mark, "cycleTerminate: not marking");
  collector.phase.store(Phase::Termination, std::memory_order_release);
  cycleDrain();
  if (verifyEnabled)
    verifyHeap("after marking");
  Word marked = 0, scanned = 0;
  forEachP([&](P *p) {
    marked += p->markWork->marker.bytesMarked;
    scanned += p->markWork->marker.bytesScanned;
  });
  collector.markedBytes = marked;
  collector.stackBytes = stackBytesScanned();
  fillCentralLists();   // with the barrier on: it unmarks what they have not handed out
  setBarrier(false);
  markingConcurrently.store(false, std::memory_order_relaxed);
  Word live = heap.live.load(std::memory_order_relaxed), allocated = live > pacer.liveAtStart ? live - pacer.liveAtStart : 0;
  int64_t wall = monotonicNow() - collector.record.markStart;
  endPacing(marked, allocated, scanned, wall, markTimes.assist.load() + markTimes.dedicated.load() + markTimes.idle.load());
  heap.live.store(marked + allocated, std::memory_order_relaxed);
  setGoal();
  startSweep(heap.trigger.load(std::memory_order_relaxed));
  collector.cycles.fetch_add(1, std::memory_order_release);
  collector.phase.store(Phase::Sweep, std::memory_order_release);
}

void cycleSweep() {
  if (verifyEnabled || heap.poison)
    sweepAll();   // so that freed memory is poisoned at once
  collector.phase.store(Phase::Idle, std::memory_order_release);
}

// ---- a cycle while the program runs

static void beginRecord(int64_t asked, bool forced) {
  CycleRecord &r = collector.record;
  r = CycleRecord();
  r.start = r.markStart = asked;
  r.stopping[0] = monotonicNow() - asked;
  r.forced = forced;
  r.heapStart = heap.live.load(std::memory_order_relaxed);
  r.goal = pacer.goal.load(std::memory_order_relaxed);
}

// World stopped, the cycle has ended.
static void endRecord(int64_t asked, int64_t stopping) {
  CycleRecord &r = collector.record;
  r.markEnd = asked;
  r.stopping[1] = stopping;
  r.assist = markTimes.assist.load();
  r.dedicated = markTimes.dedicated.load();
  r.idle = markTimes.idle.load();
  r.heapMarked = collector.markedBytes;
  r.stackBytes = collector.stackBytes;
  r.globalBytes = globalRootBytes();
  r.end = monotonicNow();
  collector.lastEnd.store(r.end, std::memory_order_relaxed);
  collector.requested.store(false, std::memory_order_relaxed);
  noteCycle(r);
}

// The goroutine that begins a cycle is scanned by its own thread, as those are that wait in place (stop_world.cpp).
static void scanStarter(Word sp, void *exact) {
  G *g = getg();
  scanStackInPlace(exact ? g->systemSp : sp);
}

// Begins a cycle if none is under way and, unless it is forced, one is due. exact: no C++ frame of the caller's holds a heap pointer, so the thread's own stack need not be
// scanned (stale words in it keep objects alive).
static void startCycle(bool forced, bool exact) {
  sweepAll();
  int64_t asked = monotonicNow();
  stopTheWorld(StopReason::Collection);
  if (phase() != Phase::Idle || !(forced || isDue())) {   // somebody else was faster
    startTheWorld();
    return;
  }
  beginRecord(asked, forced);
  runPoolCleanup();
  cycleStart();
  prepareWork();
  markingConcurrently.store(true, std::memory_order_relaxed);
  collector.record.markStart = monotonicNow();
  startTheWorld();
  stoat_with_registers(scanStarter, exact ? &collector : nullptr);
}

static Word markedByAll() {
  Word bytes = 0;
  forEachP([&](P *p) { bytes += p->markWork->marker.bytesMarked; });
  return bytes;
}

uint32_t earlyStops() { return collector.earlyStops; }

// Ends the cycle if nothing is left to mark; false: it goes on. Any thread with a P, on its own stack.
bool tryTerminate() {
  if (!isMarkingConcurrently() || !isMarkingQuiet() || !flushEveryP())
    return false;
  constexpr Word stoppedBytes = 8 << 10;    // what is scanned in the stop before the world goes on again
  int64_t asked = monotonicNow();
  stopTheWorld(StopReason::Collection);
  int64_t stopping = monotonicNow() - asked;
  bool ended = false;
  if (isMarkingConcurrently()) {   // nobody else was faster
    Word before = markedByAll();
    bool quiet = isMarkingQuiet();
    if (quiet) {
      forEachP(flushMarkWork);
      ended = !ownMarker().drain(stoppedBytes);
      ownMarker().flush();
    }
    collector.earlyStops += !quiet || markedByAll() != before;
    if (ended) {
      collector.record.heapEnd = heap.live.load(std::memory_order_relaxed);
      cycleTerminate();
      cycleSweep();
      endRecord(asked, stopping);
    } else {
      notePauseTime(PauseKind::TotalCollection, monotonicNow() - asked);
      notePauseTime(PauseKind::StoppingCollection, stopping);
    }
  }
  startTheWorld();
  if (ended)
    wakeDueRunners();
  return ended;
}

// The caller helps the running cycle to its end.
static void finishCycle(uint32_t cycle) {
  while (isMarkingConcurrently() && currentCycle() == cycle) {
    bool any = helpMarking(getg()->m->p);
    waitForWorld();
    if (!any && !tryTerminate() && !hasMarkWork())
      sleepThread(20000);   // others are at their last slices
  }
}

void collect(bool exact) {
  for (;;) {
    finishCycle(currentCycle());
    uint32_t before = collectionCount();
    startCycle(true, exact);
    finishCycle(currentCycle());
    if (collectionCount() != before)
      return;
  }
}

// ---- a cycle in one stop

// World stopped, callee-saved registers of the driving thread at sp.
static void wholeCycle(Word sp, void *scanOwnStack) {
  M *m = getg()->m;
  m->stoppedSp = scanOwnStack ? sp : 0;
  runPoolCleanup();
  cycleStart();
  cycleMarkRoots();
  cycleTerminate();
  cycleSweep();
  m->stoppedSp = 0;
}

void collectStopped(bool exact) {
  finishCycle(currentCycle());
  int64_t asked = monotonicNow();
  stopTheWorld(StopReason::Collection);
  if (phase() == Phase::Idle) {
    beginRecord(asked, true);
    stoat_with_registers(wholeCycle, exact ? nullptr : &collector);
    collector.record.heapEnd = collector.record.heapStart;
    endRecord(asked, collector.record.stopping[0]);
  }
  startTheWorld();
  wakeDueRunners();
}

// ---- policy

void payForAllocation(MemoryCache *cache) {
  M *m = getg()->m;
  Word debt = cache->debt;
  cache->debt = 0;
  if (m->locks || getg() == m->g0)
    return;
  if (isMarkingConcurrently()) {
    if (debt)
      payForMarking(m->p, debt);
    return;
  }
  if (debt && heap.sweeping.load(std::memory_order_relaxed))
    sweepSome(1 + uint32_t(float(debt) * heap.sweepPerByte.load(std::memory_order_relaxed)));
  if (__builtin_expect(isDue(), 0) && phase() == Phase::Idle)
    startCycle(false, false);
}

bool isCycleRequested() { return collector.requested.load(std::memory_order_relaxed) && phase() == Phase::Idle; }

bool beginRequestedCycle() {
  if (!isCycleRequested())
    return false;
  startCycle(false, true);
  return true;
}

int32_t setCollectPercent(int32_t percent) {
  int32_t old = pacer.percent.exchange(percent < 0 ? -1 : percent);
  setGoal();
  return old;
}

int64_t setMemoryLimit(int64_t limit) {
  int64_t old = scavenger.limit.load();
  if (limit >= 0) {
    scavenger.limit.store(limit);
    setGoal();
    scavengeAfterCycle(heapGoal());
  }
  return old;
}

void freeOsMemory() {
  collect(true);
  sweepAll();
  releaseFreePages();
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

static void gcOnSystemStack(void *) {
  collect(true);
  sweepAll();
}
// What the stub saved of the argument registers is garbage here: runtime.GC sees the stack by maps alone, so that finalizers and weak pointers are prompt.
static void forgetArguments() {
  EntryRecord *record = getg()->entry;
  record->low = record->high;
}
void stoat_gc_impl() {
  forgetArguments();
  stoat_switch_system(gcOnSystemStack, nullptr);
}
void stoat_freeosmemory_impl() {
  forgetArguments();
  stoat_switch_system([](void *) { freeOsMemory(); }, nullptr);
}
intptr_t stoat_setgcpercent_impl(intptr_t percent) { return setCollectPercent(int32_t(percent)); }
int64_t stoat_setmemorylimit_impl(int64_t limit) { return setMemoryLimit(limit); }

} // extern "C"
