// Strings made of bytes that change soon after: what a string was when it was made it stays, wherever the compiler has left out the copy.
// The strings are longer than the buffer that frames hold for short ones.
// RUN: %run %s
package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unique"
)

const text = "the quick brown fox jumps over the lazy dog"

var shared = []byte(text)
var kept []string

func reset() []byte {
	copy(shared, text)
	return shared
}

//go:noinline
func scribble(b []byte) int {
	for i := range b {
		b[i] = 'x'
	}
	return len(b)
}

//go:noinline
func same(s string) bool { return s == text }

//go:noinline
func scribbleThenCompare(s string) bool {
	scribble(shared)
	return s == text
}

//go:noinline
func scribbleInCallback(f func(), s string) bool {
	f()
	return s == text
}

//go:noinline
func pair(s string, n int) string { return fmt.Sprint(s[:9], n) }

//go:noinline
func split(s string) (string, string) { return s[:10], s[10:] }

type writer interface{ write() }
type scribbler struct{ b []byte }

func (s scribbler) write() { scribble(s.b) }

func direct() {
	b := reset()
	s := string(b)
	scribble(b)
	fmt.Println("variable:", s == text)

	b = reset()
	fmt.Println("argument:", scribbleThenCompare(string(b)))
	b = reset()
	fmt.Println("callback:", scribbleInCallback(func() { scribble(b) }, string(b)))
	b = reset()
	// The calls come first, the conversion sees what they left.
	fmt.Println("order:", pair(string(b), scribble(b)))

	b = reset()
	s = string(b)
	var w writer = scribbler{b}
	w.write()
	fmt.Println("interface:", s == text)

	b = reset()
	head, tail := split(string(b))
	scribble(b)
	fmt.Println("parts:", head+tail == text)

	b = reset()
	s = string(b)
	t := s[4:]
	b[5] = 'X'
	fmt.Println("slice:", t == text[4:])

	b = reset()
	s = "" + string(b)
	scribble(b)
	fmt.Println("concat:", s == text)
	b = reset()
	empty := ""
	s = empty + string(b) + empty
	scribble(b)
	fmt.Println("concat of one:", s == text)

	b = reset()
	s = string(b)
	b = append(b[:0], "an altogether different sentence, of some length"[:20]...)
	fmt.Println("append:", s == text)
}

func loops() {
	b := reset()
	n := 0
	for i, r := range string(b) {
		b[len(b)-1-i] = '-'
		if r == '-' {
			n++
		}
	}
	fmt.Println("range:", n)

	b = reset()
	s, hits := "", 0
	for i := range 4 {
		if s == text {
			hits++
		}
		s = string(b)
		b[i] = '-'
	}
	fmt.Println("last turn:", hits, s[:6])

	b = reset()
	same := 0
	for range 5 {
		t := string(b)
		if t == text {
			same++
		}
		b[0]++
		if t == text {
			same++
		}
	}
	fmt.Println("each turn:", same)
}

func maps() {
	m := map[string]int{text: 1}
	b := reset()
	v := m[string(b)]
	scribble(b)
	_, there := m[string(b)]
	fmt.Println("lookup:", v, there)
	b = reset()
	m[string(b)]++
	scribble(b)
	m[string(b)] = 7
	b[0] = 'y'
	fmt.Println("store:", m[text], m[strings.Repeat("x", len(b))], len(m))
	b = reset()
	delete(m, string(b))
	fmt.Println("delete:", len(m))
	switch b := reset(); string(b) {
	case strings.Repeat("x", 43):
		fmt.Println("switch: x")
	case func() string { scribble(b); return text }():
		fmt.Println("switch: text")
	default:
		fmt.Println("switch: neither")
	}
}

// Two goroutines that take turns, without a data race.
func goroutines() {
	var mutex sync.Mutex
	b, turn := reset(), 0
	// Sets the turn to `to` once it is `from`.
	pass := func(from, to int) {
		for passed := false; !passed; {
			mutex.Lock()
			if turn == from {
				turn, passed = to, true
			}
			mutex.Unlock()
			runtime.Gosched()
		}
	}
	read := func(s string) bool {
		pass(0, 1)
		pass(2, 3)
		return s == text
	}
	go func() {
		pass(1, -1)
		scribble(b)
		pass(-1, 2)
	}()
	fmt.Println("mutex:", read(string(b)))

	b = reset()
	ping, pong := make(chan int), make(chan int)
	go func() {
		<-ping
		scribble(b)
		pong <- 1
	}()
	s := string(b)
	ping <- 1
	<-pong
	fmt.Println("channel:", s == text)
}

func panics() {
	b := reset()
	defer func() {
		fmt.Println("recovered:", recover(), string(b) == strings.Repeat("x", len(b)))
	}()
	defer scribble(b)
	if string(b) == text {
		panic(string(b))
	}
}

func allocations() {
	b := reset()
	m := map[string]int{text: 1}
	n := 0
	count := func(what string, f func()) { fmt.Println(what, testing.AllocsPerRun(100, f)) }
	count("lookup", func() { n += m[string(b)] })
	count("compare", func() {
		if string(b) == text {
			n++
		}
	})
	count("switch", func() {
		switch string(b) {
		case "", text:
			n++
		}
	})
	count("make", func() {
		if unique.Make(string(b)).Value() == text {
			n++
		}
	})
}

func handles() {
	b := reset()
	h := unique.Make(string(b))
	scribble(b)
	g := unique.Make(string(b))
	fmt.Println("handles:", h.Value() == text, g.Value() == strings.Repeat("x", len(b)), h == unique.Make(string(reset())))
}

func main() {
	direct()
	loops()
	maps()
	goroutines()
	panics()
	handles()
	allocations()
	if same(string(reset())) {
		kept = append(kept, string(shared))
	}
	scribble(shared)
	fmt.Println("kept:", kept[0] == text)
}
