// Queues of due finalizers and cleanups (due.h), and the goroutines that run them (lib/runtime/cleanup.go). A queue is a list of blocks, so that the collector marks it block by
// block, and so that neither it nor whoever adds to it ever copies it: millions may be due.
//
// How many goroutines run cleanups? As in Go, a quarter of GOMAXPROCS, at least one, may be active: between taking one and coming back. The others are idle, or stuck: nothing was
// taken for a whole time slice while they were active, so they block, compute for long or get no processor. Stuck ones do not count as active, so that others take their places.
// That is noticed by the follower, of which there is at most one: it is there while more is due than the active ones have taken, waits for its turn, and looks after each slice.
// Who takes something sees to it that there is a follower, or an idle one that new work can wake, as long as there are fewer than `limit`.
//
// Locks: that of a queue is taken under specialLock; never two queues at a time.
#include "runtime/gc/due.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"

namespace stoat::rt {

namespace {
struct Due {
  Word object;             // finalizers
  STOAT_HEAP void *record; // Go object
};

struct DueBlock {
  static constexpr Word capacity = 250;
  DueBlock *next;
  Word begin, end;         // of what is due
  Due entries[capacity];
};

struct DueQueue {
  Mutex lock{LockRank::Due};
  // under lock
  DueBlock *first = nullptr, *last = nullptr;
  DueBlock *marking = nullptr; // the block that the collector marks next
  uint64_t queued = 0, taken = 0;

  uint64_t waiting() const { return queued - taken; }
};

constinit DueQueue finalizers, cleanups;
constinit G *idleFinalizer = nullptr;      // under finalizers.lock

// What a cleanup goroutine is; taken + n: it took a cleanup in the nth epoch.
enum Role : Word { fresh = 0, follower = 1, taken = 2 };
// What it is to do next.
enum Action : Word { runIt = 0, runAndStart = 1, waitSlice = 2 };

struct Idle { // in its frame
  G *g;
  Idle *next;
  Word role;  // when it is woken
};

// Under cleanups.lock.
struct Runners {
  static constexpr Word limit = 256;
  Word count = 1;          // the first one starts with the first cleanup
  Word active = 0;
  Word epoch = 0;          // counts how often the active ones were found stuck
  Idle *idle = nullptr;
  bool hasFollower = false;
  uint64_t takenBefore = 0; // cleanups.taken when the follower began to wait
};
constinit Runners runners;
constexpr uint64_t notYet = ~uint64_t(0);

void add(DueQueue &queue, Word object, void *record) {
  LockGuard guard(queue.lock);
  if (!queue.last || queue.last->end == DueBlock::capacity) {
    DueBlock *block = offHeapNew<DueBlock>();
    (queue.last ? queue.last->next : queue.first) = block;
    queue.last = block;
  }
  Due &due = queue.last->entries[queue.last->end++];
  due.object = object;
  movePointer(due.record, record);
  queue.queued++;
}

// Under queue.lock, if something waits.
Due take(DueQueue &queue) {
  DueBlock *block = queue.first;
  Due due = block->entries[block->begin];
  dropPointers(block->entries[block->begin++]);
  queue.taken++;
  if (block->begin < block->end)
    return due;
  queue.first = block->next;
  if (queue.last == block)
    queue.last = nullptr;
  if (queue.marking == block)
    queue.marking = block->next;
  offHeapFree(block, sizeof(DueBlock));
  return due;
}

void startMarking(DueQueue &queue) {
  LockGuard guard(queue.lock);
  queue.marking = queue.first;
}

// What is taken before its turn was shaded then.
bool markBlock(DueQueue &queue, Marker &marker) {
  LockGuard guard(queue.lock);
  DueBlock *block = queue.marking;
  if (!block)
    return false;
  for (Word i = block->begin; i < block->end; i++) {
    marker.value(block->entries[i].object);
    marker.value(Word(block->entries[i].record));
  }
  queue.marking = block->next;
  return true;
}

// Takes an idle goroutine off the list, as the follower; null: there is none.
G *idleAsFollower() {
  Idle *first = runners.idle;
  if (!first)
    return nullptr;
  runners.idle = first->next;
  first->role = follower;
  runners.hasFollower = true;
  runners.takenBefore = notYet;
  return first->g;
}
} // namespace

void addDueFinalizer(Word object, void *record) { add(finalizers, object, record); }
void addDueCleanup(void *record) { add(cleanups, 0, record); }

bool markSomeDue(Marker &marker, Word &position) {
  enum : Word { start, inFinalizers, inCleanups };
  if (position == start) {
    startMarking(finalizers);
    startMarking(cleanups);
    position = inFinalizers;
  }
  if (position == inFinalizers && !markBlock(finalizers, marker))
    position = inCleanups;
  return position == inFinalizers || markBlock(cleanups, marker);
}

SpecialCounts specialCounts() {
  SpecialCounts counts;
  {
    LockGuard guard(finalizers.lock);
    counts.finalizersQueued = finalizers.queued;
    counts.finalizersTaken = finalizers.taken;
  }
  LockGuard guard(cleanups.lock);
  counts.cleanupsQueued = cleanups.queued;
  counts.cleanupsTaken = cleanups.taken;
  return counts;
}

void wakeDueRunners() {
  G *forFinalizers = nullptr, *forCleanups = nullptr;
  {
    LockGuard guard(finalizers.lock);
    if (finalizers.waiting()) {
      forFinalizers = idleFinalizer;
      idleFinalizer = nullptr;
    }
  }
  {
    LockGuard guard(cleanups.lock);
    if (cleanups.waiting() && !runners.hasFollower)
      forCleanups = idleAsFollower();
  }
  if (forFinalizers)
    ready(forFinalizers);
  if (forCleanups)
    ready(forCleanups);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

// These two in frames of their own: the collector scans that of a waiting function word by word. False: nothing is to do, and the lock is still held.
__attribute__((noinline)) static bool takeFinalizer(Word *out) {
  finalizers.lock.lock();
  if (!finalizers.waiting())
    return false;
  Due due = take(finalizers);
  out[0] = due.object;
  out[1] = Word(due.record);
  finalizers.lock.unlock();
  shade(reinterpret_cast<void *>(due.object));   // the queue was a root, and may be read no more in this cycle
  shade(due.record);
  return true;
}

__attribute__((noinline)) static bool takeCleanup(Word *out, Word role) {
  cleanups.lock.lock();
  if (role >= taken && role - taken == runners.epoch)
    runners.active--;   // else it was stuck
  if (role == follower && runners.takenBefore == cleanups.taken) {
    runners.active = 0;
    runners.epoch++;
  }
  Word most = Word(processorCount()) / 4;
  bool mayRun = cleanups.waiting() && runners.active < (most ? most : 1);
  if (!mayRun) {
    if (role == follower)
      runners.hasFollower = false;
    if (!cleanups.waiting() || runners.hasFollower)
      return false;
    runners.hasFollower = true;
    runners.takenBefore = cleanups.taken;
    out[1] = follower;
    out[2] = waitSlice;
    cleanups.lock.unlock();
    return true;
  }
  Due due = take(cleanups);
  runners.active++;
  if (role == follower)
    runners.hasFollower = false;
  G *next = nullptr;
  bool start = false;
  if (!runners.hasFollower) {
    if (cleanups.waiting())
      next = idleAsFollower();
    start = !next && !runners.idle && runners.count < runners.limit;
    if (start) {
      runners.count++;
      runners.hasFollower = true;
      runners.takenBefore = notYet;
    }
  }
  out[0] = Word(due.record);
  out[1] = taken + runners.epoch;
  out[2] = start ? runAndStart : runIt;
  cleanups.lock.unlock();
  shade(due.record);
  if (next)
    ready(next);
  return true;
}

void stoat_next_finalizer_impl(Word *out) {
  // What it gave last must not be kept by this stack while it waits: by its results, or by argument registers that the stub has saved and this function does not have.
  out[0] = out[1] = 0;
  for (;;) {
    forgetDeadWords();
    if (takeFinalizer(out))
      return;
    park(
        [](G *g, void *) {
          idleFinalizer = g;
          finalizers.lock.unlock();
          return true;
        },
        nullptr, WaitReason::FinalizerWait);
  }
}

void stoat_next_cleanup_impl(Word *out, Word role) {
  out[0] = 0;
  for (;;) {
    forgetDeadWords();
    if (takeCleanup(out, role))
      return;
    Idle self{getg(), runners.idle, fresh};
    runners.idle = &self;
    park(
        [](G *, void *) {
          cleanups.lock.unlock();
          return true;
        },
        nullptr, WaitReason::CleanupWait);
    role = self.role;
  }
}

uint64_t stoat_specials_queued_impl() {
  SpecialCounts n = specialCounts();
  return n.finalizersQueued + n.cleanupsQueued;
}

} // extern "C"
