// Equality and hash functions of types, for descriptors, maps and interface comparison. They are synthesised as MIR, so that comparison has one
// lowering only: fields in gc's order (fieldComparisons), arrays by a loop, plain memory as a whole.
// Hashes chain field by field with the runtime's functions for the leaves, as the overlay's typehash does.
#include "lower/module_state.h"
#include "base/arena.h"

namespace stoat::lower {

using mir::Opcode;
using mir::Operand;

namespace {

// Appends instructions to one synthesised function.
class MirWriter {
public:
  explicit MirWriter(mir::Function& f) : f(f) {}
  mir::Function& f;
  mir::BlockId at = 0;

  mir::BlockId block() {
    f.blocks.emplace_back();
    return static_cast<mir::BlockId>(f.blocks.size()) - 1;
  }
  mir::LocalId local(Type* type) {
    mir::LocalInfo info;
    info.type = type;
    f.locals.push_back(info);
    return static_cast<mir::LocalId>(f.locals.size()) - 1;
  }
  Operand use(mir::LocalId id) { return Operand::ofLocal(id, f.locals[id].type); }
  mir::Instr& emit(Opcode op) {
    mir::Instr instr;
    instr.op = op;
    f.blocks[at].instrs.push_back(instr);
    return f.blocks[at].instrs.back();
  }
  void jump(mir::BlockId to) { emit(Opcode::Jump).targets = {to}; }
  void branch(Operand condition, mir::BlockId yes, mir::BlockId no) {
    mir::Instr& instr = emit(Opcode::Branch);
    instr.args = {condition};
    instr.targets = {yes, no};
  }
  void copy(mir::LocalId to, Operand from) {
    mir::Instr& instr = emit(Opcode::Copy);
    instr.args = {from};
    instr.dsts = {to};
  }
  /// p -> *p, p.field or p[i]; p of type *T.
  mir::Place* place(mir::LocalId pointer, Type* base, const mir::Projection* projection, Type* type) {
    mir::Place* result = mir::mirArena().make<mir::Place>();
    result->base = mir::Place::Deref;
    result->local = pointer;
    result->baseType = base;
    result->type = type;
    if (projection)
      result->projections.push_back(*projection);
    return result;
  }
  mir::LocalId load(mir::Place* place) {
    mir::LocalId to = local(place->type);
    mir::Instr& instr = emit(Opcode::Load);
    instr.place = place;
    instr.dsts = {to};
    return to;
  }
  mir::LocalId address(mir::Place* place, Type* pointer = basicType(BasicKind::UnsafePointer)) {
    mir::LocalId to = local(pointer);
    mir::Instr& instr = emit(Opcode::Addr);
    instr.place = place;
    instr.dsts = {to};
    return to;
  }
  mir::LocalId binary(Opcode op, Operand x, Operand y, Type* type) {
    mir::LocalId to = local(type);
    mir::Instr& instr = emit(op);
    instr.args = {x, y};
    instr.dsts = {to};
    return to;
  }
};

mir::Projection fieldProjection(size_t i) {
  mir::Projection projection;
  projection.kind = mir::Projection::Field;
  projection.field = static_cast<int>(i);
  return projection;
}

mir::Projection indexProjection(Operand index) {
  mir::Projection projection;
  projection.kind = mir::Projection::Index;
  projection.index = index;
  return projection;
}

} // namespace

mir::Function* ModuleState::algFunction(llvm::StringRef symbol, llvm::ArrayRef<Type*> params, Type* result) {
  mir::Function* f = mir::mirArena().make<mir::Function>();
  f->symbol = symbol.str();
  f->isComdat = true;
  f->isWrapper = true;
  for (Type* type : params) {
    mir::LocalInfo local;
    local.type = type;
    local.kind = mir::LocalKind::Param;
    f->params.push_back(static_cast<mir::LocalId>(f->locals.size()));
    f->locals.push_back(local);
  }
  mir::LocalInfo local;
  local.type = result;
  local.kind = mir::LocalKind::Result;
  f->results.push_back(static_cast<mir::LocalId>(f->locals.size()));
  f->locals.push_back(local);
  f->blocks.emplace_back();
  return f;
}

// Comparison of values of the type may panic: an interface inside may hold something that cannot be compared.
static bool equalMayPanic(ModuleState& m, TypeInfo& type) {
  switch (m.algKind(type)) {
  case AlgKind::Interface: case AlgKind::EmptyInterface: return true;
  case AlgKind::Special: break;
  default: return false;
  }
  if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(type.under))
    return equalMayPanic(m, m.info(array->elem));
  if (StructTypeT* record = llvm::dyn_cast<StructTypeT>(type.under))
    for (Var* field : record->fields)
      if (field->name != "_" && equalMayPanic(m, m.info(field->type)))
        return true;
  return false;
}

// gc's order: what costs a call comes last, lengths of strings come before their bytes; nothing crosses a comparison that may panic.
llvm::SmallVector<FieldComparison, 8> ModuleState::fieldComparisons(StructTypeT* record) {
  llvm::SmallVector<FieldComparison, 8> steps, calls;
  auto flush = [&] {
    steps.append(calls);
    calls.clear();
  };
  for (size_t i = 0; i < record->fields.size(); ++i) {
    if (record->fields[i]->name == "_")
      continue;
    TypeInfo& type = info(record->fields[i]->type);
    if (type.size == 0)
      continue;
    if (equalMayPanic(*this, type)) {
      flush();
      steps.push_back({i, false});
      continue;
    }
    AlgKind kind = algKind(type);
    if (kind == AlgKind::String) {
      steps.push_back({i, true});
      calls.push_back({i, false});
    } else if (kind == AlgKind::Special || type.inMemory) {
      calls.push_back({i, false});
    } else {
      steps.push_back({i, false});
    }
  }
  flush();
  return steps;
}

static Signature* signatureOf(llvm::ArrayRef<Type*> params, Type* result) {
  auto var = [](Type* t) {
    Var* v = typeArena().make<Var>();
    v->type = t;
    return v;
  };
  Signature* signature = typeArena().make<Signature>();
  signature->params = typeArena().make<TupleType>();
  signature->results = typeArena().make<TupleType>();
  for (Type* t : params)
    signature->params->vars.push_back(var(t));
  signature->results->vars = {var(result)};
  return signature;
}

llvm::Function* ModuleState::equalFunction(TypeInfo& type) {
  AlgKind kind = algKind(type);
  // Plain memory of one size shares a function.
  std::string symbol = kind == AlgKind::Memory ? "type:.eqmem." + std::to_string(type.size) : "type:.eq." + type.key;
  llvm::Function*& known = algFunctions_[symbol];
  if (known)
    return known;
  Type* boolean = basicType(BasicKind::Bool);
  Type* integer = basicType(BasicKind::Int);
  Type* subject = type.type;
  if (kind == AlgKind::Memory) {
    unsigned unit = type.size == 8 ? 8 : type.size == 4 ? 4 : type.size == 2 ? 2 : type.size == 1 ? 1 : 0;
    if (unit)
      subject = basicType(unit == 8 ? BasicKind::Uint64 : unit == 4 ? BasicKind::Uint32 : unit == 2 ? BasicKind::Uint16 : BasicKind::Uint8);
    else
      subject = typeArena().make<ArrayTypeT>(basicType(BasicKind::Uint8), type.size);
  }
  PointerType* pointer = typeArena().make<PointerType>(subject);
  mir::Function* f = algFunction(symbol, {pointer, pointer}, boolean);
  known = functionFor(f);
  equalBodies_[known] = f;
  MirWriter w(*f);
  mir::LocalId p = f->params[0], q = f->params[1], result = f->results[0];
  StructTypeT* record = llvm::dyn_cast<StructTypeT>(subject->underlying());
  ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(subject->underlying());
  Operand yes = Operand::ofConst(ConstValue::makeBool(true), boolean);
  // Parts that live in memory are compared there, by a function of their own: a copy could be larger than any stack.
  auto samePart = [&](const mir::Projection& projection, Type* part) {
    TypeInfo& partInfo = info(part);
    if (!partInfo.inMemory || partInfo.size == 0) {
      mir::LocalId x = w.load(w.place(p, subject, &projection, part)), y = w.load(w.place(q, subject, &projection, part));
      return w.binary(Opcode::Eq, w.use(x), w.use(y), boolean);
    }
    mir::Instr call;
    call.op = Opcode::Call;
    call.callee = mir::mirArena().make<mir::Callee>();
    call.callee->kind = mir::Callee::Static;
    call.callee->ref = mir::mirArena().make<mir::FuncRef>();
    call.callee->ref->closure = equalBodies_.lookup(equalFunction(partInfo));
    call.callee->signature = signatureOf({typeArena().make<PointerType>(part), typeArena().make<PointerType>(part)}, boolean);
    for (mir::LocalId base : {p, q})
      call.args.push_back(w.use(w.address(w.place(base, subject, &projection, part), call.callee->signature->params->vars[0]->type)));
    mir::LocalId same = w.local(boolean);
    call.dsts = {same};
    w.emit(Opcode::Call) = call;
    return same;
  };
  if (kind == AlgKind::Special && record) {
    for (const FieldComparison& step : fieldComparisons(record)) {
      mir::Projection projection = fieldProjection(step.field);
      Type* fieldType = record->fields[step.field]->type;
      mir::LocalId same = mir::noLocal;
      if (step.lengths) {
        mir::LocalId lengths[2];
        for (int side = 0; side < 2; ++side) {
          mir::LocalId value = w.load(w.place(side ? q : p, subject, &projection, fieldType));
          lengths[side] = w.local(integer);
          mir::Instr& instr = w.emit(Opcode::Len);
          instr.args = {w.use(value)};
          instr.dsts = {lengths[side]};
        }
        same = w.binary(Opcode::Eq, w.use(lengths[0]), w.use(lengths[1]), boolean);
      } else {
        same = samePart(projection, fieldType);
      }
      mir::BlockId next = w.block(), differ = w.block();
      w.branch(w.use(same), next, differ);
      w.at = differ;
      w.emit(Opcode::Return);
      w.at = next;
    }
    w.copy(result, yes);
    w.emit(Opcode::Return);
  } else if (kind == AlgKind::Special && array) {
    mir::LocalId i = w.local(integer);
    w.copy(i, Operand::ofConst(ConstValue::makeInt64(0), integer));
    mir::BlockId loop = w.block(), body = w.block(), next = w.block(), differ = w.block(), done = w.block();
    w.jump(loop);
    w.at = loop;
    mir::LocalId more = w.binary(Opcode::Lt, w.use(i), Operand::ofConst(ConstValue::makeInt64(array->len), integer), boolean);
    w.branch(w.use(more), body, done);
    w.at = body;
    mir::Projection projection = indexProjection(w.use(i));
    mir::LocalId same = samePart(projection, array->elem);
    w.branch(w.use(same), next, differ);
    w.at = next;
    w.copy(i, w.use(w.binary(Opcode::Add, w.use(i), Operand::ofConst(ConstValue::makeInt64(1), integer), integer)));
    w.jump(loop);
    w.at = differ;
    w.emit(Opcode::Return);
    w.at = done;
    w.copy(result, yes);
    w.emit(Opcode::Return);
  } else if (kind == AlgKind::Memory && type.size == 0) {
    w.copy(result, yes);
    w.emit(Opcode::Return);
  } else if (kind == AlgKind::Memory && array) {
    Func* native = typeArena().make<Func>();
    native->name = native->linkSymbol = "stoat_memequal";
    Signature* signature = signatureOf({pointer, pointer, integer}, boolean);
    native->type = signature;
    mir::Instr& call = w.emit(Opcode::Call);
    call.callee = mir::mirArena().make<mir::Callee>();
    call.callee->kind = mir::Callee::Static;
    call.callee->signature = signature;
    call.callee->ref = mir::mirArena().make<mir::FuncRef>();
    call.callee->ref->func = native;
    call.args = {w.use(p), w.use(q), Operand::ofConst(ConstValue::makeInt64(type.size), integer)};
    call.dsts = {result};
    w.emit(Opcode::Return);
  } else {
    mir::LocalId x = w.load(w.place(p, subject, nullptr, subject));
    mir::LocalId y = w.load(w.place(q, subject, nullptr, subject));
    w.copy(result, w.use(w.binary(Opcode::Eq, w.use(x), w.use(y), boolean)));
    w.emit(Opcode::Return);
  }
  pending_.push_back({f, known});
  return known;
}

llvm::Function* ModuleState::hashFunction(TypeInfo& type) {
  AlgKind kind = algKind(type);
  std::string symbol = kind == AlgKind::Memory ? "type:.hashmem." + std::to_string(type.size) : "type:.hash." + type.key;
  llvm::Function*& known = algFunctions_[symbol];
  if (known)
    return known;
  Type* uintptr = basicType(BasicKind::Uintptr);
  Type* integer = basicType(BasicKind::Int);
  Type* unsafePointer = basicType(BasicKind::UnsafePointer);
  Type* subject = kind == AlgKind::Memory ? basicType(BasicKind::Uint8) : type.type;
  PointerType* pointer = typeArena().make<PointerType>(subject);
  mir::Function* f = algFunction(symbol, {pointer, uintptr}, uintptr);
  known = functionFor(f);
  pending_.push_back({f, known});
  MirWriter w(*f);
  mir::LocalId p = f->params[0], h = f->params[1];
  auto call = [&](llvm::StringRef name, Operand at, int64_t size) {
    Func* callee = typeArena().make<Func>();
    callee->name = callee->linkSymbol = typeArena().copy(name);
    llvm::SmallVector<Type*, 3> params{unsafePointer, uintptr};
    if (size >= 0)
      params.push_back(integer);
    Signature* signature = signatureOf(params, uintptr);
    callee->type = signature;
    mir::Instr& instr = w.emit(Opcode::Call);
    instr.callee = mir::mirArena().make<mir::Callee>();
    instr.callee->kind = mir::Callee::Static;
    instr.callee->signature = signature;
    instr.callee->ref = mir::mirArena().make<mir::FuncRef>();
    instr.callee->ref->func = callee;
    at.type = unsafePointer;
    instr.args = {at, w.use(h)};
    if (size >= 0)
      instr.args.push_back(Operand::ofConst(ConstValue::makeInt64(size), integer));
    instr.dsts = {h};
  };
  // h = hash(at, h), for a value of type t.
  auto leaf = [&](TypeInfo& t, Operand at) {
    switch (algKind(t)) {
    case AlgKind::Memory:
      if (t.size)
        call("stoat_memhash", at, t.size);
      return;
    case AlgKind::String: call("stoat_strhash", at, -1); return;
    case AlgKind::Interface: call("runtime.interhash", at, -1); return;
    case AlgKind::EmptyInterface: call("runtime.nilinterhash", at, -1); return;
    case AlgKind::Float32: call("runtime.f32hash", at, -1); return;
    case AlgKind::Float64: call("runtime.f64hash", at, -1); return;
    case AlgKind::Complex64: call("runtime.c64hash", at, -1); return;
    case AlgKind::Complex128: call("runtime.c128hash", at, -1); return;
    case AlgKind::Special: call(hashFunction(t)->getName(), at, -1); return;
    default: return;
    }
  };
  StructTypeT* record = llvm::dyn_cast<StructTypeT>(subject->underlying());
  ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(subject->underlying());
  if (kind == AlgKind::Special && record) {
    for (size_t i = 0; i < record->fields.size(); ++i) {
      if (record->fields[i]->name == "_")
        continue;
      mir::Projection projection = fieldProjection(i);
      leaf(info(record->fields[i]->type), w.use(w.address(w.place(p, subject, &projection, record->fields[i]->type))));
    }
  } else if (kind == AlgKind::Special && array) {
    mir::LocalId i = w.local(integer);
    w.copy(i, Operand::ofConst(ConstValue::makeInt64(0), integer));
    mir::BlockId loop = w.block(), body = w.block(), done = w.block();
    w.jump(loop);
    w.at = loop;
    mir::LocalId more = w.binary(Opcode::Lt, w.use(i), Operand::ofConst(ConstValue::makeInt64(array->len), integer), basicType(BasicKind::Bool));
    w.branch(w.use(more), body, done);
    w.at = body;
    mir::Projection projection = indexProjection(w.use(i));
    leaf(info(array->elem), w.use(w.address(w.place(p, subject, &projection, array->elem))));
    w.copy(i, w.use(w.binary(Opcode::Add, w.use(i), Operand::ofConst(ConstValue::makeInt64(1), integer), integer)));
    w.jump(loop);
    w.at = done;
  } else {
    leaf(type, w.use(p));
  }
  w.copy(f->results[0], w.use(h));
  w.emit(Opcode::Return);
  return known;
}

llvm::Constant* ModuleState::equalClosure(TypeInfo& type) { return funcValue(equalFunction(type)); }
llvm::Constant* ModuleState::hashClosure(TypeInfo& type) { return funcValue(hashFunction(type)); }

} // namespace stoat::lower
