// select: operands in source order, one operation, then the places of received values.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

func c1() chan int
func c2() chan<- string
func val() string
func use(int, bool)

// Channels and values to send are evaluated in source order, all of them, before the choice.
// CHECK-LABEL: func p.two(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]] = call p.c1()
// CHECK-NEXT: [[T2:%[0-9]+]] = call p.c2()
// CHECK-NEXT: [[T3:%[0-9]+]] = call p.val()
// CHECK-NEXT: [[T4:%[0-9]+]], [[T5:%[0-9]+]] = select {[[T1:%[0-9]+]] <- [[T0]]} {send [[T2]] <- [[T3]]}
// CHECK-NEXT: switch [[T4]], 0:int -> [[B3:b[0-9]+]], [[B2:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T1]]
// CHECK-NEXT: %{{[0-9]+}}.ok = copy [[T5]]
// CHECK-NEXT: call p.use(%{{[0-9]+}}.v, %{{[0-9]+}}.ok)
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: call p.use(1:int, false:bool)
// CHECK-NEXT: jump -> [[B1]]
func two() {
	select {
	case v, ok := <-c1():
		use(v, ok)
	case c2() <- val():
		use(1, false)
	}
}

// CHECK-LABEL: func p.withDefault(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy <chan int> %{{[0-9]+}}.c
// CHECK-NEXT: [[T3:%[0-9]+]], [[T4:%[0-9]+]] = select {_ <- [[T2]]} default
// CHECK-NEXT: switch [[T3]], 0:int -> [[B2:b[0-9]+]], [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy true:bool
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T1]] = copy false:bool
// CHECK-NEXT: return
func withDefault(c chan int) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// CHECK-LABEL: func p.forever(
// CHECK: b0:
// CHECK-NEXT: [[T0:%[0-9]+]], [[T1:%[0-9]+]] = select
// CHECK-NEXT: unreachable
func forever() {
	select {}
}

// The place for a received value is evaluated after the choice.
// CHECK-LABEL: func p.place(
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy <chan int> %{{[0-9]+}}.c
// CHECK-NEXT: [[T5:%[0-9]+]], [[T6:%[0-9]+]] = select {[[T4:%[0-9]+]] <- [[T3]]}
// CHECK-NEXT: jump -> [[B2:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T7:%[0-9]+]] = call %{{[0-9]+}}.i()
// CHECK-NEXT: [[T8:%[0-9]+]] = len <int> %{{[0-9]+}}.a
// CHECK-NEXT: boundscheck [[T7]], [[T8]]
// CHECK-NEXT: store %{{[0-9]+}}.a{{\[}}[[T7]]{{\]}} = [[T4]]
// CHECK-NEXT: jump -> [[B1]]
func place(c chan int, a []int, i func() int) {
	select {
	case a[i()] = <-c:
	}
}

// CHECK-LABEL: func p.single(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy <chan int> %{{[0-9]+}}.c
// CHECK-NEXT: [[T2:%[0-9]+]], [[T3:%[0-9]+]] = select {send [[T1]] <- 1:int}
// CHECK-NEXT: jump -> [[B2:b[0-9]+]]
// CHECK-NEXT: [[B1:b[0-9]+]]:
// CHECK-NEXT: return
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: jump -> [[B1]]
func single(c chan int) {
	select {
	case c <- 1:
	}
}
