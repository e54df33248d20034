// The scheduler loop: what a thread with a P runs next, and how goroutines stop and start. Invariants: scheduler.h.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/span.h"
#include "runtime/sched/timer.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constinit Sched sched{};

uint32_t nextRandom(M *m) {
  uint64_t x = m->random;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  m->random = x;
  return uint32_t(x >> 16);
}

bool onSystemStack() {
  M *m = getg()->m;
  Word sp = stackPointer();
  return sp >= m->systemLow && sp < m->systemHigh;
}

// ---- running and leaving a goroutine

void execute(G *g, bool inheritTime) {
  M *m = getg()->m;
  P *p = m->p;
  m->curg = g;
  g->m = m;
  g->waitReason = WaitReason::None;
  g->systemSp = m->systemSp;
  if (isMarkingConcurrently()) {   // before g belongs to the thread: its stack is read as that of a parked one
    g->m = nullptr;
    runStatusWhileMarking(g);
    g->m = m;
  }
  if (!inheritTime)
    p->schedTick.fetch_add(1, std::memory_order_relaxed);
  prepareAsyncArea(m);
  g->status.store(GStatus::Running, std::memory_order_release);
  g->stackLimit = g->segment->limit;
  setg(g);
  setThreadLimit(g->stackLimit);
  // After the limit is in place: whoever set `stopping` before this load did not see this g, whoever sets it later poisons the limit.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (sched.stopping.load(std::memory_order_relaxed) || isFlushAsked(p))
    poisonLimit(g);
  stoat_gogo(g->schedSp);
}

void leaveG(G *g) {
  M *m = g->m;
  setg(m->g0);
  m->curg = nullptr;
  g->m = nullptr;
}

// ---- finding work

static bool isRunnableSomewhere() {
  for (int32_t i = 0; i < sched.processors; i++)
    if (!queueEmpty(allPs[i]))
      return true;
  return sched.globalSize.load(std::memory_order_acquire) != 0;
}

static G *stealWork(M *m, int64_t &now, int64_t &pollUntil, bool &inheritTime, bool &ranTimer) {
  P *p = m->p;
  int32_t n = sched.processors;
  for (int round = 0; round < 4; round++) {
    uint32_t start = nextRandom(m) % uint32_t(n);
    for (int32_t i = 0; i < n; i++) {
      if (sched.stopping.load(std::memory_order_acquire))
        return nullptr;
      P *victim = allPs[(start + uint32_t(i)) % uint32_t(n)];
      if (victim == p)
        continue;
      if (round == 3) {
        int64_t next = checkTimers(victim, now);
        if (next && (!pollUntil || next < pollUntil))
          pollUntil = next;
        if (G *g = queueGet(p, inheritTime)) {
          ranTimer = true;
          return g;
        }
      }
      if (victim->status.load(std::memory_order_relaxed) != PStatus::Idle)
        if (G *g = queueSteal(p, victim, round == 3))
          return g;
    }
  }
  return nullptr;
}

static void stopSpinning(M *m) {
  m->spinning = false;
  if (sched.spinningMs.fetch_sub(1, std::memory_order_seq_cst) == 1)
    wakeAnother();
}

static G *findRunnable(bool &inheritTime) {
  M *m = getg()->m;
  for (;;) {
    if (sched.stopping.load(std::memory_order_acquire)) {
      stopForWorld();
      continue;
    }
    P *p = m->p;
    int64_t now = 0;
    int64_t pollUntil = checkTimers(p, now);
    if (isMarkingConcurrently()) {
      if (m->spinning)
        stopSpinning(m);
      if (markAsWorker(p))
        continue;
    }
    if (p->schedTick.load(std::memory_order_relaxed) % 61 == 0 && sched.globalSize.load(std::memory_order_relaxed)) {
      LockGuard guard(sched.lock);
      if (G *g = globalGet(p, 1)) {
        inheritTime = false;
        return g;
      }
    }
    if (G *g = queueGet(p, inheritTime))
      return g;
    inheritTime = false;
    if (sched.globalSize.load(std::memory_order_relaxed)) {
      LockGuard guard(sched.lock);
      if (G *g = globalGet(p, 0))
        return g;
    }
    if (netpollHasWaiters() && sched.lastPoll.load(std::memory_order_relaxed) != 0) {
      GQueue list;
      netpoll(0, list);
      if (G *g = list.pop()) {
        g->status.store(GStatus::Runnable, std::memory_order_release);
        injectGs(list);
        return g;
      }
    }
    if (m->spinning || 2 * sched.spinningMs.load(std::memory_order_relaxed) < sched.processors - sched.idlePCount.load(std::memory_order_relaxed)) {
      if (!m->spinning) {
        m->spinning = true;
        sched.spinningMs.fetch_add(1, std::memory_order_seq_cst);
      }
      bool ranTimer = false;
      if (G *g = stealWork(m, now, pollUntil, inheritTime, ranTimer))
        return g;
    }
    if (hasIdleWork()) {
      if (m->spinning)
        stopSpinning(m);
      if (collectWhileIdle(p))
        continue;
    }
    // Give up the P.
    sched.lock.lock();
    if (sched.stopping.load(std::memory_order_relaxed)) {
      sched.lock.unlock();
      continue;
    }
    if (G *g = globalGet(p, 0)) {
      sched.lock.unlock();
      return g;
    }
    releaseP();
    putIdleP(p);
    sched.lock.unlock();

    bool wasSpinning = m->spinning;
    if (m->spinning) {
      m->spinning = false;
      sched.spinningMs.fetch_sub(1, std::memory_order_seq_cst);
    }
    // The last look (see scheduler.h); the fence is the decrement above or, for a thread that did not spin, this one.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (wasSpinning && isRunnableSomewhere()) {
      sched.lock.lock();
      P *idle = getIdleP();
      sched.lock.unlock();
      if (idle) {
        acquireP(idle);
        m->spinning = true;
        sched.spinningMs.fetch_add(1, std::memory_order_seq_cst);
        continue;
      }
    }
    // Block in the poller if nobody does: for events, or until the next timer of any P.
    pollUntil = nextTimerOfAll();
    if ((netpollHasWaiters() || pollUntil) && sched.lastPoll.exchange(0, std::memory_order_seq_cst) != 0) {
      sched.pollUntil.store(pollUntil, std::memory_order_seq_cst);
      // a timer added meanwhile saw no poller to break
      int64_t again = nextTimerOfAll();
      if (again && (!pollUntil || again < pollUntil))
        pollUntil = again;
      int64_t delay = -1;
      if (pollUntil) {
        delay = pollUntil - monotonicNow();
        if (delay < 0)
          delay = 0;
      }
      GQueue list;
      netpoll(delay, list);
      sched.pollUntil.store(0, std::memory_order_relaxed);
      sched.lastPoll.store(monotonicNow(), std::memory_order_seq_cst);
      sched.lock.lock();
      P *idle = getIdleP();
      sched.lock.unlock();
      if (!idle) {
        injectGs(list);
      } else {
        acquireP(idle);
        G *g = list.pop();
        if (g) {
          g->status.store(GStatus::Runnable, std::memory_order_release);
          injectGs(list);
          return g;
        }
        if (wasSpinning) {
          m->spinning = true;
          sched.spinningMs.fetch_add(1, std::memory_order_seq_cst);
        }
        continue;
      }
    } else if (pollUntil && netpollHasWaiters()) {
      int64_t until = sched.pollUntil.load(std::memory_order_seq_cst);
      if (until == 0 || until > pollUntil)
        netpollBreak();
    }
    stopM();
  }
}

void schedule() {
  M *m = getg()->m;
  if (m->lockedG) {
    stopLockedM();
    execute(m->lockedG, false);
  }
  for (;;) {
    bool inheritTime = false;
    G *g = findRunnable(inheritTime);
    if (m->spinning)
      stopSpinning(m);
    if (g->lockedM && g->lockedM != m) {
      startLockedM(g);
      continue;
    }
    execute(g, inheritTime);
  }
}

void wakeAnother() {
  if (sched.idlePCount.load(std::memory_order_seq_cst) == 0 || sched.spinningMs.load(std::memory_order_seq_cst) != 0)
    return;
  int32_t none = 0;
  if (!sched.spinningMs.compare_exchange_strong(none, 1, std::memory_order_seq_cst))
    return;
  sched.lock.lock();
  P *p = sched.stopping.load(std::memory_order_relaxed) ? nullptr : getIdleP();
  sched.lock.unlock();
  if (!p) {
    sched.spinningMs.fetch_sub(1, std::memory_order_seq_cst);
    return;
  }
  startM(p, true);
}

// ---- parking

static void parkOnSystemStack(G *g) {
  M *m = g->m;
  bool (*unlock)(G *, void *) = g->parkUnlock;
  void *arg = g->parkArg;
  leaveG(g);
  g->status.store(GStatus::Waiting, std::memory_order_release);
  if (unlock && !unlock(g, arg)) {
    g->status.store(GStatus::Runnable, std::memory_order_release);
    execute(g, true);
  }
  (void)m;
  schedule();
}

void park(bool (*unlock)(G *, void *), void *arg, WaitReason reason) {
  G *g = getg();
  g->parkUnlock = unlock;
  g->parkArg = arg;
  g->waitReason = reason;
  stoat_mcall(parkOnSystemStack);
}

static bool unlockMutex(G *, void *mutex) {
  static_cast<Mutex *>(mutex)->unlock();
  return true;
}

void parkUnlock(Mutex *mutex, WaitReason reason) { park(unlockMutex, mutex, reason); }

void ready(G *g, bool toTail) {
  STOAT_CHECK(g->status.load(std::memory_order_acquire) == GStatus::Waiting, "ready: goroutine is not waiting");
  g->status.store(GStatus::Runnable, std::memory_order_release);
  P *p = getg()->m->p;
  if (p) {
    queuePut(p, g, !toTail);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    wakeAnother();
  } else {
    GQueue one;
    one.pushBack(g);
    injectGs(one);
  }
}

__attribute__((noinline)) static void clearDeadFrames() {
  volatile Word dead[400 / sizeof(Word)];
  for (volatile Word &word : dead)
    word = 0;
}

void forgetDeadWords() {
  EntryRecord *record = getg()->entry;
  for (Word *at = reinterpret_cast<Word *>(record + 1); Word(at) < record->high; at++)
    if (isHeapAddress(*at))
      *at = 0;
  clearDeadFrames();
}

extern "C" void stoat_clear_dead_frames() { clearDeadFrames(); }

static void yieldOnSystemStack(G *g) {
  leaveG(g);
  g->status.store(GStatus::Runnable, std::memory_order_release);
  globalPut(g);
  wakeAnother();
  schedule();
}

void yieldNow() { stoat_mcall(yieldOnSystemStack); }

static void preemptOnSystemStack(G *g) {
  P *p = g->m->p;
  p->preempt.store(false, std::memory_order_relaxed);
  g->preempt = false;
  leaveG(g);
  g->waitReason = WaitReason::Preempted;
  g->status.store(GStatus::Runnable, std::memory_order_release);
  globalPut(g);
  schedule();
}

// The goroutine goes on at once.
static void answerOnSystemStack(G *g) {
  P *p = g->m->p;
  leaveG(g);
  g->status.store(GStatus::Runnable, std::memory_order_release);
  answerFlush(p);
  execute(g, true);
}

extern "C" void stoat_preempt(G *g) {
  g->stackLimit = g->segment->limit;
  setThreadLimit(g->stackLimit);
  M *m = g->m;
  if (g->inSyscall || m->locks || !m->p)
    return;
  if (!sched.stopping.load(std::memory_order_seq_cst) && !m->p->preempt.load(std::memory_order_relaxed)) {
    if (isFlushAsked(m->p))
      stoat_mcall(answerOnSystemStack);
    return;   // or meant for a goroutine that ran here before
  }
  stoat_mcall(preemptOnSystemStack);
}

int32_t pinProcessor() {
  M *m = getg()->m;
  m->locks++;
  return m->p->id;
}

void unpinProcessor() {
  G *g = getg();
  M *m = g->m;
  if (--m->locks == 0 && (sched.stopping.load(std::memory_order_relaxed) || m->p->preempt.load(std::memory_order_relaxed)))
    poisonLimit(g);
}

} // namespace stoat::rt
