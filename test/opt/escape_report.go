// -m: the decisions of escape analysis in gc's words, by position.
// RUN: %stoat compile -p p -m -o %t %s | FileCheck %s --implicit-check-not=escape.go
package p

type T struct{ next *T }

var sink any

// CHECK: escape_report.go:[[#@LINE+1]]:12: leaking param: t
func keeps(t *T) { sink = t }

// CHECK: escape_report.go:[[#@LINE+1]]:14: leaking param: t to result ~r0 level=0
func returns(t *T) *T { return t }

// CHECK: escape_report.go:[[#@LINE+1]]:11: leaking param: t to result u level=1
func next(t *T) (u *T) { return t.next }

// CHECK: escape_report.go:[[#@LINE+1]]:14: leaking param content: t
func content(t *T) { sink = t.next }

// CHECK: escape_report.go:[[#@LINE+1]]:12: t does not escape
func reads(t *T) bool { return t.next == nil }

func sites(n int, list ...any) []int {
	// CHECK: escape_report.go:[[#@LINE-1]]:19: list does not escape
	// CHECK: escape_report.go:[[#@LINE+1]]:6: moved to heap: v
	var v T
	keeps(&v)
	// CHECK: escape_report.go:[[#@LINE+1]]:8: &T{...} does not escape
	reads(&T{next: &v})
	// CHECK: escape_report.go:[[#@LINE+1]]:10: new(T) does not escape
	next(new(T))
	// CHECK: escape_report.go:[[#@LINE+2]]:7: ... argument does not escape
	// CHECK: escape_report.go:[[#@LINE+1]]:11: n does not escape
	sites(n, n)
	// CHECK: escape_report.go:[[#@LINE+1]]:9: n escapes to heap
	sink = n
	// CHECK: escape_report.go:[[#@LINE+1]]:7: func literal does not escape
	f := func() { n++ }
	f()
	// CHECK: escape_report.go:[[#@LINE+1]]:21: map[string]int{...} does not escape
	m := map[string]int{"a": n}
	// CHECK: escape_report.go:[[#@LINE+1]]:13: make([]int, len(m)) escapes to heap
	return make([]int, len(m))
}
