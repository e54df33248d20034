package runtime

// Bubbles of testing/synctest are not supported yet: no goroutine is ever in one.

import (
	"internal/runtime/atomic"
	"unsafe"
)

type bubble struct {
	now atomic.Int64
}

type fakeTimer struct{}

func (b *bubble) newTimer(t *timeTimer) *fakeTimer            { return nil }
func (b *bubble) resetTimer(t *fakeTimer, when, period int64) {}
func (b *bubble) sleep(ns int64)                              {}
func (t *fakeTimer) stop() bool                               { return false }
func (t *fakeTimer) reset(when, period int64) bool            { return false }

func bubbleBlock()   {}
func bubbleUnblock() {}

//go:linkname synctestRun internal/synctest.Run
func synctestRun(f func()) { throw("not supported yet: testing/synctest") }

//go:linkname synctestWait internal/synctest.Wait
func synctestWait() { panic("goroutine is not in a bubble") }

//go:linkname synctest_isInBubble internal/synctest.IsInBubble
func synctest_isInBubble() bool { return false }

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any { return nil }

//go:linkname synctest_release internal/synctest.release
func synctest_release(b any) {}

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(b any, f func()) { throw("not supported yet: testing/synctest") }

//go:linkname synctest_associate internal/synctest.associate
func synctest_associate(p unsafe.Pointer) int { return 0 }

//go:linkname synctest_disassociate internal/synctest.disassociate
func synctest_disassociate(p unsafe.Pointer) {}

//go:linkname synctest_isAssociated internal/synctest.isAssociated
func synctest_isAssociated(p unsafe.Pointer) bool { return false }
