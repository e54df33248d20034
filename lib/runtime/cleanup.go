package runtime

// Finalizers, cleanups, weak pointers, pinning. The collector keeps the special records; one goroutine runs finalizers, several run cleanups.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// finalizer is what the collector stores for an object: the Go side of one SetFinalizer.
type finalizer struct {
	fn       unsafe.Pointer // funcval
	fnType   *abi.FuncType
	pointer  *abi.Type // type of the object pointer
	argument *abi.Type // type of the function's parameter
}

var finalizersStarted, cleanupsStarted atomic.Uint32

// startFinalizers starts the goroutine that runs them, once.
func startFinalizers() {
	if finalizersStarted.CompareAndSwap(0, 1) {
		newSystemProc(runFinalizers)
	}
}

// startCleanups starts the first of the goroutines that run them, once.
func startCleanups() {
	if cleanupsStarted.CompareAndSwap(0, 1) {
		newSystemProc(runCleanups)
	}
}

// specialsRun counts finalizers and cleanups that have run.
var specialsRun atomic.Uint64

func runFinalizers() {
	for {
		runNextFinalizer()
	}
}

// runNextFinalizer is not part of the loop, so that registers which are dead while it waits hold nothing of the object before: the native code saves them where the
// collector scans word by word, and that object would live on.
//
//go:noinline
func runNextFinalizer() {
	clearDeadFrames()
	p, record := nextFinalizer()
	runFinalizer((*finalizer)(record), p)
	specialsRun.Add(1)
}

func runCleanups()    { runCleanupsAs(cleanupFresh) }
func followCleanups() { runCleanupsAs(cleanupFollower) }
func runCleanupsAs(role uintptr) {
	for {
		var again bool
		if role, again = runNextCleanup(role); !again {
			sleep(timeSlice)
		}
	}
}

const timeSlice = 10e6 // nanoseconds

// runNextCleanup is not part of the loop for the same reason. It reports whether to call it again at once.
//
//go:noinline
func runNextCleanup(role uintptr) (newRole uintptr, again bool) {
	clearDeadFrames()
	record, newRole, action := nextCleanup(role)
	if action == cleanupWait {
		return newRole, false
	}
	if action == cleanupRunAndStart {
		newSystemProc(followCleanups)
	}
	(*(*func())(unsafe.Pointer(&record)))()
	specialsRun.Add(1)
	return newRole, true
}

// runFinalizer calls f.fn(p), converted to what it takes; its results are dropped.
func runFinalizer(f *finalizer, p unsafe.Pointer) {
	offset := uintptr(2 * unsafe.Sizeof(p))
	size := offset
	for _, r := range f.fnType.OutSlice() {
		size = alignUp(size, uintptr(r.Align_)) + r.Size_
	}
	// The frame holds the argument, one or two words, then the results: scanned conservatively as pointers.
	frame := make([]unsafe.Pointer, alignUp(size, unsafe.Sizeof(p))/unsafe.Sizeof(p))
	ret := unsafe.Sizeof(p)
	if f.argument.Kind() == abi.Interface {
		ret = 2 * unsafe.Sizeof(p)
		e := (*abi.EmptyInterface)(unsafe.Pointer(&frame[0]))
		e.Type, e.Data = f.pointer, p
		if len((*abi.InterfaceType)(unsafe.Pointer(f.argument)).Methods) != 0 {
			frame[0] = unsafe.Pointer(typeAssertI((*abi.InterfaceType)(unsafe.Pointer(f.argument)), f.pointer))
		}
	} else {
		frame[0] = p
	}
	reflectcallSig(f.fnType, false, f.fn, unsafe.Pointer(&frame[0]), ret)
}

func alignUp(n, a uintptr) uintptr {
	if a == 0 {
		return n
	}
	return (n + a - 1) &^ (a - 1)
}

// SetFinalizer makes the collector call finalizer(obj) when obj is found unreachable.
func SetFinalizer(obj any, finalize any) {
	e := (*abi.EmptyInterface)(unsafe.Pointer(&obj))
	if e.Type == nil {
		throw("runtime.SetFinalizer: first argument is nil")
	}
	if e.Type.Kind() != abi.Pointer {
		throw("runtime.SetFinalizer: first argument is " + typeString(e.Type) + ", not pointer")
	}
	elem := (*abi.PtrType)(unsafe.Pointer(e.Type)).Elem
	if e.Data == nil {
		throw("nil elem type!")
	}
	if elem.Size_ == 0 {
		return // all such objects share one address
	}
	base, _ := objectBase(e.Data)
	if base == 0 {
		if inHeap(uintptr(e.Data)) {
			throw("runtime.SetFinalizer: pointer not in allocated block")
		}
		return // a global is never freed
	}
	if base != uintptr(e.Data) && !(elem.PtrBytes == 0 && elem.Size_ < 16 && uintptr(e.Data)-base < 16) {
		throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
	}
	f := (*abi.EmptyInterface)(unsafe.Pointer(&finalize))
	if f.Type == nil {
		removeSpecial(e.Data, specialFinalizer, nil)
		return
	}
	if f.Type.Kind() != abi.Func {
		throw("runtime.SetFinalizer: second argument is " + typeString(f.Type) + ", not a function")
	}
	ft := (*abi.FuncType)(unsafe.Pointer(f.Type))
	mismatch := "runtime.SetFinalizer: cannot pass " + typeString(e.Type) + " to finalizer " + typeString(f.Type)
	if ft.IsVariadic() {
		throw(mismatch + " because dotdotdot")
	}
	if ft.InCount != 1 {
		throw(mismatch)
	}
	arg := ft.InSlice()[0]
	ok := arg == e.Type
	if !ok {
		switch arg.Kind() {
		case abi.Pointer:
			ok = (arg.Uncommon() == nil || e.Type.Uncommon() == nil) && (*abi.PtrType)(unsafe.Pointer(arg)).Elem == elem
		case abi.Interface:
			it := (*abi.InterfaceType)(unsafe.Pointer(arg))
			ok = len(it.Methods) == 0 || getitab(it, e.Type) != nil
		}
	}
	if !ok {
		throw(mismatch)
	}
	startFinalizers()
	if !addSpecial(e.Data, specialFinalizer, unsafe.Pointer(&finalizer{f.Data, ft, e.Type, arg})) {
		throw("runtime.SetFinalizer: finalizer already set")
	}
}

// tinyBlock is the size of the blocks that small objects without pointers share (runtime/mem/alloc.cpp).
const tinyBlock = 16

// Cleanup is a handle to a cleanup of AddCleanup.
type Cleanup struct {
	record unsafe.Pointer
	ptr    uintptr
}

// AddCleanup makes one of the collector's goroutines call cleanup(arg) after *ptr has become unreachable.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	ptr = abi.Escape(ptr)
	return addCleanupFor(unsafe.Pointer(ptr), abi.TypeFor[T]().Pointers(), func() { cleanup(arg) }, cleanupArgument(abi.TypeFor[S](), unsafe.Pointer(&arg)))
}

// cleanupArgument gives the argument of a cleanup if it is a pointer, for a check.
func cleanupArgument(t *abi.Type, arg unsafe.Pointer) unsafe.Pointer {
	if k := t.Kind(); k != abi.Pointer && k != abi.UnsafePointer {
		return nil
	}
	return *(*unsafe.Pointer)(arg)
}

func addCleanupFor(p unsafe.Pointer, hasPointers bool, fn func(), arg unsafe.Pointer) Cleanup {
	if p == nil {
		panic(plainError("runtime.AddCleanup: ptr is nil"))
	}
	if p == arg {
		panic(plainError("runtime.AddCleanup: ptr is equal to arg, cleanup will never run"))
	}
	base, size := objectBase(p)
	if base == 0 {
		if inHeap(uintptr(p)) {
			throw("runtime.AddCleanup: ptr not in allocated block")
		}
		return Cleanup{} // a global or a zero-size object is never freed
	}
	// Small objects without pointers share blocks, so what lies in the same one may be another object.
	isShared := !hasPointers && size <= tinyBlock
	if arg != nil && uintptr(arg) >= base && uintptr(arg) < base+size && !isShared {
		panic(plainError("runtime.AddCleanup: ptr is within arg, cleanup will never run"))
	}
	startCleanups()
	record := *(*unsafe.Pointer)(unsafe.Pointer(&fn))
	addSpecial(p, specialCleanup, record)
	KeepAlive(p)
	return Cleanup{record, uintptr(p)}
}

// Stop cancels the cleanup if it has not been queued yet.
func (c Cleanup) Stop() {
	if c.record != nil {
		removeSpecial(*(*unsafe.Pointer)(unsafe.Pointer(&c.ptr)), specialCleanup, c.record)
	}
}

//go:linkname weak_registerWeakPointer weak.runtime_registerWeakPointer
func weak_registerWeakPointer(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		return nil
	}
	if base, _ := objectBase(p); base == 0 {
		return immortalHandle(p)
	}
	h := weakHandle(p)
	KeepAlive(p)
	return h
}

// Handles of pointers to globals and the like: they are never cleared.
var immortalHandles struct {
	lock    spinLock
	handles map[unsafe.Pointer]*unsafe.Pointer
}

func immortalHandle(p unsafe.Pointer) unsafe.Pointer {
	t := &immortalHandles
	t.lock.lock()
	h := t.handles[p]
	if h == nil {
		if t.handles == nil {
			t.handles = make(map[unsafe.Pointer]*unsafe.Pointer)
		}
		h = new(unsafe.Pointer)
		*h = p
		t.handles[p] = h
	}
	t.lock.unlock()
	return unsafe.Pointer(h)
}

//go:linkname weak_makeStrongFromWeak weak.runtime_makeStrongFromWeak
func weak_makeStrongFromWeak(handle unsafe.Pointer) unsafe.Pointer {
	if handle == nil {
		return nil
	}
	t := &immortalHandles
	if t.handles != nil {
		p := *(*unsafe.Pointer)(handle)
		if base, _ := objectBase(p); p != nil && base == 0 {
			return p
		}
	}
	return weakStrong(handle)
}

// waitFinalizers waits until everything that the collector has found due so far was run; timeout in nanoseconds.
func waitFinalizers(timeout int64) bool {
	end := nanotime() + timeout
	if end < timeout {
		end = 1<<63 - 1
	}
	due := specialsQueued()
	for specialsRun.Load() < due {
		if nanotime() > end {
			return false
		}
		sleep(1e5)
	}
	return true
}

//go:linkname unique_blockUntilEmptyCleanupQueue unique.runtime_blockUntilEmptyCleanupQueue
func unique_blockUntilEmptyCleanupQueue(timeout int64) bool { return waitFinalizers(timeout) }

//go:linkname sync_test_blockUntilEmptyCleanupQueue sync_test.runtime_blockUntilEmptyCleanupQueue
func sync_test_blockUntilEmptyCleanupQueue(timeout int64) bool { return waitFinalizers(timeout) }

//go:linkname blockUntilEmptyFinalizerQueue
func blockUntilEmptyFinalizerQueue(timeout int64) bool { return waitFinalizers(timeout) }

// Pinner keeps objects alive, and where they are, while C code or the like holds their addresses. Objects never move; so it only holds them.
type Pinner struct {
	refs *pinned
}

type pinned struct {
	pointers []unsafe.Pointer
}

// pinnedSets keeps every Pinner's set reachable until Unpin.
var pinnedSets struct {
	lock spinLock
	sets map[*pinned]bool
}

// Pin pins the object that pointer points to.
func (p *Pinner) Pin(pointer any) {
	e := (*abi.EmptyInterface)(unsafe.Pointer(&pointer))
	if e.Type == nil {
		panic(errorString("runtime.Pinner: argument is nil"))
	}
	switch e.Type.Kind() {
	case abi.Pointer, abi.UnsafePointer:
	default:
		panic(errorString("runtime.Pinner: argument is not a pointer: " + typeString(e.Type)))
	}
	t := &pinnedSets
	t.lock.lock()
	if p.refs == nil {
		p.refs = new(pinned)
		if t.sets == nil {
			t.sets = make(map[*pinned]bool)
		}
		t.sets[p.refs] = true
	}
	p.refs.pointers = append(p.refs.pointers, e.Data)
	t.lock.unlock()
}

// Unpin unpins all objects of p.
func (p *Pinner) Unpin() {
	if p.refs == nil {
		return
	}
	t := &pinnedSets
	t.lock.lock()
	delete(t.sets, p.refs)
	p.refs = nil
	t.lock.unlock()
}
