// What the language says and LLVM does not give by itself: copies of large values, aliasing in assignments, no fused multiply-add, package initialisation by
// dependency, promotion through embedded pointers and interfaces, panics inside panics, unsafe's functions.
//
// RUN: %run %s
// RUN: %run --goarch 386 --modes plain %s
// RUN: %run --goarch arm64 --modes plain %s
package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"
)

// -- large values: copied when the program says so, whatever their size

type large struct {
	k [20]int
	p *int
	s string
}

type middle struct {
	k [9]int
	p *int
}

func numbered(n int) (l large) {
	for i := range l.k {
		l.k[i] = n*100 + i
	}
	l.p, l.s = &l.k[3], fmt.Sprint("n", n)
	return
}

func (l large) String() string  { return fmt.Sprint(l.s, l.k[0], l.k[19], *l.p) }
func (m middle) String() string { return fmt.Sprint("m", m.k[0], m.k[8], *m.p) }

var global large

func (l *large) change() int { l.k[0]++; l.s += "!"; return l.k[0] }

func pass(l large, from *large) string {
	from.k[0] = -1
	return fmt.Sprint(l.k[0], from.k[0])
}

func changing(l large) (r large) {
	r = l
	l.k[19] = 7
	r.k[0] = l.k[19] + 1
	return
}

func copies() {
	q := []large{numbered(1), numbered(2), numbered(3)}
	q[0], q[2] = q[2], q[0]
	fmt.Println(q[0], q[1], q[2])
	i := 0
	i, q[i] = 2, q[1] // the index is the old i
	fmt.Println(i, q[0], q[1])
	p, r := &q[0], &q[2]
	*p, *r = *r, *p
	fmt.Println(*p, *r)
	var a, b any = *p, q[1]
	p.change()
	fmt.Println(a, b, *p)
	fmt.Println(pass(*p, p))
	global = *r
	x := global
	fmt.Println(global.change(), x.k[0], x.s)
	global = changing(global)
	fmt.Println(global.k[0], global.k[19])
	l := *p
	n := p.change()
	*r = l
	fmt.Println(n, r.k[0], r.s)
	m := []middle{{p: new(int)}, {p: new(int)}}
	for i := range m {
		m[i].k[0], m[i].k[8], *m[i].p = i, -i, 10*i
	}
	m[0], m[1] = m[1], m[0]
	fmt.Println(m[0], m[1], any(m[0]) == any(m[1]), m[0] == *(&m[0]))
	grid := [3][40]int{{1}, {2}, {3}}
	grid[0], grid[1], grid[2] = grid[1], grid[2], grid[0]
	fmt.Println(grid[0][0], grid[1][0], grid[2][0])
	ch := make(chan large, 1)
	ch <- *p
	p.change()
	fmt.Println((<-ch).k[0], p.k[0])
	table := map[string]large{"a": *p}
	p.change()
	fmt.Println(table["a"].k[0], table["none"].s == "")
	f := func() large { defer p.change(); return *p }
	fmt.Println(f().k[0], p.k[0])
}

func ranges() {
	a := [3]int{1, 2, 3}
	for i, v := range a { // a copy
		a[2] = 10
		fmt.Print(i, v, " ")
	}
	for i, v := range &a {
		a[2] = 20
		fmt.Print(i, v, " ")
	}
	s := a[:]
	for i, v := range s {
		s[2] = 30
		if i == 0 {
			s = append(s, 4)
		}
		fmt.Print(i, v, " ")
	}
	fmt.Println(len(s), a)
	var grid [2][30]int
	for i, row := range grid {
		grid[1][0] = 5
		fmt.Print(i, row[0], " ")
	}
	m := map[int]bool{1: true, 2: true, 3: true}
	n := 0
	for k := range m {
		delete(m, k)
		n++
	}
	fmt.Println(n, len(m))
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i *= 10; return i })
		i += 0
	}
	for _, f := range fs {
		fmt.Print(f(), f(), " ")
	}
	for i := range 3 {
		defer func() { fmt.Print("d", i, " ") }()
	}
	fmt.Println()
}

// -- assignments

func trace(log *[]string, s string, v int) int { *log = append(*log, s); return v }

func assignments() {
	a := []int{0, 1, 2, 3}
	i := 1
	i, a[i] = 2, 9
	fmt.Println(i, a)
	a[0], a = 5, nil
	fmt.Println(a == nil)
	type node struct {
		next *node
		v    int
	}
	list := &node{nil, 1}
	list, list.next = &node{nil, 2}, list
	fmt.Println(list.v, list.next == nil)
	x, y := 1, 2
	px, py := &x, &y
	*px, *py = *py, *px
	fmt.Println(x, y)
	var log []string
	b := make([]int, 3)
	b[trace(&log, "i", 0)], b[trace(&log, "j", 1)] = trace(&log, "x", 7), trace(&log, "y", 8)
	m := map[int]int{}
	m[trace(&log, "k", 1)] = trace(&log, "v", 2)
	m[trace(&log, "k", 1)] += trace(&log, "w", 3)
	fmt.Println(b, m, strings.Join(log, ""))
	func() {
		defer func() { fmt.Println(recover(), b) }()
		b[0], b[5-trace(&log, "", 0)] = 100, 1
	}()
	func() {
		defer func() { fmt.Println(recover() != nil, x) }()
		var none *int
		x, *none = 50, 1
	}()
	var s struct{ a, b int }
	s.a, s.b = 1, 2
	s = struct{ a, b int }{s.b, s.a}
	fmt.Println(s)
	str := "héllo"
	bytes := []byte(str)
	bytes[0] = 'j'
	fmt.Println(str, string(bytes))
}

// -- numbers

//go:noinline
func mulAdd(x, y, z float64) float64 { return x*y + z }

//go:noinline
func mulSub32(x, y, z float32) float32 { return z - x*y }

func numbers() {
	x := 1 + math.Ldexp(1, -30)
	if runtime.GOARCH != "arm64" { // gc fuses there, as it may
		fmt.Println(mulAdd(x, x, -1), mulSub32(1+1.0/4096, 1+1.0/4096, 1))
	}
	fmt.Println(float64(x*x) + -1)
	nan, zero := math.NaN(), 0.0
	negative := math.Copysign(0, -1)
	fmt.Println(min(negative, zero), 1/min(zero, negative), 1/max(negative, zero), max(1, nan), min(nan, 1), min("b", "a"))
	m := map[float64]int{nan: 1, zero: 3}
	m[nan] = 2
	m[negative] = 4
	fmt.Println(len(m), m[0], nan == nan, nan != nan, nan < 1, !(nan >= 1))
	clear(m)
	fmt.Println(len(m))
	var any1, any2 any = nan, nan
	fmt.Println(any1 == any2, any(zero) == any(negative))
	c := complex(math.Inf(1), 1)
	nothing, one := complex(zero, zero), complex(1+zero, 2)
	fmt.Println(c*c, c/nothing, one/nothing, one/complex(math.Inf(1), zero))
	var i8 int8 = -128
	var i64 int64 = math.MinInt64
	minus := int8(-1)
	fmt.Println(i8/minus, i8%minus, -i8, i64/int64(minus), i64%int64(minus), i8*minus)
	n := uint(70)
	fmt.Println(1<<n == 0, int64(-5)>>n, uint8(200)<<(n-66), int32(-1)>>(n/2))
	func() {
		defer func() { fmt.Println(recover()) }()
		k := -1
		fmt.Println(1 << k)
	}()
}

// -- initialisation by dependency

var (
	first  = second() + third
	third  = log("third", 3)
	fourth = func() int { return log("fourth", first) }()
	_      = log("blank", fourth)
)

func second() int { return log("second", fifth*2) }

var fifth = log("fifth", 5)

func log(s string, v int) int { order = append(order, fmt.Sprint(s, v)); return v }

var order []string

func init() { order = append(order, "init1") }
func init() { order = append(order, "init2") }

// -- embedding

type walker interface{ Walk() string }
type inner struct{ name string }

func (i *inner) Walk() string { return "walk " + i.name }
func (i inner) Name() string  { return i.name }

type throughPointer struct{ *inner }
type throughInterface struct {
	walker
	extra int
}
type deep struct {
	*throughPointer
	throughInterface
}

func (d deep) Walk() string { return "deep(" + d.throughPointer.Walk() + "," + d.throughInterface.Walk() + ")" }

func embedding() {
	in := &inner{"a"}
	tp := throughPointer{in}
	ti := throughInterface{tp, 1}
	d := deep{&tp, ti}
	var w walker = d
	fmt.Println(w.Walk(), d.Name(), ti.Walk())
	in.name = "b"
	f, g, h := w.Walk, tp.Name, (*inner).Walk
	in.name = "c"
	fmt.Println(f(), g(), h(in), throughPointer.Name(tp), walker.Walk(ti))
	func() {
		defer func() {
			err, _ := recover().(runtime.Error)
			fmt.Println(err)
		}()
		fmt.Println(throughInterface{}.Walk())
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var none throughPointer
		k := none.Name
		fmt.Println(k())
	}()
}

// -- comparison

func comparisons() {
	try := func(f func() bool) {
		defer func() {
			if r := recover(); r != nil {
				fmt.Println("panic:", r)
			}
		}()
		fmt.Println(f())
	}
	type pair struct{ a, b any }
	try(func() bool { return any([]int{}) == any([]int{}) })
	try(func() bool { return pair{1, []int{}} == pair{2, []int{}} }) // decided before the slices
	try(func() bool { return pair{1, []int{}} == pair{1, []int{}} })
	try(func() bool { return [2]any{1, func() {}} == [2]any{1, func() {}} })
	try(func() bool { return map[any]int{}[map[int]int{}] == 0 })
	try(func() bool { return any(pair{1, "x"}) == any(pair{1, "x"}) })
	try(func() bool { return error(nil) == nil && any((*int)(nil)) != nil })
	var a, b struct{}
	var z1, z2 [0]func()
	try(func() bool { return a == b && len(z1) == len(z2) && unsafe.Sizeof(z1) == 0 })
}

// -- panics

type ownError struct{ s string }

func (e ownError) Error() string { return "own " + e.s }

func panics() {
	func() {
		defer func() {
			r := recover()
			var nilError *runtime.PanicNilError
			err, _ := r.(error)
			fmt.Println(r, errors.As(err, &nilError))
		}()
		panic(nil)
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		defer func() { panic(fmt.Sprint("second after ", recover())) }()
		panic("first")
	}()
	func() {
		defer func() { fmt.Println("replaced:", recover()) }()
		defer panic("two")
		panic("one")
	}()
	done := make(chan string)
	go func() {
		defer func() { done <- fmt.Sprint("goexit ", recover()) }()
		defer func() {
			defer func() { recover() }()
			panic("inside")
		}()
		runtime.Goexit()
	}()
	fmt.Println(<-done)
	go func() {
		defer func() { done <- "after recovered panic" }()
		func() {
			defer func() { recover() }()
			defer runtime.Goexit()
			panic("lost")
		}()
		done <- "not reached"
	}()
	fmt.Println(<-done)
	named := func() (n int, err error) {
		defer func() {
			if e, ok := recover().(error); ok {
				n, err = n*2, e
			}
		}()
		n = 21
		panic(ownError{"x"})
	}
	fmt.Println(named())
	for i := range 3 {
		defer func(k int) { fmt.Print("late", k, i, " ") }(i * 10)
	}
}

// -- unsafe

func pointers() {
	s := []int32{1, 2, 3, 4}
	p := unsafe.Pointer(unsafe.SliceData(s))
	fmt.Println(*(*int32)(unsafe.Add(p, 8)), unsafe.Slice(&s[1], 2), unsafe.String(unsafe.StringData("hello"), 4))
	type t struct {
		a bool
		b int64
		c [0]func()
		d string
		e struct{}
	}
	var v t
	fmt.Println(unsafe.Alignof(v.a), unsafe.Offsetof(v.c) == unsafe.Offsetof(v.d), unsafe.Sizeof(v.d) == 2*unsafe.Sizeof(p),
		unsafe.Sizeof(v) > unsafe.Offsetof(v.e))
	for _, f := range []func(){
		func() { n := -1; _ = unsafe.Slice(&s[0], n) },
		func() { var none *int; n := 1; _ = unsafe.Slice(none, n) },
		func() { n := math.MaxInt; _ = unsafe.Slice(&s[0], n) },
		func() { n := -5; _ = unsafe.String(new(byte), n) },
		func() { _ = [4]int32(s[:3]) },
		func() { lo := 3; _ = s[lo:2] },
	} {
		func() {
			defer func() { fmt.Println(recover()) }()
			f()
		}()
	}
}

func main() {
	fmt.Println(first, third, fourth, order)
	copies()
	ranges()
	fmt.Println()
	assignments()
	numbers()
	embedding()
	comparisons()
	panics()
	fmt.Println()
	pointers()
}
