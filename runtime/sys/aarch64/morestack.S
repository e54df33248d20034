// stoat_morestack, arm64 (see x86_64/morestack.S). x17: {frame, arguments, distance to the body}; x30: the caller's return address; x28: g. Save area, from sp: q0-7
// at 0, x0-x7 128, x8 x15 192, x17 x30 208; stack arguments at 224.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) ((n)*8)

// [x28, #STOAT_G_STACK_LIMIT] from \old to \new unless it was poisoned. Changes x10, x11.
.macro change_limit old, new
1:
  ldxr x10, [x28, #STOAT_G_STACK_LIMIT]
  cmp x10, \old
  b.ne 2f
  stxr w11, \new, [x28, #STOAT_G_STACK_LIMIT]
  cbnz w11, 1b
  b 3f
2:
  clrex
3:
.endm

  .text
  .globl stoat_morestack
  .type stoat_morestack, @function
  .p2align 2
stoat_morestack:
  sub sp, sp, #224
  stp q0, q1, [sp]
  stp q2, q3, [sp, #32]
  stp q4, q5, [sp, #64]
  stp q6, q7, [sp, #96]
  stp x0, x1, [sp, #128]
  stp x2, x3, [sp, #144]
  stp x4, x5, [sp, #160]
  stp x6, x7, [sp, #176]
  stp x8, x15, [sp, #192]
  stp x17, x30, [sp, #208]

  ldr x9, [x28, #STOAT_G_SEGMENT]
  ldp w2, w3, [x17]              // frame, arguments
  add x4, sp, #224
  cmp x2, #STOAT_STACK_SMALL_FRAME
  b.ls 4f
  sub x4, x4, x2
4:
  ldr x5, [x9, #STOAT_SEG_LIMIT]
  cmp x4, x5
  b.hi .Lpreempt

  add x1, x2, x3
  add x1, x1, #128
  ldr x0, [x9, #STOAT_SEG_NEWER]
  cbz x0, .Lallocate
  ldr x6, [x0, #STOAT_SEG_TOP]
  ldr x7, [x0, #STOAT_SEG_LIMIT]
  sub x6, x6, x7
  cmp x6, x1
  b.lo .Lallocate
.Lenter: // x0: the new segment, x9: the old one
  str x9, [x0, #STOAT_SEG_OLDER]
  ldp x17, x30, [sp, #208]
  str x30, [x0, #STOAT_SEG_RET_PC]
  add x4, sp, #224
  str x4, [x0, #STOAT_SEG_SAVED_SP]
  str x0, [x28, #STOAT_G_SEGMENT]
  ldr x5, [x9, #STOAT_SEG_LIMIT]
  ldr x6, [x0, #STOAT_SEG_LIMIT]
  change_limit x5, x6
  ldr x16, [x0, #STOAT_SEG_TOP]
  ldr w3, [x17, #4]
  sub x16, x16, x3               // the function's stack
  mov x5, x16
5:
  cbz x3, 6f
  ldp x6, x7, [x4], #16
  stp x6, x7, [x5], #16
  sub x3, x3, #16
  b 5b
6:
  adr x30, stoat_morestack_ret
  b .Lcontinue

.Lallocate:
  mov x0, x28
  mov x2, x30
  stp x29, x19, [sp, #-16]!
  mov x19, sp
  ldr x4, [x28, #STOAT_G_SYSTEM_SP]
  mov sp, x4
  bl stoat_new_segment
  mov sp, x19
  ldp x29, x19, [sp], #16
  ldr x9, [x28, #STOAT_G_SEGMENT]
  b .Lenter

.Lpreempt:
  // An entry record: 15 words.
  sub sp, sp, #128
  ldr x4, [x28, #STOAT_G_ENTRY]
  stp x4, x30, [sp, #STOAT_ENTRY_PREVIOUS]
  mov x4, sp
  stp x29, x4, [sp, #STOAT_ENTRY_FP]
  add x4, sp, #(128+224)
  add x4, x4, x3
  stp x4, x9, [sp, #STOAT_ENTRY_HIGH]
  stp x19, x20, [sp, #STOAT_ENTRY_SAVED]
  stp x21, x22, [sp, #(STOAT_ENTRY_SAVED+W(2))]
  stp x23, x24, [sp, #(STOAT_ENTRY_SAVED+W(4))]
  stp x25, x26, [sp, #(STOAT_ENTRY_SAVED+W(6))]
  str x27, [sp, #(STOAT_ENTRY_SAVED+W(8))]
  mov x4, sp
  str x4, [x28, #STOAT_G_ENTRY]
  mov x0, x28
  bl stoat_preempt
  ldr x4, [sp, #STOAT_ENTRY_PREVIOUS]
  str x4, [x28, #STOAT_G_ENTRY]
  add sp, sp, #128
  ldp x17, x30, [sp, #208]
  add x16, sp, #224

.Lcontinue: // x16: the function's stack pointer, x30 its return address
  ldrsw x4, [x17, #8]!
  add x17, x17, x4
  ldp q0, q1, [sp]
  ldp q2, q3, [sp, #32]
  ldp q4, q5, [sp, #64]
  ldp q6, q7, [sp, #96]
  ldp x0, x1, [sp, #128]
  ldp x2, x3, [sp, #144]
  ldp x4, x5, [sp, #160]
  ldp x6, x7, [sp, #176]
  ldp x8, x15, [sp, #192]
  mov sp, x16
  br x17
  .size stoat_morestack, . - stoat_morestack

// Results: x0-x7, q0-q7.
  .globl stoat_morestack_ret
stoat_morestack_ret:
  ldr x9, [x28, #STOAT_G_SEGMENT]
  ldr x12, [x9, #STOAT_SEG_OLDER]
  ldr x13, [x9, #STOAT_SEG_SAVED_SP]
  ldr x16, [x9, #STOAT_SEG_RET_PC]
  str x12, [x28, #STOAT_G_SEGMENT]
  ldr x14, [x9, #STOAT_SEG_LIMIT]
  ldr x15, [x12, #STOAT_SEG_LIMIT]
  change_limit x14, x15
  mov sp, x13
  br x16

  .section .note.GNU-stack,"",@progbits
