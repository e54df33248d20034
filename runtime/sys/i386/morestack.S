// stoat_morestack, 386 (see x86_64/morestack.S). Every register may hold an argument or belongs to the caller. Save area, from esp: xmm0-3 at 0, edi 64,
// esi 68, ebx 72, edx 76, ecx 80, eax 84, data 88, caller's return address 92, stack arguments 96.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*4

  .text
  .globl stoat_morestack
  .type stoat_morestack, @function
stoat_morestack:
  pushl %eax
  pushl %ecx
  pushl %edx
  pushl %ebx
  pushl %esi
  pushl %edi
  subl $64, %esp
  movups %xmm0, (%esp)
  movups %xmm1, 16(%esp)
  movups %xmm2, 32(%esp)
  movups %xmm3, 48(%esp)

  movl %gs:0x2c, %esi            // g
  movl STOAT_G_SEGMENT(%esi), %edi
  movl 88(%esp), %ebx            // {frame, arguments, distance to the body}
  leal 92(%esp), %edx
  movl (%ebx), %ecx
  cmpl $STOAT_STACK_SMALL_FRAME, %ecx
  jbe 1f
  subl %ecx, %edx
1:
  cmpl STOAT_SEG_LIMIT(%edi), %edx
  ja .Lpreempt

  addl 4(%ebx), %ecx
  addl $128, %ecx                // bytes needed
  movl STOAT_SEG_NEWER(%edi), %eax
  testl %eax, %eax
  je .Lallocate
  movl STOAT_SEG_TOP(%eax), %edx
  subl STOAT_SEG_LIMIT(%eax), %edx
  cmpl %ecx, %edx
  jb .Lallocate
.Lenter: // eax: the new segment
  movl %edi, STOAT_SEG_OLDER(%eax)
  movl 92(%esp), %edx
  movl %edx, STOAT_SEG_RET_PC(%eax)
  leal 96(%esp), %edx
  movl %edx, STOAT_SEG_SAVED_SP(%eax)
  movl %eax, STOAT_G_SEGMENT(%esi)
  movl STOAT_SEG_LIMIT(%eax), %ecx
  movl STOAT_SEG_TOP(%eax), %edx
  movl STOAT_SEG_LIMIT(%edi), %eax
  lock cmpxchgl %ecx, %gs:0x30
  // Stack arguments, then on the new stack: return address, body's address, registers to pop.
  movl 4(%ebx), %ecx
  subl %ecx, %edx
  movl %edx, %edi
  leal 96(%esp), %esi
  shrl $2, %ecx
  rep movsl
  call 2f
2:
  popl %eax
  addl $stoat_morestack_ret - 2b, %eax
  movl %eax, -4(%edx)
  movl 8(%ebx), %eax
  leal 8(%ebx,%eax), %eax
  movl %eax, -8(%edx)
  subl $8, %edx
  jmp .Lcontinue

.Lallocate:
  movl %esp, %ebx
  movl STOAT_G_SYSTEM_SP(%esi), %esp
  subl $4, %esp
  pushl 92(%ebx)
  pushl %ecx
  pushl %esi
  call stoat_new_segment
  movl %ebx, %esp
  movl %gs:0x2c, %esi
  movl STOAT_G_SEGMENT(%esi), %edi
  movl 88(%esp), %ebx
  jmp .Lenter

.Lpreempt:
  leal (92+4)(%esp), %edx
  addl 4(%ebx), %edx             // end of the stack arguments
  movl %esp, %ecx
  subl $36, %esp
  movl STOAT_G_ENTRY(%esi), %eax
  movl %eax, STOAT_ENTRY_PREVIOUS(%esp)
  movl 92(%ecx), %eax
  movl %eax, STOAT_ENTRY_PC(%esp)
  movl %ebp, STOAT_ENTRY_FP(%esp)
  movl %esp, STOAT_ENTRY_LOW(%esp)
  movl %edx, STOAT_ENTRY_HIGH(%esp)
  movl %edi, STOAT_ENTRY_SEGMENT(%esp)
  movl 72(%ecx), %eax
  movl %eax, STOAT_ENTRY_SAVED(%esp)
  movl 68(%ecx), %eax
  movl %eax, (STOAT_ENTRY_SAVED+W(1))(%esp)
  movl 64(%ecx), %eax
  movl %eax, (STOAT_ENTRY_SAVED+W(2))(%esp)
  movl %esp, STOAT_G_ENTRY(%esi)
  movl %esp, %edi
  movl %ecx, %ebx
  subl $4, %esp
  andl $-16, %esp
  subl $12, %esp
  pushl %esi
  call stoat_preempt
  movl %gs:0x2c, %esi
  movl STOAT_ENTRY_PREVIOUS(%edi), %eax
  movl %eax, STOAT_G_ENTRY(%esi)
  movl %ebx, %esp
  // The body's address goes where the data's was, below the caller's return address.
  movl 88(%esp), %ebx
  movl 8(%ebx), %eax
  leal 8(%ebx,%eax), %eax
  leal 88(%esp), %edx
  movl %eax, (%edx)

.Lcontinue: // edx: points to the body's address, above it the function's stack
  movups (%esp), %xmm0
  movups 16(%esp), %xmm1
  movups 32(%esp), %xmm2
  movups 48(%esp), %xmm3
  // Highest first: after a yield source and destination are the same words.
  movl 84(%esp), %eax
  movl %eax, -4(%edx)
  movl 80(%esp), %eax
  movl %eax, -8(%edx)
  movl 76(%esp), %eax
  movl %eax, -12(%edx)
  movl 72(%esp), %eax
  movl %eax, -16(%edx)
  movl 68(%esp), %eax
  movl %eax, -20(%edx)
  movl 64(%esp), %eax
  movl %eax, -24(%edx)
  leal -24(%edx), %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %edx
  popl %ecx
  popl %eax
  retl
  .size stoat_morestack, . - stoat_morestack

// Results: eax, edx, ecx, xmm or x87. The old stack still holds the return address below the saved sp.
  .globl stoat_morestack_ret
stoat_morestack_ret:
  pushl %eax
  pushl %ebx
  pushl %esi
  pushl %edi
  movl %gs:0x2c, %esi
  movl STOAT_G_SEGMENT(%esi), %edi
  movl STOAT_SEG_OLDER(%edi), %ebx
  movl %ebx, STOAT_G_SEGMENT(%esi)
  movl STOAT_SEG_LIMIT(%edi), %eax
  movl STOAT_SEG_LIMIT(%ebx), %ebx
  lock cmpxchgl %ebx, %gs:0x30
  movl STOAT_SEG_SAVED_SP(%edi), %esi
  movl STOAT_SEG_RET_PC(%edi), %eax
  movl %eax, -4(%esi)
  movl 12(%esp), %eax
  movl %eax, -8(%esi)
  movl 8(%esp), %eax
  movl %eax, -12(%esi)
  movl 4(%esp), %eax
  movl %eax, -16(%esi)
  movl (%esp), %eax
  movl %eax, -20(%esi)
  leal -20(%esi), %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %eax
  retl

  .section .note.GNU-stack,"",@progbits
