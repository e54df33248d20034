// Function literals, method values and expressions, and the thunks that `go` and `defer` run.
//
// A thunk captures operands by value: everything is evaluated where the thunk is made. Thunks only forward, so they are flagged as wrappers,
// which recover and tracebacks skip.
#include "build/builder.h"

namespace stoat::mir {

Operand FunctionBuilder::funcLit(FuncLit* e) {
  Signature* signature = under<Signature>(e->type);
  FunctionBuilder c = child(literalSymbol(e), e->pos);
  c.isLiteral_ = true;
  c.begin(signature, nullptr);
  c.body(e->body);
  c.finish(e->body->rbrace);
  return closure(c, valueType(e));
}

// x.M: the receiver is evaluated and copied now.
Operand FunctionBuilder::methodValue(SelectorExpr* e) {
  Instr call;
  call.op = Opcode::Call;
  call.callee = mirArena().make<Callee>();
  Operands receiver;
  bindMethod(e, *call.callee, receiver);
  Signature* signature = llvm::cast<Signature>(valueType(e)->underlying());
  if (call.callee->kind == Callee::InterfaceMethod)
    nilCheck(call.callee->value);
  FunctionBuilder c = child(childSymbol('m'), e->pos);
  c.f->isWrapper = true;
  if (call.callee->kind == Callee::Static)
    c.f->displayName = functionSymbol(call.callee->ref->func) + "-fm";
  Signature* own = typeArena().make<Signature>(*signature);
  own->recv = nullptr;
  c.begin(own, nullptr, true);
  Callee& callee = *call.callee;
  callee.signature = own;
  callee.value = c.captureOperand(callee.value);
  for (const Operand& r : receiver)
    call.args.push_back(c.captureOperand(r));
  for (LocalId p : c.f->params)
    call.args.push_back(Operand::ofLocal(p, c.f->locals[p].type));
  Operands results = c.emitCall(call);
  for (size_t i = 0; i < results.size(); ++i)
    c.copyTo(c.f->results[i], results[i]);
  c.finish(e->pos);
  return closure(c, valueType(e));
}

// T.M: the method itself where it takes T as it is, else a function that forwards.
Operand FunctionBuilder::methodExpr(SelectorExpr* e) {
  Selection* s = e->selection;
  Func* method = llvm::cast<Func>(s->obj);
  Type* recv = unalias(s->recv);
  Type* type = valueType(e);
  Signature* signature = llvm::cast<Signature>(type->underlying());
  PointerType* pointer = llvm::dyn_cast<PointerType>(recv);
  bool direct = s->index.size() == 1 && !isInterfaceType(recv) && !isTypeParam(recv);
  if (direct) {
    Var* declared = method->signature()->recv;
    bool takesPointer = declared && llvm::isa<PointerType>(unalias(declared->type));
    direct = takesPointer == (pointer != nullptr);
  }
  if (direct) {
    FuncRef* ref = mirArena().make<FuncRef>();
    ref->func = method->origin ? method->origin : method;
    if (Named* named = llvm::dyn_cast<Named>(unalias(pointer ? pointer->elem : recv)))
      ref->typeArgs = named->typeArgs;
    return Operand::ofFunc(ref, type);
  }
  FunctionBuilder c = child(childSymbol('m'), e->pos);
  c.f->isWrapper = true;
  c.begin(signature, nullptr, true);
  Instr call;
  call.op = Opcode::Call;
  call.callee = mirArena().make<Callee>();
  Operands receiver;
  Place p = c.localPlace(c.f->params[0]);
  llvm::ArrayRef<int> path = llvm::ArrayRef<int>(s->index).drop_back();
  if (path.empty() && pointer && !hasTypeParam(recv)) // a method of T itself: one of *T would be direct. In generic code gc has no wrapper
    c.checkWrappedReceiver(c.f->params[0], recv, method);
  Checks checks;
  if (!path.empty())
    p = c.alongPath(p, path, checks);
  c.flush(checks);
  c.bindMethodAt(p, p.type, method, *call.callee, receiver);
  Signature* rest = typeArena().make<Signature>(*signature);
  rest->params = typeArena().make<TupleType>(*signature->params);
  rest->params->vars.erase(rest->params->vars.begin());
  call.callee->signature = rest;
  call.args.append(receiver.begin(), receiver.end());
  for (LocalId param : llvm::ArrayRef<LocalId>(c.f->params).drop_front())
    call.args.push_back(Operand::ofLocal(param, c.f->locals[param].type));
  Operands results = c.emitCall(call);
  for (size_t i = 0; i < results.size(); ++i)
    c.copyTo(c.f->results[i], results[i]);
  c.finish(e->pos);
  return closure(c, type);
}

Operand FunctionBuilder::thunk(const Instr& deferred, char kind, const Operands& alive) {
  FunctionBuilder c = child(childSymbol(kind), pos);
  c.f->isWrapper = true;
  Signature* signature = makeSignature({}, {});
  c.begin(signature, nullptr, true);
  Instr i = deferred;
  for (Operand& a : i.args)
    a = c.captureOperand(a);
  if (i.callee) {
    i.callee = mirArena().make<Callee>(*deferred.callee);
    i.callee->value = c.captureOperand(i.callee->value);
    c.emitCall(i);
    Operands pointers;
    for (const Operand& p : alive)
      pointers.push_back(c.captureOperand(p));
    c.keepAlive(pointers);
  } else {
    if (i.op == Opcode::CopySlice)
      i.dsts.push_back(noLocal);
    c.emit(i.op) = i;
    if (isTerminator(i.op))
      c.cur_ = -1;
  }
  c.finish(pos);
  return closure(c, signature);
}

// For `defer recover()`. The thunk is a wrapper, which recover does not count: its caller is the function that recovers.
Operand FunctionBuilder::recoverThunk() {
  FunctionBuilder c = child(childSymbol('d'), pos);
  c.f->isWrapper = c.f->hasRecover = true;
  Signature* signature = makeSignature({}, {});
  c.begin(signature, nullptr, true);
  Operand result = c.newTemp(emptyInterface());
  c.emit(Opcode::Recover).dsts.push_back(result.local);
  c.finish(pos);
  return closure(c, signature);
}

void FunctionBuilder::goOrDefer(CallStmt* s) {
  CallExpr* e = llvm::dyn_cast<CallExpr>(unparen(s->call));
  pos = s->pos;
  if (!e || e->fun->isType()) {
    if (e)
      discard(e);
    return;
  }
  bool isGo = s->tok == CallToken::Go;
  char kind = isGo ? 'g' : 'd';
  Operand function;
  bool isThunk = true;
  BuiltinId id;
  if (builtinOf(e, id)) {
    if (id == BuiltinId::Recover) {
      if (isGo)
        return; // nothing panics in the new goroutine
      // What a panic calls is the thunk, where it does nothing; when a deferred function returns normally it ends that function's panic.
      function = recoverThunk();
    } else {
      bool ok;
      Instr i = builtinStatement(e, id, ok);
      if (!ok) {
        discard(e); // refused by the checker, unsafe functions aside
        return;
      }
      pos = s->pos;
      function = thunk(i, kind, {});
    }
  } else {
    Instr i = prepareCall(e);
    if (!i.callee->signature)
      return;
    pos = s->pos;
    if (i.callee->kind == Callee::InterfaceMethod || (isGo && i.callee->kind == Callee::Closure))
      nilCheck(i.callee->value);
    bool plain = i.args.empty() && i.callee->signature->results->vars.empty();
    if (plain && i.callee->kind == Callee::Closure) {
      function = i.callee->value;
      isThunk = false;
    } else if (plain && i.callee->kind == Callee::Static) {
      function = Operand::ofFunc(i.callee->ref, i.callee->signature);
      isThunk = false;
    } else {
      function = thunk(i, kind, alive_);
    }
  }
  Operand frame = !isGo && rangeBody_ ? deferFrame() : Operand::none();
  Instr& i = emit(isGo ? Opcode::Go : Opcode::Defer);
  i.args.push_back(function);
  if (isThunk)
    i.flags |= WrapperThunk;
  if (isGo)
    return;
  if (rangeBody_)
    i.args.push_back(frame);
  else
    f->hasDefer = true;
}

} // namespace stoat::mir
