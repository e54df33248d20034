// Strongly connected components of a graph given as lists of successors.
#pragma once
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <vector>

namespace stoat::mir {

/// Tarjan's algorithm without recursion (calls and blocks form long chains). visit(ArrayRef<int> members) gets the components in reverse topological order:
/// what a component leads to comes before it.
template <typename Visit> void visitComponents(const std::vector<std::vector<int>>& edges, Visit visit) {
  std::vector<int> number(edges.size(), -1), low(edges.size()), stack;
  std::vector<bool> onStack(edges.size());
  std::vector<std::pair<int, size_t>> path; // node, next edge
  int count = 0;
  auto enter = [&](int n) {
    number[n] = low[n] = count++;
    stack.push_back(n);
    onStack[n] = true;
    path.push_back({n, 0});
  };
  llvm::SmallVector<int, 8> members;
  for (size_t root = 0; root < edges.size(); ++root) {
    if (number[root] < 0)
      enter(static_cast<int>(root));
    while (!path.empty()) {
      int n = path.back().first;
      if (size_t& next = path.back().second; next < edges[n].size()) {
        int to = edges[n][next++];
        if (number[to] < 0)
          enter(to);
        else if (onStack[to])
          low[n] = std::min(low[n], number[to]);
        continue;
      }
      path.pop_back();
      if (!path.empty())
        low[path.back().first] = std::min(low[path.back().first], low[n]);
      if (low[n] != number[n])
        continue;
      members.clear();
      do {
        members.push_back(stack.back());
        onStack[stack.back()] = false;
        stack.pop_back();
      } while (members.back() != n);
      visit(llvm::ArrayRef<int>(members));
    }
  }
}

} // namespace stoat::mir
