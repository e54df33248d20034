#include "textflag.h"
#include "funcdata.h"

TEXT ·below(SB), 0, $4096-8
	NO_LOCAL_POINTERS
	MOVL n+0(FP), AX
	MOVL AX, 4000(SP)
	MOVL AX, 0(SP)
	CALL ·first(SB)
	MOVL 4(SP), AX
	IMULL 4000(SP), AX
	MOVL AX, ret+4(FP)
	RET
