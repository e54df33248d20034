// Locations and edges of the instructions of a set of functions (escape_graph.h).
#include "opt/escape_graph.h"
#include "check/type_set.h"
#include "opt/components.h"

namespace stoat::mir {

bool isOnePointer(Type* t) {
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature: return true;
  case TypeKind::Basic: return llvm::cast<BasicType>(t)->basic == BasicKind::UnsafePointer;
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len == 1 && isOnePointer(llvm::cast<ArrayTypeT>(t)->elem);
  case TypeKind::Struct: {
    // Beside fields without size, as the lowering has it (isDirectInterface): the answer is only asked to be cautious for those, see conversion().
    StructTypeT* s = llvm::cast<StructTypeT>(t);
    return s->fields.size() == 1 && isOnePointer(s->fields[0]->type);
  }
  default: return false;
  }
}

// Whether a struct could be direct because all but one of its fields have no size.
static bool mayBeDirect(Type* t) {
  t = t->underlying();
  if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(t)) {
    for (Var* field : s->fields)
      if (isTypeParam(field->type) || mayBeDirect(field->type))
        return true;
    return false;
  }
  if (ArrayTypeT* a = llvm::dyn_cast<ArrayTypeT>(t))
    return a->len == 1 && (isTypeParam(a->elem) || mayBeDirect(a->elem));
  return isOnePointer(t);
}

bool holdsPointers(Type* t, unsigned depth) {
  if (!t || depth > 20)
    return true;
  if (isTypeParam(t)) {
    TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t));
    return !p || !typeParamIs(p, [&](const Term* term) { return term && !holdsPointers(term->type, depth + 1); });
  }
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Basic: {
    BasicType* b = llvm::cast<BasicType>(t);
    return b->basic == BasicKind::UnsafePointer || (b->info & IsString);
  }
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len != 0 && holdsPointers(llvm::cast<ArrayTypeT>(t)->elem, depth + 1);
  case TypeKind::Struct:
    for (Var* field : llvm::cast<StructTypeT>(t)->fields)
      if (holdsPointers(field->type, depth + 1))
        return true;
    return false;
  default: return true;
  }
}

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

namespace {

bool isString(Type* t) {
  BasicType* b = llvm::dyn_cast<BasicType>(t->underlying());
  return b && (b->info & IsString);
}
bool isUintptr(Type* t) {
  BasicType* b = t && !isTypeParam(t) ? llvm::dyn_cast<BasicType>(t->underlying()) : nullptr;
  return b && (b->info & IsInteger);
}
bool elementsHoldPointers(Type* t) {
  SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(t ? coreType(t) : nullptr);
  return s ? holdsPointers(s->elem) : t && !isString(t);
}

// What a projection path goes through: dereferences behind slices, strings and pointers to arrays.
struct Path {
  int derefs = 0;
  bool unknown = false; // goes through a value of which only an instance knows whether it is an array
};
Path pathOf(const Place& p) {
  Path path;
  Type* t = p.baseType;
  for (const Projection& projection : p.projections) {
    Type* core = t ? coreType(t) : nullptr;
    if (projection.kind == Projection::Index) {
      if (ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core)) {
        t = a->elem;
      } else if (SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(core)) {
        ++path.derefs;
        t = s->elem;
      } else if (PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(core)) {
        ++path.derefs;
        ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(coreType(pointer->elem));
        t = a ? a->elem : nullptr;
      } else if (core) { // string
        ++path.derefs;
        t = nullptr;
      } else {
        path.unknown = true;
        t = nullptr;
      }
    } else {
      StructTypeT* s = llvm::dyn_cast_or_null<StructTypeT>(core);
      if (!s || static_cast<size_t>(projection.field) >= s->fields.size()) {
        path.unknown |= t == nullptr;
        t = nullptr;
      } else {
        t = s->fields[projection.field]->type;
      }
    }
  }
  return path;
}

constexpr unsigned maxChase = 32;

} // namespace

// ---- the graph

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
      for (const Operand& o : i.args)
        valueRef(o);
      if (i.callee)
        valueRef(i.callee->value);
      if (i.cases)
        for (const SelectCase& c : *i.cases) {
          valueRef(c.value);
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
      for (const Operand& o : i.args)
        use(o);
      if (i.callee && i.callee->value.kind == Operand::Local) {
        use(i.callee->value);
        if (i.op == Opcode::Call && i.callee->kind == Callee::Closure)
          ++own.callUses[i.callee->value.local];
      }
      if (i.cases)
        for (const SelectCase& c : *i.cases)
          use(c.value);
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
  if (value.kind != Operand::Local || depth > maxChase)
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
  if (depth > maxChase)
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

void FlowGraph::flows(int function) {
  Function& f = *functions[function].f;
  for (size_t b = 0; b < f.blocks.size(); ++b)
    for (const Instr& i : f.blocks[b].instrs)
      instruction(function, i, static_cast<BlockId>(b));
  // Large parameters lie beside the defer frame, which is older than the body's: it must not point into that.
  if (f.hasDefer)
    for (LocalId p : f.params)
      if (Type* t = f.locals[p].type; isTypeParam(t) || llvm::isa<StructTypeT, ArrayTypeT>(t->underlying()))
        edge(functions[function].deferred, ofLocal(function, p), 0);
  for (size_t r = 0; r < f.resultBoxes.size(); ++r)
    if (LocalId box = f.resultBoxes[r]; box != noLocal) {
      edge(functions[function].deferred, ofLocal(function, box), 0);
      flow(function, f.results[r], ofLocal(function, box), 1);
    }
}

void FlowGraph::load(int function, const Instr& i) {
  const Place& p = *i.place;
  LocalId dst = i.dsts.empty() ? noLocal : i.dsts[0];
  if (dst == noLocal || !tracks(function, dst))
    return;
  Path path = pathOf(p);
  switch (p.base) {
  case Place::Local: flow(function, dst, ofLocal(function, p.local), path.derefs); break;
  case Place::Capture: flow(function, dst, functions[function].firstCapture + static_cast<LocationId>(p.capture), path.derefs); break;
  case Place::Deref:
    if (int object = objectOf(function, p.local); object >= 0)
      flow(function, dst, static_cast<LocationId>(object), path.derefs);
    else
      flow(function, dst, ofLocal(function, p.local), path.derefs + 1);
    break;
  default: break; // what package variables hold is in the heap
  }
}

// p.x = p.y, p.x = p.x[i:j], s[i] = s[j]: what the object held before it holds now. All of it in one block, so that it is the same object.
bool FlowGraph::isSelfAssignment(int function, const Instr& i, BlockId block, int derefs) const {
  const FlowFunction& own = functions[function];
  const Place& to = *i.place;
  auto isFixed = [&](LocalId l) { return own.definitions[l] == 1; };
  bool throughPointer = to.base == Place::Deref && derefs == 0, throughSlice = to.base == Place::Local && derefs == 1;
  if ((!throughPointer && !throughSlice) || !isFixed(to.local))
    return false;
  const Operand* value = &i.args[0];
  const Instr *first = own.f->blocks[block].instrs.data(), *before = &i;
  for (unsigned step = 0; step < maxChase && value->kind == Operand::Local; ++step) {
    const Instr* by = isFixed(value->local) ? own.definition[value->local] : nullptr;
    if (!by || by < first || by >= before)
      return false;
    before = by;
    if (by->op == Opcode::Load) {
      const Place& from = *by->place;
      Path path = pathOf(from);
      const Instr* base = own.definition[to.local];
      bool changes = base && base > by && base < &i;
      return from.base == to.base && from.local == to.local && !path.unknown && path.derefs == derefs && !changes;
    }
    bool isPart = by->op == Opcode::Copy || (by->op == Opcode::Slice && !isTypeParam(by->args[0].type) && llvm::isa_and_nonnull<SliceTypeT, BasicType>(coreType(by->args[0].type)));
    if (!isPart)
      return false;
    value = &by->args[0];
  }
  return false;
}

void FlowGraph::store(int function, const Instr& i, BlockId block) {
  const Place& p = *i.place;
  LocationId value = ofOperand(function, i.args[0]);
  if (value == noLocation)
    return;
  Path path = pathOf(p);
  if (!path.unknown && isSelfAssignment(function, i, block, path.derefs))
    return;
  if (path.unknown)
    edge(heapLocation, value, 0);
  if (p.base == Place::Local) {
    if (!path.derefs)
      return edge(ofLocal(function, p.local), value, 0);
    // s[i] = v
    Type* core = coreType(p.baseType);
    bool direct = path.derefs == 1 && p.projections[0].kind == Projection::Index && core && !llvm::isa<ArrayTypeT>(core);
    int object = direct ? objectOf(function, p.local) : -1;
    return edge(object >= 0 ? static_cast<LocationId>(object) : heapLocation, value, 0);
  }
  if (p.base == Place::Deref && !path.derefs)
    if (int object = objectOf(function, p.local); object >= 0)
      return edge(static_cast<LocationId>(object), value, 0);
  if (p.base == Place::Capture && !path.derefs)
    return edge(functions[function].firstCapture + static_cast<LocationId>(p.capture), value, 0);
  edge(heapLocation, value, 0);
}

void FlowGraph::conversion(int function, const Instr& i) {
  Type *from = i.args[0].type, *to = i.type;
  LocalId dst = i.dsts.empty() ? noLocal : i.dsts[0];
  LocationId made = site(i);
  if (isTypeParam(to)) {
    flow(function, dst, i.args[0], 0);
    return;
  }
  if (isInterfaceType(to)) {
    if (made == noLocation || isTypeParam(from) || mayBeDirect(from))
      flow(function, dst, i.args[0], 0);
    if (made != noLocation) {
      flow(function, dst, made, -1);
      edge(made, ofOperand(function, i.args[0]), 0);
    }
    return;
  }
  if (isTypeParam(from)) {
    flow(function, dst, i.args[0], 0);
    return;
  }
  if (made != noLocation) { // between strings and slices: a copy
    flow(function, dst, made, -1);
    return;
  }
  Type *a = from->underlying(), *b = to->underlying();
  flow(function, dst, i.args[0], llvm::isa<SliceTypeT>(a) && llvm::isa<ArrayTypeT>(b) ? 1 : 0);
}

void FlowGraph::instruction(int function, const Instr& i, BlockId block) {
  LocalId dst = i.dsts.empty() ? noLocal : i.dsts[0];
  switch (i.op) {
  case Opcode::Copy: case Opcode::UnsafeAdd: case Opcode::UnsafeSlice: case Opcode::UnsafeSliceData: case Opcode::UnsafeString: case Opcode::UnsafeStringData:
  case Opcode::Slice:
    flow(function, dst, i.args[0], 0);
    return;
  case Opcode::Load: load(function, i); return;
  case Opcode::Store: store(function, i, block); return;
  case Opcode::Addr: {
    const Place& p = *i.place;
    Path path = pathOf(p);
    if (p.base == Place::Deref) {
      int object = path.derefs ? objectOf(function, p.local) : -1;
      if (object >= 0)
        flow(function, dst, static_cast<LocationId>(object), path.derefs - 1);
      else
        flow(function, dst, ofLocal(function, p.local), path.derefs);
      if (path.unknown)
        flow(function, dst, ofLocal(function, p.local), 0);
    } else if (p.base == Place::Local) {
      flow(function, dst, ofLocal(function, p.local), path.derefs - 1);
    }
    return;
  }
  case Opcode::New: case Opcode::MakeSlice: case Opcode::MakeMap: flow(function, dst, site(i), -1); return;
  case Opcode::Concat:
    flow(function, dst, site(i), -1); // the runtime copies a single operand that is not empty, too, if it lies on the stack
    return;
  case Opcode::Neg: case Opcode::Com: case Opcode::Add: case Opcode::Sub: case Opcode::Mul: case Opcode::Div: case Opcode::Rem:
  case Opcode::And: case Opcode::Or: case Opcode::Xor: case Opcode::AndNot: case Opcode::Min: case Opcode::Max:
    for (const Operand& o : i.args)
      flow(function, dst, o, 0);
    return;
  case Opcode::Shl: case Opcode::Shr: flow(function, dst, i.args[0], 0); return;
  case Opcode::Convert: conversion(function, i); return;
  case Opcode::Index: {
    Type* core = coreType(i.args[0].type);
    flow(function, dst, i.args[0], llvm::isa_and_nonnull<SliceTypeT>(core) || llvm::isa_and_nonnull<PointerType>(core) ? 1 : 0);
    return;
  }
  case Opcode::Append:
    flow(function, dst, i.args[0], 0);
    if (elementsHoldPointers(i.args[0].type)) { // a larger array holds what the old one held
      leak(function, i.args[0], 1);
      for (size_t a = 1; a < i.args.size(); ++a)
        leak(function, i.args[a]);
    }
    return;
  case Opcode::AppendSlice:
    flow(function, dst, i.args[0], 0);
    if (elementsHoldPointers(i.args[0].type)) {
      leak(function, i.args[0], 1);
      leak(function, i.args[1], 1);
    }
    return;
  case Opcode::CopySlice:
    if (elementsHoldPointers(i.args[0].type))
      leak(function, i.args[1], 1);
    return;
  case Opcode::TypeAssert: {
    bool same = isTypeParam(i.type) || isInterfaceType(i.type) || mayBeDirect(i.type);
    flow(function, dst, i.args[0], same ? 0 : 1);
    return;
  }
  case Opcode::MapStore:
    leak(function, i.args[1]);
    leak(function, i.args[2]);
    return;
  case Opcode::MapIterStart: flow(function, i.place->local, i.args[0], 0); return;
  case Opcode::Send: leak(function, i.args[1]); return;
  case Opcode::Select:
    if (i.cases)
      for (const SelectCase& c : *i.cases)
        if (c.isSend)
          leak(function, c.value);
    return;
  case Opcode::Call: call(function, i); return;
  case Opcode::MakeClosure: {
    LocationId made = site(i);
    if (made == noLocation)
      return;
    flow(function, dst, made, -1);
    int body = bodyOf(i.callee->ref);
    for (size_t a = 0; a < i.args.size(); ++a) {
      LocationId value = ofOperand(function, i.args[a]);
      edge(made, value, 0);
      if (body >= 0 && a < functions[body].f->captures.size())
        edge(functions[body].firstCapture + static_cast<LocationId>(a), value, 0);
      else
        edge(heapLocation, value, 0);
    }
    return;
  }
  case Opcode::Defer:
    if (i.args.size() > 1 || functions[function].inCycle.test(block))
      leak(function, i.args[0]);
    else
      edge(functions[function].deferred, ofOperand(function, i.args[0]), 0);
    return;
  case Opcode::Go: case Opcode::Panic: leak(function, i.args[0]); return;
  // These keep nothing, and what they yield is no pointer or comes from the heap.
  case Opcode::Not: case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge: case Opcode::MakeComplex:
  case Opcode::Real: case Opcode::Imag: case Opcode::NilCheck: case Opcode::BoundsCheck: case Opcode::Len: case Opcode::Cap: case Opcode::Clear:
  case Opcode::DecodeRune: case Opcode::MapLookup: case Opcode::MapDelete: case Opcode::MapIterNext: case Opcode::DeferFrame: case Opcode::Recover:
  case Opcode::MakeChan: case Opcode::Recv: case Opcode::Close: case Opcode::Print: case Opcode::SizeOf: case Opcode::AlignOf: case Opcode::OffsetOf:
  case Opcode::Jump: case Opcode::Branch: case Opcode::Switch: case Opcode::Return: case Opcode::Unreachable:
    return;
  }
}

void FlowGraph::call(int function, const Instr& i) {
  const Callee& callee = *i.callee;
  if (callee.kind == Callee::Static && callee.ref) {
    if (int body = bodyOf(callee.ref); body >= 0)
      return callBody(function, i, body);
    if (callee.ref->func)
      return callTagged(function, i, callee.ref->func);
  }
  if (callee.kind == Callee::Closure)
    if (int body = closureOf(function, callee.value); body >= 0)
      return callBody(function, i, body);
  for (const Operand& o : i.args)
    leak(function, o);
  if (callee.kind == Callee::InterfaceMethod || callee.kind == Callee::TypeParamMethod)
    leak(function, callee.value);
}

void FlowGraph::callBody(int function, const Instr& i, int callee) {
  const Function& body = *functions[callee].f;
  for (size_t a = 0; a < i.args.size(); ++a)
    if (a < body.params.size())
      flow(callee, body.params[a], ofOperand(function, i.args[a]), 0);
    else
      leak(function, i.args[a]);
  for (size_t r = 0; r < i.dsts.size() && r < body.results.size(); ++r)
    flow(function, i.dsts[r], ofLocal(callee, body.results[r]), 0);
}

void FlowGraph::callTagged(int function, const Instr& i, const Func* callee) {
  const std::string& leaks = callee->leaks;
  const Signature* s = callee->signature();
  size_t width = 1 + (s && s->results ? s->results->vars.size() : 0);
  for (size_t a = 0; a < i.args.size(); ++a) {
    if ((a + 1) * width > leaks.size()) {
      leak(function, i.args[a]);
      continue;
    }
    const char* row = leaks.data() + a * width;
    if (row[0])
      leak(function, i.args[a], row[0] - 1);
    for (size_t r = 0; r + 1 < width && r < i.dsts.size(); ++r)
      if (row[r + 1])
        flow(function, i.dsts[r], i.args[a], row[r + 1] - 1);
  }
}

} // namespace stoat::mir
