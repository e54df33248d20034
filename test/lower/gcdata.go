// GC masks of type descriptors around the 2048-byte limit, for 8- and 4-byte words; the mask covers the pointer prefix only.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W8
// RUN: env GOARCH=386 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W4
package p

// 2047 bytes of mask are padded to whole words; 2048 are the last plain ones.
type M2047 [2047 * 8]*int
type M2048 [2048 * 8]*int
type M2049 [2048*8 + 1]*int

// Only words up to the last pointer count.
type Prefix struct {
	a *int
	b uintptr
	c *int
	d [100000]uintptr
}

// Nested arrays and structs: scalar, pointer, scalar for each element.
type elem struct {
	x uintptr
	p *int
	y uintptr
}
type Nested struct {
	grid [2][2]elem
	s    string
	i    interface{}
	m    map[int]int
	e    []byte
}
type NoPointers struct{ a [4]int }

// W8-DAG: @"type:p.M2047" = {{.*}} i64 131008, {{.*}} ptr @stoat.mask.2048.
// W8-DAG: @"type:p.M2048" = {{.*}} i64 131072, {{.*}} ptr @stoat.mask.2048.
// W8-DAG: @"type:p.M2049" = {{.*}} i8 31, {{.*}} ptr @"type:.gcmask.p.M2049"
// W8-DAG: @"type:.gcmask.p.M2049" = linkonce_odr dso_local global i64 0
// W8-DAG: @"type:p.Prefix" = {{.*}}{ i64 800024, i64 24, {{.*}} ptr @stoat.mask.0500000000000000
// (x p y) x 4, then string, interface (data word only), map, slice
// W8-DAG: @"type:p.Nested" = {{.*}}{ i64 160, i64 144, {{.*}} ptr @stoat.mask.9294030000000000
// W8-DAG: @"type:p.NoPointers" = {{.*}}{ i64 32, i64 0, {{.*}} ptr @stoat.mask.0000000000000000

// W4-DAG: @"type:p.M2047" = {{.*}} i32 65504, {{.*}} ptr @stoat.mask.2048.
// W4-DAG: @"type:p.M2048" = {{.*}} i32 65536, {{.*}} ptr @stoat.mask.2048.
// W4-DAG: @"type:p.M2049" = {{.*}} ptr @"type:.gcmask.p.M2049"
// W4-DAG: @"type:p.Prefix" = {{.*}}{ i32 400012, i32 12, {{.*}} ptr @stoat.mask.05000000
