// Roots (roots.h). Stacks: frames of Go functions exactly, through runtime/code's walker; C++ frames of parked goroutines, and of threads stopped inside a SYSTEM
// function, word by word.
#include "runtime/gc/roots.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"

extern "C" __attribute__((weak)) const stoat::rt::GlobalRoot __start_stoat_roots[], __stop_stoat_roots[];

namespace stoat::rt {

void markGlobals(Marker &marker) {
  for (const GlobalRoot *root = __start_stoat_roots; root != __stop_stoat_roots; root++)
    marker.masked(Word(root->address), root->mask, root->pointerBytes);
}

Word globalRootBytes() {
  Word bytes = 0;
  for (const GlobalRoot *root = __start_stoat_roots; root != __stop_stoat_roots; root++)
    bytes += root->pointerBytes;
  return bytes;
}

// C++ frames below the youngest entry record: from `low` up to the record's end. When a further segment was entered after the record was made, both parts.
static void markNativeFrames(Marker &marker, G *g, const EntryRecord *record, Word low) {
  StackSegment *s = g->segment;
  if (record->segment == s || (low <= record->high && record->high <= s->top && low > Word(s))) {
    marker.conservative(low, record->high);
    return;
  }
  marker.conservative(low, s->top);
  marker.conservative(record->low, record->high);
}

void markStack(Marker &marker, G *g) {
  g->scanned = true;
  marker.value(Word(g->startFn));
  const Word *local = reinterpret_cast<const Word *>(reinterpret_cast<const char *>(&g->local) + goLocalPointerOffset);
  for (size_t i = 0; i < goLocalPointerWords; i++)
    marker.value(local[i]);
  RootSink sink = marker.sink();
  if (g->inSyscall) {
    if (hooks.walkRoots)
      hooks.walkRoots(g, &g->syscallRecord, sink);
    return;
  }
  const EntryRecord *record = g->entry;
  if (!record)
    return;   // not started yet (or a test's C++ goroutine without Go frames)
  markNativeFrames(marker, g, record, g->m ? record->low : g->schedSp);
  scanAsyncArea(g, sink.conservative, sink.context);
  if (hooks.walkRoots)
    hooks.walkRoots(g, record, sink);
}

void markSystemStacks(Marker &marker) {
  for (M *m = allMs; m; m = m->allNext)
    if (m->stoppedSp && m->curg)
      marker.conservative(m->stoppedSp, m->curg->systemSp);
}

void markTimersAndQueues(Marker &marker) {
  forEachTimer(
      [](Timer *t, void *m) {
        // the object that contains t (a Go allocation), or nothing for the runtime's own timers; f and arg are found through it
        static_cast<Marker *>(m)->maybe(Word(t));
      },
      &marker);
  marker.value(Word(poolCleanupFn));
  RootSink sink = marker.sink();
  if (hooks.markSyncRoots)
    hooks.markSyncRoots(sink);
  if (hooks.markLangRoots)
    hooks.markLangRoots(sink);
}

} // namespace stoat::rt
