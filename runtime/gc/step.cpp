// One collection in steps, driven by a Go program (runtime.stoatStep of the overlay): what a program does between the steps happens while the collector marks,
// at a point that is known exactly. For tests of barriers (test/runtime/barriers).
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <string.h>

namespace stoat::rt {

#ifdef STOAT_MUTATIONS
constinit Mutation mutation = Mutation::None;

static void readMutation() {
  const char *name = environmentVariable("STOAT_MUTATE");
  for (int i = 1; name && i < int(Mutation::Count); i++)
    if (!strcmp(name, mutationNames[i]))
      mutation = Mutation(i);
}
#else
static void readMutation() {}
#endif

namespace {
enum Step : intptr_t {
  StacksFirst,   // begins: every stack is scanned, nothing else
  HeapFirst,     // begins: everything but the stacks is marked
  OwnStackFirst, // begins: only the caller's stack is scanned
  Finish,
};

void setAllScanned(bool value) {
  forEachG(
      [](G *g, void *value) {
        setScanned(g, value != nullptr);
        return true;
      },
      value ? &value : nullptr);
}

constinit intptr_t begun = Finish;

void scanStacks() {
  forEachG(
      [](G *g, void *) {
        cycleScanG(g);
        return true;
      },
      nullptr);
}

void step(intptr_t kind) {
  intptr_t before = begun;
  begun = kind;
  switch (kind) {
  case StacksFirst:
    cycleStart();
    scanStacks();
    return;
  case OwnStackFirst:
    cycleStart();
    cycleScanG(getg());
    return;
  case HeapFirst:
    cycleStart();
    setAllScanned(true);
    cycleMarkRoots();
    cycleDrain();
    setAllScanned(false);
    return;
  case Finish:
    if (before == HeapFirst)
      scanStacks();
    else
      cycleMarkRoots();
    cycleDrain();
    cycleTerminate();
    cycleSweep();
    return;
  }
}
} // namespace

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" void stoat_gcstep_impl(intptr_t kind) {
  readMutation();
  heap.poison = true;
  EntryRecord *record = getg()->entry;   // what was left in argument registers is garbage
  record->low = record->high;
  stoat_switch_system(
      [](void *p) {
        intptr_t kind = *static_cast<intptr_t *>(p);
        stopTheWorld(StopReason::Test);
        step(kind);
        startTheWorld();
        if (kind == Finish)
          sweepAll();
      },
      &kind);
}
