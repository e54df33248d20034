// Named types: lazy loading of imported ones, expansion of instances, underlying types and methods (types2 named.go).
//
// A Named goes through three stages, each at most once: unpacked (loaded, or the right side substituted), underlying known,
// methods expanded one by one. The underlying type of a type whose declaration is being checked is not known: it is
// then reported as invalid but not kept.
#include "check/checker.h"

namespace stoat {

Named* Checker::newNamed(TypeName* o, Type* fromRHS) {
  Named* n = make<Named>();
  n->check = this;
  n->obj = o;
  n->origin = n;
  n->fromRHS = fromRHS;
  n->unpacked_ = true;
  if (!o->type) o->type = n;
  needsCleanup(n);
  return n;
}

namespace {

// Explicit methods of an interface that have the generic type as receiver get the instance instead; null: none has.
bool replaceReceivers(llvm::ArrayRef<Func*> in, Type* from, Type* to, std::vector<Func*>& out) {
  bool copied = false;
  for (size_t i = 0; i < in.size(); i++) {
    Signature* sig = llvm::cast<Signature>(in[i]->type);
    if (!sig->recv || sig->recv->type != from) continue;
    if (!copied) out.assign(in.begin(), in.end());
    copied = true;
    Signature* s = typeArena().make<Signature>(*sig);
    s->recv = cloneVar(sig->recv, to);
    out[i] = cloneFunc(in[i], s);
  }
  return copied;
}

Type* expandRHS(Named* n) {
  Named* origin = n->origin;
  Type* rhs = origin->fromRHS ? origin->fromRHS : origin->underlying_;
  if (n->typeArgs.size() != origin->typeParams.size() || !rhs) return invalidType();
  Context* context = n->context ? n->context : defaultContext();
  SubstMap map{origin->typeParams, n->typeArgs};
  Type* result = substType(n->check, n->instancePos, rhs, map, n, context);
  // The methods of an interface literal name the declared type as their receiver, which has just become the instance.
  if (Interface* i = llvm::dyn_cast<Interface>(result)) {
    std::vector<Func*> methods;
    if (replaceReceivers(i->explicitMethods, origin, n, methods)) {
      if (i == rhs) { // nothing in it was substituted
        Interface* copy = typeArena().make<Interface>();
        copy->check = n->check;
        if (n->check) n->check->needsCleanup(copy);
        copy->embeddeds = i->embeddeds;
        copy->embedPos = i->embedPos;
        copy->complete = true;
        i = copy;
      }
      i->explicitMethods = std::move(methods);
      i->tset = nullptr;
      if (!n->check) computeInterfaceTypeSet(nullptr, Pos(), i);
      result = i;
    }
  }
  return result;
}

// The instance's copy of method i: its signature in terms of the type arguments.
Func* expandMethod(Named* t, Func* generic) {
  if (t->check) t->check->objDecl(generic);
  Signature* sig = llvm::dyn_cast_or_null<Signature>(generic->type);
  if (!sig || !sig->recv) return generic; // after errors
  if (derefType(sig->recv->type) == t) return generic; // the instance that the method's own declaration made
  Signature* result = sig;
  if (sig->recvTypeParams.size() == t->typeArgs.size()) {
    SubstMap map{sig->recvTypeParams, t->typeArgs};
    Type* s = substType(t->check, generic->pos, sig, map, t, t->context ? t->context : defaultContext());
    result = llvm::cast<Signature>(s);
  }
  if (result == sig) result = typeArena().make<Signature>(*sig);
  Type* recv = t;
  if (hasPtrRecv(generic)) recv = typeArena().make<PointerType>(t);
  result->recv = cloneVar(sig->recv, recv);
  return cloneFunc(generic, result);
}

} // namespace

bool hasPtrRecv(const Func* f) {
  if (const Signature* sig = llvm::dyn_cast_or_null<Signature>(f->type)) {
    if (sig->recv && sig->recv->type) {
      bool isPointer;
      derefType(sig->recv->type, &isPointer);
      return isPointer;
    }
  }
  // A method whose declaration is not checked yet: what the collection phase saw in the source.
  return f->hasPtrRecv;
}

Var* cloneVar(Var* v, Type* t) {
  Var* copy = typeArena().make<Var>(*v);
  copy->type = t;
  copy->origin = v->origin ? v->origin : v;
  return copy;
}

Func* cloneFunc(Func* f, Type* t) {
  Func* copy = typeArena().make<Func>(*f);
  copy->type = t;
  copy->origin = f->origin ? f->origin : f;
  return copy;
}

void replaceInterfaceReceivers(Interface* i, llvm::ArrayRef<Func*> methods, Type* from) {
  std::vector<Func*> out;
  if (replaceReceivers(methods, from, i, out)) i->explicitMethods = std::move(out);
  else i->explicitMethods.assign(methods.begin(), methods.end());
}

void Named::unpackSlow() {
  if (unpacked_ || expanding_) return;
  expanding_ = true;
  if (resolver) {
    std::function<void(Named*)> load = std::move(resolver);
    resolver = nullptr;
    load(this);
    unpacked_ = true;
  } else if (isInstance()) {
    origin->unpack();
    // An origin that is still being declared has no right side yet: try again later.
    if (origin->fromRHS || origin->underlying_) {
      fromRHS = expandRHS(this);
      unpacked_ = true;
    }
  } else {
    unpacked_ = true;
  }
  expanding_ = false;
}

Type* Named::under() {
  if (underlying_) return underlying_;
  llvm::SmallVector<Named*, 8> path;
  Type* u = nullptr;
  for (Type* t = this; !u;) {
    if (!t) return invalidType(); // being declared
    if (AliasType* a = llvm::dyn_cast<AliasType>(t)) {
      t = unalias(a);
      continue;
    }
    Named* n = llvm::dyn_cast<Named>(t);
    if (!n) {
      u = llvm::isa<TypeParam>(t) ? invalidType() : t; // a type parameter cannot be a right side
      break;
    }
    if (n->underlying_) {
      u = n->underlying_;
      break;
    }
    path.push_back(n);
    n->unpack();
    if (n->underlying_) {
      u = n->underlying_;
      break;
    }
    t = n->fromRHS;
    if (t == this) return invalidType(); // a cycle; reported by directCycles
    if (path.size() > 1'000'000) u = invalidType(); // one that this type is not part of
  }
  for (Named* n : path) n->underlying_ = u;
  return u;
}

size_t Named::methodCount() { return origin->unpack()->methods_.size(); }

Func* Named::method(size_t i) {
  if (!isInstance()) return unpack()->methods_[i];
  size_t count = methodCount();
  if (methods_.size() < count) methods_.resize(count);
  if (!methods_[i]) {
    Func* m = expandMethod(this, origin->methods_[i]);
    // Expansion may have come here again.
    if (!methods_[i]) methods_[i] = m;
  }
  return methods_[i];
}

void Named::addMethod(Func* m) {
  unpack();
  for (Func* e : methods_)
    if (e->name == m->name) return;
  methods_.push_back(m);
}

std::pair<int, Func*> lookupNamedMethod(Named* n, const Package* pkg, llvm::StringRef name, bool foldCase) {
  if (name == "_") return {-1, nullptr};
  Named* origin = n->origin->unpack();
  if (!samePackage(n->obj->pkg, pkg) && !foldCase && !isExportedName(name)) return {-1, nullptr};
  for (size_t i = 0; i < origin->methods_.size(); i++) {
    llvm::StringRef m = origin->methods_[i]->name;
    if (m == name || (foldCase && equalFold(m, name))) return {static_cast<int>(i), n->method(i)};
  }
  return {-1, nullptr};
}

} // namespace stoat
