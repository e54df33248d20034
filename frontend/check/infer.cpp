// Inference of type arguments from function arguments and constraints (types2 infer.go).
#include "check/unify.h"

namespace stoat {

namespace {

// Whether a type mentions one of some parameters.
struct ParamFinder {
  llvm::ArrayRef<TypeParam*> tparams; // empty: any
  llvm::SmallDenseMap<Type*, bool, 8> seen;

  bool vars(llvm::ArrayRef<Var*> list) {
    for (Var* v : list)
      if (visit(v->type)) return true;
    return false;
  }
  bool visit(Type* t) {
    if (!t) return false;
    switch (t->kind()) {
    case TypeKind::Basic: return false;
    case TypeKind::Array: return visit(llvm::cast<ArrayTypeT>(t)->elem);
    case TypeKind::Slice: return visit(llvm::cast<SliceTypeT>(t)->elem);
    case TypeKind::Pointer: return visit(llvm::cast<PointerType>(t)->elem);
    case TypeKind::Chan: return visit(llvm::cast<ChanTypeT>(t)->elem);
    case TypeKind::Map: return visit(llvm::cast<MapTypeT>(t)->key) || visit(llvm::cast<MapTypeT>(t)->elem);
    case TypeKind::Alias: return visit(unalias(t));
    case TypeKind::TypeParam: return tparams.empty() || llvm::is_contained(tparams, t);
    case TypeKind::Named:
      for (Type* a : llvm::cast<Named>(t)->typeArgs)
        if (visit(a)) return true;
      return false;
    case TypeKind::Tuple: return vars(llvm::cast<TupleType>(t)->vars);
    case TypeKind::Signature: {
      Signature* s = llvm::cast<Signature>(t);
      return (s->params && vars(s->params->vars)) || (s->results && vars(s->results->vars));
    }
    case TypeKind::Union:
      for (UnionTerm& term : llvm::cast<UnionType>(t)->terms)
        if (visit(term.type)) return true;
      return false;
    case TypeKind::Struct:
    case TypeKind::Interface: break;
    }
    auto [it, fresh] = seen.insert({t, false});
    if (!fresh) return it->second;
    bool result = false;
    if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(t)) {
      result = vars(s->fields);
    } else {
      TypeSet* set = typeSetOf(llvm::cast<Interface>(t));
      for (Func* m : set->methods)
        if ((result = visit(m->type))) break;
      if (!result)
        for (const Term& term : set->terms)
          if (term.isType() && (result = visit(term.type))) break;
    }
    seen[t] = result;
    return result;
  }
};

} // namespace

bool isParameterized(llvm::ArrayRef<TypeParam*> tparams, Type* t) {
  if (tparams.empty()) return false;
  ParamFinder f;
  f.tparams = tparams;
  return f.visit(t);
}

namespace {

// Counts the nodes of a type's text, up to a limit.
struct NodeCounter {
  size_t left;
  bool vars(llvm::ArrayRef<Var*> list) {
    return llvm::all_of(list, [&](Var* v) { return visit(v->type); });
  }
  bool types(llvm::ArrayRef<Type*> list) {
    return llvm::all_of(list, [&](Type* t) { return visit(t); });
  }
  bool visit(Type* t) {
    if (!t) return true;
    t = unalias(t);
    if (left == 0) return false;
    left--;
    switch (t->kind()) {
    case TypeKind::Basic:
    case TypeKind::TypeParam:
    case TypeKind::Alias: return true;
    case TypeKind::Array: return visit(llvm::cast<ArrayTypeT>(t)->elem);
    case TypeKind::Slice: return visit(llvm::cast<SliceTypeT>(t)->elem);
    case TypeKind::Pointer: return visit(llvm::cast<PointerType>(t)->elem);
    case TypeKind::Chan: return visit(llvm::cast<ChanTypeT>(t)->elem);
    case TypeKind::Map: return visit(llvm::cast<MapTypeT>(t)->key) && visit(llvm::cast<MapTypeT>(t)->elem);
    case TypeKind::Named: return types(llvm::cast<Named>(t)->typeArgs);
    case TypeKind::Tuple: return vars(llvm::cast<TupleType>(t)->vars);
    case TypeKind::Signature: return visit(llvm::cast<Signature>(t)->params) && visit(llvm::cast<Signature>(t)->results);
    case TypeKind::Struct: return vars(llvm::cast<StructTypeT>(t)->fields);
    case TypeKind::Union:
      return llvm::all_of(llvm::cast<UnionType>(t)->terms, [&](const UnionTerm& term) { return visit(term.type); });
    case TypeKind::Interface:
      return llvm::all_of(llvm::cast<Interface>(t)->explicitMethods, [&](Func* m) { return visit(m->type); }) && types(llvm::cast<Interface>(t)->embeddeds);
    }
    return true;
  }
};

} // namespace

bool isTooComplex(llvm::ArrayRef<Type*> types) { return !NodeCounter{maxTypeNodes}.types(types); }

bool hasTypeParam(Type* t) { return ParamFinder().visit(t); }

std::string typeParamsString(llvm::ArrayRef<TypeParam*> list) {
  std::string out;
  for (size_t i = 0; i < list.size(); i++) {
    if (i > 0) out += list.size() == 2 ? " and " : i + 1 == list.size() ? ", and " : ", ";
    out += list[i]->obj->name;
  }
  return out;
}

namespace {

// The single term of a constraint (true), or its common underlying type (false); kind Empty: neither.
std::pair<Term, bool> coreTerm(TypeParam* p) {
  unsigned n = 0;
  Term single;
  bool tilde = false;
  typeParamIs(p, [&](const Term* t) {
    if (!t) return false;
    n++;
    single = *t;
    tilde |= t->tilde();
    return true;
  });
  if (n == 1) return {single, true};
  if (Type* t = commonUnder(p, nullptr)) return {Term::of(tilde, t), false};
  return {Term(), false};
}

// Inferred types that refer to each other in a cycle cannot be resolved: they count as not inferred.
struct CycleKiller {
  llvm::ArrayRef<TypeParam*> tparams;
  TypeArgs& inferred;
  llvm::SmallPtrSet<Type*, 16> active;

  void vars(llvm::ArrayRef<Var*> list) {
    for (Var* v : list) visit(v->type);
  }
  void visit(Type* type) {
    Type* t = unalias(type);
    if (llvm::isa<BasicType>(t)) return;
    if (!active.insert(t).second) {
      for (size_t i = 0; i < tparams.size(); i++)
        if (tparams[i] == t) inferred[i] = nullptr;
      return;
    }
    switch (t->kind()) {
    case TypeKind::Array: visit(llvm::cast<ArrayTypeT>(t)->elem); break;
    case TypeKind::Slice: visit(llvm::cast<SliceTypeT>(t)->elem); break;
    case TypeKind::Pointer: visit(llvm::cast<PointerType>(t)->elem); break;
    case TypeKind::Chan: visit(llvm::cast<ChanTypeT>(t)->elem); break;
    case TypeKind::Map:
      visit(llvm::cast<MapTypeT>(t)->key);
      visit(llvm::cast<MapTypeT>(t)->elem);
      break;
    case TypeKind::Struct: vars(llvm::cast<StructTypeT>(t)->fields); break;
    case TypeKind::Signature:
      vars(llvm::cast<Signature>(t)->params->vars);
      vars(llvm::cast<Signature>(t)->results->vars);
      break;
    case TypeKind::Union:
      for (UnionTerm& term : llvm::cast<UnionType>(t)->terms) visit(term.type);
      break;
    case TypeKind::Interface:
      for (Func* m : llvm::cast<Interface>(t)->explicitMethods) visit(m->type);
      for (Type* e : llvm::cast<Interface>(t)->embeddeds) visit(e);
      break;
    case TypeKind::Named:
      for (Type* a : llvm::cast<Named>(t)->typeArgs) visit(a);
      break;
    case TypeKind::TypeParam:
      for (size_t i = 0; i < tparams.size(); i++)
        if (tparams[i] == t && inferred[i]) visit(inferred[i]);
      break;
    default: break;
    }
    active.erase(t);
  }
};

// Parameters without a type argument yet stay themselves.
TypeArgs orSelf(llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs) {
  TypeArgs out;
  for (size_t i = 0; i < tparams.size(); i++) out.push_back(i < targs.size() && targs[i] ? targs[i] : static_cast<Type*>(tparams[i]));
  return out;
}

} // namespace

TypeArgs Checker::infer(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> given, TupleType* params, llvm::ArrayRef<Operand*> args, bool reverse, ErrorReport& err) {
  size_t n = tparams.size();
  TypeArgs targs(given.begin(), given.end());
  if (targs.size() == n && !llvm::is_contained(targs, nullptr)) return targs;
  for (Operand* a : args)
    if (!a->isValid()) return {}; // reported before
  targs.resize(n, nullptr);

  // Given type arguments first: they make parameter types more specific.
  if (!params->vars.empty()) {
    TypeArgs known = orSelf(tparams, targs);
    params = llvm::cast<TupleType>(subst(Pos(), params, SubstMap{tparams, known}, nullptr, ctxt));
  }
  Unifier u(tparams, targs, allowVersion(go1_21));

  auto mismatch = [&](Type* tpar, Type* targ, Operand* arg) {
    TypeArgs current = u.inferred();
    bool none = llvm::all_of(current, [](Type* t) { return !t; });
    if (none) {
      err.addf(arg, "type %s of %s does not match %s (cannot infer %s)", targ, arg->expr, tpar, typeParamsString(tparams));
      return;
    }
    TypeArgs known = orSelf(tparams, current);
    Type* inferred = subst(arg->pos(), tpar, SubstMap{tparams, known}, nullptr, ctxt);
    if (inferred == tpar) err.addf(arg, "type %s of %s does not match %s", targ, arg->expr, tpar);
    else if (reverse) err.addf(arg, "inferred type %s for %s does not match type %s of %s", inferred, tpar, targ, arg->expr);
    else err.addf(arg, "type %s of %s does not match inferred type %s for %s", targ, arg->expr, inferred, tpar);
  };

  // 1) typed arguments
  llvm::SmallVector<size_t, 4> untyped;
  for (size_t i = 0; i < args.size() && i < params->vars.size(); i++) {
    Operand* arg = args[i];
    Type* par = params->vars[i]->type;
    if (!isParameterized(tparams, par) && !isParameterized(tparams, arg->type)) continue;
    if (isTyped(arg->type)) {
      if (!u.unify(par, arg->type, Unifier::Assign)) {
        mismatch(par, arg->type, arg);
        return {};
      }
    } else if (llvm::isa<TypeParam>(par) && !arg->isNil()) {
      untyped.push_back(i);
    }
  }

  // 2) constraints, until nothing new is found
  for (;;) {
    unsigned before = u.unknowns();
    for (TypeParam* tpar : tparams) {
      Type* tx = u.at(tpar);
      auto [core, single] = coreTerm(tpar);
      if (core.isType()) {
        if (tx) {
          if (!u.unify(tx, core.type, Unifier::Inexact)) {
            err.addf(pos, "%s (type %s) does not satisfy %s", static_cast<Type*>(tpar), tx, tpar->bound);
            return {};
          }
        } else if (single && !core.tilde()) {
          u.set(tpar, core.type);
        }
      }
      if (tx && !isParameterized(tparams, tx)) {
        std::string cause;
        if (!hasAllMethods(tx, tpar->iface(), true, [&](Type* a, Type* b) { return u.unify(a, b, Unifier::Exact); }, &cause)) {
          err.addf(pos, "%s (type %s) does not satisfy %s %s", static_cast<Type*>(tpar), tx, tpar->bound, cause);
          return {};
        }
      }
    }
    if (u.unknowns() == before) break;
  }

  // 3) untyped arguments: the largest default kind for each parameter that is still unknown
  llvm::SmallVector<std::pair<TypeParam*, Type*>, 4> largest;
  for (size_t i : untyped) {
    TypeParam* tpar = llvm::cast<TypeParam>(params->vars[i]->type);
    if (llvm::find(tparams, tpar) == tparams.end() || u.at(tpar)) continue;
    Operand* arg = args[i];
    auto it = llvm::find_if(largest, [&](auto& e) { return e.first == tpar; });
    if (it == largest.end()) {
      largest.push_back({tpar, arg->type});
      continue;
    }
    Type* m = maxType(it->second, arg->type);
    if (!m) {
      err.addf(arg, "mismatched types %s and %s (cannot infer %s)", it->second, arg->type, static_cast<Type*>(tpar));
      return {};
    }
    it->second = m;
  }
  for (auto& [tpar, t] : largest) u.set(tpar, defaultType(t));

  // 4) inferred types may mention other parameters: substitute until they do not
  TypeArgs inferred = u.inferred();
  CycleKiller killer{tparams, inferred, {}};
  for (TypeParam* p : tparams) killer.visit(p);
  llvm::SmallVector<size_t, 4> dirty;
  for (size_t i = 0; i < inferred.size(); i++)
    if (inferred[i] && !targs[i]) dirty.push_back(i);
  while (!dirty.empty()) {
    llvm::SmallVector<size_t, 4> next;
    for (size_t i : dirty) {
      TypeArgs known = orSelf(tparams, inferred);
      Type* t = subst(Pos(), inferred[i], SubstMap{tparams, known}, nullptr, ctxt);
      if (t == inferred[i]) continue;
      // A generic function passed as an argument whose parameters are all known now is generic no more.
      if (Signature* sig = llvm::dyn_cast<Signature>(t))
        if (!sig->typeParams.empty() && !isParameterized(tparams, sig)) sig->typeParams.clear();
      inferred[i] = t;
      next.push_back(i);
    }
    dirty = std::move(next);
  }

  for (size_t i = 0; i < inferred.size(); i++) {
    if (inferred[i] && !isParameterized(tparams, inferred[i])) continue;
    err.addf(pos, "cannot infer %s (declared at %v)", tparams[i]->obj->name, tparams[i]->obj->pos);
    return {};
  }
  return inferred;
}

std::pair<std::vector<TypeParam*>, Type*> Checker::renameTParams(Pos pos, llvm::ArrayRef<TypeParam*> tparams, Type* t) {
  std::vector<TypeParam*> fresh;
  if (tparams.empty()) return {fresh, t};
  for (TypeParam* p : tparams) {
    TypeName* o = make<TypeName>();
    o->name = p->obj->name;
    o->pkg = p->obj->pkg;
    o->pos = p->obj->pos;
    TypeParam* q = newTypeParam(o, nullptr);
    q->index = p->index;
    fresh.push_back(q);
  }
  TypeArgs to(fresh.begin(), fresh.end());
  SubstMap map{tparams, to};
  for (size_t i = 0; i < fresh.size(); i++) fresh[i]->bound = subst(pos, tparams[i]->bound, map, nullptr, ctxt);
  return {fresh, subst(pos, t, map, nullptr, ctxt)};
}

} // namespace stoat
