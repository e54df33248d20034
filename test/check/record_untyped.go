// Untyped expressions take their final types from the context: shifts, comparisons, comma-ok forms, built-ins, range.
//
// RUN: %stoat compile -p=p -emit=types %s | FileCheck %s
package p

func shifts(s uint) {
	var x int64 = 1<<s + 2.0
	// CHECK: [[#@LINE-1]]:21 Operation int64 value
	// CHECK: [[#@LINE-2]]:16 BasicLit int64 const 1
	// CHECK: [[#@LINE-3]]:23 BasicLit int64 const 2
	_ = x
	y := 'a' << s
	// CHECK: [[#@LINE-1]]:7 BasicLit rune const 97
	_ = y
}

type flag bool

func compare(a, b int) flag {
	return a < b && b < 3
	// CHECK: [[#@LINE-1]]:15 Operation p.flag value
	// CHECK: [[#@LINE-2]]:11 Operation p.flag value
	// CHECK: [[#@LINE-3]]:22 BasicLit int const 3
}

func commaOk(m map[string]int, c chan string, a any) {
	v, ok := m["k"]
	// CHECK: [[#@LINE-1]]:12 IndexExpr (int, bool) mapindex
	s, ok := <-c
	// CHECK: [[#@LINE-1]]:11 Operation (string, bool) commaok
	t, ok := a.(error)
	// CHECK: [[#@LINE-1]]:12 AssertExpr (error, bool) commaok
	_, _, _, _ = v, s, t, ok
}

func builtins(b []byte, f float32) {
	b = append(b, "tail"...)
	// CHECK: [[#@LINE-1]]:6 Name func([]byte, string...) []byte builtin use builtin append
	// CHECK: [[#@LINE-2]]:16 BasicLit string const "tail"
	_ = max(f, 1, 2)
	// CHECK: [[#@LINE-1]]:6 Name func(float32, float32, float32) float32 builtin use builtin max
	// CHECK: [[#@LINE-2]]:13 BasicLit float32 const 1
	_ = len([4]int{})
	// CHECK: [[#@LINE-1]]:9 CallExpr int const 4
	println(7, nil == a)
	// CHECK: [[#@LINE-1]]:2 Name func(int, bool) builtin use builtin println
	// CHECK: [[#@LINE-2]]:13 Name *int nil use nil nil
}

var a *int

func ranges(arr [5]string) {
	for i := range arr {
		// CHECK: [[#@LINE-1]]:17 Name int const 5 use var p.arr@{{[0-9:]+}}
		_ = i
	}
	for i := range 10 {
		// CHECK: [[#@LINE-1]]:17 BasicLit int const 10
		_ = i
	}
}
