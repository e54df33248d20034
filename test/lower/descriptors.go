// Descriptors: named types are defined where declared, unnamed ones and instances are COMDAT; methods, itabs, offsets from the owner.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=llvm -o - %s | FileCheck %s
package p

type T struct {
	A int `json:"a"`
	b string
}

func (t *T) M() int { return t.A }

type I interface{ M() int }

type List[E any] struct{ v E }

var x any = List[int]{}

func conv(t *T) I { return t }

// CHECK-DAG: @"type:p.T" = dso_local global <{ {{.*}} section "stoat_types"
// CHECK-DAG: @"type:p.List[int]" = linkonce_odr dso_local global <{ {{.*}} section "stoat_types", comdat
// CHECK-DAG: @"type:int" = linkonce_odr
// CHECK-DAG: @"go:itab.*p.T,p.I" = linkonce_odr dso_local global <{ {{.*}} ptr @"type:p.I", ptr @"type:*p.T", {{.*}} ptr @"p.(*T).M" }>, section "stoat_types", comdat
// CHECK-DAG: trunc (i64 sub (i64 ptrtoint (ptr @"p.(*T).M" to i64), i64 ptrtoint (ptr @"type:*p.T" to i64)) to i32)
// CHECK-DAG: @p.x = dso_local global { ptr addrspace(1), ptr addrspace(1) } { ptr addrspace(1) addrspacecast (ptr @"type:p.List[int]" to ptr addrspace(1)), ptr addrspace(1) addrspacecast (ptr @
// CHECK-DAG: section "stoat_itabs", comdat{{.*}}!associated
