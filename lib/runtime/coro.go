package runtime

// Coroutines of iter.Pull: a goroutine that runs only while the other side waits.

import "unsafe"

// coro joins two goroutines of which one runs. waiting is the g of the other one; 0 before the function's goroutine exists.
type coro struct {
	waiting uintptr
	fn      func(*coro)
	started bool
}

//go:linkname newcoro
func newcoro(fn func(*coro)) *coro { return &coro{fn: fn} }

//go:linkname coroswitch
func coroswitch(c *coro) {
	self := uintptr(getg())
	other := c.waiting
	c.waiting = self
	if !c.started {
		c.started = true
		go runCoro(c)
	} else {
		wakeG(other)
	}
	park(waitReasonCoroutine)
}

func runCoro(c *coro) {
	defer func() {
		other := c.waiting
		c.waiting = 0
		wakeG(other)
	}()
	c.fn(c)
}

func wakeG(g uintptr) { wake(*(*unsafe.Pointer)(unsafe.Pointer(&g))) }
