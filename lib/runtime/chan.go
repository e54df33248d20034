package runtime

// Channels and select are C++ (runtime/sync); here are the parts that panic, and reflect's view of them.

import (
	"internal/abi"
	"unsafe"
)

// chanHeader is the head of struct Chan in runtime/sync/chan.h.
type chanHeader struct {
	count    uint
	capacity uint
	timer    unsafe.Pointer // of a time.Timer's channel
}

const maxChanElem = 1 << 16

func makechan(t *abi.ChanType, size int) unsafe.Pointer {
	if t.Elem.Size_ >= maxChanElem {
		throw("makechan: invalid channel element type")
	}
	if size < 0 || t.Elem.Size_ != 0 && uintptr(size) > (maxAlloc-128)/t.Elem.Size_ {
		panic(plainError("makechan: size out of range"))
	}
	return nativeMakechan(t, size)
}

// Called from C++, on the goroutine's stack, where an operation has to panic.

func panicSendClosed()  { panic(plainError("send on closed channel")) }
func panicCloseClosed() { panic(plainError("close of closed channel")) }
func panicCloseNil()    { panic(plainError("close of nil channel")) }

func chanlen(ch unsafe.Pointer) int {
	if ch == nil {
		return 0
	}
	c := (*chanHeader)(ch)
	if c.timer != nil {
		return 0 // a timer's channel looks unbuffered
	}
	return int(c.count)
}

func chancap(ch unsafe.Pointer) int {
	if ch == nil {
		return 0
	}
	c := (*chanHeader)(ch)
	if c.timer != nil {
		return 0
	}
	return int(c.capacity)
}

//go:linkname reflect_makechan reflect.makechan
func reflect_makechan(t *abi.Type, size int) unsafe.Pointer {
	return makechan((*abi.ChanType)(unsafe.Pointer(t)), size)
}

//go:linkname reflect_chanlen reflect.chanlen
func reflect_chanlen(ch unsafe.Pointer) int { return chanlen(ch) }

//go:linkname reflectlite_chanlen internal/reflectlite.chanlen
func reflectlite_chanlen(ch unsafe.Pointer) int { return chanlen(ch) }

//go:linkname reflect_chancap reflect.chancap
func reflect_chancap(ch unsafe.Pointer) int { return chancap(ch) }

//go:linkname reflect_chanclose reflect.chanclose
func reflect_chanclose(ch unsafe.Pointer) { nativeClosechan(ch) }

//go:linkname reflect_chansend reflect.chansend0
func reflect_chansend(ch, elem unsafe.Pointer, nonBlocking bool) bool {
	return nativeChansend(ch, elem, !nonBlocking)
}

//go:linkname reflect_chanrecv reflect.chanrecv
func reflect_chanrecv(ch unsafe.Pointer, nonBlocking bool, elem unsafe.Pointer) (selected, received bool) {
	r := nativeChanrecv(ch, elem, !nonBlocking)
	return r&1 != 0, r&2 != 0
}

// selectCase is one entry of the table that stoat_selectgo reads: sends first, then receives.
type selectCase struct {
	ch   unsafe.Pointer
	elem unsafe.Pointer
}

// reflectCase is reflect.runtimeSelect.
type reflectCase struct {
	dir  uintptr // 1 send, 2 receive, 3 default
	typ  unsafe.Pointer
	ch   unsafe.Pointer
	elem unsafe.Pointer
}

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []reflectCase) (chosen int, received bool) {
	if len(cases) == 0 {
		parkForever()
	}
	table := make([]selectCase, len(cases))
	origin := make([]int, len(cases))
	dflt := -1
	sends, recvs := 0, 0
	for i := range cases {
		c := &cases[i]
		at := 0
		switch c.dir {
		case 3:
			dflt = i
			continue
		case 1:
			at = sends
			sends++
		case 2:
			recvs++
			at = len(table) - recvs
		}
		table[at] = selectCase{c.ch, c.elem}
		origin[at] = i
	}
	// Receives were filled from the end; close the gap after the sends.
	for i := 0; i < recvs; i++ {
		table[sends+i] = table[len(cases)-recvs+i]
		origin[sends+i] = origin[len(cases)-recvs+i]
	}
	if sends+recvs == 0 {
		return dflt, false
	}
	r := nativeSelectgo(unsafe.Pointer(&table[0]), sends, recvs, dflt < 0)
	if r < 0 {
		return dflt, false
	}
	return origin[r&selectIndexMask], r>>selectReceivedShift != 0
}

const (
	selectReceivedShift = 16 * (unsafe.Sizeof(uintptr(0)) / 4)
	selectIndexMask     = 1<<16 - 1
)
