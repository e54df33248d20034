#include "emit/object.h"
#include "emit/llvm_passes.h"
#include "target/target.h"

namespace stoat {

std::string emptyObject(llvm::StringRef goarch, std::string& error) {
  const Target* target = targetFor(goarch);
  if (!target) {
    error = "unsupported GOARCH " + goarch.str();
    return "";
  }
  llvm::LLVMContext context;
  llvm::Module module("empty", context);
  setTarget(module, *target);
  EmitOptions options;
  options.goarch = goarch.str();
  options.optimize = false;
  llvm::SmallVector<char, 0> object;
  if (!emitObject(module, options, object, error))
    return "";
  return std::string(object.data(), object.size());
}

} // namespace stoat
