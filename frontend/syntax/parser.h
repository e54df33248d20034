// Source text -> SourceFile. One verb; errors go to the DiagEngine with gc's wording and positions.
#pragma once
#include "base/diag.h"
#include "syntax/ast.h"

namespace stoat {

struct ParseOptions {
  bool checkBranches = true; // resolve labels, break, continue and goto (gc's CheckBranches)
};

/// Parses `text` (any bytes; non-UTF-8, NUL and BOM are diagnosed). Always returns a file; after errors it holds what could be
/// recovered. Nesting is bounded: beyond 10,000 levels one error is reported and parsing of the file stops.
SourceFile* parseFile(Arena& arena, DiagEngine& diag, uint16_t fileBase, llvm::StringRef path, llvm::StringRef text, const ParseOptions& options = {});

/// Indented text form for -emit=ast and tests.
void dumpAst(const SourceFile& file, const SourceTable& sources, std::string& out);

} // namespace stoat
