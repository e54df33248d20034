#include "textflag.h"
#include "funcdata.h"

TEXT ·below(SB), 0, $4104-16
	NO_LOCAL_POINTERS
	MOVD n+0(FP), R0
	MOVD R0, 4000(RSP)
	MOVD R0, 8(RSP)
	BL   ·first(SB)
	MOVD 16(RSP), R0
	MOVD 4000(RSP), R1
	MUL  R1, R0
	MOVD R0, ret+8(FP)
	RET
