// Deferred calls, x86-64 (contract: abi/stack.h, abi/README.md). stoat_calldefer's frame, from rbp: F's rbp 0, return address 8, rbx -8, r12 -16,
// r13 -24, r14 -32, r15 -40, segment -48, entry record -56. DeferFrame.sp is this rbp.
#include "runtime/abi/asm_offsets.h"
#define W(n) (n)*8

  .text
  .globl stoat_calldefer
  .type stoat_calldefer, @function
stoat_calldefer:
  pushq %rbp
  movq %rsp, %rbp
  movq %fs:0x68, %rax
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  pushq W(STOAT_G_SEGMENT)(%rax)
  pushq W(STOAT_G_ENTRY)(%rax)
  subq $8, %rsp
  movq W(STOAT_G_DEFER_FRAMES)(%rax), %rdx
  movq %rdx, W(STOAT_DEFER_LINK)(%rdi)
  movq %rbp, W(STOAT_DEFER_SP)(%rdi)
  movq (%rbp), %rdx
  movq %rdx, W(STOAT_DEFER_FP)(%rdi)
  movq 8(%rbp), %rdx
  movq %rdx, W(STOAT_DEFER_PC)(%rdi)
  movq %rdi, W(STOAT_G_DEFER_FRAMES)(%rax)
  callq *%rsi
  .globl stoat_calldefer_ret
stoat_calldefer_ret:
  xorl %eax, %eax
  movq %rbp, %rsp
  popq %rbp
  retq
  .size stoat_calldefer, . - stoat_calldefer

  .globl stoat_resume
  .type stoat_resume, @function
stoat_resume:
  movq W(STOAT_DEFER_SP)(%rdi), %rbp
  movq -8(%rbp), %rbx
  movq -16(%rbp), %r12
  movq -24(%rbp), %r13
  movq -32(%rbp), %r14
  movq -40(%rbp), %r15
  movq %fs:0x68, %rdx
  movq %rdi, W(STOAT_G_DEFER_FRAMES)(%rdx)
  movq -56(%rbp), %rax
  movq %rax, W(STOAT_G_ENTRY)(%rdx)
  movq W(STOAT_G_SEGMENT)(%rdx), %rcx
  movq -48(%rbp), %rsi
  movq %rsi, W(STOAT_G_SEGMENT)(%rdx)
  movq W(STOAT_SEG_LIMIT)(%rcx), %rax
  movq W(STOAT_SEG_LIMIT)(%rsi), %rcx
  lock cmpxchgq %rcx, %fs:0x70
  movl $1, %eax
  movq %rbp, %rsp
  popq %rbp
  retq
  .size stoat_resume, . - stoat_resume

  .globl stoat_calldeferred
  .type stoat_calldeferred, @function
stoat_calldeferred:
  pushq %rbp
  movq %rsp, %rbp
  movq %rdi, %r10
  callq *(%r10)
  .globl stoat_calldeferred_ret
stoat_calldeferred_ret:
  popq %rbp
  retq
  .size stoat_calldeferred, . - stoat_calldeferred

  .section .note.GNU-stack,"",@progbits
