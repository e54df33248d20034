// Expressions: the dispatch over expression kinds, and the rules that hold for every expression.
//
// Each step takes an Operand to fill in. A failed check has reported its error and leaves the operand invalid; callers then
// keep silent. An expression of untyped type gets a provisional record, which updateExprType replaces when the context
// decides on the type. Algorithms after cmd/compile/internal/types2/expr.go; operators are in operators.cpp.
#include "check/checker.h"

namespace stoat {

namespace {
unsigned bit(OperandMode mode) { return 1u << static_cast<unsigned>(mode); }
} // namespace

ExprKind Checker::rawExpr(Target* target, Operand* x, Expr* e, Type* hint, bool allowGeneric) {
  ExprKind kind = exprInternal(target, x, e, hint);
  if (!allowGeneric) nonGeneric(target, x);
  pendingType(x);
  record(x);
  return kind;
}

void Checker::nonGeneric(Target* target, Operand* x) {
  if (!x->isValid() || x->mode == OperandMode::NoValue || !x->type) return;
  const char* what = nullptr;
  switch (x->type->kind()) {
  case TypeKind::Alias:
  case TypeKind::Named:
    if (isGeneric(x->type)) what = "type";
    break;
  case TypeKind::Signature:
    if (!llvm::cast<Signature>(x->type)->typeParams.empty()) {
      if (target) {
        funcInst(target, x->pos(), x, nullptr, true);
        return;
      }
      what = "function";
    }
    break;
  default: break;
  }
  if (!what) return;
  errorf(x->expr, DiagKind::WrongTypeArgCount, "cannot use generic %s %s without instantiation", what, x->expr);
  x->invalidate();
  x->type = invalidType();
}

void Checker::pendingType(Operand* x) {
  if (!x->isValid() || x->mode == OperandMode::NoValue) return;
  if (!finiteSize(x->type)) {
    x->invalidate();
    x->type = invalidType();
  }
}

ExprKind Checker::exprInternal(Target* target, Operand* x, Expr* e, Type* hint) {
  x->invalidate();
  x->type = invalidType();
  x->val = ConstValue();

  auto fail = [&] {
    x->invalidate();
    x->expr = e;
    return ExprKind::Statement; // avoids follow-up errors
  };

  switch (e->kind) {
  case NodeKind::BadExpr: return fail();

  case NodeKind::Name: ident(x, llvm::cast<Name>(e), false); break;

  case NodeKind::DotsType:
    error(e, DiagKind::InvalidSyntaxTree, "invalid use of ...");
    return fail();

  case NodeKind::BasicLit: {
    BasicLit* lit = llvm::cast<BasicLit>(e);
    if (lit->bad) return fail();
    basicLit(x, lit);
    if (!x->isValid()) return fail();
    break;
  }

  case NodeKind::FuncLit:
    funcLit(x, llvm::cast<FuncLit>(e));
    if (!x->isValid()) return fail();
    break;

  case NodeKind::CompositeLit:
    compositeLit(x, llvm::cast<CompositeLit>(e), hint);
    if (!x->isValid()) return fail();
    break;

  case NodeKind::ParenExpr: {
    // Inference from a target does not look into parentheses.
    ExprKind kind = rawExpr(nullptr, x, llvm::cast<ParenExpr>(e)->x, nullptr, false);
    x->expr = e;
    return kind;
  }

  case NodeKind::SelectorExpr: selector(x, llvm::cast<SelectorExpr>(e), false); break;

  case NodeKind::IndexExpr: {
    IndexExpr* index = llvm::cast<IndexExpr>(e);
    if (indexExpr(x, index)) funcInst(target, e->pos, x, index, true);
    if (!x->isValid()) return fail();
    break;
  }

  case NodeKind::SliceExpr:
    sliceExpr(x, llvm::cast<SliceExpr>(e));
    if (!x->isValid()) return fail();
    break;

  case NodeKind::AssertExpr: {
    AssertExpr* assertion = llvm::cast<AssertExpr>(e);
    expr(nullptr, x, assertion->x);
    if (!x->isValid()) return fail();
    if (!assertion->typeExpr) {
      error(e, DiagKind::InvalidSyntaxTree, "invalid use of AssertExpr");
      return fail();
    }
    if (isTypeParam(x->type)) {
      errorf(x, DiagKind::InvalidAssert, "invalid operation: cannot use type assertion on type parameter value %s", x);
      return fail();
    }
    if (!under<Interface>(x->type)) {
      errorf(x, DiagKind::InvalidAssert, "invalid operation: %s is not an interface", x);
      return fail();
    }
    Type* t = varType(assertion->typeExpr);
    if (!isValid(t)) return fail();
    typeAssertion(e, x, t, false);
    x->mode = OperandMode::CommaOk;
    x->type = t;
    break;
  }

  case NodeKind::TypeSwitchGuard:
    error(e, DiagKind::InvalidSyntaxTree, "use of .(type) outside type switch");
    use(llvm::cast<TypeSwitchGuard>(e)->x);
    return fail();

  case NodeKind::CallExpr: return callExpr(x, llvm::cast<CallExpr>(e));

  case NodeKind::ListExpr:
    error(e, DiagKind::InvalidSyntaxTree, "unexpected list of expressions");
    return fail();

  case NodeKind::Operation: {
    Operation* operation = llvm::cast<Operation>(e);
    if (operation->y) {
      binary(x, e, operation->x, operation->y, operation->op);
      if (!x->isValid()) return fail();
      break;
    }
    if (operation->op == Op::Mul) {
      indirection(x, operation);
      if (!x->isValid()) return fail();
      break;
    }
    unary(x, operation);
    if (!x->isValid()) return fail();
    if (operation->op == Op::Recv) {
      x->expr = e;
      return ExprKind::Statement; // a receive may be a statement
    }
    break;
  }

  case NodeKind::KeyValueExpr:
    error(e, DiagKind::InvalidSyntaxTree, "no key:value expected");
    return fail();

  case NodeKind::ArrayType:
  case NodeKind::SliceType:
  case NodeKind::StructType:
  case NodeKind::FuncType:
  case NodeKind::InterfaceType:
  case NodeKind::MapType:
  case NodeKind::ChanType:
    x->mode = OperandMode::TypeExpr;
    x->type = typ(e);
    break;

  default:
    error(e, DiagKind::InvalidSyntaxTree, "unknown expression");
    return fail();
  }

  x->expr = e;
  return ExprKind::Expression;
}

void Checker::typeAssertion(Expr* e, Operand* x, Type* t, bool typeSwitch) {
  std::string cause;
  if (assertableTo(x->type, t, &cause)) return;
  if (typeSwitch)
    errorf(e, DiagKind::ImpossibleAssert, "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s", e, x, t, cause);
  else
    errorf(e, DiagKind::ImpossibleAssert, "impossible type assertion: %s\n\t%s does not implement %s %s", e, t, x->type, cause);
}

void Checker::expr(Target* target, Operand* x, Expr* e) {
  rawExpr(target, x, e, nullptr, false);
  exclude(x, bit(OperandMode::NoValue) | bit(OperandMode::Builtin) | bit(OperandMode::TypeExpr));
  singleValue(x);
}

void Checker::genericExpr(Operand* x, Expr* e) {
  rawExpr(nullptr, x, e, nullptr, true);
  exclude(x, bit(OperandMode::NoValue) | bit(OperandMode::Builtin) | bit(OperandMode::TypeExpr));
  singleValue(x);
}

void Checker::exprWithHint(Operand* x, Expr* e, Type* hint) {
  rawExpr(nullptr, x, e, hint, false);
  exclude(x, bit(OperandMode::NoValue) | bit(OperandMode::Builtin) | bit(OperandMode::TypeExpr));
  singleValue(x);
}

void Checker::exprOrType(Operand* x, Expr* e, bool allowGeneric) {
  rawExpr(nullptr, x, e, nullptr, allowGeneric);
  exclude(x, bit(OperandMode::NoValue));
  singleValue(x);
}

OperandList Checker::multiExpr(Expr* e, bool allowCommaOk, bool* commaOk) {
  *commaOk = false;
  Operand* x = make<Operand>();
  rawExpr(nullptr, x, e, nullptr, false);
  exclude(x, bit(OperandMode::NoValue) | bit(OperandMode::Builtin) | bit(OperandMode::TypeExpr));

  auto value = [&](Type* type) {
    Operand* y = make<Operand>();
    y->mode = OperandMode::Value;
    y->expr = e;
    y->type = type;
    return y;
  };

  OperandList list;
  TupleType* tuple = llvm::dyn_cast_or_null<TupleType>(x->type);
  if (tuple && x->isValid()) {
    for (Var* v : tuple->vars) list.push_back(value(v->type));
    return list;
  }
  list.push_back(x);
  if (allowCommaOk && (x->mode == OperandMode::MapIndex || x->mode == OperandMode::CommaOk || x->mode == OperandMode::CommaErr)) {
    list.push_back(value(x->mode == OperandMode::CommaErr ? universeError() : basicType(BasicKind::UntypedBool)));
    *commaOk = true;
  }
  return list;
}

void Checker::exclude(Operand* x, unsigned modes) {
  if (!x->isValid() || !(modes & bit(x->mode))) return;
  switch (x->mode) {
  case OperandMode::NoValue:
    errorf(x, DiagKind::TooManyValues, modes & bit(OperandMode::TypeExpr) ? "%s used as value" : "%s used as value or type", x);
    break;
  case OperandMode::Builtin: errorf(x, DiagKind::UncalledBuiltin, "%s must be called", x); break;
  default: errorf(x, DiagKind::NotAnExpr, "%s is not an expression", x); break;
  }
  x->invalidate();
}

void Checker::singleValue(Operand* x) {
  if (x->mode != OperandMode::Value || !llvm::isa_and_nonnull<TupleType>(x->type)) return;
  errorf(x, DiagKind::TooManyValues, "multiple-value %s in single-value context", x);
  x->invalidate();
}

void Checker::updateExprVal(Expr* x, const ConstValue& val) {
  if (x->type && isUntyped(x->type) && x->mode == OperandMode::Constant) x->constant = val;
}

void Checker::updateExprType(Expr* x, Type* type, bool final) {
  // The left operands of a chain of operators are handled by the loop, everything else by recursion: chains are long, nesting is not.
  // Operands come before the operation that uses them, so the chain's nodes are finished in reverse at the end.
  llvm::SmallVector<Expr*, 8> chain;
  for (;;) {
    if (!x->type || !isUntyped(x->type) || x->mode == OperandMode::Unchecked) break; // final already
    Expr* next = nullptr;
    if (ParenExpr* paren = llvm::dyn_cast<ParenExpr>(x)) {
      next = paren->x;
    } else if (Operation* operation = llvm::dyn_cast<Operation>(x)) {
      // The operands of a constant are never materialised. A comparison's have their own final types; of a shift only the left
      // operand has the type of the result.
      if (x->mode != OperandMode::Constant && !(operation->y && isComparison(operation->op))) {
        if (!operation->y && operation->op == Op::Mul) break;
        next = operation->x;
      }
    }
    chain.push_back(x);
    if (!next) break;
    x = next;
  }

  for (size_t i = chain.size(); i > 0; i--) {
    Expr* e = chain[i - 1];
    Operation* operation = llvm::dyn_cast<Operation>(e);
    if (operation && operation->y && e->mode != OperandMode::Constant && !isComparison(operation->op) && !isShift(operation->op))
      updateExprType(operation->y, type, final);
    finishExprType(e, type, final);
  }
}

void Checker::finishExprType(Expr* x, Type* type, bool final) {
  OperandMode mode = x->mode;
  BasicType* old = llvm::cast<BasicType>(x->type);
  if (!final && isUntyped(type)) {
    x->type = type->underlying();
    return;
  }

  // The node counts as final from here on; after an error it stays without a type.
  ConstValue val = x->constant;
  x->type = invalidType();
  x->mode = OperandMode::Unchecked;
  x->constant = ConstValue();

  bool isLhs = x->isUntypedLhs;
  x->isUntypedLhs = false;
  if (isLhs && !allInteger(type)) {
    errorf(x, DiagKind::InvalidShiftOperand, "invalid operation: shifted operand %s (type %s) must be integer", x, type);
    return;
  }
  if (mode == OperandMode::Constant) {
    Operand c; // must be representable in the final type
    c.mode = mode;
    c.expr = x;
    c.type = old;
    c.val = val;
    convertUntyped(&c, type);
    if (!c.isValid()) return;
    val = c.val;
  }
  recordTypeAndValue(x, mode, type, val);
}

} // namespace stoat
