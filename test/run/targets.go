// What differs between targets: 64-bit arithmetic, layouts, arguments and results wider than the registers, calls by reflection, atomics, and a
// heap under load.
//
// RUN: %run %s
// RUN: %run %s --goarch 386
// RUN: %run %s --goarch arm64 --modes plain,procs2
package main

import (
	"fmt"
	"math"
	"math/bits"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ---- layouts

type mixed struct {
	a bool
	b int64
	c bool
	d float64
	e uint16
	f complex128
	g any
	h []byte
	i string
	j func()
	k [3]int8
	l struct{}
}

func layouts() {
	t := reflect.TypeFor[mixed]()
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Print(f.Name, " ", f.Offset, " ", f.Type.Size(), " ", f.Type.Align(), " ", f.Type.FieldAlign(), "; ")
	}
	var m mixed
	fmt.Println(t.Size(), unsafe.Sizeof(m), unsafe.Offsetof(m.f), unsafe.Alignof(m.b), bits.UintSize, math.MaxInt)
	type counters struct {
		flag bool
		n    atomic.Int64
		more bool
		u    atomic.Uint64
	}
	c := make([]counters, 3)
	kept = c // gc aligns the heap, not the stack
	for i := range c {
		fmt.Print(uintptr(unsafe.Pointer(&c[i].n))%8, uintptr(unsafe.Pointer(&c[i].u))%8, " ")
	}
	fmt.Println(unsafe.Sizeof(c[0]))
}

var kept any

// ---- 64 bits

//go:noinline
func divmod(a, b int64, c, d uint64) (int64, int64, uint64, uint64) {
	return a / b, a % b, c / d, c % d
}

//go:noinline
func shifts(a int64, b uint64, n uint) [6]uint64 {
	return [6]uint64{uint64(a << n), uint64(a >> n), b << n, b >> n, uint64(int32(a) >> n), uint64(uint8(b) << n)}
}

//go:noinline
func conversions(i int64, u uint64, f float64, g float32) []any {
	return []any{float64(i), float32(i), float64(u), float32(u), int64(f), uint64(f), int32(f), uint32(f), int64(g), uint64(g), int8(i), uint16(u), int(int32(i))}
}

func wide() {
	values := []int64{0, 1, -1, 7, -7, 1 << 31, -1 << 31, 1<<32 + 5, -1<<32 - 5, 1 << 53, math.MaxInt64, math.MinInt64, 0x123456789abcdef}
	sum := uint64(0)
	for _, a := range values {
		for _, b := range values {
			if b == 0 {
				continue
			}
			q, r, uq, ur := divmod(a, b, uint64(a), uint64(b))
			hi, lo := bits.Mul64(uint64(a), uint64(b))
			sum = sum*31 + uint64(q) ^ uint64(r) ^ uq ^ ur ^ hi ^ lo ^ uint64(a*b)
			if a > b {
				sum++
			}
		}
		for n := range uint(70) {
			for _, s := range shifts(a, uint64(a), n) {
				sum = bits.RotateLeft64(sum, 7) + s
			}
		}
		fmt.Println(a, bits.LeadingZeros64(uint64(a)), bits.TrailingZeros64(uint64(a)), bits.OnesCount64(uint64(a)), bits.ReverseBytes64(uint64(a)), sum)
	}
	for _, f := range []float64{0, 0.5, -0.5, 1e9, -1e9, 3e9, 1 << 52, 1<<53 + 1, 9.1e18, 1.7e19} {
		if f < 9e18 && f > -9e18 {
			fmt.Println(conversions(int64(f), uint64(math.Abs(f)), math.Abs(f/4), float32(math.Abs(f/8)/(1<<20)))...)
		}
		fmt.Println(uint64(math.Abs(f)), math.Float64bits(f), math.Float32bits(float32(f)), math.FMA(f, 1.1, 2.2))
	}
}

// ---- calls

type big struct {
	a, b int64
	s    string
	f    float32
	p    *int
	r    [4]int16
}

type ints struct{ a, b, c, d, e, f, g, h, i, j int }

//go:noinline
func many(a int8, b int64, c float32, d string, e []int, f any, g float64, h big, i func(int) int, j complex64, k uint16, l [2]string, m ints) (int64, string, float64, big, error) {
	h.a += b
	h.s += d + l[1]
	return int64(a) + b + int64(k) + int64(m.j), d + l[0] + fmt.Sprint(e, f, m), g + float64(c) + float64(real(j)), h, fmt.Errorf("%d", i(m.e))
}

func (b big) value(x int64, y float64) (string, float64) { return fmt.Sprint(b.a, b.s, x), y * 2 }
func (b *big) pointer(xs ...int) int64                   { return b.b + int64(len(xs)) }
func (b big) Exported(x float32, y int64, z string) (float32, int64, string, big) {
	return x + b.f, y + b.a, z + b.s, b
}

type valuer interface {
	value(int64, float64) (string, float64)
	pointer(...int) int64
}

func calls() {
	n := 5
	h := big{1, 2, "s", 3.5, &n, [4]int16{1, 2, 3, 4}}
	m := ints{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	show := func(a int64, b string, c float64, d big, e error) { fmt.Println(a, b, c, d.a, d.s, *d.p, d.r, e) }
	add := func(x int) int { return x + n }
	show(many(-3, 1<<40, 0.25, "d", []int{1, 2}, 7.5, 1e10, h, add, 2+3i, 65535, [2]string{"x", "y"}, m))
	var v valuer = &h
	s, f := v.value(1<<33, 1.25)
	fmt.Println(s, f, v.pointer(1, 2, 3), v.pointer())
	bound, expr := v.value, big.value
	fmt.Println(bound(2, 2))
	fmt.Println(expr(h, 3, 3))

	in := []reflect.Value{}
	for _, x := range []any{int8(-3), int64(1 << 40), float32(0.25), "d", []int{1, 2}, 7.5, 1e10, h, add, complex64(2 + 3i), uint16(65535), [2]string{"x", "y"}, m} {
		in = append(in, reflect.ValueOf(x))
	}
	out := reflect.ValueOf(many).Call(in)
	fmt.Println(out[0], out[1], out[2], out[3].Field(2), out[4])
	made := reflect.MakeFunc(reflect.TypeOf(many), func(args []reflect.Value) []reflect.Value {
		runtime.GC()
		args[1] = reflect.ValueOf(args[1].Int() + 1)
		return reflect.ValueOf(many).Call(args)
	}).Interface().(func(int8, int64, float32, string, []int, any, float64, big, func(int) int, complex64, uint16, [2]string, ints) (int64, string, float64, big, error))
	show(made(-3, 1<<40, 0.25, "d", []int{1, 2}, 7.5, 1e10, h, add, 2+3i, 65535, [2]string{"x", "y"}, m))
	method := reflect.ValueOf(h).Method(0)
	results := method.Call([]reflect.Value{reflect.ValueOf(float32(1.5)), reflect.ValueOf(int64(1 << 50)), reflect.ValueOf("z")})
	fmt.Println(results[0], results[1], results[2], results[3].Field(0))
	x, y, z, b := method.Interface().(func(float32, int64, string) (float32, int64, string, big))(2.5, 1<<51, "w")
	fmt.Println(x, y, z, b.b)

	total, done := int64(0), make(chan int64)
	for i := range 4 {
		go func(a int64, b float64, c string, d big, e ...int) {
			done <- a + int64(b) + int64(len(c)) + d.a + int64(len(e))
		}(int64(i)<<32, 2.5, "abc", h, 1, 2, 3)
	}
	for range 4 {
		total += <-done
	}
	r, t, e := deferred(1<<40, 1.5, h)
	fmt.Println(total, r, t, e)
}

func deferred(a int64, f float64, h big) (r int64, s string, e any) {
	defer func() {
		e = recover()
		s += "!"
	}()
	defer func(x int64, y float64, z big, w ...string) { s = fmt.Sprint(x, y, z.s, w) }(a+1, f*2, h, "p", "q")
	r = a * 2
	var none []int
	return int64(none[int(f)]), "", nil
}

type named struct{ n int }

func (n named) Name(x int64) string { return fmt.Sprint("named ", n.n, x) }
func (n *named) Set(i int)          { n.n = i }

// Types made by reflection have the methods of their embedded field; misaligned 64-bit atomics panic where words are of 32 bits.
func made() {
	for _, x := range []any{named{3}, &named{4}} {
		t := reflect.StructOf([]reflect.StructField{{Name: "Named", Anonymous: true, Type: reflect.TypeOf(x)}})
		v := reflect.New(t).Elem()
		v.Field(0).Set(reflect.ValueOf(x))
		fmt.Print(t.NumMethod(), " ", t, " ")
		if n, ok := v.Interface().(interface{ Name(int64) string }); ok {
			fmt.Print(n.Name(1 << 35))
		}
		for i := range t.NumMethod() {
			fmt.Print(" ", t.Method(i).Name, t.Method(i).Type)
		}
		fmt.Println()
	}
	x := make([]uint32, 4)
	p := (*uint64)(unsafe.Pointer(&x[1]))
	for _, f := range []func(){func() { atomic.AddUint64(p, 1) }, func() { atomic.StoreUint64(p, 2) }, func() { atomic.LoadUint64(p) }, func() { atomic.CompareAndSwapUint64(p, 2, 3) }} {
		func() {
			defer func() { fmt.Println(recover()) }()
			if bits.UintSize == 32 {
				f()
			}
		}()
	}
}

type cause struct{ p *named }

func (c *cause) fail() { panic(c.p.n) }

// Calls that are deferred panic after the body has returned, and older ones recover.
func late(n int, log *[]string) (r int, s string) {
	defer func() {
		if e := recover(); e != nil {
			*log = append(*log, fmt.Sprint("outer ", e))
			r++
		}
	}()
	var nothing *cause
	defer func() { *log = append(*log, "between") }()
	defer nothing.fail()
	for i := range n {
		defer func() {
			*log = append(*log, fmt.Sprint("recovered ", recover(), grow(3, int64(i)).check()))
		}()
		defer (&cause{&named{i}}).fail()
	}
	return n * 10, strings.Repeat("s", n)
}

// recover as the deferred function itself counts as a call of the function that defers.
func recovering(depth int) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint("not recovered: ", r)
		}
	}()
	switch depth {
	case 0:
		defer recover()
	case 1:
		defer func() { defer recover() }()
	case 2:
		defer func() {
			func() { defer recover() }()
		}()
	case 3:
		var none func()
		defer none()
	case 4:
		defer func() {
			defer recover()
			defer func() { s = fmt.Sprint(recover()) }()
			panic("inner")
		}()
	}
	panic("outer")
}

func lateCalls() {
	for i := range 5 {
		fmt.Print(recovering(i), "; ")
	}
	fmt.Println()
	a, b, c, d := int64(1), "b", 2.5, &named{7}
	var log []string
	for n := range 4 {
		r, s := late(n, &log)
		a, b, c, d = a+int64(r), b+s, c*2, &named{d.n + n}
	}
	fmt.Println(a, b, c, d.n, len(log), log)
}

// ---- the heap

type node struct {
	left, right *node
	key         int64
	text        string
}

func grow(depth int, key int64) *node {
	if depth == 0 {
		return &node{key: key, text: strings.Repeat("x", int(key%7))}
	}
	return &node{grow(depth-1, key*2), grow(depth-1, key*2+1), key, fmt.Sprint(key)}
}

func (n *node) check() int64 {
	if n == nil {
		return 0
	}
	return n.key%11 + int64(len(n.text)) + n.left.check() + n.right.check()
}

type key struct {
	a int64
	b string
	c [2]float32
}

func heap() {
	tree := grow(10, 1)
	var wg sync.WaitGroup
	var sum, allocations atomic.Int64
	results := make(chan *node, 3)
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			local := map[key]*node{}
			for k := range 300 {
				t := grow(3, int64(k+i))
				local[key{int64(k), fmt.Sprint(k % 10), [2]float32{float32(k), 0}}] = t
				if k%3 == 0 {
					delete(local, key{int64(k / 2), fmt.Sprint(k / 2 % 10), [2]float32{float32(k / 2), 0}})
				}
				if k%50 == 0 {
					results <- t
				}
				allocations.Add(1)
			}
			for _, t := range local {
				sum.Add(t.check())
			}
		}()
	}
	go func() { wg.Wait(); close(results) }()
	received := int64(0)
	for t := range results {
		received += t.check()
	}
	texts := []string{}
	for n := range 400 {
		texts = append(texts, strings.Repeat(string(rune('a'+n%26)), n%5)+fmt.Sprint(n*n))
	}
	sort.Strings(texts)
	runtime.GC()
	fmt.Println(tree.check(), sum.Load(), received, allocations.Load(), texts[0], texts[200], texts[399])
	floats := map[float64]int{math.NaN(): 1, 0: 2, math.Inf(1): 3, 1 << 60: 4}
	floats[math.Copysign(0, -1)]++
	anys := map[any]int{int64(1): 1, 1: 2, "1": 3, 1.0: 4, [1]int{1}: 5, key{}: 6, complex(1, 0): 7}
	fmt.Println(len(floats), floats[0], floats[1<<60], len(anys), anys[int64(1)], anys[[1]int{1}], anys[key{}], anys[1+0i])
}

func main() {
	for _, part := range []func(){layouts, wide, calls, lateCalls, made, heap} {
		part()
	}
	if len(os.Args) > 5 {
		os.Exit(1)
	}
}
