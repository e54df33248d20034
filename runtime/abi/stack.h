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
#include "runtime/abi/check.h"
#include "runtime/abi/stack_limits.h"
#include <stddef.h>
#include <stdint.h>

namespace stoat::rt {

#if defined(__x86_64__)
inline constexpr int calleeSavedCount = 5; // rbx r12 r13 r14 r15
inline constexpr int deferSavedWords = 7;  // segment, entry record, callee-saved registers
#elif defined(__aarch64__)
inline constexpr int calleeSavedCount = 9; // x19..x27 (x28 is g, x29 the frame pointer)
inline constexpr int deferSavedWords = 19; // d8-d15 too
#elif defined(__i386__)
inline constexpr int calleeSavedCount = 3; // ebx esi edi
inline constexpr int deferSavedWords = 5;
#endif

static_assert(STOAT_STACK_SMALL_FRAME + STOAT_STACK_LEAF_FRAME + STOAT_STACK_LEAF_NATIVE <= STOAT_STACK_GUARD);

struct STOAT_LAYOUT("seg") StackSegment {
  uintptr_t limit;       // lowest address + STOAT_STACK_GUARD; never poisoned
  uintptr_t top;         // end of the usable stack, 16-aligned
  StackSegment* older;   // the segment this one was entered from
  uintptr_t savedSp;     // sp in the older segment, without the return address: where the caller expects it back
  uintptr_t retPc;       // return address into the caller
  StackSegment* newer;   // cached next segment, or null
  // Owners (runtime/sched) may append: derive from it or allocate it larger.
};

struct STOAT_LAYOUT("entry") EntryRecord {
  EntryRecord* previous;
  uintptr_t pc;          // return address into the Go frame (or stoat_morestack_ret)
  uintptr_t fp;          // frame pointer of that Go frame
  uintptr_t low;         // set by stubs to their own sp, by stoat_callgo to its sp; the scan starts here
  uintptr_t high;        // end of the conservative range: past the native's stack arguments
  StackSegment* segment; // in use when the record was made
  uintptr_t saved[calleeSavedCount]; // in the order of CalleeSaved in stackmap.h
};

struct STOAT_LAYOUT("defer") DeferFrame {
  DeferFrame* link;
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t pc;
  void* pending;
  uintptr_t state;
  uintptr_t saved[deferSavedWords]; // what stoat_resume restores
};

struct G; // sched/g_m_p.h
// For folders below sched, which only need this field; held by g_m_p.h.
inline constexpr size_t gSegmentOffset = 3 * sizeof(uintptr_t);

extern "C" {
// -- written in C++ by runtime/sched, called by the assembly --
// On the system stack: a segment with at least `bytes` usable, linked as g->segment->newer (replacing a smaller spare one; its `newer` must be null or valid). Does not
// switch to it. Throws "stack overflow" itself when the goroutine's total exceeds the limit. Must not collect, park or call Go. `callerPc` returns into the Go frame
// whose callee needs the segment; the frame pointer is still that frame's.
STOAT_SYSTEM_STACK STOAT_NO_ALLOCATION STOAT_NO_BARRIER StackSegment* stoat_new_segment(G* g, uintptr_t bytes, uintptr_t callerPc);
// On the goroutine's own stack (< 300 bytes of it), with an entry record pushed: the limit was poisoned. Resets the limit, yields (mcall), and returns when the goroutine
// runs again, perhaps on another thread.
STOAT_GOROUTINE_STACK(300) void stoat_preempt(G* g);

// -- written in assembly --
void stoat_morestack();     // from prologues only
extern const char stoat_morestack_ret[], stoat_calldefer_ret[], stoat_calldeferred_ret[], stoat_callgo_ret[];
uintptr_t stoat_calldefer(DeferFrame* frame, void (*body)()); // from Go (ccc, a safepoint); 0 body returned, 1 resumed
void stoat_calldeferred(void* funcval);                       // from Go (ccc, a safepoint): calls func()
STOAT_FRAME(8, 0, 12) [[noreturn]] void stoat_resume(DeferFrame* frame);            // from Go or C++ on the goroutine's stack
// From a BLOCKING native, on the goroutine's stack: calls the Go closure func(). The goroutine may run on another thread afterwards.
STOAT_FRAME(72, 160, 40) STOAT_ALLOCATES STOAT_BARRIER STOAT_BLOCKS void stoat_callgo(void* funcval);
}

} // namespace stoat::rt
