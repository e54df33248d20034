// hello through fmt prints the same on all three targets.
//
// RUN: %run %s
// RUN: %run %s --goarch 386
// RUN: %run %s --goarch arm64 --modes plain,procs2
package main

import "fmt"

type point struct {
	X, Y int
	Name string
}

func main() {
	fmt.Println("hello, world", 3.5, []int{1, 2}, map[string]int{"b": 2, "a": 1})
	fmt.Printf("%+v %T %q %08.3f %x\n", &point{1, -2, "p"}, point{}, "é\n", 3.14159, "bytes")
}
