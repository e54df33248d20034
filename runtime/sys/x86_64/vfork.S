// syscall.rawVforkSyscall, x86-64: clone with CLONE_VFORK and CLONE_VM returns twice on one stack, and the child may overwrite what lies below the caller's
// frame: the return address and the result pointer wait in registers of arguments that clone and clone3 do not read here (tls, a sixth one).
// C: void (out {r1, errno} rdi, number rsi, a1 rdx, a2 rcx, a3 r8).
  .section ".text.syscall.rawVforkSyscall","ax",@progbits
  .globl "syscall.rawVforkSyscall"
  .type "syscall.rawVforkSyscall", @function
"syscall.rawVforkSyscall":
  movq %rdi, %r11
  movq %rsi, %rax
  movq %rdx, %rdi
  movq %rcx, %rsi
  movq %r8, %rdx
  movq %r11, %r8
  xorl %r10d, %r10d
  popq %r9
  syscall
  pushq %r9
  cmpq $-4095, %rax
  jae 1f
  movq %rax, (%r8)
  movq $0, 8(%r8)
  retq
1:
  negq %rax
  movq $-1, (%r8)
  movq %rax, 8(%r8)
  retq
  .size "syscall.rawVforkSyscall", . - "syscall.rawVforkSyscall"

  .section .note.GNU-stack,"",@progbits
