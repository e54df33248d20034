// Statements and function bodies, and the use of local variables. Switches and select are in switch.cpp, ranges in range.cpp.
// After cmd/compile/internal/types2/stmt.go.
//
// Labels and the targets of break, continue and goto are resolved by the parser.
#include "check/checker.h"

namespace stoat {

void Checker::funcBody(DeclInfo* decl, llvm::StringRef, Signature* sig, BlockStmt* body, const ConstValue& iota) {
  Environment saved = *this;
  Environment inside;
  inside.decl = decl;
  inside.scope = sig->scope;
  inside.version = version;
  inside.iota = iota;
  inside.sig = sig;
  static_cast<Environment&>(*this) = inside;

  stmtList(body->list);
  if (sig->results && !sig->results->vars.empty() && !isTerminating(body, "")) error(body->rbrace, DiagKind::MissingReturn, "missing return");
  usage(sig->scope);

  static_cast<Environment&>(*this) = saved;
}

void Checker::usage(Scope* scope) {
  llvm::SmallVector<Var*, 4> unused;
  for (Object* entry : scope->objects()) {
    Var* v = llvm::dyn_cast<Var>(entry);
    if (!v || v->used) continue;
    if (v->varKind == VarKind::Recv || v->varKind == VarKind::Param || v->varKind == VarKind::Result) continue;
    unused.push_back(v);
  }
  llvm::sort(unused, [](Var* a, Var* b) { return a->pos < b->pos; });
  for (Var* v : unused) softErrorf(v->pos, DiagKind::UnusedVar, "declared and not used: %s", v->name);

  // Function literals take care of themselves.
  for (Scope* child : scope->children)
    if (!child->isFunc) usage(child);
}

void Checker::simpleStmt(Stmt* s) {
  if (s) stmt(s);
}

void Checker::stmtList(llvm::ArrayRef<Stmt*> list) {
  for (Stmt* s : list) stmt(s);
}

void Checker::openScope(Node* n, const char* comment) { scope = make<Scope>(scope, n->pos, endPos(n), comment); }

void Checker::closeScope() { scope = scope->parent; }

void Checker::suspendedCall(const char* keyword, Expr* call) {
  bool isGo = keyword[0] == 'g';
  if (!llvm::isa<CallExpr>(call)) {
    errorf(call, isGo ? DiagKind::InvalidGo : DiagKind::InvalidDefer, "expression in %s must be function call", keyword);
    use(call);
    return;
  }
  Operand x;
  switch (rawExpr(nullptr, &x, call, nullptr, false)) {
  case ExprKind::Conversion:
    errorf(&x, isGo ? DiagKind::InvalidGo : DiagKind::InvalidDefer, "%s requires function call, not conversion %s", keyword, &x);
    return;
  case ExprKind::Expression: errorf(&x, DiagKind::UnusedResults, "%s discards result of %s", keyword, &x); return;
  case ExprKind::Statement: return;
  }
}

void Checker::stmt(Stmt* s) {
  // Function literals of the statement are checked before the scope changes.
  size_t top = delayed.size();
  Scope* outer = scope;
  stmtInternal(s);
  scope = outer;
  processDelayed(top);
}

void Checker::stmtInternal(Stmt* s) {
  switch (s->kind) {
  case NodeKind::EmptyStmt: break;
  case NodeKind::DeclStmt: declStmt(llvm::cast<DeclStmt>(s)->decls); break;
  case NodeKind::LabeledStmt:
    hasLabel = true;
    stmt(llvm::cast<LabeledStmt>(s)->stmt);
    break;
  case NodeKind::ExprStmt: exprStmt(llvm::cast<ExprStmt>(s)); break;

  case NodeKind::SendStmt: {
    SendStmt* send = llvm::cast<SendStmt>(s);
    Operand ch, val;
    expr(nullptr, &ch, send->chan);
    expr(nullptr, &val, send->value);
    if (!ch.isValid() || !val.isValid()) break;
    if (Type* elem = chanElem(s, &ch, false)) assignment(&val, elem, "send");
    break;
  }

  case NodeKind::AssignStmt: assignStmt(llvm::cast<AssignStmt>(s)); break;

  case NodeKind::CallStmt: {
    CallStmt* call = llvm::cast<CallStmt>(s);
    suspendedCall(call->tok == CallToken::Defer ? "defer" : "go", call->call);
    break;
  }

  case NodeKind::ReturnStmt: returnStmt(llvm::cast<ReturnStmt>(s)); break;

  case NodeKind::BranchStmt: // the parser has checked the targets, fallthrough's too
    if (llvm::cast<BranchStmt>(s)->label) hasLabel = true;
    break;

  case NodeKind::BlockStmt:
    openScope(s, "block");
    stmtList(llvm::cast<BlockStmt>(s)->list);
    closeScope();
    break;

  case NodeKind::IfStmt: {
    IfStmt* branch = llvm::cast<IfStmt>(s);
    openScope(s, "if");
    simpleStmt(branch->init);
    Operand x;
    expr(nullptr, &x, branch->cond);
    if (x.isValid() && !allBoolean(x.type)) error(branch->cond, DiagKind::InvalidCond, "non-boolean condition in if statement");
    stmt(branch->then);
    if (branch->els) {
      if (llvm::isa<IfStmt>(branch->els) || llvm::isa<BlockStmt>(branch->els))
        stmt(branch->els);
      else
        error(branch->els, DiagKind::InvalidSyntaxTree, "invalid else branch in if statement");
    }
    closeScope();
    break;
  }

  case NodeKind::SwitchStmt: {
    SwitchStmt* sw = llvm::cast<SwitchStmt>(s);
    openScope(s, "switch");
    simpleStmt(sw->init);
    if (TypeSwitchGuard* guard = llvm::dyn_cast_or_null<TypeSwitchGuard>(sw->tag))
      typeSwitchStmt(sw, guard);
    else
      switchStmt(sw);
    closeScope();
    break;
  }

  case NodeKind::SelectStmt: selectStmt(llvm::cast<SelectStmt>(s)); break;

  case NodeKind::ForStmt: {
    ForStmt* loop = llvm::cast<ForStmt>(s);
    if (RangeClause* range = llvm::dyn_cast_or_null<RangeClause>(loop->init)) {
      rangeStmt(loop, range);
      break;
    }
    openScope(s, "for");
    simpleStmt(loop->init);
    if (loop->cond) {
      Operand x;
      expr(nullptr, &x, loop->cond);
      if (x.isValid() && !allBoolean(x.type)) error(loop->cond, DiagKind::InvalidCond, "non-boolean condition in for statement");
    }
    simpleStmt(loop->post);
    // The parser has reported a declaration here.
    if (AssignStmt* post = llvm::dyn_cast_or_null<AssignStmt>(loop->post); post && post->op == Op::Def) use(post->lhs);
    stmt(loop->body);
    closeScope();
    break;
  }

  default: error(s, DiagKind::InvalidSyntaxTree, "invalid statement");
  }
}

void Checker::exprStmt(ExprStmt* s) {
  // Calls (but for some built-ins) and receives may be statements.
  Operand x;
  ExprKind kind = rawExpr(nullptr, &x, s->x, nullptr, false);
  switch (x.mode) {
  case OperandMode::Builtin: errorf(&x, DiagKind::UncalledBuiltin, "%s must be called", &x); break;
  case OperandMode::TypeExpr: errorf(&x, DiagKind::NotAnExpr, "%s is not an expression", &x); break;
  default:
    if (kind != ExprKind::Statement) errorf(&x, DiagKind::UnusedExpr, "%s is not used", &x);
  }
}

void Checker::assignStmt(AssignStmt* s) {
  if (!s->rhs) { // x++ or x--
    Operand x;
    expr(nullptr, &x, s->lhs);
    if (!x.isValid()) return;
    if (!allNumeric(x.type)) {
      errorf(s->lhs, DiagKind::NonNumericIncDec, "invalid operation: %s%s%s (non-numeric type %s)", s->lhs, s->op, s->op, x.type);
      return;
    }
    assignVar(s->lhs, nullptr, &x, "assignment");
    return;
  }

  llvm::ArrayRef<Expr*> lhs = exprListOf(s->lhs);
  llvm::ArrayRef<Expr*> rhs = exprListOf(s->rhs);
  switch (s->op) {
  case Op::None: assignVars(lhs, rhs); return;
  case Op::Def: shortVarDecl(s->pos, lhs, rhs); return;
  default: break;
  }
  if (lhs.size() != 1 || rhs.size() != 1) {
    errorf(s, DiagKind::MultiValAssignOp, "assignment operation %s requires single-valued expressions", s->op);
    return;
  }
  Operand x;
  binary(&x, nullptr, lhs[0], rhs[0], s->op);
  assignVar(lhs[0], nullptr, &x, "assignment");
}

void Checker::returnStmt(ReturnStmt* s) {
  llvm::ArrayRef<Expr*> results = exprListOf(s->results);
  llvm::ArrayRef<Var*> vars;
  if (sig && sig->results) vars = sig->results->vars;
  if (!results.empty() || vars.empty() || vars[0]->name.empty()) {
    initVars(vars, results, s);
    return;
  }
  // The implicit results must be the ones in scope.
  for (Var* v : vars) {
    Object* other = lookup(v->name);
    if (!other || other == v) continue;
    ErrorReport err(this, DiagKind::OutOfScopeResult);
    err.addf(s, "result parameter %s not in scope at return", v->name);
    err.addf(other, "inner declaration of %s", static_cast<Object*>(v));
    err.report();
  }
}

} // namespace stoat
