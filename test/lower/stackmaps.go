// The stack maps of the final code, read back from the bytes that the walker reads: one record for each call that may collect, with the pointer
// that lives across it; no record for a native that is a leaf. (Code generation itself refuses a call that has neither.)
// RUN: env GOARCH=amd64 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' -e ' object ' -e ' leaf stoat_write_barrier' | FileCheck %s
// RUN: env GOARCH=arm64 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' -e ' object ' -e ' leaf stoat_write_barrier' | FileCheck %s
// RUN: env GOARCH=386 %stoat compile -p p -verify-each -emit=stackmaps -o - %s | grep -v -e ' saved ' -e ' object ' -e ' leaf stoat_write_barrier' | FileCheck %s
package p

type T struct {
	next *T
	n    int
}

type I interface{ M() }

func callee()

// CHECK-LABEL: function p.direct:
// CHECK-NEXT: call p.callee at stackmaps.go:[[#@LINE+2]]: {{.+}}
func direct(p *T) *T {
	callee()
	return p
}

// CHECK-LABEL: function p.indirect:
// CHECK-NEXT: call (indirect) at stackmaps.go:[[#@LINE+3]]: {{.+}}
// CHECK-NEXT: call runtime.panicmem at stackmaps.go:[[#@LINE+2]]:
func indirect(p *T, f func()) *T {
	f()
	return p
}

// CHECK-LABEL: function p.throughInterface:
// CHECK-NEXT: call (indirect) at stackmaps.go:[[#@LINE+3]]: {{.+}}
// CHECK-NEXT: call runtime.panicmem at stackmaps.go:[[#@LINE+2]]:
func throughInterface(p *T, i I) *T {
	i.M()
	return p
}

// CHECK-LABEL: function p.method:
// CHECK-NEXT: call p.(*T).do at stackmaps.go:[[#@LINE+2]]: {{.+}}
func method(p, q *T) *T {
	q.do()
	return p
}

func (t *T) do()

// CHECK-LABEL: function p.closure:
// CHECK-NEXT: call stoat_new at stackmaps.go:[[#@LINE+3]]: {{.+}}
// CHECK-NEXT: call stoat_new at stackmaps.go:[[#@LINE+3]]: {{.+}}
func closure(p *T) func() *T {
	q := new(T)
	return func() *T { q.do(); return p }
}

// CHECK-LABEL: function p.newObject:
// CHECK-NEXT: call stoat_new at stackmaps.go:[[#@LINE+2]]: {{.+}}
func newObject(p *T) (*T, *T) {
	return new(T), p
}

// CHECK-LABEL: function p.makeSlice:
// CHECK-NEXT: call stoat_makeslice at stackmaps.go:[[#@LINE+3]]: {{.+}}
// CHECK-NEXT: call runtime.panicmakeslicelen at stackmaps.go:[[#@LINE+2]]:
func makeSlice(p *T, n int) ([]*T, *T) {
	return make([]*T, n), p
}

// CHECK-LABEL: function p.appendTo:
// CHECK-NEXT: call stoat_growslice at stackmaps.go:[[#@LINE+2]]: {{.+}}
func appendTo(p *T, s []*T) ([]*T, *T) {
	return append(s, p), p
}

// CHECK-LABEL: function p.makeMap:
// CHECK-NEXT: call runtime.makemap at stackmaps.go:[[#@LINE+2]]: {{.+}}
func makeMap(p *T) (map[string]*T, *T) {
	return make(map[string]*T, 100), p
}

// CHECK-LABEL: function p.mapLookup:
// CHECK-NEXT: call runtime.mapaccess1_faststr at stackmaps.go:[[#@LINE+2]]: {{.+}}
func mapLookup(p *T, m map[string]int) (int, *T) {
	return m["k"], p
}

// CHECK-LABEL: function p.mapStore:
// CHECK-NEXT: call runtime.mapassign_faststr at stackmaps.go:[[#@LINE+2]]: {{.+}}
func mapStore(p *T, m map[string]*T) *T {
	m["k"] = p
	return p
}

// CHECK-LABEL: function p.mapRange:
// CHECK-NEXT: call runtime.mapIterStart at stackmaps.go:[[#@LINE+4]]: {{.+}}
// CHECK-NEXT: call p.callee at stackmaps.go:[[#@LINE+4]]: {{.+}}
// CHECK-NEXT: call runtime.mapIterNext at stackmaps.go:[[#@LINE+2]]: {{.+}}
func mapRange(p *T, m map[string]int) *T {
	for range m {
		callee()
	}
	return p
}

// CHECK-LABEL: function p.makeChan:
// CHECK-NEXT: call runtime.makechan at stackmaps.go:[[#@LINE+2]]: {{.+}}
func makeChan(p *T) (chan int, *T) {
	return make(chan int, 4), p
}

// CHECK-LABEL: function p.send:
// CHECK-NEXT: call stoat_chansend at stackmaps.go:[[#@LINE+2]]: {{.+}}
func send(p *T, c chan int) *T {
	c <- 1
	return p
}

// CHECK-LABEL: function p.receive:
// CHECK-NEXT: call stoat_chanrecv at stackmaps.go:[[#@LINE+2]]: {{.+}}
func receive(p *T, c chan int) *T {
	<-c
	return p
}

// CHECK-LABEL: function p.selectTwo:
// CHECK-NEXT: call stoat_selectgo at stackmaps.go:[[#@LINE+2]]: {{.+}}
func selectTwo(p *T, c, d chan int) *T {
	select {
	case <-c:
	case d <- 1:
	}
	return p
}

// CHECK-LABEL: function p.concat:
// CHECK-NEXT: call stoat_concatstrings at stackmaps.go:[[#@LINE+2]]: {{.+}}
func concat(p *T, a, b string) (string, *T) {
	return a + b, p
}

// CHECK-LABEL: function p.toBytes:
// CHECK-NEXT: call stoat_stringtoslicebyte at stackmaps.go:[[#@LINE+2]]: {{.+}}
func toBytes(p *T, s string) ([]byte, *T) {
	return []byte(s), p
}

// CHECK-LABEL: function p.toInterface:
// CHECK-NEXT: call stoat_new at stackmaps.go:[[#@LINE+2]]: {{.+}}
func toInterface(p *T, n int) (any, *T) {
	return n, p
}

// CHECK-LABEL: function p.assert:
// CHECK-NEXT: call runtime.typeAssertI at stackmaps.go:[[#@LINE+2]]: {{.+}}
func assert(p *T, x any) (I, *T) {
	return x.(I), p
}

// CHECK-LABEL: function p.spawn:
// CHECK-NEXT: call stoat_newproc at stackmaps.go:[[#@LINE+2]]: {{.+}}
func spawn(p *T) *T {
	go callee()
	return p
}

// The body of a function that defers is a function of its own, after the others; its pointer result lives in the frame's object.
// CHECK-LABEL: function p.deferred:
// CHECK-NEXT: call stoat_calldefer at stackmaps.go:[[#@LINE+2]]: object0{{$}}
// CHECK-NEXT: call runtime.deferreturn at stackmaps.go:[[#@LINE+4]]: object0{{$}}
func deferred(p *T) *T {
	defer callee()
	return p
}

// CHECK-LABEL: function p.panics:
// CHECK-NEXT: call stoat_calldefer at
// CHECK-NEXT: call runtime.deferreturn at
func panics(p *T, x any) {
	defer p.do()
	panic(x)
}

// CHECK-LABEL: function p.index:
// CHECK-NEXT: call runtime.panicIndex at stackmaps.go:[[#@LINE+2]]:
func index(p []*T, i int) *T {
	return p[i]
}

// CHECK-LABEL: function p.loop:
// CHECK-NEXT: call stoat_poll at stackmaps.go:[[#@LINE+3]]: {{.+}}
// CHECK-NEXT: call runtime.panicmem at stackmaps.go:[[#@LINE+2]]:
func loop(p *T) *T {
	for p.n != 0 {
		p = p.next
	}
	return p
}

// CHECK-LABEL: function p.leaves:
// CHECK: leaf memmove
// CHECK: leaf stoat_memequal
func leaves(p *T, a, b string, s, t []int) (*T, bool, int) {
	return p, a == b, copy(s, t)
}

// CHECK-LABEL: function p.inlined:
// CHECK-NEXT: call p.callee at stackmaps.go:{{[0-9]+}} in stackmaps.go:[[#@LINE+2]]: {{.+}}
func inlined(p *T) *T {
	return direct(p)
}

// CHECK-LABEL: function p.closure.func1:
// CHECK-NEXT: call p.(*T).do at {{.*}}: {{.+}}
// CHECK-LABEL: function p.deferred$body:
// CHECK-NEXT: function p.panics$body:
// CHECK-NEXT: call runtime.gopanic at
// CHECK-NEXT: function p.panics.deferwrap1: {{.*}}wrapper
// CHECK-NEXT: call p.(*T).do at
