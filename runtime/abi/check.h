// Annotations that utils/rtcheck proves things from (utils/tooling/README.md has the rules). To the compiler they mean nothing. They belong on the first declaration of a
// function, in the header that others read.
#pragma once

// Only for the tools: in an ordinary build Clang makes a call of an annotated field's every use, which the optimiser does not see through.
#ifdef STOAT_ANNOTATIONS
#define STOAT_ANNOTATE(...) [[clang::annotate(__VA_ARGS__)]]
#else
#define STOAT_ANNOTATE(...)
#endif

// ---- stacks. Entry points have theirs from entry_points.def, C++ under Go's symbols counts as LEAF.
// Runs on a goroutine's stack, called from elsewhere than C++, and needs at most this much of it, with everything it calls there.
#define STOAT_GOROUTINE_STACK(bytes) STOAT_ANNOTATE("stoat:goroutine-stack", bytes)
// Needs the thread's own stack: no function that may be on a goroutine's calls it, but through one that switches.
#define STOAT_SYSTEM_STACK STOAT_ANNOTATE("stoat:system-stack")
// Calls what it is given (a function pointer, a callable object, a STOAT_SYSTEM_STACK function) on the thread's own stack, or finds that it is there already.
#define STOAT_SWITCHES_STACK STOAT_ANNOTATE("stoat:switches-stack")
// Assembly: bytes of the caller's stack that it uses itself, return address included.
#define STOAT_FRAME(amd64, arm64, i386) STOAT_ANNOTATE("stoat:frame", amd64, arm64, i386)
// Calls itself, at most so deep.
#define STOAT_RECURSION(depth) STOAT_ANNOTATE("stoat:recursion", depth)

// ---- what a function promises, with everything it calls
#define STOAT_NO_BARRIER STOAT_ANNOTATE("stoat:no-barrier")
#define STOAT_NO_ALLOCATION STOAT_ANNOTATE("stoat:no-allocation")   // in the Go heap
#define STOAT_SIGNAL_SAFE STOAT_ANNOTATE("stoat:signal-safe")       // takes no lock, waits for nothing, no malloc. Handlers of signals need not say it

// ---- what a function does
#define STOAT_BARRIER STOAT_ANNOTATE("stoat:barrier")               // a write barrier, or a store or copy that contains what it needs
#define STOAT_STORES STOAT_ANNOTATE("stoat:stores")                 // stores heap pointers where no barrier is needed, and says why
#define STOAT_ALLOCATES STOAT_ANNOTATE("stoat:allocates")
#define STOAT_BLOCKS STOAT_ANNOTATE("stoat:blocks")

// ---- places of pointers into the Go heap: stored to by STOAT_BARRIER and STOAT_STORES functions only (gc/heap_slot.h)
#define STOAT_HEAP STOAT_ANNOTATE("stoat:heap")
#define STOAT_HEAP_ELEMENTS STOAT_ANNOTATE("stoat:heap-elements")   // they lie in the array that this points to

// ---- for utils/layoutgen, which is no check: the places of the structure's fields are generated for assembly (asm_layout.h: STOAT_NAME_FIELD) and codegen
// (target_layout.h: nameField).
#define STOAT_LAYOUT(name) STOAT_ANNOTATE("stoat:layout", name)

// The rule (by its name in the tool's messages) is kept, or broken, for this reason, which the tool cannot see. Every use is printed and counted.
#define STOAT_TRUSTED(rule, reason) STOAT_ANNOTATE("stoat:trusted", rule, reason)
