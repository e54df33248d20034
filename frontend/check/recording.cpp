// Recording: what checking found out goes onto the syntax nodes, where later phases read it.
//
// Invariant: an expression of untyped type is provisional until updateExprType gives it its final type; until then the node
// itself holds the provisional type, mode and value. What stays untyped to the end (constants that are never materialised,
// nil) keeps its untyped type.
#include "check/checker.h"

namespace stoat {

void Checker::record(Operand* x) {
  if (!x->expr || !x->isValid()) return;
  Type* type = x->mode == OperandMode::NoValue ? newTuple({}) : x->type;
  if (!type) return;
  ConstValue val;
  if (x->mode == OperandMode::Constant) val = x->val;
  if (isUntyped(type))
    rememberUntyped(x->expr, false, x->mode, llvm::cast<BasicType>(type), val);
  else
    recordTypeAndValue(x->expr, x->mode, type, val);
}

void Checker::rememberUntyped(Expr* e, bool isLhs, OperandMode mode, BasicType* type, const ConstValue& val) {
  recordTypeAndValue(e, mode, type, val);
  e->isUntypedLhs = isLhs;
}

void Checker::recordTypeAndValue(Expr* x, OperandMode mode, Type* type, const ConstValue& val) {
  if (mode == OperandMode::Unchecked) return;
  x->type = type;
  x->mode = mode;
  x->constant = mode == OperandMode::Constant ? val : ConstValue();
  x->isUntypedLhs = false;
}

void Checker::recordBuiltinType(Expr* f, Signature* sig) {
  // f is a possibly parenthesised and qualified name of a built-in.
  for (;;) {
    recordTypeAndValue(f, OperandMode::Builtin, sig, ConstValue());
    ParenExpr* paren = llvm::dyn_cast<ParenExpr>(f);
    if (!paren) return;
    f = paren->x;
  }
}

void Checker::recordCommaOkTypes(Expr* x, Type* t0, Type* t1) {
  for (;;) {
    if (x->type) x->type = newTuple({newParam(x->pos, "", t0), newParam(x->pos, "", t1)});
    ParenExpr* paren = llvm::dyn_cast<ParenExpr>(x);
    if (!paren) return;
    x = paren->x;
  }
}

void Checker::recordInstance(Expr* e, llvm::ArrayRef<Type*> targs, Type* type) {
  if (IndexExpr* index = llvm::dyn_cast<IndexExpr>(e)) e = index->x;
  e = unparen(e);
  Name* name = llvm::dyn_cast<Name>(e);
  if (SelectorExpr* selector = llvm::dyn_cast<SelectorExpr>(e)) name = selector->sel;
  if (!name) return;
  Instance* instance = make<Instance>();
  instance->typeArgs.assign(targs.begin(), targs.end());
  instance->type = type;
  name->instance = instance;
}

void Checker::recordDef(Name* id, Object* o) {
  id->object = o;
  id->isDef = true;
}

void Checker::recordUse(Name* id, Object* o) {
  id->object = o;
  id->isDef = false;
}

void Checker::recordSelection(SelectorExpr* x, SelectionKind kind, Type* recv, Object* o, llvm::ArrayRef<int> index, bool indirect, Type* type) {
  recordUse(x->sel, o);
  Selection* selection = make<Selection>();
  selection->kind = kind;
  selection->recv = recv;
  selection->obj = o;
  selection->index.assign(index.begin(), index.end());
  selection->indirect = indirect;
  selection->type = type;
  x->selection = selection;
}

} // namespace stoat
