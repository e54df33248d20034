// Tracebacks on the three targets: panics, runtime errors, faults and deadlocks end with status 2 and with function, file and line of each frame.
//
// RUN: %run %s --cases index,nil,divide,inlined,error,defer,repanic,goroutine,deadlock,closure,nilcall,nilmap,generic,assert,custom,float --modes plain,procs2,stress
// RUN: %run %s --cases index,nil,divide,inlined,error,defer,repanic,goroutine,deadlock,closure,nilcall,nilmap,generic,assert,custom,float --goarch 386 --modes plain,stress
// RUN: %run %s --cases index,nil,divide,inlined,error,defer,repanic,goroutine,deadlock,closure,nilcall,nilmap,generic,assert,custom,float --goarch arm64 --modes plain
package main

import (
	"errors"
	"os"
)

type list struct {
	next  *list
	value int
}

type shape interface{ area(int) int }

type square struct{ sides []int }

func (s *square) area(i int) int { return s.sides[i] * s.sides[i] }

//go:noinline
func measure(s shape, i int) int { return s.area(i) }

func last(l *list) int {
	for l.value != 0 {
		l = l.next
	}
	return l.value
}

//go:noinline
func divide(a, b int) int { return a / b }

func inlined(a []int, i int) int { return a[i] + 1 }

//go:noinline
func recurse(n int) int {
	if n == 0 {
		panic(errors.New("at the bottom"))
	}
	return recurse(n-1) + 1
}

type box[T any] struct{ v []T }

//go:noinline
func (b box[T]) at(i int) T { return b.v[i] }

func main() {
	zero := len(os.Args) - 2
	switch os.Args[1] {
	case "index":
		println(measure(&square{[]int{1, 2}}, zero+5))
	case "nil":
		println(last(&list{nil, zero + 1}))
	case "divide":
		println(divide(1, zero))
	case "inlined":
		println(inlined(make([]int, zero), zero+3))
	case "error":
		println(recurse(3))
	case "defer":
		defer func() {
			defer func() {
				panic("third")
			}()
			panic("second")
		}()
		panic("first")
	case "repanic":
		defer func() {
			r := recover()
			panic(r)
		}()
		println(divide(1, zero))
	case "goroutine":
		done := make(chan bool)
		go func() {
			println(measure(&square{}, zero))
			done <- true
		}()
		<-done
	case "deadlock":
		c := make(chan int)
		c <- zero
	case "closure":
		f := func(i int) int { return [3]int{1, 2, 3}[i] }
		println(f(zero + 3))
	case "nilcall":
		var f func(int) int
		println(f(zero))
	case "nilmap":
		var m map[string]int
		m["a"] = zero
	case "generic":
		println(box[string]{[]string{"a"}}.at(zero + 1))
	case "assert":
		var s any = zero
		println(s.(shape))
	case "custom":
		panic(box[int]{})
	case "float":
		panic(float64(zero) + 1.5)
	}
}
