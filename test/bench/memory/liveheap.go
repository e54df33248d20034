// A server with 1 GB of linked nodes that replaces a part of them at each request: how long do requests take while the collector works?
// Prints percentiles of the latency of requests, the longest stop of the world and the collector's CPU time. Argument: megabytes that live.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"time"
)

// 64 bytes: a list of records that also point across lists.
type node struct {
	next  *node
	other *node
	data  *[2]uint64
	key   uint64
	sum   uint64
	_     [3]uint64
}

const perList = 32 // nodes of one list; a request replaces one list

type store struct {
	lists []*node
	seed  uint64
}

func (s *store) random() uint64 {
	s.seed ^= s.seed << 13
	s.seed ^= s.seed >> 7
	s.seed ^= s.seed << 17
	return s.seed
}

func (s *store) build(key uint64) *node {
	var head *node
	for i := range uint64(perList) {
		n := &node{next: head, key: key + i, data: &[2]uint64{key, i}}
		n.sum = n.key ^ n.data[0] ^ n.data[1]
		if head != nil {
			n.other = head.next // within the list: dropped lists must die
		}
		head = n
	}
	return head
}

// One request: look at a few lists, replace one of them, unlink and relink a part of another.
func (s *store) request() {
	for range 4 {
		n := s.lists[s.random()%uint64(len(s.lists))]
		count := 0
		for ; n != nil; n = n.next {
			if n.sum != n.key^n.data[0]^n.data[1] {
				panic("node damaged")
			}
			count++
		}
		if count != perList {
			panic("list damaged")
		}
	}
	s.lists[s.random()%uint64(len(s.lists))] = s.build(s.random())
	// move the first node of a list behind its second
	i := s.random() % uint64(len(s.lists))
	a := s.lists[i]
	b := a.next
	a.next, b.next = b.next, a
	s.lists[i] = b
}

func readFloat(name string) float64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64 {
		return 0
	}
	return sample[0].Value.Float64()
}

func longestStop() float64 {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	h := sample[0].Value.Float64Histogram()
	for i := len(h.Counts) - 1; i >= 0; i-- {
		if h.Counts[i] > 0 {
			return h.Buckets[i] // lower bound of the bucket
		}
	}
	return 0
}

func main() {
	megabytes := 1024
	if len(os.Args) > 1 {
		megabytes, _ = strconv.Atoi(os.Args[1])
	}
	s := &store{seed: 88172645463325252, lists: make([]*node, (megabytes<<20)/(perList*(64+16)))}
	for i := range s.lists {
		s.lists[i] = s.build(uint64(i))
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu := readFloat("/cpu/classes/gc/total:cpu-seconds")
	stopped := before.PauseTotalNs
	// The heap is replaced about four times.
	latency := make([]int64, 4*len(s.lists))
	start := time.Now()
	last := start
	for i := range latency {
		s.request()
		now := time.Now()
		latency[i] = int64(now.Sub(last))
		last = now
	}
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	// The classes of CPU time are brought up to date at the end of a cycle.
	runtime.GC()
	cpu = readFloat("/cpu/classes/gc/total:cpu-seconds") - cpu
	longest := uint64(0)
	cycles := after.NumGC - before.NumGC
	for i := range min(cycles, 256) {
		longest = max(longest, after.PauseNs[(after.NumGC-1-i+256)%256])
	}
	slices.Sort(latency)
	us := func(ns int64) float64 { return float64(ns) / 1e3 }
	at := func(part float64) float64 { return us(latency[min(len(latency)-1, int(part*float64(len(latency))))]) }
	fmt.Printf("requests %.3f s\n", elapsed.Seconds())
	fmt.Printf("p50 %.3f us\n", at(0.5))
	fmt.Printf("p99 %.3f us\n", at(0.99))
	fmt.Printf("p99.9 %.3f us\n", at(0.999))
	fmt.Printf("max %.3f us\n", us(latency[len(latency)-1]))
	fmt.Printf("longest-pause %.3f us\n", us(int64(longest)))
	fmt.Printf("longest-stop %.3f us\n", longestStop()*1e6)
	fmt.Printf("paused %.3f us\n", us(int64(after.PauseTotalNs-stopped)))
	fmt.Printf("gc-cpu %.3f s\n", cpu)
	fmt.Printf("cycles %d count\n", cycles)
}
