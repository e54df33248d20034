// Deep recursion on growing stacks: values that live in registers when a function enters a further segment, collections while stacks are deep.
//
// RUN: %run %s
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

type node struct {
	value int
	next  *node
}

// The path that ends the recursion needs no frame, the other one makes it behind the test (the stack is checked there).
//
//go:noinline
func depth(p *node, f float64, s string, n int) (int, string) {
	if n == 0 {
		return p.value, s
	}
	q := &node{p.value + 1, p}
	if n%100 == 0 {
		runtime.Gosched()
	}
	r, t := depth(q, f+1, s, n-1)
	return r + q.next.value - p.value + int(f-f), t
}

type wide [40]int

//go:noinline
func wideDepth(w wide, n int) wide {
	if n == 0 {
		return w
	}
	w[n%len(w)]++
	return wideDepth(w, n-1)
}

func main() {
	var wait sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := 1; n <= 2000; n *= 7 {
				r, s := depth(&node{value: i}, 0.5, strings.Repeat("x", i), n)
				sum := 0
				for _, c := range wideDepth(wide{}, n) {
					sum += c
				}
				results[i] += fmt.Sprint(r, s, sum, " ")
			}
		}()
	}
	wait.Wait()
	for _, r := range results {
		fmt.Println(r)
	}
}
