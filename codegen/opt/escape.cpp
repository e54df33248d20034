// Escape analysis: shortest paths in the graph of locations (escape_graph.h), function by function in the order of calls.
//
// An object escapes if its address may flow (a path of -1 dereferences)
//  - to the heap. What an object of the heap holds flows to the heap as well;
//  - to a result;
//  - to anything of an enclosing function, if a closure makes it: the closure's frame is gone sooner;
//  - around a loop, so that an earlier object is used while the place in the frame holds a new one (escape_loop.h).
// Deferred calls run when the body's own frame is gone (codegen/lower/defer.cpp): what they reach is flagged Deferred and lives in the frame beside.
//
// Only heap and results need paths backwards. The last two questions are asked forwards, from each object along all chains of holders: a local that leads
// to the object in any number of dereferences counts, which is more cautious than Go's loop depths in one way (a holder outside of the loop, whatever it
// holds at the time) and less in another (a variable outside of the loop that is read only after it, or assigned before each use).
//
// Functions that call each other are one graph, so recursion needs no iteration; others are known by Func::leaks, callees first.
//
// Objects whose size only the run decides hold nothing of the frame: their contents flow to the heap, since that is where they may end up. Those of a generic
// body whose size an instance decides stay in the frame of every instance, however large they are: callers of the generic function rely on what was found
// out about its body. Instances are analysed again, which can only find more.
#include "opt/escape.h"
#include "opt/borrow.h"
#include "opt/components.h"
#include "opt/escape_graph.h"
#include "opt/escape_loop.h"

namespace stoat::mir {

namespace {

constexpr int maxTag = 100; // dereferences in Func::leaks; fewer is the cautious side

class Solver {
public:
  explicit Solver(FlowGraph& graph) : graph_(graph), events_(graph.functions.size()) {}

  void run() {
    graph_.locations[heapLocation].toHeap = 0;
    work_.push_back(heapLocation);
    std::vector<LocationId> sites;
    for (LocationId id = 0; id < graph_.locations.size(); ++id) {
      Location& l = graph_.locations[id];
      if (l.kind != Location::Site)
        continue;
      FramePlace place = framePlace(*graph_.functions[l.function].f, *l.instr);
      if (place == FramePlace::No)
        reach(id, -1);
      else if (place == FramePlace::Buffer)
        reach(id, 0);
      sites.push_back(id);
    }
    drain();
    for (LocationId id : sites)
      if (!graph_.at(id).escapes && outlives(id)) {
        reach(id, -1);
        drain();
      }
    for (LocationId id : sites) {
      Location& l = graph_.locations[id];
      l.instr->flags &= ~(Stack | Deferred | Borrowed);
      if (!l.escapes)
        l.instr->flags |= l.deferred ? Stack | Deferred : Stack;
    }
    for (const FlowFunction& own : graph_.functions)
      for (size_t b = 0; own.f->hasDefer && b < own.f->blocks.size(); ++b)
        for (Instr& i : own.f->blocks[b].instrs)
          if (i.op == Opcode::Defer && i.args.size() == 1 && !own.inCycle.test(b))
            i.flags |= Stack;
  }

  /// The rows of Func::leaks.
  std::string leaks(int function) {
    const FlowFunction& own = graph_.functions[function];
    size_t width = own.f->results.size() + 1;
    std::string rows(own.f->params.size() * width, '\0');
    auto put = [&](size_t param, size_t column, int derefs) { rows[param * width + column] = static_cast<char>(std::min(derefs, maxTag) + 1); };
    for (size_t p = 0; p < own.f->params.size(); ++p)
      if (const Location& l = graph_.at(own.firstLocal + static_cast<LocationId>(own.f->params[p])); l.toHeap != Location::unreached)
        put(p, 0, std::max(l.toHeap, 0));
    for (size_t r = 0; r < own.f->results.size(); ++r) {
      if (!holdsPointers(own.f->locals[own.f->results[r]].type))
        continue;
      toResult(own.firstLocal + static_cast<LocationId>(own.f->results[r]));
      for (size_t p = 0; p < own.f->params.size(); ++p)
        if (auto it = distance_.find(own.firstLocal + static_cast<LocationId>(own.f->params[p])); it != distance_.end())
          put(p, r + 1, std::max(it->second, 0));
    }
    return rows;
  }

  /// Whether a parameter's own variable lies in the heap.
  bool isMoved(int function, LocalId param) const {
    for (const FlowEdge& e : graph_.at(graph_.functions[function].firstLocal + static_cast<LocationId>(param)).out)
      if (const Location& l = graph_.at(e.other); l.kind == Location::Site && l.escapes && (l.instr->flags & Variable) && e.derefs == 0)
        return true;
    return false;
  }

private:
  void reach(LocationId id, int derefs) {
    Location& l = graph_.locations[id];
    if (derefs >= l.toHeap)
      return;
    l.toHeap = derefs;
    if (l.kind == Location::Site && derefs < 0)
      l.escapes = true;
    work_.push_back(id);
  }
  void drain() {
    while (!work_.empty()) {
      LocationId id = work_.pop_back_val();
      int base = std::max(graph_.at(id).toHeap, 0);
      for (const FlowEdge& e : graph_.at(id).in)
        reach(e.other, base + e.derefs);
    }
  }

  void toResult(LocationId result) {
    distance_.clear();
    distance_[result] = 0;
    llvm::SmallVector<LocationId, 32> work{result};
    while (!work.empty()) {
      LocationId id = work.pop_back_val();
      int base = std::max(distance_[id], 0);
      for (const FlowEdge& e : graph_.at(id).in) {
        int derefs = base + e.derefs;
        auto [it, fresh] = distance_.try_emplace(e.other, derefs);
        if (!fresh && it->second <= derefs)
          continue;
        it->second = derefs;
        work.push_back(e.other);
      }
    }
  }

  // All that leads to the object, with the most dereferences that it may take to get there.
  bool outlives(LocationId id) {
    Location& object = graph_.locations[id];
    constexpr int many = 8; // and more
    bool repeats = graph_.functions[object.function].inCycle.test(object.block);
    LocalId made = object.instr->dsts.empty() ? noLocal : object.instr->dsts[0];
    holders_.clear();
    llvm::SmallVector<LocationId, 32> work;
    auto visit = [&](const Location& from, int depth) {
      for (const FlowEdge& e : from.out) {
        if (depth < e.derefs)
          continue; // what the object holds, not the object
        int there = depth == many && e.derefs > 0 ? many : std::min(depth - e.derefs, many);
        auto [it, fresh] = holders_.try_emplace(e.other, there);
        if (!fresh && it->second >= there)
          continue;
        it->second = there;
        work.push_back(e.other);
      }
    };
    visit(object, -1);
    while (!work.empty()) {
      LocationId next = work.pop_back_val();
      const Location& l = graph_.at(next);
      if (l.kind == Location::Heap || l.isResult || graph_.encloses(l.function, object.function))
        return true;
      if (l.kind == Location::Deferred && l.function == object.function)
        object.deferred = true;
      visit(l, holders_.lookup(next));
    }
    if (!repeats)
      return false;
    std::unique_ptr<LocalEvents>& events = events_[object.function];
    if (!events)
      events = std::make_unique<LocalEvents>(*graph_.functions[object.function].f);
    for (const auto& [holder, depth] : holders_) {
      const Location& l = graph_.at(holder);
      if (l.kind == Location::Local && l.function == object.function && l.local != made && events->isStale(object.block, object.index, l.local))
        return true;
    }
    return false;
  }

  FlowGraph& graph_;
  llvm::SmallVector<LocationId, 64> work_;
  llvm::DenseMap<LocationId, int> distance_, holders_;
  std::vector<std::unique_ptr<LocalEvents>> events_;
};

/// Declared functions by calls between them.
class Components {
public:
  explicit Components(Module& module) {
    for (Function* f : module.functions)
      add(f);
    if (module.init)
      add(module.init);
    for (Function* f : nodes_)
      calls(*f, edges_.emplace_back());
  }

  template <typename Visit> void visit(Visit v) {
    visitComponents(edges_, [&](llvm::ArrayRef<int> members) {
      llvm::SmallVector<Function*, 4> component;
      for (int member : members)
        component.push_back(nodes_[member]);
      v(component);
    });
  }

private:
  void add(Function* f) {
    if (!f->hasBody())
      return;
    if (f->object)
      indices_[f->object] = static_cast<int>(nodes_.size());
    nodes_.push_back(f);
  }
  void calls(const Function& f, std::vector<int>& out) {
    for (const Block& b : f.blocks)
      for (const Instr& i : b.instrs)
        if (i.op == Opcode::Call && i.callee->kind == Callee::Static && i.callee->ref)
          if (auto it = indices_.find(i.callee->ref->func); it != indices_.end())
            out.push_back(it->second);
    for (const Function* c : f.closures)
      calls(*c, out);
  }

  std::vector<Function*> nodes_;
  std::vector<std::vector<int>> edges_;
  llvm::DenseMap<const Func*, int> indices_;
};

void analyse(llvm::ArrayRef<Function*> component, std::vector<EscapeNote>* notes) {
  FlowGraph graph(component);
  Solver solver(graph);
  solver.run();
  for (size_t i = 0; i < graph.functions.size(); ++i)
    if (Function* f = graph.functions[i].f; f->object && f->typeArgs.empty() && graph.functions[i].outer < 0)
      f->object->leaks = solver.leaks(static_cast<int>(i));
  markBorrowed(graph);
  if (!notes)
    return;
  for (const Location& l : graph.locations)
    if (l.kind == Location::Site)
      notes->push_back({graph.functions[l.function].f, l.instr, -1, l.escapes, {}});
  for (size_t i = 0; i < graph.functions.size(); ++i) {
    const Function& f = *graph.functions[i].f;
    size_t width = f.results.size() + 1;
    std::string leaks = solver.leaks(static_cast<int>(i));
    for (size_t p = 0; p < f.params.size(); ++p)
      if (!f.isWrapper && holdsPointers(f.locals[f.params[p]].type) && !solver.isMoved(static_cast<int>(i), f.params[p]))
        notes->push_back({&f, nullptr, static_cast<int>(p), false, leaks.substr(p * width, width)});
  }
}

} // namespace

FramePlace framePlace(const Function& f, const Instr& i) {
  TargetSizes sizes;
  auto fits = [&](Type* t, int64_t count, int64_t limit) {
    if (hasTypeParam(t) || (!f.typeArgs.empty() && (i.flags & Stack)))
      return FramePlace::Yes;
    int64_t size = sizes.sizeOf(t);
    return size >= 0 && count >= 0 && (size == 0 || count <= limit / size) ? FramePlace::Yes : FramePlace::No;
  };
  switch (i.op) {
  case Opcode::New: return fits(i.type, 1, stackLimit(i));
  case Opcode::MakeSlice: {
    const Operand& n = i.args.size() < 2 || i.args[1].isNone() ? i.args[0] : i.args[1];
    SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(coreType(i.type));
    if (!s)
      return FramePlace::No;
    int64_t size = hasTypeParam(i.type) ? 1 : sizes.sizeOf(s->elem);
    if (n.kind != Operand::Const)
      return size > 0 ? FramePlace::Buffer : FramePlace::No; // elements larger than the buffer: never there
    if (size <= 0)
      return FramePlace::No;
    bool exact = false;
    int64_t count = n.constant.toInt().int64Val(&exact);
    return exact ? fits(s->elem, count, stackObjectLimit) : FramePlace::No;
  }
  case Opcode::Convert:
    return isInterfaceType(i.type) ? fits(i.args[0].type, 1, stackObjectLimit) : FramePlace::Yes;
  case Opcode::MakeMap: case Opcode::MakeClosure: case Opcode::Concat: return FramePlace::Yes;
  default: return FramePlace::No;
  }
}

void escapeAnalysis(Module& module, std::vector<EscapeNote>* notes) {
  for (Function* f : module.functions)
    if (f->object && !f->hasBody()) {
      f->object->leaks = f->pragma & PragmaNoescape ? noLeaks(f->object) : std::string();
      f->object->quiet = isQuietNative(*f->object);
    }
  Components(module).visit([&](llvm::ArrayRef<Function*> component) { analyse(component, notes); });
}

void escapeAnalysis(Function& function) { analyse({&function}, nullptr); }

} // namespace stoat::mir
