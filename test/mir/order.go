// Order of evaluation, as MIR spells it out.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

func f(int) int
func g() int
func s() []int
func m() map[string]int
func ptr() *int

// Calls go from left to right, on both sides of an assignment; the index is checked when the element is stored.
// CHECK-LABEL: func p.assign(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.s()
// CHECK-NEXT: [[T1:%[0-9]+]] = call p.f(1:int)
// CHECK-NEXT: [[T2:%[0-9]+]] = call p.g()
// CHECK-NEXT: [[T3:%[0-9]+]] = len <int> [[T0]]
// CHECK-NEXT: boundscheck [[T1]], [[T3]]
// CHECK-NEXT: store [[T0]]{{\[}}[[T1]]{{\]}} = [[T2]]
// CHECK-NEXT: return
func assign() {
	s()[f(1)] = g()
}

// Index operands are evaluated before any variable changes.
// CHECK-LABEL: func p.pair(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy <[]int> %{{[0-9]+}}.a
// CHECK-NEXT: [[T3:%[0-9]+]] = copy <int> %{{[0-9]+}}.i
// CHECK-NEXT: [[T4:%[0-9]+]] = len <int> [[T2]]
// CHECK-NEXT: %{{[0-9]+}}.i = copy 1:int
// CHECK-NEXT: boundscheck [[T3]], [[T4]]
// CHECK-NEXT: store [[T2]]{{\[}}[[T3]]{{\]}} = 2:int
// CHECK-NEXT: return
func pair(a []int, i int) {
	i, a[i] = 1, 2
}

// The second value, which the first assignment may change, is loaded before it; the first with it.
// CHECK-LABEL: func p.swap(
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy <[]int> [[A:%[0-9]+\.a]]
// CHECK-NEXT: [[T4:%[0-9]+]] = copy <int> [[I:%[0-9]+\.i]]
// CHECK-NEXT: [[T5:%[0-9]+]] = len <int> [[T3]]
// CHECK-NEXT: boundscheck [[T4]], [[T5]]
// CHECK-NEXT: [[T6:%[0-9]+]] = load [[T3]]{{\[}}[[T4]]{{\]}}
// CHECK-NEXT: [[T7:%[0-9]+]] = len <int> [[A]]
// CHECK-NEXT: boundscheck [[J:%[0-9]+\.j]], [[T7]]
// CHECK-NEXT: [[T8:%[0-9]+]] = load [[A]]{{\[}}[[J]]{{\]}}
// CHECK-NEXT: [[T9:%[0-9]+]] = len <int> [[A]]
// CHECK-NEXT: boundscheck [[I]], [[T9]]
// CHECK-NEXT: store [[A]]{{\[}}[[I]]{{\]}} = [[T8]]
// CHECK-NEXT: [[T10:%[0-9]+]] = len <int> [[A]]
// CHECK-NEXT: boundscheck [[J]], [[T10]]
// CHECK-NEXT: store [[A]]{{\[}}[[J]]{{\]}} = [[T6]]
// CHECK-NEXT: return
func swap(a []int, i, j int) {
	a[i], a[j] = a[j], a[i]
}

// The pointer is called for before the value, but checked after it.
// CHECK-LABEL: func p.deref(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.ptr()
// CHECK-NEXT: [[T1:%[0-9]+]] = call p.g()
// CHECK-NEXT: nilcheck [[T0]]
// CHECK-NEXT: store *[[T0]] = [[T1]]
// CHECK-NEXT: return
func deref() {
	*ptr() = g()
}

// The map and key are evaluated once.
// CHECK-LABEL: func p.mapAssign(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.m()
// CHECK-NEXT: [[T1:%[0-9]+]] = call p.g()
// CHECK-NEXT: [[T2:%[0-9]+]] = mapelement [[T0]], "k":string
// CHECK-NEXT: [[T3:%[0-9]+]] = load *[[T2]]
// CHECK-NEXT: [[T4:%[0-9]+]] = add <int> [[T3]], [[T1]]
// CHECK-NEXT: store *[[T2]] = [[T4]]
// CHECK-NEXT: return
func mapAssign() {
	m()["k"] += g()
}

// A division may panic: no element is made before.
// CHECK-LABEL: func p.mapDivide(
// CHECK: [[T0:%[0-9]+]] = call p.m()
// CHECK: maplookup [[T0]], "k":string
// CHECK: div <int>
// CHECK: mapstore [[T0]], "k":string
func mapDivide() {
	m()["k"] /= g()
}

// Elements of maps are read late, as variables are, except where the key is not copied.
// CHECK-LABEL: func p.mapReads(
// CHECK: maplookup %{{[0-9]+}}.s
// CHECK: [[G:%[0-9]+]] = call p.g()
// CHECK: maplookup %{{[0-9]+}}.f
// CHECK: return
func mapReads(s map[string]int, f map[float64]int, b []byte) int {
	return f[2] + s[string(b)] + g()
}

// The function called is found before its arguments are.
// CHECK-LABEL: func p.calledFirst(
// CHECK: [[F:%[0-9]+]] = call p.function()
// CHECK: call p.g()
// CHECK: call p.g()
// CHECK: call [[F]](
func calledFirst() {
	function()(g(), g())
}

func function() func(int, int)

// Not before a() says so.
// CHECK-LABEL: func p.and(
// CHECK: b0:
// CHECK-NEXT: [[T4:%[0-9]+]] = call %{{[0-9]+}}.a()
// CHECK-NEXT: branch [[T4]] -> [[B4:b[0-9]+]], [[B2:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy true:bool
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T3]] = copy false:bool
// CHECK-NEXT: jump -> [[B3]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy [[T3]]
// CHECK-NEXT: return
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = call %{{[0-9]+}}.b()
// CHECK-NEXT: branch [[T5]] -> [[B1]], [[B2]]
func and(a, b func() bool) bool {
	return a() && b()
}
