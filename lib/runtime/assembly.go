package runtime

import "unsafe"

// What users' Plan 9 assembly calls of gc's runtime, by its names there.

//go:linkname assembly_memmove runtime.memmove
func assembly_memmove(to, from unsafe.Pointer, n uintptr) { memmove(to, from, n) }

//go:linkname assembly_memclr runtime.memclrNoHeapPointers
func assembly_memclr(at unsafe.Pointer, n uintptr) { memclr(at, n) }
