// Ends of nodes in the source, as cmd/compile/internal/syntax/positions.go defines them: approximate for some kinds, and never
// behind what a scope needs. Loops, not recursion: chains of binary operators may be a million long.
#include "syntax/ast.h"

namespace stoat {

Pos startPos(const Node* n) {
  for (;;) {
    const Node* next = nullptr;
    switch (n->kind) {
    case NodeKind::CompositeLit: next = llvm::cast<CompositeLit>(n)->typeExpr; break;
    case NodeKind::KeyValueExpr: next = llvm::cast<KeyValueExpr>(n)->key; break;
    case NodeKind::SelectorExpr: next = llvm::cast<SelectorExpr>(n)->x; break;
    case NodeKind::IndexExpr: next = llvm::cast<IndexExpr>(n)->x; break;
    case NodeKind::AssertExpr: next = llvm::cast<AssertExpr>(n)->x; break;
    case NodeKind::TypeSwitchGuard: {
      auto* g = llvm::cast<TypeSwitchGuard>(n);
      next = g->lhs ? static_cast<const Node*>(g->lhs) : g->x;
      break;
    }
    case NodeKind::Operation:
      if (llvm::cast<Operation>(n)->y) next = llvm::cast<Operation>(n)->x;
      break;
    case NodeKind::CallExpr: next = llvm::cast<CallExpr>(n)->fun; break;
    case NodeKind::ListExpr:
      if (!llvm::cast<ListExpr>(n)->elems.empty()) next = llvm::cast<ListExpr>(n)->elems.front();
      break;
    case NodeKind::SendStmt: next = llvm::cast<SendStmt>(n)->chan; break;
    case NodeKind::AssignStmt: next = llvm::cast<AssignStmt>(n)->lhs; break;
    case NodeKind::RangeClause: {
      auto* r = llvm::cast<RangeClause>(n);
      next = r->lhs ? r->lhs : r->x;
      break;
    }
    default: break;
    }
    if (!next) return n->pos;
    n = next;
  }
}

namespace {

Pos shifted(Pos p, size_t bytes) {
  size_t col = p.col + bytes;
  p.col = static_cast<uint16_t>(col > UINT16_MAX ? UINT16_MAX : col);
  return p;
}

template <typename T> const Node* lastOf(const std::vector<T*>& list) { return list.empty() ? nullptr : list.back(); }

const Node* firstOf(std::initializer_list<const Node*> candidates) {
  for (const Node* n : candidates)
    if (n) return n;
  return nullptr;
}

} // namespace

Pos endPos(const Node* n) {
  using llvm::cast;
  size_t extra = 0; // of x++: counted from the end of x
  for (;;) {
    const Node* next = nullptr;
    Pos end = n->pos; // if there is no next
    switch (n->kind) {
    case NodeKind::ImportDecl: next = cast<ImportDecl>(n)->path; break;
    case NodeKind::ConstDecl: {
      auto* d = cast<ConstDecl>(n);
      next = firstOf({d->values, d->typeExpr, lastOf(d->names)});
      break;
    }
    case NodeKind::TypeDecl: next = cast<TypeDecl>(n)->typeExpr; break;
    case NodeKind::VarDecl: {
      auto* d = cast<VarDecl>(n);
      next = firstOf({d->values, d->typeExpr, lastOf(d->names)});
      break;
    }
    case NodeKind::FuncDecl: next = firstOf({cast<FuncDecl>(n)->body, cast<FuncDecl>(n)->typeExpr}); break;

    case NodeKind::Name: end = shifted(n->pos, cast<Name>(n)->value.size()); break;
    case NodeKind::BasicLit: end = shifted(n->pos, cast<BasicLit>(n)->value.size()); break;
    case NodeKind::CompositeLit: end = cast<CompositeLit>(n)->rbrace; break;
    case NodeKind::KeyValueExpr: next = cast<KeyValueExpr>(n)->value; break;
    case NodeKind::FuncLit: next = cast<FuncLit>(n)->body; break;
    case NodeKind::ParenExpr: next = cast<ParenExpr>(n)->x; break;
    case NodeKind::SelectorExpr: next = cast<SelectorExpr>(n)->sel; break;
    case NodeKind::IndexExpr: next = cast<IndexExpr>(n)->index; break;
    case NodeKind::SliceExpr: next = cast<SliceExpr>(n)->x; break; // as gc, which ends up there whatever the indices are
    case NodeKind::AssertExpr: next = cast<AssertExpr>(n)->typeExpr; break;
    case NodeKind::TypeSwitchGuard: next = cast<TypeSwitchGuard>(n)->x; break;
    case NodeKind::Operation: next = firstOf({cast<Operation>(n)->y, cast<Operation>(n)->x}); break;
    case NodeKind::CallExpr: next = firstOf({lastOf(cast<CallExpr>(n)->args), cast<CallExpr>(n)->fun}); break;
    case NodeKind::ListExpr: next = lastOf(cast<ListExpr>(n)->elems); break;

    case NodeKind::ArrayType: next = cast<ArrayType>(n)->elem; break;
    case NodeKind::SliceType: next = cast<SliceType>(n)->elem; break;
    case NodeKind::DotsType: next = cast<DotsType>(n)->elem; break;
    case NodeKind::StructType: next = lastOf(cast<StructType>(n)->fields); break;
    case NodeKind::Field: next = firstOf({cast<Field>(n)->typeExpr, cast<Field>(n)->name}); break;
    case NodeKind::InterfaceType: next = lastOf(cast<InterfaceType>(n)->methods); break;
    case NodeKind::FuncType: next = firstOf({lastOf(cast<FuncType>(n)->results), lastOf(cast<FuncType>(n)->params)}); break;
    case NodeKind::MapType: next = cast<MapType>(n)->value; break;
    case NodeKind::ChanType: next = cast<ChanType>(n)->elem; break;

    case NodeKind::LabeledStmt: next = cast<LabeledStmt>(n)->stmt; break;
    case NodeKind::BlockStmt: end = cast<BlockStmt>(n)->rbrace; break;
    case NodeKind::ExprStmt: next = cast<ExprStmt>(n)->x; break;
    case NodeKind::SendStmt: next = cast<SendStmt>(n)->value; break;
    case NodeKind::DeclStmt: next = lastOf(cast<DeclStmt>(n)->decls); break;
    case NodeKind::AssignStmt:
      next = cast<AssignStmt>(n)->rhs;
      if (!next) {
        next = cast<AssignStmt>(n)->lhs;
        extra = 2;
      }
      break;
    case NodeKind::BranchStmt: next = cast<BranchStmt>(n)->label; break;
    case NodeKind::CallStmt: next = cast<CallStmt>(n)->call; break;
    case NodeKind::ReturnStmt: next = cast<ReturnStmt>(n)->results; break;
    case NodeKind::IfStmt: next = firstOf({cast<IfStmt>(n)->els, cast<IfStmt>(n)->then}); break;
    case NodeKind::ForStmt: next = cast<ForStmt>(n)->body; break;
    case NodeKind::SwitchStmt: end = cast<SwitchStmt>(n)->rbrace; break;
    case NodeKind::SelectStmt: end = cast<SelectStmt>(n)->rbrace; break;
    case NodeKind::RangeClause: next = cast<RangeClause>(n)->x; break;
    case NodeKind::CaseClause:
      next = lastOf(cast<CaseClause>(n)->body);
      if (!next) end = cast<CaseClause>(n)->colon;
      break;
    case NodeKind::CommClause:
      next = lastOf(cast<CommClause>(n)->body);
      if (!next) end = cast<CommClause>(n)->colon;
      break;
    case NodeKind::BadExpr:
    case NodeKind::EmptyStmt: break;
    }
    if (!next) return shifted(end, extra);
    n = next;
  }
}

Expr* unparen(Expr* x) {
  while (auto* p = llvm::dyn_cast_or_null<ParenExpr>(x)) x = p->x;
  return x;
}

std::vector<Expr*> unpackList(Expr* x) {
  if (!x) return {};
  if (auto* l = llvm::dyn_cast<ListExpr>(x)) return l->elems;
  return {x};
}

} // namespace stoat
