// One translation unit's AST -> facts.
#pragma once
#include "facts.h"

namespace clang {
class ASTContext;
}

namespace stoat::rtcheck {

void collect(clang::ASTContext& context, Unit& out);

} // namespace stoat::rtcheck
