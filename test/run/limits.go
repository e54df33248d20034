// Limits that the collector relies on: a channel's element is smaller than 64 kB (make in generic code, reflect.ChanOf), a type's pointer mask has
// up to 2048 bytes or is made on demand. Masks and messages must be gc's; every figure is in words, so that the output is the same on 32 bits.
// RUN: %run %s
// RUN: %run %s --goarch 386 --modes plain,stress
// RUN: %run %s --goarch arm64 --modes plain
package main

import (
	"fmt"
	"reflect"
	"unsafe"
)

const word = unsafe.Sizeof(uintptr(0))

type elem struct {
	x uintptr
	p *int
	y uintptr
}

type (
	M2047  [2047 * 8]*int
	M2048  [2048 * 8]*int
	M2049  [2048*8 + 1]*int
	Prefix struct {
		a *int
		b uintptr
		c *int
		d [100000]uintptr
	}
	Nested struct {
		grid [2][2]elem
		s    string
		i    interface{}
		m    map[int]int
		e    []byte
	}
	Pattern struct {
		a [5461]elem
		b *int
	}
	Deep struct {
		n [3]struct {
			f func()
			x [2]struct {
				c chan int
				k [2]uintptr
			}
		}
		p [0]*int
		u unsafe.Pointer
		w uintptr
	}
)

// descriptor is the head of internal/abi.Type.
type descriptor struct {
	size, pointerBytes             uintptr
	hash                           uint32
	flags, align, fieldAlign, kind uint8
	equal                          unsafe.Pointer
	mask                           *byte
}

const onDemand = 1 << 4

func mask(t reflect.Type) {
	d := (*descriptor)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
	n := (d.pointerBytes/word + 7) / 8
	fmt.Printf("%v: %d words, pointers in the first %d, %d bytes of mask", t, d.size/word, d.pointerBytes/word, n)
	if d.flags&onDemand != 0 {
		fmt.Println(", on demand")
		return
	}
	bits, sum := unsafe.Slice(d.mask, n), uint32(0)
	for _, b := range bits {
		sum = sum*31 + uint32(b)
	}
	fmt.Printf(": % x (%08x)\n", bits[max(0, len(bits)-16):], sum)
}

func attempt(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(what, "panics:", r)
		}
	}()
	f()
	fmt.Println(what, "works")
}

func channel[T any](n int) chan T { return make(chan T, n) }

// Large is the largest element that is all pointers.
type Large struct{ p [65535 / word]*int }

func pass[T any](c chan T, in T) (out T) {
	done := make(chan bool)
	go func() { out = <-c; done <- true }()
	c <- in
	<-done
	return
}

func main() {
	for _, v := range []any{M2047{}, M2048{}, M2049{}, Prefix{}, Nested{}, Pattern{}, Deep{}} {
		mask(reflect.TypeOf(v))
	}
	pointer := reflect.TypeFor[*int]()
	for _, n := range []int{1, 63, 65, 2047 * 8, 2048 * 8, 2048*8 + 1} {
		mask(reflect.ArrayOf(n, pointer))
		mask(reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[uintptr]()}, {Name: "B", Type: reflect.ArrayOf(n, pointer)}}))
	}

	largest := pass(channel[[65535]byte](0), [65535]byte{0: 1, 65534: 7})
	fmt.Println(largest[0], largest[65534], cap(channel[[65535]byte](2)))
	for _, n := range []int{65535, 65536, 65537} {
		elem := reflect.ArrayOf(n, reflect.TypeFor[byte]())
		attempt(fmt.Sprint("reflect.ChanOf of ", n), func() {
			c := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, elem), 1)
			v := reflect.New(elem).Elem()
			v.Index(n - 1).SetUint(9)
			c.Send(v)
			r, ok := c.Recv()
			fmt.Println(r.Index(n-1), ok, c.Cap())
		})
	}
	attempt("reflect.ChanOf of pointers", func() { reflect.ChanOf(reflect.BothDir, reflect.ArrayOf(int(65536/word), pointer)) })

	// Every pointer of the largest elements arrives and stays alive.
	var in Large
	for i := range in.p {
		in.p[i] = new(int)
		*in.p[i] = i
	}
	out := pass(make(chan Large), in)
	sum := 0
	for i, p := range out.p {
		sum += i ^ *p
	}
	fmt.Println(sum)
}
