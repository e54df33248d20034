package runtime

// Maps are internal/runtime/maps of the distribution; here is what it, compiled code and reflect find in package runtime.

import (
	"internal/abi"
	"internal/runtime/maps"
	"unsafe"
)

// zeroVal is what a look-up of a missing key points to. maps and reflect compare its address.
//
//go:linkname zeroVal
var zeroVal [abi.ZeroValSize]byte

//go:linkname maps_errNilAssign internal/runtime/maps.errNilAssign
var maps_errNilAssign error = plainError("assignment to entry in nil map")

func makemap(t *abi.MapType, hint int, m unsafe.Pointer) unsafe.Pointer {
	if hint < 0 {
		hint = 0
	}
	return unsafe.Pointer(maps.NewMap(t, uintptr(hint), (*maps.Map)(m), maxAlloc))
}

func makemap_small() unsafe.Pointer {
	return unsafe.Pointer(maps.NewEmptyMap())
}

func mapdelete(t *abi.MapType, m unsafe.Pointer, key unsafe.Pointer) {
	(*maps.Map)(m).Delete(t, key)
}

func mapclear(t *abi.MapType, m unsafe.Pointer) {
	(*maps.Map)(m).Clear(t)
}

func mapIterStart(t *abi.MapType, m unsafe.Pointer, it unsafe.Pointer) {
	i := (*maps.Iter)(it)
	i.Init(t, (*maps.Map)(m))
	i.Next()
}

func mapIterNext(it unsafe.Pointer) {
	(*maps.Iter)(it).Next()
}

func maplen(m unsafe.Pointer) int {
	if m == nil {
		return 0
	}
	return int((*maps.Map)(m).Used())
}

// Defined in internal/runtime/maps.

//go:linkname mapaccess1
func mapaccess1(t *abi.MapType, m *maps.Map, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapaccess2
func mapaccess2(t *abi.MapType, m *maps.Map, key unsafe.Pointer) (unsafe.Pointer, bool)

//go:linkname mapassign
func mapassign(t *abi.MapType, m *maps.Map, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapaccess2_faststr
func mapaccess2_faststr(t *abi.MapType, m *maps.Map, key string) (unsafe.Pointer, bool)

//go:linkname mapassign_faststr
func mapassign_faststr(t *abi.MapType, m *maps.Map, key string) unsafe.Pointer

//go:linkname mapdelete_faststr
func mapdelete_faststr(t *abi.MapType, m *maps.Map, key string)

//go:linkname maps_newobject internal/runtime/maps.newobject
func maps_newobject(t *abi.Type) unsafe.Pointer { return newobject(t) }

//go:linkname maps_newarray internal/runtime/maps.newarray
func maps_newarray(t *abi.Type, n int) unsafe.Pointer { return newarray(t, n) }

//go:linkname maps_typedmemmove internal/runtime/maps.typedmemmove
func maps_typedmemmove(t *abi.Type, dst, src unsafe.Pointer) { typedmemmove(t, dst, src) }

//go:linkname maps_typedmemclr internal/runtime/maps.typedmemclr
func maps_typedmemclr(t *abi.Type, p unsafe.Pointer) { typedmemclr(t, p) }

//go:linkname maps_rand internal/runtime/maps.rand
func maps_rand() uint64 { return rand() }

//go:linkname maps_typeString internal/runtime/maps.typeString
func maps_typeString(t *abi.Type) string { return typeString(t) }

//go:linkname mapclone maps.clone
func mapclone(m any) any {
	e := (*abi.EmptyInterface)(unsafe.Pointer(&m))
	e.Data = unsafe.Pointer((*maps.Map)(e.Data).Clone((*abi.MapType)(unsafe.Pointer(e.Type))))
	return m
}

//go:linkname reflect_makemap reflect.makemap
func reflect_makemap(t *abi.Type, hint int) unsafe.Pointer {
	return makemap((*abi.MapType)(unsafe.Pointer(t)), hint, nil)
}

//go:linkname reflect_mapaccess reflect.mapaccess
func reflect_mapaccess(t *abi.Type, m, key unsafe.Pointer) unsafe.Pointer {
	elem, ok := mapaccess2((*abi.MapType)(unsafe.Pointer(t)), (*maps.Map)(m), key)
	if !ok {
		return nil
	}
	return elem
}

//go:linkname reflect_mapaccess_faststr reflect.mapaccess_faststr
func reflect_mapaccess_faststr(t *abi.Type, m unsafe.Pointer, key string) unsafe.Pointer {
	elem, ok := mapaccess2_faststr((*abi.MapType)(unsafe.Pointer(t)), (*maps.Map)(m), key)
	if !ok {
		return nil
	}
	return elem
}

//go:linkname reflect_mapassign reflect.mapassign0
func reflect_mapassign(t *abi.Type, m, key, elem unsafe.Pointer) {
	mt := (*abi.MapType)(unsafe.Pointer(t))
	typedmemmove(mt.Elem, mapassign(mt, (*maps.Map)(m), key), elem)
}

//go:linkname reflect_mapassign_faststr reflect.mapassign_faststr0
func reflect_mapassign_faststr(t *abi.Type, m unsafe.Pointer, key string, elem unsafe.Pointer) {
	mt := (*abi.MapType)(unsafe.Pointer(t))
	typedmemmove(mt.Elem, mapassign_faststr(mt, (*maps.Map)(m), key), elem)
}

//go:linkname reflect_mapdelete reflect.mapdelete
func reflect_mapdelete(t *abi.Type, m, key unsafe.Pointer) {
	mapdelete((*abi.MapType)(unsafe.Pointer(t)), m, key)
}

//go:linkname reflect_mapdelete_faststr reflect.mapdelete_faststr
func reflect_mapdelete_faststr(t *abi.Type, m unsafe.Pointer, key string) {
	mapdelete_faststr((*abi.MapType)(unsafe.Pointer(t)), (*maps.Map)(m), key)
}

//go:linkname reflect_mapclear reflect.mapclear
func reflect_mapclear(t *abi.Type, m unsafe.Pointer) {
	mapclear((*abi.MapType)(unsafe.Pointer(t)), m)
}

//go:linkname reflect_maplen reflect.maplen
func reflect_maplen(m unsafe.Pointer) int { return maplen(m) }

//go:linkname reflectlite_maplen internal/reflectlite.maplen
func reflectlite_maplen(m unsafe.Pointer) int { return maplen(m) }
