#include "emit/object.h"
#include "emit/llvm_passes.h"
#include "target/target.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Metadata.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace stoat {

std::string emptyObject(llvm::StringRef goarch, llvm::StringRef note, std::string& error) {
  const Target* target = targetFor(goarch);
  if (!target) {
    error = "unsupported GOARCH " + goarch.str();
    return "";
  }
  llvm::LLVMContext context;
  llvm::Module module("empty", context);
  setTarget(module, *target);
  if (!note.empty()) {
    llvm::Constant* text = llvm::ConstantDataArray::getString(context, note, /*AddNull=*/false);
    auto* global = new llvm::GlobalVariable(module, text->getType(), true, llvm::GlobalValue::PrivateLinkage, text, "note");
    global->setSection(".stoat.assembly");
    global->setMetadata(llvm::LLVMContext::MD_exclude, llvm::MDNode::get(context, {})); // no part of executables
    llvm::appendToUsed(module, {global});
  }
  EmitOptions options;
  options.goarch = goarch.str();
  options.optimize = false;
  llvm::SmallVector<char, 0> object;
  if (!emitObject(module, options, object, error))
    return "";
  return std::string(object.data(), object.size());
}

} // namespace stoat
