// Source text -> SourceFile. One verb; errors go to the DiagEngine with gc's wording and positions.
#pragma once
#include "base/diag.h"
#include "syntax/ast.h"

namespace stoat {

/// Which //go: directives are accepted: those of a user's package, of the standard library (-std), of the runtime outside (-+) and inside
/// of the library (both flags), or all without any check.
enum class PragmaPolicy : uint8_t { User, Std, Runtime, StdRuntime, All };

struct ParseOptions {
  bool checkBranches = true; // resolve labels, break, continue and goto (gc's CheckBranches)
  PragmaPolicy pragmas = PragmaPolicy::All;
  bool fieldTrack = false; // GOEXPERIMENT=fieldtrack: //go:nointerface has a meaning
};

inline constexpr unsigned maxNesting = 10000;

/// Parses `text` (any bytes; non-UTF-8, NUL and BOM are diagnosed). Always returns a file; after errors it holds what could be
/// recovered. Nesting is bounded: beyond 10,000 levels one error is reported and parsing of the file stops.
SourceFile* parseFile(Arena& arena, DiagEngine& diag, uint16_t fileBase, llvm::StringRef path, llvm::StringRef text, const ParseOptions& options = {});

/// Reports directives that stand before the wrong kind of declaration, //go:embed that cannot be, and //go:linkname without
/// unsafe. To be called after type checking without errors, as gc does.
void checkPragmas(SourceFile& file, DiagEngine& diag);

/// One token a line, for -emit=tokens: "line:col kind text".
void dumpTokens(DiagEngine& diag, uint16_t fileBase, llvm::StringRef text, std::string& out);

/// Indented text form for -emit=ast and tests.
void dumpAst(const SourceFile& file, const SourceTable& sources, std::string& out);

} // namespace stoat
