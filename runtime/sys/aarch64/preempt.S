// Where a goroutine goes on after a signal has stopped it (sched/preempt.cpp): sp is below the interrupted frame, x29 that frame's.
  .text
  .globl stoat_async_preempt
  .type stoat_async_preempt, %function
stoat_async_preempt:
  mov x0, x28
  bl stoat_preempt
  mov x0, x28
  bl stoat_async_finish
  mov sp, x0
  mov x8, #139     // rt_sigreturn
  svc #0
  udf #0
  .size stoat_async_preempt, . - stoat_async_preempt
  .section .note.GNU-stack,"",%progbits
