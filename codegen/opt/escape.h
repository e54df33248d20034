// Which allocations may live in the frame.
#pragma once
#include "mir/mir.h"

namespace stoat::mir {

/// Flags New, MakeClosure and small MakeSlice instructions Stack whose objects cannot outlive the function, and records on each Func which
/// parameters it does not let escape (Func::noEscape). Needs nothing but the module; functions of other packages are known by their Func::noEscape.
void escapeAnalysis(Module& module);

/// The same for one function (an instance, say), with what is known of its callees.
void escapeAnalysis(Function& function);

} // namespace stoat::mir
