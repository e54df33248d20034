// Entry points of the scheduler (abi/entry_points.def, lines marked [sched] and [sys]): thin names over sched.h, timer.h, netpoll.h, os.h.
#include "runtime/base/print.h"
#include "runtime/sched/netpoll.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"
#include "runtime/sys/os.h"
#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/syscall.h>

using namespace stoat::rt;

extern "C" {

// ---- goroutines
static void startNew(FuncVal *fn, bool system) {
  G *self = getg();
  G *g = newGoroutine(fn, self->entry ? self->entry->pc : 0, system);
  queuePut(self->m->p, g, true);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  wakeAnother();
}
void stoat_newproc_impl(FuncVal *fn) { startNew(fn, false); }
void stoat_newproc_system_impl(FuncVal *fn) { startNew(fn, true); }
void stoat_goexit_impl() { goexit0(); }
void stoat_gosched_impl() { yieldNow(); }
void stoat_poll_impl() { stoat_preempt(getg()); }
intptr_t stoat_numgoroutine() { return intptr_t(goroutineCount()); }

intptr_t stoat_gomaxprocs_impl(intptr_t n) {
  int32_t old = processorCount();
  if (n > 0 && n != old)
    setProcessorCount(int32_t(n < 1024 ? n : 1024));
  return old;
}
intptr_t stoat_numcpu() { return cpuCount(); }
void stoat_lockosthread() { lockThread(); }
void stoat_unlockosthread() { unlockThread(); }
intptr_t stoat_setmaxthreads(intptr_t n) {
  static constinit intptr_t limit = 10000;
  intptr_t old = limit;
  limit = n;
  return old;
}
intptr_t stoat_procpin() { return pinProcessor(); }
void stoat_procunpin() { unpinProcessor(); }

uint8_t stoat_canspin(intptr_t i) {
  if (i >= 4 || sched.cpus <= 1 || sched.processors <= sched.idlePCount.load(std::memory_order_relaxed) + sched.spinningMs.load(std::memory_order_relaxed) + 1)
    return 0;
  return queueEmpty(getg()->m->p);
}
void stoat_dospin() {
  for (int i = 0; i < 30; i++)
    cpuRelax();
}
void *stoat_rand_state() { return getg()->m->randState; }

// ---- time
int64_t stoat_nanotime() { return monotonicNow(); }
void stoat_walltime(void *out) {
  struct Result { int64_t seconds; int32_t nanoseconds; } *result = static_cast<Result *>(out);
  wallNow(result->seconds, result->nanoseconds);
}
int64_t stoat_cputicks() {
#if defined(__x86_64__) || defined(__i386__)
  return int64_t(__builtin_ia32_rdtsc());
#else
  Word ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return int64_t(ticks);
#endif
}
void stoat_sleep_impl(int64_t ns) { sleepGoroutine(ns); }

// ---- poller
void stoat_netpoll_init_impl() { pollServerInit(); }
void stoat_netpoll_open_impl(Word *out, Word fd) {
  int32_t error = 0;
  PollDesc *pd = pollOpen(fd, error);
  out[0] = Word(pd);
  out[1] = Word(error);
}
void stoat_netpoll_close_impl(Word pd) { pollClose(reinterpret_cast<PollDesc *>(pd)); }
Word stoat_netpoll_reset_impl(Word pd, Word mode) { return Word(pollReset(reinterpret_cast<PollDesc *>(pd), int(mode))); }
Word stoat_netpoll_wait_impl(Word pd, Word mode, uint8_t ignoreErrors) {
  if (ignoreErrors) {
    pollWaitCanceled(reinterpret_cast<PollDesc *>(pd), int(mode));
    return 0;
  }
  return Word(pollWait(reinterpret_cast<PollDesc *>(pd), int(mode)));
}
void stoat_netpoll_deadline_impl(Word pd, int64_t delay, Word mode) { pollSetDeadline(reinterpret_cast<PollDesc *>(pd), delay, int(mode)); }
void stoat_netpoll_unblock_impl(Word pd) { pollUnblock(reinterpret_cast<PollDesc *>(pd)); }
uint8_t stoat_netpoll_owns(Word fd) { return isPollDescriptor(fd); }

// ---- operating system
void stoat_exit(Word status) { exitProcess(int(status)); }
int32_t stoat_write(Word fd, const void *p, int32_t n) { return int32_t(rawSyscall(SYS_write, fd, Word(p), Word(n))); }
void stoat_fcntl(int32_t *out, int32_t fd, int32_t command, int32_t arg) {
#ifdef SYS_fcntl64
  intptr_t result = rawSyscall(SYS_fcntl64, Word(fd), Word(command), Word(arg));
#else
  intptr_t result = rawSyscall(SYS_fcntl, Word(fd), Word(command), Word(arg));
#endif
  out[0] = isSyscallError(result) ? -1 : int32_t(result);
  out[1] = isSyscallError(result) ? int32_t(-result) : 0;
}
void stoat_syscall6(Word *out, Word number, Word a, Word b, Word c, Word d, Word e, Word f) {
  intptr_t result = rawSyscall(number, a, b, c, d, e, f);
  bool failed = isSyscallError(result);
  out[0] = failed ? ~Word(0) : Word(result);
  out[1] = 0;
  out[2] = failed ? Word(-result) : 0;
}
// Only the calling thread: what needs all threads (setuid and the like) is refused.
void stoat_allthreads_syscall_impl(Word *out, Word, Word, Word, Word, Word, Word, Word) {
  out[0] = ~Word(0);
  out[1] = 0;
  out[2] = ENOTSUP;
}
void stoat_startargs(void *out) { *static_cast<StartArguments *>(out) = startArguments; }
Word stoat_pagesize() { return pageSize(); }
void stoat_random_seed(void *p, Word n) {
  uint8_t *bytes = static_cast<uint8_t *>(p);
  Word have = 0;
  while (have < n) {
    intptr_t got = rawSyscall(SYS_getrandom, Word(bytes + have), n - have, 0);
    if (got <= 0)
      break;
    have += Word(got);
  }
  const uint8_t *seed = reinterpret_cast<const uint8_t *>(auxiliaryValue(25 /* AT_RANDOM */));
  for (; have < n; have++)
    bytes[have] = uint8_t((seed ? seed[have % 16] : 0) ^ uint64_t(monotonicNow()) >> (have % 8));
}

// ---- fork and exec: no signal may run a Go handler in the child, which shares our memory
void stoat_before_fork() {
  uint64_t all = ~uint64_t(0);
  M *m = getg()->m;
  m->locks++;
  rawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, Word(&all), Word(&m->savedMask), 8);
}
void stoat_after_fork() {
  M *m = getg()->m;
  rawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, Word(&m->savedMask), 0, 8);
  m->locks--;
}
void stoat_after_fork_in_child() {
  // handlers go back to their defaults before the mask is opened
  for (int sig = 1; sig < 65; sig++) {
    if (sig == SIGKILL || sig == SIGSTOP || sig == 32 || sig == 33)
      continue;
    struct { Word handler, flags, restorer; uint64_t mask; } action{};
    if (rawSyscall(SYS_rt_sigaction, Word(sig), 0, Word(&action), 8) == 0 && action.handler > 1) {
      action.handler = 0;
      rawSyscall(SYS_rt_sigaction, Word(sig), Word(&action), 0, 8);
    }
  }
  M *m = getg()->m;
  rawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, Word(&m->savedMask), 0, 8);
}
void stoat_before_exec_impl() {}
void stoat_after_exec() {}

} // extern "C"
