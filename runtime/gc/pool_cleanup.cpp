// sync.Pool's cleanup is a Go function that must run with the world stopped just before marking. It gets a goroutine of its own that no queue ever holds: the
// collector's thread switches to its stack and back. It neither allocates nor blocks, and nobody preempts it (m->locks).
#include "runtime/base/print.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"

namespace stoat::rt {

STOAT_HEAP constinit FuncVal *poolCleanupFn = nullptr;

namespace {
constinit G *cleaner = nullptr;
constinit Word collectorSp = 0;     // while the cleaner runs

void done(G *) {
  Word unused;
  stoat_swap(&unused, collectorSp);
}
} // namespace

// Called by stoat_goroutine_end instead of ending the goroutine.
static void finishCleaner() { stoat_mcall(done); }

void runPoolCleanup() {
  if (!poolCleanupFn)
    return;
  if (!cleaner) {
    cleaner = offHeapNew<G>();
    cleaner->system = true;
    cleaner->firstSegment = cleaner->segment = allocFirstSegment();
    cleaner->stackBytes = cleaner->segment->top - Word(cleaner->segment);
  }
  G *self = getg();
  M *m = self->m;
  G *g = cleaner;
  movePointer(g->startFn, poolCleanupFn);
  g->onEnd = finishCleaner;
  g->entry = nullptr;
  dropPointers(g->local);
  g->m = m;
  g->segment = g->firstSegment;
  g->status.store(GStatus::Running, std::memory_order_relaxed);
  g->stackLimit = g->segment->limit;
  g->systemSp = (stackPointer() - 1024) & ~Word(63);
  g->schedSp = makeContext(g->segment->top, stoat_gostart, g);
  // x86: only the TLS slot follows the goroutine from segment to segment
  Word savedLimit = m->limitSlot ? *m->limitSlot : 0;
  G *current = m->curg;   // null: the scheduler begins the cycle
  m->locks++;
  m->curg = g;
  setg(g);
  setThreadLimit(g->stackLimit);
  stoat_swap(&collectorSp, g->schedSp);
  setg(self);
  m->curg = current;
  m->locks--;
  g->m = nullptr;
  setThreadLimit(savedLimit);
}

} // namespace stoat::rt

extern "C" void stoat_setpoolcleanup(stoat::rt::FuncVal *fn) {
  stoat::rt::storePointer(stoat::rt::poolCleanupFn, fn);
}
