// Memory of the runtime itself, off the garbage-collected heap: mimalloc's. Always zeroed.
//
// mimalloc needs more stack than a goroutine has to spare, so it runs on the thread's system stack. It is never called by a signal handler.
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"
#include <mimalloc.h>

namespace stoat::rt {

namespace {
constinit std::atomic<Word> inUse{0};
} // namespace

Word offHeapBytes() { return inUse.load(std::memory_order_relaxed); }

void *offHeapAlloc(Word size) {
  void *result = nullptr;
  runOnSystemStack([&] { result = mi_zalloc(size); });
  if (!result)
    throwError("out of memory (runtime)");
  inUse.fetch_add(size, std::memory_order_relaxed);
  return result;
}

void offHeapFree(void *p, Word size) {
  if (!p)
    return;
  inUse.fetch_sub(size, std::memory_order_relaxed);
  runOnSystemStack([&] { mi_free(p); });
}

} // namespace stoat::rt
