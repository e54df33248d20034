// -emit=ast and -emit=tokens. One node a line: "role: Kind detail @line:col". Indentation stops growing at maxIndent, where the depth
// is written instead: the output stays linear in the source however deep the tree is.
#include "base/text.h"
#include "syntax/lexer.h"
#include "syntax/parser.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace stoat {

namespace {

constexpr unsigned maxIndent = 40;

const char* kindName(NodeKind k) {
  static constexpr const char* names[] = {
      "BadExpr", "Name", "BasicLit", "CompositeLit", "KeyValueExpr", "FuncLit", "ParenExpr", "SelectorExpr", "IndexExpr",
      "SliceExpr", "AssertExpr", "TypeSwitchGuard", "Operation", "CallExpr", "ListExpr", "ArrayType", "SliceType",
      "DotsType", "StructType", "InterfaceType", "FuncType", "MapType", "ChanType", "ImportDecl", "ConstDecl", "TypeDecl",
      "VarDecl", "FuncDecl", "EmptyStmt", "LabeledStmt", "BlockStmt", "ExprStmt", "SendStmt", "DeclStmt", "AssignStmt",
      "BranchStmt", "CallStmt", "ReturnStmt", "IfStmt", "ForStmt", "SwitchStmt", "SelectStmt", "RangeClause", "Field",
      "CaseClause", "CommClause"};
  static_assert(std::size(names) == static_cast<size_t>(NodeKind::CommClause) + 1);
  return names[static_cast<size_t>(k)];
}

class Dumper {
public:
  Dumper(const SourceTable& sources, std::string& out) : sources_(sources), out_(out) {}
  void dump(const Node* n, unsigned depth);

private:
  struct Item { const char* role; const Node* node; unsigned depth; };

  void line(const Item& item);
  std::string detail(const Node* n);
  void children(const Node* n);
  void add(const char* role, const Node* n) {
    if (n) parts_.push_back({role, n, 0});
  }
  template <typename T> void addAll(const char* role, const std::vector<T*>& list) {
    for (T* n : list) add(role, n);
  }

  const SourceTable& sources_;
  std::string& out_;
  llvm::SmallVector<Item, 16> parts_;
};

void appendPos(std::string& out, Pos p) { out += std::to_string(p.line) + ":" + std::to_string(p.col); }

void appendIndent(std::string& out, unsigned depth) {
  out.append(2 * std::min(depth, maxIndent), ' ');
  if (depth > maxIndent) out += "(" + std::to_string(depth) + ") ";
}

void Dumper::dump(const Node* n, unsigned depth) {
  llvm::SmallVector<Item, 64> work{{"", n, depth}};
  while (!work.empty()) {
    Item item = work.pop_back_val();
    line(item);
    parts_.clear();
    children(item.node);
    for (Item& p : parts_) p.depth = item.depth + 1;
    work.append(parts_.rbegin(), parts_.rend());
  }
}

void Dumper::line(const Item& item) {
  appendIndent(out_, item.depth);
  if (*item.role) out_ += std::string(item.role) + ": ";
  out_ += kindName(item.node->kind);
  std::string text = detail(item.node);
  if (!text.empty()) out_ += " " + text;
  out_ += " @";
  appendPos(out_, item.node->pos);
  if (sources_.fileOf(item.node->pos) != item.node->pos.base) out_ += " [" + sources_.format(item.node->pos) + "]";
  out_ += "\n";
}

std::string pragmaText(const PragmaInfo* p) {
  if (!p) return "";
  std::string out;
  if (p->flags) out += " pragma=0x" + llvm::utohexstr(p->flags, true);
  for (const EmbedPattern& e : p->embeds) out += " embed=" + quote(e.pattern);
  return out;
}

std::string Dumper::detail(const Node* n) {
  using llvm::cast;
  switch (n->kind) {
  case NodeKind::Name: return cast<Name>(n)->value.str();
  case NodeKind::BasicLit: return quote(cast<BasicLit>(n)->value) + (cast<BasicLit>(n)->bad ? " bad" : "");
  case NodeKind::Operation: return opText(cast<Operation>(n)->op);
  case NodeKind::CallExpr: return cast<CallExpr>(n)->hasDots ? "..." : "";
  case NodeKind::SliceExpr: return cast<SliceExpr>(n)->full ? "full" : "";
  case NodeKind::ChanType:
    switch (cast<ChanType>(n)->dir) {
    case ChanDirection::Both: return "";
    case ChanDirection::SendOnly: return "send";
    case ChanDirection::RecvOnly: return "recv";
    }
    return "";
  case NodeKind::ImportDecl: return llvm::StringRef(pragmaText(cast<ImportDecl>(n)->pragma)).ltrim().str();
  case NodeKind::ConstDecl:
    return (cast<ConstDecl>(n)->group ? "group" : "") + pragmaText(cast<ConstDecl>(n)->pragma);
  case NodeKind::TypeDecl:
    return (cast<TypeDecl>(n)->alias ? "alias" : "") + pragmaText(cast<TypeDecl>(n)->pragma);
  case NodeKind::VarDecl: return llvm::StringRef(pragmaText(cast<VarDecl>(n)->pragma)).ltrim().str();
  case NodeKind::FuncDecl: return llvm::StringRef(pragmaText(cast<FuncDecl>(n)->pragma)).ltrim().str();
  case NodeKind::AssignStmt:
    return cast<AssignStmt>(n)->rhs ? std::string(opText(cast<AssignStmt>(n)->op)) + "="
                                    : std::string(opText(cast<AssignStmt>(n)->op)) + opText(cast<AssignStmt>(n)->op);
  case NodeKind::BranchStmt: {
    auto* b = cast<BranchStmt>(n);
    static constexpr const char* names[] = {"break", "continue", "fallthrough", "goto"};
    std::string out = names[static_cast<size_t>(b->tok)];
    if (b->target) {
      out += std::string(" -> ") + kindName(b->target->kind) + " ";
      appendPos(out, b->target->pos);
    }
    return out;
  }
  case NodeKind::CallStmt: return cast<CallStmt>(n)->tok == CallToken::Go ? "go" : "defer";
  case NodeKind::RangeClause: return cast<RangeClause>(n)->def ? "def" : "";
  default: return "";
  }
}

void Dumper::children(const Node* n) {
  using llvm::cast;
  switch (n->kind) {
  case NodeKind::BadExpr:
  case NodeKind::Name:
  case NodeKind::BasicLit:
  case NodeKind::EmptyStmt: return;
  case NodeKind::CompositeLit:
    add("type", cast<CompositeLit>(n)->typeExpr);
    addAll("elem", cast<CompositeLit>(n)->elems);
    return;
  case NodeKind::KeyValueExpr:
    add("key", cast<KeyValueExpr>(n)->key);
    add("value", cast<KeyValueExpr>(n)->value);
    return;
  case NodeKind::FuncLit:
    add("type", cast<FuncLit>(n)->typeExpr);
    add("body", cast<FuncLit>(n)->body);
    return;
  case NodeKind::ParenExpr: add("x", cast<ParenExpr>(n)->x); return;
  case NodeKind::SelectorExpr:
    add("x", cast<SelectorExpr>(n)->x);
    add("sel", cast<SelectorExpr>(n)->sel);
    return;
  case NodeKind::IndexExpr:
    add("x", cast<IndexExpr>(n)->x);
    add("index", cast<IndexExpr>(n)->index);
    return;
  case NodeKind::SliceExpr:
    add("x", cast<SliceExpr>(n)->x);
    add("low", cast<SliceExpr>(n)->index[0]);
    add("high", cast<SliceExpr>(n)->index[1]);
    add("max", cast<SliceExpr>(n)->index[2]);
    return;
  case NodeKind::AssertExpr:
    add("x", cast<AssertExpr>(n)->x);
    add("type", cast<AssertExpr>(n)->typeExpr);
    return;
  case NodeKind::TypeSwitchGuard:
    add("lhs", cast<TypeSwitchGuard>(n)->lhs);
    add("x", cast<TypeSwitchGuard>(n)->x);
    return;
  case NodeKind::Operation:
    add("x", cast<Operation>(n)->x);
    add("y", cast<Operation>(n)->y);
    return;
  case NodeKind::CallExpr:
    add("fun", cast<CallExpr>(n)->fun);
    addAll("arg", cast<CallExpr>(n)->args);
    return;
  case NodeKind::ListExpr: addAll("elem", cast<ListExpr>(n)->elems); return;
  case NodeKind::ArrayType:
    add("len", cast<ArrayType>(n)->len);
    add("elem", cast<ArrayType>(n)->elem);
    return;
  case NodeKind::SliceType: add("elem", cast<SliceType>(n)->elem); return;
  case NodeKind::DotsType: add("elem", cast<DotsType>(n)->elem); return;
  case NodeKind::StructType: {
    auto* s = cast<StructType>(n);
    for (size_t i = 0; i < s->fields.size(); i++) {
      add("field", s->fields[i]);
      if (i < s->tags.size()) add("tag", s->tags[i]);
    }
    return;
  }
  case NodeKind::InterfaceType: addAll("method", cast<InterfaceType>(n)->methods); return;
  case NodeKind::FuncType:
    addAll("param", cast<FuncType>(n)->params);
    addAll("result", cast<FuncType>(n)->results);
    return;
  case NodeKind::MapType:
    add("key", cast<MapType>(n)->key);
    add("value", cast<MapType>(n)->value);
    return;
  case NodeKind::ChanType: add("elem", cast<ChanType>(n)->elem); return;
  case NodeKind::ImportDecl:
    add("name", cast<ImportDecl>(n)->localName);
    add("path", cast<ImportDecl>(n)->path);
    return;
  case NodeKind::ConstDecl:
    addAll("name", cast<ConstDecl>(n)->names);
    add("type", cast<ConstDecl>(n)->typeExpr);
    add("values", cast<ConstDecl>(n)->values);
    return;
  case NodeKind::TypeDecl:
    add("name", cast<TypeDecl>(n)->name);
    addAll("tparam", cast<TypeDecl>(n)->tparams);
    add("type", cast<TypeDecl>(n)->typeExpr);
    return;
  case NodeKind::VarDecl:
    addAll("name", cast<VarDecl>(n)->names);
    add("type", cast<VarDecl>(n)->typeExpr);
    add("values", cast<VarDecl>(n)->values);
    return;
  case NodeKind::FuncDecl:
    add("recv", cast<FuncDecl>(n)->recv);
    add("name", cast<FuncDecl>(n)->name);
    addAll("tparam", cast<FuncDecl>(n)->tparams);
    add("type", cast<FuncDecl>(n)->typeExpr);
    add("body", cast<FuncDecl>(n)->body);
    return;
  case NodeKind::LabeledStmt:
    add("label", cast<LabeledStmt>(n)->label);
    add("stmt", cast<LabeledStmt>(n)->stmt);
    return;
  case NodeKind::BlockStmt: addAll("stmt", cast<BlockStmt>(n)->list); return;
  case NodeKind::ExprStmt: add("x", cast<ExprStmt>(n)->x); return;
  case NodeKind::SendStmt:
    add("chan", cast<SendStmt>(n)->chan);
    add("value", cast<SendStmt>(n)->value);
    return;
  case NodeKind::DeclStmt: addAll("decl", cast<DeclStmt>(n)->decls); return;
  case NodeKind::AssignStmt:
    add("lhs", cast<AssignStmt>(n)->lhs);
    add("rhs", cast<AssignStmt>(n)->rhs);
    return;
  case NodeKind::BranchStmt: add("label", cast<BranchStmt>(n)->label); return;
  case NodeKind::CallStmt: add("call", cast<CallStmt>(n)->call); return;
  case NodeKind::ReturnStmt: add("results", cast<ReturnStmt>(n)->results); return;
  case NodeKind::IfStmt:
    add("init", cast<IfStmt>(n)->init);
    add("cond", cast<IfStmt>(n)->cond);
    add("then", cast<IfStmt>(n)->then);
    add("else", cast<IfStmt>(n)->els);
    return;
  case NodeKind::ForStmt:
    add("init", cast<ForStmt>(n)->init);
    add("cond", cast<ForStmt>(n)->cond);
    add("post", cast<ForStmt>(n)->post);
    add("body", cast<ForStmt>(n)->body);
    return;
  case NodeKind::SwitchStmt:
    add("init", cast<SwitchStmt>(n)->init);
    add("tag", cast<SwitchStmt>(n)->tag);
    addAll("clause", cast<SwitchStmt>(n)->body);
    return;
  case NodeKind::SelectStmt: addAll("clause", cast<SelectStmt>(n)->body); return;
  case NodeKind::RangeClause:
    add("lhs", cast<RangeClause>(n)->lhs);
    add("x", cast<RangeClause>(n)->x);
    return;
  case NodeKind::Field:
    add("name", cast<Field>(n)->name);
    add("type", cast<Field>(n)->typeExpr);
    return;
  case NodeKind::CaseClause:
    add("case", cast<CaseClause>(n)->cases);
    addAll("stmt", cast<CaseClause>(n)->body);
    return;
  case NodeKind::CommClause:
    add("comm", cast<CommClause>(n)->comm);
    addAll("stmt", cast<CommClause>(n)->body);
    return;
  }
}

struct TokenErrors final : LexEvents {
  DiagEngine& diag;
  uint16_t base;
  TokenErrors(DiagEngine& d, uint16_t b) : diag(d), base(b) {}
  void lexError(uint32_t line, uint32_t col, std::string message) override {
    diag.report({base, static_cast<uint16_t>(std::min(col, 65535u)), line}, DiagKind::Syntax, std::move(message));
  }
  void directive(uint32_t, uint32_t, llvm::StringRef) override {}
};

} // namespace

void dumpAst(const SourceFile& file, const SourceTable& sources, std::string& out) {
  out += "File " + quote(file.path) + " @";
  appendPos(out, file.pos);
  out += "\n";
  if (!file.goVersion.empty()) out += "  go version: " + file.goVersion + "\n";
  for (const auto& d : file.godebugs) out += "  godebug: " + d.second + "\n";
  for (const Linkname& l : file.linknames) out += "  linkname: " + l.local.str() + " " + l.target.str() + "\n";
  Dumper dumper(sources, out);
  if (file.packageName) dumper.dump(file.packageName, 1);
  for (const Decl* d : file.decls) dumper.dump(d, 1);
}

void dumpTokens(DiagEngine& diag, uint16_t fileBase, llvm::StringRef text, std::string& out) {
  std::string copy = text.str(); // ends with a NUL
  TokenErrors events(diag, fileBase);
  Lexer lexer(copy, events);
  do {
    lexer.next();
    out += std::to_string(lexer.line) + ":" + std::to_string(lexer.col) + " ";
    switch (lexer.tok) {
    case Token::Name: out += "name " + lexer.lit.str(); break;
    case Token::Literal: out += "literal " + lexer.lit.str() + (lexer.bad ? " (bad)" : ""); break;
    case Token::Semi: out += "; " + lexer.lit.str(); break;
    case Token::Operator: out += std::string("op ") + opText(lexer.op); break;
    case Token::AssignOp: out += std::string("op ") + opText(lexer.op) + "="; break;
    case Token::IncOp: out += std::string("op ") + opText(lexer.op) + opText(lexer.op); break;
    default: out += tokenText(lexer.tok); break;
    }
    out += "\n";
  } while (lexer.tok != Token::Eof);
}

} // namespace stoat
