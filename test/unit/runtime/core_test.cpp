// The runtime core without a compiler: this file plays the Go program. `runtime.main` and the goroutines are C++ functions on goroutine stacks (small frames!); natives are
// called through a hand-made entry record, and the walker is switched off, because there are no Go frames to walk.
//
//   core_test            all tests; exit status 0
//   core_test barrier    only the send to a blocked receiver whose stack has been scanned: fails when the runtime was built with
//                        -DSTOAT_MUTATE_NO_TYPE_BARRIER
//   core_test flush      only the flush before the stop that ends marking: fails when the runtime was built with -DSTOAT_MUTATE_NO_FLUSH
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/work.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"
#include "runtime/sys/os.h"
#include <stdio.h>
#include <string.h>

using namespace stoat::rt;

extern "C" {
void *stoat_makechan_impl(const void *type, intptr_t size);
uint8_t stoat_chansend_impl(void *channel, void *elem, uint8_t block);
uint8_t stoat_chanrecv_impl(void *channel, void *elem, uint8_t block);
void *stoat_weak_handle_impl(void *p);
void *stoat_weak_strong_impl(void *handle);
uint8_t stoat_add_special_impl(void *p, intptr_t kind, void *record);
}

namespace {

#define EXPECT(condition) \
  do { \
    if (!(condition)) { \
      printText("core_test: failed: " #condition " at line "); \
      printUnsigned(__LINE__); \
      printText("\n"); \
      exitProcess(1); \
    } \
  } while (0)

// What a stub does before it calls a native: the words from here to the top of the segment are scanned conservatively.
struct Entry {
  EntryRecord record{};
  Entry() {
    G *g = getg();
    record.previous = g->entry;
    record.low = Word(&record);
    record.high = g->segment->top;
    record.segment = g->segment;
    g->entry = &record;
  }
  ~Entry() { getg()->entry = record.previous; }
};

template <class F> __attribute__((noinline)) void onSystem(F f) {
  Entry entry;
  stoat_switch_system([](void *p) { (*static_cast<F *>(p))(); }, &f);
}

void go(void (*code)()) {
  FuncVal *fn = nullptr;
  onSystem([&] {
    fn = static_cast<FuncVal *>(offHeapAlloc(sizeof(FuncVal)));
    fn->code = reinterpret_cast<void *>(code);
    queuePut(getg()->m->p, newGoroutine(fn, 0), true);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    wakeAnother();
  });
}

void yield() {
  Entry entry;
  yieldNow();
}

// ---- types: struct Node { next, other *Node; value uintptr } and *Node, chan *Node
alignas(8) const uint8_t nodeMask[8] = {3}, pointerMaskBytes[8] = {1};
struct Node { Node *next, *other; Word value; };
constexpr Type makeType(Word size, Word pointerBytes, Kind kind, const uint8_t *mask) {
  Type t{};
  t.size = size;
  t.pointerBytes = pointerBytes;
  t.align = t.fieldAlign = wordSize;
  t.kind = kind;
  t.gcData = mask;
  return t;
}
constinit Type nodeType = makeType(sizeof(Node), 2 * wordSize, Kind::Struct, nodeMask);
constinit PointerType nodePointerType = {makeType(wordSize, wordSize, Kind::Pointer, pointerMaskBytes), &nodeType};
constinit Type wordType = makeType(wordSize, 0, Kind::Uintptr, nullptr);
constinit ChanType nodeChanType = {makeType(wordSize, wordSize, Kind::Chan, pointerMaskBytes), &nodePointerType.common, 3};
constinit ArrayType bigType = {makeType(40000 * sizeof(Node), 39999 * sizeof(Node) + 2 * wordSize, Kind::Array, nullptr), &nodeType, nullptr, 40000};
constinit Word bigMaskSlot = 0;

// ---- scheduling
constinit std::atomic<int> counter{0};

void increment() {
  for (int i = 0; i < 10; i++) {
    yield();
    counter.fetch_add(1);
  }
  counter.fetch_add(1000000);
}

void testGoroutines() {
  counter.store(0);
  for (int i = 0; i < 1000; i++)
    go(increment);
  while (counter.load() < 1000 * 1000000)
    yield();
  EXPECT(counter.load() == 1000 * 1000010);
}

constinit Mutex pingLock{LockRank::Channel};
constinit G *sleeping[2]{};
constinit int turn = 0;

void waitTurn(int me) {
  pingLock.lock();
  while (turn != me) {
    sleeping[me] = getg();
    Entry entry;
    parkUnlock(&pingLock, WaitReason::ChanReceive);
    pingLock.lock();
  }
  pingLock.unlock();
}

void passTurn(int me) {
  pingLock.lock();
  turn = 1 - me;
  G *other = sleeping[1 - me];
  sleeping[1 - me] = nullptr;
  pingLock.unlock();
  if (other)
    ready(other);
}

void pong() {
  for (int i = 0; i < 100000; i++) {
    waitTurn(1);
    passTurn(1);
  }
  counter.fetch_add(1);
}

void testPingPong() {
  counter.store(0);
  go(pong);
  for (int i = 0; i < 100000; i++) {
    passTurn(0);
    waitTurn(0);
  }
  while (!counter.load())
    yield();
}

constinit std::atomic<int> order{0};
void sleepLong() {
  Entry entry;
  sleepGoroutine(300000000); // far more than a busy machine delays the start of the other
  EXPECT(order.fetch_add(1) == 1);
}
void sleepShort() {
  Entry entry;
  sleepGoroutine(5000000);
  EXPECT(order.fetch_add(1) == 0);
}

void testTimers() {
  int64_t before = monotonicNow();
  go(sleepLong);
  go(sleepShort);
  {
    Entry entry;
    sleepGoroutine(40000000);
  }
  EXPECT(monotonicNow() - before >= 40000000);
  while (order.load() != 2) // the test's own time limit ends this if a timer is lost
    yield();
  EXPECT(monotonicNow() - before >= 300000000);
  static Timer timer{};
  static std::atomic<int> fired{0};
  timer.native = Word(+[](Timer *, int64_t) { fired.fetch_add(1); });
  onSystem([] { EXPECT(!startTimer(&timer, monotonicNow() + 1000000000, 0)); });
  onSystem([] { EXPECT(stopTimer(&timer)); });
  onSystem([] { EXPECT(!stopTimer(&timer)); });
  onSystem([] { startTimer(&timer, monotonicNow() + 1000000, 1000000); });
  while (fired.load() < 3)
    yield();
  onSystem([] { EXPECT(stopTimer(&timer)); });
}

constinit std::atomic<bool> looping{true};
void spinner() {
  // Go code without calls would have a poll here
  while (looping.load()) {
    Entry entry;
    if (*(threadLimitSlot() ? threadLimitSlot() : &getg()->stackLimit) == stackPoison)
      stoat_preempt(getg());
  }
  counter.fetch_add(1);
}

void testPreemption() {
  counter.store(0);
  int n = processorCount() + 2;
  for (int i = 0; i < n; i++)
    go(spinner);
  {
    Entry entry;
    sleepGoroutine(30000000);   // gets a P back only because sysmon preempts the spinners
  }
  looping.store(false);
  while (counter.load() < n)
    yield();
}

// ---- heap and collector
constinit Node *head = nullptr;   // not a root: only found through `keep` on the stack

__attribute__((noinline)) Node *makeList(Word n) {
  Node *list = nullptr;
  onSystem([&] {
    Node *last = nullptr;
    for (Word i = 0; i < n; i++) {
      Node *node = static_cast<Node *>(allocObject(&nodeType));
      EXPECT(!node->next && !node->other && !node->value);
      node->next = last;
      node->value = i;
      last = node;
      allocObject(&nodeType);   // garbage
    }
    list = last;
  });
  return list;
}

Word countList(Node *list) {
  Word n = 0, expected = list ? list->value : 0;
  for (; list; list = list->next, n++)
    EXPECT(list->value == expected - n);
  return n;
}

void testCollector() {
  Node *keep = makeList(5000);
  onSystem([] { collect(); });
  EXPECT(countList(keep) == 5000);
  uint64_t freed = heap.freedObjects.load();
  onSystem([] {
    collect();
    sweepAll();
  });
  EXPECT(heap.freedObjects.load() >= freed);
  EXPECT(heap.freedObjects.load() >= 4900);
  EXPECT(countList(keep) == 5000);

  // arrays, large objects, masks on demand
  Node **array = nullptr;
  onSystem([&] {
    array = static_cast<Node **>(allocArray(&nodePointerType.common, 100000));
    for (int i = 0; i < 100000; i += 1000)
      array[i] = static_cast<Node *>(allocObject(&nodeType)), array[i]->value = Word(i);
    collect();
    sweepAll();
    for (int i = 0; i < 100000; i += 1000)
      EXPECT(array[i]->value == Word(i));
  });
  bigType.common.flags = typeMaskOnDemand;
  bigType.common.gcData = reinterpret_cast<const uint8_t *>(&bigMaskSlot);
  Node *big = nullptr;
  onSystem([&] {
    big = static_cast<Node *>(allocObject(&bigType.common));
    for (int i = 0; i < 40000; i += 777)
      big[i].other = static_cast<Node *>(allocObject(&nodeType)), big[i].other->value = Word(i);
    collect();
    sweepAll();
    for (int i = 0; i < 40000; i += 777)
      EXPECT(big[i].other->value == Word(i));
  });
  // every size, contents survive
  static Word *kept[64];
  (void)kept;
  onSystem([] {
    Word *blocks = static_cast<Word *>(allocArray(&nodePointerType.common, 64));
    for (Word i = 1; i < 64; i++) {
      Word bytes = i * i * 16;
      char *p = static_cast<char *>(allocBytes(bytes, true));
      for (Word k = 0; k < bytes; k++)
        EXPECT(p[k] == 0);
      memset(p, int(i), bytes);
      blocks[i] = Word(p);
    }
    collect();
    sweepAll();
    for (Word i = 1; i < 64; i++)
      for (Word k = 0; k < i * i * 16; k++)
        EXPECT(reinterpret_cast<char *>(blocks[i])[k] == char(i));
  });
  EXPECT(roundupSize(2048, false) == 2296);   // gc's capacities
  EXPECT(roundupSize(2048, true) == 2048);
  EXPECT(countList(keep) == 5000);
}

constexpr Word hide = ~Word(0) / 3;

__attribute__((noinline)) Word hiddenNode(Word value) {
  Word hidden = 0;
  onSystem([&] {
    Node *node = static_cast<Node *>(allocObject(&nodeType));
    node->value = value;
    hidden = Word(node) ^ hide;
  });
  return hidden;
}

// Several, because a stale word in a C++ frame may keep one alive.
__attribute__((noinline)) void makeHandles(void **handles, int n) {
  for (int i = 0; i < n; i++) {
    Word hidden = hiddenNode(Word(i));
    onSystem([&] {
      handles[i] = stoat_weak_handle_impl(reinterpret_cast<void *>(hidden ^ hide));
      EXPECT(Word(stoat_weak_strong_impl(handles[i])) == (hidden ^ hide));
    });
  }
}

void testWeakAndFinalizers() {
  static void *handles[16];   // the specials keep them
  makeHandles(handles, 16);
  onSystem([] {
    collect();
    int cleared = 0;
    for (void *handle : handles)
      cleared += stoat_weak_strong_impl(handle) == nullptr;
    EXPECT(cleared >= 12);
  });
}

// Bytes of the address space whose first touch may bring a huge page, as the system tells it.
Word eligibleForHugePages() {
  FILE *maps = fopen("/proc/self/smaps", "r");
  EXPECT(maps);
  static char line[512];
  unsigned long begin = 0, end = 0, first, last;
  Word bytes = 0;
  while (fgets(line, sizeof line, maps)) {
    if (sscanf(line, "%lx-%lx ", &first, &last) == 2)
      begin = first, end = last;
    if (!strncmp(line, "VmFlags:", 8) && strstr(line, " hg"))
      bytes += end - begin;
  }
  fclose(maps);
  return bytes;
}

// A large heap is touched ahead of its use, by huge pages where they come fast; but only its youngest step may have them: what the scavenger returns must stay returned.
void testTouchingAhead() {
  onSystem([] {
    EXPECT(!heap.untouchedEnd && !heap.hugeBytes);
    Word others = eligibleForHugePages();   // an emulator's own
    constexpr Word blocks = 160;
    void **kept = static_cast<void **>(allocArray(&nodePointerType.common, blocks));
    for (Word i = 0; i < blocks; i++)
      kept[i] = allocBytes(1 << 20, false);
    EXPECT(heap.untouchedEnd);
    EXPECT(eligibleForHugePages() <= others + heap.hugeBytes);   // nothing on a system without them
    for (Word i = 0; i < blocks; i++)
      kept[i] = nullptr;
  });
}

// The deterministic test of a send to a blocked receiver.
constinit std::atomic<int> stage{0};
constinit void *channel = nullptr;
constinit G *receiver = nullptr;

void receiveOne() {
  void *slot = nullptr;
  {
    Entry entry;
    receiver = getg();
    stage.store(1);
    stoat_chanrecv_impl(channel, &slot, 1);
  }
  stage.store(2);
  while (stage.load() != 3)
    yield();
  EXPECT(static_cast<Node *>(slot)->value == 4711);
  stage.store(4);
}

__attribute__((noinline)) void sendHidden(Word hidden) {
  Entry entry;
  Node *node = reinterpret_cast<Node *>(hidden ^ hide);
  stoat_chansend_impl(channel, &node, 1);
  *static_cast<Node *volatile *>(&node) = nullptr;
}

void testBarrier() {
  heap.poison = true;
  void *keep = nullptr;
  onSystem([&] { keep = stoat_makechan_impl(&nodeChanType, 0); });
  channel = keep;
  go(receiveOne);
  while (stage.load() != 1 || receiver->status.load() != GStatus::Waiting)
    yield();
  Word hidden = hiddenNode(4711);
  onSystem([] {
    stopTheWorld(StopReason::Test);
    cycleStart();
    cycleScanG(receiver);
    cycleMarkRoots();
    cycleDrain();
    startTheWorld();
  });
  sendHidden(hidden);
  while (stage.load() != 2)
    yield();
  onSystem([] {
    stopTheWorld(StopReason::Test);
    EXPECT(isScanned(receiver));
    cycleTerminate();
    cycleSweep();
    startTheWorld();
    sweepAll();
  });
  stage.store(3);
  while (stage.load() != 4)
    yield();
  EXPECT(keep == channel);
}

// The deterministic test of the flush before the stop that ends marking: another P, whose goroutine never enters the scheduler, holds white objects in its barrier buffer
// (several, because a stale word in a C++ frame may have marked one).
constinit std::atomic<int> holding{0};
constinit Word heldNodes[16]{};

void holder() {
  while (holding.load() != 3) {
    if (holding.load() == 1) {
      onSystem([] {
        for (Word hidden : heldNodes)
          shade(reinterpret_cast<void *>(hidden ^ hide));
      });
      holding.store(2);
    }
    Entry entry;
    if (*(threadLimitSlot() ? threadLimitSlot() : &getg()->stackLimit) == stackPoison)
      stoat_preempt(getg());
  }
  holding.store(4);
}

void testFlush() {
  holding.store(0);
  onSystem([] { collect(); });   // what follows stays white
  for (Word &hidden : heldNodes)
    hidden = hiddenNode(13);
  go(holder);
  {
    Entry entry;
    sleepGoroutine(5000000);   // the holder is under way on another P
  }
  uint32_t early = earlyStops();
  onSystem([] {
    stopTheWorld(StopReason::Test);
    cycleStart();
    prepareWork();
    awaitedStacks.fetch_add(1);   // nobody ends the cycle yet
    markingConcurrently.store(true);
    startTheWorld();
    scanStackInPlace(stackPointer());
  });
  holding.store(1);
  while (holding.load() != 2)
    yield();
  awaitedStacks.fetch_sub(1);
  while (isMarkingConcurrently()) {
    onSystem([] {
      helpMarking(getg()->m->p);
      waitForWorld();
      tryTerminate();
    });
    yield();
  }
  EXPECT(earlyStops() == early);
  holding.store(3);
  while (holding.load() != 4)
    yield();
}

// Many threads allocate and collect at once.
void allocator() {
  for (int round = 0; round < 20; round++) {
    Node *list = makeList(500);
    EXPECT(countList(list) == 500);
    if (round % 7 == 0)
      onSystem([] { collect(); });
    EXPECT(countList(list) == 500);
    yield();
  }
  counter.fetch_add(1);
}

void testParallelAllocation() {
  counter.store(0);
  for (int i = 0; i < 20; i++)
    go(allocator);
  while (counter.load() < 20)
    yield();
  onSystem([] { setProcessorCount(1); });
  onSystem([] { setProcessorCount(4); });
  counter.store(0);
  for (int i = 0; i < 20; i++)
    go(allocator);
  while (counter.load() < 20)
    yield();
}

void say(const char *text) { printText(text); }

} // namespace

extern "C" void fakeMain() asm("runtime.main");
extern "C" void fakeMain() {
  hooks.walkRoots = nullptr;
  const char *only = startArguments.count > 1 ? startArguments.arguments[1] : "";
  if (!strcmp(only, "barrier")) {
    testBarrier();
    exitProcess(0);
  }
  if (!strcmp(only, "flush")) {
    testFlush();
    exitProcess(0);
  }
  if (!strcmp(only, "deadlock")) {
    Entry entry;
    park(nullptr, nullptr, WaitReason::SelectNoCases);
  }
  say("goroutines\n");
  testGoroutines();
  say("ping-pong\n");
  testPingPong();
  say("timers\n");
  testTimers();
  say("preemption\n");
  testPreemption();
  say("collector\n");
  testCollector();
  say("touching ahead\n");
  testTouchingAhead();
  say("weak\n");
  testWeakAndFinalizers();
  say("barrier\n");
  testBarrier();
  say("flush\n");
  testFlush();
  say("parallel\n");
  testParallelAllocation();
  say("ok\n");
  exitProcess(0);
}
