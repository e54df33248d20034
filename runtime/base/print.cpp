// Text to standard error without allocation: works on any stack with 300 bytes to spare, in signal handlers and under locks.
#include "runtime/base/print.h"
#include "runtime/base/hooks.h"
#include "runtime/base/lock.h"
#include "runtime/sys/arch.h"
#include "runtime/sys/os.h"
#include <sys/syscall.h>

namespace stoat::rt {

bool onSystemStack();   // sched/sched.h

constinit Hooks hooks{};
constinit Word crashFile = ~Word(0);

namespace {
constinit Mutex printMutex{LockRank::Print};
constinit std::atomic<G *> printOwner{nullptr};
constinit uint32_t printDepth = 0;   // under printMutex
constinit std::atomic<uint32_t> dying{0};
constinit std::atomic<bool> crashing{false};
} // namespace

void printLock() {
  G *g = getg();
  if (g && printOwner.load(std::memory_order_relaxed) == g) {
    printDepth++;
    return;
  }
  printMutex.lock();
  printOwner.store(g, std::memory_order_relaxed);
  printDepth = 1;
}

void printUnlock() {
  if (--printDepth == 0) {
    printOwner.store(nullptr, std::memory_order_relaxed);
    printMutex.unlock();
  }
}

void beginCrashReport() { crashing.store(true, std::memory_order_relaxed); }
void printText(const char *text, size_t size) {
  writeAll(2, text, size);
  if (crashing.load(std::memory_order_relaxed) && crashFile != ~Word(0))
    writeAll(int(crashFile), text, size);
}
void printText(const char *text) { printText(text, __builtin_strlen(text)); }

void printUnsigned(uint64_t value) {
  char buffer[24];
  size_t at = sizeof buffer;
  do {
    buffer[--at] = char('0' + value % 10);
    value /= 10;
  } while (value);
  printText(buffer + at, sizeof buffer - at);
}

void printSigned(int64_t value) {
  if (value < 0) {
    printText("-", 1);
    printUnsigned(0 - uint64_t(value));
  } else {
    printUnsigned(uint64_t(value));
  }
}

void printHex(uint64_t value) {
  char buffer[20];
  size_t at = sizeof buffer;
  do {
    buffer[--at] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value);
  buffer[--at] = 'x';
  buffer[--at] = '0';
  printText(buffer + at, sizeof buffer - at);
}

// Go's println format: +d.dddddde+ddd.
void printFloat(double v) {
  if (v != v)
    return printText("NaN");
  if (v > 1.7976931348623157e308)
    return printText("+Inf");
  if (v < -1.7976931348623157e308)
    return printText("-Inf");
  constexpr int digits = 7;
  char buffer[digits + 7];
  buffer[0] = '+';
  int exponent = 0;
  if (v == 0) {
    if (1 / v < 0)
      buffer[0] = '-';
  } else {
    if (v < 0) {
      v = -v;
      buffer[0] = '-';
    }
    while (v >= 10)
      exponent++, v /= 10;
    while (v < 1)
      exponent--, v *= 10;
    double half = 5;
    for (int i = 0; i < digits; i++)
      half /= 10;
    v += half;
    if (v >= 10)
      exponent++, v /= 10;
  }
  for (int i = 0; i < digits; i++) {
    int digit = int(v);
    buffer[i + 2] = char('0' + digit);
    v = (v - digit) * 10;
  }
  buffer[1] = buffer[2];
  buffer[2] = '.';
  buffer[digits + 2] = 'e';
  buffer[digits + 3] = exponent < 0 ? '-' : '+';
  if (exponent < 0)
    exponent = -exponent;
  buffer[digits + 4] = char('0' + exponent / 100);
  buffer[digits + 5] = char('0' + exponent / 10 % 10);
  buffer[digits + 6] = char('0' + exponent % 10);
  printText(buffer, sizeof buffer);
}

void exitProcess(int status) {
  for (;;)
    rawSyscall(SYS_exit_group, Word(status));
}

namespace {
struct LastWords { const char *prefix, *text; };

STOAT_SYSTEM_STACK void dieOnSystemStack(void *p) {
  const char *prefix = static_cast<LastWords *>(p)->prefix, *text = static_cast<LastWords *>(p)->text;
  // the second thread to die waits for the first one's report; a failure while reporting ends at once
  if (dying.exchange(1) == 0) {
    beginCrashReport();
    char line[256];
    size_t n = 0;
    for (const char *part : {prefix, text, "\n"})
      for (const char *p = part; *p && n < sizeof line; p++)
        line[n++] = *p;
    printText(line, n);
    G *g = getg();
    if (hooks.traceback && g)
      hooks.traceback(g);
    const char *mode = environmentVariable("GOTRACEBACK");
    if (mode && mode[0] == 'c' && mode[1] == 'r')
      __builtin_trap();
  } else if (getg()) {
    sleepThread(int64_t(2) * 1000000000);
  }
  exitProcess(2);
}

STOAT_SWITCHES_STACK [[noreturn]] void die(const char *prefix, const char *text) {
  LastWords words{prefix, text};
  // a goroutine's stack is too small for a traceback
  if (getg() && !onSystemStack())
    stoat_switch_system(dieOnSystemStack, &words);
  dieOnSystemStack(&words);
  __builtin_unreachable();
}
} // namespace

void throwError(const char *text) { die("fatal error: ", text); }
void fatalError(const char *text) { die("fatal error: ", text); }

} // namespace stoat::rt
