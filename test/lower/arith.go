// Integer semantics that LLVM does not have by itself: division by -1, shifts beyond the width, wrap-around without nsw.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
package p

// CHECK-LABEL: @p.div(
// CHECK: [[M:%.*]] = icmp eq i64 {{.*}}, -1
// CHECK: select i1 [[M]], i64 1,
// CHECK: sdiv i64
// CHECK: call {{.*}}@runtime.panicdivide(
func div(a, b int) int { return a / b }

// CHECK-LABEL: @p.shl(
// CHECK: icmp ult i64 {{.*}}, 32
// CHECK: shl i32
// CHECK: select
func shl(a uint32, n uint) uint32 { return a << n }

// CHECK-LABEL: @p.add(
// CHECK: = add i64
// CHECK-NOT: nsw
// CHECK: ret
func add(a, b int) int { return a + b }

// No contraction to fma.
// CHECK-LABEL: @p.mulAdd(
// CHECK: = fmul double
// CHECK: = fadd double
func mulAdd(a, b, c float64) float64 { return a*b + c }
