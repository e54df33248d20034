// Calls: the callee, argument lists, instantiation of generic functions, inference through arguments.
// After cmd/compile/internal/types2/call.go; selectors are in selector.cpp.
#include "check/checker.h"

namespace stoat {

TypeArgs Checker::funcInst(Target* target, Pos pos, Operand* x, IndexExpr* inst, bool infer) {
  Pos instPos = pos;
  if (inst) {
    instPos = inst->pos;
    x->expr = inst;
  }
  bool versionOk = verifyVersionf(instPos, go1_18, "function instantiation");

  TypeArgs targs;
  llvm::ArrayRef<Expr*> xlist;
  if (inst) {
    xlist = exprListOf(inst->index);
    targs = typeList(xlist);
    if (targs.empty()) {
      x->invalidate();
      return {};
    }
  }

  Signature* sig = under<Signature>(x->type);
  if (!sig) {
    x->invalidate();
    return {};
  }
  size_t got = targs.size(), want = sig->typeParams.size();
  if (got > want) {
    errorf(xlist[got - 1], DiagKind::WrongTypeArgCount, "got %d type arguments but want %d", got, want);
    x->invalidate();
    return {};
  }

  if (got < want) {
    if (!infer) return targs;

    // An assignment tvar = x infers missing type arguments as the call g(tvar) of func g[type parameters of x](x's type) would.
    OperandList args;
    llvm::SmallVector<Var*, 1> params;
    bool reverse = false;
    if (target) {
      if (versionOk && !allowVersion(go1_21))
        versionErrorf(instPos, go1_21, inst ? "partially instantiated function in assignment" : "implicitly instantiated function in assignment");
      Signature* gsig = make<Signature>();
      gsig->params = sig->params;
      gsig->results = sig->results;
      gsig->variadic = sig->variadic;
      params.push_back(newParam(x->pos(), "", gsig));
      Name* description = make<Name>(x->pos()); // names the operand in messages
      description->value = typeArena().copy(target->desc);
      Operand* arg = make<Operand>();
      arg->mode = OperandMode::Value;
      arg->expr = description;
      arg->type = target->sig;
      args.push_back(arg);
      reverse = true;
    }

    // Fresh type parameters, so that recursive instantiations do not clash.
    auto [tparams, params2] = renameTParams(pos, sig->typeParams, newTuple(params));
    ErrorReport err(this, DiagKind::CannotInferTypeArgs);
    targs = this->infer(pos, tparams, targs, llvm::cast<TupleType>(params2), args, reverse, err);
    if (targs.empty()) {
      if (!err.empty()) err.report();
      x->invalidate();
      return {};
    }
  }

  x->type = instantiateSignature(x->pos(), x->expr, sig, targs, xlist);
  x->mode = OperandMode::Value;
  return {};
}

Signature* Checker::instantiateSignature(Pos pos, Expr* e, Signature* sig, llvm::ArrayRef<Type*> targs, llvm::ArrayRef<Expr*> xlist) {
  Signature* inst = llvm::cast<Signature>(instance(pos, sig, targs, nullptr, ctxt));
  recordInstance(e, targs, inst);

  // Constraints are verified when all types are complete.
  later([this, pos, sig, targs = TypeArgs(targs), xlist = std::vector<Expr*>(xlist.begin(), xlist.end())] {
    std::string cause;
    int i = verify(pos, sig->typeParams, targs, ctxt, &cause);
    if (i < 0) {
      monoRecordInstance(pos, sig->typeParams, targs, xlist);
      return;
    }
    Pos at = pos;
    if (static_cast<size_t>(i) < xlist.size()) at = startPos(xlist[i]);
    softErrorf(at, DiagKind::InvalidTypeArg, "%s", cause);
  });
  return inst;
}

ExprKind Checker::callExpr(Operand* x, CallExpr* call) {
  IndexExpr* inst = nullptr; // f[T](...): instantiated together with the arguments
  if (IndexExpr* index = llvm::dyn_cast<IndexExpr>(call->fun)) {
    if (indexExpr(x, index)) inst = index;
    x->expr = index;
    record(x);
  } else {
    exprOrType(x, call->fun, true);
  }

  switch (x->mode) {
  case OperandMode::Unchecked:
    use(call->args);
    x->expr = call;
    return ExprKind::Statement;

  case OperandMode::TypeExpr: {
    nonGeneric(nullptr, x);
    if (!x->isValid()) return ExprKind::Conversion;
    Type* target = x->type;
    x->invalidate();
    size_t n = call->args.size();
    if (n == 0) {
      errorf(call, DiagKind::WrongArgCount, "missing argument in conversion to %s", target);
    } else if (n > 1) {
      use(call->args);
      errorf(call->args[n - 1], DiagKind::WrongArgCount, "too many arguments in conversion to %s", target);
    } else {
      expr(nullptr, x, call->args[0]);
      if (x->isValid()) {
        Interface* iface = under<Interface>(target);
        if (iface && !isTypeParam(target) && !iface->isMethodSet()) {
          errorf(call, DiagKind::MisplacedConstraintIface, "cannot use interface %s in conversion (contains specific type constraints or is comparable)", target);
        } else if (call->hasDots) {
          errorf(call->args[0], DiagKind::BadDotDotDotSyntax, "invalid use of ... in conversion to %s", target);
        } else {
          conversion(x, target);
        }
      }
    }
    x->expr = call;
    return ExprKind::Conversion;
  }

  case OperandMode::Builtin: {
    BuiltinId id = x->id;
    if (!builtin(x, call, id)) x->invalidate();
    x->expr = call;
    // A result that is not constant means a call.
    if (x->isValid() && x->mode != OperandMode::Constant) hasCallOrRecv = true;
    return builtinExprKind(id);
  }

  default: break;
  }

  auto fail = [&] {
    x->invalidate();
    x->expr = call;
    return ExprKind::Statement;
  };

  // An ordinary function or method, possibly generic.
  bool cgoCall = x->mode == OperandMode::CgoFunc;
  std::string cause;
  Type* u = commonUnder(
      x->type,
      [&](Type* t, Type* each, std::string* why) {
        if (!each || llvm::isa<Signature>(each)) return true;
        *why = sprintf("%s is not a function", t);
        return false;
      },
      &cause, this);
  if (!u) {
    errorf(x, DiagKind::InvalidCall, "invalid operation: cannot call %s: %s", x, cause);
    return fail(); // the arguments stay unused, as with gc
  }
  Signature* sig = llvm::cast<Signature>(u);
  bool wasGeneric = !sig->typeParams.empty();
  // A function that is used in its own signature has none yet; the cycle is reported elsewhere.
  if (!sig->params) sig->params = newTuple({});
  if (!sig->results) sig->results = newTuple({});

  TypeArgs targs;
  llvm::ArrayRef<Expr*> xlist;
  if (inst) {
    xlist = exprListOf(inst->index);
    targs = typeList(xlist);
    if (targs.empty()) {
      use(call->args);
      return fail();
    }
    size_t got = targs.size(), want = sig->typeParams.size();
    if (got > want) {
      errorf(xlist[want], DiagKind::WrongTypeArgCount, "got %d type arguments but want %d", got, want);
      use(call->args);
      return fail();
    }
    // With all type arguments at hand there is nothing to infer for the callee.
    if (got == want && want > 0) {
      verifyVersionf(inst, go1_18, "function instantiation");
      sig = instantiateSignature(inst->pos, inst, sig, targs, xlist);
      targs.clear();
      xlist = {};
    }
  }

  std::vector<TypeArgs> atargs;
  OperandList args = genericExprList(call->args, atargs);
  sig = arguments(call, sig, targs, xlist, args, atargs);

  if (wasGeneric && sig->typeParams.empty()) recordTypeAndValue(call->fun, OperandMode::Value, sig, ConstValue());

  x->val = ConstValue();
  switch (sig->results->vars.size()) {
  case 0: x->mode = OperandMode::NoValue; break;
  case 1:
    x->mode = cgoCall ? OperandMode::CommaErr : OperandMode::Value;
    x->type = sig->results->vars[0]->type;
    break;
  default:
    x->mode = OperandMode::Value;
    x->type = sig->results;
  }
  x->expr = call;
  hasCallOrRecv = true;

  // After a failed inference a result that mentions type parameters is useless.
  if (x->mode == OperandMode::Value && !sig->typeParams.empty() && isParameterized(sig->typeParams, x->type)) x->invalidate();
  return ExprKind::Statement;
}

OperandList Checker::exprList(llvm::ArrayRef<Expr*> elist) {
  if (elist.size() == 1) {
    bool commaOk;
    return multiExpr(elist[0], false, &commaOk);
  }
  OperandList list;
  for (Expr* e : elist) {
    Operand* x = make<Operand>();
    expr(nullptr, x, e);
    list.push_back(x);
  }
  return list;
}

OperandList Checker::genericExprList(llvm::ArrayRef<Expr*> elist, std::vector<TypeArgs>& targsList, std::vector<llvm::SmallVector<Expr*, 2>>*) {
  // Before go1.21 a generic function that is an argument must be instantiated fully.
  size_t n = elist.size();
  bool infer = !(n > 0 && allowVersion(go1_21));
  OperandList list;
  targsList.clear();
  targsList.resize(n);

  for (size_t i = 0; i < n; i++) {
    Expr* e = elist[i];
    Operand* x = make<Operand>();
    if (IndexExpr* inst = llvm::dyn_cast<IndexExpr>(e)) {
      if (indexExpr(x, inst)) {
        TypeArgs targs = funcInst(nullptr, x->pos(), x, inst, infer);
        if (!targs.empty()) {
          // Partially instantiated: the rest is inferred together with the call.
          targsList[i] = std::move(targs);
          x->expr = inst;
        } else {
          record(x);
        }
        list.push_back(x);
        continue;
      }
      // An ordinary index expression has been evaluated: finish as rawExpr does.
      x->expr = e;
      pendingType(x);
      record(x);
    } else {
      rawExpr(nullptr, x, e, nullptr, true);
    }
    exclude(x, 1u << unsigned(OperandMode::NoValue) | 1u << unsigned(OperandMode::Builtin) | 1u << unsigned(OperandMode::TypeExpr));
    TupleType* tuple = n == 1 && x->isValid() ? llvm::dyn_cast_or_null<TupleType>(x->type) : nullptr;
    if (tuple) {
      for (Var* v : tuple->vars) {
        Operand* value = make<Operand>();
        value->mode = OperandMode::Value;
        value->expr = e;
        value->type = v->type;
        list.push_back(value);
      }
      return list;
    }
    singleValue(x);
    list.push_back(x);
  }
  return list;
}

Signature* Checker::arguments(CallExpr* call, Signature* sig, llvm::ArrayRef<Type*> calleeTargs, llvm::ArrayRef<Expr*> xlist, OperandList& args,
                              std::vector<TypeArgs>& atargs) {
  // Arguments per kind of call:
  //   ordinary function f(a, b): as many as parameters; f(a, b...): an error
  //   variadic function f(a, b): at least all but the last; f(a, b...): as many as parameters
  size_t nargs = args.size();
  size_t npars = sig->params->vars.size();
  bool ddd = call->hasDots;

  TupleType* sigParams = sig->params; // adjusted for variadic functions
  bool adjusted = false;
  if (sig->variadic) {
    if (ddd) {
      if (call->args.size() == 1 && nargs > 1) {
        errorf(call, DiagKind::InvalidDotDotDot, "cannot use ... with %d-valued %s", nargs, call->args[0]);
        return sig;
      }
    } else if (nargs + 1 >= npars) {
      // One parameter for each argument that goes to the variadic one.
      std::vector<Var*> vars(sig->params->vars.begin(), sig->params->vars.end() - 1);
      Var* last = sig->params->vars[npars - 1];
      SliceTypeT* slice = under<SliceTypeT>(last->type);
      Type* elem = slice ? slice->elem : universeByte();
      while (vars.size() < nargs) {
        Var* v = newParam(last->pos, last->name, elem);
        v->pkg = last->pkg;
        vars.push_back(v);
      }
      sigParams = newTuple(vars);
      adjusted = true;
      npars = nargs;
    } else {
      npars--; // for the message below
    }
  } else if (ddd) {
    errorf(call, DiagKind::NonVariadicDotDotDot, "cannot use ... in call to non-variadic %s", call->fun);
    return sig;
  }

  if (nargs != npars) {
    At at(call);
    const char* qualifier = "not enough";
    if (nargs > npars) {
      at = At(args[npars]->expr); // the first extra argument
      qualifier = "too many";
    } else if (nargs > 0) {
      at = At(args[nargs - 1]->expr); // the last argument
    }
    llvm::SmallVector<Type*, 8> have, want;
    for (Operand* a : args) have.push_back(a->type);
    for (Var* v : sig->params->vars) want.push_back(v->type);
    ErrorReport err(this, DiagKind::WrongArgCount);
    err.addf(at, "%s arguments in call to %s", qualifier, call->fun);
    err.addf(Pos(), "have %s", typesSummary(have, false, ddd));
    err.addf(Pos(), "want %s", typesSummary(want, sig->variadic, false));
    err.report();
    return sig;
  }

  // Type parameters: the callee's first, then those of each generic function among the arguments.
  std::vector<TypeParam*> tparams;
  TypeArgs targs(calleeTargs);
  size_t n = sig->typeParams.size();
  if (n > 0) {
    if (!allowVersion(go1_18)) {
      if (llvm::isa<IndexExpr>(call->fun))
        versionErrorf(call->fun, go1_18, "function instantiation");
      else
        versionErrorf(call, go1_18, "implicit function instantiation");
    }
    auto [renamed, params] = renameTParams(call->pos, sig->typeParams, sigParams);
    tparams = std::move(renamed);
    sigParams = llvm::cast<TupleType>(params);
    targs.resize(tparams.size(), nullptr);
  }

  llvm::SmallVector<size_t, 2> genericArgs;
  for (size_t i = 0; i < args.size(); i++) {
    if (!args[i]->type || !args[i]->isValid()) continue;
    Signature* asig = llvm::dyn_cast<Signature>(args[i]->type);
    if (!asig || asig->typeParams.empty()) continue;
    // Each use of a generic function gets type parameters and a signature of its own: f(g, g).
    asig = make<Signature>(*asig);
    auto [renamed, type] = renameTParams(call->pos, asig->typeParams, asig);
    Signature* fresh = llvm::cast<Signature>(type);
    if (fresh == asig) fresh = make<Signature>(*asig);
    fresh->typeParams = renamed;
    args[i]->type = fresh;
    tparams.insert(tparams.end(), renamed.begin(), renamed.end());
    if (i < atargs.size()) targs.append(atargs[i].begin(), atargs[i].end());
    targs.resize(tparams.size(), nullptr);
    genericArgs.push_back(i);
  }
  if (!genericArgs.empty()) verifyVersionf(args[genericArgs[0]], go1_21, "implicitly instantiated function as argument");

  Signature* rsig = sig;
  if (!tparams.empty()) {
    ErrorReport err(this, DiagKind::CannotInferTypeArgs);
    TypeArgs inferred = infer(call->pos, tparams, targs, sigParams, args, false, err);
    if (inferred.empty()) {
      if (!err.empty()) errorf(err.pos(), DiagKind::CannotInferTypeArgs, "in call to %s, %s", call->fun, err.message());
      return sig;
    }
    targs = std::move(inferred);

    if (n > 0) {
      rsig = instantiateSignature(call->pos, call->fun, sig, llvm::ArrayRef<Type*>(targs).take_front(n), xlist);
      if (adjusted) {
        SubstMap map{llvm::ArrayRef<TypeParam*>(tparams).take_front(n), llvm::ArrayRef<Type*>(targs).take_front(n)};
        sigParams = llvm::cast<TupleType>(subst(call->pos, sigParams, map, nullptr, ctxt));
      } else {
        sigParams = rsig->params;
      }
    }

    size_t j = n;
    for (size_t i : genericArgs) {
      Operand* arg = args[i];
      Signature* asig = llvm::cast<Signature>(arg->type);
      size_t count = asig->typeParams.size();
      arg->type = instantiateSignature(call->pos, arg->expr, asig, llvm::ArrayRef<Type*>(targs).slice(j, count), {});
      record(arg);
      j += count;
    }
  }

  if (!args.empty()) {
    std::string context; // made on demand: most arguments have the very type of their parameter
    for (size_t i = 0; i < args.size(); i++) {
      Type* parameter = sigParams->vars[i]->type;
      if (args[i]->isValid() && args[i]->type == parameter && !llvm::isa<Signature>(parameter)) continue;
      if (context.empty()) context = sprintf("argument to %s", call->fun);
      assignment(args[i], parameter, context);
    }
  }
  return rsig;
}

bool Checker::useN(llvm::ArrayRef<Expr*> args, bool lhs) {
  bool ok = true;
  for (Expr* e : args)
    if (!use1(e, lhs)) ok = false;
  return ok;
}

bool Checker::use1(Expr* e, bool lhs) {
  if (!e) return true;
  Operand x;
  x.mode = OperandMode::Value;
  Expr* n = unparen(e);
  if (ListExpr* list = llvm::dyn_cast<ListExpr>(n)) return useN(list->elems, lhs);
  if (Name* name = llvm::dyn_cast<Name>(n)) {
    if (name->value == "_") return true;
    // Being assigned to is not a use.
    Var* v = nullptr;
    bool wasUsed = false;
    if (lhs) {
      v = llvm::dyn_cast_or_null<Var>(lookup(name->value));
      if (v && v->pkg != pkg) v = nullptr;
      if (v) wasUsed = v->used;
    }
    exprOrType(&x, name, true);
    if (v) v->used = wasUsed;
  } else {
    rawExpr(nullptr, &x, e, nullptr, true);
  }
  return x.isValid();
}

} // namespace stoat
