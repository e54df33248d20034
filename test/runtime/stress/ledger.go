package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"unsafe"
)

// Every object under watch is an item. The ledger knows of each, by number: how it is watched, whether its owner has dropped it, how often its finalizer and its
// cleanup ran. An item must keep its contents as long as anybody can see it; its end must come once, and not before it was dropped.
type item struct {
	id    uint64
	sum   uint64
	body  []uint64
	child *item // dropped with it
}

const (
	finalizerRan = 1 << 0 // counter of 8 bits
	cleanupRan   = 1 << 8 // counter of 8 bits
	hasFinalizer = 1 << 16
	hasCleanup   = 1 << 17
	wasDropped   = 1 << 18
	comesBack    = 1 << 19 // its finalizer keeps it for a second one
	wasMade      = 1 << 20
	placeShift   = 24 // where it was dropped: index into places
)

var places = []string{"?", "a channel", "a mixed element", "a map", "a map of arrays", "keys of a map", "a slice", "a deferred call", "a recovered panic",
	"a timer", "a stopped timer", "the owner of a weak pointer", "a pooled object"}

const chunkItems = 1 << 14

type chunk [chunkItems]atomic.Uint32

var (
	itemCount atomic.Uint64
	chunks    [1 << 15]atomic.Pointer[chunk]
	problems  atomic.Uint64
)

func problem(format string, args ...any) {
	if problems.Add(1) <= 20 {
		fmt.Fprintf(os.Stderr, "PROBLEM: "+format+"\n", args...)
	}
}

func state(id uint64) *atomic.Uint32 {
	place := &chunks[id/chunkItems]
	c := place.Load()
	if c == nil {
		place.CompareAndSwap(nil, new(chunk))
		c = place.Load()
	}
	return &c[id%chunkItems]
}

// A random generator of one goroutine.
type random uint64

func (r *random) next() uint64 {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return x
}

func (r *random) below(n int) int { return int(r.next()>>16) & (1<<31 - 1) % n }

func mix(x uint64) uint64 {
	x = (x ^ x>>31) * 0x7fb5d329728ea185
	return x ^ x>>27
}

func sumOf(it *item) uint64 {
	sum := mix(it.id + 1)
	for i, v := range it.body {
		sum += v * uint64(i+1)
	}
	if it.child != nil {
		sum += it.child.id
	}
	return sum
}

func make1(r *random) *item {
	it := &item{id: itemCount.Add(1) - 1}
	if r.below(3) > 0 {
		it.body = make([]uint64, 1+r.below(20))
		if r.below(50) == 0 {
			it.body = make([]uint64, 1+r.below(3000))
		}
		for i := range it.body {
			it.body[i] = mix(it.id) + uint64(i)
		}
	}
	if r.below(8) == 0 {
		it.child = make1(r)
	}
	it.sum = sumOf(it)
	how := uint32(wasMade)
	switch r.below(5) {
	case 0:
		how |= hasFinalizer
	case 1:
		how |= hasCleanup
	case 2:
		how |= hasFinalizer | hasCleanup
	case 3:
		how |= hasFinalizer | comesBack
	}
	state(it.id).Store(how)
	if how&hasFinalizer != 0 {
		runtime.SetFinalizer(it, finalize)
	}
	if how&hasCleanup != 0 {
		runtime.AddCleanup(it, func(id uint64) {
			after := state(id).Add(cleanupRan)
			if after&wasDropped == 0 {
				problem("item %d was freed while it was held", id)
			}
			if after&hasFinalizer != 0 && after&0xff == 0 {
				problem("cleanup of item %d ran before its finalizer", id)
			}
		}, it.id)
	}
	return it
}

func finalize(it *item) {
	check(it, "its finalizer")
	after := state(it.id).Add(finalizerRan)
	if after&wasDropped == 0 {
		problem("item %d was finalized while it was held", it.id)
	}
	if after&comesBack != 0 && after&0xff == 1 {
		runtime.SetFinalizer(it, finalize)
	}
}

func check(it *item, where string) {
	if it.sum != sumOf(it) {
		problem("item %d is altered in %s", it.id, where)
	}
	if it.child != nil && it.child.sum != sumOf(it.child) {
		problem("child of item %d is altered in %s", it.id, where)
	}
}

// The owner's last act.
func drop(it *item, where string) {
	check(it, where)
	for ; it != nil; it = it.child {
		before := state(it.id).Or(wasDropped | uint32(max(slices.Index(places, where), 0))<<placeShift)
		if before&wasDropped != 0 {
			problem("item %d is dropped twice, in %s", it.id, where)
		}
		if before&0xffff != 0 {
			problem("item %d had its end before it was dropped in %s", it.id, where)
		}
	}
}

type account struct {
	made, held, finalized, cleaned, unwatched uint64
	missing, tooOften                         uint64
	where                                     []string // of some that are missing
}

func balance() (a account) {
	a.made = itemCount.Load()
	for id := range a.made {
		s := state(id).Load()
		if s&wasDropped == 0 {
			a.held++
		}
		ran, cleaned := s&0xff, s>>8&0xff
		a.finalized += uint64(ran)
		a.cleaned += uint64(cleaned)
		want, wantCleaned := uint32(0), s/hasCleanup&1
		if s&hasFinalizer != 0 {
			want = 1 + s/comesBack&1
		}
		if want+wantCleaned == 0 {
			a.unwatched++
		}
		if ran < want || cleaned < wantCleaned {
			a.missing++
			if len(a.where) < 10 {
				a.where = append(a.where, fmt.Sprintf("%d (state %x, dropped by %s)", id, s, places[s>>placeShift]))
			}
		}
		if ran > want || cleaned > wantCleaned {
			a.tooOften++
		}
	}
	return a
}

// Slots of a value of any type that is made of pointers to items.
func slots[T any](v *T) []*item {
	return unsafe.Slice((**item)(unsafe.Pointer(v)), unsafe.Sizeof(*v)/unsafe.Sizeof(uintptr(0)))
}
