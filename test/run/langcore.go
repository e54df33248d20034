// Statements and values: goto, labels, switch, select, closures, method values, embedding, comparison, arrays by value, big structs, NaN in maps.
//
// RUN: %run %s

package main

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"
	"unsafe"
)

func gotos(n int) (s string) {
	i := 0
loop:
	if i < n {
		s += fmt.Sprint(i)
		i++
		if i == 3 {
			goto skip
		}
		goto loop
	}
	return s + "."
skip:
	s += "|"
	goto loop
}

func labels() (s string) {
outer:
	for i := 0; ; i++ {
		switch {
		case i == 2:
			continue outer
		case i > 6:
			break outer
		default:
			for j := range 5 {
				if j == i {
					continue outer
				}
				if i == 5 {
					break
				}
				s += fmt.Sprint(i, j, ",")
			}
		}
	sel:
		select {
		default:
			if i == 4 {
				break sel
			}
			s += "s"
		}
	}
block:
	switch {
	default:
		if len(s) > 3 {
			break block
		}
		s = "never"
	}
	return
}

func switches(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int, int8:
		return fmt.Sprintf("int-ish %v", v)
	case string:
		switch {
		case v == "":
			return "empty"
		case v < "m":
			fallthrough
		case v == "zz":
			return "low or zz"
		default:
			return "high"
		}
	case error:
		return "error " + v.Error()
	case fmt.Stringer:
		return "stringer " + v.String()
	case func() int:
		return fmt.Sprint("func ", v())
	case []int:
		return fmt.Sprint("slice ", len(v))
	case [2]int:
		return fmt.Sprint("array ", v[1])
	case struct{ A, B int }:
		return fmt.Sprint("struct ", v.A+v.B)
	case map[string]int:
		return fmt.Sprint("map ", v["k"])
	case chan int:
		return fmt.Sprint("chan ", cap(v))
	case *int:
		return fmt.Sprint("ptr ", *v)
	case uintptr:
		return "uintptr"
	case complex128:
		return fmt.Sprint("complex ", real(v), imag(v))
	}
	return fmt.Sprintf("other %T", x)
}

func closures() {
	var fs []func() int
	for i := 0; i < 3; i++ {
		j := i * i
		fs = append(fs, func() int { i += 10; j++; return i*100 + j })
	}
	for _, f := range fs {
		fmt.Print(f(), " ", f(), " ")
	}
	acc := func() func(int) int {
		sum := 0
		return func(n int) int { sum += n; return sum }
	}()
	acc(3)
	acc(4)
	fmt.Println(acc(5))
	var fib func(int) int
	fib = func(n int) int {
		if n < 2 {
			return n
		}
		return fib(n-1) + fib(n-2)
	}
	fmt.Println(fib(20))
	a := [3]int{1, 2, 3}
	g := func() int { return a[0] + a[1] + a[2] }
	a[1] = 20
	fmt.Println(g())
	x := 1
	h := func(y *int) func() int { return func() int { *y++; return *y } }(&x)
	h()
	fmt.Println(h(), x)
}

type Animal interface {
	Name() string
	Sound() string
}
type Base struct {
	name string
	legs int
}

func (b Base) Name() string   { return b.name }
func (b *Base) Rename(n string) { b.name = n }
func (b Base) Sound() string  { return "..." }

type Dog struct {
	Base
	tricks []string
}

func (d Dog) Sound() string { return "woof" }

type Puppy struct {
	*Dog
	Animal2
	age int
}
type Animal2 interface{ Cuddle() string }
type cud int

func (c cud) Cuddle() string { return fmt.Sprint("cuddle", int(c)) }

func embedding() {
	d := &Dog{Base{"rex", 4}, nil}
	p := Puppy{d, cud(3), 1}
	var a Animal = p
	fmt.Println(a.Name(), a.Sound(), p.Cuddle(), p.legs)
	p.Rename("bello")
	fmt.Println(a.Name(), d.Base.Sound(), p.Dog.Base.Name())
	f := p.Name
	r := d.Rename
	r("fido")
	fmt.Println(f(), p.Name(), Animal.Name(a), (*Dog).Sound(d), Puppy.Sound(p), Base.Name(d.Base))
	m := Animal.Sound
	fmt.Println(m(d))
	cuddle := p.Animal2.Cuddle
	p.Animal2 = cud(9)
	fmt.Println(cuddle(), p.Cuddle())
	type loc interface {
		Animal
		interface{ Cuddle() string }
	}
	var l loc = &p
	fmt.Println(l.Cuddle(), l.(Animal).Name())
	_, ok := any(d).(loc)
	fmt.Println(ok)
	g := l.Cuddle
	fmt.Println(g())
}

type big struct {
	a [20]int64
	s string
	m map[string]int
	f float64
}

func (b big) with(i int, v int64) big { b.a[i] = v; b.s += fmt.Sprint(v); return b }
func (b *big) set(i int, v int64)     { b.a[i] = v }

func bigValues() {
	var b big
	b2 := b.with(3, 5).with(4, 6)
	b3 := b2
	b3.set(3, 99)
	fmt.Println(b.a[3], b2.a[3], b3.a[3], b2.s)
	arr := [2]big{b2, b3}
	cp := arr
	arr[0].a[3] = 1
	fmt.Println(cp[0].a[3], arr[0].a[3])
	for i, e := range arr {
		arr[1].a[3] = 1000
		fmt.Print(i, e.a[3], " ")
	}
	for i := range arr {
		fmt.Print(arr[i].a[3], " ")
	}
	ch := make(chan big, 1)
	ch <- b3
	got := <-ch
	fmt.Println(got.a == b3.a, got.s == b3.s)
	m := map[[3]string]big{{"a", "b", "c"}: b2}
	fmt.Println(m[[3]string{"a", "b", "c"}].a[4], m[[3]string{}].a[4])
	var i any = b2
	b2.a[4] = 0
	fmt.Println(i.(big).a[4])
	fn := b2.with
	b2.s = "changed"
	fmt.Println(fn(0, 1).s)
	x, y := [3]int{1, 2, 3}, [3]int{4, 5, 6}
	x, y = y, x
	fmt.Println(x, y, x == y, x != [3]int{4, 5, 6})
	s := x[:]
	x[0], s[1] = s[1], x[0]
	fmt.Println(x)
	pa := &y
	for i := range pa {
		pa[i] *= 2
	}
	for i, v := range pa {
		pa[2] = 0
		fmt.Print(i, v, " ")
	}
	fmt.Println(len(pa), y)
}

type cmp struct {
	a int8
	b float64
	c string
	d any
	e [2]complex64
	_ int
}

func comparisons() {
	c1 := cmp{1, 2, "x", 3, [2]complex64{1, 2i}, 0}
	c2 := c1
	fmt.Println(c1 == c2)
	c2.d = "3"
	fmt.Println(c1 == c2)
	c2 = c1
	c2.b = math.NaN()
	fmt.Println(c2 == c2, c2 != c2)
	var i1, i2 any = c1, c1
	fmt.Println(i1 == i2, i1 == any(c2), any(1) == any(int8(1)), any(nil) == nil)
	var p *int
	var ip any = p
	fmt.Println(ip == nil, ip == any((*int)(nil)))
	var e1 error
	fmt.Println(e1 == nil, any(e1) == nil)
	z := math.Copysign(0, -1)
	fmt.Println(z == 0, 1/z, [1]float64{z} == [1]float64{0}, any(z) == any(0.0))
	ch := make(chan int)
	var ro <-chan int = ch
	fmt.Println(ro == ch)
	type empty struct{}
	fmt.Println(empty{} == empty{}, unsafe.Sizeof(c1), unsafe.Offsetof(c1.d))
	fmt.Println("a" < "b", "ab" < "abc", "b" > "abc", "" == "", "x"+"y" >= "xy")
}

func nanMaps() {
	m := map[float64]int{}
	for i := range 5 {
		m[math.NaN()] = i
	}
	m[0] = 10
	m[math.Copysign(0, -1)] = 11
	_, ok := m[math.NaN()]
	fmt.Println(len(m), ok, m[0])
	sum := 0
	for k, v := range m {
		if k != k {
			sum += v
		}
	}
	delete(m, math.NaN())
	fmt.Println(sum, len(m))
	clear(m)
	fmt.Println(len(m))
	mi := map[any]string{1: "int", int8(1): "int8", "1": "s", 1.0: "f", [1]int{1}: "arr", struct{ x int }{1}: "st", nil: "nil", true: "b"}
	fmt.Println(len(mi), mi[1], mi[int8(1)], mi["1"], mi[1.0], mi[[1]int{1}], mi[struct{ x int }{1}], mi[nil], mi[true], mi[false] == "")
	big := map[int]int{}
	for i := range 10000 {
		big[i*7] = i
	}
	n := 0
	for k, v := range big {
		if k != v*7 {
			panic("bad")
		}
		if k%2 == 0 {
			delete(big, k)
		}
		n++
	}
	fmt.Println(n, len(big))
	mm := map[string][]int{}
	mm["a"] = append(mm["a"], 1, 2)
	mm["a"][0]++
	ms := map[string]struct{ n int }{"x": {1}}
	v, ok := ms["x"]
	w, ok2 := ms["y"]
	cnt := map[rune]int{}
	for _, r := range "hello, wörld" {
		cnt[r]++
		cnt['z'] -= 2
	}
	fmt.Println(mm, v, ok, w, ok2, cnt['l'], cnt['ö'], cnt['z'])
}

func selects() {
	a, b := make(chan int), make(chan string, 1)
	done := make(chan struct{})
	go func() {
		for i := range 3 {
			a <- i
		}
		b <- "b"
		close(done)
	}()
	n := 0
	for running := true; running; {
		select {
		case v, ok := <-a:
			n += v
			if !ok {
				panic("closed")
			}
		case <-done:
			running = false
		case <-time.After(10 * time.Second):
			panic("timeout")
		}
	}
	var nilc chan int
	select {
	case nilc <- 1:
	case <-nilc:
	case s := <-b:
		fmt.Println(n, s)
	}
	arr := []int{0, 0}
	idx := func(i int) int { fmt.Print("idx", i, " "); return i }
	c := make(chan int, 2)
	c <- 42
	select {
	case arr[idx(1)] = <-c:
	}
	select {
	case c <- idx(5):
	case arr[idx(0)] = <-nilc:
	}
	var ok bool
	close(c)
	select {
	case arr[0], ok = <-c:
	}
	fmt.Println(arr, ok)
	arr[0], ok = <-c
	fmt.Println(arr, ok)
	for v := range c {
		fmt.Println("never", v)
	}
}

func stringsIter() {
	bad := "a\xffb\xc0\xafc\xed\xa0\x80d\xf4\x90\x80\x80é世\xe4\xb8"
	for i, r := range bad {
		fmt.Printf("%d:%x ", i, r)
	}
	fmt.Println(len(bad), len([]rune(bad)))
	rs := []rune{0x10FFFF, 0x110000, -1, 0xD800, 'x'}
	fmt.Printf("%+q %x\n", string(rs), string(rs))
	bs := []byte("héllo")
	s := string(bs)
	bs[0] = 'X'
	fmt.Println(s, string(bs), string(rune(65)), string(rune(-1)))
	for i := range "日本" {
		fmt.Print(i, " ")
	}
	for range "日本" {
		fmt.Print("* ")
	}
	fmt.Println(strings.ToUpper("straße"), "abc"[1:2], len("日本"[3:]))
	sw := string(bs[1:3])
	switch sw {
	case "é":
		fmt.Println("é")
	}
	mm := map[string]int{"é": 3}
	fmt.Println(mm[string(bs[1:3])])
}

func order() {
	var tr []string
	t := func(s string, v int) int { tr = append(tr, s); return v }
	m := map[int]int{}
	arr := []int{1, 2, 3}
	m[t("k", 1)] = t("v", 2)
	arr[t("i", 0)], arr[t("j", 1)] = t("x", 10), t("y", 20)
	_ = t("a", 1) + t("b", 2)*t("c", 3)
	_ = []int{t("e0", 0), t("e1", 1)}
	f := func(a, b int) func(int) int { tr = append(tr, "f"); return func(c int) int { tr = append(tr, "g"); return a + b + c } }
	_ = f(t("p", 1), t("q", 2))(t("r", 3))
	i := 0
	i, arr[i] = 2, 77
	fmt.Println(strings.Join(tr, " "), arr, i)
	a, b := 1, 2
	a, b = b, a+b
	fmt.Println(a, b)
	p := &a
	x := *p + func() int { *p = 100; return 1 }()
	fmt.Println(x == 3 || x == 101)
	sort.Slice(arr, func(i, j int) bool { return arr[i] < arr[j] })
	fmt.Println(arr)
}

func main() {
	fmt.Println(gotos(6), labels())
	seven := 7
	for _, x := range []any{nil, 1, int8(2), "", "a", "zz", "q", fmt.Errorf("e"), time.Second, func() int { return 4 }, []int{1}, [2]int{3, 4},
		struct{ A, B int }{5, 6}, map[string]int{"k": 8}, make(chan int, 9), &seven, uintptr(1), 2 + 3i, 'x', 1.5} {
		fmt.Println(switches(x))
	}
	closures()
	embedding()
	bigValues()
	comparisons()
	nanMaps()
	selects()
	stringsIter()
	order()
}
