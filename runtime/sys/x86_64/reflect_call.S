// Calls by reflection, x86-64 (runtime/abi/reflect_call.h, lib/runtime/reflect.go). None of these frames changes a callee-saved register.
//
// stoat_reflectcall's frame, from rbp: Go's rbp 0, return address 8, layout -8, pad -16, then the callee's arguments on the stack.
// The stubs' frame: rbp 0, return address 8, context -8, pad -16, spill at -152 = rbp - makeFuncFrameBytes.

#include "asm_layout.h"
#define SPILL -160

  .section .text.stoat_reflectcall,"ax",@progbits
  .globl stoat_reflectcall
  .type stoat_reflectcall, @function
  .p2align 4
stoat_reflectcall: // rdi funcval, rsi layout
  cmpq $24, STOAT_CALL_STACK_WORDS(%rsi)
  ja .Lroom
.Lcall:
  pushq %rbp
  movq %rsp, %rbp
  pushq %rsi
  pushq %rsi
  movq %rdi, %r10
  movq (%rdi), %r11
  movq STOAT_CALL_STACK_WORDS(%rsi), %rax
  leaq 15(,%rax,8), %rcx
  andq $-16, %rcx
  subq %rcx, %rsp
  movq STOAT_CALL_STACK(%rsi), %rdx
  xorl %ecx, %ecx
1:
  cmpq %rax, %rcx
  jae 2f
  movq (%rdx,%rcx,8), %r9
  movq %r9, (%rsp,%rcx,8)
  incq %rcx
  jmp 1b
2:
  movsd STOAT_CALL_FLOATS(%rsi), %xmm0
  movsd STOAT_CALL_FLOATS+8(%rsi), %xmm1
  movsd STOAT_CALL_FLOATS+16(%rsi), %xmm2
  movsd STOAT_CALL_FLOATS+24(%rsi), %xmm3
  movsd STOAT_CALL_FLOATS+32(%rsi), %xmm4
  movsd STOAT_CALL_FLOATS+40(%rsi), %xmm5
  movsd STOAT_CALL_FLOATS+48(%rsi), %xmm6
  movsd STOAT_CALL_FLOATS+56(%rsi), %xmm7
  movq STOAT_CALL_INTS(%rsi), %rdi
  movq STOAT_CALL_INTS+16(%rsi), %rdx
  movq STOAT_CALL_INTS+24(%rsi), %rcx
  movq STOAT_CALL_INTS+32(%rsi), %r8
  movq STOAT_CALL_INTS+40(%rsi), %r9
  movq STOAT_CALL_INTS+8(%rsi), %rsi
  callq *%r11
  .globl stoat_reflectcall_ret
stoat_reflectcall_ret:
  movq -8(%rbp), %rdi
  movq %rax, STOAT_CALL_INTS(%rdi)
  movq %rdx, STOAT_CALL_INTS+8(%rdi)
  movq %rcx, STOAT_CALL_INTS+16(%rdi)
  movq %r8, STOAT_CALL_INTS+24(%rdi)
  movsd %xmm0, STOAT_CALL_FLOATS(%rdi)
  movsd %xmm1, STOAT_CALL_FLOATS+8(%rdi)
  movsd %xmm2, STOAT_CALL_FLOATS+16(%rdi)
  movsd %xmm3, STOAT_CALL_FLOATS+24(%rdi)
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
  movq %rax, SPILL+STOAT_SPILL_STACK(%rbp)
  movq %rdi, SPILL+STOAT_SPILL_INTS(%rbp)
  movq %rsi, SPILL+STOAT_SPILL_INTS+8(%rbp)
  movq %rdx, SPILL+STOAT_SPILL_INTS+16(%rbp)
  movq %rcx, SPILL+STOAT_SPILL_INTS+24(%rbp)
  movq %r8, SPILL+STOAT_SPILL_INTS+32(%rbp)
  movq %r9, SPILL+STOAT_SPILL_INTS+40(%rbp)
  movsd %xmm0, SPILL+STOAT_SPILL_FLOATS(%rbp)
  movsd %xmm1, SPILL+STOAT_SPILL_FLOATS+8(%rbp)
  movsd %xmm2, SPILL+STOAT_SPILL_FLOATS+16(%rbp)
  movsd %xmm3, SPILL+STOAT_SPILL_FLOATS+24(%rbp)
  movsd %xmm4, SPILL+STOAT_SPILL_FLOATS+32(%rbp)
  movsd %xmm5, SPILL+STOAT_SPILL_FLOATS+40(%rbp)
  movsd %xmm6, SPILL+STOAT_SPILL_FLOATS+48(%rbp)
  movsd %xmm7, SPILL+STOAT_SPILL_FLOATS+56(%rbp)
  movq %r10, %rdi
  leaq SPILL(%rbp), %rsi
  callq "\enter"
.endm

.macro make_func_return name
  movq SPILL+STOAT_SPILL_INTS(%rbp), %rax
  movq SPILL+STOAT_SPILL_INTS+8(%rbp), %rdx
  movq SPILL+STOAT_SPILL_INTS+16(%rbp), %rcx
  movq SPILL+STOAT_SPILL_INTS+24(%rbp), %r8
  movsd SPILL+STOAT_SPILL_FLOATS(%rbp), %xmm0
  movsd SPILL+STOAT_SPILL_FLOATS+8(%rbp), %xmm1
  movsd SPILL+STOAT_SPILL_FLOATS+16(%rbp), %xmm2
  movsd SPILL+STOAT_SPILL_FLOATS+24(%rbp), %xmm3
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
