// Where marking begins: globals, goroutines' stacks, threads' stacks, queues of the runtime.
//
// Stacks while the program runs: a goroutine runs Go code only after its stack has been scanned in this cycle. Blocked ones are scanned by workers, others by the thread that
// is about to run them (or, if the world was stopped while they were inside of a native function, by their own thread when it goes on). g->scanLock makes it one of them;
// a worker that finds a running goroutine not scanned yet counts it as awaited.
#pragma once
#include "runtime/gc/mark.h"
#include "runtime/sched/g_m_p.h"

namespace stoat::rt {

// Pieces of the globals: from a place on, about `budget` bytes; false: none left. The place begins as {}.
struct GlobalPlace { Word index = 0, offset = 0; };
bool markSomeGlobals(Marker &marker, GlobalPlace &place, Word budget);
void markGlobals(Marker &marker);
Word globalRootBytes();
// Whether size bytes at p lie in globals, and which.
const GlobalRoot *findGlobal(Word p);

STOAT_SYSTEM_STACK void markStack(Marker &marker, G *g);        // g is not running Go code
void markSystemStacks(Marker &marker);       // C++ frames of threads stopped in SYSTEM functions
void markTimersAndQueues(Marker &marker);

bool isScanned(const G *g);
void setScanned(G *g, bool scanned);         // tests; new goroutines
// A worker's visit. Afterwards g is scanned, or will be before it runs Go code.
void scanStackOf(G *g, Marker &marker);
Word stackBytesScanned();                    // in this cycle
extern std::atomic<int32_t> awaitedStacks;   // running goroutines that were found before they were scanned
void resetStackAccounts();

// special.cpp
// Records of some objects, by position in the table; false: no more.
bool markSomeSpecials(Marker &marker, Word &position);
// verify.cpp
void verifyHeap(const char *when);
extern bool verifyEnabled;
// stats.cpp
void notePause(int64_t start, int64_t end, bool forced);
// pool_cleanup.cpp
void runPoolCleanup();
STOAT_HEAP extern FuncVal *poolCleanupFn;

} // namespace stoat::rt
