// A function with defer is two: the outer one owns the frame, the body finds parameters and results there.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
package p

func f(g func()) (r int) {
	defer g()
	r = 3
	return
}

// CHECK: define {{.*}}swiftcc i64 @p.f(ptr addrspace(1) nest %{{.*}}, ptr addrspace(1) %{{.*}})
// CHECK: %frame = alloca <{ ptr, i64, i64, i64, ptr addrspace(1), i64, [7 x i64], ptr addrspace(1), i64
// CHECK: call i64 @stoat_calldefer(ptr %frame, ptr @"p.f$body")
// CHECK: call {{.*}}@runtime.deferreturn(
// CHECK: define internal swiftcc void @"p.f$body"(ptr %frame)
// CHECK: call {{.*}}@runtime.deferproc(
// CHECK: ret void
