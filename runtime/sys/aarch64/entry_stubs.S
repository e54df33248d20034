// Stubs of SYSTEM and BLOCKING entry points, arm64 (see x86_64/entry_stubs.S). A stub's frame, from x29: Go's x29 and return address 0, arguments x0-x7 at -64, entry record at
// -192 = sp.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) ((n)*8)
// Stored in pairs.
#if STOAT_ENTRY_PC != STOAT_ENTRY_PREVIOUS + 8 || STOAT_ENTRY_LOW != STOAT_ENTRY_FP + 8 || STOAT_ENTRY_SEGMENT != STOAT_ENTRY_HIGH + 8
#error "the stub stores these fields in pairs"
#endif
#if STOAT_ENTRY_BYTES > 192 - 64
#error "the entry record is larger than its place in the frame"
#endif

.macro make_record
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  sub sp, sp, #192
  stp x0, x1, [x29, #-64]
  stp x2, x3, [x29, #-48]
  stp x4, x5, [x29, #-32]
  stp x6, x7, [x29, #-16]
  ldr x9, [x28, #STOAT_G_ENTRY]
  stp x9, x30, [sp, #STOAT_ENTRY_PREVIOUS]
  ldr x9, [x29]
  mov x10, sp
  stp x9, x10, [sp, #STOAT_ENTRY_FP]
  add x9, x29, #16
  ldr x11, [x28, #STOAT_G_SEGMENT]
  stp x9, x11, [sp, #STOAT_ENTRY_HIGH]
  stp x19, x20, [sp, #STOAT_ENTRY_SAVED]
  stp x21, x22, [sp, #(STOAT_ENTRY_SAVED+W(2))]
  stp x23, x24, [sp, #(STOAT_ENTRY_SAVED+W(4))]
  stp x25, x26, [sp, #(STOAT_ENTRY_SAVED+W(6))]
  str x27, [sp, #(STOAT_ENTRY_SAVED+W(8))]
  str x10, [x28, #STOAT_G_ENTRY]
.endm

.macro drop_record
  ldr x9, [x29, #(STOAT_ENTRY_PREVIOUS-192)]
  str x9, [x28, #STOAT_G_ENTRY]
  mov sp, x29
  ldp x29, x30, [sp], #16
  ret
.endm

.macro begin_stub name
  .section .text.\name,"ax",@progbits
  .globl \name
  .type \name, @function
  .p2align 4
\name:
.endm

.macro stub_SYSTEM name, types:vararg
  begin_stub \name
  make_record
  ldr x9, [x28, #STOAT_G_SYSTEM_SP]
  mov sp, x9
  bl \name\()_impl
  drop_record
  .size \name, . - \name
.endm

.macro stub_BLOCKING name, types:vararg
  begin_stub \name
  ldr x16, [x28, #STOAT_G_STACK_LIMIT]
  sub x17, sp, #STOAT_STACK_BLOCKING
  cmp x17, x16
  b.ls .Lcold_\name
.Lbody_\name:
  make_record
  bl \name\()_impl
  drop_record
.Lcold_\name:
  adr x17, .Ldata_\name
  b stoat_morestack
.Ldata_\name:
  .word STOAT_STACK_BLOCKING, 0, .Lbody_\name - .
  .size \name, . - \name
.endm

.macro stub_LEAF name, types:vararg
.endm
.macro stub_FAST name, types:vararg
.endm

#define ENTRY(class, name, ...) stub_##class name, __VA_ARGS__
#include "runtime/abi/entry_points.def"

  .text
  .globl stoat_callgo
  .type stoat_callgo, @function
  .p2align 2
stoat_callgo:
  stp x29, x30, [sp, #-160]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  str x27, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  ldr x9, [x28, #STOAT_G_ENTRY]
  mov x10, sp
  str x10, [x9, #STOAT_ENTRY_LOW]
  mov x15, x0
  ldr x9, [x15]
  blr x9
  .globl stoat_callgo_ret
stoat_callgo_ret:
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldr x27, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
  .size stoat_callgo, . - stoat_callgo

// x1 bytes; x11 is lost.
.macro copy_words from, to
1:
  cbz x1, 2f
  ldr x11, [\from], #8
  str x11, [\to], #8
  sub x1, x1, #8
  b 1b
2:
.endm

// See x86_64/entry_stubs.S. x0 block, x1 its bytes, x16 the code; arguments of assembly lie at sp+8. Of d8-d15 callers expect the values back: x29-256.
  .globl stoat_callasm
  .type stoat_callasm, @function
  .p2align 2
stoat_callasm:
  make_record
  sub sp, sp, #64
  stp d8, d9, [sp]
  stp d10, d11, [sp, #16]
  stp d12, d13, [sp, #32]
  stp d14, d15, [sp, #48]
  add x9, x1, #(8+15)
  and x9, x9, #~15
  sub sp, sp, x9
  add x10, sp, #8
  copy_words x0, x10
  blr x16
  ldr x9, [x28, #STOAT_G_ENTRY]
  add x29, x9, #192
  ldp x0, x1, [x29, #-64]
  add x10, sp, #8
  copy_words x10, x0
  ldp x19, x20, [x9, #STOAT_ENTRY_SAVED]
  ldp x21, x22, [x9, #(STOAT_ENTRY_SAVED+W(2))]
  ldp x23, x24, [x9, #(STOAT_ENTRY_SAVED+W(4))]
  ldp x25, x26, [x9, #(STOAT_ENTRY_SAVED+W(6))]
  ldr x27, [x9, #(STOAT_ENTRY_SAVED+W(8))]
  ldp d8, d9, [x29, #-256]
  ldp d10, d11, [x29, #-240]
  ldp d12, d13, [x29, #-224]
  ldp d14, d15, [x29, #-208]
  drop_record
  .size stoat_callasm, . - stoat_callasm

// preserve_all keeps x9-x15, x19-x29 and v8-v31 (whole); callers move x0-x8 and x16-x18 themselves, and v0-v7. x28-relative g survives.
  .globl stoat_write_barrier
  .type stoat_write_barrier, @function
stoat_write_barrier:
  ldr x2, [x28, #STOAT_G_M]
  ldr x2, [x2, #STOAT_M_P]
  cbz x2, .Lbarrier_body
  ldr x3, [x2, #STOAT_P_BARRIER_NEXT]
  ldr x4, [x2, #STOAT_P_BARRIER_END]
  cmp x3, x4
  b.eq .Lbarrier_body
  ldr x4, [x0]
  stp x4, x1, [x3], #16
  str x3, [x2, #STOAT_P_BARRIER_NEXT]
  ret
.Lbarrier_body:
  stp x29, x30, [sp, #-80]!
  mov x29, sp
  stp x9, x10, [sp, #16]
  stp x11, x12, [sp, #32]
  stp x13, x14, [sp, #48]
  str x15, [sp, #64]
  ldr x9, [x28, #STOAT_G_SYSTEM_SP]
  sub x9, x9, #384
  mov sp, x9
  stp q8, q9, [sp]
  stp q10, q11, [sp, #32]
  stp q12, q13, [sp, #64]
  stp q14, q15, [sp, #96]
  stp q16, q17, [sp, #128]
  stp q18, q19, [sp, #160]
  stp q20, q21, [sp, #192]
  stp q22, q23, [sp, #224]
  stp q24, q25, [sp, #256]
  stp q26, q27, [sp, #288]
  stp q28, q29, [sp, #320]
  stp q30, q31, [sp, #352]
  bl stoat_write_barrier_impl
  ldp q8, q9, [sp]
  ldp q10, q11, [sp, #32]
  ldp q12, q13, [sp, #64]
  ldp q14, q15, [sp, #96]
  ldp q16, q17, [sp, #128]
  ldp q18, q19, [sp, #160]
  ldp q20, q21, [sp, #192]
  ldp q22, q23, [sp, #224]
  ldp q24, q25, [sp, #256]
  ldp q26, q27, [sp, #288]
  ldp q28, q29, [sp, #320]
  ldp q30, q31, [sp, #352]
  mov sp, x29
  ldp x9, x10, [sp, #16]
  ldp x11, x12, [sp, #32]
  ldp x13, x14, [sp, #48]
  ldr x15, [sp, #64]
  ldp x29, x30, [sp], #80
  ret
  .size stoat_write_barrier, . - stoat_write_barrier

// Contract: sys/arch.h.
  .globl stoat_leave_native
  .type stoat_leave_native, @function
stoat_leave_native:
  ldr x9, [x28, #STOAT_G_ENTRY]
  ldr x10, [x9, #STOAT_ENTRY_PREVIOUS]
  str x10, [x28, #STOAT_G_ENTRY]
  ldp x19, x20, [x9, #STOAT_ENTRY_SAVED]
  ldp x21, x22, [x9, #(STOAT_ENTRY_SAVED+W(2))]
  ldp x23, x24, [x9, #(STOAT_ENTRY_SAVED+W(4))]
  ldp x25, x26, [x9, #(STOAT_ENTRY_SAVED+W(6))]
  ldr x27, [x9, #(STOAT_ENTRY_SAVED+W(8))]
  ldr x29, [x9, #STOAT_ENTRY_FP]
  ldr x30, [x9, #STOAT_ENTRY_PC]
  and x10, x9, #-16
  mov sp, x10
  br x0
  .size stoat_leave_native, . - stoat_leave_native

  .section .note.GNU-stack,"",@progbits
