// Declarations: constants, variables, types, functions, at package level and in functions (types2 decl.go).
#include "check/checker.h"

namespace stoat {

void Checker::declare(Scope* scope, Name* id, Object* o, Pos pos) {
  // "_" can be declared anywhere, any number of times, and introduces nothing.
  if (o->name != "_") {
    if (Object* alt = scope->insert(o)) {
      ErrorReport r(this, DiagKind::DuplicateDecl);
      r.addf(o, "%s redeclared in this block", o->name);
      r.addAltDecl(alt);
      r.report();
      return;
    }
    o->scopePos = pos;
  }
  if (id) recordDef(id, o);
}

void Checker::objDecl(Object* o) {
  if (objPathIdx.count(o)) { // it is being checked: a cycle
    switch (o->kind()) {
    case ObjectKind::Const:
    case ObjectKind::Var:
      if (!validCycle(o) || !o->type) o->type = invalidType();
      break;
    case ObjectKind::TypeName:
      if (!validCycle(o)) o->type = invalidType();
      break;
    default: validCycle(o); // functions keep their (incomplete) signature
    }
    return;
  }
  if (o->type) return;
  DeclInfo* d = objMap.lookup(o);
  if (!d) { // cannot happen for objects of this package
    o->type = invalidType();
    return;
  }
  push(o);
  Environment saved = *this;
  Func* savedFunc = currentFunc;
  static_cast<Environment&>(*this) = Environment();
  scope = d->file;
  version = d->version;
  currentFunc = nullptr;
  switch (o->kind()) {
  case ObjectKind::Const:
    decl = d;
    constDecl(llvm::cast<Const>(o), d->vtyp, d->init, d->inherited);
    break;
  case ObjectKind::Var:
    decl = d;
    varDecl(llvm::cast<Var>(o), d->lhs, d->vtyp, d->init);
    break;
  case ObjectKind::TypeName:
    typeDecl(llvm::cast<TypeName>(o), d->tdecl);
    collectMethods(llvm::cast<TypeName>(o));
    break;
  case ObjectKind::Func: funcDecl(llvm::cast<Func>(o), d); break;
  default: break;
  }
  static_cast<Environment&>(*this) = saved;
  currentFunc = savedFunc;
  pop();
}

void Checker::constDecl(Const* o, Expr* typeExpr, Expr* init, bool inherited) {
  ConstValue savedIota = iota;
  Pos savedErrpos = errpos;
  iota = o->value;
  errpos = Pos();
  o->value = ConstValue::unknown(); // valid in any case
  auto restore = [&] {
    iota = savedIota;
    errpos = savedErrpos;
  };
  if (typeExpr) {
    Type* t = typ(typeExpr);
    if (!isConstType(t)) {
      if (isValid(t->underlying())) errorf(typeExpr, DiagKind::InvalidConstType, "invalid constant type %s", t);
      o->type = invalidType();
      restore();
      return;
    }
    o->type = t;
  }
  Operand x;
  if (init) {
    // The expression is that of an earlier constant: errors are reported for this one.
    if (inherited) errpos = o->pos;
    expr(nullptr, &x, init);
  }
  initConst(o, &x);
  restore();
}

void Checker::varDecl(Var* o, llvm::ArrayRef<Var*> lhs, Expr* typeExpr, Expr* init) {
  if (typeExpr) o->type = varType(typeExpr);
  if (!init) {
    if (!typeExpr) o->type = invalidType(); // reported by arity
    return;
  }
  if (lhs.size() <= 1) {
    Operand x;
    Target target;
    Target* t = nullptr;
    if (o->type) {
      if (Signature* sig = under<Signature>(o->type)) {
        target = {sig, o->name.str()};
        t = &target;
      }
    }
    expr(t, &x, init);
    initVar(o, &x, "variable declaration");
    return;
  }
  // One expression for several variables: the first of them that is looked at sets all.
  if (typeExpr)
    for (Var* v : lhs) v->type = o->type;
  initVars(lhs, init, nullptr);
}

bool Checker::isImportedConstraint(Type* t) {
  Named* n = llvm::dyn_cast_or_null<Named>(unalias(t));
  if (!n || n->obj->pkg == pkg || !n->obj->pkg) return false;
  Interface* i = llvm::dyn_cast<Interface>(n->underlying());
  return i && !i->isMethodSet();
}

void Checker::typeDecl(TypeName* o, TypeDecl* tdecl) {
  // Shared with the delayed check, which runs when both are known.
  struct State { bool versionError = false; Type* rhs = nullptr; };
  State* state = make<State>();
  later([this, o, tdecl, state] {
    if (Named* n = llvm::dyn_cast_or_null<Named>(unalias(o->type))) validType(n);
    if (!state->versionError && state->rhs && isImportedConstraint(state->rhs)) verifyVersionf(tdecl->typeExpr, go1_18, "using type constraint %s", state->rhs);
  });
  Field* tparam0 = tdecl->tparams.empty() ? nullptr : tdecl->tparams[0];

  if (tdecl->alias) {
    if (tparam0 && !verifyVersionf(tparam0, go1_23, "generic type alias")) state->versionError = true;
    if (!state->versionError && !verifyVersionf(tdecl, go1_9, "type alias")) state->versionError = true;
    AliasType* alias = newAlias(o, nullptr);
    if (tparam0) {
      openScope(tdecl, "type parameters");
      collectTypeParams(alias->typeParams, tdecl->tparams);
    }
    Type* rhs = declaredType(tdecl->typeExpr, o);
    state->rhs = rhs;
    if (isTooComplex(rhs)) {
      errorf(o, DiagKind::TypeTooLarge, "type %s too complex (implementation limitation)", o->name);
      rhs = invalidType();
    }
    // A cycle error may have decided on invalid meanwhile.
    if (!alias->fromRHS || isValid(alias->fromRHS)) alias->fromRHS = rhs;
    if (TypeParam* p = llvm::dyn_cast<TypeParam>(rhs)) {
      if (llvm::is_contained(alias->typeParams, p)) {
        error(tdecl->typeExpr, DiagKind::MisplacedTypeParam, "cannot use type parameter declared in alias declaration as RHS");
        alias->fromRHS = invalidType();
      }
    }
    unalias(alias);
    if (tparam0) closeScope();
    return;
  }

  if (tparam0 && !verifyVersionf(tparam0, go1_18, "type parameter")) state->versionError = true;
  Named* named = newNamed(o, nullptr);
  if (tparam0) {
    openScope(tdecl, "type parameters");
    collectTypeParams(named->typeParams, tdecl->tparams);
  }
  Type* rhs = declaredType(tdecl->typeExpr, o);
  state->rhs = rhs;
  named->fromRHS = rhs;
  if (isTypeParam(rhs)) {
    error(tdecl->typeExpr, DiagKind::MisplacedTypeParam, "cannot use a type parameter as RHS in type declaration");
    named->fromRHS = invalidType();
  }
  if (tparam0) closeScope();
}

void Checker::collectTypeParams(std::vector<TypeParam*>& dst, llvm::ArrayRef<Field*> list) {
  // All are declared first: constraints may mention any of them.
  std::vector<TypeParam*> params;
  for (Field* f : list) {
    params.push_back(declareTypeParam(f->name, list[0]->pos));
    params.back()->index = static_cast<int>(params.size()) - 1;
  }
  dst = params; // known from here on: constraints may refer to the generic type itself
  bool saved = inTParamList;
  inTParamList = true;
  Type* b = nullptr;
  for (size_t i = 0; i < list.size(); i++) {
    if (i == 0 || list[i]->typeExpr != list[i - 1]->typeExpr) {
      b = bound(list[i]->typeExpr);
      if (isTypeParam(b)) {
        error(list[i]->typeExpr, DiagKind::MisplacedTypeParam, "cannot use a type parameter as constraint");
        b = invalidType();
      }
    }
    params[i]->bound = b;
  }
  inTParamList = saved;
}

// ~T and A|B are short for interfaces that embed them.
Type* Checker::bound(Expr* x) {
  if (Operation* op = llvm::dyn_cast<Operation>(x)) {
    if (op->op == Op::Tilde || op->op == Op::Or) {
      InterfaceType* wrapper = make<InterfaceType>(x->pos);
      Field* f = make<Field>(x->pos);
      f->typeExpr = x;
      wrapper->methods.push_back(f);
      Type* t = typ(wrapper);
      if (Interface* i = llvm::dyn_cast<Interface>(t)) i->implicit = true;
      return t;
    }
  }
  return typ(x);
}

TypeParam* Checker::declareTypeParam(Name* name, Pos scopePos) {
  TypeName* o = make<TypeName>();
  o->name = name->value;
  o->pkg = pkg;
  o->pos = name->pos;
  TypeParam* p = newTypeParam(o, invalidType());
  declare(scope, name, o, scopePos);
  return p;
}

namespace {
uint64_t nextTypeParamId() {
  static uint64_t last = 0; // unique in the process: ids are part of type keys
  return ++last;
}
} // namespace

TypeParam* Checker::newTypeParam(TypeName* o, Type* bound) {
  TypeParam* p = make<TypeParam>(o, bound);
  p->id = nextTypeParamId();
  p->check = this;
  if (!o->type) o->type = p;
  needsCleanup(p);
  return p;
}

void Checker::collectMethods(TypeName* o) {
  auto found = methods.find(o);
  if (found == methods.end()) return;
  std::vector<Func*> list = std::move(found->second);
  methods.erase(found);
  Named* base = llvm::dyn_cast_or_null<Named>(unalias(o->type));
  if (base) later([this, base] { checkFieldUniqueness(base); });
  llvm::DenseMap<llvm::StringRef, Func*> seen;
  for (Func* m : list) {
    auto [it, fresh] = seen.insert({m->name, m});
    if (!fresh) {
      errorf(m->pos, DiagKind::DuplicateMethod, "method %s.%s already declared at %v", o->name, m->name, it->second->pos);
      continue;
    }
    if (base) base->methods_.push_back(m);
  }
}

void Checker::checkFieldUniqueness(Named* base) {
  StructTypeT* s = llvm::dyn_cast<StructTypeT>(base->underlying());
  if (!s || base->methods_.empty()) return;
  llvm::DenseMap<llvm::StringRef, Func*> byName;
  for (Func* m : base->methods_) byName.insert({m->name, m});
  for (Var* f : s->fields) {
    if (f->name == "_") continue;
    auto it = byName.find(f->name);
    if (it == byName.end()) continue;
    ErrorReport r(this, DiagKind::DuplicateFieldAndMethod);
    r.addf(it->second, "field and method with the same name %s", f->name);
    r.addAltDecl(f);
    r.report();
  }
}

void Checker::funcDecl(Func* o, DeclInfo* d) {
  Signature* sig = make<Signature>();
  sig->params = newTuple({});
  sig->results = newTuple({});
  o->type = sig; // ends cycles
  FuncDecl* f = d->fdecl;
  funcType(sig, f->recv, f->tparams, f->typeExpr);
  sig->scope->start = f->pos;
  sig->scope->end = endPos(f);
  if (!f->tparams.empty() && !f->body) softErrorf(f, DiagKind::BadDecl, "generic function is missing function body");
  if (!options.ignoreFuncBodies && f->body) {
    later([this, d, o, sig, f] {
      Func* saved = currentFunc;
      currentFunc = o;
      funcBody(d, o->name, sig, f->body, ConstValue());
      currentFunc = saved;
    });
  }
}

void Checker::declStmt(llvm::ArrayRef<Decl*> list) {
  size_t first = 0;           // of the current constant group
  bool inGroup = false;
  ConstDecl* last = nullptr;  // the specification whose type and values are inherited
  for (size_t index = 0; index < list.size(); index++) {
    Decl* d = list[index];
    if (!llvm::isa<ConstDecl>(d)) inGroup = false;
    switch (d->kind) {
    case NodeKind::ConstDecl: {
      ConstDecl* s = llvm::cast<ConstDecl>(d);
      size_t top = delayed.size();
      if (!inGroup || !s->group || llvm::cast<ConstDecl>(list[index - 1])->group != s->group) {
        first = index;
        inGroup = true;
        last = nullptr;
      }
      ConstValue iotaValue = ConstValue::makeInt64(static_cast<int64_t>(index - first));
      bool inherited = true;
      if (s->typeExpr || s->values) {
        last = s;
        inherited = false;
      } else if (!last) {
        last = make<ConstDecl>(s->pos);
        inherited = false;
      }
      llvm::SmallVector<Const*, 4> lhs;
      llvm::ArrayRef<Expr*> values = exprListOf(last->values);
      for (size_t i = 0; i < s->names.size(); i++) {
        Const* o = make<Const>();
        o->pos = s->names[i]->pos;
        o->pkg = pkg;
        o->name = s->names[i]->value;
        o->value = iotaValue;
        lhs.push_back(o);
        constDecl(o, last->typeExpr, i < values.size() ? values[i] : nullptr, inherited);
      }
      arity(s->pos, s->names, values, true, inherited);
      processDelayed(top); // function literals in the values, before the names are declared
      Pos scopePos = endPos(s);
      for (size_t i = 0; i < s->names.size(); i++) declare(scope, s->names[i], lhs[i], scopePos);
      break;
    }
    case NodeKind::VarDecl: {
      VarDecl* s = llvm::cast<VarDecl>(d);
      size_t top = delayed.size();
      llvm::SmallVector<Var*, 4> vars;
      for (Name* n : s->names) vars.push_back(newVar(VarKind::Local, n->pos, n->value, nullptr));
      llvm::ArrayRef<Expr*> values = exprListOf(s->values);
      for (size_t i = 0; i < vars.size(); i++) {
        llvm::ArrayRef<Var*> lhs;
        Expr* init = nullptr;
        if (values.size() == vars.size()) {
          init = values[i];
        } else if (values.size() == 1) {
          lhs = vars;
          init = values[0];
        } else if (i < values.size()) {
          init = values[i];
        }
        varDecl(vars[i], lhs, s->typeExpr, init);
        if (values.size() == 1) break; // all are set
      }
      // Without a value expression every variable needs its type.
      if (values.empty() && s->typeExpr)
        for (Var* v : vars)
          if (!v->type) v->type = vars[0]->type;
      if (!s->typeExpr || !values.empty()) arity(s->pos, s->names, values, false, false);
      processDelayed(top);
      Pos scopePos = endPos(s);
      for (size_t i = 0; i < s->names.size(); i++) declare(scope, s->names[i], vars[i], scopePos);
      break;
    }
    case NodeKind::TypeDecl: {
      TypeDecl* s = llvm::cast<TypeDecl>(d);
      TypeName* o = make<TypeName>();
      o->name = s->name->value;
      o->pkg = pkg;
      o->pos = s->name->pos;
      o->localIndex = s->alias ? localAliasBit | ++localAliasCount : ++localTypeCount; // gc numbers defined types only, and %T shows the number
      if (currentFunc) o->enclosingFunc = currentFunc;
      result->localTypes.push_back(o);
      declare(scope, s->name, o, s->name->pos); // visible in its own declaration
      push(o);
      typeDecl(o, s);
      pop();
      break;
    }
    default: error(d, DiagKind::InvalidSyntaxTree, "unknown declaration in a statement");
    }
  }
}

} // namespace stoat
