// The limits follow what gc inlines: leaf-like functions of a few dozen nodes. A body must not depend on being a frame of its own (defer,
// recover) and must not need data that only its package emits (closure bodies).
#include "opt/inlinable.h"

namespace stoat::mir {
namespace {

constexpr size_t maxInstructions = 40;
constexpr uint32_t forbidden = PragmaNoinline | PragmaNosplit | PragmaSystemstack | PragmaNowritebarrier | PragmaNowritebarrierrec |
                               PragmaUintptrKeepAlive | PragmaUintptrEscapes | PragmaCgoUnsafeArgs | PragmaNorace;

bool isInlinable(const Function& f) {
  if (f.isGeneric() || !f.hasBody() || !f.object || !f.closures.empty() || f.hasDefer || f.hasRecover || f.isWrapper || (f.pragma & forbidden)) return false;
  size_t count = 0;
  for (const Block& block : f.blocks) {
    count += block.instrs.size();
    if (count > maxInstructions) return false;
    for (const Instr& i : block.instrs) {
      if (i.op == Opcode::Go || i.op == Opcode::Select || i.op == Opcode::MakeClosure) return false;
      // A call of itself would be copied once to no use.
      if (i.callee && i.callee->ref && i.callee->ref->func == f.object) return false;
    }
  }
  return true;
}

} // namespace

void markInlinable(Module& module) {
  for (Function* f : module.functions) f->inlinable = isInlinable(*f);
}

} // namespace stoat::mir
