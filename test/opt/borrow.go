// A string made of bytes is those bytes (`.borrowed`) only if nothing can change them while it is in use.
// RUN: %stoat compile -p p -verify-each -emit=mir -o - %s | FileCheck %s
// RUN: %stoat compile -p p -N -emit=mir -o - %s | FileCheck %s --check-prefix=NONE
// NONE-NOT: .borrowed
package p

import "unsafe"

var counts map[string]int
var sink string
var sinkAny any
var flags [8]bool
var channel chan int
var other []byte
var words []uint64

func opaque(string) int

//go:noescape
func native(string) int

// -- uses

// CHECK-LABEL: func p.lookup(
// CHECK: convert.stack.borrowed
func lookup(b []byte) int { return counts[string(b)] }

// CHECK-LABEL: func p.remove(
// CHECK: convert.stack.borrowed
func remove(b []byte) { delete(counts, string(b)) }

// A map keeps its keys.
// CHECK-LABEL: func p.insert(
// CHECK: convert <string>
func insert(b []byte) { counts[string(b)] = 1 }

// CHECK-LABEL: func p.compare(
// CHECK: convert.stack.borrowed
// CHECK: convert.stack.borrowed
func compare(a, b []byte) bool { return string(a) < string(b) }

// CHECK-LABEL: func p.choose(
// CHECK: convert.stack.borrowed
func choose(b []byte) int {
	switch string(b) {
	case "one":
		return 1
	case "two":
		return 2
	}
	return 0
}

// CHECK-LABEL: func p.runes(
// CHECK: convert.stack.borrowed
func runes(b []byte) (n rune) {
	for _, r := range string(b) {
		n += r
	}
	return n
}

// CHECK-LABEL: func p.concat(
// CHECK: convert.stack.borrowed
func concat(b []byte) string { return "<" + string(b) + ">" }

// It could be the result as it is.
// CHECK-LABEL: func p.concatNothing(
// CHECK: convert.stack <string>
func concatNothing(b []byte, s string) string { return string(b) + s }

type name string

// CHECK-LABEL: func p.part(
// CHECK: convert.stack.borrowed
func part(b []byte) bool {
	s := name(string(b))
	t := s[1:]
	return t == "x" || len(s) > 7 && s[7] == 'y'
}

// CHECK-LABEL: func p.array(
// CHECK: convert.stack <string>
func array(b []byte) bool { return [2]string{string(b), ""} == [2]string{"a", ""} }

// CHECK-LABEL: func p.escapes(
// CHECK: convert <string>
func escapes(b []byte) { sink = string(b) }

// CHECK-LABEL: func p.boxed(
// CHECK: convert.stack <string>
func boxed(b []byte) bool { return any(string(b)) == sinkAny }

// CHECK-LABEL: func p.several(
// CHECK: convert.stack <string>
func several(b []byte, more bool) bool {
	s := ""
	if more {
		s = string(b)
	}
	return s == sink
}

// -- what happens meanwhile

// CHECK-LABEL: func p.written(
// CHECK: convert.stack <string>
func written(b []byte) bool {
	s := string(b)
	b[0] = 'x'
	return s == sink
}

// Afterwards anything may.
// CHECK-LABEL: func p.writtenLater(
// CHECK: convert.stack.borrowed
func writtenLater(b []byte) bool {
	s := string(b)
	same := s == sink
	b[0] = 'x'
	return same
}

// CHECK-LABEL: func p.writtenInLoop(
// CHECK: convert.stack <string>
func writtenInLoop(b []byte) (n int) {
	s := string(b)
	for range 3 {
		n += len(s)
		if s == sink {
			n++
		}
		b[0]++
	}
	return n
}

// CHECK-LABEL: func p.convertedInLoop(
// CHECK: convert.stack.borrowed
func convertedInLoop(b []byte) (n int) {
	for range 3 {
		if string(b) == sink {
			n++
		}
		b[0]++
	}
	return n
}

// By another name, or another type.
// CHECK-LABEL: func p.writtenElsewhere(
// CHECK: convert.stack <string>
func writtenElsewhere(b []byte) bool {
	s := string(b)
	words[0] = 1
	return s == sink
}

// CHECK-LABEL: func p.appended(
// CHECK: convert.stack <string>
func appended(b []byte) bool {
	s := string(b)
	other = append(b[:0], 'x')
	return s == sink
}

// CHECK-LABEL: func p.copied(
// CHECK: convert.stack <string>
func copied(b []byte) bool {
	s := string(b)
	copy(other, "abc")
	return s == sink
}

// CHECK-LABEL: func p.cleared(
// CHECK: convert.stack <string>
func cleared(b []byte) bool {
	s := string(b)
	clear(other)
	return s == sink
}

// The array is a variable of the frame.
// CHECK-LABEL: func p.ownArray(
// CHECK: convert.stack <string>
func ownArray() bool {
	var a [40]byte
	s := string(a[:])
	a[3] = 1
	return s == sink
}

// Another goroutine may write when it hears of this one.
// CHECK-LABEL: func p.told(
// CHECK: convert.stack <string>
func told(b []byte) bool {
	s := string(b)
	channel <- 1
	return s == sink
}

// CHECK-LABEL: func p.started(
// CHECK: convert.stack <string>
func started(b []byte) bool {
	s := string(b)
	go escapes(b)
	return s == sink
}

// -- calls

// CHECK-LABEL: func p.callNative(
// CHECK: convert.stack <string>
func callNative(b []byte) int { return native(string(b)) }

// CHECK-LABEL: func p.callOpaque(
// CHECK: convert <string>
func callOpaque(b []byte) int { return opaque(string(b)) }

func vowels(s string) (n int) {
	var seen [4]bool
	counter := new(int)
	for i := range len(s) {
		if isVowel(s[i]) {
			seen[i%4] = true
			*counter++
		}
	}
	return *counter
}
func isVowel(c byte) bool { return c == 'a' || c == 'e' }

// CHECK-LABEL: func p.callQuiet(
// CHECK: convert.stack.borrowed
func callQuiet(b []byte) int { return vowels(string(b)) }

// CHECK-LABEL: func p.callMeanwhile(
// CHECK: convert.stack.borrowed
func callMeanwhile(b []byte) bool {
	s := string(b)
	n := vowels(sink)
	return len(s) > n && s == sink
}

func writes(s string) int {
	flags[0] = s == ""
	return 1
}

// CHECK-LABEL: func p.callWrites(
// CHECK: convert.stack <string>
func callWrites(b []byte) int { return writes(string(b)) }

func writesDeep(s string) int { return writes(s) }

// CHECK-LABEL: func p.callWritesDeep(
// CHECK: convert.stack <string>
func callWritesDeep(b []byte) int { return writesDeep(string(b)) }

func even(s string) bool { return s == "" || odd(s[1:]) }
func odd(s string) bool  { return s != "" && even(s[1:]) }

// CHECK-LABEL: func p.callRecursive(
// CHECK: convert.stack.borrowed
func callRecursive(b []byte) bool { return even(string(b)) }

func pingLoud(s string) bool { return s == "" || pongLoud(s[1:]) }
func pongLoud(s string) bool {
	other[0]++
	return s != "" && pingLoud(s[1:])
}

// CHECK-LABEL: func p.callRecursiveLoud(
// CHECK: convert.stack <string>
func callRecursiveLoud(b []byte) bool { return pingLoud(string(b)) }

func through(f func(), s string) bool {
	f()
	return s == sink
}

// CHECK-LABEL: func p.callThrough(
// CHECK: convert.stack <string>
func callThrough(b []byte) bool { return through(func() { b[0] = 'x' }, string(b)) }

func head(s string) string { return s[:1] }

// What comes back is a part of it.
// CHECK-LABEL: func p.callReturns(
// CHECK-NOT: .borrowed
// CHECK: call p.head
func callReturns(b []byte) string { return head(string(b)) }

func deferred(s string) (same bool) {
	defer func() { same = s == sink }()
	return false
}

// CHECK-LABEL: func p.callDeferred(
// CHECK: convert.stack <string>
func callDeferred(b []byte) bool { return deferred(string(b)) }

func generic[T ~string](s T) bool { return s == T(sink) }

// CHECK-LABEL: func p.callGeneric(
// CHECK: convert.stack.borrowed
func callGeneric(b []byte) bool { return generic(string(b)) }

func view(w []uint64) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), len(w)*8) }

// CHECK-LABEL: func p.callView(
// CHECK: convert.stack <string>
func callView() bool {
	s := string(view(words))
	words[1] = 7
	return s == sink
}
