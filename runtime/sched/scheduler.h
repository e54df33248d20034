// The scheduler's own state and the steps that its files share. Algorithm: Go's (runtime/proc.go): a G in a local queue of 256 with one "next" slot, a global
// queue, work stealing, and at most (busy Ps)/2 spinning Ms; a thread that submits work wakes one more when nobody spins. The rule that prevents lost
// wake-ups: a thread stops spinning *before* it looks at all queues a last time; a submitter looks at the spinning count *after* it has queued.
//
// Lock order: Timers < Sched < AllGs < Stacks. sched.lock protects idle lists, the global queue, the stop count.
#pragma once
#include "runtime/sched/sched.h"

namespace stoat::rt {

struct GQueue {
  G *head = nullptr, *tail = nullptr;
  uint32_t size = 0;
  void pushBack(G *g);
  void pushFront(G *g);
  G *pop();
  void append(GQueue &other);
};

struct Sched {
  Mutex lock{LockRank::Sched};
  GQueue global;                        // under lock; size read without
  std::atomic<uint32_t> globalSize{0};
  M *idleMs = nullptr;                  // under lock
  int32_t idleMCount = 0, idleLockedMCount = 0, mCount = 0, systemMCount = 0;
  P *idlePs = nullptr;
  std::atomic<int32_t> idlePCount{0};
  std::atomic<int32_t> spinningMs{0};
  std::atomic<bool> stopping{false};    // the world is stopped or about to be
  std::atomic<uint32_t> worldEpoch{0};  // futex: bumped when the world starts again
  int32_t stopWait = 0;                 // Ps still running, under lock
  Note stopNote;
  std::atomic<bool> worldOwner{false};
  std::atomic<int64_t> lastPoll{0};     // 0: a thread is blocked in the poller
  std::atomic<int64_t> pollUntil{0};    // its deadline
  std::atomic<bool> sysmonSleeping{false};
  Note sysmonNote;
  std::atomic<int32_t> systemGs{0};
  std::atomic<int32_t> userGs{0};
  std::atomic<uint64_t> lastGoid{0};
  std::atomic<uint64_t> lastMid{0};
  Mutex allGsLock{LockRank::AllGs};
  G *allGs = nullptr, *lastG = nullptr;
  GQueue freeGs;                        // under allGsLock
  int32_t processors = 0;
  int32_t cpus = 1;
  M m0{};
  G g0{};
};
extern Sched sched;

inline G *stillG() { return getg(); }

// sched.cpp
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER [[noreturn]] void schedule();
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER [[noreturn]] void execute(G *g, bool inheritTime);
void leaveG(G *g);                     // the thread stops running g: TLS g becomes g0
void wakeAnother();                    // one more spinning M if there are idle Ps and none spins
// run_queue.cpp
void queuePut(P *p, G *g, bool next);
G *queueGet(P *p, bool &inheritTime);
bool queueEmpty(P *p);
G *queueSteal(P *thief, P *victim, bool stealNext);
void globalPut(G *g);                  // takes sched.lock
G *globalGet(P *p, uint32_t max);      // under sched.lock
void injectGs(GQueue &list);           // makes a batch runnable; with or without a P
// thread.cpp
void initMainThread();
void startM(P *p, bool spinning);
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void stopM();
void handOffP(P *p);
void acquireP(P *p);
P *releaseP();
void putIdleP(P *p);                   // under sched.lock
P *getIdleP();                         // under sched.lock
void stopLockedM();
void startLockedM(G *g);
void checkDead();                      // under sched.lock
void startSystemThread(void (*fn)());  // no P, not counted
uint32_t nextRandom(M *m);
// stop_world.cpp
void stopForWorld();                   // in the scheduler, with a P: gives it up until the world starts again
void resizeProcessors(int32_t n);      // world stopped
void preemptP(P *p, bool bySignal);
void poisonP(P *p);                    // what runs there calls stoat_preempt at its next poll
void poisonLimit(G *g);
// stack.cpp
void initStacks();
StackSegment *allocFirstSegment();
void freeSegments(StackSegment *from); // this one and its newer ones
void releaseIdleSegments(G *g);        // collector, world stopped
Word stackBytesInUse();
Word stackBytesMapped();                // with what waits in pools
// timer.cpp
void initTimers(P *p);
STOAT_TRUSTED("no-barrier", "the caller owns a P") int64_t checkTimers(P *p, int64_t &now);   // runs due timers of p; next deadline or 0
int64_t nextTimerOfAll();
void moveTimers(P *from, P *to);
// netpoll.cpp
void netpoll(int64_t delay, GQueue &out);  // <0: for ever, 0: no wait
bool netpollHasWaiters();
void netpollBreak();
// sysmon.cpp
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void sysmonMain();
// signal.cpp
void installSignalHandlers();
void initSignalStack(M *m);
inline constexpr Word signalStackBytes = 32768;
// preempt.cpp
void installPreemptHandler();
void prepareAsyncArea(M *m);
void signalM(M *m);
// mem
void initHeap();
void initCache(P *p);
void flushCache(P *p);
STOAT_NO_ALLOCATION STOAT_NO_BARRIER void closeWindows(P *p); // world stopped: what the P has not handed out is free again
void initCollector();

} // namespace stoat::rt
