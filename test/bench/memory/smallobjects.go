// Allocation of small objects, each size with pointers and without, by one goroutine and by two at once: nanoseconds for an object, by
// the clock and of the process's CPU time (collector included), the least of three runs each.
// Objects live until 256 younger ones are made, so that the collector finds little that lives.
package main

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

type (
	plain8   [1]uint64
	plain16  [2]uint64
	plain32  [4]uint64
	plain64  [8]uint64
	plain128 [16]uint64
	plain256 [32]uint64
	plain512 [64]uint64
	linked8  struct{ p *byte }
	linked16 struct {
		p *byte
		v [1]uint64
	}
	linked32 struct {
		p *byte
		v [3]uint64
	}
	linked64 struct {
		p *byte
		v [7]uint64
	}
	linked128 struct {
		p *byte
		v [15]uint64
	}
	linked256 struct {
		p *byte
		v [31]uint64
	}
	linked512 struct {
		p *byte
		v [63]uint64
	}
)

const young = 256

// A function for each type, not a generic one: gc would look types up in a dictionary.
var programs = []struct {
	name  string
	size  int
	makes func(n int)
}{
	{"plain8", 8, func(n int) {
		ring := make([]*plain8, young)
		for i := range n {
			ring[i%young] = new(plain8)
		}
	}},
	{"plain16", 16, func(n int) {
		ring := make([]*plain16, young)
		for i := range n {
			ring[i%young] = new(plain16)
		}
	}},
	{"plain32", 32, func(n int) {
		ring := make([]*plain32, young)
		for i := range n {
			ring[i%young] = new(plain32)
		}
	}},
	{"plain64", 64, func(n int) {
		ring := make([]*plain64, young)
		for i := range n {
			ring[i%young] = new(plain64)
		}
	}},
	{"plain128", 128, func(n int) {
		ring := make([]*plain128, young)
		for i := range n {
			ring[i%young] = new(plain128)
		}
	}},
	{"plain256", 256, func(n int) {
		ring := make([]*plain256, young)
		for i := range n {
			ring[i%young] = new(plain256)
		}
	}},
	{"plain512", 512, func(n int) {
		ring := make([]*plain512, young)
		for i := range n {
			ring[i%young] = new(plain512)
		}
	}},
	{"linked8", 8, func(n int) {
		ring := make([]*linked8, young)
		for i := range n {
			ring[i%young] = new(linked8)
		}
	}},
	{"linked16", 16, func(n int) {
		ring := make([]*linked16, young)
		for i := range n {
			ring[i%young] = new(linked16)
		}
	}},
	{"linked32", 32, func(n int) {
		ring := make([]*linked32, young)
		for i := range n {
			ring[i%young] = new(linked32)
		}
	}},
	{"linked64", 64, func(n int) {
		ring := make([]*linked64, young)
		for i := range n {
			ring[i%young] = new(linked64)
		}
	}},
	{"linked128", 128, func(n int) {
		ring := make([]*linked128, young)
		for i := range n {
			ring[i%young] = new(linked128)
		}
	}},
	{"linked256", 256, func(n int) {
		ring := make([]*linked256, young)
		for i := range n {
			ring[i%young] = new(linked256)
		}
	}},
	{"linked512", 512, func(n int) {
		ring := make([]*linked512, young)
		for i := range n {
			ring[i%young] = new(linked512)
		}
	}},
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func main() {
	bytes := 64 << 20 // made in each run by each goroutine
	if len(os.Args) > 1 {
		bytes >>= 4
	}
	for _, p := range programs {
		n := min(bytes/p.size, 8_000_000)
		for _, goroutines := range []int{1, 2} {
			wall, cpu := time.Duration(1<<62), time.Duration(1<<62)
			for range 3 {
				var wait sync.WaitGroup
				start, startCPU := time.Now(), cpuTime()
				for range goroutines {
					wait.Go(func() { p.makes(n) })
				}
				wait.Wait()
				wall, cpu = min(wall, time.Since(start)), min(cpu, cpuTime()-startCPU)
			}
			fmt.Printf("%s/%d %.3f ns\n", p.name, goroutines, float64(wall)/float64(n))
			fmt.Printf("%s/%d/cpu %.3f ns\n", p.name, goroutines, float64(cpu)/float64(n*goroutines))
		}
	}
}
