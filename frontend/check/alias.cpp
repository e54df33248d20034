// Alias types and their instances (types2 alias.go).
#include "check/checker.h"

namespace stoat {

AliasType* Checker::newAlias(TypeName* o, Type* rhs) {
  AliasType* a = make<AliasType>();
  a->obj = o;
  a->origin = a;
  a->fromRHS = rhs;
  if (!o->type) o->type = a;
  needsCleanup(a);
  return a;
}

AliasType* newAliasInstance(Checker* check, Pos pos, AliasType* origin, llvm::ArrayRef<Type*> targs, Named* expanding, Context* context) {
  AliasType* a = typeArena().make<AliasType>();
  a->obj = origin->obj;
  a->origin = origin;
  a->typeParams = {};
  a->typeArgs.assign(targs.begin(), targs.end());
  a->fromRHS = origin->fromRHS ? substType(check, pos, origin->fromRHS, SubstMap{origin->typeParams, a->typeArgs}, expanding, context) : invalidType();
  if (check) check->needsCleanup(a);
  return a;
}

} // namespace stoat
