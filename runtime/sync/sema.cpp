// Semaphores (a futex for goroutines, keyed by address) and the ticket list of sync.Cond. Algorithms of Go's runtime (sema.go).
//
// A waiter raises `waiting` of its bucket before it looks at the count again, and a release raises the count before it looks at `waiting`: so one of
// the two sees the other. Lock order: buckets and notify locks are leaves of rank Sema.
#include "runtime/base/print.h"
#include "runtime/sched/sched.h"

using namespace stoat::rt;

namespace {

struct SemaWaiter {
  G *g;
  uint32_t *address;
  SemaWaiter *next;      // of the same address
  SemaWaiter *last;      // kept by the first one
  SemaWaiter *nextHead;  // first one of another address
  bool handedOver;
  uint32_t ticket;       // notify list
};

struct alignas(64) Bucket {
  Mutex lock{LockRank::Sema};
  std::atomic<uint32_t> waiting{0};
  SemaWaiter *heads = nullptr;
};

constexpr uint32_t bucketCount = 512;
constinit Bucket buckets[bucketCount];
struct alignas(64) NotifyLock {
  Mutex lock{LockRank::Sema};
};
constinit NotifyLock notifyLocks[64];

Word mix(const void *address) { return (reinterpret_cast<Word>(address) >> 3) * Word(0x9e3779b1u) >> 7; }
Bucket &bucketOf(const void *address) { return buckets[mix(address) % bucketCount]; }
Mutex &notifyLockOf(const void *list) { return notifyLocks[mix(list) % 64].lock; }

bool take(uint32_t *address) {
  uint32_t value = __atomic_load_n(address, __ATOMIC_RELAXED);
  while (value)
    if (__atomic_compare_exchange_n(address, &value, value - 1, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
      return true;
  return false;
}

SemaWaiter **findHead(Bucket &bucket, uint32_t *address) {
  SemaWaiter **at = &bucket.heads;
  while (*at && (*at)->address != address)
    at = &(*at)->nextHead;
  return at;
}

void enqueue(Bucket &bucket, SemaWaiter *waiter, bool first) {
  SemaWaiter **at = findHead(bucket, waiter->address);
  SemaWaiter *head = *at;
  if (!head) {
    waiter->last = waiter;
    *at = waiter;
  } else if (first) {
    waiter->next = head;
    waiter->last = head->last;
    waiter->nextHead = head->nextHead;
    *at = waiter;
  } else {
    head->last->next = waiter;
    head->last = waiter;
  }
}

SemaWaiter *dequeue(Bucket &bucket, uint32_t *address) {
  SemaWaiter **at = findHead(bucket, address);
  SemaWaiter *head = *at;
  if (!head)
    return nullptr;
  if (SemaWaiter *next = head->next) {
    next->last = head->last;
    next->nextHead = head->nextHead;
    *at = next;
  } else {
    *at = head->nextHead;
  }
  return head;
}

struct NotifyList {
  uint32_t wait, notify;
  Word lock; // unused: hashed locks
  SemaWaiter *head, *tail;
};

bool before(uint32_t a, uint32_t b) { return int32_t(a - b) < 0; }

} // namespace

extern "C" {

void stoat_semacquire_impl(uint32_t *address, bool lifo, uint8_t reason) {
  for (;;) {
    SemaWaiter self = {getg(), address, nullptr, nullptr, nullptr, false, 0};
    Bucket &bucket = bucketOf(address);
    bucket.lock.lock();
    bucket.waiting.fetch_add(1, std::memory_order_seq_cst);
    if (take(address)) {
      bucket.waiting.fetch_sub(1, std::memory_order_relaxed);
      bucket.lock.unlock();
      return;
    }
    enqueue(bucket, &self, lifo);
    parkUnlock(&bucket.lock, WaitReason(reason));
    if (self.handedOver || take(address))
      return;
  }
}

void stoat_semrelease_impl(uint32_t *address, bool handOff) {
  __atomic_fetch_add(address, 1, __ATOMIC_SEQ_CST);
  Bucket &bucket = bucketOf(address);
  if (!bucket.waiting.load(std::memory_order_seq_cst))
    return;
  bucket.lock.lock();
  SemaWaiter *waiter = bucket.waiting.load(std::memory_order_relaxed) ? dequeue(bucket, address) : nullptr;
  if (waiter)
    bucket.waiting.fetch_sub(1, std::memory_order_relaxed);
  bucket.lock.unlock();
  if (!waiter)
    return;
  bool given = handOff && take(address);
  waiter->handedOver = given;
  ready(waiter->g);
  if (given)
    yieldNow(); // the waiter runs next on this processor
}

void stoat_notify_wait_impl(NotifyList *list, uint32_t ticket) {
  Mutex &lock = notifyLockOf(list);
  lock.lock();
  if (before(ticket, __atomic_load_n(&list->notify, __ATOMIC_RELAXED))) {
    lock.unlock();
    return;
  }
  SemaWaiter self = {getg(), nullptr, nullptr, nullptr, nullptr, false, ticket};
  (list->tail ? list->tail->next : list->head) = &self;
  list->tail = &self;
  parkUnlock(&lock, WaitReason::SyncCondWait);
}

void stoat_notify_all_impl(NotifyList *list) {
  Mutex &lock = notifyLockOf(list);
  lock.lock();
  SemaWaiter *waiter = list->head;
  list->head = list->tail = nullptr;
  __atomic_store_n(&list->notify, __atomic_load_n(&list->wait, __ATOMIC_SEQ_CST), __ATOMIC_SEQ_CST);
  lock.unlock();
  while (waiter) {
    SemaWaiter *next = waiter->next;
    ready(waiter->g);
    waiter = next;
  }
}

void stoat_notify_one_impl(NotifyList *list) {
  Mutex &lock = notifyLockOf(list);
  lock.lock();
  uint32_t ticket = __atomic_load_n(&list->notify, __ATOMIC_RELAXED);
  if (ticket == __atomic_load_n(&list->wait, __ATOMIC_SEQ_CST)) {
    lock.unlock();
    return;
  }
  __atomic_store_n(&list->notify, ticket + 1, __ATOMIC_SEQ_CST);
  // The waiter with that ticket may not be on the list yet: then it will see notify when it comes.
  for (SemaWaiter *previous = nullptr, *waiter = list->head; waiter; previous = waiter, waiter = waiter->next) {
    if (waiter->ticket != ticket)
      continue;
    (previous ? previous->next : list->head) = waiter->next;
    if (list->tail == waiter)
      list->tail = previous;
    lock.unlock();
    ready(waiter->g);
    return;
  }
  lock.unlock();
}
}
