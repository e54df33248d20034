// Calls by reflection, arm64 (see x86_64/reflect_call.S). Frames, from x29: saved x29, x30; layout (context) at -8.

#include "asm_layout.h"

  .section .text.stoat_reflectcall,"ax",@progbits
  .globl stoat_reflectcall
  .type stoat_reflectcall, @function
  .p2align 4
stoat_reflectcall: // x0 funcval, x1 layout
  ldr x9, [x1, #STOAT_CALL_STACK_WORDS]
  cmp x9, #24
  b.hi .Lroom
.Lcall:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  stp x1, x1, [sp, #-16]!
  mov x15, x0
  ldr x16, [x0]
  mov x17, x1
  ldr x9, [x17, #STOAT_CALL_STACK_WORDS]
  add x10, x9, #1
  and x10, x10, #~1
  sub sp, sp, x10, lsl #3
  ldr x11, [x17, #STOAT_CALL_STACK]
  mov x10, #0
1:
  cmp x10, x9
  b.hs 2f
  ldr x12, [x11, x10, lsl #3]
  str x12, [sp, x10, lsl #3]
  add x10, x10, #1
  b 1b
2:
  ldp d0, d1, [x17, #STOAT_CALL_FLOATS]
  ldp d2, d3, [x17, #STOAT_CALL_FLOATS+16]
  ldp d4, d5, [x17, #STOAT_CALL_FLOATS+32]
  ldp d6, d7, [x17, #STOAT_CALL_FLOATS+48]
  ldp x0, x1, [x17, #STOAT_CALL_INTS]
  ldp x2, x3, [x17, #STOAT_CALL_INTS+16]
  ldp x4, x5, [x17, #STOAT_CALL_INTS+32]
  ldp x6, x7, [x17, #STOAT_CALL_INTS+48]
  blr x16
  .globl stoat_reflectcall_ret
stoat_reflectcall_ret:
  ldur x17, [x29, #-8]
  stp d0, d1, [x17, #STOAT_CALL_FLOATS]
  stp d2, d3, [x17, #STOAT_CALL_FLOATS+16]
  stp d4, d5, [x17, #STOAT_CALL_FLOATS+32]
  stp d6, d7, [x17, #STOAT_CALL_FLOATS+48]
  stp x0, x1, [x17, #STOAT_CALL_INTS]
  stp x2, x3, [x17, #STOAT_CALL_INTS+16]
  stp x4, x5, [x17, #STOAT_CALL_INTS+32]
  stp x6, x7, [x17, #STOAT_CALL_INTS+48]
  mov x0, x17
  bl stoat_reflect_results
  mov sp, x29
  ldp x29, x30, [sp], #16
  ret
.Lroom: // many words on the stack: make sure of 64 kB
  mov x9, #65536
  sub x9, sp, x9
  ldr x16, [x28, #STOAT_G_STACK_LIMIT]
  cmp x9, x16
  b.hi .Lcall
  adr x17, .Ldata
  b stoat_morestack
.Ldata:
  .word 65536, 0, .Lcall - .
  .size stoat_reflectcall, . - stoat_reflectcall

.macro make_func_stub name, enter
  .section ".text.\name","ax",@progbits
  .globl "\name"
  .type "\name", @function
  .p2align 4
"\name": // x15 context; spill at x29 - 160
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  sub sp, sp, #160
  stp x15, x15, [x29, #-16]
  add x9, x29, #16
  str x9, [sp, #STOAT_SPILL_STACK]
  stp x0, x1, [sp, #STOAT_SPILL_INTS]
  stp x2, x3, [sp, #STOAT_SPILL_INTS+16]
  stp x4, x5, [sp, #STOAT_SPILL_INTS+32]
  stp x6, x7, [sp, #STOAT_SPILL_INTS+48]
  stp d0, d1, [sp, #STOAT_SPILL_FLOATS]
  stp d2, d3, [sp, #STOAT_SPILL_FLOATS+16]
  stp d4, d5, [sp, #STOAT_SPILL_FLOATS+32]
  stp d6, d7, [sp, #STOAT_SPILL_FLOATS+48]
  mov x0, x15
  mov x1, sp
  bl "\enter"
.endm

.macro make_func_return name
  ldp x0, x1, [sp, #STOAT_SPILL_INTS]
  ldp x2, x3, [sp, #STOAT_SPILL_INTS+16]
  ldp x4, x5, [sp, #STOAT_SPILL_INTS+32]
  ldp x6, x7, [sp, #STOAT_SPILL_INTS+48]
  ldp d0, d1, [sp, #STOAT_SPILL_FLOATS]
  ldp d2, d3, [sp, #STOAT_SPILL_FLOATS+16]
  ldp d4, d5, [sp, #STOAT_SPILL_FLOATS+32]
  ldp d6, d7, [sp, #STOAT_SPILL_FLOATS+48]
  mov sp, x29
  ldp x29, x30, [sp], #16
  ret
  .size "\name", . - "\name"
.endm

  make_func_stub reflect.makeFuncStub, runtime.enterMakeFunc
  .globl stoat_makefunc_ret
stoat_makefunc_ret:
  make_func_return reflect.makeFuncStub

  make_func_stub reflect.methodValueCall, runtime.enterMethodValue
  .globl stoat_methodvalue_ret
stoat_methodvalue_ret:
  make_func_return reflect.methodValueCall

  .section .note.GNU-stack,"",@progbits
