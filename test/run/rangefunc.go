// Range over functions with defer, break, labelled continue, return, goto, nested loops, panics; iter.Pull; library iterators.
//
// RUN: %run %s

package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Print("[end", n, "]")
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs(s ...string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i, x := range s {
			if !yield(i, x) {
				fmt.Print("<stop>")
				return
			}
		}
	}
}

func deferIn(n int) (s string) {
	defer func() { s += "!" }()
	for i := range count(n) {
		defer func() { s += fmt.Sprint(i) }()
	}
	s = "body"
	return s + ";"
}

func find(x int) (idx int, ok bool) {
	for i := range count(100) {
		if i*i >= x {
			return i, i*i == x
		}
	}
	return -1, false
}

func nested() (s string) {
outer:
	for i := range count(5) {
		for j, w := range pairs("a", "b", "c") {
			switch {
			case i == 1 && j == 1:
				continue outer
			case i == 2:
				break
			case i == 3 && j == 2:
				break outer
			}
			if i == 2 {
				break
			}
			s += fmt.Sprint(i, j, w, " ")
			for k := range count(3) {
				if k == 1 {
					continue
				}
				if i == 0 && j == 2 {
					continue outer
				}
				s += fmt.Sprint("k", k)
			}
		}
	}
	return
}

func gotoOut() string {
	for i := range count(10) {
		if i == 4 {
			goto done
		}
	}
	return "not reached"
done:
	return "goto"
}

func panics() {
	defer func() { fmt.Println("recovered", recover()) }()
	for i := range count(5) {
		if i == 2 {
			panic(fmt.Sprint("at ", i))
		}
	}
}

func bad(yield func(int) bool) {
	yield(1)
	yield(2)
	yield(3)
}

func badIter() {
	defer func() { fmt.Println("bad:", recover()) }()
	for i := range bad {
		fmt.Println("bad", i)
		if i == 2 {
			break
		}
	}
}

func late() {
	var saved func(int) bool
	func() {
		for i := range func(y func(int) bool) { saved = y; y(7) } {
			fmt.Println("late", i)
		}
	}()
	defer func() { fmt.Println("late:", recover()) }()
	saved(8)
}

func recoverInBody() {
	defer func() { fmt.Println("outer recover:", recover()) }()
	for range count(1) {
		defer func() { fmt.Println("loop recover:", recover()) }()
		panic("in body")
	}
}

func pull() {
	next, stop := iter.Pull(count(3))
	a, ok := next()
	b, ok2 := next()
	fmt.Println(a, ok, b, ok2)
	stop()
	_, ok = next()
	fmt.Println(ok)
	n2, s2 := iter.Pull2(pairs("x", "y"))
	defer s2()
	for {
		i, s, ok := n2()
		if !ok {
			break
		}
		fmt.Print(i, s, " ")
	}
	fmt.Println()
}

type tree[T any] struct {
	l, r *tree[T]
	v    T
}

func (t *tree[T]) all(yield func(T) bool) bool {
	return t == nil || t.l.all(yield) && yield(t.v) && t.r.all(yield)
}
func (t *tree[T]) All() iter.Seq[T] { return func(y func(T) bool) { t.all(y) } }

func zip[A, B any](a iter.Seq[A], b iter.Seq[B]) iter.Seq2[A, B] {
	return func(yield func(A, B) bool) {
		nb, stop := iter.Pull(b)
		defer stop()
		for x := range a {
			y, ok := nb()
			if !ok || !yield(x, y) {
				return
			}
		}
	}
}

func main() {
	for i := range count(3) {
		fmt.Print(i, " ")
	}
	fmt.Println()
	for range count(2) {
		fmt.Print("x")
	}
	fmt.Println()
	fmt.Println(deferIn(3))
	fmt.Println(find(49))
	fmt.Println(find(50))
	fmt.Println(nested())
	fmt.Println(gotoOut())
	panics()
	badIter()
	late()
	recoverInBody()
	pull()
	t := &tree[string]{&tree[string]{nil, nil, "a"}, &tree[string]{nil, nil, "c"}, "b"}
	for s := range t.All() {
		fmt.Print(s)
		if s == "b" {
			break
		}
	}
	for a, b := range zip(t.All(), count(10)) {
		fmt.Print(" ", a, b)
	}
	fmt.Println()
	m := map[string]int{"one": 1, "two": 2, "three": 3}
	fmt.Println(slices.Sorted(maps.Keys(m)), slices.Collect(strings.SplitSeq("a,b,c", ",")))
	var fns []func() int
	for i := range count(3) {
		fns = append(fns, func() int { i++; return i })
	}
	for _, f := range fns {
		fmt.Print(f(), f(), " ")
	}
	for i, v := range slices.Backward([]int{1, 2, 3}) {
		fmt.Print(i, v, " ")
	}
	fmt.Println()
	recoverInLoops()
}

func once(yield func(int) bool) { yield(1) }

// The body of a loop is a function of its own, which no defer calls.
func recoverInLoops() {
	caught := func() (r any) {
		defer func() {
			for range once {
				r = recover()
				fmt.Println("in a deferred function's loop:", r)
			}
			fmt.Println("after it:", recover())
		}()
		panic("x")
	}
	fmt.Println(caught())
	func() {
		defer func() { fmt.Println("outer:", recover()) }()
		for range once {
			defer func() {
				for range once {
					fmt.Println("in a loop's deferred function's loop:", recover())
				}
			}()
			panic("z")
		}
	}()
	for range once {
		defer func() { fmt.Println("in a loop's deferred function:", recover()) }()
		panic("y")
	}
}
