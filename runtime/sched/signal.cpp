// Faults. SIGSEGV, SIGBUS and SIGFPE in Go code become a call of the Go function runtime.sigpanic, made to look as if the faulting instruction had called it.
// In a LEAF native (which runs on the goroutine's stack and holds no lock: memmove of a user's wild pointer), and after a call of something that is no code, it looks as if
// the Go function had called sigpanic instead; in Plan 9 assembly, as if the Go function that called it had. Anywhere else they are fatal. Handlers run on a signal stack per thread. Other signals belong to runtime/lang (os/signal).
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/arch.h"
#include "runtime/sys/os.h"
#include <signal.h>
#include <ucontext.h>

extern "C" __attribute__((weak)) void stoat_go_sigpanic() asm("runtime.sigpanic");

namespace stoat::rt {

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

#if defined(__aarch64__)
bool isRunningG(G *g) {
  for (M *m = allMs; m; m = m->allNext)
    if (m->curg == g)
      return g && g->m == m;
  return false;
}
#endif

// Registers of the interrupted code that matter here.
struct Registers {
  Word pc, sp, fp, link; // link: arm64's return address, elsewhere the word at sp
};

Registers registersOf(ucontext_t *uc) {
#if defined(__x86_64__)
  greg_t *r = uc->uc_mcontext.gregs;
  return {Word(r[REG_RIP]), Word(r[REG_RSP]), Word(r[REG_RBP]), 0};
#elif defined(__i386__)
  greg_t *r = uc->uc_mcontext.gregs;
  return {Word(r[REG_EIP]), Word(r[REG_ESP]), Word(r[REG_EBP]), 0};
#else
  return {uc->uc_mcontext.pc, uc->uc_mcontext.sp, uc->uc_mcontext.regs[29], uc->uc_mcontext.regs[30]};
#endif
}

// Goes on in runtime.sigpanic, as called from returnPc with frame pointer fp.
void callSigpanic(ucontext_t *uc, const Registers &at, Word returnPc, Word fp) {
#if defined(__aarch64__)
  uc->uc_mcontext.regs[29] = fp;
  uc->uc_mcontext.regs[30] = returnPc;
  uc->uc_mcontext.sp = at.sp & ~Word(15);
  uc->uc_mcontext.pc = Word(stoat_go_sigpanic);
#else
  Word sp = (at.sp & ~Word(15)) - wordSize;
  *reinterpret_cast<Word *>(sp) = returnPc;
  greg_t *r = uc->uc_mcontext.gregs;
#if defined(__x86_64__)
  r[REG_RSP] = greg_t(sp);
  r[REG_RBP] = greg_t(fp);
  r[REG_RIP] = greg_t(Word(stoat_go_sigpanic));
#else
  r[REG_ESP] = greg_t(sp);
  r[REG_EBP] = greg_t(fp);
  r[REG_EIP] = greg_t(Word(stoat_go_sigpanic));
#endif
#endif
}

// The call that returns to returnPc is a direct one of the function that contains pc (which lies not far behind its entry).
bool callsFunctionOf(Word returnPc, Word pc) {
#if defined(__aarch64__)
  uint32_t call = *reinterpret_cast<const uint32_t *>(returnPc - 4);
  if (call >> 26 != 0x25)
    return false;
  Word target = returnPc - 4 + Word(int64_t(int32_t(call << 6) >> 6) * 4);
#else
  if (*reinterpret_cast<const uint8_t *>(returnPc - 5) != 0xe8)
    return false;
  int32_t distance;
  __builtin_memcpy(&distance, reinterpret_cast<const void *>(returnPc - 4), sizeof distance);
  Word target = returnPc + Word(intptr_t(distance));
#endif
  return pc - target < 8192;
}

// Finds the Go frame that called what runs at `at`, outside of Go code: through the native's own frame (ours have frame pointers), through the return address
// where the C library's leaves and a call of no code leave it, or further up the chain of frame pointers.
bool findGoCaller(const StackSegment *segment, const Registers &at, Word &returnPc, Word &fp) {
  auto onStack = [&](Word p) { return p > Word(segment) && p < segment->top - 2 * wordSize && p % wordSize == 0; };
  if (!onStack(at.sp) || !onStack(at.fp))
    return false;
  const Word *frame = reinterpret_cast<const Word *>(at.fp);
  if (hooks.isGoCode(frame[1]) && callsFunctionOf(frame[1], at.pc)) {
    returnPc = frame[1];
    fp = frame[0];
    return true;
  }
#if defined(__aarch64__)
  Word link = at.link;
#else
  Word link = *reinterpret_cast<const Word *>(at.sp);
#endif
  if (hooks.isGoCode(link)) {
    returnPc = link;
    fp = at.fp;
    return true;
  }
  for (int depth = 0; depth < 16 && onStack(Word(frame)); depth++) {
    if (hooks.isGoCode(frame[1])) {
      returnPc = frame[1];
      fp = frame[0];
      return true;
    }
    if (frame[0] <= Word(frame))
      return false;
    frame = reinterpret_cast<const Word *>(frame[0]);
  }
  return false;
}

// Bounds of the section of users' assembly (codegen/emit/assembly.cpp); none in programs without.
extern "C" const char __start_stoat_assembly[] __attribute__((weak, visibility("hidden"))), __stop_stoat_assembly[] __attribute__((weak, visibility("hidden")));

bool isAssembly(Word pc) { return pc >= Word(__start_stoat_assembly) && pc < Word(__stop_stoat_assembly); }

// Assembly is called with an entry record (stoat_callasm): goes on in runtime.sigpanic as called by the Go function whose record it is.
void leaveAssembly(ucontext_t *uc, const Registers &at) {
  Word sp = at.sp & ~Word(15);
#if defined(__x86_64__)
  greg_t *r = uc->uc_mcontext.gregs;
  r[REG_RSP] = greg_t(sp - wordSize);
  r[REG_RDI] = greg_t(Word(stoat_go_sigpanic));
  r[REG_RIP] = greg_t(Word(stoat_leave_native));
#elif defined(__i386__)
  sp -= 16;
  reinterpret_cast<Word *>(sp)[1] = Word(stoat_go_sigpanic);
  greg_t *r = uc->uc_mcontext.gregs;
  r[REG_ESP] = greg_t(sp);
  r[REG_EIP] = greg_t(Word(stoat_leave_native));
#else
  uc->uc_mcontext.sp = sp;
  uc->uc_mcontext.regs[0] = Word(stoat_go_sigpanic);
  uc->uc_mcontext.pc = Word(stoat_leave_native);
#endif
}

// For instructions that the processor does not know or refuses. Within the page: the next one may not be there.
void printInstruction(Word pc) {
  Word count = 16, left = 4096 - pc % 4096;
  printText("instruction bytes:");
  for (Word i = 0; i < (count < left ? count : left); i++) {
    printText(" ");
    printHex(*reinterpret_cast<const uint8_t *>(pc + i));
  }
  printText("\n");
}

void onFault(int sig, siginfo_t *info, void *context) {
  ucontext_t *uc = static_cast<ucontext_t *>(context);
  Registers at = registersOf(uc);
#if defined(__aarch64__)
  // x28 is g in Go code and in our C++; the C library may use it otherwise, but then it is no G that runs here.
  G *g = reinterpret_cast<G *>(uc->uc_mcontext.regs[28]);
  if (!isRunningG(g))
    g = nullptr;
#else
  G *g = getg();
#endif
  bool synchronous = info->si_code > 0;
  if (synchronous && sig != SIGILL && sig != SIGTRAP && g && g->m && g != g->m->g0 && hooks.isGoCode && stoat_go_sigpanic) {
    Word returnPc = at.pc, fp = at.fp;
    bool inAssembly = isAssembly(at.pc) && g->entry;
    if (inAssembly || hooks.isGoCode(at.pc) || (g->segment && !g->m->locks && findGoCaller(g->segment, at, returnPc, fp))) {
      g->local.faultSignal = uint32_t(sig);
      g->local.faultCode = uint32_t(info->si_code);
      g->local.faultAddress = Word(info->si_addr);
      g->local.faultPc = at.pc;
      if (inAssembly)
        leaveAssembly(uc, at);
      else
        callSigpanic(uc, at, returnPc, fp);
      return;
    }
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
  printHex(at.pc);
  printText("]\n");
  if (sig == SIGILL || sig == SIGFPE)
    printInstruction(at.pc);
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
  installPreemptHandler();
}

} // namespace stoat::rt
