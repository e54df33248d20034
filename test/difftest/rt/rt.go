// Package rt is what generated programs stand on: a log that hashes every value it is given, and small helpers that keep them deterministic
// (bounded lengths, indexes in range). It is copied into each generated module, so calls into it cross a package.
//
// A program prints one line a unit: its name, the number of values logged, their hash. With DIFFTEST_TRACE set it prints every value too.
package rt

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"sort"
	"strings"
)

var trace = os.Getenv("DIFFTEST_TRACE") != ""

// Log is the record of one unit.
type Log struct {
	Name  string
	hash  uint64
	count int
}

func (h *Log) add(s string) {
	h.count++
	if trace {
		fmt.Printf("%s %d: %s\n", h.Name, h.count, s)
	}
	for i := 0; i < len(s); i++ {
		h.hash = (h.hash ^ uint64(s[i])) * 0x100000001b3
	}
	h.hash = (h.hash ^ 0xff) * 0x100000001b3
}

// V logs a value, whole: pointers are followed, maps are sorted, a NaN is a NaN whatever its bits.
func (h *Log) V(label string, x any) {
	h.add(label + " = " + Text(x))
}

// E logs that something happened.
func (h *Log) E(n int) {
	h.add(fmt.Sprint("event ", n))
}

func (h *Log) finish() {
	fmt.Printf("%s: %d values, %016x\n", h.Name, h.count, h.hash)
}

// T logs an event and is its last argument: what makes the order of evaluation visible.
func T[X any](h *Log, n int, x X) X {
	h.E(n)
	return x
}

// Run runs one unit; a panic ends it, not the program.
func Run(name string, f func(*Log)) {
	h := &Log{Name: name}
	defer h.finish()
	Try(h, func() { f(h) })
}

// Last runs a unit that may end the program; what it logged is printed before that.
func Last(name string, f func(*Log)) {
	h := &Log{Name: name}
	defer h.finish()
	f(h)
}

// Try logs the panic of f, if any.
func Try(h *Log, f func()) {
	defer func() {
		if r := recover(); r != nil {
			h.add("panic " + Message(r))
		}
	}()
	f()
}

// Message is the text of a recovered value.
func Message(r any) string {
	if e, ok := r.(error); ok {
		// Whether a value method on a nil pointer is called directly or through a wrapper, which says so, depends on what a compiler devirtualises.
		if strings.Contains(e.Error(), "called using nil *") {
			return "runtime.errorString runtime error: invalid memory address or nil pointer dereference"
		}
		return reflect.TypeOf(r).String() + " " + e.Error()
	}
	return Text(r)
}

// Ix makes an index below n (0 for n = 0) of any number.
func Ix(i, n int) int {
	if n <= 0 {
		return 0
	}
	return int(uint(i) % uint(n))
}

// Cut bounds the length of a string.
func Cut(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}

// Clip bounds the length of a slice and takes its spare capacity, which compilers may choose, away.
func Clip[S ~[]E, E any](s S) S {
	n := min(len(s), 24)
	return s[:n:n]
}

// Pick is a conditional expression.
func Pick[X any](c bool, x, y X) X {
	if c {
		return x
	}
	return y
}

// Hash is a number of a value, for sums in an order that is not fixed.
func Hash(x any) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(Text(x)) {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return h
}

// Number is 1 for a NaN, whose sign nobody defines, and x otherwise.
func Number(x float64) float64 {
	if x != x {
		return 1
	}
	return x
}

// Zero is 0 to everybody but the compiler.
//
//go:noinline
func Zero() int { return 0 }

// Opaque is its argument to everybody but the compiler.
//
//go:noinline
func Opaque[X any](x X) X { return x }

// Text writes a value.
func Text(x any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(x), 0)
	return b.String()
}

func float(f float64) string {
	if f != f {
		return "NaN"
	}
	return fmt.Sprintf("%x", math.Float64bits(f))
}

func write(b *strings.Builder, v reflect.Value, depth int) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	if depth > 6 {
		b.WriteString("...")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		fmt.Fprint(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		fmt.Fprint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		fmt.Fprint(b, v.Uint())
	case reflect.Float32, reflect.Float64:
		b.WriteString(float(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		b.WriteString(float(real(c)) + "," + float(imag(c)))
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			b.WriteString("nil")
		}
		b.WriteString("[")
		for i := range v.Len() {
			write(b, v.Index(i), depth+1)
			b.WriteString(" ")
		}
		b.WriteString("]")
	case reflect.Map:
		var entries []string
		for _, k := range v.MapKeys() {
			var e strings.Builder
			write(&e, k, depth+1)
			e.WriteString(":")
			if x := v.MapIndex(k); x.IsValid() { // not there for a NaN
				write(&e, x, depth+1)
			}
			entries = append(entries, e.String())
		}
		sort.Strings(entries)
		fmt.Fprint(b, "map", entries)
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			write(b, v.Field(i), depth+1)
			b.WriteString(" ")
		}
		b.WriteString("}")
	case reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		b.WriteString("&")
		write(b, v.Elem(), depth+1)
	case reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		b.WriteString(v.Elem().Type().String() + " ")
		write(b, v.Elem(), depth+1)
	case reflect.Func:
		fmt.Fprint(b, "func ", v.IsNil())
	case reflect.Chan:
		fmt.Fprint(b, "chan ", v.IsNil())
	default:
		b.WriteString(v.Kind().String())
	}
}
