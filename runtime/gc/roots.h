// Where marking begins: globals, goroutines' stacks, threads' stacks, queues of the runtime.
#pragma once
#include "runtime/gc/mark.h"
#include "runtime/sched/g_m_p.h"

namespace stoat::rt {

void markGlobals(Marker &marker);
Word globalRootBytes();
void markStack(Marker &marker, G *g);        // g is not running Go code
void markSystemStacks(Marker &marker);       // C++ frames of threads stopped in SYSTEM functions
void markTimersAndQueues(Marker &marker);
// special.cpp
void markSpecials(Marker &marker);           // records and handles; what finalizers' objects point to
bool queueDeadSpecials(Marker &marker);      // after marking: clears weak handles, resurrects objects with finalizers; true: more to drain
void queueDeadCleanups();                    // after that drain
void wakeFinalizerGoroutine();
// verify.cpp
void verifyHeap(const char *when);
extern bool verifyEnabled;
// stats.cpp
void notePause(int64_t start, int64_t end, bool forced);
// pool_cleanup.cpp
void runPoolCleanup();
extern FuncVal *poolCleanupFn;

} // namespace stoat::rt
