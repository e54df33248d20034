// Channels. A channel is a Go object: header and buffer in one noscan block if the elements have no pointers, else two objects.
//
// Invariants, under the channel's lock:
// - at least one of the two queues is empty, unless a single goroutine waits in a select that both sends and receives on the channel;
// - buffered: receivers wait only while the buffer is empty, senders only while it is full.
//
// A blocked goroutine's Waiter is a variable in its own C++ frame (stacks do not move). Who takes it off a queue owns the right to wake it; for a select
// it must also win g->selectDone. From ready(g) on, the waiter must not be touched.
//
// Compiled code reads len and cap from the first two words. A time.Timer's channel keeps 0 there: it looks unbuffered.
#pragma once
#include "runtime/abi/type_desc.h"
#include "runtime/base/lock.h"

namespace stoat::rt {

struct G;
struct Chan;

struct Waiter {
  G *g;
  Waiter *next, *previous;
  void *elem;          // slot of the blocked goroutine, or null
  Chan *chan;
  uint32_t index;      // case of the select
  bool isSelect;
  bool success;        // a value was passed; false: the channel was closed
};

struct WaitQueue {
  Waiter *first = nullptr, *last = nullptr;
  void push(Waiter *waiter);
  Waiter *pop();       // skips selects that were won elsewhere
  void remove(Waiter *waiter);
};

struct Chan {
  Word shownCount, shownCapacity;
  Word hiddenCount;    // of a timer's channel
  Word capacity;
  STOAT_HEAP uint8_t *buffer;
  const Type *elem;
  Word sendIndex, receiveIndex;
  WaitQueue receivers, senders;
  Mutex lock;
  bool closed;
  bool timer;

  Word count() const { return timer ? hiddenCount : shownCount; }
  void setCount(Word n) { (timer ? hiddenCount : shownCount) = n; }
  void *slot(Word index) { return buffer + index * elem->size; }
  Word after(Word index) const { return index + 1 == capacity ? 0 : index + 1; }
};

// Parts that select shares. The lock is held; `taken` was popped from the queue. They release the lock through `unlock` before they wake the other.
using Unlock = void (*)(void *);
void sendTo(Chan *c, Waiter *receiver, const void *elem, Unlock unlock, void *context);
void receiveFrom(Chan *c, Waiter *sender, void *elem, Unlock unlock, void *context);
void putBuffer(Chan *c, const void *elem);
void takeBuffer(Chan *c, void *elem);
void clearElem(Chan *c, void *elem);
[[noreturn]] void panicSendClosed();

} // namespace stoat::rt
