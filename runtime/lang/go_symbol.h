// Functions with Go's own symbols, in place of Go's assembly (runtime/abi/README.md, natives of kind b): C calling convention, flattened parameters,
// several results through a pointer that comes first.
#pragma once
#include "runtime/abi/layout.h"

// Weak: where a target's selection of Go files has a body of its own, that counts.
#define GO_SYMBOL(name) asm(name) __attribute__((weak))
