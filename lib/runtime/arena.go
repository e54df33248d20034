package runtime

// Package arena (GOEXPERIMENT=arenas). Its objects are ordinary ones of the heap: Free drops the arena's hold on them, and the collector does the rest. That is
// within the package's contract, which leaves open when a use after Free is noticed.

import (
	"internal/abi"
	"unsafe"
)

// arenaState is what an arena.Arena points to.
type arenaState struct{ freed bool }

//go:linkname arena_newArena arena.runtime_arena_newArena
func arena_newArena() unsafe.Pointer { return unsafe.Pointer(new(arenaState)) }

func (a *arenaState) check(what string) {
	if a.freed {
		panic(errorString(what + " after Free of the arena"))
	}
}

// arena_New makes an object of the type that typ, a *abi.Type of a pointer type in disguise, points to.
//
//go:linkname arena_New arena.runtime_arena_arena_New
func arena_New(arena unsafe.Pointer, typ any) any {
	(*arenaState)(arena).check("arena.New")
	t := (*abi.Type)((*abi.EmptyInterface)(unsafe.Pointer(&typ)).Data)
	if t.Kind() != abi.Pointer {
		throw("arena_New: non-pointer type")
	}
	var result any
	e := (*abi.EmptyInterface)(unsafe.Pointer(&result))
	e.Type = t
	e.Data = newobject((*abi.PtrType)(unsafe.Pointer(t)).Elem)
	return result
}

// arena_Slice fills the slice that sl points to.
//
//go:linkname arena_Slice arena.runtime_arena_arena_Slice
func arena_Slice(arena unsafe.Pointer, sl any, capacity int) {
	(*arenaState)(arena).check("arena.MakeSlice")
	e := (*abi.EmptyInterface)(unsafe.Pointer(&sl))
	if capacity < 0 {
		panic(errorString("arena_Slice: capacity is negative"))
	}
	if e.Type.Kind() != abi.Pointer {
		panic(errorString("slice result of non-ptr type"))
	}
	t := (*abi.PtrType)(unsafe.Pointer(e.Type)).Elem
	if t.Kind() != abi.Slice {
		panic(errorString("slice of non-ptr-to-slice type"))
	}
	*(*slice)(e.Data) = slice{newarray((*abi.SliceType)(unsafe.Pointer(t)).Elem, capacity), capacity, capacity}
}

//go:linkname arena_Free arena.runtime_arena_arena_Free
func arena_Free(arena unsafe.Pointer) {
	a := (*arenaState)(arena)
	a.check("Free")
	a.freed = true
}

// arena_heapify is arena.Clone: what lies in no arena of its own is returned as it is.
//
//go:linkname arena_heapify arena.runtime_arena_heapify
func arena_heapify(s any) any {
	switch k := (*abi.EmptyInterface)(unsafe.Pointer(&s)).Type.Kind(); k {
	case abi.String, abi.Slice, abi.Pointer:
		return s
	}
	panic(errorString("arena: Clone only supports pointers, slices, and strings"))
}
