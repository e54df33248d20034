// Text form of MIR (-emit=mir, -dump-after), and its parser and verifier.
#pragma once
#include "mir/mir.h"

namespace stoat::mir {

void printFunction(const Function& f, std::string& out);
void printModule(const Module& m, std::string& out);
/// Checks the invariants of mir.h; appends one line per violation. True when there is none.
bool verifyFunction(const Function& f, std::string& problems);

} // namespace stoat::mir
