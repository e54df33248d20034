// Places, in machine words, of the fields that assembly reads: g, stack segments, entry records, defer frames. Included by .S files and by
// stack.h, whose static_asserts hold the structures to these numbers.
#pragma once

// g (layout.h: the first words of G)
#define STOAT_G_STACK_LIMIT 0  // the checked limit on arm64 (poisoned by preemption); the saved one elsewhere (live: fs:0x70, gs:0x30)
#define STOAT_G_ENTRY 1        // EntryRecord*: youngest
#define STOAT_G_SEGMENT 2      // StackSegment*: the one in use; its limit is never poisoned
#define STOAT_G_SYSTEM_SP 3    // where SYSTEM stubs and stoat_morestack put the stack pointer; set whenever a thread starts running g; 16-aligned
#define STOAT_G_M 4            // M*: the thread that runs it
#define STOAT_G_DEFER_FRAMES 5 // DeferFrame*: innermost

// M, P (stoat_write_barrier, allocation in compiled code)
#define STOAT_M_P 3            // P*, or null
#define STOAT_P_BARRIER_NEXT 1 // Word*: where the next two values go
#define STOAT_P_BARRIER_END 2  // Word*: no room from here on
#define STOAT_P_WINDOWS 4      // allocation windows (alloc_window.h)

// StackSegment
#define STOAT_SEG_LIMIT 0    // lowest address + stackGuard
#define STOAT_SEG_TOP 1      // end of the usable stack, 16-aligned
#define STOAT_SEG_OLDER 2    // the segment this one was entered from
#define STOAT_SEG_SAVED_SP 3 // sp in the older segment, without the return address: where the caller expects it back
#define STOAT_SEG_RET_PC 4   // return address into the caller
#define STOAT_SEG_NEWER 5    // cached next segment, or null

// EntryRecord
#define STOAT_ENTRY_PREVIOUS 0
#define STOAT_ENTRY_PC 1
#define STOAT_ENTRY_FP 2
#define STOAT_ENTRY_LOW 3
#define STOAT_ENTRY_HIGH 4
#define STOAT_ENTRY_SEGMENT 5
#define STOAT_ENTRY_SAVED 6 // callee-saved registers, in the order of CalleeSaved in stackmap.h

// DeferFrame
#define STOAT_DEFER_LINK 0
#define STOAT_DEFER_SP 1
#define STOAT_DEFER_FP 2
#define STOAT_DEFER_PC 3
#define STOAT_DEFER_SAVED 6 // segment, entry record, callee-saved registers (arm64: d8-d15 too)
#if defined(__x86_64__)
#define STOAT_DEFER_SAVED_WORDS 7
#elif defined(__aarch64__)
#define STOAT_DEFER_SAVED_WORDS 19
#else
#define STOAT_DEFER_SAVED_WORDS 5
#endif

// Bytes. A check passes while sp (small frames) or sp - frame is above the limit; everything that runs below the limit unchecked has to fit the guard.
#define STOAT_STACK_GUARD 1024       // limit = low + guard
#define STOAT_STACK_SMALL_FRAME 256  // frames up to this compare sp alone
#define STOAT_STACK_LEAF_FRAME 128   // functions without calls and with frames up to this have no check
#define STOAT_STACK_BLOCKING 2048    // what BLOCKING natives find free below them
