// Birth and death of goroutines. G structures are never freed: others (sudogs, timers, the collector) may look at a dead one.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

static G *takeFreeG() {
  P *p = getg()->m->p;
  if (p && p->freeGs) {
    G *g = p->freeGs;
    p->freeGs = g->schedLink;
    p->freeGCount--;
    return g;
  }
  LockGuard guard(sched.allGsLock);
  return sched.freeGs.pop();
}

static G *makeG() {
  G *g = takeFreeG();
  if (g)
    return g;
  g = offHeapNew<G>();
  g->firstSegment = allocFirstSegment();
  g->segment = g->firstSegment;
  g->stackBytes = g->segment->top - Word(g->segment);
  g->status.store(GStatus::Dead, std::memory_order_relaxed);
  LockGuard guard(sched.allGsLock);
  // in order of creation: dumps list them so
  (sched.lastG ? sched.lastG->allNext : sched.allGs) = g;
  sched.lastG = g;
  return g;
}

G *newGoroutine(FuncVal *fn, Word callerPc, bool system) {
  G *parent = getg();
  G *g = makeG();
  g->id = sched.lastGoid.fetch_add(1, std::memory_order_relaxed) + 1;
  initPointer(g->startFn, fn);
  g->startPc = Word(fn->code);
  g->goPc = callerPc;
  g->parentId = parent ? parent->id : 0;
  g->system = system;
  g->preempt = g->inSyscall = false;
  g->entry = nullptr;
  g->waitReason = WaitReason::None;
  g->lockedM = nullptr;
  g->lockCount = g->lockCountInternal = 0;
  dropPointers(g->local);
  if (parent) {
    initPointer(g->local.labels, parent->local.labels);
    initPointer(g->local.bubble, parent->local.bubble);
    g->local.fipsBypass = parent->local.fipsBypass;
    g->local.dit = parent->local.dit;
  }
  if (stoat_barrier_enabled)   // an empty stack counts as scanned; what it is to run has become grey above
    setScanned(g, true);
  g->stackLimit = g->segment->limit;
  g->schedSp = makeContext(g->segment->top, stoat_gostart, g);
  (system ? sched.systemGs : sched.userGs).fetch_add(1, std::memory_order_relaxed);
  g->status.store(GStatus::Runnable, std::memory_order_release);
  return g;
}

// On the thread's own stack: the goroutine's is free for reuse from here on.
static void endOnSystemStack(G *g) {
  M *m = g->m;
  leaveG(g);
  if (g->lockedM) {
    // gc ends the thread here; ours has no state that Go code can have changed for good, except by C calls: it is reused
    m->lockedG = nullptr;
    g->lockedM = nullptr;
    g->lockCount = g->lockCountInternal = 0;
  }
  (g->system ? sched.systemGs : sched.userGs).fetch_sub(1, std::memory_order_relaxed);
  dropPointers(g->startFn);
  g->entry = nullptr;
  dropPointers(g->local);
  if (g->firstSegment->newer) {
    freeSegments(g->firstSegment->newer);
    g->firstSegment->newer = nullptr;
  }
  g->segment = g->firstSegment;
  g->stackBytes = g->segment->top - Word(g->segment);
  g->status.store(GStatus::Dead, std::memory_order_release);
  P *p = m->p;
  if (p->freeGCount < 64) {
    g->schedLink = p->freeGs;
    p->freeGs = g;
    p->freeGCount++;
  } else {
    LockGuard guard(sched.allGsLock);
    sched.freeGs.pushBack(g);
  }
  schedule();
}

void goexit0() {
  stoat_mcall(endOnSystemStack);
  __builtin_unreachable();
}

// Under it the first segment is empty.
extern "C" STOAT_GOROUTINE_STACK(2048) void stoat_goroutine_end() {
  if (G *g = getg(); g->onEnd)
    g->onEnd();
  goexit0();
}

void forEachG(bool (*visit)(G *, void *), void *context) {
  LockGuard guard(sched.allGsLock);
  for (G *g = sched.allGs; g; g = g->allNext)
    if (g->status.load(std::memory_order_acquire) != GStatus::Dead && !visit(g, context))
      return;
}

uint32_t goroutineCount() {
  int32_t n = sched.userGs.load(std::memory_order_relaxed);
  return n < 0 ? 0 : uint32_t(n);
}

uint64_t lastGoroutineId() { return sched.lastGoid.load(std::memory_order_relaxed); }

const char *waitReasonText(WaitReason reason) {
  switch (reason) {
  case WaitReason::None: return "";
  case WaitReason::ChanReceive: return "chan receive";
  case WaitReason::ChanSend: return "chan send";
  case WaitReason::ChanReceiveNil: return "chan receive (nil chan)";
  case WaitReason::ChanSendNil: return "chan send (nil chan)";
  case WaitReason::Select: return "select";
  case WaitReason::SelectNoCases: return "select (no cases)";
  case WaitReason::SemAcquire: return "semacquire";
  case WaitReason::SyncMutexLock: return "sync.Mutex.Lock";
  case WaitReason::SyncRWMutexRLock: return "sync.RWMutex.RLock";
  case WaitReason::SyncRWMutexLock: return "sync.RWMutex.Lock";
  case WaitReason::SyncWaitGroupWait: return "sync.WaitGroup.Wait";
  case WaitReason::SyncCondWait: return "sync.Cond.Wait";
  case WaitReason::Sleep: return "sleep";
  case WaitReason::IOWait: return "IO wait";
  case WaitReason::FinalizerWait: return "finalizer wait";
  case WaitReason::CleanupWait: return "cleanup wait";
  case WaitReason::TimerWait: return "timer goroutine (idle)";
  case WaitReason::GCWait: return "wait for GC cycle";
  case WaitReason::Preempted: return "preempted";
  case WaitReason::Coroutine: return "coroutine";
  case WaitReason::DebugCall: return "debug call";
  case WaitReason::SynctestRun: return "synctest.Run";
  case WaitReason::SynctestWait: return "synctest.Wait";
  case WaitReason::SynctestChanReceive: return "chan receive (durable)";
  case WaitReason::SynctestChanSend: return "chan send (durable)";
  case WaitReason::SynctestSelect: return "select (durable)";
  case WaitReason::ForceGC: return "force gc (idle)";
  case WaitReason::Idle: return "idle";
  }
  return "";
}

} // namespace stoat::rt
