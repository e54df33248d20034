// Calls: who is called, receivers, arguments, results; and the comma-ok forms, which yield two values as some calls do.
#include "build/builder.h"

namespace stoat::mir {

bool FunctionBuilder::builtinOf(CallExpr* e, BuiltinId& id) {
  Expr* fun = unparen(e->fun);
  Object* object = nullptr;
  if (Name* n = llvm::dyn_cast<Name>(fun))
    object = n->object;
  else if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(fun); s && !s->selection)
    object = s->sel->object;
  Builtin* b = llvm::dyn_cast_or_null<Builtin>(object);
  if (b)
    id = b->id;
  return b != nullptr;
}

// A receiver at place p (type recvType) for `method`, which is found directly on that type.
void FunctionBuilder::bindMethodAt(const Place& p, Type* recvType, Func* method, Callee& callee, Operands& receiver) {
  callee.method = method;
  Type* type = unalias(recvType);
  if (isTypeParam(type)) {
    callee.kind = Callee::TypeParamMethod;
    callee.recvType = type;
    callee.value = load(p);
    return;
  }
  if (isInterfaceType(type)) {
    callee.kind = Callee::InterfaceMethod;
    callee.value = load(p);
    return;
  }
  callee.kind = Callee::Static;
  callee.ref = mirArena().make<FuncRef>();
  callee.ref->func = method->origin ? method->origin : method;
  PointerType* pointer = llvm::dyn_cast<PointerType>(type);
  if (Named* named = llvm::dyn_cast<Named>(unalias(pointer ? pointer->elem : type)))
    callee.ref->typeArgs = named->typeArgs;
  Var* declared = callee.ref->func->signature()->recv;
  bool takesPointer = declared && llvm::isa<PointerType>(unalias(declared->type));
  if (pointer && !takesPointer) {
    Operand v = load(p);
    nilCheck(v);
    receiver.push_back(load(derefPlace(toLocal(v))));
  } else if (!pointer && takesPointer) {
    receiver.push_back(addressOf(p));
  } else {
    receiver.push_back(load(p));
  }
}

void FunctionBuilder::bindMethod(SelectorExpr* sel, Callee& callee, Operands& receiver) {
  Selection* s = sel->selection;
  Func* method = llvm::cast<Func>(s->obj);
  llvm::ArrayRef<int> path = llvm::ArrayRef<int>(s->index).drop_back();
  Type* x = valueType(sel->x);
  if (path.empty()) {
    bool isPointer = llvm::isa<PointerType>(unalias(x));
    Var* recv = method->signature()->recv;
    bool takesPointer = recv && llvm::isa<PointerType>(unalias(recv->type));
    bool needsAddress = !isPointer && takesPointer && !isInterfaceType(x) && !isTypeParam(x);
    Place p = needsAddress ? place(sel->x) : temporary(sel->x);
    bindMethodAt(p, x, method, callee, receiver);
    return;
  }
  Checks checks;
  Place p = alongPath(sel->x, path, checks);
  flush(checks);
  bindMethodAt(p, p.type, method, callee, receiver);
}

// go:uintptrkeepalive and go:uintptrescapes, and functions implemented elsewhere (the kernel's door above all): an object whose address is passed as
// a uintptr, converted in the argument list, lives until the call returns.
static bool holdsUintptrs(const Callee& callee) {
  Func* func = callee.kind == Callee::Static && callee.ref ? callee.ref->func : nullptr;
  if (!func)
    return false;
  uint32_t pragma = func->pragma | (func->decl && func->decl->pragma ? func->decl->pragma->flags : 0);
  return (pragma & (PragmaUintptrKeepAlive | PragmaUintptrEscapes)) || (func->decl && !func->decl->body);
}

void FunctionBuilder::keepAlive(const Operands& pointers) {
  for (const Operand& p : pointers) {
    callRuntime("stoat.keepalive", {p});
    Func* callee = f->blocks[cur_].instrs.back().callee->ref->func;
    callee->leaks = std::string(1, '\0');
  }
}

Instr FunctionBuilder::prepareCall(CallExpr* e) {
  Operands pointers, *saved = pointersAsIntegers_;
  pointersAsIntegers_ = &pointers;
  Instr call = prepareCallArguments(e);
  pointersAsIntegers_ = saved;
  alive_ = holdsUintptrs(*call.callee) ? pointers : Operands();
  return call;
}

Instr FunctionBuilder::prepareCallArguments(CallExpr* e) {
  Instr call;
  call.op = Opcode::Call;
  call.callee = mirArena().make<Callee>();
  Callee& callee = *call.callee;
  Expr* fun = unparen(e->fun);
  Signature* signature = llvm::dyn_cast_or_null<Signature>(coreType(valueType(fun)));
  bool late = false;
  for (Expr* a : e->args)
    late |= hasEffects(a);
  Operands receiver;
  SelectorExpr* sel = llvm::dyn_cast<SelectorExpr>(fun);
  bool isMethod = sel && sel->selection && sel->selection->kind == SelectionKind::MethodVal;
  if (late) { // calls in the function and the receiver come before those in the arguments
    if (!isMethod)
      hoist(fun);
    else if (!memo_.count(fun))
      hoist(sel->x);
    hoistUpToLastEffect(e->args);
  }
  if (isMethod) {
    pos = e->pos;
    bindMethod(sel, callee, receiver);
  } else {
    Operand value = expr(fun);
    if (value.kind == Operand::FuncValue) {
      callee.kind = Callee::Static;
      callee.ref = value.func;
      Signature* of = callee.ref->closure ? callee.ref->closure->signature : callee.ref->func->signature();
      if (callee.ref->func && of->recv && signature && !signature->params->vars.empty()) {
        // T.Method(recv, args): the receiver is the first argument.
        Signature* rest = typeArena().make<Signature>(*signature);
        rest->params = typeArena().make<TupleType>(*signature->params);
        rest->params->vars.erase(rest->params->vars.begin());
        Operands all;
        arguments(e->args, e->hasDots, signature, all);
        call.args.append(all.begin(), all.end());
        callee.signature = rest;
        pos = e->pos;
        return call;
      }
      if (!signature || !signature->typeParams.empty())
        signature = llvm::dyn_cast_or_null<Signature>(coreType(value.type));
    } else {
      callee.kind = Callee::Closure;
      callee.value = value;
    }
  }
  callee.signature = signature;
  call.args.append(receiver.begin(), receiver.end());
  Operands args;
  arguments(e->args, e->hasDots, signature, args);
  call.args.append(args.begin(), args.end());
  pos = e->pos;
  return call;
}

void FunctionBuilder::arguments(llvm::ArrayRef<Expr*> args, bool hasDots, Signature* signature, Operands& out) {
  if (!signature)
    return;
  const std::vector<Var*>& params = signature->params->vars;
  size_t fixed = params.size() - (signature->variadic ? 1 : 0);
  Operands given;
  bool isSpread = args.size() == 1 && llvm::isa_and_nonnull<TupleType>(args[0]->type) && llvm::isa<CallExpr>(unparen(args[0]));
  if (isSpread) {
    given = call(llvm::cast<CallExpr>(unparen(args[0])));
    for (size_t i = 0; i < given.size(); ++i) {
      Type* want = i < fixed || !signature->variadic ? (i < params.size() ? params[i]->type : nullptr) : elementOf(params.back()->type);
      given[i] = convert(given[i], want);
    }
  } else {
    for (size_t i = 0; i < args.size(); ++i) {
      Type* want = i < fixed || !signature->variadic || hasDots ? (i < params.size() ? params[i]->type : nullptr) : elementOf(params.back()->type);
      given.push_back(exprTo(args[i], want));
    }
  }
  if (!signature->variadic || hasDots) {
    out.append(given.begin(), given.end());
    return;
  }
  out.append(given.begin(), given.begin() + std::min(fixed, given.size()));
  out.push_back(packSlice(params.back()->type, llvm::ArrayRef<Operand>(given).drop_front(std::min(fixed, given.size()))));
}

Operand FunctionBuilder::packSlice(Type* sliceType, llvm::ArrayRef<Operand> elems) {
  if (elems.empty())
    return Operand::zero(sliceType);
  Type* elem = elementOf(sliceType);
  Type* array = typeArena().make<ArrayTypeT>(elem, static_cast<int64_t>(elems.size()));
  Operand pointer = newTemp(pointerTo(array));
  Instr& i = emit(Opcode::New);
  i.type = array;
  i.dsts.push_back(pointer.local);
  for (size_t k = 0; k < elems.size(); ++k)
    store(indexOf(derefPlace(pointer.local), intConst(static_cast<int64_t>(k)), elem), elems[k], InitStore);
  Operand result = value(Opcode::Slice, sliceType, {pointer, Operand::none(), Operand::none(), Operand::none()});
  f->blocks[cur_].instrs.back().flags |= Unchecked;
  return result;
}

Operands FunctionBuilder::emitCall(const Instr& call) {
  Operands results;
  Instr copy = call;
  for (Var* v : call.callee->signature->results->vars) {
    results.push_back(newTemp(v->type));
    copy.dsts.push_back(results.back().local);
  }
  Instr& i = emit(Opcode::Call);
  copy.pos = i.pos;
  i = copy;
  return results;
}

Operands FunctionBuilder::call(CallExpr* e) {
  Pos saved = pos;
  pos = e->pos;
  Operands results;
  BuiltinId id;
  if (e->fun->isType()) {
    results.push_back(exprTo(e->args[0], valueType(e)));
  } else if (builtinOf(e, id)) {
    results = builtin(e, id);
  } else {
    Instr prepared = prepareCall(e);
    if (!prepared.callee->signature)
      unsupported(e->pos, "this form of call");
    else {
      Operands alive = alive_;
      results = emitCall(prepared);
      keepAlive(alive);
    }
  }
  pos = saved;
  return results;
}

void FunctionBuilder::callRuntime(llvm::StringRef symbol, llvm::ArrayRef<Operand> args) {
  llvm::SmallVector<Type*, 4> types;
  for (const Operand& a : args)
    types.push_back(a.type);
  FuncRef* ref = mirArena().make<FuncRef>();
  ref->func = runtimeFunction(symbol, types, {});
  Instr& i = emit(Opcode::Call);
  i.callee = mirArena().make<Callee>();
  i.callee->kind = Callee::Static;
  i.callee->ref = ref;
  i.callee->signature = ref->func->signature();
  i.args.append(args.begin(), args.end());
}

Operands FunctionBuilder::multiValue(Expr* e, size_t want) {
  e = unparen(e);
  if (CallExpr* c = llvm::dyn_cast<CallExpr>(e))
    return call(c);
  Pos saved = pos;
  pos = e->pos;
  Operands results;
  Type* okType = tupleElement(e->type, 1);
  if (!okType || isUntyped(okType))
    okType = basicType(BasicKind::Bool);
  Type* type = valueType(e);
  if (IndexExpr* x = llvm::dyn_cast<IndexExpr>(e)) {
    if (MapTypeT* map = llvm::dyn_cast_or_null<MapTypeT>(coreType(valueType(x->x)))) {
      if (hasEffects(x->index)) {
        hoist(x->x);
        hoist(x->index);
      }
      Operand m = expr(x->x);
      Operand key = exprTo(x->index, map->key);
      results = {newTemp(map->elem), newTemp(okType)};
      Instr& i = emit(Opcode::MapLookup);
      i.dsts = {results[0].local, results[1].local};
      i.args = {m, key};
    }
  } else if (AssertExpr* a = llvm::dyn_cast<AssertExpr>(e)) {
    Operand v = expr(a->x);
    results = {newTemp(type), newTemp(okType)};
    Instr& i = emit(Opcode::TypeAssert);
    i.type = type;
    i.dsts = {results[0].local, results[1].local};
    i.args.push_back(v);
  } else if (Operation* o = llvm::dyn_cast<Operation>(e); o && o->op == Op::Recv && !o->y) {
    Operand channel = expr(o->x);
    results = {newTemp(type), newTemp(okType)};
    Instr& i = emit(Opcode::Recv);
    i.dsts = {results[0].local, results[1].local};
    i.args.push_back(channel);
  }
  if (results.empty()) {
    unsupported(e->pos, "this form of multi-value expression");
    for (size_t i = 0; i < want; ++i)
      results.push_back(Operand::zero(tupleElement(e->type, i) ? tupleElement(e->type, i) : basicType(BasicKind::Bool)));
  }
  pos = saved;
  return results;
}

} // namespace stoat::mir
