// Allocation windows: what a P may hand out without asking anybody. Compiled code does (codegen/emit/allocation.cpp).
//
// A window is a run of free slots of one span, zeroed, with their pointer bits set to `mask` already, marked while the collector marks. Taking an object is moving `next`. A
// P has one window for each class of spans (asm_offsets.h: STOAT_G_M, STOAT_M_P, STOAT_P_WINDOWS), then the rest of a tiny block. An empty window has next == end.
#pragma once
#include "runtime/abi/layout.h"
#include "runtime/abi/size_class.h"

namespace stoat::rt {

struct AllocWindow {
  Word next, end;
  Word mask;        // bit i: word i of every slot is a pointer. 0 in spans without bits (noscan, large elements)
};

// Places in words for compiled code, which may be made for the other word size.
inline constexpr unsigned windowWords = 3, windowNext = 0, windowEnd = 1, windowMask = 2;
inline constexpr unsigned spanClassCount = classCount * 2;           // class * 2 + noscan
inline constexpr unsigned tinyNext = spanClassCount * windowWords, tinyEnd = tinyNext + 1, tinyCount = tinyNext + 2; // tinyCount: 64 bits

// Objects up to this size come zeroed out of their window.
inline constexpr unsigned maxWindowZeroed = 512;

} // namespace stoat::rt
