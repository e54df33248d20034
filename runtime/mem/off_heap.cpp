// Memory of the runtime itself: blocks by power of two from 256 kB chunks, with free lists; larger blocks from the system. Always zeroed.
#include "runtime/base/lock.h"
#include "runtime/base/print.h"
#include "runtime/mem/heap.h"
#include "runtime/sys/os.h"
#include <string.h>

namespace stoat::rt {

namespace {
constexpr int sizes = 16;                  // 16 bytes .. 512 kB
constexpr Word chunkBytes = Word(1) << 18, largest = Word(1) << 15;
struct FreeBlock { FreeBlock *next; };
constinit Mutex offHeapLock{LockRank::OffHeap};
constinit FreeBlock *freeBlocks[sizes]{};
constinit Word chunkAt = 0, chunkEnd = 0;
constinit std::atomic<Word> mapped{0};

int sizeIndex(Word size) {
  int i = 0;
  while ((Word(16) << i) < size)
    i++;
  return i;
}
} // namespace

Word offHeapBytes() { return mapped.load(std::memory_order_relaxed); }

void *offHeapAlloc(Word size) {
  if (size > largest) {
    size = (size + 4095) & ~Word(4095);
    mapped.fetch_add(size, std::memory_order_relaxed);
    void *p = mapMemory(size);
    if (!p)
      throwError("out of memory (runtime)");
    return p;
  }
  int i = sizeIndex(size);
  Word bytes = Word(16) << i;
  void *result;
  {
    LockGuard guard(offHeapLock);
    FreeBlock *block = freeBlocks[i];
    if (!block) {
      if (chunkEnd - chunkAt < bytes) {
        chunkAt = Word(mapMemory(chunkBytes));
        if (!chunkAt)
          throwError("out of memory (runtime)");
        chunkEnd = chunkAt + chunkBytes;
        mapped.fetch_add(chunkBytes, std::memory_order_relaxed);
      }
      result = reinterpret_cast<void *>(chunkAt);
      chunkAt += bytes;
      return result;
    }
    freeBlocks[i] = block->next;
    result = block;
  }
  memset(result, 0, bytes);
  return result;
}

void offHeapFree(void *p, Word size) {
  if (!p)
    return;
  if (size > largest) {
    size = (size + 4095) & ~Word(4095);
    mapped.fetch_sub(size, std::memory_order_relaxed);
    unmapMemory(p, size);
    return;
  }
  int i = sizeIndex(size);
  LockGuard guard(offHeapLock);
  FreeBlock *block = static_cast<FreeBlock *>(p);
  block->next = freeBlocks[i];
  freeBlocks[i] = block;
}

} // namespace stoat::rt
