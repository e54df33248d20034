// The stack is checked where the frame is made, not on a path that needs none; what lives there survives the growth of the stack.
// RUN: env GOARCH=amd64 %stoat compile -p p -emit=asm -o - %s | FileCheck %s --check-prefix=AMD64
// RUN: env GOARCH=arm64 %stoat compile -p p -emit=asm -o - %s | FileCheck %s --check-prefix=ARM64
// RUN: env GOARCH=386 %stoat compile -p p -emit=asm -o - %s | FileCheck %s --check-prefix=I386
package p

// AMD64-LABEL: p.fib:
// AMD64: cmpq $1, %rdi
// AMD64-NEXT: jle
// AMD64: cmpq %fs:112, %rsp
// AMD64: pushq %rbp
// ARM64-LABEL: p.fib:
// ARM64: subs x8, x0, #1
// ARM64-NEXT: b.le
// ARM64: ldr x16, [x28]
// ARM64-NEXT: cmp sp, x16
// I386-LABEL: p.fib:
// I386: cmpl $1, %ecx
// I386-NEXT: jle
// I386: cmpl %gs:48, %esp
//
//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// A call at the start: checked at entry.
// AMD64-LABEL: p.always:
// AMD64: #APP
// AMD64-NEXT: cmpq %fs:112, %rsp
// AMD64: pushq %rbp
func always(n int) int { return fib(n) * 2 }
