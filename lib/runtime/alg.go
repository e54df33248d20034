package runtime

// Equality and hashing of values whose type is known only at run time.

import (
	"internal/abi"
	"unsafe"
)

func efaceeq(t *abi.Type, x, y unsafe.Pointer) bool {
	if t == nil {
		return true
	}
	eq := t.Equal
	if eq == nil {
		panic(errorString("comparing uncomparable type " + typeString(t)))
	}
	if t.IsDirectIface() {
		return x == y // a pointer, channel, map of one word, or a struct or array of one such
	}
	return eq(x, y)
}

func ifaceeq(tab *abi.ITab, x, y unsafe.Pointer) bool {
	if tab == nil {
		return true
	}
	return efaceeq(tab.Type, x, y)
}

// hashData hashes the value that an interface of dynamic type t holds in data.
func hashData(t *abi.Type, data unsafe.Pointer, h uintptr) uintptr {
	if t.Equal == nil {
		panic(errorString("hash of unhashable type " + typeString(t)))
	}
	if t.IsDirectIface() {
		return typehash(t, unsafe.Pointer(&data), h)
	}
	return typehash(t, data, h)
}

func nilinterhash(p unsafe.Pointer, h uintptr) uintptr {
	e := (*abi.EmptyInterface)(p)
	if e.Type == nil {
		return h
	}
	return hashData(e.Type, e.Data, h)
}

func interhash(p unsafe.Pointer, h uintptr) uintptr {
	i := (*abi.NonEmptyInterface)(p)
	if i.ITab == nil {
		return h
	}
	return hashData(i.ITab.Type, i.Data, h)
}

// Zeros of both signs are equal, and so hash alike; NaN equals nothing, and so gets a random hash.
func f32hash(p unsafe.Pointer, h uintptr) uintptr {
	f := *(*float32)(p)
	switch {
	case f == 0:
		return mixHash(h)
	case f != f:
		return mixHash(h ^ uintptr(rand()))
	}
	return memhash(p, h, 4)
}

func f64hash(p unsafe.Pointer, h uintptr) uintptr {
	f := *(*float64)(p)
	switch {
	case f == 0:
		return mixHash(h)
	case f != f:
		return mixHash(h ^ uintptr(rand()))
	}
	return memhash(p, h, 8)
}

func mixHash(h uintptr) uintptr {
	var zero uint64
	return memhash(unsafe.Pointer(&zero), h, 8)
}

func c64hash(p unsafe.Pointer, h uintptr) uintptr {
	return f32hash(unsafe.Add(p, 4), f32hash(p, h))
}

func c128hash(p unsafe.Pointer, h uintptr) uintptr {
	return f64hash(unsafe.Add(p, 8), f64hash(p, h))
}

func strhash(p unsafe.Pointer, h uintptr) uintptr {
	s := *(*string)(p)
	return memhash(unsafe.Pointer(unsafe.StringData(s)), h, uintptr(len(s)))
}

// typehash hashes *p. It agrees with the hash functions that the compiler makes for map types, field by field.
func typehash(t *abi.Type, p unsafe.Pointer, h uintptr) uintptr {
	if t.TFlag&abi.TFlagRegularMemory != 0 {
		return memhash(p, h, t.Size_)
	}
	switch t.Kind() {
	case abi.Float32:
		return f32hash(p, h)
	case abi.Float64:
		return f64hash(p, h)
	case abi.Complex64:
		return c64hash(p, h)
	case abi.Complex128:
		return c128hash(p, h)
	case abi.String:
		return strhash(p, h)
	case abi.Interface:
		if len((*abi.InterfaceType)(unsafe.Pointer(t)).Methods) == 0 {
			return nilinterhash(p, h)
		}
		return interhash(p, h)
	case abi.Array:
		a := (*abi.ArrayType)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			h = typehash(a.Elem, unsafe.Add(p, i*a.Elem.Size_), h)
		}
		return h
	case abi.Struct:
		s := (*abi.StructType)(unsafe.Pointer(t))
		for i := range s.Fields {
			f := &s.Fields[i]
			if f.Name.IsBlank() {
				continue
			}
			h = typehash(f.Typ, unsafe.Add(p, f.Offset), h)
		}
		return h
	case abi.Bool, abi.Int, abi.Int8, abi.Int16, abi.Int32, abi.Int64, abi.Uint, abi.Uint8, abi.Uint16, abi.Uint32, abi.Uint64, abi.Uintptr,
		abi.Chan, abi.Pointer, abi.UnsafePointer:
		return memhash(p, h, t.Size_)
	}
	panic(errorString("hash of unhashable type " + typeString(t)))
}

//go:linkname reflect_typehash reflect.typehash
func reflect_typehash(t *abi.Type, p unsafe.Pointer, h uintptr) uintptr { return typehash(t, p, h) }
