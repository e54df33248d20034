// Escape analysis: an object stays in the frame (`.stack`) only if nothing that outlives the function, or an earlier turn of a loop, can reach it.
// RUN: %stoat compile -p p -verify-each -emit=mir -o - %s | FileCheck %s
// RUN: %stoat compile -p p -N -emit=mir -o - %s | FileCheck %s --check-prefix=NONE
// NONE-NOT: .stack
package p

import "unsafe"

type T struct {
	n    int
	next *T
}

var sink *T
var sinkAny any

func opaque(*T)

//go:noescape
func native(*T)

func reads(t *T) int  { return t.n }
func keeps(t *T)      { sink = t }
func returns(t *T) *T { return t }

// -- what is done with the pointer

// CHECK-LABEL: func p.local(
// CHECK: = new.stack <p.T>
func local() int {
	t := &T{n: 1}
	t.n++
	return t.n
}

// CHECK-LABEL: func p.returned(
// CHECK: = new <p.T>
func returned() *T { return &T{} }

// CHECK-LABEL: func p.global(
// CHECK: = new <p.T>
func global() { sink = &T{} }

// CHECK-LABEL: func p.inHeap(
// CHECK: = new <p.T>
func inHeap(t *T) { t.next = &T{} }

// An object of the frame may hold another one.
// CHECK-LABEL: func p.inFrame(
// CHECK: = new.stack <p.T>
// CHECK: = new.stack <p.T>
func inFrame() int {
	t := &T{}
	t.next = &T{}
	return t.n
}

// CHECK-LABEL: func p.inStruct(
// CHECK: = new.stack <p.T>
func inStruct() int {
	var s struct{ a, b *T }
	s.b = &T{n: 1}
	return s.b.n
}

// CHECK-LABEL: func p.outOfStruct(
// CHECK: = new <p.T>
func outOfStruct() *T {
	var s struct{ a, b *T }
	s.b = &T{n: 1}
	return s.b
}

// CHECK-LABEL: func p.sent(
// CHECK: = new <p.T>
func sent(c chan *T) { c <- &T{} }

// CHECK-LABEL: func p.mapped(
// CHECK: = new <p.T>
func mapped(m map[int]*T) { m[1] = &T{} }

// CHECK-LABEL: func p.panics(
// CHECK: = new <p.T>
func panics() { panic(&T{}) }

// CHECK-LABEL: func p.interior(
// CHECK: = new <p.T>
func interior() *int { return &new(T).n }

// CHECK-LABEL: func p.boxed(
// CHECK: = new <p.T>
func boxed() { sinkAny = &T{} }

// CHECK-LABEL: func p.asserted(
// CHECK: = new.stack <p.T>
func asserted() bool {
	var x any = &T{}
	_, ok := x.(*T)
	return ok
}

// -- calls: summaries of parameters

// CHECK-LABEL: func p.calls(
// CHECK: = new.stack <p.T>
// CHECK: call p.reads(
// CHECK: = new <p.T>
// CHECK: call p.keeps(
// CHECK: = new.stack <p.T>
// CHECK: call p.returns(
// CHECK: = new <p.T>
// CHECK: call p.opaque(
// CHECK: = new.stack <p.T>
// CHECK: call p.native(
func calls(f func(*T)) {
	reads(&T{})
	keeps(&T{})
	returns(&T{})
	opaque(&T{})
	native(&T{})
}

// CHECK-LABEL: func p.dynamic(
// CHECK: = new <p.T>
func dynamic(f func(*T)) { f(&T{}) }

// Functions that call each other: nothing escapes unless it does in one of them.
// CHECK-LABEL: func p.recursion(
// CHECK: = new.stack <p.T>
// CHECK: call p.even(
// CHECK: = new <p.T>
// CHECK: call p.leakEven(
func recursion() {
	even(&T{}, 3)
	leakEven(&T{}, 3)
}

func even(t *T, n int) bool { return n == 0 || odd(t, n-1) }
func odd(t *T, n int) bool  { return n != 0 && even(t, n-1) }

func leakEven(t *T, n int) bool { return n == 0 || leakOdd(t, n-1) }
func leakOdd(t *T, n int) bool  { sink = t; return n != 0 && leakEven(t, n-1) }

// -- closures

// CHECK-LABEL: func p.closureCalled(
// CHECK: %{{.*}}.n = new.stack <int>
// CHECK: = closure.stack
func closureCalled() int {
	n := 0
	f := func() { n++ }
	f()
	return n
}

// CHECK-LABEL: func p.closureReturned(
// CHECK: %{{.*}}.n = new <int>
// CHECK: = closure <
func closureReturned() func() int {
	n := 0
	return func() int { n++; return n }
}

// Closures with one variable each that they share: the variable lies in the frame of the outermost function.
// CHECK-LABEL: func p.closuresShare(
// CHECK: = new.stack <*p.T>
// CHECK: = new.stack <p.T>
// CHECK: = closure.stack
// CHECK: = closure.stack
func closuresShare() int {
	var t *T
	t = &T{n: 1}
	set := func(n int) { t.n = n }
	get := func() int { return t.n }
	set(2)
	t = nil
	return get()
}

// What a closure makes must not stay in a variable of the enclosing function.
// CHECK-LABEL: func p.outlivesClosure(
// CHECK: = new.stack <*p.T>
// CHECK-LABEL: func p.outlivesClosure.func1(
// CHECK: = new <p.T>
func outlivesClosure() int {
	var t *T
	f := func() { t = &T{n: 1} }
	f()
	return t.n
}

// A closure that is only called by name: what it returns is followed.
// CHECK-LABEL: func p.closureYields(
// CHECK: = new.stack <p.T>
func closureYields() int {
	t := &T{n: 1}
	same := func() *T { return t }
	return same().n
}

// The closure stays, what it stores does not.
// CHECK-LABEL: func p.closureLeaks(
// CHECK: = new <p.T>
// CHECK: = closure
func closureLeaks() {
	t := &T{}
	func() { sink = t }()
}

// What deferred calls use outlives the body's frame: beside the defer frame.
// CHECK-LABEL: func p.deferredAndSpawned(
// CHECK: = new.stack.deferred <p.T>
// CHECK: = new.stack.deferred <p.T>
// CHECK: closure.stack.deferred
// CHECK: defer.stack
// CHECK: = new <p.T>
// CHECK: = closure <
// CHECK: go
func deferredAndSpawned() {
	t := &T{next: &T{}}
	defer reads(t)
	go reads(&T{})
}

// CHECK-LABEL: func p.deferredInLoop(
// CHECK: = new <p.T>
// CHECK: closure <
// CHECK: defer.thunk
func deferredInLoop(n int) {
	for range n {
		defer reads(&T{})
	}
}

// A named result that a deferred call sees.
// CHECK-LABEL: func p.deferredResult(
// CHECK: .err = new.stack.deferred <error>
// CHECK: closure.stack.deferred
func deferredResult() (err error) {
	defer func() { err = nil }()
	return err
}

// -- loops: one place in the frame serves all turns

// CHECK-LABEL: func p.eachTurn(
// CHECK: = new.stack <p.T>
func eachTurn(n int) (sum int) {
	for i := range n {
		t := &T{n: i}
		sum += reads(t)
	}
	return
}

// The object of the turn before is still used.
// CHECK-LABEL: func p.previousTurn(
// CHECK: = new <p.T>
func previousTurn(n int) (sum int) {
	var last *T
	for i := range n {
		t := &T{n: i}
		if last != nil {
			sum += last.n
		}
		last = t
	}
	return
}

// CHECK-LABEL: func p.list(
// CHECK: = new <p.T>
func list(n int) (sum int) {
	var head *T
	for range n {
		head = &T{next: head}
	}
	for ; head != nil; head = head.next {
		sum++
	}
	return
}

// CHECK-LABEL: func p.jumps(
// CHECK: = new <p.T>
func jumps(n int) int {
	var a [2]*T
	i := 0
again:
	a[i%2] = &T{n: i}
	if i++; i < n {
		goto again
	}
	return a[0].n + a[1].n
}

// Assigned anew before each use.
// CHECK-LABEL: func p.lastTurn(
// CHECK: = new.stack <p.T>
func lastTurn(n int) int {
	var last *T
	for i := 0; ; i++ {
		t := &T{n: i}
		if i >= n-1 {
			last = t
			break
		}
	}
	return last.n
}

// Through an object that is older than the loop.
// CHECK-LABEL: func p.heldOutside(
// CHECK: = new.stack <p.T>
// CHECK: = new <p.T>
func heldOutside(n int) int {
	head := &T{}
	for i := range n {
		t := &T{n: i}
		if head.next != nil {
			n += head.next.n
		}
		head.next = t
	}
	return n
}

// -- interfaces, strings, maps

// CHECK-LABEL: func p.boxes(
// CHECK: = convert.stack <any>
// CHECK: = new.stack <[1]any>
// CHECK: = convert <any>
func boxes(n int) int {
	m := first2(n)
	sinkAny = n
	return m
}

func first2(list ...any) int { return list[0].(int) }

// CHECK-LABEL: func p.texts(
// CHECK: = convert.stack.borrowed <string>
// CHECK: = concat.stack
// CHECK: = convert.stack <[]byte>
// CHECK: = concat
func texts(b []byte) (int, string) {
	s := string(b)
	t := []byte(s + "x")
	return len(t), s + "y"
}

// CHECK-LABEL: func p.tables(
// CHECK: = makemap.stack <map[int]*p.T>
// CHECK: = new <p.T>
// CHECK: = makemap <map[int]*p.T>
func tables() (int, map[int]*T) {
	m := map[int]*T{}
	m[1] = &T{}
	return len(m), map[int]*T{}
}

// -- pointers as integers: kept within an expression, lost in a variable

// CHECK-LABEL: func p.asInteger(
// CHECK: = new <[2]int>
// CHECK: = new.stack <[2]int>
func asInteger() (unsafe.Pointer, unsafe.Pointer) {
	a, b := new([2]int), new([2]int)
	n := uintptr(unsafe.Pointer(b))
	return unsafe.Pointer(uintptr(unsafe.Pointer(a)) + 8), unsafe.Pointer(n ^ 0)
}

// -- what an object holds flows back into it

// CHECK-LABEL: func p.selfAssigned(
// CHECK: = makeslice.stack
func selfAssigned() int {
	b := buffer{data: make([]byte, 10)}
	b.advance()
	return len(b.data)
}

type buffer struct{ data []byte }

func (b *buffer) advance() { b.data = b.data[1:] }

// -- slices and sizes

// CHECK-LABEL: func p.slices(
// CHECK: = makeslice.stack
// CHECK: = makeslice.stack
// CHECK: = makeslice <
func slices(n int) int {
	a := make([]int, 10)
	b := make([]int, n)
	c := make([]int, 1<<16)
	return len(a) + len(b) + len(c) + a[1] + b[1] + c[1]
}

// CHECK-LABEL: func p.grown(
// CHECK: = makeslice <
func grown(n int) []int { return append(make([]int, 0, 10), n) }

// The frame may hold it only if it is small: no pointers into the frame in it.
// CHECK-LABEL: func p.variable(
// CHECK: = makeslice.stack
// CHECK: = new <p.T>
func variable(n int) int {
	s := make([]*T, n)
	s[0] = &T{}
	return s[0].n
}

// CHECK-LABEL: func p.fixed(
// CHECK: = makeslice.stack
// CHECK: = new.stack <p.T>
func fixed(n int) int {
	s := make([]*T, n, 4)
	s[0] = &T{}
	return s[0].n
}

// CHECK-LABEL: func p.large(
// CHECK: = new.stack <[65536]byte>
// CHECK: = new <[65537]byte>
// CHECK: = new.stack <[131072]byte>
func large() byte {
	a, b := new([65536]byte), new([65537]byte)
	var c [131072]byte
	d := &c
	return a[1] + b[1] + d[1]
}

// -- generics: bodies are analysed with their type parameters unknown; whether an object is small enough for the frame is seen in each instance

// CHECK-LABEL: func p.generic[T](
// CHECK: = new.stack <T>
func generic[T any](x T) int {
	p := new(T)
	*p = x
	return 1
}

// CHECK-LABEL: func p.instance(
// CHECK: = new.stack <p.T>
// CHECK: call p.first[p.T](
func instance() int {
	return first(&T{})
}

func first[E any](e *E) int { return 1 }
