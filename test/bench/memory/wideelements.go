// Unbuffered sends of wide elements with pointers from one goroutine to another: nanoseconds for an element that is sent, received and looked at.
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

type kilobyte struct {
	p [32]*int
	n [96]uint64
}

// 65,528 bytes: the widest multiple of 8 that a channel takes.
type widest struct {
	p [4095]*int
	n [4096]uint64
}

var number = 42

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func measure(name string, run func(n int), n int) {
	wall, cpu := time.Duration(1<<62), time.Duration(1<<62)
	for range 3 {
		start, startCPU := time.Now(), cpuTime()
		run(n)
		wall, cpu = min(wall, time.Since(start)), min(cpu, cpuTime()-startCPU)
	}
	fmt.Printf("%s %.3f ns\n", name, float64(wall)/float64(n))
	fmt.Printf("%s/cpu %.3f ns\n", name, float64(cpu)/float64(n))
}

func sendKilobytes(n int) {
	c := make(chan kilobyte)
	go func() {
		var v kilobyte
		for i := range n {
			v.p[i%len(v.p)] = &number
			v.n[0] = uint64(i)
			c <- v
		}
		close(c)
	}()
	i := uint64(0)
	for v := range c {
		if v.n[0] != i || *v.p[int(i)%len(v.p)] != 42 {
			panic("element damaged")
		}
		i++
	}
}

func sendWidest(n int) {
	c := make(chan widest)
	go func() {
		var v widest
		for i := range n {
			v.p[i%len(v.p)] = &number
			v.n[0] = uint64(i)
			c <- v
		}
		close(c)
	}()
	i := uint64(0)
	for v := range c {
		if v.n[0] != i || *v.p[int(i)%len(v.p)] != 42 {
			panic("element damaged")
		}
		i++
	}
}

func main() {
	part := 1
	if len(os.Args) > 1 {
		part = 16
	}
	measure("1kB", sendKilobytes, 400_000/part)
	measure("65528B", sendWidest, 40_000/part)
}
