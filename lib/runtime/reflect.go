package runtime

// Calls by reflection, in both directions, between a memory image (arguments and then results at their natural alignment, as reflect lays them out when
// no argument registers exist: lib/patches.list) and the registers of the calling convention (runtime/abi/README.md).
//
// The assembly (runtime/sys/<arch>/reflect_call.S) only moves words: scalars are numbered here. reflect passes the type of the callee instead of the type
// of the frame, and whether there is a receiver word (lib/patches.list).

import (
	"internal/abi"
	"internal/goarch"
	"unsafe"
)

const (
	wordSize     = goarch.PtrSize
	intRegs      = 6*goarch.IsAmd64 + 8*goarch.IsArm64 + 2*goarch.Is386
	floatRegs    = 8*goarch.IsAmd64 + 8*goarch.IsArm64 + 3*goarch.Is386
	intResults   = 4*goarch.IsAmd64 + 8*goarch.IsArm64 + 3*goarch.Is386
	floatResults = 4*goarch.IsAmd64 + 8*goarch.IsArm64 + 3*goarch.Is386
	maxScalars   = 16 // of a parameter that is passed directly
)

// callLayout is struct CallLayout of runtime/abi/reflect_call.h: what the assembly reads and writes.
type callLayout struct {
	nstack   uintptr
	stack    *uintptr // words to push, first argument first
	ints     [8]uintptr
	floats   [8]uint64
	image    unsafe.Pointer // results go here
	nresults uintptr        // in registers
	results  [16]resultStep
	outs     unsafe.Pointer // where the callee wrote results that do not fit registers, or nil
	ft       *abi.FuncType
	ret      uintptr // offset of the results in the image
}

// resultStep moves one scalar of the result registers.
type resultStep struct {
	offset uint32 // in the image
	kind   uint8  // scalarInt8...
	reg    uint8
}

const (
	scalarInt8 = iota
	scalarInt16
	scalarInt32
	scalarInt64 // two registers on 386
	scalarPointer
	scalarFloat32
	scalarFloat64
)

// scalarWalk visits the scalars of a type in order.
type scalarWalk struct {
	offsets [maxScalars]uint32
	kinds   [maxScalars]uint8
	n       int
	wide    bool // passed indirectly: too many scalars, or an array
}

func (w *scalarWalk) add(offset uintptr, kind uint8) {
	if w.n == maxScalars {
		w.wide = true
		return
	}
	w.offsets[w.n], w.kinds[w.n] = uint32(offset), kind
	w.n++
}

func (w *scalarWalk) typ(t *abi.Type, offset uintptr) {
	if t.Size_ == 0 || w.wide {
		return
	}
	switch t.Kind() {
	case abi.Bool, abi.Int8, abi.Uint8:
		w.add(offset, scalarInt8)
	case abi.Int16, abi.Uint16:
		w.add(offset, scalarInt16)
	case abi.Int32, abi.Uint32:
		w.add(offset, scalarInt32)
	case abi.Int64, abi.Uint64:
		w.add(offset, scalarInt64)
	case abi.Int, abi.Uint, abi.Uintptr:
		w.word(offset)
	case abi.Float32:
		w.add(offset, scalarFloat32)
	case abi.Float64:
		w.add(offset, scalarFloat64)
	case abi.Complex64:
		w.add(offset, scalarFloat32)
		w.add(offset+4, scalarFloat32)
	case abi.Complex128:
		w.add(offset, scalarFloat64)
		w.add(offset+8, scalarFloat64)
	case abi.String:
		w.add(offset, scalarPointer)
		w.word(offset + wordSize)
	case abi.Slice:
		w.add(offset, scalarPointer)
		w.word(offset + wordSize)
		w.word(offset + 2*wordSize)
	case abi.Interface:
		w.add(offset, scalarPointer)
		w.add(offset+wordSize, scalarPointer)
	case abi.Array:
		a := (*abi.ArrayType)(unsafe.Pointer(t))
		if a.Len > 1 {
			w.wide = true
			return
		}
		w.typ(a.Elem, offset)
	case abi.Struct:
		s := (*abi.StructType)(unsafe.Pointer(t))
		for i := range s.Fields {
			w.typ(s.Fields[i].Typ, offset+s.Fields[i].Offset)
		}
	default: // pointers of all kinds
		w.add(offset, scalarPointer)
	}
}

func (w *scalarWalk) word(offset uintptr) {
	if wordSize == 8 {
		w.add(offset, scalarInt64)
	} else {
		w.add(offset, scalarInt32)
	}
}

// resultPlan says how the results of ft travel: inRegs, and then steps (offsets from the first result) and registers of each scalar; and how
// many bytes they take as a struct.
func resultPlan(ft *abi.FuncType, steps *[16]resultStep) (n int, size uintptr, inRegs bool) {
	var w scalarWalk
	inRegs = true
	ints, floats := 0, 0
	for _, t := range ft.OutSlice() {
		size = alignUp(size, uintptr(t.Align_))
		w = scalarWalk{}
		w.typ(t, size)
		inRegs = inRegs && !w.wide
		for i := 0; i < w.n && inRegs; i++ {
			reg := 0
			switch w.kinds[i] {
			case scalarFloat32, scalarFloat64:
				reg = floats
				floats++
			case scalarInt64:
				reg = ints
				ints += 8 / wordSize
			default:
				reg = ints
				ints++
			}
			if ints > intResults || floats > floatResults {
				inRegs = false
				break
			}
			steps[n] = resultStep{w.offsets[i], w.kinds[i], uint8(reg)}
			n++
		}
		size += t.Size_
	}
	return
}

func loadScalar(p unsafe.Pointer, kind uint8) uint64 {
	switch kind {
	case scalarInt8:
		return uint64(*(*uint8)(p))
	case scalarInt16:
		return uint64(*(*uint16)(p))
	case scalarInt32, scalarFloat32:
		return uint64(*(*uint32)(p))
	case scalarPointer:
		return uint64(*(*uintptr)(p))
	}
	return *(*uint64)(p)
}

// argPlacer hands out argument registers and stack words.
type argPlacer struct {
	ints, floats int
	stack        uintptr // words used
}

const (
	placeInt = iota
	placeFloat
	placeStack
)

func (a *argPlacer) place(kind uint8) (where, index int) {
	switch kind {
	case scalarFloat32, scalarFloat64:
		if a.floats < floatRegs {
			a.floats++
			return placeFloat, a.floats - 1
		}
	default:
		if a.ints < intRegs {
			a.ints++
			return placeInt, a.ints - 1
		}
	}
	a.stack++
	return placeStack, int(a.stack - 1)
}

func (c *callLayout) pass(a *argPlacer, stack *[]uintptr, value uint64, kind uint8) {
	if wordSize == 4 && kind == scalarInt64 {
		c.pass(a, stack, value&(1<<32-1), scalarInt32)
		c.pass(a, stack, value>>32, scalarInt32)
		return
	}
	switch where, i := a.place(kind); where {
	case placeInt:
		c.ints[i] = uintptr(value)
	case placeFloat:
		c.floats[i] = value
	default:
		*stack = append(*stack, uintptr(value))
		if wordSize == 4 && kind == scalarFloat64 {
			*stack = append(*stack, uintptr(value>>32))
			a.stack++
		}
	}
}

// reflectcall is what reflect calls as call: ft is the callee's type, receiver 1 if a receiver word comes first.
func reflectcall(ft *abi.Type, fn, image unsafe.Pointer, size, retOffset, receiver uint32, regs *abi.RegArgs) {
	reflectcallSig((*abi.FuncType)(unsafe.Pointer(ft)), receiver != 0, fn, image, uintptr(retOffset))
}

func reflectcallSig(ft *abi.FuncType, receiver bool, fn, image unsafe.Pointer, ret uintptr) {
	c := new(callLayout)
	var a argPlacer
	var stack []uintptr
	c.ft, c.ret = ft, ret
	n, outBytes, inRegs := resultPlan(ft, &c.results)
	if outBytes != 0 { // otherwise ret is the image's end: a pointer to the next object, which may be free
		c.image = unsafe.Add(image, ret)
	}
	c.nresults = uintptr(n)
	if !inRegs {
		c.nresults = 0
		c.outs = unsafe.Pointer(unsafe.SliceData(make([]unsafe.Pointer, (outBytes+wordSize-1)/wordSize)))
		c.pass(&a, &stack, uint64(uintptr(c.outs)), scalarPointer)
	}
	offset := uintptr(0)
	if receiver {
		c.pass(&a, &stack, uint64(*(*uintptr)(image)), scalarPointer)
		offset = wordSize
	}
	for _, t := range ft.InSlice() {
		offset = alignUp(offset, uintptr(t.Align_))
		var w scalarWalk
		w.typ(t, offset)
		if w.wide {
			c.pass(&a, &stack, uint64(uintptr(unsafe.Add(image, offset))), scalarPointer)
		} else {
			for i := 0; i < w.n; i++ {
				c.pass(&a, &stack, loadScalar(unsafe.Add(image, uintptr(w.offsets[i])), w.kinds[i]), w.kinds[i])
			}
		}
		offset += t.Size_
	}
	c.nstack = uintptr(len(stack))
	c.stack = unsafe.SliceData(stack)
	callShape(fn, c)
	KeepAlive(image)
	KeepAlive(stack)
	KeepAlive(c)
}

// -- functions made by reflect.MakeFunc, and method values

// makeFuncSpill is struct MakeFuncSpill of runtime/abi/reflect_call.h: the registers at entry of makeFuncStub and methodValueCall, and at exit the
// result registers. Its frame is scanned conservatively.
type makeFuncSpill struct {
	stack  unsafe.Pointer // arguments on the stack
	ints   [8]uintptr
	floats [8]uint64
}

// makeFuncContext is the head of reflect.makeFuncImpl and reflect.methodValue.
type makeFuncContext struct {
	fn      uintptr
	stack   unsafe.Pointer
	argLen  uintptr
	regPtrs abi.IntArgRegBitmap
}

//go:linkname reflect_callReflect reflect.callReflect
func reflect_callReflect(ctxt, frame unsafe.Pointer, retValid *bool, regs *abi.RegArgs)

//go:linkname reflect_callMethod reflect.callMethod
func reflect_callMethod(ctxt, frame unsafe.Pointer, retValid *bool, regs *abi.RegArgs)

//go:linkname reflect_methodValueType reflect.stoatMethodValueType
func reflect_methodValueType(ctxt unsafe.Pointer) *abi.Type

const stackFrameWords = 96

// enterMakeFunc is called by reflect.makeFuncStub.
func enterMakeFunc(ctxt unsafe.Pointer, spill *makeFuncSpill) {
	// reflect.makeFuncImpl continues with the function's type.
	ft := *(**abi.FuncType)(unsafe.Add(ctxt, unsafe.Sizeof(makeFuncContext{})))
	enterByImage(ctxt, spill, ft, false)
}

// enterMethodValue is called by reflect.methodValueCall.
func enterMethodValue(ctxt unsafe.Pointer, spill *makeFuncSpill) {
	enterByImage(ctxt, spill, (*abi.FuncType)(unsafe.Pointer(reflect_methodValueType(ctxt))), true)
}

func enterByImage(ctxt unsafe.Pointer, spill *makeFuncSpill, ft *abi.FuncType, method bool) {
	// The image: on our stack if it fits, because reflect writes results to it without barriers.
	var steps [16]resultStep
	n, outBytes, inRegs := resultPlan(ft, &steps)
	size := uintptr(0)
	for _, t := range ft.InSlice() {
		size = alignUp(size, uintptr(t.Align_)) + t.Size_
	}
	ret := alignUp(size, wordSize)
	words := (ret + outBytes + wordSize - 1) / wordSize
	var local [stackFrameWords]unsafe.Pointer
	image := unsafe.Pointer(&local)
	if words > stackFrameWords {
		image = unsafe.Pointer(unsafe.SliceData(make([]unsafe.Pointer, words)))
	}

	var a argPlacer
	var outs unsafe.Pointer
	if !inRegs {
		outs = *(*unsafe.Pointer)(spill.next(&a, scalarPointer))
	}
	offset := uintptr(0)
	for _, t := range ft.InSlice() {
		offset = alignUp(offset, uintptr(t.Align_))
		var w scalarWalk
		w.typ(t, offset)
		if w.wide {
			typedmemmove(t, unsafe.Add(image, offset), *(*unsafe.Pointer)(spill.next(&a, scalarPointer)))
		} else {
			for i := 0; i < w.n; i++ {
				spill.fetch(&a, unsafe.Add(image, uintptr(w.offsets[i])), w.kinds[i])
			}
		}
		offset += t.Size_
	}

	valid := false
	var regs abi.RegArgs
	if method {
		reflect_callMethod(ctxt, image, &valid, &regs)
	} else {
		reflect_callReflect(ctxt, image, &valid, &regs)
	}

	if outBytes == 0 {
		KeepAlive(local)
		return
	}
	results := unsafe.Add(image, ret)
	if !inRegs {
		// The caller's slot is on its stack: no barriers.
		memmove(outs, results, outBytes)
		return
	}
	for i := 0; i < n; i++ {
		s := &steps[i]
		v := loadScalar(unsafe.Add(results, uintptr(s.offset)), s.kind)
		switch {
		case s.kind == scalarFloat32 || s.kind == scalarFloat64:
			spill.floats[s.reg] = v
		case s.kind == scalarInt64 && wordSize == 4:
			spill.ints[s.reg] = uintptr(v)
			spill.ints[s.reg+1] = uintptr(v >> 32)
		default:
			spill.ints[s.reg] = uintptr(v)
		}
	}
	KeepAlive(local)
}

// next gives the place of the next argument scalar.
func (s *makeFuncSpill) next(a *argPlacer, kind uint8) unsafe.Pointer {
	switch where, i := a.place(kind); where {
	case placeInt:
		return unsafe.Pointer(&s.ints[i])
	case placeFloat:
		return unsafe.Pointer(&s.floats[i])
	default:
		if wordSize == 4 && kind == scalarFloat64 {
			a.stack++
		}
		return unsafe.Add(s.stack, i*wordSize)
	}
}

func (s *makeFuncSpill) fetch(a *argPlacer, to unsafe.Pointer, kind uint8) {
	switch kind {
	case scalarInt8:
		*(*uint8)(to) = *(*uint8)(s.next(a, kind))
	case scalarInt16:
		*(*uint16)(to) = *(*uint16)(s.next(a, kind))
	case scalarInt32, scalarFloat32:
		*(*uint32)(to) = *(*uint32)(s.next(a, kind))
	case scalarPointer:
		*(*unsafe.Pointer)(to) = *(*unsafe.Pointer)(s.next(a, kind))
	case scalarFloat64:
		*(*uint64)(to) = *(*uint64)(s.next(a, kind))
	case scalarInt64:
		if wordSize == 4 {
			*(*uint32)(to) = *(*uint32)(s.next(a, scalarInt32))
			*(*uint32)(unsafe.Add(to, 4)) = *(*uint32)(s.next(a, scalarInt32))
			return
		}
		*(*uint64)(to) = *(*uint64)(s.next(a, kind))
	}
}
