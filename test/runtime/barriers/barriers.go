// Every kind of write barrier, one case each: `barriers CASE` runs one collection in steps and lets the only pointer to an object move in between, so that
// the object survives only if the barrier of that operation shades it. Without arguments: all cases. utils/test_barriers runs it against builds of the runtime
// that lack one barrier each.
package main

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

//go:linkname step runtime.stoatStep
func step(kind int)

const (
	stacksFirst = iota // all stacks are scanned, nothing else
	heapFirst          // all but the stacks is marked
	ownStackFirst
	finish
)

type node struct {
	next  *node
	value uintptr
}

// big is moved by typedmemmove.
type big struct {
	before [40]uintptr
	p      *node
	after  [40]uintptr
}

// Roots.
var (
	box     *node
	wide    *big
	list    []*node
	byName  map[string]*node
	bigs    map[int]big
	shared  *atomic.Pointer[node]
	raw     *unsafe.Pointer
	channel chan *node
	other   chan *node
	done    chan bool
	sink    *node
)

const magic = 0x5eedcafe

// hidden makes an object that no pointer leads to.
//
//go:noinline
func hidden() uintptr {
	sink = &node{value: magic} // in the heap
	h := ^uintptr(unsafe.Pointer(sink))
	sink = nil
	return h
}

// show makes the pointer of what hidden gave. Not to be inlined: it must not lie in a frame that is scanned.
//
//go:noinline
func show(h uintptr) *node {
	h = ^h
	return *(**node)(unsafe.Pointer(&h))
}

func check(name string, p *node) {
	if p == nil || p.value != magic {
		fmt.Printf("barriers: %s: object lost\n", name)
		os.Exit(1)
	}
}

// -- an insertion: the object becomes reachable through what is marked already (heapFirst)

type insertion struct {
	name   string
	set    func()
	insert func(h uintptr)
	get    func() *node
}

//go:noinline
func storeBox(h uintptr) { box.next = show(h) }

//go:noinline
func storeGlobal(h uintptr) { box = show(h) }

//go:noinline
func storeBig(h uintptr) {
	var b big
	b.p = show(h)
	*wide = b
}

//go:noinline
func copyList(h uintptr) {
	var from [3]*node
	from[1] = show(h)
	copy(list, from[:])
}

//go:noinline
func mapStore(h uintptr) { byName["b"] = show(h) }

//go:noinline
func mapMove(h uintptr) {
	var b big
	b.p = show(h)
	bigs[2] = b
}

//go:noinline
func atomicStore(h uintptr) { shared.Store(show(h)) }

//go:noinline
func atomicSwap(h uintptr) { shared.Swap(show(h)) }

//go:noinline
func atomicCas(h uintptr) { shared.CompareAndSwap(nil, show(h)) }

// The functions of sync/atomic themselves: the compiler sees through their calls, but not through these variables.
var (
	storePointer = atomic.StorePointer
	swapPointer  = atomic.SwapPointer
	casPointer   = atomic.CompareAndSwapPointer
)

func makeRaw()      { raw = new(unsafe.Pointer) }
func getRaw() *node { return (*node)(*raw) }

func makeBox()    { box = new(node) }
func makeWide()   { wide = new(big) }
func makeList()   { list = make([]*node, 3) }
func makeMap()    { byName = map[string]*node{"a": nil, "b": nil} }
func makeBigs()   { bigs = map[int]big{1: {}, 2: {}} }
func makeShared() { shared = new(atomic.Pointer[node]) }

var insertions = []insertion{
	{"store", makeBox, storeBox, func() *node { return box.next }},
	{"global", makeBox, storeGlobal, func() *node { return box }},
	{"move", makeWide, storeBig, func() *node { return wide.p }},
	{"copy", makeList, copyList, func() *node { return list[1] }},
	{"mapstore", makeMap, mapStore, func() *node { return byName["b"] }},
	{"mapmove", makeBigs, mapMove, func() *node { return bigs[2].p }},
	{"storepointer", makeRaw, func(h uintptr) { storePointer(raw, unsafe.Pointer(show(h))) }, getRaw},
	{"swappointer", makeRaw, func(h uintptr) { swapPointer(raw, unsafe.Pointer(show(h))) }, getRaw},
	{"caspointer", makeRaw, func(h uintptr) { casPointer(raw, nil, unsafe.Pointer(show(h))) }, getRaw},
	{"atomicstore", makeShared, atomicStore, func() *node { return shared.Load() }},
	{"atomicswap", makeShared, atomicSwap, func() *node { return shared.Load() }},
	{"atomiccas", makeShared, atomicCas, func() *node { return shared.Load() }},
}

func runInsertion(c insertion) {
	c.set()
	h := hidden()
	step(heapFirst)
	c.insert(h)
	step(finish)
	check(c.name, c.get())
}

// -- as before, from an object that only the caller's stack knew, and then nobody

//go:noinline
func growList(from []*node) { list = append(from, nil) }

//go:noinline
func reflectSet(from *big) { reflect.ValueOf(&wide).Elem().Elem().Set(reflect.ValueOf(from).Elem()) }

//go:noinline
func listOf(h uintptr) []*node {
	from := make([]*node, 3)
	from[1] = show(h)
	return from
}

//go:noinline
func bigOf(h uintptr) *big {
	b := new(big)
	b.p = show(h)
	return b
}

//go:noinline
func runList(name string, f func([]*node)) {
	makeList()
	from := listOf(hidden())
	step(heapFirst)
	f(from)
	from = nil
	step(finish)
	check(name, list[1])
}

//go:noinline
func reflectCopy(from reflect.Value) { reflect.Copy(reflect.ValueOf(list), from) }

//go:noinline
func runReflectCopy(name string) {
	makeList()
	from := reflect.ValueOf(listOf(hidden()))
	step(heapFirst)
	reflectCopy(from)
	from = reflect.Value{}
	step(finish)
	check(name, list[1])
}

//go:noinline
func runReflectSet(name string) {
	makeWide()
	from := bigOf(hidden())
	step(heapFirst)
	reflectSet(from)
	from = nil
	step(finish)
	check(name, wide.p)
}

// -- a deletion: the object is only reachable through what is not marked yet, is taken to a stack that is scanned already, and then deleted (stacksFirst)

type deletion struct {
	name   string
	set    func(h uintptr)
	remove func() *node
}

func setBox(h uintptr) {
	makeBox()
	box.next = show(h)
}

func setWide(h uintptr) {
	makeWide()
	wide.p = show(h)
}

func setList(h uintptr) {
	makeList()
	list[1] = show(h)
}

func setMap(h uintptr) {
	makeMap()
	byName["b"] = show(h)
}

func setShared(h uintptr) {
	makeShared()
	shared.Store(show(h))
}

func setBuffer(h uintptr) {
	channel = make(chan *node, 2)
	channel <- show(h)
}

var noNodes [3]*node

var deletions = []deletion{
	{"storeold", setBox, func() *node {
		p := box.next
		box.next = nil
		return p
	}},
	{"moveold", setWide, func() *node {
		p := wide.p
		var b big
		b.before[0] = 1
		*wide = b
		return p
	}},
	{"copyold", setList, func() *node {
		p := list[1]
		copy(list, noNodes[:])
		return p
	}},
	{"clear", setList, func() *node {
		p := list[1]
		clear(list)
		return p
	}},
	{"clearstruct", setWide, func() *node {
		p := wide.p
		*wide = big{}
		return p
	}},
	{"mapdelete", setMap, func() *node {
		p := byName["b"]
		delete(byName, "b")
		return p
	}},
	{"mapclear", setMap, func() *node {
		p := byName["b"]
		clear(byName)
		return p
	}},
	{"reflectzero", setWide, func() *node {
		p := wide.p
		reflect.ValueOf(&wide).Elem().Elem().SetZero()
		return p
	}},
	{"atomicstoreold", setShared, func() *node {
		p := shared.Load()
		shared.Store(nil)
		return p
	}},
	{"atomicswapold", setShared, func() *node { return shared.Swap(nil) }},
	{"atomiccasold", setShared, func() *node {
		p := shared.Load()
		shared.CompareAndSwap(p, nil)
		return p
	}},
	{"chanbuffer", setBuffer, func() *node { return <-channel }},
}

func runDeletion(c deletion) {
	c.set(hidden())
	step(stacksFirst)
	p := c.remove()
	step(finish)
	check(c.name, p)
}

// -- from stack to stack

// stage counts what the other goroutine has done.
var stage atomic.Int32

var stacks [1 << 16]byte

// blocked waits until the other goroutine has come to that stage and then has blocked.
func blocked(at int32) {
	for {
		if stage.Load() == at {
			text := stacks[:runtime.Stack(stacks[:], true)]
			if _, others, ok := bytes.Cut(text, []byte("\n\ngoroutine ")); ok {
				for _, state := range []string{" [chan receive", " [chan send", " [select"} {
					if bytes.Contains(others, []byte(state)) {
						return
					}
				}
			}
		}
		time.Sleep(100 * time.Microsecond)
	}
}

func makeChannels() { channel, other, done = make(chan *node), make(chan *node), make(chan bool) }

//go:noinline
func sendShown(h uintptr) { channel <- show(h) }

//go:noinline
func sendShownInSelect(h uintptr) {
	select {
	case channel <- show(h):
	case other <- nil:
	}
}

// runSend: the receiver's stack is scanned, then it gets the object.
func runSend(name string, receive func() *node) {
	makeChannels()
	stage.Store(0)
	go func() {
		stage.Store(1)
		p := receive()
		stage.Store(2)
		<-done
		check(name, p)
		done <- true
	}()
	blocked(1)
	h := hidden()
	step(stacksFirst)
	sendShown(h)
	blocked(2)
	step(finish)
	done <- true
	<-done
}

// overwrite leaves nothing in the registers of arguments, which a goroutine that blocks keeps, and nobody knows what they hold.
//
//go:noinline
func overwrite(a, b, c, d, e, f, g, h uintptr) uintptr { return a }

// runReceive: the object is on the sender's stack, which is scanned only when the sender has it no more.
func runReceive(name string, send func(h uintptr)) {
	makeChannels()
	stage.Store(0)
	go func(h uintptr) {
		stage.Store(1)
		send(h)
		overwrite(0, 0, 0, 0, 0, 0, 0, 0)
		stage.Store(2)
		<-done
	}(hidden())
	blocked(1)
	step(ownStackFirst)
	p := <-channel
	blocked(2)
	step(finish)
	check(name, p)
	done <- true
}

// -- others

func runWeak(name string) {
	h := hidden()
	w := makeWeak(h)
	step(stacksFirst)
	p := w.Value()
	step(finish)
	check(name, p)
}

//go:noinline
func makeWeak(h uintptr) weak.Pointer[node] { return weak.Make(show(h)) }

//go:noinline
func newNode() *node { return &node{value: magic} }

func runNew(name string) {
	step(stacksFirst)
	p := newNode()
	step(finish)
	check(name, p)
}

func main() {
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	cases := map[string]func(string){
		"append":      func(name string) { runList(name, growList) },
		"reflectcopy": runReflectCopy,
		"reflectset":  runReflectSet,
		"chansend":    func(name string) { runSend(name, func() *node { return <-channel }) },
		"chanrecv":    func(name string) { runReceive(name, sendShown) },
		"selectsend": func(name string) {
			runSend(name, func() *node {
				select {
				case p := <-channel:
					return p
				case p := <-other:
					return p
				}
			})
		},
		"selectrecv": func(name string) { runReceive(name, sendShownInSelect) },
		"weak":       runWeak,
		"newblack":   runNew,
	}
	for _, c := range insertions {
		cases[c.name] = func(string) { runInsertion(c) }
	}
	for _, c := range deletions {
		cases[c.name] = func(string) { runDeletion(c) }
	}
	names := os.Args[1:]
	if len(names) == 0 {
		for name := range cases {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if cases[name] == nil {
			fmt.Printf("barriers: no case %s\n", name)
			os.Exit(2)
		}
		cases[name](name)
	}
	fmt.Printf("%d cases passed\n", len(names))
}
