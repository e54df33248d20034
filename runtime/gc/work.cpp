// Marking while the program runs (work.h).
//
// Who marks, after Go's design ("Go GC: Latency problem solved" and the comments of mgcpacer.go): a quarter of the Ps, as dedicated workers or, for the rest of it, each P for a
// share of its time; Ps that have nothing else to do; goroutines that allocate, in proportion (assist), unless workers are ahead.
#include "runtime/gc/work.h"
#include "runtime/base/print.h"
#include "runtime/gc/due.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constinit MarkTimes markTimes{};

namespace {
constexpr Word sliceBytes = 64 << 10;       // some 50 us of scanning
constexpr Word assistBytes = 16 << 10;      // what an allocation waits for at least
constexpr Word rootPieceBytes = 32 << 10;

enum class RootJob : uint8_t { Globals, Specials, Due, Queues, Stacks, None };

struct Work {
  Mutex lock{LockRank::Root};
  // under lock
  RootJob next = RootJob::None;
  GlobalPlace global;
  Word special = 0, due = 0;                // positions
  G *nextG = nullptr, *lastG = nullptr;     // of those that were there when the cycle began

  std::atomic<bool> rootsTaken{true};       // no job is left to take
  std::atomic<int32_t> active{0};           // slices under way, root jobs among them
  std::atomic<int32_t> dedicatedFree{0};    // dedicated workers that no P is yet
  double fraction = 0;                      // of its time that each P marks
  std::atomic<int64_t> credit{0};           // bytes scanned by workers that assists may count as theirs
  std::atomic<Word> scanned{0};
  int64_t start = 0;
};
constinit Work work{};

// One job, if there is one. Takes work.lock only to take it (globals and records have one thread at a time).
bool runRootJob(Marker &marker) {
  if (work.rootsTaken.load(std::memory_order_acquire))
    return false;
  constexpr int stackBatch = 8;
  G *stacks[stackBatch];
  int count = 0;
  bool queues = false;
  {
    LockGuard guard(work.lock);
    switch (work.next) {
    case RootJob::Globals:
      if (!markSomeGlobals(marker, work.global, rootPieceBytes))
        work.next = RootJob::Specials;
      return true;
    case RootJob::Specials:
      if (!markSomeSpecials(marker, work.special))
        work.next = RootJob::Due;
      return true;
    case RootJob::Due:
      if (!markSomeDue(marker, work.due))
        work.next = RootJob::Queues;
      return true;
    case RootJob::Queues:
      work.next = RootJob::Stacks;
      queues = true;
      break;
    case RootJob::Stacks:
      while (work.nextG && count < stackBatch) {
        stacks[count++] = work.nextG;
        work.nextG = work.nextG == work.lastG ? nullptr : work.nextG->allNext;
      }
      if (!work.nextG) {
        work.next = RootJob::None;
        work.rootsTaken.store(true, std::memory_order_release);
      }
      break;
    case RootJob::None:
      return false;
    }
  }
  if (queues)
    markTimersAndQueues(marker);
  for (int i = 0; i < count; i++)
    scanStackOf(stacks[i], marker);
  return true;
}

bool isAboveGoal() { return heap.live.load(std::memory_order_relaxed) > pacer.goal.load(std::memory_order_relaxed); }
bool isWorldStopping() { return sched.stopping.load(std::memory_order_acquire); }
bool isIdlePWanted() { return sched.idlePCount.load(std::memory_order_relaxed) && hasSharedGrey(); }

// Goroutines that wait for this P go to the global queue: it will be busy.
void giveQueueAway(P *p) {
  bool inheritTime, any = false;
  while (G *g = queueGet(p, inheritTime)) {
    globalPut(g);
    any = true;
  }
  if (any)
    wakeAnother();
}

void assist(P *p, Word bytes) {
  int64_t debt = int64_t(double(bytes) * double(pacer.assistPerByte.load(std::memory_order_relaxed)));
  MarkWork &own = *p->markWork;
  debt -= own.assistCredit;
  own.assistCredit = 0;
  if (debt > 0) {
    int64_t credit = work.credit.load(std::memory_order_relaxed);
    if (credit > 0) {
      int64_t taken = credit < debt ? credit : debt;
      work.credit.fetch_sub(taken, std::memory_order_relaxed);
      debt -= taken;
    }
  }
  if (debt > 0 && hasMarkWork()) {
    MarkTurn turn(p);
    while (int64_t(turn.scanned()) < debt && turn.slice(markTimes.assist, assistBytes) && !isWorldStopping()) {
    }
    debt -= int64_t(turn.scanned());
  }
  own.assistCredit = debt < 0 ? -debt : 0;
  // A P may not answer for long, say because its thread has no CPU: the heap must not run away meanwhile.
  while (isMarkingQuiet() && !tryTerminate() && isMarkingConcurrently() && isAboveGoal() && !isWorldStopping() && !p->preempt.load(std::memory_order_relaxed))
    sleepThread(20000);
}
} // namespace

void initMarkWork(P *p) {
  p->markWork = offHeapNew<MarkWork>();
  p->barrierNext = p->barrierValues;
#ifdef STOAT_MUTATIONS
  p->barrierEnd = p->barrierNext;   // every barrier comes to stoat_write_barrier_impl
#else
  p->barrierEnd = p->barrierValues + P::barrierCapacity;
#endif
}

void flushMarkWork(P *p) {
  shadeBuffered(p);
  p->markWork->marker.flush();
}

void retireMarkWork(P *p, P *heir) {
  flushMarkWork(p);
  Marker &from = p->markWork->marker, &to = heir->markWork->marker;
  to.bytesMarked += from.bytesMarked;
  to.bytesScanned += from.bytesScanned;
  from.bytesMarked = from.bytesScanned = 0;
}

void resetMarkAccounts() {
  resetStackAccounts();
  work.scanned.store(0, std::memory_order_relaxed);
  work.credit.store(0, std::memory_order_relaxed);
  markTimes.assist.store(0, std::memory_order_relaxed);
  markTimes.dedicated.store(0, std::memory_order_relaxed);
  markTimes.idle.store(0, std::memory_order_relaxed);
  for (int32_t i = 0; i < sched.processors; i++) {
    Marker &marker = allPs[i]->markWork->marker;
    marker.bytesMarked = marker.bytesScanned = 0;
  }
}

void prepareWork() {
  {
    LockGuard guard(sched.allGsLock);
    work.nextG = sched.allGs;
    work.lastG = sched.lastG;
  }
  resetFlush();
  work.next = RootJob::Globals;
  work.global = {};
  work.special = work.due = 0;
  // As many dedicated workers as come to a quarter of the Ps within 30 %, else the share of each P.
  double wanted = markUtilization * sched.processors;
  int32_t dedicated = int32_t(wanted + 0.5);
  work.fraction = 0;
  if (dedicated < wanted * 0.7 || dedicated > wanted * 1.3) {
    dedicated = int32_t(wanted);
    work.fraction = (wanted - dedicated) / sched.processors;
  }
  work.dedicatedFree.store(dedicated, std::memory_order_relaxed);
  work.start = monotonicNow();
  work.rootsTaken.store(false, std::memory_order_release);
}

Word scannedBytes() { return work.scanned.load(std::memory_order_relaxed); }

bool hasMarkWork() { return hasSharedGrey() || !work.rootsTaken.load(std::memory_order_acquire); }

bool isMarkingQuiet() {
  return work.rootsTaken.load(std::memory_order_acquire) && work.active.load(std::memory_order_seq_cst) == 0 && !hasSharedGrey() &&
         awaitedStacks.load(std::memory_order_acquire) == 0;
}

MarkTurn::MarkTurn(P *p) : marker_(p->markWork->marker), begin_(marker_.bytesScanned) { work.active.fetch_add(1, std::memory_order_seq_cst); }

MarkTurn::~MarkTurn() {
  marker_.flush();
  work.active.fetch_sub(1, std::memory_order_seq_cst);
  if (isIdlePWanted())
    wakeAnother();
}

bool MarkTurn::slice(std::atomic<int64_t> &time, Word budget) {
  int64_t begin = monotonicNow();
  Word before = marker_.bytesScanned, until = before + budget;
  bool any = false;
  while (marker_.bytesScanned < until && !marker_.drain(until - marker_.bytesScanned)) {
    if (!runRootJob(marker_))
      break;
    any = true;
  }
  work.scanned.fetch_add(marker_.bytesScanned - before, std::memory_order_relaxed);
  time.fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
  reviseAssist();
  return any || marker_.bytesScanned != before;
}

// A dedicated worker keeps the P until there is nothing left to take; a fractional one until it has had its share.
bool markAsWorker(P *p) {
  if (!hasMarkWork())
    return tryTerminate();
  MarkWork &own = *p->markWork;
  if (own.timeCycle != currentCycle()) {
    own.timeCycle = currentCycle();
    own.fractionalTime = 0;
  }
  int32_t free = work.dedicatedFree.load(std::memory_order_relaxed);
  while (free > 0 && !work.dedicatedFree.compare_exchange_weak(free, free - 1, std::memory_order_relaxed)) {
  }
  int64_t begin = monotonicNow();
  if (free <= 0 && double(own.fractionalTime) >= work.fraction * double(begin - work.start))
    return false;
  {
    MarkTurn turn(p);
    Word credited = 0;
    int64_t now = 0;
    do {
      if (free > 0) {
        checkTimers(p, now);
        giveQueueAway(p);
      }
      bool any = turn.slice(markTimes.dedicated, sliceBytes);
      work.credit.fetch_add(int64_t(turn.scanned() - credited), std::memory_order_relaxed);
      credited = turn.scanned();
      now = monotonicNow();
      if (!any || isWorldStopping())
        break;
    } while (free > 0 || double(own.fractionalTime + now - begin) < work.fraction * double(now - work.start));
    if (free > 0)
      work.dedicatedFree.fetch_add(1, std::memory_order_relaxed);
    else
      own.fractionalTime += now - begin;
  }
  if (!hasMarkWork())
    tryTerminate();
  return true;
}

bool hasIdleWork() { return isMarkingConcurrently() || heap.sweeping.load(std::memory_order_relaxed) || isCycleRequested(); }

bool collectWhileIdle(P *p) {
  if (!isMarkingConcurrently())
    return sweepSome(16) || beginRequestedCycle();
  emptyHands(p);   // what only this P knows of
  if (hasMarkWork()) {
    MarkTurn turn(p);
    if (turn.slice(markTimes.idle, sliceBytes)) {
      work.credit.fetch_add(int64_t(turn.scanned()), std::memory_order_relaxed);
      return true;
    }
  }
  return tryTerminate();
}

bool helpMarking(P *p) {
  if (!hasMarkWork())
    return false;
  MarkTurn turn(p);
  bool any = false;
  while (turn.slice(markTimes.dedicated, sliceBytes) && !isWorldStopping())
    any = true;
  return any;
}

void payForMarking(P *p, Word bytes) {
  if (!getg()->m->locks)
    assist(p, bytes);
}

} // namespace stoat::rt
