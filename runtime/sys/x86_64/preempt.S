// Where a goroutine goes on after a signal has stopped it (sched/preempt.cpp): rsp is 16-aligned below the red zone, rbp that of the interrupted frame.
  .text
  .globl stoat_async_preempt
  .type stoat_async_preempt, @function
stoat_async_preempt:
  movq %fs:0x68, %rdi
  callq stoat_preempt
  movq %fs:0x68, %rdi
  callq stoat_async_finish
  movq %rax, %rsp
  movl $15, %eax   // rt_sigreturn
  syscall
  ud2
  .size stoat_async_preempt, . - stoat_async_preempt
  .section .note.GNU-stack,"",@progbits
