#include "corpus.h"
#include "base/arena.h"
#include "base/diag.h"
#include "syntax/ast.h"
#include "syntax/lexer.h"
#include "syntax/parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <set>

namespace stoat::fuzz {

namespace {

/// Byte offsets of nodes. The ends that the tree knows are approximate (before closing brackets, as gc's), so they are completed from the tokens.
class Offsets final : LexEvents {
public:
  explicit Offsets(const std::string& text) : size_(static_cast<uint32_t>(text.size())) {
    lines_.push_back(0);
    for (uint32_t i = 0; i < text.size(); i++)
      if (text[i] == '\n') lines_.push_back(i + 1);
    Lexer lexer(text, *this);
    for (lexer.next(); lexer.tok != Token::Eof; lexer.next()) {
      if (lexer.tok == Token::Semi && lexer.lit != "semicolon") continue;
      uint32_t start = lines_[lexer.line - 1] + lexer.col - 1;
      if (!tokens_.empty()) finish(tokens_.back(), text, start);
      tokens_.push_back({start, size_, text[start]});
    }
    if (!tokens_.empty()) finish(tokens_.back(), text, size_);
  }
  uint32_t at(Pos p) const {
    if (p.line == 0 || p.line > lines_.size()) return size_;
    return std::min<uint32_t>(lines_[p.line - 1] + p.col - 1, size_);
  }
  uint32_t end(const Node* n, uint32_t start) const {
    uint32_t approximate = at(endPos(n)), end = start;
    size_t i = llvm::partition_point(tokens_, [&](const Token_& t) { return t.start < start; }) - tokens_.begin();
    int depth = 0;
    bool empty = isEmptyList(n);
    for (bool first = true; i < tokens_.size(); i++, first = false) {
      const Token_& t = tokens_[i];
      if (!first && t.start >= approximate && depth <= 0) {
        if (!empty || (t.first != '(' && t.first != '{' && t.first != '[')) break;
        empty = false;
      }
      depth += t.first == '(' || t.first == '[' || t.first == '{' ? 1 : t.first == ')' || t.first == ']' || t.first == '}' ? -1 : 0;
      if (depth < 0) break;
      end = t.end;
    }
    return end;
  }

private:
  struct Token_ { uint32_t start, end; char first; };
  /// Brackets follow that hold nothing, and that the node's end therefore does not show.
  static bool isEmptyList(const Node* n) {
    if (const CallExpr* c = llvm::dyn_cast<CallExpr>(n)) return c->args.empty();
    if (const StructType* s = llvm::dyn_cast<StructType>(n)) return s->fields.empty();
    if (const InterfaceType* i = llvm::dyn_cast<InterfaceType>(n)) return i->methods.empty();
    if (const FuncType* f = llvm::dyn_cast<FuncType>(n)) return f->params.empty() && f->results.empty();
    if (const SliceExpr* s = llvm::dyn_cast<SliceExpr>(n)) return !s->index[0] && !s->index[1] && !s->index[2];
    if (const ExprStmt* e = llvm::dyn_cast<ExprStmt>(n)) return isEmptyList(e->x);
    if (const CallStmt* c = llvm::dyn_cast<CallStmt>(n)) return isEmptyList(c->call);
    if (const AssignStmt* a = llvm::dyn_cast<AssignStmt>(n)) return a->rhs && isEmptyList(a->rhs);
    if (const TypeDecl* t = llvm::dyn_cast<TypeDecl>(n)) return isEmptyList(t->typeExpr);
    if (const Field* f = llvm::dyn_cast<Field>(n)) return f->typeExpr && isEmptyList(f->typeExpr);
    if (const FuncDecl* f = llvm::dyn_cast<FuncDecl>(n)) return !f->body && isEmptyList(f->typeExpr);
    return false;
  }
  static void finish(Token_& t, const std::string& text, uint32_t next) { // without blanks and comments after it
    t.end = next;
    if (llvm::StringRef(text).slice(t.start, next).contains('\n') || llvm::StringRef(text).slice(t.start, next).contains("//"))
      if (t.first != '`' && t.first != '"' && t.first != '\'') t.end = t.start + static_cast<uint32_t>(llvm::StringRef(text).slice(t.start, next).find_first_of("\n\r/"));
    if (t.first == '/' && t.end == t.start) t.end = t.start + 1;
    t.end = t.start + static_cast<uint32_t>(llvm::StringRef(text).slice(t.start, t.end).rtrim().size());
    if (t.first == '"' || t.first == '\'' || t.first == '`') { // a comment may follow
      for (uint32_t i = t.start + 1; i < t.end; i++) {
        if (text[i] == '\\' && t.first != '`') i++;
        else if (text[i] == t.first) t.end = i + 1;
      }
    }
  }
  void lexError(uint32_t, uint32_t, std::string) override {}
  void directive(uint32_t, uint32_t, llvm::StringRef) override {}

  std::vector<uint32_t> lines_;
  std::vector<Token_> tokens_;
  uint32_t size_;
};

bool isWordChar(char c) { return llvm::isAlnum(c) || c == '_' || (c & 0x80); }

std::set<std::string> identifiers(llvm::StringRef text) {
  std::set<std::string> out;
  for (size_t i = 0; i < text.size();) {
    if (!isWordChar(text[i])) {
      i++;
      continue;
    }
    size_t start = i;
    while (i < text.size() && isWordChar(text[i])) i++;
    if (!llvm::isDigit(text[start])) out.insert(text.slice(start, i).str());
  }
  return out;
}

/// One top-level declaration, or a group in parentheses.
struct Part {
  std::string text, receiver; // receiver: the base type's name of a method
  std::vector<std::string> names;
  std::set<std::string> uses;
};

struct Source {
  std::vector<Part> parts;
  std::map<std::string, std::string> imports; // local name -> import spec
};

std::string baseName(const Expr* e) {
  while (e) {
    if (const Name* n = llvm::dyn_cast<Name>(e)) return n->value.str();
    if (const ParenExpr* p = llvm::dyn_cast<ParenExpr>(e)) e = p->x;
    else if (const Operation* o = llvm::dyn_cast<Operation>(e)) e = o->x;
    else if (const IndexExpr* i = llvm::dyn_cast<IndexExpr>(e)) e = i->x;
    else break;
  }
  return {};
}

void namesOf(const Decl* d, std::vector<std::string>& out) {
  if (const ConstDecl* c = llvm::dyn_cast<ConstDecl>(d))
    for (const Name* n : c->names) out.push_back(n->value.str());
  else if (const VarDecl* v = llvm::dyn_cast<VarDecl>(d))
    for (const Name* n : v->names) out.push_back(n->value.str());
  else if (const TypeDecl* t = llvm::dyn_cast<TypeDecl>(d)) out.push_back(t->name->value.str());
  else if (const FuncDecl* f = llvm::dyn_cast<FuncDecl>(d)) out.push_back(f->name->value.str());
}

const char* keywordOf(const Decl* d) {
  switch (d->kind) {
  case NodeKind::ConstDecl: return "const ";
  case NodeKind::TypeDecl: return "type ";
  case NodeKind::VarDecl: return "var ";
  default: return "func ";
  }
}

Group* groupOf(const Decl* d) {
  if (const ConstDecl* c = llvm::dyn_cast<ConstDecl>(d)) return c->group;
  if (const VarDecl* v = llvm::dyn_cast<VarDecl>(d)) return v->group;
  if (const TypeDecl* t = llvm::dyn_cast<TypeDecl>(d)) return t->group;
  return nullptr;
}

bool readSource(const std::string& text, Source& out) {
  SourceTable sources;
  DiagEngine diag(sources);
  Arena arena;
  SourceFile* file = parseFile(arena, diag, sources.addFile("x.go"), "x.go", text);
  if (diag.hasErrors()) return false;
  Offsets offsets(text);
  llvm::StringRef all(text);
  for (size_t i = 0; i < file->decls.size(); i++) {
    Decl* d = file->decls[i];
    if (ImportDecl* import = llvm::dyn_cast<ImportDecl>(d)) {
      llvm::StringRef path = import->path->value.trim("\"`");
      std::string local = import->localName ? import->localName->value.str() : path.rsplit('/').second.empty() ? path.str() : path.rsplit('/').second.str();
      if (local == "_" || local == ".") return false;
      out.imports[local] = (import->localName ? local + " " : "") + "\"" + path.str() + "\"";
      continue;
    }
    Part part;
    Group* group = groupOf(d);
    if (group) part.text = std::string(keywordOf(d)) + "(\n";
    for (;; i++) {
      llvm::StringRef one = all.slice(offsets.at(d->pos), offsets.end(d, offsets.at(d->pos))); // a declaration's position is after its keyword
      namesOf(d, part.names);
      bool more = group && i + 1 < file->decls.size() && groupOf(file->decls[i + 1]) == group;
      part.text += (group ? "\t" : keywordOf(d)) + one.str() + "\n";
      if (!more) break;
      d = file->decls[i + 1];
    }
    if (group) part.text += ")\n";
    if (FuncDecl* f = llvm::dyn_cast<FuncDecl>(d); f && f->recv) part.receiver = baseName(f->recv->typeExpr);
    part.uses = identifiers(part.text);
    out.parts.push_back(std::move(part));
  }
  return true;
}

/// The declarations that `roots` need, as a program.
std::string slice(const Source& source, const std::vector<size_t>& roots, size_t limit) {
  std::set<size_t> taken(roots.begin(), roots.end());
  std::vector<size_t> work = roots;
  size_t bytes = 0;
  std::set<std::string> used, types;
  while (!work.empty()) {
    const Part& p = source.parts[work.back()];
    work.pop_back();
    bytes += p.text.size();
    if (bytes > limit) return {};
    used.insert(p.uses.begin(), p.uses.end());
    if (p.receiver.empty()) types.insert(p.names.begin(), p.names.end());
    for (size_t i = 0; i < source.parts.size(); i++) {
      const Part& q = source.parts[i];
      if (taken.count(i)) continue;
      bool needed = q.receiver.empty() ? std::any_of(q.names.begin(), q.names.end(), [&](const std::string& n) { return used.count(n) != 0; })
                                       : types.count(q.receiver) && used.count(q.names[0]);
      if (needed) {
        taken.insert(i);
        work.push_back(i);
      }
    }
  }
  std::string text = "package p\n";
  for (const auto& [local, spec] : source.imports)
    if (used.count(local)) text += "import " + spec + "\n";
  for (size_t i : taken) text += source.parts[i].text;
  return text;
}

/// A type's text as it is written in package p: "map[string]p.T" -> "map[string]T", "math/big.Int" -> "big.Int". Empty if it cannot be written.
std::string writtenType(llvm::StringRef t) {
  if (t.starts_with("untyped ")) {
    llvm::StringRef u = t.drop_front(8);
    return u == "float" ? "float64" : u == "rune" ? "rune" : u == "nil" ? "" : u.str();
  }
  if (t.empty() || t.starts_with("(") || t.contains("invalid")) return {};
  std::string out;
  for (size_t i = 0; i < t.size();) {
    if (!isWordChar(t[i])) {
      out += t[i++];
      continue;
    }
    size_t start = i;
    while (i < t.size() && (isWordChar(t[i]) || t[i] == '/')) i++;
    llvm::StringRef word = t.slice(start, i);
    if (size_t slash = word.rfind('/'); slash != llvm::StringRef::npos) word = word.drop_front(slash + 1);
    if (word == "p" && i < t.size() && t[i] == '.') i++;
    else out += word.str();
  }
  return out;
}

struct TypeFact { std::string type; bool isValue = false, isType = false, isConstant = false; };

/// What `-emit=types` says: "line:col Kind" -> type.
std::map<std::string, TypeFact> readFacts(llvm::StringRef text) {
  std::map<std::string, TypeFact> out;
  while (!text.empty()) {
    llvm::StringRef line;
    std::tie(line, text) = text.split('\n');
    size_t space = line.find(' ');
    if (space == llvm::StringRef::npos) continue;
    size_t second = line.find(' ', space + 1);
    if (second == llvm::StringRef::npos) continue;
    std::string key = line.take_front(second).str();
    llvm::StringRef rest = line.drop_front(second + 1);
    int depth = 0;
    for (size_t i = 0; i < rest.size(); i++) {
      char c = rest[i];
      depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
      if (c != ' ' || depth) continue;
      llvm::StringRef mode = rest.drop_front(i + 1).take_while([](char m) { return llvm::isAlpha(m); });
      TypeFact f;
      f.isConstant = mode == "const";
      f.isType = mode == "type";
      f.isValue = f.isConstant || mode == "value" || mode == "variable" || mode == "mapindex" || mode == "commaok";
      if (!f.isType && !f.isValue) continue;
      f.type = writtenType(rest.take_front(i));
      out[key] = f;
      break;
    }
  }
  return out;
}

void index(Program& p, const std::map<std::string, TypeFact>& facts) {
  SourceTable sources;
  DiagEngine diag(sources);
  Arena arena;
  SourceFile* file = parseFile(arena, diag, sources.addFile("x.go"), "x.go", p.text);
  Offsets offsets(p.text);
  std::set<std::string> names;
  uint32_t decl = 0;
  auto add = [&](SpanKind kind, Node* n, Pos start) -> Span* {
    Span s;
    s.start = offsets.at(start);
    s.end = offsets.end(n, s.start);
    s.decl = decl;
    if (s.end <= s.start) return nullptr;
    std::vector<Span>& list = p.spans[static_cast<size_t>(kind)];
    list.push_back(s);
    return &list.back();
  };
  auto key = [](const Node* n, const char* kind) { return std::to_string(n->pos.line) + ":" + std::to_string(n->pos.col) + " " + kind; };
  for (Decl* d : file->decls) {
    if (!llvm::isa<ImportDecl>(d))
      if (Span* s = add(SpanKind::Decl, d, d->pos); s && !groupOf(d)) s->start -= llvm::StringRef(keywordOf(d)).size();
    if (TypeDecl* t = llvm::dyn_cast<TypeDecl>(d); t && t->tparams.empty()) p.typeNames.push_back(t->name->value.str());
    inspect(d, [&](Node* n) {
      if (Expr* e = llvm::dyn_cast<Expr>(n)) {
        const char* kind = nullptr;
        switch (e->kind) {
#define KIND(NAME) \
  case NodeKind::NAME: kind = #NAME; break;
          KIND(Name) KIND(BasicLit) KIND(CompositeLit) KIND(FuncLit) KIND(ParenExpr) KIND(SelectorExpr) KIND(IndexExpr) KIND(SliceExpr) KIND(AssertExpr)
          KIND(Operation) KIND(CallExpr) KIND(ArrayType) KIND(SliceType) KIND(StructType) KIND(InterfaceType) KIND(FuncType) KIND(MapType) KIND(ChanType)
#undef KIND
        default: return true;
        }
        auto fact = facts.find(key(e, kind));
        if (llvm::isa<Name>(e)) {
          names.insert(llvm::cast<Name>(e)->value.str());
          add(SpanKind::Name, e, e->pos);
        }
        if (fact == facts.end()) return true;
        if (Span* s = add(fact->second.isType ? SpanKind::Type : SpanKind::Expr, e, startPos(e))) {
          s->type = fact->second.type;
          s->isConstant = fact->second.isConstant;
        }
      } else if (BlockStmt* b = llvm::dyn_cast<BlockStmt>(n)) {
        add(SpanKind::Block, b, b->pos);
        for (Stmt* s : b->list) add(SpanKind::Stmt, s, startPos(s));
      } else if (CaseClause* c = llvm::dyn_cast<CaseClause>(n)) {
        add(SpanKind::Clause, c, c->pos);
        for (Stmt* s : c->body) add(SpanKind::Stmt, s, startPos(s));
      } else if (CommClause* c = llvm::dyn_cast<CommClause>(n)) {
        add(SpanKind::Clause, c, c->pos);
        for (Stmt* s : c->body) add(SpanKind::Stmt, s, startPos(s));
      } else if (Field* f = llvm::dyn_cast<Field>(n)) {
        add(SpanKind::Field, f, startPos(f));
      }
      return true;
    });
    decl++;
  }
  const std::vector<Span>& exprs = p.of(SpanKind::Expr);
  for (uint32_t i = 0; i < exprs.size(); i++)
    if (!exprs[i].type.empty()) p.exprsOfType[exprs[i].type].push_back(i);
  p.names.assign(names.begin(), names.end());
}

/// Sections of a file for split-file; a file without marks is one section.
std::vector<std::string> sections(const std::string& text) {
  std::vector<std::string> out;
  llvm::StringRef rest(text);
  std::string current;
  while (!rest.empty()) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split('\n');
    if (line.starts_with("//--- ") || line.starts_with("#--- ")) {
      out.push_back(std::move(current));
      current.clear();
      continue;
    }
    current += line.str() + "\n";
  }
  out.push_back(std::move(current));
  return out;
}

} // namespace

std::vector<Program> loadCorpus(Server& server, const CorpusOptions& options, uint64_t seed) {
  struct Named { std::string name; Source source; };
  std::vector<Named> sources;
  for (const std::string& path : options.files)
    for (const std::string& text : sections(readFile(path))) {
      Source s;
      if (text.size() < (size_t(1) << 18) && readSource(text, s) && !s.parts.empty()) sources.push_back({path, std::move(s)});
    }
  std::vector<Program> programs;
  std::set<std::string> seen;
  Random random(seed);
  std::string input = options.scratch + "/slice.go", output = options.scratch + "/slice.out";
  std::vector<std::string> arguments = options.arguments;
  arguments.insert(arguments.end(), {"-emit=types", input});
  for (size_t attempt = 0; attempt < options.slices * 2 && programs.size() < options.slices && !sources.empty(); attempt++) {
    const Named& from = sources[attempt < sources.size() ? attempt : random.below(sources.size())];
    std::vector<size_t> roots;
    for (size_t n = 1 + random.below(2); n; n--) roots.push_back(random.below(from.source.parts.size()));
    std::string text = slice(from.source, roots, options.maxSliceBytes);
    if (text.empty() || !seen.insert(text).second) continue;
    writeFile(input, text);
    if (server.compile(output, arguments).status != 0) continue;
    Program p;
    p.name = from.name;
    p.text = std::move(text);
    index(p, readFacts(readFile(output)));
    if (!p.of(SpanKind::Decl).empty()) programs.push_back(std::move(p));
  }
  return programs;
}

} // namespace stoat::fuzz
