// Syntax trees of one package -> CheckedPackage. The checker's only public verb.
#pragma once
#include "base/diag.h"
#include "check/objects.h"

namespace stoat {

class Importer {
public:
  virtual ~Importer() = default;
  /// The package of an import path as written, or null with `error` set to gc's wording ("could not import ...").
  virtual Package* importPackage(llvm::StringRef path, std::string& error) = 0;
};

struct CheckOptions {
  std::string goVersion;      // -lang, "go1.21"; empty: newest
  std::string goarch = "amd64";
  bool ignoreFuncBodies = false;
  bool isStd = false;         // -std: bodyless functions and internal linknames allowed
  bool complete = false;      // -complete: no assembly: bodyless functions are errors
  bool hasSymabis = false;
  bool requireMain = false;   // package main must declare func main
};

/// Checks one package. Never null; diag.hasErrors() tells whether later phases may run.
CheckedPackage* checkPackage(llvm::StringRef path, const std::vector<SourceFile*>& files, Importer& importer, DiagEngine& diag, const CheckOptions& options);

} // namespace stoat
