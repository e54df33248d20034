#include "textflag.h"
#include "funcdata.h"
#include "go_asm.h"

DATA ·table+0(SB)/4, $const_factor
DATA ·table+4(SB)/4, $record_next
DATA ·table+8(SB)/4, $record__size
DATA ·table+12(SB)/4, $7
GLOBL ·table(SB), RODATA, $16

DATA ·counter(SB)/4, $100
GLOBL ·counter(SB), NOPTR, $4

DATA functions<>+0(SB)/4, $·first(SB)
DATA functions<>+4(SB)/4, $·other(SB)
GLOBL functions<>(SB), RODATA, $8

TEXT ·scale(SB), NOSPLIT, $0-8
	MOVL n+0(FP), AX
	IMULL $const_factor, AX
	MOVL AX, ret+4(FP)
	RET

// a+0 b+2 f+4 d+8 on+16 s+20 list+28, n+40 sum+44 off+52 t+56
TEXT ·mix(SB), NOSPLIT, $16-64
	MOVBLSX a+0(FP), AX
	MOVWLZX b+2(FP), BX
	ADDL BX, AX
	MOVL list_base+28(FP), SI
	MOVL list_len+32(FP), CX
	TESTL CX, CX
	JZ   done
loop:
	ADDL (SI), AX
	ADDL $4, SI
	DECL CX
	JNZ  loop
done:
	MOVL AX, n+40(FP)
	CVTSS2SD f+4(FP), X0
	ADDSD d+8(FP), X0
	ADDSD $(0.125), X0
	MOVSD X0, sum+44(FP)
	MOVBLZX on+16(FP), DX
	XORL $1, DX
	MOVB DX, off+52(FP)
	MOVL s_base+20(FP), DI
	MOVL s_len+24(FP), BX
	DECL BX
	MOVL DI, t_base+56(FP)
	MOVL BX, t_len+60(FP)
	RET

TEXT ·second(SB), NOSPLIT, $0-48
	MOVBLZX r_tag+0(FP), AX
	INCL AX
	MOVB AX, r2_tag+24(FP)
	MOVL r_val+4(FP), AX
	ADDL AX, AX
	MOVL AX, r2_val+28(FP)
	MOVL r_next+8(FP), AX
	MOVL AX, r2_next+32(FP)
	MOVL rs_0+12(FP), AX
	MOVL rs_1+16(FP), BX
	MOVL rs_2+20(FP), CX
	MOVL CX, rs2_0+36(FP)
	MOVL BX, rs2_1+40(FP)
	MOVL AX, rs2_2+44(FP)
	RET

TEXT ·spoil(SB), NOSPLIT, $0-0
	MOVL $-1, AX
	MOVL AX, BX
	MOVL AX, CX
	MOVL AX, DX
	MOVL AX, SI
	MOVL AX, DI
	MOVL AX, BP
	PCMPEQL X0, X0
	MOVO X0, X7
	RET

TEXT ·visit(SB), 0, $64-12
	NO_LOCAL_POINTERS
	MOVL depth+0(FP), AX
	MOVL AX, 0(SP)
	MOVL r+4(FP), AX
	MOVL AX, 4(SP)
	CALL ·visited(SB)
	MOVL 8(SP), AX
	MOVL AX, ret+8(FP)
	RET

TEXT ·load(SB), NOSPLIT, $0-8
	MOVL p+0(FP), AX
	MOVL (AX), AX
	MOVL AX, ret+4(FP)
	RET

TEXT ·pick(SB), 0, $32-8
	NO_LOCAL_POINTERS
	MOVL i+0(FP), AX
	LEAL functions<>(SB), BX
	MOVL (BX)(AX*4), CX
	MOVL $20, 0(SP)
	CALL CX
	MOVL 4(SP), AX
	MOVL AX, ret+4(FP)
	RET

TEXT ·large(SB), 0, $8192-8
	NO_LOCAL_POINTERS
	MOVL n+0(FP), AX
	MOVL AX, 8000(SP)
	MOVL AX, 0(SP)
	CALL ·below(SB)
	MOVL 4(SP), AX
	ADDL 8000(SP), AX
	MOVL AX, ret+4(FP)
	RET

TEXT ·tail(SB), NOSPLIT, $0-8
	INCL n+0(FP)
	RET  ·other(SB)

TEXT ·bump(SB), NOSPLIT, $0-4
	INCL ·counter(SB)
	MOVL ·counter(SB), AX
	MOVL AX, ret+0(FP)
	RET

TEXT ·call(SB), 0, $16-4
	NO_LOCAL_POINTERS
	MOVL f+0(FP), AX
	MOVL AX, 0(SP)
	CALL ·invoke(SB)
	RET
