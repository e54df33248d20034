// The file names that stand in what is compiled. Where the sources lie must not show there: the go command shares archives between GOROOTs and between its temporary directories, and
// with -trimpath builds of the same sources are to be alike. As in gc, a name below GOROOT is recorded as "$GOROOT/...": importers and the running program put their own there.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <string>
#include <utility>
#include <vector>

namespace stoat {

class PathRewriter {
public:
  /// `goroot`: "" if it is not to be replaced. `trimpath`: as in -trimpath, "PREFIX=>REPLACEMENT;..."; without a replacement PREFIX/ is taken away.
  PathRewriter() = default;
  PathRewriter(llvm::StringRef goroot, llvm::StringRef trimpath);
  std::string trimmed(llvm::StringRef name) const;
  /// Under goroot: "$GOROOT/...".
  std::string withoutRoot(llvm::StringRef name) const;
  std::string recorded(llvm::StringRef name) const { return withoutRoot(trimmed(name)); }
  /// The other way, where goroot is known.
  std::string expanded(llvm::StringRef name) const;

private:
  std::string goroot_;
  std::vector<std::pair<std::string, std::string>> prefixes_;
};

} // namespace stoat
