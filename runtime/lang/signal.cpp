// Signals for os/signal. The handler only marks the signal and wakes the thread in which the receiving goroutine waits: all other work is done outside of
// signal context. Faults are handled in runtime/sched/signal.cpp; Notify hears nothing of those signals yet, not even of ones that other processes send.
//
// SIGPIPE is caught from the start, so that writes give EPIPE, and so that programs we start do not inherit an ignored SIGPIPE.
#include "runtime/lang/lang.h"
#include "runtime/sched/sched.h"
#include "runtime/sys/os.h"
#include <signal.h>
#include <sys/syscall.h>

using namespace stoat::rt;

namespace {

constexpr uint32_t signalCount = 65;

struct Signals {
  std::atomic<uint32_t> pending[3];
  std::atomic<uint32_t> wanted[3];
  std::atomic<uint32_t> ignored[3];
  std::atomic<uint32_t> bell;        // futex: counts deliveries
  std::atomic<bool> receiving;       // the receiver waits, and nothing is pending that it has seen
};
constinit Signals signals;

bool isFault(uint32_t s) { return s == SIGSEGV || s == SIGBUS || s == SIGFPE || s == SIGILL || s == SIGTRAP; }

bool isSet(const std::atomic<uint32_t> *set, uint32_t s) { return set[s / 32].load(std::memory_order_seq_cst) >> (s % 32) & 1; }

void deliver(int sig, siginfo_t *, void *context) {
  uint32_t s = uint32_t(sig);
  if (sig == SIGURG)
    preemptBySignal(context); // a user's own SIGURG is delivered besides
  if (!isSet(signals.wanted, s))
    return; // SIGPIPE, or a late one
  signals.pending[s / 32].fetch_or(1u << (s % 32), std::memory_order_seq_cst);
  signals.bell.fetch_add(1, std::memory_order_seq_cst);
  futexWake(&signals.bell, 1);
}

void catchSignal(uint32_t s) {
  struct sigaction action{};
  action.sa_sigaction = deliver;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigaction(int(s), &action, nullptr);
}

void setDisposition(uint32_t s, void (*handler)(int)) {
  if (s == SIGURG) { // the scheduler needs it; without `wanted` nobody hears of it
    catchSignal(s);
    return;
  }
  struct sigaction action{};
  action.sa_handler = handler;
  sigaction(int(s), &action, nullptr);
}

bool isValid(uint32_t s) { return s > 0 && s < signalCount && s != SIGKILL && s != SIGSTOP; }

} // namespace

namespace stoat::rt {
void initSignals() {
  struct sigaction old{};
  if (!sigaction(SIGPIPE, nullptr, &old) && old.sa_handler == SIG_DFL)
    catchSignal(SIGPIPE);
}
} // namespace stoat::rt

extern "C" {

void stoat_signal_enable_impl(uint32_t s) {
  if (!isValid(s))
    return;
  signals.ignored[s / 32].fetch_and(~(1u << (s % 32)), std::memory_order_relaxed);
  signals.wanted[s / 32].fetch_or(1u << (s % 32), std::memory_order_seq_cst);
  if (!isFault(s))
    catchSignal(s);
}

void stoat_signal_disable_impl(uint32_t s) {
  if (!isValid(s))
    return;
  signals.wanted[s / 32].fetch_and(~(1u << (s % 32)), std::memory_order_seq_cst);
  if (!isFault(s) && s != SIGPIPE)
    setDisposition(s, SIG_DFL);
}

void stoat_signal_ignore_impl(uint32_t s) {
  if (!isValid(s))
    return;
  signals.wanted[s / 32].fetch_and(~(1u << (s % 32)), std::memory_order_seq_cst);
  signals.ignored[s / 32].fetch_or(1u << (s % 32), std::memory_order_relaxed);
  if (!isFault(s))
    setDisposition(s, SIG_IGN);
}

bool stoat_signal_ignored_impl(uint32_t s) {
  if (!isValid(s))
    return false;
  if (isSet(signals.ignored, s))
    return true;
  struct sigaction now{};
  return !sigaction(int(s), nullptr, &now) && now.sa_handler == SIG_IGN;
}

uint32_t stoat_signal_recv_impl() {
  for (;;) {
    uint32_t bell = signals.bell.load(std::memory_order_seq_cst);
    for (uint32_t word = 0; word < 3; ++word) {
      uint32_t bits = signals.pending[word].load(std::memory_order_seq_cst);
      if (!bits)
        continue;
      uint32_t bit = uint32_t(__builtin_ctz(bits));
      signals.receiving.store(false, std::memory_order_seq_cst);
      signals.pending[word].fetch_and(~(1u << bit), std::memory_order_seq_cst);
      return word * 32 + bit;
    }
    signals.receiving.store(true, std::memory_order_seq_cst);
    stoat_entersyscall_impl();
    futexWait(&signals.bell, bell);
    stoat_exitsyscall_impl();
  }
}

void stoat_signal_idle_impl() {
  for (;;) {
    bool pending = false;
    for (auto &word : signals.pending)
      pending = pending || word.load(std::memory_order_seq_cst);
    if (!pending && signals.receiving.load(std::memory_order_seq_cst))
      return;
    yieldNow();
  }
}

// Dies of SIGPIPE, unless the program wants to hear of it.
void stoat_sigpipe_impl() {
  if (isSet(signals.wanted, SIGPIPE) || stoat_signal_ignored_impl(SIGPIPE))
    return;
  setDisposition(SIGPIPE, SIG_DFL);
  rawSyscall(SYS_tgkill, Word(rawSyscall(SYS_getpid)), Word(rawSyscall(SYS_gettid)), SIGPIPE);
}

void stoat_ignore_sigsys_impl(bool ignore) { setDisposition(SIGSYS, ignore ? SIG_IGN : SIG_DFL); }
}
