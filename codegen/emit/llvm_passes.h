// From an LLVM module as codegen/lower makes it (README.md) to an ELF object: LLVM's pipeline, our late passes, code generation, stack maps.
#pragma once
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace llvm {
class Function;
class FunctionCallee;
class Module;
} // namespace llvm

namespace stoat {

struct EmitOptions {
  std::string goarch = "amd64";
  bool optimize = true;     // O2 with vectorisers; otherwise as fast as possible, pointers in slots
  bool verify = false;      // LLVM's verifier before and after our passes
  std::string goamd64;      // "v1".."v4"
  std::string goroot;       // becomes $GOROOT in the file names of the runtime's tables, not in debug information
  bool assembly = false;    // text instead of an object; for reading only (statepoint calls print wrongly on 386)
  bool optimizedIr = false; // the module after the late passes, as text
  bool stackMaps = false;   // the tables of runtime/abi/stackmap.h as text (README.md), instead of an object
};

// The module is consumed (transformed). False: error says what module construct is refused or which back-end step failed.
bool emitObject(llvm::Module& module, const EmitOptions& options, llvm::SmallVectorImpl<char>& object, std::string& error);

// `void stoat.barrier(ptr slot, ptr addrspace(1) new)`, to be called before a plain pointer store that needs the write barrier.
llvm::Function* declareBarrier(llvm::Module& module);

} // namespace stoat
