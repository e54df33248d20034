// Walks a goroutine's stack, youngest frame first. Starts at an entry record (abi/stack.h) and ends at a saved frame pointer of 0.
//
// At each Go frame, `saved` holds the values that the callee-saved registers have at the frame's call: they start in the entry record, and every frame that
// is left gives back those that its function had saved. Crossed without being reported: stack segments (stoat_morestack_ret), the frames of
// stoat_calldefer and stoat_calldeferred, C++ frames between a callGo and its entry record.
#pragma once
#include "runtime/base/hooks.h"
#include "runtime/code/symtab.h"

namespace stoat::rt {

struct Frame {
  Func func;
  Word pc;                       // return address in func
  Word fp;                       // its frame pointer
  bool isCalledByDefer;          // its caller is stoat_calldeferred (a deferred call that a panic runs)
  bool isDeferBody;              // its caller is stoat_calldefer (F$body)
  const StackSegment* segment;   // the one the frame lies on
  Word saved[calleeSavedCount];  // values at the call that returns to pc
};

class Unwinder {
public:
  explicit Unwinder(const EntryRecord* record);
  // A frame given by hand: pc is a return address into it, saved the registers there; `older` the youngest entry record below, or null.
  Unwinder(Word pc, Word fp, const StackSegment* segment, const Word* saved, const EntryRecord* older);

  // Steps to the next Go frame; false at the end.
  bool next(const RootSink* sink = nullptr);
  const Frame& frame() const { return frame_; }
  // After next() returned false: the walk met a return address that belongs to no Go function (the tables or the stack are damaged).
  bool isBroken() const { return broken_; }
  Word brokenPc() const { return frame_.pc; }

private:
  void load(const EntryRecord* record);
  STOAT_TRUSTED("signal-safe", "tracebacks pass no sink") bool resolve(const RootSink* sink);

  Frame frame_;
  const EntryRecord* older_;
  bool started_ = false;
  bool broken_ = false;
};

// Reports the roots of one frame.
void visitFrameRoots(const Frame& frame, const RootSink& sink);

} // namespace stoat::rt
