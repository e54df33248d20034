// Predicates on types and type identity (types2 predicates.go, under.go).
#include "check/predicates.h"
#include "check/checker.h"

namespace stoat {

bool isValid(Type* t) { return unalias(t) != invalidType(); }

bool isBasic(Type* t, unsigned info) {
  BasicType* b = llvm::dyn_cast_or_null<BasicType>(t->underlying());
  return b && (b->info & info);
}

bool allBasic(Type* t, unsigned info) {
  if (TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t)))
    return typeParamIs(p, [&](const Term* term) { return term && isBasic(term->type, info); });
  return isBasic(t, info);
}

bool hasName(Type* t) {
  switch (unalias(t)->kind()) {
  case TypeKind::Basic:
  case TypeKind::Named:
  case TypeKind::TypeParam: return true;
  default: return false;
  }
}
bool isNamedType(Type* t) { return hasName(t); }

bool isTypeLit(Type* t) {
  TypeKind k = unalias(t)->kind();
  return k != TypeKind::Named && k != TypeKind::TypeParam;
}

bool isUntyped(Type* t) {
  BasicType* b = llvm::dyn_cast_or_null<BasicType>(t);
  return b && (b->info & IsUntyped);
}

bool isUntypedNumeric(Type* t) {
  BasicType* b = llvm::dyn_cast_or_null<BasicType>(t);
  return b && (b->info & IsUntyped) && (b->info & IsNumeric);
}

bool isTypeParam(Type* t) { return llvm::isa<TypeParam>(unalias(t)); }
bool isInterfaceType(Type* t) { return isNonTypeParamInterface(t); }
bool isNonTypeParamInterface(Type* t) { return !isTypeParam(t) && llvm::isa_and_nonnull<Interface>(t->underlying()); }

bool isInterfacePtr(Type* t) {
  PointerType* p = llvm::dyn_cast_or_null<PointerType>(t->underlying());
  return p && llvm::isa_and_nonnull<Interface>(p->elem->underlying());
}

bool hasEmptyTypeset(Type* t) {
  TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t));
  if (!p || !p->bound) return false;
  Type* u = unalias(p->bound);
  // Only what is known already: this is asked for messages while types are incomplete.
  if (Named* n = llvm::dyn_cast<Named>(u)) u = n->underlyingIfKnown();
  Interface* i = llvm::dyn_cast_or_null<Interface>(u);
  return i && i->tset && i->tset->isEmpty();
}

bool isGeneric(Type* t) {
  if (AliasType* a = llvm::dyn_cast_or_null<AliasType>(t))
    if (!a->origin->typeParams.empty() && a->typeArgs.empty()) return true;
  Named* n = llvm::dyn_cast_or_null<Named>(unalias(t));
  return n && !n->isInstance() && !typeParamsOf(n).empty();
}

bool hasNil(Type* t) {
  Type* u = t->underlying();
  switch (u->kind()) {
  case TypeKind::Basic: return llvm::cast<BasicType>(u)->basic == BasicKind::UnsafePointer;
  case TypeKind::Slice:
  case TypeKind::Pointer:
  case TypeKind::Signature:
  case TypeKind::Map:
  case TypeKind::Chan: return true;
  case TypeKind::Interface: return !isTypeParam(t) || underIs(t, [](Type* v) { return v && hasNil(v); });
  default: return false;
  }
}

Type* defaultType(Type* t) {
  BasicType* b = llvm::dyn_cast_or_null<BasicType>(t);
  if (!b) return t;
  switch (b->basic) {
  case BasicKind::UntypedBool: return basicType(BasicKind::Bool);
  case BasicKind::UntypedInt: return basicType(BasicKind::Int);
  case BasicKind::UntypedRune: return universeRune();
  case BasicKind::UntypedFloat: return basicType(BasicKind::Float64);
  case BasicKind::UntypedComplex: return basicType(BasicKind::Complex128);
  case BasicKind::UntypedString: return basicType(BasicKind::String);
  default: return t;
  }
}

Type* maxType(Type* x, Type* y) {
  if (x == y) return x;
  if (isUntypedNumeric(x) && isUntypedNumeric(y)) return llvm::cast<BasicType>(x)->basic > llvm::cast<BasicType>(y)->basic ? x : y;
  return nullptr;
}

namespace {

using SeenTypes = llvm::SmallPtrSet<Type*, 8>;

// `check` null: no cause wanted in the checker's wording.
bool comparable(Type* t, bool dynamic, SeenTypes& seen, std::string* cause, Checker* check) {
  if (!seen.insert(t).second) return true;
  auto say = [&](const char* format, auto*... args) {
    if (cause) *cause = check ? check->sprintf(format, args...) : std::string();
    return false;
  };
  Type* u = t->underlying();
  switch (u->kind()) {
  case TypeKind::Basic: return llvm::cast<BasicType>(u)->basic != BasicKind::UntypedNil;
  case TypeKind::Pointer:
  case TypeKind::Chan: return true;
  case TypeKind::Struct:
    for (Var* f : llvm::cast<StructTypeT>(u)->fields)
      if (!comparable(f->type, dynamic, seen, nullptr, nullptr)) return say("struct containing %s cannot be compared", f->type);
    return true;
  case TypeKind::Array:
    if (!comparable(llvm::cast<ArrayTypeT>(u)->elem, dynamic, seen, nullptr, nullptr)) return say("%s cannot be compared", t);
    return true;
  case TypeKind::Interface: {
    if (dynamic && !isTypeParam(t)) return true;
    TypeSet* set = typeSetOf(llvm::cast<Interface>(u));
    if (isAll(set->terms)) {
      if (set->comparable) return true;
    } else if (set->is([&](const Term* term) { return term && comparable(term->type, false, seen, nullptr, nullptr); })) {
      return true;
    }
    return say(set->isEmpty() ? "empty type set" : "incomparable types in type set");
  }
  default: return false;
  }
}

} // namespace

bool comparableType(Type* t, bool dynamic, std::string* cause, Checker* check) {
  SeenTypes seen;
  return comparable(t, dynamic, seen, cause, check);
}
bool isComparableType(Type* t, bool dynamic) { return comparableType(t, dynamic); }

// ---- identity

namespace {

struct InterfacePair {
  Interface* x;
  Interface* y;
  InterfacePair* previous;
  bool same(const InterfacePair& q) const { return (x == q.x && y == q.y) || (x == q.y && y == q.x); }
};

struct Comparer {
  bool ignoreTags = false;

  bool tuples(TupleType* x, TupleType* y, InterfacePair* p) const {
    if (x->vars.size() != y->vars.size()) return false;
    for (size_t i = 0; i < x->vars.size(); i++)
      if (!same(x->vars[i]->type, y->vars[i]->type, p)) return false;
    return true;
  }

  bool structs(StructTypeT* x, StructTypeT* y, InterfacePair* p) const {
    if (x->fields.size() != y->fields.size()) return false;
    for (size_t i = 0; i < x->fields.size(); i++) {
      Var* f = x->fields[i];
      Var* g = y->fields[i];
      if (f->embedded != g->embedded || (!ignoreTags && x->tag(i) != y->tag(i)) || !f->sameId(g->pkg, g->name) || !same(f->type, g->type, p)) return false;
    }
    return true;
  }

  // Generic signatures are identical if renaming the parameters of one gives the other.
  bool signatures(Signature* x, Signature* y, InterfacePair* p) const {
    if (x->typeParams.size() != y->typeParams.size() || x->variadic != y->variadic) return false;
    TupleType* yparams = y->params;
    TupleType* yresults = y->results;
    if (!x->typeParams.empty()) {
      TypeArgs targs(x->typeParams.begin(), x->typeParams.end());
      for (size_t i = 0; i < x->typeParams.size(); i++)
        if (!same(x->typeParams[i]->bound, substitute(y->typeParams[i]->bound, y->typeParams, targs, nullptr), p)) return false;
      yparams = llvm::cast<TupleType>(substitute(y->params, y->typeParams, targs, nullptr));
      yresults = llvm::cast<TupleType>(substitute(y->results, y->typeParams, targs, nullptr));
    }
    return tuples(x->params, yparams, p) && tuples(x->results, yresults, p);
  }

  bool interfaces(Interface* x, Interface* y, InterfacePair* p) const {
    TypeSet* xset = typeSetOf(x);
    TypeSet* yset = typeSetOf(y);
    if (xset->comparable != yset->comparable || xset->methods.size() != yset->methods.size() || !sameTerms(xset->terms, yset->terms)) return false;
    // Interfaces can only be recursive through their methods: a pair that is being compared already counts as identical.
    InterfacePair q{x, y, p};
    for (; p; p = p->previous)
      if (p->same(q)) return true;
    for (size_t i = 0; i < xset->methods.size(); i++) {
      Func* f = xset->methods[i];
      Func* g = yset->methods[i];
      if (f == g) continue;
      if (!f->sameId(g->pkg, g->name) || !same(f->type, g->type, &q)) return false;
    }
    return true;
  }

  bool same(Type* x, Type* y, InterfacePair* p) const {
    x = unalias(x);
    y = unalias(y);
    if (x == y) return true;
    if (!x || !y || x->kind() != y->kind()) return false;
    switch (x->kind()) {
    case TypeKind::Basic: return llvm::cast<BasicType>(x)->basic == llvm::cast<BasicType>(y)->basic;
    case TypeKind::Array: {
      ArrayTypeT* a = llvm::cast<ArrayTypeT>(x);
      ArrayTypeT* b = llvm::cast<ArrayTypeT>(y);
      return (a->len < 0 || b->len < 0 || a->len == b->len) && same(a->elem, b->elem, p);
    }
    case TypeKind::Slice: return same(llvm::cast<SliceTypeT>(x)->elem, llvm::cast<SliceTypeT>(y)->elem, p);
    case TypeKind::Struct: return structs(llvm::cast<StructTypeT>(x), llvm::cast<StructTypeT>(y), p);
    case TypeKind::Pointer: return same(llvm::cast<PointerType>(x)->elem, llvm::cast<PointerType>(y)->elem, p);
    case TypeKind::Tuple: return tuples(llvm::cast<TupleType>(x), llvm::cast<TupleType>(y), p);
    case TypeKind::Signature: return signatures(llvm::cast<Signature>(x), llvm::cast<Signature>(y), p);
    case TypeKind::Union: {
      auto terms = [](UnionType* u) {
        Interface* i = typeArena().make<Interface>();
        i->embeddeds.push_back(u);
        i->implicit = i->complete = true;
        return &typeSetOf(i)->terms;
      };
      return sameTerms(*terms(llvm::cast<UnionType>(x)), *terms(llvm::cast<UnionType>(y)));
    }
    case TypeKind::Interface: return interfaces(llvm::cast<Interface>(x), llvm::cast<Interface>(y), p);
    case TypeKind::Map: {
      MapTypeT* a = llvm::cast<MapTypeT>(x);
      MapTypeT* b = llvm::cast<MapTypeT>(y);
      return same(a->key, b->key, p) && same(a->elem, b->elem, p);
    }
    case TypeKind::Chan: {
      ChanTypeT* a = llvm::cast<ChanTypeT>(x);
      ChanTypeT* b = llvm::cast<ChanTypeT>(y);
      return a->dir == b->dir && same(a->elem, b->elem, p);
    }
    case TypeKind::Named: {
      Named* a = llvm::cast<Named>(x);
      Named* b = llvm::cast<Named>(y);
      if (a->origin->obj != b->origin->obj || a->typeArgs.size() != b->typeArgs.size()) return false;
      for (size_t i = 0; i < a->typeArgs.size(); i++)
        if (!same(a->typeArgs[i], b->typeArgs[i], p)) return false;
      return !a->typeArgs.empty() || a->origin == b->origin || a->obj == b->obj;
    }
    case TypeKind::TypeParam: return false; // identical only if the same object
    case TypeKind::Alias: return false;     // removed above
    }
    return false;
  }
};

} // namespace

bool identical(Type* a, Type* b) { return a == b || Comparer{false}.same(a, b, nullptr); }
bool identicalIgnoreTags(Type* a, Type* b) { return a == b || Comparer{true}.same(a, b, nullptr); }

unsigned identityHash(const Type* type, unsigned depth) {
  Type* t = unalias(const_cast<Type*>(type));
  if (!t) return 0;
  unsigned h = static_cast<unsigned>(t->kind()) * 0x9E3779B1u;
  auto mix = [&](unsigned v) { h = (h ^ v) * 0x85EBCA6Bu + 0x27D4EB2Fu; h ^= h >> 15; };
  auto pointer = [&](const void* p) { mix(llvm::DenseMapInfo<const void*>::getHashValue(p)); };
  if (depth == 0) {
    if (Named* n = llvm::dyn_cast<Named>(t)) pointer(n->origin->obj);
    return h;
  }
  switch (t->kind()) {
  case TypeKind::Basic: mix(static_cast<unsigned>(llvm::cast<BasicType>(t)->basic)); break;
  case TypeKind::Array: mix(identityHash(llvm::cast<ArrayTypeT>(t)->elem, depth - 1)); break; // invalid lengths match any length
  case TypeKind::Slice: mix(identityHash(llvm::cast<SliceTypeT>(t)->elem, depth - 1)); break;
  case TypeKind::Pointer: mix(identityHash(llvm::cast<PointerType>(t)->elem, depth - 1)); break;
  case TypeKind::Struct: mix(llvm::cast<StructTypeT>(t)->fields.size()); break;
  case TypeKind::Tuple: mix(llvm::cast<TupleType>(t)->vars.size()); break;
  case TypeKind::Signature: {
    Signature* s = llvm::cast<Signature>(t);
    mix(s->params ? s->params->vars.size() : 0);
    mix(s->results ? s->results->vars.size() : 0);
    if (s->typeParams.empty() && s->params)
      for (Var* v : s->params->vars) mix(identityHash(v->type, depth - 1));
    break;
  }
  case TypeKind::Map:
    mix(identityHash(llvm::cast<MapTypeT>(t)->key, depth - 1));
    mix(identityHash(llvm::cast<MapTypeT>(t)->elem, depth - 1));
    break;
  case TypeKind::Chan: mix(identityHash(llvm::cast<ChanTypeT>(t)->elem, depth - 1)); break;
  case TypeKind::Named: {
    Named* n = llvm::cast<Named>(t);
    pointer(n->origin->obj);
    for (Type* a : n->typeArgs) mix(identityHash(a, depth - 1));
    break;
  }
  case TypeKind::TypeParam: pointer(t); break;
  case TypeKind::Union:
  case TypeKind::Interface: // its type set may not be known yet
  case TypeKind::Alias: break;
  }
  return h;
}

// ---- common underlying types

Type* commonUnder(Type* type, llvm::function_ref<bool(Type*, Type*, std::string*)> cond, std::string* cause, Checker* check) {
  Type* ct = nullptr;
  Type* cu = nullptr;
  bool failed = false;
  auto fail = [&](const char* format, auto*... args) {
    if (cause && check) *cause = check->sprintf(format, args...);
    failed = true;
    return false;
  };
  eachType(type, [&](Type* t, Type* u) {
    if (cond && !cond(t, u, cause)) {
      failed = true;
      return false;
    }
    if (!u) return fail("no specific type");
    if (!cu) {
      ct = t;
      cu = u;
      return true;
    }
    ChanTypeT* a = llvm::dyn_cast<ChanTypeT>(cu);
    ChanTypeT* b = llvm::dyn_cast<ChanTypeT>(u);
    if (a && b) {
      if (!identical(a->elem, b->elem)) return fail("channels %s and %s have different element types", ct, t);
      if (a->dir == b->dir) return true;
      if (a->dir == ChanDirection::Both) { // keep the restricted one
        ct = t;
        cu = u;
      } else if (b->dir != ChanDirection::Both) {
        return fail("channels %s and %s have conflicting directions", ct, t);
      }
      return true;
    }
    if (!identical(cu, u)) return fail("%s and %s have different underlying types", ct, t);
    return true;
  });
  return failed ? nullptr : cu;
}

Type* coreType(Type* t) {
  if (!isTypeParam(t)) return t->underlying();
  return commonUnder(t, nullptr);
}

// ---- pointers, fields and methods

Type* derefType(Type* t, bool* wasPointer) {
  PointerType* p = llvm::dyn_cast<PointerType>(unalias(t));
  if (wasPointer) *wasPointer = p != nullptr;
  if (!p) return t;
  return p->elem ? p->elem : invalidType(); // null in invalid cyclic declarations
}

Type* derefStructPtr(Type* t) {
  if (PointerType* p = llvm::dyn_cast<PointerType>(t->underlying()))
    if (llvm::isa<StructTypeT>(p->elem->underlying())) return p->elem;
  return t;
}

int fieldIndex(llvm::ArrayRef<Var*> fields, const Package* pkg, llvm::StringRef name, bool foldCase) {
  if (name == "_") return -1;
  for (size_t i = 0; i < fields.size(); i++)
    if (fields[i]->sameId(pkg, name, foldCase)) return static_cast<int>(i);
  return -1;
}

std::pair<int, Func*> methodIndex(llvm::ArrayRef<Func*> methods, const Package* pkg, llvm::StringRef name, bool foldCase) {
  if (name != "_")
    for (size_t i = 0; i < methods.size(); i++)
      if (methods[i]->sameId(pkg, name, foldCase)) return {static_cast<int>(i), methods[i]};
  return {-1, nullptr};
}

} // namespace stoat
