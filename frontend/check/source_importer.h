// Checks many packages from source in one process, in dependency order: the development harness (`compile -check-list`), not a
// part of ordinary compilation.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <string>

namespace stoat {

/// The list has one package a line: import path, directory, comma-separated files, and optionally a,b pairs `source=path` of an
/// import map (vendored packages); fields are separated by tabs. Errors go to stderr; the result is 0 if there were none.
int checkListMain(const std::string& listFile, const std::string& goarch, bool verbose);

} // namespace stoat
