// Conversions T(x): of constants, of values, and to and from type parameters.
// After cmd/compile/internal/types2/conversions.go.
#include "check/checker.h"
#include "llvm/Support/ConvertUTF.h"

namespace stoat {

namespace {

bool isBasicKind(Type* type, BasicKind kind) {
  BasicType* basic = under<BasicType>(type);
  return basic && basic->basic == kind;
}

bool isUintptr(Type* type) { return isBasicKind(type, BasicKind::Uintptr); }
bool isUnsafePointer(Type* type) { return isBasicKind(type, BasicKind::UnsafePointer); }

bool isBytesOrRunes(Type* type) {
  SliceTypeT* slice = under<SliceTypeT>(type);
  return slice && (isBasicKind(slice->elem, BasicKind::Uint8) || isBasicKind(slice->elem, BasicKind::Int32));
}

/// UTF-8 of a code point; of the replacement character for what is none.
std::string encodeRune(uint64_t codepoint) {
  if (codepoint > 0x10ffff || (codepoint >= 0xd800 && codepoint < 0xe000)) codepoint = 0xfffd;
  char buffer[UNI_MAX_UTF8_BYTES_PER_CODE_POINT];
  char* end = buffer;
  llvm::ConvertCodePointToUTF8(static_cast<unsigned>(codepoint), end);
  return std::string(buffer, end);
}

} // namespace

void Checker::conversion(Operand* x, Type* target) {
  bool constArg = x->mode == OperandMode::Constant;

  auto constConvertibleTo = [&](Type* t, ConstValue* val) {
    BasicType* basic = under<BasicType>(t);
    if (!basic) return false;
    if (representableConst(x->val, this, basic, val)) return true;
    if (isInteger(x->type) && isString(basic)) {
      bool exact = false;
      uint64_t v = x->val.uint64Val(&exact);
      if (val) *val = ConstValue::makeString(encodeRune(exact ? v : 0xfffd));
      return true;
    }
    return false;
  };

  bool ok = false;
  std::string cause;
  if (constArg && isConstType(target)) {
    ok = constConvertibleTo(target, &x->val);
    if (!ok && isInteger(x->type) && isInteger(target)) {
      errorf(x, DiagKind::InvalidConversion, "constant %s overflows %s", x->val, target);
      x->invalidate();
      return;
    }
  } else if (constArg && isTypeParam(target)) {
    // Convertible to every type of the type set; the result is not constant.
    ok = underIs(target, [&](Type* u) {
      if (!u) {
        cause = sprintf("%s does not contain specific types", target);
        return false;
      }
      if (isString(x->type) && isBytesOrRunes(u)) return true;
      if (constConvertibleTo(u, nullptr)) return true;
      if (isInteger(x->type) && isInteger(u))
        cause = sprintf("constant %s overflows %s (in %s)", x->val, u, target);
      else
        cause = sprintf("cannot convert %s to type %s (in %s)", x, u, target);
      return false;
    });
    x->mode = OperandMode::Value;
  } else if (x->convertibleTo(this, target, &cause)) {
    ok = true;
    x->mode = OperandMode::Value;
  }

  if (!ok) {
    if (!cause.empty())
      errorf(x, DiagKind::InvalidConversion, "cannot convert %s to type %s: %s", x, target, cause);
    else
      errorf(x, DiagKind::InvalidConversion, "cannot convert %s to type %s", x, target);
    x->invalidate();
    return;
  }

  // The argument's type is final now: the target, or its default type where the target cannot be an untyped value's type.
  if (isUntyped(x->type)) {
    Type* final = target;
    if (x->type == basicType(BasicKind::UntypedNil)) {
      // nil takes the target type
    } else if (isNonTypeParamInterface(target) || (constArg && !isConstType(target))) {
      final = defaultType(x->type);
    } else if (x->mode == OperandMode::Constant && isInteger(x->type) && allString(target)) {
      final = x->type;
    }
    updateExprType(x->expr, final, true);
  }
  x->type = target;
}

bool Operand::convertibleTo(Checker* check, Type* target, std::string* cause) {
  DiagKind kind = DiagKind::InvalidConversion;
  if (assignableTo(check, target, cause, kind)) return true;

  Type* origT = target;
  Type* v = unalias(type);
  Type* t = unalias(target);
  Type* vu = v->underlying();
  Type* tu = t->underlying();
  TypeParam* vp = llvm::dyn_cast<TypeParam>(v);
  TypeParam* tp = llvm::dyn_cast<TypeParam>(t);

  if (identicalIgnoreTags(vu, tu) && !vp && !tp) return true;

  // Unnamed pointers whose base types have identical underlying types.
  if (PointerType* vptr = llvm::dyn_cast<PointerType>(v))
    if (PointerType* tptr = llvm::dyn_cast<PointerType>(t))
      if (identicalIgnoreTags(vptr->elem->underlying(), tptr->elem->underlying()) && !isTypeParam(vptr->elem) && !isTypeParam(tptr->elem))
        return true;

  if (isIntegerOrFloat(vu) && isIntegerOrFloat(tu)) return true;
  if (isComplex(vu) && isComplex(tu)) return true;
  if ((isInteger(vu) || isBytesOrRunes(vu)) && isString(tu)) return true;
  if (isString(vu) && isBytesOrRunes(tu)) return true;
  if ((llvm::isa<PointerType>(vu) || isUintptr(vu)) && isUnsafePointer(tu)) return true;
  if (isUnsafePointer(vu) && (llvm::isa<PointerType>(tu) || isUintptr(tu))) return true;

  // Slice to array or pointer to array of the same element type.
  if (SliceTypeT* slice = llvm::dyn_cast<SliceTypeT>(vu)) {
    if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(tu)) {
      if (identical(slice->elem, array->elem)) {
        if (check->allowVersion(go1_20)) return true;
        if (cause) *cause = "conversion of slice to array requires go1.20 or later";
        return false;
      }
    } else if (PointerType* pointer = llvm::dyn_cast<PointerType>(tu)) {
      ArrayTypeT* base = under<ArrayTypeT>(pointer->elem);
      if (base && identical(slice->elem, base->elem)) {
        if (check->allowVersion(go1_17)) return true;
        if (cause) *cause = "conversion of slice to array pointer requires go1.17 or later";
        return false;
      }
    }
  }

  if (!vp && !tp) return false;

  auto addCause = [&](std::string message) {
    if (!cause) return;
    if (!cause->empty()) message += "\n\t" + *cause;
    *cause = std::move(message);
  };

  // Type parameters: the conversion must be valid for every type of the type sets.
  if (vp && tp) {
    Operand x = *this;
    return typeParamIs(vp, [&](const Term* from) {
      if (!from) return false;
      x.type = from->type;
      return typeParamIs(tp, [&](const Term* to) {
        if (!to) return false;
        if (x.convertibleTo(check, to->type, cause)) return true;
        addCause(check->sprintf("cannot convert %s (in %s) to type %s (in %s)", from->type, static_cast<Type*>(vp), to->type, static_cast<Type*>(tp)));
        return false;
      });
    });
  }
  if (vp) {
    Operand x = *this;
    return typeParamIs(vp, [&](const Term* from) {
      if (!from) return false;
      x.type = from->type;
      if (x.convertibleTo(check, t, cause)) return true;
      addCause(check->sprintf("cannot convert %s (in %s) to type %s", from->type, static_cast<Type*>(vp), origT));
      return false;
    });
  }
  return typeParamIs(tp, [&](const Term* to) {
    if (!to) return false;
    if (convertibleTo(check, to->type, cause)) return true;
    addCause(check->sprintf("cannot convert %s to type %s (in %s)", type, to->type, static_cast<Type*>(tp)));
    return false;
  });
}

} // namespace stoat
