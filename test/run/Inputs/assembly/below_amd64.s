#include "textflag.h"
#include "funcdata.h"

TEXT ·below(SB), 0, $4096-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 4000(SP)
	MOVQ AX, 0(SP)
	CALL ·first(SB)
	MOVQ 8(SP), AX
	IMULQ 4000(SP), AX
	MOVQ AX, ret+8(FP)
	RET
