// Function signatures, receivers and parameters (types2 signature.go).
#include "check/checker.h"

namespace stoat {

void Checker::funcType(Signature* sig, Field* recvField, llvm::ArrayRef<Field*> tparams, FuncType* e) {
  openScope(e, "function");
  scope->isFunc = true;
  sig->scope = scope;

  Var* recv = nullptr;
  std::vector<TypeParam*> recvTParams;
  if (recvField) recv = collectRecv(recvField, e->pos, recvTParams);
  if (!tparams.empty()) collectTypeParams(sig->typeParams, tparams);

  llvm::SmallVector<Name*, 8> pnames, rnames;
  std::vector<Var*> params, results;
  bool variadic = false;
  collectParams(VarKind::Param, e->params, pnames, params, &variadic);
  collectParams(VarKind::Result, e->results, rnames, results, nullptr);

  Pos scopePos = endPos(e); // of all parameters
  if (recv && !recv->name.empty()) declare(scope, recvField->name, recv, scopePos);
  declareParams(pnames, params, scopePos);
  declareParams(rnames, results, scopePos);

  sig->recv = recv;
  sig->recvTypeParams = std::move(recvTParams);
  sig->params = newTuple(params);
  sig->results = newTuple(results);
  sig->variadic = variadic;
  closeScope();
}

namespace {
Type* unpointer(Type* t) {
  while (PointerType* p = llvm::dyn_cast_or_null<PointerType>(t)) t = p->elem;
  return t;
}
} // namespace

Var* Checker::collectRecv(Field* rparam, Pos scopePos, std::vector<TypeParam*>& recvTParams) {
  Receiver r = unpackRecv(rparam->typeExpr, true);
  Type* recvType = invalidType();
  if (r.tparams.empty()) {
    recvType = varType(rparam->typeExpr);
    // An alias may not hide an instantiated type.
    AliasType* a = llvm::dyn_cast<AliasType>(unpointer(recvType));
    while (a) {
      Type* base = unpointer(a->fromRHS);
      if (!base) break;
      Named* n = llvm::dyn_cast<Named>(base);
      AliasType* next = llvm::dyn_cast<AliasType>(base);
      if ((n && n->isInstance()) || (next && !next->origin->typeParams.empty())) {
        errorf(r.base, DiagKind::InvalidRecv, "cannot define new methods on instantiated type %s", base);
        recvType = invalidType();
        break;
      }
      a = next;
    }
  } else {
    Named* base = nullptr;
    std::string cause;
    Type* t = genericType(r.base, &cause);
    if (isValid(t)) {
      if (AliasType* a = llvm::dyn_cast<AliasType>(t)) errorf(r.base, DiagKind::InvalidRecv, "cannot define new methods on generic alias type %s", static_cast<Type*>(a));
      else base = llvm::dyn_cast<Named>(t);
    } else if (!cause.empty()) {
      errorf(r.base, DiagKind::InvalidRecv, "%s", cause);
    }
    // The method's own type parameters stand for the type's.
    for (Name* n : r.tparams) {
      TypeParam* p = declareTypeParam(n, scopePos);
      p->index = static_cast<int>(recvTParams.size());
      recvTParams.push_back(p);
      // A receiver's type parameter is both a declaration and a use.
      n->type = p;
      n->mode = ExprMode::TypeExpr;
      if (!n->object) recordUse(n, p->obj);
    }
    if (base) {
      llvm::ArrayRef<TypeParam*> baseParams = typeParamsOf(base);
      TypeArgs targs(recvTParams.begin(), recvTParams.end());
      if (recvTParams.size() == baseParams.size()) {
        for (size_t i = 0; i < recvTParams.size(); i++) {
          monoRecordCanon(recvTParams[i], baseParams[i]);
          recvTParams[i]->bound = subst(recvTParams[i]->obj->pos, baseParams[i]->bound, SubstMap{baseParams, targs}, nullptr, ctxt);
        }
      } else {
        errorf(r.base, DiagKind::BadRecv, "receiver declares %d type parameter%s, but receiver base type declares %d", recvTParams.size(), recvTParams.size() == 1 ? "" : "s", baseParams.size());
      }
      verifyVersionf(r.base, go1_18, "type instantiation");
      recvType = instance(rparam->typeExpr->pos, base, targs, nullptr, ctxt);
      recordInstance(r.base, targs, recvType);
      if (r.ptr && isValid(recvType)) recvType = make<PointerType>(recvType);
      recordParenthesizedRecvTypes(rparam->typeExpr, recvType);
    }
  }
  Var* recv;
  if (rparam->name && !rparam->name->value.empty()) {
    recv = newVar(VarKind::Recv, rparam->name->pos, rparam->name->value, recvType);
  } else {
    recv = newVar(VarKind::Recv, rparam->pos, "", recvType);
    rparam->implicitObject = recv;
  }
  Pos at = startPos(r.base);
  later([this, at, recv] { validRecv(at, recv); });
  return recv;
}

void Checker::recordParenthesizedRecvTypes(Expr* e, Type* t) {
  for (;;) {
    recordTypeAndValue(e, ExprMode::TypeExpr, t, ConstValue());
    if (ParenExpr* p = llvm::dyn_cast<ParenExpr>(e)) {
      e = p->x;
      continue;
    }
    Operation* op = llvm::dyn_cast<Operation>(e);
    if (!op || op->op != Op::Mul || op->y) return;
    PointerType* p = llvm::dyn_cast<PointerType>(t);
    if (!p) return;
    e = op->x;
    t = p->elem;
  }
}

void Checker::collectParams(VarKind kind, llvm::ArrayRef<Field*> list, llvm::SmallVectorImpl<Name*>& names, std::vector<Var*>& params, bool* variadic) {
  if (list.empty()) return;
  bool isVariadic = false;
  Type* t = nullptr;
  Expr* previous = nullptr;
  params.reserve(list.size());
  for (size_t i = 0; i < list.size(); i++) {
    Field* f = list[i];
    Expr* e = f->typeExpr;
    if (i == 0 || e != previous) {
      previous = e;
      if (DotsType* dots = llvm::dyn_cast<DotsType>(e)) {
        e = dots->elem;
        if (kind == VarKind::Param && i + 1 == list.size()) isVariadic = true;
        else error(dots, DiagKind::InvalidSyntaxTree, "invalid use of ...");
      }
      t = varType(e);
    }
    Var* v = newVar(kind, f->name ? f->name->pos : f->pos, f->name ? f->name->value : llvm::StringRef(), t);
    if (!f->name) f->implicitObject = v;
    names.push_back(f->name);
    params.push_back(v);
  }
  if (isVariadic) {
    // A variadic parameter ...T has type []T.
    Var* last = params.back();
    last->type = make<SliceTypeT>(last->type);
    recordTypeAndValue(list.back()->typeExpr, ExprMode::TypeExpr, last->type, ConstValue());
  }
  if (variadic) *variadic = isVariadic;
}

void Checker::declareParams(llvm::ArrayRef<Name*> names, llvm::ArrayRef<Var*> params, Pos scopePos) {
  for (size_t i = 0; i < names.size(); i++)
    if (names[i] && !names[i]->value.empty()) declare(scope, names[i], params[i], scopePos);
}

void Checker::validRecv(Pos pos, Var* recv) {
  Type* rtyp = derefType(recv->type);
  Type* t = unalias(rtyp);
  if (!isValid(t)) return;
  if (Named* n = llvm::dyn_cast<Named>(t)) {
    if (n->obj->pkg != pkg) {
      errorf(pos, DiagKind::InvalidRecv, "cannot define new methods on non-local type %s", rtyp);
      return;
    }
    const char* cause = nullptr;
    Type* u = n->underlying();
    if (BasicType* b = llvm::dyn_cast<BasicType>(u)) {
      if (b->basic == BasicKind::UnsafePointer) cause = "unsafe.Pointer";
    } else if (llvm::isa<PointerType>(u) || llvm::isa<Interface>(u)) {
      cause = "pointer or interface type";
    }
    if (cause) errorf(pos, DiagKind::InvalidRecv, "invalid receiver type %s (%s)", rtyp, cause);
  } else if (llvm::isa<BasicType>(t)) {
    errorf(pos, DiagKind::InvalidRecv, "cannot define new methods on non-local type %s", rtyp);
  } else {
    errorf(pos, DiagKind::InvalidRecv, "invalid receiver type %s", recv->type);
  }
}

} // namespace stoat
