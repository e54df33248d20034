// One place in the frame serves all executions of an allocation in a loop. That cannot be told apart from new objects unless a pointer to an earlier one
// is still used: there is a path from the allocation to a read of a local that leads to the object, and on the path the local is not assigned anew.
#include "opt/escape_loop.h"

namespace stoat::mir {

LocalEvents::LocalEvents(const Function& f) : f_(f) {
  events_.resize(f.locals.size());
  for (size_t b = 0; b < f.blocks.size(); ++b)
    for (size_t k = 0; k < f.blocks[b].instrs.size(); ++k)
      instruction(f.blocks[b].instrs[k], static_cast<BlockId>(b), static_cast<int>(k));
}

void LocalEvents::instruction(const Instr& i, BlockId block, int index) {
  auto note = [&](LocalId l, bool isRead) {
    if (l != noLocal)
      events_[l].push_back({block, index, isRead});
  };
  visitOperands(i, [&](const Operand& o) {
    if (o.kind == Operand::Local)
      note(o.local, true);
  });
  bool isWholeStore = false;
  if (i.place) {
    const Place& p = *i.place;
    isWholeStore = i.op == Opcode::Store && p.base == Place::Local && p.projections.empty();
    if (p.base == Place::Deref || (p.base == Place::Local && !isWholeStore)) {
      // A store into a part of a local neither reads it nor ends what it held; through a slice it reads that. MapIterStart overwrites all.
      bool isPart = i.op == Opcode::Store && p.base == Place::Local && llvm::all_of(p.projections, [](const Projection& x) { return x.kind == Projection::Field; });
      if (!isPart)
        note(p.local, i.op != Opcode::MapIterStart);
    }
  }
  for (LocalId d : i.dsts)
    note(d, false);
  if (isWholeStore)
    note(i.place->local, false);
  // What a select receives comes from the heap.
  if (i.op == Opcode::Return)
    for (LocalId r : f_.results)
      note(r, true);
}

bool LocalEvents::isStale(BlockId block, int index, LocalId l) const {
  llvm::ArrayRef<Event> events = events_[l];
  if (events.empty())
    return false;
  // In the allocation's own block, behind it.
  for (const Event& e : events)
    if (e.block == block && e.index > index)
      return e.isRead;
  llvm::SmallDenseMap<BlockId, bool, 16> first;
  for (const Event& e : events)
    first.try_emplace(e.block, e.isRead);
  llvm::BitVector seen(f_.blocks.size());
  llvm::ArrayRef<BlockId> next = f_.blocks[block].instrs.back().targets;
  llvm::SmallVector<BlockId, 16> work(next.begin(), next.end());
  while (!work.empty()) {
    BlockId b = work.pop_back_val();
    if (seen.test(b))
      continue;
    seen.set(b);
    if (auto it = first.find(b); it != first.end()) {
      if (it->second)
        return true;
      continue;
    }
    if (b == block)
      continue; // executed again: from there on the question is asked anew
    next = f_.blocks[b].instrs.back().targets;
    work.append(next.begin(), next.end());
  }
  return false;
}

} // namespace stoat::mir
