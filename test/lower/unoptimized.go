// Code without optimisation (-N) comes from other instruction selectors, which call the C library in their own ways: it too must pass the check
// that every call has a stack map or is a leaf.
//
// RUN: env GOARCH=amd64 %stoat compile -p main -N -emit=obj -o %t %s
// RUN: env GOARCH=386 %stoat compile -p main -N -emit=obj -o %t %s
// RUN: env GOARCH=arm64 %stoat compile -p main -N -emit=obj -o %t %s
package main

type s struct {
	a [100]int
	b []string
}

func f(x s, y map[string]s, g func(s) *s) (*s, error) { z := x; y["a"] = z; return g(z), nil }
func main() {
	defer println("x")
	r, _ := f(s{b: []string{"q"}}, map[string]s{}, func(t s) *s { return &t })
	println(r.b[0], 1<<r.a[3])
}
