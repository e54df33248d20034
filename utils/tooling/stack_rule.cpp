// Rule stack: what runs on a goroutine's stack fits what is left there. The depth of a function is its frame, its return address, and the largest depth of what it calls; a
// function that only exists inlined has no frame of its own (it is in its caller's). Functions that call each other in a circle are taken together: an error, unless one of
// them says how deep it goes.
#include "rules.h"
#include <algorithm>
#include <functional>

namespace stoat::rtcheck {

namespace {
constexpr const char* targetNames[] = {"amd64", "arm64", "386"};
// Of the signal stack's 32 kB (sched/scheduler.h) the kernel's frame takes up to 12.
constexpr int signalBudget = 16384;
constexpr int tooMuch = 1 << 28;

class Depths {
public:
  Depths(Program& program, const Frames& frames) : program_(program), frames_(frames) {
    states_.resize(program.nodes.size());
    for (size_t i = 0; i < states_.size(); ++i)
      measure(int(i));
  }

  int depth(int node) {
    if (states_[node].order == 0)
      connect(node);
    return states_[node].depth;
  }
  int own(int node) const { return states_[node].own; }
  int next(int node) const { return states_[node].next; }
  const std::string& library(int node) const { return states_[node].library; }
  bool isDynamic(int node) const { return states_[node].dynamic; }
  bool isUnknown(int node) const { return states_[node].unknown; }
  const std::vector<int>* circle(int node) const {
    auto it = circles_.find(node);
    return it == circles_.end() ? nullptr : &it->second;
  }
  std::string unknownLibrary(int node) const { return states_[node].unknownLibrary; }

  // Edges whose callee runs on the caller's stack.
  template <class F> void forEachCallee(int node, F visit) {
    if (program_.trusted(node, "stack"))
      return;
    for (const Edge& edge : program_.nodes[node].edges)
      if (!edge.switches && !edge.later && !(program_.nodes[edge.callee].function.annotations.marks & SystemStack))
        visit(edge);
  }

private:
  struct State {
    int own = 0;
    bool dynamic = false, unknown = false;
    std::string library, unknownLibrary;
    int libraryDepth = 0;
    int order = 0, low = 0;
    bool onStack = false;
    int depth = 0, next = -1;
  };

  void measure(int index) {
    const Node& node = program_.nodes[index];
    State& state = states_[index];
    const Function& function = node.function;
    int annotated = function.annotations.frame[program_.target];
    if (!function.defined) {
      const External* external = findExternal(function.symbol);
      if (annotated >= 0)
        state.own = annotated;
      else if (external)
        state.own = external->stackBytes < 0 ? tooMuch : external->stackBytes;
      else
        state.unknown = true;
      return;
    }
    bool emitted = false;
    int bytes = 0;
    for (const std::string& object : node.objects)
      if (const Frame* frame = frames_.find(object, function.at.file, function.at.line)) {
        emitted = true;
        bytes = std::max(bytes, int(frame->bytes));
        state.dynamic |= frame->dynamic;
        for (const std::string& symbol : frame->libraryCalls) {
          if (program_.calledInSource.count(symbol))
            continue; // and the source says on which stack
          const External* external = findExternal(symbol);
          if (!external)
            state.unknownLibrary = symbol;
          int need = !external ? 0 : external->stackBytes < 0 ? tooMuch : external->stackBytes;
          if (need > state.libraryDepth) {
            state.libraryDepth = need;
            state.library = symbol;
          }
        }
      }
    // Return address; on 386 also what -mstackrealign may skip.
    static constexpr int perCall[3] = {8, 0, 16};
    state.own = emitted ? bytes + perCall[program_.target] : 0;
  }

  void connect(int v) { // Tarjan's strongly connected components, which come out callees first
    State& state = states_[v];
    state.order = state.low = ++counter_;
    state.onStack = true;
    stack_.push_back(v);
    forEachCallee(v, [&](const Edge& edge) {
      State& callee = states_[edge.callee];
      if (callee.order == 0) {
        connect(edge.callee);
        states_[v].low = std::min(states_[v].low, callee.low);
      } else if (callee.onStack) {
        states_[v].low = std::min(states_[v].low, callee.order);
      }
    });
    if (states_[v].low != states_[v].order)
      return;
    std::vector<int> component;
    int member;
    do {
      member = stack_.back();
      stack_.pop_back();
      states_[member].onStack = false;
      component.push_back(member);
    } while (member != v);
    bool recursive = component.size() > 1;
    for (int each : component)
      forEachCallee(each, [&](const Edge& edge) { recursive |= edge.callee == each; });
    auto inside = [&](int callee) { return std::find(component.begin(), component.end(), callee) != component.end(); };
    auto below = [&](int each) {
      int deepest = states_[each].libraryDepth;
      forEachCallee(each, [&](const Edge& edge) {
        if (inside(edge.callee))
          return;
        int need = states_[edge.callee].depth + (program_.target == 2 ? int((edge.argumentBytes + 15) & ~15u) : 0);
        if (need > deepest) {
          deepest = need;
          states_[each].next = edge.callee;
        }
      });
      return std::min(deepest, tooMuch);
    };
    if (!recursive) {
      int deepest = below(v);
      states_[v].depth = std::min(states_[v].own + deepest, tooMuch);
      return;
    }
    int times = 0, round = 0, rest = 0;
    for (int each : component) {
      times = std::max(times, program_.nodes[each].function.annotations.recursion);
      round += states_[each].own + 64;
      rest = std::max(rest, below(each));
    }
    if (!times) {
      std::vector<int> names(component.rbegin(), component.rend());
      for (int each : component)
        circles_[each] = names;
      times = 1;
    }
    for (int each : component)
      states_[each].depth = std::min(times * round + rest, tooMuch);
  }

  Program& program_;
  const Frames& frames_;
  std::vector<State> states_;
  std::vector<int> stack_;
  std::map<int, std::vector<int>> circles_;
  int counter_ = 0;
};
} // namespace

unsigned checkStack(Program& program, const Frames& frames, const std::set<std::string>& calledByAssembly, std::set<Problem>& problems, bool verbose) {
  Depths depths(program, frames);
  const std::string target = targetNames[program.target];
  unsigned roots = 0;
  std::set<std::string> said;
  auto once = [&](const Problem& problem, const std::string& key) {
    if (said.insert(key).second)
      problems.insert(problem);
  };
  for (size_t i = 0; i < program.nodes.size(); ++i) {
    const Function& root = program.nodes[i].function;
    int budget = root.annotations.goroutineBudget;
    const bool onSignalStack = budget < 0 && program.nodes[i].isSignalHandler;
    if (onSignalStack)
      budget = signalBudget;
    if (budget < 0 || !root.defined || program.nodes[i].origin >= 0)
      continue;
    ++roots;
    int depth = depths.depth(int(i));
    if (verbose)
      llvm::outs() << "stack " << target << ' ' << depth << " of " << budget << ' ' << root.name << '\n';

    // What must not be on the way at all.
    bool complete = true;
    std::map<int, int> parents{{int(i), -1}};
    std::vector<int> queue{int(i)};
    auto pathTo = [&](int node) {
      std::vector<int> path;
      for (; node >= 0; node = parents[node])
        path.insert(path.begin(), node);
      return pathText(program, path);
    };
    for (size_t head = 0; head < queue.size(); ++head) {
      int v = queue[head];
      const Function& function = program.nodes[v].function;
      if (depths.isUnknown(v)) {
        complete = false;
        once({root.at, "stack", "nothing is known of the frame of " + function.name + ": " + pathTo(v)}, "unknown " + function.id);
      }
      if (depths.isDynamic(v)) {
        complete = false;
        once({function.at, "stack", "frame of variable size on a goroutine's stack: " + pathTo(v)}, "dynamic " + function.id);
      }
      if (!depths.unknownLibrary(v).empty()) {
        complete = false;
        once({function.at, "stack", "nothing is known of library function " + depths.unknownLibrary(v) + " (runtime/abi/externals.def): " + pathTo(v)}, "library " + function.id);
      }
      if (const std::vector<int>* circle = depths.circle(v)) {
        complete = false;
        std::vector<int> names = *circle;
        if (names.size() > 1 || true)
          names.push_back(names.front());
        once({program.nodes[circle->front()].function.at, "stack", "recursion without a bound on a goroutine's stack: " + pathText(program, names) + ", reached by " + pathTo(v)},
             "recursion " + program.nodes[circle->front()].function.id);
      }
      if (!program.trusted(v, "stack"))
        for (const Edge& edge : program.nodes[v].edges)
          if (!edge.switches && !edge.later && (program.nodes[edge.callee].function.annotations.marks & SystemStack)) {
            complete = false;
            once({edge.at, "stack", "call of a function that needs the system stack, on a goroutine's: " + pathTo(v) + " -> " + program.nodes[edge.callee].function.name},
                 "system " + function.id + program.nodes[edge.callee].function.id);
          }
      depths.forEachCallee(v, [&](const Edge& edge) {
        if (parents.insert({edge.callee, v}).second)
          queue.push_back(edge.callee);
      });
    }
    if (depth <= budget || (!complete && depth >= tooMuch))
      continue;
    std::string path;
    for (int v = int(i); v >= 0; v = depths.next(v)) {
      path += (path.empty() ? "" : " -> ") + program.nodes[v].function.name + " (" + (depths.own(v) >= tooMuch ? "unbounded" : std::to_string(depths.own(v))) + ")";
      if (depths.next(v) < 0 && !depths.library(v).empty())
        path += " -> " + depths.library(v);
    }
    const char* which = onSignalStack ? "the signal stack" : "a goroutine's stack";
    problems.insert({root.at, "stack", root.name + " needs " + (depth >= tooMuch ? std::string("more than ") + which + " has" : std::to_string(depth) + " bytes of " + which) +
                                           " on " + target + ", where it may use " + std::to_string(budget) + ": " + path});
  }
  frames.forEachUnused([&](const std::string& place, const Frame& frame) {
    auto [file, line] = llvm::StringRef(place).rsplit(':');
    unsigned number = 0;
    line.getAsInteger(10, number);
    problems.insert({{file.str(), number}, "stack", "the frame of " + frame.symbol + " belongs to no function that was found"});
  });
  // Assembly calls by name; the C++ side says on which stack.
  for (const std::string& symbol : calledByAssembly) {
    int node = program.find(symbol);
    if (node < 0 || !program.nodes[node].function.defined)
      continue;
    const Function& function = program.nodes[node].function;
    if (function.annotations.goroutineBudget < 0 && !(function.annotations.marks & SystemStack) && !function.symbol.ends_with("_impl"))
      problems.insert({function.at, "stack", function.name + " is called by assembly, but does not say on which stack (STOAT_GOROUTINE_STACK, STOAT_SYSTEM_STACK)"});
  }
  return roots;
}

} // namespace stoat::rtcheck
