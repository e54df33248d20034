// Errors of expressions and statements: gc's wording, positions and order.
//
// RUN: not %stoat compile -p=p -e %s 2>&1 | FileCheck %s
package p

type T struct{ f int }

func (t *T) m() {}

func two() (int, int) { return 1, 2 }

func exprs(a int, s string, m map[string]T, t T) {
	// CHECK: :[[#@LINE+1]]:6: invalid operation: a + s (mismatched types int and string)
	_ = a + s
	// CHECK: :[[#@LINE+1]]:6: invalid operation: a + "x" (mismatched types int and untyped string)
	_ = a + "x"
	// CHECK: :[[#@LINE+1]]:10: invalid operation: division by zero
	_ = a / 0
	// CHECK: :[[#@LINE+1]]:15: cannot use 300 (untyped int constant) as byte value in variable declaration (overflows)
	var b byte = 300
	// CHECK: :[[#@LINE+1]]:6: invalid operation: shifted operand (1.5) (untyped float constant 1.5) must be integer
	b = (1.5) << a
	_ = b
	// CHECK: :[[#@LINE+1]]:6: multiple-value two() (value of type (int, int)) in single-value context
	_ = two() + 1
	// CHECK: :[[#@LINE+1]]:2: cannot assign to struct field m["k"].f in map
	m["k"].f = 1
	// CHECK: :[[#@LINE+1]]:4: t.g undefined (type T has no field or method g)
	t.g = 1
	// CHECK: :[[#@LINE+1]]:12: invalid argument: index 3 out of bounds [0:3]
	_ = "abc"[3]
	// CHECK: :[[#@LINE+1]]:10: invalid slice indices: 1 < 2
	_ = s[2:1]
	// CHECK: :[[#@LINE+3]]:7: not enough arguments in call to two2
	// CHECK-NEXT: have (number)
	// CHECK-NEXT: want (int, string)
	two2(1)
	// CHECK: :[[#@LINE+1]]:14: unknown field z in struct literal of type T
	_ = T{f: 1, z: 2}
	// CHECK: :[[#@LINE+1]]:29: duplicate key "a" in map literal
	_ = map[string]int{"a": 1, "a": 2}
	// CHECK: :[[#@LINE+1]]:6: invalid operation: a (variable of type int) is not an interface
	_ = a.(int)
	// CHECK: :[[#@LINE+1]]:2: len(s) (value of type int) is not used
	len(s)
}

func two2(a int, b string) {}

// CHECK: :[[#@LINE+1]]:46: missing return
func noReturn(a int) int { for a > 0 { a-- } }

func statements(x any, n int) {
	// CHECK: :[[#@LINE+1]]:2: declared and not used: unused
	unused := 1
	switch n {
	case 1:
	// CHECK: :[[#@LINE+2]]:7: duplicate case 1 (constant of type int) in expression switch
	// CHECK-NEXT: previous case
	case 1:
	}
	switch x.(type) {
	case int:
	// CHECK: :[[#@LINE+2]]:7: duplicate case int in type switch
	// CHECK-NEXT: previous case
	case int:
	}
	// CHECK: :[[#@LINE+1]]:8: defer requires function call, not conversion int(n) (value of type int)
	defer int(n)
	// CHECK: :[[#@LINE+1]]:12: cannot range over 1.5 (untyped float constant)
	for range 1.5 {
	}
}
