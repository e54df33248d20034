// Stubs of SYSTEM and BLOCKING entry points, generated from abi/entry_points.def by the preprocessor and two assembler macros; stoat_callgo, the way back;
// stoat_write_barrier, which keeps every register.
//
// A stub's frame, from rbp: Go's rbp 0, return address 8, arguments -48..-8, pad, entry record at -144 = rsp.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*8
#if STOAT_ENTRY_BYTES > 144 - 48
#error "the entry record is larger than its place in the frame"
#endif

.macro make_record
  pushq %rbp
  movq %rsp, %rbp
  subq $144, %rsp
  movq %rdi, -8(%rbp)
  movq %rsi, -16(%rbp)
  movq %rdx, -24(%rbp)
  movq %rcx, -32(%rbp)
  movq %r8, -40(%rbp)
  movq %r9, -48(%rbp)
  movq %fs:0x68, %rax
  movq STOAT_G_ENTRY(%rax), %r10
  movq %r10, STOAT_ENTRY_PREVIOUS(%rsp)
  movq 8(%rbp), %r10
  movq %r10, STOAT_ENTRY_PC(%rsp)
  movq (%rbp), %r10
  movq %r10, STOAT_ENTRY_FP(%rsp)
  movq %rsp, STOAT_ENTRY_LOW(%rsp)
  leaq 16(%rbp), %r10
  movq %r10, STOAT_ENTRY_HIGH(%rsp)
  movq STOAT_G_SEGMENT(%rax), %r10
  movq %r10, STOAT_ENTRY_SEGMENT(%rsp)
  movq %rbx, STOAT_ENTRY_SAVED(%rsp)
  movq %r12, (STOAT_ENTRY_SAVED+W(1))(%rsp)
  movq %r13, (STOAT_ENTRY_SAVED+W(2))(%rsp)
  movq %r14, (STOAT_ENTRY_SAVED+W(3))(%rsp)
  movq %r15, (STOAT_ENTRY_SAVED+W(4))(%rsp)
  movq %rsp, STOAT_G_ENTRY(%rax)
.endm

// The goroutine may be on another thread by now: g is read afresh. rax and xmm0 hold the result.
.macro drop_record
  movq %fs:0x68, %rcx
  movq (STOAT_ENTRY_PREVIOUS-144)(%rbp), %rdx
  movq %rdx, STOAT_G_ENTRY(%rcx)
  movq %rbp, %rsp
  popq %rbp
  retq
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
  movq STOAT_G_SYSTEM_SP(%rax), %rsp
  callq \name\()_impl
  drop_record
  .size \name, . - \name
.endm

.macro stub_BLOCKING name, types:vararg
  begin_stub \name
  leaq -STOAT_STACK_BLOCKING(%rsp), %r11
  cmpq %fs:0x70, %r11
  jbe .Lcold_\name
.Lbody_\name:
  make_record
  callq \name\()_impl
  drop_record
.Lcold_\name:
  callq stoat_morestack
  .long STOAT_STACK_BLOCKING, 0, .Lbody_\name - .
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
  pushq %rbp
  movq %rsp, %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  movq %fs:0x68, %rax
  movq STOAT_G_ENTRY(%rax), %rax
  movq %rsp, STOAT_ENTRY_LOW(%rax)
  movq %rdi, %r10
  callq *(%r10)
  .globl stoat_callgo_ret
stoat_callgo_ret:
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size stoat_callgo, . - stoat_callgo

// Runs Plan 9 assembly on a copy of a block of arguments and results (abi/README.md): rdi block, rsi its bytes (whole words), r11 the code. Jumped to by the stub of each assembly
// function, which has checked the stack. Assembly keeps no register but rsp: the record says where the frame is.
  .globl stoat_callasm
  .type stoat_callasm, @function
stoat_callasm:
  make_record
  movq %rsi, %rcx
  leaq 15(%rsi), %rax
  andq $-16, %rax
  subq %rax, %rsp
  movq %rdi, %rsi
  movq %rsp, %rdi
  shrq $3, %rcx
  rep movsq
  callq *%r11
  movq %fs:0x68, %rax
  movq STOAT_G_ENTRY(%rax), %rdx
  leaq 144(%rdx), %rbp
  movq -8(%rbp), %rdi
  movq -16(%rbp), %rcx
  shrq $3, %rcx
  movq %rsp, %rsi
  cld
  rep movsq
  movq STOAT_ENTRY_SAVED(%rdx), %rbx
  movq (STOAT_ENTRY_SAVED+W(1))(%rdx), %r12
  movq (STOAT_ENTRY_SAVED+W(2))(%rdx), %r13
  movq (STOAT_ENTRY_SAVED+W(3))(%rdx), %r14
  movq (STOAT_ENTRY_SAVED+W(4))(%rdx), %r15
  drop_record
  .size stoat_callasm, . - stoat_callasm

// preserve_all: compiled code expects every register but r11 back. Notes the old and the new value in the buffer of the thread's P; when it is full, or there is no
// P, the body runs on the system stack.
  .globl stoat_write_barrier
  .type stoat_write_barrier, @function
stoat_write_barrier:
  movq %fs:0x68, %r11
  movq STOAT_G_M(%r11), %r11
  movq STOAT_M_P(%r11), %r11
  testq %r11, %r11
  jz .Lbarrier_body
  pushq %rax
  movq STOAT_P_BARRIER_NEXT(%r11), %rax
  cmpq STOAT_P_BARRIER_END(%r11), %rax
  je .Lbarrier_full
  pushq %rcx
  movq (%rdi), %rcx
  movq %rcx, (%rax)
  movq %rsi, 8(%rax)
  addq $16, %rax
  movq %rax, STOAT_P_BARRIER_NEXT(%r11)
  popq %rcx
  popq %rax
  retq
.Lbarrier_full:
  popq %rax
.Lbarrier_body:
  pushq %rbp
  movq %rsp, %rbp
  pushq %rax
  pushq %rcx
  pushq %rdx
  pushq %rsi
  pushq %rdi
  pushq %r8
  pushq %r9
  pushq %r10
  subq $256, %rsp
  movups %xmm0, (%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)
  movups %xmm8, 128(%rsp)
  movups %xmm9, 144(%rsp)
  movups %xmm10, 160(%rsp)
  movups %xmm11, 176(%rsp)
  movups %xmm12, 192(%rsp)
  movups %xmm13, 208(%rsp)
  movups %xmm14, 224(%rsp)
  movups %xmm15, 240(%rsp)
  movq %fs:0x68, %rax
  movq STOAT_G_SYSTEM_SP(%rax), %rsp
  callq stoat_write_barrier_impl
  leaq -320(%rbp), %rsp
  movups (%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  movups 128(%rsp), %xmm8
  movups 144(%rsp), %xmm9
  movups 160(%rsp), %xmm10
  movups 176(%rsp), %xmm11
  movups 192(%rsp), %xmm12
  movups 208(%rsp), %xmm13
  movups 224(%rsp), %xmm14
  movups 240(%rsp), %xmm15
  addq $256, %rsp
  popq %r10
  popq %r9
  popq %r8
  popq %rdi
  popq %rsi
  popq %rdx
  popq %rcx
  popq %rax
  popq %rbp
  retq
  .size stoat_write_barrier, . - stoat_write_barrier

// Contract: sys/arch.h.
  .globl stoat_leave_native
  .type stoat_leave_native, @function
stoat_leave_native:
  movq %fs:0x68, %rax
  movq STOAT_G_ENTRY(%rax), %rcx
  movq STOAT_ENTRY_PREVIOUS(%rcx), %rdx
  movq %rdx, STOAT_G_ENTRY(%rax)
  movq STOAT_ENTRY_SAVED(%rcx), %rbx
  movq (STOAT_ENTRY_SAVED+W(1))(%rcx), %r12
  movq (STOAT_ENTRY_SAVED+W(2))(%rcx), %r13
  movq (STOAT_ENTRY_SAVED+W(3))(%rcx), %r14
  movq (STOAT_ENTRY_SAVED+W(4))(%rcx), %r15
  movq STOAT_ENTRY_FP(%rcx), %rbp
  movq %rcx, %rsp
  andq $-16, %rsp
  pushq STOAT_ENTRY_PC(%rcx)
  jmpq *%rdi
  .size stoat_leave_native, . - stoat_leave_native

  .section .note.GNU-stack,"",@progbits
