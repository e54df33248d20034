// Locks and notes of the runtime, on futexes. Locks are ranked: a thread takes them in rising rank only (checked when the runtime is built with
// STOAT_CHECK_LOCKS). While a thread holds one it is not preempted (m->locks) because it reaches no stack check; it must not park a goroutine.
#pragma once
#include "runtime/abi/check.h"
#include <atomic>
#include <cstdint>

namespace stoat::rt {

enum class LockRank : uint8_t {
  Sysmon, Netpoll, PollDesc, Timers, TimerQueue, Sched, AllGs, Channel, Sema, Root, Type, Itab, Reflect, Span, Central, Special, Due, Heap,
  MarkQueue, Stacks, OffHeap, Print
};

class Mutex {
public:
  constexpr explicit Mutex(LockRank rank) : rank_(rank) {}
  STOAT_BLOCKS void lock() {
    uint32_t expected = 0;
    // acquire: pairs with the release in unlock
    if (!state_.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed))
      lockSlow();
  }
  bool tryLock() {
    uint32_t expected = 0;
    return state_.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed);
  }
  void unlock() {
    if (state_.exchange(0, std::memory_order_release) == 2)
      wake();
  }

private:
  void lockSlow();
  void wake();
  std::atomic<uint32_t> state_{0};   // 0 free, 1 held, 2 held with waiters
  [[maybe_unused]] LockRank rank_;
};

class LockGuard {
public:
  explicit LockGuard(Mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
  ~LockGuard() { mutex_.unlock(); }
  LockGuard(const LockGuard &) = delete;
  LockGuard &operator=(const LockGuard &) = delete;

private:
  Mutex &mutex_;
};

// One sleeper, one wake-up; clear() before it is used again. These block the thread, not the goroutine.
class Note {
public:
  void clear() { state_.store(0, std::memory_order_relaxed); }
  void wake();
  STOAT_BLOCKS void sleep();
  STOAT_BLOCKS bool sleepFor(int64_t nanoseconds);   // false: timed out

private:
  std::atomic<uint32_t> state_{0};
};

} // namespace stoat::rt
