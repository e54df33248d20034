// Type strings as reflect shows them.
#pragma once
#include "check/objects.h"

namespace stoat::lower {

std::string reflectString(Type* type);

} // namespace stoat::lower
