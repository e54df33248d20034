// -m: what escape analysis decided, in gc's words.
#pragma once
#include "base/source.h"
#include "opt/escape.h"
#include "syntax/ast.h"

namespace stoat::driver {

/// Lines `file:line:col: ... escapes to heap`, sorted by position.
std::string escapeReport(llvm::ArrayRef<mir::EscapeNote> notes, llvm::ArrayRef<SourceFile*> files, const SourceTable& sources);

} // namespace stoat::driver
