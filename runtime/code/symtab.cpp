#include "runtime/code/symtab.h"

extern "C" {
extern const stoat::abi::FuncRecord __start_stoat_funcs[] __attribute__((weak, visibility("hidden")));
extern const stoat::abi::FuncRecord __stop_stoat_funcs[] __attribute__((weak, visibility("hidden")));
}

namespace stoat::rt {

Word funcCount() { return __stop_stoat_funcs - __start_stoat_funcs; }
Func funcAt(Word index) { return Func{__start_stoat_funcs + index}; }

Func findFunc(Word pc) {
  // Records are sorted by address (SHF_LINK_ORDER). Invariant: entry(low) <= pc < entry(high).
  Word low = 0, high = funcCount();
  if (high == 0 || pc < funcAt(0).entry())
    return {};
  while (high - low > 1) {
    Word middle = low + (high - low) / 2;
    if (funcAt(middle).entry() <= pc)
      low = middle;
    else
      high = middle;
  }
  Func func = funcAt(low);
  // A return address may lie just behind a call that never returns.
  return pc - func.entry() <= func.size() ? func : Func{};
}

// Index of the first safepoint with pcOffset >= offset.
static uint32_t lowerBound(Func func, uint32_t offset) {
  const abi::Safepoint* points = func.safepoints();
  uint32_t low = 0, high = func.details()->safepointCount;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (points[middle].pcOffset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const abi::Safepoint* findSafepoint(Func func, Word pc) {
  uint32_t offset = uint32_t(pc - func.entry());
  uint32_t index = lowerBound(func, offset);
  if (index == func.details()->safepointCount || func.safepoints()[index].pcOffset != offset)
    return nullptr;
  return &func.safepoints()[index];
}

bool isPreemptible(Func func, Word pc) {
  Word offset = pc - func.entry();
  const abi::CodeRange* ranges = func.asyncRanges();
  for (uint32_t i = 0; i < func.details()->asyncCount; ++i)
    if (offset >= ranges[i].begin && offset < ranges[i].end)
      return !findSafepoint(func, pc); // at a return address the walker would take the call's map
  return false;
}

static uint32_t readUleb(const uint8_t*& at) {
  uint32_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = *at++;
    value |= uint32_t(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
}

unsigned findPositions(Func func, Word pc, Position* out, unsigned capacity) {
  uint32_t count = func.details()->safepointCount;
  uint32_t offset = uint32_t(pc - func.entry());
  if (count == 0 || offset == 0) {
    if (capacity > 0)
      out[0] = {func.name(), func.file(), func.line(), func.isWrapper()};
    return 1;
  }
  uint32_t index = lowerBound(func, offset);
  if (index == count)
    index = count - 1;
  const uint8_t* at = func.bytes(func.safepoints()[index].position);
  uint32_t levels = readUleb(at);
  for (uint32_t i = 0; i < levels; ++i) {
    uint32_t name = readUleb(at), file = readUleb(at), line = readUleb(at);
    if (i < capacity)
      out[i] = {func.string(name >> 1), func.string(file), line, (name & 1) != 0};
  }
  return levels;
}

} // namespace stoat::rt
