package runtime

// Profiles, execution traces, coverage. What is not collected yet is empty, and says so where there is a way to say it.

import (
	"internal/coverage/rtcov"
	"internal/profilerecord"
	"unsafe"
)

// MemProfileRate is how many bytes are allocated between two samples of the memory profile; 1: every allocation, 0: none.
var MemProfileRate int = 512 * 1024

// StackRecord is one stack.
type StackRecord struct {
	Stack0 [32]uintptr
}

// Stack is the used part of Stack0.
func (r *StackRecord) Stack() []uintptr { return usedStack(r.Stack0[:]) }

func usedStack(pcs []uintptr) []uintptr {
	for i, pc := range pcs {
		if pc == 0 {
			return pcs[:i]
		}
	}
	return pcs
}

// MemProfileRecord is what was allocated by one stack.
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64
	AllocObjects, FreeObjects int64
	Stack0                    [32]uintptr
}

func (r *MemProfileRecord) InUseBytes() int64   { return r.AllocBytes - r.FreeBytes }
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }
func (r *MemProfileRecord) Stack() []uintptr    { return usedStack(r.Stack0[:]) }

// BlockProfileRecord is how often and how long one stack was blocked.
type BlockProfileRecord struct {
	Count  int64
	Cycles int64
	StackRecord
}

// MemProfile gives the memory profile, with inuseZero also of stacks whose allocations are all freed.
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) {
	n = nativeMemProfile(unsafe.Pointer(unsafe.SliceData(p)), len(p), inuseZero)
	return n, n <= len(p)
}

// BlockProfile gives the profile of blocking operations: no records yet.
func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

// MutexProfile gives the profile of contended mutexes: no records yet.
func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

// ThreadCreateProfile gives the stacks that created threads: none are recorded, as in gc.
func ThreadCreateProfile(p []StackRecord) (n int, ok bool) { return 0, true }

// GoroutineProfile gives the stacks of all goroutines.
func GoroutineProfile(p []StackRecord) (n int, ok bool) {
	if len(p) == 0 {
		return NumGoroutine(), false
	}
	n = nativeGoroutineProfile(unsafe.Pointer(&p[0]), nil, len(p))
	return n, n <= len(p)
}

// SetBlockProfileRate is accepted; nothing is sampled yet.
func SetBlockProfileRate(rate int) {}

var mutexFraction int

// SetMutexProfileFraction keeps the fraction; nothing is sampled yet.
func SetMutexProfileFraction(rate int) int {
	old := mutexFraction
	if rate >= 0 {
		mutexFraction = rate
	}
	return old
}

// The CPU profile: a header and no samples.
var cpuProfile struct {
	lock    spinLock
	hz      int
	started bool
	header  bool
	wanted  uint32 // semaphore of the reader
}

// SetCPUProfileRate starts (hz > 0) or ends the CPU profile. No samples are taken yet.
func SetCPUProfileRate(hz int) {
	c := &cpuProfile
	c.lock.lock()
	defer c.lock.unlock()
	switch {
	case hz > 0 && c.started:
		print("runtime: cannot set rate until previous profile has finished.\n")
	case hz > 0:
		c.started, c.hz, c.header = true, hz, true
	case c.started:
		c.started = false
		semrelease(&c.wanted, false)
	}
}

// CPUProfile is gone, as in gc.
func CPUProfile() []byte { panic("CPUProfile no longer available") }

//go:linkname pprof_readProfile runtime/pprof.readProfile
func pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	c := &cpuProfile
	c.lock.lock()
	header := c.header
	c.header = false
	hz := c.hz
	c.lock.unlock()
	if header {
		return []uint64{3, uint64(nanotime()), uint64(hz)}, make([]unsafe.Pointer, 1), false
	}
	acquireSema(&c.wanted, false, waitReasonSleep)
	return nil, nil, true
}

//go:linkname pprof_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
func pprof_cyclesPerSecond() int64 { return 1e9 }

//go:linkname runtime_setProfLabel runtime/pprof.runtime_setProfLabel
func runtime_setProfLabel(labels unsafe.Pointer) { local().labels = labels }

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
func runtime_getProfLabel() unsafe.Pointer { return local().labels }

//go:linkname goroutineLeakGC runtime/pprof.runtime_goroutineLeakGC
func goroutineLeakGC() { GC() }

//go:linkname goroutineleakcount runtime/pprof.runtime_goroutineleakcount
func goroutineleakcount() int { return 0 }

//go:linkname pprof_goroutineProfileWithLabels
func pprof_goroutineProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	if len(p) == 0 {
		return NumGoroutine(), false
	}
	records := make([]StackRecord, len(p))
	var l unsafe.Pointer
	if len(labels) == len(p) {
		l = unsafe.Pointer(&labels[0])
	}
	n = nativeGoroutineProfile(unsafe.Pointer(&records[0]), l, len(records))
	if n > len(p) {
		return n, false
	}
	for i := range records[:n] {
		p[i].Stack = records[i].Stack()
	}
	return n, true
}

//go:linkname pprof_goroutineLeakProfileWithLabels
func pprof_goroutineLeakProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_memProfileInternal
func pprof_memProfileInternal(p []profilerecord.MemProfileRecord, inuseZero bool) (n int, ok bool) {
	records := make([]MemProfileRecord, len(p))
	n, ok = MemProfile(records, inuseZero)
	if !ok {
		return n, false
	}
	for i := range records[:n] {
		r := &records[i]
		p[i] = profilerecord.MemProfileRecord{
			AllocBytes: r.AllocBytes, FreeBytes: r.FreeBytes,
			AllocObjects: r.AllocObjects, FreeObjects: r.FreeObjects,
			Stack: r.Stack(),
		}
	}
	return n, true
}

//go:linkname pprof_blockProfileInternal
func pprof_blockProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_threadCreateInternal
func pprof_threadCreateInternal(p []profilerecord.StackRecord) (n int, ok bool) { return 0, true }

//go:linkname pprof_fpunwindExpand
func pprof_fpunwindExpand(dst, src []uintptr) int { return copy(dst, src) }

//go:linkname pprof_makeProfStack
func pprof_makeProfStack() []uintptr { return make([]uintptr, 128) }

// -- execution traces

// StartTrace fails: there is no execution trace yet.
func StartTrace() error { return plainError("not supported yet: execution traces") }

// StopTrace has nothing to stop.
func StopTrace() {}

// ReadTrace gives nil: the end of the trace.
func ReadTrace() []byte { return nil }

//go:linkname traceAdvance
func traceAdvance(stop bool) {}

//go:linkname traceClockNow
func traceClockNow() uint64 { return uint64(nanotime()) }

//go:linkname traceClockUnitsPerSecond runtime/trace.runtime_traceClockUnitsPerSecond
func traceClockUnitsPerSecond() uint64 { return 1e9 }

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
func trace_userTaskCreate(id, parent uint64, taskType string) {}

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
func trace_userTaskEnd(id uint64) {}

//go:linkname trace_userRegion runtime/trace.userRegion
func trace_userRegion(id, mode uint64, name string) {}

//go:linkname trace_userLog runtime/trace.userLog
func trace_userLog(id uint64, category, message string) {}

// -- coverage

//go:linkname coverage_getCovCounterList internal/coverage/cfile.getCovCounterList
func coverage_getCovCounterList() []rtcov.CovCounterBlob { return nil }

func addCovMeta(p unsafe.Pointer, size uint32, hash [16]byte, path string, id int, mode, granularity uint8) uint32 {
	return rtcov.AddMeta(p, size, hash, path, id, mode, granularity)
}
