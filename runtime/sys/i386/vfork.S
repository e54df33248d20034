// syscall.rawVforkSyscall, 386 (see x86_64/vfork.S). The return address, ebx and the result pointer wait in SSE registers: the child may overwrite the
// whole argument area. C: void (out {r1, errno}, number, a1, a2, a3), on the stack.
  .section ".text.syscall.rawVforkSyscall","ax",@progbits
  .globl "syscall.rawVforkSyscall"
  .type "syscall.rawVforkSyscall", @function
"syscall.rawVforkSyscall":
  movd %ebx, %xmm1
  movd (%esp), %xmm0
  movd 4(%esp), %xmm2
  movl 8(%esp), %eax
  movl 12(%esp), %ebx
  movl 16(%esp), %ecx
  movl 20(%esp), %edx
  int $0x80
  movd %xmm0, (%esp)
  movd %xmm1, %ebx
  movd %xmm2, %ecx
  cmpl $-4095, %eax
  jae 1f
  movl %eax, (%ecx)
  movl $0, 4(%ecx)
  retl
1:
  negl %eax
  movl $-1, (%ecx)
  movl %eax, 4(%ecx)
  retl
  .size "syscall.rawVforkSyscall", . - "syscall.rawVforkSyscall"

  .section .note.GNU-stack,"",@progbits
