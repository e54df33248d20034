// Objects in the frame whose address becomes one of several pointers, or is kept in another object, after calls at which a collection may happen: what they point to lives on.
// RUN: %run %s --modes plain,procs1,procs2,stress,stress1
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

var finalized atomic.Int32

type cell struct {
	p *[4]int
	n int
}

type holder struct {
	first, second *cell
}

//go:noinline
func newCell(c *cell, n int) {
	c.p = new([4]int)
	c.n = n
	runtime.SetFinalizer(c.p, func(*[4]int) { finalized.Add(1) })
}

//go:noinline
func read(c *cell) int { return c.p[3] + c.n }

//go:noinline
func readHeld(h *holder) int { return read(h.first) + read(h.second) }

//go:noinline
func collected() int32 {
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return finalized.Swap(0)
}

func selected() {
	var d, e cell
	newCell(&d, 1)
	newCell(&e, 2)
	p := &d
	if read(&e) == 1 {
		p = &e
	}
	n := collected() // the one that p does not point to may be gone
	m := read(p)
	fmt.Println("selected", n <= 1, m, n+collected())
}

func joined(which int) {
	var a, b, c cell
	newCell(&a, 1)
	newCell(&b, 2)
	newCell(&c, 3)
	var p *cell
	switch collected(); which {
	case 0:
		p = &a
	case 1:
		p = &b
	default:
		p = &c
	}
	n := collected()
	m := read(p)
	fmt.Println("joined", n <= 2, m, n+collected())
}

func held() {
	var a, b cell
	newCell(&a, 1)
	newCell(&b, 2)
	before := collected()
	var h holder
	h.first = &a
	middle := collected()
	h.second = &b
	after := collected()
	fmt.Println("held", before, middle, after, readHeld(&h), collected())
}

func main() {
	for i := range 3 {
		selected()
		joined(i)
		held()
	}
}
