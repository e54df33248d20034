// stoat_morestack, x86-64: called by the cold part of a prologue's stack check (codegen/target) with {frame bytes, bytes of stack arguments,
// distance to the body} after the call. The limit was reached: enters a further segment and continues the function there; its return goes through
// stoat_morestack_ret. Or the limit was poisoned: yields (stoat_preempt). All argument registers and rax keep their values; r11 is free.
//
// Save area, from rsp: xmm0-7 at 0, r11 128, r10, r9, r8, rcx, rdx, rsi, rdi 184, rax 192, caller's return address 200, stack arguments 208.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*8

  .text
  .globl stoat_morestack
  .type stoat_morestack, @function
stoat_morestack:
  popq %r11
  pushq %rax
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  subq $128, %rsp
  movups %xmm0, (%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)

  movq %fs:0x68, %rdi            // g
  movq STOAT_G_SEGMENT(%rdi), %rcx
  movl (%r11), %r8d              // frame
  movl 4(%r11), %r9d             // arguments
  leaq 200(%rsp), %rdx
  cmpq $STOAT_STACK_SMALL_FRAME, %r8
  jbe 1f
  subq %r8, %rdx
1:
  cmpq STOAT_SEG_LIMIT(%rcx), %rdx
  ja .Lpreempt

  // A further segment, the cached one if it is large enough.
  leaq 128(%r8,%r9), %rsi
  movq STOAT_SEG_NEWER(%rcx), %rax
  testq %rax, %rax
  je .Lallocate
  movq STOAT_SEG_TOP(%rax), %rdx
  subq STOAT_SEG_LIMIT(%rax), %rdx
  cmpq %rsi, %rdx
  jb .Lallocate
.Lenter:
  movq %rcx, STOAT_SEG_OLDER(%rax)
  movq 200(%rsp), %rdx
  movq %rdx, STOAT_SEG_RET_PC(%rax)
  leaq 208(%rsp), %rsi
  movq %rsi, STOAT_SEG_SAVED_SP(%rax)
  movq %rax, STOAT_G_SEGMENT(%rdi)
  // The limit changes with the segment unless it was poisoned meanwhile.
  movq STOAT_SEG_LIMIT(%rax), %rdx
  movq %rax, %r10
  movq STOAT_SEG_LIMIT(%rcx), %rax
  lock cmpxchgq %rdx, %fs:0x70
  // Stack arguments.
  movq STOAT_SEG_TOP(%r10), %rax
  subq %r9, %rax
  movq %r9, %rcx
  shrq $3, %rcx
  movq %rax, %rdi
  rep movsq
  leaq stoat_morestack_ret(%rip), %rdx
  movq %rdx, -8(%rax)
  subq $8, %rax
  jmp .Lcontinue

.Lallocate:
  pushq %rbx
  movq %rsp, %rbx
  movq (8+200)(%rsp), %rdx
  movq STOAT_G_SYSTEM_SP(%rdi), %rsp
  callq stoat_new_segment
  movq %rbx, %rsp
  popq %rbx
  movq %fs:0x68, %rdi
  movq STOAT_G_SEGMENT(%rdi), %rcx
  movq 128(%rsp), %r11
  movl 4(%r11), %r9d
  jmp .Lenter

.Lpreempt:
  // An entry record for the caller; what is saved above it is scanned conservatively, with the stack arguments.
  subq $96, %rsp
  movq STOAT_G_ENTRY(%rdi), %rax
  movq %rax, STOAT_ENTRY_PREVIOUS(%rsp)
  movq (96+200)(%rsp), %rax
  movq %rax, STOAT_ENTRY_PC(%rsp)
  movq %rbp, STOAT_ENTRY_FP(%rsp)
  movq %rsp, STOAT_ENTRY_LOW(%rsp)
  leaq (96+208)(%rsp,%r9), %rax
  movq %rax, STOAT_ENTRY_HIGH(%rsp)
  movq %rcx, STOAT_ENTRY_SEGMENT(%rsp)
  movq %rbx, STOAT_ENTRY_SAVED(%rsp)
  movq %r12, (STOAT_ENTRY_SAVED+W(1))(%rsp)
  movq %r13, (STOAT_ENTRY_SAVED+W(2))(%rsp)
  movq %r14, (STOAT_ENTRY_SAVED+W(3))(%rsp)
  movq %r15, (STOAT_ENTRY_SAVED+W(4))(%rsp)
  movq %rsp, STOAT_G_ENTRY(%rdi)
  callq stoat_preempt
  movq %fs:0x68, %rdi
  movq STOAT_ENTRY_PREVIOUS(%rsp), %rax
  movq %rax, STOAT_G_ENTRY(%rdi)
  addq $96, %rsp
  movq 128(%rsp), %r11
  leaq 200(%rsp), %rax

.Lcontinue: // rax: the function's stack pointer
  movslq 8(%r11), %rdx
  leaq 8(%r11,%rdx), %r11
  movups (%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  movq 136(%rsp), %r10
  movq 144(%rsp), %r9
  movq 152(%rsp), %r8
  movq 160(%rsp), %rcx
  movq 168(%rsp), %rdx
  movq 176(%rsp), %rsi
  movq 184(%rsp), %rdi
  movq %rax, 128(%rsp)
  movq 192(%rsp), %rax
  movq 128(%rsp), %rsp
  jmpq *%r11
  .size stoat_morestack, . - stoat_morestack

// The function that began a segment returns. Result registers (rax rdx rcx r8, xmm) keep their values.
  .globl stoat_morestack_ret
stoat_morestack_ret:
  movq %fs:0x68, %r11
  movq STOAT_G_SEGMENT(%r11), %r10
  movq STOAT_SEG_OLDER(%r10), %r9
  movq STOAT_SEG_SAVED_SP(%r10), %rdi
  movq STOAT_SEG_RET_PC(%r10), %rsi
  movq %r9, STOAT_G_SEGMENT(%r11)
  movq %rax, %r11
  movq STOAT_SEG_LIMIT(%r10), %rax
  movq STOAT_SEG_LIMIT(%r9), %r9
  lock cmpxchgq %r9, %fs:0x70
  movq %r11, %rax
  movq %rdi, %rsp
  jmpq *%rsi

  .section .note.GNU-stack,"",@progbits
