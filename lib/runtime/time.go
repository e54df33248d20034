package runtime

// Clocks, timers and the network poller for package time and internal/poll.
//
// Timers live in the scheduler's heaps (runtime/sched/timer.h). Those with a Go function are handed to one goroutine, which calls it. The channel of a
// time.Timer never shows a stale value: stopping and resetting it empties the channel and calls off a delivery under way.

import (
	"internal/runtime/atomic"
	"unsafe"
)

// timer is struct Timer of runtime/sched/timer.h.
type timer struct {
	when   int64
	period int64
	f      func(arg any, seq uintptr, delay int64)
	arg    any
	state  uintptr
	owner  uintptr
	index  uintptr
	next   uintptr
	native uintptr
	extra  uintptr
	flags  uintptr
}

// timeTimer is what package time sees as a time.Timer or Ticker: the first two fields are those of time.Timer.
type timeTimer struct {
	c    unsafe.Pointer
	init bool
	timer
	channel unsafe.Pointer
	sending spinLock
	fake    *fakeTimer // in a synctest bubble
}

func timerOwner(t *timer) *timeTimer {
	return (*timeTimer)(unsafe.Add(unsafe.Pointer(t), -int(unsafe.Offsetof(timeTimer{}.timer))))
}

// haveHighResSleep is read by tests of package time.
var haveHighResSleep = true

var timersStarted atomic.Uint32

func startTimers() {
	if timersStarted.Load() == 0 && timersStarted.CompareAndSwap(0, 1) {
		newSystemProc(runTimers)
	}
}

func runTimers() {
	for {
		t, delay := nextTimer()
		owner := timerOwner(t)
		if owner.channel == nil {
			if beginTimer(t) {
				t.f(t.arg, 0, delay)
			}
			continue
		}
		owner.sending.lock()
		if beginTimer(t) {
			t.f(t.arg, 0, delay)
		}
		owner.sending.unlock()
	}
}

//go:linkname newTimer time.newTimer
func newTimer(when, period int64, f func(any, uintptr, int64), arg any, c unsafe.Pointer) *timeTimer {
	t := new(timeTimer)
	t.f, t.arg, t.channel = f, arg, c
	if c != nil {
		markTimerChan(c)
	}
	t.init = true
	if b := local().bubble; b != nil {
		t.fake = b.newTimer(t)
		b.resetTimer(t.fake, when, period)
		return t
	}
	startTimers()
	startTimer(&t.timer, when, period)
	return t
}

//go:linkname stopTimer time.stopTimer
func stopTimer(t *timeTimer) bool {
	if t.fake != nil {
		return t.fake.stop()
	}
	if t.channel == nil {
		return stopNativeTimer(&t.timer)
	}
	t.sending.lock()
	pending := stopNativeTimer(&t.timer)
	if drainChan(t.channel) {
		pending = true
	}
	t.sending.unlock()
	return pending
}

//go:linkname resetTimer time.resetTimer
func resetTimer(t *timeTimer, when, period int64) bool {
	if t.fake != nil {
		return t.fake.reset(when, period)
	}
	if t.channel == nil {
		return startTimer(&t.timer, when, period)
	}
	t.sending.lock()
	pending := startTimer(&t.timer, when, period)
	if drainChan(t.channel) {
		pending = true
	}
	t.sending.unlock()
	return pending
}

//go:linkname timeSleep time.Sleep
func timeSleep(ns int64) {
	if ns <= 0 {
		return
	}
	if b := local().bubble; b != nil {
		b.sleep(ns)
		return
	}
	sleep(ns)
}

//go:linkname nanotime
func nanotime() int64 { return nativeNanotime() }

//go:linkname cputicks
func cputicks() int64 { return nativeTicks() }

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) {
	sec, nsec = walltime()
	return sec, nsec, nanotime()
}

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	if b := local().bubble; b != nil {
		now := b.now.Load()
		return now / 1e9, int32(now % 1e9), 0
	}
	return time_now()
}

//go:linkname time_runtimeNano time.runtimeNano
func time_runtimeNano() int64 {
	if b := local().bubble; b != nil {
		return b.now.Load()
	}
	return nanotime()
}

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return local().bubble != nil }

//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
func poll_runtime_pollServerInit() { pollInit() }

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func poll_runtime_isPollServerDescriptor(fd uintptr) bool { return pollIsDescriptor(fd) }

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
func poll_runtime_pollOpen(fd uintptr) (uintptr, int) { return pollOpen(fd) }

//go:linkname poll_runtime_pollClose internal/poll.runtime_pollClose
func poll_runtime_pollClose(pd uintptr) { pollClose(pd) }

//go:linkname poll_runtime_pollReset internal/poll.runtime_pollReset
func poll_runtime_pollReset(pd uintptr, mode int) int { return pollReset(pd, mode) }

//go:linkname poll_runtime_pollWait internal/poll.runtime_pollWait
func poll_runtime_pollWait(pd uintptr, mode int) int { return pollWait(pd, mode, false) }

//go:linkname poll_runtime_pollWaitCanceled internal/poll.runtime_pollWaitCanceled
func poll_runtime_pollWaitCanceled(pd uintptr, mode int) { pollWait(pd, mode, true) }

//go:linkname poll_runtime_pollSetDeadline internal/poll.runtime_pollSetDeadline
func poll_runtime_pollSetDeadline(pd uintptr, d int64, mode int) { pollSetDeadline(pd, d, mode) }

//go:linkname poll_runtime_pollUnblock internal/poll.runtime_pollUnblock
func poll_runtime_pollUnblock(pd uintptr) { pollUnblock(pd) }
