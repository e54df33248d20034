// select: channels and values to send are evaluated once, in source order; then one Select, then a dispatch on the chosen case. The left side of a
// receive is evaluated only in its own case.
#include "build/builder.h"

namespace stoat::mir {

namespace {
Operation* receiveOf(Stmt* s, AssignStmt*& assignment) {
  Expr* e = nullptr;
  if (ExprStmt* x = llvm::dyn_cast<ExprStmt>(s))
    e = x->x;
  assignment = llvm::dyn_cast<AssignStmt>(s);
  if (assignment)
    e = assignment->rhs;
  Operation* o = e ? llvm::dyn_cast<Operation>(unparen(e)) : nullptr;
  return o && o->op == Op::Recv && !o->y ? o : nullptr;
}
} // namespace

void FunctionBuilder::selectStmt(SelectStmt* s, LabeledStmt* label) {
  pos = s->pos;
  Type* intType = basicType(BasicKind::Int);
  Type* boolType = basicType(BasicKind::Bool);
  BlockId done = newBlock();
  bindTargets(s, label, done, -1);
  std::vector<SelectCase>* cases = mirArena().make<std::vector<SelectCase>>();
  llvm::SmallVector<CommClause*, 8> clauses;
  CommClause* fallback = nullptr;
  for (CommClause* c : s->body) {
    if (!c->comm) {
      fallback = c;
      continue;
    }
    memo_.clear();
    pos = c->pos;
    SelectCase one;
    AssignStmt* assignment;
    if (SendStmt* send = llvm::dyn_cast<SendStmt>(c->comm)) {
      one.isSend = true;
      if (hasEffects(send->value)) {
        hoist(send->chan);
        hoist(send->value);
      }
      one.chan = stable(expr(send->chan));
      ChanTypeT* type = llvm::dyn_cast_or_null<ChanTypeT>(coreType(one.chan.type));
      one.value = stable(type ? exprTo(send->value, type->elem) : expr(send->value));
    } else if (Operation* receive = receiveOf(c->comm, assignment)) {
      one.chan = stable(expr(receive->x));
      if (assignment) {
        ChanTypeT* type = llvm::dyn_cast_or_null<ChanTypeT>(coreType(one.chan.type));
        one.recvDst = newLocal(type ? type->elem : valueType(receive));
      }
    } else {
      unsupported(c->pos, "this form of select case");
      continue;
    }
    clauses.push_back(c);
    cases->push_back(one);
  }
  pos = s->pos;
  Operand index = newTemp(intType), ok = newTemp(boolType);
  Instr& i = emit(Opcode::Select);
  i.cases = cases;
  i.hasDefault = fallback != nullptr;
  i.dsts = {index.local, ok.local};
  if (clauses.empty() && !fallback) {
    emit(Opcode::Unreachable);
    cur_ = -1;
    start(done);
    return;
  }
  llvm::SmallVector<BlockId, 8> bodies;
  std::vector<std::pair<ConstValue, BlockId>> targets;
  for (size_t k = 0; k < clauses.size(); ++k) {
    bodies.push_back(newBlock());
    targets.push_back({ConstValue::makeInt64(static_cast<int64_t>(k)), bodies.back()});
  }
  BlockId otherwise = fallback ? newBlock() : bodies.back();
  if (!fallback)
    targets.pop_back();
  if (targets.empty())
    jump(otherwise);
  else
    switchOnIntegers(targets, index, otherwise);
  for (size_t k = 0; k < clauses.size(); ++k) {
    start(bodies[k]);
    pos = clauses[k]->comm->pos;
    memo_.clear();
    AssignStmt* assignment;
    if (Operation* receive = receiveOf(clauses[k]->comm, assignment); receive && assignment) {
      std::vector<Expr*> lhs = unpackList(assignment->lhs);
      LocalId dst = (*cases)[k].recvDst;
      Operand v = Operand::ofLocal(dst, f->locals[dst].type);
      assignTo(lhs[0], v);
      if (lhs.size() > 1)
        assignTo(lhs[1], ok);
    }
    clauseBody(clauses[k]->body, -1, done);
  }
  if (fallback) {
    start(otherwise);
    clauseBody(fallback->body, -1, done);
  }
  start(done);
}

} // namespace stoat::mir
