// Expression switches, type switches and select statements. After cmd/compile/internal/types2/stmt.go.
#include "check/checker.h"

namespace stoat {

namespace {

/// A key for the constants among which gc looks for duplicates: integers, floats and strings. Empty: none of these.
std::string caseKey(const ConstValue& val) {
  switch (val.kind()) {
  case ConstValue::Int: return val.bitLen() <= 64 ? "i" + val.exactString() : "";
  case ConstValue::Float: {
    bool exact = false;
    double f = val.float64Val(&exact);
    if (!exact) return "";
    char buffer[40];
    snprintf(buffer, sizeof buffer, "f%a", f);
    return buffer;
  }
  case ConstValue::String: return "s" + val.stringVal().str();
  default: return "";
  }
}

} // namespace

void Checker::multipleDefaults(llvm::ArrayRef<std::pair<Node*, bool>> clauses) {
  Node* first = nullptr;
  for (auto [clause, isDefault] : clauses) {
    if (!isDefault) continue;
    if (first)
      errorf(clause, DiagKind::DuplicateDefault, "multiple defaults (first at %s)", first->pos);
    else
      first = clause;
  }
}

void Checker::switchStmt(SwitchStmt* s) {
  Operand x;
  if (s->tag) {
    expr(nullptr, &x, s->tag);
    // Checked as if assigned to a variable.
    assignment(&x, nullptr, "switch expression");
    if (x.isValid() && !isComparableType(x.type) && !hasNil(x.type)) {
      errorf(&x, DiagKind::InvalidExprSwitch, "cannot switch on %s (%s is not comparable)", &x, x.type);
      x.invalidate();
    }
  } else {
    // A missing tag stands for true.
    x.mode = OperandMode::Constant;
    x.type = basicType(BasicKind::Bool);
    x.val = ConstValue::makeBool(true);
    Name* name = make<Name>(s->body.empty() ? s->rbrace : s->body[0]->pos);
    name->value = "true";
    x.expr = name;
  }

  llvm::SmallVector<std::pair<Node*, bool>, 8> clauses;
  for (CaseClause* clause : s->body) clauses.push_back({clause, !clause->cases});
  multipleDefaults(clauses);

  CaseValues seen;
  for (size_t i = 0; i < s->body.size(); i++) {
    CaseClause* clause = s->body[i];
    caseValues(&x, exprListOf(clause->cases), seen);
    openScope(clause, "case");
    stmtList(clause->body);
    closeScope();
  }
}

void Checker::caseValues(Operand* x, llvm::ArrayRef<Expr*> values, CaseValues& seen) {
  for (Expr* e : values) {
    Operand v;
    expr(nullptr, &v, e);
    if (!x->isValid() || !v.isValid()) continue;
    convertUntyped(&v, x->type);
    if (!v.isValid()) continue;
    // In this order errors are reported at the case values.
    Operand result = v;
    comparison(&result, x, Op::Eql, true);
    if (!result.isValid() || v.mode != OperandMode::Constant) continue;

    std::string key = caseKey(v.val);
    if (key.empty()) continue;
    bool duplicate = false;
    // Equal values of different types may meet in a switch on an interface.
    for (auto [pos, type] : seen[key]) {
      if (!identical(v.type, type)) continue;
      ErrorReport err(this, DiagKind::DuplicateCase);
      err.addf(&v, "duplicate case %s in expression switch", &v);
      err.addf(pos, "previous case");
      err.report();
      duplicate = true;
      break;
    }
    if (!duplicate) seen[key].push_back({v.pos(), v.type});
  }
}

bool Checker::isNilName(Expr* e) {
  Name* name = llvm::dyn_cast<Name>(unparen(e));
  return name && llvm::isa_and_nonnull<Nil>(lookup(name->value));
}

Type* Checker::caseTypes(Operand* x, llvm::ArrayRef<Expr*> types, std::vector<std::pair<Type*, Expr*>>& seen) {
  Type* t = nullptr; // null: nil
  for (Expr* e : types) {
    if (isNilName(e)) {
      t = nullptr;
      Operand ignored;
      expr(nullptr, &ignored, e);
    } else {
      t = varType(e);
      if (!isValid(t)) continue;
    }
    Expr* other = nullptr;
    for (auto [type, at] : seen) {
      if (!(t && type ? identical(t, type) : t == type)) continue;
      other = at;
      break;
    }
    if (other) {
      ErrorReport err(this, DiagKind::DuplicateCase);
      err.addf(e, "duplicate case %s in type switch", t ? typeStr(t) : std::string("nil"));
      err.addf(other, "previous case");
      err.report();
      continue;
    }
    seen.push_back({t, e});
    if (x && t) typeAssertion(e, x, t, true);
  }

  // With one type that is the variable's; else the variable has the type of the switch's operand.
  if (types.size() == 1 && t) return t;
  return x ? x->type : invalidType();
}

void Checker::typeSwitchStmt(SwitchStmt* s, TypeSwitchGuard* guard) {
  Name* lhs = guard->lhs;
  if (lhs) {
    if (lhs->value == "_") {
      softErrorf(lhs, DiagKind::NoNewVar, "no new variable on left side of :=");
      lhs = nullptr;
    } else {
      recordDef(lhs, nullptr); // each clause declares a variable of its own
    }
  }

  Operand storage;
  Operand* x = nullptr; // the operand, if it can be switched on
  expr(nullptr, &storage, guard->x);
  if (storage.isValid()) {
    if (isTypeParam(storage.type))
      errorf(&storage, DiagKind::InvalidTypeSwitch, "cannot use type switch on type parameter value %s", &storage);
    else if (isInterfaceType(storage.type))
      x = &storage;
    else
      errorf(&storage, DiagKind::InvalidTypeSwitch, "%s is not an interface", &storage);
  }

  llvm::SmallVector<std::pair<Node*, bool>, 8> clauses;
  for (CaseClause* clause : s->body) clauses.push_back({clause, !clause->cases});
  multipleDefaults(clauses);

  std::vector<Var*> lhsVars;
  std::vector<std::pair<Type*, Expr*>> seen;
  for (CaseClause* clause : s->body) {
    Type* t = caseTypes(x, exprListOf(clause->cases), seen);
    openScope(clause, "case");
    if (lhs) {
      Var* v = newVar(VarKind::Local, lhs->pos, lhs->value, t);
      declare(scope, nullptr, v, clause->colon);
      clause->implicitObject = v;
      lhsVars.push_back(v);
    }
    stmtList(clause->body);
    closeScope();
  }

  // The clauses' variables count as one: a use of any is a use of all.
  if (!lhs) return;
  bool used = false;
  for (Var* v : lhsVars) {
    used |= v->used;
    v->used = true;
  }
  if (!used) softErrorf(lhs, DiagKind::UnusedVar, "%s declared and not used", lhs->value);
}

void Checker::selectStmt(SelectStmt* s) {
  llvm::SmallVector<std::pair<Node*, bool>, 8> clauses;
  for (CommClause* clause : s->body) clauses.push_back({clause, !clause->comm});
  multipleDefaults(clauses);

  for (CommClause* clause : s->body) {
    // A send, a receive, or an assignment or declaration from a receive.
    bool valid = !clause->comm || llvm::isa<SendStmt>(clause->comm);
    Expr* rhs = nullptr;
    if (AssignStmt* assign = llvm::dyn_cast_or_null<AssignStmt>(clause->comm)) {
      if (!llvm::isa_and_nonnull<ListExpr>(assign->rhs)) rhs = assign->rhs;
    } else if (ExprStmt* e = llvm::dyn_cast_or_null<ExprStmt>(clause->comm)) {
      rhs = e->x;
    }
    if (rhs) {
      Operation* operation = llvm::dyn_cast<Operation>(unparen(rhs));
      if (operation && !operation->y && operation->op == Op::Recv) valid = true;
    }
    if (!valid) {
      error(clause->comm, DiagKind::InvalidSelectCase, "select case must be send or receive (possibly with assignment)");
      continue;
    }
    openScope(clause, "case");
    if (clause->comm) stmt(clause->comm);
    stmtList(clause->body);
    closeScope();
  }
}

} // namespace stoat
