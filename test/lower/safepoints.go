// Calls that may collect become safepoints with the pointers that live across them; leaves do not.
// RUN: env GOARCH=amd64 %stoat compile -p p -verify-each -emit=llvm-opt -o - %s | FileCheck %s
// RUN: env GOARCH=arm64 %stoat compile -p p -verify-each -emit=llvm-opt -o - %s | FileCheck %s
// RUN: env GOARCH=386 %stoat compile -p p -verify-each -emit=llvm-opt -o - %s | FileCheck %s
package p

type T struct{ next *T }

var sink *T

//go:noinline
func g() { sink = new(T) }

// CHECK-LABEL: @p.keeps(
// CHECK: call {{.*}}@p.g({{.*}}[ "deopt"({{.*}}ptr addrspace(1) %
func keeps(p *T) *T {
	g()
	return p
}

// CHECK-LABEL: @p.equal(
// CHECK: call {{.*}}@stoat_memequal(
// CHECK-NOT: deopt
// CHECK: ret
func equal(a, b string) bool { return a == b }

// A store to the heap is announced to the barrier, a pointer in a local variable is not.
// CHECK-LABEL: @p.link(
// CHECK: stoat_barrier_enabled
func link(p, q *T) { p.next = q }

// CHECK-LABEL: @p.local(
// CHECK-NOT: stoat_barrier_enabled
// CHECK: ret
func local(p, q *T) *T {
	var t T
	t.next = p
	t.next = q
	return t.next
}
