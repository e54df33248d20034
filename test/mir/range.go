// Range loops: what is evaluated once, what is copied, what is loaded in each turn.
// RUN: %stoat compile -p p -N -verify-each -emit=mir -o - %s | FileCheck %s
package p

func use(int)

// The slice and its length are taken once; the element is loaded anew in each turn.
// CHECK-LABEL: func p.slice(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy <[]int> %{{[0-9]+}}.s
// CHECK-NEXT: [[T3:%[0-9]+]] = len <int> [[T2]]
// CHECK-NEXT: [[T1:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T4:%[0-9]+]] = lt <bool> [[T1]], [[T3]]
// CHECK-NEXT: branch [[T4]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = load [[T2]]{{\[}}[[T1]]{{\]}}
// CHECK-NEXT: %{{[0-9]+}}.i = copy [[T1]]
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T5]]
// CHECK-NEXT: [[T8:%[0-9]+]] = add <int> %{{[0-9]+}}.i, %{{[0-9]+}}.v
// CHECK-NEXT: call p.use([[T8]])
// CHECK-NEXT: %{{[0-9]+}}.s = copy zero:[]int
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T1]] = add <int> [[T1]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func slice(s []int) {
	for i, v := range s {
		use(i + v)
		s = nil
	}
}

// An array is copied, unless only the index is used.
// CHECK-LABEL: func p.array(
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy %{{[0-9]+}}.a
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T4:%[0-9]+]] = lt <bool> [[T2]], 3:int
// CHECK-NEXT: branch [[T4]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = load [[T3]]{{\[}}[[T2]]{{\]}}
// CHECK-NEXT: store %{{[0-9]+}}.a[2:int] = 0:int
// CHECK-NEXT: %{{[0-9]+}}.sum = add <int> %{{[0-9]+}}.sum, %{{[0-9]+}}.v
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2]] = add <int> [[T2]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func array(a [3]int) (sum int) {
	for _, v := range a {
		a[2] = 0
		sum += v
	}
	return
}

// CHECK-LABEL: func p.arrayPointer(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T3:%[0-9]+]] = lt <bool> [[T2]], 3:int
// CHECK-NEXT: branch [[T3]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.i = copy [[T2]]
// CHECK-NEXT: %{{[0-9]+}}.n = add <int> %{{[0-9]+}}.n, %{{[0-9]+}}.i
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2]] = add <int> [[T2]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func arrayPointer(a *[3]int) (n int) {
	for i := range a {
		n += i
	}
	return
}

// Bytes below 0x80 are runes by themselves.
// CHECK-LABEL: func p.str(
// CHECK: b0:
// CHECK-NEXT: [[T3:%[0-9]+]] = copy <string> %{{[0-9]+}}.s
// CHECK-NEXT: [[T4:%[0-9]+]] = len <int> [[T3]]
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = lt <bool> [[T2]], [[T4]]
// CHECK-NEXT: branch [[T5]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T6:%[0-9]+]], [[T7:%[0-9]+]] = decoderune [[T3]], [[T2]]
// CHECK-NEXT: %{{[0-9]+}}.i = copy [[T2]]
// CHECK-NEXT: %{{[0-9]+}}.r = copy [[T6]]
// CHECK-NEXT: [[T10:%[0-9]+]] = convert <int> %{{[0-9]+}}.r
// CHECK-NEXT: [[T11:%[0-9]+]] = mul <int> %{{[0-9]+}}.i, [[T10]]
// CHECK-NEXT: %{{[0-9]+}}.n = add <int> %{{[0-9]+}}.n, [[T11]]
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2]] = copy [[T7]]
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func str(s string) (n int) {
	for i, r := range s {
		n += i * int(r)
	}
	return
}

// CHECK-LABEL: func p.mapped(
// CHECK: b0:
// CHECK-NEXT: [[T2:%[0-9]+]] = copy <map[string]int> %{{[0-9]+}}.m
// CHECK-NEXT: mapiterstart [[T3:%[0-9]+]] = [[T2]]
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T4:%[0-9]+]], [[T5:%[0-9]+]], [[T6:%[0-9]+]] = mapiternext <map[string]int> [[T3]]
// CHECK-NEXT: branch [[T4]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.k = copy [[T5]]
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T6]]
// CHECK-NEXT: [[T9:%[0-9]+]] = len <int> %{{[0-9]+}}.k
// CHECK-NEXT: [[T10:%[0-9]+]] = add <int> [[T9]], %{{[0-9]+}}.v
// CHECK-NEXT: %{{[0-9]+}}.n = add <int> %{{[0-9]+}}.n, [[T10]]
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func mapped(m map[string]int) (n int) {
	for k, v := range m {
		n += len(k) + v
	}
	return
}

// CHECK-LABEL: func p.channel(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy <chan int> %{{[0-9]+}}.c
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T2:%[0-9]+]], [[T3:%[0-9]+]] = recv [[T1]]
// CHECK-NEXT: branch [[T3]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.v = copy [[T2]]
// CHECK-NEXT: call p.use(%{{[0-9]+}}.v)
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func channel(c chan int) {
	for v := range c {
		use(v)
	}
}

// CHECK-LABEL: func p.integer(
// CHECK: b0:
// CHECK-NEXT: [[T1:%[0-9]+]] = copy <int> %{{[0-9]+}}.n
// CHECK-NEXT: [[T2:%[0-9]+]] = copy 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T3:%[0-9]+]] = lt <bool> [[T2]], [[T1]]
// CHECK-NEXT: branch [[T3]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: %{{[0-9]+}}.i = copy [[T2]]
// CHECK-NEXT: call p.use(%{{[0-9]+}}.i)
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T2]] = add <int> [[T2]], 1:int
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
func integer(n int) {
	for i := range n {
		use(i)
	}
}

// A variable of each turn's own: the closure gets a fresh one.
// CHECK-LABEL: func p.perTurn(
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.i = new <int>
// CHECK-NEXT: store.init *%{{[0-9]+}}.i = 0:int
// CHECK-NEXT: jump -> [[B1:b[0-9]+]]
// CHECK-NEXT: [[B1]]:
// CHECK-NEXT: [[T3:%[0-9]+]] = load *%{{[0-9]+}}.i
// CHECK-NEXT: [[T4:%[0-9]+]] = lt <bool> [[T3]], %{{[0-9]+}}.n
// CHECK-NEXT: branch [[T4]] -> [[B2:b[0-9]+]], [[B4:b[0-9]+]]
// CHECK-NEXT: [[B2]]:
// CHECK-NEXT: [[T5:%[0-9]+]] = closure <func() int> p.perTurn.func1(%{{[0-9]+}}.i)
// CHECK-NEXT: %{{[0-9]+}}.fs = append <[]func() int> %{{[0-9]+}}.fs, [[T5]]
// CHECK-NEXT: jump -> [[B3:b[0-9]+]]
// CHECK-NEXT: [[B3]]:
// CHECK-NEXT: [[T7:%[0-9]+]] = load *%{{[0-9]+}}.i
// CHECK-NEXT: %{{[0-9]+}}.i = new <int>
// CHECK-NEXT: store.init *%{{[0-9]+}}.i = [[T7]]
// CHECK-NEXT: [[T8:%[0-9]+]] = load *%{{[0-9]+}}.i
// CHECK-NEXT: [[T9:%[0-9]+]] = add <int> [[T8]], 1:int
// CHECK-NEXT: store *%{{[0-9]+}}.i = [[T9]]
// CHECK-NEXT: jump -> [[B1]]
// CHECK-NEXT: [[B4]]:
// CHECK-NEXT: return
// CHECK-LABEL: func p.perTurn.func1({{.*}} captures [i *int]
// CHECK: b0:
// CHECK-NEXT: %{{[0-9]+}}.i = load ^0.i
// CHECK-NEXT: [[T2:%[0-9]+]] = load *%{{[0-9]+}}.i
// CHECK-NEXT: [[T3:%[0-9]+]] = add <int> [[T2]], 1:int
// CHECK-NEXT: store *%{{[0-9]+}}.i = [[T3]]
// CHECK-NEXT: [[T0:%[0-9]+]] = load *%{{[0-9]+}}.i
// CHECK-NEXT: return
func perTurn(n int) (fs []func() int) {
	for i := 0; i < n; i++ {
		fs = append(fs, func() int { i++; return i })
	}
	return
}
