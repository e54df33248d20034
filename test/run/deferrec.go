// Defer, panic and recover: order, re-panic, results, loops, nested recovers, Goexit, runtime errors.
//
// RUN: %run %s

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

type myErr struct{ code int }

func (e *myErr) Error() string { return fmt.Sprint("myErr ", e.code) }

func order() {
	for i := 0; i < 4; i++ {
		defer func(n int) { fmt.Print("d", n, i, " ") }(i * 10)
	}
	fmt.Print("body ")
}

func named() (x int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("wrapped: %v", r)
			x *= 2
		}
	}()
	x = 21
	panic("boom")
}

func nested() (s string) {
	defer func() {
		s += fmt.Sprint("outer:", recover(), ";")
	}()
	defer func() {
		defer func() {
			s += fmt.Sprint("inner:", recover(), ";")
			panic("third")
		}()
		panic("second")
	}()
	panic("first")
}

func helper() any { return recover() }

func notDirect() (s string) {
	defer func() { s = fmt.Sprint("outer ", recover()) }()
	defer func() {
		func() { fmt.Println("nested recover:", recover()) }()
	}()
	defer func() { fmt.Println("helper:", helper()) }()
	panic("x")
}

func direct() (s string) {
	s = "ok"
	defer helper()
	panic("x")
}

type T struct{ n int }

func (t T) Rec()   { fmt.Println("T.Rec", t.n, recover()) }
func (t *T) PRec() { fmt.Println("T.PRec", t.n, recover()) }

type R interface{ Rec() }

func methods() {
	t := &T{5}
	func() {
		defer t.Rec()
		panic(1)
	}()
	func() {
		defer t.PRec()
		panic(2)
	}()
	func() {
		var r R = t
		defer r.Rec()
		panic(3)
	}()
	func() {
		f := t.PRec
		defer f()
		panic(4)
	}()
	func() {
		f := (*T).Rec
		defer f(t)
		panic(5)
	}()
}

type E struct{ *T }

func embedded() {
	var r R = E{&T{9}}
	defer r.Rec()
	panic("emb")
}

func runtimeErrors() {
	try := func(name string, f func()) {
		defer func() {
			r := recover()
			var re runtime.Error
			if e, ok := r.(error); ok && errors.As(e, &re) {
				fmt.Println(name, "runtime error:", re.Error())
			} else {
				fmt.Printf("%s %T %v\n", name, r, r)
			}
		}()
		f()
	}
	var s []int
	var m map[string]int
	var p *T
	var e any
	var fn func()
	var arr [4]int
	zero := 0
	five := 5
	neg := -1
	try("index", func() { _ = s[five] })
	try("index neg", func() { _ = s[neg] })
	try("arr", func() { arr[five] = 1 })
	try("slice", func() { _ = s[1:five] })
	try("slice2", func() { s = make([]int, 3); _ = s[five:] })
	try("slice3", func() { five2 := 2; _ = s[five2:1] })
	try("slice4", func() { _ = s[:2:five] })
	try("slice5", func() { a := 3; _ = s[a:2:3] })
	try("str", func() { _ = "abc"[five] })
	try("str2", func() { x := "abc"; _ = x[five:] })
	try("str3", func() { x := "abc"; y := 2; _ = x[y:1] })
	try("nil map", func() { m["a"] = 1 })
	try("nil ptr", func() { p.n = 1 })
	try("nil func", func() { fn() })
	try("div", func() { fmt.Println(1 / zero) })
	try("mod", func() { fmt.Println(1 % zero) })
	try("assert", func() { _ = e.(int) })
	e = "str"
	try("assert2", func() { _ = e.(int) })
	try("assert3", func() { _ = e.(fmt.Stringer) })
	try("assert4", func() { _ = e.(R) })
	try("make", func() { _ = make([]int, neg) })
	try("make2", func() { _ = make([]int, 1, zero) })
	try("chan", func() { _ = make(chan int, neg) })
	try("close nil", func() { var c chan int; close(c) })
	try("close closed", func() { c := make(chan int); close(c); close(c) })
	try("send closed", func() { c := make(chan int); close(c); c <- 1 })
	try("shift", func() { fmt.Println(1 << neg) })
	try("array conv", func() { _ = [4]int(s) })
	try("hash", func() { mm := map[any]int{}; mm[[]int{1}] = 2 })
	try("compare", func() { var a, b any = []int{1}, []int{1}; fmt.Println(a == b) })
	try("custom", func() { panic(&myErr{3}) })
	try("nil panic", func() { panic(nil) })
	try("err", func() { panic(errors.New("plain")) })
	try("iface nil method", func() { var r R; r.Rec() })
	try("nil embedded", func() { var r E; _ = r.n })
	try("value method nil ptr", func() { var t *T; var r R = t; recThrough(r) })
	try("method expression nil ptr", func() { f := (*T).Rec; f(nil) })
	try("of an instance", func() { f := (*gen[int]).get; f(nil) })
	try("in generic code", func() { genericGet[int](nil) })
	try("wrapper of an instance", func() { var g getter = (*gen[int])(nil); getThrough(g) })
}

func goexit() {
	done := make(chan string, 3)
	go func() {
		defer close(done)
		defer func() { done <- fmt.Sprint("recover in goexit: ", recover()) }()
		func() {
			defer func() { done <- "inner" }()
			runtime.Goexit()
		}()
		done <- "unreachable"
	}()
	for s := range done {
		fmt.Println(s)
	}
}

func loopRecover() (n int) {
	for i := range 1000 {
		func() {
			defer func() {
				if r := recover(); r != nil {
					n += r.(int)
				}
			}()
			if i%3 == 0 {
				panic(i)
			}
			n++
		}()
	}
	return
}

func deep(n int) {
	defer func() {
		if n%500 == 0 {
			if r := recover(); r != nil {
				panic(fmt.Sprint(r, " re", n))
			}
		}
	}()
	if n == 0 {
		panic("bottom")
	}
	deep(n - 1)
}

func deferModify() (r int) {
	defer func() { r++ }()
	defer func() { r *= 2 }()
	return 10
}

func deferArgs() {
	x := 1
	defer fmt.Println("deferred x =", x)
	x = 2
	defer func() { fmt.Println("closure x =", x) }()
	x = 3
}

func big() (a [40]int, s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
			a[39] = 7
		}
	}()
	a[0] = 1
	s = "set"
	var p *[40]int
	a = *p
	return
}

func condDefer(n int) (out []int) {
	if n > 1 {
		defer func() { out = append(out, 1) }()
	}
	for i := 0; i < n; i++ {
		if i%2 == 1 {
			defer func() { out = append(out, i) }()
		}
	}
	switch {
	case n == 3:
		defer func() { out = append(out, 33) }()
		return []int{3}
	}
	return nil
}

func main() {
	order()
	fmt.Println()
	fmt.Println(named())
	fmt.Println(func() (s string) {
		defer func() { s += fmt.Sprint("third caught ", recover()) }()
		return nested()
	}())
	fmt.Println(notDirect())
	fmt.Println(direct())
	methods()
	embedded()
	runtimeErrors()
	goexit()
	fmt.Println(loopRecover())
	func() {
		defer func() { s := recover().(string); fmt.Println(len(s), strings.Count(s, "re")) }()
		deep(3000)
	}()
	fmt.Println(deferModify())
	deferArgs()
	fmt.Println(big())
	fmt.Println(condDefer(0), condDefer(2), condDefer(3), condDefer(6))
	defer fmt.Println("not printed")
	defer os.Exit(7)
	panic("exit by deferred os.Exit")
}

// gc would devirtualise and inline the call, and then fault instead of calling the wrapper that panics.
//
//go:noinline
func recThrough(r R) { r.Rec() }

//go:noinline
func getThrough(g getter) { g.get() }

type gen[T any] struct{ v T }

func (g gen[T]) get() T { return g.v }

type getter interface{ get() int }

func genericGet[T any](p *gen[T]) { f := (*gen[T]).get; f(p) }
