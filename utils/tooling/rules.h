// The rules. Each appends its findings; what each proves is in README.md.
#pragma once
#include "frames.h"
#include "program.h"

namespace stoat::rtcheck {

// Returns the number of roots.
unsigned checkStack(Program& program, const Frames& frames, const std::set<std::string>& calledByAssembly, std::set<Problem>& problems, bool verbose);
unsigned checkPaths(Program& program, std::set<Problem>& problems);

} // namespace stoat::rtcheck
