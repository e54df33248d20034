// Test mode: checks after marking that no marked object and no root points to an unmarked object; names the pair it finds.
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/scheduler.h"

extern "C" __attribute__((weak)) const stoat::rt::GlobalRoot __start_stoat_roots[], __stop_stoat_roots[];

namespace stoat::rt {

constinit bool verifyEnabled = false;

namespace {
struct Parent { const char *kind; Word base; Word size; const Type *type; };
constinit Parent parent{};

void describe(const char *what, Word base, Word size, const Type *type) {
  printText(what);
  printText(" ");
  printHex(base);
  printText(" size ");
  printUnsigned(size);
  if (type) {
    printText(" type hash ");
    printHex(type->hash);
    printText(" of size ");
    printUnsigned(type->size);
  }
  printText("\n");
}

void checkValue(Word at, Word value) {
  ObjectRef object;
  if (!findObject(value, object) || isMarked(object.span, uint32_t(object.index)))
    return;
  printLock();
  printText("runtime: lost object\n");
  describe(parent.kind, parent.base, parent.size, parent.type);
  printText("  word at offset ");
  printUnsigned(at - parent.base);
  printText(" -> ");
  printHex(value);
  printText("\n");
  describe("  child", Word(object.base), object.size, object.span->types ? object.span->types[object.index] : nullptr);
  printUnlock();
  throwError("heap verifier: marked object points to unmarked object");
}

void checkMasked(Word base, const uint8_t *mask, Word pointerBytes) {
  for (Word i = 0; i < pointerBytes / wordSize; i++)
    if (mask[i / 8] >> (i % 8) & 1)
      checkValue(base + i * wordSize, reinterpret_cast<const Word *>(base)[i]);
}

void checkSpan(Span *s, void *) {
  if (s->noscan)
    return;
  for (uint32_t i = 0; i < s->elemCount; i++) {
    if (!isAllocated(s, i) || !isMarked(s, i))
      continue;
    Word base = s->base + i * s->elemSize;
    if (!s->types) {
      parent = {"object", base, s->elemSize, nullptr};
      for (Word at = base; at < base + s->elemSize; at += wordSize) {
        Word bit = (at - s->arenaBase) / wordSize;
        if (s->bitmap[bit / wordBits] >> (bit % wordBits) & 1)
          checkValue(at, *reinterpret_cast<const Word *>(at));
      }
      continue;
    }
    const Type *elem = s->types[i];
    if (!elem)
      continue;
    parent = {"object", base, s->elemSize, elem};
    const uint8_t *mask = pointerMask(elem);
    Word end = base + (s->sizeClass ? s->elemSize : s->requested);
    for (Word at = base; at + elem->size <= end; at += elem->size)
      checkMasked(at, mask, elem->pointerBytes);
  }
}

void checkStackValue(void *, Word value) { checkValue(parent.base, value); }
void ignoreRange(void *, Word, Word) {}
} // namespace

// World stopped, marking done, caches still hold spans.
void verifyHeap(const char *when) {
  (void)when;
  for (const GlobalRoot *root = __start_stoat_roots; root != __stop_stoat_roots; root++) {
    parent = {"global", Word(root->address), root->pointerBytes, nullptr};
    checkMasked(Word(root->address), root->mask, root->pointerBytes);
  }
  forEachG(
      [](G *g, void *) {
        parent = {"stack of goroutine", Word(g->id), 0, nullptr};
        const EntryRecord *record = g->inSyscall ? &g->syscallRecord : g->entry;
        if (record && hooks.walkRoots)
          hooks.walkRoots(g, record, {nullptr, checkStackValue, ignoreRange});
        return true;
      },
      nullptr);
  forEachSpan(checkSpan, nullptr);
  for (int32_t i = 0; i < sched.processors; i++)
    for (Span *s : allPs[i]->cache->alloc)
      if (s->elemCount)
        checkSpan(s, nullptr);
}

} // namespace stoat::rt
