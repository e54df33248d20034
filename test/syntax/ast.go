// RUN: %stoat compile -emit=ast %s | FileCheck %s
// Node kinds and positions where gc's tree surprises: the operator's position, x++, labels, shared field types.

// CHECK: File
// CHECK-NEXT: Name p @[[#@LINE+1]]:9
package p

// CHECK-NEXT: ConstDecl group @[[#@LINE+2]]:2
const (
	a, b = iota, "s"
	// CHECK-NEXT: name: Name a
	// CHECK-NEXT: name: Name b
	// CHECK-NEXT: values: ListExpr @[[#@LINE-3]]:9
	// CHECK-NEXT: elem: Name iota
	// CHECK-NEXT: elem: BasicLit "\"s\""
)

// CHECK: TypeDecl @[[#@LINE+3]]:6
// CHECK: tparam: Field
// CHECK: type: Operation | @[[#@LINE+1]]:15
type T[P *int | ~string] struct {
	x, y P
	// CHECK: field: Field @[[#@LINE-1]]:2
	// CHECK: type: Name P @[[#@LINE-2]]:7
	// CHECK: field: Field @[[#@LINE-3]]:5
	// CHECK: type: Name P @[[#@LINE-4]]:7
}

// CHECK: TypeDecl
// CHECK: type: ArrayType @[[#@LINE+2]]:8
// CHECK-NEXT: len: Operation * @[[#@LINE+1]]:11
type A [a * b]int

// CHECK: FuncDecl pragma=0x1 @[[#@LINE+3]]:6
//
//go:noinline
func f() {
	// CHECK: AssignStmt ++ @[[#@LINE+1]]:3
	x++
	// CHECK: LabeledStmt @[[#@LINE+1]]:2
L:
	for i := range 10 {
		// CHECK: stmt: ForStmt @[[#@LINE-1]]:2
		// CHECK-NEXT: init: RangeClause def @[[#@LINE-2]]:11
		// CHECK: BranchStmt break -> ForStmt [[#@LINE-3]]:2
		break L
	}
	// CHECK: tag: TypeSwitchGuard
	// CHECK-NEXT: lhs: Name v
	_ = func() { switch v := x.(type) {} }
}
