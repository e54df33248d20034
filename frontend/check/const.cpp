// Constant operands: overflow of constant expressions, representability of a constant in a basic type (with rounding of floats to
// their type's precision), and implicit conversion of untyped operands.
//
// Invariant: the value of a typed constant operand is always representable in its type and already rounded to it.
// Algorithms after cmd/compile/internal/types2/const.go.
#include "check/checker.h"
#include <cmath>

namespace stoat {

namespace {

/// Untyped integer constants may not need more bits than this.
constexpr unsigned maxConstantBits = 512;

/// What to call an operation that may overflow; empty for others.
const char* operationName(const Expr* x) {
  const Operation* operation = llvm::dyn_cast_or_null<Operation>(x);
  if (!operation) return "";
  if (!operation->y) return operation->op == Op::Xor ? "bitwise complement" : "";
  switch (operation->op) {
  case Op::Add: return "addition";
  case Op::Sub: return "subtraction";
  case Op::Xor: return "bitwise XOR";
  case Op::Mul: return "multiplication";
  case Op::Shl: return "shift";
  default: return "";
  }
}

bool fitsFloat32(const ConstValue& x) { return !std::isinf(x.float32Val()); }
bool fitsFloat64(const ConstValue& x) { return !std::isinf(x.float64Val()); }

bool roundFloat32(const ConstValue& x, ConstValue& rounded) {
  float f = x.float32Val();
  if (std::isinf(f)) return false;
  rounded = ConstValue::makeFloat64(f);
  return true;
}

bool roundFloat64(const ConstValue& x, ConstValue& rounded) {
  double f = x.float64Val();
  if (std::isinf(f)) return false;
  rounded = ConstValue::makeFloat64(f);
  return true;
}

bool fitsSigned(int64_t x, unsigned bits) {
  if (bits >= 64) return true;
  int64_t limit = int64_t(1) << (bits - 1);
  return -limit <= x && x < limit;
}

bool representableInteger(ConstValue x, BasicKind kind, unsigned wordBits) {
  bool exact = false;
  int64_t v = x.int64Val(&exact);
  if (exact) {
    switch (kind) {
    case BasicKind::Int: return fitsSigned(v, wordBits);
    case BasicKind::Int8: return fitsSigned(v, 8);
    case BasicKind::Int16: return fitsSigned(v, 16);
    case BasicKind::Int32: return fitsSigned(v, 32);
    case BasicKind::Int64:
    case BasicKind::UntypedInt:
    case BasicKind::UntypedRune: return true;
    case BasicKind::Uint:
    case BasicKind::Uintptr: return v >= 0 && (wordBits >= 64 || v < (int64_t(1) << wordBits));
    case BasicKind::Uint8: return 0 <= v && v <= 0xff;
    case BasicKind::Uint16: return 0 <= v && v <= 0xffff;
    case BasicKind::Uint32: return 0 <= v && v <= 0xffffffffLL;
    case BasicKind::Uint64: return v >= 0;
    default: return false;
    }
  }
  switch (kind) {
  case BasicKind::Uint:
  case BasicKind::Uintptr: return x.sign() >= 0 && x.bitLen() <= wordBits;
  case BasicKind::Uint64: return x.sign() >= 0 && x.bitLen() <= 64;
  case BasicKind::UntypedInt:
  case BasicKind::UntypedRune: return true;
  default: return false;
  }
}

} // namespace

Pos opPos(const Expr* x) {
  if (!x) return {};
  if (llvm::isa<Operation>(x)) return x->pos;
  return startPos(x);
}

void Checker::overflow(Operand* x, Pos opPosition) {
  if (x->val.kind() == ConstValue::Unknown) {
    errorf(opPosition, DiagKind::InvalidConstVal, "constant result is not representable");
    return;
  }
  if (isTyped(x->type)) {
    if (BasicType* basic = under<BasicType>(x->type)) representable(x, basic);
    return;
  }
  if (x->val.kind() == ConstValue::Int && x->val.bitLen() > maxConstantBits) {
    std::string op = operationName(x->expr);
    if (!op.empty()) op += " ";
    errorf(opPosition, DiagKind::InvalidConstVal, "constant %soverflow", op);
    x->val = ConstValue::unknown();
  }
}

bool representableConst(const ConstValue& value, const Checker* check, BasicType* type, ConstValue* rounded) {
  if (value.kind() == ConstValue::Unknown) return true; // avoids follow-up errors

  if (type->info & IsInteger) {
    ConstValue x = value.toInt();
    if (x.kind() != ConstValue::Int) return false;
    if (rounded) *rounded = x;
    return representableInteger(x, type->basic, check->sizes.wordSize * 8);
  }
  if (type->info & IsFloat) {
    ConstValue x = value.toFloat();
    if (x.kind() != ConstValue::Float) return false;
    switch (type->basic) {
    case BasicKind::Float32: return rounded ? roundFloat32(x, *rounded) : fitsFloat32(x);
    case BasicKind::Float64: return rounded ? roundFloat64(x, *rounded) : fitsFloat64(x);
    default: return true; // untyped float
    }
  }
  if (type->info & IsComplex) {
    ConstValue x = value.toComplex();
    if (x.kind() != ConstValue::Complex) return false;
    ConstValue re = x.real(), im = x.imag();
    switch (type->basic) {
    case BasicKind::Complex64:
      if (!rounded) return fitsFloat32(re) && fitsFloat32(im);
      if (!roundFloat32(re, re) || !roundFloat32(im, im)) return false;
      break;
    case BasicKind::Complex128:
      if (!rounded) return fitsFloat64(re) && fitsFloat64(im);
      if (!roundFloat64(re, re) || !roundFloat64(im, im)) return false;
      break;
    default: return true; // untyped complex
    }
    *rounded = ConstValue::binaryOp(re, Op::Add, ConstValue::makeImag(im));
    return true;
  }
  if (type->info & IsString) return value.kind() == ConstValue::String;
  if (type->info & IsBoolean) return value.kind() == ConstValue::Bool;
  return false;
}

void Checker::representable(Operand* x, BasicType* type) {
  ConstValue v;
  DiagKind kind;
  if (!representation(x, type, v, kind)) {
    invalidConversion(kind, x, type);
    x->invalidate();
    return;
  }
  x->val = v;
}

bool Checker::representation(Operand* x, BasicType* type, ConstValue& v, DiagKind& kind) {
  v = x->val;
  if (representableConst(x->val, this, type, &v)) return true;
  if (!isNumeric(x->type) || !isNumeric(type)) {
    kind = DiagKind::InvalidConstVal;
  } else {
    // Integer to integer and float to float overflow; float to integer truncates.
    kind = !isInteger(x->type) && isInteger(type) ? DiagKind::TruncatedFloat : DiagKind::NumericOverflow;
  }
  return false;
}

void Checker::invalidConversion(DiagKind kind, Operand* x, Type* target) {
  const char* format = "cannot convert %s to type %s";
  if (kind == DiagKind::TruncatedFloat) format = "%s truncated to %s";
  if (kind == DiagKind::NumericOverflow) format = "%s overflows %s";
  errorf(x, kind, format, x, target);
}

void Checker::convertUntyped(Operand* x, Type* target) {
  ConstValue val;
  DiagKind kind;
  Type* newType = implicitTypeAndValue(x, target, &val, kind);
  if (!newType) {
    invalidConversion(kind, x, isTypeParam(target) ? target : target->underlying());
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

Type* Checker::implicitTypeAndValue(Operand* x, Type* target, ConstValue* val, DiagKind& kind) {
  if (!x->isValid() || isTyped(x->type) || !isValid(target)) return x->type;

  auto fail = [&]() -> Type* {
    kind = DiagKind::InvalidUntypedConversion;
    return nullptr;
  };

  if (isUntyped(target)) {
    Type* m = maxType(x->type, target);
    return m ? m : fail();
  }

  if (x->isNil()) return hasNil(target) ? target : fail();

  Type* u = target->underlying();
  if (BasicType* basic = llvm::dyn_cast<BasicType>(u)) {
    if (x->mode == OperandMode::Constant) return representation(x, basic, *val, kind) ? target : nullptr;
    // Untyped values that are not constant: results of comparisons, and shifts whose type is still open.
    switch (llvm::cast<BasicType>(x->type)->basic) {
    case BasicKind::UntypedBool: return isBoolean(target) ? target : fail();
    case BasicKind::UntypedInt:
    case BasicKind::UntypedRune:
    case BasicKind::UntypedFloat:
    case BasicKind::UntypedComplex: return isNumeric(target) ? target : fail();
    case BasicKind::UntypedString: return isString(target) ? target : fail();
    default: return fail();
    }
  }
  if (Interface* iface = llvm::dyn_cast<Interface>(u)) {
    if (isTypeParam(target)) {
      bool ok = underIs(target, [&](Type* each) {
        if (!each) return false;
        ConstValue ignoredValue;
        DiagKind ignored;
        return implicitTypeAndValue(x, each, &ignoredValue, ignored) != nullptr;
      });
      return ok ? target : fail();
    }
    // Values in interfaces have a concrete type: the default type. Untyped nil was handled above.
    if (!iface->isEmpty()) return fail();
    return defaultType(x->type);
  }
  return fail();
}

} // namespace stoat
