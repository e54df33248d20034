package runtime

// The values that the run-time system panics with, and how a panic's value is printed.
// Texts are those that Go programs and Go's own tests compare.

import (
	"internal/abi"
	"unsafe"
)

// Error is implemented by all errors that the run-time system panics with.
type Error interface {
	error

	// RuntimeError does nothing; having it marks a run-time error.
	RuntimeError()
}

// TypeAssertionError is the error of a failed type assertion.
type TypeAssertionError struct {
	_interface    *abi.Type
	concrete      *abi.Type
	asserted      *abi.Type
	missingMethod string // a method of asserted that concrete lacks
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	want := typeString(e.asserted)
	from := "interface"
	if e._interface != nil {
		from = typeString(e._interface)
	}
	switch {
	case e.concrete == nil:
		return "interface conversion: " + from + " is nil, not " + want
	case e.missingMethod != "":
		return "interface conversion: " + typeString(e.concrete) + " is not " + want + ": missing method " + e.missingMethod
	}
	have := typeString(e.concrete)
	text := "interface conversion: " + from + " is " + have + ", not " + want
	if have != want {
		return text
	}
	// Two types that print alike: say where they differ.
	if typePkgPath(e.concrete) != typePkgPath(e.asserted) {
		return text + " (types from different packages)"
	}
	return text + " (types from different scopes)"
}

// PanicNilError is what recover returns after panic(nil), unless GODEBUG=panicnil=1.
type PanicNilError struct {
	_ [0]*PanicNilError // no conversion from other struct types
}

func (*PanicNilError) Error() string { return "panic called with nil argument" }
func (*PanicNilError) RuntimeError() {}

// errorString is a run-time error with a fixed text.
type errorString string

func (e errorString) RuntimeError() {}
func (e errorString) Error() string { return "runtime error: " + string(e) }

// plainError is a run-time error whose text carries no "runtime error: ".
type plainError string

func (e plainError) RuntimeError() {}
func (e plainError) Error() string { return string(e) }

// errorAddressString is a memory fault under debug.SetPanicOnFault.
type errorAddressString struct {
	msg  string
	addr uintptr
}

func (e errorAddressString) RuntimeError() {}
func (e errorAddressString) Error() string { return "runtime error: " + e.msg }

// Addr is the faulting address, as well as it is known.
func (e errorAddressString) Addr() uintptr { return e.addr }

// boundsError is a failed check of an index or of slice bounds: x is out of a range that y limits.
type boundsError struct {
	x      int64
	y      int
	signed bool // x is signed
	kind   boundsKind
}

type boundsKind uint8

const (
	boundsIndex boundsKind = iota
	boundsSliceAlen
	boundsSliceAcap
	boundsSliceB
	boundsSlice3Alen
	boundsSlice3Acap
	boundsSlice3B
	boundsSlice3C
	boundsConvert
)

// boundsText gives the text around x and y: before x, between, after y; negative is the text after a negative x, where y is not told.
func boundsText(kind boundsKind) (before, between, after, negative string) {
	switch kind {
	case boundsIndex:
		return "index out of range [", "] with length ", "", "]"
	case boundsSliceAlen:
		return "slice bounds out of range [:", "] with length ", "", "]"
	case boundsSliceAcap:
		return "slice bounds out of range [:", "] with capacity ", "", "]"
	case boundsSliceB:
		return "slice bounds out of range [", ":", "]", ":]"
	case boundsSlice3Alen:
		return "slice bounds out of range [::", "] with length ", "", "]"
	case boundsSlice3Acap:
		return "slice bounds out of range [::", "] with capacity ", "", "]"
	case boundsSlice3B:
		return "slice bounds out of range [:", ":", "]", ":]"
	}
	return "slice bounds out of range [", ":", ":]", "::]"
}

func (e boundsError) RuntimeError() {}

func (e boundsError) Error() string {
	x := formatUint(uint64(e.x))
	if e.signed {
		x = formatInt(e.x)
	}
	y := formatInt(int64(e.y))
	if e.kind == boundsConvert {
		return "runtime error: cannot convert slice with length " + y + " to array or pointer to array with length " + x
	}
	before, between, after, negative := boundsText(e.kind)
	if e.signed && e.x < 0 {
		return "runtime error: " + before + x + negative
	}
	return "runtime error: " + before + x + between + y + after
}

func formatInt(v int64) string {
	if v < 0 {
		return "-" + formatUint(uint64(-v))
	}
	return formatUint(uint64(v))
}

func formatUint(v uint64) string {
	var digits [20]byte
	at := len(digits)
	for {
		at--
		digits[at] = byte('0' + v%10)
		v /= 10
		if v == 0 {
			return string(digits[at:])
		}
	}
}

type stringer interface {
	String() string
}

// printPanicValue prints the argument of an unrecovered panic. Values with methods Error or String were replaced by their text before.
// A new line inside gets a tab, so that the text cannot be taken for a part of the traceback.
func printPanicValue(value any) {
	switch v := value.(type) {
	case nil:
		print("nil")
	case bool:
		print(v)
	case int:
		print(v)
	case int8:
		print(v)
	case int16:
		print(v)
	case int32:
		print(v)
	case int64:
		print(v)
	case uint:
		print(v)
	case uint8:
		print(v)
	case uint16:
		print(v)
	case uint32:
		print(v)
	case uint64:
		print(v)
	case uintptr:
		print(v)
	case float32:
		print(v)
	case float64:
		print(v)
	case complex64:
		print(v)
	case complex128:
		print(v)
	case string:
		printIndented(v)
	default:
		printNamedValue(value)
	}
}

// printNamedValue prints a value of a defined type, in the form of a conversion where the underlying type is basic.
func printNamedValue(value any) {
	e := (*abi.EmptyInterface)(unsafe.Pointer(&value))
	t, p := e.Type, e.Data
	if t.IsDirectIface() { // never a basic kind
		print("(", typeString(t), ") ", p)
		return
	}
	name := typeString(t)
	switch t.Kind() {
	case abi.String:
		print(name, "(\"")
		printIndented(*(*string)(p))
		print("\")")
	case abi.Bool:
		print(name, "(", *(*bool)(p), ")")
	case abi.Int:
		print(name, "(", *(*int)(p), ")")
	case abi.Int8:
		print(name, "(", *(*int8)(p), ")")
	case abi.Int16:
		print(name, "(", *(*int16)(p), ")")
	case abi.Int32:
		print(name, "(", *(*int32)(p), ")")
	case abi.Int64:
		print(name, "(", *(*int64)(p), ")")
	case abi.Uint:
		print(name, "(", *(*uint)(p), ")")
	case abi.Uint8:
		print(name, "(", *(*uint8)(p), ")")
	case abi.Uint16:
		print(name, "(", *(*uint16)(p), ")")
	case abi.Uint32:
		print(name, "(", *(*uint32)(p), ")")
	case abi.Uint64:
		print(name, "(", *(*uint64)(p), ")")
	case abi.Uintptr:
		print(name, "(", *(*uintptr)(p), ")")
	case abi.Float32:
		print(name, "(", *(*float32)(p), ")")
	case abi.Float64:
		print(name, "(", *(*float64)(p), ")")
	case abi.Complex64:
		print(name, *(*complex64)(p))
	case abi.Complex128:
		print(name, *(*complex128)(p))
	default:
		print("(", name, ") ", p)
	}
}

func printIndented(s string) {
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			print(s[start:i+1], "\t")
			start = i + 1
		}
	}
	print(s[start:])
}
