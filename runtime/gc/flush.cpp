// The ragged flush: before the stop that ends marking, every P looks at what its barriers noted and gives its greys away, each at a moment of its own, while the program
// runs. So the stop finds next to nothing, and hardly ever in vain. (The idea of a ragged barrier is old; gc uses one at the same place, and waits for it. Here nobody
// waits: whoever answers last goes on to the stop, and the goroutine that allocates is not held up.)
//
// Invariants:
// - While marking, a P that is neither Running nor Stopped has empty hands: releaseP and entersyscall flush. So the one who asks counts Idle and Syscall as answers; a
//   Running P answers at its next poll (stoat_preempt) or in the scheduler (tryTerminate). A world that stops meanwhile changes nothing: the Ps answer after it.
// - A round in which nothing was shared and nothing scanned, from a quiet moment to the last answer, proves that no P had anything grey at that quiet moment; and without
//   a grey object or an unscanned stack no barrier sees a white one. The stop makes sure of it all the same.
//
// Lock order: Root (round.lock) < MarkQueue.
#include "runtime/gc/gc.h"
#include "runtime/gc/work.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

namespace {
constexpr int64_t patience = 100000;   // ns, then a P is preempted, by signal too

struct Round {
  Mutex lock{LockRank::Root};
  // under lock
  bool open = false;
  uint32_t number = 0;
  Word progress = 0;      // when it began
  int64_t asked = 0;
};
constinit Round round{};

// Grows with everything that becomes known as grey, and everything scanned.
Word markProgress() { return sharedGreys() + scannedBytes(); }

// The answer is given in stoat_preempt.
void ask(P *p) {
  p->flushAsked.store(round.number, std::memory_order_seq_cst);
  if (p->status.load(std::memory_order_acquire) == PStatus::Running)
    poisonP(p);
}

bool hasAnswered(P *p) {
  if (p->flushDone.load(std::memory_order_acquire) == round.number)
    return true;
  PStatus status = p->status.load(std::memory_order_acquire);
  if (status != PStatus::Idle && status != PStatus::Syscall)
    return false;
  p->flushDone.store(round.number, std::memory_order_relaxed);
  return true;
}
} // namespace

void emptyHands(P *p) {
#ifdef STOAT_MUTATE_NO_FLUSH
  return;   // only for the test that must fail without it
#endif
  flushMarkWork(p);
}

void resetFlush() {
  LockGuard guard(round.lock);
  round.open = false;
}

bool flushEveryP() {
  P *own = getg()->m->p;
  LockGuard guard(round.lock);
  for (;;) {
    emptyHands(own);
    if (!round.open) {
      round.progress = markProgress();
      if (!isMarkingQuiet())
        return false;
      round.open = true;
      round.number++;
      round.asked = monotonicNow();
      for (int32_t i = 0; i < sched.processors; i++)
        if (allPs[i] != own)
          ask(allPs[i]);
    }
    own->flushDone.store(round.number, std::memory_order_relaxed);
    bool all = true, late = monotonicNow() - round.asked > patience;
    for (int32_t i = 0; i < sched.processors; i++)
      if (!hasAnswered(allPs[i])) {
        all = false;
        if (late)
          preemptP(allPs[i], true);
      }
    if (!all) {
      if (late)
        round.asked = monotonicNow();
      return false;
    }
    round.open = false;
    if (!isMarkingQuiet())
      return false;
    if (round.progress == markProgress())
      return true;
  }
}

void answerFlush(P *p) {
  emptyHands(p);
  p->flushDone.store(p->flushAsked.load(std::memory_order_seq_cst), std::memory_order_release);
  if (!hasMarkWork())
    tryTerminate();
  else
    wakeAnother();
}

} // namespace stoat::rt
