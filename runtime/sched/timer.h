// Timers: one heap per P. A timer fires either a C++ function (on the thread's own stack, with a P: sleeping goroutines, poll deadlines) or is queued for
// the timer goroutine, which calls its Go function f(arg, seq, delay) (lib/runtime: loop over stoat_timer_next / stoat_timer_begin).
//
// The Go overlay's runtime.timer has this layout (embedded in time.Timer's runtime twin after {C, initTimer}); f and arg are Go pointers, so the
// object stays alive while the timer is pending (heaps and queue are roots).
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

struct P;
struct G;

struct Timer {
  int64_t when;             // monotonic ns; 0: not armed
  int64_t period;           // 0: once
  FuncVal *f;               // func(arg any, seq uintptr, delay int64), or null for C++ timers
  Eface arg;
  // runtime's own; Go sees uintptr words
  Word state;               // TimerState, atomic
  Word owner;               // P* in whose heap it is
  Word index;               // position there
  Word next;                // queue of fired timers
  Word native;              // void (*)(Timer*, int64_t now): C++ timer
  Word extra;               // C++ timer's own datum
  Word flags;               // TimerFlags, under the queue's lock
};

enum TimerState : Word { timerIdle, timerInHeap, timerChanging };
enum TimerFlags : Word {
  timerQueued = 1,  // in the queue of fired timers
  timerTaken = 2,   // by the timer goroutine, which has not begun its function
};

// Arms (or re-arms) a timer. Returns whether it was pending (in a heap, or fired but its function not yet begun).
bool startTimer(Timer *timer, int64_t when, int64_t period);
bool stopTimer(Timer *timer);
// Timer goroutine: waits for the next fired timer (BLOCKING); `delay` is now - when. A timer that is stopped or reset leaves the queue.
struct FiredTimer { Timer *timer; int64_t delay; };
void nextFiredTimer(FiredTimer &out);
// Whether the timer goroutine may call the function of the timer that it was given last: false if that was stopped or reset since.
bool beginFiredTimer(Timer *timer);
// Collector: every timer that a heap or the queue holds.
void forEachTimer(void (*visit)(Timer *, void *), void *context);
// Fires what is due on any P now (polling receivers of timer channels).
void runDueTimers();
// Parks the goroutine for ns (time.Sleep). BLOCKING.
void sleepGoroutine(int64_t nanoseconds);


} // namespace stoat::rt
