// Locations, and what a local stands for (escape_graph.h); the flows between them are in escape_flow.cpp.
#include "opt/escape_graph.h"
#include "opt/components.h"

namespace stoat::mir {

std::string noLeaks(const Func* func) {
  const Signature* s = func->signature();
  size_t results = s->results ? s->results->vars.size() : 0, params = (s->params ? s->params->vars.size() : 0) + (s->recv ? 1 : 0);
  return std::string(params * (results + 1), '\0');
}

// Blocks that can be executed again after themselves.
static llvm::BitVector blocksInCycles(const Function& f) {
  std::vector<std::vector<int>> edges(f.blocks.size());
  for (size_t b = 0; b < f.blocks.size(); ++b)
    edges[b].assign(f.blocks[b].instrs.back().targets.begin(), f.blocks[b].instrs.back().targets.end());
  llvm::BitVector result(f.blocks.size());
  visitComponents(edges, [&](llvm::ArrayRef<int> members) {
    for (int b : members)
      if (members.size() > 1 || llvm::is_contained(edges[b], b))
        result.set(b);
  });
  return result;
}

FlowGraph::FlowGraph(llvm::ArrayRef<Function*> roots) {
  addLocation(Location::Heap, -1);
  for (Function* f : roots)
    add(f, -1);
  for (size_t i = 0; i < functions.size(); ++i)
    scan(static_cast<int>(i));
  for (size_t i = 0; i < functions.size(); ++i)
    countUses(static_cast<int>(i));
  for (FlowFunction& g : functions) {
    g.isCalledOnly = g.outer >= 0 && !g.makers.empty();
    for (const std::pair<int, const Instr*>& maker : g.makers)
      g.isCalledOnly = g.isCalledOnly && maker.second && !escapesAsValue(maker.first, *maker.second);
    if (!g.isCalledOnly)
      for (LocalId r : g.f->results)
        locations[g.firstLocal + static_cast<LocationId>(r)].isResult = true;
  }
  for (size_t i = 0; i < functions.size(); ++i)
    flows(static_cast<int>(i));
}

bool FlowGraph::encloses(int outer, int inner) const {
  if (inner < 0 || outer < 0)
    return false;
  for (int f = functions[inner].outer; f >= 0; f = functions[f].outer)
    if (f == outer)
      return true;
  return false;
}

LocationId FlowGraph::addLocation(Location::Kind kind, int function) {
  Location& l = locations.emplace_back();
  l.kind = kind;
  l.function = function;
  return static_cast<LocationId>(locations.size() - 1);
}

void FlowGraph::add(Function* f, int outer) {
  if (!f->hasBody())
    return;
  int index = static_cast<int>(functions.size());
  indices_[f] = index;
  if (f->object)
    declared_[f->object] = index;
  FlowFunction& own = functions.emplace_back();
  own.f = f;
  own.outer = outer;
  own.definition.resize(f->locals.size());
  own.definitions.resize(f->locals.size());
  own.uses.resize(f->locals.size());
  own.callUses.resize(f->locals.size());
  own.object.assign(f->locals.size(), -2);
  own.inCycle = blocksInCycles(*f);
  own.firstLocal = static_cast<LocationId>(locations.size());
  for (size_t i = 0; i < f->locals.size(); ++i)
    locations[addLocation(Location::Local, index)].local = static_cast<LocalId>(i);
  own.firstCapture = static_cast<LocationId>(locations.size());
  for (size_t i = 0; i < f->captures.size(); ++i)
    addLocation(Location::Capture, index);
  own.deferred = addLocation(Location::Deferred, index);
  for (Function* c : f->closures)
    add(c, index);
}

// What makes an object, as far as the frame may hold it.
static bool isSite(const Instr& i) {
  switch (i.op) {
  case Opcode::New: case Opcode::MakeSlice: case Opcode::MakeMap: case Opcode::Concat: return true;
  case Opcode::MakeClosure: return !i.args.empty();
  case Opcode::Convert: {
    Type *from = i.args[0].type, *to = i.type;
    if (isTypeParam(to))
      return false;
    if (isInterfaceType(to)) {
      BasicType* basic = llvm::dyn_cast<BasicType>(unalias(from));
      return !isInterfaceType(from) && (isTypeParam(from) || !isOnePointer(from)) && !(basic && basic->basic == BasicKind::UntypedNil);
    }
    return !isTypeParam(from) && isString(from) != isString(to);
  }
  default: return false;
  }
}

void FlowGraph::scan(int function) {
  FlowFunction* own = &functions[function];
  Function& f = *own->f;
  auto define = [&](LocalId l, const Instr* by) {
    if (l == noLocal)
      return;
    own->definition[l] = own->definitions[l] ? nullptr : by;
    if (own->definitions[l] < 2)
      ++own->definitions[l];
  };
  for (LocalId p : f.params)
    define(p, nullptr);
  auto valueRef = [&](const Operand& o) {
    if (o.kind == Operand::FuncValue && o.func && o.func->closure)
      if (auto it = indices_.find(o.func->closure); it != indices_.end())
        functions[it->second].makers.push_back({function, nullptr});
  };
  for (size_t b = 0; b < f.blocks.size(); ++b) {
    for (size_t k = 0; k < f.blocks[b].instrs.size(); ++k) {
      Instr& i = f.blocks[b].instrs[k];
      for (LocalId d : i.dsts)
        define(d, &i);
      visitOperands(i, valueRef);
      if (i.cases)
        for (const SelectCase& c : *i.cases) {
          if (!c.isSend && c.recvDst != noLocal) {
            define(c.recvDst, nullptr);
            define(c.recvDst, nullptr);
          }
        }
      if (i.op == Opcode::Store && i.place && i.place->base == Place::Local && !pathOf(*i.place).derefs)
        define(i.place->local, i.place->projections.empty() ? &i : nullptr);
      if (i.op == Opcode::MakeClosure)
        if (int body = bodyOf(i.callee->ref); body >= 0)
          functions[body].makers.push_back({function, &i});
      if (isSite(i)) {
        LocationId id = addLocation(Location::Site, function);
        locations[id].instr = &i;
        locations[id].block = static_cast<BlockId>(b);
        locations[id].index = static_cast<int>(k);
        sites_[&i] = id;
      }
    }
  }
}

void FlowGraph::countUses(int function) {
  FlowFunction& own = functions[function];
  if (own.f->closures.empty())
    return;
  auto use = [&](const Operand& o) {
    if (o.kind == Operand::Local)
      ++own.uses[o.local];
  };
  for (const Block& b : own.f->blocks)
    for (const Instr& i : b.instrs) {
      visitOperands(i, use);
      if (i.op == Opcode::Call && i.callee->kind == Callee::Closure && i.callee->value.kind == Operand::Local)
        ++own.callUses[i.callee->value.local];
      if (i.place && (i.place->base == Place::Local || i.place->base == Place::Deref))
        ++own.uses[i.place->local];
    }
}

// Whether the closure that `maker` makes is used otherwise than to be called by name.
bool FlowGraph::escapesAsValue(int function, const Instr& maker) {
  const FlowFunction& own = functions[function];
  if (maker.dsts.empty() || maker.dsts[0] == noLocal)
    return false;
  LocalId l = maker.dsts[0];
  if (own.definitions[l] != 1 || locations[own.firstLocal + static_cast<LocationId>(l)].isResult)
    return true;
  for (LocalId r : own.f->results)
    if (r == l)
      return true;
  uint32_t calls = own.callUses[l], uses = own.uses[l];
  if (calls == uses)
    return false;
  if (uses != calls + 1)
    return true;
  // f := func...: one copy to a variable.
  for (size_t c = 0; c < own.f->locals.size(); ++c)
    if (const Instr* copy = own.definition[c]; copy && copy->op == Opcode::Copy && copy->args[0].kind == Operand::Local && copy->args[0].local == l)
      return escapesAsValue(function, *copy);
  return true;
}

int FlowGraph::bodyOf(const FuncRef* ref) const {
  if (!ref)
    return -1;
  if (ref->closure) {
    auto it = indices_.find(ref->closure);
    return it == indices_.end() ? -1 : it->second;
  }
  auto it = declared_.find(ref->func);
  if (it == declared_.end())
    return -1;
  // An instance that calls another instance of its function.
  llvm::ArrayRef<Type*> own = functions[it->second].f->typeArgs;
  if (!own.empty() && !std::equal(own.begin(), own.end(), ref->typeArgs.begin(), ref->typeArgs.end(), [](Type* a, Type* b) { return identical(a, b); }))
    return -1;
  return it->second;
}

LocationId FlowGraph::site(const Instr& i) const {
  auto it = sites_.find(&i);
  return it == sites_.end() ? noLocation : it->second;
}

LocationId FlowGraph::ofOperand(int function, const Operand& o) const { return o.kind == Operand::Local ? ofLocal(function, o.local) : noLocation; }

// Integers are followed in temporaries only: unsafe.Pointer(uintptr(p) + n) keeps p, an integer variable does not.
bool FlowGraph::tracks(int function, LocalId local) const {
  const LocalInfo& info = functions[function].f->locals[local];
  if (info.isMapIter || holdsPointers(info.type))
    return true;
  return info.kind == LocalKind::Temp && isUintptr(info.type);
}

void FlowGraph::edge(LocationId to, LocationId from, int derefs) {
  if (to == noLocation || from == noLocation || to == from || from == heapLocation)
    return;
  const Location& source = locations[from];
  if (source.kind == Location::Local && !tracks(source.function, source.local))
    return;
  if (to == heapLocation && source.kind == Location::Local && derefs >= 0 && !holdsPointers(functions[source.function].f->locals[source.local].type))
    return;
  locations[to].in.push_back({from, derefs});
  locations[from].out.push_back({to, derefs});
}

void FlowGraph::flow(int function, LocalId to, LocationId from, int derefs) {
  if (to != noLocal && tracks(function, to))
    edge(ofLocal(function, to), from, derefs);
}
void FlowGraph::flow(int function, LocalId to, const Operand& from, int derefs) { flow(function, to, ofOperand(function, from), derefs); }

// The function of the graph that `value` is a closure of, or -1.
int FlowGraph::closureOf(int function, const Operand& value, unsigned depth) const {
  if (value.kind == Operand::FuncValue)
    return bodyOf(value.func);
  if (value.kind != Operand::Local || depth > FlowGraph::maxChase)
    return -1;
  const FlowFunction& own = functions[function];
  const Instr* by = own.definition[value.local];
  if (!by || own.definitions[value.local] != 1)
    return -1;
  if (by->op == Opcode::MakeClosure)
    return bodyOf(by->callee->ref);
  return by->op == Opcode::Copy ? closureOf(function, by->args[0], depth + 1) : -1;
}

// The one allocation whose object `local` points into, if its only definition says so; -1: unknown. (Before that definition it is nil.)
int FlowGraph::objectOf(int function, LocalId local, unsigned depth) {
  FlowFunction& own = functions[function];
  if (depth > FlowGraph::maxChase)
    return -1;
  int& known = own.object[local];
  if (known != -2)
    return known;
  known = -1;
  const Instr* by = own.definition[local];
  if (!by || own.definitions[local] != 1)
    return -1;
  auto ofArgument = [&](const Operand& o) { return o.kind == Operand::Local ? objectOf(function, o.local, depth + 1) : -1; };
  int result = -1;
  switch (by->op) {
  case Opcode::New: case Opcode::MakeSlice: result = static_cast<int>(site(*by)); break;
  case Opcode::Copy: result = ofArgument(by->args[0]); break;
  case Opcode::Slice:
    if (!isTypeParam(by->args[0].type) && !isString(by->args[0].type))
      result = ofArgument(by->args[0]);
    break;
  case Opcode::Addr: {
    Path path = pathOf(*by->place);
    if (by->place->base == Place::Deref && !path.derefs && !path.unknown)
      result = objectOf(function, by->place->local, depth + 1);
    break;
  }
  case Opcode::Store: // to the whole local
    result = ofArgument(by->args[0]);
    break;
  case Opcode::Load: {
    const Place& p = *by->place;
    if (p.base != Place::Capture || !p.projections.empty() || own.makers.size() != 1 || !own.makers[0].second)
      break;
    const Instr& maker = *own.makers[0].second;
    if (static_cast<size_t>(p.capture) < maker.args.size() && maker.args[p.capture].kind == Operand::Local)
      result = objectOf(own.makers[0].first, maker.args[p.capture].local, depth + 1);
    break;
  }
  default: break;
  }
  return functions[function].object[local] = result;
}

} // namespace stoat::mir
