// The collector as others see it.
#pragma once
#include "runtime/abi/type_desc.h"
#include "runtime/base/hooks.h"
#include "runtime/sched/g_m_p.h"
#include <atomic>

namespace stoat::rt {

extern "C" int32_t stoat_barrier_enabled;

// ---- barriers (LEAF: any stack, no blocking). All return at once while no marking is under way, except for the checks.
// Hybrid barrier of one slot about to be overwritten.
STOAT_BARRIER STOAT_NO_ALLOCATION void shadeStore(void **slot, void *newValue);
// Before size bytes at heap or global memory dst are overwritten by src (null: cleared): shades old and new pointers, by the heap's type information.
STOAT_BARRIER STOAT_NO_ALLOCATION void heapBitsBulkBarrier(void *dst, const void *src, Word size);
// After memmove(dst, src, size) to memory that the heap does not know (another goroutine's stack): shades every pointer slot of dst by the *type's* mask.
// Aborts when type is null, size != type->size, or the type has no plain mask (README.md of runtime/gc).
STOAT_BARRIER STOAT_NO_ALLOCATION void typeBitsBulkBarrier(const Type *type, void *dst, Word size);
STOAT_BARRIER STOAT_NO_ALLOCATION void shade(void *pointer);
// The values in p's barrier buffer become grey.
STOAT_NO_ALLOCATION void shadeBuffered(P *p);
// Shades the pointers of n elements that are about to be copied to new (black) memory.
STOAT_BARRIER STOAT_NO_ALLOCATION void shadeArray(const Type *elem, const void *src, Word n);

// Copies with barriers.
STOAT_BARRIER STOAT_NO_ALLOCATION void typedMemoryMove(const Type *type, void *dst, const void *src);
STOAT_BARRIER STOAT_NO_ALLOCATION void typedMemoryClear(const Type *type, void *dst);
STOAT_BARRIER STOAT_NO_ALLOCATION void typedMemoryClearPartial(const Type *type, void *dst, Word offset, Word size);
STOAT_BARRIER STOAT_NO_ALLOCATION void typedArrayMove(const Type *elem, void *dst, const void *src, Word n);
STOAT_BARRIER STOAT_NO_ALLOCATION void typedArrayClear(const Type *elem, void *dst, Word n);
// Word-atomic for aligned words, overlap allowed, no barriers.
void memoryMove(void *dst, const void *src, Word size);
void memoryClear(void *dst, Word size);

// Pointer mask of a type: plain mask, or the on-demand one (made in off-heap memory by the first reader).
const uint8_t *pointerMask(const Type *type);

// ---- cycles
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void collect(bool exact = false);      // a whole cycle; on the thread's own stack. exact: callers hold no heap pointers (runtime.GC)
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void collectStopped(bool exact = false); // the same in one stop of the world (test modes)
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void freeOsMemory();
int32_t setCollectPercent(int32_t);    // debug.SetGCPercent
int64_t setMemoryLimit(int64_t);         // negative: only tells
int32_t collectPercent();
Word markedBytesOfLastCycle();
Word stackBytesOfLastCycle();
Word scannedHeapBytes();               // by the last cycle
Word heapGoal();
uint32_t collectionCount();

// Stepwise, for tests: one thread drives, others may run between the steps as the phase allows.
enum class Phase : uint8_t { Idle, Mark, Termination, Sweep };
Phase phase();
// Number of the cycle that marks, or marked last; 0: none yet.
extern std::atomic<uint32_t> cycleNumber;
inline uint32_t currentCycle() { return cycleNumber.load(std::memory_order_relaxed); }   // changes with the world stopped
// Marking goes on while the program runs. Changes with the world stopped only.
extern std::atomic<bool> markingConcurrently;
inline bool isMarkingConcurrently() { return markingConcurrently.load(std::memory_order_relaxed); }

// The collector waits for p to empty its hands (flush.cpp).
inline bool isFlushAsked(const P *p) {
  return isMarkingConcurrently() && p->flushAsked.load(std::memory_order_seq_cst) != p->flushDone.load(std::memory_order_relaxed);
}

// ---- for the scheduler, on a thread's own stack with a P
// Marks for a while if this P shall now (a dedicated or a fractional worker); true: it did.
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER bool markAsWorker(P *p);
// Marks or sweeps because there is nothing else to do, or begins a cycle that was requested; true: it did.
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER bool collectWhileIdle(P *p);
bool hasIdleWork();
// sysmon: nothing was collected for two minutes. True: an idle P has to be woken up for it.
STOAT_NO_ALLOCATION STOAT_NO_BARRIER bool requestCycleIfLate(int64_t now);
// Scans g's stack if this cycle has not, then makes its status Running: while marking, the only way to that status.
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void runStatusWhileMarking(G *g);
// g comes from a system call without a P.
void leaveSyscallStatus(G *g, GStatus status);
// The thread goes on in a SYSTEM function after it waited in place for the world; its own stack from sp up holds C++ frames.
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void scanStackInPlace(Word sp);

STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleStart();                     // Idle -> Mark: barriers on, nothing scanned yet
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleScanG(G *g);                 // Mark: scans one stopped goroutine's stack (once a cycle)
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleMarkRoots();                 // Mark: globals, queues, and every stack not yet scanned
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleDrain();                     // Mark: until no object is grey
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleTerminate();                 // Mark -> Sweep; world stopped
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER void cycleSweep();                     // Sweep -> Idle

// ---- finalizers, cleanups, weak pointers: entry points stoat_add_special, stoat_weak_handle... (special.cpp), stoat_next_finalizer... (due.cpp)
struct SpecialCounts { uint64_t finalizersQueued, finalizersTaken, cleanupsQueued, cleanupsTaken; };
SpecialCounts specialCounts();
void wakeDueRunners();                 // who runs what is due, if something is

// ---- statistics
// Layout of runtime.MemStats.
struct MemoryStats {
  uint64_t alloc, totalAlloc, sys, lookups, mallocs, frees;
  uint64_t heapAlloc, heapSys, heapIdle, heapInuse, heapReleased, heapObjects;
  uint64_t stackInuse, stackSys, mspanInuse, mspanSys, mcacheInuse, mcacheSys, buckHashSys, gcSys, otherSys;
  uint64_t nextGc, lastGc, pauseTotal;
  uint64_t pause[256], pauseEnd[256];
  uint32_t cycles, forcedCycles;
  double gcCpuFraction;
  bool enableGc, debugGc;
  struct { uint32_t size; uint64_t mallocs, frees; } bySize[61];
};

} // namespace stoat::rt
