package runtime

// Callers, frames and functions.

import (
	"unsafe"
)

// Frame describes one frame that Frames gives.
type Frame struct {
	PC       uintptr
	Func     *Func
	Function string
	File     string
	Line     int
	Entry    uintptr

	startLine int
	symbol    string
}

// Frames turns the pcs of Callers into frames.
type Frames struct {
	callers []uintptr
	depth   int // of the next frame among those inlined at callers[0]
}

// Func is a function of the program.
type Func struct {
	entry     uintptr
	name      string
	file      string
	startLine int
	inlined   bool
}

// Callers fills pc with return addresses, youngest first: skip 0 is Callers itself, 1 its caller. Frames that were inlined have entries of their own, made-up
// addresses that only this package understands (runtime/lang/symbols.h).
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	return nativeCallers(unsafe.Pointer(&pc[0]), len(pc), max(skip, 0))
}

//go:linkname callers
func callers(skip int, pcs []uintptr) int {
	if len(pcs) == 0 {
		return 0
	}
	return nativeCallers(unsafe.Pointer(&pcs[0]), len(pcs), max(skip, 0))
}

// Caller describes the frame that skip says: 0 is the caller of Caller.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var pcs [1]uintptr
	if nativeCallers(unsafe.Pointer(&pcs[0]), 1, skip+1) < 1 {
		return
	}
	var info funcInfo
	if !describe(pcs[0], &info) {
		return pcs[0], "", 0, false
	}
	return pcs[0], info.file, info.line, true
}

// CallersFrames gives the frames of the pcs that Callers returned.
func CallersFrames(callers []uintptr) *Frames { return &Frames{callers: callers} }

// Next gives the next frame; more says whether there is another one after it.
func (ci *Frames) Next() (frame Frame, more bool) {
	for len(ci.callers) > 0 {
		pc := ci.callers[0]
		ci.callers = ci.callers[1:]
		var info funcInfo
		if !describe(pc, &info) {
			continue
		}
		frame = Frame{
			PC: pc - 1, Function: displayName(info.name), File: info.file, Line: info.line, Entry: info.entry,
			startLine: info.startLine, symbol: info.name,
		}
		if !info.inlined {
			frame.Func = functionAt(info.entry)
		}
		return frame, len(ci.callers) > 0
	}
	return Frame{}, false
}

// describe looks a value of Callers up.
func describe(pc uintptr, info *funcInfo) bool {
	if pc == 0 {
		return false
	}
	return lookup(pc, false, info)
}

// lookup is nativeLookup with file names as users know them.
func lookup(pc uintptr, outer bool, info *funcInfo) bool {
	if !nativeLookup(pc, outer, info) {
		return false
	}
	info.file = fileInRoot(info.file)
	return true
}

// Names of files of the library are kept without the place of the library, which is known when a program is linked.
const rootName = "$GOROOT"

var filesInRoot struct {
	lock  spinLock
	names map[string]string
}

func fileInRoot(file string) string {
	if len(file) <= len(rootName) || file[:len(rootName)] != rootName || file[len(rootName)] != '/' || defaultGOROOT == "" {
		return file
	}
	t := &filesInRoot
	t.lock.lock()
	name, ok := t.names[file]
	t.lock.unlock()
	if ok {
		return name
	}
	name = defaultGOROOT + file[len(rootName):]
	t.lock.lock()
	if t.names == nil {
		t.names = make(map[string]string)
	}
	t.names[file] = name
	t.lock.unlock()
	return name
}

// displayName is the function's name for people: type arguments are not spelled out.
func displayName(name string) string {
	open := -1
	for i := 0; i < len(name); i++ {
		if name[i] == '[' {
			open = i
			break
		}
	}
	if open < 0 {
		return name
	}
	end := len(name) - 1
	for end > open && name[end] != ']' {
		end--
	}
	if end <= open {
		return name
	}
	return name[:open] + "[...]" + name[end+1:]
}

// functions holds the Func of every function that was asked for, so that each has one address.
var functions struct {
	lock spinLock
	byPC map[uintptr]*Func
}

func functionAt(pc uintptr) *Func {
	t := &functions
	t.lock.lock()
	f := t.byPC[pc]
	t.lock.unlock()
	if f != nil {
		return f
	}
	var info funcInfo
	if !lookup(pc, false, &info) {
		return nil
	}
	f = &Func{info.entry, info.name, info.file, info.startLine, info.inlined}
	t.lock.lock()
	if known := t.byPC[pc]; known != nil {
		f = known
	} else {
		if t.byPC == nil {
			t.byPC = make(map[uintptr]*Func)
		}
		t.byPC[pc] = f
	}
	t.lock.unlock()
	return f
}

// FuncForPC gives the function that contains pc; of inlined ones the innermost.
func FuncForPC(pc uintptr) *Func {
	var info funcInfo
	if !lookup(pc, false, &info) {
		return nil
	}
	if info.inlined {
		return &Func{info.entry, info.name, info.file, info.startLine, true}
	}
	return functionAt(info.entry)
}

// Name is the function's name, with the path of its package.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	return displayName(f.name)
}

// Entry is the address of the function's code.
func (f *Func) Entry() uintptr { return f.entry }

// FileLine is the position of the code at pc.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	if f.inlined {
		return f.file, f.startLine
	}
	var info funcInfo
	if !lookup(pc, true, &info) {
		return "?", 0
	}
	return info.file, info.line
}

//go:linkname runtime_FrameStartLine runtime/pprof.runtime_FrameStartLine
func runtime_FrameStartLine(f *Frame) int { return f.startLine }

//go:linkname runtime_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func runtime_FrameSymbolName(f *Frame) string { return f.symbol }

// runtime_expandFinalInlineFrame: our pcs name inlined frames one by one, so there is nothing to expand.
//
//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr { return stk }

// Stack formats the stack of the goroutine (of all of them, if all) into buf and gives the number of bytes.
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	return nativeStack(unsafe.Pointer(&buf[0]), len(buf), all)
}

// -- how much a crash prints

const (
	tracebackNone = iota
	tracebackSingle
	tracebackSystem
)

type tracebackSettings struct {
	level int
	all   bool
	crash bool
}

var tracebackNow, tracebackFromEnv tracebackSettings

func setTracebackLevel(level string) {
	t := tracebackSettings{level: tracebackSingle}
	switch level {
	case "none":
		t = tracebackSettings{}
	case "single", "":
	case "all":
		t.all = true
	case "system":
		t = tracebackSettings{tracebackSystem, true, false}
	case "crash", "wer":
		t = tracebackSettings{tracebackSystem, true, true}
	default:
		t.all = true
		if n, ok := parseInt(level); ok && n >= 0 {
			t.level = min(n, tracebackSystem)
		}
	}
	t.level = max(t.level, tracebackFromEnv.level)
	t.all = t.all || tracebackFromEnv.all
	t.crash = t.crash || tracebackFromEnv.crash
	tracebackNow = t
	nativeSetTraceback(t.level, t.all, t.crash)
}

//go:linkname setTraceback runtime/debug.SetTraceback
func setTraceback(level string) { setTracebackLevel(level) }

//go:linkname setCrashFD
func setCrashFD(fd uintptr) uintptr { return nativeSetCrashFD(fd) }
