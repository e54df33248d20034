// The parts of defer, panic and recover that read the stack (lib/runtime/panic.go has the rest).
#include "runtime/code/unwind.h"
#include "runtime/sched/g_m_p.h"
#include "runtime/sys/arch.h"

// runtime/sys/<arch>/reflect_call.S
extern "C" const char stoat_reflectcall_ret[], stoat_makefunc_ret[], stoat_methodvalue_ret[];

using namespace stoat::rt;

namespace {

Word wordAt(Word address) { return *reinterpret_cast<const Word *>(address); }

// The segment that holds a frame, from the youngest on.
const StackSegment *segmentOf(const StackSegment *segment, Word fp) {
  while (segment && !(fp < segment->top && fp >= segment->limit - STOAT_STACK_GUARD))
    segment = segment->older;
  return segment;
}

// How many of the frame's levels are functions of the user's: not wrappers, and nothing of the run-time system (deferreturn, calls by reflection).
unsigned userLevels(Word pc) {
  Func func = findFunc(pc);
  if (!func)
    return 2;
  constexpr unsigned capacity = 8;
  Position positions[capacity];
  unsigned levels = findPositions(func, pc, positions, capacity);
  if (levels > capacity)
    return 2;
  unsigned count = 0;
  for (unsigned i = 0; i < levels; ++i)
    count += !positions[i].isWrapper && __builtin_strncmp(positions[i].name, "runtime.", 8) != 0;
  return count;
}

bool isStubReturn(Word pc) {
  return pc == Word(stoat_reflectcall_ret) || pc == Word(stoat_makefunc_ret) || pc == Word(stoat_methodvalue_ret);
}

} // namespace

extern "C" {

// Go's rule for recover: between the panic and the call of recover lies exactly one function of the user's. fp is the frame of the function that
// calls recover; with the low bit set that is a wrapper itself (`defer recover()`).
bool stoat_called_by_panic_impl(Word fp) {
  unsigned count = fp & 1 ? 0 : 1;
  fp &= ~Word(1);
  const StackSegment *segment = segmentOf(getg()->segment, fp);
  bool afterBody = false;
  while (fp && count < 2) {
    Word pc = wordAt(fp + wordSize);
    while (pc == Word(stoat_morestack_ret) && segment) {
      pc = segment->retPc;
      segment = segment->older;
    }
    if (pc == Word(stoat_calldeferred_ret))
      return count == 1;
    if (pc == Word(stoat_calldefer_ret))
      afterBody = true; // a function that defers is two frames
    else if (afterBody)
      afterBody = false;
    else if (!isStubReturn(pc))
      count += userLevels(pc);
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
