// Range loops: over integers, strings, arrays, slices, maps, channels and functions.
// After cmd/compile/internal/types2/range.go.
#include "check/checker.h"

namespace stoat {

namespace {

Type* arrayPtrDeref(Type* type) {
  if (PointerType* p = llvm::dyn_cast<PointerType>(unalias(type)))
    if (ArrayTypeT* array = under<ArrayTypeT>(p->elem)) return array;
  return type;
}

} // namespace

bool Checker::rangeKeyVal(Type* orig, Type*& key, Type*& val, std::string& cause) {
  key = invalidType();
  val = invalidType();
  auto bad = [&](std::string why) {
    cause = std::move(why);
    return false;
  };

  std::string why;
  Type* common = commonUnder(
      orig,
      [&](Type* t, Type* u, std::string* reason) {
        ChanTypeT* ch = llvm::dyn_cast_or_null<ChanTypeT>(u);
        if (!ch || ch->dir != ChanDirection::SendOnly) return true;
        *reason = sprintf("receive from send-only channel %s", t);
        return false;
      },
      &why, this);
  if (!common) return bad(why);

  Type* t = arrayPtrDeref(common);
  switch (t->kind()) {
  case TypeKind::Basic:
    if (isString(t)) {
      key = basicType(BasicKind::Int);
      val = universeRune();
      return true;
    }
    if (!isInteger(t)) break;
    if (!allowVersion(go1_22)) return bad("requires go1.22 or later");
    key = orig;
    val = nullptr;
    return true;
  case TypeKind::Array:
    key = basicType(BasicKind::Int);
    val = llvm::cast<ArrayTypeT>(t)->elem;
    return true;
  case TypeKind::Slice:
    key = basicType(BasicKind::Int);
    val = llvm::cast<SliceTypeT>(t)->elem;
    return true;
  case TypeKind::Map:
    key = llvm::cast<MapTypeT>(t)->key;
    val = llvm::cast<MapTypeT>(t)->elem;
    return true;
  case TypeKind::Chan:
    key = llvm::cast<ChanTypeT>(t)->elem;
    val = nullptr;
    return true;
  case TypeKind::Signature: {
    if (!allowVersion(go1_23)) return bad("requires go1.23 or later");
    Signature* sig = llvm::cast<Signature>(t);
    if (sig->params->vars.size() != 1) return bad("func must be func(yield func(...) bool): wrong argument count");
    if (!sig->results->vars.empty()) return bad("func must be func(yield func(...) bool): unexpected results");
    std::string yieldWhy;
    Type* u = commonUnder(sig->params->vars[0]->type, nullptr, &yieldWhy, this);
    Signature* yield = llvm::dyn_cast_or_null<Signature>(u);
    if (!yield) {
      if (!u) return bad("func must be func(yield func(...) bool): in yield type, " + yieldWhy);
      return bad("func must be func(yield func(...) bool): argument is not func");
    }
    const std::vector<Var*>& params = yield->params->vars;
    const std::vector<Var*>& results = yield->results->vars;
    if (params.size() > 2) return bad("func must be func(yield func(...) bool): yield func has too many parameters");
    if (results.size() != 1 || !identical(results[0]->type, basicType(BasicKind::Bool))) {
      if (results.size() == 1 && isBoolean(results[0]->type))
        return bad("func must be func(yield func(...) bool): yield func returns user-defined boolean, not bool");
      return bad("func must be func(yield func(...) bool): yield func does not return bool");
    }
    key = params.size() >= 1 ? params[0]->type : nullptr;
    val = params.size() >= 2 ? params[1]->type : nullptr;
    return true;
  }
  default: break;
  }
  return bad("");
}

void Checker::rangeStmt(ForStmt* s, RangeClause* clause) {
  Expr* sKey = clause->lhs;
  Expr* sValue = nullptr;
  Expr* sExtra = nullptr;
  if (ListExpr* list = llvm::dyn_cast_or_null<ListExpr>(sKey)) {
    if (list->elems.size() < 2) {
      error(s, DiagKind::InvalidSyntaxTree, "invalid lhs in range clause");
      return;
    }
    sKey = list->elems[0];
    sValue = list->elems[1];
    if (list->elems.size() > 2) sExtra = list->elems[2];
  }

  Operand x;
  hasCallOrRecv = false;
  expr(nullptr, &x, clause->x);

  // With at most one variable and a constant length, an array is not evaluated: its expression becomes the length.
  if (x.isValid() && !sValue && !hasCallOrRecv) {
    if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(arrayPtrDeref(x.type->underlying()))) {
      Operand length;
      length.mode = OperandMode::Constant;
      length.expr = unparen(clause->x);
      length.type = basicType(BasicKind::Int);
      length.val = ConstValue::makeInt64(array->len);
      record(&length);
    }
  }

  Type* key = nullptr;
  Type* val = nullptr;
  if (x.isValid()) {
    std::string cause;
    if (!rangeKeyVal(x.type, key, val, cause)) {
      if (!cause.empty())
        softErrorf(&x, DiagKind::InvalidRangeExpr, "cannot range over %s: %s", &x, cause);
      else
        softErrorf(&x, DiagKind::InvalidRangeExpr, "cannot range over %s", &x);
    } else if (!key && sKey) {
      softErrorf(sKey, DiagKind::InvalidIterVar, "range over %s permits no iteration variables", &x);
    } else if (!val && sValue) {
      softErrorf(sValue, DiagKind::InvalidIterVar, "range over %s permits only one iteration variable", &x);
    } else if (sExtra) {
      softErrorf(sExtra, DiagKind::InvalidIterVar, "range clause permits at most two iteration variables");
    }
  }

  // The scope opens after the range expression.
  openScope(s, "range");
  Expr* lhs[2] = {sKey, sValue};
  Type* rhs[2] = {key, val};
  bool overInt = x.type && isInteger(x.type);

  if (clause->def) {
    llvm::SmallVector<Var*, 2> vars;
    for (int i = 0; i < 2; i++) {
      if (!lhs[i]) continue;
      Var* v = nullptr;
      if (Name* name = llvm::dyn_cast<Name>(lhs[i])) {
        v = newVar(VarKind::Local, name->pos, name->value, nullptr);
        recordDef(name, v);
        if (name->value != "_") vars.push_back(v);
      } else {
        errorf(lhs[i], DiagKind::InvalidSyntaxTree, "cannot declare %s", lhs[i]);
        v = newVar(VarKind::Local, lhs[i]->pos, "_", nullptr);
      }
      if (!rhs[i] || rhs[i] == invalidType()) {
        v->type = invalidType();
        v->used = true;
        continue;
      }
      if (overInt) {
        initVar(v, &x, "range clause");
      } else {
        Operand y; // there is no better expression than the variable
        y.mode = OperandMode::Value;
        y.expr = lhs[i];
        y.type = rhs[i];
        initVar(v, &y, "assignment");
      }
    }
    if (vars.empty()) {
      error(s, DiagKind::NoNewVar, "no new variables on left side of :=");
    } else {
      for (Var* v : vars) declare(scope, nullptr, v, s->body->pos);
    }
  } else if (sKey) {
    for (int i = 0; i < 2; i++) {
      if (!lhs[i] || !rhs[i] || rhs[i] == invalidType()) continue;
      if (overInt) {
        assignVar(lhs[i], nullptr, &x, "range clause");
        // An untyped operand has taken the variable's type, which must be an integer one.
        if (x.isValid() && !isInteger(x.type))
          softErrorf(lhs[i], DiagKind::InvalidRangeExpr, "cannot use iteration variable of type %s", x.type);
      } else {
        Operand y;
        y.mode = OperandMode::Value;
        y.expr = lhs[i];
        y.type = rhs[i];
        assignVar(lhs[i], nullptr, &y, "assignment");
      }
    }
  } else if (overInt) {
    assignment(&x, nullptr, "range clause"); // an untyped operand takes its default type
  }

  stmt(s->body);
  closeScope();
}

} // namespace stoat
