// The parser: messages and positions of gc, tree shapes where the grammar is ambiguous, branches, directives, hostile input.
#include "syntax/parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/thread.h"
#include <cstdlib>
#include <gtest/gtest.h>

using namespace stoat;

namespace {

struct Parsed {
  SourceTable sources;
  DiagEngine diag{sources};
  Arena arena;
  SourceFile* file = nullptr;

  explicit Parsed(llvm::StringRef text, ParseOptions options = {}) {
    uint16_t base = sources.addFile("a.go");
    file = parseFile(arena, diag, base, "a.go", text, options);
  }
  std::string errors() const {
    std::string out;
    for (const Diagnostic& d : diag.all())
      out += std::to_string(d.pos.line) + ":" + std::to_string(d.pos.col) + ": " + d.message + "\n";
    return out;
  }
  std::string dump() {
    std::string out;
    dumpAst(*file, sources, out);
    return out;
  }
};

/// Errors of statements in a function; they start at line 3, column 1.
std::string bodyErrors(const std::string& body) { return Parsed("package p\nfunc f() {\n" + body + "\n}\n").errors(); }
std::string fileErrors(const std::string& text) { return Parsed("package p\n" + text + "\n").errors(); }
/// Source form of the expression that x is initialised by.
std::string source(const std::string& expr) {
  Parsed p("package p\nvar x = " + expr + "\n");
  EXPECT_EQ(p.errors(), "") << expr;
  return exprString(llvm::cast<VarDecl>(p.file->decls[0])->values);
}

TEST(Parser, StatementErrors) {
  const std::pair<const char*, const char*> cases[] = {
      {"x y", "3:3: syntax error: unexpected name y at end of statement\n"},
      {"if x = 1 {}", "3:6: syntax error: cannot use assignment x = 1 as value\n"},
      {"if a + b = c {}", "3:10: syntax error: cannot use assignment (a + b) = c as value\n"},
      {"if x := 1 {}", "3:6: syntax error: cannot use x := 1 as value\n"},
      {"if {}", "3:4: syntax error: missing condition in if statement\n"},
      {"if x; {}", "3:5: syntax error: missing condition in if statement\n"},
      {"if x\n{}", "3:5: syntax error: unexpected newline, expected { after if clause\n"},
      {"for x\n{}", "4:1: syntax error: unexpected {, expected for loop condition\n"},
      {"for var i = 0; ; {}", "3:9: syntax error: var declaration not allowed in for initializer\n"},
      {"for ; ; i := 0 {}", "3:11: syntax error: cannot declare in post statement of for loop\n"},
      {"if a {} else b()", "3:14: syntax error: else must be followed by if or statement block\n"},
      {"go (f())", "3:4: expression in go must not be parenthesized\n"},
      {"a, b", "3:5: syntax error: unexpected newline, expected := or = or comma\n"},
      {"f(a b)", "3:5: syntax error: unexpected name b in argument list; possibly missing comma or )\n"},
      {"f(a,\nb\n)", "4:2: syntax error: unexpected newline in argument list; possibly missing comma or )\n"},
      {"x[]", "3:3: syntax error: unexpected ], expected operand\n"},
      {"_ = x[::]", "3:8: middle index required in 3-index slice\n"},
      {"_ = x[1:2:]", "3:11: final index required in 3-index slice\n"},
      {"switch x { y }", "3:12: syntax error: unexpected name y, expected case or default or }\n"},
      {"_ = (T){}", "3:8: syntax error: cannot parenthesize type in composite literal\n"},
      {"x = y = z", "3:7: syntax error: unexpected = at end of statement\n"},
      {"break 1", "3:7: syntax error: unexpected literal 1 at end of statement\n"},
      {"_ = <-chan<-int", "3:16: syntax error: unexpected int, expected chan\n"},
      {"_ = [...]int{1} ?", "3:17: invalid character U+003F '?'\n"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(llvm::StringRef(bodyErrors(c.first)).take_until([](char ch) { return ch == '\n'; }).str() + "\n", c.second) << c.first;
  }
}

TEST(Parser, DeclarationErrors) {
  const std::pair<const char*, const char*> cases[] = {
      {"x := 1", "2:1: syntax error: non-declaration statement outside function body\n"},
      {"func f()\n{}", "3:1: syntax error: unexpected semicolon or newline before {\n"},
      {"var x\n", "2:6: syntax error: unexpected newline, expected type\n"},
      {"var x := 1", "2:7: syntax error: unexpected :=, expected =\n"},
      {"const x := 1", "2:9: syntax error: unexpected :=, expected =\n"},
      {"var x int\nimport \"a\"", "3:1: syntax error: imports must appear before other declarations\n"},
      {"import 5", "2:8: syntax error: import path must be a string\n"},
      {"import x", "2:9: syntax error: missing import path\n"},
      {"func ()", "2:8: method has no receiver\n"},
      {"func () f()", "2:9: method has no receiver\n"},
      {"func (a, b T) f()", "2:15: method has multiple receivers\n"},
      {"func (T) f[P any]()", "2:11: syntax error: method must have no type parameters\n"},
      {"func f[]()", "2:8: syntax error: empty type parameter list\n"},
      {"func f[T]()", "2:9: syntax error: missing type constraint\n"},
      {"func f(a int, []string)", "2:15: syntax error: missing parameter name\n"},
      {"func f(a int, b)", "2:16: syntax error: missing parameter type\n"},
      {"func f(a ...int, b int)", "2:10: can only use ... with final parameter\n"},
      {"func f() (a ...int)", "2:13: invalid use of ...\n"},
      {"func f(a ...)", "2:13: syntax error: ... is missing type\n"},
      {"type T struct { (int) }", "2:17: syntax error: cannot parenthesize embedded type\n"},
      {"type T interface { m[P any]() }", "2:21: interface method must have no type parameters\n"},
      {"type T[P any", "2:13: syntax error: unexpected newline in parameter list; possibly missing comma or ]\n"},
      {"type T", "2:7: syntax error: unexpected newline in type declaration\n"},
      {"var x chan\n", "4:1: syntax error: missing channel element type\n"},
      {"var x struct{ a b c }", "2:19: syntax error: unexpected name c in struct type; possibly missing semicolon or newline or }\n"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(llvm::StringRef(fileErrors(c.first)).take_until([](char ch) { return ch == '\n'; }).str() + "\n", c.second) << c.first;
  EXPECT_EQ(Parsed("func f() {}").errors(), "1:1: syntax error: package statement must be first\n");
  EXPECT_EQ(Parsed("package p x\nvar y").errors(), "1:11: syntax error: unexpected name x, expected semicolon or newline\n");
}

TEST(Parser, ExpressionForms) {
  EXPECT_EQ(source("a+b*c<<d == e && !f || <-g"), "a + b * c << d == e && !f || <-g");
  EXPECT_EQ(source("(a+b)*c"), "(a + b) * c"); // kept where an operand may turn out to be parenthesized wrongly
  EXPECT_EQ(source("func(a, b int, c ...string) (x, y error) { return }"), "func(a, b int, c ...string) (x, y error) {…}");
  EXPECT_EQ(source("[]T{1, 2}"), "[]T{…}");
  EXPECT_EQ(source("map[string]chan<- int{}"), "map[string]chan<- int{}");
  EXPECT_EQ(source("(chan (<-chan int))(nil)"), "(chan (<-chan int))(nil)");
  EXPECT_EQ(source("x.(interface{ m(int); ~a | b }).f[int, T](y...)"), "x.(interface{m(int); ~a | b}).f[int, T](y...)");
  EXPECT_EQ(source("s[1:2:3][:][i]"), "s[1:2:3][:][i]");
  EXPECT_EQ(source("struct{a, b int `t`; *C}{}"), "struct{a, b int `t`; *C}{}");
  EXPECT_EQ(source("<-chan int(c)"), "<-chan int(c)");
}

TEST(Parser, TypeParametersOrArrayLength) {
  auto isGeneric = [](const std::string& brackets) {
    Parsed p("package p\ntype T" + brackets + " int\n");
    EXPECT_EQ(p.errors(), "") << brackets;
    return !llvm::cast<TypeDecl>(p.file->decls[0])->tparams.empty();
  };
  for (const char* b : {"[P any]", "[P *int,]", "[P *Q, R any]", "[P *struct{}]", "[P []int]", "[P interface{}]", "[P *Q|~R]", "[P (*Q),]",
                        "[P ([]int)]", "[P Q|R]", "[P, Q any]", "[P chan int]", "[P a.B]"})
    EXPECT_TRUE(isGeneric(b)) << b;
  for (const char* b : {"[N]", "[N*M]", "[N*(M)]", "[N(M)]", "[N+1]", "[]", "[5]", "[a.N]", "[...]", "[N*M|K]"})
    EXPECT_FALSE(isGeneric(b)) << b;
}

TEST(Parser, LiteralsInHeadersNeedParentheses) {
  EXPECT_EQ(bodyErrors("if x == (T{}) {}"), "");
  EXPECT_EQ(bodyErrors("for _, x := range []T{} {}"), "");
  EXPECT_EQ(bodyErrors("if f(T{}) {}"), "");
  EXPECT_EQ(bodyErrors("switch x := y.(type) {}"), "");
  Parsed p("package p\nfunc f() { if x == T {} }");
  EXPECT_EQ(p.errors(), ""); // { begins the block
}

TEST(Parser, Positions) {
  Parsed p("package p\nvar x = a.b(c)[d] + (e)\n");
  Expr* x = llvm::cast<VarDecl>(p.file->decls[0])->values;
  EXPECT_EQ(x->pos, (Pos{1, 19, 2})); // the operator
  EXPECT_EQ(startPos(x), (Pos{1, 9, 2}));
  EXPECT_EQ(endPos(x), (Pos{1, 23, 2})); // parentheses are gone
}

TEST(Parser, LineDirectives) {
  Parsed p("package p\n//line b.y:10\nvar x int; /*line c.y:5:6*/ var y z z\n");
  ASSERT_EQ(p.diag.count(), 1u);
  EXPECT_EQ(p.sources.format(p.diag.all()[0].pos), "c.y:5:15");
  EXPECT_EQ(p.sources.format(p.file->decls[0]->pos), "b.y:10");
  EXPECT_EQ(Parsed("package p\n//line a:0\n").errors(), "2:10: invalid line number: 0\n");
  EXPECT_EQ(Parsed("package p\n//line a:x\n").errors(), "2:10: invalid line number: x\n");
  EXPECT_EQ(Parsed("package p\n//line a:1:0\n").errors(), "2:12: invalid column number: 0\n");
}

TEST(Parser, Branches) {
  const std::pair<const char*, const char*> cases[] = {
      {"break", "3:1: break is not in a loop, switch, or select\n"},
      {"continue", "3:1: continue is not in a loop\n"},
      {"switch { case a: continue }", "3:18: continue is not in a loop\n"},
      {"fallthrough", "3:1: fallthrough statement out of place\n"},
      {"switch { case a: fallthrough }", "3:18: cannot fallthrough final case in switch\n"},
      {"switch { case a: { fallthrough }; case b: }", "3:20: fallthrough statement out of place\n"},
      {"switch x.(type) { case a: fallthrough; case b: }", "3:27: cannot fallthrough in type switch\n"},
      {"switch { case a: fallthrough; ; case b: }", ""},
      {"L: x()", "3:1: label L defined and not used\n"},
      {"goto L", "3:6: label L not defined\n"},
      {"L: for { for { break L; continue L } }", ""},
      {"L: x(); for { break L }", "3:21: invalid break label L\n"},
      {"L: switch { case a: for { continue L } }", "3:36: invalid continue label L\n"},
      {"for { break M }", "3:13: break label not defined: M\n"},
      {"L: ; L: ; goto L", "3:6: label L already defined at a.go:3:1\n"},
      {"goto L; x := 1; L: ; _ = x", "3:6: goto L jumps over declaration of x at a.go:3:11\n"},
      {"goto L; var x int; L: ; _ = x", "3:6: goto L jumps over declaration of x at a.go:3:13\n"},
      {"goto L; { L: }", "3:6: goto L jumps into block starting at a.go:3:9\n"},
      {"x := 1; goto L; L: ; _ = x", ""},
      {"{ goto L; x := 1; _ = x }; L:", ""},
      {"{ goto L }; x := 1; L: ; _ = x", "3:8: goto L jumps over declaration of x at a.go:3:15\n"},
      {"L: { goto L }", ""},
      {"_: goto _", "3:9: label _ not defined\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(bodyErrors(c.first), c.second) << c.first;

  Parsed p("package p\nfunc f() {\nL:\n\tfor {\n\t\tbreak L\n\t}\n\tgoto L\n}");
  auto& list = llvm::cast<FuncDecl>(p.file->decls[0])->body->list;
  auto* label = llvm::cast<LabeledStmt>(list[0]);
  auto* loop = llvm::cast<ForStmt>(label->stmt);
  EXPECT_EQ(llvm::cast<BranchStmt>(loop->body->list[0])->target, loop);
  EXPECT_EQ(llvm::cast<BranchStmt>(list[1])->target, label);
}

TEST(Parser, Directives) {
  Parsed p("//go:build linux && (go1.21 || !go1.18)\n\n//go:debug a=b\npackage p\nimport _ \"unsafe\"\n//go:linkname f g.h\n"
           "//go:noinline\n//go:nosplit\nfunc f()\n//go:embed a \"b c\" `d`\nvar x string\n");
  EXPECT_EQ(p.errors(), "");
  EXPECT_EQ(p.file->goVersion, "");
  EXPECT_TRUE(p.file->importsUnsafe);
  ASSERT_EQ(p.file->linknames.size(), 1u);
  EXPECT_EQ(p.file->linknames[0].target, "g.h");
  ASSERT_EQ(p.file->godebugs.size(), 1u);
  EXPECT_EQ(p.file->godebugs[0].second, "a=b");
  EXPECT_EQ(llvm::cast<FuncDecl>(p.file->decls[1])->pragma->flags, PragmaNoinline | PragmaNosplit | PragmaNocheckptr);
  auto* embeds = llvm::cast<VarDecl>(p.file->decls[2])->pragma;
  ASSERT_EQ(embeds->embeds.size(), 3u);
  EXPECT_EQ(embeds->embeds[1].pattern, "b c");
  checkPragmas(*p.file, p.diag);
  EXPECT_EQ(p.errors(), "10:3: go:embed requires import \"embed\" (or import _ \"embed\", if package is not used)\n");

  EXPECT_EQ(Parsed("//go:build go1.21 && linux || go1.22\npackage p").file->goVersion, "go1.21");
  EXPECT_EQ(Parsed("//go:build !!a\npackage p").file->goVersion, "");
  EXPECT_EQ(Parsed("package p\nvar x int //go:noinline\n").errors(), "2:13: misplaced compiler directive\n");
  EXPECT_EQ(Parsed("package p\nfunc f() {\n\t//go:noinline\n\tx()\n}").errors(), "3:4: misplaced compiler directive\n");
  EXPECT_EQ(Parsed("package p\n//go:linkname a b c\n").errors(), "2:3: usage: //go:linkname localname [linkname]\n");
  ParseOptions user;
  user.pragmas = PragmaPolicy::User;
  EXPECT_EQ(Parsed("package p\n//go:systemstack\nfunc f()\n", user).errors(), "2:3: //go:systemstack only allowed in runtime\n");
  Parsed misplaced("package p\n//go:noinline\nvar x int\n");
  checkPragmas(*misplaced.file, misplaced.diag);
  EXPECT_EQ(misplaced.errors(), "2:3: misplaced compiler directive\n");
}

// ---- hostile input

std::string repeat(llvm::StringRef s, unsigned n) {
  std::string out;
  out.reserve(s.size() * n);
  while (n-- > 0) out += s;
  return out;
}

/// Like the driver, on a thread with a large stack.
template <typename F> void onLargeStack(F body) {
  llvm::thread t(std::optional<unsigned>(64u << 20), [&] { body(); });
  t.join();
}

TEST(ParserLimits, NestingIsOneError) {
  onLargeStack([] {
    const unsigned n = 100000;
    const std::string sources[] = {
        "var x = " + repeat("(", n) + "1" + repeat(")", n),
        "var x = " + repeat("- ", n) + "1",
        "var x = " + repeat("<-", n) + "c",
        "var x " + repeat("*", n) + "int",
        "var x " + repeat("func(", n),
        "var x " + repeat("map[", n),
        "type T " + repeat("struct{ a ", n),
        "type T " + repeat("interface{ m(x ", n),
        "func f() {" + repeat("{", n) + repeat("}", n) + "}",
        "func f() {" + repeat("if a {} else ", n) + "{}}",
        "func f() {" + repeat("L: ", n) + "}",
        "var x = " + repeat("func() { x = ", n),
        "var x = T" + repeat("{", n),
        "var x = f" + repeat("()", n),
        "var x = f" + repeat(".a", n),
        "var x " + repeat("T[", n),
    };
    for (const std::string& s : sources) {
      std::string errors = Parsed("package p\n" + s + "\n").errors();
      EXPECT_TRUE(llvm::StringRef(errors).ends_with("syntax error: exceeded maximum nesting depth of 10000\n")) << s.substr(0, 30);
      EXPECT_EQ(llvm::StringRef(errors).count('\n'), 1u) << s.substr(0, 30);
    }
  });
}

TEST(ParserLimits, LongBinaryChains) {
  const unsigned n = 1000000;
  Parsed p("package p\nvar x = " + repeat("a+", n) + "a\ntype T interface { a" + repeat("|b", n) + " }\ntype U[P *a" + repeat("|b", n) + ",] int\n");
  EXPECT_EQ(p.errors(), "");
  Expr* x = llvm::cast<VarDecl>(p.file->decls[0])->values;
  EXPECT_EQ(startPos(x), (Pos{1, 9, 2}));
  size_t names = 0;
  inspect(static_cast<Node*>(x), [&](Node* node) {
    names += llvm::isa<Name>(node);
    return true;
  });
  EXPECT_EQ(names, n + 1u);
  EXPECT_EQ(exprString(x).size(), 4u * n + 1);
  EXPECT_LT(p.dump().size(), 800u << 20);
}

TEST(ParserLimits, LargeTokensAndGarbage) {
  EXPECT_EQ(Parsed("package p\nvar x = `" + std::string(10 << 20, 'a') + "`\n").errors(), "");
  EXPECT_EQ(Parsed("package p\nvar " + std::string(10 << 20, 'a') + " int\n").errors(), "");
  Parsed nul("package p\n" + std::string(1 << 20, '\0'));
  EXPECT_GT(nul.diag.count(), 0u);
  Parsed bytes("package p\n" + std::string(1 << 20, '\xff'));
  EXPECT_EQ(bytes.diag.count(), 1u); // one of equal errors on a line
  EXPECT_EQ(Parsed("").errors(), "1:1: syntax error: package statement must be first\n");
}

TEST(ParserLimits, ManyLabels) {
  std::string body;
  for (unsigned i = 0; i < 100000; i++) body += "goto L" + std::to_string(i) + ";";
  for (unsigned i = 0; i < 100000; i++) body += "L" + std::to_string(i) + ":;";
  EXPECT_EQ(bodyErrors(body), "");
}

// ---- Go's own sources, where they are installed

TEST(ParserCorpus, StandardLibraryParses) {
  const char* root = std::getenv("STOAT_GO_SOURCE");
  std::string folder = root ? root : "/usr/local/go/src";
  if (!llvm::sys::fs::is_directory(folder)) GTEST_SKIP() << "no Go source in " << folder;
  unsigned files = 0;
  std::error_code ec;
  for (llvm::sys::fs::recursive_directory_iterator it(folder, ec), end; it != end && !ec; it.increment(ec)) {
    llvm::StringRef path = it->path();
    if (path.ends_with("/testdata")) it.no_push();
    if (!path.ends_with(".go") || it->type() != llvm::sys::fs::file_type::regular_file) continue;
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer) continue;
    Parsed p((*buffer)->getBuffer());
    EXPECT_EQ(p.errors(), "") << path.str();
    files++;
  }
  EXPECT_GT(files, 1000u);
}

/// Every line marked // ERROR "pattern" has an error that matches, and no other line has one.
TEST(ParserCorpus, SyntaxErrorTests) {
  const char* root = std::getenv("STOAT_GO_TEST");
  std::string folder = (root ? std::string(root) : "/usr/local/go/test") + "/syntax";
  if (!llvm::sys::fs::is_directory(folder)) GTEST_SKIP() << "no Go tests in " << folder;
  unsigned matched = 0;
  std::error_code ec;
  for (llvm::sys::fs::directory_iterator it(folder, ec), end; it != end && !ec; it.increment(ec)) {
    llvm::StringRef path = it->path();
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!path.ends_with(".go") || !buffer) continue;
    llvm::StringRef text = (*buffer)->getBuffer();
    if (!text.starts_with("// errorcheck")) continue;
    Parsed p(text);
    if (!p.diag.hasErrors()) continue; // left to the checker
    llvm::SmallVector<llvm::StringRef> lines;
    text.split(lines, '\n');
    for (uint32_t i = 0; i < lines.size(); i++) {
      std::vector<std::string> messages;
      for (const Diagnostic& d : p.diag.all())
        if (d.pos.line == i + 1) messages.push_back(d.message);
      size_t at = lines[i].find("// ERROR \"");
      if (at == llvm::StringRef::npos) {
        EXPECT_TRUE(messages.empty()) << path.str() << ":" << i + 1 << ": " << messages[0];
        continue;
      }
      llvm::StringRef pattern = lines[i].substr(at + 10).split('"').first;
      bool found = false;
      for (const std::string& m : messages) found = found || llvm::Regex(pattern).match(m);
      EXPECT_TRUE(found) << path.str() << ":" << i + 1 << ": " << (messages.empty() ? "no error" : messages[0]);
      matched++;
    }
  }
  EXPECT_GT(matched, 20u);
}

} // namespace
