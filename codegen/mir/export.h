// Export data: what other packages need of a compiled one. Types, objects, and the MIR of generic and inlinable functions.
//
// The data is self-contained: objects of other packages that are reachable from this package's API or from exported bodies are
// included too, because the go command hands a compile only the archives of its direct imports. On import, an object of (package path, name)
// that is known already wins, so every object and every Named type exists once per compilation.
#pragma once
#include "base/source.h"
#include "mir/mir.h"
#include "lower/lower.h"
#include <memory>
#include <set>

namespace stoat::mir {

/// Format version; a reader refuses any other. Bump on every change of the encoding.
inline constexpr uint32_t exportVersion = 3;

/// Serialises the package of `module`: deterministic bytes. A generic or inlinable body of an imported package that is reachable is taken from `bodies`.
std::string writeExport(const Module& module, BodyProvider& bodies, const SourceTable& sources);

/// All packages that one compilation imports, and the bodies found in them.
class ImportedPackages final : public BodyProvider {
public:
  ImportedPackages(SourceTable& sources, Context& context);
  ~ImportedPackages() override;
  /// Reads export data (which must stay alive); null with `error` set when it is malformed, truncated or of another version.
  Package* read(llvm::StringRef path, llvm::StringRef data, std::string& error);
  /// The package object of a path; created empty (incomplete) if unknown.
  Package* package(llvm::StringRef path, llvm::StringRef name = {});
  Function* body(Func* func) override;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace stoat::mir
