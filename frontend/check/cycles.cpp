// Declaration cycles: which are valid, and how invalid ones are reported (types2 cycles.go, validtype.go, decl.go).
//
// Three nets: directCycles finds T = U, U = T before anything else; validCycle judges a cycle met while objects are being
// checked; validType, at the end of a type declaration, finds types that would contain themselves.
#include "check/checker.h"

namespace stoat {

namespace {

size_t firstInSource(llvm::ArrayRef<Object*> path) {
  size_t first = 0;
  for (size_t i = 1; i < path.size(); i++)
    if (path[i]->pos < path[first]->pos) first = i;
  return first;
}

} // namespace

// Follows declarations whose right side is just a name of this package. Such a cycle has no type literal in it.
void Checker::directCycles() {
  llvm::DenseMap<TypeName*, int> pathIdx; // -1: done
  for (Object* o : objList) {
    TypeName* tname = llvm::dyn_cast<TypeName>(o);
    if (!tname) continue;
    llvm::SmallVector<TypeName*, 8> path;
    for (;;) {
      auto it = pathIdx.find(tname);
      if (it != pathIdx.end()) {
        if (it->second < 0) break;
        tname->type = invalidType();
        llvm::SmallVector<Object*, 8> cycle(path.begin() + it->second, path.end());
        cycleError(cycle, firstInSource(cycle));
        break;
      }
      pathIdx[tname] = static_cast<int>(path.size());
      path.push_back(tname);
      DeclInfo* d = objMap.lookup(tname);
      Name* rhs = d && d->tdecl ? llvm::dyn_cast_or_null<Name>(d->tdecl->typeExpr) : nullptr;
      if (!rhs) break;
      tname = llvm::dyn_cast_or_null<TypeName>(pkg->scope->lookup(rhs->value));
      if (!tname) break;
    }
    for (TypeName* t : path) pathIdx[t] = -1;
  }
}

// For messages an instance is where it was first written.
TypeName* Checker::placeOf(Named* n) {
  if (!n->isInstance() || !n->instancePos.isKnown()) return n->obj;
  TypeName* o = make<TypeName>();
  o->name = n->obj->name;
  o->pkg = n->obj->pkg;
  o->pos = n->instancePos;
  o->type = n;
  return o;
}

// An expression may need the size of a type that is being declared; if that type contains itself the size is not finite.
bool Checker::finiteSize(Type* type) {
  Type* t = unalias(type);
  switch (t->kind()) {
  case TypeKind::Named: {
    Named* n = llvm::cast<Named>(t);
    if (n->finite_) return true;
    if (n->infinite_) return false;
    auto it = objPathIdx.find(n->obj);
    if (it != objPathIdx.end() && !n->isInstance()) {
      llvm::ArrayRef<Object*> cycle = llvm::ArrayRef<Object*>(objPath).drop_front(it->second);
      cycleError(cycle, firstInSource(cycle));
      return false;
    }
    if (n->isInstance() && !n->fromRHS) return true; // not expanded yet: say nothing for good
    Object* self = n->obj;
    if (n->isInstance()) { // an object of its own, so that the generic type may occur inside its arguments
      self = placeOf(n);
      if (n->sizing_) {
        llvm::ArrayRef<Object*> cycle = objPath;
        cycle = cycle.drop_front(std::min<size_t>(n->sizing_ - 1, cycle.size() - 1));
        cycleError(cycle, firstInSource(cycle));
        return false;
      }
      n->sizing_ = static_cast<uint32_t>(objPath.size()) + 1;
    }
    push(self);
    bool finite = !n->fromRHS || finiteSize(n->fromRHS);
    pop();
    n->sizing_ = 0;
    if (!n->fromRHS) return true; // imported, or still being declared
    (finite ? n->finite_ : n->infinite_) = true;
    return finite;
  }
  case TypeKind::Array: return finiteSize(llvm::cast<ArrayTypeT>(t)->elem);
  case TypeKind::Struct:
    for (Var* f : llvm::cast<StructTypeT>(t)->fields)
      if (!finiteSize(f->type)) return false;
    return true;
  default: return true;
  }
}

bool Checker::validCycle(Object* o) {
  auto found = objPathIdx.find(o);
  if (found == objPathIdx.end()) return true;
  llvm::ArrayRef<Object*> cycle = llvm::ArrayRef<Object*>(objPath).drop_front(found->second);
  size_t values = 0, definitions = 0;
  for (Object* e : cycle) {
    switch (e->kind()) {
    case ObjectKind::Const:
    case ObjectKind::Var: values++; break;
    case ObjectKind::TypeName:
      // A generic type may refer to itself in its own type parameter list.
      if (inTParamList && e->type && isGeneric(e->type)) return true;
      if (!llvm::cast<TypeName>(e)->isAlias()) definitions++;
      break;
    default: break; // functions are no obstacle
    }
  }
  // Initialisation order judges cycles of values only; a type definition makes a cycle of types valid here, and
  // validType looks at it later.
  if (values == cycle.size()) return true;
  if (values == 0 && definitions > 0) return true;
  cycleError(cycle, firstInSource(cycle));
  return false;
}

void Checker::cycleError(llvm::ArrayRef<Object*> cycle, size_t start) {
  auto name = [&](Object* o) {
    std::string prefix = o->pkg ? qualify(o->pkg) : std::string();
    return prefix.empty() ? o->name.str() : prefix + "." + o->name.str();
  };
  Object* o = cycle[start];
  TypeName* tname = llvm::dyn_cast<TypeName>(o);
  if (tname)
    if (AliasType* a = llvm::dyn_cast_or_null<AliasType>(tname->type)) a->fromRHS = invalidType();
  if (cycle.size() == 1) {
    errorf(o, DiagKind::InvalidDeclCycle, tname ? "invalid recursive type: %s refers to itself" : "invalid cycle in declaration: %s refers to itself", name(o));
    return;
  }
  ErrorReport r(this, DiagKind::InvalidDeclCycle);
  r.addf(o, tname ? "invalid recursive type %s" : "invalid cycle in declaration of %s", name(o));
  for (size_t i = 0; i < cycle.size(); i++) {
    Object* next = cycle[(start + i + 1) % cycle.size()];
    r.addf(o, "%s refers to %s", name(o), name(next));
    o = next;
  }
  r.report();
}

namespace {

// `nest` is the stack of types that contain the current one, `path` all Named types on the way from the start. Type parameters are
// looked up in the innermost instance, whose arguments were written in the context that surrounds it.
struct ValidType {
  Checker* check = nullptr;
  llvm::SmallVector<Named*, 8> nest, path;
  // The members of `nest` by generic type (or by themselves): one look instead of a comparison with each, so that a long
  // chain of types costs no quadratic time.
  llvm::DenseMap<Named*, llvm::SmallVector<Named*, 1>> nested;
  llvm::DenseSet<Named*> valid; // types found valid that no type parameter occurs in

  bool visit(Type* type) {
    if (!type) return true;
    Type* t = unalias(type);
    switch (t->kind()) {
    case TypeKind::Array: return visit(llvm::cast<ArrayTypeT>(t)->elem);
    case TypeKind::Struct:
      for (Var* f : llvm::cast<StructTypeT>(t)->fields)
        if (!visit(f->type)) return false;
      return true;
    case TypeKind::Union:
      for (UnionTerm& term : llvm::cast<UnionType>(t)->terms)
        if (!visit(term.type)) return false;
      return true;
    case TypeKind::Interface:
      for (Type* e : llvm::cast<Interface>(t)->embeddeds)
        if (!visit(e)) return false;
      return true;
    case TypeKind::Named: return named(llvm::cast<Named>(t));
    case TypeKind::TypeParam: {
      if (nest.empty()) return true;
      Named* inst = nest.back();
      llvm::ArrayRef<TypeParam*> params = typeParamsOf(inst);
      for (size_t i = 0; i < params.size() && i < inst->typeArgs.size(); i++) {
        if (params[i] != t) continue;
        pop();
        bool ok = visit(inst->typeArgs[i]);
        push(inst);
        return ok;
      }
      return true;
    }
    default: return true;
    }
  }

  void push(Named* t) {
    nest.push_back(t);
    nested[t->origin].push_back(t);
  }
  void pop() { nested[nest.pop_back_val()->origin].pop_back(); }

  bool isNested(Named* t) {
    auto it = nested.find(t->origin);
    return it != nested.end() && llvm::any_of(it->second, [&](Named* e) { return identical(e, t); });
  }

  bool named(Named* t) {
    // A type of another package that is not generic was found valid there; so was one that has been here already.
    if (!t->isInstance() && t->obj->pkg != check->pkg) return true;
    if (t->validated_ || valid.count(t)) return true;
    if (isNested(t)) {
      t->origin->fromRHS = invalidType();
      t->origin->underlying_ = invalidType();
      t->underlying_ = invalidType();
      for (size_t start = 0; start < path.size(); start++) {
        if (!identical(path[start], t)) continue;
        llvm::SmallVector<Object*, 8> cycle;
        for (size_t i = start; i < path.size(); i++) cycle.push_back(check->placeOf(path[i]));
        check->cycleError(cycle, 0);
        return false;
      }
      return false;
    }
    t->origin->unpack();
    push(t);
    path.push_back(t);
    bool ok = visit(t->origin->fromRHS ? t->origin->fromRHS : t->origin->underlying_); // an imported type has no right side
    pop();
    path.pop_back();
    // What is free of type parameters is valid wherever it occurs. A chain of nested instances, each used twice by the next,
    // would otherwise take time exponential in its length.
    if (ok && (t->isInstance() ? !hasTypeParam(t) : typeParamsOf(t).empty())) {
      valid.insert(t);
      if (t->origin->fromRHS) t->validated_ = true;
    }
    return ok;
  }
};

} // namespace

void Checker::validType(Named* t) {
  ValidType walk;
  walk.check = this;
  walk.visit(t);
}

} // namespace stoat
