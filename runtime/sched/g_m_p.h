// G, M, P: goroutine, thread, processor (the right to run Go code). Assembly knows fields of G by generated offsets (STOAT_LAYOUT).
//
// Invariants:
// - TLS g is the goroutine that the thread runs, also while it is inside a SYSTEM function on the thread's own stack; it is m->g0 only in the scheduler loop.
// - A G's stack may be read by others only if its status is not Running, or its thread is stopped for the collector (then g->entry is set).
// - An M runs Go code or touches the Go heap only while it owns a P (m->p), except between entersyscall and exitsyscall.
#pragma once
#include "runtime/abi/go_local.h"
#include "runtime/abi/layout.h"
#include "runtime/base/lock.h"
#include "runtime/mem/span.h"
#include <atomic>

namespace stoat::rt {

struct M;
struct P;
struct Timer;

enum class GStatus : uint32_t { Idle, Runnable, Running, Syscall, Waiting, Dead };

// Text of each: wait_reason.cpp (the strings that Go prints in a goroutine's header).
enum class WaitReason : uint8_t {
  None, ChanReceive, ChanSend, ChanReceiveNil, ChanSendNil, Select, SelectNoCases, SemAcquire, SyncMutexLock, SyncRWMutexRLock, SyncRWMutexLock,
  SyncWaitGroupWait, SyncCondWait, Sleep, IOWait, FinalizerWait, CleanupWait, TimerWait, GCWait, Preempted, Coroutine, DebugCall, SynctestRun,
  SynctestWait, SynctestChanReceive, SynctestChanSend, SynctestSelect, ForceGC, Idle
};
const char *waitReasonText(WaitReason);

struct G {
  STOAT_LAYOUT("g") Word stackLimit;                 // the limit of `segment`, poisoned or not (arm64: what checks compare with; x86: saved copy of the TLS slot)
  STOAT_LAYOUT("g") EntryRecord *entry;              // youngest entry record; null when Go code runs and no C++ frame is older
  Word assemblyGuard;                                // always 0: what prologues of Plan 9 assembly compare sp with (abi/README.md)
  STOAT_LAYOUT("g") StackSegment *segment;           // the one in use; its own limit is never poisoned
  STOAT_LAYOUT("g") Word systemSp;                   // where this goroutine's SYSTEM calls put sp; set by execute()
  STOAT_LAYOUT("g") M *m;                            // thread that runs it, or null
  STOAT_LAYOUT("g") GoLocal local;                   // the Go overlay's part (abi/go_local.h); its first field is the innermost defer frame
  STOAT_LAYOUT("g") Word schedSp;                    // sp saved by mcall; callee-saved registers lie above it
  STOAT_HEAP STOAT_LAYOUT("g") FuncVal *startFn;     // func() that it runs (a root until it has exited)

  std::atomic<GStatus> status;
  WaitReason waitReason;
  bool system;                   // not counted for deadlocks, not listed in dumps
  bool preempt;                  // asked to yield at the next check
  bool inSyscall;
  bool scanAwaited;              // a worker found it running before its stack was scanned (gc/roots.h); under scanLock
  std::atomic<uint32_t> scanLock; // held by whoever scans the stack, or makes it run while the collector marks
  std::atomic<uint32_t> scanCycle; // the cycle that has scanned the stack
  uint64_t id;
  G *schedLink;                  // run queues, free lists
  G *allNext;
  int64_t waitSince;
  uint64_t parentId;
  Word startPc, goPc;            // for tracebacks

  // waiting
  bool (*parkUnlock)(G *, void *);
  void *parkArg;
  int64_t sleepUntil;
  std::atomic<uint32_t> wakeToken; // stoat_park / stoat_wake
  void *waking;                  // sudog that woke it (runtime/sync)
  void *waitList;                // sudogs it waits on (runtime/sync)
  std::atomic<uint32_t> selectDone;

  // LockOSThread
  M *lockedM;
  uint32_t lockCount, lockCountInternal;

  // system calls: copy of the entry record of entersyscall's caller
  EntryRecord syscallRecord;

  StackSegment *firstSegment;
  Word stackBytes;               // all segments
  Timer *sleepTimer;             // off-heap, made at the first sleep
  void (*onEnd)();               // called instead of ending the goroutine (collector's cleaner)
  void *langData;                // for runtime/lang and runtime/sync, never a Go pointer
  void *asyncArea;               // its registers after preemption by a signal, or null (preempt.cpp)
};
static_assert(offsetof(G, segment) == gSegmentOffset);
static_assert(offsetof(G, assemblyGuard) == 2 * wordSize); // stackguard0 of gc's g

struct M {
  Word systemSp;                 // top of the thread's own stack as the scheduler uses it
  G *curg;                       // user goroutine, or null
  G *g0;
  STOAT_LAYOUT("m") P *p;        // owned P, null in system calls and when idle
  P *nextP;                      // P handed over by startM
  P *oldP;                       // P before a system call
  Word systemLow, systemHigh;    // bounds of the thread's stack
  Word *limitSlot;               // address of the TLS limit (x86), else null
  Note park;
  uint64_t id;
  int32_t tid;
  M *idleNext, *allNext;
  bool spinning, blocked;
  G *lockedG;
  int32_t locks;                 // >0: procPin or runtime lock held: do not preempt
  Word stoppedSp;                // while stopped in place: low end of what is scanned of the system stack
  uint64_t random;
  uint32_t schedTick;
  void *signalStack;
  uint64_t savedMask;            // signal mask across fork
  alignas(8) uint8_t randState[512]; // internal/chacha8rand.State, for the Go overlay
  void *langData;                // per-thread data of runtime/lang
  void *asyncArea;               // ready for the next goroutine that a signal preempts here
};

enum class PStatus : uint32_t { Idle, Running, Syscall, Stopped, Dead };

struct MarkWork;

struct P {
  MemoryCache *cache;            // &memory, once it is set up
  // Values that write barriers saw, not yet looked at (gc/barrier.h). Filled by compiled code through stoat_write_barrier.
  STOAT_LAYOUT("p") Word *barrierNext, *barrierEnd;
  static constexpr Word barrierCapacity = 128;   // so many are looked at in one go, also in a stop
  STOAT_LAYOUT("p") alignas(2 * wordSize) MemoryCache memory; // compiled code allocates from its windows
  std::atomic<PStatus> status;
  int32_t id;
  M *m;
  P *idleNext;
  std::atomic<bool> preempt;     // poison the limit of whatever runs here
  std::atomic<uint32_t> schedTick;
  std::atomic<uint32_t> syscallTick;
  uint32_t sysmonSchedTick, sysmonSyscallTick;
  int64_t sysmonSchedWhen, sysmonSyscallWhen;

  static constexpr uint32_t queueSize = 256;
  std::atomic<uint32_t> queueHead, queueTail;
  std::atomic<G *> queue[queueSize];
  std::atomic<G *> runNext;
  G *freeGs;
  uint32_t freeGCount;

  struct TimerHeap *timers;
  MarkWork *markWork;            // the collector's: grey objects, times
  void *langData;                // sudog caches and the like (runtime/sync)
  Word barrierValues[barrierCapacity];
  std::atomic<uint32_t> flushAsked, flushDone;   // numbers of rounds (gc/flush.cpp)
};
static_assert(P::barrierCapacity % 2 == 0, "a barrier adds two values");

} // namespace stoat::rt
