package runtime

// Arguments, environment, GODEBUG, raw system calls, fork and exec hooks.

import (
	"internal/bytealg"
	"internal/goarch"
	"internal/goos"
	"internal/runtime/atomic"
	"unsafe"
)

const (
	// Compiler is the name under which the tool chain is known to build constraints.
	Compiler = "gc"
	GOARCH   = goarch.GOARCH
	GOOS     = goos.GOOS
)

var (
	argList []string
	envList []string
)

// readStartArgs runs before any package is initialised.
func readStartArgs(argc int, argv, envp unsafe.Pointer) {
	argList = make([]string, argc)
	for i := range argList {
		argList[i] = cString(*(**byte)(unsafe.Add(argv, uintptr(i)*unsafe.Sizeof(argv))))
	}
	n := 0
	for *(**byte)(unsafe.Add(envp, uintptr(n)*unsafe.Sizeof(argv))) != nil {
		n++
	}
	envList = make([]string, n)
	for i := range envList {
		envList[i] = cString(*(**byte)(unsafe.Add(envp, uintptr(i)*unsafe.Sizeof(argv))))
	}
}

// setupEnvironment runs when package runtime has been initialised.
func setupEnvironment() {
	setTracebackLevel(gogetenv("GOTRACEBACK"))
	tracebackFromEnv = tracebackNow
	env := gogetenv("GODEBUG")
	godebugEnv.Store(&env)
	parseGodebug()
}

// cString is a string over the bytes of a C string, which stay where they are.
func cString(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return unsafe.String(p, n)
}

func gogetenv(key string) string {
	for _, s := range envList {
		if len(s) > len(key) && s[len(key)] == '=' && s[:len(key)] == key {
			return s[len(key)+1:]
		}
	}
	return ""
}

func parseInt(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	negative := s[0] == '-'
	if negative {
		s = s[1:]
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' || n > 1<<28 {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, len(s) > 0
}

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string { return append([]string{}, argList...) }

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string { return append([]string{}, envList...) }

//go:linkname syscall_Getpagesize syscall.Getpagesize
func syscall_Getpagesize() int { return pageSize() }

//go:linkname getAuxv
func getAuxv() []uintptr {
	_, _, _, auxv := startArgs()
	if auxv == nil {
		return nil
	}
	p := (*[1 << 16]uintptr)(auxv)
	n := 0
	for p[n] != 0 {
		n += 2
	}
	return append([]uintptr(nil), p[:n]...)
}

// GOROOT is the root of the Go tree.
func GOROOT() string {
	if s := gogetenv("GOROOT"); s != "" {
		return s
	}
	return defaultGOROOT
}

// Version is the version of Go that the program was built for.
func Version() string { return module().buildVersion }

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string { return module().modinfo }

// -- GODEBUG: settings that the run-time system reads itself, and notification of internal/godebug

type godebugSetting struct {
	name  string
	state atomic.Int32
}

func (s *godebugSetting) value() int { return int(s.state.Load()) }

var (
	godebugPanicNil  = godebugSetting{name: "panicnil"}
	godebugAsyncTime = godebugSetting{name: "asynctimerchan"}
)

var (
	godebugUpdate     atomic.Pointer[func(string, string)]
	godebugEnv        atomic.Pointer[string]
	godebugNewCounter atomic.Pointer[func(string) func()]
)

func godebugSettings() string {
	if p := godebugEnv.Load(); p != nil {
		return *p
	}
	return ""
}

func parseGodebug() {
	for _, s := range [...]*godebugSetting{&godebugPanicNil, &godebugAsyncTime} {
		v := 0
		for _, text := range [...]string{module().godebugDefault, godebugSettings()} {
			if n, ok := godebugFind(text, s.name); ok {
				v = n
			}
		}
		s.state.Store(int32(v))
	}
}

func godebugFind(text, name string) (value int, ok bool) {
	for text != "" {
		field := text
		if i := bytealg.IndexByteString(text, ','); i >= 0 {
			field, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		if i := bytealg.IndexByteString(field, '='); i >= 0 && field[:i] == name {
			if n, good := parseInt(field[i+1:]); good {
				value, ok = n, true
			}
		}
	}
	return
}

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(string, string)) {
	godebugUpdate.Store(&update)
	update(module().godebugDefault, godebugSettings())
}

//go:linkname godebug_setNewIncNonDefault internal/godebug.setNewIncNonDefault
func godebug_setNewIncNonDefault(newCounter func(string) func()) {
	godebugNewCounter.Store(&newCounter)
}

func godebugChanged(env string) {
	godebugEnv.Store(&env)
	parseGodebug()
	if update := godebugUpdate.Load(); update != nil {
		(*update)(module().godebugDefault, env)
	}
}

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(key, value string) {
	if key == "GODEBUG" {
		godebugChanged(value)
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(key string) {
	if key == "GODEBUG" {
		godebugChanged("")
	}
}

//go:linkname syscall_runtimeClearenv syscall.runtimeClearenv
func syscall_runtimeClearenv(env map[string]int) {
	if _, ok := env["GODEBUG"]; ok {
		godebugChanged("")
	}
}

// -- system calls

//go:linkname fcntl
func fcntl(fd, cmd, arg int32) (int32, int32) { return sysFcntl(fd, cmd, arg) }

//go:linkname write
func write(fd uintptr, p unsafe.Pointer, n int32) int32 { return sysWrite(fd, p, n) }

// vgetrandom is not used: the system call follows.
//
//go:linkname vgetrandom
func vgetrandom(p []byte, flags uint32) (ret int, supported bool) { return -1, false }

//go:linkname syscall_runtime_BeforeFork syscall.runtime_BeforeFork
//go:nosplit
func syscall_runtime_BeforeFork() { beforeFork() }

//go:linkname syscall_runtime_AfterFork syscall.runtime_AfterFork
//go:nosplit
func syscall_runtime_AfterFork() { afterFork() }

//go:linkname syscall_runtime_AfterForkInChild syscall.runtime_AfterForkInChild
//go:nosplit
func syscall_runtime_AfterForkInChild() { afterForkInChild() }

//go:linkname syscall_runtime_BeforeExec syscall.runtime_BeforeExec
func syscall_runtime_BeforeExec() { beforeExec() }

//go:linkname syscall_runtime_AfterExec syscall.runtime_AfterExec
func syscall_runtime_AfterExec() { afterExec() }

//go:linkname syscall_runtime_doAllThreadsSyscall syscall.runtime_doAllThreadsSyscall
func syscall_runtime_doAllThreadsSyscall(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr) {
	return allThreadsSyscall(trap, a1, a2, a3, a4, a5, a6)
}

// -- signals

//go:linkname signal_enable os/signal.signal_enable
func signal_enable(s uint32) { nativeSignalEnable(s) }

//go:linkname signal_disable os/signal.signal_disable
func signal_disable(s uint32) { nativeSignalDisable(s) }

//go:linkname signal_ignore os/signal.signal_ignore
func signal_ignore(s uint32) { nativeSignalIgnore(s) }

//go:linkname signal_ignored os/signal.signal_ignored
func signal_ignored(s uint32) bool { return nativeSignalIgnored(s) }

//go:linkname signal_recv os/signal.signal_recv
func signal_recv() uint32 { return nativeSignalRecv() }

//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() { nativeSignalIdle() }

//go:linkname os_sigpipe os.sigpipe
func os_sigpipe() { nativeSigpipe() }

//go:linkname ignoreSIGSYS os.ignoreSIGSYS
func ignoreSIGSYS() { nativeIgnoreSIGSYS(true) }

//go:linkname restoreSIGSYS os.restoreSIGSYS
func restoreSIGSYS() { nativeIgnoreSIGSYS(false) }
