// Many goroutines make, hand on, hold and drop objects in every way that the collector has to see: do all contents last, does each object end once and in time? Prints an account
// of every object made; exit status 1 when it does not balance. Meant to run with GOGC=5, STOAT_GCVERIFY=1 and several values of GOMAXPROCS (utils/stress).
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

type scenario func(r *random, running func() bool)

func main() {
	seconds := flag.Float64("seconds", 10, "how long")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random choices")
	only := flag.String("only", "", "one scenario")
	flag.Parse()
	scenarios := channelScenarios()
	scenarios["maps"], scenarios["sequences"], scenarios["stacks"] = maps, sequences, stacks
	scenarios["timers"], scenarios["weak pointers"], scenarios["unique"], scenarios["pools"] = timers, weaks, uniques, pools
	names := []string{}
	for name := range scenarios {
		if *only == "" || *only == name {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var stop atomic.Bool
	var done sync.WaitGroup
	r := random(mix(*seed) | 1)
	for _, name := range names {
		run := scenarios[name]
		own := random(r.next() | 1)
		done.Go(func() {
			run(&own, func() bool {
				runtime.Gosched()
				return !stop.Load()
			})
		})
	}
	time.Sleep(time.Duration(*seconds * float64(time.Second)))
	stop.Store(true)
	done.Wait()
	scenarios = nil

	var a account
	// A minute without progress: what waits for the goroutine that runs finalizers may be millions.
	for limit := time.Now().Add(60 * time.Second); ; {
		runtime.GC()
		for before := ^uint64(0); a.finalized+a.cleaned != before; {
			before = a.finalized + a.cleaned
			time.Sleep(10 * time.Millisecond)
			if a = balance(); a.finalized+a.cleaned != before {
				limit = time.Now().Add(60 * time.Second)
			}
		}
		if a.missing == 0 || time.Now().After(limit) {
			break
		}
	}
	runtime.GC()
	a = balance()
	weakLeft := 0
	for _, e := range weakAll {
		if e.pointer.Value() != nil {
			weakLeft++
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Printf("seed %d, GOMAXPROCS %d, %d cycles\n", *seed, runtime.GOMAXPROCS(0), m.NumGC)
	fmt.Printf("items: %d made, %d still held, %d finalizers and %d cleanups ran, %d without either\n", a.made, a.held, a.finalized, a.cleaned, a.unwatched)
	fmt.Printf("ends: %d missing, %d too many; weak pointers to dropped items: %d\n", a.missing, a.tooOften, weakLeft)
	for _, where := range a.where {
		fmt.Printf("no end of item %s\n", where)
	}
	fmt.Printf("timers: %d made, %d fired, %d stopped\n", timersMade.Load(), timersFired.Load(), timersStopped.Load())
	bad := problems.Load() > 0 || a.held+a.missing+a.tooOften+uint64(weakLeft) > 0 || timersMade.Load() != timersFired.Load()+timersStopped.Load()
	for _, t := range allTraffic {
		fmt.Printf("channel of %s: %d sent, %d received\n", t.name, t.sent.Load(), t.received.Load())
		bad = bad || t.sent.Load() != t.received.Load() || t.sentSum.Load() != t.receivedSum.Load()
	}
	if bad {
		fmt.Printf("FAILED, %d problems\n", problems.Load())
		os.Exit(1)
	}
	fmt.Println("balanced")
}
