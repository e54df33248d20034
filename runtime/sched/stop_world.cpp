// Stopping the world: `stopping` is set, running goroutines find their stack limit poisoned, Ps in system calls are taken by compare-exchange, threads without work give
// their P up in the scheduler. A thread that wants to stop the world while another does so waits *in place*, keeping its P in state Stopped.
// Invariant: between the return of stopTheWorld and startTheWorld no P but the owner's is Running and no Go code runs except inside system calls.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/trace.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constinit P **allPs = nullptr;

// Of the stop under way, under worldOwner. The collector keeps account of its own.
static constinit StopReason stopReason{};
static constinit int64_t stopAsked = 0, stopReached = 0;

void poisonLimit(G *g) {
  // arm64 compares with g->stackLimit itself, x86 with the slot in its thread's TLS
  __atomic_store_n(&g->stackLimit, stackPoison, __ATOMIC_SEQ_CST);
  M *m = g->m;
  if (m && m->limitSlot)
    __atomic_store_n(m->limitSlot, stackPoison, __ATOMIC_SEQ_CST);
}

void poisonP(P *p) {
  M *m = p->m;
  G *g = m ? m->curg : nullptr;
  if (!g)
    return;
  __atomic_store_n(&g->stackLimit, stackPoison, __ATOMIC_SEQ_CST);
  if (m->limitSlot)
    __atomic_store_n(m->limitSlot, stackPoison, __ATOMIC_SEQ_CST);
}

// bySignal: it was asked before, and may be in a loop that does not look.
void preemptP(P *p, bool bySignal) {
  M *m = p->m;
  if (!m)
    return;
  p->preempt.store(true, std::memory_order_seq_cst);
  if (!m->curg)
    return;
  poisonP(p);
  if (bySignal)
    signalM(m);
}

void stopForWorld() {
  M *m = getg()->m;
  if (m->spinning) {
    m->spinning = false;
    sched.spinningMs.fetch_sub(1, std::memory_order_seq_cst);
  }
  sched.lock.lock();
  if (!sched.stopping.load(std::memory_order_relaxed)) {
    sched.lock.unlock();
    return;
  }
  P *p = releaseP();
  p->status.store(PStatus::Stopped, std::memory_order_release);
  if (--sched.stopWait == 0)
    sched.stopNote.wake();
  sched.lock.unlock();
  stopM();
}

// The number of Ps may have been lowered meanwhile: wait for another one.
static void takeAnyP(M *m) {
  while (!m->p) {
    sched.lock.lock();
    P *idle = sched.stopping.load(std::memory_order_relaxed) ? nullptr : getIdleP();
    sched.lock.unlock();
    if (idle)
      acquireP(idle);
    else
      sleepThread(50000);
  }
}

// On the thread's own stack with a goroutine below: wait for the world to start again.
static void waitInPlace(Word sp, void *) {
  M *m = getg()->m;
  P *p = m->p;
  m->stoppedSp = sp;
  sched.lock.lock();
  if (!sched.stopping.load(std::memory_order_relaxed)) {
    sched.lock.unlock();
    m->stoppedSp = 0;
    return;
  }
  uint32_t epoch = sched.worldEpoch.load(std::memory_order_relaxed);
  m->blocked = true;   // startTheWorld leaves the P to us
  p->status.store(PStatus::Stopped, std::memory_order_release);
  if (--sched.stopWait == 0)
    sched.stopNote.wake();
  sched.lock.unlock();
  while (sched.worldEpoch.load(std::memory_order_acquire) == epoch)
    futexWait(&sched.worldEpoch, epoch);
  m->stoppedSp = 0;
  takeAnyP(m);
  if (isMarkingConcurrently())
    scanStackInPlace(sp);
}

void waitForWorld() {
  if (sched.stopping.load(std::memory_order_acquire))
    stoat_with_registers(waitInPlace, nullptr);
}

bool worldIsStopped() { return sched.stopping.load(std::memory_order_acquire) && sched.stopWait == 0; }

void stopTheWorld(StopReason reason) {
  M *m = getg()->m;
  bool expected = false;
  while (!sched.worldOwner.compare_exchange_strong(expected, true, std::memory_order_acq_rel)) {
    expected = false;
    if (sched.stopping.load(std::memory_order_acquire))
      stoat_with_registers(waitInPlace, nullptr);
    else
      cpuRelax();
  }
  stopReason = reason;
  if (reason != StopReason::Collection)
    stopAsked = monotonicNow();
  sched.lock.lock();
  sched.stopWait = sched.processors;
  sched.stopNote.clear();
  sched.stopping.store(true, std::memory_order_seq_cst);
  P *own = m->p;
  own->status.store(PStatus::Stopped, std::memory_order_relaxed);
  sched.stopWait--;
  for (int32_t i = 0; i < sched.processors; i++) {
    P *p = allPs[i];
    PStatus syscall = PStatus::Syscall;
    if (p->status.compare_exchange_strong(syscall, PStatus::Stopped, std::memory_order_acq_rel)) {
      p->syscallTick.fetch_add(1, std::memory_order_relaxed);
      sched.stopWait--;
    }
  }
  while (P *p = getIdleP()) {
    p->status.store(PStatus::Stopped, std::memory_order_relaxed);
    sched.stopWait--;
  }
  bool wait = sched.stopWait > 0;
  sched.lock.unlock();
  for (bool again = false; wait; again = true) {
    for (int32_t i = 0; i < sched.processors; i++)
      if (allPs[i]->status.load(std::memory_order_acquire) == PStatus::Running)
        preemptP(allPs[i], again);
    if (sched.stopNote.sleepFor(100000))
      break;
  }
  // No object is half made, and whoever looks at the heap now finds no slot that is neither free nor taken.
  for (int32_t i = 0; i < sched.processors; i++)
    closeWindows(allPs[i]);
  own->status.store(PStatus::Running, std::memory_order_relaxed);
  if (reason != StopReason::Collection)
    stopReached = monotonicNow();
}

void startTheWorld() {
  if (stopReason != StopReason::Collection) {
    notePauseTime(PauseKind::StoppingOther, stopReached - stopAsked);
    notePauseTime(PauseKind::TotalOther, monotonicNow() - stopAsked);
  }
  M *m = getg()->m;
  P *own = m->p;
  P *runnable = nullptr;
  sched.lock.lock();
  sched.stopping.store(false, std::memory_order_seq_cst);
  for (int32_t i = 0; i < sched.processors; i++) {
    P *p = allPs[i];
    p->preempt.store(false, std::memory_order_relaxed);
    if (p == own)
      continue;
    if (p->m) {   // its thread waits in place
      p->m->blocked = false;
      p->status.store(PStatus::Running, std::memory_order_release);
    } else if (queueEmpty(p)) {
      putIdleP(p);
    } else {
      p->idleNext = runnable;
      runnable = p;
    }
  }
  sched.worldEpoch.fetch_add(1, std::memory_order_release);
  if (sched.sysmonSleeping.exchange(false))
    sched.sysmonNote.wake();
  sched.lock.unlock();
  futexWake(&sched.worldEpoch, 0x7fffffff);
  while (runnable) {
    P *p = runnable;
    runnable = p->idleNext;
    p->idleNext = nullptr;
    startM(p, false);
  }
  sched.worldOwner.store(false, std::memory_order_release);
  wakeAnother();
}

void resizeProcessors(int32_t n) {
  int32_t old = sched.processors;
  P **table = static_cast<P **>(offHeapAlloc(Word(n > old ? n : old) * sizeof(P *)));
  for (int32_t i = 0; i < old; i++)
    table[i] = allPs[i];
  for (int32_t i = old; i < n; i++) {
    // Ps beyond the count were kept when it was lowered
    P *p = offHeapNew<P>();
    p->id = i;
    p->status.store(PStatus::Stopped, std::memory_order_relaxed);
    initTimers(p);
    initCache(p);
    initMarkWork(p);
    table[i] = p;
  }
  G *self = getg();
  M *m = self->m;
  for (int32_t i = n; i < old; i++) {
    P *p = table[i];
    bool inherit;
    while (G *g = queueGet(p, inherit)) {
      LockGuard guard(sched.lock);
      sched.global.pushBack(g);
      sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
    }
    moveTimers(p, table[0]);
    flushCache(p);
    retireMarkWork(p, table[0]);
    p->status.store(PStatus::Dead, std::memory_order_relaxed);
    if (p->m && p->m != m)
      p->m->p = nullptr;
    else if (p->m == m) {
      m->p = nullptr;
      P *first = table[0];
      if (first->m)
        first->m->p = nullptr;
      first->m = nullptr;
      acquireP(first);
    }
    p->m = nullptr;
  }
  P **previous = allPs;
  int32_t count = n;
  allPs = table;
  sched.processors = count;
  (void)previous;   // readers without a lock may still hold it: a few bytes for each change are kept
}

int32_t processorCount() { return sched.processors; }
int32_t cpuCount() { return sched.cpus; }

void setProcessorCount(int32_t n) {
  stopTheWorld(StopReason::ProcessorCount);
  resizeProcessors(n);
  startTheWorld();
}

} // namespace stoat::rt
