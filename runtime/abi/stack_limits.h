// Bytes of stack that prologues, stubs and the runtime agree on. Plain #defines: .S files and codegen include this too. (Places of fields are generated: STOAT_LAYOUT in check.h.)
//
// A check passes while sp (small frames) or sp - frame is above the limit; everything that runs below the limit unchecked has to fit the guard: a small frame, a leaf's, and
// what then still is needed by a LEAF native, or by stoat_morestack with stoat_preempt. utils/rtcheck holds the natives to it.
#pragma once

#define STOAT_STACK_GUARD 1024       // limit = low + guard
#define STOAT_STACK_SMALL_FRAME 256  // frames up to this compare sp alone
#define STOAT_STACK_LEAF_FRAME 128   // functions without calls and with frames up to this have no check
#define STOAT_STACK_LEAF_NATIVE 512  // what LEAF and FAST natives may use
#define STOAT_STACK_BLOCKING 2048    // what BLOCKING natives find free below them
