// Run queues. The local queue is a ring with one producer (the P's owner) and many consumers (owner and thieves), as Go's: head is advanced by
// compare-exchange with release; the producer publishes a slot by a release store of tail.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

void GQueue::pushBack(G *g) {
  g->schedLink = nullptr;
  if (tail)
    tail->schedLink = g;
  else
    head = g;
  tail = g;
  size++;
}

void GQueue::pushFront(G *g) {
  g->schedLink = head;
  head = g;
  if (!tail)
    tail = g;
  size++;
}

G *GQueue::pop() {
  G *g = head;
  if (!g)
    return nullptr;
  head = g->schedLink;
  if (!head)
    tail = nullptr;
  g->schedLink = nullptr;
  size--;
  return g;
}

void GQueue::append(GQueue &other) {
  if (!other.head)
    return;
  if (tail)
    tail->schedLink = other.head;
  else
    head = other.head;
  tail = other.tail;
  size += other.size;
  other = GQueue();
}

// The queue is full: half of it and g go to the global queue.
static bool putSlow(P *p, G *g, uint32_t head) {
  constexpr uint32_t half = P::queueSize / 2;
  G *batch[half + 1];
  for (uint32_t i = 0; i < half; i++)
    batch[i] = p->queue[(head + i) % P::queueSize].load(std::memory_order_relaxed);
  if (!p->queueHead.compare_exchange_strong(head, head + half, std::memory_order_release))
    return false;
  batch[half] = g;
  LockGuard guard(sched.lock);
  for (G *each : batch)
    sched.global.pushBack(each);
  sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
  return true;
}

void queuePut(P *p, G *g, bool next) {
  if (next) {
    G *old = p->runNext.exchange(g, std::memory_order_acq_rel);
    if (!old)
      return;
    g = old;
  }
  for (;;) {
    uint32_t head = p->queueHead.load(std::memory_order_acquire);   // pairs with consumers
    uint32_t tail = p->queueTail.load(std::memory_order_relaxed);
    if (tail - head < P::queueSize) {
      p->queue[tail % P::queueSize].store(g, std::memory_order_relaxed);
      p->queueTail.store(tail + 1, std::memory_order_release);
      return;
    }
    if (putSlow(p, g, head))
      return;
  }
}

G *queueGet(P *p, bool &inheritTime) {
  G *next = p->runNext.load(std::memory_order_relaxed);
  if (next && p->runNext.compare_exchange_strong(next, nullptr, std::memory_order_acq_rel)) {
    inheritTime = true;
    return next;
  }
  inheritTime = false;
  for (;;) {
    uint32_t head = p->queueHead.load(std::memory_order_acquire);
    uint32_t tail = p->queueTail.load(std::memory_order_relaxed);
    if (head == tail)
      return nullptr;
    G *g = p->queue[head % P::queueSize].load(std::memory_order_relaxed);
    if (p->queueHead.compare_exchange_strong(head, head + 1, std::memory_order_release))
      return g;
  }
}

bool queueEmpty(P *p) {
  // runNext is looked at twice around head and tail: a G may move from runNext to the ring between the reads
  for (;;) {
    uint32_t head = p->queueHead.load(std::memory_order_acquire);
    uint32_t tail = p->queueTail.load(std::memory_order_acquire);
    G *next = p->runNext.load(std::memory_order_acquire);
    if (tail == p->queueTail.load(std::memory_order_acquire))
      return head == tail && !next;
  }
}

G *queueSteal(P *thief, P *victim, bool stealNext) {
  uint32_t myTail = thief->queueTail.load(std::memory_order_relaxed);
  for (;;) {
    uint32_t head = victim->queueHead.load(std::memory_order_acquire);
    uint32_t tail = victim->queueTail.load(std::memory_order_acquire);
    uint32_t n = tail - head;
    n -= n / 2;
    if (n == 0) {
      if (!stealNext)
        return nullptr;
      G *next = victim->runNext.load(std::memory_order_acquire);
      if (!next)
        return nullptr;
      // The owner most likely is about to run it; let it, unless it is busy.
      if (victim->status.load(std::memory_order_relaxed) == PStatus::Running)
        sleepThread(3000);
      if (!victim->runNext.compare_exchange_strong(next, nullptr, std::memory_order_acq_rel))
        continue;
      return next;
    }
    if (n > P::queueSize / 2)
      continue;   // torn read of head and tail
    for (uint32_t i = 0; i < n; i++)
      thief->queue[(myTail + i) % P::queueSize].store(victim->queue[(head + i) % P::queueSize].load(std::memory_order_relaxed), std::memory_order_relaxed);
    if (victim->queueHead.compare_exchange_strong(head, head + n, std::memory_order_release)) {
      n--;
      G *g = thief->queue[(myTail + n) % P::queueSize].load(std::memory_order_relaxed);
      if (n)
        thief->queueTail.store(myTail + n, std::memory_order_release);
      return g;
    }
  }
}

void globalPut(G *g) {
  LockGuard guard(sched.lock);
  sched.global.pushBack(g);
  sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
}

G *globalGet(P *p, uint32_t max) {
  if (!sched.global.size)
    return nullptr;
  uint32_t n = sched.global.size / uint32_t(sched.processors) + 1;
  if (n > sched.global.size)
    n = sched.global.size;
  if (max && n > max)
    n = max;
  if (n > P::queueSize / 2)
    n = P::queueSize / 2;
  G *g = sched.global.pop();
  // only into an own queue with room: putSlow would take the lock we hold
  uint32_t room = P::queueSize - (p->queueTail.load(std::memory_order_relaxed) - p->queueHead.load(std::memory_order_acquire));
  for (n--; n && room; n--, room--)
    queuePut(p, sched.global.pop(), false);
  sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
  return g;
}

void injectGs(GQueue &list) {
  if (!list.head)
    return;
  uint32_t n = list.size;
  for (G *g = list.head; g; g = g->schedLink)
    g->status.store(GStatus::Runnable, std::memory_order_release);
  {
    LockGuard guard(sched.lock);
    sched.global.append(list);
    sched.globalSize.store(sched.global.size, std::memory_order_relaxed);
  }
  for (; n && sched.idlePCount.load(std::memory_order_relaxed) > 0; n--)
    startM(nullptr, false);
}

} // namespace stoat::rt
