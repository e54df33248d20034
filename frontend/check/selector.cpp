// Selector expressions: qualified identifiers, fields, method values and method expressions.
// After cmd/compile/internal/types2/call.go (selector).
#include "check/checker.h"

namespace stoat {

namespace {

/// An exported object whose name differs from `name` in case only.
Object* lookupIgnoringCase(Scope* scope, llvm::StringRef name) {
  for (llvm::StringRef candidate : scope->sortedNames()) {
    if (!candidate.equals_insensitive(name)) continue;
    Object* o = scope->lookup(candidate);
    if (o && o->isExported()) return o;
  }
  return nullptr;
}

} // namespace

bool Checker::qualifiedIdentifier(Operand* x, SelectorExpr* e, PkgName* package) {
  llvm::StringRef sel = e->sel->value;
  Package* imported = package->imported;
  Object* o = imported->scope->lookup(sel);
  if (!o) {
    if (!imported->fake && isValidName(sel)) {
      if (Object* alternative = lookupIgnoringCase(imported->scope, sel))
        errorf(e->sel, DiagKind::UndeclaredImportedName, "undefined: %s (but have %s)", static_cast<Expr*>(e), alternative->name);
      else
        errorf(e->sel, DiagKind::UndeclaredImportedName, "undefined: %s", static_cast<Expr*>(e));
    }
    return false;
  }
  if (!o->isExported()) errorf(e->sel, DiagKind::UnexportedName, "name %s not exported by package %s", sel, imported->name);
  recordUse(e->sel, o);

  x->type = o->type;
  switch (o->kind()) {
  case ObjectKind::Const:
    x->mode = OperandMode::Constant;
    x->val = llvm::cast<Const>(o)->value;
    break;
  case ObjectKind::TypeName: x->mode = OperandMode::TypeExpr; break;
  case ObjectKind::Var: x->mode = OperandMode::Variable; break;
  case ObjectKind::Func: x->mode = OperandMode::Value; break;
  case ObjectKind::Builtin:
    x->mode = OperandMode::Builtin;
    x->id = llvm::cast<Builtin>(o)->id;
    if (!x->type) x->type = invalidType();
    break;
  default: return false;
  }
  x->expr = e;
  return x->type != nullptr;
}

void Checker::selector(Operand* x, SelectorExpr* e, bool wantType) {
  auto fail = [&] {
    x->invalidate();
    x->type = invalidType();
    x->expr = e;
  };

  // A package name can only be the left side of a qualified identifier: there is no operand for it.
  if (Name* name = llvm::dyn_cast<Name>(e->x)) {
    if (PkgName* package = llvm::dyn_cast_or_null<PkgName>(lookup(name->value))) {
      recordUse(name, package);
      package->used = true;
      if (!qualifiedIdentifier(x, e, package)) fail();
      return;
    }
  }

  exprOrType(x, e->x, false);
  if (!x->isValid()) return fail();
  if (x->mode == OperandMode::Builtin) {
    errorf(e->pos, DiagKind::UncalledBuiltin, "invalid use of %s in selector expression", x);
    return fail();
  }

  // Everything below gives a value.
  if (wantType) {
    errorf(e->sel, DiagKind::NotAType, "%s is not a type", static_cast<Expr*>(e));
    return fail();
  }

  llvm::StringRef sel = e->sel->value;
  LookupResult found = lookupFieldOrMethod(x->type, x->mode == OperandMode::Variable, pkg, sel, false);
  if (!found.obj) {
    if (!isValid(x->type->underlying())) return fail();
    if (!found.index.empty()) {
      errorf(e->sel, DiagKind::AmbiguousSelector, "ambiguous selector %s.%s", x->expr, sel);
    } else if (found.indirect) {
      if (x->mode == OperandMode::TypeExpr)
        errorf(e->sel, DiagKind::InvalidMethodExpr, "invalid method expression %s.%s (needs pointer receiver (*%s).%s)", x->type, sel, x->type, sel);
      else
        errorf(e->sel, DiagKind::InvalidMethodExpr, "cannot call pointer method %s on %s", sel, x->type);
    } else {
      std::string why;
      if (isInterfacePtr(x->type)) {
        why = interfacePtrError(x->type);
      } else {
        LookupResult alternative = lookupFieldOrMethod(x->type, x->mode == OperandMode::Variable, pkg, sel, true);
        why = lookupError(x->type, sel, alternative.obj, false);
      }
      errorf(e->sel, DiagKind::MissingFieldOrMethod, "%s.%s undefined (%s)", x->expr, sel, why);
    }
    return fail();
  }

  // A method may not have its signature yet.
  Func* method = llvm::dyn_cast<Func>(found.obj);
  if (method) objDecl(method);

  if (x->mode == OperandMode::TypeExpr) {
    if (!method) {
      errorf(e->sel, DiagKind::MissingFieldOrMethod, "%s.%s undefined (type %s has no method %s)", x->expr, sel, x->type, sel);
      return fail();
    }
    Signature* sig = llvm::dyn_cast_or_null<Signature>(method->type);
    if (!sig || !sig->recv) {
      error(e, DiagKind::InvalidDeclCycle, "illegal cycle in method declaration");
      return fail();
    }
    // The receiver becomes the first parameter. Parameters are named all or none.
    llvm::ArrayRef<Var*> params;
    if (sig->params) params = sig->params->vars;
    llvm::StringRef name;
    if (!params.empty() && !params[0]->name.empty()) name = sig->recv->name.empty() ? llvm::StringRef("_") : sig->recv->name;
    std::vector<Var*> all;
    Var* receiver = newParam(sig->recv->pos, name, x->type);
    receiver->pkg = sig->recv->pkg;
    all.push_back(receiver);
    all.insert(all.end(), params.begin(), params.end());
    Signature* function = make<Signature>();
    function->typeParams = sig->typeParams;
    function->params = newTuple(all);
    function->results = sig->results ? sig->results : newTuple({});
    function->variadic = sig->variadic;
    recordSelection(e, SelectionKind::MethodExpr, x->type, method, found.index, found.indirect, function);
    x->mode = OperandMode::Value;
    x->type = function;
    addDeclDep(method);
  } else if (method) {
    Signature* sig = llvm::dyn_cast_or_null<Signature>(method->type);
    if (!sig) return fail();
    Signature* function = make<Signature>(*sig);
    function->recv = nullptr;
    recordSelection(e, SelectionKind::MethodVal, x->type, method, found.index, found.indirect, function);
    x->mode = OperandMode::Value;
    x->type = function;
    addDeclDep(method);
  } else {
    Var* field = llvm::cast<Var>(found.obj);
    recordSelection(e, SelectionKind::FieldVal, x->type, field, found.index, found.indirect, field->type);
    x->mode = x->mode == OperandMode::Variable || found.indirect ? OperandMode::Variable : OperandMode::Value;
    x->type = field->type;
  }
  x->val = ConstValue();
  x->expr = e;
}

} // namespace stoat
