// A warm process that runs the compiler for each request in a forked child: for utils/fuzz, whose programs must neither pay for the start of
// a process nor see what an earlier one left behind.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace stoat::driver {

/// Serves requests from standard input until its end. A request is a line of fields separated by tabs: the file that takes the child's
/// standard output and error, then the arguments of `compile`. The answer is a line `STATUS CPU RSS`: the exit status, or minus the
/// signal that ended the child; microseconds of CPU; kilobytes. A child ends by SIGXCPU after 10 s of CPU, by SIGALRM after 120 s, and has at
/// most 8 GB of address space. `compile` is called in the child's only thread.
int forkServer(int (*compile)(llvm::ArrayRef<llvm::StringRef>));

} // namespace stoat::driver
