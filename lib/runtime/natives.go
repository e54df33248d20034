package runtime

// The C++ side. Every function here is listed in runtime/abi/entry_points.def, with its class; a pointer result or parameter that the table
// calls R is not a heap pointer.

import (
	"internal/abi"
	"unsafe"
)

// -- goroutines and threads

// goLocal is struct GoLocal (runtime/abi/go_local.h), a part of the running goroutine's g.
type goLocal struct {
	deferFrames  *deferFrame
	panics       *panicRecord
	labels       unsafe.Pointer // of profiles; inherited by new goroutines
	bubble       *bubble        // of synctest; inherited
	coro         *coro          // this goroutine runs the function of an iterator's coroutine
	spare        [3]unsafe.Pointer
	faultAddress uintptr
	faultPC      uintptr
	faultSignal  uint32
	faultCode    uint32
	dying        uint8
	panicOnFault uint8
	fips         uint8
	fipsBypass   uint8 // inherited
	dit          uint8 // inherited
}

//go:linkname local stoat_golocal
func local() *goLocal

//go:linkname getg stoat_getg
func getg() unsafe.Pointer

//go:linkname goid stoat_goid
func goid() uint64

// newSystemProc starts a goroutine of the run-time system: not counted, not shown, and no reason to go on living.
//
//go:linkname newSystemProc stoat_newproc_system
func newSystemProc(fn func())

//go:linkname goexit0 stoat_goexit
func goexit0()

//go:linkname Gosched stoat_gosched
func Gosched()

//go:linkname nativeNumGoroutine stoat_numgoroutine
func nativeNumGoroutine() int

//go:linkname nativeMaxProcs stoat_gomaxprocs
func nativeMaxProcs(n int) int

//go:linkname nativeNumCPU stoat_numcpu
func nativeNumCPU() int

//go:linkname LockOSThread stoat_lockosthread
func LockOSThread()

//go:linkname UnlockOSThread stoat_unlockosthread
func UnlockOSThread()

//go:linkname nativeSetMaxThreads stoat_setmaxthreads
func nativeSetMaxThreads(n int) int

//go:linkname procPin stoat_procpin
func procPin() int

//go:linkname procUnpin stoat_procunpin
func procUnpin()

// Symbols of the C++ side: the frame that calls entersyscall must stay until exitsyscall, so they have no wrapper here.
//
//go:linkname entersyscall
func entersyscall()

//go:linkname exitsyscall
func exitsyscall()

// park stops the goroutine until wake was called for it. A wake that comes first is kept.
//
//go:linkname park stoat_park
func park(reason waitReason)

//go:linkname wake stoat_wake
func wake(g unsafe.Pointer)

//go:linkname canSpin stoat_canspin
func canSpin(i int) bool

//go:linkname doSpin stoat_dospin
func doSpin()

// -- defer and panic

//go:linkname callDeferred stoat_calldeferred
func callDeferred(fn func())

//go:linkname resumeFrame stoat_resume
func resumeFrame(frame unsafe.Pointer)

// calledByPanic: exactly one function of the user's lies between callDeferred and recover, which the function with frame address fp calls (fp|1: a wrapper).
//
//go:linkname calledByPanic stoat_called_by_panic
func calledByPanic(fp uintptr) bool

// noteFault records the caller's caller as the place of a nil dereference, for the report.
//
//go:linkname noteFault stoat_note_fault
func noteFault()

// -- printing, death

//go:linkname printlock stoat_printlock
func printlock()

//go:linkname printunlock stoat_printunlock
func printunlock()

//go:linkname printhex stoat_printhex
func printhex(v uint64)

// dieWithTraceback prints the fault if there is one, the goroutines that GOTRACEBACK asks for, and exits with status 2 (or aborts).
//
//go:linkname dieWithTraceback stoat_die
func dieWithTraceback(internal int)

//go:linkname exitProcess stoat_exit
func exitProcess(code int)

//go:linkname nativeSetTraceback stoat_settraceback
func nativeSetTraceback(level int, all bool, crash bool)

//go:linkname nativeSetCrashFD stoat_setcrashfd
func nativeSetCrashFD(fd uintptr) uintptr

// beginCrash sends what is printed from here on to the crash file too.
//
//go:linkname beginCrash stoat_begincrash
func beginCrash()

//go:linkname nativeSetMaxStack stoat_setmaxstack
func nativeSetMaxStack(n int) int

// -- memory

//go:linkname newobject stoat_new
func newobject(t *abi.Type) unsafe.Pointer

//go:linkname nativeNewarray stoat_newarray
func nativeNewarray(t *abi.Type, n int) unsafe.Pointer

//go:linkname nativeMakeslice stoat_makeslice
func nativeMakeslice(t *abi.Type, len, cap int) unsafe.Pointer

//go:linkname nativeGrowslice stoat_growslice
func nativeGrowslice(t *abi.Type, old unsafe.Pointer, oldLen, oldCap, newLen int) (p unsafe.Pointer, len, cap int)

//go:linkname allocBytes stoat_alloc_bytes
func allocBytes(size uintptr, zero bool) unsafe.Pointer

// roundupsize is the size of the block that an allocation of size bytes gets.
//
//go:linkname roundupsize stoat_roundupsize
func roundupsize(size uintptr, noscan bool) uintptr

//go:linkname typedmemmove stoat_typedmemmove
func typedmemmove(t *abi.Type, dst, src unsafe.Pointer)

//go:linkname typedmemclr stoat_typedmemclr
func typedmemclr(t *abi.Type, p unsafe.Pointer)

//go:linkname nativeTypedslicecopy stoat_typedslicecopy
func nativeTypedslicecopy(t *abi.Type, dst unsafe.Pointer, dstLen int, src unsafe.Pointer, srcLen int) int

//go:linkname typedmemclrarray stoat_typedmemclrarray
func typedmemclrarray(t *abi.Type, p unsafe.Pointer, n int)

// typedmemclrpartial zeroes size bytes at p, off bytes into a value of type t.
//
//go:linkname typedmemclrpartial stoat_typedmemclrpartial
func typedmemclrpartial(t *abi.Type, p unsafe.Pointer, off, size uintptr)

//go:linkname memmove stoat_memmove
func memmove(dst, src unsafe.Pointer, n uintptr)

//go:linkname memclr stoat_memclr
func memclr(p unsafe.Pointer, n uintptr)

//go:linkname memequal stoat_memequal
func memequal(a, b unsafe.Pointer, n uintptr) bool

//go:linkname memhash stoat_memhash
func memhash(p unsafe.Pointer, h, size uintptr) uintptr

//go:linkname writeBarrier stoat_barrier_store
func writeBarrier(slot *unsafe.Pointer, new unsafe.Pointer)

//go:linkname inHeap stoat_in_heap
func inHeap(p uintptr) bool

// objectBase gives the start and size of the heap object that p points into, 0 if it is no heap object.
//
//go:linkname objectBase stoat_object_base
func objectBase(p unsafe.Pointer) (base, size uintptr)

// pointerMask writes one byte a word of the heap object, as the collector scans it, into buf; it gives the number of words (0: no pointers).
//
//go:linkname pointerMask stoat_pointer_mask
func pointerMask(p unsafe.Pointer, buf unsafe.Pointer, n int) int

// -- collector

//go:linkname nativeGC stoat_gc
func nativeGC()

//go:linkname nativeFreeOSMemory stoat_freeosmemory
func nativeFreeOSMemory()

//go:linkname nativeSetGCPercent stoat_setgcpercent
func nativeSetGCPercent(percent int) int

//go:linkname nativeSetMemoryLimit stoat_setmemorylimit
func nativeSetMemoryLimit(limit int64) int64

// nativeMetrics fills the array; its order is that of runtime/gc/metrics.cpp.
//
//go:noescape
//go:linkname nativeMetrics stoat_metrics
func nativeMetrics(out *[1024]uint64)

// stoatStep drives a collection in steps; tests pull it.
//
//go:linkname stoatStep
func stoatStep(step int) { nativeGCStep(step) }

//go:linkname nativeGCStep stoat_gcstep
func nativeGCStep(step int)

//go:linkname nativeHeapDump stoat_heapdump
func nativeHeapDump(fd uintptr)

//go:linkname staticWords stoat_staticwords
func staticWords() unsafe.Pointer

// nativeMemStats fills *MemStats.
//
//go:noescape
//go:linkname nativeMemStats stoat_memstats
func nativeMemStats(m *MemStats)

// addSpecial ties record to the heap object that p points into: kind specialFinalizer (one each) or specialCleanup. It fails (false) if a
// finalizer is set already. The record is kept alive by the object; a finalizer's record is scanned, a cleanup's too.
//
//go:linkname addSpecial stoat_add_special
func addSpecial(p unsafe.Pointer, kind int, record unsafe.Pointer) bool

// removeSpecial removes the finalizer (record nil), or the cleanup with that record.
//
//go:linkname removeSpecial stoat_remove_special
func removeSpecial(p unsafe.Pointer, kind int, record unsafe.Pointer) bool

const (
	specialFinalizer = 1
	specialCleanup   = 2
)

// nextFinalizer waits for an object that was found unreachable and has a finalizer.
//
//go:linkname nextFinalizer stoat_next_finalizer
func nextFinalizer() (p unsafe.Pointer, record unsafe.Pointer)

// clearDeadFrames zeroes the stack where the native that is called next will have its frames. They are scanned word by word while it waits, and what earlier calls left there
// would be kept.
//
//go:linkname clearDeadFrames stoat_clear_dead_frames
func clearDeadFrames()

// nextCleanup says what a goroutine that runs cleanups does next, and with what role it is to call again; it waits for a cleanup that is due, unless it is to look again
// after a time slice. See runtime/gc/due.cpp.
//
//go:linkname nextCleanup stoat_next_cleanup
func nextCleanup(role uintptr) (record unsafe.Pointer, newRole uintptr, action uintptr)

const (
	cleanupRun         = 0
	cleanupRunAndStart = 1 // after it has started another goroutine
	cleanupWait        = 2

	cleanupFresh    = 0
	cleanupFollower = 1 // of one that another has started
)

// closeWindows gives the slots back that this P has ready for allocation.
//
//go:linkname closeWindows stoat_close_windows
func closeWindows()

// specialsQueued counts the finalizers and cleanups that were found due since the start.
//
//go:linkname specialsQueued stoat_specials_queued
func specialsQueued() uint64

// weakHandle gives the handle of p: a heap object of one word that the collector clears when p's object is freed.
//
//go:linkname weakHandle stoat_weak_handle
func weakHandle(p unsafe.Pointer) unsafe.Pointer

//go:linkname weakStrong stoat_weak_strong
func weakStrong(handle unsafe.Pointer) unsafe.Pointer

// setPoolCleanup gives the function that the collector calls with the world stopped.
//
//go:linkname setPoolCleanup stoat_setpoolcleanup
func setPoolCleanup(fn func())

// -- interfaces, types, code

//go:linkname getitab stoat_getitab
func getitab(inter *abi.InterfaceType, t *abi.Type) *abi.ITab

// typesBounds are the bounds of the descriptors and names that the compiler made.
//
//go:linkname typesBounds stoat_typesbounds
func typesBounds() (low, high uintptr)

// resolveOff is what an offset in the descriptor (or name) owner means.
//
//go:linkname resolveOff stoat_reflect_offset
func resolveOff(owner unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname addReflectOffset stoat_reflect_offset_add
func addReflectOffset(p unsafe.Pointer) int32

//go:linkname module stoat_moduledata
func module() *moduleData

// funcInfo is what the tables know about one pc: struct FuncInfo in runtime/lang/symbols.h.
type funcInfo struct {
	name      string
	file      string
	line      int
	startLine int
	entry     uintptr
	inlined   bool // into the function at entry
	wrapper   bool
}

// nativeLookup describes the function at pc: a return address, one less, or any address of code; outer: not the innermost inlined one, but the one
// that it is in.
//
//go:linkname nativeLookup stoat_lookup
func nativeLookup(pc uintptr, outer bool, out *funcInfo) bool

// nativeCallers writes return addresses of the goroutine's frames, youngest first; the caller of nativeCallers is number 0.
//
//go:linkname nativeCallers stoat_callers
func nativeCallers(buf unsafe.Pointer, n, skip int) int

//go:linkname nativeStack stoat_stack
func nativeStack(buf unsafe.Pointer, n int, all bool) int

//go:linkname nativeMemProfile stoat_memprofile
func nativeMemProfile(records unsafe.Pointer, n int, withFreed bool) int

//go:linkname nativeGoroutineProfile stoat_goroutine_profile
func nativeGoroutineProfile(records unsafe.Pointer, labels unsafe.Pointer, n int) int

// -- channels, semaphores

//go:linkname nativeMakechan stoat_makechan
func nativeMakechan(t *abi.ChanType, size int) unsafe.Pointer

//go:linkname nativeChansend stoat_chansend
func nativeChansend(ch, elem unsafe.Pointer, block bool) bool

//go:linkname nativeChanrecv stoat_chanrecv
func nativeChanrecv(ch, elem unsafe.Pointer, block bool) uint8

//go:linkname nativeClosechan stoat_closechan
func nativeClosechan(ch unsafe.Pointer)

//go:linkname nativeSelectgo stoat_selectgo
func nativeSelectgo(cases unsafe.Pointer, sends, recvs int, block bool) int

//go:linkname semacquire stoat_semacquire
func semacquire(addr *uint32, lifo bool, reason waitReason)

//go:linkname semrelease stoat_semrelease
func semrelease(addr *uint32, handoff bool)

//go:linkname notifyWait stoat_notify_wait
func notifyWait(l *notifyList, ticket uint32)

//go:linkname notifyAll stoat_notify_all
func notifyAll(l *notifyList)

//go:linkname notifyOne stoat_notify_one
func notifyOne(l *notifyList)

// -- time

//go:linkname nativeNanotime stoat_nanotime
func nativeNanotime() int64

//go:linkname walltime stoat_walltime
func walltime() (sec int64, nsec int32)

//go:linkname nativeTicks stoat_cputicks
func nativeTicks() int64

//go:linkname sleep stoat_sleep
func sleep(ns int64)

// startTimer arms t (when is on nanotime's clock); stopNativeTimer disarms it. Both tell whether it was armed and its function not yet begun.
//
//go:linkname startTimer stoat_timer_reset
func startTimer(t *timer, when, period int64) bool

//go:linkname stopNativeTimer stoat_timer_stop
func stopNativeTimer(t *timer) bool

// nextTimer waits for a timer to fire whose function Go has to call; beginTimer says whether that may still be done: not if it was stopped or reset since.
//
//go:linkname nextTimer stoat_timer_next
func nextTimer() (t *timer, delay int64)

//go:linkname beginTimer stoat_timer_begin
func beginTimer(t *timer) bool

// markTimerChan makes the channel look unbuffered; drainChan drops what its buffer holds.
//
//go:linkname markTimerChan stoat_chan_mark_timer
func markTimerChan(ch unsafe.Pointer)

//go:linkname drainChan stoat_chan_drain
func drainChan(ch unsafe.Pointer) bool

// -- network poller

//go:linkname pollInit stoat_netpoll_init
func pollInit()

//go:linkname pollOpen stoat_netpoll_open
func pollOpen(fd uintptr) (desc uintptr, errno int)

//go:linkname pollClose stoat_netpoll_close
func pollClose(desc uintptr)

//go:linkname pollReset stoat_netpoll_reset
func pollReset(desc uintptr, mode int) int

//go:linkname pollWait stoat_netpoll_wait
func pollWait(desc uintptr, mode int, ignoreErrors bool) int

//go:linkname pollSetDeadline stoat_netpoll_deadline
func pollSetDeadline(desc uintptr, d int64, mode int)

//go:linkname pollUnblock stoat_netpoll_unblock
func pollUnblock(desc uintptr)

//go:linkname pollIsDescriptor stoat_netpoll_owns
func pollIsDescriptor(fd uintptr) bool

// -- operating system

//go:linkname sysWrite stoat_write
func sysWrite(fd uintptr, p unsafe.Pointer, n int32) int32

//go:linkname sysFcntl stoat_fcntl
func sysFcntl(fd, cmd, arg int32) (int32, int32)

//go:linkname sysSyscall6 stoat_syscall6
func sysSyscall6(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)

//go:linkname allThreadsSyscall stoat_allthreads_syscall
func allThreadsSyscall(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)

// startArgs gives argc, argv, envp and auxv of the process.
//
//go:linkname startArgs stoat_startargs
func startArgs() (argc int, argv, envp, auxv unsafe.Pointer)

//go:linkname pageSize stoat_pagesize
func pageSize() int

//go:linkname sysRandom stoat_random_seed
func sysRandom(p unsafe.Pointer, n int)

// randState is the running thread's generator (internal/chacha8rand.State, zero at first); valid while pinned.
//
//go:linkname randState stoat_rand_state
func randState() unsafe.Pointer

//go:linkname beforeFork stoat_before_fork
func beforeFork()

//go:linkname afterFork stoat_after_fork
func afterFork()

//go:linkname afterForkInChild stoat_after_fork_in_child
func afterForkInChild()

//go:linkname beforeExec stoat_before_exec
func beforeExec()

//go:linkname afterExec stoat_after_exec
func afterExec()

// -- signals

//go:linkname nativeSignalEnable stoat_signal_enable
func nativeSignalEnable(sig uint32)

//go:linkname nativeSignalDisable stoat_signal_disable
func nativeSignalDisable(sig uint32)

//go:linkname nativeSignalIgnore stoat_signal_ignore
func nativeSignalIgnore(sig uint32)

//go:linkname nativeSignalIgnored stoat_signal_ignored
func nativeSignalIgnored(sig uint32) bool

//go:linkname nativeSignalRecv stoat_signal_recv
func nativeSignalRecv() uint32

//go:linkname nativeSignalIdle stoat_signal_idle
func nativeSignalIdle()

//go:linkname nativeSigpipe stoat_sigpipe
func nativeSigpipe()

//go:linkname nativeIgnoreSIGSYS stoat_ignore_sigsys
func nativeIgnoreSIGSYS(ignore bool)

// -- reflection

// callShape calls the function of a funcval with the arguments of c, and stores its results (reflect.go).
//
//go:linkname callShape stoat_reflectcall
func callShape(fn unsafe.Pointer, c *callLayout)
