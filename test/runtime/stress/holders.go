package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unique"
	"weak"
)

// Items in maps of several shapes; values are checked at every look.
func maps(r *random, running func() bool) {
	byNumber := map[uint64]*item{}
	byText := map[string][3]*item{}
	set := map[*item]bool{}
	for running() {
		it := make1(r)
		byNumber[it.id] = it
		three := [3]*item{make1(r), nil, make1(r)}
		byText[fmt.Sprint("key ", three[0].id)] = three
		set[make1(r)] = true
		if len(byNumber) < 200 {
			continue
		}
		for id, it := range byNumber {
			if it.id != id {
				problem("map entry %d holds item %d", id, it.id)
			}
			if r.below(2) == 0 {
				delete(byNumber, id)
				drop(it, "a map")
			}
		}
		for key, three := range byText {
			if key != fmt.Sprint("key ", three[0].id) || three[1] != nil {
				problem("map entry %q is altered", key)
			}
			if r.below(2) == 0 {
				delete(byText, key)
				drop(three[0], "a map of arrays")
				drop(three[2], "a map of arrays")
			}
		}
		if len(set) > 300 {
			for it := range set {
				drop(it, "keys of a map")
			}
			clear(set)
		}
	}
	for _, it := range byNumber {
		drop(it, "a map")
	}
	for _, three := range byText {
		drop(three[0], "a map of arrays")
		drop(three[2], "a map of arrays")
	}
	for it := range set {
		drop(it, "keys of a map")
	}
}

// Slices that grow by append, and closures that hold items.
func sequences(r *random, running func() bool) {
	for running() {
		var list []*item
		var calls []func() uint64
		want := uint64(0)
		for range r.below(400) {
			it := make1(r)
			list = append(list, it)
			calls = append(calls, func() uint64 { return it.id + uint64(len(it.body)) })
			want += it.id + uint64(len(it.body))
		}
		copied := append([]*item(nil), list...)
		clear(list)
		got := uint64(0)
		for _, call := range calls {
			got += call()
		}
		if got != want {
			problem("closures give %d, not %d", got, want)
		}
		for _, it := range copied {
			drop(it, "a slice")
		}
		var text strings.Builder
		for i := range r.below(200) {
			fmt.Fprint(&text, i, ",")
		}
		part := text.String()[text.Len()/2:]
		text.Reset()
		if len(part) > 4 && !strings.HasSuffix(part, ",") {
			problem("text is altered: %q", part)
		}
	}
}

type carrier struct{ it *item }

func (c carrier) Error() string { return fmt.Sprint("carrier of ", c.it.id) }

// Frames of several sizes down to a depth, each holding an item; at the bottom the stack is left by return, by panic or by Goexit.
func dig(r *random, depth int, exit *bool) (sum uint64) {
	it := make1(r)
	var frame [24]*item
	frame[depth%24] = it
	defer func() {
		drop(frame[depth%24], "a deferred call")
	}()
	if depth == 0 {
		switch r.below(4) {
		case 0:
			panic(carrier{make1(r)})
		case 1:
			*exit = true
			runtime.Goexit()
		case 2:
			runtime.Gosched()
		}
		return it.id
	}
	if depth%100 == 7 {
		defer func() {
			if e := recover(); e != nil {
				check(e.(carrier).it, "a panic on its way")
				panic(e)
			}
		}()
	}
	sum = dig(r, depth-1, exit) + it.id
	check(frame[depth%24], "a frame")
	return sum
}

func stacks(r *random, running func() bool) {
	for running() {
		var done sync.WaitGroup
		own := random(r.next() | 1)
		done.Go(func() {
			exit := false
			defer func() {
				e := recover()
				if e == nil {
					return
				}
				var c carrier
				if err, ok := e.(error); !ok || !errors.As(err, &c) {
					problem("recovered %v", e)
					return
				}
				drop(c.it, "a recovered panic")
			}()
			dig(&own, 1+own.below(1500), &exit)
		})
		done.Wait()
	}
}

var timersMade, timersFired, timersStopped atomic.Uint64

func timers(r *random, running func() bool) {
	var pending sync.WaitGroup
	for running() {
		it := make1(r)
		timersMade.Add(1)
		pending.Add(1)
		t := time.AfterFunc(time.Duration(r.below(3000))*time.Microsecond, func() {
			drop(it, "a timer")
			timersFired.Add(1)
			pending.Done()
		})
		if r.below(3) == 0 && t.Stop() {
			drop(it, "a stopped timer")
			timersStopped.Add(1)
			pending.Done()
		}
		if r.below(20) == 0 {
			ticker := time.NewTicker(100 * time.Microsecond)
			<-ticker.C
			ticker.Reset(50 * time.Microsecond)
			<-ticker.C
			ticker.Stop()
		}
	}
	pending.Wait()
}

type weakEntry struct {
	pointer weak.Pointer[item]
	id      uint64
}

var (
	weakLock sync.Mutex
	weakAll  []weakEntry // of dropped items
)

func weaks(r *random, running func() bool) {
	var held []*item
	var pointers []weak.Pointer[item]
	release := func() {
		weakLock.Lock()
		for i, it := range held {
			weakAll = append(weakAll, weakEntry{pointers[i], it.id})
		}
		weakLock.Unlock()
		for _, it := range held {
			drop(it, "the owner of a weak pointer")
		}
		held, pointers = nil, nil
	}
	for running() {
		it := make1(r)
		held = append(held, it)
		pointers = append(pointers, weak.Make(it))
		i := r.below(len(held))
		if pointers[i].Value() != held[i] || weak.Make(held[i]) != pointers[i] {
			problem("a weak pointer of held item %d is lost", held[i].id)
		}
		if len(held) > 100 {
			release()
			weakLock.Lock()
			rest := weakAll[:0]
			for _, e := range weakAll {
				if it := e.pointer.Value(); it != nil {
					if it.id != e.id {
						problem("the weak pointer of item %d leads to %d", e.id, it.id)
					}
					check(it, "a weak pointer")
					rest = append(rest, e)
				}
			}
			weakAll = rest
			weakLock.Unlock()
		}
	}
	release()
}

func uniques(r *random, running func() bool) {
	handles := map[int]unique.Handle[string]{}
	for running() {
		n := r.below(500)
		text := fmt.Sprint("text ", n)
		h := unique.Make(text)
		if old, ok := handles[n]; ok && (old != h || old.Value() != text) {
			problem("handles of %q differ", text)
		}
		handles[n] = h
		if r.below(300) == 0 {
			clear(handles)
		}
	}
}

var pool = sync.Pool{New: func() any { return new([40]*item) }}

func pools(r *random, running func() bool) {
	for running() {
		list := pool.Get().(*[40]*item)
		for i := range list {
			list[i] = make1(r)
		}
		runtime.Gosched()
		for i, it := range list {
			drop(it, "a pooled object")
			list[i] = nil
		}
		pool.Put(list)
	}
}
