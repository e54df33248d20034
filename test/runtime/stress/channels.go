package main

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// What goes through channels: T as a value, its items counted on both sides.
type kind[T any] struct {
	name      string
	fill      func(v *T, r *random) (ids uint64)
	takeApart func(v *T) (ids uint64)
}

type traffic struct {
	name                 string
	sent, received       atomic.Uint64
	sentSum, receivedSum atomic.Uint64
	operations           atomic.Uint64
}

var (
	trafficLock sync.Mutex
	allTraffic  []*traffic
)

// A few pointers to items, the rest null.
func pointers[T any]() kind[T] {
	var zero T
	return kind[T]{
		name: fmt.Sprintf("%d bytes of pointers", unsafe.Sizeof(zero)),
		fill: func(v *T, r *random) (ids uint64) {
			s := slots(v)
			for range 1 + r.below(3) {
				place := r.below(len(s))
				if s[place] == nil {
					s[place] = make1(r)
					ids += s[place].id + 1
				}
			}
			if last := len(s) - 1; s[last] == nil && r.below(2) == 0 {
				s[last] = make1(r)
				ids += s[last].id + 1
			}
			return ids
		},
		takeApart: func(v *T) (ids uint64) {
			for _, it := range slots(v) {
				if it != nil {
					ids += it.id + 1
					drop(it, "a channel")
				}
			}
			return ids
		},
	}
}

// Bytes only, 65,535 of them.
type bytes [65535]byte

func plain() kind[bytes] {
	return kind[bytes]{
		name: "65535 bytes",
		fill: func(v *bytes, r *random) (ids uint64) {
			start := r.next()
			for i := 0; i < len(v); i += 97 {
				v[i] = byte(mix(start + uint64(i)))
			}
			*(*uint64)(unsafe.Pointer(&v[8])) = start
			return start & 0xffffff
		},
		takeApart: func(v *bytes) (ids uint64) {
			start := *(*uint64)(unsafe.Pointer(&v[8]))
			for i := 97; i < len(v); i += 97 {
				if v[i] != byte(mix(start+uint64(i))) {
					problem("byte %d of an element is altered", i)
					break
				}
			}
			return start & 0xffffff
		},
	}
}

// Pointers and other words mixed.
type mixed struct {
	a    *item
	n    [5]uint64
	text string
	list []*item
	any  any
	b    *item
}

func mixture() kind[mixed] {
	return kind[mixed]{
		name: "mixed",
		fill: func(v *mixed, r *random) (ids uint64) {
			v.a, v.b = make1(r), make1(r)
			v.list = append(v.list, make1(r))
			v.any = make1(r)
			v.text = fmt.Sprint("text ", v.a.id)
			v.n[4] = mix(v.b.id)
			return v.a.id + v.b.id + v.list[0].id + v.any.(*item).id + 4
		},
		takeApart: func(v *mixed) (ids uint64) {
			if v.text != fmt.Sprint("text ", v.a.id) || v.n[4] != mix(v.b.id) {
				problem("a mixed element is altered")
			}
			for _, it := range []*item{v.a, v.b, v.list[0], v.any.(*item)} {
				ids += it.id + 1
				drop(it, "a mixed element")
			}
			return ids
		},
	}
}

func send[T any](c chan T, other chan T, v T, r *random) {
	switch r.below(5) {
	case 0:
		select {
		case c <- v:
		case other <- v:
		}
	case 1:
		for {
			select {
			case c <- v:
				return
			default:
				runtime.Gosched()
			}
		}
	case 2:
		reflect.ValueOf(c).Send(reflect.ValueOf(v))
	case 3:
		reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectSend, Chan: reflect.ValueOf(other), Send: reflect.ValueOf(v)},
			{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c), Send: reflect.ValueOf(v)}})
	default:
		c <- v
	}
}

// false: both channels are closed and empty.
func receive[T any](c, other chan T, v *T, r *random) (ok bool) {
	switch r.below(5) {
	case 0:
		select {
		case *v, ok = <-c:
		case *v, ok = <-other:
		}
	case 1:
		select {
		case *v, ok = <-c:
		default:
			timeout := time.NewTimer(time.Millisecond)
			select {
			case *v, ok = <-other:
			case *v, ok = <-c:
			case <-timeout.C:
				return receive(c, other, v, r)
			}
		}
	case 2:
		_, value, got := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(other)}})
		if ok = got; ok {
			*v = value.Interface().(T)
		}
	case 3:
		value, got := reflect.ValueOf(c).Recv()
		if ok = got; ok {
			*v = value.Interface().(T)
		}
	default:
		*v, ok = <-c
	}
	if !ok {
		if *v, ok = <-c; !ok {
			*v, ok = <-other
		}
	}
	return ok
}

// Goroutines send through two channels of a random capacity and others receive, again and again.
func exchange[T any](k kind[T]) scenario {
	t := &traffic{name: k.name}
	trafficLock.Lock()
	allTraffic = append(allTraffic, t)
	trafficLock.Unlock()
	return func(r *random, running func() bool) {
		for running() {
			c, other := make(chan T, r.below(4)*r.below(2)), make(chan T, r.below(2))
			var senders, receivers sync.WaitGroup
			n := 1 + r.below(20)
			for range 1 + r.below(3) {
				own := random(r.next() | 1)
				senders.Go(func() {
					for range n {
						var v T
						sum := k.fill(&v, &own)
						send(c, other, v, &own)
						t.sent.Add(1)
						t.sentSum.Add(sum)
					}
				})
			}
			for range 1 + r.below(3) {
				own := random(r.next() | 1)
				receivers.Go(func() {
					var v T
					for receive(c, other, &v, &own) {
						t.received.Add(1)
						t.receivedSum.Add(k.takeApart(&v))
						var zero T
						v = zero
					}
				})
			}
			senders.Wait()
			close(c)
			close(other)
			receivers.Wait()
			t.operations.Add(1)
		}
	}
}

const widest = 65535 / unsafe.Sizeof(uintptr(0))

func channelScenarios() map[string]scenario {
	return map[string]scenario{
		"chan 1":      exchange(pointers[[1]*item]()),
		"chan 2":      exchange(pointers[[2]*item]()),
		"chan 3":      exchange(pointers[[3]*item]()),
		"chan 4":      exchange(pointers[[4]*item]()),
		"chan 5":      exchange(pointers[[5]*item]()),
		"chan 8":      exchange(pointers[[8]*item]()),
		"chan 17":     exchange(pointers[[17]*item]()),
		"chan 64":     exchange(pointers[[64]*item]()),
		"chan 65":     exchange(pointers[[65]*item]()),
		"chan 300":    exchange(pointers[[300]*item]()),
		"chan 4096":   exchange(pointers[[4096]*item]()),
		"chan widest": exchange(pointers[[widest]*item]()),
		"chan bytes":  exchange(plain()),
		"chan mixed":  exchange(mixture()),
	}
}
