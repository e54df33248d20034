// select over several channels; the algorithm is that of Go's runtime (select.go): look at the cases in random order, all channels locked in
// the order of their addresses; if none is ready, wait on all of them; the one who wakes us has won g->selectDone.
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"
#include "runtime/sync/chan.h"

using namespace stoat::rt;

namespace {

struct Case {
  Chan *chan;
  void *elem;
};

// Tables of one select: on the stack for few cases, off the heap for many.
struct Tables {
  static constexpr uint32_t inlineCases = 6;
  uint16_t orders[2 * inlineCases];
  Waiter waiters[inlineCases];
};

struct Select {
  Case *cases;
  uint32_t count = 0;     // cases with a channel
  uint16_t *pollOrder, *lockOrder;

  void lock() {
    Chan *last = nullptr;
    for (uint32_t i = 0; i < count; ++i) {
      Chan *c = cases[lockOrder[i]].chan;
      if (c != last)
        c->lock.lock();
      last = c;
    }
  }
  void unlock() {
    for (uint32_t i = count; i-- > 0;) {
      Chan *c = cases[lockOrder[i]].chan;
      if (i == 0 || c != cases[lockOrder[i - 1]].chan)
        c->lock.unlock();
    }
  }
};

void unlockAll(void *select) { static_cast<Select *>(select)->unlock(); }

uint32_t randomBelow(uint32_t n) {
  uint64_t x = getm()->random;
  if (!x)
    x = 0x9e3779b97f4a7c15ull ^ reinterpret_cast<Word>(getm());
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  getm()->random = x;
  return uint32_t((uint64_t(uint32_t(x >> 16)) * n) >> 32);
}

Word address(const Select &s, uint16_t index) { return reinterpret_cast<Word>(s.cases[index].chan); }

// Heap sort: no recursion, no allocation, no bad case.
void sortByAddress(Select &s) {
  uint16_t *order = s.lockOrder;
  auto sift = [&](uint32_t at, uint32_t end) {
    uint16_t moving = order[at];
    for (uint32_t child; (child = 2 * at + 1) < end; at = child) {
      if (child + 1 < end && address(s, order[child]) < address(s, order[child + 1]))
        ++child;
      if (address(s, order[child]) <= address(s, moving))
        break;
      order[at] = order[child];
    }
    order[at] = moving;
  };
  for (uint32_t i = s.count / 2; i-- > 0;)
    sift(i, s.count);
  for (uint32_t end = s.count; end > 1;) {
    --end;
    uint16_t top = order[0];
    order[0] = order[end];
    order[end] = top;
    sift(0, end);
  }
}

constexpr unsigned receivedShift = sizeof(Word) == 8 ? 32 : 16;

} // namespace

extern "C" intptr_t stoat_selectgo_impl(Case *cases, intptr_t sends, intptr_t receives, bool block) {
  uint32_t total = uint32_t(sends + receives);
  Tables few;
  void *many = nullptr;
  Word manyBytes = 0;
  Select s;
  s.cases = cases;
  Waiter *waiters = few.waiters;
  s.pollOrder = few.orders;
  if (total > Tables::inlineCases) {
    manyBytes = total * (sizeof(Waiter) + 2 * sizeof(uint16_t));
    many = offHeapAlloc(manyBytes);
    waiters = static_cast<Waiter *>(many);
    s.pollOrder = reinterpret_cast<uint16_t *>(waiters + total);
  }
  s.lockOrder = s.pollOrder + total;
  auto finish = [&](intptr_t result) {
    if (many)
      offHeapFree(many, manyBytes);
    return result;
  };
  for (uint32_t i = 0; i < total; ++i) {
    if (!cases[i].chan)
      continue; // never ready
    uint32_t j = randomBelow(s.count + 1);
    s.pollOrder[s.count] = s.pollOrder[j];
    s.pollOrder[j] = uint16_t(i);
    ++s.count;
  }
  for (uint32_t i = 0; i < s.count; ++i)
    s.lockOrder[i] = s.pollOrder[i];
  sortByAddress(s);
  s.lock();

  for (uint32_t i = 0; i < s.count; ++i) {
    uint16_t index = s.pollOrder[i];
    Chan *c = cases[index].chan;
    void *elem = cases[index].elem;
    if (index < sends) {
      if (c->closed) {
        s.unlock();
        finish(0);
        panicSendClosed();
      }
      if (Waiter *receiver = c->receivers.pop()) {
        sendTo(c, receiver, elem, unlockAll, &s);
        return finish(index);
      }
      if (c->count() < c->capacity) {
        putBuffer(c, elem);
        s.unlock();
        return finish(index);
      }
    } else {
      if (Waiter *sender = c->senders.pop()) {
        receiveFrom(c, sender, elem, unlockAll, &s);
        return finish(index | intptr_t(1) << receivedShift);
      }
      if (c->count()) {
        takeBuffer(c, elem);
        s.unlock();
        return finish(index | intptr_t(1) << receivedShift);
      }
      if (c->closed) {
        s.unlock();
        clearElem(c, elem);
        return finish(index);
      }
    }
  }
  if (!block) {
    s.unlock();
    return finish(-1);
  }

  G *g = getg();
  // Nobody can see g on these queues before the locks are released.
  g->selectDone.store(0, std::memory_order_relaxed);
  g->waking = nullptr;
  for (uint32_t i = 0; i < s.count; ++i) {
    uint16_t index = s.lockOrder[i];
    Chan *c = cases[index].chan;
    waiters[index] = {g, nullptr, nullptr, cases[index].elem, c, index, true, false};
    (index < sends ? c->senders : c->receivers).push(&waiters[index]);
  }
  park(
      [](G *, void *select) {
        static_cast<Select *>(select)->unlock();
        return true;
      },
      &s, s.count ? WaitReason::Select : WaitReason::SelectNoCases);

  s.lock();
  auto *won = static_cast<Waiter *>(getg()->waking);
  STOAT_CHECK(won, "select woken by nobody");
  for (uint32_t i = 0; i < s.count; ++i) {
    uint16_t index = s.lockOrder[i];
    if (&waiters[index] != won)
      (index < sends ? cases[index].chan->senders : cases[index].chan->receivers).remove(&waiters[index]);
  }
  s.unlock();
  uint32_t index = won->index;
  bool success = won->success;
  finish(0);
  if (intptr_t(index) < intptr_t(sends) && !success)
    panicSendClosed();
  return intptr_t(index) | (intptr_t(index) >= intptr_t(sends) && success ? intptr_t(1) << receivedShift : 0);
}
