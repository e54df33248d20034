// A function with defer is two: the outer one owns the frame, the body finds parameters and results there.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=CAPTURES
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
// The record of a call that is deferred once lies in the frame, linked as the first pending one.
// CHECK: [[PENDING:%.*]] = getelementptr inbounds i8, ptr %frame, i64 32
// CHECK: [[OLDER:%.*]] = load ptr addrspace(1), ptr [[PENDING]]
// CHECK: store ptr addrspace(1) [[OLDER]], ptr [[RECORD:%.*]], align 8
// CHECK: [[LINK:%.*]] = addrspacecast ptr [[RECORD]] to ptr addrspace(1)
// CHECK: store ptr addrspace(1) [[LINK]], ptr [[PENDING]]
// CHECK: ret void

// CHECK: define internal swiftcc void @"p.loop$body"(ptr %frame)
// CHECK: call {{.*}}@runtime.deferproc(
// CHECK: ret void
func loop(g func()) {
	for range 3 {
		defer g()
	}
}

// What a deferred closure uses lies there as well: the variable, the closure.
// CAPTURES: define {{.*}} @p.captures(
// CAPTURES: %frame = alloca <{ ptr, i64, i64, i64, ptr addrspace(1), i64, [7 x i64], i64, <{ ptr, ptr addrspace(1) }>, { ptr addrspace(1), ptr addrspace(1) } }>
// CAPTURES: define internal swiftcc void @"p.captures$body"(ptr %frame)
// CAPTURES-NOT: stoat_new
// CAPTURES: ret void
func captures() {
	x := 1
	defer func() { x++ }()
	x = 2
}
