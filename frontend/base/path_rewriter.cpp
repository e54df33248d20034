// Names are compared as they are given, component by component (path_rewriter.h).
#include "base/path_rewriter.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat {

static constexpr llvm::StringLiteral rootName = "$GOROOT";

// Whether `name` is `prefix` or lies below; then `rest` is empty or begins with a slash.
static bool cutPrefix(llvm::StringRef name, llvm::StringRef prefix, llvm::StringRef& rest) {
  if (prefix.empty() || !name.starts_with(prefix)) return false;
  rest = name.drop_front(prefix.size());
  return rest.empty() || rest[0] == '/';
}

PathRewriter::PathRewriter(llvm::StringRef goroot, llvm::StringRef trimpath) : goroot_(goroot.rtrim('/')) {
  llvm::SmallVector<llvm::StringRef, 4> entries;
  trimpath.split(entries, ';', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef entry : entries) {
    auto [prefix, replacement] = entry.split("=>");
    prefixes_.emplace_back(prefix.rtrim('/').str(), replacement.rtrim('/').str());
  }
}

std::string PathRewriter::trimmed(llvm::StringRef name) const {
  llvm::StringRef rest;
  for (auto& [prefix, replacement] : prefixes_)
    if (cutPrefix(name, prefix, rest)) return replacement.empty() ? rest.drop_while([](char c) { return c == '/'; }).str() : replacement + rest.str();
  return name.str();
}

std::string PathRewriter::withoutRoot(llvm::StringRef name) const {
  llvm::StringRef rest;
  return cutPrefix(name, goroot_, rest) ? rootName.str() + rest.str() : name.str();
}

std::string PathRewriter::expanded(llvm::StringRef name) const {
  llvm::StringRef rest;
  return !goroot_.empty() && cutPrefix(name, rootName, rest) ? goroot_ + rest.str() : name.str();
}

} // namespace stoat
