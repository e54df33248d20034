// A channel's element is below 64 kB, so its mask is always a plain bitmap, with 4-byte words too.
// RUN: env GOARCH=386 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
package p

type Big [65532 / 8]*int

var c chan Big

func f() {
	c = make(chan Big, 1)
	c <- Big{}
}

// CHECK: @"type:p.Big" = {{.*}} ptr @stoat.mask.
// CHECK-NOT: type:.gcmask
