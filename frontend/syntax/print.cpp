// Source form of expressions and simple statements for messages: syntax.String of cmd/compile/internal/syntax/printer.go, on
// one line, function bodies and literals' elements shortened to {…}. Works off a stack, so that long chains do no harm.
#include "llvm/ADT/SmallVector.h"
#include "syntax/lexer.h"
#include "syntax/parser.h"

namespace stoat {

namespace {

class Printer {
public:
  std::string print(const Node* n);

private:
  struct Item { const Node* node; llvm::StringRef text; };

  // A node's parts are listed in order by these, then put on the stack in reverse.
  void text(llvm::StringRef t) { parts_.push_back({nullptr, t}); }
  void node(const Node* n) {
    if (n) parts_.push_back({n, {}});
  }
  template <typename T> void nodes(const std::vector<T*>& list) {
    for (size_t i = 0; i < list.size(); i++) {
      if (i > 0) text(", ");
      node(list[i]);
    }
  }
  void expand(const Node* n);
  void structType(const StructType* s);
  void interfaceType(const InterfaceType* t);
  void signature(const FuncType* f);
  void parameters(const std::vector<Field*>& list);
  void block(bool isEmpty) { text(isEmpty ? "{}" : "{…}"); }

  std::string out_;
  llvm::SmallVector<Item, 32> parts_;
};

std::string Printer::print(const Node* n) {
  llvm::SmallVector<Item, 64> work{{n, {}}};
  while (!work.empty()) {
    Item item = work.pop_back_val();
    if (!item.node) {
      out_ += item.text;
      continue;
    }
    parts_.clear();
    expand(item.node);
    work.append(parts_.rbegin(), parts_.rend());
  }
  return std::move(out_);
}

void Printer::expand(const Node* n) {
  using llvm::cast;
  switch (n->kind) {
  case NodeKind::BadExpr: text("<bad expr>"); return;
  case NodeKind::Name: text(cast<Name>(n)->value); return;
  case NodeKind::BasicLit: text(cast<BasicLit>(n)->value); return;
  case NodeKind::CompositeLit:
    node(cast<CompositeLit>(n)->typeExpr);
    block(cast<CompositeLit>(n)->elems.empty());
    return;
  case NodeKind::KeyValueExpr:
    node(cast<KeyValueExpr>(n)->key);
    text(": ");
    node(cast<KeyValueExpr>(n)->value);
    return;
  case NodeKind::FuncLit:
    node(cast<FuncLit>(n)->typeExpr);
    text(" ");
    if (cast<FuncLit>(n)->body) block(cast<FuncLit>(n)->body->list.empty());
    return;
  case NodeKind::ParenExpr:
    text("(");
    node(cast<ParenExpr>(n)->x);
    text(")");
    return;
  case NodeKind::SelectorExpr:
    node(cast<SelectorExpr>(n)->x);
    text(".");
    node(cast<SelectorExpr>(n)->sel);
    return;
  case NodeKind::IndexExpr:
    node(cast<IndexExpr>(n)->x);
    text("[");
    node(cast<IndexExpr>(n)->index);
    text("]");
    return;
  case NodeKind::SliceExpr: {
    auto* s = cast<SliceExpr>(n);
    node(s->x);
    text("[");
    node(s->index[0]);
    text(":");
    node(s->index[1]);
    if (s->index[2]) {
      text(":");
      node(s->index[2]);
    }
    text("]");
    return;
  }
  case NodeKind::AssertExpr:
    node(cast<AssertExpr>(n)->x);
    text(".(");
    node(cast<AssertExpr>(n)->typeExpr);
    text(")");
    return;
  case NodeKind::TypeSwitchGuard:
    if (cast<TypeSwitchGuard>(n)->lhs) {
      node(cast<TypeSwitchGuard>(n)->lhs);
      text(" := ");
    }
    node(cast<TypeSwitchGuard>(n)->x);
    text(".(type)");
    return;
  case NodeKind::Operation: {
    auto* o = cast<Operation>(n);
    if (!o->y) {
      text(opText(o->op));
      node(o->x);
      return;
    }
    node(o->x);
    text(" ");
    text(opText(o->op));
    text(" ");
    node(o->y);
    return;
  }
  case NodeKind::CallExpr:
    node(cast<CallExpr>(n)->fun);
    text("(");
    nodes(cast<CallExpr>(n)->args);
    text(cast<CallExpr>(n)->hasDots ? "...)" : ")");
    return;
  case NodeKind::ListExpr: nodes(cast<ListExpr>(n)->elems); return;
  case NodeKind::ArrayType:
    text("[");
    if (cast<ArrayType>(n)->len)
      node(cast<ArrayType>(n)->len);
    else
      text("...");
    text("]");
    node(cast<ArrayType>(n)->elem);
    return;
  case NodeKind::SliceType:
    text("[]");
    node(cast<SliceType>(n)->elem);
    return;
  case NodeKind::DotsType:
    text("...");
    node(cast<DotsType>(n)->elem);
    return;
  case NodeKind::StructType: structType(cast<StructType>(n)); return;
  case NodeKind::InterfaceType: interfaceType(cast<InterfaceType>(n)); return;
  case NodeKind::FuncType:
    text("func");
    signature(cast<FuncType>(n));
    return;
  case NodeKind::MapType:
    text("map[");
    node(cast<MapType>(n)->key);
    text("]");
    node(cast<MapType>(n)->value);
    return;
  case NodeKind::ChanType: {
    auto* c = cast<ChanType>(n);
    text(c->dir == ChanDirection::RecvOnly ? "<-chan " : c->dir == ChanDirection::SendOnly ? "chan<- " : "chan ");
    auto* elem = llvm::dyn_cast_or_null<ChanType>(c->elem);
    bool parens = c->dir == ChanDirection::Both && elem && elem->dir == ChanDirection::RecvOnly; // chan (<-chan T)
    if (parens) text("(");
    node(c->elem);
    if (parens) text(")");
    return;
  }
  case NodeKind::Field: node(cast<Field>(n)->name ? cast<Field>(n)->name : cast<Field>(n)->typeExpr); return;

  case NodeKind::ExprStmt: node(cast<ExprStmt>(n)->x); return;
  case NodeKind::SendStmt:
    node(cast<SendStmt>(n)->chan);
    text(" <- ");
    node(cast<SendStmt>(n)->value);
    return;
  case NodeKind::AssignStmt: {
    auto* a = cast<AssignStmt>(n);
    node(a->lhs);
    if (!a->rhs) {
      text(opText(a->op));
      text(opText(a->op));
      return;
    }
    text(" ");
    text(opText(a->op));
    text("= ");
    node(a->rhs);
    return;
  }
  case NodeKind::RangeClause:
    if (cast<RangeClause>(n)->lhs) {
      node(cast<RangeClause>(n)->lhs);
      text(cast<RangeClause>(n)->def ? " := " : " = ");
    }
    text("range ");
    node(cast<RangeClause>(n)->x);
    return;
  case NodeKind::CallStmt:
    text(cast<CallStmt>(n)->tok == CallToken::Go ? "go " : "defer ");
    node(cast<CallStmt>(n)->call);
    return;
  case NodeKind::ReturnStmt:
    text(cast<ReturnStmt>(n)->results ? "return " : "return");
    node(cast<ReturnStmt>(n)->results);
    return;

  // Messages never show these.
  case NodeKind::ImportDecl:
  case NodeKind::ConstDecl:
  case NodeKind::TypeDecl:
  case NodeKind::VarDecl:
  case NodeKind::FuncDecl:
  case NodeKind::EmptyStmt:
  case NodeKind::LabeledStmt:
  case NodeKind::BlockStmt:
  case NodeKind::DeclStmt:
  case NodeKind::BranchStmt:
  case NodeKind::IfStmt:
  case NodeKind::ForStmt:
  case NodeKind::SwitchStmt:
  case NodeKind::SelectStmt:
  case NodeKind::CaseClause:
  case NodeKind::CommClause: text("…"); return;
  }
}

void Printer::structType(const StructType* s) {
  text("struct{");
  for (size_t i = 0; i < s->fields.size();) {
    if (i > 0) text("; ");
    size_t end = i + 1; // names that share a type are one declaration
    while (s->fields[i]->name && end < s->fields.size() && s->fields[end]->name && s->fields[end]->typeExpr == s->fields[i]->typeExpr)
      end++;
    for (size_t k = i; s->fields[i]->name && k < end; k++) {
      if (k > i) text(", ");
      node(s->fields[k]->name);
    }
    if (s->fields[i]->name) text(" ");
    node(s->fields[i]->typeExpr);
    if (i < s->tags.size() && s->tags[i]) {
      text(" ");
      node(s->tags[i]);
    }
    i = end;
  }
  text("}");
}

void Printer::interfaceType(const InterfaceType* t) {
  text("interface{");
  for (size_t i = 0; i < t->methods.size(); i++) {
    if (i > 0) text("; ");
    const Field* m = t->methods[i];
    auto* f = llvm::dyn_cast_or_null<FuncType>(m->typeExpr);
    if (m->name && f) {
      node(m->name);
      signature(f);
    } else {
      node(m->typeExpr);
    }
  }
  text("}");
}

void Printer::signature(const FuncType* f) {
  parameters(f->params);
  if (f->results.empty()) return;
  text(" ");
  if (f->results.size() == 1 && !f->results[0]->name)
    node(f->results[0]->typeExpr);
  else
    parameters(f->results);
}

void Printer::parameters(const std::vector<Field*>& list) {
  text("(");
  for (size_t i = 0; i < list.size(); i++) {
    if (i > 0) text(", ");
    const Field* f = list[i];
    if (f->name) {
      node(f->name);
      if (i + 1 < list.size() && list[i + 1]->name && list[i + 1]->typeExpr == f->typeExpr) continue;
      text(" ");
    }
    node(f->typeExpr);
  }
  text(")");
}

} // namespace

std::string nodeString(const Node* n) { return n ? Printer().print(n) : std::string(); }
std::string exprString(const Expr* x) { return nodeString(x); }

} // namespace stoat
