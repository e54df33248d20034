// Faults. SIGSEGV, SIGBUS and SIGFPE in Go code become a call of the Go function runtime.sigpanic, made to look as if the faulting instruction had called it;
// anywhere else they are fatal. Handlers run on a signal stack per thread. Other signals belong to runtime/lang (os/signal).
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <signal.h>
#include <ucontext.h>

extern "C" __attribute__((weak)) void stoat_go_sigpanic() asm("runtime.sigpanic");

namespace stoat::rt {

constexpr Word signalStackBytes = 32768;

void initSignalStack(M *m) {
  m->signalStack = mapMemory(signalStackBytes);
  stack_t stack{};
  stack.ss_sp = m->signalStack;
  stack.ss_size = signalStackBytes;
  sigaltstack(&stack, nullptr);
}

namespace {
const char *signalText(int sig) {
  switch (sig) {
  case SIGSEGV: return "SIGSEGV: segmentation violation";
  case SIGBUS: return "SIGBUS: bus error";
  case SIGFPE: return "SIGFPE: floating-point exception";
  case SIGILL: return "SIGILL: illegal instruction";
  case SIGTRAP: return "SIGTRAP: trace trap";
  }
  return "signal";
}

void onFault(int sig, siginfo_t *info, void *context) {
  ucontext_t *uc = static_cast<ucontext_t *>(context);
#if defined(__x86_64__)
  Word pc = Word(uc->uc_mcontext.gregs[REG_RIP]);
  G *g = getg();
#elif defined(__i386__)
  Word pc = Word(uc->uc_mcontext.gregs[REG_EIP]);
  G *g = getg();
#else
  Word pc = uc->uc_mcontext.pc;
  // x28 is g wherever Go code or the runtime runs; libc may use it otherwise
  G *g = hooks.isGoCode && hooks.isGoCode(pc) ? reinterpret_cast<G *>(uc->uc_mcontext.regs[28]) : nullptr;
#endif
  bool synchronous = info->si_code > 0;
  bool inGo = synchronous && g && g->m && g != g->m->g0 && hooks.isGoCode && hooks.isGoCode(pc) && stoat_go_sigpanic;
  if (inGo && sig != SIGILL && sig != SIGTRAP) {
    g->local.faultSignal = uint32_t(sig);
    g->local.faultCode = uint32_t(info->si_code);
    g->local.faultAddress = Word(info->si_addr);
    g->local.faultPc = pc;
#if defined(__x86_64__)
    Word sp = Word(uc->uc_mcontext.gregs[REG_RSP]);
    sp = (sp & ~Word(15)) - 8;
    *reinterpret_cast<Word *>(sp) = pc;
    uc->uc_mcontext.gregs[REG_RSP] = greg_t(sp);
    uc->uc_mcontext.gregs[REG_RIP] = greg_t(Word(stoat_go_sigpanic));
#elif defined(__i386__)
    Word sp = Word(uc->uc_mcontext.gregs[REG_ESP]);
    sp = (sp & ~Word(15)) - 4;
    *reinterpret_cast<Word *>(sp) = pc;
    uc->uc_mcontext.gregs[REG_ESP] = greg_t(sp);
    uc->uc_mcontext.gregs[REG_EIP] = greg_t(Word(stoat_go_sigpanic));
#else
    uc->uc_mcontext.regs[30] = pc;
    uc->uc_mcontext.pc = Word(stoat_go_sigpanic);
#endif
    return;
  }
  // Nothing can go on from here. The default action follows if reporting faults again.
  signal(sig, SIG_DFL);
  printText("fatal error: unexpected signal during runtime execution\n[signal ");
  printText(signalText(sig));
  printText(" code=");
  printHex(uint64_t(uint32_t(info->si_code)));
  printText(" addr=");
  printHex(Word(info->si_addr));
  printText(" pc=");
  printHex(pc);
  printText("]\n");
  if (hooks.traceback && g)
    hooks.traceback(g);
  exitProcess(2);
}
} // namespace

void installSignalHandlers() {
  for (int sig : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) {
    struct sigaction action{};
    action.sa_sigaction = onFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART;
    sigaction(sig, &action, nullptr);
  }
}

} // namespace stoat::rt
