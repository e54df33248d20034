// The parts of defer, panic and recover that read the stack (lib/runtime/panic.go has the rest).
#include "runtime/code/unwind.h"
#include "runtime/sched/g_m_p.h"
#include "runtime/sys/arch.h"

using namespace stoat::rt;

namespace {

Word wordAt(Word address) { return *reinterpret_cast<const Word *>(address); }

// The segment that holds a frame, from the youngest on.
const StackSegment *segmentOf(const StackSegment *segment, Word fp) {
  while (segment && !(fp < segment->top && fp >= segment->limit - STOAT_STACK_GUARD))
    segment = segment->older;
  return segment;
}

// All levels of the frame at that return address only forward to another function.
bool isWrapperFrame(Word pc) {
  Func func = findFunc(pc);
  if (!func)
    return false;
  if (func.isWrapper())
    return true;
  constexpr unsigned capacity = 4;
  Position positions[capacity];
  unsigned levels = findPositions(func, pc, positions, capacity);
  if (!levels || levels > capacity)
    return false;
  for (unsigned i = 0; i < levels; ++i)
    if (!positions[i].isWrapper)
      return false;
  return true;
}

} // namespace

extern "C" {

// The function with frame pointer fp was called by stoat_calldeferred, wrappers in between aside.
bool stoat_called_by_panic_impl(Word fp) {
  const StackSegment *segment = segmentOf(getg()->segment, fp);
  while (fp) {
    Word pc = wordAt(fp + wordSize);
    while (pc == Word(stoat_morestack_ret) && segment) {
      pc = segment->retPc;
      segment = segment->older;
    }
    if (pc == Word(stoat_calldeferred_ret))
      return true;
    if (!isWrapperFrame(pc))
      return false;
    fp = wordAt(fp);
  }
  return false;
}

// Called by runtime.panicmem: the dereference is in its caller.
__attribute__((noinline)) void stoat_note_fault() {
  auto *frame = static_cast<Word *>(__builtin_frame_address(0));
  auto *panicmem = reinterpret_cast<Word *>(frame[0]);
  GoLocal &local = getg()->local;
  local.faultSignal = 11;
  local.faultCode = 1;
  local.faultAddress = 0;
  local.faultPc = panicmem[1] - 1;
}
}
