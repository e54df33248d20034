package main

import "fmt"

type tree struct{ left, right *tree }

func bottomUp(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{bottomUp(depth - 1), bottomUp(depth - 1)}
}

func (t *tree) check() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.check() + t.right.check()
}

func main() {
	const n = 18
	fmt.Println(bottomUp(n + 1).check())
	long := bottomUp(n)
	for d := 4; d <= n; d += 4 {
		iterations := 1 << uint(n-d+4)
		sum := 0
		for range iterations {
			sum += bottomUp(d).check()
		}
		fmt.Println(iterations, d, sum)
	}
	fmt.Println(long.check())
}
