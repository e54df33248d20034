// Range over functions: the body becomes a closure `outer-rangeN` that is called for each value (cf. cmd/compile/internal/rangefunc for the protocol).
//
// `#state` of each loop (boxed, shared with the body) guards against calls of the body after the loop's end or while it runs; the values are those of
// internal/abi (RF_DONE ...). A branch out of the body that is not a plain break or continue stores a code in `#next`, which belongs to
// the outermost loop of a nest, and ends the iteration; after the call of the iterator, the code decides where to go on, one level further out if need be.
// Codes are unique in the function proper. Result values are stored by the body, since results are boxed then.
#include "build/builder.h"

namespace stoat::mir {

namespace {
enum State : int { Done = 0, Ready = 1, Panicking = 2, Exhausted = 3, MissingPanic = 4 };
}

FunctionBuilder* FunctionBuilder::realFunction() {
  FunctionBuilder* b = this;
  while (b->rangeBody_ && b->outer)
    b = b->outer;
  return b;
}

Var* FunctionBuilder::hiddenVariable(llvm::StringRef name, Type* type) {
  Var* v = typeArena().make<Var>();
  v->name = name;
  v->type = type;
  v->varKind = VarKind::Local;
  v->pos = pos;
  v->localId = VarCaptured | VarReassigned;
  return v;
}

void FunctionBuilder::rangeFunc(ForStmt* s, LabeledStmt* label) {
  RangeClause* r = llvm::cast<RangeClause>(s->init);
  Type* intType = basicType(BasicKind::Int);
  Type* boolType = basicType(BasicKind::Bool);
  memo_.clear();
  pos = r->pos.isKnown() ? r->pos : s->pos;
  Pos here = pos;
  Operand iterator = stable(expr(r->x));
  Signature* signature = llvm::cast<Signature>(coreType(valueType(r->x)));
  Type* yieldType = signature->params->vars[0]->type;
  Signature* yield = llvm::cast<Signature>(coreType(yieldType));
  Var* state = hiddenVariable("#state", intType);
  declare(state, intConst(Ready));
  Var* next = next_;
  if (!rangeBody_) {
    next = hiddenVariable("#next", intType);
    declare(next, Operand::none());
  }

  FunctionBuilder c = child(childSymbol('r'), s->body->pos);
  c.rangeBody_ = s;
  c.rangeLabel_ = label;
  c.state_ = state;
  c.next_ = next;
  c.bodyBlock_ = s->body;
  c.begin(yield, nullptr, true);
  Operand old = c.value(Opcode::Copy, intType, {c.load(c.variable(state))});
  c.store(c.variable(state), intConst(Panicking));
  BlockId run = c.newBlock(), misuse = c.newBlock();
  c.branch(c.value(Opcode::Eq, boolType, {old, intConst(Ready)}), run, misuse);
  c.start(misuse);
  c.callRuntime("runtime.panicrangestate", {old});
  c.emit(Opcode::Unreachable);
  c.start(run);
  Operand params[2];
  for (size_t i = 0; i < c.f->params.size() && i < 2; ++i)
    params[i] = Operand::ofLocal(c.f->params[i], c.f->locals[c.f->params[i]].type);
  if (r->def) // variables of a language before 1.22 do not occur with this construct, which is newer
    for (Expr* e : unpackList(r->lhs))
      if (Name* n = llvm::dyn_cast<Name>(unparen(e)))
        if (Var* v = llvm::dyn_cast_or_null<Var>(n->object))
          v->localId &= ~static_cast<uint32_t>(VarShared);
  c.rangeVariables(r, params[0], params[1]);
  c.block(s->body);
  if (!c.isDead()) {
    c.pos = s->body->rbrace;
    c.endIteration(true);
  }
  c.finish(s->body->rbrace);

  pos = here;
  Operand body = closure(c, yieldType);
  Instr call;
  call.op = Opcode::Call;
  call.callee = mirArena().make<Callee>();
  call.callee->signature = signature;
  call.args.push_back(body);
  if (iterator.kind == Operand::FuncValue) {
    call.callee->kind = Callee::Static;
    call.callee->ref = iterator.func;
  } else {
    call.callee->kind = Callee::Closure;
    call.callee->value = iterator;
  }
  emitCall(call);
  BlockId missing = newBlock(), ended = newBlock();
  branch(value(Opcode::Eq, boolType, {load(variable(state)), intConst(Panicking)}), missing, ended);
  start(missing);
  callRuntime("runtime.panicrangestate", {intConst(MissingPanic)});
  emit(Opcode::Unreachable);
  start(ended);
  store(variable(state), intConst(Exhausted));
  if (c.exits_.empty())
    return;
  // Where the body wanted to go.
  Operand code = load(variable(next));
  for (const Exit& exit : c.exits_) {
    BlockId taken = newBlock(), other = newBlock();
    branch(value(Opcode::Eq, boolType, {code, intConst(exit.code)}), taken, other);
    start(taken);
    bool isOwnLoop = rangeBody_ && exit.kind != Exit::Return && exit.kind != Exit::Goto && (exit.target == rangeBody_ || exit.target == rangeLabel_);
    bool isHere = isOwnLoop || (exit.kind == Exit::Return ? !rangeBody_ : exit.kind == Exit::Goto ? hasLabel(exit.target) : exit.kind == Exit::Break ? breakTo_.count(exit.target) != 0 : continueTo_.count(exit.target) != 0);
    if (isHere) {
      store(variable(next), intConst(0));
      leave(exit.kind, exit.target);
    } else {
      bool known = false;
      for (const Exit& e : exits_)
        known |= e.code == exit.code;
      if (!known)
        exits_.push_back(exit);
      endIteration(false);
    }
    start(other);
  }
}

// The body returns to the iterator.
void FunctionBuilder::endIteration(bool proceed) {
  store(variable(state_), intConst(proceed ? Ready : Done));
  copyTo(f->results[0], boolConst(proceed));
  emit(Opcode::Return);
  cur_ = -1;
}

bool FunctionBuilder::hasLabel(const Stmt* label) {
  if (!labelsKnown_) {
    labelsKnown_ = true;
    if (bodyBlock_)
      inspect(static_cast<Node*>(bodyBlock_), [this](Node* n) -> bool {
        if (!n || llvm::isa<FuncLit>(n))
          return false;
        if (ForStmt* loop = llvm::dyn_cast<ForStmt>(n); loop && isRangeOverFunc(loop))
          return false;
        if (LabeledStmt* l = llvm::dyn_cast<LabeledStmt>(n))
          labels_[l] = true;
        return true;
      });
  }
  return labels_.count(label) != 0;
}

bool FunctionBuilder::branchTo(Exit::Kind kind, const Stmt* target) {
  switch (kind) {
  case Exit::Return:
    if (rangeBody_)
      return false;
    emit(Opcode::Return);
    cur_ = -1;
    return true;
  case Exit::Break:
  case Exit::Continue: {
    llvm::DenseMap<const Stmt*, BlockId>& targets = kind == Exit::Break ? breakTo_ : continueTo_;
    llvm::DenseMap<const Stmt*, BlockId>::iterator it = targets.find(target);
    if (it != targets.end()) {
      jump(it->second);
      return true;
    }
    if (rangeBody_ && (target == rangeBody_ || target == rangeLabel_)) {
      endIteration(kind == Exit::Continue);
      return true;
    }
    return false;
  }
  case Exit::Goto:
    if (rangeBody_ && !hasLabel(target))
      return false;
    jump(labelBlock(llvm::cast<LabeledStmt>(target)));
    return true;
  }
  return false;
}

void FunctionBuilder::leave(Exit::Kind kind, const Stmt* target) {
  if (isDead() || branchTo(kind, target))
    return;
  if (!rangeBody_) {
    unsupported(pos, "this branch");
    return;
  }
  FunctionBuilder* real = realFunction();
  int code = 0;
  for (const Exit& e : real->exits_)
    if (e.kind == kind && e.target == target)
      code = e.code;
  if (!code) {
    code = kind == Exit::Return ? -1 : ++real->exitCodes_;
    real->exits_.push_back({kind, target, code});
  }
  bool known = false;
  for (const Exit& e : exits_)
    known |= e.code == code;
  if (!known)
    exits_.push_back({kind, target, code});
  store(variable(next_), intConst(code));
  endIteration(false);
}

Operand FunctionBuilder::deferFrame() {
  Type* type = basicType(BasicKind::UnsafePointer);
  if (rangeBody_) {
    if (deferToken_ == noLocal)
      deferToken_ = captureOperand(outer->deferFrame()).local;
    return Operand::ofLocal(deferToken_, type);
  }
  f->hasDefer = true;
  Operand frame = newTemp(type);
  emit(Opcode::DeferFrame).dsts.push_back(frame.local);
  return frame;
}

} // namespace stoat::mir
