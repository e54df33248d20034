package runtime

// Defer, panic, recover and Goexit.
//
// Compiled code keeps one record per running function that defers (deferFrame, runtime/abi/README.md); the records of a goroutine are
// linked from youngest to oldest. A panic runs the pending calls of each record in turn, on top of the panicking function. Every call goes
// through callDeferred, whose return address tells gorecover that it was made by a panic. After a recovery resumeFrame cuts the stack
// back to the function that deferred.
//
// Panics of a goroutine are linked, youngest first. A panic that starts inside a deferred call and reaches the record that an older panic is
// working on takes it over: the older one is then aborted, since its deferred call will never return. When the younger one is recovered, the
// aborted ones below it are gone as well; but an aborted Goexit goes on.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

type deferFrame struct {
	link    *deferFrame
	sp      uintptr
	fp      uintptr
	pc      uintptr
	pending *deferCall
	state   uintptr
}

type deferCall struct {
	next *deferCall
	fn   func()
}

type panicRecord struct {
	value      any
	link       *panicRecord
	frame      *deferFrame // whose calls are being run
	recovered  bool
	repanicked bool // the next younger panic has the same value
	aborted    bool
	goexit     bool
}

// panicking counts goroutines that run deferred calls because of a panic; main waits for them before it exits.
var panicking atomic.Uint32

// dying is set once a fatal report has begun.
var dying atomic.Uint32

func deferproc(frame unsafe.Pointer, fn func()) {
	f := (*deferFrame)(frame)
	f.pending = &deferCall{next: f.pending, fn: fn}
}

// deferreturn runs what is pending when a function returns, or goes on after a recovered panic.
func deferreturn(frame unsafe.Pointer) {
	f := (*deferFrame)(frame)
	for f.pending != nil {
		d := f.pending
		f.pending = d.next
		d.fn()
	}
	local().deferFrames = f.link
}

func gopanic(value any) {
	if value == nil && godebugPanicNil.value() != 1 {
		value = new(PanicNilError)
	}
	l := local()
	p := &panicRecord{value: value, link: l.panics}
	l.panics = p
	panicking.Add(1)
	runDeferred(l, p)
	if p.goexit { // took over an aborted Goexit
		goexit0()
	}
	fatalPanic(p)
}

// runDeferred runs all deferred calls of the goroutine for p. It does not return when p is recovered.
func runDeferred(l *goLocal, p *panicRecord) {
	for l.deferFrames != nil {
		f := l.deferFrames
		for older := p.link; older != nil; older = older.link {
			if older.frame == f {
				older.aborted = true
			}
		}
		p.frame = f
		for f.pending != nil {
			d := f.pending
			f.pending = d.next
			if d.fn == nil {
				panicmem()
			}
			callDeferred(d.fn)
			if p.recovered {
				recovered(l, p, f)
			}
		}
		l.deferFrames = f.link
	}
}

// recovered leaves the panic p, which was recovered by a call deferred by f. It returns if p has to go on as a Goexit.
func recovered(l *goLocal, p *panicRecord, f *deferFrame) {
	panicking.Add(-1)
	l.faultSignal = 0
	below := p.link
	for below != nil && below.aborted {
		if below.goexit {
			p.goexit, p.recovered, p.value = true, false, nil
			p.link = below.link
			l.panics = p
			return
		}
		panicking.Add(-1)
		below = below.link
	}
	l.panics = below
	resumeFrame(unsafe.Pointer(f))
}

// gorecover is recover() in the function whose frame address is fp.
func gorecover(fp uintptr) any {
	p := local().panics
	if p == nil || p.goexit || p.recovered || !calledByPanic(fp) {
		return nil
	}
	p.recovered = true
	return p.value
}

// Goexit runs all deferred calls and ends the goroutine.
func Goexit() {
	l := local()
	p := &panicRecord{goexit: true, link: l.panics}
	l.panics = p
	runDeferred(l, p)
	goexit0()
}

// fatalPanic reports a panic that nobody recovered, and ends the program.
func fatalPanic(p *panicRecord) {
	textOfPanics(p)
	if dying.Add(1) > 1 {
		// Another goroutine is writing its report and will end the program.
		if local().dying == 0 {
			parkForever()
		}
		exitProcess(3)
	}
	local().dying = 1
	printlock()
	beginCrash()
	printPanics(p)
	dieWithTraceback(0)
}

// textOfPanics calls the Error and String methods of the values, before the report begins.
func textOfPanics(p *panicRecord) {
	defer func() {
		const text = "panic while printing panic value"
		r := recover()
		if r == nil {
			return
		}
		if s, ok := r.(string); ok {
			throw(text + ": " + s)
		}
		throw(text + ": type " + typeString((*abi.EmptyInterface)(unsafe.Pointer(&r)).Type))
	}()
	for ; p != nil; p = p.link {
		if p.link != nil && sameWords(&p.value, &p.link.value) {
			p.link.repanicked = true
			continue
		}
		switch v := p.value.(type) {
		case error:
			p.value = v.Error()
		case stringer:
			p.value = v.String()
		}
	}
}

func sameWords(a, b *any) bool {
	x, y := (*abi.EmptyInterface)(unsafe.Pointer(a)), (*abi.EmptyInterface)(unsafe.Pointer(b))
	return x.Type == y.Type && x.Data == y.Data
}

// printPanics prints the panics from the oldest to p.
func printPanics(p *panicRecord) {
	if p.link != nil {
		printPanics(p.link)
		if p.link.repanicked {
			return
		}
		if !p.link.goexit {
			print("\t")
		}
	}
	if p.goexit {
		return
	}
	print("panic: ")
	printPanicValue(p.value)
	if p.recovered {
		if p.repanicked {
			print(" [recovered, repanicked]")
		} else {
			print(" [recovered]")
		}
	}
	print("\n")
}

// throw ends the program because of an error in the run-time system itself.
func throw(text string) {
	fatalReport(text, 1)
}

// fatal ends the program because of an error of the program that cannot be recovered.
func fatal(text string) {
	fatalReport(text, 0)
}

func fatalReport(text string, internal int) {
	l := local()
	if dying.Add(1) > 1 {
		if l.dying == 0 {
			parkForever()
		}
		exitProcess(4)
	}
	l.dying = 1
	printlock()
	beginCrash()
	if internal == 0 {
		for p := l.panics; p != nil; p = p.link {
			if p.link != nil && sameWords(&p.value, &p.link.value) {
				p.link.repanicked = true
			}
		}
		if l.panics != nil && !l.panics.goexit {
			printPanics(l.panics)
			print("\t")
		}
	}
	print("fatal error: ")
	printIndented(text)
	print("\n")
	dieWithTraceback(1 + internal)
}

//go:linkname sync_throw sync.throw
func sync_throw(s string) { throw(s) }

//go:linkname sync_fatal sync.fatal
func sync_fatal(s string) { fatal(s) }

//go:linkname internal_sync_throw internal/sync.throw
func internal_sync_throw(s string) { throw(s) }

//go:linkname internal_sync_fatal internal/sync.fatal
func internal_sync_fatal(s string) { fatal(s) }

//go:linkname cgroup_throw internal/runtime/cgroup.throw
func cgroup_throw(s string) { throw(s) }

//go:linkname maps_fatal internal/runtime/maps.fatal
func maps_fatal(s string) { fatal(s) }

//go:linkname rand_fatal crypto/rand.fatal
func rand_fatal(s string) { fatal(s) }

//go:linkname sysrand_fatal crypto/internal/sysrand.fatal
func sysrand_fatal(s string) { fatal(s) }

//go:linkname fips_fatal crypto/internal/fips140.fatal
func fips_fatal(s string) { fatal(s) }

// -- checks that compiled code makes

var (
	divideError           = error(errorString("integer divide by zero"))
	overflowError         = error(errorString("integer overflow"))
	shiftError            = error(errorString("negative shift amount"))
	memoryError           = error(errorString("invalid memory address or nil pointer dereference"))
	rangeDoneError        = error(errorString("range function continued iteration after function for loop body returned false"))
	rangePanicError       = error(errorString("range function continued iteration after loop body panic"))
	rangeExhaustedError   = error(errorString("range function continued iteration after whole loop exit"))
	rangeMissingPanicText = error(errorString("range function recovered a loop body panic and did not resume panicking"))
)

func panicIndex(x int, y int)       { panic(boundsError{int64(x), y, true, boundsIndex}) }
func panicIndexU(x uint, y int)     { panic(boundsError{int64(x), y, false, boundsIndex}) }
func panicSliceAlen(x int, y int)   { panic(boundsError{int64(x), y, true, boundsSliceAlen}) }
func panicSliceAlenU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSliceAlen}) }
func panicSliceAcap(x int, y int)   { panic(boundsError{int64(x), y, true, boundsSliceAcap}) }
func panicSliceAcapU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSliceAcap}) }
func panicSliceB(x int, y int)      { panic(boundsError{int64(x), y, true, boundsSliceB}) }
func panicSliceBU(x uint, y int)    { panic(boundsError{int64(x), y, false, boundsSliceB}) }

func panicSlice3Alen(x int, y int)   { panic(boundsError{int64(x), y, true, boundsSlice3Alen}) }
func panicSlice3AlenU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSlice3Alen}) }
func panicSlice3Acap(x int, y int)   { panic(boundsError{int64(x), y, true, boundsSlice3Acap}) }
func panicSlice3AcapU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSlice3Acap}) }
func panicSlice3B(x int, y int)      { panic(boundsError{int64(x), y, true, boundsSlice3B}) }
func panicSlice3BU(x uint, y int)    { panic(boundsError{int64(x), y, false, boundsSlice3B}) }
func panicSlice3C(x int, y int)      { panic(boundsError{int64(x), y, true, boundsSlice3C}) }
func panicSlice3CU(x uint, y int)    { panic(boundsError{int64(x), y, false, boundsSlice3C}) }

// panicSliceConvert: a slice of length x does not make an array of length y.
func panicExtend(x int64, y int, kind int, signed int) {
	panic(boundsError{x, y, signed != 0, boundsKind(kind)})
}

func panicSliceConvert(x int, y int) { panic(boundsError{int64(y), x, true, boundsConvert}) }

func panicdivide()    { panic(divideError) }
func panicoverflow()  { panic(overflowError) }
func panicshift()     { panic(shiftError) }
func panicUnaligned() { panic("unaligned 64-bit atomic operation") }

// panicmem reports a nil dereference found by an explicit check, as the fault that it stands for.
func panicmem() {
	noteFault()
	panic(memoryError)
}

// sigpanic is where a thread goes on after a fault in Go code.
func sigpanic() {
	l := local()
	switch l.faultSignal {
	case sigFPE:
		panic(divideError)
	case sigSEGV, sigBUS:
		// Codes 1 and 2 come with the address; 128 is about an address that no memory can have.
		if l.faultAddress < 4096 && l.faultCode <= 2 {
			panic(memoryError)
		}
		if l.panicOnFault != 0 {
			panic(errorAddressString{"invalid memory address or nil pointer dereference", l.faultAddress})
		}
		print("unexpected fault address ")
		printhex(uint64(l.faultAddress))
		print("\n")
		throw("fault")
	}
	throw("unexpected signal")
}

const (
	sigBUS  = 7
	sigFPE  = 8
	sigSEGV = 11
)

func panicwrap(pkg, typ, method string) {
	panic(plainError("value method " + pkg + "." + typ + "." + method + " called using nil *" + typ + " pointer"))
}

func panicdottypeE(have, want, iface *abi.Type) {
	panic(&TypeAssertionError{iface, have, want, ""})
}

func panicdottypeI(have *abi.ITab, want, iface *abi.Type) {
	var t *abi.Type
	if have != nil {
		t = have.Type
	}
	panic(&TypeAssertionError{iface, t, want, ""})
}

func panicnildottype(want *abi.Type) {
	panic(&TypeAssertionError{nil, nil, want, ""})
}

// panicgrow is where stoat_growslice goes on when the slice would be too long.
func panicgrow() { panic(errorString("growslice: len out of range")) }

func panicmakeslicelen() { panic(errorString("makeslice: len out of range")) }
func panicmakeslicecap() { panic(errorString("makeslice: cap out of range")) }

func panicunsafeslicelen()     { panic(errorString("unsafe.Slice: len out of range")) }
func panicunsafeslicenilptr()  { panic(errorString("unsafe.Slice: ptr is nil and len is not zero")) }
func panicunsafestringlen()    { panic(errorString("unsafe.String: len out of range")) }
func panicunsafestringnilptr() { panic(errorString("unsafe.String: ptr is nil and len is not zero")) }

func panicrangestate(state int) {
	switch abi.RF_State(state) {
	case abi.RF_DONE:
		panic(rangeDoneError)
	case abi.RF_PANIC:
		panic(rangePanicError)
	case abi.RF_EXHAUSTED:
		panic(rangeExhaustedError)
	case abi.RF_MISSING_PANIC:
		panic(rangeMissingPanicText)
	}
	throw("unexpected state passed to panicrangestate")
}

func panicnilmap() { panic(plainError("assignment to entry in nil map")) }
