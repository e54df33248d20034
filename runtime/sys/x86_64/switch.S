// Context switches, x86-64 (contract: sys/arch.h). A stopped context is: sp -> r15 r14 r13 r12 rbx rbp, return address.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
  .text

  .globl stoat_mcall
  .type stoat_mcall, @function
stoat_mcall:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %fs:0x68, %rax
  movq %rsp, STOAT_G_SCHED_SP(%rax)
  movq STOAT_G_SYSTEM_SP(%rax), %rsp
  movq %rdi, %rcx
  movq %rax, %rdi
  xorl %ebp, %ebp
  callq *%rcx
  ud2
  .size stoat_mcall, . - stoat_mcall

  .globl stoat_gogo
  .type stoat_gogo, @function
stoat_gogo:
  movq %rdi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size stoat_gogo, . - stoat_gogo

  .globl stoat_swap
  .type stoat_swap, @function
stoat_swap:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size stoat_swap, . - stoat_swap

  .globl stoat_switch_system
  .type stoat_switch_system, @function
stoat_switch_system:
  pushq %rbp
  movq %rsp, %rbp
  movq %fs:0x68, %rax
  movq STOAT_G_SYSTEM_SP(%rax), %rsp
  movq %rdi, %rax
  movq %rsi, %rdi
  callq *%rax
  movq %rbp, %rsp
  popq %rbp
  retq
  .size stoat_switch_system, . - stoat_switch_system

  .globl stoat_with_registers
  .type stoat_with_registers, @function
stoat_with_registers:
  pushq %rbp
  movq %rsp, %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  movq %rdi, %rax
  movq %rsp, %rdi
  callq *%rax
  leaq -40(%rbp), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size stoat_with_registers, . - stoat_with_registers

  .globl stoat_gostart
  .type stoat_gostart, @function
stoat_gostart:
  movq %fs:0x68, %rax
  movq STOAT_G_START_FN(%rax), %r10
  xorl %ebp, %ebp
  callq *(%r10)
  .globl stoat_gostart_ret
stoat_gostart_ret:
  callq stoat_goroutine_end
  ud2
  .size stoat_gostart, . - stoat_gostart

// The scheduler's marks around system calls, as Go symbols without arguments (README.md).
  .globl "runtime.entersyscall"
  .type "runtime.entersyscall", @function
"runtime.entersyscall":
  jmp stoat_entersyscall
  .globl "runtime.exitsyscall"
  .type "runtime.exitsyscall", @function
"runtime.exitsyscall":
  jmp stoat_exitsyscall
  .section .note.GNU-stack,"",@progbits
