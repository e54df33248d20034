// Threads (M) and their Ps: starting, stopping, idle lists, threads locked to a goroutine, detection of a deadlock.
#include "runtime/sched/scheduler.h"
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/sys/os.h"
#include <new>
#include <pthread.h>

namespace stoat::rt {

constinit M *allMs = nullptr;   // under sched.lock; read by the collector with the world stopped

static void initStackBounds(M *m) {
  pthread_attr_t attributes;
  void *low = nullptr;
  size_t size = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  m->systemLow = Word(low);
  m->systemHigh = m->systemLow + size;
}

static void addM(M *m) {
  m->id = sched.lastMid.fetch_add(1, std::memory_order_relaxed);
  m->random = uint64_t(m->id + 1) * 0x9E3779B97F4A7C15u ^ uint64_t(monotonicNow());
  LockGuard guard(sched.lock);
  m->allNext = allMs;
  allMs = m;
  sched.mCount++;
  STOAT_CHECK(sched.mCount < 10000, "thread exhaustion");
}

static void bindThread(M *m) {
  m->tid = threadId();
  initStackBounds(m);
  m->limitSlot = threadLimitSlot();
  m->g0->m = m;
  m->g0->stackLimit = 0;
  setg(m->g0);
  setThreadLimit(0);
  initSignalStack(m);
}

void initMainThread() {
  sched.m0.g0 = &sched.g0;
  sched.g0.system = true;
  addM(&sched.m0);
  bindThread(&sched.m0);
}

// The frame of this function is the base of the thread's scheduler: what mcall and SYSTEM stubs put below it is given up again by each switch.
[[noreturn]] __attribute__((noinline)) void runScheduler(M *m) {
  Word here = stackPointer();
  m->systemSp = (here - 512) & ~Word(63);
  m->g0->systemSp = m->systemSp;
  if (m->nextP) {
    P *p = m->nextP;
    m->nextP = nullptr;
    acquireP(p);
  }
  schedule();
}

static void threadEntry(void *arg) {
  M *m = static_cast<M *>(arg);
  bindThread(m);
  runScheduler(m);
}

static void newM(P *p, bool spinning) {
  M *m = offHeapNew<M>();
  m->g0 = offHeapNew<G>();
  m->g0->system = true;
  m->nextP = p;
  m->spinning = spinning;
  addM(m);
  // pthread_create needs more stack than a goroutine has to spare
  runOnSystemStack([m] { startThread(threadEntry, m); });
}

static void systemThreadEntry(void *fn) {
  setg(nullptr);
  reinterpret_cast<void (*)()>(fn)();
}

void startSystemThread(void (*fn)()) { startThread(systemThreadEntry, reinterpret_cast<void *>(fn)); }

// Runs p (null: an idle one, if any) on some thread. When spinning, the caller has counted the new spinner.
void startM(P *p, bool spinning) {
  sched.lock.lock();
  if (!p) {
    p = sched.stopping.load(std::memory_order_relaxed) ? nullptr : getIdleP();
    if (!p) {
      sched.lock.unlock();
      return;
    }
  }
  M *m = sched.idleMs;
  if (m) {
    sched.idleMs = m->idleNext;
    sched.idleMCount--;
  }
  sched.lock.unlock();
  if (!m) {
    newM(p, spinning);
    return;
  }
  m->spinning = spinning;
  m->nextP = p;
  m->park.wake();
}

// Sleeps until another thread hands over a P.
void stopM() {
  M *m = getg()->m;
  sched.lock.lock();
  m->idleNext = sched.idleMs;
  sched.idleMs = m;
  sched.idleMCount++;
  checkDead();
  sched.lock.unlock();
  m->park.sleep();
  m->park.clear();
  P *p = m->nextP;
  m->nextP = nullptr;
  acquireP(p);
}

void acquireP(P *p) {
  M *m = getg()->m;
  STOAT_CHECK(!m->p && !p->m, "acquireP: in use");
  m->p = p;
  p->m = m;
  p->status.store(PStatus::Running, std::memory_order_release);
}

P *releaseP() {
  M *m = getg()->m;
  P *p = m->p;
  if (isMarkingConcurrently())
    emptyHands(p);   // without an owner it holds nothing grey
  m->p = nullptr;
  p->m = nullptr;
  p->status.store(PStatus::Idle, std::memory_order_release);
  return p;
}

void putIdleP(P *p) {
  p->status.store(PStatus::Idle, std::memory_order_relaxed);
  p->idleNext = sched.idlePs;
  sched.idlePs = p;
  sched.idlePCount.fetch_add(1, std::memory_order_seq_cst);
}

P *getIdleP() {
  P *p = sched.idlePs;
  if (!p)
    return nullptr;
  sched.idlePs = p->idleNext;
  p->idleNext = nullptr;
  sched.idlePCount.fetch_sub(1, std::memory_order_seq_cst);
  if (sched.sysmonSleeping.load(std::memory_order_relaxed) && sched.sysmonSleeping.exchange(false))
    sched.sysmonNote.wake();
  return p;
}

// A P whose thread has left it (system call, locked thread): somebody else runs it if there is anything to do.
void handOffP(P *p) {
  if (!queueEmpty(p) || sched.globalSize.load(std::memory_order_acquire)) {
    startM(p, false);
    return;
  }
  if (sched.spinningMs.load(std::memory_order_seq_cst) + sched.idlePCount.load(std::memory_order_seq_cst) == 0) {
    int32_t none = 0;
    if (sched.spinningMs.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
      startM(p, true);
      return;
    }
  }
  sched.lock.lock();
  if (sched.stopping.load(std::memory_order_relaxed)) {
    p->status.store(PStatus::Stopped, std::memory_order_release);
    if (--sched.stopWait == 0)
      sched.stopNote.wake();
    sched.lock.unlock();
    return;
  }
  if (sched.global.size) {
    sched.lock.unlock();
    startM(p, false);
    return;
  }
  putIdleP(p);
  sched.lock.unlock();
  if (nextTimerOfAll() || sched.lastPoll.load(std::memory_order_seq_cst) == 0)
    netpollBreak();
}

// ---- goroutines locked to threads

// The thread is locked to a goroutine that cannot run now: gives its P away and waits to be handed one together with the goroutine.
void stopLockedM() {
  M *m = getg()->m;
  if (m->p) {
    P *p = releaseP();
    handOffP(p);
  }
  sched.lock.lock();
  sched.idleLockedMCount++;
  checkDead();
  sched.lock.unlock();
  m->park.sleep();
  m->park.clear();
  P *p = m->nextP;
  m->nextP = nullptr;
  acquireP(p);
  while (sched.stopping.load(std::memory_order_acquire)) {
    // the G stays ours; only the P goes, and comes back by stopLockedM's way: through the global queue
    G *g = m->lockedG;
    p = releaseP();
    sched.lock.lock();
    sched.global.pushFront(g);
    sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
    sched.idleLockedMCount++;
    p->status.store(PStatus::Stopped, std::memory_order_release);
    if (--sched.stopWait == 0)
      sched.stopNote.wake();
    sched.lock.unlock();
    m->park.sleep();
    m->park.clear();
    p = m->nextP;
    m->nextP = nullptr;
    acquireP(p);
  }
}

// Found g, which belongs to another thread: hands it our P and sleeps.
void startLockedM(G *g) {
  M *other = g->lockedM;
  sched.lock.lock();
  sched.idleLockedMCount--;
  sched.lock.unlock();
  P *p = releaseP();
  other->nextP = p;
  other->park.wake();
  stopM();
}

void lockThread() {
  G *g = getg();
  g->lockCount++;
  g->lockedM = g->m;
  g->m->lockedG = g;
}

static void dropLock(G *g) {
  if (g->lockCount || g->lockCountInternal)
    return;
  g->m->lockedG = nullptr;
  g->lockedM = nullptr;
}

void unlockThread() {
  G *g = getg();
  if (!g->lockCount)
    return;
  g->lockCount--;
  dropLock(g);
}

void lockThreadInternally() {
  G *g = getg();
  g->lockCountInternal++;
  g->lockedM = g->m;
  g->m->lockedG = g;
}

void unlockThreadInternally() {
  G *g = getg();
  STOAT_CHECK(g->lockCountInternal, "unlockThreadInternally: not locked");
  g->lockCountInternal--;
  dropLock(g);
}

// ---- deadlock

void checkDead() {
  int32_t running = sched.mCount - sched.idleMCount - sched.idleLockedMCount;
  if (running > 0 || sched.stopping.load(std::memory_order_relaxed) || sched.global.size || sched.idlePCount.load(std::memory_order_relaxed) < sched.processors)
    return;
  if (nextTimerOfAll())
    return;
  if (sched.userGs.load(std::memory_order_relaxed) <= 0) {
    sched.lock.unlock();
    fatalError("no goroutines (main called runtime.Goexit) - deadlock!");
  }
  sched.lock.unlock();
  if (hooks.tracebackOthers) {
    printText("fatal error: all goroutines are asleep - deadlock!\n");
    hooks.tracebackOthers(nullptr);
    exitProcess(2);
  }
  fatalError("all goroutines are asleep - deadlock!");
}

} // namespace stoat::rt
