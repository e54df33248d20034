// Strings that are made of bytes without copying them.
#pragma once
#include "opt/escape_graph.h"

namespace stoat::mir {

/// After the graph is solved: records in Func::quiet which of its declared functions are, and flags Borrowed the conversions of bytes to strings that need no copy.
void markBorrowed(FlowGraph& graph);

/// Whether a function without a body is quiet.
bool isQuietNative(const Func& func);

} // namespace stoat::mir
