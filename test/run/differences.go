// What random programs found (utils/difftest): one minimal case each.
//
// RUN: %run %s

package main

import (
	"bytes"
	"fmt"
	"net/url"
)

type value struct{ f []int }
type empty struct{}
type Shown struct{}
type Renamed = Shown
type pair[A, B any] struct {
	a A
	b B
}
type generic[T any] struct{ x T }

func try(f func()) {
	defer func() { r := recover(); fmt.Printf("%T %v\n", r, r) }()
	f()
}

func event[T any](n int, x T) T {
	fmt.Println("event", n)
	return x
}

//go:noinline
func opaque[T any](x T) T { return x }

type method struct{ n int }

func (m method) call(a, b int) int { return m.n + a*b }

// Products of complex64 are computed in float64 and rounded once.
func complexProducts() {
	c := opaque(complex64(complex(3.0352173, 32.682)))
	fmt.Println(c*c, c*complex64(complex(-1.88, 1e-38)))
	big := opaque(complex64(complex(3.4028235e38, 3.4028235e38)))
	fmt.Println(big*big, real(big*complex(1, -1)))
}

// The function and the receiver are evaluated before the arguments, also if several of these are calls.
func calledFirst() {
	fmt.Println(event(1, func(x, y int) int { return x - y })(event(2, 3), event(3, 4)))
	fmt.Println(event(4, method{5}).call(event(5, 6), event(6, 7)))
	defer event(7, func(x, y int) { fmt.Println("deferred", x, y) })(event(8, 1), event(9, 2))
}

// Type arguments are shown in full: spaces, packages of names that are not exported, embedded fields under another name.
func typeNames() {
	show := func(x any) { fmt.Printf("%T\n", x) }
	show(pair[any, []any]{})
	show(pair[interface {
		m()
		N(int, ...string) (int, error)
	}, struct {
		x int
		Y string `k:"tag"`
		empty
	}]{})
	show(pair[chan (<-chan int), func(int, ...any) (x int, y any)]{})
	show(pair[pair[any, error], map[any]*url.URL]{})
	show(pair[struct{ error }, struct{ *bytes.Buffer }]{})
	show(pair[struct{ Renamed }, struct{ *generic[int] }]{})
	show(pair[struct{}, struct{ _ int }]{})
	type alias = int // not counted
	type local struct{ x alias }
	show(pair[local, struct{ local }]{})
	func() {
		type local int
		show(pair[local, *local]{})
	}()
}

// An operation on an element is one assignment of it: what is said about a bad key, and which elements there are if the operation panics.
func mapOperations() {
	m := map[any]int{}
	try(func() { m[value{}] += 1 })
	try(func() { m[value{}]++ })
	try(func() { fmt.Println(m[value{}]) })
	var none map[string]int
	try(func() { none["a"]++ })
	zero := opaque(0)
	counts := map[string]int{}
	try(func() { counts["divided"] /= zero })
	try(func() { counts["shifted"] <<= zero - 1 })
	fmt.Println(counts)
	texts := map[int]string{1: "a"}
	texts[1] += "b"
	texts[2] += "c"
	lists := map[string][2]float64{}
	sums := map[[2]int]float32{{1, 2}: 1.5}
	sums[[2]int{1, 2}] *= 3
	sums[[2]int{2, 1}]--
	fmt.Println(texts, lists, sums)
}

// Elements of maps are read after the calls of an expression, as variables are.
func mapReads() {
	narrow, wide := map[int]int{1: 1}, map[float64]int{1: 1}
	change := func() int { narrow[1] += 10; wide[1] += 10; return 0 }
	fmt.Println(narrow[1]+change(), wide[1]+change())
	a, b, c := narrow[1], wide[1], change()
	fmt.Println(a, b, c)
}

// The entries of a map literal are evaluated and stored one after the other.
func mapLiteral() {
	var a []int
	try(func() { fmt.Println(map[int]int{1: a[opaque(0)], 2: event(10, 3)}) })
}

type record struct {
	n int
	a [3]int
}

// Which of two panics comes first: slicings and type assertions go before loads, what is assigned before the place that it is assigned to.
func firstPanic() {
	z := opaque(0)
	var p *record
	var a []int
	var x any = "s"
	var none map[string]int
	m := map[string]int{}
	try(func() { map[any]int{}[[]int{}] += 1 / z })
	try(func() { none["a"] += p.n })
	try(func() { none["a"] += x.(int) })
	try(func() { m["c"] += 1 / z })
	try(func() { m["d"] += a[z] })
	fmt.Println(m)
	try(func() { p.n += x.(int) })
	try(func() { a[z] += len(a[4:]) })
	try(func() { a[z] += p.n })
	try(func() { p.n = a[z] / z })
	try(func() { z = p.n + x.(int) })
	try(func() { z = p.n + len(a[4:]) })
	try(func() { fmt.Println([]int{p.n, 1 / z, x.(int)}) })
	try(func() { q := record{p.n, [3]int{x.(int)}}; _ = q })
}

// Of several assignments in a statement, what an earlier one may change is evaluated first, then each value with its assignment; of one, what is no place
// in its left side. Keys of maps without a fast variant come first, other keys after the value.
func firstPanicOfAssignments() {
	z := opaque(0)
	var p *record
	var a []int
	b := []int{1, 2, 3}
	m := map[int]int{}
	anything := map[any]int{}
	try(func() { b[0], b[1] = p.a[1], a[z+10] })
	try(func() { b[0], b[1] = p.a[1], 2>>a[z+11] })
	try(func() { b[0], b[1] = a[z+12], 1/z })
	fmt.Println(b)
	try(func() { b[z+3], b[1] = 7, p.n })
	try(func() { b[1], a[z+13] = 8, 9 })
	fmt.Println(b)
	try(func() { x, y := p.n, a[z+14]; fmt.Println(x, y) })
	try(func() { x, y := p.n, a[z+15]; fmt.Println(&x, y) })
	try(func() { fmt.Println(func() (int, int) { return p.n, a[z+16] }()) })
	try(func() { fmt.Println(func() (int, int) { defer opaque(0); return p.n, a[z+17] }()) })
	try(func() { b[1/z] = p.n })
	try(func() { m[1/z] = p.n })
	try(func() { anything[a[z+18]] = p.n })
	try(func() { m[a[z+19]] += p.n })
	try(func() { m[a[z+20]] /= p.n })
	try(func() { p.n += len(a[z+21:]) })
	try(func() { b[p.n], m[a[z+22]] = 1/z, 2 })
	try(func() {
		for b[z], b[1/z] = range b {
		}
	})
	fmt.Println(b, m)
}

type threeOrFour interface{ [3]int | [4]int }

type boxed[A threeOrFour] struct{ a A }

// A part of a variable whose type is a type parameter is assigned before the whole is read.
func partOfTypeParameter[A threeOrFour](a A, s boxed[A]) (A, A, boxed[A], boxed[A]) {
	var b A
	var t boxed[A]
	a[0], b = 5, a
	s.a[1], t = 6, s
	return a, b, s, t
}

// Calls in the places of a range clause are made from left to right.
func rangePlaces() {
	s, t := []int{0, 0, 0}, []int{0, 0, 0}
	for s[event(1, 1)], t[event(2, 2)] = range []int{7, 8} {
	}
	m := map[int]int{}
	for m[event(3, 0)], *(&t[event(4, 0)]) = range []int{4} {
	}
	fmt.Println(s, t, m)
}

func main() {
	fmt.Println(partOfTypeParameter([3]int{1, 2, 3}, boxed[[3]int]{}))
	fmt.Println(partOfTypeParameter([4]int{1, 2, 3, 4}, boxed[[4]int]{}))
	rangePlaces()
	firstPanicOfAssignments()
	mapLiteral()
	firstPanic()
	complexProducts()
	calledFirst()
	typeNames()
	mapOperations()
	mapReads()
}
