// Small services of the overlay that belong nowhere else (lib/runtime/natives.go).
#include "runtime/base/lock.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/mutate.h"
#include "runtime/lang/lang.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/timer.h"

using namespace stoat::rt;

namespace {
struct StaticWords {
  uint64_t value[256]{};
  constexpr StaticWords() {
    for (unsigned i = 0; i < 256; i++)
      value[i] = i;
  }
};
constexpr StaticWords staticWords;
} // namespace

extern "C" {

const void *stoat_staticwords() { return &staticWords; }
GoLocal *stoat_golocal() { return &getg()->local; }
G *stoat_getg() { return getg(); }
uint64_t stoat_goid() { return getg()->id; }
void stoat_breakpoint() { __builtin_debugtrap(); }

// -- park and wake: wakeToken is 0, or 1 (a wake that came first), or 2 (parked)

void stoat_park_impl(uint8_t reason) {
  park(
      [](G *g, void *) {
        uint32_t none = 0;
        // acq_rel: pairs with stoat_wake
        if (g->wakeToken.compare_exchange_strong(none, 2, std::memory_order_acq_rel))
          return true;
        g->wakeToken.store(0, std::memory_order_relaxed);
        return false;
      },
      nullptr, WaitReason(reason));
}

void stoat_wake_impl(G *g) {
  for (;;) {
    uint32_t token = g->wakeToken.load(std::memory_order_acquire);
    if (token == 1)
      return;
    if (!g->wakeToken.compare_exchange_weak(token, token == 2 ? 0 : 1, std::memory_order_acq_rel))
      continue;
    if (token == 2)
      ready(g);
    return;
  }
}

// -- timers

bool stoat_timer_reset_impl(Timer *timer, int64_t when, int64_t period) { return startTimer(timer, when, period); }
bool stoat_timer_stop_impl(Timer *timer) { return stopTimer(timer); }
void stoat_timer_next_impl(FiredTimer *out) { nextFiredTimer(*out); }
bool stoat_timer_begin_impl(Timer *timer) { return beginFiredTimer(timer); }

// -- pointer stores with barrier

STOAT_BARRIER void stoat_barrier_store(void **slot, void *value) {
  shadeStore(slot, value);
  *slot = value;
}
STOAT_BARRIER void stoat_atomic_storep(void **slot, void *value) {
  if (!mutated(Mutation::AtomicStore))
    shadeStore(slot, value);
  __atomic_store_n(slot, value, __ATOMIC_SEQ_CST);
}
STOAT_BARRIER void *stoat_atomic_swapp(void **slot, void *value) {
  if (!mutated(Mutation::AtomicSwap))
    shadeStore(slot, value);
  return __atomic_exchange_n(slot, value, __ATOMIC_SEQ_CST);
}
STOAT_BARRIER bool stoat_atomic_casp(void **slot, void *old, void *value) {
  if (!mutated(Mutation::AtomicCas))
    shadeStore(slot, value);
  return __atomic_compare_exchange_n(slot, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// -- start

void stoat_random_seed(void *p, Word n);

void stoat_init_lang() {
  uint64_t random[4];
  stoat_random_seed(random, sizeof random);
  seedHash(random);
  initItabs();
  initTraceback();
  initSymbols();
  initSignals();
  hooks.markLangRoots = markReflectRoots;
}
}
