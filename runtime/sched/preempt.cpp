// Preemption by signal, for loops that have no poll (stackmap.h, CodeRange). SIGURG goes to a thread that did not notice its poisoned limit. When it
// interrupts such a loop, the handler copies the kernel's signal frame, which holds all registers, to memory of the goroutine, and returns to stoat_async_preempt on the
// goroutine's stack. That yields like any other preemption; to go on, the goroutine gives its copy to rt_sigreturn, on whatever thread it is by then.
//
// While it waits, its entry record (in the copy's header) reports the interrupted frame, from the red zone up to its frame pointer, and the copied registers to the
// collector as words that may be pointers. Not on 386: compiled code for it polls in every loop.
//
// The memory: every M keeps one area ready, because the handler cannot allocate; the goroutine that needs it keeps it. Only the thread that runs it touches an area.
#include "runtime/base/hooks.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

extern "C" void stoat_async_preempt();   // sys/<arch>/preempt.S

namespace stoat::rt {

#if defined(__i386__)
void prepareAsyncArea(M *) {}
void signalM(M *) {}
bool preemptBySignal(void *) { return false; }
void scanAsyncArea(G *, void (*)(void *, Word, Word), void *) {}
extern "C" STOAT_GOROUTINE_STACK(300) Word stoat_async_finish(G *) { return 0; }
#else

namespace {
constexpr Word redZone = 128;
constexpr Word headerBytes = 256;
constexpr Word capacity = 12288;   // of the copy: 4.6 kB on arm64; x86 up to 11 kB with every extension in use

struct AsyncArea {
  EntryRecord record;
  Word frame;        // where rt_sigreturn finds the copy
  Word used;         // its bytes
  bool active;
};
static_assert(sizeof(AsyncArea) <= headerBytes);

AsyncArea *areaOf(void *p) { return static_cast<AsyncArea *>(p); }

// The part of the signal frame that rt_sigreturn reads: from its start (the stack pointer to give to rt_sigreturn) to its end.
struct FrameBounds {
  Word begin, end, contextOffset;
};

FrameBounds boundsOf(ucontext_t *uc) {
#if defined(__x86_64__)
  Word state = Word(uc->uc_mcontext.fpregs);
  uint32_t magic, size;
  memcpy(&magic, reinterpret_cast<void *>(state + 464), 4);
  memcpy(&size, reinterpret_cast<void *>(state + 468), 4);
  if (!state || state < Word(uc))
    return {};
  return {Word(uc), state + (magic == 0x46505853 ? size : 512), 0};
#else
  constexpr Word infoBytes = 128;
  return {Word(uc) - infoBytes, Word(uc) + sizeof(ucontext_t), infoBytes};
#endif
}

ucontext_t *copyOf(AsyncArea *area) {
#if defined(__x86_64__)
  return reinterpret_cast<ucontext_t *>(area->frame);
#else
  return reinterpret_cast<ucontext_t *>(area->frame + 128);
#endif
}
} // namespace

void prepareAsyncArea(M *m) {
  if (!m->asyncArea)
    m->asyncArea = offHeapAlloc(headerBytes + capacity + 64);
}

void signalM(M *m) {
  if (m->tid)
    rawSyscall(SYS_tgkill, Word(rawSyscall(SYS_getpid)), Word(m->tid), SIGURG);
}

// In the handler. False: the goroutine cannot stop here; it will be asked again.
bool preemptBySignal(void *context) {
  ucontext_t *uc = static_cast<ucontext_t *>(context);
#if defined(__x86_64__)
  greg_t *r = uc->uc_mcontext.gregs;
  Word pc = Word(r[REG_RIP]), sp = Word(r[REG_RSP]), fp = Word(r[REG_RBP]);
  if (!hooks.isPreemptible || !hooks.isPreemptible(pc))
    return false;
  G *g = getg();
#else
  mcontext_t &r = uc->uc_mcontext;
  Word pc = r.pc, sp = r.sp, fp = r.regs[29];
  if (!hooks.isPreemptible || !hooks.isPreemptible(pc))
    return false;
  G *g = reinterpret_cast<G *>(r.regs[28]);
#endif
  M *m = g ? g->m : nullptr;
  if (!m || g == m->g0 || m->curg != g || m->locks || !m->p || g->inSyscall)
    return false;
  if (!sched.stopping.load(std::memory_order_seq_cst) && !m->p->preempt.load(std::memory_order_relaxed))
    return false;
  if (sp <= Word(g->segment) + sizeof(StackSegment) || fp < sp || fp >= g->segment->top)
    return false;
  void *memory = g->asyncArea ? g->asyncArea : m->asyncArea;
  if (!memory)
    return false;
  FrameBounds bounds = boundsOf(uc);
  if (bounds.end - bounds.begin > capacity || bounds.end <= bounds.begin)
    return false;
  if (!g->asyncArea) {
    g->asyncArea = memory;
    m->asyncArea = nullptr;
  }
  AsyncArea *area = areaOf(memory);
  // The processor wants its state at the same alignment.
  area->frame = ((Word(memory) + headerBytes + 63) & ~Word(63)) + bounds.begin % 64;
  area->used = bounds.end - bounds.begin;
  memcpy(reinterpret_cast<void *>(area->frame), reinterpret_cast<void *>(bounds.begin), area->used);
  EntryRecord &record = area->record;
  record.previous = g->entry;
  record.pc = pc;
  record.fp = fp;
  record.low = sp - redZone;
  record.high = fp;
  record.segment = g->segment;
#if defined(__x86_64__)
  copyOf(area)->uc_mcontext.fpregs = reinterpret_cast<fpregset_t>(Word(uc->uc_mcontext.fpregs) - bounds.begin + area->frame);
  Word saved[calleeSavedCount] = {Word(r[REG_RBX]), Word(r[REG_R12]), Word(r[REG_R13]), Word(r[REG_R14]), Word(r[REG_R15])};
#else
  Word saved[calleeSavedCount];
  for (int i = 0; i < calleeSavedCount; i++)
    saved[i] = r.regs[19 + i];
#endif
  memcpy(record.saved, saved, sizeof saved);
  area->active = true;
  g->entry = &record;
  sp = (sp - redZone) & ~Word(15);
#if defined(__x86_64__)
  r[REG_RSP] = greg_t(sp);
  r[REG_RIP] = greg_t(Word(stoat_async_preempt));
#else
  r.sp = sp;
  r.pc = Word(stoat_async_preempt);
#endif
  return true;
}

void scanAsyncArea(G *g, void (*conservative)(void *, Word, Word), void *context) {
  AsyncArea *area = areaOf(g->asyncArea);
  if (area && area->active)
    conservative(context, (area->frame + 7) & ~Word(7), area->frame + area->used);
}

// On the goroutine's stack, when it runs again: what rt_sigreturn takes as stack pointer.
extern "C" STOAT_GOROUTINE_STACK(300) Word stoat_async_finish(G *g) {
  AsyncArea *area = areaOf(g->asyncArea);
  area->active = false;
  g->entry = area->record.previous;
  stack_t &stack = copyOf(area)->uc_stack;   // rt_sigreturn sets the thread's signal stack: let it be this thread's
  stack.ss_sp = g->m->signalStack;
  stack.ss_size = signalStackBytes;
  stack.ss_flags = 0;
  return area->frame;
}
#endif

namespace {
void onUrgent(int, siginfo_t *, void *context) { preemptBySignal(context); }
} // namespace

void installPreemptHandler() {
  struct sigaction action{};
  action.sa_sigaction = onUrgent;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(SIGURG, &action, nullptr);
}

} // namespace stoat::rt
