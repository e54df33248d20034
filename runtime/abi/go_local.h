// The part of g that belongs to the Go overlay (goLocal in lib/runtime/natives.go: keep both equal). It is G::local; the defer trampoline
// uses its first field.
//
// The collector scans the words [panics, spare] exactly, as part of the goroutine. stoat_newproc copies the fields marked "inherited" from the
// running goroutine and zeroes the others.
#pragma once
#include "runtime/abi/check.h"
#include <stddef.h>
#include <stdint.h>

namespace stoat::rt {

struct DeferFrame;

struct GoLocal {
  DeferFrame* deferFrames; // innermost; on the stack
  STOAT_HEAP void* panics;
  STOAT_HEAP void* labels; // inherited
  STOAT_HEAP void* bubble; // inherited
  STOAT_HEAP void* coro;
  STOAT_HEAP void* spare[3];
  uintptr_t faultAddress;
  uintptr_t faultPc;
  uint32_t faultSignal; // 0: none
  uint32_t faultCode;
  uint8_t dying;
  uint8_t panicOnFault;
  uint8_t fips;
  uint8_t fipsBypass; // inherited
  uint8_t dit;        // inherited
};

inline constexpr size_t goLocalPointerOffset = offsetof(GoLocal, panics);
inline constexpr size_t goLocalPointerWords = 7;

} // namespace stoat::rt
