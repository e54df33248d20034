// Expressions as values.
#include "build/builder.h"

namespace stoat::mir {

namespace {

Opcode arithmetic(Op op) {
  switch (op) {
  case Op::Add: return Opcode::Add;
  case Op::Sub: return Opcode::Sub;
  case Op::Mul: return Opcode::Mul;
  case Op::Div: return Opcode::Div;
  case Op::Rem: return Opcode::Rem;
  case Op::And: return Opcode::And;
  case Op::Or: return Opcode::Or;
  case Op::Xor: return Opcode::Xor;
  case Op::AndNot: return Opcode::AndNot;
  case Op::Shl: return Opcode::Shl;
  case Op::Shr: return Opcode::Shr;
  default: return Opcode::Add;
  }
}

Opcode comparison(Op op) {
  switch (op) {
  case Op::Eql: return Opcode::Eq;
  case Op::Neq: return Opcode::Ne;
  case Op::Lss: return Opcode::Lt;
  case Op::Leq: return Opcode::Le;
  case Op::Gtr: return Opcode::Gt;
  default: return Opcode::Ge;
  }
}

bool isComparison(Op op) { return op >= Op::Eql && op <= Op::Geq; }

// Operands of a chain of string additions, left to right. Constants were folded by the checker.
void flattenConcat(Expr* e, llvm::SmallVectorImpl<Expr*>& out) {
  Expr* x = unparen(e);
  Operation* o = llvm::dyn_cast<Operation>(x);
  if (o && o->op == Op::Add && o->y && o->mode != ExprMode::Constant) {
    flattenConcat(o->x, out);
    flattenConcat(o->y, out);
    return;
  }
  out.push_back(x);
}

class PosScope {
public:
  PosScope(Pos& slot, Pos now) : slot_(slot), saved_(slot) {
    if (now.isKnown())
      slot = now;
  }
  ~PosScope() { slot_ = saved_; }

private:
  Pos& slot_;
  Pos saved_;
};

} // namespace

// A constant in the kind that its type asks for: 1e3 of an integer type is an Int.
Operand FunctionBuilder::constant(const ConstValue& value, Type* type) {
  BasicType* basic = type ? llvm::dyn_cast<BasicType>(type->underlying()) : nullptr;
  ConstValue v = value;
  if (basic && (basic->info & IsInteger) && v.kind() != ConstValue::Int)
    v = v.toInt();
  else if (basic && (basic->info & IsFloat) && v.kind() == ConstValue::Complex)
    v = v.toFloat();
  return Operand::ofConst(v.kind() == ConstValue::Unknown ? value : v, type);
}

// The checker leaves constant shift counts untyped, of any numeric kind.
Operand FunctionBuilder::shiftCount(Expr* e) {
  Expr* x = unparen(e);
  if (x->mode != ExprMode::Constant || !x->constant.isValid())
    return expr(e);
  BasicType* basic = under<BasicType>(x->type);
  bool isTyped = basic && (basic->info & IsInteger) && !(basic->info & IsUntyped);
  return constant(x->constant, isTyped ? x->type : basicType(BasicKind::Uint));
}

Operand FunctionBuilder::exprTo(Expr* e, Type* type) {
  Expr* x = unparen(e);
  if (isNil(x))
    return Operand::zero(type);
  if (x->mode == ExprMode::Constant && x->constant.isValid() && x->type && isUntyped(x->type) && type && !isInterfaceType(type))
    return constant(x->constant, type);
  PosScope scope(pos, x->pos);
  return convert(expr(x), type);
}

Operand FunctionBuilder::convert(const Operand& v, Type* type) {
  if (!type || v.type == type || identical(v.type, type))
    return v;
  if (v.kind == Operand::Zero && (!isInterfaceType(type) || isInterfaceType(v.type)) && !isTypeParam(type) && !isTypeParam(v.type))
    return Operand::zero(type);
  BasicType* from = under<BasicType>(v.type);
  BasicType* to = pointersAsIntegers_ ? under<BasicType>(type) : nullptr;
  if (to && from && from->basic == BasicKind::UnsafePointer && to->basic == BasicKind::Uintptr && v.kind == Operand::Local) {
    Operand pointer = value(Opcode::Copy, v.type, {v});
    pointersAsIntegers_->push_back(pointer);
    return value(Opcode::Convert, type, {pointer});
  }
  return value(Opcode::Convert, type, {v});
}

void FunctionBuilder::discard(Expr* e) {
  Expr* x = unparen(e);
  if (CallExpr* c = llvm::dyn_cast<CallExpr>(x); c && x->mode != ExprMode::Constant && !c->fun->isType()) {
    call(c);
    return;
  }
  if (isNil(x))
    return;
  expr(x);
}

Operand FunctionBuilder::funcRef(Func* func, Instance* instance, Type* type) {
  FuncRef* ref = mirArena().make<FuncRef>();
  ref->func = func->origin ? func->origin : func;
  if (instance)
    ref->typeArgs = instance->typeArgs;
  return Operand::ofFunc(ref, type);
}

Operand FunctionBuilder::expr(Expr* e) {
  e = unparen(e);
  llvm::DenseMap<const Expr*, Operand>::iterator early = memo_.find(e);
  if (early != memo_.end()) {
    Operand result = early->second;
    memo_.erase(early);
    return result;
  }
  Type* type = valueType(e);
  if (e->mode == ExprMode::Constant && e->constant.isValid())
    return constant(e->constant, type);
  if (isNil(e))
    return Operand::zero(type);
  PosScope scope(pos, e->pos);
  switch (e->kind) {
  case NodeKind::Name: {
    Name* n = llvm::cast<Name>(e);
    if (Var* v = llvm::dyn_cast_or_null<Var>(n->object)) {
      Operand o = load(variable(v));
      return copyVariables_ ? stable(o) : o;
    }
    if (Func* func = llvm::dyn_cast_or_null<Func>(n->object))
      return funcRef(func, n->instance, type);
    break;
  }
  case NodeKind::FuncLit: return funcLit(llvm::cast<FuncLit>(e));
  case NodeKind::CompositeLit: return composite(llvm::cast<CompositeLit>(e));
  case NodeKind::SelectorExpr: {
    SelectorExpr* s = llvm::cast<SelectorExpr>(e);
    if (!s->selection) {
      if (Var* v = llvm::dyn_cast_or_null<Var>(s->sel->object))
        return load(variable(v));
      if (Func* func = llvm::dyn_cast_or_null<Func>(s->sel->object))
        return funcRef(func, s->sel->instance, type);
      break;
    }
    switch (s->selection->kind) {
    case SelectionKind::FieldVal: return load(place(e));
    case SelectionKind::MethodVal: return methodValue(s);
    case SelectionKind::MethodExpr: return methodExpr(s);
    }
    break;
  }
  case NodeKind::IndexExpr: {
    IndexExpr* x = llvm::cast<IndexExpr>(e);
    if (x->x->type && llvm::isa<Signature>(x->x->type->underlying())) { // instantiation
      Expr* fun = unparen(x->x);
      Name* n = llvm::isa<SelectorExpr>(fun) ? llvm::cast<SelectorExpr>(fun)->sel : llvm::dyn_cast<Name>(fun);
      if (Func* func = n ? llvm::dyn_cast_or_null<Func>(n->object) : nullptr)
        return funcRef(func, n->instance, type);
      break;
    }
    Type* container = valueType(x->x);
    Type* core = coreType(container);
    if (MapTypeT* map = llvm::dyn_cast_or_null<MapTypeT>(core)) {
      if (hasEffects(x->index)) {
        hoist(x->x);
        hoist(x->index);
      }
      Operand m = expr(x->x);
      Operand key = exprTo(x->index, map->key);
      Operand result = newTemp(map->elem);
      Instr& i = emit(Opcode::MapLookup);
      i.dsts.push_back(result.local);
      i.args = {m, key};
      return result;
    }
    BasicType* basic = llvm::dyn_cast_or_null<BasicType>(core);
    if ((basic && (basic->info & IsString)) || (!core && e->mode != ExprMode::Variable)) {
      if (hasEffects(x->index)) {
        hoist(x->x);
        hoist(x->index);
      }
      Operand base = expr(x->x);
      Operand index = expr(x->index);
      Operand length = base.kind == Operand::Const ? intConst(static_cast<int64_t>(base.constant.stringVal().size()))
                                                   : value(Opcode::Len, basicType(BasicKind::Int), {base});
      boundsCheck(index, length);
      return value(Opcode::Index, type, {base, index});
    }
    return load(place(e));
  }
  case NodeKind::SliceExpr: {
    SliceExpr* s = llvm::cast<SliceExpr>(e);
    bool late = false;
    for (Expr* i : s->index)
      late |= i && hasEffects(i);
    if (late) {
      hoist(s->x);
      for (Expr* i : s->index)
        if (i)
          hoist(i);
    }
    Operand base;
    Type* core = coreType(valueType(s->x));
    if (llvm::isa_and_nonnull<ArrayTypeT>(core)) {
      base = addressOf(place(s->x));
    } else {
      base = expr(s->x);
      if (llvm::isa_and_nonnull<PointerType>(core))
        nilCheck(base);
    }
    Operands args = {base};
    for (Expr* i : s->index)
      args.push_back(i ? expr(i) : Operand::none());
    return value(Opcode::Slice, type, args);
  }
  case NodeKind::AssertExpr: {
    AssertExpr* a = llvm::cast<AssertExpr>(e);
    return value(Opcode::TypeAssert, type, {expr(a->x)});
  }
  case NodeKind::CallExpr: {
    Operands results = call(llvm::cast<CallExpr>(e));
    if (!results.empty())
      return results[0];
    break;
  }
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    if (!o->y) {
      switch (o->op) {
      case Op::And: return address(o->x);
      case Op::Mul: return load(place(e));
      case Op::Recv: {
        Operand channel = expr(o->x);
        Operand result = newTemp(type);
        Instr& i = emit(Opcode::Recv);
        i.dsts.push_back(result.local);
        i.args.push_back(channel);
        return result;
      }
      case Op::Add: return exprTo(o->x, type);
      case Op::Sub: return value(Opcode::Neg, type, {exprTo(o->x, type)});
      case Op::Xor: return value(Opcode::Com, type, {exprTo(o->x, type)});
      case Op::Not: return value(Opcode::Not, type, {exprTo(o->x, type)});
      default: break;
      }
      break;
    }
    if (o->op == Op::AndAnd || o->op == Op::OrOr) {
      LocalId result = newLocal(type);
      f->locals[result].kind = LocalKind::Variable; // assigned twice
      BlockId yes = newBlock(), no = newBlock(), done = newBlock();
      condition(e, yes, no);
      start(yes);
      copyTo(result, Operand::ofConst(ConstValue::makeBool(true), type));
      jump(done);
      start(no);
      copyTo(result, Operand::ofConst(ConstValue::makeBool(false), type));
      jump(done);
      start(done);
      return Operand::ofLocal(result, type);
    }
    if (isComparison(o->op))
      return compare(o->op, o->x, o->y, type);
    if (o->op == Op::Add && isStringType(type)) {
      llvm::SmallVector<Expr*, 8> parts;
      flattenConcat(e, parts);
      hoistUpToLastEffect(parts);
      Operands args;
      for (Expr* part : parts)
        args.push_back(exprTo(part, type));
      return value(Opcode::Concat, type, args);
    }
    if (hasEffects(o->y)) {
      hoist(o->x);
      hoist(o->y);
    }
    if (o->op == Op::Shl || o->op == Op::Shr) {
      Operand x = exprTo(o->x, type);
      Operand count = shiftCount(o->y);
      return value(arithmetic(o->op), type, {x, count});
    }
    Operand x = exprTo(o->x, type);
    Operand y = exprTo(o->y, type);
    return binary(o->op, x, y, type);
  }
  default: break;
  }
  unsupported(e->pos, "this form of expression");
  return Operand::zero(type ? type : basicType(BasicKind::Int));
}

Operand FunctionBuilder::binary(Op op, const Operand& x, const Operand& y, Type* type) {
  if (op == Op::Add && isStringType(type))
    return value(Opcode::Concat, type, {x, y});
  return value(arithmetic(op), type, {x, y});
}

// &x: of a composite literal a new object, of anything else its place.
Operand FunctionBuilder::address(Expr* x) {
  x = unparen(x);
  CompositeLit* lit = llvm::dyn_cast<CompositeLit>(x);
  if (!lit)
    return addressOf(place(x));
  Type* type = valueType(lit);
  if (!llvm::isa_and_nonnull<MapTypeT>(coreType(type)))
    hoistUpToLastEffect(lit->elems);
  if (llvm::isa_and_nonnull<StructTypeT>(coreType(type)) || llvm::isa_and_nonnull<ArrayTypeT>(coreType(type))) {
    Operand pointer = newTemp(pointerTo(type));
    Instr& i = emit(Opcode::New);
    i.type = type;
    i.dsts.push_back(pointer.local);
    compositeInto(lit, derefPlace(pointer.local), true, InitStore);
    return pointer;
  }
  Operand v = composite(lit);
  Operand pointer = newTemp(pointerTo(type));
  Instr& i = emit(Opcode::New);
  i.type = type;
  i.dsts.push_back(pointer.local);
  store(derefPlace(pointer.local), v, InitStore);
  return pointer;
}

Operand FunctionBuilder::compareOperands(Opcode op, Operand a, Operand b, Type* type) {
  if (!identical(a.type, b.type)) {
    bool ia = isInterfaceType(a.type), ib = isInterfaceType(b.type);
    if (ia && (!ib || assignableTo(b.type, a.type)))
      b = convert(b, a.type);
    else if (ib)
      a = convert(a, b.type);
    else if (assignableTo(b.type, a.type))
      b = convert(b, a.type);
    else
      a = convert(a, b.type);
  }
  return value(op, type, {a, b});
}

Operand FunctionBuilder::compare(Op op, Expr* x, Expr* y, Type* type) {
  if (hasEffects(y)) {
    hoist(x);
    hoist(y);
  }
  x = unparen(x);
  y = unparen(y);
  Opcode code = comparison(op);
  if (isNil(y)) {
    Operand a = expr(x);
    return value(code, type, {a, Operand::zero(a.type)});
  }
  if (isNil(x)) {
    Operand b = expr(y);
    return value(code, type, {Operand::zero(b.type), b});
  }
  Operand a = expr(x);
  Operand b = expr(y);
  return compareOperands(code, a, b, type);
}

// Control flow for a condition, without making a bool of && || and !.
void FunctionBuilder::condition(Expr* e, BlockId yes, BlockId no) {
  e = unparen(e);
  if (e->mode == ExprMode::Constant && e->constant.kind() == ConstValue::Bool) {
    jump(e->constant.boolVal() ? yes : no);
    return;
  }
  if (!memo_.count(e))
    if (Operation* o = llvm::dyn_cast<Operation>(e)) {
      PosScope scope(pos, o->pos);
      if (o->op == Op::Not && !o->y) {
        condition(o->x, no, yes);
        return;
      }
      if (o->y && (o->op == Op::AndAnd || o->op == Op::OrOr)) {
        BlockId second = newBlock();
        if (o->op == Op::AndAnd)
          condition(o->x, second, no);
        else
          condition(o->x, yes, second);
        start(second);
        condition(o->y, yes, no);
        return;
      }
    }
  Operand v = expr(e);
  PosScope scope(pos, e->pos);
  branch(v, yes, no);
}

} // namespace stoat::mir
