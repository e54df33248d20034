// When a cycle begins, and how much the program helps marking, so that it ends at the goal: Go's pacer (the "GC pacer redesign" of 1.18), in its essentials.
//
//   base    = marked + what was allocated while marking, which counts as live for want of better knowledge. Most of it is dead soon: in a small heap, where a program that allocates
//             fast allocates half of it again meanwhile, it counts a quarter (trees 18: peak memory 34 MB, with a half 38, with none 29 but 12 % more CPU; gc 32 to 45); from 128 MB
//             marked on more, from 512 MB on all of it (1 GB live: three cycles instead of four)
//   goal    = base + (base + stacks + globals) * GOGC / 100, or what the memory limit leaves
//   trigger = goal - runway, runway = consMark * expected scan * (1 - u) / u, u = 25 %: what the program allocates while a quarter of the Ps marks
//   consMark = bytes allocated per CPU second of the program / bytes scanned per CPU second of marking, measured by the last cycles
//   assist  = scan work left / bytes left to the goal, for each byte allocated
#pragma once
#include "runtime/abi/layout.h"
#include <atomic>

namespace stoat::rt {

inline constexpr double markUtilization = 0.25;

struct Pacer {
  std::atomic<int32_t> percent{100};       // GOGC; -1: off
  std::atomic<Word> goal{4 << 20};         // of heap.live
  Word base = 0, live = 0;                 // after the last cycle; live with all that was allocated while it marked
  Word heapScan = 0, rootScan = 0;         // bytes scanned by the last cycle
  double consMark = 0.5;                   // until it has been measured: early cycles begin early
  // of the running cycle
  Word liveAtStart = 0, expectedScan = 0;
  std::atomic<float> assistPerByte{0};
};
extern Pacer pacer;

// GOGC, the limit or the live heap changed: computes goal and heap.trigger.
void setGoal();
void beginPacing();                         // world stopped
void reviseAssist();                        // any time while marking
// World stopped, marking done: bytes marked, allocated meanwhile, and scanned; durations in ns, markTime of all CPUs.
void endPacing(Word marked, Word allocated, Word scanned, int64_t wall, int64_t markTime);

} // namespace stoat::rt
