// Terminating statements: which function bodies need no final return (Go specification, "Terminating statements").
#include "check/checker.h"

namespace stoat {

namespace {

bool hasBreakList(const std::vector<Stmt*>& list, llvm::StringRef label, bool implicit);

/// Whether s contains a break that leaves the statement labelled `label` or, with `implicit`, the innermost enclosing one.
bool hasBreak(const Stmt* s, llvm::StringRef label, bool implicit) {
  if (!s) return false;
  switch (s->kind) {
  case NodeKind::LabeledStmt: return hasBreak(llvm::cast<LabeledStmt>(s)->stmt, label, implicit);
  case NodeKind::BranchStmt: {
    const BranchStmt* branch = llvm::cast<BranchStmt>(s);
    if (branch->tok != BranchToken::Break) return false;
    return branch->label ? branch->label->value == label : implicit;
  }
  case NodeKind::BlockStmt: return hasBreakList(llvm::cast<BlockStmt>(s)->list, label, implicit);
  case NodeKind::IfStmt: {
    for (;;) {
      const IfStmt* branch = llvm::cast<IfStmt>(s);
      if (hasBreak(branch->then, label, implicit)) return true;
      s = branch->els;
      if (!s) return false;
      if (!llvm::isa<IfStmt>(s)) return hasBreak(s, label, implicit);
    }
  }
  case NodeKind::SwitchStmt:
    if (!label.empty())
      for (const CaseClause* clause : llvm::cast<SwitchStmt>(s)->body)
        if (hasBreakList(clause->body, label, false)) return true;
    return false;
  case NodeKind::SelectStmt:
    if (!label.empty())
      for (const CommClause* clause : llvm::cast<SelectStmt>(s)->body)
        if (hasBreakList(clause->body, label, false)) return true;
    return false;
  case NodeKind::ForStmt: return !label.empty() && hasBreak(llvm::cast<ForStmt>(s)->body, label, false);
  default: return false;
  }
}

bool hasBreakList(const std::vector<Stmt*>& list, llvm::StringRef label, bool implicit) {
  for (const Stmt* s : list)
    if (hasBreak(s, label, implicit)) return true;
  return false;
}

} // namespace

bool Checker::isTerminating(Stmt* s, llvm::StringRef label) {
  if (!s) return false;
  switch (s->kind) {
  case NodeKind::LabeledStmt: {
    LabeledStmt* labeled = llvm::cast<LabeledStmt>(s);
    return isTerminating(labeled->stmt, labeled->label->value);
  }
  case NodeKind::ExprStmt: {
    CallExpr* call = llvm::dyn_cast<CallExpr>(unparen(llvm::cast<ExprStmt>(s)->x));
    return call && panicCalls.contains(call);
  }
  case NodeKind::ReturnStmt: return true;
  case NodeKind::BranchStmt: {
    BranchToken tok = llvm::cast<BranchStmt>(s)->tok;
    return tok == BranchToken::Goto || tok == BranchToken::Fallthrough;
  }
  case NodeKind::BlockStmt: return isTerminatingList(llvm::cast<BlockStmt>(s)->list, "");
  case NodeKind::IfStmt:
    for (;;) {
      IfStmt* branch = llvm::cast<IfStmt>(s);
      if (!branch->els || !isTerminating(branch->then, "")) return false;
      s = branch->els;
      if (!llvm::isa<IfStmt>(s)) return isTerminating(s, "");
    }
  case NodeKind::SwitchStmt: {
    bool hasDefault = false;
    for (CaseClause* clause : llvm::cast<SwitchStmt>(s)->body) {
      if (!clause->cases) hasDefault = true;
      if (!isTerminatingList(clause->body, "") || hasBreakList(clause->body, label, true)) return false;
    }
    return hasDefault;
  }
  case NodeKind::SelectStmt:
    for (CommClause* clause : llvm::cast<SelectStmt>(s)->body)
      if (!isTerminatingList(clause->body, "") || hasBreakList(clause->body, label, true)) return false;
    return true;
  case NodeKind::ForStmt: {
    // A range loop may end by itself.
    ForStmt* loop = llvm::cast<ForStmt>(s);
    if (llvm::isa_and_nonnull<RangeClause>(loop->init)) return false;
    return !loop->cond && !hasBreak(loop->body, label, true);
  }
  default: return false;
  }
}

bool Checker::isTerminatingList(llvm::ArrayRef<Stmt*> list, llvm::StringRef label) {
  for (size_t i = list.size(); i > 0; i--)
    if (!llvm::isa<EmptyStmt>(list[i - 1])) return isTerminating(list[i - 1], label);
  return false;
}

} // namespace stoat
