// Deferred calls, x86-64 (contract: abi/stack.h, abi/README.md). What stoat_resume needs lies in the DeferFrame: F may be resumed while it runs its
// deferred calls, when the frame of stoat_calldefer is gone. DeferFrame.sp is F's stack pointer after the call.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*8
#define SAVED(n) (STOAT_DEFER_SAVED+W(n))

  .text
  .globl stoat_calldefer
  .type stoat_calldefer, @function
stoat_calldefer:
  pushq %rbp
  movq %rsp, %rbp
  movq %fs:0x68, %rax
  movq STOAT_G_SEGMENT(%rax), %rdx
  movq %rdx, SAVED(0)(%rdi)
  movq STOAT_G_ENTRY(%rax), %rdx
  movq %rdx, SAVED(1)(%rdi)
  movq %rbx, SAVED(2)(%rdi)
  movq %r12, SAVED(3)(%rdi)
  movq %r13, SAVED(4)(%rdi)
  movq %r14, SAVED(5)(%rdi)
  movq %r15, SAVED(6)(%rdi)
  movq STOAT_G_LOCAL_DEFER_FRAMES(%rax), %rdx
  movq %rdx, STOAT_DEFER_LINK(%rdi)
  leaq 16(%rbp), %rdx
  movq %rdx, STOAT_DEFER_SP(%rdi)
  movq (%rbp), %rdx
  movq %rdx, STOAT_DEFER_FP(%rdi)
  movq 8(%rbp), %rdx
  movq %rdx, STOAT_DEFER_PC(%rdi)
  movq %rdi, STOAT_G_LOCAL_DEFER_FRAMES(%rax)
  callq *%rsi
  .globl stoat_calldefer_ret
stoat_calldefer_ret:
  xorl %eax, %eax
  popq %rbp
  retq
  .size stoat_calldefer, . - stoat_calldefer

  .globl stoat_resume
  .type stoat_resume, @function
stoat_resume:
  movq %fs:0x68, %rdx
  movq %rdi, STOAT_G_LOCAL_DEFER_FRAMES(%rdx)
  movq SAVED(1)(%rdi), %rax
  movq %rax, STOAT_G_ENTRY(%rdx)
  movq STOAT_G_SEGMENT(%rdx), %rcx
  movq SAVED(0)(%rdi), %rsi
  movq %rsi, STOAT_G_SEGMENT(%rdx)
  movq STOAT_SEG_LIMIT(%rcx), %rax
  movq STOAT_SEG_LIMIT(%rsi), %rcx
  lock cmpxchgq %rcx, %fs:0x70
  movq SAVED(2)(%rdi), %rbx
  movq SAVED(3)(%rdi), %r12
  movq SAVED(4)(%rdi), %r13
  movq SAVED(5)(%rdi), %r14
  movq SAVED(6)(%rdi), %r15
  movq STOAT_DEFER_FP(%rdi), %rbp
  movq STOAT_DEFER_SP(%rdi), %rsp
  movl $1, %eax
  jmpq *STOAT_DEFER_PC(%rdi)
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
