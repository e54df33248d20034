// Objects that stay in the frame (test/opt/escape.go), used in every way that could tell them from objects of the heap: loops, gotos, closures.
// RUN: %run %s --modes plain,stress
package main

import "fmt"

type T struct {
	n    int
	next *T
	arr  [4]int
}

var sink []*T

func reads(t *T) int { return t.n + t.arr[1] }

//go:noinline
func id(t *T) *T { return t }

func fresh(n int) (s int) {
	for i := range n {
		t := &T{}
		s += t.n + t.arr[2]
		t.n, t.arr[2] = i, i+5
		s += reads(t) * 3
	}
	return
}

func prev(n int) (s int) {
	var a, b *T
	for i := range n {
		c := &T{n: i}
		if a != nil && b != nil {
			s += a.n*100 + b.n
		}
		a, b = b, c
	}
	return
}

func gotos(n int) int {
	var a [3]*T
	i := 0
again:
	a[i%3] = &T{n: i}
	if i++; i < n {
		goto again
	}
	return a[0].n*10000 + a[1].n*100 + a[2].n
}

func structs(n int) (s int) {
	var st struct{ p, q *T }
	for i := range n {
		if i&1 == 0 {
			st.p = &T{n: i}
		} else {
			st.q = &T{n: i * 7}
		}
	}
	return st.p.n*1000 + st.q.n
}

func closures(n int) (s int) {
	var fs [4]func() int
	for i := range n {
		x := i * 3
		fs[i%4] = func() int { x++; return x + i }
	}
	for _, f := range fs {
		s = s*31 + f() + f()
	}
	return
}

func slices(n int) (s int) {
	var keep [3][]int
	for i := range n {
		b := make([]int, 4)
		b[i%4] += i
		keep[i%3] = b[i%4:]
		c := append(b[:1], i, i+1)
		s += c[1] + len(c) + b[2]
	}
	return s + keep[0][0]*100 + keep[1][0]*10 + keep[2][0]
}

func nested(n int) (s int) {
	for i := range n {
		t := &T{n: i}
		for j := range 3 {
			u := &T{n: j}
			if j == 1 {
				t = u
			}
			s += t.n*3 + u.n
		}
		s += t.n
	}
	return
}

func ifaces(n int) (s int) {
	var last any
	for i := range n {
		t := &T{n: i}
		var x any = t
		if last != nil {
			s += last.(*T).n
		}
		if i%2 == 0 {
			last = x
		}
	}
	return
}

func ptrptr(n int) (s int) {
	var pp **T
	for i := range n {
		t := &T{n: i}
		p := &t
		if pp != nil {
			s += (*pp).n
		}
		pp = p
	}
	return
}

func shared(n int) (s int) {
	x, y := &T{n: 1}, &T{n: 2}
	p := x
	if n > 3 {
		p = y
	}
	p.n = 9
	st := struct{ a, b *T }{x, y}
	st.a, st.b = st.b, st.a
	return st.a.n*10 + st.b.n
}

func main() {
	fmt.Println(fresh(10), prev(10), gotos(11), structs(9), closures(10), slices(10), nested(7), ifaces(9), ptrptr(8), shared(5), shared(1))
}
