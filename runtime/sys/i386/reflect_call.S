// Calls by reflection, 386 (see x86_64/reflect_call.S). stoat_reflectcall's frame, from ebp: funcval 8, layout 12; layout -4, esi -8, edi -12, eax -16.
// The stubs' frame: context -4, spill at -112 = ebp - makeFuncFrameBytes.

#include "asm_layout.h"
#define SPILL -112

  .section .text.stoat_reflectcall,"ax",@progbits
  .globl stoat_reflectcall
  .type stoat_reflectcall, @function
  .p2align 4
stoat_reflectcall:
  movl 8(%esp), %ecx
  cmpl $48, STOAT_CALL_STACK_WORDS(%ecx)
  ja .Lroom
.Lcall:
  pushl %ebp
  movl %esp, %ebp
  subl $24, %esp
  movl 12(%ebp), %ecx
  movl %ecx, -4(%ebp)
  movl %esi, -8(%ebp)
  movl %edi, -12(%ebp)
  movl STOAT_CALL_STACK_WORDS(%ecx), %eax
  leal 15(,%eax,4), %edx
  andl $-16, %edx
  subl %edx, %esp
  movl STOAT_CALL_STACK(%ecx), %esi
  movl %esp, %edi
  movl %eax, %ecx
  rep movsl
  movl -8(%ebp), %esi
  movl -12(%ebp), %edi
  movl -4(%ebp), %eax
  movsd STOAT_CALL_FLOATS(%eax), %xmm0
  movsd STOAT_CALL_FLOATS+8(%eax), %xmm1
  movsd STOAT_CALL_FLOATS+16(%eax), %xmm2
  movl STOAT_CALL_INTS(%eax), %ecx
  movl STOAT_CALL_INTS+4(%eax), %edx
  movl 8(%ebp), %eax
  call *(%eax)
  .globl stoat_reflectcall_ret
stoat_reflectcall_ret:
  movl %eax, -16(%ebp)
  movl -4(%ebp), %eax
  movl %edx, STOAT_CALL_INTS+4(%eax)
  movl %ecx, STOAT_CALL_INTS+8(%eax)
  movl -16(%ebp), %ecx
  movl %ecx, STOAT_CALL_INTS(%eax)
  movsd %xmm0, STOAT_CALL_FLOATS(%eax)
  movsd %xmm1, STOAT_CALL_FLOATS+8(%eax)
  movsd %xmm2, STOAT_CALL_FLOATS+16(%eax)
  movl %eax, (%esp)
  call stoat_reflect_results
  movl %ebp, %esp
  popl %ebp
  retl
.Lroom: // many words on the stack: make sure of 64 kB
  leal -65536(%esp), %eax
  cmpl %gs:0x30, %eax
  ja .Lcall
  call stoat_morestack
  .long 65536, 16, .Lcall - .
  .size stoat_reflectcall, . - stoat_reflectcall

.macro make_func_stub name, enter
  .section ".text.\name","ax",@progbits
  .globl "\name"
  .type "\name", @function
  .p2align 4
"\name": // eax context
  pushl %ebp
  movl %esp, %ebp
  subl $120, %esp
  movl %eax, -4(%ebp)
  movl %eax, -8(%ebp)
  movl %ecx, SPILL+STOAT_SPILL_INTS(%ebp)
  movl %edx, SPILL+STOAT_SPILL_INTS+4(%ebp)
  leal 8(%ebp), %ecx
  movl %ecx, SPILL+STOAT_SPILL_STACK(%ebp)
  movsd %xmm0, SPILL+STOAT_SPILL_FLOATS(%ebp)
  movsd %xmm1, SPILL+STOAT_SPILL_FLOATS+8(%ebp)
  movsd %xmm2, SPILL+STOAT_SPILL_FLOATS+16(%ebp)
  movl %eax, %ecx
  leal SPILL(%ebp), %edx
  call "\enter"
.endm

.macro make_func_return name
  movl SPILL+STOAT_SPILL_INTS(%ebp), %eax
  movl SPILL+STOAT_SPILL_INTS+4(%ebp), %edx
  movl SPILL+STOAT_SPILL_INTS+8(%ebp), %ecx
  movsd SPILL+STOAT_SPILL_FLOATS(%ebp), %xmm0
  movsd SPILL+STOAT_SPILL_FLOATS+8(%ebp), %xmm1
  movsd SPILL+STOAT_SPILL_FLOATS+16(%ebp), %xmm2
  movl %ebp, %esp
  popl %ebp
  retl
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
