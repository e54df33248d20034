// Values too large for registers are copied once, or not at all; a small one in line while the collector does not mark.
//
// RUN: %stoat compile -p p -verify-each -emit=llvm-opt -o %t.ll %s
// RUN: FileCheck %s < %t.ll
package p

type large struct {
	k [20]int
	p *int
}

type middle struct {
	k [12]int
	p *int
}

var sink any

// No copy in the frame between the two places.
// CHECK-LABEL: define {{.*}}@p.assign(
// CHECK-NOT: alloca
// CHECK: call void @stoat_typedmemmove({{.*}}type:p.large
// CHECK-NOT: memcpy
// CHECK: ret void
func assign(to, from *large) { *to = *from }

// CHECK-LABEL: define {{.*}}@p.box(
// CHECK-NOT: alloca
// CHECK: call {{.*}}@stoat_new(
// CHECK: call void @stoat_typedmemmove(
func box(from *large) { sink = *from }

// CHECK-LABEL: define {{.*}}@p.small(
// CHECK: load volatile i32, ptr @stoat_barrier_enabled
// CHECK-DAG: call void @stoat_typedmemmove(
// CHECK-DAG: call void @llvm.memmove{{.*}}i64 104,
// CHECK: ret void
func small(to, from *middle) { *to = *from }

// One of the two needs its copy: the first store changes what it was loaded from. The object in the frame is set as a whole before it is used, so nothing zeroes it.
// CHECK-LABEL: define {{.*}}@p.swap(
// CHECK: alloca
// CHECK-NOT: alloca
// CHECK-NOT: memset
// CHECK: memcpy
// CHECK-NOT: memcpy
// CHECK: ret void
func swap(q []large, i, j int) { q[i], q[j] = q[j], q[i] }

// The call may change what the value was loaded from.
// CHECK-LABEL: define {{.*}}@p.across(
// CHECK: memcpy
// CHECK: call {{.*}}@p.touch(
// CHECK: call void @stoat_typedmemmove(
func across(to, from *large) {
	x := *from
	touch(from)
	*to = x
}

//go:noinline
func touch(x *large) int {
	x.k[0]++
	return x.k[1]
}

// Read on one path without being set: zeroed.
// CHECK-LABEL: define {{.*}}@p.maybe(
// CHECK: memset
func maybe(from *large, set bool) int {
	var x large
	if set {
		x = *from
	}
	return touch(&x)
}
