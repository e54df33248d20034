// Selection of the target description, LLVM's TargetMachine for it, and the two reads of goroutine state that differ by target.
#include "target/target.h"
#include "target_layout.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

namespace stoat {

const Target* targetFor(llvm::StringRef goarch) {
  for (const Target* target : {&x86_64Target, &aarch64Target, &i386Target})
    if (target->goarch == goarch)
      return target;
  return nullptr;
}

std::string cpuFor(const Target& target, llvm::StringRef goamd64) {
  if (target.arch == Arch::X86_64 && goamd64.size() == 2 && goamd64[0] == 'v' && goamd64[1] >= '2' && goamd64[1] <= '4')
    return "x86-64-" + goamd64.str();
  return target.cpu.str();
}

static void initializeBackEnds() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
  });
}

std::unique_ptr<llvm::TargetMachine> createTargetMachine(const Target& target, bool optimize, llvm::StringRef goamd64) {
  initializeBackEnds();
  llvm::Triple triple(target.triple);
  std::string error;
  const llvm::Target* found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    llvm::report_fatal_error(llvm::StringRef(error));
  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  options.EmulatedTLS = false;
  options.EnableGlobalISel = false;
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, cpuFor(target, goamd64), target.features, options,
      target.positionIndependent ? llvm::Reloc::PIC_ : llvm::Reloc::Static, llvm::CodeModel::Small,
      optimize ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None));
  machine->setGlobalISel(false);
  return machine;
}

void setTarget(llvm::Module& module, const Target& target) {
  module.setTargetTriple(llvm::Triple(target.triple));
  module.setDataLayout(target.dataLayout);
  if (target.positionIndependent) {
    module.setPICLevel(llvm::PICLevel::BigPIC);
    module.setPIELevel(llvm::PIELevel::Large);
  }
}

static llvm::Value* loadFromSegment(llvm::IRBuilderBase& builder, const Target& target, unsigned address, llvm::Type* type) {
  llvm::Type* word = builder.getIntNTy(target.pointerBytes * 8);
  llvm::Value* place = llvm::ConstantExpr::getIntToPtr(llvm::ConstantInt::get(word, address),
                                                       llvm::PointerType::get(builder.getContext(), target.segmentSpace));
  llvm::LoadInst* load = builder.CreateLoad(type, place);
  load->setVolatile(true);
  return load;
}

llvm::Value* emitLoadG(llvm::IRBuilderBase& builder, const Target& target) {
  if (target.segmentSpace != 0)
    return loadFromSegment(builder, target, target.gAddress, builder.getPtrTy());
  llvm::LLVMContext& context = builder.getContext();
  llvm::Value* name = llvm::MetadataAsValue::get(context, llvm::MDNode::get(context, llvm::MDString::get(context, "x28")));
  llvm::Value* bits = builder.CreateIntrinsic(llvm::Intrinsic::read_volatile_register, {builder.getInt64Ty()}, {name});
  return builder.CreateIntToPtr(bits, builder.getPtrTy());
}

llvm::Value* emitLoadStackLimit(llvm::IRBuilderBase& builder, const Target& target) {
  llvm::Type* word = builder.getIntNTy(target.pointerBytes * 8);
  if (target.segmentSpace != 0)
    return loadFromSegment(builder, target, target.stackLimitAddress, word);
  llvm::Value* place = emitLoadG(builder, target);
  if (target.layout->gStackLimit)
    place = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), place, uint64_t(target.layout->gStackLimit));
  llvm::LoadInst* load = builder.CreateLoad(word, place);
  load->setVolatile(true);
  return load;
}

} // namespace stoat
