// Diagnostics: collected, sorted by position as gc does, duplicates on one line removed, at most ten printed unless -e.
//
// Every user error has an entry in diag_kinds.def: DIAG(Name, code-text, "format with {0}"). The wording is gc's, since
// Go's errorcheck tests match it.
#pragma once
#include "base/source.h"
#include <functional>
#include <string>
#include <vector>

namespace stoat {

enum class DiagKind : uint16_t {
#define DIAG(NAME, ...) NAME,
#include "base/diag_kinds.def"
#undef DIAG
};

struct Diagnostic {
  Pos pos;
  DiagKind kind;
  std::string message; // may hold further lines, each indented by a tab
  bool soft = false;   // "declared and not used" and the like: does not stop code that follows from being checked
};

class DiagEngine {
public:
  explicit DiagEngine(SourceTable& sources) : sources_(sources) {}
  /// Reports a message already in gc's wording. `kind` is its class (test coverage and suppression key).
  void report(Pos pos, DiagKind kind, std::string message, bool soft = false);
  bool hasErrors() const { return !diagnostics_.empty(); }
  /// Whether type checking makes no sense: gc checks a package in spite of the parser's other errors ("middle index required ...").
  bool hasSyntaxErrors() const {
    for (const Diagnostic& d : diagnostics_)
      if (llvm::StringRef(d.message).starts_with("syntax error")) return true;
    return false;
  }
  size_t count() const { return diagnostics_.size(); }
  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  /// Sorts, removes duplicates (same line and message) and writes "file:line:col: message" lines to `out`; after `limit` errors
  /// (0: no limit) "too many errors". Returns the number of errors.
  unsigned flush(std::string& out, unsigned limit = 10);
  SourceTable& sources() { return sources_; }

private:
  SourceTable& sources_;
  std::vector<Diagnostic> diagnostics_;
};

} // namespace stoat
