#include "runtime/code/unwind.h"
#include "runtime/abi/reflect_call.h"

// runtime/sys/<arch>/reflect_call.S
extern "C" const char stoat_reflectcall_ret[], stoat_makefunc_ret[], stoat_methodvalue_ret[];

namespace stoat::rt {

static Word wordAt(Word address) { return *reinterpret_cast<const Word*>(address); }

Unwinder::Unwinder(const EntryRecord* record) { load(record); }

Unwinder::Unwinder(Word pc, Word fp, const StackSegment* segment, const Word* saved, const EntryRecord* older) : older_(older) {
  frame_.pc = pc;
  frame_.fp = fp;
  frame_.segment = segment;
  for (int i = 0; i < calleeSavedCount; ++i)
    frame_.saved[i] = saved[i];
}

void Unwinder::load(const EntryRecord* record) {
  frame_.pc = record->pc;
  frame_.fp = record->fp;
  frame_.segment = record->segment;
  for (int i = 0; i < calleeSavedCount; ++i)
    frame_.saved[i] = record->saved[i];
  older_ = record->previous;
}

// From a return address (pc, fp of its frame) to a Go frame.
bool Unwinder::resolve(const RootSink* sink) {
  for (;;) {
    if (frame_.fp == 0)
      return false;
    if (frame_.pc == Word(stoat_morestack_ret)) {
      if (!frame_.segment) {
        broken_ = true;
        return false;
      }
      frame_.pc = frame_.segment->retPc;
      frame_.segment = frame_.segment->older;
    } else if (frame_.pc == Word(stoat_calldefer_ret) || frame_.pc == Word(stoat_calldeferred_ret)) {
      // Assembly frames that change no callee-saved register.
      frame_.pc = wordAt(frame_.fp + wordSize);
      frame_.fp = wordAt(frame_.fp);
    } else if (frame_.pc == Word(stoat_reflectcall_ret) || frame_.pc == Word(stoat_makefunc_ret) || frame_.pc == Word(stoat_methodvalue_ret)) {
      if (sink && frame_.pc != Word(stoat_reflectcall_ret)) {
        // The stub's spilled argument registers, its context, and its arguments on the stack (no more words than bytes in reflect's image).
        sink->conservative(sink->context, frame_.fp - makeFuncFrameBytes, frame_.fp);
        Word low = frame_.fp + 2 * wordSize;
        Word high = low + (wordAt(wordAt(frame_.fp - wordSize) + 2 * wordSize) + 1) * wordSize;
        sink->conservative(sink->context, low, frame_.segment && high > frame_.segment->top ? frame_.segment->top : high);
      }
      frame_.pc = wordAt(frame_.fp + wordSize);
      frame_.fp = wordAt(frame_.fp);
    } else if (frame_.pc == Word(stoat_callgo_ret)) {
      if (!older_) {
        broken_ = true;
        return false;
      }
      if (sink)
        sink->conservative(sink->context, older_->low, older_->high);
      load(older_);
    } else {
      break;
    }
  }
  frame_.func = findFunc(frame_.pc);
  if (!frame_.func) {
    broken_ = true;
    return false;
  }
  // How its caller will be reached, past a segment switch.
  Word returnPc = wordAt(frame_.fp + wordSize);
  const StackSegment* segment = frame_.segment;
  while (returnPc == Word(stoat_morestack_ret) && segment) {
    returnPc = segment->retPc;
    segment = segment->older;
  }
  frame_.isCalledByDefer = returnPc == Word(stoat_calldeferred_ret);
  frame_.isDeferBody = returnPc == Word(stoat_calldefer_ret);
  return true;
}

bool Unwinder::next(const RootSink* sink) {
  if (broken_)
    return false;
  if (started_) {
    Func func = frame_.func;
    const abi::SavedRegister* saved = func.saved();
    for (uint32_t i = 0; i < func.details()->savedCount; ++i)
      frame_.saved[saved[i].number] = wordAt(frame_.fp + Word(intptr_t(saved[i].fpOffset)));
    frame_.pc = wordAt(frame_.fp + wordSize);
    frame_.fp = wordAt(frame_.fp);
  }
  started_ = true;
  return resolve(sink);
}

} // namespace stoat::rt
