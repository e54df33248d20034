// Futex mutex with three states (after Drepper's "Futexes are tricky", mutex 2) and one-shot notes.
#include "runtime/base/lock.h"
#include "runtime/sys/arch.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

void Mutex::lockSlow() {
  for (int i = 0; i < 60; i++) {
    uint32_t expected = 0;
    if (state_.load(std::memory_order_relaxed) == 0 &&
        state_.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed))
      return;
    cpuRelax();
  }
  while (state_.exchange(2, std::memory_order_acquire) != 0)
    futexWait(&state_, 2);
}

void Mutex::wake() { futexWake(&state_, 1); }

void Note::wake() {
  state_.store(1, std::memory_order_release);   // pairs with the acquire in sleep
  futexWake(&state_, 1);
}

void Note::sleep() {
  while (state_.load(std::memory_order_acquire) == 0)
    futexWait(&state_, 0);
}

bool Note::sleepFor(int64_t nanoseconds) {
  if (nanoseconds < 0) {
    sleep();
    return true;
  }
  int64_t deadline = monotonicNow() + nanoseconds;
  while (state_.load(std::memory_order_acquire) == 0) {
    int64_t rest = deadline - monotonicNow();
    if (rest <= 0)
      return false;
    futexWait(&state_, 0, rest);
  }
  return true;
}

} // namespace stoat::rt
