package runtime

// Allocation and typed memory as std sees them; statistics and control of the collector.

import (
	"internal/abi"
	"internal/goarch"
	"internal/runtime/math"
	"unsafe"
)

// maxAlloc bounds the size of one allocation: the address space.
const maxAlloc = 1<<(16+4*goarch.PtrSize) - (8-goarch.PtrSize)/4

func newarray(t *abi.Type, n int) unsafe.Pointer {
	size, overflow := math.MulUintptr(t.Size_, uintptr(n))
	if overflow || size > maxAlloc || n < 0 {
		panic(plainError("runtime: allocation size out of range"))
	}
	return nativeNewarray(t, n)
}

//go:linkname reflect_unsafe_New reflect.unsafe_New
func reflect_unsafe_New(t *abi.Type) unsafe.Pointer { return newobject(t) }

//go:linkname reflectlite_unsafe_New internal/reflectlite.unsafe_New
func reflectlite_unsafe_New(t *abi.Type) unsafe.Pointer { return newobject(t) }

//go:linkname reflect_unsafe_NewArray reflect.unsafe_NewArray
func reflect_unsafe_NewArray(t *abi.Type, n int) unsafe.Pointer { return newarray(t, n) }

//go:linkname reflect_typedmemmove reflect.typedmemmove
func reflect_typedmemmove(t *abi.Type, dst, src unsafe.Pointer) { typedmemmove(t, dst, src) }

//go:linkname reflectlite_typedmemmove internal/reflectlite.typedmemmove
func reflectlite_typedmemmove(t *abi.Type, dst, src unsafe.Pointer) { typedmemmove(t, dst, src) }

//go:linkname reflect_typedmemclr reflect.typedmemclr
func reflect_typedmemclr(t *abi.Type, p unsafe.Pointer) { typedmemclr(t, p) }

//go:linkname reflect_typedmemclrpartial reflect.typedmemclrpartial
func reflect_typedmemclrpartial(t *abi.Type, p unsafe.Pointer, off, size uintptr) {
	typedmemclrpartial(t, p, off, size)
}

//go:linkname reflect_typedarrayclear reflect.typedarrayclear
func reflect_typedarrayclear(t *abi.Type, p unsafe.Pointer, n int) { typedmemclrarray(t, p, n) }

//go:linkname reflect_memmove reflect.memmove
func reflect_memmove(dst, src unsafe.Pointer, n uintptr) { memmove(dst, src, n) }

// slice is the header of a slice (unsafeheader.Slice).
type slice struct {
	data unsafe.Pointer
	len  int
	cap  int
}

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
func reflect_typedslicecopy(t *abi.Type, dst, src slice) int {
	if t.PtrBytes == 0 {
		n := min(dst.len, src.len)
		if n > 0 {
			memmove(dst.data, src.data, uintptr(n)*t.Size_)
		}
		return n
	}
	return nativeTypedslicecopy(t, dst.data, dst.len, src.data, src.len)
}

// reflect_growslice makes room for more elements; the length stays, what lies between it and the new capacity is zero.
//
//go:linkname reflect_growslice reflect.growslice
func reflect_growslice(t *abi.Type, old slice, more int) slice {
	need := old.len + more
	if need < 0 || t.Size_ != 0 && uintptr(need) > maxAlloc/t.Size_ {
		panicgrow()
	}
	if t.Size_ == 0 {
		return slice{unsafe.Pointer(&zeroVal), old.len, need}
	}
	// The capacity grows from old.cap as if the slice were full: the elements behind its length are not kept.
	p, _, c := nativeGrowslice(t, old.data, old.len, old.cap, need)
	if t.PtrBytes == 0 {
		memclr(unsafe.Add(p, uintptr(old.len)*t.Size_), uintptr(c-old.len)*t.Size_)
	}
	return slice{p, old.len, c}
}

//go:linkname reflect_unsafeslice reflect.unsafeslice
func reflect_unsafeslice(t *abi.Type, p unsafe.Pointer, n int) {
	if n < 0 {
		panicunsafeslicelen()
	}
	size, overflow := math.MulUintptr(t.Size_, uintptr(n))
	if p == nil {
		if n > 0 {
			panicunsafeslicenilptr()
		}
		return
	}
	if overflow || size > -uintptr(p) {
		panicunsafeslicelen()
	}
}

//go:linkname reflect_verifyNotInHeapPtr reflect.verifyNotInHeapPtr
func reflect_verifyNotInHeapPtr(p uintptr) bool {
	// The top page is where small negative numbers point; they are no pointers at all.
	return !inHeap(p) && p != ^uintptr(0)
}

// reflect_gcbits serves reflect's tests: one byte for each word of the object that the interface points to.
//
//go:linkname reflect_gcbits reflect.gcbits
func reflect_gcbits(x any) []byte {
	p := (*abi.EmptyInterface)(unsafe.Pointer(&x)).Data
	_, size := objectBase(p)
	if size == 0 {
		return nil
	}
	mask := make([]byte, size/unsafe.Sizeof(p))
	n := pointerMask(p, unsafe.Pointer(&mask[0]), len(mask))
	for n > 0 && mask[n-1] == 0 {
		n--
	}
	if n == 0 {
		return nil
	}
	return mask[:n]
}

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
func bytealg_MakeNoZero(n int) []byte {
	if n < 0 || uintptr(n) > maxAlloc {
		panicmakeslicelen()
	}
	if n == 0 {
		return []byte{}
	}
	c := roundupsize(uintptr(n), true)
	return unsafe.Slice((*byte)(allocBytes(c, false)), int(c))[:n]
}

// memory barriers for the atomic pointer operations that std declares without body

//go:linkname atomic_storePointer internal/runtime/atomic.storePointer
func atomic_storePointer(p *unsafe.Pointer, v unsafe.Pointer) { storePointer(p, v) }

//go:linkname atomic_casPointer internal/runtime/atomic.casPointer
func atomic_casPointer(p *unsafe.Pointer, old, new unsafe.Pointer) bool {
	return casPointer(p, old, new)
}

//go:linkname sync_atomic_StorePointer sync/atomic.StorePointer
func sync_atomic_StorePointer(p *unsafe.Pointer, v unsafe.Pointer) { storePointer(p, v) }

//go:linkname sync_atomic_SwapPointer sync/atomic.SwapPointer
func sync_atomic_SwapPointer(p *unsafe.Pointer, v unsafe.Pointer) unsafe.Pointer {
	return swapPointer(p, v)
}

//go:linkname sync_atomic_CompareAndSwapPointer sync/atomic.CompareAndSwapPointer
func sync_atomic_CompareAndSwapPointer(p *unsafe.Pointer, old, new unsafe.Pointer) bool {
	return casPointer(p, old, new)
}

//go:linkname storePointer stoat_atomic_storep
func storePointer(p *unsafe.Pointer, v unsafe.Pointer)

//go:linkname swapPointer stoat_atomic_swapp
func swapPointer(p *unsafe.Pointer, v unsafe.Pointer) unsafe.Pointer

//go:linkname casPointer stoat_atomic_casp
func casPointer(p *unsafe.Pointer, old, new unsafe.Pointer) bool

// -- the collector

// GC runs a garbage collection and waits for its end, sweeping included.
func GC() {
	nativeGC()
	// Finalizers and cleanups that became due run, if they are short: until then their goroutines may wait for threads.
	for i := 0; i < 20; i++ {
		Gosched()
		if specialsRun.Load() >= specialsQueued() {
			break
		}
		sleep(5e4)
	}
}

// KeepAlive keeps x reachable up to the call.
//
//go:noinline
func KeepAlive(x any) {}

// MemStats are statistics of the allocator.
type MemStats struct {
	Alloc         uint64
	TotalAlloc    uint64
	Sys           uint64
	Lookups       uint64
	Mallocs       uint64
	Frees         uint64
	HeapAlloc     uint64
	HeapSys       uint64
	HeapIdle      uint64
	HeapInuse     uint64
	HeapReleased  uint64
	HeapObjects   uint64
	StackInuse    uint64
	StackSys      uint64
	MSpanInuse    uint64
	MSpanSys      uint64
	MCacheInuse   uint64
	MCacheSys     uint64
	BuckHashSys   uint64
	GCSys         uint64
	OtherSys      uint64
	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	PauseEnd      [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
	DebugGC       bool
	BySize        [61]struct {
		Size    uint32
		Mallocs uint64
		Frees   uint64
	}
}

// ReadMemStats fills m.
func ReadMemStats(m *MemStats) {
	m.EnableGC = true // faults here if m is nil
	nativeMemStats(m)
	KeepAlive(m)
}

//go:linkname debug_freeOSMemory runtime/debug.freeOSMemory
func debug_freeOSMemory() { nativeFreeOSMemory() }

//go:linkname debug_setGCPercent runtime/debug.setGCPercent
func debug_setGCPercent(percent int32) int32 { return int32(nativeSetGCPercent(int(percent))) }

//go:linkname debug_setMemoryLimit runtime/debug.setMemoryLimit
func debug_setMemoryLimit(limit int64) int64 { return nativeSetMemoryLimit(limit) }

// debug_readGCStats appends: pauses, newest first; their ends; then the last collection's time, the number of them, the total pause.
//
//go:linkname debug_readGCStats runtime/debug.readGCStats
func debug_readGCStats(out *[]uint64) {
	m := new(MemStats)
	nativeMemStats(m)
	p := (*out)[:0]
	n := int(m.NumGC)
	if n > len(m.PauseNs) {
		n = len(m.PauseNs)
	}
	for i := 0; i < n; i++ {
		p = append(p, m.PauseNs[(m.NumGC-1-uint32(i))%uint32(len(m.PauseNs))])
	}
	for i := 0; i < n; i++ {
		p = append(p, m.PauseEnd[(m.NumGC-1-uint32(i))%uint32(len(m.PauseEnd))])
	}
	*out = append(p, m.LastGC, uint64(m.NumGC), m.PauseTotalNs)
}

//go:linkname debug_WriteHeapDump runtime/debug.WriteHeapDump
func debug_WriteHeapDump(fd uintptr) { nativeHeapDump(fd) }

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_runtime_registerPoolCleanup(cleanup func()) { setPoolCleanup(cleanup) }

//go:linkname boring_registerCache crypto/internal/boring/bcache.registerCache
func boring_registerCache(p unsafe.Pointer) {}
