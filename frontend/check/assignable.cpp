// Assignability of operands. After cmd/compile/internal/types2/operand.go.
#include "check/checker.h"

namespace stoat {

bool Operand::assignableTo(Checker* check, Type* target, std::string* cause, DiagKind& why) {
  if (!isValid() || !stoat::isValid(target)) return true; // avoids spurious errors

  Type* origT = target;
  Type* v = unalias(type);
  Type* t = unalias(target);
  if (identical(v, t)) return true;

  Type* vu = v->underlying();
  Type* tu = t->underlying();
  TypeParam* vp = llvm::dyn_cast<TypeParam>(v);
  TypeParam* tp = llvm::dyn_cast<TypeParam>(t);

  // An untyped value that a value of type T represents.
  if (isUntyped(vu)) {
    why = DiagKind::IncompatibleAssign;
    ConstValue ignoredValue;
    DiagKind ignoredCode = why;
    if (tp)
      return typeParamIs(tp, [&](const Term* term) {
        return term && check->implicitTypeAndValue(this, term->type, &ignoredValue, ignoredCode) != nullptr;
      });
    return check->implicitTypeAndValue(this, t, &ignoredValue, ignoredCode) != nullptr;
  }

  // Identical underlying types, one of them without a name, and no type parameters.
  if (identical(vu, tu) && (!hasName(v) || !hasName(t)) && !vp && !tp) return true;

  // T is an interface that V implements. Pointers to interfaces go the same way for the sake of the cause.
  if ((llvm::isa<Interface>(tu) && !tp) || isInterfacePtr(tu)) {
    if (check->implements(v, t, false, cause)) return true;
    if (!vp) {
      why = DiagKind::InvalidIfaceAssign;
      return false;
    }
    if (cause) cause->clear();
  }

  // V is an interface that T implements: a type assertion is missing.
  if (llvm::isa<Interface>(vu) && !vp && check->implements(t, v, false, nullptr)) {
    if (cause) *cause = "need type assertion";
    why = DiagKind::IncompatibleAssign;
    return false;
  }

  // A bidirectional channel to a channel of the same element type.
  if (ChanTypeT* vc = llvm::dyn_cast<ChanTypeT>(vu); vc && vc->dir == ChanDirection::Both) {
    if (ChanTypeT* tc = llvm::dyn_cast<ChanTypeT>(tu); tc && identical(vc->elem, tc->elem)) {
      why = DiagKind::InvalidChanAssign;
      return !hasName(v) || !hasName(t);
    }
  }

  why = DiagKind::IncompatibleAssign;
  if (!vp && !tp) return false;

  auto addCause = [&](std::string message) {
    if (!cause) return;
    if (!cause->empty()) message += "\n\t" + *cause;
    *cause = std::move(message);
  };

  // To a type parameter: assignable to every type of its type set.
  if (!hasName(v) && tp) {
    bool ok = false;
    typeParamIs(tp, [&](const Term* term) {
      if (!term) return false;
      ok = assignableTo(check, term->type, cause, why);
      if (!ok) addCause(check->sprintf("cannot assign %s to %s (in %s)", type, term->type, static_cast<Type*>(tp)));
      return ok;
    });
    return ok;
  }

  // From a type parameter: every type of its type set is assignable.
  if (vp && !hasName(t)) {
    Operand x = *this;
    bool ok = false;
    typeParamIs(vp, [&](const Term* term) {
      if (!term) return false;
      x.type = term->type;
      ok = x.assignableTo(check, t, cause, why);
      if (!ok) addCause(check->sprintf("cannot assign %s (in %s) to %s", term->type, static_cast<Type*>(vp), origT));
      return ok;
    });
    return ok;
  }
  return false;
}

bool assignableTo(Type* v, Type* t) {
  Operand x;
  x.mode = ExprMode::Value;
  x.type = v;
  DiagKind ignored;
  return x.assignableTo(nullptr, t, nullptr, ignored);
}

} // namespace stoat
