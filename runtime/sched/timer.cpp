// Timers in one 4-ary heap per P (as Go's), sleeping goroutines, and the queue of fired Go timers.
//
// A timer's state word serialises its users: whoever has moved it to Changing owns it. Lock order: state word, then a heap's lock; the code that pops a
// heap already holds the lock and only *tries* the state word. A heap's firstWhen (0: empty) is read without lock.
#include "runtime/sched/timer.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

struct TimerHeap {
  Mutex lock{LockRank::Timers};
  STOAT_HEAP_ELEMENTS Timer **entries = nullptr; // scanned under lock
  Word count = 0, capacity = 0;
  std::atomic<int64_t> firstWhen{0};
};

namespace {
constinit Mutex queueLock{LockRank::TimerQueue};
STOAT_HEAP constinit Timer *queueHead = nullptr, *queueTail = nullptr;   // under queueLock
constinit G *queueWaiter = nullptr;                            // the timer goroutine, parked; under queueLock

void place(TimerHeap *h, Word i, Timer *t) {
  movePointer(h->entries[i], t);
  t->index = i;
}

void siftUp(TimerHeap *h, Word i) {
  Timer *t = h->entries[i];
  while (i > 0) {
    Word parent = (i - 1) / 4;
    if (h->entries[parent]->when <= t->when)
      break;
    place(h, i, h->entries[parent]);
    i = parent;
  }
  place(h, i, t);
}

void siftDown(TimerHeap *h, Word i) {
  Timer *t = h->entries[i];
  for (;;) {
    Word first = 4 * i + 1;
    if (first >= h->count)
      break;
    Word best = first;
    for (Word c = first + 1; c < first + 4 && c < h->count; c++)
      if (h->entries[c]->when < h->entries[best]->when)
        best = c;
    if (h->entries[best]->when >= t->when)
      break;
    place(h, i, h->entries[best]);
    i = best;
  }
  place(h, i, t);
}

void updateFirst(TimerHeap *h) { h->firstWhen.store(h->count ? h->entries[0]->when : 0, std::memory_order_seq_cst); }

void insert(TimerHeap *h, P *p, Timer *t) {
  if (h->count == h->capacity) {
    Word capacity = h->capacity ? h->capacity * 2 : 16;
    Timer **entries = static_cast<Timer **>(offHeapAlloc(capacity * sizeof(Timer *)));
    for (Word i = 0; i < h->count; i++)
      entries[i] = h->entries[i];
    if (h->entries)
      offHeapFree(h->entries, h->capacity * sizeof(Timer *));
    h->entries = entries;
    h->capacity = capacity;
  }
  t->owner = Word(p);
  initPointer(h->entries[h->count], t);   // heaps of timers are roots that may have been looked at in this cycle
  h->count++;
  siftUp(h, h->count - 1);
  updateFirst(h);
}

void removeAt(TimerHeap *h, Word i) {
  shade(h->entries[i]);   // it may be looked at no more in this cycle
  Timer *last = h->entries[--h->count];
  movePointer(h->entries[h->count], static_cast<Timer *>(nullptr));
  if (i < h->count) {
    place(h, i, last);
    siftUp(h, i);
    siftDown(h, last->index);
  }
  updateFirst(h);
}

Word lockState(Timer *t) {
  for (;;) {
    Word state = __atomic_load_n(&t->state, __ATOMIC_ACQUIRE);
    if (state != timerChanging && __atomic_compare_exchange_n(&t->state, &state, Word(timerChanging), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return state;
    cpuRelax();
  }
}

void setState(Timer *t, Word state) { __atomic_store_n(&t->state, state, __ATOMIC_RELEASE); }

bool removeFromQueue(Timer *t) {
  LockGuard guard(queueLock);
  bool taken = t->flags & timerTaken;
  t->flags &= ~timerTaken;
  if (!(t->flags & timerQueued))
    return taken;
  Timer *previous = nullptr;
  for (Timer *each = queueHead; each; previous = each, each = reinterpret_cast<Timer *>(each->next))
    if (each == t) {
      Timer *next = reinterpret_cast<Timer *>(t->next);
      if (previous)
        previous->next = Word(next);
      else
        movePointer(queueHead, next);
      if (queueTail == t)
        movePointer(queueTail, previous);
      break;
    }
  t->next = 0;
  t->flags &= ~timerQueued;
  shade(t);
  return true;
}

// A Go timer has fired.
void enqueue(Timer *t) {
  G *waiter;
  {
    LockGuard guard(queueLock);
    if (t->flags & timerQueued)
      return;   // a ticker whose last tick has not been delivered yet
    t->flags |= timerQueued;
    t->next = 0;
    if (queueTail)
      queueTail->next = Word(t);
    else
      movePointer(queueHead, t);
    initPointer(queueTail, t); // it has left its heap, which may not have been scanned yet
    waiter = queueWaiter;
    queueWaiter = nullptr;
  }
  if (waiter)
    ready(waiter);
}

// A new first timer: the thread that sleeps in the poller must not oversleep it.
void wakePoller(int64_t when) {
  if (sched.lastPoll.load(std::memory_order_seq_cst) == 0) {
    int64_t until = sched.pollUntil.load(std::memory_order_seq_cst);
    if (until == 0 || until > when)
      netpollBreak();
  } else {
    wakeAnother();
  }
}

bool isDisarmed(Timer *t, Word state) {
  bool pending = removeFromQueue(t);
  if (state == timerInHeap) {
    P *owner = reinterpret_cast<P *>(t->owner);
    LockGuard guard(owner->timers->lock);
    removeAt(owner->timers, t->index);
    pending = true;
  }
  return pending;
}
} // namespace

void initTimers(P *p) { p->timers = offHeapNew<TimerHeap>(); }

bool startTimer(Timer *t, int64_t when, int64_t period) {
  if (when <= 0)
    when = when < 0 ? INT64_MAX : 1;   // overflow of now + delay means for ever
  Word state = lockState(t);
  bool pending = isDisarmed(t, state);
  t->when = when;
  t->period = period;
  P *p = getg()->m->p;
  bool first;
  {
    LockGuard guard(p->timers->lock);
    insert(p->timers, p, t);
    first = t->index == 0;
  }
  setState(t, timerInHeap);
  if (first)
    wakePoller(when);
  return pending;
}

bool stopTimer(Timer *t) {
  Word state = lockState(t);
  bool pending = isDisarmed(t, state);
  setState(t, timerIdle);
  return pending;
}

int64_t nextTimerOfAll() {
  int64_t best = 0;
  for (int32_t i = 0; i < sched.processors; i++) {
    int64_t when = allPs[i]->timers->firstWhen.load(std::memory_order_seq_cst);
    if (when && (!best || when < best))
      best = when;
  }
  return best;
}

int64_t checkTimers(P *p, int64_t &now) {
  TimerHeap *h = p->timers;
  for (;;) {
    int64_t when = h->firstWhen.load(std::memory_order_acquire);
    if (!when)
      return 0;
    if (!now)
      now = monotonicNow();
    if (when > now)
      return when;
    h->lock.lock();
    if (!h->count || h->entries[0]->when > now) {
      h->lock.unlock();
      continue;
    }
    Timer *t = h->entries[0];
    Word expected = timerInHeap;
    if (!__atomic_compare_exchange_n(&t->state, &expected, Word(timerChanging), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
      h->lock.unlock();   // somebody stops it and waits for our lock
      cpuRelax();
      continue;
    }
    bool again = t->period > 0;
    if (again) {
      t->when += t->period * (1 + (now - t->when) / t->period);
      if (t->when < 0)
        t->when = INT64_MAX;
      siftDown(h, 0);
      updateFirst(h);
    } else {
      removeAt(h, 0);
    }
    h->lock.unlock();
    auto native = reinterpret_cast<void (*)(Timer *, int64_t)>(t->native);
    if (native) {
      setState(t, again ? timerInHeap : timerIdle);
      native(t, now);
    } else {
      enqueue(t);
      setState(t, again ? timerInHeap : timerIdle);
    }
  }
}

void moveTimers(P *from, P *to) {
  TimerHeap *h = from->timers;
  while (h->count) {
    Timer *t = h->entries[0];
    Word state = lockState(t);
    removeAt(h, t->index);
    insert(to->timers, to, t);
    setState(t, state);
  }
}

void forEachTimer(void (*visit)(Timer *, void *), void *context) {
  for (int32_t i = 0; i < sched.processors; i++) {
    TimerHeap *h = allPs[i]->timers;
    LockGuard guard(h->lock);
    for (Word k = 0; k < h->count; k++)
      visit(h->entries[k], context);
  }
  LockGuard guard(queueLock);
  for (Timer *t = queueHead; t; t = reinterpret_cast<Timer *>(t->next))
    visit(t, context);
}

void runDueTimers() {
  int64_t now = monotonicNow();
  for (int32_t i = 0; i < sched.processors; i++)
    checkTimers(allPs[i], now);
}

static bool waitForQueue(G *g, void *) {
  queueWaiter = g;
  queueLock.unlock();
  return true;
}

void nextFiredTimer(FiredTimer &out) {
  out.timer = nullptr;   // what it gave last must not be kept by this stack while it waits
  for (;;) {
    queueLock.lock();
    Timer *t = queueHead;
    if (!t) {
      forgetDeadWords();
      park(waitForQueue, nullptr, WaitReason::TimerWait);
      continue;
    }
    movePointer(queueHead, reinterpret_cast<Timer *>(t->next));
    if (!queueHead)
      movePointer(queueTail, static_cast<Timer *>(nullptr));
    t->next = 0;
    t->flags = (t->flags & ~timerQueued) | timerTaken;
    shade(t);   // the stack that gets it may have been scanned already
    out.timer = t;
    out.delay = monotonicNow() - (t->period > 0 ? t->when - t->period : t->when);
    if (out.delay < 0)
      out.delay = 0;
    queueLock.unlock();
    return;
  }
}

bool beginFiredTimer(Timer *t) {
  LockGuard guard(queueLock);
  bool taken = t->flags & timerTaken;
  t->flags &= ~timerTaken;
  return taken;
}

static void wakeSleeper(Timer *t, int64_t) { ready(reinterpret_cast<G *>(t->extra)); }

static bool armSleep(G *g, void *) {
  startTimer(g->sleepTimer, g->sleepUntil, 0);
  return true;
}

void sleepGoroutine(int64_t nanoseconds) {
  if (nanoseconds <= 0)
    return;
  G *g = getg();
  if (!g->sleepTimer) {
    Timer *t = offHeapNew<Timer>();
    t->native = Word(wakeSleeper);
    t->extra = Word(g);
    g->sleepTimer = t;
  }
  g->sleepUntil = monotonicNow() + nanoseconds;
  if (g->sleepUntil < 0)
    g->sleepUntil = INT64_MAX;
  park(armSleep, nullptr, WaitReason::Sleep);
}

} // namespace stoat::rt
