// //go:embed: variables that hold files of the package's directory.
#pragma once
#include "base/diag.h"
#include "mir/mir.h"

namespace stoat::driver {

/// Gives every //go:embed variable of `package` its contents as static data, from the go command's -embedcfg file (JSON: Patterns, Files).
/// Errors are gc's. `module` must already list the package's variables.
void embedFiles(const CheckedPackage& package, const std::string& embedcfg, mir::Module& module, DiagEngine& diag);

} // namespace stoat::driver
