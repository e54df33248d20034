// Stack segments of goroutines: the first is 4 kB from a pool, each further one at least twice the last, kept linked as `newer` while unused and released by the
// collector (releaseIdleSegments). Segments of up to 64 kB come from pools by power of two, larger ones from the system. The header lies at the low end.
#include "runtime/sched/scheduler.h"
#include "runtime/base/print.h"
#include "runtime/sys/os.h"

namespace stoat::rt {

constinit Word stackLimitBytes = sizeof(Word) == 8 ? Word(1000000000) : Word(250000000);

namespace {
constexpr Word firstSegmentBytes = 4096;
constexpr int poolCount = 5;                      // 4, 8, 16, 32, 64 kB
constexpr Word chunkBytes = Word(1) << 18;
struct Pool { StackSegment *free; Word fresh, freshEnd; };
constinit Mutex stacksLock{LockRank::Stacks};
constinit Pool pools[poolCount]{};
constinit std::atomic<Word> bytesInUse{0}, bytesMapped{0};

int poolOf(Word bytes) {
  for (int i = 0; i < poolCount; i++)
    if (bytes <= firstSegmentBytes << i)
      return i;
  return -1;
}

Word segmentBytes(StackSegment *s) { return s->top - Word(s); }

StackSegment *allocSegment(Word bytes) {
  Word base = 0;
  int index = poolOf(bytes);
  if (index >= 0) {
    bytes = firstSegmentBytes << index;
    LockGuard guard(stacksLock);
    Pool &pool = pools[index];
    if (pool.free) {
      base = Word(pool.free);
      pool.free = pool.free->newer;
    } else {
      if (pool.fresh == pool.freshEnd) {
        pool.fresh = Word(mapMemory(chunkBytes));
        if (!pool.fresh)
          throwError("out of memory (stack)");
        pool.freshEnd = pool.fresh + chunkBytes;
        bytesMapped.fetch_add(chunkBytes, std::memory_order_relaxed);
      }
      base = pool.fresh;
      pool.fresh += bytes;
    }
  } else {
    base = Word(mapMemory(bytes));
    if (!base)
      throwError("out of memory (stack)");
    bytesMapped.fetch_add(bytes, std::memory_order_relaxed);
  }
  bytesInUse.fetch_add(bytes, std::memory_order_relaxed);
  StackSegment *s = reinterpret_cast<StackSegment *>(base);
  *s = StackSegment();
  s->limit = base + sizeof(StackSegment) + STOAT_STACK_GUARD;
  s->top = base + bytes;
  return s;
}

void freeSegment(StackSegment *s) {
  Word bytes = segmentBytes(s);
  bytesInUse.fetch_sub(bytes, std::memory_order_relaxed);
  int index = poolOf(bytes);
  if (index < 0) {
    bytesMapped.fetch_sub(bytes, std::memory_order_relaxed);
    unmapMemory(s, bytes);
    return;
  }
  LockGuard guard(stacksLock);
  s->newer = pools[index].free;
  pools[index].free = s;
}
} // namespace

StackSegment *allocFirstSegment() { return allocSegment(firstSegmentBytes); }

void freeSegments(StackSegment *from) {
  while (from) {
    StackSegment *newer = from->newer;
    freeSegment(from);
    from = newer;
  }
}

void releaseIdleSegments(G *g) {
  StackSegment *idle = g->segment ? g->segment->newer : nullptr;
  if (!idle)
    return;
  g->segment->newer = nullptr;
  for (StackSegment *s = idle; s; s = s->newer)
    g->stackBytes -= segmentBytes(s);
  freeSegments(idle);
}

Word stackBytesMapped() { return bytesMapped.load(std::memory_order_relaxed); }
Word stackBytesInUse() { return bytesInUse.load(std::memory_order_relaxed); }

void stackOverflow(G *) {
  printText("runtime: goroutine stack exceeds ");
  printUnsigned(stackLimitBytes);
  printText("-byte limit\n");
  fatalError("stack overflow");
}

extern "C" {

StackSegment *stoat_new_segment(G *g, uintptr_t bytes, uintptr_t callerPc) {
  StackSegment *current = g->segment;
  Word need = bytes + sizeof(StackSegment) + STOAT_STACK_GUARD;
  Word size = 2 * segmentBytes(current);
  while (size < need)
    size *= 2;
  // larger spare ones further on are of no use once this one is too small
  for (StackSegment *s = current->newer; s; s = s->newer)
    g->stackBytes -= segmentBytes(s);
  freeSegments(current->newer);
  current->newer = nullptr;
  if (g->stackBytes + size > stackLimitBytes || size < need) {
    // For the traceback, which needs no registers.
    EntryRecord record = {g->entry, callerPc, *static_cast<Word *>(__builtin_frame_address(0)), 0, 0, current, {}};
    g->entry = &record;
    stackOverflow(g);
  }
  StackSegment *s = allocSegment(size);
  g->stackBytes += segmentBytes(s);
  s->older = current;
  current->newer = s;
  return s;
}

Word stoat_setmaxstack(Word bytes) {
  Word old = stackLimitBytes;
  stackLimitBytes = bytes;
  return old;
}

} // extern "C"

} // namespace stoat::rt
