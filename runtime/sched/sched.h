// Scheduler as others see it: parking and waking goroutines, creating them, system calls, stopping the world, stack growth.
#pragma once
#include "runtime/sched/g_m_p.h"
#include "runtime/sys/arch.h"

namespace stoat::rt {

// ---- parking. Only from BLOCKING functions (C++ on the goroutine's stack), holding no runtime lock unless `unlock` releases it.
// The goroutine's context is saved first, then unlock(g, arg) runs on the thread's own stack; if it returns false the goroutine goes on at once.
// From the moment unlock has let others see g, `ready(g)` may run it on another thread. After park() use getg() and m afresh.
STOAT_BLOCKS void park(bool (*unlock)(G *g, void *arg), void *arg, WaitReason reason);
// park with a Mutex* to release.
STOAT_BLOCKS void parkUnlock(Mutex *mutex, WaitReason reason);
// Makes a parked goroutine runnable (next on this P unless `toTail`). Any thread that owns a P, also on its own stack.
void ready(G *g, bool toTail = false);
// Of a BLOCKING native that is about to wait for long and holds no heap pointer itself: argument registers that the stub has saved and the native does not have, and what earlier
// frames have left below, must keep no object alive.
void forgetDeadWords();
// Lets others run; this goroutine goes to the global queue.
void yieldNow();
[[noreturn]] void goexit0();

inline M *getm() { return getg()->m; }
// The user's goroutine that this thread runs (also while on the thread's own stack).
inline G *currentG() { return getg(); }
bool onSystemStack();
// Calls f() on the thread's system stack: what needs more stack than a goroutine has to spare.
template <class F> STOAT_SWITCHES_STACK void runOnSystemStack(F f) {
  G *g = getg();
  if (!g || g == g->m->g0 || onSystemStack())
    f();
  else
    stoat_switch_system([](void *p) { (*static_cast<F *>(p))(); }, &f);
}

// ---- goroutines
// fn: func() funcval. Runs it on a new goroutine; the caller owns a P.
G *newGoroutine(FuncVal *fn, Word callerPc, bool system = false);
// Visits every G that has not died, with allGs locked. Stops the walk when visit returns false.
void forEachG(bool (*visit)(G *, void *), void *context);
uint32_t goroutineCount();       // runtime.NumGoroutine
uint64_t lastGoroutineId();

// ---- threads and processors
int32_t processorCount();        // GOMAXPROCS
void setProcessorCount(int32_t); // stops the world
int32_t cpuCount();              // runtime.NumCPU
extern P **allPs;                // processorCount() of them
// In a handler of SIGURG: true if it was meant for the scheduler and the goroutine will yield.
bool preemptBySignal(void *context);
// The registers of a goroutine that a signal preempted.
void scanAsyncArea(G *g, void (*conservative)(void *, Word low, Word high), void *context);
extern M *allMs;                 // linked by allNext

int32_t pinProcessor();          // procPin: index of P; no preemption until unpinned
void unpinProcessor();
void lockThread();               // runtime.LockOSThread
void unlockThread();
void lockThreadInternally();
void unlockThreadInternally();

// ---- system calls. enterSystemCall gives the P up lazily (sysmon takes it after 20 us); exit takes one back, perhaps after waiting.
// enterBlock/exitBlock for C++ on the goroutine's stack that is about to block in the kernel.
extern "C" STOAT_NO_ALLOCATION STOAT_NO_BARRIER void stoat_entersyscall_impl();
extern "C" STOAT_NO_ALLOCATION STOAT_NO_BARRIER void stoat_exitsyscall_impl();

// ---- the world
enum class StopReason : uint8_t { Collection, ProcessorCount, MemStats, Dump, Test };
STOAT_SYSTEM_STACK STOAT_BLOCKS void stopTheWorld(StopReason);   // on the thread's own stack (or in SYSTEM functions); the caller keeps its P
void startTheWorld();
bool worldIsStopped();
// In a SYSTEM function that takes long: waits in place while the world is stopped. The thread may own another P afterwards.
void waitForWorld();

// ---- stacks (runtime/sched/stack.cpp): stoat_new_segment and stoat_preempt are declared in abi/stack.h
extern Word stackLimitBytes;      // limit of one goroutine's stack
// Go's messages and exit status 2 when a goroutine's stack exceeds 1 GB (250 MB on 32-bit).
[[noreturn]] void stackOverflow(G *g);

} // namespace stoat::rt
