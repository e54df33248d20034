// Worker pools with sync and context: WaitGroup, Mutex, RWMutex, Once, Cond, Pool, atomic, cancellation, deadlines, errgroup-like collection.
//
// RUN: %run %s
package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

type job struct{ id, n int }
type result struct {
	job
	value int
}

func collatz(n int) (steps int) {
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return
}

func pool(ctx context.Context, workers int, jobs []job) ([]result, error) {
	in := make(chan job)
	out := make(chan result, len(jobs))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for j := range in {
				select {
				case <-ctx.Done():
					return
				case out <- result{j, collatz(j.n)}:
				}
			}
		})
	}
	err := func() error {
		defer close(in)
		for _, j := range jobs {
			select {
			case in <- j:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	}()
	wg.Wait()
	close(out)
	var all []result
	for r := range out {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	return all, err
}

type key struct{}

func main() {
	var jobs []job
	for i := range 200 {
		jobs = append(jobs, job{i, i*37 + 1})
	}
	all, err := pool(context.Background(), 8, jobs)
	sum := 0
	for _, r := range all {
		sum += r.value
	}
	fmt.Println(len(all), sum, err)

	ctx, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, "v"))
	cancel(errors.New("enough"))
	_, err = pool(ctx, 4, jobs)
	fmt.Println(err, ctx.Err(), ctx.Value(key{}))
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer stop()
	<-ctx.Done()
	fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))

	var mu sync.Mutex
	var rw sync.RWMutex
	var once sync.Once
	var counter, reads int64
	var onces, writes int
	shared := map[int]int{}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { onces++ })
			for k := range 100 {
				atomic.AddInt64(&counter, 1)
				mu.Lock()
				shared[k]++
				mu.Unlock()
				rw.RLock()
				atomic.AddInt64(&reads, 1)
				rw.RUnlock()
				if k == i {
					rw.Lock()
					writes++
					rw.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	fmt.Println(counter, reads, onces, len(shared) == 100, shared[7], writes)

	var m sync.Mutex
	cond := sync.NewCond(&m)
	queue := []int{}
	got := make(chan int, 20)
	for range 4 {
		go func() {
			for {
				m.Lock()
				for len(queue) == 0 {
					cond.Wait()
				}
				v := queue[0]
				queue = queue[1:]
				m.Unlock()
				if v < 0 {
					return
				}
				got <- v
			}
		}()
	}
	for i := range 20 {
		m.Lock()
		queue = append(queue, i)
		m.Unlock()
		cond.Signal()
	}
	total := 0
	for range 20 {
		total += <-got
	}
	m.Lock()
	queue = append(queue, -1, -1, -1, -1)
	m.Unlock()
	cond.Broadcast()
	fmt.Println(total)

	p := sync.Pool{New: func() any { return new([64]byte) }}
	b := p.Get().(*[64]byte)
	b[0] = 1
	p.Put(b)
	var sm sync.Map
	for i := range 10 {
		sm.Store(i, i*i)
	}
	v, loaded := sm.LoadOrStore(3, "x")
	n := 0
	sm.Range(func(k, v any) bool { n += v.(int); return true })
	fmt.Println(v, loaded, n)
	var a atomic.Pointer[job]
	a.Store(&job{1, 2})
	fmt.Println(*a.Load(), a.CompareAndSwap(nil, nil))
}
