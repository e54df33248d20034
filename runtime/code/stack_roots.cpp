// Pointer maps of frames -> roots, and this folder's part of base/hooks.h.
#include "runtime/code/unwind.h"

namespace stoat::rt {

void visitFrameRoots(const Frame& frame, const RootSink& sink) {
  Func func = frame.func;
  if (const abi::Safepoint* point = findSafepoint(func, frame.pc); point && point->map != 0) {
    const uint8_t* at = func.bytes(point->map);
    auto uleb = [&] {
      Word value = 0;
      for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *at++;
        value |= Word(byte & 0x7f) << shift;
        if (!(byte & 0x80))
          return value;
      }
    };
    auto sleb = [&] {
      Word value = 0;
      unsigned shift = 0;
      uint8_t byte;
      do {
        byte = *at++;
        value |= Word(byte & 0x7f) << shift;
        shift += 7;
      } while (byte & 0x80);
      if (shift < sizeof(Word) * 8 && (byte & 0x40))
        value |= ~Word(0) << shift;
      return intptr_t(value);
    };
    for (Word count = uleb(); count > 0; --count) {
      intptr_t entry = sleb();
      if (entry & 1)
        sink.value(sink.context, frame.saved[entry >> 1]);
      else
        sink.value(sink.context, *reinterpret_cast<const Word*>(frame.fp + Word(entry >> 1) * wordSize));
    }
  }
  const abi::AllocaSlot* allocas = func.allocas();
  for (uint32_t i = 0; i < func.details()->allocaCount; ++i) {
    const Word* words = reinterpret_cast<const Word*>(frame.fp + Word(intptr_t(allocas[i].fpOffset)));
    if (allocas[i].mask == 0) {
      sink.conservative(sink.context, Word(words), Word(words + allocas[i].words));
      continue;
    }
    const uint8_t* mask = func.bytes(allocas[i].mask);
    for (uint32_t word = 0; word < allocas[i].words; ++word)
      if (mask[word / 8] >> (word % 8) & 1)
        sink.value(sink.context, words[word]);
  }
}

static void walkRoots(G*, const EntryRecord* record, const RootSink& sink) {
  Unwinder unwinder(record);
  while (unwinder.next(&sink))
    visitFrameRoots(unwinder.frame(), sink);
  // A frame that cannot be walked hides live pointers behind it: better to stop here than to corrupt the heap.
  if (unwinder.isBroken())
    __builtin_trap();
}

static bool isGoCode(Word pc) { return bool(findFunc(pc)); }

extern "C" void stoat_init_code() {
  hooks.walkRoots = walkRoots;
  hooks.isGoCode = isGoCode;
}

} // namespace stoat::rt
