// Context switches, 386 (contract: sys/arch.h). A stopped context is: sp -> edi esi ebx ebp, return address.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
  .text

  .globl stoat_mcall
  .type stoat_mcall, @function
stoat_mcall:
  movl 4(%esp), %ecx
  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl %gs:0x2c, %eax
  movl %esp, STOAT_G_SCHED_SP(%eax)
  movl STOAT_G_SYSTEM_SP(%eax), %esp
  xorl %ebp, %ebp
  subl $12, %esp
  pushl %eax
  calll *%ecx
  ud2
  .size stoat_mcall, . - stoat_mcall

  .globl stoat_gogo
  .type stoat_gogo, @function
stoat_gogo:
  movl 4(%esp), %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  retl
  .size stoat_gogo, . - stoat_gogo

  .globl stoat_swap
  .type stoat_swap, @function
stoat_swap:
  movl 4(%esp), %eax
  movl 8(%esp), %ecx
  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl %esp, (%eax)
  movl %ecx, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  retl
  .size stoat_swap, . - stoat_swap

  .globl stoat_switch_system
  .type stoat_switch_system, @function
stoat_switch_system:
  pushl %ebp
  movl %esp, %ebp
  movl 8(%ebp), %ecx
  movl 12(%ebp), %edx
  movl %gs:0x2c, %eax
  movl STOAT_G_SYSTEM_SP(%eax), %esp
  subl $12, %esp
  pushl %edx
  calll *%ecx
  movl %ebp, %esp
  popl %ebp
  retl
  .size stoat_switch_system, . - stoat_switch_system

  .globl stoat_with_registers
  .type stoat_with_registers, @function
stoat_with_registers:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  subl $4, %esp
  movl %esp, %eax
  pushl 12(%ebp)
  pushl %eax
  calll *8(%ebp)
  leal -12(%ebp), %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  retl
  .size stoat_with_registers, . - stoat_with_registers

  .globl stoat_gostart
  .type stoat_gostart, @function
stoat_gostart:
  movl %gs:0x2c, %eax
  movl STOAT_G_START_FN(%eax), %eax
  xorl %ebp, %ebp
  calll *(%eax)
  .globl stoat_gostart_ret
stoat_gostart_ret:
  calll stoat_goroutine_end
  ud2
  .size stoat_gostart, . - stoat_gostart

  .globl "runtime.entersyscall"
  .type "runtime.entersyscall", @function
"runtime.entersyscall":
  jmp stoat_entersyscall
  .globl "runtime.exitsyscall"
  .type "runtime.exitsyscall", @function
"runtime.exitsyscall":
  jmp stoat_exitsyscall
  .section .note.GNU-stack,"",@progbits
