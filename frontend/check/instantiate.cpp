// Instances of generic types and functions, and whether type arguments satisfy their constraints (types2 instantiate.go).
#include "check/checker.h"

namespace stoat {

// A Named instance is made at once and expanded when it is first looked at, so that recursive types end.
Type* instanceOf(Checker* check, Pos pos, Type* orig, llvm::ArrayRef<Type*> targs, Named* expanding, Context* context) {
  if (!context) context = defaultContext();
  if (isTooComplex(targs)) {
    if (check) check->errorf(pos, DiagKind::TypeTooLarge, "type arguments too complex (implementation limitation)");
    return invalidType();
  }
  if (!llvm::isa<Signature>(orig))
    if (Type* found = context->lookupInstance(orig, targs)) return found;
  switch (orig->kind()) {
  case TypeKind::Named: {
    Named* origin = llvm::cast<Named>(orig);
    Named* n = typeArena().make<Named>();
    n->check = check;
    n->obj = origin->obj;
    n->origin = origin;
    n->typeArgs.assign(targs.begin(), targs.end());
    n->context = context;
    n->instancePos = pos;
    if (check) check->needsCleanup(n);
    return context->updateInstance(orig, targs, n);
  }
  case TypeKind::Alias: {
    AliasType* a = llvm::cast<AliasType>(orig);
    if (check && !check->validateTArgLen(pos, a->obj->name, a->typeParams.size(), targs.size())) return invalidType();
    if (a->typeParams.empty()) return orig;
    if (a->typeParams.size() != targs.size()) return invalidType();
    return context->updateInstance(orig, targs, newAliasInstance(check, pos, a, targs, expanding, context));
  }
  case TypeKind::Signature: {
    Signature* s = llvm::cast<Signature>(orig);
    if (check && !check->validateTArgLen(pos, check->typeStr(s), s->typeParams.size(), targs.size())) return invalidType();
    if (s->typeParams.empty()) return orig;
    if (s->typeParams.size() != targs.size()) return invalidType();
    Signature* r = llvm::cast<Signature>(substType(check, pos, s, SubstMap{s->typeParams, targs}, nullptr, context));
    // The signature may not mention its parameters at all: never change the original.
    if (r == s) r = typeArena().make<Signature>(*s);
    r->typeParams.clear();
    return r;
  }
  default: return invalidType();
  }
}

Type* Checker::instance(Pos pos, Type* orig, llvm::ArrayRef<Type*> targs, Named* expanding, Context* context) { return instanceOf(this, pos, orig, targs, expanding, context); }

Type* instantiate(Context* context, Type* generic, llvm::ArrayRef<Type*> targs) { return instanceOf(nullptr, Pos(), generic, targs, nullptr, context); }

bool Checker::validateTArgLen(Pos pos, llvm::StringRef name, size_t want, size_t got) {
  if (got == want) return true;
  errorf(pos, DiagKind::WrongTypeArgCount, "%s type arguments for type %s: have %d, want %d", got < want ? "not enough" : "too many", name, got, want);
  return false;
}

int Checker::verify(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, Context* context, std::string* cause) {
  SubstMap map{tparams, targs};
  for (size_t i = 0; i < tparams.size(); i++) {
    tparams[i]->iface(); // a constraint that is no interface is wrapped before it is substituted
    Type* b = subst(pos, tparams[i]->bound, map, nullptr, context);
    if (!implements(targs[i], b, true, cause)) return static_cast<int>(i);
  }
  return -1;
}

namespace {

bool mentions(Type* in, Type* t) {
  if (Interface* i = llvm::dyn_cast<Interface>(in)) {
    for (Type* e : i->embeddeds)
      if (mentions(e, t)) return true;
    return false;
  }
  if (UnionType* u = llvm::dyn_cast<UnionType>(in)) {
    for (const UnionTerm& term : u->terms)
      if (mentions(term.type, t)) return true;
    return false;
  }
  return identical(in, t);
}

// `check` may be null: then no cause is wanted.
bool implementsType(Checker* check, Type* v, Type* t, bool constraint, std::string* cause) {
  if (!check) cause = nullptr;
  Type* vu = v->underlying();
  Type* tu = t->underlying();
  if (!isValid(vu) || !isValid(tu)) return true;
  if (PointerType* p = llvm::dyn_cast<PointerType>(vu))
    if (!isValid(p->elem->underlying())) return true;
  const char* verb = constraint ? "satisfy" : "implement";

  Interface* ti = llvm::dyn_cast<Interface>(tu);
  if (!ti) {
    if (cause) {
      std::string detail = check->sprintf(isInterfacePtr(tu) ? "type %s is pointer to interface, not interface" : "%s is not an interface", t);
      *cause = check->sprintf("%s does not %s %s (%s)", v, verb, t, detail);
    }
    return false;
  }
  TypeSet* tset = typeSetOf(ti);
  if (tset->isAll()) return true;
  Interface* vi = llvm::dyn_cast<Interface>(vu);
  if (vi && typeSetOf(vi)->isEmpty()) return true; // nothing implements everything
  if (tset->isEmpty()) {
    if (cause) *cause = check->sprintf("cannot %s %s (empty type set)", verb, t);
    return false;
  }

  if (check) {
    if (!check->hasAllMethods(v, t, true, [](Type* a, Type* b) { return identical(a, b); }, cause)) {
      if (cause) *cause = check->sprintf("%s does not %s %s %s", v, verb, t, *cause);
      return false;
    }
  } else if (missingMethod(v, t, true)) {
    return false;
  }

  auto comparability = [&] {
    if (!ti->isComparable() || comparableType(v, false)) return true;
    // Since go1.20 a type with interfaces in it satisfies comparable, although comparing may panic.
    if (constraint && comparableType(v, true)) {
      if (!check || check->allowVersion(go1_20)) return true;
      if (cause) *cause = check->sprintf("%s to %s comparable requires go1.20 or later", v, verb);
      return false;
    }
    if (cause) *cause = check->sprintf("%s does not %s comparable", v, verb);
    return false;
  };
  if (!tset->hasTerms()) return comparability();

  if (vi) {
    if (!typeSetOf(vi)->subsetOf(*tset)) {
      if (cause) *cause = check->sprintf("%s does not %s %s", v, verb, t);
      return false;
    }
    return comparability();
  }
  Type* alternative = nullptr;
  for (const Term& term : tset->terms) {
    if (term.includes(v)) return comparability();
    if (!alternative && !term.tilde() && identical(term.type, term.type->underlying()) && Term::of(true, term.type).includes(v)) alternative = term.type;
  }
  if (cause) {
    std::string detail;
    if (alternative) {
      detail = check->sprintf("possibly missing ~ for %s in %s", alternative, t);
    } else if (mentions(ti, v)) {
      detail = check->sprintf("%s mentions %s, but %s is not in the type set of %s", t, v, v, t);
    } else {
      std::string list; // fully qualified, as gc prints it
      for (const Term& term : tset->terms) {
        if (!list.empty()) list += " | ";
        if (term.tilde()) list += '~';
        list += typeString(term.type);
      }
      detail = check->sprintf("%s missing in %s", v, list);
    }
    *cause = check->sprintf("%s does not %s %s (%s)", v, verb, t, detail);
  }
  return false;
}

} // namespace

bool Checker::implements(Type* v, Type* t, bool constraint, std::string* cause) { return implementsType(this, v, t, constraint, cause); }

bool implementsInterface(Type* v, Type* iface) { return implementsType(nullptr, v, iface, false, nullptr); }

} // namespace stoat
