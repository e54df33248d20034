// The operating system as the runtime needs it: raw system calls (never through errno), memory, futexes, clocks, threads, exit.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

// Result of the kernel: -4095..-1 is -errno.
intptr_t rawSyscall(Word number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0, Word f = 0);
inline bool isSyscallError(intptr_t result) { return Word(result) >= Word(-4095); }

Word pageSize();
// Zeroed anonymous memory, or null. `hint` is an address to try, `align` a power of two >= the page size.
void *mapMemory(Word size, void *hint = nullptr);
void *mapAligned(Word size, Word align);
void unmapMemory(void *p, Word size);
// Gives pages back to the system; they read as zero afterwards.
void discardMemory(void *p, Word size);
// Brings fresh pages in at once; where the system cannot, they come when they are touched.
void populateMemory(void *p, Word size);
// Whether what is touched there for the first time may come as huge pages. Those that are there stay.
void allowHugePages(void *p, Word size, bool allow);

STOAT_BLOCKS void futexWait(void *address, uint32_t value, int64_t timeoutNanoseconds = -1);
void futexWake(void *address, uint32_t count);

int64_t monotonicNow();
int64_t processCpuTime();
int64_t threadCpuTime();
void wallNow(int64_t &seconds, int32_t &nanoseconds);
STOAT_BLOCKS void sleepThread(int64_t nanoseconds);
void yieldThread();

int32_t threadId();
int32_t countCpus();
// Starts a thread that runs fn(arg) on a stack of its own. All signals keep the creator's mask.
STOAT_SYSTEM_STACK STOAT_BLOCKS void startThread(void (*fn)(void *), void *arg);

// Process start-up data, set by main.
struct StartArguments { Word count; char **arguments; char **environment; Word *auxiliary; };
extern StartArguments startArguments;
const char *environmentVariable(const char *name);
Word auxiliaryValue(Word type);

void writeAll(int fd, const char *text, size_t size);

} // namespace stoat::rt
