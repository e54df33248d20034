// Stack segments, entry records and the assembly that links them (runtime/sys/<arch>/{morestack,entry_stubs,defer_trampoline}.S).
//
// A goroutine's stack is a chain of segments that never move. stoat_morestack enters the next one; the frame that runs there has the address
// stoat_morestack_ret as its return address and the caller's frame pointer as its saved frame pointer, so that frame pointers chain across. The walker
// takes the real return address from the segment.
//
// An entry record describes the youngest Go frame of a goroutine that has left Go code (native on its own stack or on the system stack, or preempted in
// stoat_morestack). The words from `low` (of the youngest record: the sp at which the goroutine is parked, if it is parked on its own stack) to `high` belong to
// C++ frames, saved argument registers and stack arguments: scan them conservatively.
#pragma once
#include "runtime/abi/asm_offsets.h"
#include <stddef.h>
#include <stdint.h>

namespace stoat::rt {

#if defined(__x86_64__)
inline constexpr int calleeSavedCount = 5; // rbx r12 r13 r14 r15
#elif defined(__aarch64__)
inline constexpr int calleeSavedCount = 9; // x19..x27 (x28 is g, x29 the frame pointer)
#elif defined(__i386__)
inline constexpr int calleeSavedCount = 3; // ebx esi edi
#endif

struct StackSegment {
  uintptr_t limit;
  uintptr_t top;
  StackSegment* older;
  uintptr_t savedSp;
  uintptr_t retPc;
  StackSegment* newer;
  // Owners (runtime/sched) may append: derive from it or allocate it larger.
};

struct EntryRecord {
  EntryRecord* previous;
  uintptr_t pc;          // return address into the Go frame (or stoat_morestack_ret)
  uintptr_t fp;          // frame pointer of that Go frame
  uintptr_t low;         // set by stubs to their own sp, by stoat_callgo to its sp; the scan starts here
  uintptr_t high;        // end of the conservative range: past the native's stack arguments
  StackSegment* segment; // in use when the record was made
  uintptr_t saved[calleeSavedCount];
};

struct DeferFrame {
  DeferFrame* link;
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t pc;
  void* pending;
  uintptr_t state;
  uintptr_t saved[STOAT_DEFER_SAVED_WORDS]; // what stoat_resume restores; by codegen/lower too
};

#define STOAT_AT(type, field, words) static_assert(offsetof(type, field) == (words) * sizeof(uintptr_t))
STOAT_AT(StackSegment, limit, STOAT_SEG_LIMIT);
STOAT_AT(StackSegment, top, STOAT_SEG_TOP);
STOAT_AT(StackSegment, older, STOAT_SEG_OLDER);
STOAT_AT(StackSegment, savedSp, STOAT_SEG_SAVED_SP);
STOAT_AT(StackSegment, retPc, STOAT_SEG_RET_PC);
STOAT_AT(StackSegment, newer, STOAT_SEG_NEWER);
STOAT_AT(EntryRecord, saved, STOAT_ENTRY_SAVED);
STOAT_AT(EntryRecord, segment, STOAT_ENTRY_SEGMENT);
STOAT_AT(EntryRecord, high, STOAT_ENTRY_HIGH);
STOAT_AT(EntryRecord, low, STOAT_ENTRY_LOW);
STOAT_AT(DeferFrame, pc, STOAT_DEFER_PC);
STOAT_AT(DeferFrame, fp, STOAT_DEFER_FP);
STOAT_AT(DeferFrame, sp, STOAT_DEFER_SP);
STOAT_AT(DeferFrame, saved, STOAT_DEFER_SAVED);
#undef STOAT_AT

struct G; // layout.h; starts with the words of asm_offsets.h

extern "C" {
// -- written in C++ by runtime/sched, called by the assembly --
// On the system stack: a segment with at least `bytes` usable, linked as g->segment->newer (replacing a smaller spare one; its `newer` must be null or valid). Does not
// switch to it. Throws "stack overflow" itself when the goroutine's total exceeds the limit. Must not collect, park or call Go. `callerPc` returns into the Go frame
// whose callee needs the segment; the frame pointer is still that frame's.
StackSegment* stoat_new_segment(G* g, uintptr_t bytes, uintptr_t callerPc);
// On the goroutine's own stack (< 300 bytes of it), with an entry record pushed: the limit was poisoned. Resets the limit, yields (mcall), and returns when the goroutine
// runs again, perhaps on another thread.
void stoat_preempt(G* g);

// -- written in assembly --
void stoat_morestack();     // from prologues only
extern const char stoat_morestack_ret[], stoat_calldefer_ret[], stoat_calldeferred_ret[], stoat_callgo_ret[];
uintptr_t stoat_calldefer(DeferFrame* frame, void (*body)()); // from Go (ccc, a safepoint); 0 body returned, 1 resumed
void stoat_calldeferred(void* funcval);                       // from Go (ccc, a safepoint): calls func()
[[noreturn]] void stoat_resume(DeferFrame* frame);            // from Go or C++ on the goroutine's stack
// From a BLOCKING native, on the goroutine's stack: calls the Go closure func(). The goroutine may run on another thread afterwards.
void stoat_callgo(void* funcval);
}

} // namespace stoat::rt
