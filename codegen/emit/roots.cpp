// stoat_roots: one record (GlobalRoot of runtime/abi/layout.h) for each writable global with pointers, linked to its variable (SHF_LINK_ORDER), so that a variable dropped by the linker
// takes its record along.
#include "emit/session.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "target/target.h"

using namespace llvm;

namespace stoat {

void emitRoots(Module& module, const Target& target) {
  LLVMContext& context = module.getContext();
  const DataLayout& layout = module.getDataLayout();
  SmallVector<GlobalVariable*, 32> rooted;
  for (GlobalVariable& variable : module.globals())
    if (!variable.isDeclaration() && !variable.isConstant() && !variable.isThreadLocal() && variable.getAddressSpace() == 0 &&
        !variable.hasAvailableExternallyLinkage() && !variable.hasAttribute("stoat-noroot") && containsHeapPointer(variable.getValueType()))
      rooted.push_back(&variable);
  Type* pointer = PointerType::get(context, 0);
  Type* word = Type::getIntNTy(context, target.pointerBytes * 8);
  StructType* recordType = StructType::get(context, {pointer, pointer, word});
  SmallVector<GlobalValue*, 32> kept;
  for (GlobalVariable* variable : rooted) {
    uint64_t words = layout.getTypeAllocSize(variable->getValueType()) / target.pointerBytes;
    std::vector<uint8_t> bits((words + 7) / 8);
    addPointerBits(variable->getValueType(), layout, 0, bits);
    while (!bits.empty() && bits.back() == 0)
      bits.pop_back();
    uint64_t last = bits.size() * 8;
    while (last > 0 && !(bits[(last - 1) / 8] >> ((last - 1) % 8) & 1))
      --last;
    Constant* maskBytes = ConstantDataArray::get(context, ArrayRef<uint8_t>(bits));
    auto* mask = new GlobalVariable(module, maskBytes->getType(), true, GlobalValue::PrivateLinkage, maskBytes, "stoat.mask");
    mask->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    auto* record = new GlobalVariable(module, recordType, true, GlobalValue::PrivateLinkage, nullptr, "stoat.root");
    record->setInitializer(ConstantStruct::get(recordType, {variable, mask, ConstantInt::get(word, last * target.pointerBytes)}));
    record->setSection("stoat_roots");
    record->setAlignment(Align(target.pointerBytes));
    record->setMetadata(LLVMContext::MD_associated, MDNode::get(context, ValueAsMetadata::get(variable)));
    if (Comdat* comdat = variable->getComdat())
      record->setComdat(comdat);
    kept.push_back(record);
  }
  appendToCompilerUsed(module, kept);
}

} // namespace stoat
