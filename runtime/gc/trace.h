// What the collector tells about its cycles: GODEBUG=gctrace=1, MemStats' pauses, runtime/metrics.
#pragma once
#include "runtime/abi/layout.h"
#include <atomic>

namespace stoat::rt {

// One cycle, filled by whoever drives it. Times are of monotonicNow, in order.
struct CycleRecord {
  int64_t start = 0;        // the first stop began
  int64_t markStart = 0;    // the world went on, marking
  int64_t markEnd = 0;      // the second stop began
  int64_t end = 0;          // and ended. A cycle in one stop has start == markStart == markEnd
  int64_t stopping[2] = {}; // of each stop, until all threads stood still
  int64_t assist = 0, dedicated = 0, idle = 0;   // CPU time of marking beside the stops
  Word heapStart = 0, heapEnd = 0, heapMarked = 0; // bytes when marking began, when it ended, reachable
  Word goal = 0;            // bytes that the cycle was to end at
  Word stackBytes = 0, globalBytes = 0;          // scanned
  bool forced = false;
};

// Once a cycle, world stopped or not; prints the line of gctrace.
void noteCycle(const CycleRecord &cycle);
void initTrace();

// CPU time of the collector since the start, by class.
struct CollectorTime { int64_t assist, dedicated, idle, pause; };
CollectorTime collectorTime();
// GOMAXPROCS times time since the start.
int64_t totalCpuTime();

// Durations in the buckets of gc's histograms: four linear parts of each power of two from 2^9 to 2^48 ns; below 2^9 four parts of 128 ns.
struct TimeHistogram {
  static constexpr unsigned minBits = 9, maxBits = 48, subBits = 2, buckets = (maxBits - minBits + 1) << subBits, counts = buckets + 2;
  std::atomic<uint64_t> count[counts];   // [0]: negative, last: 2^48 and more
  void add(int64_t nanoseconds);
};
enum class PauseKind : uint8_t { TotalCollection, TotalOther, StoppingCollection, StoppingOther, Latency };
extern TimeHistogram timeHistograms[5];
inline void notePauseTime(PauseKind kind, int64_t nanoseconds) { timeHistograms[int(kind)].add(nanoseconds); }

} // namespace stoat::rt
