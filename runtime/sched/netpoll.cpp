// The network poller: edge-triggered epoll; one event descriptor to break a wait. Algorithm: Go's netpoll.
//
// A PollDesc has one semaphore word per direction: 0, ready, waiting (about to park), or the parked G. Descriptors are never freed, so a
// late event for a closed file at worst makes one spurious wake-up.
#include "runtime/sched/netpoll.h"
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"
#include "runtime/sys/os.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

namespace stoat::rt {

constexpr Word pdReady = 1, pdWait = 2;
enum PollCode { pollOk, pollClosing, pollTimeout, pollNotPollable };

struct PollSide {
  std::atomic<Word> semaphore{0};
  int64_t deadline = 0;      // 0 none, <0 passed
  Timer timer{};
};

struct PollDesc {
  Mutex lock{LockRank::PollDesc};   // deadlines, closing
  PollDesc *next = nullptr;
  Word fd = 0;
  bool closing = false;
  std::atomic<bool> error{false};
  PollSide read, write;
};

namespace {
constinit Mutex pollLock{LockRank::Netpoll};
constinit PollDesc *freeDescs = nullptr;      // under pollLock
constinit std::atomic<int> epollFd{-1};
constinit int eventFd = -1;
constinit std::atomic<uint32_t> waiters{0};
constinit std::atomic<uint32_t> breaking{0};

int pollFd() {
  int fd = epollFd.load(std::memory_order_acquire);
  if (fd >= 0)
    return fd;
  LockGuard guard(pollLock);
  fd = epollFd.load(std::memory_order_relaxed);
  if (fd >= 0)
    return fd;
  fd = int(rawSyscall(SYS_epoll_create1, EPOLL_CLOEXEC));
  eventFd = int(rawSyscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (fd < 0 || eventFd < 0)
    throwError("runtime: netpollinit failed");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  rawSyscall(SYS_epoll_ctl, Word(fd), EPOLL_CTL_ADD, Word(eventFd), Word(&event));
  epollFd.store(fd, std::memory_order_release);
  return fd;
}

PollSide &side(PollDesc *pd, int mode) { return mode == 'r' ? pd->read : pd->write; }

int checkError(PollDesc *pd, int mode) {
  LockGuard guard(pd->lock);
  if (pd->closing)
    return pollClosing;
  if (side(pd, mode).deadline < 0)
    return pollTimeout;
  if (mode == 'r' && pd->error.load(std::memory_order_relaxed))
    return pollNotPollable;
  return pollOk;
}

// The G to wake, if one is parked. ioReady: leave the mark for the next wait.
G *unblock(PollSide &s, bool ioReady) {
  for (;;) {
    Word old = s.semaphore.load(std::memory_order_acquire);
    if (old == pdReady || (old == 0 && !ioReady))
      return nullptr;
    if (s.semaphore.compare_exchange_strong(old, ioReady ? pdReady : 0, std::memory_order_acq_rel)) {
      if (old == pdWait || old == 0)
        return nullptr;
      waiters.fetch_sub(1, std::memory_order_relaxed);
      return reinterpret_cast<G *>(old);
    }
  }
}

bool publishWaiter(G *g, void *semaphore) {
  auto *word = static_cast<std::atomic<Word> *>(semaphore);
  Word expected = pdWait;
  if (!word->compare_exchange_strong(expected, Word(g), std::memory_order_acq_rel))
    return false;
  waiters.fetch_add(1, std::memory_order_seq_cst);
  return true;
}

bool block(PollDesc *pd, int mode, bool ignoreErrors) {
  PollSide &s = side(pd, mode);
  for (;;) {
    Word expected = pdReady;
    if (s.semaphore.compare_exchange_strong(expected, 0, std::memory_order_acq_rel))
      return true;
    expected = 0;
    if (s.semaphore.compare_exchange_strong(expected, pdWait, std::memory_order_acq_rel))
      break;
    if (expected != pdReady)
      throwError("runtime: double wait");
  }
  if (ignoreErrors || checkError(pd, mode) == pollOk)
    park(publishWaiter, &s.semaphore, WaitReason::IOWait);
  Word old = s.semaphore.exchange(0, std::memory_order_acq_rel);
  if (old > pdWait)
    throwError("runtime: corrupted polldesc");
  return old == pdReady;
}

void deadlinePassed(Timer *t, int64_t now) {
  PollDesc *pd = reinterpret_cast<PollDesc *>(t->extra);
  G *wake[2] = {nullptr, nullptr};
  {
    LockGuard guard(pd->lock);
    int i = 0;
    for (PollSide *s : {&pd->read, &pd->write})
      if (&s->timer == t && s->deadline > 0 && s->deadline <= now) {
        s->deadline = -1;
        wake[i++] = unblock(*s, false);
      }
  }
  for (G *g : wake)
    if (g)
      ready(g);
}
} // namespace

bool netpollHasWaiters() { return waiters.load(std::memory_order_seq_cst) != 0; }

void netpollBreak() {
  int fd = pollFd();
  (void)fd;
  uint32_t none = 0;
  if (!breaking.compare_exchange_strong(none, 1, std::memory_order_acq_rel))
    return;
  uint64_t one = 1;
  rawSyscall(SYS_write, Word(eventFd), Word(&one), 8);
}

void netpoll(int64_t delay, GQueue &out) {
  int fd = pollFd();
  int timeout = delay < 0 ? -1 : delay == 0 ? 0 : delay < 1000000 ? 1 : delay < int64_t(1000000) * 1000000000 ? int(delay / 1000000) : 1000000000;
  epoll_event events[128];
  intptr_t n;
  do
    n = rawSyscall(SYS_epoll_pwait, Word(fd), Word(events), 128, Word(intptr_t(timeout)), 0, 8);
  while (n == -EINTR && timeout < 0);
  for (intptr_t i = 0; i < n; i++) {
    uint32_t what = events[i].events;
    PollDesc *pd = reinterpret_cast<PollDesc *>(Word(events[i].data.u64));
    if (!pd) {
      if (delay != 0) {
        uint64_t count;
        rawSyscall(SYS_read, Word(eventFd), Word(&count), 8);
        breaking.store(0, std::memory_order_release);
      }
      continue;
    }
    pd->error.store(what == EPOLLERR, std::memory_order_relaxed);
    if (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      if (G *g = unblock(pd->read, true))
        out.pushBack(g);
    if (what & (EPOLLOUT | EPOLLHUP | EPOLLERR))
      if (G *g = unblock(pd->write, true))
        out.pushBack(g);
  }
}

void pollServerInit() { pollFd(); }

PollDesc *pollOpen(Word fd, int32_t &errorNumber) {
  int epoll = pollFd();
  PollDesc *pd;
  {
    LockGuard guard(pollLock);
    pd = freeDescs;
    if (pd)
      freeDescs = pd->next;
  }
  if (!pd)
    pd = offHeapNew<PollDesc>();
  pd->fd = fd;
  pd->closing = false;
  pd->error.store(false, std::memory_order_relaxed);
  for (PollSide *s : {&pd->read, &pd->write}) {
    s->semaphore.store(0, std::memory_order_relaxed);
    s->deadline = 0;
    s->timer.native = Word(deadlinePassed);
    s->timer.extra = Word(pd);
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = Word(pd);
  intptr_t result = rawSyscall(SYS_epoll_ctl, Word(epoll), EPOLL_CTL_ADD, fd, Word(&event));
  errorNumber = result < 0 ? int32_t(-result) : 0;
  if (result < 0) {
    LockGuard guard(pollLock);
    pd->next = freeDescs;
    freeDescs = pd;
    return nullptr;
  }
  return pd;
}

void pollClose(PollDesc *pd) {
  epoll_event event{};
  rawSyscall(SYS_epoll_ctl, Word(pollFd()), EPOLL_CTL_DEL, pd->fd, Word(&event));
  LockGuard guard(pollLock);
  pd->next = freeDescs;
  freeDescs = pd;
}

int pollReset(PollDesc *pd, int mode) {
  int error = checkError(pd, mode);
  if (error == pollOk)
    side(pd, mode).semaphore.store(0, std::memory_order_release);
  return error;
}

int pollWait(PollDesc *pd, int mode) {
  int error = checkError(pd, mode);
  if (error != pollOk)
    return error;
  while (!block(pd, mode, false)) {
    error = checkError(pd, mode);
    if (error != pollOk)
      return error;
  }
  return pollOk;
}

void pollWaitCanceled(PollDesc *pd, int mode) {
  while (!block(pd, mode, true)) {
  }
}

void pollSetDeadline(PollDesc *pd, int64_t delay, int mode) {
  G *wake[2] = {nullptr, nullptr};
  int64_t deadline = delay;
  if (delay > 0) {
    deadline = monotonicNow() + delay;
    if (deadline < 0)
      deadline = INT64_MAX;
  }
  bool which[2] = {mode == 'r' || mode == 'r' + 'w', mode == 'w' || mode == 'r' + 'w'};
  PollSide *sides[2] = {&pd->read, &pd->write};
  {
    LockGuard guard(pd->lock);
    if (pd->closing)
      return;
    for (int i = 0; i < 2; i++)
      if (which[i]) {
        sides[i]->deadline = deadline;
        if (deadline < 0)
          wake[i] = unblock(*sides[i], false);
      }
  }
  // outside the lock: the callback takes it. A timer that fires late finds another deadline and does nothing.
  for (int i = 0; i < 2; i++)
    if (which[i]) {
      if (deadline > 0)
        startTimer(&sides[i]->timer, deadline, 0);
      else
        stopTimer(&sides[i]->timer);
    }
  for (G *g : wake)
    if (g)
      ready(g);
}

void pollUnblock(PollDesc *pd) {
  G *wake[2];
  {
    LockGuard guard(pd->lock);
    pd->closing = true;
    wake[0] = unblock(pd->read, false);
    wake[1] = unblock(pd->write, false);
  }
  stopTimer(&pd->read.timer);
  stopTimer(&pd->write.timer);
  for (G *g : wake)
    if (g)
      ready(g);
}

bool isPollDescriptor(Word fd) {
  int epoll = epollFd.load(std::memory_order_acquire);
  return epoll >= 0 && (fd == Word(epoll) || fd == Word(eventFd));
}

} // namespace stoat::rt
