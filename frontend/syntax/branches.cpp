// Labels, break, continue, goto and fallthrough of one function body: the rules and messages of
// cmd/compile/internal/syntax/branches.go, in time linear in the body.
//
// Blocks are visited in source order, so the open blocks form a stack. A goto that finds no label yet waits in its label's
// list with a serial number. When a label is declared in block B, the gotos that it resolves are those waiting with a serial
// of at least B's first: they stand in B or in blocks within it that are closed. Such a goto jumps over a variable
// declaration of B iff its serial is below the counter at B's last declaration.
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "syntax/parser_impl.h"

namespace stoat {

namespace {

struct Label {
  Pos blockStart; // of the block that declares it
  LabeledStmt* stmt;
  bool blockIsOpen = true;
  bool used = false;
  bool isEnclosing = false; // the labelled statement is being visited
};

struct Block {
  Pos start;
  size_t firstGoto = 0; // serial counter on entry
  Pos declared;         // the last variable declaration directly in it
  Expr* declaredName = nullptr;
  size_t declaredAt = 0; // serial counter there
  llvm::SmallVector<Label*, 1> labels;
};

struct WaitingGoto { BranchStmt* stmt; size_t serial; };

struct Targets {
  Stmt* breaks = nullptr;      // ForStmt, SwitchStmt or SelectStmt
  ForStmt* continues = nullptr;
  int caseIndex = -1;          // of the switch directly around, or < 0
};

class BranchChecker {
public:
  explicit BranchChecker(DiagEngine& diag) : diag_(diag) {}
  void check(BlockStmt* body);

private:
  void block(Targets targets, LabeledStmt* label, Pos start, llvm::ArrayRef<Stmt*> body);
  void statement(Block& b, const Targets& targets, Stmt* s, bool isLast);
  void declare(Block& b, LabeledStmt* s);
  void branch(const Targets& targets, BranchStmt* s, bool isLast);
  void labeledBranch(BranchStmt* s);
  void fallthrough(const Targets& targets, BranchStmt* s, bool isLast);
  void recordVariable(Block& b, Pos at, Expr* name) {
    b.declared = at;
    b.declaredName = name;
    b.declaredAt = serial_;
  }
  void report(Pos pos, DiagKind kind, std::string message) { diag_.report(pos, kind, std::move(message)); }
  /// A position in a message: with the physical one in brackets where //line changed it.
  std::string place(Pos pos);

  DiagEngine& diag_;
  llvm::StringMap<Label> labels_;
  std::vector<LabeledStmt*> order_; // of the labels' declaration
  llvm::StringMap<std::vector<WaitingGoto>> waiting_;
  size_t serial_ = 0;
};

std::string BranchChecker::place(Pos pos) {
  std::string shown = diag_.sources().format(pos);
  uint16_t file = diag_.sources().fileOf(pos);
  if (file == pos.base) return shown;
  return shown + "[" + diag_.sources().fileName(file).str() + ":" + std::to_string(pos.line) + ":" + std::to_string(pos.col) + "]";
}

void BranchChecker::check(BlockStmt* body) {
  block({}, nullptr, body->pos, body->list);
  for (auto& entry : waiting_) {
    for (const WaitingGoto& w : entry.second) {
      Name* name = w.stmt->label;
      auto l = labels_.find(name->value);
      if (l == labels_.end()) {
        report(name->pos, DiagKind::UndeclaredLabel, "label " + name->value.str() + " not defined");
        continue;
      }
      l->second.used = true; // one error is enough
      report(name->pos, DiagKind::JumpIntoBlock,
             "goto " + name->value.str() + " jumps into block starting at " + place(l->second.blockStart));
    }
  }
  for (LabeledStmt* s : order_) {
    if (!labels_.find(s->label->value)->second.used)
      report(s->label->pos, DiagKind::UnusedLabel, "label " + s->label->value.str() + " defined and not used");
  }
}

void BranchChecker::declare(Block& b, LabeledStmt* s) {
  llvm::StringRef name = s->label->value;
  auto [it, isNew] = labels_.try_emplace(name, Label{b.start, s});
  if (isNew) {
    order_.push_back(s);
    b.labels.push_back(&it->second);
  } else {
    report(s->label->pos, DiagKind::DuplicateLabel,
           "label " + name.str() + " already defined at " + place(it->second.stmt->label->pos));
  }
  auto w = waiting_.find(name);
  if (w == waiting_.end()) return;
  std::vector<WaitingGoto>& gotos = w->second;
  while (!gotos.empty() && gotos.back().serial >= b.firstGoto) {
    WaitingGoto g = gotos.back();
    gotos.pop_back();
    g.stmt->target = s;
    it->second.used = true;
    if (b.declared.isKnown() && g.serial < b.declaredAt)
      report(g.stmt->label->pos, DiagKind::JumpOverDecl,
             "goto " + name.str() + " jumps over declaration of " + exprString(b.declaredName) + " at " + place(b.declared));
  }
}

void BranchChecker::block(Targets targets, LabeledStmt* label, Pos start, llvm::ArrayRef<Stmt*> body) {
  Block b;
  b.start = start;
  b.firstGoto = serial_;
  Label* enclosing = nullptr;
  if (label) {
    auto it = labels_.find(label->label->value);
    if (it != labels_.end() && it->second.stmt == label && !it->second.isEnclosing) enclosing = &it->second;
  }
  if (enclosing) enclosing->isEnclosing = true;
  // A fallthrough is last even if empty statements follow.
  while (!body.empty() && llvm::isa<EmptyStmt>(body.back())) body = body.drop_back();
  for (size_t i = 0; i < body.size(); i++) statement(b, targets, body[i], i + 1 == body.size());
  if (enclosing) enclosing->isEnclosing = false;
  for (Label* l : b.labels) l->blockIsOpen = false;
}

void BranchChecker::statement(Block& b, const Targets& targets, Stmt* s, bool isLast) {
  LabeledStmt* label = nullptr;
  while (auto* l = llvm::dyn_cast<LabeledStmt>(s)) {
    if (l->label->value != "_") {
      declare(b, l);
      label = l;
    }
    s = l->stmt;
  }
  switch (s->kind) {
  case NodeKind::DeclStmt:
    for (Decl* d : llvm::cast<DeclStmt>(s)->decls) {
      if (auto* v = llvm::dyn_cast<VarDecl>(d)) {
        recordVariable(b, v->pos, v->names[0]);
        break;
      }
    }
    break;
  case NodeKind::AssignStmt:
    if (llvm::cast<AssignStmt>(s)->op == Op::Def) recordVariable(b, s->pos, llvm::cast<AssignStmt>(s)->lhs);
    break;
  case NodeKind::BranchStmt: {
    auto* branchStmt = llvm::cast<BranchStmt>(s);
    if (branchStmt->label)
      labeledBranch(branchStmt);
    else
      branch(targets, branchStmt, isLast);
    break;
  }
  case NodeKind::BlockStmt:
    block({targets.breaks, targets.continues, -1}, label, s->pos, llvm::cast<BlockStmt>(s)->list);
    break;
  case NodeKind::IfStmt: {
    auto* i = llvm::cast<IfStmt>(s);
    Targets inner{targets.breaks, targets.continues, -1};
    block(inner, label, i->then->pos, i->then->list);
    if (i->els) block(inner, label, i->els->pos, i->els);
    break;
  }
  case NodeKind::ForStmt: {
    auto* f = llvm::cast<ForStmt>(s);
    block({f, f, -1}, label, f->body->pos, f->body->list);
    break;
  }
  case NodeKind::SwitchStmt: {
    auto* sw = llvm::cast<SwitchStmt>(s);
    for (size_t i = 0; i < sw->body.size(); i++)
      block({sw, targets.continues, static_cast<int>(i)}, label, sw->body[i]->pos, sw->body[i]->body);
    break;
  }
  case NodeKind::SelectStmt: {
    auto* sel = llvm::cast<SelectStmt>(s);
    for (CommClause* c : sel->body) block({sel, targets.continues, -1}, label, c->pos, c->body);
    break;
  }
  default: break;
  }
}

void BranchChecker::branch(const Targets& targets, BranchStmt* s, bool isLast) {
  switch (s->tok) {
  case BranchToken::Break:
    s->target = targets.breaks;
    if (!s->target) report(s->pos, DiagKind::MisplacedBreak, "break is not in a loop, switch, or select");
    return;
  case BranchToken::Continue:
    s->target = targets.continues;
    if (!s->target) report(s->pos, DiagKind::MisplacedContinue, "continue is not in a loop");
    return;
  case BranchToken::Fallthrough: fallthrough(targets, s, isLast); return;
  case BranchToken::Goto: return; // the parser always sets a label
  }
}

void BranchChecker::fallthrough(const Targets& targets, BranchStmt* s, bool isLast) {
  const char* message = "fallthrough statement out of place";
  if (auto* sw = llvm::dyn_cast_or_null<SwitchStmt>(targets.breaks)) {
    if (llvm::isa_and_nonnull<TypeSwitchGuard>(sw->tag))
      message = "cannot fallthrough in type switch";
    else if (targets.caseIndex >= 0 && isLast) {
      if (static_cast<size_t>(targets.caseIndex) + 1 < sw->body.size()) return;
      message = "cannot fallthrough final case in switch";
    }
  }
  report(s->pos, DiagKind::MisplacedFallthrough, message);
}

void BranchChecker::labeledBranch(BranchStmt* s) {
  std::string name = s->label->value.str();
  auto it = labels_.find(name);
  Label* l = it == labels_.end() ? nullptr : &it->second;
  if (l) l->used = true; // even if it is no valid target
  if (s->tok == BranchToken::Goto) {
    if (l && l->blockIsOpen)
      s->target = l->stmt;
    else
      waiting_[name].push_back({s, serial_++});
    return;
  }
  bool isBreak = s->tok == BranchToken::Break;
  if (!l) {
    report(s->label->pos, DiagKind::UndeclaredLabel, std::string(isBreak ? "break" : "continue") + " label not defined: " + name);
    return;
  }
  Stmt* labeled = l->isEnclosing ? l->stmt->stmt : nullptr;
  if (llvm::isa_and_nonnull<ForStmt>(labeled) || (isBreak && llvm::isa_and_nonnull<SwitchStmt, SelectStmt>(labeled)))
    s->target = labeled;
  else
    report(s->label->pos, DiagKind::MisplacedLabel, std::string("invalid ") + (isBreak ? "break" : "continue") + " label " + name);
}

} // namespace

void checkBranches(BlockStmt* body, DiagEngine& diag) {
  if (body) BranchChecker(diag).check(body);
}

} // namespace stoat
