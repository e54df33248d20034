// Assignments. One value: right side first, then the place on the left with its checks. Several: operands of the left sides, then all values, then the
// stores left to right, each with its checks (so that a failing store leaves the earlier ones done).
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

constexpr int64_t largeLiteral = 1024; // bytes from which on a temporary is worth avoiding
} // namespace

Type* FunctionBuilder::targetType(Expr* lhs) {
  lhs = unparen(lhs);
  if (Name* n = llvm::dyn_cast<Name>(lhs))
    if (Var* v = llvm::dyn_cast_or_null<Var>(n->object))
      return v->type;
  return valueType(lhs);
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
    if (!isBlank(l) && hasEffects(l))
      hoistPlace(l);
  Operands results = multiValue(rhs, lhs.size());
  bool simple = true;
  for (Expr* l : lhs)
    simple &= llvm::isa<Name>(unparen(l));
  if (simple) {
    for (size_t i = 0; i < lhs.size() && i < results.size(); ++i)
      assignTo(lhs[i], results[i]);
    return;
  }
  copyVariables_ = true;
  llvm::SmallVector<LValue, 4> targets;
  for (Expr* l : lhs)
    targets.push_back(isBlank(l) ? LValue() : lvalue(l));
  copyVariables_ = false;
  for (size_t i = 0; i < targets.size() && i < results.size(); ++i)
    assign(targets[i], results[i]);
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
  hoistUpToLastEffect(values);
  copyVariables_ = true;
  Operands results;
  for (size_t i = 0; i < values.size(); ++i) {
    Type* type = isBlank(names[i]) ? nullptr : targetType(names[i]);
    if (!type && isNil(unparen(values[i])))
      results.push_back(Operand::none());
    else
      results.push_back(stable(type ? exprTo(values[i], type) : expr(values[i])));
  }
  copyVariables_ = false;
  for (size_t i = 0; i < names.size(); ++i)
    assignTo(names[i], results[i]);
}

void FunctionBuilder::opAssign(AssignStmt* s) {
  Type* type = targetType(s->lhs);
  if (s->rhs && hasEffects(s->rhs)) {
    hoistPlace(s->lhs);
    hoist(s->rhs);
  }
  pos = s->pos;
  LValue target = lvalue(s->lhs);
  auto right = [&]() -> Operand {
    if (!s->rhs)
      return Operand::ofConst(ConstValue::makeInt64(1), type);
    return s->op == Op::Shl || s->op == Op::Shr ? shiftCount(s->rhs) : exprTo(s->rhs, type);
  };
  if (target.kind == LValue::MapElement && s->op != Op::Div && s->op != Op::Rem) { // a division that panics leaves no element: gc
    Operand v = stable(right());
    pos = s->pos;
    Operand pointer = newTemp(pointerTo(target.type));
    Instr& i = emit(Opcode::MapElement);
    i.dsts.push_back(pointer.local);
    i.args = {target.map, target.key};
    target.kind = LValue::Memory;
    target.place = derefPlace(pointer.local);
    assign(target, binary(s->op, loadOf(target), v, type));
    return;
  }
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
    if (hasEffects(rhs[0]) || hasEffects(lhs[0])) {
      hoistPlace(lhs[0]);
      if (hasEffects(lhs[0]))
        hoist(rhs[0]);
    }
    Operand v = exprTo(rhs[0], type);
    pos = s->pos;
    LValue target = lvalue(lhs[0]);
    pos = s->pos;
    assign(target, v);
    return;
  }
  bool effects = false;
  for (Expr* e : rhs)
    effects |= hasEffects(e);
  for (Expr* e : lhs)
    effects |= !isBlank(e) && hasEffects(e);
  if (effects) {
    for (Expr* e : lhs)
      if (!isBlank(e))
        hoistPlace(e);
    for (Expr* e : rhs)
      hoist(e);
  }
  copyVariables_ = true;
  llvm::SmallVector<LValue, 4> targets;
  for (Expr* l : lhs)
    targets.push_back(isBlank(l) ? LValue() : lvalue(l));
  Operands values;
  for (size_t i = 0; i < rhs.size(); ++i) {
    if (isBlank(lhs[i]))
      values.push_back(isNil(unparen(rhs[i])) ? Operand::none() : expr(rhs[i]));
    else
      values.push_back(stable(exprTo(rhs[i], targetType(lhs[i]))));
  }
  copyVariables_ = false;
  pos = s->pos;
  for (size_t i = 0; i < targets.size(); ++i)
    assign(targets[i], values[i]);
}

// The values of a return statement, into the results of the function proper (also from the body of a range-over-func loop).
void FunctionBuilder::assignResults(llvm::ArrayRef<Expr*> results) {
  const std::vector<Var*>& vars = realFunction()->resultVars_;
  if (results.size() == 1 && vars.size() == 1) {
    Operand v = exprTo(results[0], vars[0]->type);
    store(variable(vars[0]), v);
    return;
  }
  Operands values;
  if (results.size() == 1) {
    values = multiValue(results[0], vars.size());
    for (size_t i = 0; i < values.size() && i < vars.size(); ++i)
      values[i] = convert(values[i], vars[i]->type);
  } else {
    hoistUpToLastEffect(results);
    copyVariables_ = true;
    for (size_t i = 0; i < results.size() && i < vars.size(); ++i)
      values.push_back(stable(exprTo(results[i], vars[i]->type)));
    copyVariables_ = false;
  }
  for (size_t i = 0; i < values.size() && i < vars.size(); ++i)
    store(variable(vars[i]), values[i]);
}

} // namespace stoat::mir
