// Stack overflow on the three targets: gc's two lines, then the frames, the outermost too.
//
// RUN: %goroot/bin/go build -o %t %s
// RUN: not %t 2>&1 | FileCheck %s
// RUN: env GOARCH=386 %goroot/bin/go build -o %t.386 %s
// RUN: not %t.386 2>&1 | FileCheck %s
// RUN: env GOARCH=arm64 %goroot/bin/go build -o %t.arm64 %s
// RUN: not qemu-aarch64 %t.arm64 2>&1 | FileCheck %s
package main

import "runtime/debug"

func descend(n int, a [20]int) int {
	a[n%20] = n
	return descend(n+1, a) + a[(n+1)%20]
}

func main() {
	debug.SetMaxStack(1 << 20)
	println(descend(0, [20]int{}))
}

// CHECK: runtime: goroutine stack exceeds 1048576-byte limit
// CHECK-NEXT: fatal error: stack overflow
// CHECK: goroutine 1 [running]:
// CHECK-NEXT: main.descend(
// CHECK-NEXT: overflow.go:15
// CHECK-NEXT: main.descend(
// CHECK: frames elided...
// CHECK: main.descend(
// CHECK: main.main(
// CHECK-NEXT: overflow.go:20
