// Output to standard error without allocation, and the ways to die.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

// print(...) of Go values; buffered on the stack, one write(2) a call; not interleaved inside printLock/printUnlock.
// Reports of a crash are written to this file as well, from beginCrashReport on (debug.SetCrashOutput); ~0: none.
extern Word crashFile;
void beginCrashReport();
void printLock();
void printUnlock();
void printText(const char *text);
void printText(const char *text, size_t size);
void printSigned(int64_t value);
void printUnsigned(uint64_t value);
void printHex(uint64_t value);
void printFloat(double value);

// "fatal error: TEXT" with traceback, exit status 2. Never returns. May be called from any stack.
[[noreturn]] void throwError(const char *text);
// The same without "runtime stack" details: for errors of the user's program (fatal in Go's runtime).
[[noreturn]] void fatalError(const char *text);
[[noreturn]] void exitProcess(int status);

// Internal invariants: aborts with the text and the condition.
#define STOAT_CHECK(condition, text) \
  do { \
    if (__builtin_expect(!(condition), 0)) \
      ::stoat::rt::throwError(text); \
  } while (0)

} // namespace stoat::rt
