// The syntax tree. Node names, fields and *positions* follow Go's cmd/compile/internal/syntax/nodes.go (the source to consult for
// what a field means), because gc's diagnostics are defined by those positions: an Operation, CallExpr, SelectorExpr,
// IndexExpr ... carries the position that package gives it, and startPos()/endPos() walk to the ends as there.
//
// Nodes live in the Arena and are never freed. The parser makes them; the checker writes only the fields under
// "after checking"; later phases only read. Absent optional children are null. Lists are SmallVector-free plain
// std::vector: the arena does not run destructors, which leaks the heap blocks until exit on purpose.
#pragma once
#include "base/arena.h"
#include "base/const_value.h"
#include "base/source.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Casting.h"
#include <vector>

namespace stoat {

// After checking (frontend/check); opaque here.
class Type;
class Object;
class TypeName;
class Scope;
struct Selection;
struct Instance;

enum class NodeKind : uint8_t {
  // expressions
  BadExpr, Name, BasicLit, CompositeLit, KeyValueExpr, FuncLit, ParenExpr, SelectorExpr, IndexExpr, SliceExpr, AssertExpr,
  TypeSwitchGuard, Operation, CallExpr, ListExpr, ArrayType, SliceType, DotsType, StructType, InterfaceType, FuncType,
  MapType, ChanType,
  // declarations
  ImportDecl, ConstDecl, TypeDecl, VarDecl, FuncDecl,
  // statements
  EmptyStmt, LabeledStmt, BlockStmt, ExprStmt, SendStmt, DeclStmt, AssignStmt, BranchStmt, CallStmt, ReturnStmt, IfStmt,
  ForStmt, SwitchStmt, SelectStmt, RangeClause,
  // parts
  Field, CaseClause, CommClause,
};
inline constexpr NodeKind lastExprKind = NodeKind::ChanType;
inline constexpr NodeKind lastDeclKind = NodeKind::FuncDecl;
inline constexpr NodeKind lastStmtKind = NodeKind::RangeClause;

struct Node {
  NodeKind kind;
  Pos pos;

protected:
  Node(NodeKind k, Pos p) : kind(k), pos(p) {}
};

/// What the checker found out about an expression (go/types.TypeAndValue).
enum class ExprMode : uint8_t { Unchecked, NoValue, Builtin, TypeExpr, Constant, Variable /*addressable*/, MapIndex, Value, NilValue, CommaOk, CommaErr, CgoFunc };

struct Expr : Node {
  // after checking
  Type* type = nullptr;    // never an untyped type for a value that codegen needs, except untyped nil (see checker's recordUntyped)
  ConstValue constant;     // valid iff mode == Constant
  ExprMode mode = ExprMode::Unchecked;
  bool isUntypedLhs = false; // checker only: left operand of a shift whose type is not known yet
  bool isType() const { return mode == ExprMode::TypeExpr; }
  static bool classof(const Node* n) { return n->kind <= lastExprKind; }

protected:
  using Node::Node;
};
struct Decl : Node {
  static bool classof(const Node* n) { return n->kind > lastExprKind && n->kind <= lastDeclKind; }
protected:
  using Node::Node;
};
struct Stmt : Node {
  static bool classof(const Node* n) { return n->kind > lastDeclKind && n->kind <= lastStmtKind; }
protected:
  using Node::Node;
};

#define STOAT_NODE(NAME, BASE)                                                                                         \
  explicit NAME(Pos p) : BASE(NodeKind::NAME, p) {}                                                                    \
  static bool classof(const Node* n) { return n->kind == NodeKind::NAME; }

struct BlockStmt; struct FuncType; struct Field; struct CaseClause; struct CommClause; struct BasicLit;

// ---- expressions

struct BadExpr : Expr { STOAT_NODE(BadExpr, Expr) };

struct Name : Expr {
  STOAT_NODE(Name, Expr)
  llvm::StringRef value;
  // after checking
  Object* object = nullptr;     // definition or use (go/types Defs and Uses); for the symbolic variable of a type switch guard: null
  bool isDef = false;           // this name declares `object`
  Instance* instance = nullptr; // for a use of a generic function or type: its type arguments and instantiated type
};

struct BasicLit : Expr {
  STOAT_NODE(BasicLit, Expr)
  llvm::StringRef value; // source text
  ConstValue::LitKind litKind = ConstValue::LitKind::Int;
  bool bad = false; // had a syntax error
};

struct CompositeLit : Expr {
  STOAT_NODE(CompositeLit, Expr)
  Expr* typeExpr = nullptr; // null: elided
  std::vector<Expr*> elems; // KeyValueExpr or values
  unsigned keyCount = 0;
  Pos rbrace;
};

struct KeyValueExpr : Expr { STOAT_NODE(KeyValueExpr, Expr) Expr* key = nullptr; Expr* value = nullptr; };

struct FuncLit : Expr {
  STOAT_NODE(FuncLit, Expr)
  FuncType* typeExpr = nullptr;
  BlockStmt* body = nullptr;
  unsigned number = 0; // from 1, among the literals directly in a function: its place in names; set by the MIR builder
};

struct ParenExpr : Expr { STOAT_NODE(ParenExpr, Expr) Expr* x = nullptr; };

struct SelectorExpr : Expr {
  STOAT_NODE(SelectorExpr, Expr)
  Expr* x = nullptr;
  Name* sel = nullptr;
  // after checking: null for qualified identifiers (pkg.Name: see sel->object)
  Selection* selection = nullptr;
};

struct IndexExpr : Expr { STOAT_NODE(IndexExpr, Expr) Expr* x = nullptr; Expr* index = nullptr; }; // index may be a ListExpr (instantiation)

struct SliceExpr : Expr {
  STOAT_NODE(SliceExpr, Expr)
  Expr* x = nullptr;
  Expr* index[3] = {nullptr, nullptr, nullptr};
  bool full = false; // a[i:j:k]
};

struct AssertExpr : Expr { STOAT_NODE(AssertExpr, Expr) Expr* x = nullptr; Expr* typeExpr = nullptr; };

struct TypeSwitchGuard : Expr { STOAT_NODE(TypeSwitchGuard, Expr) Name* lhs = nullptr; Expr* x = nullptr; };

struct Operation : Expr {
  STOAT_NODE(Operation, Expr)
  Op op = Op::None;
  Expr* x = nullptr;
  Expr* y = nullptr; // null: unary
};

struct CallExpr : Expr {
  STOAT_NODE(CallExpr, Expr)
  Expr* fun = nullptr;
  std::vector<Expr*> args;
  bool hasDots = false;
};

struct ListExpr : Expr { STOAT_NODE(ListExpr, Expr) std::vector<Expr*> elems; };

struct ArrayType : Expr { STOAT_NODE(ArrayType, Expr) Expr* len = nullptr; /* null: [...] */ Expr* elem = nullptr; };
struct SliceType : Expr { STOAT_NODE(SliceType, Expr) Expr* elem = nullptr; };
struct DotsType : Expr { STOAT_NODE(DotsType, Expr) Expr* elem = nullptr; };
struct StructType : Expr {
  STOAT_NODE(StructType, Expr)
  std::vector<Field*> fields;
  std::vector<BasicLit*> tags; // shorter than fields, or null entries: no tag
};
struct InterfaceType : Expr { STOAT_NODE(InterfaceType, Expr) std::vector<Field*> methods; };
struct FuncType : Expr {
  STOAT_NODE(FuncType, Expr)
  std::vector<Field*> params;
  std::vector<Field*> results;
};
struct MapType : Expr { STOAT_NODE(MapType, Expr) Expr* key = nullptr; Expr* value = nullptr; };
enum class ChanDirection : uint8_t { Both, SendOnly, RecvOnly };
struct ChanType : Expr { STOAT_NODE(ChanType, Expr) ChanDirection dir = ChanDirection::Both; Expr* elem = nullptr; };

struct Field : Node { // struct field, parameter, interface element, type parameter
  STOAT_NODE(Field, Node)
  Name* name = nullptr;    // null: anonymous parameter, embedded field or interface element
  Expr* typeExpr = nullptr; // fields declared in one list share it (identical pointers)
  // after checking
  Object* implicitObject = nullptr; // of anonymous parameters and receivers; of embedded fields (their Name is a use of the type)
};

// ---- pragmas (//go: directives)

enum Pragma : uint32_t {
  PragmaNone = 0,
  PragmaNoinline = 1 << 0, PragmaNosplit = 1 << 1, PragmaNoescape = 1 << 2, PragmaNorace = 1 << 3,
  PragmaNocheckptr = 1 << 4, PragmaSystemstack = 1 << 5, PragmaNowritebarrier = 1 << 6, PragmaNowritebarrierrec = 1 << 7,
  PragmaYeswritebarrierrec = 1 << 8, PragmaUintptrKeepAlive = 1 << 9, PragmaUintptrEscapes = 1 << 10,
  PragmaNotInHeap = 1 << 11, PragmaRegisterParams = 1 << 12, PragmaCgoUnsafeArgs = 1 << 13, PragmaNointerface = 1 << 14,
  PragmaNative = 1u << 30, // not written in source: a bodyless function that is implemented in C++ (mir::markNatives)
  PragmaGoBuild = 1 << 15,
};
struct PragmaUse { Pos pos; uint32_t flags; }; // one directive
struct EmbedPattern { Pos pos; std::string pattern; };
struct PragmaInfo { // attached to the declaration that follows
  uint32_t flags = 0;
  std::vector<EmbedPattern> embeds;
  std::vector<PragmaUse> uses; // each with its position, for checkPragmas
};
struct Linkname { // file level: //go:linkname local [target]; target empty for the one-argument form
  Pos pos;
  llvm::StringRef local;
  llvm::StringRef target;
};

// ---- declarations

struct Group {}; // identity only: declarations in one parenthesised group share it

struct ImportDecl : Decl {
  STOAT_NODE(ImportDecl, Decl)
  Group* group = nullptr;
  PragmaInfo* pragma = nullptr;
  Name* localName = nullptr; // including "." and "_"
  BasicLit* path = nullptr;
  // after checking
  Object* implicitObject = nullptr; // the PkgName when localName is null
};
struct ConstDecl : Decl {
  STOAT_NODE(ConstDecl, Decl)
  Group* group = nullptr;
  PragmaInfo* pragma = nullptr;
  std::vector<Name*> names;
  Expr* typeExpr = nullptr;
  Expr* values = nullptr; // one expression or a ListExpr
};
struct TypeDecl : Decl {
  STOAT_NODE(TypeDecl, Decl)
  Group* group = nullptr;
  PragmaInfo* pragma = nullptr;
  Name* name = nullptr;
  std::vector<Field*> tparams;
  bool alias = false;
  Expr* typeExpr = nullptr;
};
struct VarDecl : Decl {
  STOAT_NODE(VarDecl, Decl)
  Group* group = nullptr;
  PragmaInfo* pragma = nullptr;
  std::vector<Name*> names;
  Expr* typeExpr = nullptr;
  Expr* values = nullptr;
};
struct FuncDecl : Decl {
  STOAT_NODE(FuncDecl, Decl)
  PragmaInfo* pragma = nullptr;
  Field* recv = nullptr;
  Name* name = nullptr;
  std::vector<Field*> tparams;
  FuncType* typeExpr = nullptr;
  BlockStmt* body = nullptr; // null: declared without body
};

// ---- statements

struct EmptyStmt : Stmt { STOAT_NODE(EmptyStmt, Stmt) };
struct LabeledStmt : Stmt { STOAT_NODE(LabeledStmt, Stmt) Name* label = nullptr; Stmt* stmt = nullptr; };
struct BlockStmt : Stmt { STOAT_NODE(BlockStmt, Stmt) std::vector<Stmt*> list; Pos rbrace; };
struct ExprStmt : Stmt { STOAT_NODE(ExprStmt, Stmt) Expr* x = nullptr; };
struct SendStmt : Stmt { STOAT_NODE(SendStmt, Stmt) Expr* chan = nullptr; Expr* value = nullptr; };
struct DeclStmt : Stmt { STOAT_NODE(DeclStmt, Stmt) std::vector<Decl*> decls; };
struct AssignStmt : Stmt {
  STOAT_NODE(AssignStmt, Stmt)
  Op op = Op::None; // None: =, Def: :=, else op=
  Expr* lhs = nullptr;
  Expr* rhs = nullptr; // null: lhs++ (op Add) or lhs-- (op Sub)
};
enum class BranchToken : uint8_t { Break, Continue, Fallthrough, Goto };
struct BranchStmt : Stmt {
  STOAT_NODE(BranchStmt, Stmt)
  BranchToken tok = BranchToken::Break;
  Name* label = nullptr;
  // after parsing (branches.cpp): the enclosing ForStmt, SwitchStmt or SelectStmt for break and continue, also with a label (the
  // labelled statement itself, not its LabeledStmt); the LabeledStmt for goto; null for fallthrough
  Stmt* target = nullptr;
};
enum class CallToken : uint8_t { Go, Defer };
struct CallStmt : Stmt { STOAT_NODE(CallStmt, Stmt) CallToken tok = CallToken::Go; Expr* call = nullptr; };
struct ReturnStmt : Stmt { STOAT_NODE(ReturnStmt, Stmt) Expr* results = nullptr; };
struct IfStmt : Stmt { STOAT_NODE(IfStmt, Stmt) Stmt* init = nullptr; Expr* cond = nullptr; BlockStmt* then = nullptr; Stmt* els = nullptr; };
struct ForStmt : Stmt {
  STOAT_NODE(ForStmt, Stmt)
  Stmt* init = nullptr; // a RangeClause for range loops (then cond and post are null)
  Expr* cond = nullptr;
  Stmt* post = nullptr;
  BlockStmt* body = nullptr;
};
struct SwitchStmt : Stmt {
  STOAT_NODE(SwitchStmt, Stmt)
  Stmt* init = nullptr;
  Expr* tag = nullptr; // a TypeSwitchGuard for type switches
  std::vector<CaseClause*> body;
  Pos rbrace;
};
struct SelectStmt : Stmt { STOAT_NODE(SelectStmt, Stmt) std::vector<CommClause*> body; Pos rbrace; };
struct RangeClause : Stmt { STOAT_NODE(RangeClause, Stmt) Expr* lhs = nullptr; bool def = false; Expr* x = nullptr; };
struct CaseClause : Node {
  STOAT_NODE(CaseClause, Node)
  Expr* cases = nullptr; // null: default
  std::vector<Stmt*> body;
  Pos colon;
  // after checking: in a type switch with a symbolic variable, this clause's variable
  Object* implicitObject = nullptr;
};
struct CommClause : Node {
  STOAT_NODE(CommClause, Node)
  Stmt* comm = nullptr; // null: default
  std::vector<Stmt*> body;
  Pos colon;
};

#undef STOAT_NODE

// ---- a file

struct SourceFile {
  uint16_t base = 0;           // its index in the SourceTable
  llvm::StringRef path;        // as given on the command line
  Pos pos;                     // of the package clause
  PragmaInfo* pragma = nullptr;
  Name* packageName = nullptr;
  std::vector<Decl*> decls;
  std::vector<Linkname> linknames;
  std::string goVersion;       // from //go:build constraints, "go1.21" or empty
  std::vector<std::pair<Pos, std::string>> godebugs; // //go:debug key=value
  std::vector<std::pair<Pos, std::string>> cgoDirectives; // //go:cgo_*, without the slashes
  Pos eof;
  bool importsUnsafe = false;
  bool importsEmbed = false;
};

/// Position of the first and the position just past the last token of `n` (cmd/compile/internal/syntax/positions.go).
Pos startPos(const Node* n);
Pos endPos(const Node* n);

/// Strips ParenExprs. unpackList: the elements of a ListExpr, or the one expression, or nothing for null.
Expr* unparen(Expr* x);
std::vector<Expr*> unpackList(Expr* x);
/// Source form of an expression for messages, as syntax.String: function bodies and composite literals' elements as {…}.
std::string exprString(const Expr* x);
/// The same for any expression or simple statement (assignment, send, range clause ...).
std::string nodeString(const Node* n);
/// Calls `visit` on n and its descendants in source order; descends while visit returns true.
template <typename F> void inspect(Node* n, F&& visit);
void inspectNode(Node* n, bool (*visit)(void*, Node*), void* context);
template <typename F> void inspect(Node* n, F&& visit) {
  inspectNode(n, [](void* c, Node* m) -> bool { return (*static_cast<std::remove_reference_t<F>*>(c))(m); }, &visit);
}

} // namespace stoat
