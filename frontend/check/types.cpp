// Accessors of types that need no checker state: unaliasing, underlying types, constraint interfaces.
#include "check/types.h"
#include "check/checker.h"

namespace stoat {

Arena& typeArena() {
  static Arena* arena = new Arena;
  return *arena;
}

Type* unalias(Type* t) {
  AliasType* first = llvm::dyn_cast_or_null<AliasType>(t);
  if (!first) return t;
  if (first->actual) return first->actual;
  Type* u = first;
  while (AliasType* a = llvm::dyn_cast_or_null<AliasType>(u)) u = a->actual ? a->actual : a->fromRHS;
  // A null right side means that the alias is still being declared: the answer is not final.
  if (!u) return invalidType();
  // Every alias on the way learns the answer: a long chain is walked once.
  for (Type* t = first; AliasType* a = llvm::dyn_cast<AliasType>(t); t = a->fromRHS) {
    if (a->actual) break;
    a->actual = u;
  }
  return u;
}

Type* Type::underlying() {
  switch (kind_) {
  case TypeKind::Named: return llvm::cast<Named>(this)->under();
  case TypeKind::Alias: return unalias(this)->underlying();
  case TypeKind::TypeParam: return llvm::cast<TypeParam>(this)->iface();
  default: return this;
  }
}

// The constraint as an interface. A constraint that is not one (~int, or an error) is wrapped, and the wrapper kept.
Interface* TypeParam::iface() {
  if (!bound) return emptyInterface();
  Interface* result = nullptr;
  Type* u = bound->underlying();
  if (!isValid(u)) return emptyInterface();
  if (Interface* i = llvm::dyn_cast<Interface>(u)) {
    if (isTypeParam(bound)) return emptyInterface(); // an error, reported elsewhere
    result = i;
  } else {
    result = typeArena().make<Interface>();
    result->embeddeds.push_back(bound);
    result->implicit = true;
    result->complete = true;
    bound = result;
  }
  if (!result->tset) {
    Pos pos = obj->pos;
    if (Named* n = llvm::dyn_cast<Named>(unalias(bound))) pos = n->obj->pos;
    computeInterfaceTypeSet(check, pos, result);
  }
  return result;
}

const std::vector<Func*>& Interface::methods() { return typeSetOf(this)->methods; }
bool Interface::isEmpty() { return typeSetOf(this)->isAll(); }
bool Interface::isMethodSet() { return typeSetOf(this)->isMethodSet(); }
bool Interface::isComparable() { return typeSetOf(this)->isComparable(); }

bool TypeName::isAlias() const {
  if (!type) return false;
  switch (type->kind()) {
  case TypeKind::Basic: {
    if (pkg == unsafePackage()) return false;
    // byte, rune, and aliases of predeclared types that have no Alias node
    BasicType* b = llvm::cast<BasicType>(type);
    return pkg != nullptr || b->name != name || b == universeByte() || b == universeRune();
  }
  case TypeKind::Named: return this != llvm::cast<Named>(type)->obj;
  case TypeKind::TypeParam: return this != llvm::cast<TypeParam>(type)->obj;
  default: return true;
  }
}

llvm::ArrayRef<TypeParam*> typeParamsOf(Type* t) {
  switch (t->kind()) {
  case TypeKind::Named: return llvm::cast<Named>(t)->origin->unpack()->typeParams;
  case TypeKind::Alias: return llvm::cast<AliasType>(t)->origin->typeParams;
  case TypeKind::Signature: return llvm::cast<Signature>(t)->typeParams;
  default: return {};
  }
}

} // namespace stoat
