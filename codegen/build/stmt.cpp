// Statements, except switch, select, range and assignments.
#include "build/builder.h"

namespace stoat::mir {

void FunctionBuilder::stmts(llvm::ArrayRef<Stmt*> list) {
  for (Stmt* s : list)
    stmt(s);
}

void FunctionBuilder::block(BlockStmt* b) { stmts(b->list); }

void FunctionBuilder::stmt(Stmt* s) {
  if (!s)
    return;
  memo_.clear();
  pos = s->pos;
  switch (s->kind) {
  case NodeKind::EmptyStmt: return;
  case NodeKind::BlockStmt: block(llvm::cast<BlockStmt>(s)); return;
  case NodeKind::LabeledStmt: {
    LabeledStmt* l = llvm::cast<LabeledStmt>(s);
    BlockId b = labelBlock(l);
    jump(b);
    start(b);
    Stmt* inner = l->stmt;
    if (!inner)
      return;
    pos = inner->pos;
    if (ForStmt* loop = llvm::dyn_cast<ForStmt>(inner))
      forStmt(loop, l);
    else if (SwitchStmt* w = llvm::dyn_cast<SwitchStmt>(inner))
      switchStmt(w, l);
    else if (SelectStmt* w = llvm::dyn_cast<SelectStmt>(inner))
      selectStmt(w, l);
    else {
      BlockId done = newBlock(); // `break L` out of a labelled block
      bindTargets(inner, l, done, -1);
      stmt(inner);
      jump(done);
      start(done);
    }
    return;
  }
  case NodeKind::ExprStmt: discard(llvm::cast<ExprStmt>(s)->x); return;
  case NodeKind::SendStmt: {
    SendStmt* x = llvm::cast<SendStmt>(s);
    if (hasEffects(x->value)) {
      hoist(x->chan);
      hoist(x->value);
    }
    Operand channel = expr(x->chan);
    ChanTypeT* type = llvm::dyn_cast_or_null<ChanTypeT>(coreType(channel.type));
    Operand v = type ? exprTo(x->value, type->elem) : expr(x->value);
    pos = s->pos;
    emit(Opcode::Send).args = {channel, v};
    return;
  }
  case NodeKind::DeclStmt: declStmt(llvm::cast<DeclStmt>(s)); return;
  case NodeKind::AssignStmt: assignment(llvm::cast<AssignStmt>(s)); return;
  case NodeKind::BranchStmt: branchStmt(llvm::cast<BranchStmt>(s)); return;
  case NodeKind::CallStmt: goOrDefer(llvm::cast<CallStmt>(s)); return;
  case NodeKind::ReturnStmt: returnStmt(llvm::cast<ReturnStmt>(s)); return;
  case NodeKind::IfStmt: ifStmt(llvm::cast<IfStmt>(s)); return;
  case NodeKind::ForStmt: forStmt(llvm::cast<ForStmt>(s), nullptr); return;
  case NodeKind::SwitchStmt: switchStmt(llvm::cast<SwitchStmt>(s), nullptr); return;
  case NodeKind::SelectStmt: selectStmt(llvm::cast<SelectStmt>(s), nullptr); return;
  default: break;
  }
  unsupported(s->pos, "this form of statement");
}

void FunctionBuilder::declStmt(DeclStmt* s) {
  for (Decl* d : s->decls) {
    VarDecl* v = llvm::dyn_cast<VarDecl>(d);
    if (!v)
      continue;
    pos = v->pos;
    std::vector<Expr*> names(v->names.begin(), v->names.end());
    variables(names, unpackList(v->values));
  }
}

void FunctionBuilder::ifStmt(IfStmt* s) {
  stmt(s->init);
  pos = s->pos;
  if (std::optional<bool> known = knownCondition(s->cond)) { // the other branch is not even compiled
    if (*known)
      block(s->then);
    else
      stmt(s->els);
    return;
  }
  BlockId yes = newBlock(), done = newBlock(), no = s->els ? newBlock() : done;
  condition(s->cond, yes, no);
  start(yes);
  block(s->then);
  jump(done);
  if (s->els) {
    start(no);
    stmt(s->els);
    jump(done);
  }
  start(done);
}

void FunctionBuilder::bindTargets(const Stmt* s, const LabeledStmt* label, BlockId breakTo, BlockId continueTo) {
  breakTo_[s] = breakTo;
  if (label)
    breakTo_[label] = breakTo;
  if (continueTo < 0)
    return;
  continueTo_[s] = continueTo;
  if (label)
    continueTo_[label] = continueTo;
}

void FunctionBuilder::forStmt(ForStmt* s, LabeledStmt* label) {
  if (llvm::isa_and_nonnull<RangeClause>(s->init)) {
    if (isRangeOverFunc(s))
      rangeFunc(s, label);
    else
      rangeStmt(s, label);
    return;
  }
  stmt(s->init);
  // Variables of the loop that are boxed get a new box for every iteration.
  llvm::SmallVector<Var*, 2> perIteration;
  if (AssignStmt* a = llvm::dyn_cast_or_null<AssignStmt>(s->init); a && a->op == Op::Def)
    for (Expr* e : unpackList(a->lhs))
      if (Name* n = llvm::dyn_cast<Name>(unparen(e)); n && n->isDef && n->value != "_")
        if (Var* v = llvm::dyn_cast_or_null<Var>(n->object); v && !(v->localId & VarShared) && slot(v).kind == Slot::Boxed)
          perIteration.push_back(v);
  BlockId head = newBlock(), loop = newBlock(), post = newBlock(), done = newBlock();
  bindTargets(s, label, done, post);
  pos = s->pos;
  jump(head);
  start(head);
  if (s->cond)
    condition(s->cond, loop, done);
  else
    jump(loop);
  start(loop);
  block(s->body);
  pos = s->pos;
  jump(post);
  start(post);
  for (Var* v : perIteration)
    declare(v, load(variable(v)));
  stmt(s->post);
  pos = s->pos;
  jump(head);
  start(done);
}

BlockId FunctionBuilder::labelBlock(const LabeledStmt* l) {
  llvm::DenseMap<const Stmt*, BlockId>::iterator known = gotoTo_.find(l);
  if (known != gotoTo_.end())
    return known->second;
  BlockId b = newBlock();
  gotoTo_[l] = b;
  return b;
}

void FunctionBuilder::branchStmt(BranchStmt* s) {
  switch (s->tok) {
  case BranchToken::Break: leave(Exit::Break, s->target); return;
  case BranchToken::Continue: leave(Exit::Continue, s->target); return;
  case BranchToken::Goto: leave(Exit::Goto, s->target); return;
  case BranchToken::Fallthrough:
    if (fallthroughTo_ >= 0)
      jump(fallthroughTo_);
    return;
  }
}

void FunctionBuilder::returnStmt(ReturnStmt* s) {
  if (s->results)
    assignResults(unpackList(s->results));
  pos = s->pos;
  leave(Exit::Return, nullptr);
}

} // namespace stoat::mir
