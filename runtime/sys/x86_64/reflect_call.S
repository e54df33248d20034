// Calls by reflection, x86-64 (runtime/abi/reflect_call.h, lib/runtime/reflect.go). None of these frames changes a callee-saved register.
//
// stoat_reflectcall's frame, from rbp: Go's rbp 0, return address 8, layout -8, pad -16, then the callee's arguments on the stack.
// The stubs' frame: rbp 0, return address 8, context -8, pad -16, spill at -152 = rbp - makeFuncFrameBytes.

  .section .text.stoat_reflectcall,"ax",@progbits
  .globl stoat_reflectcall
  .type stoat_reflectcall, @function
  .p2align 4
stoat_reflectcall: // rdi funcval, rsi layout
  cmpq $24, (%rsi)
  ja .Lroom
.Lcall:
  pushq %rbp
  movq %rsp, %rbp
  pushq %rsi
  pushq %rsi
  movq %rdi, %r10
  movq (%rdi), %r11
  movq (%rsi), %rax
  leaq 15(,%rax,8), %rcx
  andq $-16, %rcx
  subq %rcx, %rsp
  movq 8(%rsi), %rdx
  xorl %ecx, %ecx
1:
  cmpq %rax, %rcx
  jae 2f
  movq (%rdx,%rcx,8), %r9
  movq %r9, (%rsp,%rcx,8)
  incq %rcx
  jmp 1b
2:
  movsd 80(%rsi), %xmm0
  movsd 88(%rsi), %xmm1
  movsd 96(%rsi), %xmm2
  movsd 104(%rsi), %xmm3
  movsd 112(%rsi), %xmm4
  movsd 120(%rsi), %xmm5
  movsd 128(%rsi), %xmm6
  movsd 136(%rsi), %xmm7
  movq 16(%rsi), %rdi
  movq 32(%rsi), %rdx
  movq 40(%rsi), %rcx
  movq 48(%rsi), %r8
  movq 56(%rsi), %r9
  movq 24(%rsi), %rsi
  callq *%r11
  .globl stoat_reflectcall_ret
stoat_reflectcall_ret:
  movq -8(%rbp), %rdi
  movq %rax, 16(%rdi)
  movq %rdx, 24(%rdi)
  movq %rcx, 32(%rdi)
  movq %r8, 40(%rdi)
  movsd %xmm0, 80(%rdi)
  movsd %xmm1, 88(%rdi)
  movsd %xmm2, 96(%rdi)
  movsd %xmm3, 104(%rdi)
  callq stoat_reflect_results
  movq %rbp, %rsp
  popq %rbp
  retq
.Lroom: // many words on the stack: make sure of 64 kB
  leaq -65536(%rsp), %r11
  cmpq %fs:0x70, %r11
  ja .Lcall
  callq stoat_morestack
  .long 65536, 0, .Lcall - .
  .size stoat_reflectcall, . - stoat_reflectcall

.macro make_func_stub name, enter
  .section ".text.\name","ax",@progbits
  .globl "\name"
  .type "\name", @function
  .p2align 4
"\name": // r10 context
  pushq %rbp
  movq %rsp, %rbp
  subq $160, %rsp
  movq %r10, -8(%rbp)
  movq %r10, -16(%rbp)
  leaq 16(%rbp), %rax
  movq %rax, -160(%rbp)
  movq %rdi, -152(%rbp)
  movq %rsi, -144(%rbp)
  movq %rdx, -136(%rbp)
  movq %rcx, -128(%rbp)
  movq %r8, -120(%rbp)
  movq %r9, -112(%rbp)
  movsd %xmm0, -88(%rbp)
  movsd %xmm1, -80(%rbp)
  movsd %xmm2, -72(%rbp)
  movsd %xmm3, -64(%rbp)
  movsd %xmm4, -56(%rbp)
  movsd %xmm5, -48(%rbp)
  movsd %xmm6, -40(%rbp)
  movsd %xmm7, -32(%rbp)
  movq %r10, %rdi
  leaq -160(%rbp), %rsi
  callq "\enter"
.endm

.macro make_func_return name
  movq -152(%rbp), %rax
  movq -144(%rbp), %rdx
  movq -136(%rbp), %rcx
  movq -128(%rbp), %r8
  movsd -88(%rbp), %xmm0
  movsd -80(%rbp), %xmm1
  movsd -72(%rbp), %xmm2
  movsd -64(%rbp), %xmm3
  movq %rbp, %rsp
  popq %rbp
  retq
  .size "\name", . - "\name"
.endm

  make_func_stub reflect.makeFuncStub, runtime.enterMakeFunc
  .globl stoat_makefunc_ret
stoat_makefunc_ret:
  make_func_return reflect.makeFuncStub

  make_func_stub reflect.methodValueCall, runtime.enterMethodValue
  .globl stoat_methodvalue_ret
stoat_methodvalue_ret:
  make_func_return reflect.methodValueCall

  .section .note.GNU-stack,"",@progbits
