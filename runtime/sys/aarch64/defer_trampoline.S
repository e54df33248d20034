// Deferred calls, arm64 (see x86_64/defer_trampoline.S). stoat_calldefer's frame, from x29: F's x29 and return address at 0, x19-x27 16, segment 88, entry
// record 96. d8-d15 at 104: C++ and Go keep their low halves for their callers.
#include "runtime/abi/asm_offsets.h"
#define W(n) ((n)*8)

  .text
  .globl stoat_calldefer
  .type stoat_calldefer, @function
  .p2align 2
stoat_calldefer:
  stp x29, x30, [sp, #-176]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  ldr x9, [x28, #W(STOAT_G_SEGMENT)]
  stp x27, x9, [sp, #80]
  ldr x9, [x28, #W(STOAT_G_ENTRY)]
  str x9, [sp, #96]
  stp d8, d9, [sp, #104]
  stp d10, d11, [sp, #120]
  stp d12, d13, [sp, #136]
  stp d14, d15, [sp, #152]
  ldr x9, [x28, #W(STOAT_G_DEFER_FRAMES)]
  str x9, [x0, #W(STOAT_DEFER_LINK)]
  str x29, [x0, #W(STOAT_DEFER_SP)]
  ldr x9, [x29]
  str x9, [x0, #W(STOAT_DEFER_FP)]
  str x30, [x0, #W(STOAT_DEFER_PC)]
  str x0, [x28, #W(STOAT_G_DEFER_FRAMES)]
  blr x1
  .globl stoat_calldefer_ret
stoat_calldefer_ret:
  mov x0, #0
  mov sp, x29
  ldp x29, x30, [sp], #176
  ret
  .size stoat_calldefer, . - stoat_calldefer

  .globl stoat_resume
  .type stoat_resume, @function
stoat_resume:
  ldr x29, [x0, #W(STOAT_DEFER_SP)]
  str x0, [x28, #W(STOAT_G_DEFER_FRAMES)]
  ldp x19, x20, [x29, #16]
  ldp x21, x22, [x29, #32]
  ldp x23, x24, [x29, #48]
  ldp x25, x26, [x29, #64]
  ldp x27, x12, [x29, #80]
  ldr x9, [x29, #96]
  str x9, [x28, #W(STOAT_G_ENTRY)]
  ldp d8, d9, [x29, #104]
  ldp d10, d11, [x29, #120]
  ldp d12, d13, [x29, #136]
  ldp d14, d15, [x29, #152]
  ldr x9, [x28, #W(STOAT_G_SEGMENT)]
  str x12, [x28, #W(STOAT_G_SEGMENT)]
  ldr x14, [x9, #W(STOAT_SEG_LIMIT)]
  ldr x15, [x12, #W(STOAT_SEG_LIMIT)]
1:
  ldxr x10, [x28]
  cmp x10, x14
  b.ne 2f
  stxr w11, x15, [x28]
  cbnz w11, 1b
2:
  clrex
  mov x0, #1
  mov sp, x29
  ldp x29, x30, [sp], #176
  ret
  .size stoat_resume, . - stoat_resume

  .globl stoat_calldeferred
  .type stoat_calldeferred, @function
stoat_calldeferred:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  mov x15, x0
  ldr x9, [x15]
  blr x9
  .globl stoat_calldeferred_ret
stoat_calldeferred_ret:
  ldp x29, x30, [sp], #16
  ret
  .size stoat_calldeferred, . - stoat_calldeferred

  .section .note.GNU-stack,"",@progbits
