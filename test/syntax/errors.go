// RUN: not %stoat compile -emit=ast %s 2>&1 | FileCheck %s --implicit-check-not=error:
// Messages, positions and recovery: one error a line, and parsing goes on after each.
package p

// CHECK: [[#@LINE+1]]:7: syntax error: unexpected :=, expected =
var x := 1

func f() {
	// CHECK: [[#@LINE+1]]:7: syntax error: cannot use assignment x = 1 as value
	if x = 1 {
	}
	// CHECK: [[#@LINE+1]]:6: syntax error: unexpected name c in argument list; possibly missing comma or )
	g(b c)
	// CHECK: [[#@LINE+1]]:8: syntax error: unexpected ], expected operand
	_ = a[]
}

// CHECK: [[#@LINE+1]]:1: syntax error: non-declaration statement outside function body
x = 2

// CHECK: [[#@LINE+1]]:9: syntax error: missing type constraint
func g[T]() {}
