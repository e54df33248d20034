// switch: constants as a jump table, other cases as calls in order, type switches as assertions.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

func f(int) int
func use(any)

// Small constants become a jump table; fallthrough goes to the next clause's body.
// CHECK-LABEL: func p.constants(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = call p.f(%{{[0-9]+}}.x)
// CHECK-NEXT: switch [[T2]], 1:int, 2:int, 3:int, 4:int -> [[B4:b[0-9]+]], [[B2:b[0-9]+]], [[B2]], [[B3:b[0-9]+]], [[B5:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy 30:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: jump -> [[B3]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T1]] = copy 10:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: [[T1]] = copy 20:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B5]]:
// CHECK-NEXT: jump -> [[B1]]
func constants(x int) int {
	switch f(x) {
	case 1, 2:
		fallthrough
	case 3:
		return 10
	default:
		return 20
	case 4:
	}
	return 30
}

// Other cases are called for in order, and only until one is equal.
// CHECK-LABEL: func p.calls(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy <int> %{{[0-9]+}}.x
// CHECK-NEXT: [[T3:%[0-9]+]] = call p.f(1:int)
// CHECK-NEXT: [[T4:%[0-9]+]] = eq <bool> [[T2]], [[T3]]
// CHECK-NEXT: branch [[T4]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy 3:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T1]] = copy 1:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B3:b[0-9]+]]:
// CHECK-NEXT: [[T1]] = copy 2:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = call p.f(2:int)
// CHECK-NEXT: [[T6:%[0-9]+]] = eq <bool> [[T2]], [[T5]]
// CHECK-NEXT: branch [[T6]] -> [[B2]], [[B5:b[0-9]+]]
// CHECK-NEXT: [[B5]]:
// CHECK-NEXT: [[T7:%[0-9]+]] = call p.f(3:int)
// CHECK-NEXT: [[T8:%[0-9]+]] = eq <bool> [[T2]], [[T7]]
// CHECK-NEXT: branch [[T8]] -> [[B3]], [[B6:b[0-9]+]]
// CHECK-NEXT: [[B6]]:
// CHECK-NEXT: jump -> [[B1]]
func calls(x int) int {
	switch x {
	case f(1), f(2):
		return 1
	case f(3):
		return 2
	}
	return 3
}

// CHECK-LABEL: func p.noTag(
// CHECK: b0:
// CHECK-NEXT: branch %{{[0-9]+}}.a -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 3:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T2]] = copy 1:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B3:b[0-9]+]]:
// CHECK-NEXT: [[T2]] = copy 2:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: branch %{{[0-9]+}}.b -> [[B3]], [[B5:b[0-9]+]]
// CHECK-NEXT: [[B5]]:
// CHECK-NEXT: jump -> [[B1]]
func noTag(a, b bool) int {
	switch {
	case a:
		return 1
	case b:
		return 2
	}
	return 3
}

// CHECK-LABEL: func p.types(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy <any> %{{[0-9]+}}.x
// CHECK-NEXT: [[T2:%[0-9]+]] = eq <bool> [[T1]], zero:any
// CHECK-NEXT: branch [[T2]] -> [[B2:b[0-9]+]], [[B6:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T1]]
// CHECK-NEXT: [[T8:%[0-9]+]] = convert <any> 0:int
// CHECK-NEXT: call p.use([[T8]])
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B3:b[0-9]+]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T3:%[0-9]+]]
// CHECK-NEXT: [[T10:%[0-9]+]] = convert <any> %{{[0-9]+}}.v
// CHECK-NEXT: call p.use([[T10]])
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4:b[0-9]+]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T1]]
// CHECK-NEXT: call p.use(%{{[0-9]+}}.v)
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B5:b[0-9]+]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T1]]
// CHECK-NEXT: call p.use(%{{[0-9]+}}.v)
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B6]]:
// CHECK-NEXT: [[T3]], [[T4:%[0-9]+]] = typeassert <int> [[T1]]
// CHECK-NEXT: branch [[T4]] -> [[B3]], [[B7:b[0-9]+]]
// CHECK-NEXT: [[B7]]:
// CHECK-NEXT: _, [[T5:%[0-9]+]] = typeassert <string> [[T1]]
// CHECK-NEXT: branch [[T5]] -> [[B4]], [[B8:b[0-9]+]]
// CHECK-NEXT: [[B8]]:
// CHECK-NEXT: _, [[T6:%[0-9]+]] = typeassert <error> [[T1]]
// CHECK-NEXT: branch [[T6]] -> [[B4]], [[B9:b[0-9]+]]
// CHECK-NEXT: [[B9]]:
// CHECK-NEXT: jump -> [[B5]]
func types(x any) {
	switch v := x.(type) {
	case nil:
		use(0)
	case int:
		use(v)
	case string, error:
		use(v)
	default:
		use(v)
	}
}
