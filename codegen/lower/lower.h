// MIR of one package -> LLVM IR. One verb.
#pragma once
#include "base/diag.h"
#include "mir/mir.h"
#include <memory>

namespace llvm { class LLVMContext; class Module; class TargetMachine; }

namespace stoat {

/// Where lowering gets function bodies that are not in the module: generic and inlinable functions of imported packages.
class BodyProvider {
public:
  virtual ~BodyProvider() = default;
  /// MIR of `func` (uninstantiated), or null when only its symbol is known.
  virtual mir::Function* body(Func* func) = 0;
};

struct LowerOptions {
  std::string goarch = "amd64";
  std::string packagePath;         // -p
  llvm::StringRef symabis;         // contents of the symabis file: symbols defined in assembly, and those that it refers to
  bool isLibrary = false;          // -std: assembly functions are natives of the runtime
  bool debugInfo = true;
  bool escapeAnalysis = true;         // of instances
  bool saturatingConversions = false; // -d=converthash=qy
  std::string leftOutBarrier;         // -d=leaveoutbarrier=store, move, clear, copy or atomic: wrong code, for the proof that tests notice (utils/test_barriers)
};

/// Lowers all non-generic functions of `module`, and every instance, wrapper, type descriptor, itab and constant that they need, transitively
/// (instances and shared data as COMDAT). Returns null after reporting "not supported yet" errors to diag.
std::unique_ptr<llvm::Module> lowerModule(llvm::LLVMContext& context, const mir::Module& module, BodyProvider& bodies, DiagEngine& diag, const LowerOptions& options);

} // namespace stoat
