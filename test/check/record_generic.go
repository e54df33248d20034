// Instances, selections and implicit objects, also inside generic bodies and function literals.
//
// RUN: %stoat compile -p=p -emit=types %s | FileCheck %s
package p

type Base struct{ n int }

func (b *Base) Inc() { b.n++ }

type Outer struct {
	pad int
	*Base
}

func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	func() {
		for _, x := range xs {
			out = append(out, f(x))
			// CHECK: [[#@LINE-1]]:10 Name func([]U, ...U) []U builtin use builtin append
			// CHECK: [[#@LINE-2]]:23 CallExpr U value
		}
	}()
	return out
}

func id[T any](x T) T { return x }

func use(o Outer) {
	o.Inc()
	// CHECK: [[#@LINE-1]]:3 SelectorExpr func() value method 1 0 indirect
	_ = o.n
	// CHECK: [[#@LINE-1]]:7 SelectorExpr int variable field 1 0 indirect
	_ = (*Base).Inc
	// CHECK: [[#@LINE-1]]:13 SelectorExpr func(*p.Base) value methodexpr 0 indirect
	_ = Map([]int{1}, id[int])
	// CHECK: [[#@LINE-1]]:6 Name func(xs []int, f func(int) int) []int value use func p.Map@{{[0-9:]+}} inst [int, int] func(xs []int, f func(int) int) []int
	// CHECK: [[#@LINE-2]]:20 Name func[T any](x T) T value use func p.id@{{[0-9:]+}} inst [int] func(x int) int
	_ = Map([]string{""}, id)
	// CHECK: [[#@LINE-1]]:24 Name func(x string) string value use func p.id@{{[0-9:]+}} inst [string] func(x string) string
	var a any
	switch v := a.(type) {
	case int:
		// CHECK: [[#@LINE-1]]:2 implicit var p.v@{{[0-9:]+}} int
		_ = v
	case string, nil:
		// CHECK: [[#@LINE-1]]:2 implicit var p.v@{{[0-9:]+}} any
		_ = v
	}
}
