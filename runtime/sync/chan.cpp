// Channel operations; the algorithm is that of Go's runtime (chan.go): direct hand-over to a waiting goroutine, else the buffer, else wait.
//
// A send to a waiting receiver writes to another goroutine's stack: the only place where that happens. The collector takes a blocked
// goroutine's stack as finished once it has scanned it, so every pointer that is copied there is shaded by the element type's mask
// (typeBitsBulkBarrier), with nothing between the copy and the barrier that could stop this thread or end a cycle.
#include "runtime/sync/chan.h"
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/gc/mutate.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"

namespace stoat::rt {

namespace {

// Of the header, the buffer is the only pointer that the collector has to know.
constexpr uint8_t chanMask[sizeof(Word)] = {1 << (offsetof(Chan, buffer) / sizeof(Word))};
static_assert(offsetof(Chan, buffer) / sizeof(Word) < 8);
constexpr Type chanType = {
    sizeof(Chan), offsetof(Chan, buffer) + sizeof(void *), 0x63686e00, 0, alignof(Chan), alignof(Chan), Kind::Struct, nullptr, chanMask, 0, 0};

void unlockChan(void *c) { static_cast<Chan *>(c)->lock.unlock(); }

// leftOut: a test's build without that barrier (gc/mutate.h).
void copyAcross(const Type *type, void *dst, const void *src, Mutation leftOut) {
  if (!type->size)
    return;
  memoryMove(dst, src, type->size);
  if (!type->hasPointers())
    return;
  if (hooks.betweenCopyAndBarrier)
    hooks.betweenCopyAndBarrier();
  if (!mutated(leftOut))
    typeBitsBulkBarrier(type, dst, type->size);
}

} // namespace

void WaitQueue::push(Waiter *waiter) {
  waiter->next = nullptr;
  waiter->previous = last;
  (last ? last->next : first) = waiter;
  last = waiter;
}

void WaitQueue::remove(Waiter *waiter) {
  if (!waiter->previous && !waiter->next && first != waiter)
    return; // was popped before
  (waiter->previous ? waiter->previous->next : first) = waiter->next;
  (waiter->next ? waiter->next->previous : last) = waiter->previous;
  waiter->next = waiter->previous = nullptr;
}

Waiter *WaitQueue::pop() {
  for (;;) {
    Waiter *waiter = first;
    if (!waiter)
      return nullptr;
    remove(waiter);
    uint32_t no = 0;
    // acq_rel: pairs with the same exchange on another channel of that select
    if (waiter->isSelect && !waiter->g->selectDone.compare_exchange_strong(no, 1, std::memory_order_acq_rel))
      continue;
    return waiter;
  }
}

void clearElem(Chan *c, void *elem) {
  if (elem && c->elem->size)
    typedMemoryClear(c->elem, elem);
}

void sendTo(Chan *c, Waiter *receiver, const void *elem, Unlock unlock, void *context) {
  if (receiver->elem)
    copyAcross(c->elem, receiver->elem, elem, receiver->isSelect ? Mutation::SelectSend : Mutation::ChanSend);
  receiver->success = true;
  G *g = receiver->g;
  g->waking = receiver;
  unlock(context);
  ready(g);
}

void receiveFrom(Chan *c, Waiter *sender, void *elem, Unlock unlock, void *context) {
  if (!c->capacity) {
    if (elem)
      copyAcross(c->elem, elem, sender->elem, sender->isSelect ? Mutation::SelectReceive : Mutation::ChanReceive);
  } else {
    // The buffer is full: its head goes to us, the sender's value to the place that becomes the tail.
    void *slot = c->slot(c->receiveIndex);
    if (elem)
      typedMemoryMove(c->elem, elem, slot);
    typedMemoryMove(c->elem, slot, sender->elem);
    c->receiveIndex = c->sendIndex = c->after(c->receiveIndex);
  }
  sender->success = true;
  G *g = sender->g;
  g->waking = sender;
  unlock(context);
  ready(g);
}

void putBuffer(Chan *c, const void *elem) {
  typedMemoryMove(c->elem, c->slot(c->sendIndex), elem);
  c->sendIndex = c->after(c->sendIndex);
  c->setCount(c->count() + 1);
}

void takeBuffer(Chan *c, void *elem) {
  void *slot = c->slot(c->receiveIndex);
  if (elem)
    typedMemoryMove(c->elem, elem, slot);
  typedMemoryClear(c->elem, slot);
  c->receiveIndex = c->after(c->receiveIndex);
  c->setCount(c->count() - 1);
}

// -- panics, raised by the overlay on this goroutine's stack

extern "C" {
void goPanicSendClosed() asm("runtime.panicSendClosed");
void goPanicCloseClosed() asm("runtime.panicCloseClosed");
void goPanicCloseNil() asm("runtime.panicCloseNil");
}

namespace {
[[noreturn]] void raise(void (*code)()) {
  FuncVal fn = {reinterpret_cast<void *>(code)};
  stoat_callgo(&fn);
  throwError("channel panic returned");
}
} // namespace

void panicSendClosed() { raise(goPanicSendClosed); }

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

void *stoat_makechan_impl(const ChanType *type, intptr_t size) {
  const Type *elem = type->elem;
  Chan *c;
  if (!elem->size || !size) {
    c = static_cast<Chan *>(allocBytes(sizeof(Chan), true));
    initPointer(c->buffer, reinterpret_cast<uint8_t *>(c)); // never read, but not null for zero-size elements
  } else if (!elem->hasPointers()) {
    constexpr Word header = (sizeof(Chan) + 15) & ~Word(15);
    c = static_cast<Chan *>(allocBytes(header + elem->size * size, true));
    initPointer(c->buffer, reinterpret_cast<uint8_t *>(c) + header);
  } else {
    c = static_cast<Chan *>(allocObject(&chanType));
    void *buffer = allocArray(elem, size);
    initPointer(c->buffer, static_cast<uint8_t *>(buffer));
  }
  new (&c->lock) Mutex(LockRank::Channel);
  c->elem = elem;
  c->capacity = c->shownCapacity = size;
  return c;
}

bool stoat_chansend_impl(Chan *c, const void *elem, bool block) {
  if (!c) {
    if (!block)
      return false;
    for (;;)
      park([](G *, void *) { return true; }, nullptr, WaitReason::ChanSendNil);
  }
  // Without the lock: the channel was seen open, then not ready. Both at once is what it was at the first moment.
  if (!block && !__atomic_load_n(&c->closed, __ATOMIC_ACQUIRE)) {
    bool full = c->capacity ? c->count() == c->capacity : !__atomic_load_n(&c->receivers.first, __ATOMIC_RELAXED);
    if (full)
      return false;
  }
  c->lock.lock();
  if (c->closed) {
    c->lock.unlock();
    panicSendClosed();
  }
  if (Waiter *receiver = c->receivers.pop()) {
    sendTo(c, receiver, elem, unlockChan, c);
    return true;
  }
  if (c->count() < c->capacity) {
    putBuffer(c, elem);
    c->lock.unlock();
    return true;
  }
  if (!block) {
    c->lock.unlock();
    return false;
  }
  Waiter self = {getg(), nullptr, nullptr, const_cast<void *>(elem), c, 0, false, false};
  c->senders.push(&self);
  parkUnlock(&c->lock, WaitReason::ChanSend);
  if (!self.success)
    panicSendClosed();
  return true;
}

uint8_t stoat_chanrecv_impl(Chan *c, void *elem, bool block) {
  if (!c) {
    if (!block)
      return 0;
    for (;;)
      park([](G *, void *) { return true; }, nullptr, WaitReason::ChanReceiveNil);
  }
  if (!block) {
    bool empty = c->capacity ? !c->count() : !__atomic_load_n(&c->senders.first, __ATOMIC_RELAXED);
    // A channel that is seen open after it was seen empty was both at the first moment.
    if (empty && !__atomic_load_n(&c->closed, __ATOMIC_ACQUIRE))
      return 0;
  }
  c->lock.lock();
  if (c->closed && !c->count()) {
    c->lock.unlock();
    clearElem(c, elem);
    return 1;
  }
  if (Waiter *sender = c->senders.pop()) {
    receiveFrom(c, sender, elem, unlockChan, c);
    return 3;
  }
  if (c->count()) {
    takeBuffer(c, elem);
    c->lock.unlock();
    return 3;
  }
  if (!block) {
    c->lock.unlock();
    return 0;
  }
  Waiter self = {getg(), nullptr, nullptr, elem, c, 0, false, false};
  c->receivers.push(&self);
  parkUnlock(&c->lock, WaitReason::ChanReceive);
  return self.success ? 3 : 1;
}

void stoat_closechan_impl(Chan *c) {
  if (!c)
    raise(goPanicCloseNil);
  c->lock.lock();
  if (c->closed) {
    c->lock.unlock();
    raise(goPanicCloseClosed);
  }
  __atomic_store_n(&c->closed, true, __ATOMIC_RELEASE);
  Waiter *woken = nullptr;
  auto release = [&](Waiter *waiter) {
    waiter->success = false;
    waiter->g->waking = waiter;
    waiter->next = woken;
    woken = waiter;
  };
  while (Waiter *receiver = c->receivers.pop()) {
    if (receiver->elem)
      memoryClear(receiver->elem, c->elem->size); // zeros need no barrier; the slot held nothing
    release(receiver);
  }
  while (Waiter *sender = c->senders.pop())
    release(sender);
  c->lock.unlock();
  while (woken) {
    Waiter *next = woken->next;
    // `remove` in a select tests these links; they must not say that the waiter is queued.
    woken->next = nullptr;
    ready(woken->g);
    woken = next;
  }
}

void stoat_chan_mark_timer(Chan *c) {
  c->timer = true;
  c->hiddenCount = c->shownCount;
  c->shownCount = c->shownCapacity = 0;
}

bool stoat_chan_drain_impl(Chan *c) {
  c->lock.lock();
  bool any = false;
  while (c->count()) {
    takeBuffer(c, nullptr);
    any = true;
  }
  c->lock.unlock();
  return any;
}
}
