// Names of functions, as tracebacks and profiles show them: literals are numbered in the order of the source, whichever is evaluated first, and those in
// bodies of range-over-func loops count for the function that the loop is in.
// RUN: %run %s
package main

import (
	"fmt"
	"runtime"
)

//go:noinline
func caller(label string) string {
	pc, _, _, _ := runtime.Caller(1)
	return label + " " + runtime.FuncForPC(pc).Name()
}

//go:noinline
func twice(yield func(int) bool) { _ = yield(1) && yield(2) }

//go:noinline
func run(f func()) { f() }

//go:noinline
func value(f func() string) string { return f() }

//go:noinline
func show(f func() string, s string) { fmt.Println(f(), s) }

type pair struct {
	f func() string
	s string
}

var elements = map[string]func() string{}

func evaluated() {
	show(func() string { return caller("a") }, value(func() string { return caller("b") }))
	p := pair{func() string { return caller("c") }, value(func() string { return caller("d") })}
	show(p.f, p.s)
	elements[value(func() string { return caller("e") })], p.s = func() string { return caller("f") }, value(func() string { return caller("g") })
	for k, f := range elements {
		fmt.Println(k, f(), p.s)
	}
	for i := 0; i < 1; run(func() { fmt.Println(caller("h")); i++ }) {
		run(func() { fmt.Println(caller("i")) })
	}
	if false {
		run(func() { fmt.Println(caller("dead")) })
	}
	run(func() {
		run(func() { fmt.Println(caller("j")) })
	})
}

func results() (func() string, string) {
	return func() string { return caller("k") }, value(func() string { return caller("l") })
}

func loops() {
	defer run(func() { fmt.Println(caller("deferred")) })
	for x := range twice {
		if x == 2 {
			break
		}
		run(func() { fmt.Println(caller("m")) })
		for y := range twice {
			fmt.Println(caller("body"))
			run(func() {
				for range twice {
					run(func() { fmt.Println(caller("n"), x, y) })
				}
			})
		}
	}
	for range twice {
		run(func() { fmt.Println(caller("o")) })
	}
	run(func() { fmt.Println(caller("p")) })
}

func main() {
	evaluated()
	show(results())
	loops()
}
