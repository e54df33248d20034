// Unification of types with type parameters (types2 unify.go).
#pragma once
#include "check/checker.h"

namespace stoat {

class Unifier {
public:
  enum Mode : unsigned { Inexact = 0, Assign = 1, Exact = 2 };
  Unifier(llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, bool interfaceInference);
  bool unify(Type* x, Type* y, unsigned mode) { return nify(x, y, mode, nullptr); }
  Type* at(TypeParam* p) const;
  void set(TypeParam* p, Type* t);
  unsigned unknowns() const;
  TypeArgs inferred() const;

private:
  struct Pair { Interface* x; Interface* y; Pair* previous; };
  int indexOf(TypeParam* p) const;
  TypeParam* bound(Type* t) const;
  bool join(TypeParam* x, TypeParam* y);
  bool nify(Type* x, Type* y, unsigned mode, Pair* p);
  bool boundParam(TypeParam* px, Type* y, unsigned mode, Pair* p);
  bool interfaces(Interface* xi, Interface* yi, unsigned mode, Pair* p);
  bool structure(Type* x, Type* y, unsigned mode, unsigned emode, Pair* p, Type* yorig);

  llvm::ArrayRef<TypeParam*> tparams_;
  llvm::SmallVector<unsigned, 4> handle_; // parameter -> slot; joined parameters share one
  TypeArgs slots_;
  unsigned depth_ = 0;
  bool interfaceInference_;
};

} // namespace stoat
