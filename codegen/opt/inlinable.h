// Which bodies go into export data for other packages to inline.
#pragma once
#include "mir/mir.h"

namespace stoat::mir {

/// Sets Function::inlinable on small non-generic functions of `module` (generic bodies are exported in any case). The LLVM inliner decides
/// about calls inside one package by itself; importing packages lower an inlinable body as available_externally, for it to see.
void markInlinable(Module& module);

} // namespace stoat::mir
