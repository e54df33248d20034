package runtime

// The first goroutine, exit, and the exported functions that concern the scheduler.

import (
	"internal/cpu"
	"internal/runtime/exithook"
	"unsafe"
)

// moduleData is struct ModuleData (runtime/abi/layout.h), written by the link tool.
type moduleData struct {
	inits          *[1 << 16]uintptr // code of the package initialisers, in order
	ninits         uintptr
	nruntimeInits  uintptr // the first ones: package runtime and what it imports
	mainMain       uintptr
	buildVersion   string
	modinfo        string
	godebugDefault string
	typelinksBegin unsafe.Pointer
	typelinksEnd   unsafe.Pointer
	itabsBegin     unsafe.Pointer
	itabsEnd       unsafe.Pointer
	flags          uintptr
}

// Set by the link tool's -X.
var defaultGOROOT string

// callCode calls the func() whose code address is stored at p: p is itself a func value without variables.
func callCode(p *uintptr) {
	fn := unsafe.Pointer(p)
	(*(*func())(unsafe.Pointer(&fn)))()
}

// doInit and doInit1 have the names under which tools know what initialises packages.
//
//go:noinline
func doInit(inits []uintptr) {
	for i := range inits {
		doInit1(&inits[i])
	}
}

//go:noinline
func doInit1(code *uintptr) { callCode(code) }

// goexit is the last frame of every goroutine for users, under main or the function that a go statement started. No call leads there: the walk over
// the frames adds its address.
//
//go:noinline
func goexit() { goexit0() }

var mainStarted bool

// main is the first goroutine: it initialises the packages, and then runs main.main.
func main() {
	m := module()
	LockOSThread() // an init function may want to stay on the first thread
	argc, argv, envp, _ := startArgs()
	readStartArgs(argc, argv, envp)
	cpu.Initialize(gogetenv("GODEBUG"))
	done := false
	defer func() {
		if !done { // Goexit in an init function
			UnlockOSThread()
		}
	}()
	doInit(m.inits[:m.nruntimeInits])
	setupEnvironment()
	exithook.Gosched = Gosched
	exithook.Goid = goid
	exithook.Throw = throw
	doInit(m.inits[m.nruntimeInits:m.ninits])
	done = true
	UnlockOSThread()
	mainStarted = true
	closeWindows() // main may begin with a MemProfileRate of its own, for every object from here on

	callCode(&m.mainMain)

	// A goroutine that is panicking may be about to end the program with its report: let it.
	for i := 0; i < 1000 && panicking.Load() != 0; i++ {
		Gosched()
	}
	if dying.Load() != 0 {
		park(waitReasonNone)
	}
	exithook.Run(0)
	exitProcess(0)
}

//go:linkname os_beforeExit os.runtime_beforeExit
func os_beforeExit(code int) { exithook.Run(code) }

//go:linkname syscall_Exit syscall.Exit
func syscall_Exit(code int) { exitProcess(code) }

// NumGoroutine is the number of goroutines that exist.
func NumGoroutine() int { return nativeNumGoroutine() }

// NumCPU is the number of processors that the process could use when it started.
func NumCPU() int { return nativeNumCPU() }

// GOMAXPROCS sets how many threads run Go code at the same time, if n is positive, and gives the previous value.
func GOMAXPROCS(n int) int {
	if n > 0 && n == nativeMaxProcs(0) {
		return n
	}
	return nativeMaxProcs(n)
}

// SetDefaultGOMAXPROCS goes back to the value that the program would start with.
func SetDefaultGOMAXPROCS() {
	n := NumCPU()
	if v, ok := parseInt(gogetenv("GOMAXPROCS")); ok && v > 0 {
		n = v
	}
	GOMAXPROCS(n)
}

//go:linkname debug_setMaxThreads runtime/debug.setMaxThreads
func debug_setMaxThreads(n int) int { return nativeSetMaxThreads(n) }

//go:linkname debug_setMaxStack runtime/debug.setMaxStack
func debug_setMaxStack(n int) int { return nativeSetMaxStack(n) }

//go:linkname debug_setPanicOnFault runtime/debug.setPanicOnFault
func debug_setPanicOnFault(on bool) bool {
	l := local()
	old := l.panicOnFault != 0
	l.panicOnFault = 0
	if on {
		l.panicOnFault = 1
	}
	return old
}

// Breakpoint stops under a debugger.
func Breakpoint() { nativeBreakpoint() }

//go:linkname nativeBreakpoint stoat_breakpoint
func nativeBreakpoint()

// NumCgoCall is the number of calls into C.
func NumCgoCall() int64 { return 0 }

// SetCgoTraceback has nothing to trace while there is no cgo; it checks its arguments.
func SetCgoTraceback(version int, traceback, context, symbolizer unsafe.Pointer) {
	if version != 0 {
		panic("unsupported version")
	}
}

//go:linkname syscall_cgocaller syscall.cgocaller
func syscall_cgocaller(fn unsafe.Pointer, args ...uintptr) uintptr {
	throw("not supported yet: syscall.cgocaller")
	return 0
}
