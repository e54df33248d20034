// Deferred calls, 386 (see x86_64/defer_trampoline.S). From ebp: F's ebp 0, return address 4, frame 8, body 12. The body's argument is passed as C
// does (on the stack) and as fastcc does (ecx); a closure's context is in eax.
#include "asm_layout.h"
#include "runtime/abi/stack_limits.h"
#define W(n) (n)*4
#define SAVED(n) (STOAT_DEFER_SAVED+W(n))

  .text
  .globl stoat_calldefer
  .type stoat_calldefer, @function
stoat_calldefer:
  pushl %ebp
  movl %esp, %ebp
  subl $8, %esp
  movl %gs:0x2c, %eax
  movl 8(%ebp), %ecx
  movl STOAT_G_SEGMENT(%eax), %edx
  movl %edx, SAVED(0)(%ecx)
  movl STOAT_G_ENTRY(%eax), %edx
  movl %edx, SAVED(1)(%ecx)
  movl %ebx, SAVED(2)(%ecx)
  movl %esi, SAVED(3)(%ecx)
  movl %edi, SAVED(4)(%ecx)
  movl STOAT_G_LOCAL_DEFER_FRAMES(%eax), %edx
  movl %edx, STOAT_DEFER_LINK(%ecx)
  leal 8(%ebp), %edx
  movl %edx, STOAT_DEFER_SP(%ecx)
  movl (%ebp), %edx
  movl %edx, STOAT_DEFER_FP(%ecx)
  movl 4(%ebp), %edx
  movl %edx, STOAT_DEFER_PC(%ecx)
  movl %ecx, STOAT_G_LOCAL_DEFER_FRAMES(%eax)
  movl %ecx, (%esp)
  call *12(%ebp)
  .globl stoat_calldefer_ret
stoat_calldefer_ret:
  xorl %eax, %eax
  movl %ebp, %esp
  popl %ebp
  retl
  .size stoat_calldefer, . - stoat_calldefer

  .globl stoat_resume
  .type stoat_resume, @function
stoat_resume:
  movl 4(%esp), %edi
  movl %gs:0x2c, %edx
  movl %edi, STOAT_G_LOCAL_DEFER_FRAMES(%edx)
  movl SAVED(1)(%edi), %eax
  movl %eax, STOAT_G_ENTRY(%edx)
  movl STOAT_G_SEGMENT(%edx), %ecx
  movl SAVED(0)(%edi), %esi
  movl %esi, STOAT_G_SEGMENT(%edx)
  movl STOAT_SEG_LIMIT(%ecx), %eax
  movl STOAT_SEG_LIMIT(%esi), %ecx
  lock cmpxchgl %ecx, %gs:0x30
  movl STOAT_DEFER_FP(%edi), %ebp
  movl STOAT_DEFER_SP(%edi), %esp
  movl STOAT_DEFER_PC(%edi), %edx
  movl SAVED(2)(%edi), %ebx
  movl SAVED(3)(%edi), %esi
  movl SAVED(4)(%edi), %edi
  movl $1, %eax
  jmpl *%edx
  .size stoat_resume, . - stoat_resume

  .globl stoat_calldeferred
  .type stoat_calldeferred, @function
stoat_calldeferred:
  pushl %ebp
  movl %esp, %ebp
  subl $8, %esp
  movl 8(%ebp), %eax
  call *(%eax)
  .globl stoat_calldeferred_ret
stoat_calldeferred_ret:
  movl %ebp, %esp
  popl %ebp
  retl
  .size stoat_calldeferred, . - stoat_calldeferred

  .section .note.GNU-stack,"",@progbits
