// Text form of what checking found out, for -emit=types and tests.
#pragma once
#include "check/objects.h"

namespace stoat {

/// One line for every expression, in source order: position, kind, type, what it is (constants with their exact value), the object
/// that a name declares or uses, its type arguments, the path of a selection.
void dumpTypes(const CheckedPackage& package, std::string& out);

} // namespace stoat
