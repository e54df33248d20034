// Rules no-barrier, no-allocation and signal-safe: from no function with the annotation does a chain of calls, on whatever stack, lead to one that does what is forbidden.
// Handlers of signals are roots of all three.
#include "rules.h"

namespace stoat::rtcheck {

namespace {
struct Rule {
  const char* name;
  unsigned root, sink;
  const char* what;
};
const Rule rules[] = {
    {"no-barrier", NoBarrier, Barrier, "reaches a write barrier"},
    {"no-allocation", NoAllocation, Allocates, "reaches an allocation"},
    {"signal-safe", SignalSafe, Blocks, "reaches what may block"},
};

bool isSink(const Function& function, const Rule& rule) {
  if (function.annotations.marks & rule.sink)
    return true;
  if (function.defined || rule.sink != Blocks)
    return false;
  const External* external = findExternal(function.symbol);
  return external && external->blocks;
}
} // namespace

unsigned checkPaths(Program& program, std::set<Problem>& problems) {
  unsigned roots = 0;
  for (const Rule& rule : rules)
    for (size_t i = 0; i < program.nodes.size(); ++i) {
      const Node& root = program.nodes[i];
      if (root.origin >= 0 || (!(root.function.annotations.marks & rule.root) && !root.isSignalHandler))
        continue;
      ++roots;
      std::map<int, int> parents{{int(i), -1}};
      std::vector<int> queue{int(i)};
      for (size_t head = 0; head < queue.size(); ++head) {
        int v = queue[head];
        if (isSink(program.nodes[v].function, rule)) {
          std::vector<int> path;
          for (int node = v; node >= 0; node = parents[node])
            path.insert(path.begin(), node);
          problems.insert({root.function.at, rule.name, root.function.name + " " + rule.what + ": " + pathText(program, path)});
          continue;
        }
        if (program.trusted(v, rule.name))
          continue;
        for (const Edge& edge : program.nodes[v].edges)
          if (!edge.later && parents.insert({edge.callee, v}).second)
            queue.push_back(edge.callee);
      }
    }
  for (size_t i = 0; i < program.nodes.size(); ++i) {
    const Function& function = program.nodes[i].function;
    if (program.nodes[i].origin >= 0)
      continue;
    for (const HeapStore& store : function.heapStores)
      if (!program.trusted(int(i), "heap-store"))
        problems.insert({store.at, "heap-store", function.name + ": " + store.text});
  }
  return roots;
}

} // namespace stoat::rtcheck
