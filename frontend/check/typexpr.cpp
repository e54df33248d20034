// Identifiers and type expressions (types2 typexpr.go).
#include "check/checker.h"

namespace stoat {

namespace {

const char* objectKindText(Object* o) {
  switch (o->kind()) {
  case ObjectKind::PkgName: return "package name";
  case ObjectKind::Const: return "constant";
  case ObjectKind::TypeName: {
    if (llvm::cast<TypeName>(o)->isAlias()) return "type alias";
    return llvm::isa_and_nonnull<TypeParam>(o->type) ? "type parameter" : "defined type";
  }
  case ObjectKind::Var:
    switch (llvm::cast<Var>(o)->varKind) {
    case VarKind::Package: return "package-level variable";
    case VarKind::Local: return "local variable";
    case VarKind::Recv: return "receiver";
    case VarKind::Param: return "parameter";
    case VarKind::Result: return "result variable";
    case VarKind::Field: return "struct field";
    }
    return "variable";
  case ObjectKind::Func: {
    Signature* sig = llvm::dyn_cast_or_null<Signature>(o->type);
    return sig && sig->recv ? "method" : "function";
  }
  case ObjectKind::Label: return "label";
  case ObjectKind::Builtin: return "built-in function";
  case ObjectKind::Nil: return "untyped nil";
  }
  return "unknown symbol";
}

} // namespace

bool isValidName(llvm::StringRef s) {
  bool first = true;
  while (!s.empty()) {
    unsigned size;
    uint32_t r = decodeRune(s, size);
    if (!isLetterRune(r) && r != '_' && (first || !isDigitRune(r))) return false;
    first = false;
    s = s.drop_front(size);
  }
  return true;
}

void Checker::ident(Operand* x, Name* e, bool wantType) {
  x->mode = ExprMode::Unchecked;
  x->expr = e;
  auto [where, o] = lookupScope(e->value);
  if (!o) {
    if (e->value == "_") error(e, DiagKind::InvalidBlank, "cannot use _ as value or type");
    else if (isValidName(e->value)) errorf(e, DiagKind::UndeclaredName, "undefined: %s", e->value);
    return;
  }
  bool universe = !o->pkg && where == universeScope();
  if (universe && version.isValid() && version.minor < 18 && (o->name == "any" || o->name == "comparable"))
    if (!verifyVersionf(e, go1_18, "predeclared %s", e->value)) return;
  recordUse(e, o);

  bool gotType = o->kind() == ObjectKind::TypeName;
  if (!gotType && wantType) {
    errorf(e, DiagKind::NotAType, "%s (%s) is not a type", o->name, objectKindText(o));
    // No second complaint that it is not used.
    if (Var* v = llvm::dyn_cast<Var>(o))
      if (v->pkg == pkg) v->used = true;
    return;
  }
  // Types are always visited, so that cycles through them are seen.
  if (!o->type || (gotType && wantType && o->pkg == pkg)) objDecl(o);
  Type* t = o->type;
  if (!dotImportMap.empty()) {
    auto it = dotImportMap.find({where, o});
    if (it != dotImportMap.end()) it->second->used = true;
  }

  switch (o->kind()) {
  case ObjectKind::PkgName: errorf(e, DiagKind::InvalidPkgUse, "use of package %s not in selector", o->name); return;
  case ObjectKind::Const:
    addDeclDep(o);
    if (!isValid(t)) return;
    if (universe && o->name == "iota") {
      if (!iota.isValid()) {
        error(e, DiagKind::InvalidIota, "cannot use iota outside constant declaration");
        return;
      }
      x->val = iota;
    } else {
      x->val = llvm::cast<Const>(o)->value;
    }
    x->mode = ExprMode::Constant;
    break;
  case ObjectKind::TypeName: x->mode = ExprMode::TypeExpr; break;
  case ObjectKind::Var: {
    Var* v = llvm::cast<Var>(o);
    if (v->pkg == pkg) v->used = true;
    addDeclDep(o);
    if (!isValid(t)) return;
    x->mode = ExprMode::Variable;
    break;
  }
  case ObjectKind::Func:
    addDeclDep(o);
    x->mode = ExprMode::Value;
    break;
  case ObjectKind::Builtin:
    x->id = llvm::cast<Builtin>(o)->id;
    x->mode = ExprMode::Builtin;
    break;
  case ObjectKind::Nil: x->mode = ExprMode::NilValue; break;
  case ObjectKind::Label: return;
  }
  x->type = t;
}

Type* Checker::typ(Expr* e) { return declaredType(e, nullptr); }

Type* Checker::varType(Expr* e) {
  Type* t = declaredType(e, nullptr);
  validVarType(e, t);
  return t;
}

// A constraint interface is no type of variables. Whether it is one is known when all types are set up.
void Checker::validVarType(Expr* e, Type* t) {
  // Only these can turn out to be interfaces.
  switch (t->kind()) {
  case TypeKind::Named:
    if (Type* u = llvm::cast<Named>(t)->underlyingIfKnown())
      if (!llvm::isa<Interface>(u)) return;
    break;
  case TypeKind::Interface:
    if (llvm::cast<Interface>(t)->tset == emptyInterface()->tset) return;
    break;
  case TypeKind::Alias:
    if (t == universeAny() || isTypeParam(t)) return;
    break;
  default: return;
  }
  later([this, e, t] {
    Interface* i = llvm::dyn_cast<Interface>(t->underlying());
    if (!i) return;
    Pos pos = startPos(e);
    TypeSet* set = computeInterfaceTypeSet(this, pos, i);
    if (set->isMethodSet()) return;
    softErrorf(pos, DiagKind::MisplacedConstraintIface,
               set->comparable ? "cannot use type %s outside a type constraint: interface is (or embeds) comparable" : "cannot use type %s outside a type constraint: interface contains type constraints", t);
  });
}

Type* Checker::declaredType(Expr* e, TypeName* def) {
  Type* t = typInternal(e, def);
  if (isGeneric(t)) {
    errorf(e, DiagKind::WrongTypeArgCount, "cannot use generic type %s without instantiation", t);
    t = invalidType();
  }
  recordTypeAndValue(e, ExprMode::TypeExpr, t, ConstValue());
  return t;
}

Type* Checker::genericType(Expr* e, std::string* cause) {
  Type* t = typInternal(e, nullptr);
  if (isValid(t) && !isGeneric(t)) {
    if (cause) *cause = sprintf("%s is not a generic type", t);
    t = invalidType();
  }
  recordTypeAndValue(e, ExprMode::TypeExpr, t, ConstValue());
  return t;
}

Type* Checker::typInternal(Expr* e, TypeName* def) {
  switch (e->kind) {
  case NodeKind::BadExpr: return invalidType();
  case NodeKind::Name:
  case NodeKind::SelectorExpr: {
    Operand x;
    if (Name* n = llvm::dyn_cast<Name>(e)) ident(&x, n, true);
    else selector(&x, llvm::cast<SelectorExpr>(e), true);
    switch (x.mode) {
    case ExprMode::TypeExpr: return x.type;
    case ExprMode::Unchecked: break;
    case ExprMode::NoValue: errorf(x, DiagKind::NotAType, "%s used as type", x); break;
    default: errorf(x, DiagKind::NotAType, "%s is not a type", x);
    }
    return invalidType();
  }
  case NodeKind::IndexExpr: {
    IndexExpr* i = llvm::cast<IndexExpr>(e);
    verifyVersionf(e, go1_18, "type instantiation");
    return instantiatedType(i->x, exprListOf(i->index));
  }
  case NodeKind::ParenExpr: return declaredType(llvm::cast<ParenExpr>(e)->x, def);
  case NodeKind::ArrayType: {
    ArrayType* a = llvm::cast<ArrayType>(e);
    int64_t len = -1;
    if (a->len) len = arrayLength(a->len);
    else error(e, DiagKind::BadDotDotDotSyntax, "invalid use of [...] array (outside a composite literal)");
    Type* elem = varType(a->elem);
    return len >= 0 ? make<ArrayTypeT>(elem, len) : invalidType();
  }
  case NodeKind::SliceType: return make<SliceTypeT>(varType(llvm::cast<SliceType>(e)->elem));
  case NodeKind::DotsType: error(e, DiagKind::InvalidSyntaxTree, "invalid use of ..."); return invalidType();
  case NodeKind::StructType: {
    StructTypeT* s = make<StructTypeT>();
    structType(s, llvm::cast<StructType>(e));
    return s;
  }
  case NodeKind::Operation: {
    Operation* op = llvm::cast<Operation>(e);
    if (op->op == Op::Mul && !op->y) {
      Type* elem = varType(op->x);
      // No *invalid: it would be reported again and again.
      return isValid(elem) ? make<PointerType>(elem) : invalidType();
    }
    break;
  }
  case NodeKind::FuncType: {
    Signature* s = make<Signature>();
    s->params = s->results = newTuple({});
    funcType(s, nullptr, {}, llvm::cast<FuncType>(e));
    return s;
  }
  case NodeKind::InterfaceType: {
    InterfaceType* it = llvm::cast<InterfaceType>(e);
    Interface* i = newInterface();
    interfaceType(i, it, def);
    return i;
  }
  case NodeKind::MapType: {
    MapType* m = llvm::cast<MapType>(e);
    MapTypeT* t = make<MapTypeT>(varType(m->key), nullptr);
    t->elem = varType(m->value);
    if (llvm::isa<BasicType>(t->key) && isValid(t->key)) return t;
    later([this, t, m] {
      if (isComparableType(t->key)) return;
      errorf(m->key, DiagKind::IncomparableMapKey, "invalid map key type %s%s", t->key, isTypeParam(t->key) ? " (missing comparable constraint)" : "");
    });
    return t;
  }
  case NodeKind::ChanType: {
    ChanType* c = llvm::cast<ChanType>(e);
    return make<ChanTypeT>(c->dir, varType(c->elem));
  }
  default: break;
  }
  errorf(e, DiagKind::NotAType, "%s is not a type", e);
  use(e);
  return invalidType();
}

Type* Checker::instantiatedType(Expr* x, llvm::ArrayRef<Expr*> xlist) {
  std::string cause;
  Type* gtyp = genericType(x, &cause);
  if (!cause.empty()) errorf(x, DiagKind::NotAGenericType, "invalid operation: %s%s (%s)", x, xlist, cause);
  if (!isValid(gtyp)) {
    // types2 does not look at the arguments then either
    return gtyp;
  }
  TypeArgs targs = typeList(xlist);
  if (targs.empty()) return invalidType();
  Type* inst = instance(x->pos, gtyp, targs, nullptr, ctxt);
  if (!llvm::isa<Named>(inst) && !llvm::isa<AliasType>(inst)) return invalidType();
  // Verified later: constraints may not be set up yet.
  std::vector<Expr*> exprs(xlist.begin(), xlist.end());
  later([this, x, inst, targs = std::move(targs), exprs = std::move(exprs)] {
    recordInstance(x, targs, inst);
    llvm::ArrayRef<TypeParam*> tparams = typeParamsOf(inst);
    llvm::StringRef name = llvm::isa<Named>(inst) ? llvm::cast<Named>(inst)->obj->name : llvm::cast<AliasType>(inst)->obj->name;
    if (!validateTArgLen(x->pos, name, tparams.size(), targs.size())) return;
    std::string why;
    int i = verify(x->pos, tparams, targs, ctxt, &why);
    if (i < 0) {
      monoRecordInstance(x->pos, tparams, targs, exprs);
      return;
    }
    Pos pos = static_cast<size_t>(i) < exprs.size() ? startPos(exprs[i]) : x->pos;
    softErrorf(pos, DiagKind::InvalidTypeArg, "%s", why);
  });
  return inst;
}

int64_t Checker::arrayLength(Expr* e) {
  // An undeclared name may be meant as a type parameter: type T[P any] with the constraint forgotten.
  if (Name* n = llvm::dyn_cast<Name>(e)) {
    Object* o = lookup(n->value);
    if (!o) {
      errorf(n, DiagKind::InvalidArrayLen, "undefined array length %s or missing type constraint", n->value);
      return -1;
    }
    if (!llvm::isa<Const>(o)) {
      errorf(n, DiagKind::InvalidArrayLen, "invalid array length %s", n->value);
      return -1;
    }
  }
  Operand x;
  expr(nullptr, &x, e);
  if (x.mode != ExprMode::Constant) {
    if (x.isValid()) errorf(x, DiagKind::InvalidArrayLen, "array length %s must be constant", x);
    return -1;
  }
  if (isUntyped(x.type) || isInteger(x.type)) {
    ConstValue v = x.val.toInt();
    if (v.isValid() && v.kind() == ConstValue::Int && representableConst(v, this, basicType(BasicKind::Int), nullptr)) {
      bool exact = false;
      int64_t n = v.int64Val(&exact);
      if (exact && n >= 0) return n;
    }
  }
  errorf(x, DiagKind::InvalidArrayLen, isInteger(x.type) ? "invalid array length %s" : "array length %s must be integer", x);
  return -1;
}

TypeArgs Checker::typeList(llvm::ArrayRef<Expr*> list) {
  TypeArgs result;
  bool ok = true;
  for (Expr* e : list) {
    Type* t = varType(e);
    ok &= isValid(t);
    result.push_back(t);
  }
  if (!ok) result.clear();
  return result;
}

} // namespace stoat
