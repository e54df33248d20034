// Substitution of type arguments for type parameters (types2 subst.go). A type in which nothing changes is returned as it is.
#include "check/checker.h"

namespace stoat {

namespace {

class Substituter {
public:
  Substituter(Checker* check, Pos pos, const SubstMap& map, Named* expanding, Context* context) : check_(check), pos_(pos), map_(map), expanding_(expanding), context_(context) {}

  Type* type(Type* t) {
    if (!t) return invalidType(); // incomplete after an error
    switch (t->kind()) {
    case TypeKind::Basic: return t;
    case TypeKind::TypeParam: return map_.lookup(llvm::cast<TypeParam>(t));
    case TypeKind::Array: {
      ArrayTypeT* a = llvm::cast<ArrayTypeT>(t);
      Type* elem = type(a->elem);
      return elem == a->elem ? t : arena_.make<ArrayTypeT>(elem, a->len);
    }
    case TypeKind::Slice: {
      SliceTypeT* s = llvm::cast<SliceTypeT>(t);
      Type* elem = type(s->elem);
      return elem == s->elem ? t : arena_.make<SliceTypeT>(elem);
    }
    case TypeKind::Pointer: {
      PointerType* p = llvm::cast<PointerType>(t);
      Type* elem = type(p->elem);
      return elem == p->elem ? t : arena_.make<PointerType>(elem);
    }
    case TypeKind::Map: {
      MapTypeT* m = llvm::cast<MapTypeT>(t);
      Type* key = type(m->key);
      Type* elem = type(m->elem);
      return key == m->key && elem == m->elem ? t : arena_.make<MapTypeT>(key, elem);
    }
    case TypeKind::Chan: {
      ChanTypeT* c = llvm::cast<ChanTypeT>(t);
      Type* elem = type(c->elem);
      return elem == c->elem ? t : arena_.make<ChanTypeT>(c->dir, elem);
    }
    case TypeKind::Struct: {
      StructTypeT* s = llvm::cast<StructTypeT>(t);
      std::vector<Var*> fields;
      if (!vars(s->fields, fields)) return t;
      StructTypeT* r = arena_.make<StructTypeT>();
      r->fields = std::move(fields);
      r->tags = s->tags;
      return r;
    }
    case TypeKind::Tuple: return tuple(llvm::cast<TupleType>(t));
    case TypeKind::Signature: {
      Signature* s = llvm::cast<Signature>(t);
      TupleType* params = s->params ? tuple(s->params) : nullptr;
      TupleType* results = s->results ? tuple(s->results) : nullptr;
      if (params == s->params && results == s->results) return t;
      Signature* r = arena_.make<Signature>();
      r->recvTypeParams = s->recvTypeParams;
      r->typeParams = s->typeParams; // the caller replaces them where they are substituted
      r->recv = s->recv;             // likewise
      r->params = params;
      r->results = results;
      r->variadic = s->variadic;
      return r;
    }
    case TypeKind::Union: {
      UnionType* u = llvm::cast<UnionType>(t);
      UnionType* r = nullptr;
      for (size_t i = 0; i < u->terms.size(); i++) {
        Type* e = type(u->terms[i].type);
        if (e == u->terms[i].type) continue;
        if (!r) r = arena_.make<UnionType>(*u);
        r->terms[i].type = e;
      }
      return r ? static_cast<Type*>(r) : t;
    }
    case TypeKind::Interface: return interface(llvm::cast<Interface>(t));
    case TypeKind::Named: {
      Named* n = llvm::cast<Named>(t);
      if (n->typeArgs.empty()) return t;
      if (n->typeArgs.size() != typeParamsOf(n).size()) return invalidType(); // reported elsewhere
      llvm::SmallVector<Type*, 4> targs;
      if (!list(n->typeArgs, targs)) return t;
      return instanceOf(check_, pos_, n->origin, targs, expanding_, context_);
    }
    case TypeKind::Alias: {
      AliasType* a = llvm::cast<AliasType>(t);
      if (a->typeArgs.empty()) {
        // An alias declared in a generic function may mention that function's parameters.
        if (a->origin->typeParams.empty() && a->obj->localIndex) {
          Type* actual = unalias(a);
          Type* r = type(actual);
          return r == actual ? t : r;
        }
        return t;
      }
      if (a->typeArgs.size() != a->origin->typeParams.size()) return invalidType();
      llvm::SmallVector<Type*, 4> targs;
      if (!list(a->typeArgs, targs)) return t;
      return newAliasInstance(check_, pos_, a->origin, targs, expanding_, context_);
    }
    }
    return t;
  }

private:
  bool list(llvm::ArrayRef<Type*> in, llvm::SmallVectorImpl<Type*>& out) {
    bool changed = false;
    for (Type* t : in) {
      Type* r = type(t);
      changed |= r != t;
      out.push_back(r);
    }
    return changed;
  }
  bool vars(const std::vector<Var*>& in, std::vector<Var*>& out) {
    bool changed = false;
    for (size_t i = 0; i < in.size(); i++) {
      Type* t = type(in[i]->type);
      if (t == in[i]->type) continue;
      if (!changed) out = in;
      changed = true;
      out[i] = cloneVar(in[i], t);
    }
    return changed;
  }
  TupleType* tuple(TupleType* t) {
    std::vector<Var*> out;
    if (!vars(t->vars, out)) return t;
    TupleType* r = arena_.make<TupleType>();
    r->vars = std::move(out);
    return r;
  }
  Type* interface(Interface* t) {
    bool changed = false;
    std::vector<Func*> methods = t->explicitMethods;
    for (Func*& m : methods) {
      Type* s = type(m->type);
      if (s == m->type) continue;
      m = cloneFunc(m, s);
      changed = true;
    }
    llvm::SmallVector<Type*, 4> embeddeds;
    changed |= list(t->embeddeds, embeddeds);
    if (!changed) return t;
    Interface* r = arena_.make<Interface>();
    r->check = check_;
    if (check_) check_->needsCleanup(r);
    r->embeddeds.assign(embeddeds.begin(), embeddeds.end());
    r->embedPos = t->embedPos;
    r->implicit = t->implicit;
    r->complete = t->complete;
    // The new interface's methods have it as their receiver.
    replaceInterfaceReceivers(r, methods, t);
    if (!check_) computeInterfaceTypeSet(nullptr, Pos(), r);
    return r;
  }

  Checker* check_;
  Pos pos_;
  const SubstMap& map_;
  Named* expanding_;
  Context* context_;
  Arena& arena_ = typeArena();
};

} // namespace

Type* substType(Checker* check, Pos pos, Type* t, const SubstMap& map, Named* expanding, Context* context) {
  if (map.empty() || !t) return t;
  if (TypeParam* p = llvm::dyn_cast<TypeParam>(t)) return map.lookup(p);
  if (llvm::isa<BasicType>(t)) return t;
  return Substituter(check, pos, map, expanding, context ? context : defaultContext()).type(t);
}

Type* Checker::subst(Pos pos, Type* t, const SubstMap& map, Named* expanding, Context* context) { return substType(this, pos, t, map, expanding, context); }

Type* substitute(Type* t, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, Context* context) {
  return substType(nullptr, Pos(), t, SubstMap{tparams, targs}, nullptr, context);
}

} // namespace stoat
