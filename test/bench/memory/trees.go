// Binary trees of the depth given as argument: many short-lived small objects beside one long-lived tree. Wall, CPU time and peak memory are the harness's.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	n := 16
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	expect := func(what string, got, want int) {
		if got != want {
			fmt.Println(what, got, "nodes, not", want)
			os.Exit(1)
		}
	}
	expect("stretch", grow(n+1).count(), 1<<(n+2)-1)
	long := grow(n)
	total := 0
	for d := 4; d <= n; d += 4 {
		iterations := 1 << (n - d + 4)
		for range iterations {
			total += grow(d).count()
		}
	}
	expect("long-lived", long.count(), 1<<(n+1)-1)
	fmt.Println("nodes", total, "count")
}
