package main

import "fmt"

// Two goroutines hand an empty struct to and fro over unbuffered channels.
func main() {
	const n = 2_000_000
	ping, pong := make(chan struct{}), make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
		close(pong)
	}()
	for range n {
		ping <- struct{}{}
		<-pong
	}
	close(ping)
	fmt.Println(n)
}
