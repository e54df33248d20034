// GC masks of type descriptors around the 2048-byte limit, for 8- and 4-byte words; the mask covers the pointer prefix only.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W8
// RUN: env GOARCH=386 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s --check-prefix=W4
package p

// 2047 bytes of mask are padded to whole words; 2048 are the last plain ones (tflag 31: the mask is made on demand, as in gc's descriptors).
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

// 2048 bytes, not all ones: the pattern of elem goes on through the whole mask.
type Pattern struct {
	a [5461]elem
	b *int
}

// Sizes, flags and masks are those of gc's descriptors of the same types (test/run/limits.go compares them while running).
// W8-DAG: @"type:p.M2047" = {{.*}}{ i64 131008, i64 131008, {{.*}} ptr @[[M2047:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[M2047]] = {{.*}} constant [2048 x i8] c"{{(((\\FF){89}){23})}}\00"
// W8-DAG: @"type:p.M2048" = {{.*}}{ i64 131072, i64 131072, {{.*}} ptr @[[M2048:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[M2048]] = {{.*}} constant [2048 x i8] c"{{(((\\FF){128}){16})}}"
// W8-DAG: @"type:p.Pattern" = {{.*}}{ i64 131072, i64 131072, {{.*}} ptr @[[PATTERN:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[PATTERN]] = {{.*}} constant [2048 x i8] c"{{(((\\92\$I){31}){22})}}\92\A4"
// W8-DAG: @"type:p.M2049" = {{.*}}{ i64 131080, i64 131080, i32 {{[^,]*}}, i8 31, {{.*}} ptr @"type:.gcmask.p.M2049", i32
// W8-DAG: @"type:.gcmask.p.M2049" = linkonce_odr dso_local global i64 0
// W8-DAG: @"type:p.Prefix" = {{.*}}{ i64 800024, i64 24, {{.*}} ptr @[[PREFIX:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[PREFIX]] = {{.*}} constant [8 x i8] c"\05\00\00\00\00\00\00\00"
// W8-DAG: @"type:p.Nested" = {{.*}}{ i64 160, i64 144, {{.*}} ptr @[[NESTED:stoat.mask[^ ,]*]], i32
// W8-DAG: @[[NESTED]] = {{.*}} constant [8 x i8] c"\92\94\03\00\00\00\00\00"
// W8-DAG: @"type:p.NoPointers" = {{.*}}{ i64 32, i64 0, i32
// W4-DAG: @"type:p.M2047" = {{.*}}{ i32 65504, i32 65504, {{.*}} ptr @[[M2047:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[M2047]] = {{.*}} constant [2048 x i8] c"{{(((\\FF){89}){23})}}\00"
// W4-DAG: @"type:p.M2048" = {{.*}}{ i32 65536, i32 65536, {{.*}} ptr @[[M2048:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[M2048]] = {{.*}} constant [2048 x i8] c"{{(((\\FF){128}){16})}}"
// W4-DAG: @"type:p.Pattern" = {{.*}}{ i32 65536, i32 65536, {{.*}} ptr @[[PATTERN:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[PATTERN]] = {{.*}} constant [2048 x i8] c"{{(((\\92\$I){31}){22})}}\92\A4"
// W4-DAG: @"type:p.M2049" = {{.*}}{ i32 65540, i32 65540, i32 {{[^,]*}}, i8 31, {{.*}} ptr @"type:.gcmask.p.M2049", i32
// W4-DAG: @"type:.gcmask.p.M2049" = linkonce_odr dso_local global i32 0
// W4-DAG: @"type:p.Prefix" = {{.*}}{ i32 400012, i32 12, {{.*}} ptr @[[PREFIX:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[PREFIX]] = {{.*}} constant [4 x i8] c"\05\00\00\00"
// W4-DAG: @"type:p.Nested" = {{.*}}{ i32 80, i32 72, {{.*}} ptr @[[NESTED:stoat.mask[^ ,]*]], i32
// W4-DAG: @[[NESTED]] = {{.*}} constant [4 x i8] c"\92\94\03\00"
// W4-DAG: @"type:p.NoPointers" = {{.*}}{ i32 16, i32 0, i32
