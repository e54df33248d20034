// Places: from expressions to base, projections and the nil and bounds checks that come before an access.
// An assignment makes the checks when it stores, not when it evaluates the operands of its left side; hence `Checks`.
#include "build/builder.h"

namespace stoat::mir {

Place FunctionBuilder::localPlace(LocalId l) {
  Place p;
  p.base = Place::Local;
  p.local = l;
  p.baseType = p.type = f->locals[l].type;
  return p;
}

Place FunctionBuilder::derefPlace(LocalId pointer) {
  Place p;
  p.base = Place::Deref;
  p.local = pointer;
  PointerType* type = llvm::dyn_cast_or_null<PointerType>(coreType(f->locals[pointer].type));
  p.baseType = p.type = type ? type->elem : nullptr;
  return p;
}

Place FunctionBuilder::globalPlace(Var* v) {
  Place p;
  p.base = Place::Global;
  p.global = v;
  p.baseType = p.type = v->type;
  return p;
}

Place FunctionBuilder::fieldOf(const Place& from, int field) {
  Place p = from;
  Projection projection;
  projection.kind = Projection::Field;
  projection.field = field;
  p.projections.push_back(projection);
  StructTypeT* record = llvm::dyn_cast_or_null<StructTypeT>(coreType(from.type));
  p.type = record && static_cast<size_t>(field) < record->fields.size() ? record->fields[field]->type : nullptr;
  return p;
}

Place FunctionBuilder::indexOf(const Place& from, const Operand& index, Type* elem) {
  Place p = from;
  Projection projection;
  projection.kind = Projection::Index;
  projection.index = index;
  p.projections.push_back(projection);
  p.type = elem;
  return p;
}

Place FunctionBuilder::variable(Var* v) {
  if (v->varKind == VarKind::Package)
    return globalPlace(v);
  Slot s = slot(v);
  return s.kind == Slot::Boxed ? derefPlace(s.local) : localPlace(s.local);
}

void FunctionBuilder::flush(Checks& checks) {
  for (Instr& check : checks) {
    if (isDead())
      start(newBlock());
    f->blocks[cur_].instrs.push_back(check);
  }
  checks.clear();
}

void FunctionBuilder::nilCheck(const Operand& pointer, Checks* checks) {
  Instr i;
  i.op = Opcode::NilCheck;
  i.pos = pos;
  i.args.push_back(pointer);
  if (checks) {
    checks->push_back(i);
    return;
  }
  Checks now = {i};
  flush(now);
}

void FunctionBuilder::boundsCheck(const Operand& index, const Operand& length, Checks* checks) {
  if (index.kind == Operand::Const && length.kind == Operand::Const && index.constant.kind() == ConstValue::Int && index.constant.sign() >= 0 &&
      ConstValue::compare(index.constant, Op::Lss, length.constant))
    return;
  Instr i;
  i.op = Opcode::BoundsCheck;
  i.pos = pos;
  i.args = {index, length};
  if (checks) {
    checks->push_back(i);
    return;
  }
  Checks now = {i};
  flush(now);
}

Operand FunctionBuilder::load(const Place& p) {
  if (p.base == Place::Local && p.projections.empty())
    return Operand::ofLocal(p.local, p.type);
  Operand result = newTemp(p.type);
  Instr& i = emit(Opcode::Load);
  i.dsts.push_back(result.local);
  i.place = mirArena().make<Place>(p);
  return result;
}

void FunctionBuilder::store(const Place& p, const Operand& v, unsigned flags) {
  if (p.base == Place::Local && p.projections.empty()) {
    copyTo(p.local, v);
    return;
  }
  Instr& i = emit(Opcode::Store);
  i.flags = static_cast<uint16_t>(flags);
  i.place = mirArena().make<Place>(p);
  i.args.push_back(v);
}

Operand FunctionBuilder::addressOf(const Place& p) {
  if (p.base == Place::Deref && p.projections.empty()) {
    Type* pointer = f->locals[p.local].type;
    if (llvm::isa<PointerType>(pointer))
      return Operand::ofLocal(p.local, pointer);
  }
  Operand result = newTemp(pointerTo(p.type));
  Instr& i = emit(Opcode::Addr);
  i.dsts.push_back(result.local);
  i.place = mirArena().make<Place>(p);
  return result;
}

Place FunctionBuilder::temporary(Expr* e) { return localPlace(toLocal(expr(e))); }

// Fields along `path`, through embedded pointers.
Place FunctionBuilder::alongPath(Place p, llvm::ArrayRef<int> path, Checks& checks) {
  for (int field : path) {
    if (llvm::isa_and_nonnull<PointerType>(coreType(p.type))) {
      flush(checks);
      Operand pointer = load(p);
      nilCheck(pointer, &checks);
      p = derefPlace(toLocal(pointer));
    }
    p = fieldOf(p, field);
  }
  return p;
}

Place FunctionBuilder::alongPath(Expr* x, llvm::ArrayRef<int> path, Checks& checks) {
  if (path.empty())
    return place(x, checks);
  if (llvm::isa_and_nonnull<PointerType>(coreType(valueType(x)))) {
    Operand pointer = expr(x);
    nilCheck(pointer, &checks);
    return alongPath(derefPlace(toLocal(pointer)), path, checks);
  }
  return alongPath(place(x, checks), path, checks);
}

Place FunctionBuilder::place(Expr* e) {
  Checks checks;
  Place p = place(e, checks);
  flush(checks);
  return p;
}

Place FunctionBuilder::place(Expr* e, Checks& checks) {
  e = unparen(e);
  Pos saved = pos;
  struct Restore {
    Pos& pos;
    Pos saved;
    ~Restore() { pos = saved; }
  } restore{pos, saved};
  if (memo_.count(e))
    return temporary(e);
  switch (e->kind) {
  case NodeKind::Name:
    if (Var* v = llvm::dyn_cast_or_null<Var>(llvm::cast<Name>(e)->object))
      return variable(v);
    return temporary(e);
  case NodeKind::SelectorExpr: {
    SelectorExpr* s = llvm::cast<SelectorExpr>(e);
    pos = s->pos;
    if (!s->selection) {
      if (Var* v = llvm::dyn_cast_or_null<Var>(s->sel->object))
        return variable(v);
      return temporary(e);
    }
    if (s->selection->kind != SelectionKind::FieldVal)
      return temporary(e);
    return alongPath(s->x, s->selection->index, checks);
  }
  case NodeKind::IndexExpr: {
    IndexExpr* x = llvm::cast<IndexExpr>(e);
    Type* t = valueType(x->x);
    Type* core = t ? coreType(t) : nullptr;
    if (!t || x->mode == ExprMode::MapIndex || llvm::isa_and_nonnull<MapTypeT>(core) || llvm::isa_and_nonnull<Signature>(core))
      return temporary(e);
    if (BasicType* basic = llvm::dyn_cast_or_null<BasicType>(core); basic && (basic->info & IsString))
      return temporary(e);
    if (!core && x->mode != ExprMode::Variable)
      return temporary(e);
    Type* elem = valueType(x);
    if (hasEffects(x->index)) {
      hoistPlace(x->x);
      hoist(x->index);
    }
    if (llvm::isa_and_nonnull<ArrayTypeT>(core) || (!core && x->x->mode == ExprMode::Variable)) {
      Place base = place(x->x, checks);
      Operand index = expr(x->index);
      pos = x->pos;
      Operand length;
      if (ArrayTypeT* array = llvm::dyn_cast_or_null<ArrayTypeT>(core)) {
        length = intConst(array->len);
      } else {
        flush(checks);
        length = value(Opcode::Len, basicType(BasicKind::Int), {load(base)});
      }
      boundsCheck(index, length, &checks);
      return indexOf(base, index, elem);
    }
    Operand base = expr(x->x);
    Operand index = expr(x->index);
    pos = x->pos;
    Place p;
    if (PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(core)) {
      nilCheck(base, &checks);
      p = derefPlace(toLocal(base));
      ArrayTypeT* array = llvm::dyn_cast_or_null<ArrayTypeT>(coreType(pointer->elem));
      boundsCheck(index, intConst(array ? array->len : 0), &checks);
    } else {
      Operand length = value(Opcode::Len, basicType(BasicKind::Int), {base});
      boundsCheck(index, length, &checks);
      p = localPlace(toLocal(base));
    }
    return indexOf(p, index, elem);
  }
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    if (o->op == Op::Mul && !o->y) {
      Operand pointer = expr(o->x);
      pos = o->pos;
      nilCheck(pointer, &checks);
      return derefPlace(toLocal(pointer));
    }
    return temporary(e);
  }
  default: return temporary(e);
  }
}

// ---- left sides

LValue FunctionBuilder::lvalue(Expr* e) {
  e = unparen(e);
  LValue l;
  if (Name* n = llvm::dyn_cast<Name>(e); n && (n->value == "_" || !n->object)) {
    l.kind = LValue::Blank;
    l.type = nullptr;
    return l;
  }
  l.type = valueType(e);
  if (IndexExpr* x = llvm::dyn_cast<IndexExpr>(e))
    if (MapTypeT* map = llvm::dyn_cast_or_null<MapTypeT>(coreType(valueType(x->x)))) {
      if (hasEffects(x->index)) {
        hoist(x->x);
        hoist(x->index);
      }
      l.kind = LValue::MapElement;
      l.map = expr(x->x);
      l.key = exprTo(x->index, map->key);
      l.type = map->elem;
      return l;
    }
  l.kind = LValue::Memory;
  l.place = place(e, l.checks);
  l.type = l.place.type;
  return l;
}

void FunctionBuilder::assign(LValue& target, const Operand& v) {
  switch (target.kind) {
  case LValue::Blank: return;
  case LValue::Memory: {
    Operand converted = convert(v, target.type);
    flush(target.checks);
    store(target.place, converted);
    return;
  }
  case LValue::MapElement: {
    Operand converted = convert(v, target.type);
    Instr& i = emit(Opcode::MapStore);
    i.args = {target.map, target.key, converted};
    return;
  }
  }
}

Operand FunctionBuilder::loadOf(LValue& target) {
  if (target.kind == LValue::MapElement) {
    Operand result = newTemp(target.type);
    Instr& i = emit(Opcode::MapLookup);
    i.dsts.push_back(result.local);
    i.args = {target.map, target.key};
    return result;
  }
  flush(target.checks);
  return load(target.place);
}

} // namespace stoat::mir
