// Stubs of SYSTEM and BLOCKING entry points, 386 (see x86_64/entry_stubs.S). All arguments are on the stack: the stub copies them for the body. From ebp: Go's
// ebp 0, return address 4, arguments 8, entry record at -40.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*4
#if STOAT_ENTRY_BYTES > 40
#error "the entry record is larger than its place in the frame"
#endif

.macro count_words types:vararg
  .set argument_words, 0
  .irp type, \types
    .ifnb \type
      .set argument_words, argument_words + 1
      .ifc \type,I64
        .set argument_words, argument_words + 1
      .endif
      .ifc \type,F64
        .set argument_words, argument_words + 1
      .endif
    .endif
  .endr
.endm

.macro make_record
  pushl %ebp
  movl %esp, %ebp
  subl $40, %esp
  movl %gs:0x2c, %eax
  movl STOAT_G_ENTRY(%eax), %ecx
  movl %ecx, STOAT_ENTRY_PREVIOUS(%esp)
  movl 4(%ebp), %ecx
  movl %ecx, STOAT_ENTRY_PC(%esp)
  movl (%ebp), %ecx
  movl %ecx, STOAT_ENTRY_FP(%esp)
  movl %esp, STOAT_ENTRY_LOW(%esp)
  leal 8 + argument_words*4(%ebp), %ecx
  movl %ecx, STOAT_ENTRY_HIGH(%esp)
  movl STOAT_G_SEGMENT(%eax), %ecx
  movl %ecx, STOAT_ENTRY_SEGMENT(%esp)
  movl %ebx, STOAT_ENTRY_SAVED(%esp)
  movl %esi, (STOAT_ENTRY_SAVED+W(1))(%esp)
  movl %edi, (STOAT_ENTRY_SAVED+W(2))(%esp)
  movl %esp, STOAT_G_ENTRY(%eax)
.endm

// esp is 16-aligned before.
.macro copy_arguments
  .set padding, (16 - (argument_words * 4) % 16) % 16
  .if padding
  subl $padding, %esp
  .endif
  .set place, argument_words
  .rept argument_words
    pushl 4 + place*4(%ebp)
    .set place, place - 1
  .endr
.endm

.macro drop_record
  movl (STOAT_ENTRY_PREVIOUS-40)(%ebp), %ecx
  pushl %eax
  movl %gs:0x2c, %eax
  movl %ecx, STOAT_G_ENTRY(%eax)
  popl %eax
  movl %ebp, %esp
  popl %ebp
  retl
.endm

.macro begin_stub name
  .section .text.\name,"ax",@progbits
  .globl \name
  .type \name, @function
  .p2align 4
\name:
.endm

.macro stub_SYSTEM name, result, types:vararg
  count_words \types
  begin_stub \name
  make_record
  movl STOAT_G_SYSTEM_SP(%eax), %esp
  copy_arguments
  call \name\()_impl
  drop_record
  .size \name, . - \name
.endm

.macro stub_BLOCKING name, result, types:vararg
  count_words \types
  begin_stub \name
  leal -STOAT_STACK_BLOCKING(%esp), %eax
  cmpl %gs:0x30, %eax
  jbe .Lcold_\name
.Lbody_\name:
  make_record
  copy_arguments
  call \name\()_impl
  drop_record
.Lcold_\name:
  call stoat_morestack
  .long STOAT_STACK_BLOCKING, (argument_words * 4 + 15) / 16 * 16, .Lbody_\name - .
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
stoat_callgo:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  andl $-16, %esp
  movl %gs:0x2c, %eax
  movl STOAT_G_ENTRY(%eax), %eax
  movl %esp, STOAT_ENTRY_LOW(%eax)
  movl 8(%ebp), %eax
  call *(%eax)
  .globl stoat_callgo_ret
stoat_callgo_ret:
  leal -12(%ebp), %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  retl
  .size stoat_callgo, . - stoat_callgo

// See x86_64/entry_stubs.S. On the stack: block, its bytes; edx the code.
  .globl stoat_callasm
  .type stoat_callasm, @function
  .set argument_words, 2
stoat_callasm:
  make_record
  movl 12(%ebp), %ecx
  leal 15(%ecx), %eax
  andl $-16, %eax
  subl %eax, %esp
  movl 8(%ebp), %esi
  movl %esp, %edi
  shrl $2, %ecx
  rep movsl
  call *%edx
  movl %gs:0x2c, %eax
  movl STOAT_G_ENTRY(%eax), %edx
  leal 40(%edx), %ebp
  movl 8(%ebp), %edi
  movl 12(%ebp), %ecx
  shrl $2, %ecx
  movl %esp, %esi
  cld
  rep movsl
  movl STOAT_ENTRY_SAVED(%edx), %ebx
  movl (STOAT_ENTRY_SAVED+W(1))(%edx), %esi
  movl (STOAT_ENTRY_SAVED+W(2))(%edx), %edi
  drop_record
  .size stoat_callasm, . - stoat_callasm

// preserve_all. Arguments on the stack: slot 8(%ebp), new 12(%ebp).
  .globl stoat_write_barrier
  .type stoat_write_barrier, @function
stoat_write_barrier:
  pushl %ebp
  movl %esp, %ebp
  pushl %eax
  pushl %ecx
  pushl %edx
  movl %gs:0x2c, %eax
  movl STOAT_G_M(%eax), %eax
  movl STOAT_M_P(%eax), %eax
  testl %eax, %eax
  jz .Lbarrier_body
  movl STOAT_P_BARRIER_NEXT(%eax), %ecx
  cmpl STOAT_P_BARRIER_END(%eax), %ecx
  je .Lbarrier_body
  movl 8(%ebp), %edx
  movl (%edx), %edx
  movl %edx, (%ecx)
  movl 12(%ebp), %edx
  movl %edx, 4(%ecx)
  addl $8, %ecx
  movl %ecx, STOAT_P_BARRIER_NEXT(%eax)
  popl %edx
  popl %ecx
  popl %eax
  popl %ebp
  retl
.Lbarrier_body:
  subl $128, %esp
  movups %xmm0, (%esp)
  movups %xmm1, 16(%esp)
  movups %xmm2, 32(%esp)
  movups %xmm3, 48(%esp)
  movups %xmm4, 64(%esp)
  movups %xmm5, 80(%esp)
  movups %xmm6, 96(%esp)
  movups %xmm7, 112(%esp)
  movl %gs:0x2c, %eax
  movl STOAT_G_SYSTEM_SP(%eax), %esp
  subl $8, %esp
  pushl 12(%ebp)
  pushl 8(%ebp)
  call stoat_write_barrier_impl
  leal -140(%ebp), %esp
  movups (%esp), %xmm0
  movups 16(%esp), %xmm1
  movups 32(%esp), %xmm2
  movups 48(%esp), %xmm3
  movups 64(%esp), %xmm4
  movups 80(%esp), %xmm5
  movups 96(%esp), %xmm6
  movups 112(%esp), %xmm7
  addl $128, %esp
  popl %edx
  popl %ecx
  popl %eax
  popl %ebp
  retl
  .size stoat_write_barrier, . - stoat_write_barrier

// Contract: sys/arch.h.
  .globl stoat_leave_native
  .type stoat_leave_native, @function
stoat_leave_native:
  movl 4(%esp), %edx
  movl %gs:0x2c, %eax
  movl STOAT_G_ENTRY(%eax), %ecx
  movl STOAT_ENTRY_PREVIOUS(%ecx), %ebx
  movl %ebx, STOAT_G_ENTRY(%eax)
  movl STOAT_ENTRY_SAVED(%ecx), %ebx
  movl (STOAT_ENTRY_SAVED+W(1))(%ecx), %esi
  movl (STOAT_ENTRY_SAVED+W(2))(%ecx), %edi
  movl STOAT_ENTRY_FP(%ecx), %ebp
  movl %ecx, %esp
  andl $-16, %esp
  pushl STOAT_ENTRY_PC(%ecx)
  jmpl *%edx
  .size stoat_leave_native, . - stoat_leave_native

  .section .note.GNU-stack,"",@progbits
