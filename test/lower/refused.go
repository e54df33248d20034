// What gc's back end refuses: operands of print without a printed form (also in instances), frames of more than 1 GB, counted as gc does, variables of more than 2 GB,
// whose data is never made. Comparison of large values, which needs no frame of their size.
//
// RUN: split-file %s %t
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/print.go | FileCheck %t/print.go
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/frame.go | FileCheck %t/frame.go
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/frames.go | FileCheck %t/frames.go
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/literal.go | FileCheck %t/literal.go
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/variable.go | FileCheck %t/variable.go
// RUN: %stoat compile -p p -verify-each -emit=llvm %t/equal.go | FileCheck %t/equal.go
//--- print.go
package p

type T [2]int
type G[X any] struct{ x X }

func f(a T, g G[T], s struct{ f func(T) }) {
	type L T
	print(a)
	println(g, 1)
	print(s)
	defer print(L(a))
	h(a)
}

// CHECK: print.go:8:7: illegal types for operand: print
// CHECK-NEXT: {{^	T$}}
// CHECK: print.go:9:9: illegal types for operand: print
// CHECK-NEXT: {{^	G\[p.T\]$}}
// CHECK: print.go:10:7: illegal types for operand: print
// CHECK-NEXT: {{^	struct { f func\(T\) }$}}
// CHECK: print.go:11:13: illegal types for operand: print
// CHECK-NEXT: {{^	L$}}
// CHECK: print.go:24:29: illegal types for operand: print
func h[X any](x X) { println(x) }
//--- frame.go
package p

type T struct {
	s   [1]string
	pad [1 << 40]uintptr
}

// CHECK: frame.go:9:6: stack frame too large (>1GB): 8388608 MB locals + 0 MB args
func f() []T {
	var all []T
	for {
		var p *T
		all = append(all, *p)
	}
}
//--- frames.go
package p

// What gc counts is a frame's variables, the results of calls and the copy that a loop ranges over, and what calls pass in memory.
type big [600 << 20]byte

func copies(p, q *big) { x := *p; *q = x }
func swaps(p, q *big)  { *p, *q = *q, *p }
func first(x *[1<<30 - 1e6]byte) byte {
	for _, b := range *x {
		return b
	}
	return 0
}
func declared() big
func stores(p *big)         { *p = makes() }
func makes() big            { return big{} }
func element(x big) byte    { return x[4] }
func inlined(p *big) byte   { return element(*p) }
func compares(p *big) bool  { return *p == makes() }

// CHECK-NOT: error
// CHECK: frames.go:23:6: stack frame too large (>1GB): 1024 MB locals + 0 MB args
func second(x *[1<<30 + 1e6]byte) byte {
	for _, b := range *x {
		return b
	}
	return 0
}

// CHECK-NEXT: frames.go:31:6: stack frame too large (>1GB): 600 MB locals + 0 MB args + 600 MB callee
func calls(p *big) { *p = declared() }

// CHECK-NEXT: frames.go:34:6: stack frame too large (>1GB): 1200 MB locals + 0 MB args
func variables(p *big) byte {
	x, y := *p, *p
	x[0]++
	y[1]++
	return x[p[1]] + y[p[2]]
}

// CHECK-NOT: :
var _ = []int{1 << 31: 1} // no data
//--- literal.go
package p

// CHECK: literal.go:4:6: stack frame too large (>1GB): 22888 MB locals + 0 MB args
func literal() int { x := [][]int{1e9: {}}; return len(x) }
//--- variable.go
package p

// CHECK: variable.go:4:5: p.x: symbol too large (8589934588 bytes > 2000000000 bytes)
var x = [0x7fffffff]int32{-0x7fffffff, 0x7fffffff, 2, 4}
//--- equal.go
package p

type S struct {
	name  string
	words [1 << 20]int
	names [1 << 20][2]string
}

// CHECK-LABEL: define {{.*}} @"type:.eq.p.S"
// CHECK-NOT: alloca [
// CHECK: call {{.*}} @"type:.eqmem.8388608"
// CHECK: call {{.*}} @"type:.eq.[1048576][2]string"
func equal(a, b any) bool { return a.(S) == b }
