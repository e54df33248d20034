// Generic bodies stay generic in MIR; calls name their type arguments.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

type Number interface{ ~int | ~float64 }

// The body stays generic; operations are type-directed.
// CHECK-LABEL: func p.sum[T](
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy <[]T> %{{[0-9]+}}.s
// CHECK-NEXT: [[T4:%[0-9]+]] = len <int> [[T3]]
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = lt <bool> [[T2]], [[T4]]
// CHECK-NEXT: branch [[T5]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = load [[T3]]{{\[}}[[T2]]{{\]}}
// CHECK-NEXT: %{{[0-9]+}}.t = add <T> %{{[0-9]+}}.t, %{{[0-9]+}}.v
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2]] = add <int> [[T2]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func sum[T Number](s []T) (t T) {
	for _, v := range s {
		t += v
	}
	return
}

type List[E any] struct {
	v    E
	next *List[E]
}

// CHECK-LABEL: func p.(*List).push[E](
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = new <p.List[E]>
// CHECK-NEXT: store.init *%{{[0-9]+}}.v = %{{[0-9]+}}.v
// CHECK-NEXT: store.init *%{{[0-9]+}}.next = %{{[0-9]+}}.l
// CHECK-NEXT: [[T2:%[0-9]+]] = copy [[T3]]
// CHECK-NEXT: return
func (l *List[E]) push(v E) *List[E] { return &List[E]{v, l} }

// CHECK-LABEL: func p.mapTo[A, B](
// CHECK: b0:
// CHECK-NEXT: [[T4:%[0-9]+]] = copy <[]A> %{{[0-9]+}}.s
// CHECK-NEXT: [[T5:%[0-9]+]] = len <int> [[T4]]
// CHECK-NEXT: [[T3:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T6:%[0-9]+]] = lt <bool> [[T3]], [[T5]]
// CHECK-NEXT: branch [[T6]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = load [[T4]]{{\[}}[[T3]]{{\]}}
// CHECK-NEXT: [[T9:%[0-9]+]] = call %{{[0-9]+}}.f(%{{[0-9]+}}.v)
// CHECK-NEXT: %{{[0-9]+}}.r = append <[]B> %{{[0-9]+}}.r, [[T9]]
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T3]] = add <int> [[T3]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func mapTo[A, B any](s []A, f func(A) B) (r []B) {
	for _, v := range s {
		r = append(r, f(v))
	}
	return
}

// A method called through a type parameter is resolved in the instance.
// CHECK-LABEL: func p.str[T](
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = call %{{[0-9]+}}.x.(T).String()
// CHECK-NEXT: return
func str[T interface{ String() string }](x T) string { return x.String() }

// CHECK-LABEL: func p.uses(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = new <[1]int>
// CHECK-NEXT: store.init *[[T0]][0:int] = 1:int
// CHECK-NEXT: [[T1:%[0-9]+]] = slice.unchecked <[]int> [[T0]], -, -, -
// CHECK-NEXT: [[T2:%[0-9]+]] = call p.sum[int]([[T1]])
// CHECK-NEXT: [[T3:%[0-9]+]] = new <[1]float64>
// CHECK-NEXT: store.init *[[T3]][0:int] = 1:float64
// CHECK-NEXT: [[T4:%[0-9]+]] = slice.unchecked <[]float64> [[T3]], -, -, -
// CHECK-NEXT: [[T5:%[0-9]+]] = call p.sum[float64]([[T4]])
// CHECK-NEXT: %{{[0-9]+}}.l = copy zero:*p.List[string]
// CHECK-NEXT: %{{[0-9]+}}.l = call p.(*List).push[string](%{{[0-9]+}}.l, "x":string)
// CHECK-NEXT: [[T8:%[0-9]+]] = new <[1]int>
// CHECK-NEXT: store.init *[[T8]][0:int] = 1:int
// CHECK-NEXT: [[T9:%[0-9]+]] = slice.unchecked <[]int> [[T8]], -, -, -
// CHECK-NEXT: [[T10:%[0-9]+]] = call p.mapTo[int, string]([[T9]], func p.uses.func1)
// CHECK-NEXT: return
// CHECK-LABEL: func p.uses.func1(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy "":string
// CHECK-NEXT: return
func uses() {
	sum([]int{1})
	sum([]float64{1})
	var l *List[string]
	l = l.push("x")
	mapTo([]int{1}, func(int) string { return "" })
}

// CHECK-LABEL: func p.kind[T](
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = convert <any> %{{[0-9]+}}.x
// CHECK-NEXT: _, [[T3:%[0-9]+]] = typeassert <int> [[T2]]
// CHECK-NEXT: branch [[T3]] -> [[B2:b[0-9]+]], [[B3:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy 0:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T1]] = copy 1:int
// CHECK-NEXT: return
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: jump -> [[B1]]
func kind[T any](x T) int {
	switch any(x).(type) {
	case int:
		return 1
	}
	return 0
}
