#include "textflag.h"
#include "funcdata.h"
#include "go_asm.h"

DATA ·table+0(SB)/8, $const_factor
DATA ·table+8(SB)/8, $record_next
DATA ·table+16(SB)/8, $record__size
DATA ·table+24(SB)/8, $7
GLOBL ·table(SB), RODATA, $32

DATA ·counter(SB)/8, $100
GLOBL ·counter(SB), NOPTR, $8

DATA functions<>+0(SB)/8, $·first(SB)
DATA functions<>+8(SB)/8, $·other(SB)
GLOBL functions<>(SB), RODATA, $16

TEXT ·scale(SB), NOSPLIT, $0-16
	MOVQ n+0(FP), AX
	IMULQ $const_factor, AX
	MOVQ AX, ret+8(FP)
	RET

// a+0 b+2 f+4 d+8 on+16 s+24 list+40, n+64 sum+72 off+80 t+88
TEXT ·mix(SB), NOSPLIT, $16-104
	MOVBQSX a+0(FP), AX
	MOVWQZX b+2(FP), BX
	ADDQ BX, AX
	MOVQ list_base+40(FP), SI
	MOVQ list_len+48(FP), CX
	TESTQ CX, CX
	JZ   done
loop:
	ADDQ (SI), AX
	ADDQ $8, SI
	DECQ CX
	JNZ  loop
done:
	MOVQ AX, n+64(FP)
	CVTSS2SD f+4(FP), X0
	ADDSD d+8(FP), X0
	ADDSD $(0.125), X0
	MOVSD X0, sum+72(FP)
	MOVBLZX on+16(FP), DX
	XORL $1, DX
	MOVB DX, off+80(FP)
	MOVQ s_base+24(FP), R12
	MOVQ s_len+32(FP), R13
	DECQ R13
	MOVQ R12, t_base+88(FP)
	MOVQ R13, t_len+96(FP)
	RET

// r+0 (24 bytes) rs+24, r2+48 rs2+72
TEXT ·second(SB), NOSPLIT, $0-96
	MOVBLZX r_tag+0(FP), AX
	INCL AX
	MOVB AX, r2_tag+48(FP)
	MOVQ r_val+8(FP), AX
	ADDQ AX, AX
	MOVQ AX, r2_val+56(FP)
	MOVQ r_next+16(FP), AX
	MOVQ AX, r2_next+64(FP)
	MOVQ rs_0+24(FP), AX
	MOVQ rs_1+32(FP), BX
	MOVQ rs_2+40(FP), CX
	MOVQ CX, rs2_0+72(FP)
	MOVQ BX, rs2_1+80(FP)
	MOVQ AX, rs2_2+88(FP)
	RET

TEXT ·spoil(SB), NOSPLIT, $0-0
	MOVQ $-1, AX
	MOVQ AX, BX
	MOVQ AX, CX
	MOVQ AX, DX
	MOVQ AX, SI
	MOVQ AX, DI
	MOVQ AX, R8
	MOVQ AX, R9
	MOVQ AX, R10
	MOVQ AX, R11
	MOVQ AX, R12
	MOVQ AX, R13
	MOVQ AX, R14
	MOVQ AX, R15
	PCMPEQL X0, X0
	MOVO X0, X8
	MOVO X0, X15
	RET

TEXT ·visit(SB), 0, $64-24
	NO_LOCAL_POINTERS
	MOVQ depth+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ r+8(FP), AX
	MOVQ AX, 8(SP)
	CALL ·visited(SB)
	MOVQ 16(SP), AX
	MOVQ AX, ret+16(FP)
	RET

TEXT ·load(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ (AX), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·pick(SB), 0, $32-16
	NO_LOCAL_POINTERS
	MOVQ i+0(FP), AX
	LEAQ functions<>(SB), BX
	MOVQ (BX)(AX*8), CX
	MOVQ $20, 0(SP)
	CALL CX
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·large(SB), 0, $8192-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 8000(SP)
	MOVQ AX, 0(SP)
	CALL ·below(SB)
	MOVQ 8(SP), AX
	ADDQ 8000(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·tail(SB), NOSPLIT, $0-16
	INCQ n+0(FP)
	RET  ·other(SB)

TEXT ·bump(SB), NOSPLIT, $0-8
	INCQ ·counter(SB)
	MOVQ ·counter(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·call(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOVQ f+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·invoke(SB)
	RET
