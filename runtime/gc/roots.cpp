// Roots (roots.h). Stacks: frames of Go functions exactly, through runtime/code's walker; C++ frames of parked goroutines, and of threads stopped inside a SYSTEM
// function, word by word.
#include "runtime/gc/roots.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"
#include "runtime/sys/os.h"

extern "C" __attribute__((weak)) const stoat::rt::GlobalRoot __start_stoat_roots[], __stop_stoat_roots[];

namespace stoat::rt {

constinit std::atomic<int32_t> awaitedStacks{0};
static constinit std::atomic<Word> stackBytes{0};

Word stackBytesScanned() { return stackBytes.load(std::memory_order_relaxed); }
void resetStackAccounts() {
  stackBytes.store(0, std::memory_order_relaxed);
  awaitedStacks.store(0, std::memory_order_relaxed);
}

// ---- globals

bool markSomeGlobals(Marker &marker, GlobalPlace &place, Word budget) {
  while (budget && &__start_stoat_roots[place.index] != __stop_stoat_roots) {
    const GlobalRoot &root = __start_stoat_roots[place.index];
    Word left = root.pointerBytes - place.offset, bytes = left < budget ? left : (budget + wordSize - 1) & ~(wordSize - 1);
    if (bytes > left)
      bytes = left;
    marker.masked(Word(root.address), root.mask, place.offset / wordSize, (place.offset + bytes) / wordSize);
    place.offset += bytes;
    budget = budget > bytes + 32 ? budget - bytes - 32 : 0;   // an entry costs as well
    if (place.offset >= root.pointerBytes)
      place = {place.index + 1, 0};
  }
  return &__start_stoat_roots[place.index] != __stop_stoat_roots;
}

void markGlobals(Marker &marker) {
  for (GlobalPlace place; markSomeGlobals(marker, place, ~Word(0));) {
  }
}

namespace {
struct Globals {
  bool known = false, sorted = true;
  Word bytes = 0, low = ~Word(0), high = 0;
};
constinit Globals globals{};

// First called before a second thread exists (initCollector).
const Globals &globalBounds() {
  if (!globals.known) {
    Word previous = 0;
    for (const GlobalRoot *root = __start_stoat_roots; root != __stop_stoat_roots; root++) {
      Word at = Word(root->address);
      globals.bytes += root->pointerBytes;
      globals.sorted &= at >= previous;
      previous = at;
      globals.low = at < globals.low ? at : globals.low;
      globals.high = at + root->pointerBytes > globals.high ? at + root->pointerBytes : globals.high;
    }
    globals.known = true;
  }
  return globals;
}
} // namespace

Word globalRootBytes() { return globalBounds().bytes; }

// The link puts the records in the order of their variables; where it did not, every record is looked at.
const GlobalRoot *findGlobal(Word p) {
  const Globals &all = globalBounds();
  if (p < all.low || p >= all.high)
    return nullptr;
  const GlobalRoot *low = __start_stoat_roots, *high = __stop_stoat_roots;
  auto contains = [p](const GlobalRoot *root) { return p >= Word(root->address) && p - Word(root->address) < root->pointerBytes; };
  if (!all.sorted) {
    for (; low != high; low++)
      if (contains(low))
        return low;
    return nullptr;
  }
  while (high - low > 1) {
    const GlobalRoot *middle = low + (high - low) / 2;
    (Word(middle->address) <= p ? low : high) = middle;
  }
  return low != __stop_stoat_roots && contains(low) ? low : nullptr;
}

// ---- stacks

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

static void countStack(Marker &marker, const StackSegment *s, Word sp) {
  Word bytes = sp > Word(s) && sp < s->top ? s->top - sp : 0;
  for (; s->older; s = s->older)
    bytes += s->older->top - s->savedSp;
  marker.bytesScanned += bytes;
  stackBytes.fetch_add(bytes, std::memory_order_relaxed);
}

void markStack(Marker &marker, G *g) {
  setScanned(g, true);
  marker.value(Word(g->startFn));
  const Word *local = reinterpret_cast<const Word *>(reinterpret_cast<const char *>(&g->local) + goLocalPointerOffset);
  for (size_t i = 0; i < goLocalPointerWords; i++)
    marker.value(__atomic_load_n(&local[i], __ATOMIC_RELAXED));
  RootSink sink = marker.sink();
  if (g->inSyscall) {
    countStack(marker, g->syscallRecord.segment, g->syscallRecord.high);
    if (hooks.walkRoots)
      hooks.walkRoots(g, &g->syscallRecord, sink);
    return;
  }
  const EntryRecord *record = g->entry;
  if (!record)
    return;   // not started yet (or a test's C++ goroutine without Go frames)
  countStack(marker, g->segment, g->m ? record->low : g->schedSp);
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

bool isScanned(const G *g) { return g->scanCycle.load(std::memory_order_acquire) == currentCycle(); }
void setScanned(G *g, bool scanned) { g->scanCycle.store(scanned ? currentCycle() : 0, std::memory_order_release); }

namespace {
// Held for the scan of one stack at most.
class ScanLock {
public:
  explicit ScanLock(G *g) : g_(g) {
    for (int spins = 0; g->scanLock.exchange(1, std::memory_order_acquire); spins++)
      spins < 100 ? cpuRelax() : yieldThread();
  }
  ~ScanLock() { g_->scanLock.store(0, std::memory_order_release); }

private:
  G *g_;
};

// Under the lock.
void scanUnlessDone(G *g, Marker &marker) {
  if (!isScanned(g))
    markStack(marker, g);
  if (g->scanAwaited) {
    g->scanAwaited = false;
    awaitedStacks.fetch_sub(1, std::memory_order_acq_rel);
  }
}
} // namespace

void scanStackOf(G *g, Marker &marker) {
  ScanLock guard(g);
  if (isScanned(g))
    return;
  switch (g->status.load(std::memory_order_acquire)) {
  case GStatus::Idle:
  case GStatus::Dead:
    return;
  case GStatus::Running:
    g->scanAwaited = true;
    awaitedStacks.fetch_add(1, std::memory_order_acq_rel);
    return;
  case GStatus::Runnable:
  case GStatus::Waiting:
    scanUnlessDone(g, marker);
    releaseIdleSegments(g);
    return;
  case GStatus::Syscall:
    scanUnlessDone(g, marker);
    return;
  }
}

void runStatusWhileMarking(G *g) {
  ScanLock guard(g);
  Marker &marker = getg()->m->p->markWork->marker;
  scanUnlessDone(g, marker);
  marker.flush();   // this P may not mark for a while
  g->status.store(GStatus::Running, std::memory_order_release);
}

void leaveSyscallStatus(G *g, GStatus status) {
  ScanLock guard(g);
  g->inSyscall = false;
  g->status.store(status, std::memory_order_release);
}

void scanStackInPlace(Word sp) {
  G *g = getg();
  M *m = g->m;
  if (g == m->g0)
    return;
  Marker &marker = m->p->markWork->marker;
  ScanLock guard(g);
  if (!isScanned(g))
    marker.conservative(sp, g->systemSp);
  scanUnlessDone(g, marker);
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
  if (hooks.markLangRoots)
    hooks.markLangRoots(sink);
}

} // namespace stoat::rt
