// The pacer (pacer.h).
#include "runtime/gc/pacer.h"
#include "runtime/gc/policy.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"

namespace stoat::rt {

constinit Pacer pacer{};

namespace {
constexpr Word noGoal = ~Word(0) / 2;
constexpr double largeHeap = 512 << 20;

double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
} // namespace

void setGoal() {
  int32_t percent = pacer.percent.load(std::memory_order_relaxed);
  double goal = double(noGoal), base = double(pacer.base), live = double(pacer.live);
  if (percent >= 0) {
    double floor = double(4 << 20) * percent / 100;
    goal = base + (base + double(pacer.rootScan)) * percent / 100;
    if (goal < floor)
      goal = floor;
  }
  double atLimit = double(heapGoalOfLimit(pacer.live));
  if (goal > atLimit)
    goal = atLimit;
  if (goal > double(noGoal))
    goal = double(noGoal);
  double room = goal > live ? goal - live : 0;
  double runway = pacer.consMark * double(pacer.heapScan + pacer.rootScan) * (1 - markUtilization) / markUtilization;
  // Never so early that cycles follow each other without pause, never so late that a change of pace cannot be met.
  double trigger = live + clamp(room - runway, 0.7 * room, 0.95 * room);
  pacer.goal.store(Word(goal), std::memory_order_relaxed);
  heap.trigger.store(Word(trigger), std::memory_order_relaxed);
}

void beginPacing() {
  pacer.liveAtStart = heap.live.load(std::memory_order_relaxed) - unusedInCaches();
  pacer.expectedScan = pacer.heapScan + pacer.rootScan;
  reviseAssist();
}

void reviseAssist() {
  double live = double(heap.live.load(std::memory_order_relaxed)), goal = double(pacer.goal.load(std::memory_order_relaxed));
  double done = double(scannedBytes()), expected = double(pacer.expectedScan);
  if (done > expected * 0.95 || live > goal) {
    // The heap has grown more than was thought: all that was live may have to be scanned, and the goal is what the next one would be, at least 10 % more.
    double most = double(pacer.liveAtStart + pacer.rootScan);
    if (expected < most)
      expected = most;
    if (goal < live * 1.1)
      goal = live * 1.1;
  }
  double left = expected - done, room = goal - live;
  if (left < 4096)
    left = 4096;
  if (room < 65536)
    room = 65536;
  pacer.assistPerByte.store(float(left / room), std::memory_order_relaxed);
}

void endPacing(Word marked, Word allocated, Word scannedBytes, int64_t wall, int64_t markTime) {
  double scanned = double(scannedBytes);
  double program = double(wall) * sched.processors - double(markTime);
  if (allocated > 0 && scanned > 0 && markTime > 0 && program > 0) {
    double now = (double(allocated) / program) / (scanned / double(markTime));
    pacer.consMark = (pacer.consMark + now) / 2;
  }
  pacer.rootScan = globalRootBytes() + stackBytesScanned();
  pacer.heapScan = scanned > double(pacer.rootScan) ? Word(scanned) - pacer.rootScan : 0;
  pacer.base = marked + Word(double(allocated) * clamp(double(marked) / largeHeap, 0.25, 1));
  pacer.live = marked + allocated;
}

} // namespace stoat::rt
