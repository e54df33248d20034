// The object that the link adds: `stoat_module` (ModuleData of runtime/abi/layout.h), -X variables, build ID note, .go.buildinfo.
#pragma once
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <vector>

namespace stoat {

struct ModuleDataContents {
  std::string goarch;
  std::vector<std::string> inits; // symbols in order
  size_t runtimeInits = 0;
  std::string goVersion, modInfo, defaultGodebug, buildId;
  std::vector<std::pair<std::string, std::string>> variables; // symbol of a string variable, value
};

bool emitModuleData(const ModuleDataContents& contents, llvm::SmallVectorImpl<char>& object, std::string& error);

} // namespace stoat
