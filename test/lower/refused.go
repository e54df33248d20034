// What gc's back end refuses: operands of print without a printed form (also in instances), frames of more than 1 GB, variables of more than 2 GB,
// whose data is never made. Comparison of large values, which needs no frame of their size.
//
// RUN: split-file %s %t
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/print.go | FileCheck %t/print.go
// RUN: not %stoat compile -p p -verify-each -o %t/x.a %t/frame.go | FileCheck %t/frame.go
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
