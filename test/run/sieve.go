// A concurrent prime sieve: many goroutines, unbuffered channels, select, close, nil channels.
//
// RUN: %run %s
package main

import "fmt"

func generate(ch chan<- int, stop <-chan struct{}) {
	for i := 2; ; i++ {
		select {
		case ch <- i:
		case <-stop:
			return
		}
	}
}

func filter(in <-chan int, out chan<- int, prime int, stop <-chan struct{}) {
	for {
		var i int
		select {
		case i = <-in:
		case <-stop:
			return
		}
		if i%prime != 0 {
			select {
			case out <- i:
			case <-stop:
				return
			}
		}
	}
}

type message struct {
	from int
	text string
	next *message
}

func main() {
	stop := make(chan struct{})
	ch := make(chan int)
	go generate(ch, stop)
	sum := 0
	for i := 0; i < 300; i++ {
		prime := <-ch
		sum += prime
		if i%50 == 49 {
			fmt.Println(i+1, prime, sum)
		}
		next := make(chan int)
		go filter(ch, next, prime, stop)
		ch = next
	}
	close(stop)

	// Values with pointers through buffered and unbuffered channels, in order.
	mail := make(chan message, 3)
	done := make(chan *message)
	go func() {
		var head *message
		for m := range mail {
			m.next = head
			head = &m
		}
		done <- head
	}()
	for i := range 10 {
		mail <- message{from: i, text: fmt.Sprint("m", i)}
	}
	close(mail)
	for m := <-done; m != nil; m = m.next {
		fmt.Print(m.from, m.text, " ")
	}
	v, ok := <-mail
	fmt.Println(v, ok, len(mail), cap(mail))

	var nilChan chan int
	select {
	case <-nilChan:
		fmt.Println("impossible")
	default:
		fmt.Println("default")
	}
	func() {
		defer func() { fmt.Println(recover()) }()
		mail <- message{}
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		close(nilChan)
	}()
}
