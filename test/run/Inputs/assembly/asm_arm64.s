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

DATA eighth<>+0(SB)/8, $(0.125)
GLOBL eighth<>(SB), RODATA, $8

TEXT ·scale(SB), NOSPLIT, $0-16
	MOVD n+0(FP), R0
	MOVD $const_factor, R1
	MUL  R1, R0
	MOVD R0, ret+8(FP)
	RET

TEXT ·mix(SB), NOSPLIT, $16-104
	MOVB  a+0(FP), R0
	MOVHU b+2(FP), R1
	ADD   R1, R0
	MOVD  list_base+40(FP), R2
	MOVD  list_len+48(FP), R3
	CBZ   R3, done
loop:
	MOVD.P 8(R2), R4
	ADD   R4, R0
	SUB   $1, R3
	CBNZ  R3, loop
done:
	MOVD  R0, n+64(FP)
	FMOVS f+4(FP), F0
	FCVTSD F0, F0
	FMOVD d+8(FP), F1
	FADDD F1, F0
	FMOVD eighth<>(SB), F8
	FADDD F8, F0
	FMOVD F0, sum+72(FP)
	MOVBU on+16(FP), R5
	EOR   $1, R5
	MOVB  R5, off+80(FP)
	MOVD  s_base+24(FP), R19
	MOVD  s_len+32(FP), R20
	SUB   $1, R20
	MOVD  R19, t_base+88(FP)
	MOVD  R20, t_len+96(FP)
	RET

TEXT ·second(SB), NOSPLIT, $0-96
	MOVBU r_tag+0(FP), R0
	ADD   $1, R0
	MOVB  R0, r2_tag+48(FP)
	MOVD  r_val+8(FP), R0
	ADD   R0, R0
	MOVD  R0, r2_val+56(FP)
	MOVD  r_next+16(FP), R0
	MOVD  R0, r2_next+64(FP)
	MOVD  rs_0+24(FP), R0
	MOVD  rs_1+32(FP), R1
	MOVD  rs_2+40(FP), R2
	MOVD  R2, rs2_0+72(FP)
	MOVD  R1, rs2_1+80(FP)
	MOVD  R0, rs2_2+88(FP)
	RET

TEXT ·spoil(SB), NOSPLIT, $0-0
	MOVD $-1, R0
	MOVD R0, R1
	MOVD R0, R2
	MOVD R0, R7
	MOVD R0, R8
	MOVD R0, R15
	MOVD R0, R16
	MOVD R0, R17
	MOVD R0, R19
	MOVD R0, R20
	MOVD R0, R21
	MOVD R0, R22
	MOVD R0, R23
	MOVD R0, R24
	MOVD R0, R25
	MOVD R0, R26
	MOVD R0, R27
	FMOVD R0, F0
	FMOVD R0, F7
	FMOVD R0, F8
	FMOVD R0, F9
	FMOVD R0, F10
	FMOVD R0, F11
	FMOVD R0, F12
	FMOVD R0, F13
	FMOVD R0, F14
	FMOVD R0, F15
	RET

TEXT ·visit(SB), 0, $72-24
	NO_LOCAL_POINTERS
	MOVD depth+0(FP), R0
	MOVD R0, 8(RSP)
	MOVD r+8(FP), R0
	MOVD R0, 16(RSP)
	BL   ·visited(SB)
	MOVD 24(RSP), R0
	MOVD R0, ret+16(FP)
	RET

TEXT ·load(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD (R0), R0
	MOVD R0, ret+8(FP)
	RET

TEXT ·pick(SB), 0, $40-16
	NO_LOCAL_POINTERS
	MOVD i+0(FP), R0
	MOVD $functions<>(SB), R1
	MOVD (R1)(R0<<3), R2
	MOVD $20, R3
	MOVD R3, 8(RSP)
	BL   (R2)
	MOVD 16(RSP), R0
	MOVD R0, ret+8(FP)
	RET

TEXT ·large(SB), 0, $8200-16
	NO_LOCAL_POINTERS
	MOVD n+0(FP), R0
	MOVD R0, 8000(RSP)
	MOVD R0, 8(RSP)
	BL   ·below(SB)
	MOVD 16(RSP), R0
	MOVD 8000(RSP), R1
	ADD  R1, R0
	MOVD R0, ret+8(FP)
	RET

TEXT ·tail(SB), NOSPLIT, $0-16
	MOVD n+0(FP), R0
	ADD  $1, R0
	MOVD R0, n+0(FP)
	RET  ·other(SB)

TEXT ·bump(SB), NOSPLIT, $0-8
	MOVD ·counter(SB), R0
	ADD  $1, R0
	MOVD R0, ·counter(SB)
	MOVD R0, ret+0(FP)
	RET

TEXT ·call(SB), 0, $24-8
	NO_LOCAL_POINTERS
	MOVD f+0(FP), R0
	MOVD R0, 8(RSP)
	BL   ·invoke(SB)
	RET
