package runtime

// Type descriptors, itabs, conversions between interface types; what reflect asks about them.
//
// Names, types and code are named in descriptors by 32-bit distances from the descriptor that holds them (runtime/abi/README.md). Descriptors
// that reflect makes at run time lie in the heap; what they hold are indices into a table that keeps the objects alive: -i-1 for objects[i].

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// typeString is the type's string as reflect.Type.String gives it.
func typeString(t *abi.Type) string {
	s := resolveName(t, t.Str).Name()
	if t.TFlag&abi.TFlagExtraStar != 0 {
		return s[1:]
	}
	return s
}

func typePkgPath(t *abi.Type) string {
	if u := t.Uncommon(); u != nil {
		return resolveName(t, u.PkgPath).Name()
	}
	switch t.Kind() {
	case abi.Struct:
		return (*abi.StructType)(unsafe.Pointer(t)).PkgPath.Name()
	case abi.Interface:
		return (*abi.InterfaceType)(unsafe.Pointer(t)).PkgPath.Name()
	}
	return ""
}

func (l *spinLock) lock() {
	for !l.state.CompareAndSwap(0, 1) {
		Gosched()
	}
}

func (l *spinLock) unlock() { l.state.Store(0) }

// spinLock guards short sections that may allocate.
type spinLock struct{ state atomic.Uint32 }

// reflectOffs finds the offset of an object that has one. The table the other way is in C++, a root of the collector.
var reflectOffs struct {
	lock  spinLock
	index map[unsafe.Pointer]int32
}

//go:linkname reflect_addReflectOff reflect.addReflectOff
func reflect_addReflectOff(p unsafe.Pointer) int32 {
	t := &reflectOffs
	t.lock.lock()
	off, ok := t.index[p]
	if !ok {
		if t.index == nil {
			t.index = make(map[unsafe.Pointer]int32)
		}
		off = addReflectOffset(p)
		t.index[p] = off
	}
	t.lock.unlock()
	return off
}

func resolveNameAt(owner unsafe.Pointer, off abi.NameOff) abi.Name {
	if off == 0 {
		return abi.Name{}
	}
	return abi.Name{Bytes: (*byte)(resolveOff(owner, int32(off)))}
}

func resolveName(owner *abi.Type, off abi.NameOff) abi.Name {
	return resolveNameAt(unsafe.Pointer(owner), off)
}

func resolveType(owner *abi.Type, off abi.TypeOff) *abi.Type {
	if off == 0 || off == -1 {
		return nil
	}
	return (*abi.Type)(resolveOff(unsafe.Pointer(owner), int32(off)))
}

//go:linkname reflect_resolveNameOff reflect.resolveNameOff
func reflect_resolveNameOff(owner unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveNameAt(owner, abi.NameOff(off)).Bytes)
}

//go:linkname reflect_resolveTypeOff reflect.resolveTypeOff
func reflect_resolveTypeOff(owner unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveType((*abi.Type)(owner), abi.TypeOff(off)))
}

//go:linkname reflect_resolveTextOff reflect.resolveTextOff
func reflect_resolveTextOff(owner unsafe.Pointer, off int32) unsafe.Pointer {
	if off == 0 || off == -1 {
		return nil
	}
	return resolveOff(owner, off)
}

//go:linkname reflectlite_resolveNameOff internal/reflectlite.resolveNameOff
func reflectlite_resolveNameOff(owner unsafe.Pointer, off int32) unsafe.Pointer {
	return reflect_resolveNameOff(owner, off)
}

//go:linkname reflectlite_resolveTypeOff internal/reflectlite.resolveTypeOff
func reflectlite_resolveTypeOff(owner unsafe.Pointer, off int32) unsafe.Pointer {
	return reflect_resolveTypeOff(owner, off)
}

// typelinks are the offsets of the descriptors that reflect may look up, sorted by type string at the first use.
var typelinksOnce struct {
	lock    spinLock
	done    bool
	offsets []int32
}

//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() (sections []unsafe.Pointer, offsets [][]int32) {
	t := &typelinksOnce
	t.lock.lock()
	if !t.done {
		m := module()
		base, _ := typesBounds()
		n := int((uintptr(m.typelinksEnd) - uintptr(m.typelinksBegin)) / unsafe.Sizeof(base))
		t.offsets = make([]int32, n)
		for i := range t.offsets {
			t.offsets[i] = int32(*(*uintptr)(unsafe.Add(m.typelinksBegin, uintptr(i)*unsafe.Sizeof(base))) - base)
		}
		sortTypeOffsets(base, t.offsets)
		t.done = true
	}
	t.lock.unlock()
	base, _ := typesBounds()
	return []unsafe.Pointer{*(*unsafe.Pointer)(unsafe.Pointer(&base))}, [][]int32{t.offsets}
}

func sortTypeOffsets(base uintptr, offs []int32) {
	text := func(off int32) string {
		p := base + uintptr(off)
		return typeString(*(**abi.Type)(unsafe.Pointer(&p)))
	}
	// Merge sort, from runs of one.
	from, to := offs, make([]int32, len(offs))
	for run := 1; run < len(offs); run *= 2 {
		for low := 0; low < len(offs); low += 2 * run {
			mid, high := min(low+run, len(offs)), min(low+2*run, len(offs))
			a, b := low, mid
			for i := low; i < high; i++ {
				if b >= high || a < mid && text(from[a]) <= text(from[b]) {
					to[i] = from[a]
					a++
				} else {
					to[i] = from[b]
					b++
				}
			}
		}
		from, to = to, from
	}
	if len(offs) > 0 && &from[0] != &offs[0] {
		copy(offs, from)
	}
}

// -- interfaces

// missingMethod names the first method of inter that typ lacks, "" if none.
func missingMethod(inter *abi.InterfaceType, typ *abi.Type) string {
	u := typ.Uncommon()
	var have []abi.Method
	if u != nil {
		have = u.Methods()
	}
	at := 0
	for i := range inter.Methods {
		want := &inter.Methods[i]
		wantName := resolveName(&inter.Type, want.Name)
		wantType := resolveType(&inter.Type, want.Typ)
		found := false
		for ; at < len(have); at++ {
			h := &have[at]
			name := resolveName(typ, h.Name)
			if name.Name() != wantName.Name() || resolveType(typ, h.Mtyp) != wantType {
				continue
			}
			if !name.IsExported() && methodPkgPath(typ, name, u) != methodInterPkgPath(inter, wantName) {
				continue
			}
			found = true
			at++
			break
		}
		if !found {
			return wantName.Name()
		}
	}
	return ""
}

func methodPkgPath(t *abi.Type, name abi.Name, u *abi.UncommonType) string {
	if p := pkgPathOfName(name); p != "" {
		return p
	}
	return resolveName(t, u.PkgPath).Name()
}

func methodInterPkgPath(inter *abi.InterfaceType, name abi.Name) string {
	if p := pkgPathOfName(name); p != "" {
		return p
	}
	return inter.PkgPath.Name()
}

// pkgPathOfName reads the package path that a name may carry after its text and tag.
func pkgPathOfName(name abi.Name) string {
	if name.Bytes == nil || *name.Bytes&(1<<2) == 0 {
		return ""
	}
	width, length := name.ReadVarint(1)
	at := 1 + width + length
	if name.HasTag() {
		width, length = name.ReadVarint(at)
		at += width + length
	}
	var off int32
	for i := 0; i < 4; i++ {
		*(*byte)(unsafe.Add(unsafe.Pointer(&off), i)) = *(*byte)(unsafe.Add(unsafe.Pointer(name.Bytes), at+i))
	}
	return resolveNameAt(unsafe.Pointer(name.Bytes), abi.NameOff(off)).Name()
}

// typeAssertI is x.(I) for a dynamic type typ (nil: x is nil).
func typeAssertI(inter *abi.InterfaceType, typ *abi.Type) *abi.ITab {
	if typ == nil {
		panic(&TypeAssertionError{nil, nil, &inter.Type, ""})
	}
	tab := getitab(inter, typ)
	if tab == nil {
		panic(&TypeAssertionError{nil, typ, &inter.Type, missingMethod(inter, typ)})
	}
	return tab
}

func ifaceE2I(t *abi.Type, src any, dst unsafe.Pointer) {
	e := (*abi.EmptyInterface)(unsafe.Pointer(&src))
	d := (*abi.NonEmptyInterface)(dst)
	d.ITab = typeAssertI((*abi.InterfaceType)(unsafe.Pointer(t)), e.Type)
	d.Data = e.Data
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(t *abi.Type, src any, dst unsafe.Pointer) { ifaceE2I(t, src, dst) }

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(t *abi.Type, src any, dst unsafe.Pointer) { ifaceE2I(t, src, dst) }

// getStaticuint64s gives 0, 1, 2 and so on, in read-only memory.
//
//go:linkname getStaticuint64s
func getStaticuint64s() *[256]uint64 { return (*[256]uint64)(staticWords()) }
