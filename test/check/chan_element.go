// A channel's element has at most 65,535 bytes, on every target; message and positions are gc's. Channels that only instances have: second part.
// RUN: split-file %s %t
// RUN: env GOARCH=amd64 not %stoat compile -p p -e -o %t/o %t/written.go | FileCheck %t/written.go --implicit-check-not='written.go:'
// RUN: env GOARCH=386 not %stoat compile -p p -e -o %t/o %t/written.go | FileCheck %t/written.go --implicit-check-not='written.go:'
// RUN: env GOARCH=amd64 not %stoat compile -p p -e -o %t/o %t/instances.go | FileCheck %t/instances.go --implicit-check-not='instances.go:'
// RUN: env GOARCH=386 not %stoat compile -p p -e -o %t/o %t/instances.go | FileCheck %t/instances.go --implicit-check-not='instances.go:'
// RUN: not ls %t/o

//--- written.go
package p

type Fits [65535]byte
type TooLarge [65536]byte

type S struct {
	a [16383]int32
	b [3]byte
} // 65,536 with its padding

var ok chan Fits
// CHECK: written.go:[[#@LINE+1]]:5: channel element type too large (>64kB)
var bad chan TooLarge
// CHECK: written.go:[[#@LINE+1]]:6: channel element type too large (>64kB)
type N <-chan S

func fits() any { return make(chan [65535]byte, 3) }

// CHECK: written.go:[[#@LINE+1]]:6: channel element type too large (>64kB)
func literal() any {
	return make(chan [65536]byte)
}

func locals() {
	var n int
	// CHECK: written.go:[[#@LINE+1]]:2: channel element type too large (>64kB)
	c := make(chan [8192]int64)
	_, _ = c, n
	func() {
		_ = make(chan<- [8191]int64)
	}()
}

//--- instances.go
package p

// CHECK: instances.go:[[#@LINE+1]]:6: channel element type too large (>64kB)
func channel[T any](n int) any { return make(chan T, n) }

func twice[T any]() any { return channel[[2]T](1) }

type Queue[T any] struct{ c chan T }

func f() {
	channel[[65535]byte](1)
	twice[[32767]byte]()
	twice[[32768]byte]()
}

// CHECK: instances.go:[[#@LINE+1]]:5: channel element type too large (>64kB)
var queue Queue[[65537]byte]
