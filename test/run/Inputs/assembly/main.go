// Go and Plan 9 assembly: arguments and results of every kind, calls in both directions, data, faults, panics through assembly, stacks that grow in the middle.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

const factor = 3

type record struct {
	tag  byte
	val  uintptr
	next *record
}

// In assembly.
func scale(n uintptr) uintptr
func mix(a int8, b uint16, f float32, d float64, on bool, s string, list []uintptr) (n uintptr, sum float64, off bool, t string)
func second(r record, rs [3]uintptr) (r2 record, rs2 [3]uintptr)
func spoil()
func visit(depth int, r *record) *record
func load(p *uintptr) uintptr
func pick(i uintptr) uintptr
func large(n uintptr) uintptr
func below(n uintptr) uintptr
func tail(n uintptr) uintptr
func bump() uintptr
func call(f func())

var table [4]uintptr // RODATA of assembly
var counter uintptr  // its own data
var kept *record     // written by assembly's callee
var calls int

// Called by assembly.
func visited(depth int, r *record) *record {
	calls++
	if depth == 0 {
		runtime.GC()
		return r
	}
	next := &record{tag: r.tag + 1, val: r.val + 1, next: r}
	if depth%100 == 0 {
		growStack(20)
		runtime.Gosched()
	}
	return visit(depth-1, next)
}

func growStack(n int) [64]int {
	var a [64]int
	if n > 0 {
		a = growStack(n - 1)
		a[n] = n
	}
	return a
}

func first(n uintptr) uintptr { return n + 1 }
func other(n uintptr) uintptr { return n * 10 }
func invoke(f func())         { f() }

func registers(a, b, c, d, e, f, g, h int, x, y, z float64) string {
	spoil()
	return fmt.Sprint(a, b, c, d, e, f, g, h, x, y, z)
}

func try(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			var err runtime.Error
			if e, ok := r.(error); ok && errors.As(e, &err) {
				fmt.Println(what, "runtime error:", err)
			} else {
				fmt.Println(what, "panic:", r)
			}
		}
	}()
	f()
	fmt.Println(what, "returned")
}

func main() {
	fmt.Println(scale(14), table[0], table[1] == unsafe.Offsetof(record{}.next), table[2] == unsafe.Sizeof(record{}), table[3], counter)
	fmt.Println(mix(-5, 40000, 1.5, 2.25, true, "text", []uintptr{4, 5, 6}))
	r, rs := second(record{tag: 7, val: 8, next: &record{tag: 9}}, [3]uintptr{1, 2, 3})
	fmt.Println(r.tag, r.val, r.next.tag, rs)
	fmt.Println(registers(1, 2, 3, 4, 5, 6, 7, 8, 0.5, 1.5, 2.5))

	last := visit(1000, &record{tag: 1, val: 1})
	n := 0
	for p := last; p != nil; p = p.next {
		n++
	}
	fmt.Println(last.val, n, calls)

	x := uintptr(77)
	fmt.Println(load(&x), pick(0), pick(1), large(5), tail(6))
	fmt.Println(bump(), bump(), counter)
	f := scale
	fmt.Println(f(2), func() uintptr { defer spoil(); return 1 }())

	try("nil", func() { load(nil) })
	try("panic", func() { call(func() { panic("from Go") }) })
	try("nested", func() { call(func() { call(func() { load(nil) }) }) })
	try("fine", func() { call(func() { kept = &record{tag: 3}; runtime.GC() }) })
	fmt.Println(kept.tag)
	done := make(chan string)
	go func() {
		defer func() { done <- "goexit" }()
		call(runtime.Goexit)
		done <- "not reached"
	}()
	fmt.Println(<-done)

	var group sync.WaitGroup
	results := make([]string, 8)
	for i := range results {
		group.Add(1)
		go func() {
			defer group.Done()
			p := visit(200+i, &record{val: uintptr(i)})
			_, _, _, s := mix(1, 2, 3, 4, false, strings.Repeat("x", i+1), nil)
			results[i] = fmt.Sprint(p.val, s)
		}()
	}
	group.Wait()
	fmt.Println(results)
}
