// Deferred calls, arm64 (see x86_64/defer_trampoline.S). d8-d15: C++ and Go keep their low halves for their callers.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) ((n)*8)
#define SAVED(n) (STOAT_DEFER_SAVED+W(n))

  .text
  .globl stoat_calldefer
  .type stoat_calldefer, @function
  .p2align 2
stoat_calldefer:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  ldr x9, [x28, #STOAT_G_SEGMENT]
  ldr x10, [x28, #STOAT_G_ENTRY]
  stp x9, x10, [x0, #SAVED(0)]
  stp x19, x20, [x0, #SAVED(2)]
  stp x21, x22, [x0, #SAVED(4)]
  stp x23, x24, [x0, #SAVED(6)]
  stp x25, x26, [x0, #SAVED(8)]
  str x27, [x0, #SAVED(10)]
  stp d8, d9, [x0, #SAVED(11)]
  stp d10, d11, [x0, #SAVED(13)]
  stp d12, d13, [x0, #SAVED(15)]
  stp d14, d15, [x0, #SAVED(17)]
  ldr x9, [x28, #STOAT_G_LOCAL_DEFER_FRAMES]
  str x9, [x0, #STOAT_DEFER_LINK]
  add x9, sp, #16
  str x9, [x0, #STOAT_DEFER_SP]
  ldr x9, [x29]
  str x9, [x0, #STOAT_DEFER_FP]
  str x30, [x0, #STOAT_DEFER_PC]
  str x0, [x28, #STOAT_G_LOCAL_DEFER_FRAMES]
  blr x1
  .globl stoat_calldefer_ret
stoat_calldefer_ret:
  mov x0, #0
  ldp x29, x30, [sp], #16
  ret
  .size stoat_calldefer, . - stoat_calldefer

  .globl stoat_resume
  .type stoat_resume, @function
stoat_resume:
  mov x13, x0
  str x13, [x28, #STOAT_G_LOCAL_DEFER_FRAMES]
  ldp x12, x9, [x13, #SAVED(0)]
  str x9, [x28, #STOAT_G_ENTRY]
  ldp x19, x20, [x13, #SAVED(2)]
  ldp x21, x22, [x13, #SAVED(4)]
  ldp x23, x24, [x13, #SAVED(6)]
  ldp x25, x26, [x13, #SAVED(8)]
  ldr x27, [x13, #SAVED(10)]
  ldp d8, d9, [x13, #SAVED(11)]
  ldp d10, d11, [x13, #SAVED(13)]
  ldp d12, d13, [x13, #SAVED(15)]
  ldp d14, d15, [x13, #SAVED(17)]
  ldr x9, [x28, #STOAT_G_SEGMENT]
  str x12, [x28, #STOAT_G_SEGMENT]
  ldr x14, [x9, #STOAT_SEG_LIMIT]
  ldr x15, [x12, #STOAT_SEG_LIMIT]
1:
  ldxr x10, [x28, #STOAT_G_STACK_LIMIT]
  cmp x10, x14
  b.ne 2f
  stxr w11, x15, [x28, #STOAT_G_STACK_LIMIT]
  cbnz w11, 1b
2:
  clrex
  ldr x29, [x13, #STOAT_DEFER_FP]
  ldr x9, [x13, #STOAT_DEFER_SP]
  ldr x30, [x13, #STOAT_DEFER_PC]
  mov sp, x9
  mov x0, #1
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
