// RUN: not %stoat compile -emit=ast %s 2>&1 | FileCheck %s
package p

//line other.y:100
var a b c

// CHECK: other.y:100: syntax error: unexpected name c after top level declaration

/*line third.y:7:20*/ var d e f

// CHECK: third.y:7:29: syntax error: unexpected name f after top level declaration
