// Traversal in source order, with a stack of its own: trees may be deeper than the machine's stack (long binary chains).
#include "llvm/ADT/SmallVector.h"
#include "syntax/ast.h"

namespace stoat {

namespace {

/// Appends the children of n in source order.
class ChildCollector {
public:
  explicit ChildCollector(llvm::SmallVectorImpl<Node*>& out) : out_(out) {}
  void collect(Node* n);

private:
  void add(Node* n) {
    if (n) out_.push_back(n);
  }
  template <typename T> void addAll(const std::vector<T*>& list) {
    for (T* n : list) add(n);
  }
  llvm::SmallVectorImpl<Node*>& out_;
};

void ChildCollector::collect(Node* n) {
  using llvm::cast;
  switch (n->kind) {
  case NodeKind::BadExpr:
  case NodeKind::Name:
  case NodeKind::BasicLit:
  case NodeKind::EmptyStmt: return;
  case NodeKind::CompositeLit:
    add(cast<CompositeLit>(n)->typeExpr);
    addAll(cast<CompositeLit>(n)->elems);
    return;
  case NodeKind::KeyValueExpr:
    add(cast<KeyValueExpr>(n)->key);
    add(cast<KeyValueExpr>(n)->value);
    return;
  case NodeKind::FuncLit:
    add(cast<FuncLit>(n)->typeExpr);
    add(cast<FuncLit>(n)->body);
    return;
  case NodeKind::ParenExpr: add(cast<ParenExpr>(n)->x); return;
  case NodeKind::SelectorExpr:
    add(cast<SelectorExpr>(n)->x);
    add(cast<SelectorExpr>(n)->sel);
    return;
  case NodeKind::IndexExpr:
    add(cast<IndexExpr>(n)->x);
    add(cast<IndexExpr>(n)->index);
    return;
  case NodeKind::SliceExpr:
    add(cast<SliceExpr>(n)->x);
    for (Expr* i : cast<SliceExpr>(n)->index) add(i);
    return;
  case NodeKind::AssertExpr:
    add(cast<AssertExpr>(n)->x);
    add(cast<AssertExpr>(n)->typeExpr);
    return;
  case NodeKind::TypeSwitchGuard:
    add(cast<TypeSwitchGuard>(n)->lhs);
    add(cast<TypeSwitchGuard>(n)->x);
    return;
  case NodeKind::Operation:
    add(cast<Operation>(n)->x);
    add(cast<Operation>(n)->y);
    return;
  case NodeKind::CallExpr:
    add(cast<CallExpr>(n)->fun);
    addAll(cast<CallExpr>(n)->args);
    return;
  case NodeKind::ListExpr: addAll(cast<ListExpr>(n)->elems); return;
  case NodeKind::ArrayType:
    add(cast<ArrayType>(n)->len);
    add(cast<ArrayType>(n)->elem);
    return;
  case NodeKind::SliceType: add(cast<SliceType>(n)->elem); return;
  case NodeKind::DotsType: add(cast<DotsType>(n)->elem); return;
  case NodeKind::StructType: {
    auto* s = cast<StructType>(n);
    for (size_t i = 0; i < s->fields.size(); i++) {
      add(s->fields[i]);
      if (i < s->tags.size()) add(s->tags[i]);
    }
    return;
  }
  case NodeKind::InterfaceType: addAll(cast<InterfaceType>(n)->methods); return;
  case NodeKind::FuncType:
    addAll(cast<FuncType>(n)->params);
    addAll(cast<FuncType>(n)->results);
    return;
  case NodeKind::MapType:
    add(cast<MapType>(n)->key);
    add(cast<MapType>(n)->value);
    return;
  case NodeKind::ChanType: add(cast<ChanType>(n)->elem); return;
  case NodeKind::ImportDecl:
    add(cast<ImportDecl>(n)->localName);
    add(cast<ImportDecl>(n)->path);
    return;
  case NodeKind::ConstDecl:
    addAll(cast<ConstDecl>(n)->names);
    add(cast<ConstDecl>(n)->typeExpr);
    add(cast<ConstDecl>(n)->values);
    return;
  case NodeKind::TypeDecl:
    add(cast<TypeDecl>(n)->name);
    addAll(cast<TypeDecl>(n)->tparams);
    add(cast<TypeDecl>(n)->typeExpr);
    return;
  case NodeKind::VarDecl:
    addAll(cast<VarDecl>(n)->names);
    add(cast<VarDecl>(n)->typeExpr);
    add(cast<VarDecl>(n)->values);
    return;
  case NodeKind::FuncDecl:
    add(cast<FuncDecl>(n)->recv);
    add(cast<FuncDecl>(n)->name);
    addAll(cast<FuncDecl>(n)->tparams);
    add(cast<FuncDecl>(n)->typeExpr);
    add(cast<FuncDecl>(n)->body);
    return;
  case NodeKind::LabeledStmt:
    add(cast<LabeledStmt>(n)->label);
    add(cast<LabeledStmt>(n)->stmt);
    return;
  case NodeKind::BlockStmt: addAll(cast<BlockStmt>(n)->list); return;
  case NodeKind::ExprStmt: add(cast<ExprStmt>(n)->x); return;
  case NodeKind::SendStmt:
    add(cast<SendStmt>(n)->chan);
    add(cast<SendStmt>(n)->value);
    return;
  case NodeKind::DeclStmt: addAll(cast<DeclStmt>(n)->decls); return;
  case NodeKind::AssignStmt:
    add(cast<AssignStmt>(n)->lhs);
    add(cast<AssignStmt>(n)->rhs);
    return;
  case NodeKind::BranchStmt: add(cast<BranchStmt>(n)->label); return; // the target is no child
  case NodeKind::CallStmt: add(cast<CallStmt>(n)->call); return;
  case NodeKind::ReturnStmt: add(cast<ReturnStmt>(n)->results); return;
  case NodeKind::IfStmt:
    add(cast<IfStmt>(n)->init);
    add(cast<IfStmt>(n)->cond);
    add(cast<IfStmt>(n)->then);
    add(cast<IfStmt>(n)->els);
    return;
  case NodeKind::ForStmt:
    add(cast<ForStmt>(n)->init);
    add(cast<ForStmt>(n)->cond);
    add(cast<ForStmt>(n)->post);
    add(cast<ForStmt>(n)->body);
    return;
  case NodeKind::SwitchStmt:
    add(cast<SwitchStmt>(n)->init);
    add(cast<SwitchStmt>(n)->tag);
    addAll(cast<SwitchStmt>(n)->body);
    return;
  case NodeKind::SelectStmt: addAll(cast<SelectStmt>(n)->body); return;
  case NodeKind::RangeClause:
    add(cast<RangeClause>(n)->lhs);
    add(cast<RangeClause>(n)->x);
    return;
  case NodeKind::Field:
    add(cast<Field>(n)->name);
    add(cast<Field>(n)->typeExpr);
    return;
  case NodeKind::CaseClause:
    add(cast<CaseClause>(n)->cases);
    addAll(cast<CaseClause>(n)->body);
    return;
  case NodeKind::CommClause:
    add(cast<CommClause>(n)->comm);
    addAll(cast<CommClause>(n)->body);
    return;
  }
}

} // namespace

void inspectNode(Node* n, bool (*visit)(void*, Node*), void* context) {
  if (!n) return;
  llvm::SmallVector<Node*, 64> work{n};
  while (!work.empty()) {
    Node* current = work.pop_back_val();
    if (!visit(context, current)) continue;
    size_t mark = work.size();
    ChildCollector(work).collect(current);
    std::reverse(work.begin() + static_cast<ptrdiff_t>(mark), work.end());
  }
}

} // namespace stoat
