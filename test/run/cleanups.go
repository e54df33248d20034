// Cleanups run beside each other: neither some that block nor a finalizer that does hold up the rest. Finalizers run one at a time, those of an object before those of what it
// points to. Each runs once.
// RUN: %run %s --modes plain,procs1,procs2,procs8,stress
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

type object struct {
	next *object
	data [5]int
}

// Collects until `done`; at most a minute.
func await(what string, done func() bool) {
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			fmt.Println("not in time:", what)
			os.Exit(1)
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

//go:noinline
func addCleanups(n int, f func(i int)) {
	for i := range n {
		runtime.AddCleanup(&object{}, f, i)
	}
}

func blocking(blocked, others int) {
	var stopped, ran, resumed atomic.Int64
	release := make(chan bool)
	addCleanups(blocked, func(int) {
		stopped.Add(1)
		<-release
		resumed.Add(1)
	})
	await("blocked", func() bool { return stopped.Load() > 0 })
	addCleanups(others, func(int) { ran.Add(1) })
	await("all others", func() bool { return ran.Load() == int64(others) })
	await("all blocked", func() bool { return stopped.Load() == int64(blocked) })
	close(release)
	await("all resumed", func() bool { return resumed.Load() == int64(blocked) })
	// Those that were stuck are of use again.
	addCleanups(others, func(int) { ran.Add(1) })
	await("later ones", func() bool { return ran.Load() == 2*int64(others) })
	runtime.GC()
	if ran.Load() != 2*int64(others) || resumed.Load() != int64(blocked) {
		fmt.Println("ran too often")
		os.Exit(1)
	}
}

// What is due when there is no further collection runs all the same.
func noFurtherCollection() {
	var ran atomic.Int64
	release := make(chan bool)
	addCleanups(100, func(i int) {
		if i == 50 {
			<-release
		}
		ran.Add(1)
	})
	runtime.GC() // a collection before, in the stress mode, may have found some of them only
	await("first of them", func() bool { return ran.Load() > 0 })
	for end := time.Now().Add(time.Minute); ran.Load() < 99; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			fmt.Println("not in time: the rest", ran.Load())
			os.Exit(1)
		}
	}
	close(release)
	await("the last", func() bool { return ran.Load() == 100 })
}

//go:noinline
func chain(n int, finalizer func(*object)) {
	var o *object
	for i := range n {
		o = &object{next: o}
		o.data[0] = i
		runtime.SetFinalizer(o, finalizer)
	}
}

func finalizers() {
	const n = 20
	var running, ran atomic.Int64
	expected := n - 1
	chain(n, func(o *object) {
		if running.Add(1) != 1 {
			fmt.Println("two finalizers at a time")
			os.Exit(1)
		}
		if o.data[0] != expected {
			fmt.Println("finalizer of", o.data[0], "instead of", expected)
			os.Exit(1)
		}
		expected--
		time.Sleep(time.Millisecond)
		running.Add(-1)
		ran.Add(1)
	})
	await("finalizers", func() bool { return ran.Load() == n })

	// One that blocks holds up the other finalizers, but no cleanup.
	var stopped, after, cleaned atomic.Int64
	release := make(chan bool)
	chain(1, func(*object) {
		stopped.Add(1)
		<-release
	})
	await("blocked finalizer", func() bool { return stopped.Load() == 1 })
	chain(1, func(*object) { after.Add(1) })
	addCleanups(1000, func(int) { cleaned.Add(1) })
	await("cleanups beside it", func() bool { return cleaned.Load() == 1000 })
	if after.Load() != 0 {
		fmt.Println("a finalizer overtook another")
		os.Exit(1)
	}
	close(release)
	await("the next finalizer", func() bool { return after.Load() == 1 })
}

// More than the collector marks at a time are due while it marks: nothing that they hold is lost.
func many() {
	type held struct{ a, b, c int }
	const n = 20000
	var ran atomic.Int64
	release := make(chan bool)
	for i := range n {
		h := &held{i, i, i}
		runtime.AddCleanup(&object{}, func(h *held) {
			if h.a != h.b || h.b != h.c {
				fmt.Println("lost:", *h)
				os.Exit(1)
			}
			if ran.Add(1) == 1 {
				<-release
			}
		}, h)
	}
	for range 5 {
		runtime.GC()
	}
	close(release)
	await("many", func() bool { return ran.Load() == n })
}

// The argument may lie in the same block as the object, for small ones without pointers share blocks. That is no error, though such a block may stay for ever.
func neighbours() {
	for range 100 {
		runtime.AddCleanup(new(int), func(*uint32) {}, new(uint32))
	}
	defer func() { fmt.Println(recover()) }()
	p := new([2]*int)
	runtime.AddCleanup(p, func(**int) {}, &p[1])
}

func main() {
	neighbours()
	blocking(1, 1000)
	blocking(20, 1000)
	noFurtherCollection()
	finalizers()
	many()
}
