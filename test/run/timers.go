// time: formatting, parsing, durations, arithmetic, zones; timers, tickers, Reset and Stop, AfterFunc.
//
// RUN: %run %s
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	t := time.Date(2024, time.February, 29, 23, 59, 59, 987654321, time.UTC)
	for _, layout := range []string{time.ANSIC, time.RFC822Z, time.RFC1123, time.RFC3339Nano, time.Kitchen, "2006-002 Jan _2 15h04m05.000s PM MST"} {
		fmt.Println(t.Format(layout))
	}
	zone := time.FixedZone("TEST", -(5*3600 + 1800))
	fmt.Println(t.In(zone), t.AddDate(1, 0, 0), t.Truncate(time.Hour), t.Weekday(), t.YearDay())
	y, w := t.ISOWeek()
	fmt.Println(y, w, t.Unix(), t.UnixNano(), t.Add(36*time.Hour+500*time.Millisecond).Sub(t))
	for _, s := range []string{"2024-01-02T03:04:05.678+09:00", "2024-13-01T00:00:00Z", "junk"} {
		p, err := time.Parse(time.RFC3339, s)
		fmt.Println(p, err)
	}
	for _, s := range []string{"1h15m30.918s", "-1.5us", "3d", "", "9223372036854775807ns"} {
		d, err := time.ParseDuration(s)
		fmt.Println(d, err)
	}
	fmt.Println(time.Duration(1234567890), time.Duration(1500*time.Microsecond).Round(time.Millisecond), (90 * time.Second).Minutes())

	start := time.Now()
	time.Sleep(20 * time.Millisecond)
	elapsed := time.Since(start)
	fmt.Println("slept:", elapsed >= 20*time.Millisecond, elapsed < 5*time.Second)

	timer := time.NewTimer(time.Hour)
	fmt.Println(timer.Stop(), timer.Stop(), timer.Reset(5*time.Millisecond))
	<-timer.C
	fmt.Println("fired", timer.Stop())

	ticker := time.NewTicker(3 * time.Millisecond)
	for i := range 3 {
		<-ticker.C
		fmt.Println("tick", i)
	}
	ticker.Stop()

	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	for _, ms := range []int{60, 20, 40, 0} {
		wg.Add(1)
		time.AfterFunc(time.Duration(ms)*time.Millisecond, func() {
			mu.Lock()
			order = append(order, ms)
			mu.Unlock()
			wg.Done()
		})
	}
	wg.Wait()
	fmt.Println(order)
	select {
	case <-time.After(time.Hour):
	case <-time.After(time.Millisecond):
		fmt.Println("short one")
	}

	fmt.Println("not lost:", !lost((*time.Timer).Stop), !lost(func(t *time.Timer) bool { return t.Reset(time.Hour) }))
}

// Of two timers that fire at once one is received from. The other has not been, so stopping or resetting it succeeds, wherever its delivery is; a value is
// there only if that fails. Answers whether neither was so.
func lost(disarm func(*time.Timer) bool) bool {
	start := make(chan struct{})
	var wg sync.WaitGroup
	var failed atomic.Bool
	receive := func(c <-chan time.Time) {
		select {
		case <-c:
		case <-time.After(10 * time.Second):
			failed.Store(true)
		}
	}
	for range 400 {
		wg.Go(func() {
			<-start
			for range 50 {
				a, b := time.NewTimer(100*time.Microsecond), time.NewTimer(100*time.Microsecond)
				select {
				case <-a.C:
					if !disarm(b) {
						receive(b.C)
					}
				case <-b.C:
					if !disarm(a) {
						receive(a.C)
					}
				}
				a.Stop()
				b.Stop()
			}
		})
	}
	close(start)
	wg.Wait()
	return failed.Load()
}
