// Objects that are made without a package's code.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <string>

namespace stoat {

// An ELF object without code, for tools that must produce one. Empty on error.
std::string emptyObject(llvm::StringRef goarch, std::string& error);

} // namespace stoat
