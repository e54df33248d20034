// Closures, method values and method expressions: what is captured how.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

// What is never assigned again is captured by value, the rest by reference. Literals are numbered as in the source, whichever is evaluated first.
// CHECK-LABEL: func p.capture(
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.a = copy 1:int
// CHECK-NEXT: %{{[0-9]+}}.b = new <int>
// CHECK-NEXT: store.init *%{{[0-9]+}}.b = 2:int
// CHECK-NEXT: [[T4:%[0-9]+]] = closure <func()> p.capture.func2(%{{[0-9]+}}.b)
// CHECK-NEXT: [[T0:%[0-9]+]] = closure <func() int> p.capture.func1(%{{[0-9]+}}.a, %{{[0-9]+}}.b)
// CHECK-NEXT: [[T1:%[0-9]+]] = copy [[T4]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.capture.func2({{.*}} captures [b *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.b = load ^0.b
// CHECK-NEXT: [[T1:%[0-9]+]] = load *%{{[0-9]+}}.b
// CHECK-NEXT: [[T2:%[0-9]+]] = add <int> [[T1]], 1:int
// CHECK-NEXT: store *%{{[0-9]+}}.b = [[T2]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.capture.func1({{.*}} captures [a int, b *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.a = load ^0.a
// CHECK-NEXT: %{{[0-9]+}}.b = load ^1.b
// CHECK-NEXT: [[T3:%[0-9]+]] = load *%{{[0-9]+}}.b
// CHECK-NEXT: [[T0:%[0-9]+]] = add <int> %{{[0-9]+}}.a, [[T3]]
// CHECK-NEXT: return
func capture() (func() int, func()) {
	a, b := 1, 2
	return func() int { return a + b }, func() { b++ }
}

// CHECK-LABEL: func p.nested(
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.x = new <int>
// CHECK-NEXT: store.init *%{{[0-9]+}}.x = %{{[0-9]+}}.x
// CHECK-NEXT: [[T1:%[0-9]+]] = closure <func() func() int> p.nested.func1(%{{[0-9]+}}.x)
// CHECK-NEXT: return
// CHECK-LABEL: func p.nested.func1({{.*}} captures [x *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.x = load ^0.x
// CHECK-NEXT: [[T0:%[0-9]+]] = closure <func() int> p.nested.func1.1(%{{[0-9]+}}.x)
// CHECK-NEXT: return
// CHECK-LABEL: func p.nested.func1.1({{.*}} captures [x *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.x = load ^0.x
// CHECK-NEXT: [[T2:%[0-9]+]] = load *%{{[0-9]+}}.x
// CHECK-NEXT: [[T3:%[0-9]+]] = add <int> [[T2]], 1:int
// CHECK-NEXT: store *%{{[0-9]+}}.x = [[T3]]
// CHECK-NEXT: [[T0:%[0-9]+]] = load *%{{[0-9]+}}.x
// CHECK-NEXT: return
func nested(x int) func() func() int {
	return func() func() int {
		return func() int { x++; return x }
	}
}

type T struct{ n int }

// CHECK-LABEL: func p.T.val(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = load %{{[0-9]+}}.t.n
// CHECK-NEXT: return
func (t T) val() int  { return t.n }
// CHECK-LABEL: func p.(*T).ptr(
// CHECK: b0:
// CHECK-NEXT: nilcheck %{{[0-9]+}}.t
// CHECK-NEXT: [[T1:%[0-9]+]] = load *%{{[0-9]+}}.t.n
// CHECK-NEXT: return
func (t *T) ptr() int { return t.n }

type I interface{ val() int }

// Method values bind a copy of the receiver; an interface's is checked for nil at once.
// CHECK-LABEL: func p.methodValues(
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.t = new <p.T>
// CHECK-NEXT: store.init *%{{[0-9]+}}.t = %{{[0-9]+}}.t
// CHECK-NEXT: [[T6:%[0-9]+]] = load *%{{[0-9]+}}.t
// CHECK-NEXT: [[T2:%[0-9]+]] = closure <func() int> p.methodValues-fm1([[T6]])
// CHECK-NEXT: [[T3:%[0-9]+]] = closure <func() int> p.methodValues-fm2(%{{[0-9]+}}.t)
// CHECK-NEXT: nilcheck [[T9:%[0-9]+\.i]]
// CHECK-NEXT: [[T4:%[0-9]+]] = closure <func() int> p.methodValues-fm3([[T9]])
// CHECK-NEXT: return
// CHECK-LABEL: func p.methodValues-fm1({{.*}} captures [ p.T] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = load ^0.
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.T.val([[T1]])
// CHECK-NEXT: return
// CHECK-LABEL: func p.methodValues-fm2({{.*}} captures [t *p.T] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = load ^0.t
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.(*T).ptr([[T1]])
// CHECK-NEXT: return
// CHECK-LABEL: func p.methodValues-fm3({{.*}} captures [i p.I] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = load ^0.i
// CHECK-NEXT: [[T0:%[0-9]+]] = call %{{[0-9]+}}.val()
// CHECK-NEXT: return
func methodValues(t T, i I) (func() int, func() int, func() int) {
	return t.val, t.ptr, i.val
}

// CHECK-LABEL: func p.methodExprs(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = copy func p.T.val
// CHECK-NEXT: [[T1:%[0-9]+]] = copy func p.(*T).ptr
// CHECK-NEXT: [[T2:%[0-9]+]] = copy func p.methodExprs-fm1
// CHECK-NEXT: return
// CHECK-LABEL: func p.methodExprs-fm1({{.*}} wrapper
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = call %{{[0-9]+}}.val()
// CHECK-NEXT: return
func methodExprs() (func(T) int, func(*T) int, func(I) int) {
	return T.val, (*T).ptr, I.val
}

// A function that captures nothing needs no object.
// CHECK-LABEL: func p.static(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = copy func p.static.func1
// CHECK-NEXT: return
// CHECK-LABEL: func p.static.func1(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = add <int> %{{[0-9]+}}.x, 1:int
// CHECK-NEXT: return
func static() func(int) int {
	return func(x int) int { return x + 1 }
}
