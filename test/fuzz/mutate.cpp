#include "mutate.h"
#include "syntax/lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <string_view>

namespace stoat::fuzz {

namespace {

struct Edit { uint32_t start, end; std::string text; };

// In the templates: %e the expression, %f another one of the same type, %t its type, %u some type, %i some integer constant, %n a fresh number,
// %s the statement, %g another expression of any type.
constexpr const char* exprTemplates[] = {
    "(%e)", "(%t)(%e)", "func() %t { return %e }()", "*func() *%t { x := %e; return &x }()", "[]%t{%e}[0]", "[...]%t{2: %e}[2]", "map[string]%t{\"\": %e}[\"\"]",
    "struct{ f %t }{%e}.f", "(&struct{ _ int; f %t }{f: %e}).f", "any(%e).(%t)", "func(x ...%t) %t { return x[0] }(%e)", "func(x ...%t) %t { return x[0] }([]%t{%e}...)",
    "func(x %t) (r %t) { defer func() { recover(); r = x }(); panic(x) }(%e)", "<-func() chan %t { c := make(chan %t, 1); c <- %e; return c }()", "fuzzId[%t](%e)", "fuzzId(%e)",
    "fuzzPair[%t, %u]{a: %e}.a", "(&fuzzPair[%u, %t]{b: %e}).get()", "append([]%t(nil), %e)[0]", "append([]%t{%e}, %e, %f)[1:2:2][0]",
    "func() %t { for range 1 { return %e }; panic(0) }()", "func() %t { for x := range func(y func(%t) bool) { y(%e) } { return x }; panic(1) }()",
    "func() %t { switch x := any(%e).(type) { case %t: return x; case nil, error: panic(x); default: panic(x) } }()", "func() (r %t) { select { default: r = %e }; return }()",
    "func() %t { L: for { switch { case true: break L } }; return %e }()", "func() (r %t, _ error) { r, _ = %e, 0; return }", "new(fuzzPair[%t, int]).a",
    "(*[1]%t)([]%t{%e})[0]", "[1]%t([]%t{%e})[0]", "[2][2]%t{1: {1: %e}}[1][1]", "func(%t) %t { return %e }(%f)", "func(_ %u, r %t) %t { return r }(*new(%u), %e)", "%f", "%e, %f", "%g",
    "interface{ m() }(%e)", "fuzzIface[%t](%e)", "fuzzMax(%e, %f)", "fuzzConv[%t, %t](%e)", "min(%e, %f)", "max(%e, %f, %e)", "%e + %f", "(%e + %f)", "(%e - %f)", "(%e * %f)", "(%e / %f)", "(%e %% %f)", "(%e & %f)", "(%e &^ %f)",
    "(%e << %i)", "(%e >> %g)", "(1 << %e)", "-%e", "^%e", "!%e", "+%e", "&%e", "*%e", "<-%e", "(%e && %f)", "(%e == %f)", "(%e < %f)", "(any(%e) == any(%f))", "%e[:]", "%e[%i:]", "%e[%g]", "%e[%i]", "string(%e)", "[]byte(%e)",
    "[]rune(%e)", "len(%e)", "cap(%e)", "real(%e)", "complex(%e, %f)", "(%u)(%e)", "%e.(%u)", "%e.x", "%e()", "%e(%f)", "unsafe.Sizeof(%e)", "make(%t, %e)", "make([]%t, 1, %i)", "new(%t)", "*new(%t)", "nil", "_", "iota", "%i", "%t", "func() {}", "%e...",
    "func() %t { goto L; L: return %e }()", "func() %t { if x := %e; true { return x } else { return x } }()", "[]func() %t{func() %t { return %e }}[0]()", "(func() %t)(func() %t { return %e })()", "func() %t { defer recover(); return %e }()"};

constexpr const char* wrapTemplates[] = {
    "{ %s }", "for range 2 { %s }", "for fuzzI := range 3 { _ = fuzzI; %s }", "func() { %s }()", "defer func() { recover(); %s }()", "if true { %s } else { %s }", "switch { case true: %s; fallthrough; default: }",
    "L%n: for { %s; break L%n }", "L%n: for { for range 2 { %s; continue L%n } }", "go func() { %s }()", "for range func(y func() bool) { y() } { %s }", "L%n: for range func(y func() bool) { y() } { for range fuzzSeq[%u] { %s; continue L%n }; break L%n }",
    "for x, z := range func(y func(%u, %u) bool) { } { _, _ = x, z; %s; defer func() {}() }", "select { default: %s }", "select { case <-make(chan %u): %s; case x, ok := <-make(chan %u): _, _ = x, ok }", "for { %s; break }", "for i, j := 0, 1; i < j; i, j = i+1, j-1 { %s; _ = func() int { return i + j } }",
    "goto L%n; L%n: %s", "L%n: %s; goto L%n", "%s; %s", "switch x := any(%g).(type) { case %u, %u: %s; case nil: _ = x; default: _ = x }", "defer %s", "go %s", "for k, v := range map[%u]%u{} { _, _ = k, v; %s }", "for range %g { %s }", "switch x := %g; any(x) { case %i: %s }", "return; %s",
    "if x := %g; any(x) != nil { %s }", "for range \"a\\xff\" { %s }", "for range [3]%u{} { %s }", "func(x fuzzPair[%u, %u]) { %s }(fuzzPair[%u, %u]{})"};

constexpr const char* stmtTemplates[] = {
    "_ = %e", "var _ %t = %e", "var x%n = %e; _ = x%n", "{ x := %e; x = %f; _ = x }", "defer func(%t) {}(%e)", "go func(x ...%t) { _ = x }(%e)", "if x := %e; any(x) == nil { return }", "switch any(%e).(type) { case %t, nil: case error: }", "for x := range %e { _ = x }",
    "for x, y := range %e { _, _ = x, y }", "println(%e)", "print(%e, %f, %g)", "{ x, ok := any(%e).(%t); _, _ = x, ok }", "switch %e { case %f: fallthrough; default: }", "clear(%e)", "delete(%e, %g)", "%e = %f", "%e, %f = %f, %e", "%e++", "%e--", "%e += %f", "%e <<= %g", "%e &^= %f",
    "close(%e)", "%e <- %g", "L%n: for { continue L%n }", "goto L%n; L%n:", "const c%n = %e", "type X%n = %t; var y%n X%n; _ = y%n", "type X%n %t; _ = X%n(%e)", "{ var a [1 << 20]%t; _ = a }", "copy(%e, %f)", "copy([]%t{%e}, []%t{%f})",
    "{ m := map[%t]%t{%e: %f}; for k := range m { delete(m, k) }; m[%e], _ = m[%f] }", "{ c := make(chan %t, 2); c <- %e; select { case c <- %f: case x, ok := <-c: _, _ = x, ok; default: }; for x := range c { _ = x } }", "panic(%e)", "return %e", "return", "break", "continue", "fallthrough", "if any(%e) == any(%f) { }", "if %e == %f { }",
    "{ f := func() (r %t) { defer func() { r = %e }(); return %f }; _ = f() }", "{ p := &struct{ a, b %t }{%e, %f}; p.a, p.b = p.b, p.a; _ = *p }", "{ a := [3]%t{%e}; b := a; b[1] = %f; for i, x := range a { _, _ = i, x }; for i := range &b { _ = b[i] } }", "{ x := []%t{%e, %f}; x = append(x[:1], x...); x[%i & 1] = %f; _ = x[len(x)-1] }",
    "%e", "%e()", "_ = func() { %e }", "{ var i interface{ M() %t }; _ = i.M() }", "{ type L struct { %t; x %t }; var l L; _ = l }", "{ type G[T any] struct{ x T; n *G[T] }; _ = G[%t]{x: %e} }", "fuzzDo(func(x %t) %t { return x }, %e)", "_ = fuzzTree[%t]{x: %e}.walk(func(%t) bool { return true })",
    "for x := range fuzzSeq[%t] { if any(x) == nil { continue }; defer func() { _ = x }() }", "switch x := fuzzId(%e); { case any(x) == nil: default: }", "defer %e", "go %e", "var x%n, y%n %t = %e, %f; x%n, y%n = y%n, x%n", "_ = [...]%t{%i: %e}", "_ = [%i]%t{}", "_ = make([]%t, %i)"};

constexpr const char* helpers =
    "func fuzzId[T any](x T) T { return x }\n"
    "type fuzzPair[A, B any] struct { a A; b B }\n"
    "func (p *fuzzPair[A, B]) get() B { return p.b }\n"
    "func fuzzIface[T any](x any) T { y, _ := x.(T); return y }\n"
    "func fuzzMax[T ~int | ~uint8 | ~string | ~float64](x ...T) (r T) { for _, y := range x { r = max(r, y) }; return }\n"
    "func fuzzConv[A ~int | ~int8 | ~uint64 | ~float32 | ~float64, B ~int | ~uint8 | ~float64](x A) B { return B(x) }\n"
    "func fuzzSeq[T any](y func(T) bool) { var z T; _ = y(z) && y(z) }\n"
    "func fuzzDo[A, B any](f func(A) B, x A) (r B) { defer func() { r = f(x) }(); return }\n"
    "type fuzzTree[T any] struct { x T; l, r *fuzzTree[T] }\n"
    "func (t fuzzTree[T]) walk(f func(T) bool) bool { return f(t.x) && (t.l == nil || t.l.walk(f)) && (t.r == nil || t.r.walk(func(x T) bool { return f(x) })) }\n";

constexpr const char* basicTypes[] = {"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "string", "bool", "byte", "rune", "error", "any", "struct{}"};

constexpr const char* intLiterals[] = {"0", "1", "2", "7", "8", "31", "32", "63", "64", "65", "127", "128", "255", "256", "32767", "65536", "1<<31", "1<<32", "1<<63", "1<<64", "1<<63-1", "-1", "-1<<63", "-128", "1<<40", "1<<500", "0x7fffffff", "0b101", "0o17", "1_000", "1e9", "1e1000", "'a'", "'\\xff'", "1<<20", "1<<30"};
constexpr const char* otherLiterals[] = {"0.0", "-0.0", "1e308", "1e-400", "0x1p-1074", "1e39", "0.5", "1i", "0x1p62i", "\"\"", "\"\\xff\\x00\"", "`raw`", "\"\\u2028\"", "'\\U0010FFFF'", "nil", "true", "false", "iota", "1e400i", "0x.8p1000000", "1e100000000"};
constexpr const char* operators[] = {"+", "-", "*", "/", "%", "&", "|", "^", "&^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "=", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "&^=", "<<=", ">>=", "++", "--", "<-", "!", "~", "...", ".", ",", ";", ":", "(", ")", "[", "]", "{", "}"};
constexpr const char* keywords[] = {"break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var"};
constexpr const char* directives[] = {"//go:noinline", "//go:nosplit", "//go:noescape", "//go:linkname f g", "//go:embed x", "//go:uintptrescapes", "//go:norace", "//line x.go:0:0", "//line x:99999999", "/*line :1:1*/", "//go:build go1.17", "//go:notinheap", "//go:nowritebarrier", "//go:generate x", "// +build x", "//export f", "//go:wasmimport a b", "//go:debug x=y"};
constexpr const char* typeWraps[] = {"*%t", "[]%t", "[3]%t", "[0]%t", "map[%u]%t", "chan %t", "<-chan %t", "func(%t) %u", "func(...%t)", "struct{ a %t; b %u }", "struct{ %t }", "interface{ m(%t) %u }", "interface{ ~%t }", "interface{ %t | %u }", "fuzzPair[%t, %u]", "*fuzzPair[%u, %t]", "fuzzTree[%t]", "func() (a, b %t)", "[%i]%t", "struct{ _ %t; x, y [2]%t }", "interface{ %t; comparable }", "%t[%u]", "(%t)", "[...]%t", "map[%t]struct{}", "[1 << 12]%t", "func(func(%t) bool)", "*struct{ *%t }"};

template <size_t N> const char* pickOf(const char* const (&list)[N], Random& r) { return list[r.below(N)]; }

class Mutator {
public:
  Mutator(const std::vector<Program>& corpus, const Program& p, Random& r) : corpus_(corpus), program_(p), random_(r) {}

  std::string run() {
    size_t edits = 1;
    while (edits < 6 && random_.oneIn(3)) edits++;
    for (size_t attempt = 0; attempt < 30 && edits_.size() < edits; attempt++) oneEdit();
    std::string text = apply();
    if (usesHelpers_) text += helpers;
    if (llvm::StringRef(text).contains("unsafe.") && !llvm::StringRef(text).contains("\"unsafe\"")) {
      size_t line = text.find('\n');
      if (line != std::string::npos) text.insert(line + 1, "import \"unsafe\"\n");
    }
    return text;
  }

private:
  std::string randomType(unsigned depth = 0) {
    if (depth < 3 && random_.oneIn(3)) {
      std::string inner = randomType(depth + 1);
      return expand(pickOf(typeWraps, random_), {}, {}, inner, {}, depth + 1);
    }
    if (!program_.typeNames.empty() && random_.oneIn(2)) return random_.pick(program_.typeNames);
    const std::vector<Span>& types = program_.of(SpanKind::Type);
    if (!types.empty() && random_.oneIn(3)) return program_.textOf(random_.pick(types)).str();
    return pickOf(basicTypes, random_);
  }

  std::string randomExpr() {
    const std::vector<Span>& exprs = program_.of(SpanKind::Expr);
    return exprs.empty() ? "0" : program_.textOf(random_.pick(exprs)).str();
  }

  std::string expand(llvm::StringRef pattern, llvm::StringRef e, llvm::StringRef f, llvm::StringRef t, llvm::StringRef s, unsigned depth = 0) {
    std::string out, number = std::to_string(random_.below(4));
    if (pattern.contains("fuzz")) usesHelpers_ = true;
    for (size_t i = 0; i < pattern.size(); i++) {
      if (pattern[i] != '%' || i + 1 == pattern.size()) {
        out += pattern[i];
        continue;
      }
      switch (pattern[++i]) {
      case 'e': out += e; break;
      case 'f': out += f; break;
      case 't': out += t; break;
      case 's': out += s; break;
      case 'n': out += number; break;
      case 'i': out += pickOf(intLiterals, random_); break;
      case 'u': out += depth > 2 ? pickOf(basicTypes, random_) : randomType(depth + 1); break;
      case 'g': out += randomExpr(); break;
      default: out += pattern[i];
      }
      if (out.size() > 20000) break;
    }
    if (!usesHelpers_ && out.find("fuzz") != std::string::npos) usesHelpers_ = true;
    return out;
  }

  bool add(uint32_t start, uint32_t end, std::string text) {
    for (const Edit& e : edits_)
      if (start < e.end && e.start < end) return false;
    auto after = std::upper_bound(edits_.begin(), edits_.end(), start, [](uint32_t at, const Edit& e) { return at < e.start; });
    edits_.insert(after, {start, end, std::move(text)});
    return true;
  }

  const Span* pick(SpanKind kind) {
    const std::vector<Span>& list = program_.of(kind);
    return list.empty() ? nullptr : &random_.pick(list);
  }

  /// Another expression of the same type, mostly of the same declaration, so that its names are known there.
  std::string sibling(const Span& e) {
    auto list = program_.exprsOfType.find(e.type);
    if (list == program_.exprsOfType.end()) return randomExpr();
    for (unsigned tries = 0; tries < 6; tries++) {
      const Span& other = program_.of(SpanKind::Expr)[random_.pick(list->second)];
      if ((other.decl == e.decl || other.isConstant || tries > 4) && other.start != e.start) return program_.textOf(other).str();
    }
    return program_.textOf(e).str();
  }

  /// An expression that has a type that can be written.
  const Span* typedExpr() {
    for (unsigned tries = 0; tries < 8; tries++) {
      const Span* e = pick(SpanKind::Expr);
      if (e && !e->type.empty() && e->end - e->start < 400) return e;
    }
    return nullptr;
  }

  bool exprEdit() {
    const Span* e = typedExpr();
    if (!e) return false;
    llvm::StringRef text = program_.textOf(*e);
    switch (random_.below(8)) {
    case 0: case 1: return add(e->start, e->end, sibling(*e));
    case 2: return add(e->start, e->end, randomExpr());
    case 3: return add(e->start, e->end, random_.oneIn(2) ? pickOf(intLiterals, random_) : pickOf(otherLiterals, random_));
    default: return add(e->start, e->end, expand(pickOf(exprTemplates, random_), text, sibling(*e), e->type, {}));
    }
  }

  bool typeEdit() {
    const Span* t = pick(SpanKind::Type);
    if (!t) return false;
    llvm::StringRef text = program_.textOf(*t);
    if (random_.oneIn(2)) return add(t->start, t->end, randomType());
    return add(t->start, t->end, expand(pickOf(typeWraps, random_), {}, {}, text, {}));
  }

  bool stmtEdit() {
    const Span* s = pick(SpanKind::Stmt);
    if (!s) return false;
    std::string text = program_.textOf(*s).str();
    switch (random_.below(10)) {
    case 0: return add(s->start, s->end, "");
    case 1: return add(s->end, s->end, "; " + text);
    case 2: {
      const Span* other = pick(SpanKind::Stmt);
      if (other->start < s->end && s->start < other->end) return false;
      return add(s->start, s->end, program_.textOf(*other).str()) && add(other->start, other->end, text);
    }
    case 3: return add(s->start, s->end, program_.textOf(*pick(SpanKind::Stmt)).str());
    case 4: {
      const Program& other = random_.pick(corpus_);
      if (other.of(SpanKind::Stmt).empty()) return false;
      return add(s->start, s->end, other.textOf(random_.pick(other.of(SpanKind::Stmt))).str());
    }
    case 5: case 6: return add(s->start, s->end, expand(pickOf(wrapTemplates, random_), {}, {}, {}, text));
    default: {
      const Span* e = nullptr;
      for (unsigned tries = 0; tries < 8 && (!e || e->decl != s->decl); tries++) e = typedExpr();
      if (!e) return false;
      std::string inserted = expand(pickOf(stmtTemplates, random_), program_.textOf(*e), sibling(*e), e->type, {});
      return random_.oneIn(2) ? add(s->start, s->start, inserted + "; ") : add(s->end, s->end, "; " + inserted);
    }
    }
  }

  bool declEdit() {
    const Span* d = pick(SpanKind::Decl);
    if (!d) return false;
    std::string text = program_.textOf(*d).str();
    uint32_t end = static_cast<uint32_t>(program_.text.size());
    switch (random_.below(8)) {
    case 0: return add(d->start, d->end, "");
    case 1: return add(end, end, text + "\n");
    case 2: return add(d->start, d->start, std::string(pickOf(directives, random_)) + "\n");
    case 3: { // another program's declaration
      const Program& other = random_.pick(corpus_);
      return add(end, end, other.textOf(random_.pick(other.of(SpanKind::Decl))).str() + "\n");
    }
    case 4: // type parameters
    case 5: {
      llvm::StringRef t(text);
      size_t at = t.starts_with("func ") && text.size() > 5 && text[5] != '(' ? t.find('(') : t.starts_with("type ") ? t.find(' ', 5) : llvm::StringRef::npos;
      if (at == llvm::StringRef::npos) return false;
      std::string parameters = random_.oneIn(2) ? "[Fuzz any]" : "[Fuzz interface{ ~" + randomType() + " | ~" + randomType() + "}, Other " + randomType() + "]";
      uint32_t where = d->start + static_cast<uint32_t>(at);
      return add(where, where, parameters);
    }
    case 6: return add(d->start, d->end, program_.textOf(*pick(SpanKind::Decl)).str());
    default: return add(end, end, "type " + nameOrNew() + random_.pick(std::vector<std::string>{" ", " = ", "[T any] ", "[T any] = "}) + randomType() + "\n");
    }
  }

  std::string nameOrNew() { return program_.names.empty() || random_.oneIn(2) ? "Fuzz" + std::to_string(random_.below(3)) : random_.pick(program_.names); }

  bool nameEdit() {
    const Span* n = pick(SpanKind::Name);
    if (!n) return false;
    return add(n->start, n->end, random_.oneIn(8) ? std::string("_") : nameOrNew());
  }

  bool partEdit() { // parameters, fields, case clauses
    SpanKind kind = random_.oneIn(2) ? SpanKind::Field : SpanKind::Clause;
    const Span* f = pick(kind);
    if (!f) return false;
    std::string text = program_.textOf(*f).str(), separator = kind == SpanKind::Field ? ", " : "\n";
    switch (random_.below(4)) {
    case 0: return add(f->start, f->end, "");
    case 1: return add(f->end, f->end, separator + text);
    case 2: return add(f->start, f->end, program_.textOf(*pick(kind)).str());
    default: return kind == SpanKind::Field ? add(f->start, f->end, text + random_.pick(std::vector<std::string>{" \"tag\"", "...", " | int", "; x int", ", y " + randomType()})) : add(f->start, f->end, "default: \n" + text);
    }
  }

  bool tokenEdit() {
    struct Events final : LexEvents {
      void lexError(uint32_t, uint32_t, std::string) override {}
      void directive(uint32_t, uint32_t, llvm::StringRef) override {}
    } events;
    std::vector<Edit> tokens;
    std::vector<uint32_t> lines{0};
    for (uint32_t i = 0; i < program_.text.size(); i++)
      if (program_.text[i] == '\n') lines.push_back(i + 1);
    Lexer lexer(program_.text, events);
    lexer.next();
    while (lexer.tok != Token::Eof && tokens.size() < 20000) {
      uint32_t start = lines[lexer.line - 1] + lexer.col - 1;
      if (!tokens.empty() && tokens.back().end > start) tokens.back().end = start;
      tokens.push_back({start, static_cast<uint32_t>(program_.text.size()), {}});
      lexer.next();
    }
    if (tokens.size() < 4) return false;
    for (Edit& t : tokens) { // without the blanks after it
      llvm::StringRef text = llvm::StringRef(program_.text).slice(t.start, t.end);
      t.end = t.start + static_cast<uint32_t>(text.rtrim().size());
    }
    const Edit& t = random_.pick(tokens);
    llvm::StringRef text = llvm::StringRef(program_.text).slice(t.start, t.end);
    switch (random_.below(8)) {
    case 0: return add(t.start, t.end, "");
    case 1: return add(t.end, t.end, " " + text.str());
    case 2: {
      const Edit& o = random_.pick(tokens);
      llvm::StringRef other = llvm::StringRef(program_.text).slice(o.start, o.end);
      if (o.start == t.start) return false;
      return add(t.start, t.end, other.str()) && add(o.start, o.end, text.str());
    }
    case 3: {
      const Edit& o = random_.pick(tokens);
      return add(t.start, t.end, llvm::StringRef(program_.text).slice(o.start, o.end).str());
    }
    case 4: return add(t.start, t.end, pickOf(keywords, random_));
    case 5: {
      bool isOperator = !text.empty() && !llvm::isAlnum(text[0]) && text[0] != '"' && text[0] != '_';
      return isOperator ? add(t.start, t.end, pickOf(operators, random_)) : add(t.end, t.end, std::string(" ") + pickOf(operators, random_) + " ");
    }
    case 6: return !text.empty() && llvm::isDigit(text[0]) ? add(t.start, t.end, pickOf(intLiterals, random_)) : add(t.end, t.end, std::string(" ") + pickOf(otherLiterals, random_) + " ");
    default: return add(t.start, t.start, std::string("\n") + pickOf(directives, random_) + "\n");
    }
  }

  bool noiseEdit() {
    uint32_t size = static_cast<uint32_t>(program_.text.size());
    uint32_t at = static_cast<uint32_t>(random_.below(size));
    static constexpr const char* bytes[] = {"", "\xff", "\xef\xbb\xbf", "\xe2\x80\xa8", "\"", "`", "'", "/*", "*/", "//", "\\", "\r", "\n", "\xc3\xa9", "\xf0\x9f\x98\x80", "@", "#", "$", "?", "\xed\xa0\x80"};
    switch (random_.below(6)) {
    case 0: {
      std::string_view piece = pickOf(bytes, random_);
      return add(at, at, piece.empty() ? std::string(1, 0) : std::string(piece));
    }
    case 1: return add(at, std::min(size, at + 1), std::string(1, static_cast<char>(random_.next())));
    case 2: return add(at, std::min<uint32_t>(size, at + static_cast<uint32_t>(random_.below(60))), "");
    case 3: return add(at, size, "");
    case 4: {
      uint32_t from = static_cast<uint32_t>(random_.below(size));
      return add(at, at, program_.text.substr(from, random_.below(100)));
    }
    default: {
      static constexpr const char* pieces[] = {"(", "[", "{", "[]", "*", "-", "func() ", "if x {", "1+", "a.", "&", "<-", "struct{ a ", "map[int]", "interface{ m() ", "chan ", "x[", "f(", "else if x {", "!", "for {", "[1]", "T["};
      std::string many;
      const char* piece = pickOf(pieces, random_);
      for (size_t n = random_.oneIn(20) ? 12000 : 5 + random_.below(200); n; n--) many += piece;
      return add(at, at, many);
    }
    }
  }

  void oneEdit() {
    size_t choice = random_.below(100);
    if (choice < 30) exprEdit();
    else if (choice < 58) stmtEdit();
    else if (choice < 68) typeEdit();
    else if (choice < 77) declEdit();
    else if (choice < 82) nameEdit();
    else if (choice < 87) partEdit();
    else if (choice < 97) tokenEdit();
    else noiseEdit();
  }

  std::string apply() {
    std::string out;
    uint32_t at = 0;
    for (const Edit& e : edits_) {
      if (e.start < at) continue;
      out += program_.text.substr(at, e.start - at) + e.text;
      at = e.end;
    }
    return out + program_.text.substr(at);
  }

  const std::vector<Program>& corpus_;
  const Program& program_;
  Random& random_;
  std::vector<Edit> edits_;
  bool usesHelpers_ = false;
};

} // namespace

std::string mutate(const std::vector<Program>& corpus, uint64_t seed) {
  Random random(seed);
  random.next();
  return Mutator(corpus, random.pick(corpus), random).run();
}

} // namespace stoat::fuzz
