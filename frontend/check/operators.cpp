// Unary and binary operators, shifts, comparisons, channel receives and pointer indirections.
//
// Chains such as a+b+c+... are deep on their left: binary() walks the left spine in a loop, so that their length is bounded by
// memory alone. Algorithms after cmd/compile/internal/types2/expr.go.
#include "check/checker.h"

namespace stoat {

bool isShift(Op op) { return op == Op::Shl || op == Op::Shr; }

bool isComparison(Op op) {
  switch (op) {
  case Op::Eql:
  case Op::Neq:
  case Op::Lss:
  case Op::Leq:
  case Op::Gtr:
  case Op::Geq: return true;
  default: return false;
  }
}

bool Checker::opPredicate(Operand* x, Op op, bool isUnary) {
  bool ok = false;
  bool known = true;
  if (isUnary) {
    switch (op) {
    case Op::Add:
    case Op::Sub: ok = allNumeric(x->type); break;
    case Op::Xor: ok = allInteger(x->type); break;
    case Op::Not: ok = allBoolean(x->type); break;
    default: known = false;
    }
  } else {
    switch (op) {
    case Op::Add: ok = allNumericOrString(x->type); break;
    case Op::Sub:
    case Op::Mul:
    case Op::Div: ok = allNumeric(x->type); break;
    case Op::Rem:
    case Op::And:
    case Op::Or:
    case Op::Xor:
    case Op::AndNot: ok = allInteger(x->type); break;
    case Op::AndAnd:
    case Op::OrOr: ok = allBoolean(x->type); break;
    default: known = false;
    }
  }
  if (!known)
    errorf(x, DiagKind::InvalidSyntaxTree, "unknown operator %s", op);
  else if (!ok)
    errorf(x, DiagKind::UndefinedOp, "invalid operation: operator %s not defined on %s", op, x);
  return known && ok;
}

void Checker::indirection(Operand* x, Operation* e) {
  exprOrType(x, e->x, false);
  if (!x->isValid()) return;
  if (x->mode == OperandMode::TypeExpr) {
    validVarType(e->x, x->type);
    x->type = make<PointerType>(x->type);
    return;
  }
  Type* base = nullptr;
  bool ok = underIs(x->type, [&](Type* u) {
    PointerType* p = llvm::dyn_cast_or_null<PointerType>(u);
    if (!p) {
      errorf(x, DiagKind::InvalidIndirection, "invalid operation: cannot indirect %s", x);
      return false;
    }
    if (base && !identical(p->elem, base)) {
      errorf(x, DiagKind::InvalidIndirection, "invalid operation: pointers of %s must have identical base types", x);
      return false;
    }
    base = p->elem;
    return true;
  });
  if (!ok) {
    x->invalidate();
    return;
  }
  x->mode = OperandMode::Variable;
  x->type = base;
}

void Checker::unary(Operand* x, Operation* e) {
  expr(nullptr, x, e->x);
  if (!x->isValid()) return;

  Op op = e->op;
  switch (op) {
  case Op::And:
    // Composite literals are the exception to addressability.
    if (!llvm::isa<CompositeLit>(unparen(e->x)) && x->mode != OperandMode::Variable) {
      errorf(x, DiagKind::UnaddressableOperand, "invalid operation: cannot take address of %s", x);
      x->invalidate();
      return;
    }
    x->mode = OperandMode::Value;
    x->type = make<PointerType>(x->type);
    return;

  case Op::Recv:
    if (Type* elem = chanElem(x, x, true)) {
      x->mode = OperandMode::CommaOk;
      x->type = elem;
      hasCallOrRecv = true;
      return;
    }
    x->invalidate();
    return;

  case Op::Tilde:
    if (!allInteger(x->type)) {
      error(e, DiagKind::UndefinedOp, "cannot use ~ outside of interface or type constraint");
      x->invalidate();
      return;
    }
    error(e, DiagKind::UndefinedOp, "cannot use ~ outside of interface or type constraint (use ^ for bitwise complement)");
    op = Op::Xor;
    break;

  default: break;
  }

  if (!opPredicate(x, op, true)) {
    x->invalidate();
    return;
  }

  if (x->mode == OperandMode::Constant) {
    if (x->val.kind() == ConstValue::Unknown) return;
    unsigned prec = 0;
    if (isUnsigned(x->type)) prec = static_cast<unsigned>(sizes.sizeOf(x->type) * 8);
    x->val = ConstValue::unaryOp(op, x->val, prec);
    x->expr = e;
    overflow(x, opPos(x->expr));
    return;
  }
  x->mode = OperandMode::Value;
}

Type* Checker::chanElem(At at, Operand* x, bool recv) {
  std::string cause;
  Type* u = commonUnder(
      x->type,
      [&](Type* t, Type* each, std::string* why) {
        if (!each) {
          *why = "no specific channel type";
          return false;
        }
        ChanTypeT* ch = llvm::dyn_cast<ChanTypeT>(each);
        if (!ch)
          *why = sprintf("non-channel %s", t);
        else if (recv && ch->dir == ChanDirection::SendOnly)
          *why = sprintf("send-only channel %s", t);
        else if (!recv && ch->dir == ChanDirection::RecvOnly)
          *why = sprintf("receive-only channel %s", t);
        else
          return true;
        return false;
      },
      &cause, this);
  if (u) return llvm::cast<ChanTypeT>(u)->elem;

  if (recv) {
    if (isTypeParam(x->type))
      errorf(at, DiagKind::InvalidReceive, "invalid operation: cannot receive from %s: %s", x, cause);
    else
      errorf(at, DiagKind::InvalidReceive, "invalid operation: cannot receive from %s %s", cause, x);
  } else {
    if (isTypeParam(x->type))
      errorf(at, DiagKind::InvalidSend, "invalid operation: cannot send to %s: %s", x, cause);
    else
      errorf(at, DiagKind::InvalidSend, "invalid operation: cannot send to %s %s", cause, x);
  }
  return nullptr;
}

std::string Checker::incomparableCause(Type* t) {
  switch (t->underlying()->kind()) {
  case TypeKind::Slice:
  case TypeKind::Signature:
  case TypeKind::Map: return std::string(compositeKind(t)) + " can only be compared to nil";
  default: break;
  }
  std::string cause;
  comparableType(t, true, &cause, this);
  return cause;
}

void Checker::comparison(Operand* x, Operand* y, Op op, bool switchCase) {
  if (!isValid(x->type) || !isValid(y->type)) {
    x->invalidate();
    return;
  }
  if (switchCase) op = Op::Eql;

  Operand* errOp = nullptr; // the offending operand
  std::string cause;
  DiagKind kind = DiagKind::MismatchedTypes;

  // One operand must be assignable to the type of the other.
  DiagKind ignored;
  if (!x->assignableTo(this, y->type, nullptr, ignored) && !y->assignableTo(this, x->type, nullptr, ignored)) {
    // Known only after the second operand, hence reported there.
    errOp = y;
    cause = sprintf("mismatched types %s and %s", x->type, y->type);
  } else {
    kind = DiagKind::UndefinedOp;
    if (op == Op::Eql || op == Op::Neq) {
      if (x->isNil() || y->isNil()) {
        Type* other = x->isNil() ? y->type : x->type;
        if (!hasNil(other)) errOp = y; // nil == nil
      } else if (!isComparableType(x->type)) {
        errOp = x;
        cause = incomparableCause(x->type);
      } else if (!isComparableType(y->type)) {
        errOp = y;
        cause = incomparableCause(y->type);
      }
    } else if (!allOrdered(x->type)) {
      errOp = x;
    } else if (!allOrdered(y->type)) {
      errOp = y;
    }
  }

  if (!errOp) {
    if (x->mode == OperandMode::Constant && y->mode == OperandMode::Constant) {
      // The operands are never materialised.
      x->val = x->val.kind() == ConstValue::Unknown || y->val.kind() == ConstValue::Unknown
                   ? ConstValue::makeBool(false)
                   : ConstValue::makeBool(ConstValue::compare(x->val, op, y->val));
    } else {
      x->mode = OperandMode::Value;
      x->val = ConstValue();
      updateExprType(x->expr, defaultType(x->type), true);
      updateExprType(y->expr, defaultType(y->type), true);
    }
    x->type = basicType(BasicKind::UntypedBool);
    return;
  }

  if (cause.empty()) {
    if (isTypeParam(x->type) || isTypeParam(y->type)) {
      if (!isTypeParam(x->type)) errOp = y;
      cause = sprintf("type parameter %s cannot use operator %s", errOp->type, op);
    } else {
      std::string what = compositeKind(errOp->type);
      if (what.empty()) what = typeStr(errOp->type);
      cause = sprintf("operator %s not defined on %s", op, what);
    }
  }
  if (switchCase)
    errorf(x, kind, "invalid case %s in switch on %s (%s)", x->expr, y->expr, cause);
  else
    errorf(errOp, kind, "invalid operation: %s %s %s (%s)", x->expr, op, y->expr, cause);
  x->invalidate();
}

void Checker::shift(Operand* x, Operand* y, Expr* e, Op op) {
  ConstValue xval;
  if (x->mode == OperandMode::Constant) xval = x->val.toInt();

  // The left operand: an integer, or an untyped constant with an integer value.
  if (!allInteger(x->type) && !(isUntyped(x->type) && xval.kind() == ConstValue::Int)) {
    errorf(x, DiagKind::InvalidShiftOperand, "invalid operation: shifted operand %s must be integer", x);
    x->invalidate();
    return;
  }

  // The right operand: an integer, or an untyped constant that uint can represent (checked, not converted).
  ConstValue yval;
  if (y->mode == OperandMode::Constant) {
    yval = y->val.toInt();
    if (yval.kind() == ConstValue::Int && yval.sign() < 0) {
      errorf(y, DiagKind::InvalidShiftCount, "invalid operation: negative shift count %s", y);
      x->invalidate();
      return;
    }
    if (isUntyped(y->type)) {
      representable(y, basicType(BasicKind::Uint));
      if (!y->isValid()) {
        x->invalidate();
        return;
      }
    }
    // As gc, accept a typed constant of another numeric type with an integer value.
  } else if (allInteger(y->type)) {
    if (!allUnsigned(y->type) && !verifyVersionf(y, go1_13, "invalid operation: signed shift count %s", y)) {
      x->invalidate();
      return;
    }
  } else if (isUntyped(y->type)) {
    convertUntyped(y, basicType(BasicKind::Uint));
    if (!y->isValid()) {
      x->invalidate();
      return;
    }
  } else {
    errorf(y, DiagKind::InvalidShiftCount, "invalid operation: shift count %s must be integer", y);
    x->invalidate();
    return;
  }

  if (x->mode == OperandMode::Constant) {
    if (y->mode == OperandMode::Constant) {
      if (x->val.kind() == ConstValue::Unknown || y->val.kind() == ConstValue::Unknown) {
        x->val = ConstValue::unknown();
        if (!isInteger(x->type)) x->type = basicType(BasicKind::UntypedInt);
        return;
      }
      // Enough to express the smallest float64.
      constexpr uint64_t shiftBound = 1023 - 1 + 52;
      bool exact = false;
      uint64_t s = yval.uint64Val(&exact);
      if (!exact || s > shiftBound) {
        errorf(y, DiagKind::InvalidShiftCount, "invalid operation: invalid shift count %s", y);
        x->invalidate();
        return;
      }
      // A left operand such as 2.0 becomes an integer.
      if (!isInteger(x->type)) x->type = basicType(BasicKind::UntypedInt);
      x->val = ConstValue::shift(xval, op, static_cast<unsigned>(s));
      x->expr = e;
      overflow(x, opPos(x->expr));
      return;
    }

    // A constant left operand of a non-constant shift takes its type from the context: the check that it is an integer waits
    // for updateExprType. The expression may have its final type already when a declaration cycle evaluated it twice.
    if (isUntyped(x->type)) {
      if (x->expr->type && isUntyped(x->expr->type)) x->expr->isUntypedLhs = true;
      x->mode = OperandMode::Value;
      x->val = ConstValue();
      return;
    }
  }

  if (!allInteger(x->type)) {
    errorf(x, DiagKind::InvalidShiftOperand, "invalid operation: shifted operand %s must be integer", x);
    x->invalidate();
    return;
  }
  x->mode = OperandMode::Value;
  x->val = ConstValue();
}

void Checker::binary(Operand* x, Expr* e, Expr* lhs, Expr* rhs, Op op) {
  llvm::SmallVector<Operation*, 8> spine;
  Expr* left = lhs;
  for (;;) {
    Operation* operation = llvm::dyn_cast<Operation>(left);
    if (!operation || !operation->y) break;
    spine.push_back(operation);
    left = operation->x;
  }

  expr(nullptr, x, left);
  for (size_t i = spine.size(); i > 0; i--) {
    Operation* operation = spine[i - 1];
    binaryStep(x, operation, operation->x, operation->y, operation->op);
    x->expr = operation;
    pendingType(x);
    record(x);
  }
  binaryStep(x, e, lhs, rhs, op);
}

void Checker::binaryStep(Operand* x, Expr* e, Expr* lhs, Expr* rhs, Op op) {
  Operand y;
  expr(nullptr, &y, rhs);

  if (!x->isValid()) return;
  if (!y.isValid()) {
    x->invalidate();
    x->expr = y.expr;
    return;
  }

  if (isShift(op)) {
    shift(x, &y, e, op);
    return;
  }

  matchTypes(x, &y);
  if (!x->isValid()) return;

  if (isComparison(op)) {
    comparison(x, &y, op, false);
    return;
  }

  if (!identical(x->type, y.type)) {
    if (isValid(x->type) && isValid(y.type)) {
      if (e)
        errorf(x, DiagKind::MismatchedTypes, "invalid operation: %s (mismatched types %s and %s)", e, x->type, y.type);
      else
        errorf(x, DiagKind::MismatchedTypes, "invalid operation: %s %s= %s (mismatched types %s and %s)", lhs, op, rhs, x->type, y.type);
    }
    x->invalidate();
    return;
  }

  if (!opPredicate(x, op, false)) {
    x->invalidate();
    return;
  }

  bool bothConstant = x->mode == OperandMode::Constant && y.mode == OperandMode::Constant;
  if (op == Op::Div || op == Op::Rem) {
    if ((x->mode == OperandMode::Constant || allInteger(x->type)) && y.mode == OperandMode::Constant && y.val.sign() == 0) {
      error(&y, DiagKind::DivByZero, "invalid operation: division by zero");
      x->invalidate();
      return;
    }
    if (bothConstant && isComplex(x->type)) {
      // The divisor's squares may underflow.
      ConstValue re = y.val.real(), im = y.val.imag();
      if (ConstValue::binaryOp(re, Op::Mul, re).sign() == 0 && ConstValue::binaryOp(im, Op::Mul, im).sign() == 0) {
        error(&y, DiagKind::DivByZero, "invalid operation: division by zero");
        x->invalidate();
        return;
      }
    }
  }

  if (bothConstant) {
    if (x->val.kind() == ConstValue::Unknown || y.val.kind() == ConstValue::Unknown) {
      x->val = ConstValue::unknown();
      return;
    }
    x->val = ConstValue::binaryOp(x->val, op, y.val, op == Op::Div && isInteger(x->type));
    x->expr = e;
    overflow(x, opPos(x->expr));
    return;
  }
  x->mode = OperandMode::Value;
  x->val = ConstValue();
}

void Checker::matchTypes(Operand* x, Operand* y) {
  // Whether one operand may be converted to the other's type: if so, a failed conversion is the error; else a type mismatch is.
  auto mayConvert = [&] {
    if (isTyped(x->type) && isTyped(y->type)) return false;
    if (allNumeric(x->type) != allNumeric(y->type)) return false;
    if (isNonTypeParamInterface(x->type) || isNonTypeParamInterface(y->type)) return true;
    if (allBoolean(x->type) != allBoolean(y->type)) return false;
    if (allString(x->type) != allString(y->type)) return false;
    if (x->isNil()) return hasNil(y->type);
    if (y->isNil()) return hasNil(x->type);
    return !under<PointerType>(x->type) && !under<PointerType>(y->type);
  };
  if (!mayConvert()) return;
  convertUntyped(x, y->type);
  if (!x->isValid()) return;
  convertUntyped(y, x->type);
  if (!y->isValid()) x->invalidate();
}

} // namespace stoat
