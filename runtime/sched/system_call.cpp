// System calls. entersyscall leaves the P in state Syscall, still ours to take back by one compare-exchange; sysmon or a stopping world may take it first.
// Between the two marks the goroutine's stack below entersyscall's caller may be read by the collector: it starts from a copy of the entry record.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

static void noticeStop(P *p) {
  LockGuard guard(sched.lock);
  if (!sched.stopping.load(std::memory_order_relaxed))
    return;
  PStatus expected = PStatus::Syscall;
  if (sched.stopWait > 0 && p->status.compare_exchange_strong(expected, PStatus::Stopped, std::memory_order_acq_rel)) {
    p->syscallTick.fetch_add(1, std::memory_order_relaxed);
    if (--sched.stopWait == 0)
      sched.stopNote.wake();
  }
}

extern "C" void stoat_entersyscall_impl() {
  G *g = getg();
  M *m = g->m;
  P *p = m->p;
  EntryRecord &record = g->syscallRecord;
  record = *g->entry;
  // The stub may have entered a further segment, which is left before the system call and may be entered again during it: cross it now.
  while (record.pc == Word(stoat_morestack_ret)) {
    record.pc = record.segment->retPc;
    record.segment = record.segment->older;
  }
  if (isMarkingConcurrently())
    runOnSystemStack([p] { emptyHands(p); });   // without an owner it holds nothing grey
  g->inSyscall = true;
  g->status.store(GStatus::Syscall, std::memory_order_release);
  m->oldP = p;
  m->p = nullptr;
  p->m = nullptr;
  p->status.store(PStatus::Syscall, std::memory_order_seq_cst);   // from here on the P may be taken
  if (sched.sysmonSleeping.load(std::memory_order_relaxed) && sched.sysmonSleeping.exchange(false))
    sched.sysmonNote.wake();
  if (sched.stopping.load(std::memory_order_seq_cst))
    noticeStop(p);
}

static void exitOnSystemStack(G *g) {
  M *m = g->m;
  leaveG(g);
  sched.lock.lock();
  P *p = sched.stopping.load(std::memory_order_relaxed) ? nullptr : getIdleP();
  leaveSyscallStatus(g, GStatus::Runnable);
  if (!p) {
    sched.global.pushBack(g);
    sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
  }
  sched.lock.unlock();
  if (p) {
    acquireP(p);
    execute(g, false);
  }
  if (m->lockedG)
    schedule();   // waits for a thread with a P to find the goroutine
  stopM();
  schedule();
}

extern "C" void stoat_exitsyscall_impl() {
  G *g = getg();
  M *m = g->m;
  P *p = m->oldP;
  m->oldP = nullptr;
  PStatus expected = PStatus::Syscall;
  // pairs with sysmon's and the world stopper's compare-exchange
  if (p && p->status.compare_exchange_strong(expected, PStatus::Running, std::memory_order_acq_rel)) {
    m->p = p;
    p->m = m;
    p->syscallTick.fetch_add(1, std::memory_order_relaxed);
    if (isMarkingConcurrently())
      runOnSystemStack([g] { runStatusWhileMarking(g); });   // walking a stack needs 3 kB
    g->inSyscall = false;
    g->status.store(GStatus::Running, std::memory_order_seq_cst);
    if (sched.stopping.load(std::memory_order_seq_cst))
      poisonLimit(g);
    return;
  }
  stoat_mcall(exitOnSystemStack);
}

} // namespace stoat::rt
