// The largest channel elements that are all pointers have plain bitmaps, with 4-byte words too (2048 bytes, the limit): the barrier after a direct
// send reads them. What is larger is refused: test/check/chan_element.go, test/run/limits.go.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W8 --implicit-check-not=type:.gcmask
// RUN: env GOARCH=386 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W4 --implicit-check-not=type:.gcmask
package p

import "unsafe"

type Full [65535 / unsafe.Sizeof(uintptr(0))]*int

var c chan Full

func f() {
	c <- Full{}
}

// W8-DAG: @"type:p.Full" = {{.*}}{ i64 65528, i64 65528, i32 {{[^,]*}}, i8 15, {{.*}} ptr @[[MASK:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[MASK]] = {{.*}} constant [1024 x i8] c"{{(((\\FF){33}){31})}}\7F"
// W4-DAG: @"type:p.Full" = {{.*}}{ i32 65532, i32 65532, i32 {{[^,]*}}, i8 15, {{.*}} ptr @[[MASK:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[MASK]] = {{.*}} constant [2048 x i8] c"{{(((\\FF){89}){23})}}\7F"
