// Types and places as escape analysis sees them (escape_types.h).
#include "opt/escape_types.h"
#include "check/type_set.h"

namespace stoat::mir {

bool isOnePointer(Type* t) {
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature: return true;
  case TypeKind::Basic: return llvm::cast<BasicType>(t)->basic == BasicKind::UnsafePointer;
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len == 1 && isOnePointer(llvm::cast<ArrayTypeT>(t)->elem);
  case TypeKind::Struct: {
    StructTypeT* s = llvm::cast<StructTypeT>(t);
    return s->fields.size() == 1 && isOnePointer(s->fields[0]->type);
  }
  default: return false;
  }
}

bool mayBeDirect(Type* t) {
  t = t->underlying();
  if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(t)) {
    for (Var* field : s->fields)
      if (isTypeParam(field->type) || mayBeDirect(field->type))
        return true;
    return false;
  }
  if (ArrayTypeT* a = llvm::dyn_cast<ArrayTypeT>(t))
    return a->len == 1 && (isTypeParam(a->elem) || mayBeDirect(a->elem));
  return isOnePointer(t);
}

bool holdsPointers(Type* t, unsigned depth) {
  if (!t || depth > 20)
    return true;
  if (isTypeParam(t)) {
    TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t));
    return !p || !typeParamIs(p, [&](const Term* term) { return term && !holdsPointers(term->type, depth + 1); });
  }
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Basic: {
    BasicType* b = llvm::cast<BasicType>(t);
    return b->basic == BasicKind::UnsafePointer || (b->info & IsString);
  }
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len != 0 && holdsPointers(llvm::cast<ArrayTypeT>(t)->elem, depth + 1);
  case TypeKind::Struct:
    for (Var* field : llvm::cast<StructTypeT>(t)->fields)
      if (holdsPointers(field->type, depth + 1))
        return true;
    return false;
  default: return true;
  }
}

bool isString(Type* t) {
  BasicType* b = llvm::dyn_cast<BasicType>(t->underlying());
  return b && (b->info & IsString);
}
bool isUintptr(Type* t) {
  BasicType* b = t && !isTypeParam(t) ? llvm::dyn_cast<BasicType>(t->underlying()) : nullptr;
  return b && (b->info & IsInteger);
}
bool elementsHoldPointers(Type* t) {
  SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(t ? coreType(t) : nullptr);
  return s ? holdsPointers(s->elem) : t && !isString(t);
}

Path pathOf(const Place& p) {
  Path path;
  Type* t = p.baseType;
  for (const Projection& projection : p.projections) {
    Type* core = t ? coreType(t) : nullptr;
    if (projection.kind == Projection::Index) {
      if (ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core)) {
        t = a->elem;
      } else if (SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(core)) {
        ++path.derefs;
        t = s->elem;
      } else if (PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(core)) {
        ++path.derefs;
        ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(coreType(pointer->elem));
        t = a ? a->elem : nullptr;
      } else if (core) { // string
        ++path.derefs;
        t = nullptr;
      } else {
        path.unknown = true;
        t = nullptr;
      }
    } else {
      StructTypeT* s = llvm::dyn_cast_or_null<StructTypeT>(core);
      if (!s || static_cast<size_t>(projection.field) >= s->fields.size()) {
        path.unknown |= t == nullptr;
        t = nullptr;
      } else {
        t = s->fields[projection.field]->type;
      }
    }
  }
  return path;
}

} // namespace stoat::mir
