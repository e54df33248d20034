// What flows where in each instruction (escape_graph.h).
#include "opt/escape_graph.h"

namespace stoat::mir {

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
  for (unsigned step = 0; step < FlowGraph::maxChase && value->kind == Operand::Local; ++step) {
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
  case Opcode::MapElement: // what is stored through the pointer leaks, as through every pointer to an unknown object
    leak(function, i.args[1]);
    flow(function, dst, i.args[0], 0);
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
