// What users' Plan 9 assembly calls of the runtime by the convention of Go's assembly (codegen/emit/assembly.cpp lists the names). None has arguments.
#include "runtime/lang/go_symbol.h"

extern "C" {
// Prologues of assembly call it when their stack check fails: it never does, for the guard that they compare with is 0 (G::assemblyGuard).
STOAT_GOROUTINE_STACK(64) [[noreturn]] void stoat_assembly_morestack() asm("runtime.morestack_noctxt·abi0");
void stoat_assembly_morestack() { __builtin_trap(); }

// System calls that assembly makes itself keep the P: what follows is short by the contract of those who do without syscall.Syscall.
STOAT_GOROUTINE_STACK(64) void stoat_assembly_entersyscall() asm("runtime.entersyscall·abi0");
void stoat_assembly_entersyscall() {}
STOAT_GOROUTINE_STACK(64) void stoat_assembly_exitsyscall() asm("runtime.exitsyscall·abi0");
void stoat_assembly_exitsyscall() {}
}
