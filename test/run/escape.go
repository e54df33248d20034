// Objects that escape analysis leaves in the frame, in every arrangement that could lose what they point to: held by others, by closures, by deferred calls, by
// parameters, around loops, over calls that return their argument. The collector runs at each step; what is lost shows as a wrong number (or under the verifier).
// RUN: %run %s
// RUN: %run %s --goarch 386 --modes plain,stress
package main

import (
	"errors"
	"fmt"
	"runtime"
	"sort"
	"strings"
	"unsafe"
)

type node struct {
	v    int
	next *node
	data []int
}

// heap returns an object that only its result keeps alive.
//
//go:noinline
func heap(n int) []int {
	s := make([]int, 0, 4)
	return append(s, n, n+1)
}

// collect overwrites what was freed.
//
//go:noinline
func collect() {
	runtime.GC()
	for i := 0; i < 50; i++ {
		sink = append(make([]int, 0, 4), -1, -1)
		sinkNode = &node{v: -1}
	}
}

var (
	sink     []int
	sinkNode *node
	sinkAny  any
)

//go:noinline
func same(n *node) *node { collect(); return n }

//go:noinline
func pick(a, b *node, first bool) *node {
	if first {
		return a
	}
	return b
}

//go:noinline
func content(n *node) []int { collect(); return n.data }

func holders() int {
	a := &node{v: 1, data: heap(10)}
	b := &node{v: 2, data: heap(20), next: a}
	c := &node{v: 3, data: heap(30), next: b}
	a = nil
	b = nil
	collect()
	return c.next.next.data[0] + c.next.data[1] + c.data[1]
}

func returned() int {
	a := same(&node{data: heap(1), next: &node{data: heap(2)}})
	b := pick(a, &node{data: heap(3), next: a}, false)
	collect()
	x := content(b)
	y := content(b.next.next)
	collect()
	return x[0]*100 + y[0]*10 + same(b.next).data[0]
}

func interior() int {
	n := struct {
		pad [3]int
		in  node
	}{in: node{data: heap(5)}}
	p := &n.in
	q := &p.data
	collect()
	return (*q)[1]
}

func arrays(i int) int {
	var a [4]*node
	for k := range a {
		a[k] = &node{v: k, data: heap(k)}
	}
	collect()
	s := a[1:]
	s[0], s[1] = s[1], s[0]
	collect()
	return s[0].data[0]*10 + s[i].data[0]
}

func closures() int {
	n := &node{data: heap(7)}
	count := heap(1)
	add := func(d int) { collect(); count = append(count, n.data[0]+d) }
	get := func() int { collect(); return count[len(count)-1] }
	twice := func(f func(int), d int) { f(d); f(d + 1) }
	twice(add, 100)
	n = &node{data: heap(8)}
	add(1)
	return get()*1000 + len(count)
}

func closureReturns() int {
	n := &node{data: heap(4)}
	inner := func() *node { collect(); return &node{next: n, data: heap(6)} }
	m := inner()
	collect()
	return m.data[0]*10 + m.next.data[0]
}

func assignedByClosure() int {
	var last *node
	set := func(i int) { last = &node{v: i, data: heap(i), next: last} }
	for i := range 4 {
		set(i)
		collect()
	}
	sum := 0
	for ; last != nil; last = last.next {
		sum = sum*10 + last.data[0]
	}
	return sum
}

func methodValue() int {
	n := &node{data: heap(3)}
	f := n.first
	collect()
	return f()
}

func (n *node) first() int { collect(); return n.data[0] }

// -- deferred calls

type large struct {
	a, b, c, d [5]int
	p          *node
}

// The parameter lies beside the defer frame, the object in the body's.
//
//go:noinline
func largeParam(l large) (r int) {
	n := &node{data: heap(9)}
	l.p = n
	n = nil
	defer func() { r += len(l.a) }()
	collect()
	return l.p.data[0]
}

func deferred() (r int) {
	n := &node{data: heap(2), next: &node{data: heap(3)}}
	defer func() {
		collect()
		r = r*10 + n.data[0] + n.next.data[1]
	}()
	defer n.deferredMethod(&r, heap(5))
	for i := range 2 {
		m := &node{data: heap(i)}
		defer func() { collect(); r = r*10 + m.data[0] }()
	}
	return 1
}

func (n *node) deferredMethod(r *int, s []int) { collect(); *r = *r*10 + n.next.data[0] + s[0] }

func recovers(n int) (r int, err error) {
	state := &node{data: heap(n)}
	defer func() {
		collect()
		if e := recover(); e != nil {
			err = fmt.Errorf("%v, state %d", e, state.data[0])
			r = state.data[1]
		}
	}()
	state = &node{data: heap(n + 1), next: state}
	collect()
	if state.data[0] > 3 {
		panic(errors.New("too large"))
	}
	return state.next.data[0], nil
}

func deferredInClosure() int {
	n := &node{data: heap(1)}
	f := func() (r int) {
		m := &node{data: heap(2), next: n}
		defer func() { collect(); r += m.next.data[0] }()
		collect()
		return m.data[0] * 10
	}
	return f() + f()
}

func conditionalDefer(on bool) (r int) {
	n := &node{data: heap(6)}
	if on {
		defer func() { collect(); r = n.data[0] }()
	}
	collect()
	return 1
}

// -- loops

func previous() int {
	sum := 0
	var before *node
	for i := range 4 {
		n := &node{v: i, data: heap(i)}
		collect()
		if before != nil {
			sum = sum*10 + before.data[0]
		}
		before = n
	}
	return sum
}

func list() (sum int) {
	var head *node
	for i := range 4 {
		head = &node{v: i, data: heap(i), next: head}
		collect()
	}
	for ; head != nil; head = head.next {
		sum = sum*10 + head.data[0]
	}
	return
}

func outerHolder() (sum int) {
	h := &node{}
	for i := range 3 {
		n := &node{data: heap(i)}
		if h.next != nil {
			sum = sum*10 + h.next.data[1]
		}
		h.next = n
		collect()
	}
	return sum
}

func found(want int) int {
	var hit *node
	for i := 0; ; i++ {
		n := &node{v: i, data: heap(i)}
		if n.v == want {
			hit = n
			break
		}
	}
	collect()
	return hit.data[0]
}

func closuresOfTurns() (sum int) {
	var fs []func() int
	for i := 0; i < 3; i++ {
		n := &node{data: heap(i)}
		fs = append(fs, func() int { return n.data[0] + i })
	}
	collect()
	for _, f := range fs {
		sum = sum*10 + f()
	}
	return
}

func back() int {
	var a [3]*node
	i := 0
again:
	a[i] = &node{data: heap(i)}
	collect()
	if i++; i < 3 {
		goto again
	}
	return a[0].data[0]*100 + a[1].data[0]*10 + a[2].data[0]
}

func strings2() string {
	var parts [3]string
	for i := range parts {
		b := []byte{'a' + byte(i), 'x'}
		parts[i] = string(b)
	}
	s := ""
	for i := range 3 {
		s += parts[i] + "-"
	}
	collect()
	return s
}

// -- interfaces

type shape interface{ area() int }
type square struct {
	side int
	data []int
}

func (s square) area() int { return s.side*s.side + s.data[0] }

//go:noinline
func sum(list ...any) (n int) {
	collect()
	for _, x := range list {
		switch x := x.(type) {
		case int:
			n += x
		case []int:
			n += x[0]
		case square:
			n += x.side + x.data[1]
		case *node:
			n += x.data[0]
		case string:
			n += len(x)
		}
	}
	return
}

func boxes() int {
	s := square{3, heap(4)}
	var x any = s
	collect()
	y := x.(square)
	var z shape = s
	n := sum(1, heap(10), s, &node{data: heap(100)}, string([]byte("four")))
	collect()
	return n*100 + y.data[0]*10 + z.area()
}

func boxesOfTurns() (n int) {
	var old any
	for i := range 4 {
		var x any = square{i, heap(i)}
		collect()
		if old != nil {
			n = n*10 + old.(square).data[0]
		}
		old = x
	}
	return
}

// -- slices, strings and maps

func variable(n int) int {
	s := make([]*node, n)
	for i := range s {
		s[i] = &node{data: heap(i)}
	}
	collect()
	t := 0
	for _, x := range s {
		t += x.data[0]
	}
	return t
}

func fixed(n int) int {
	s := make([]*node, n, 8)
	for i := range s {
		s[i] = &node{data: heap(i)}
	}
	collect()
	s = append(s, &node{data: heap(50)})
	s = append(s, s...)
	s = append(s, s...)
	collect()
	return s[len(s)-1].data[0] + s[1].data[0]
}

//go:noinline
func kept(b []byte) (string, string, []byte) {
	s := string(b)
	t := s + ""
	u := []byte(s)
	u = append(u, "!"...)
	return t, s[1:] + "?", u
}

func texts() string {
	s, t, u := kept([]byte("hello"))
	var buf [40]byte
	for i := range buf {
		buf[i] = 'z'
	}
	v := string(buf[:])
	w := []byte(v)
	w[0] = 'y'
	collect()
	other, _, _ := kept([]byte("HELLO"))
	return fmt.Sprint(s, t, string(u), len(v), string(w[:2]), other)
}

func tables() int {
	m := map[string]*node{}
	for i := range 6 {
		m[fmt.Sprint(i)] = &node{data: heap(i)}
		collect()
	}
	n := 0
	for k, v := range m {
		n += v.data[0] * len(k)
		collect()
	}
	for i := range 40 {
		m[fmt.Sprint("k", i)] = &node{data: heap(i)}
	}
	collect()
	delete(m, "k3")
	n += len(m) + m["k39"].data[0]
	clear(m)
	m["x"] = &node{data: heap(7)}
	collect()
	big := make(map[int]int, 100)
	for i := range 100 {
		big[i] = i
	}
	return n + m["x"].data[0] + big[99] + len(big)
}

func tablesOfTurns() (n int) {
	var old map[int][]int
	for i := range 4 {
		m := map[int][]int{i: heap(i)}
		collect()
		if old != nil {
			n = n*10 + old[i-1][0] + len(old)
		}
		old = m
	}
	return
}

// -- recursion and other goroutines

func deep(n int, up *node) int {
	if n == 0 {
		collect()
		t := 0
		for ; up != nil; up = up.next {
			t += up.data[0]
		}
		return t
	}
	var pad [512]byte
	pad[n%512] = 1
	return deep(n-1, &node{data: heap(n), next: up}) + int(pad[n%512])
}

func goroutines() int {
	c := make(chan int)
	for i := range 4 {
		go func() {
			n := &node{data: heap(i), next: &node{data: heap(i * 2)}}
			for range 5 {
				n = same(n)
				runtime.Gosched()
			}
			c <- n.data[0] + n.next.data[0]
		}()
	}
	t := 0
	for range 4 {
		select {
		case x := <-c:
			t += x
		}
	}
	return t
}

// -- generics

type wide struct {
	a [40000]int
	p *node
}

//go:noinline
func hold[T any](x T, n *node) int {
	b := struct {
		v T
		n *node
	}{x, n}
	p := &b
	collect()
	return p.n.data[0]
}

//go:noinline
func nested[T any](x T, depth int) int {
	if depth == 0 {
		sinkAny = x
		return 0
	}
	n := &node{data: heap(depth)}
	return nested[*node](n, depth-1) + n.data[0]
}

func generics() int {
	n := &node{data: heap(3)}
	r := hold(1, n) + hold("x", n)*10 + hold(wide{}, n)*100
	r += nested(5, 1) * 1000
	collect()
	return r + sinkAny.(*node).data[0]*10000
}

// -- range over functions, sorting, builders, integers

func each(yield func(*node) bool) {
	for i := range 3 {
		if !yield(&node{v: i, data: heap(i)}) {
			return
		}
	}
}

func ranges() (t int) {
	var keep *node
	for n := range each {
		collect()
		m := &node{next: n, data: heap(n.v + 10)}
		if keep != nil {
			t = t*100 + keep.data[0] + keep.next.data[1]
		}
		keep = m
	}
	return t
}

func sorted() string {
	s := []*node{{v: 3, data: heap(3)}, {v: 1, data: heap(1)}, {v: 2, data: heap(2)}}
	sort.Slice(s, func(i, j int) bool { collect(); return s[i].data[0] < s[j].data[0] })
	var b strings.Builder
	for _, n := range s {
		fmt.Fprintf(&b, "%d ", n.data[0])
	}
	return b.String()
}

func asInteger() int {
	a := [2]node{{data: heap(1)}, {data: heap(2)}}
	p := (*node)(unsafe.Pointer(uintptr(unsafe.Pointer(&a)) + unsafe.Sizeof(a[0])))
	collect()
	return p.data[0]
}

type ring struct {
	buf  []*node
	a, b *node
}

func (r *ring) turn() {
	r.buf = r.buf[1:]
	r.a, r.b = r.b, r.a
}

func selfAssigned() int {
	r := ring{buf: []*node{{data: heap(1)}, {data: heap(2)}}, a: &node{data: heap(3)}, b: &node{data: heap(4)}}
	r.turn()
	collect()
	return r.buf[0].data[0]*100 + r.a.data[0]*10 + r.b.data[0]
}

func assignedBeforeCapture(n int) int {
	var p *node
	if n > 2 {
		p = &node{data: heap(n)}
	} else {
		p = &node{data: heap(0)}
	}
	f := func() int { collect(); return p.data[0] }
	g := func() int { collect(); return f() + p.data[1] }
	i := 0
	for ; i < 2; i++ {
		h := func() int { return i }
		n += h()
	}
	k := func() int { i++; return i }
	return g()*100 + k()*10 + i + n
}

func main() {
	fmt.Println("holders", holders(), returned(), interior(), arrays(1))
	fmt.Println("closures", closures(), closureReturns(), assignedByClosure(), methodValue())
	fmt.Println("deferred", largeParam(large{}), deferred(), deferredInClosure(), conditionalDefer(true), conditionalDefer(false))
	fmt.Println(recovers(1))
	fmt.Println(recovers(5))
	fmt.Println("loops", previous(), list(), outerHolder(), found(5), closuresOfTurns(), back(), strings2())
	fmt.Println("boxes", boxes(), boxesOfTurns())
	fmt.Println("slices", variable(3), variable(20), fixed(7), texts())
	fmt.Println("maps", tables(), tablesOfTurns())
	fmt.Println("deep", deep(200, nil), goroutines())
	fmt.Println("generics", generics())
	fmt.Println("others", ranges(), sorted(), asInteger(), selfAssigned(), assignedBeforeCapture(3))
}
