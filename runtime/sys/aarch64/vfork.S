// syscall.rawVforkSyscall, arm64 (see x86_64/vfork.S). The kernel keeps x1..x30: the return address stays in x30, the result pointer in x9.
// C: void (out {r1, errno} x0, number x1, a1 x2, a2 x3, a3 x4).
  .section ".text.syscall.rawVforkSyscall","ax",@progbits
  .globl "syscall.rawVforkSyscall"
  .type "syscall.rawVforkSyscall", @function
"syscall.rawVforkSyscall":
  mov x9, x0
  mov x8, x1
  mov x0, x2
  mov x1, x3
  mov x2, x4
  mov x3, xzr
  mov x4, xzr
  svc #0
  cmn x0, #4095
  b.cs 1f
  stp x0, xzr, [x9]
  ret
1:
  neg x1, x0
  mov x0, #-1
  stp x0, x1, [x9]
  ret
  .size "syscall.rawVforkSyscall", . - "syscall.rawVforkSyscall"

  .section .note.GNU-stack,"",@progbits
