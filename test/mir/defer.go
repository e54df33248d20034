// defer and go: everything is evaluated at the statement and bound in a wrapper without parameters.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

func f(int)
func g() func(int)
func arg() int

type T struct{ n int }

func (t T) val(int)
func (t *T) ptr()

// Function value and arguments are evaluated at the defer statement.
// CHECK-LABEL: func p.plain({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.g()
// CHECK-NEXT: [[T1:%[0-9]+]] = call p.arg()
// CHECK-NEXT: [[T2:%[0-9]+]] = closure <func()> p.plain.deferwrap1([[T1]], [[T0]])
// CHECK-NEXT: defer.thunk [[T2]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.plain.deferwrap1({{.*}} captures [ int,  func(int)] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = load ^0.
// CHECK-NEXT: [[T1:%[0-9]+]] = load ^1.
// CHECK-NEXT: call [[T1]]([[T0]])
// CHECK-NEXT: return
func plain() {
	defer g()(arg())
}

// A method value's receiver is copied.
// CHECK-LABEL: func p.method({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = closure <func()> p.method.deferwrap1(%{{[0-9]+}}.t)
// CHECK-NEXT: defer.thunk [[T1]]
// CHECK-NEXT: store %{{[0-9]+}}.t.n = 2:int
// CHECK-NEXT: return
// CHECK-LABEL: func p.method.deferwrap1({{.*}} captures [t p.T] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = load ^0.t
// CHECK-NEXT: call p.T.val([[T0]], 1:int)
// CHECK-NEXT: return
func method(t T) {
	defer t.val(1)
	t.n = 2
}

// A nil function panics when it is called, not at the statement.
// CHECK-LABEL: func p.nilFunc({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.h = copy zero:func()
// CHECK-NEXT: defer %{{[0-9]+}}.h
// CHECK-NEXT: return
func nilFunc() {
	var h func()
	defer h()
}

// The deferred function sees the named result.
// CHECK-LABEL: func p.result({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.r = new <int>
// CHECK-NEXT: [[T2:%[0-9]+]] = closure <func()> p.result.func1(%{{[0-9]+}}.r)
// CHECK-NEXT: defer [[T2]]
// CHECK-NEXT: store *%{{[0-9]+}}.r = 21:int
// CHECK-NEXT: return
// CHECK-LABEL: func p.result.func1({{.*}} captures [r *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.r = load ^0.r
// CHECK-NEXT: [[T1:%[0-9]+]] = load *%{{[0-9]+}}.r
// CHECK-NEXT: [[T2:%[0-9]+]] = mul <int> [[T1]], 2:int
// CHECK-NEXT: store *%{{[0-9]+}}.r = [[T2]]
// CHECK-NEXT: return
func result() (r int) {
	defer func() { r *= 2 }()
	return 21
}

// CHECK-LABEL: func p.recovers({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.r = new <any>
// CHECK-NEXT: [[T2:%[0-9]+]] = closure <func()> p.recovers.func1(%{{[0-9]+}}.r)
// CHECK-NEXT: defer [[T2]]
// CHECK-NEXT: [[T3:%[0-9]+]] = convert <interface{}> "x":string
// CHECK-NEXT: panic [[T3]]
// CHECK-LABEL: func p.recovers.func1({{.*}} captures [r *any] recover
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.r = load ^0.r
// CHECK-NEXT: [[T0:%[0-9]+]] = recover
// CHECK-NEXT: store *%{{[0-9]+}}.r = [[T0]]
// CHECK-NEXT: return
func recovers() (r any) {
	defer func() { r = recover() }()
	panic("x")
}

// CHECK-LABEL: func p.spawn(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = closure <func()> p.spawn.gowrap1(%{{[0-9]+}}.x)
// CHECK-NEXT: go.thunk [[T1]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.spawn.gowrap1({{.*}} captures [x int] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = load ^0.x
// CHECK-NEXT: call p.f([[T0]])
// CHECK-NEXT: return
func spawn(x int) {
	go f(x)
}

// CHECK-LABEL: func p.builtins({{.*}} defer
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = call p.arg()
// CHECK-NEXT: [[T3:%[0-9]+]] = closure <func()> p.builtins.deferwrap1(%{{[0-9]+}}.m, [[T2]])
// CHECK-NEXT: defer.thunk [[T3]]
// CHECK-NEXT: [[T4:%[0-9]+]] = closure <func()> p.builtins.deferwrap2(%{{[0-9]+}}.c)
// CHECK-NEXT: defer.thunk [[T4]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.builtins.deferwrap1({{.*}} captures [m map[int]int,  int] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = load ^0.m
// CHECK-NEXT: [[T1:%[0-9]+]] = load ^1.
// CHECK-NEXT: mapdelete [[T0]], [[T1]]
// CHECK-NEXT: return
// CHECK-LABEL: func p.builtins.deferwrap2({{.*}} captures [c chan int] wrapper
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = load ^0.c
// CHECK-NEXT: close [[T0]]
// CHECK-NEXT: return
func builtins(m map[int]int, c chan int) {
	defer delete(m, arg())
	defer close(c)
}
