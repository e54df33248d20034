package runtime

// Semaphores, condition variables and pinning for sync, internal/sync and internal/poll. The slow paths are C++ (runtime/sync/sema.cpp).

import (
	"internal/runtime/atomic"
	"unsafe"
)

// waitReason says why a goroutine is parked: WaitReason of runtime/sched/g_m_p.h.
type waitReason uint8

const (
	waitReasonNone waitReason = iota
	waitReasonChanReceive
	waitReasonChanSend
	waitReasonChanReceiveNil
	waitReasonChanSendNil
	waitReasonSelect
	waitReasonSelectNoCases
	waitReasonSemacquire
	waitReasonMutex
	waitReasonRWMutexRead
	waitReasonRWMutexWrite
	waitReasonWaitGroup
	waitReasonCond
	waitReasonSleep
	waitReasonIO
	waitReasonFinalizer
	waitReasonCleanup
	waitReasonTimer
	waitReasonGC
	waitReasonPreempted
	waitReasonCoroutine
	waitReasonDebugCall
	waitReasonSynctestRun
	waitReasonSynctestWait
	waitReasonSynctestChanReceive
	waitReasonSynctestChanSend
	waitReasonSynctestSelect
)

func takeSema(addr *uint32) bool {
	for {
		v := atomic.Load(addr)
		if v == 0 {
			return false
		}
		if atomic.Cas(addr, v, v-1) {
			return true
		}
	}
}

func acquireSema(addr *uint32, lifo bool, reason waitReason) {
	if !takeSema(addr) {
		semacquire(addr, lifo, reason)
	}
}

//go:linkname sync_runtime_Semacquire sync.runtime_Semacquire
func sync_runtime_Semacquire(addr *uint32) { acquireSema(addr, false, waitReasonSemacquire) }

//go:linkname poll_runtime_Semacquire internal/poll.runtime_Semacquire
func poll_runtime_Semacquire(addr *uint32) { acquireSema(addr, false, waitReasonSemacquire) }

//go:linkname sync_runtime_SemacquireWaitGroup sync.runtime_SemacquireWaitGroup
func sync_runtime_SemacquireWaitGroup(addr *uint32, durable bool) {
	if durable && local().bubble != nil {
		bubbleBlock()
		acquireSema(addr, false, waitReasonWaitGroup)
		bubbleUnblock()
		return
	}
	acquireSema(addr, false, waitReasonWaitGroup)
}

//go:linkname sync_runtime_SemacquireRWMutexR sync.runtime_SemacquireRWMutexR
func sync_runtime_SemacquireRWMutexR(addr *uint32, lifo bool, skip int) {
	acquireSema(addr, lifo, waitReasonRWMutexRead)
}

//go:linkname sync_runtime_SemacquireRWMutex sync.runtime_SemacquireRWMutex
func sync_runtime_SemacquireRWMutex(addr *uint32, lifo bool, skip int) {
	acquireSema(addr, lifo, waitReasonRWMutexWrite)
}

//go:linkname internal_sync_runtime_SemacquireMutex internal/sync.runtime_SemacquireMutex
func internal_sync_runtime_SemacquireMutex(addr *uint32, lifo bool, skip int) {
	acquireSema(addr, lifo, waitReasonMutex)
}

//go:linkname sync_runtime_Semrelease sync.runtime_Semrelease
func sync_runtime_Semrelease(addr *uint32, handoff bool, skip int) { semrelease(addr, handoff) }

//go:linkname internal_sync_runtime_Semrelease internal/sync.runtime_Semrelease
func internal_sync_runtime_Semrelease(addr *uint32, handoff bool, skip int) {
	semrelease(addr, handoff)
}

//go:linkname poll_runtime_Semrelease internal/poll.runtime_Semrelease
func poll_runtime_Semrelease(addr *uint32) { semrelease(addr, false) }

//go:linkname internal_sync_runtime_canSpin internal/sync.runtime_canSpin
func internal_sync_runtime_canSpin(i int) bool { return canSpin(i) }

//go:linkname internal_sync_runtime_doSpin internal/sync.runtime_doSpin
func internal_sync_runtime_doSpin() { doSpin() }

//go:linkname internal_sync_nanotime internal/sync.runtime_nanotime
func internal_sync_nanotime() int64 { return nanotime() }

// notifyList is sync.notifyList. Waiters hang on head..tail in C++, guarded by lock.
type notifyList struct {
	wait   uint32
	notify uint32
	lock   uintptr
	head   unsafe.Pointer
	tail   unsafe.Pointer
}

//go:linkname notifyListAdd sync.runtime_notifyListAdd
func notifyListAdd(l *notifyList) uint32 { return atomic.Xadd(&l.wait, 1) - 1 }

//go:linkname notifyListWait sync.runtime_notifyListWait
func notifyListWait(l *notifyList, ticket uint32) {
	if local().bubble != nil {
		bubbleBlock()
		notifyWait(l, ticket)
		bubbleUnblock()
		return
	}
	notifyWait(l, ticket)
}

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
func notifyListNotifyAll(l *notifyList) {
	if atomic.Load(&l.wait) != atomic.Load(&l.notify) {
		notifyAll(l)
	}
}

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
func notifyListNotifyOne(l *notifyList) {
	if atomic.Load(&l.wait) != atomic.Load(&l.notify) {
		notifyOne(l)
	}
}

//go:linkname notifyListCheck sync.runtime_notifyListCheck
func notifyListCheck(size uintptr) {
	if size != unsafe.Sizeof(notifyList{}) {
		throw("bad notifyList size")
	}
}

//go:linkname sync_runtime_procPin sync.runtime_procPin
func sync_runtime_procPin() int { return procPin() }

//go:linkname sync_runtime_procUnpin sync.runtime_procUnpin
func sync_runtime_procUnpin() { procUnpin() }

//go:linkname sync_atomic_runtime_procPin sync/atomic.runtime_procPin
func sync_atomic_runtime_procPin() int { return procPin() }

//go:linkname sync_atomic_runtime_procUnpin sync/atomic.runtime_procUnpin
func sync_atomic_runtime_procUnpin() { procUnpin() }

// parkForever stops the goroutine for good.
func parkForever() {
	for {
		park(waitReasonSelectNoCases)
	}
}
