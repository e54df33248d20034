// Assignments. One value: right side first, then the place on the left with its checks. Several: see assignAll.
#include "build/builder.h"

namespace stoat::mir {

namespace {
bool isBlank(Expr* e) {
  Name* n = llvm::dyn_cast<Name>(unparen(e));
  return n && n->value == "_";
}

// A struct or array literal whose elements are constants, nil or such literals: it can be built where it is assigned to, since it reads nothing.
bool readsNothing(Expr* e, unsigned depth = 0) {
  e = unparen(e);
  if (isNil(e) || (e->mode == ExprMode::Constant && e->constant.isValid()))
    return true;
  CompositeLit* lit = llvm::dyn_cast<CompositeLit>(e);
  Type* core = lit && depth < 100 ? coreType(valueType(lit)) : nullptr;
  if (!llvm::isa_and_nonnull<StructTypeT>(core) && !llvm::isa_and_nonnull<ArrayTypeT>(core))
    return false;
  return llvm::all_of(lit->elems, [&](Expr* x) {
    KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x);
    return readsNothing(kv ? kv->value : x, depth + 1);
  });
}

llvm::SmallVector<Target, 4> targetsOf(llvm::ArrayRef<Expr*> list) { return {list.begin(), list.end()}; }

constexpr int64_t largeLiteral = 1024; // bytes from which on a temporary is worth avoiding
} // namespace

Type* FunctionBuilder::targetType(Expr* lhs) {
  lhs = unparen(lhs);
  if (Name* n = llvm::dyn_cast<Name>(lhs))
    if (Var* v = llvm::dyn_cast_or_null<Var>(n->object))
      return v->type;
  return valueType(lhs);
}

namespace {
Var* variableOf(Expr* e) { // that `e` names
  Name* n = llvm::dyn_cast<Name>(e);
  if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e); s && !s->selection)
    n = s->sel;
  return n ? llvm::dyn_cast_or_null<Var>(n->object) : nullptr;
}
bool isThroughPointer(const SelectorExpr* s) { return s->selection->indirect || under<PointerType>(valueType(s->x)); }
bool isOfArray(const IndexExpr* x) { return llvm::isa_and_nonnull<ArrayTypeT>(coreType(valueType(x->x))); }
// For gc such an operation reads no memory itself.
bool isArithmetic(const Operation* o) {
  switch (o->op) {
  case Op::Add: return !isStringType(valueType(o));
  case Op::Sub: case Op::Xor: case Op::Div: case Op::Rem: case Op::AndNot: case Op::Or: case Op::Shl: case Op::Shr: case Op::AndAnd: case Op::OrOr: return true;
  case Op::Mul: case Op::And: return o->y; // not *p and &x
  default: return false;
  }
}
} // namespace

// Evaluates, before the value that is assigned, what is no place in the operands of the place `e`: of p.q[i+1].f the index, not p.q.
// A place itself is read where it is assigned.
void FunctionBuilder::evaluateOperands(Expr* e) {
  e = unparen(e);
  if (memo_.count(e) || isNil(e) || e->isType() || (e->mode == ExprMode::Constant && e->constant.isValid()))
    return;
  if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e); s && s->selection && s->selection->kind == SelectionKind::FieldVal) {
    evaluateOperands(s->x);
  } else if (IndexExpr* x = llvm::dyn_cast<IndexExpr>(e); x && !isMapElement(e)) {
    evaluateOperands(x->x);
    evaluateOperands(x->index);
  } else if (Operation* o = llvm::dyn_cast<Operation>(e); o && o->op == Op::Mul && !o->y) {
    evaluateOperands(o->x);
  } else if (!variableOf(e)) {
    evaluateNow(e);
  }
}

void FunctionBuilder::assignTo(Expr* lhs, const Operand& v) {
  if (isBlank(lhs))
    return;
  Name* n = llvm::dyn_cast<Name>(unparen(lhs));
  if (n && n->isDef) {
    if (Var* var = llvm::dyn_cast_or_null<Var>(n->object); var && var->varKind != VarKind::Package) {
      declare(var, convert(v, var->type));
      return;
    }
  }
  LValue l = lvalue(lhs);
  assign(l, v);
}

// a, b, c = f(), or a comma-ok form.
void FunctionBuilder::assignMany(llvm::ArrayRef<Expr*> lhs, Expr* rhs) {
  for (Expr* l : lhs)
    if (!isBlank(l))
      hoistPlace(l);
  assignAll(targetsOf(lhs), {}, multiValue(rhs, lhs.size()));
}

// var declarations and :=, where some names may be old variables.
void FunctionBuilder::variables(llvm::ArrayRef<Expr*> names, llvm::ArrayRef<Expr*> values) {
  if (values.empty()) {
    for (Expr* n : names)
      if (!isBlank(n))
        if (Var* v = llvm::dyn_cast_or_null<Var>(llvm::cast<Name>(unparen(n))->object))
          declare(v, Operand::none());
    return;
  }
  if (names.size() != values.size()) {
    assignMany(names, values[0]);
    return;
  }
  if (names.size() == 1) {
    if (isBlank(names[0])) {
      // The conversion to a declared type cannot fail or be seen.
      discard(values[0]);
      return;
    }
    assignTo(names[0], exprTo(values[0], targetType(names[0])));
    return;
  }
  assignAll(targetsOf(names), values, {});
}

void FunctionBuilder::opAssign(AssignStmt* s) {
  Type* type = targetType(s->lhs);
  hoistPlace(s->lhs);
  hoist(s->rhs);
  auto right = [&]() -> Operand {
    if (!s->rhs)
      return Operand::ofConst(ConstValue::makeInt64(1), type);
    return s->op == Op::Shl || s->op == Op::Shr ? shiftCount(s->rhs) : exprTo(s->rhs, type);
  };
  if (isMapElement(s->lhs) && s->op != Op::Div && s->op != Op::Rem) { // a division that panics leaves no element: gc
    Operand v = stable(right());
    pos = s->pos;
    LValue target = lvalue(s->lhs);
    Operand pointer = newTemp(pointerTo(target.type));
    Instr& i = emit(Opcode::MapElement);
    i.dsts.push_back(pointer.local);
    i.args = {target.map, target.key};
    target.kind = LValue::Memory;
    target.place = derefPlace(pointer.local);
    assign(target, binary(s->op, loadOf(target), v, type));
    return;
  }
  if (!isMapElement(s->lhs))
    evaluateOperands(s->lhs);
  pos = s->pos;
  LValue target = lvalue(s->lhs);
  Operand old = loadOf(target);
  Operand v = right();
  pos = s->pos;
  assign(target, binary(s->op, old, v, type));
}

void FunctionBuilder::assignment(AssignStmt* s) {
  pos = s->pos;
  if (s->op != Op::None && s->op != Op::Def) {
    opAssign(s);
    return;
  }
  std::vector<Expr*> lhs = unpackList(s->lhs), rhs = unpackList(s->rhs);
  if (s->op == Op::Def) {
    variables(lhs, rhs);
    return;
  }
  if (lhs.size() != rhs.size()) {
    assignMany(lhs, rhs[0]);
    return;
  }
  if (lhs.size() == 1) {
    if (isBlank(lhs[0])) {
      discard(rhs[0]);
      return;
    }
    CompositeLit* lit = llvm::dyn_cast<CompositeLit>(unparen(rhs[0]));
    Type* type = targetType(lhs[0]);
    if (lit && module && lit->type && !hasTypeParam(type) && identical(lit->type, type) && module->sizes.sizeOf(type) > largeLiteral &&
        !hasEffects(lhs[0]) && readsNothing(lit)) {
      LValue target = lvalue(lhs[0]);
      pos = s->pos;
      if (target.kind == LValue::Memory) {
        flush(target.checks);
        compositeInto(lit, target.place, false, FlagNone);
      } else {
        assign(target, exprTo(lit, type));
      }
      return;
    }
    hoistPlace(lhs[0]);
    hoist(rhs[0]);
    if (!isMapElement(lhs[0]))
      evaluateOperands(lhs[0]);
    Operand v = exprTo(rhs[0], type);
    pos = s->pos;
    LValue target = lvalue(lhs[0]);
    pos = s->pos;
    assign(target, v);
    return;
  }
  assignAll(targetsOf(lhs), rhs, {});
}

// ---- several assignments in one statement

static bool isDefinition(const Target& t) {
  Name* n = t.var ? nullptr : llvm::dyn_cast<Name>(unparen(t.expr));
  return n && n->isDef;
}

// Whether an assignment through a pointer may change v; for gc that is so of all variables of outer functions.
bool FunctionBuilder::isInMemory(Var* v) {
  if (v->varKind == VarKind::Package || needsBox(v))
    return true;
  Slot s = slots_.lookup(v);
  return s.kind == Slot::None ? outer != nullptr : s.isCaptured || s.kind == Slot::Boxed;
}

// Whether the value of `e` may change by the assignments already made. Units that are evaluated early (order.cpp) are.
bool FunctionBuilder::isAffected(Expr* e, const Assigned& by) {
  if (!e)
    return false;
  e = unparen(e);
  if (by.everything)
    return true;
  if (memo_.count(e) || isNil(e) || e->isType() || (e->mode == ExprMode::Constant && e->constant.isValid()))
    return false;
  switch (e->kind) {
  case NodeKind::Name: case NodeKind::SelectorExpr:
    if (Var* v = variableOf(e))
      return by.variables.contains(v) || (by.memory && isInMemory(v));
    if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e); s && s->selection && s->selection->kind != SelectionKind::MethodExpr)
      return (by.memory && (isThroughPointer(s) || s->selection->kind == SelectionKind::MethodVal)) || isAffected(s->x, by);
    return false;
  case NodeKind::IndexExpr: {
    IndexExpr* x = llvm::cast<IndexExpr>(e);
    if (x->x->type && llvm::isa<Signature>(x->x->type->underlying())) // an instance
      return false;
    return by.memory || isAffected(x->x, by) || isAffected(x->index, by);
  }
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    return (by.memory && !isArithmetic(o)) || isAffected(o->x, by) || isAffected(o->y, by);
  }
  case NodeKind::CallExpr: {
    CallExpr* c = llvm::cast<CallExpr>(e);
    bool isNumber = c->fun->isType() && c->args.size() == 1 && !isStringType(valueType(c)) && !isStringType(valueType(c->args[0]));
    return (by.memory && !isNumber) || llvm::any_of(c->args, [&](Expr* x) { return isAffected(x, by); });
  }
  case NodeKind::CompositeLit: return by.memory || llvm::any_of(llvm::cast<CompositeLit>(e)->elems, [&](Expr* x) { return isAffected(x, by); });
  case NodeKind::KeyValueExpr: return isAffected(llvm::cast<KeyValueExpr>(e)->key, by) || isAffected(llvm::cast<KeyValueExpr>(e)->value, by);
  default: return by.memory || !by.variables.empty();
  }
}

// The same of the operands of the place that `e` designates.
bool FunctionBuilder::isPlaceAffected(Expr* e, const Assigned& by) {
  e = unparen(e);
  switch (e->kind) {
  case NodeKind::SelectorExpr: {
    SelectorExpr* s = llvm::cast<SelectorExpr>(e);
    if (!s->selection)
      return false;
    if (!isThroughPointer(s))
      return isPlaceAffected(s->x, by);
    return (s->selection->indirect && by.memory) || isAffected(s->x, by);
  }
  case NodeKind::IndexExpr: {
    IndexExpr* x = llvm::cast<IndexExpr>(e);
    return isAffected(x->index, by) || (isOfArray(x) ? isPlaceAffected(x->x, by) : isAffected(x->x, by));
  }
  case NodeKind::Operation: return isAffected(llvm::cast<Operation>(e)->x, by); // *x
  default: return false;
  }
}

// The order is gc's (cmd/compile/internal/walk, ascompatee), and shows where several of them can panic. After the units, left to right, come those places and values that an
// assignment further left may change. Then the assignments, each with what is left to evaluate and its checks, so that a failing one leaves the earlier
// ones done.
void FunctionBuilder::assignAll(llvm::ArrayRef<Target> targets, llvm::ArrayRef<Expr*> rhs, const Operands& results) {
  auto isNothing = [&](size_t i) { return !targets[i].var && isBlank(targets[i].expr); };
  auto valueOf = [&](size_t i) -> Operand {
    if (rhs.empty())
      return results[i];
    if (!isNothing(i))
      return exprTo(rhs[i], targets[i].var ? targets[i].var->type : targetType(targets[i].expr));
    return isNil(unparen(rhs[i])) ? Operand::none() : expr(rhs[i]);
  };
  for (const Target& t : targets)
    if (t.expr && !isBlank(t.expr))
      hoistPlace(t.expr);
  for (Expr* e : rhs)
    hoist(e);
  size_t count = std::min(targets.size(), rhs.empty() ? results.size() : rhs.size());
  llvm::SmallVector<std::optional<Operand>, 4> values(count);
  llvm::SmallVector<std::optional<LValue>, 4> places(count);
  Assigned assigned;
  copyVariables_ = true;
  for (size_t i = 0; i < count; ++i) {
    Var* root = targets[i].var ? targets[i].var : rootVariable(targets[i].expr);
    if (!targets[i].var && !isNothing(i) && isPlaceAffected(targets[i].expr, assigned))
      places[i] = lvalue(targets[i].expr);
    if (!rhs.empty() && isAffected(rhs[i], assigned))
      values[i] = stable(valueOf(i));
    if (isNothing(i))
      continue;
    if (root && root->varKind == VarKind::Result && f->hasDefer)
      assigned.everything = true; // seen by deferred functions if what follows panics
    else if (!root || (isDefinition(targets[i]) ? needsBox(root) : isInMemory(root)))
      assigned.memory = true;
    else
      assigned.variables.insert(root);
  }
  copyVariables_ = false;
  for (size_t i = 0; i < count; ++i) {
    Expr* to = targets[i].expr;
    if (!targets[i].var && !isNothing(i) && !places[i]) {
      if (isMapElement(to))
        places[i] = lvalue(to);
      else
        evaluateOperands(to);
    }
    Operand v = values[i] ? *values[i] : valueOf(i);
    if (targets[i].var)
      store(variable(targets[i].var), convert(v, targets[i].var->type));
    else if (places[i])
      assign(*places[i], v);
    else
      assignTo(to, v);
  }
}

// The values of a return statement, into the results of the function proper (also from the body of a range-over-func loop).
void FunctionBuilder::assignResults(llvm::ArrayRef<Expr*> results) {
  const std::vector<Var*>& vars = realFunction()->resultVars_;
  if (results.size() == 1 && vars.size() == 1) {
    Operand v = exprTo(results[0], vars[0]->type);
    store(variable(vars[0]), v);
    return;
  }
  llvm::SmallVector<Target, 4> targets;
  for (Var* v : vars)
    targets.push_back({nullptr, v});
  if (results.size() == 1) {
    assignAll(targets, {}, multiValue(results[0], vars.size()));
    return;
  }
  assignAll(targets, results, {});
}

} // namespace stoat::mir
