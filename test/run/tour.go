// A tour of what works: printed output is compared with gc's.
//
// RUN: %run %s
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

type Shape interface {
	Area() float64
	fmt.Stringer
}

type Rect struct{ W, H float64 }

func (r Rect) Area() float64  { return r.W * r.H }
func (r Rect) String() string { return fmt.Sprintf("Rect(%gx%g)", r.W, r.H) }

type Circle struct{ R float64 }

func (c *Circle) Area() float64  { return 3 * c.R * c.R }
func (c *Circle) String() string { return fmt.Sprintf("Circle(%g)", c.R) }

func Map[T, U any](list []T, f func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

func divide(a, b int) (q int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return a / b, nil
}

var errOops = errors.New("oops")

func main() {
	fmt.Println("Hello from Stoat")

	for _, s := range []Shape{Rect{2, 3}, &Circle{2}} {
		fmt.Printf("%v has area %.1f (%T)\n", s, s.Area(), s)
	}

	words := strings.Fields("the quick brown fox jumps over the lazy dog the end")
	count := map[string]int{}
	for _, w := range words {
		count[w]++
	}
	keys := make([]string, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Print(k, "=", count[k], " ")
	}
	fmt.Println()
	fmt.Println(Map(keys, func(s string) int { return len(s) }))

	q, err := divide(7, 0)
	fmt.Println(q, err)
	fmt.Println(errors.Is(fmt.Errorf("wrapped: %w", errOops), errOops))

	results := make(chan int)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- i * i
		}()
	}
	go func() { wg.Wait(); close(results) }()
	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Println("sum of squares:", sum)

	select {
	case <-time.After(time.Millisecond):
		fmt.Println("timer fired")
	case <-time.After(10 * time.Second):
		fmt.Println("too late")
	}
	for i, r := range "héllo" {
		fmt.Print(i, ":", string(r), " ")
	}
	fmt.Println()
	fmt.Fprintln(os.Stdout, "done")
}
