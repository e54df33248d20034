// Calls against the include order (sys <- base <- code <- mem <- gc <- sched <- lang <- sync): each real cycle is one named pointer here.
// The pointers are set once, before a second thread exists; those marked [required] must be set by the time main starts.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

struct G;

// What a stack walk reports. `slot` is called with every pointer-typed location found by maps (memory slot or saved register: the *value* is passed);
// `conservative` with word ranges that may hold pointers. Neither may block.
struct RootSink {
  void *context;
  void (*value)(void *context, Word value);
  void (*conservative)(void *context, Word low, Word high);
};

struct Hooks {
  // [required] code: walks the Go frames that begin at `record`, youngest first, and the older records linked from it up to the end of the goroutine.
  // Records' own [scanLow, scanHigh) and C++ frames between a Go frame chain and an older record are reported as conservative ranges by the walker;
  // for the first record the caller has already done it.
  void (*walkRoots)(G *g, const EntryRecord *record, const RootSink &sink);
  // code: is pc inside a function of Go (has a stoat_funcs record)?
  bool (*isGoCode)(Word pc);
  // code: a signal may stop the goroutine at pc.
  bool (*isPreemptible)(Word pc);
  // lang: return addresses of the goroutine's frames, youngest first, as runtime.Callers gives them; their number.
  Word (*callers)(G *g, Word *out, Word capacity);
  // lang or code: prints "goroutine N [state]:" and frames of one goroutine / of all others. Called on the system stack with the world not running.
  void (*traceback)(G *g);
  void (*tracebackOthers)(G *current);
  void (*markLangRoots)(const RootSink &sink);
  // sync: sync.Pool's cleanup is a Go function; collector calls this with the world stopped just before marking (it may not allocate).
  void (*poolCleanup)();
  // Test hook: called by chansend between the copy to a blocked receiver's stack and typeBitsBulkBarrier.
  STOAT_TRUSTED("call", "null but in tests") void (*betweenCopyAndBarrier)();
};
extern Hooks hooks;

} // namespace stoat::rt
