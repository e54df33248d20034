// Corners that Go's own tests look at: conversions of floats out of range (also where inlining makes the operand a constant), blank fields, frames that
// runtime.Callers shows around deferred calls and below main, positions without a file name, append beyond the address space, objects held by uintptr
// arguments.
//
// RUN: %run %s
package main

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

func all64(x float64) string {
	return fmt.Sprint(int(x), int8(x), int16(x), int32(x), int64(x), uint(x), uint8(x), uint16(x), uint32(x), uint64(x), uintptr(x))
}

func all32(x float32) string {
	return fmt.Sprint(int(x), int8(x), int16(x), int32(x), int64(x), uint(x), uint8(x), uint16(x), uint32(x), uint64(x), uintptr(x))
}

func toInt32(x float32) int32    { return int32(x) }
func toInt64(x float64) int64    { return int64(x) }
func toUint8(x float64) uint8    { return uint8(x) }
func toUint32(x float64) uint32  { return uint32(x) }
func toUint64(x float64) uint64  { return uint64(x) }
func toUint64f(x float32) uint64 { return uint64(x) }

func conversions() {
	for _, x := range []float64{0, -0.5, 1.5, -1.5, 127, 128, 255, 256, -129, 65536, 1<<31 - 1, 1 << 31, -1 << 31, -1<<31 - 1, 1<<32 + 5, -1 << 32, 1 << 62,
		1 << 63, -1 << 63, -1 << 63 * 1.5, 1 << 63 * 1.5, 1 << 64, 1 << 90, -1 << 90, 1e300, math.Inf(1), math.Inf(-1), math.NaN()} {
		fmt.Println(x, all64(x), all32(float32(x)))
	}
	fmt.Println(toInt32(3e38), toInt64(-1e300), toUint8(300), toUint32(-1), toUint32(1e40), toUint64(1<<63+4096), toUint64(1e30), toUint64f(-1e30))
}

var blankStatic = struct{ a, _, c int }{1, 2, 3}

func blank() {
	n := 0
	next := func() int { n++; return n }
	local := struct{ a, _, c int }{next(), next(), next()}
	pointer := &struct {
		_ string
		b int
	}{"unseen", next()}
	fmt.Println(reflect.ValueOf(blankStatic).Field(1).Int(), reflect.ValueOf(local).Field(1).Int(), reflect.ValueOf(pointer).Elem().Field(0).String(), local.a, local.c, pointer.b, n)
	fmt.Println(reflect.TypeOf(unsafe.Pointer(nil)).PkgPath(), reflect.TypeOf(0).PkgPath() == "")
}

func stack(skip int) string {
	pcs := make([]uintptr, 30)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skip+1, pcs)])
	var out []string
	for {
		f, more := frames.Next()
		name := f.Function
		if !strings.HasPrefix(name, "runtime.") {
			name += fmt.Sprintf("@%s:%d", filepath.Base(f.File), f.Line)
		}
		out = append(out, name)
		if !more {
			return strings.Join(out, " < ")
		}
	}
}

func deferred(what string) { fmt.Println(what, stack(2)) }

func returns() {
	defer deferred("return:")
	defer func() { fmt.Println("literal:", stack(1)) }()
}

func panics() {
	defer func() {
		fmt.Println("panic:", stack(1), recover())
	}()
	panic("x")
}

func frames() {
	fmt.Println("call:", stack(1))
	returns()
	panics()
	done := make(chan string)
	go func() { done <- stack(1) }()
	fmt.Println("go:", <-done)
	buffer := make([]byte, 2000)
	text := string(buffer[:runtime.Stack(buffer, false)])
	fmt.Println(strings.Contains(text, "\nmain.frames()\n"), strings.Contains(text, "\nmain.main()\n"))
}

var atInit = func() string { return stack(1) }()

func init() { fmt.Println("init:", stack(1)) }

func positions() {
//line :7
	_, file, line, _ := runtime.Caller(0)
	fmt.Println(file, line)
//line elsewhere.go:20
	_, file, line, _ = runtime.Caller(0)
	fmt.Println(filepath.Base(file), line)
//line corners.go:120
}

func grow() {
	defer func() { fmt.Println(recover()) }()
	half := make([]struct{}, int(^uint(0)>>1))
	_ = append(half, half...)
}

func object() unsafe.Pointer {
	s := new(string)
	*s = "alive"
	runtime.SetFinalizer(s, func(s *string) { *s = "collected" })
	return unsafe.Pointer(s)
}

//go:noinline
//go:uintptrescapes
func reads(what string, p uintptr, rest ...uintptr) {
	for range 3 {
		runtime.GC()
		runtime.Gosched()
	}
	fmt.Print(what, *(*string)(unsafe.Pointer(p)))
	for _, r := range rest {
		fmt.Print(" ", *(*string)(unsafe.Pointer(r)))
	}
	fmt.Println()
}

func held() {
	reads("call ", uintptr(object()), uintptr(object()))
	func() {
		defer reads("defer ", uintptr(object()))
	}()
	done := make(chan bool)
	go func() {
		defer close(done)
		reads("go ", uintptr(object()), uintptr(object()))
	}()
	<-done
}

func typesOf[A any]() {
	type plain struct{ a A }
	type generic[B any] struct {
		a A
		b B
	}
	type chain[B any] []generic[B]
	fmt.Printf("%T %T %T\n", plain{}, generic[string]{}, chain[A]{})
	fmt.Println(unsafe.Sizeof(generic[bool]{}), any(generic[bool]{}) == any(generic[bool]{}), reflect.TypeFor[chain[int]]().Elem() == reflect.TypeFor[generic[int]]())
	seen = append(seen, reflect.TypeFor[generic[int]]())
}

var seen []reflect.Type

func localTypes() {
	typesOf[int]()
	typesOf[int8]()
	fmt.Println(seen[0] == seen[1])
}

type large struct {
	a [1 << 20]byte
	s string
	p *int
}

var largeGlobal large

// With a small stack: no temporary of the literal's size.
func largeLiterals(p *large) {
	p.a[7], p.p = 1, new(int)
	*p = large{s: "built in place"}
	largeGlobal = large{a: [1 << 20]byte{3: 5}, p: nil}
	fmt.Println(p.a[7], p.s, p.p == nil, largeGlobal.a[3])
	defer func() { fmt.Println(recover()) }()
	var none *large
	*none = large{}
}

func main() {
	localTypes()
	debug.SetMaxStack(1 << 18)
	done := make(chan bool)
	go func() {
		largeLiterals(new(large))
		close(done)
	}()
	<-done
	debug.SetMaxStack(64 << 20)
	conversions()
	blank()
	fmt.Println("variable:", atInit)
	frames()
	positions()
	grow()
	held()
}
