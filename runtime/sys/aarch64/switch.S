// Context switches, arm64 (contract: sys/arch.h). A stopped context is 160 bytes: x19..x28, x29, x30, d8..d15. x28 is g.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
  .text

  .macro SAVE
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  .endm
  .macro RESTORE
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  .endm

  .globl stoat_mcall
  .type stoat_mcall, @function
stoat_mcall:
  SAVE
  mov x9, sp
  str x9, [x28, #STOAT_G_SCHED_SP]
  ldr x9, [x28, #STOAT_G_SYSTEM_SP]
  mov sp, x9
  mov x10, x0
  mov x0, x28
  mov x29, xzr
  blr x10
  brk #1
  .size stoat_mcall, . - stoat_mcall

  .globl stoat_gogo
  .type stoat_gogo, @function
stoat_gogo:
  mov sp, x0
  RESTORE
  ret
  .size stoat_gogo, . - stoat_gogo

  .globl stoat_swap
  .type stoat_swap, @function
stoat_swap:
  SAVE
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  RESTORE
  ret
  .size stoat_swap, . - stoat_swap

  .globl stoat_switch_system
  .type stoat_switch_system, @function
stoat_switch_system:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  ldr x9, [x28, #STOAT_G_SYSTEM_SP]
  mov sp, x9
  mov x9, x0
  mov x0, x1
  blr x9
  mov sp, x29
  ldp x29, x30, [sp], #16
  ret
  .size stoat_switch_system, . - stoat_switch_system

  .globl stoat_with_registers
  .type stoat_with_registers, @function
stoat_with_registers:
  SAVE
  mov x9, x0
  mov x0, sp
  blr x9
  RESTORE
  ret
  .size stoat_with_registers, . - stoat_with_registers

  .globl stoat_gostart
  .type stoat_gostart, @function
stoat_gostart:
  ldr x15, [x28, #STOAT_G_START_FN]
  ldr x9, [x15]
  mov x29, xzr
  mov x30, xzr
  blr x9
  .globl stoat_gostart_ret
stoat_gostart_ret:
  bl stoat_goroutine_end
  brk #1
  .size stoat_gostart, . - stoat_gostart

  .globl "runtime.entersyscall"
  .type "runtime.entersyscall", @function
"runtime.entersyscall":
  b stoat_entersyscall
  .globl "runtime.exitsyscall"
  .type "runtime.exitsyscall", @function
"runtime.exitsyscall":
  b stoat_exitsyscall
  .section .note.GNU-stack,"",@progbits
