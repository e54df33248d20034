// Allocation windows: what a P may hand out without asking anybody. Compiled code does (codegen/emit/allocation.cpp).
//
// A window is a run of free slots of one span, zeroed, with their pointer bits set to `mask` already, marked while the collector marks. Taking an object is moving `next`. A
// P has one window for each class of spans and the rest of a tiny block (MemoryCache); layoutgen gives their places. An empty window has next == end.
#pragma once
#include "runtime/abi/layout.h"
#include "runtime/abi/size_class.h"

namespace stoat::rt {

struct STOAT_LAYOUT("window") AllocWindow {
  Word next, end;
  Word mask;        // bit i: word i of every slot is a pointer. 0 in spans without bits (noscan, large elements)
};

inline constexpr unsigned spanClassCount = classCount * 2;           // class * 2 + noscan

// Objects up to this size come zeroed out of their window.
inline constexpr unsigned maxWindowZeroed = 512;

} // namespace stoat::rt
