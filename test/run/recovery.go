// Recover's rule (exactly one function between the panic and the call of recover, wrappers aside), panics while deferred calls run, faults outside of Go code,
// finalizers of tiny objects, objects that die before their frame, order of comparison, preemption of counted loops.
// RUN: %run %s
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func report(name string, f func()) {
	defer func() {
		r := recover()
		if e, ok := r.(error); ok {
			r = e.Error()
		}
		fmt.Println(name, r)
	}()
	f()
}

// -- recover

func helper() any         { return recover() }
func inlined(int)         { helper() }
func direct(int)          { fmt.Println("direct", recover()) }
func viaClosure(int)      { func() { fmt.Println("inner", recover()) }() }
func (t *thing) method()  { fmt.Println("method", recover()) }
func (t *thing) callsIt() { helper() }
func (t thing) byValue()  { fmt.Println("by value", recover()) }
func generic[T any](v T)  { fmt.Printf("generic %T %v\n", v, recover()) }

type thing struct{ n int }
type outer struct{ *thing }
type doer interface{ method() }

func recovers() {
	report("helper is too deep:", func() { defer inlined(1); panic(1) })
	report("argument in a wrapper:", func() { defer direct(1); panic(2) })
	report("closure is too deep:", func() { defer viaClosure(1); panic(3) })
	report("promoted method:", func() { defer outer{&thing{}}.method(); panic(4) })
	report("method expression:", func() { f := outer.callsIt; defer f(outer{&thing{}}); panic(5) })
	report("method value:", func() { f := thing{}.byValue; defer f(); panic(6) })
	report("interface:", func() { var d doer = outer{&thing{}}; defer d.method(); panic(7) })
	report("generic:", func() { defer generic("x"); panic(8) })
	report("reflect method value:", func() { defer reflect.ValueOf(&thing{}).MethodByName("Exported").Interface().(func())(); panic(9) })
	report("reflect MakeFunc:", func() {
		f := reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value {
			fmt.Println("made", recover())
			return nil
		}).Interface().(func())
		defer f()
		panic(10)
	})
	report("defer recover():", func() { defer recover(); panic(11) })
	report("defer recover() in a deferred function:", func() { defer func() { defer recover() }(); panic(12) })
	report("nil function:", func() { var f func(); defer f(); panic(14) })
	report("replaced:", func() {
		defer func() { panic(fmt.Sprint("again ", recover())) }()
		panic(15)
	})
	report("goexit is no panic:", func() {
		done := make(chan any)
		go func() {
			defer func() { done <- recover() }()
			runtime.Goexit()
		}()
		fmt.Println(<-done)
	})
}

func (t *thing) Exported() { fmt.Println("exported", recover()) }

// A panic in a deferred call of a function that has returned already, recovered by another one of the same function: its frame's registers come back.
//
//go:noinline
func late(a, b, c, d, e int) (r string) {
	defer func() { r = fmt.Sprint(r, recover(), a+b+c+d+e) }()
	defer use(a, b, c, d, e)
	defer func() { panic(fmt.Sprint("late", a)) }()
	return "set "
}

//go:noinline
func use(a, b, c, d, e int) { deep(20) }

//go:noinline
func deep(n int) int {
	var pad [64]int
	for i := range pad {
		pad[i] = n * i
	}
	if n > 0 {
		pad[n] += deep(n - 1)
	}
	return pad[n] + pad[63]
}

func latePanics() {
	sum := 0
	for i := range 5 {
		x, y, z := i*3, i*5, i*7
		fmt.Println(late(i, x, y, z, 1))
		sum += x + y + z
	}
	fmt.Println(sum)
}

// -- faults

func faults() {
	page, err := syscall.Mmap(-1, 0, syscall.Getpagesize(), syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	isAddressError := func(f func()) {
		defer func() {
			r := recover()
			_, ok := r.(interface{ Addr() uintptr })
			fmt.Println(ok, strings.HasPrefix(fmt.Sprint(r), "runtime error: invalid memory address"))
		}()
		f()
	}
	buffer := make([]byte, 4096)
	isAddressError(func() { copy(buffer, page) })
	isAddressError(func() { copy(page, buffer) })
	a, b := unsafe.String(&page[0], 1000), strings.Repeat("x", 1000)
	isAddressError(func() { fmt.Println(a == b) })
	isAddressError(func() { fmt.Println(strings.Index(a, "y")) })
	isAddressError(func() { m := map[string]int{b: 1, a: 2}; fmt.Println(len(m)) })
	// What decides without the strings' bytes is looked at first.
	type pair struct {
		s string
		n int
	}
	var x, y any = pair{a, 1}, pair{b, 2}
	fmt.Println(x == y, [2]string{a, "1"} == [2]string{b, "22"})
	report("no code:", func() {
		p := &struct{ code uintptr }{uintptr(unsafe.Pointer(&buffer[0]))}
		(*(*func())(unsafe.Pointer(&p)))()
	})
}

// -- objects

var finalized atomic.Int32

type cell struct{ p *[64]int }

//go:noinline
func newCell(c *cell) {
	c.p = new([64]int)
	runtime.SetFinalizer(c.p, func(*[64]int) { finalized.Add(1) })
}

//go:noinline
func read(c *cell) int { return c.p[3] }

func collected() int32 {
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return finalized.Swap(0)
}

//go:noinline
func inCallee(c *cell) {
	n := collected()
	fmt.Println("before its last use", n, read(c))
	fmt.Println("after", collected())
}

func objects() {
	var c cell
	newCell(&c)
	inCallee(&c)
	const count = 64
	seen := make([]bool, count)
	found := make(chan int32, count)
	for i := range int32(count) {
		x := new(int32)
		*x = i
		runtime.SetFinalizer(x, func(p *int32) { found <- *p })
	}
	collected()
	for len(found) > 0 {
		i := <-found
		if seen[i] {
			fmt.Println("twice", i)
		}
		seen[i] = true
	}
	n := 0
	for _, s := range seen {
		if s {
			n++
		}
	}
	fmt.Println("tiny", n >= count-8)
}

// -- preemption

//go:noinline
func spin(a []uint64, n int) (s uint64) {
	for i := range n {
		s ^= a[i&7] + uint64(i)
	}
	return
}

//go:noinline
func fill(a []float64, x float64) {
	for i := range a {
		a[i] = a[i]*x + 1
	}
}

func preemption() {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for procs := 1; procs <= 2; procs++ {
		runtime.GOMAXPROCS(procs)
		var stop atomic.Bool
		done := make(chan uint64)
		for range 2 {
			go func() {
				a := []uint64{1, 2, 3, 4, 5, 6, 7, 8}
				var s uint64
				for !stop.Load() {
					s = spin(a, 50_000_000)
				}
				done <- s
			}()
		}
		big := make([]float64, 1<<16)
		go func() {
			for !stop.Load() {
				fill(big, 0.5)
			}
			done <- uint64(big[5] + big[len(big)-1])
		}()
		for range 20 {
			runtime.GC()
			runtime.Gosched()
		}
		stop.Store(true)
		total := uint64(0)
		for range 3 {
			total += <-done
		}
		fmt.Println("stopped", total)
	}
}

// -- order of evaluation, natives that panic, the memory profile

var huge [1 << 20]byte

func natives() {
	x := make([]int, 1)
	f := func() int { x = make([]int, 3); return 2 }
	a, b, c := cap(x), f(), len(x)
	fmt.Println(a, b, c)
	z := 1i
	g := func() int { z = 3i; return 2 }
	d, e, i := imag(z), g(), imag(z)
	fmt.Println(d, e, i)
	report("too long:", func() {
		s := unsafe.Slice(&huge, 1<<42)
		s = append(s, huge)
		fmt.Println(len(s))
	})
}

var kept [][]byte

//go:noinline
func allocate() {
	kept = nil
	for range 2000 {
		kept = append(kept[:0], make([]byte, 8<<10))
	}
}

func profile() {
	runtime.MemProfileRate = 32 << 10
	allocate()
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 10000)
	n, ok := runtime.MemProfile(records, true)
	allocs, frees := 0.0, 0.0
	for _, r := range records[:n] {
		frames := runtime.CallersFrames(r.Stack())
		for {
			frame, more := frames.Next()
			if frame.Function == "main.allocate" && r.AllocObjects > 0 && r.AllocBytes/r.AllocObjects == 8<<10 {
				allocs += float64(r.AllocObjects)
				frees += float64(r.FreeObjects)
			}
			if !more {
				break
			}
		}
	}
	// A sample stands for 1 / (1 - exp(-size / rate)) objects.
	scaled := allocs / 0.2212
	fmt.Println(ok, scaled > 1500 && scaled < 2500, frees > 0.9*allocs)
	runtime.MemProfileRate = 512 << 10
}

func main() {
	recovers()
	latePanics()
	faults()
	objects()
	preemption()
	natives()
	profile()
}
