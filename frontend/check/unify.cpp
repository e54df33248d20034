// Unification (types2 unify.go).
//
// Inexact unification lets a named type match a type literal, channels differ in direction, and interfaces match what has
// their methods; element types are matched exactly in assignments. Parameters found equal share a slot.
#include "check/unify.h"

namespace stoat {

namespace {
constexpr unsigned depthLimit = 50;

Interface* asInterface(Type* t) {
  if (llvm::isa<TypeParam>(unalias(t))) return nullptr;
  return llvm::dyn_cast<Interface>(t->underlying());
}
Named* asNamed(Type* t) { return llvm::dyn_cast<Named>(unalias(t)); }
} // namespace

Unifier::Unifier(llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, bool interfaceInference) : tparams_(tparams), interfaceInference_(interfaceInference) {
  for (size_t i = 0; i < tparams.size(); i++) {
    handle_.push_back(static_cast<unsigned>(i));
    slots_.push_back(i < targs.size() ? targs[i] : nullptr);
  }
}

int Unifier::indexOf(TypeParam* p) const {
  for (size_t i = 0; i < tparams_.size(); i++)
    if (tparams_[i] == p) return static_cast<int>(i);
  return -1;
}

TypeParam* Unifier::bound(Type* t) const {
  TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t));
  return p && indexOf(p) >= 0 ? p : nullptr;
}

Type* Unifier::at(TypeParam* p) const { return slots_[handle_[indexOf(p)]]; }
void Unifier::set(TypeParam* p, Type* t) { slots_[handle_[indexOf(p)]] = t; }

unsigned Unifier::unknowns() const {
  unsigned n = 0;
  for (unsigned h : handle_) n += slots_[h] == nullptr;
  return n;
}

TypeArgs Unifier::inferred() const {
  TypeArgs list;
  for (unsigned h : handle_) list.push_back(slots_[h]);
  return list;
}

bool Unifier::join(TypeParam* x, TypeParam* y) {
  unsigned hx = handle_[indexOf(x)], hy = handle_[indexOf(y)];
  if (hx == hy) return true;
  if (slots_[hx] && slots_[hy]) return false; // both known: to be compared
  unsigned from = slots_[hx] ? hy : hx, to = slots_[hx] ? hx : hy;
  for (unsigned& h : handle_)
    if (h == from) h = to;
  return true;
}

// px has an inferred type already, or takes y's.
bool Unifier::boundParam(TypeParam* px, Type* y, unsigned mode, Pair* p) {
  Type* x = at(px);
  if (!x) {
    set(px, y);
    return true;
  }
  if (!nify(x, y, mode, p)) return false;
  // Of interfaces that only match inexactly one would be inferred at random: require that they are the same.
  Interface* xi = asInterface(x);
  Interface* yi = asInterface(y);
  bool xn = asNamed(x) != nullptr, yn = asNamed(y) != nullptr;
  if (xi && yi) {
    if (xn && yn) return identical(x, y);
    if (typeSetOf(xi)->methods.size() != typeSetOf(yi)->methods.size()) return false;
  } else if (xi || yi) {
    return false;
  }
  // Prefer the more specific one: a named type, a directional channel.
  if (!(mode & Exact) && !xn) {
    ChanTypeT* yc = llvm::dyn_cast<ChanTypeT>(y->underlying());
    if (yn || (yc && yc->dir != ChanDirection::Both)) set(px, y);
  }
  return true;
}

// Inexact: the methods of the smaller are among those of the larger.
bool Unifier::interfaces(Interface* xi, Interface* yi, unsigned, Pair* p) {
  TypeSet* xset = typeSetOf(xi);
  TypeSet* yset = typeSetOf(yi);
  if (xset->comparable != yset->comparable || !sameTerms(xset->terms, yset->terms)) return false;
  Pair q{xi, yi, p};
  for (Pair* r = p; r; r = r->previous)
    if ((r->x == xi && r->y == yi) || (r->x == yi && r->y == xi)) return true;
  if (xset->methods.size() > yset->methods.size()) std::swap(xset, yset);
  for (Func* xm : xset->methods) {
    Func* ym = yset->lookupMethod(xm->pkg, xm->name, false).second;
    if (!ym || !nify(xm->type, ym->type, Exact, &q)) return false;
  }
  return true;
}

bool Unifier::nify(Type* x, Type* y, unsigned mode, Pair* p) {
  if (x == y || unalias(x) == unalias(y)) return true;
  if (depth_ > depthLimit) return false;
  struct Depth {
    unsigned& d;
    explicit Depth(unsigned& d) : d(d) { d++; }
    ~Depth() { d--; }
  } guard(depth_);

  // A named type goes to the right, a bound parameter to the left.
  if (asNamed(x) || bound(y)) std::swap(x, y);

  // A type literal matches the underlying type of a named one.
  if (Named* ny = asNamed(y)) {
    if (!(mode & Exact) && isTypeLit(x) && !(interfaceInference_ && llvm::isa<Interface>(x->underlying()))) {
      y = ny->underlying();
      if (x == y || unalias(x) == unalias(y)) return true;
    }
  }

  TypeParam* px = bound(x);
  TypeParam* py = bound(y);
  if (px && py) {
    if (join(px, py)) return true;
    return nify(at(px), at(py), mode, p);
  }
  if (px) return boundParam(px, y, mode, p);

  if (interfaceInference_ && !(mode & Exact)) {
    Interface* xi = asInterface(x);
    Interface* yi = asInterface(y);
    if (xi && yi) return interfaces(xi, yi, mode, p);
    if (yi) {
      xi = yi;
      y = x;
    }
    if (xi) {
      // A type with at least the interface's methods.
      for (Func* xm : typeSetOf(xi)->methods) {
        LookupResult r = lookupFieldOrMethod(y, false, xm->pkg, xm->name);
        Func* ym = llvm::dyn_cast_or_null<Func>(r.obj);
        if (!ym || !ym->type || !nify(xm->type, ym->type, Exact, p)) return false;
      }
      return true;
    }
  }

  if (isTypeParam(y)) std::swap(x, y); // unbound parameters go to the left
  unsigned emode = mode & Assign ? mode | Exact : mode;
  return structure(unalias(x), unalias(y), mode, emode, p, y);
}

bool Unifier::structure(Type* x, Type* y, unsigned mode, unsigned emode, Pair* p, Type* yorig) {
  if (TypeParam* tp = llvm::dyn_cast<TypeParam>(x)) {
    // A parameter of the surrounding code: its core type may match.
    if (Type* core = commonUnder(tp, nullptr)) return nify(core, yorig, Assign, p);
    return false;
  }
  if (x->kind() != y->kind()) return false;
  switch (x->kind()) {
  case TypeKind::Basic: return llvm::cast<BasicType>(x)->basic == llvm::cast<BasicType>(y)->basic;
  case TypeKind::Array: {
    ArrayTypeT* a = llvm::cast<ArrayTypeT>(x);
    ArrayTypeT* b = llvm::cast<ArrayTypeT>(y);
    return (a->len < 0 || b->len < 0 || a->len == b->len) && nify(a->elem, b->elem, emode, p);
  }
  case TypeKind::Slice: return nify(llvm::cast<SliceTypeT>(x)->elem, llvm::cast<SliceTypeT>(y)->elem, emode, p);
  case TypeKind::Pointer: return nify(llvm::cast<PointerType>(x)->elem, llvm::cast<PointerType>(y)->elem, emode, p);
  case TypeKind::Struct: {
    StructTypeT* a = llvm::cast<StructTypeT>(x);
    StructTypeT* b = llvm::cast<StructTypeT>(y);
    if (a->fields.size() != b->fields.size()) return false;
    for (size_t i = 0; i < a->fields.size(); i++) {
      Var* f = a->fields[i];
      Var* g = b->fields[i];
      if (f->embedded != g->embedded || a->tag(i) != b->tag(i) || !f->sameId(g->pkg, g->name) || !nify(f->type, g->type, emode, p)) return false;
    }
    return true;
  }
  case TypeKind::Tuple: {
    TupleType* a = llvm::cast<TupleType>(x);
    TupleType* b = llvm::cast<TupleType>(y);
    if (a->vars.size() != b->vars.size()) return false;
    for (size_t i = 0; i < a->vars.size(); i++)
      if (!nify(a->vars[i]->type, b->vars[i]->type, mode, p)) return false;
    return true;
  }
  case TypeKind::Signature: {
    Signature* a = llvm::cast<Signature>(x);
    Signature* b = llvm::cast<Signature>(y);
    return a->variadic == b->variadic && nify(a->params, b->params, emode, p) && nify(a->results, b->results, emode, p);
  }
  case TypeKind::Interface: { // exact, or before go1.21
    Interface* xi = llvm::cast<Interface>(x);
    Interface* yi = llvm::cast<Interface>(y);
    TypeSet* a = typeSetOf(xi);
    TypeSet* b = typeSetOf(yi);
    if (a->comparable != b->comparable || !sameTerms(a->terms, b->terms) || a->methods.size() != b->methods.size()) return false;
    Pair q{xi, yi, p};
    for (Pair* r = p; r; r = r->previous)
      if ((r->x == xi && r->y == yi) || (r->x == yi && r->y == xi)) return true;
    for (size_t i = 0; i < a->methods.size(); i++) {
      Func* f = a->methods[i];
      Func* g = b->methods[i];
      if (!f->sameId(g->pkg, g->name) || !nify(f->type, g->type, Exact, &q)) return false;
    }
    return true;
  }
  case TypeKind::Map: {
    MapTypeT* a = llvm::cast<MapTypeT>(x);
    MapTypeT* b = llvm::cast<MapTypeT>(y);
    return nify(a->key, b->key, emode, p) && nify(a->elem, b->elem, emode, p);
  }
  case TypeKind::Chan: {
    ChanTypeT* a = llvm::cast<ChanTypeT>(x);
    ChanTypeT* b = llvm::cast<ChanTypeT>(y);
    return (!(mode & Exact) || a->dir == b->dir) && nify(a->elem, b->elem, emode, p);
  }
  case TypeKind::Named: {
    Named* a = llvm::cast<Named>(x);
    Named* b = llvm::cast<Named>(y);
    if (a->typeArgs.size() != b->typeArgs.size()) return false;
    for (size_t i = 0; i < a->typeArgs.size(); i++)
      if (!nify(a->typeArgs[i], b->typeArgs[i], mode, p)) return false;
    return a->origin->obj == b->origin->obj;
  }
  case TypeKind::Union:
  case TypeKind::TypeParam:
  case TypeKind::Alias: return false;
  }
  return false;
}

} // namespace stoat
