// GC data of descriptors: a bitmap with one bit per word of the pointer prefix, low bit first, padded to whole words. Types whose bitmap would exceed
// 2048 bytes get the address of a writable slot instead, where the runtime puts a mask that it makes at first use.
#include "lower/module_state.h"
#include "llvm/ADT/StringExtras.h"

namespace stoat::lower {

namespace {
constexpr int64_t maxPlainMaskBytes = 2048;
}

llvm::Constant* ModuleState::maskData(const std::vector<uint8_t>& mask) {
  std::string hex = llvm::toHex(llvm::ArrayRef<uint8_t>(mask), true);
  if (hex.size() > 64) {
    uint64_t a = 1469598103934665603ull, c = 0x9e3779b97f4a7c15ull;
    for (uint8_t byte : mask) {
      a = (a ^ byte) * 1099511628211ull;
      c = (c + byte) * 0xff51afd7ed558ccdull;
      c ^= c >> 29;
    }
    hex = std::to_string(mask.size()) + "." + llvm::utohexstr(a, true) + llvm::utohexstr(c, true);
  }
  std::string symbol = "stoat.mask." + hex;
  if (llvm::GlobalVariable* known = module->getGlobalVariable(symbol))
    return known;
  llvm::Constant* data = llvm::ConstantDataArray::get(context, mask);
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, data->getType(), true, llvm::GlobalValue::LinkOnceODRLinkage, data, symbol);
  object->setAlignment(llvm::Align(wordSize()));
  makeComdat(object);
  return object;
}

llvm::Constant* ModuleState::gcData(TypeInfo& type, bool& onDemand) {
  int64_t words = type.ptrBytes / wordSize();
  onDemand = words > maxPlainMaskBytes * 8;
  if (onDemand) {
    std::string symbol = "type:.gcmask." + type.key;
    llvm::GlobalVariable* slot = new llvm::GlobalVariable(*module, word, false, llvm::GlobalValue::LinkOnceODRLinkage, wordConstant(0), symbol);
    slot->setAlignment(llvm::Align(wordSize()));
    makeComdat(slot);
    return slot;
  }
  int64_t bytes = (words + 7) / 8;
  bytes = std::max<int64_t>(wordSize(), (bytes + wordSize() - 1) / wordSize() * wordSize());
  std::vector<uint8_t> mask(static_cast<size_t>(bytes), 0);
  pointerWords(type, 0, [&](int64_t offset) {
    int64_t i = offset / wordSize();
    mask[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
  });
  return maskData(mask);
}

} // namespace stoat::lower
