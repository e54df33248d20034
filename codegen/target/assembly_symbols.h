// Symbols by which compiled code and Plan 9 assembly reach each other (runtime/abi/README.md, "Plan 9 assembly"). The Go function itself, with the Go convention, is just F.
#pragma once
#include "llvm/ADT/StringRef.h"

namespace stoat {

inline constexpr llvm::StringLiteral assemblyCode = "·abi0";      // F's code by the convention of Go's assembly: assembled, or a stub around a Go function
inline constexpr llvm::StringLiteral assemblyEntry = "·enter";    // C function (block, bytes): runs the code of an assembly function on a block of arguments and results
inline constexpr llvm::StringLiteral assemblyThunk = "·callback"; // Go function func() with a closure {code, block}: calls the Go function F on behalf of assembly

} // namespace stoat
