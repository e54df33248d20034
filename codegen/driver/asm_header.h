// go_asm.h: what a package's assembly may know of its Go constants and structs.
#pragma once
#include "check/objects.h"
#include "check/types.h"
#include <string>

namespace stoat::driver {

/// The text that -asmhdr writes, as gc has it: `#define const_NAME value` for integer, string and boolean constants, `NAME__size` and `NAME_field` (offset) for structs.
std::string asmHeader(const Package& package, const TargetSizes& sizes);

} // namespace stoat::driver
