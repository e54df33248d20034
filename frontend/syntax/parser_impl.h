// The recursive-descent parser's state and methods, one per production of cmd/compile/internal/syntax/parser.go; they are
// spread over parser.cpp (errors, files, lists), parse_decl, parse_type, parse_expr and parse_stmt.
//
// Invariants
// - depth_ counts nested expressions, types and statements. Every cycle of the call graph passes through a Nesting; at
//   maxNesting one error is reported and the lexer goes to end of file, so the parser unwinds at once.
// - Children are collected on scratch_ (a stack shared by all lists) and copied once to a vector of exact size.
// - After an error the tree is complete but may hold BadExpr; methods return null only where their name ends in OrNull.
#pragma once
#include "syntax/lexer.h"
#include "syntax/parser.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <initializer_list>

namespace stoat {

/// checks break, continue, goto, fallthrough and labels of one function body, and sets the targets (branches.cpp).
void checkBranches(BlockStmt* body, DiagEngine& diag);
/// Minimum Go version that a //go:build line implies ("go1.21" or empty); false if the line is malformed (pragma.cpp).
bool buildLineVersion(llvm::StringRef line, std::string& version);

class Parser final : Lexer, LexEvents {
public:
  Parser(Arena& arena, DiagEngine& diag, uint16_t fileBase, llvm::StringRef path, llvm::StringRef text,
         const ParseOptions& options);
  void parse(SourceFile& file);

private:
  template <typename T> T* make(Pos p) { return arena_.make<T>(p); }

  // ---- parser.cpp
  Pos posAt(uint32_t atLine, uint32_t atCol) const {
    return {base_, static_cast<uint16_t>(atCol > UINT16_MAX ? UINT16_MAX : atCol), atLine};
  }
  Pos pos() const { return posAt(line, col); }
  void lexError(uint32_t line, uint32_t col, std::string message) override;
  void directive(uint32_t line, uint32_t col, llvm::StringRef text) override;
  void updateBase(Pos from, uint32_t textLine, uint32_t textCol, llvm::StringRef text);
  void errorAt(Pos pos, std::string message);
  void error(std::string message) { errorAt(pos(), std::move(message)); }
  void syntaxErrorAt(Pos pos, std::string message);
  void syntaxError(std::string message) { syntaxErrorAt(pos(), std::move(message)); }
  bool got(Token t) {
    if (tok != t) return false;
    next();
    return true;
  }
  void want(Token t);
  bool gotAssign();
  void advance(std::initializer_list<Token> follow);
  void nestingError();
  /// Calls `element` for each element of a list; stops after it returned true. Gives the closing token's position.
  Pos list(const char* context, Token separator, Token close, llvm::function_ref<bool()> element);
  template <typename T> std::vector<T*> take(size_t mark) {
    std::vector<T*> out;
    out.reserve(scratch_.size() - mark);
    for (size_t i = mark; i < scratch_.size(); i++) out.push_back(static_cast<T*>(scratch_[i]));
    scratch_.resize(mark);
    return out;
  }

  // ---- pragma.cpp
  PragmaInfo* takePragma() {
    PragmaInfo* p = pragma_;
    pragma_ = nullptr;
    return p;
  }
  void clearPragma() {
    if (pragma_) reportUnusedPragma();
  }
  /// Unlike errorAt, does not make the parser think that the source is malformed.
  void pragmaError(Pos pos, std::string message) {
    if (!stopped_) diag_.report(pos, DiagKind::Pragma, std::move(message));
  }
  void reportUnusedPragma();
  void pragma(Pos pos, llvm::StringRef text);
  void embedPragma(Pos pos, llvm::StringRef arguments);

  // ---- parse_decl.cpp
  using DeclParser = Decl* (Parser::*)(Group*);
  void appendGroup(DeclParser parse); // appends to scratch_
  Decl* importDecl(Group* group);
  Decl* constDecl(Group* group);
  Decl* typeDecl(Group* group);
  Decl* varDecl(Group* group);
  FuncDecl* funcDecl();
  BlockStmt* funcBody();

  // ---- parse_expr.cpp
  Expr* expr() { return binaryExpr(nullptr, 0); }
  Expr* binaryExpr(Expr* x, unsigned above);
  Expr* unaryExpr();
  Expr* recvOrChan(Pos at);
  Expr* operand(bool keepParens);
  Expr* primaryExpr(Expr* x, bool keepParens);
  Expr* selectorOrAssert(Expr* x, Pos at);
  Expr* indexOrSlice(Expr* x, Pos at);
  Expr* call(Expr* x, Pos at);
  bool isLiteralType(Expr* t);
  CompositeLit* compositeLit();
  Expr* element();
  Expr* exprList();
  Expr* typeList(bool strict, bool& comma);
  BasicLit* literalOrNull();
  Name* name();
  std::vector<Name*> nameList(Name* first);
  BadExpr* badExpr() { return make<BadExpr>(pos()); }

  // ---- parse_type.cpp
  Expr* type();
  Expr* typeOrNull();
  Expr* indirect(Pos at, Expr* base);
  Expr* typeInstance(Expr* generic);
  Expr* qualifiedName(Name* first);
  FuncType* funcType(const char* context, std::vector<Field*>* tparams = nullptr);
  Expr* arrayType(Pos at, Expr* length);
  Expr* sliceType(Pos at);
  Expr* arrayOrTypeArgs();
  Expr* chanElem();
  StructType* structType();
  InterfaceType* interfaceType();
  std::vector<Field*> funcResult();
  void addField(StructType* type, Pos at, Name* name, Expr* typeExpr, BasicLit* tag);
  void fieldDecl(StructType* type);
  Field* methodDecl();
  Field* embeddedElem(Field* f);
  Expr* embeddedTerm();
  Field* paramDeclOrNull(Name* name, Token follow);
  std::vector<Field*> paramList(Name* name, Expr* typeExpr, Token close, bool requireNames, bool dotsOk);
  void distributeTypes(std::vector<Field*>& params, unsigned named, unsigned typed, Pos end, bool requireNames);

  // ---- parse_stmt.cpp
  struct Header { Stmt* init = nullptr; Expr* cond = nullptr; Stmt* post = nullptr; };
  Header header(Token keyword);
  Expr* condition(Stmt* s, Token keyword, Pos semiPos, llvm::StringRef semiText);
  Stmt* simpleStmt(Expr* lhs, Token keyword);
  Stmt* rangeClause(Expr* lhs, bool def);
  Stmt* assignment(Pos at, Op op, Expr* lhs, Expr* rhs);
  Stmt* exprStmt(Expr* x);
  Stmt* labeledStmtOrNull(Name* label);
  BlockStmt* blockStmt(const char* context);
  Stmt* declStmt(DeclParser parse);
  Stmt* ifStmt();
  Stmt* switchStmt();
  Stmt* selectStmt();
  CaseClause* caseClause();
  CommClause* commClause();
  Stmt* callStmt();
  Stmt* branchStmt();
  Stmt* stmtOrNull();
  std::vector<Stmt*> stmtList();

  friend class Nesting;

  Arena& arena_;
  DiagEngine& diag_;
  const ParseOptions& options_;
  const uint16_t fileBase_;
  const llvm::StringRef path_;
  SourceFile* file_ = nullptr;
  uint16_t base_;             // position base: the file, or the last //line directive
  PragmaInfo* pragma_ = nullptr; // directives that wait for their declaration
  std::string goVersion_;
  std::vector<void*> scratch_;
  unsigned errors_ = 0;
  unsigned depth_ = 0;
  int functionNest_ = 0;   // within function bodies statements' keywords end error recovery
  int expressionNest_ = 0; // < 0: in a statement header, where T { is not a composite literal
  bool top_ = true;        // before the package clause
  bool stopped_ = false;   // after nestingError
};

/// One level of recursion; false when there are too many, and the caller returns what it has.
class Nesting {
public:
  explicit Nesting(Parser& p) : parser_(p) {
    if (++parser_.depth_ > maxNesting) parser_.nestingError();
  }
  ~Nesting() { parser_.depth_--; }
  explicit operator bool() const { return parser_.depth_ <= maxNesting; }

private:
  Parser& parser_;
};

} // namespace stoat
