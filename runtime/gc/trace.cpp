// Accounts of cycles (trace.h). The format of gctrace is Go's, documented in package runtime's "Environment Variables".
#include "runtime/gc/trace.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/scavenge.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <string.h>

namespace stoat::rt {

constinit TimeHistogram timeHistograms[5]{};

namespace {
struct Trace {
  bool print = false;
  int64_t startOfProgram = 0;
  std::atomic<int64_t> assist{0}, dedicated{0}, idle{0}, pause{0};
};
constinit Trace trace{};

// A line is one write: lines of other threads must not cut it.
struct Line {
  char text[400];
  size_t size = 0;
  Line &put(const char *s) {
    while (*s && size < sizeof text)
      text[size++] = *s++;
    return *this;
  }
  Line &number(uint64_t v, unsigned digits = 1) {
    char buffer[24];
    unsigned n = 0;
    do {
      buffer[n++] = char('0' + v % 10);
      v /= 10;
    } while (v || n < digits);
    while (n && size < sizeof text)
      text[size++] = buffer[--n];
    return *this;
  }
  // Milliseconds: two significant digits below 10, none after the point from 10 on.
  Line &milliseconds(int64_t nanoseconds) {
    uint64_t ns = nanoseconds < 0 ? 0 : uint64_t(nanoseconds);
    if (ns >= 10000000)
      return number(ns / 1000000);
    uint64_t us = ns / 1000;
    if (us == 0)
      return put("0");
    unsigned places = 3;
    while (us >= 100) {
      us /= 10;
      places--;
    }
    uint64_t unit = places == 3 ? 1000 : places == 2 ? 100 : 10;
    return number(us / unit).put(".").number(us % unit, places);
  }
  Line &megabytes(Word bytes) { return number(bytes >> 20); }
};
} // namespace

void TimeHistogram::add(int64_t nanoseconds) {
  unsigned at = 0;
  if (nanoseconds >= 0) {
    uint64_t ns = uint64_t(nanoseconds);
    unsigned length = ns ? 64 - unsigned(__builtin_clzll(ns)) : 0;
    if (length > maxBits)
      at = counts - 1;
    else if (length <= minBits)
      at = 1 + unsigned(ns >> (minBits - subBits));
    else
      at = 1 + ((length - minBits) << subBits) + (unsigned(ns >> (length - 1 - subBits)) & ((1u << subBits) - 1));
  }
  count[at].fetch_add(1, std::memory_order_relaxed);
}

void initTrace() {
  trace.startOfProgram = monotonicNow();
  const char *debug = environmentVariable("GODEBUG");
  while (debug && *debug) {
    if (!strncmp(debug, "gctrace=", 8))
      trace.print = debug[8] >= '1' && debug[8] <= '9';
    const char *comma = strchr(debug, ',');
    debug = comma ? comma + 1 : nullptr;
  }
}

CollectorTime collectorTime() { return {trace.assist.load(), trace.dedicated.load(), trace.idle.load(), trace.pause.load()}; }
int64_t totalCpuTime() { return (monotonicNow() - trace.startOfProgram) * sched.processors; }

void noteCycle(const CycleRecord &c) {
  int64_t stops[2] = {c.markStart - c.start, c.end - c.markEnd};
  trace.assist.fetch_add(c.assist);
  trace.dedicated.fetch_add(c.dedicated);
  trace.idle.fetch_add(c.idle);
  trace.pause.fetch_add((stops[0] + stops[1]) * sched.processors);
  for (int i = 0; i < 2; i++)
    if (stops[i]) {
      notePauseTime(PauseKind::TotalCollection, stops[i]);
      notePauseTime(PauseKind::StoppingCollection, c.stopping[i]);
    }
  notePause(c.start, c.start + stops[0] + stops[1], c.forced);
  scavengeAfterCycle(heapGoal());
  if (!trace.print)
    return;
  CollectorTime t = collectorTime();
  int64_t total = totalCpuTime();
  int64_t percent = total > 0 ? (t.assist + t.dedicated + t.pause) * 100 / total : 0;
  Line line;
  line.put("gc ").number(collectionCount()).put(" @").number(uint64_t(c.start - trace.startOfProgram) / 1000000000).put(".");
  line.number(uint64_t(c.start - trace.startOfProgram) / 1000000 % 1000, 3).put("s ").number(uint64_t(percent)).put("%: ");
  line.milliseconds(stops[0]).put("+").milliseconds(c.markEnd - c.markStart).put("+").milliseconds(stops[1]).put(" ms clock, ");
  line.milliseconds(stops[0] * sched.processors).put("+").milliseconds(c.assist).put("/").milliseconds(c.dedicated).put("/").milliseconds(c.idle);
  line.put("+").milliseconds(stops[1] * sched.processors).put(" ms cpu, ");
  line.megabytes(c.heapStart).put("->").megabytes(c.heapEnd).put("->").megabytes(c.heapMarked).put(" MB, ");
  line.megabytes(c.goal).put(" MB goal, ").megabytes(c.stackBytes).put(" MB stacks, ").megabytes(c.globalBytes).put(" MB globals, ");
  line.number(uint64_t(sched.processors)).put(" P").put(c.forced ? " (forced)\n" : "\n");
  printText(line.text, line.size);
}

} // namespace stoat::rt
