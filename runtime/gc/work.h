// Marking while the program runs: who marks (workers on Ps that the scheduler lends, goroutines that allocate), what is left to do, when it is done.
//
// Work is done in slices of some 50 us, after which a worker looks whether it has to stop. What a turn of slices leaves is shared at its end. Greys that barriers make stay with
// their P until it marks itself, gives itself up, or is asked to flush (flush.cpp). Marking is done when, with the world stopped, no P has grey objects, the shared list is empty and every root job is finished.
#pragma once
#include "runtime/gc/mark.h"
#include "runtime/sched/g_m_p.h"

namespace stoat::rt {

// Of each P.
struct MarkWork {
  Marker marker;
  int64_t fractionalTime = 0;       // this P's fractional worker, in cycle `timeCycle`
  uint32_t timeCycle = 0;
  int64_t assistCredit = 0;         // bytes scanned beyond what allocation owed
};

void initMarkWork(P *p);
// World stopped, or the owner: what the barrier buffer holds becomes grey, and all greys shared.
void flushMarkWork(P *p);

// World stopped, p will mark no more: its greys and accounts go to `heir`.
void retireMarkWork(P *p, P *heir);

// World stopped, a cycle begins: its accounts.
void resetMarkAccounts();
// World stopped, before marking begins: lists the root jobs.
void prepareWork();
// Root jobs and shared greys. Exact only with the world stopped.
bool isMarkingQuiet();
bool hasMarkWork();

// flush.cpp: brings all Ps to give away what they hold, while the program runs. True: marking was quiet, and nobody has held anything grey since. False: not (yet). The
// caller then has nothing to do: whoever answers last, or ends what became grey, calls tryTerminate.
bool flushEveryP();
void emptyHands(P *p);              // flushMarkWork by the owner while marking
void resetFlush();                  // world stopped, a cycle begins
// p was asked, by its owner on the thread's own stack: empties its hands, and goes on with the end of the cycle if that was all.
void answerFlush(P *p);

// Some slices in a row by one P. On the thread's own stack; the world cannot stop meanwhile.
class MarkTurn {
public:
  explicit MarkTurn(P *p);
  ~MarkTurn();
  // Scans about `budget` bytes; false: there was nothing to take.
  bool slice(std::atomic<int64_t> &time, Word budget);
  Word scanned() const { return marker_.bytesScanned - begin_; }

private:
  Marker &marker_;
  Word begin_;
};

// Turns for the caller until nothing is left to take or the world is to stop; false: there was nothing.
bool helpMarking(P *p);

// An allocation of `bytes` marks in proportion, unless workers are ahead.
void payForMarking(P *p, Word bytes);

// cycle.cpp, on a thread's own stack with a P.
// Ends the cycle if nothing is left to mark; false: it goes on.
bool tryTerminate();
bool isCycleRequested();
bool beginRequestedCycle();            // true: it began one, or somebody else did

struct MarkTimes { std::atomic<int64_t> assist, dedicated, idle; };
extern MarkTimes markTimes;         // of the cycle
Word scannedBytes();                // of the cycle
uint32_t earlyStops();              // since the program began: stops that were to end a cycle and found something left to mark, which the flush had missed

} // namespace stoat::rt
