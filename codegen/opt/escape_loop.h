// Objects that a loop makes anew each turn, but that have one place in the frame.
#pragma once
#include "opt/escape_graph.h"
#include <memory>

namespace stoat::mir {

/// Reads and whole assignments of the locals of a function, by block.
class LocalEvents {
public:
  explicit LocalEvents(const Function& f);

  /// Whether `l` may be read after the instruction at (block, index) ran, with the value that it had before.
  bool isStale(BlockId block, int index, LocalId l) const;

private:
  struct Event {
    BlockId block;
    int index;
    bool isRead;
  };
  void instruction(const Instr& i, BlockId block, int index);
  const Function& f_;
  std::vector<llvm::SmallVector<Event, 4>> events_; // of each local, in order of blocks and instructions; an instruction's reads come first
};

} // namespace stoat::mir
