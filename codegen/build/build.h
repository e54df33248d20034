// Checked AST -> MIR of one package. One verb.
#pragma once
#include "base/diag.h"
#include "mir/mir.h"

namespace stoat::mir {

/// Builds every function of `package` (generic ones once, uninstantiated). User-visible limits and unsupported constructs are reported to diag as
/// "not supported yet: ...". Never null.
Module* buildModule(const CheckedPackage& package, DiagEngine& diag, const TargetSizes& sizes);

/// Method wrapper for the method table of concrete type `recv`: takes the receiver (pointer-sized word form if `forInterface`) and forwards along the path of
/// `entry` (embedded fields, implicit & and *). Nil receivers of promoted pointer paths panic as gc does (runtime.panicwrap).
/// Null if no wrapper is needed (the method itself has the right form): then call it directly.
Function* buildMethodWrapper(Type* recv, const MethodSetEntry& entry, bool forInterface);

} // namespace stoat::mir
