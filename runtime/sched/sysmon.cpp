// The monitor thread: takes Ps from long system calls, asks long runners to yield, polls the network when nobody does, sleeps when all Ps are idle.
// It owns no P and never runs Go code.
#include "runtime/gc/gc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constexpr int64_t timeSlice = 10 * 1000 * 1000;

static bool retake(int64_t now) {
  bool any = false;
  for (int32_t i = 0; i < sched.processors; i++) {
    P *p = allPs[i];
    PStatus status = p->status.load(std::memory_order_acquire);
    if (status == PStatus::Running) {
      uint32_t tick = p->schedTick.load(std::memory_order_relaxed);
      if (p->sysmonSchedTick != tick) {
        p->sysmonSchedTick = tick;
        p->sysmonSchedWhen = now;
      } else if (p->sysmonSchedWhen + timeSlice <= now) {
        preemptP(p, p->preempt.load(std::memory_order_relaxed));
      }
    } else if (status == PStatus::Syscall) {
      uint32_t tick = p->syscallTick.load(std::memory_order_relaxed);
      if (p->sysmonSyscallTick != tick) {
        p->sysmonSyscallTick = tick;
        p->sysmonSyscallWhen = now;
        continue;
      }
      if (queueEmpty(p) && sched.spinningMs.load(std::memory_order_relaxed) + sched.idlePCount.load(std::memory_order_relaxed) > 0 &&
          p->sysmonSyscallWhen + timeSlice > now)
        continue;
      if (sched.stopping.load(std::memory_order_acquire))
        continue;
      PStatus expected = PStatus::Syscall;
      if (p->status.compare_exchange_strong(expected, PStatus::Idle, std::memory_order_acq_rel)) {
        any = true;
        p->syscallTick.fetch_add(1, std::memory_order_relaxed);
        handOffP(p);
      }
    }
  }
  return any;
}

void sysmonMain() {
  int64_t delay = 20000;
  int idle = 0;
  for (;;) {
    if (idle == 0)
      delay = 20000;
    else if (idle > 50)
      delay *= 2;
    if (delay > timeSlice)
      delay = timeSlice;
    sleepThread(delay);
    int64_t now = monotonicNow();
    if (sched.stopping.load(std::memory_order_relaxed) || sched.idlePCount.load(std::memory_order_relaxed) == sched.processors) {
      int64_t next = nextTimerOfAll();
      if (!next || next > now) {
        sched.sysmonNote.clear();
        sched.sysmonSleeping.store(true, std::memory_order_seq_cst);
        if (sched.stopping.load(std::memory_order_seq_cst) || sched.idlePCount.load(std::memory_order_seq_cst) == sched.processors) {
          sched.sysmonNote.sleepFor(int64_t(60) * 1000000000);
          sched.sysmonNote.clear();
        }
        sched.sysmonSleeping.store(false, std::memory_order_relaxed);
        idle = 0;
        now = monotonicNow();
      }
    }
    int64_t lastPoll = sched.lastPoll.load(std::memory_order_relaxed);
    if (lastPoll && lastPoll + timeSlice < now && netpollHasWaiters()) {
      sched.lastPoll.compare_exchange_strong(lastPoll, now);
      GQueue list;
      netpoll(0, list);
      injectGs(list);
    }
    int64_t next = nextTimerOfAll();
    if (next && next + 1000000 < now)
      startM(nullptr, false);
    if (requestCycleIfLate(now))
      startM(nullptr, false);
    if (retake(now))
      idle = 0;
    else
      idle++;
  }
}

} // namespace stoat::rt
