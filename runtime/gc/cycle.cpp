// A collection as a state machine: Idle -> Mark -> (Termination) -> Sweep -> Idle. collect() runs all of it with the world stopped, up to the lazy sweep; tests
// drive the steps one by one and let goroutines run while the phase is Mark: barriers are on, new objects are black, so it is a correct incremental cycle.
//
// Marking is parallel: helper threads (no M, no P) take grey buffers from the shared list. It ends when all markers are idle and the list is empty.
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/policy.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/trace.h"
#include "runtime/mem/scavenge.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <stdlib.h>

namespace stoat::rt {

bool flushBarrierWork();

namespace {
struct Collector {
  std::atomic<Phase> phase{Phase::Idle};
  std::atomic<uint32_t> cycles{0};
  std::atomic<int32_t> percent{100};
  Word markedBytes = 0;                  // by the last cycle
  // helpers
  int32_t helpers = 0;                   // threads started
  std::atomic<uint32_t> round{0};        // futex: bumped to start a drain
  uint32_t firstRound = 0;               // the round before the first one of the helpers just started
  std::atomic<int32_t> helpersLeft{0};   // helpers that have not finished the round
  std::atomic<int32_t> busy{0};          // markers that may still produce grey objects
  std::atomic<Word> helperBytes{0};
  Marker marker;                         // of the driving thread
};
constinit Collector collector{};

void setBarrier(bool on) {
  __atomic_store_n(&stoat_barrier_enabled, on ? 1 : 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(&stoat_alloc_slow_mode, on || heap.stress.load(std::memory_order_relaxed) ? 1u : 0u, __ATOMIC_SEQ_CST);
}

// One marker's part of a drain: works until nobody has anything left.
void drainTogether(Marker &marker) {
  for (;;) {
    marker.drainAvailable();
    collector.busy.fetch_sub(1, std::memory_order_seq_cst);
    for (int spins = 0;; spins++) {
      if (hasSharedGrey()) {
        collector.busy.fetch_add(1, std::memory_order_seq_cst);
        break;
      }
      // busy == 0 and nothing shared: only busy markers share, so it stays so
      if (collector.busy.load(std::memory_order_seq_cst) == 0 && !hasSharedGrey()) {
        marker.flush();
        return;
      }
      if (spins < 200)
        cpuRelax();
      else
        yieldThread();
    }
  }
}

void helperMain() {
  uint32_t seen = collector.firstRound;
  Marker marker;
  for (;;) {
    uint32_t now;
    while ((now = collector.round.load(std::memory_order_acquire)) == seen)
      futexWait(&collector.round, seen);
    seen = now;
    drainTogether(marker);
    collector.helperBytes.fetch_add(marker.bytesMarked, std::memory_order_relaxed);
    marker.bytesMarked = 0;
    if (collector.helpersLeft.fetch_sub(1, std::memory_order_acq_rel) == 1)
      futexWake(&collector.helpersLeft, 1);
  }
}

void setTrigger() {
  int32_t percent = collector.percent.load(std::memory_order_relaxed);
  Word trigger = ~Word(0) / 2;
  if (percent >= 0) {
    uint64_t floor = uint64_t(4 << 20) * uint64_t(percent) / 100;
    uint64_t goal = uint64_t(collector.markedBytes) + uint64_t(collector.markedBytes) * uint64_t(percent) / 100;
    if (goal < floor)
      goal = floor;
    if (goal < trigger)
      trigger = Word(goal);
  }
  Word atLimit = heapGoalOfLimit(collector.markedBytes);
  if (atLimit < trigger)
    trigger = atLimit;
  heap.trigger.store(trigger, std::memory_order_relaxed);
}

int32_t environmentNumber(const char *name, int32_t missing) {
  const char *text = environmentVariable(name);
  return text && *text ? int32_t(strtol(text, nullptr, 10)) : missing;
}
} // namespace

void initCollector() {
  collector.percent.store(collectPercentFromEnvironment());
  scavenger.limit.store(memoryLimitFromEnvironment());
  int32_t stress = environmentNumber("STOAT_GCSTRESS", 0);
  verifyEnabled = stress > 0 || environmentNumber("STOAT_GCVERIFY", 0) > 0;
  strictPointers = verifyEnabled;   // an exact pointer to a free object is as wrong as a lost one
  heap.poison = verifyEnabled || environmentNumber("STOAT_GCPOISON", 0) > 0;
  heap.stress.store(stress > 0 ? uint32_t(stress) : 0, std::memory_order_relaxed);
  setBarrier(false);
  initTrace();
  setTrigger();
}

Phase phase() { return collector.phase.load(std::memory_order_acquire); }
uint32_t collectionCount() { return collector.cycles.load(std::memory_order_relaxed); }

void cycleStart() {
  STOAT_CHECK(phase() == Phase::Idle, "cycleStart: a cycle is under way");
  sweepAll();
  forEachG(
      [](G *g, void *) {
        g->scanned = false;
        return true;
      },
      nullptr);
  collector.marker.bytesMarked = 0;
  collector.helperBytes.store(0, std::memory_order_relaxed);
  collector.phase.store(Phase::Mark, std::memory_order_release);
  setBarrier(true);
}

void cycleScanG(G *g) {
  STOAT_CHECK(phase() == Phase::Mark, "cycleScanG: not marking");
  if (!g->scanned)
    markStack(collector.marker, g);
}

void cycleMarkRoots() {
  Marker &marker = collector.marker;
  markGlobals(marker);
  markTimersAndQueues(marker);
  markSpecials(marker);
  markSystemStacks(marker);
  forEachG(
      [](G *g, void *m) {
        if (!g->scanned)
          markStack(*static_cast<Marker *>(m), g);
        return true;
      },
      &marker);
}

void cycleDrain() {
  flushBarrierWork();
  Marker &marker = collector.marker;
  marker.flush();
  int32_t wanted = sched.processors < 16 ? sched.processors - 1 : 15;
  // a small heap is marked before a helper has woken up
  if (collector.markedBytes < (1 << 20) && heap.live.load(std::memory_order_relaxed) < (8 << 20))
    wanted = 0;
  collector.firstRound = collector.round.load(std::memory_order_relaxed);   // the drain below waits for every helper: none reads it later
  while (collector.helpers < wanted) {
    collector.helpers++;
    startSystemThread(helperMain);
  }
  if (wanted <= 0) {
    collector.busy.store(1, std::memory_order_seq_cst);
    drainTogether(marker);
    return;
  }
  collector.busy.store(1 + collector.helpers, std::memory_order_seq_cst);
  collector.helpersLeft.store(collector.helpers, std::memory_order_seq_cst);
  collector.round.fetch_add(1, std::memory_order_release);
  futexWake(&collector.round, 0x7fffffff);
  drainTogether(marker);
  for (int32_t left; (left = collector.helpersLeft.load(std::memory_order_acquire)) != 0;)
    futexWait(&collector.helpersLeft, uint32_t(left));
}

void cycleTerminate() {
  STOAT_CHECK(phase() == Phase::Mark, "cycleTerminate: not marking");
  collector.phase.store(Phase::Termination, std::memory_order_release);
  do
    cycleDrain();
  while (flushBarrierWork());
  if (queueDeadSpecials(collector.marker))
    cycleDrain();
  queueDeadCleanups();
  if (verifyEnabled)
    verifyHeap("after marking");
  collector.markedBytes = collector.marker.bytesMarked + collector.helperBytes.load(std::memory_order_relaxed);
  fillCentralLists();
  forEachG(
      [](G *g, void *) {
        if (!g->m)
          releaseIdleSegments(g);
        return true;
      },
      nullptr);
  heap.live.store(collector.markedBytes, std::memory_order_relaxed);
  setTrigger();
  setBarrier(false);
  startSweep();
  collector.cycles.fetch_add(1, std::memory_order_release);
  collector.phase.store(Phase::Sweep, std::memory_order_release);
}

void cycleSweep() {
  if (verifyEnabled || heap.poison)
    sweepAll();   // so that freed memory is poisoned at once
  collector.phase.store(Phase::Idle, std::memory_order_release);
}

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

// exact: no C++ frame of the caller's holds a heap pointer, so the thread's own stack need not be scanned (stale words in it keep objects alive).
static void collectStopped(bool forced, bool exact, int64_t asked) {
  CycleRecord record;
  record.start = record.markStart = record.markEnd = asked;
  record.stopping[1] = monotonicNow() - asked;
  record.forced = forced;
  record.heapStart = record.heapEnd = heap.live.load(std::memory_order_relaxed);
  record.goal = heap.trigger.load(std::memory_order_relaxed);
  stoat_with_registers(wholeCycle, exact ? nullptr : &record);
  record.heapMarked = collector.markedBytes;
  record.stackBytes = stackBytesInUse();
  record.globalBytes = globalRootBytes();
  record.end = monotonicNow();
  noteCycle(record);
}

void collect(bool exact) {
  int64_t asked = monotonicNow();
  stopTheWorld(StopReason::Collection);
  collectStopped(true, exact, asked);
  startTheWorld();
  wakeFinalizerGoroutine();
}

void collectIfDue() {
  if (__builtin_expect(heap.live.load(std::memory_order_relaxed) < heap.trigger.load(std::memory_order_relaxed), 1))
    return;
  if (collector.percent.load(std::memory_order_relaxed) < 0 && scavenger.limit.load(std::memory_order_relaxed) == INT64_MAX)
    return;
  G *g = getg();
  if (g->m->locks || g == g->m->g0 || phase() != Phase::Idle)
    return;
  int64_t asked = monotonicNow();
  stopTheWorld(StopReason::Collection);
  // somebody else may have done it while we waited for the world
  bool due = heap.live.load(std::memory_order_relaxed) >= heap.trigger.load(std::memory_order_relaxed) && phase() == Phase::Idle;
  if (due)
    collectStopped(false, false, asked);
  startTheWorld();
  if (due)
    wakeFinalizerGoroutine();
}

int32_t collectPercent() { return collector.percent.load(std::memory_order_relaxed); }
Word markedBytesOfLastCycle() { return collector.markedBytes; }

int32_t setCollectPercent(int32_t percent) {
  int32_t old = collector.percent.exchange(percent < 0 ? -1 : percent);
  setTrigger();
  return old;
}

int64_t setMemoryLimit(int64_t limit) {
  int64_t old = scavenger.limit.load();
  if (limit >= 0) {
    scavenger.limit.store(limit);
    setTrigger();
    scavengeAfterCycle(heap.trigger.load(std::memory_order_relaxed));
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
