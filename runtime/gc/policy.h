// What the environment and runtime/debug say about collections.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

// GOGC: a number or "off" (-1); 100 if it is neither.
int32_t collectPercentFromEnvironment();
// GOMEMLIMIT: bytes, with B, KiB, MiB, GiB or TiB, or "off" (INT64_MAX). Ends the program if it is malformed.
int64_t memoryLimitFromEnvironment();
// heap.live at which a cycle has to begin for the limit's sake, whatever GOGC says; markedBytes of it are known to be live.
Word heapGoalOfLimit(Word markedBytes);

} // namespace stoat::rt
