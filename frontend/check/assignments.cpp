// Initialisation and assignment. After cmd/compile/internal/types2/assignments.go.
#include "check/checker.h"
#include "llvm/ADT/StringSet.h"

namespace stoat {

namespace {

Target* newTarget(Type* type, llvm::StringRef description, Target& storage) {
  Signature* sig = type ? under<Signature>(type) : nullptr;
  if (!sig) return nullptr;
  storage = Target{sig, description.str()};
  return &storage;
}

std::string measure(size_t n, const char* unit) { return std::to_string(n) + " " + unit + (n == 1 ? "" : "s"); }

bool isSingleCall(llvm::ArrayRef<Expr*> rhs) { return rhs.size() == 1 && llvm::isa<CallExpr>(unparen(rhs[0])); }

void giveTypes(llvm::ArrayRef<Var*> vars) {
  for (Var* v : vars)
    if (!v->type) v->type = invalidType();
}

} // namespace

void Checker::assignment(Operand* x, Type* t, llvm::StringRef context) {
  singleValue(x);
  switch (x->mode) {
  case OperandMode::Unchecked: return;
  case OperandMode::NilValue:
  case OperandMode::Constant:
  case OperandMode::Variable:
  case OperandMode::MapIndex:
  case OperandMode::Value:
  case OperandMode::CommaOk:
  case OperandMode::CommaErr: break;
  default:
    errorf(x, DiagKind::IncompatibleAssign, "cannot assign %s to %s in %s", x, t, context);
    x->invalidate();
    return;
  }

  if (isUntyped(x->type)) {
    // To an interface or _, an untyped value is converted to its default type first.
    Type* target = t;
    if (x->isNil()) {
      if (!t) {
        errorf(x, DiagKind::UntypedNilUse, "use of untyped nil in %s", context);
        x->invalidate();
        return;
      }
    } else if (!t || isNonTypeParamInterface(t)) {
      target = defaultType(x->type);
    }
    ConstValue val;
    DiagKind kind = DiagKind::IncompatibleAssign;
    Type* newType = implicitTypeAndValue(x, target, &val, kind);
    if (!newType) {
      std::string message = sprintf("cannot use %s as %s value in %s", x, target, context);
      if (kind == DiagKind::TruncatedFloat)
        message += " (truncated)";
      else if (kind == DiagKind::NumericOverflow)
        message += " (overflows)";
      else
        kind = DiagKind::IncompatibleAssign;
      error(x, kind, message);
      x->invalidate();
      return;
    }
    if (val.isValid()) {
      x->val = val;
      updateExprVal(x->expr, val);
    }
    if (newType != x->type) {
      x->type = newType;
      updateExprType(x->expr, newType, false);
    }
  }

  if (Signature* sig = under<Signature>(x->type); sig && !sig->typeParams.empty()) {
    errorf(x, DiagKind::WrongTypeArgCount, "cannot use generic function %s without instantiation in %s", x, context);
    x->invalidate();
    return;
  }

  if (!t) return; // _ takes any typed value
  std::string cause;
  DiagKind kind = DiagKind::IncompatibleAssign;
  if (x->assignableTo(this, t, &cause, kind)) return;
  if (!cause.empty())
    errorf(x, kind, "cannot use %s as %s value in %s: %s", x, t, context, cause);
  else
    errorf(x, kind, "cannot use %s as %s value in %s", x, t, context);
  x->invalidate();
}

void Checker::initConst(Const* lhs, Operand* x) {
  if (!x->isValid() || !isValid(x->type) || (lhs->type && !isValid(lhs->type))) {
    if (!lhs->type) lhs->type = invalidType();
    return;
  }
  if (x->mode != OperandMode::Constant) {
    errorf(x, DiagKind::InvalidConstInit, "%s is not constant", x);
    if (!lhs->type) lhs->type = invalidType();
    return;
  }
  if (!lhs->type) lhs->type = x->type;
  assignment(x, lhs->type, "constant declaration");
  if (x->isValid()) lhs->value = x->val;
}

void Checker::initVar(Var* lhs, Operand* x, llvm::StringRef context) {
  if (!x->isValid() || !isValid(x->type) || (lhs->type && !isValid(lhs->type))) {
    if (!lhs->type) lhs->type = invalidType();
    x->invalidate();
    return;
  }
  if (!lhs->type) {
    Type* type = x->type;
    if (isUntyped(type)) {
      if (type == basicType(BasicKind::UntypedNil)) {
        errorf(x, DiagKind::UntypedNilUse, "use of untyped nil in %s", context);
        lhs->type = invalidType();
        x->invalidate();
        return;
      }
      type = defaultType(type);
    }
    lhs->type = type;
  }
  assignment(x, lhs->type, context);
}

Type* Checker::lhsVar(Expr* lhs) {
  Name* name = llvm::dyn_cast<Name>(unparen(lhs));
  if (name && name->value == "_") {
    recordDef(name, nullptr);
    return nullptr;
  }

  // Being assigned to is not a use. Variables of other packages (dot imports) are left alone.
  Var* v = nullptr;
  bool wasUsed = false;
  if (name) {
    v = llvm::dyn_cast_or_null<Var>(lookup(name->value));
    if (v && v->pkg != pkg) v = nullptr;
    if (v) wasUsed = v->used;
  }
  Operand x;
  expr(nullptr, &x, lhs);
  if (v) v->used = wasUsed;

  if (!x.isValid() || !isValid(x.type)) return invalidType();
  if (x.mode == OperandMode::Variable || x.mode == OperandMode::MapIndex) return x.type;

  if (SelectorExpr* sel = llvm::dyn_cast<SelectorExpr>(x.expr)) {
    Operand base;
    expr(nullptr, &base, sel->x);
    if (base.mode == OperandMode::MapIndex) {
      errorf(&x, DiagKind::UnaddressableFieldAssign, "cannot assign to struct field %s in map", x.expr);
      return invalidType();
    }
  }
  errorf(&x, DiagKind::UnassignableOperand, "cannot assign to %s (neither addressable nor a map index expression)", x.expr);
  return invalidType();
}

void Checker::assignVar(Expr* lhs, Expr* rhs, Operand* x, llvm::StringRef context) {
  Type* t = lhsVar(lhs); // null: _
  if (t && !isValid(t)) {
    if (x)
      x->invalidate();
    else
      use(rhs);
    return;
  }

  Operand storage;
  if (!x) {
    Target targetStorage;
    Target* target = t && under<Signature>(t) ? newTarget(t, exprString(lhs), targetStorage) : nullptr;
    x = &storage;
    expr(target, x, rhs);
  }
  if (!t && context == "assignment") context = "assignment to _ identifier";
  assignment(x, t, context);
}

std::string Checker::typesSummary(llvm::ArrayRef<Type*> list, bool variadic, bool hasDots) {
  std::string out = "(";
  for (size_t i = 0; i < list.size(); i++) {
    Type* t = list[i];
    std::string s;
    if (!t || !isValid(t)) {
      s = "unknown type";
    } else if (isUntyped(t)) {
      // "number" promises no specific type; elsewhere "untyped" is noise.
      llvm::StringRef name = llvm::cast<BasicType>(t->underlying())->name;
      name.consume_front("untyped ");
      s = isNumeric(t) ? "number" : name.str();
    } else {
      s = typeStr(t);
    }
    if (i + 1 == list.size()) {
      if (variadic) {
        if (SliceTypeT* slice = llvm::dyn_cast_or_null<SliceTypeT>(t)) s = typeStr(slice->elem);
        s = "..." + s;
      } else if (hasDots) {
        s += "...";
      }
    }
    if (i > 0) out += ", ";
    out += s;
  }
  return out + ")";
}

void Checker::assignError(llvm::ArrayRef<Expr*> rhs, size_t l, size_t r) {
  std::string vars = measure(l, "variable");
  std::string vals = measure(r, "value");
  if (rhs.size() == 1) {
    if (CallExpr* call = llvm::dyn_cast<CallExpr>(unparen(rhs[0]))) {
      errorf(rhs[0], DiagKind::WrongAssignCount, "assignment mismatch: %s but %s returns %s", vars, call->fun, vals);
      return;
    }
  }
  errorf(rhs[0], DiagKind::WrongAssignCount, "assignment mismatch: %s but %s", vars, vals);
}

void Checker::returnError(At at, llvm::ArrayRef<Var*> lhs, llvm::ArrayRef<Operand*> rhs) {
  size_t l = lhs.size(), r = rhs.size();
  const char* qualifier = "not enough";
  if (r > l) {
    at = At(rhs[l]); // the first extra value
    qualifier = "too many";
  } else if (r > 0) {
    at = At(rhs[r - 1]); // the last value
  }
  llvm::SmallVector<Type*, 4> have, want;
  for (Operand* x : rhs) have.push_back(x->type);
  for (Var* v : lhs) want.push_back(v->type);
  ErrorReport err(this, DiagKind::WrongResultCount);
  err.addf(at, "%s return values", qualifier);
  err.addf(Pos(), "have %s", typesSummary(have, false, false));
  err.addf(Pos(), "want %s", typesSummary(want, false, false));
  err.report();
}

void Checker::initVars(llvm::ArrayRef<Var*> lhs, llvm::ArrayRef<Expr*> origRhs, Stmt* returnStmt) {
  const char* context = returnStmt ? "return statement" : "assignment";
  size_t l = lhs.size(), r = origRhs.size();

  // One value for each variable. A single call goes below, for the sake of its message.
  if (l == r && !isSingleCall(origRhs)) {
    for (size_t i = 0; i < l; i++) {
      Operand x;
      Target storage;
      llvm::StringRef description = lhs[i]->name;
      if (returnStmt && description.empty()) description = "result variable";
      expr(newTarget(lhs[i]->type, description, storage), &x, origRhs[i]);
      initVar(lhs[i], &x, context);
    }
    return;
  }

  if (r != 1) {
    // A mismatch is reported only if the right side is right otherwise.
    if (use(origRhs)) {
      if (returnStmt)
        returnError(returnStmt, lhs, exprList(origRhs));
      else
        assignError(origRhs, l, r);
    }
    giveTypes(lhs);
    return;
  }

  bool commaOk = false;
  OperandList rhs = multiExpr(origRhs[0], l == 2 && !returnStmt, &commaOk);
  r = rhs.size();
  if (l == r) {
    for (size_t i = 0; i < l; i++) initVar(lhs[i], rhs[i], context);
    if (commaOk && rhs[0]->isValid() && rhs[1]->isValid()) recordCommaOkTypes(origRhs[0], rhs[0]->type, rhs[1]->type);
    return;
  }

  if (r == 0 || rhs[0]->isValid()) {
    if (returnStmt)
      returnError(returnStmt, lhs, rhs);
    else
      assignError(origRhs, l, r);
  }
  giveTypes(lhs);
}

void Checker::assignVars(llvm::ArrayRef<Expr*> lhs, llvm::ArrayRef<Expr*> origRhs) {
  size_t l = lhs.size(), r = origRhs.size();
  if (l == r && !isSingleCall(origRhs)) {
    for (size_t i = 0; i < l; i++) assignVar(lhs[i], origRhs[i], nullptr, "assignment");
    return;
  }

  if (r != 1) {
    bool okLhs = useLHS(lhs);
    bool okRhs = use(origRhs);
    if (okLhs && okRhs) assignError(origRhs, l, r);
    return;
  }

  bool commaOk = false;
  OperandList rhs = multiExpr(origRhs[0], l == 2, &commaOk);
  r = rhs.size();
  if (l == r) {
    for (size_t i = 0; i < l; i++) assignVar(lhs[i], nullptr, rhs[i], "assignment");
    if (commaOk && rhs[0]->isValid() && rhs[1]->isValid()) recordCommaOkTypes(origRhs[0], rhs[0]->type, rhs[1]->type);
    return;
  }
  if (r == 0 || rhs[0]->isValid()) assignError(origRhs, l, r);
  useLHS(lhs);
}

void Checker::shortVarDecl(Pos pos, llvm::ArrayRef<Expr*> lhs, llvm::ArrayRef<Expr*> rhs) {
  size_t top = delayed.size();
  Scope* scope = this->scope;

  llvm::StringSet<> seen;
  llvm::SmallVector<Var*, 4> lhsVars(lhs.size(), nullptr), newVars;
  bool hasErr = false;
  for (size_t i = 0; i < lhs.size(); i++) {
    Name* name = llvm::dyn_cast<Name>(lhs[i]);
    if (!name) {
      useLHS(lhs[i]);
      errorf(lhs[i], DiagKind::BadDecl, "non-name %s on left side of :=", lhs[i]);
      hasErr = true;
      continue;
    }
    if (name->value != "_" && !seen.insert(name->value).second) {
      errorf(lhs[i], DiagKind::RepeatedDecl, "%s repeated on left side of :=", lhs[i]);
      hasErr = true;
      continue;
    }
    // A variable of this very scope is assigned to. New ones are declared after the right side.
    if (Object* old = scope->lookup(name->value)) {
      recordUse(name, old);
      if (Var* v = llvm::dyn_cast<Var>(old)) {
        lhsVars[i] = v;
      } else {
        errorf(lhs[i], DiagKind::UnassignableOperand, "cannot assign to %s", lhs[i]);
        hasErr = true;
      }
      continue;
    }
    Var* v = newVar(VarKind::Local, name->pos, name->value, nullptr);
    lhsVars[i] = v;
    if (name->value != "_") newVars.push_back(v);
    recordDef(name, v);
  }
  for (size_t i = 0; i < lhs.size(); i++)
    if (!lhsVars[i]) lhsVars[i] = newVar(VarKind::Local, lhs[i]->pos, "_", nullptr);

  initVars(lhsVars, rhs, nullptr);

  // Function literals on the right side do not see the new variables.
  processDelayed(top);

  if (newVars.empty() && !hasErr) {
    softErrorf(pos, DiagKind::NoNewVar, "no new variables on left side of :=");
    return;
  }
  Pos scopePos = endPos(rhs.back());
  for (Var* v : newVars) declare(scope, nullptr, v, scopePos);
}

} // namespace stoat
