// Tables that codegen/emit writes and runtime/code reads: functions, safepoints, source positions. Sections stoat_funcs and stoat_maps are
// SHF_LINK_ORDER to the function's text section (sorted by address, dropped with it); stoat_strings is mergeable. Every reference is 32 bits,
// relative to the address of the field itself. All fields are little-endian; tables are 4-byte aligned.
//
// stoat_maps, for each function:
//   FuncDetails
//   Safepoint[safepointCount]     ascending pcOffset
//   int32 string[stringCount]     0: the function's name, 1: its file, then whatever positions need
//   SavedRegister[savedCount]
//   AllocaSlot[allocaCount]
//   CodeRange[asyncCount]         ascending
//   bytes: pointer maps, positions, alloca masks (offsets below are from the start of FuncDetails)
// Pointer map: uleb n, then n sleb entries e: even e: the word at fp + (e >> 1) * wordSize; odd e: callee-saved register number e >> 1 (CalleeSaved order below).
// Then uleb k, k uleb indices of AllocaSlots that are tracked and in use here. A tracked slot that is not listed counts only if a pointer to it is found on the stack.
// Position: uleb levels, then for each level, innermost first: uleb name << 1 | wrapper, uleb file, uleb line (indices of string[]).
// Alloca mask: one bit a word, low bit first.
#pragma once
#include <stdint.h>

namespace stoat::abi {

enum FuncFlags : uint32_t {
  funcIsWrapper = 1,     // not a frame of the user's (method wrapper, deferred call's thunk)
  funcHasStackCheck = 2,
  funcNoSplit = 4,
  funcNoArgs = 8,        // without receiver and parameters
};

struct FuncRecord { // section stoat_funcs
  int32_t entry;    // the function
  uint32_t size;
  int32_t details;  // its FuncDetails
  uint32_t flags;
};

struct FuncDetails {
  uint32_t safepointCount;
  uint32_t stringCount;
  uint32_t savedCount;
  uint32_t allocaCount;
  uint32_t asyncCount;
  uint32_t frameBytes; // below the entry's stack pointer
  uint32_t line;       // of the declaration
};

struct Safepoint {
  uint32_t pcOffset; // return address - entry
  uint32_t map;      // offset of its pointer map; 0: no pointers
  uint32_t position; // offset of its position
};

struct SavedRegister {
  int32_t fpOffset;
  uint32_t number; // CalleeSaved
};

constexpr uint32_t allocaTracked = 0x80000000; // flag in AllocaSlot::words

struct AllocaSlot {
  int32_t fpOffset;
  uint32_t words; // and allocaTracked
  uint32_t mask; // offset of the mask; 0: every word, conservatively
};

// Code in which a signal may stop the goroutine (loops without safepoints and barriers): [begin, end) from the entry. The frame is complete there, and what the
// loop's pointers point into is found by a conservative scan of frame and registers.
struct CodeRange {
  uint32_t begin;
  uint32_t end;
};

// CalleeSaved: x86-64 rbx 0, r12 1, r13 2, r14 3, r15 4. arm64 x19 + n. 386 ebx 0, esi 1, edi 2.

} // namespace stoat::abi
