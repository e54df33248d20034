// What every reader of MIR needs: names of opcodes, their result counts, and the arena that MIR lives in.
#include "base/arena.h"
#include "mir/mir.h"

namespace stoat::mir {

const char* opcodeName(Opcode op) {
  static const char* const names[] = {
#define OP(NAME, TEXT, RESULTS) TEXT,
#include "mir/ops.def"
#undef OP
  };
  return names[static_cast<size_t>(op)];
}

bool isTerminator(Opcode op) { return op >= Opcode::Jump; }

Arena& mirArena() {
  static Arena* arena = new Arena; // never destroyed: MIR refers into it until exit
  return *arena;
}

} // namespace stoat::mir
