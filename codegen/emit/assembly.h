// Plan 9 assembly of users' packages, at the link: objects of Go's assembler -> one ELF object. Calling conventions: runtime/abi/README.md, "Plan 9 assembly".
#pragma once
#include "emit/go_object.h"
#include "target/assembly_symbols.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <string>

namespace stoat {

struct AssemblyObject {
  llvm::StringRef package; // path, for messages
  llvm::StringRef bytes;   // of Go's assembler
};

// `thunks`: what symbols with the suffix assemblyThunk the packages' compiled code defines. `callers`: receives for each Go function that assembly calls and no package offers to it, by its
// thunk's symbol, the assembly function that does; the link fails if that one is part of the program. False: error holds a line for each problem.
bool emitAssembly(llvm::ArrayRef<AssemblyObject> inputs, const llvm::StringSet<>& thunks, llvm::StringRef goarch, llvm::SmallVectorImpl<char>& object,
                  llvm::StringMap<std::string>& callers, std::string& error);

} // namespace stoat
