// Which variables need a box, found before any code is made: address taken, captured by an inner function, assigned again.
// A variable that is assigned only before a function literal captures it first, outside of loops that it is not declared in, counts as not assigned again: each
// closure can take its value (gc's rule, cmd/compile/internal/escape).
// Also numbers function literals in the order of the source, as gc does, whatever order they are evaluated in.
// The walk knows every kind of node that can hold an expression; a function literal or the body of a range-over-func loop is an inner function.
#include "build/builder.h"

namespace stoat::mir {

namespace {
Var* variableOf(const Name* n) {
  Var* v = llvm::dyn_cast_or_null<Var>(n->object);
  return v && !v->isField() ? v : nullptr;
}
} // namespace

Var* rootVariable(Expr* e) {
  for (;;) {
    e = unparen(e);
    if (Name* n = llvm::dyn_cast<Name>(e))
      return variableOf(n);
    if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e)) {
      if (!s->selection)
        return variableOf(s->sel); // pkg.Name
      if (s->selection->kind != SelectionKind::FieldVal || !s->x->type || under<PointerType>(s->x->type) || s->selection->indirect)
        return nullptr;
      e = s->x;
    } else if (IndexExpr* i = llvm::dyn_cast<IndexExpr>(e)) {
      Type* t = i->x->type;
      if (!t || !(under<ArrayTypeT>(t) || isTypeParam(t)))
        return nullptr;
      e = i->x;
    } else {
      return nullptr;
    }
  }
}

namespace {

class Analyser {
public:
  explicit Analyser(const CheckedPackage& package) : package_(package) {}

  void run() {
    for (SourceFile* file : package_.files) {
      sharedLoops_ = isBefore122(!file->goVersion.empty() ? llvm::StringRef(file->goVersion) : llvm::StringRef(package_.pkg->goVersion));
      for (Decl* d : file->decls)
        decl(d);
    }
  }

private:
  struct NumberedLiteral {
    FuncLit* literal;
    bool isDead; // in a branch that is not compiled: numbered last
  };

  static bool isBefore122(llvm::StringRef version) {
    unsigned minor = 0;
    if (!version.consume_front("go1."))
      return false;
    return !version.consumeInteger(10, minor) && minor < 22;
  }

  void declared(Object* o) {
    if (Var* v = llvm::dyn_cast_or_null<Var>(o)) {
      owner_[v] = function_;
      depth_[v] = loops_;
      if (v->varKind != VarKind::Package)
        v->localId &= ~0u << 8;
    }
  }
  void used(Var* v) {
    llvm::DenseMap<Var*, unsigned>::iterator it = owner_.find(v);
    if (it == owner_.end() || it->second == function_)
      return;
    bool isFirst = !(v->localId & VarCaptured);
    v->localId |= VarCaptured;
    if (!isFirst || v->varKind == VarKind::Package || (v->localId & VarShared))
      return;
    for (const Literal& literal : literals_)
      if (literal.outer == it->second && literal.loops == depth_.lookup(v))
        v->localId &= ~VarReassigned;
  }
  void enter(bool isRangeBody = false) {
    literals_.push_back({function_, loops_, isRangeBody, isDead_, {}});
    function_ = ++functions_;
    loops_ = 0;
    isDead_ = isRangeBody && isDead_;
  }
  std::vector<NumberedLiteral>& numbered() {
    size_t i = literals_.size();
    while (literals_[--i].isRangeBody && i > 0) {}
    return literals_[i].inside;
  }
  void leave() {
    std::vector<NumberedLiteral>& inside = literals_.back().inside;
    llvm::sort(inside, [](const NumberedLiteral& a, const NumberedLiteral& b) { return a.isDead != b.isDead ? b.isDead : a.literal->pos < b.literal->pos; });
    for (size_t i = 0; i < inside.size(); ++i)
      inside[i].literal->number = static_cast<unsigned>(i) + 1;
    isDead_ = literals_.back().isDead;
    function_ = literals_.back().outer;
    loops_ = literals_.back().loops;
    literals_.pop_back();
  }
  static void mark(Expr* e, VarFlags flag) {
    if (Var* v = rootVariable(e))
      v->localId |= flag;
  }

  void function(Signature* s, Var* recv, BlockStmt* body) {
    Signature* savedSignature = signature_;
    unsigned savedReal = real_;
    enter();
    real_ = function_;
    signature_ = s;
    if (recv)
      declared(recv);
    for (TupleType* list : {s->params, s->results})
      for (Var* v : list->vars)
        declared(v);
    stmt(body);
    leave();
    real_ = savedReal;
    signature_ = savedSignature;
  }

  void decl(Decl* d) {
    if (VarDecl* v = llvm::dyn_cast<VarDecl>(d)) {
      expr(v->values);
      for (Name* n : v->names)
        declared(n->object);
    } else if (FuncDecl* fd = llvm::dyn_cast<FuncDecl>(d)) {
      Func* o = llvm::dyn_cast_or_null<Func>(fd->name->object);
      if (fd->body && o && o->type)
        function(o->signature(), o->signature()->recv, fd->body);
    }
  }

  void list(llvm::ArrayRef<Expr*> exprs) {
    for (Expr* e : exprs)
      expr(e);
  }
  void expr(Expr* e) {
    if (!e || e->isType())
      return;
    switch (e->kind) {
    case NodeKind::Name:
      if (Var* v = variableOf(llvm::cast<Name>(e)))
        used(v);
      break;
    case NodeKind::CompositeLit:
      for (Expr* x : llvm::cast<CompositeLit>(e)->elems) {
        if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x)) {
          expr(kv->key); // a field name is no local variable
          expr(kv->value);
        } else {
          expr(x);
        }
      }
      break;
    case NodeKind::KeyValueExpr: expr(llvm::cast<KeyValueExpr>(e)->value); break;
    case NodeKind::FuncLit:
      if (!literals_.empty())
        numbered().push_back({llvm::cast<FuncLit>(e), isDead_});
      if (Signature* s = under<Signature>(e->type))
        function(s, nullptr, llvm::cast<FuncLit>(e)->body);
      break;
    case NodeKind::ParenExpr: expr(llvm::cast<ParenExpr>(e)->x); break;
    case NodeKind::SelectorExpr: {
      SelectorExpr* s = llvm::cast<SelectorExpr>(e);
      if (!s->selection)
        break;
      expr(s->x);
      if (s->selection->kind == SelectionKind::MethodVal && !s->selection->indirect && s->x->mode == ExprMode::Variable && s->x->type && !under<PointerType>(s->x->type))
        if (Func* m = llvm::dyn_cast<Func>(s->selection->obj)) {
          Signature* sig = llvm::dyn_cast_or_null<Signature>(m->type);
          if (sig && sig->recv && sig->recv->type && under<PointerType>(sig->recv->type))
            mark(s->x, VarAddressTaken);
        }
      break;
    }
    case NodeKind::IndexExpr:
      expr(llvm::cast<IndexExpr>(e)->x);
      expr(llvm::cast<IndexExpr>(e)->index);
      break;
    case NodeKind::SliceExpr: {
      SliceExpr* s = llvm::cast<SliceExpr>(e);
      expr(s->x);
      if (s->x->type && (under<ArrayTypeT>(s->x->type) || isTypeParam(s->x->type)))
        mark(s->x, VarAddressTaken);
      for (Expr* i : s->index)
        expr(i);
      break;
    }
    case NodeKind::AssertExpr: expr(llvm::cast<AssertExpr>(e)->x); break;
    case NodeKind::TypeSwitchGuard: expr(llvm::cast<TypeSwitchGuard>(e)->x); break;
    case NodeKind::Operation: {
      Operation* o = llvm::cast<Operation>(e);
      expr(o->x);
      expr(o->y);
      if (o->op == Op::And && !o->y)
        mark(o->x, VarAddressTaken);
      break;
    }
    case NodeKind::CallExpr:
      expr(llvm::cast<CallExpr>(e)->fun);
      list(llvm::cast<CallExpr>(e)->args);
      break;
    case NodeKind::ListExpr: list(llvm::cast<ListExpr>(e)->elems); break;
    default: break; // literals and types
    }
  }
  void target(Expr* e) {
    if (!e)
      return;
    if (ListExpr* l = llvm::dyn_cast<ListExpr>(e)) {
      for (Expr* x : l->elems)
        target(x);
      return;
    }
    expr(e);
    mark(e, VarReassigned);
  }
  // Left side of := and of a range clause with :=.
  void defined(Expr* e, bool shared = false) {
    if (!e)
      return;
    if (ListExpr* l = llvm::dyn_cast<ListExpr>(e)) {
      for (Expr* x : l->elems)
        defined(x, shared);
      return;
    }
    Name* n = llvm::dyn_cast<Name>(unparen(e));
    if (n && n->isDef) {
      declared(n->object);
      if (Var* v = variableOf(n); v && shared)
        v->localId |= VarShared | VarReassigned;
    } else {
      target(e);
    }
  }
  void stmts(llvm::ArrayRef<Stmt*> list) {
    for (Stmt* s : list)
      stmt(s);
  }
  void stmt(Stmt* s) {
    if (!s)
      return;
    switch (s->kind) {
    case NodeKind::LabeledStmt:
      ++loops_; // goto may come back here; what is declared before it and captured after it is captured in a loop
      stmt(llvm::cast<LabeledStmt>(s)->stmt);
      break;
    case NodeKind::BlockStmt: stmts(llvm::cast<BlockStmt>(s)->list); break;
    case NodeKind::ExprStmt: expr(llvm::cast<ExprStmt>(s)->x); break;
    case NodeKind::SendStmt:
      expr(llvm::cast<SendStmt>(s)->chan);
      expr(llvm::cast<SendStmt>(s)->value);
      break;
    case NodeKind::DeclStmt:
      for (Decl* d : llvm::cast<DeclStmt>(s)->decls)
        decl(d);
      break;
    case NodeKind::AssignStmt: {
      AssignStmt* a = llvm::cast<AssignStmt>(s);
      expr(a->rhs);
      if (a->op == Op::Def)
        defined(a->lhs);
      else
        target(a->lhs);
      break;
    }
    case NodeKind::CallStmt: expr(llvm::cast<CallStmt>(s)->call); break;
    case NodeKind::ReturnStmt:
      expr(llvm::cast<ReturnStmt>(s)->results);
      if (function_ != real_ && signature_) // in a range-over-func body: results are assigned from an inner function
        for (Var* v : signature_->results->vars)
          v->localId |= VarCaptured | VarReassigned;
      break;
    case NodeKind::IfStmt: {
      IfStmt* i = llvm::cast<IfStmt>(s);
      stmt(i->init);
      expr(i->cond);
      std::optional<bool> known = knownCondition(i->cond);
      bool wasDead = isDead_;
      isDead_ = wasDead || known == false;
      stmt(i->then);
      isDead_ = wasDead || known == true;
      stmt(i->els);
      isDead_ = wasDead;
      break;
    }
    case NodeKind::ForStmt: {
      ForStmt* l = llvm::cast<ForStmt>(s);
      if (RangeClause* r = llvm::dyn_cast_or_null<RangeClause>(l->init)) {
        expr(r->x);
        unsigned before = loops_;
        if (isRangeOverFunc(l)) {
          ++loops_; // the body, a function of its own, runs many times
          enter(true);
        }
        ++loops_;
        if (r->def)
          defined(r->lhs, sharedLoops_);
        else
          target(r->lhs);
        stmt(l->body);
        if (isRangeOverFunc(l))
          leave();
        loops_ = before;
        break;
      }
      stmt(l->init);
      if (sharedLoops_)
        if (AssignStmt* a = llvm::dyn_cast_or_null<AssignStmt>(l->init); a && a->op == Op::Def)
          for (Expr* e : unpackList(a->lhs))
            if (Name* n = llvm::dyn_cast<Name>(unparen(e)))
              if (Var* v = variableOf(n))
                v->localId |= VarShared;
      unsigned before = loops_++;
      expr(l->cond);
      stmt(l->post);
      stmt(l->body);
      loops_ = before;
      break;
    }
    case NodeKind::SwitchStmt: {
      SwitchStmt* w = llvm::cast<SwitchStmt>(s);
      stmt(w->init);
      expr(w->tag);
      for (CaseClause* c : w->body) {
        if (c->implicitObject)
          declared(c->implicitObject);
        else if (!llvm::isa_and_nonnull<TypeSwitchGuard>(w->tag))
          expr(c->cases);
        stmts(c->body);
      }
      break;
    }
    case NodeKind::SelectStmt:
      for (CommClause* c : llvm::cast<SelectStmt>(s)->body) {
        stmt(c->comm);
        stmts(c->body);
      }
      break;
    default: break;
    }
  }

  const CheckedPackage& package_;
  struct Literal {
    unsigned outer, loops; // the function it is in, and in how many loops there
    bool isRangeBody;
    bool isDead;
    std::vector<NumberedLiteral> inside; // also those in bodies of range-over-func loops
  };
  llvm::DenseMap<Var*, unsigned> owner_, depth_;
  std::vector<Literal> literals_;
  unsigned loops_ = 0;
  unsigned function_ = 0, functions_ = 0, real_ = 0;
  Signature* signature_ = nullptr;
  bool sharedLoops_ = false;
  bool isDead_ = false;
};

} // namespace

void analyse(const CheckedPackage& package) { Analyser(package).run(); }

} // namespace stoat::mir
