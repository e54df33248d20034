// Objects that are made without a package's code.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <string>

namespace stoat {

// What stands in the object that the asm tool makes for each function: "stoat assembly: SYMBOL FILE:LINE;". The link tool looks for it when a symbol is
// missing.
inline constexpr llvm::StringLiteral assemblyNote = "stoat assembly: ";
// The same for data that assembly gives to variables of the package: the link fails if there are such variables.
inline constexpr llvm::StringLiteral assemblyDataNote = "stoat assembly data: ";

// An ELF object without code, for tools that must produce one; `note` goes into a section that links drop. Empty on error.
std::string emptyObject(llvm::StringRef goarch, llvm::StringRef note, std::string& error);

} // namespace stoat
