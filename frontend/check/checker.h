// The state of checking one package, and the declarations of every step (internal to frontend/check).
//
// Algorithms, wording and error positions follow cmd/compile/internal/types2; methods carry that package's names, so that
// the reference for a method is the method of the same name there. Members are public: this header is the folder's
// private vocabulary; the public interface is check.h.
#pragma once
#include "check/check.h"
#include "check/operand.h"
#include "check/predicates.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat {

/// A language version go1.N; N < 0: none given (everything allowed).
struct GoVersion {
  int minor = -1;
  bool isValid() const { return minor >= 0; }
  std::string string() const { return minor < 0 ? "" : minor == 0 ? "go1" : "go1." + std::to_string(minor); }
  friend bool operator<(GoVersion a, GoVersion b) { return a.minor < b.minor; }
  friend bool operator>=(GoVersion a, GoVersion b) { return a.minor >= b.minor; }
  static GoVersion parse(llvm::StringRef text);
};
inline constexpr GoVersion go1_9{9}, go1_13{13}, go1_14{14}, go1_17{17}, go1_18{18}, go1_20{20}, go1_21{21}, go1_22{22}, go1_23{23}, go1_26{26};
inline constexpr GoVersion goCurrent{26};

/// Where an error is reported: nodes and operands at their leftmost token, objects at their declaration.
struct At {
  Pos pos;
  At(Pos p) : pos(p) {}
  At(const Node* n) : pos(startPos(n)) {}
  At(const Operand* x) : pos(x->expr ? startPos(x->expr) : Pos()) {}
  At(const Operand& x) : At(&x) {}
  At(const Object* o) : pos(o->pos) {}
};

/// An argument of errorf and sprintf. Formats know %s %v %d %q %t and %%; operands, expressions, objects and types print as in gc.
class FmtArg {
public:
  enum Tag : uint8_t { Str, Int, Bool, OperandTag, OperandsTag, ExprTag, ExprsTag, ObjectTag, TypeTag, TypesTag, TypeParamsTag, PosTag, ConstTag };
  FmtArg(const char* s) : tag(Str), str(s) {}
  FmtArg(llvm::StringRef s) : tag(Str), str(s) {}
  FmtArg(const std::string& s) : tag(Str), str(s) {}
  FmtArg(bool v) : tag(Bool), num(v) {}
  FmtArg(int v) : tag(Int), num(v) {}
  FmtArg(unsigned v) : tag(Int), num(v) {}
  FmtArg(int64_t v) : tag(Int), num(v) {}
  FmtArg(size_t v) : tag(Int), num(static_cast<int64_t>(v)) {}
  FmtArg(const Operand* x) : tag(OperandTag), ptr(x) {}
  FmtArg(const Operand& x) : tag(OperandTag), ptr(&x) {}
  FmtArg(llvm::ArrayRef<Operand*> x) : tag(OperandsTag), ptr(x.data()), num(x.size()) {}
  FmtArg(const Expr* e) : tag(ExprTag), ptr(e) {}
  FmtArg(llvm::ArrayRef<Expr*> e) : tag(ExprsTag), ptr(e.data()), num(e.size()) {}
  FmtArg(const Object* o) : tag(ObjectTag), ptr(o) {}
  FmtArg(const Type* t) : tag(TypeTag), ptr(t) {}
  FmtArg(llvm::ArrayRef<Type*> t) : tag(TypesTag), ptr(t.data()), num(t.size()) {}
  FmtArg(llvm::ArrayRef<TypeParam*> t) : tag(TypeParamsTag), ptr(t.data()), num(t.size()) {}
  FmtArg(Pos p) : tag(PosTag), pos(p) {}
  FmtArg(const ConstValue& v) : tag(ConstTag), ptr(&v) {}
  FmtArg(GoVersion v) : tag(Str), own(v.string()) { str = own; }
  FmtArg(Op op) : tag(Str), str(opText(op)) {}

  Tag tag;
  llvm::StringRef str;
  const void* ptr = nullptr;
  int64_t num = 0;
  Pos pos;
  std::string own;
};
using FmtArgs = std::initializer_list<FmtArg>;

/// An error under construction: a first message and further lines with their own positions.
class ErrorReport {
public:
  ErrorReport(Checker* check, DiagKind kind) : check_(check), kind_(kind) {}
  template <typename... Args> void addf(At at, const char* format, const Args&... args) { add(at, format, {FmtArg(args)...}); }
  void add(At at, const char* format, FmtArgs args);
  void addAltDecl(const Object* o); // "other declaration of x"
  bool empty() const { return lines_.empty(); }
  Pos pos() const { return lines_.empty() ? Pos() : lines_.front().first; }
  std::string message() const;
  void setSoft() { soft_ = true; }
  void report();

private:
  Checker* check_;
  DiagKind kind_;
  bool soft_ = false;
  llvm::SmallVector<std::pair<Pos, std::string>, 1> lines_;
};

/// A package-level const, type, var or func declaration.
struct DeclInfo {
  Scope* file = nullptr; // scope of the declaring file
  GoVersion version;     // of that file
  std::vector<Var*> lhs; // n:1 variable declarations
  Expr* vtyp = nullptr;
  Expr* init = nullptr;
  bool inherited = false; // init comes from an earlier constant specification
  TypeDecl* tdecl = nullptr;
  FuncDecl* fdecl = nullptr;
  llvm::SetVector<Object*, llvm::SmallVector<Object*, 4>, llvm::DenseSet<Object*>> deps; // of init or body
  bool hasInitializer() const { return init || (fdecl && fdecl->body); }
};

/// The context in which an object or function body is checked (types2 environment).
struct Environment {
  DeclInfo* decl = nullptr; // package-level declaration whose init expression or body is checked
  Scope* scope = nullptr;
  GoVersion version;
  ConstValue iota; // invalid outside constant declarations
  Pos errpos;      // if known: identifier of a constant with inherited initialiser
  bool inTParamList = false;
  Signature* sig = nullptr; // of the function that is checked
  bool hasLabel = false;
  bool hasCallOrRecv = false;
  Object* lookup(llvm::StringRef name) const { return lookupScope(name).second; }
  std::pair<Scope*, Object*> lookupScope(llvm::StringRef name) const;
};

enum class ExprKind : uint8_t { Conversion, Expression, Statement };

/// Signature type and description of an assignment's left side, for inference of a generic function value on the right.
struct Target { Signature* sig; std::string desc; };


using TypeArgs = llvm::SmallVector<Type*, 4>;
using OperandList = llvm::SmallVector<Operand*, 4>; // operands live in the checker's arena

struct SubstMap { // type parameter -> type argument
  llvm::ArrayRef<TypeParam*> from;
  llvm::ArrayRef<Type*> to;
  bool empty() const { return from.empty(); }
  Type* lookup(TypeParam* p) const { // p itself when not mapped
    for (size_t i = 0; i < from.size(); i++) if (from[i] == p) return to[i];
    return reinterpret_cast<Type*>(p);
  }
};

struct MonoGraph; // mono.cpp

class Checker : public Environment {
public:
  Checker(Package* pkg, Importer& importer, DiagEngine& diag, const CheckOptions& options);
  ~Checker();

  // ---- inputs and results
  Package* pkg;
  Importer& importer;
  DiagEngine& diag;
  const CheckOptions& options;
  TargetSizes sizes;
  Context* ctxt;
  CheckedPackage* result;
  std::vector<SourceFile*> files;

  // ---- state
  std::vector<Object*> objList;              // objects with declInfo, in source order
  llvm::DenseMap<Object*, DeclInfo*> objMap; // package-level objects and (non-interface) methods
  std::vector<GoVersion> fileVersions;       // by position base (of physical files)
  std::vector<PkgName*> imports;
  llvm::StringMap<Package*> impMap;
  llvm::DenseMap<std::pair<Scope*, Object*>, PkgName*> dotImportMap; // (file scope, imported object)
  llvm::DenseMap<TypeName*, std::vector<Func*>> methods; // associated with package-scope type names, until collectMethods
  llvm::DenseMap<UnionType*, TypeSet*> unionTypeSets;
  MonoGraph* mono = nullptr;
  bool hasError = false; // an error was reported in this package

  struct Action { GoVersion version; llvm::unique_function<void()> run; };
  std::vector<Action> delayed;
  std::vector<Object*> objPath;
  llvm::DenseMap<Object*, int> objPathIdx;
  std::vector<Type*> cleaners; // Named, TypeParam, Interface, Alias
  llvm::StringMap<llvm::SmallPtrSet<const Package*, 2>> pkgPathMap; // package name -> packages, for messages
  llvm::DenseSet<const Package*> seenPkgMap;
  llvm::DenseSet<CallExpr*> panicCalls; // in functions with results, for the termination check
  uint32_t localTypeCount = 0;
  uint32_t localAliasCount = 0;
  static constexpr uint32_t localAliasBit = 1u << 31;
  Func* currentFunc = nullptr; // whose body is being checked (also inside its function literals); null for package-level initialisers

  // ==== errors.cpp, format.cpp, version.cpp
  template <typename... Args> void errorf(At at, DiagKind kind, const char* format, const Args&... args) { errorArgs(at, kind, false, format, {FmtArg(args)...}); }
  template <typename... Args> void softErrorf(At at, DiagKind kind, const char* format, const Args&... args) { errorArgs(at, kind, true, format, {FmtArg(args)...}); }
  void error(At at, DiagKind kind, const std::string& message) { errorArgs(at, kind, false, "%s", {FmtArg(message)}); }
  void errorArgs(At at, DiagKind kind, bool soft, const char* format, FmtArgs args);
  template <typename... Args> void versionErrorf(At at, GoVersion v, const char* format, const Args&... args) { versionError(at, v, sprintfArgs(format, {FmtArg(args)...})); }
  void versionError(At at, GoVersion v, const std::string& what);
  void handleError(Pos pos, DiagKind kind, const std::string& message, bool soft);
  bool allowVersion(GoVersion want) const { return !version.isValid() || version >= want; }
  template <typename... Args> bool verifyVersionf(At at, GoVersion v, const char* format, const Args&... args) {
    if (allowVersion(v)) return true;
    versionErrorf(at, v, format, args...);
    return false;
  }
  template <typename... Args> std::string sprintf(const char* format, const Args&... args) { return sprintfArgs(format, {FmtArg(args)...}); }
  std::string sprintfArgs(const char* format, FmtArgs args);
  std::string versionHint(Pos pos, llvm::StringRef message);
  std::string qualify(const Package* p);
  Qualifier qualifier() { return [this](const Package* p) { return qualify(p); }; }
  void markImports(const Package* p);
  std::string typeStr(const Type* t) { return typeString(t, qualifier()); }

  // ==== check.cpp
  void checkFiles(const std::vector<SourceFile*>& files);
  void initFiles(const std::vector<SourceFile*>& files);
  void addDeclDep(Object* to);
  /// Runs f after the current object is set up (types2 later). Function bodies and checks that need complete types.
  void later(llvm::unique_function<void()> f) { delayed.push_back({version, std::move(f)}); }
  void processDelayed(size_t top);
  void push(Object* o);
  Object* pop();
  void needsCleanup(Type* t) { cleaners.push_back(t); }
  void cleanup();
  void checkDirectives();
  void embedDirectives(VarDecl* d);
  template <typename T, typename... Args> T* make(Args&&... args) { return typeArena().make<T>(std::forward<Args>(args)...); }
  Var* newVar(VarKind kind, Pos pos, llvm::StringRef name, Type* type);
  Var* newParam(Pos pos, llvm::StringRef name, Type* type) { return newVar(VarKind::Param, pos, name, type); }
  TupleType* newTuple(llvm::ArrayRef<Var*> vars);

  // ==== recording.cpp (results go to the syntax nodes)
  void record(Operand* x);
  void recordTypeAndValue(Expr* x, OperandMode mode, Type* type, const ConstValue& val);
  void recordBuiltinType(Expr* f, Signature* sig);
  void recordCommaOkTypes(Expr* x, Type* t0, Type* t1);
  void recordInstance(Expr* e, llvm::ArrayRef<Type*> targs, Type* type);
  void recordDef(Name* id, Object* o);
  void recordUse(Name* id, Object* o);
  void recordSelection(SelectorExpr* x, SelectionKind kind, Type* recv, Object* o, llvm::ArrayRef<int> index, bool indirect, Type* type);
  // An untyped expression's provisional type, mode and value are on its node (Expr::type is then an untyped Basic):
  // updateExprType replaces them; what is left untyped at the end is what types2's recordUntyped would record.
  void rememberUntyped(Expr* e, bool isLhs, OperandMode mode, BasicType* type, const ConstValue& val);

  // ==== resolver.cpp, decl.cpp, initorder.cpp, cycles.cpp, validtype.cpp, mono.cpp
  void arity(Pos pos, llvm::ArrayRef<Name*> names, llvm::ArrayRef<Expr*> inits, bool constDecl, bool inherited);
  void declarePkgObj(Name* ident, Object* o, DeclInfo* d);
  Package* importPackage(Pos pos, llvm::StringRef path);
  void addObject(Object* o, DeclInfo* d);
  void importDecl(ImportDecl* s, Scope* fileScope, llvm::DenseSet<Package*>& seen);
  Func* collectFunc(FuncDecl* s, Scope* fileScope);
  void collectObjects();
  void packageObjects();
  void unusedImports();
  void errorUnusedPkg(PkgName* o);
  struct Receiver { bool ptr = false; Expr* base = nullptr; llvm::SmallVector<Name*, 2> tparams; };
  Receiver unpackRecv(Expr* rtyp, bool unpackParams);
  std::pair<bool, TypeName*> resolveBaseTypeName(bool ptr, Name* name);
  void directCycles();
  TypeName* placeOf(Named* n);
  bool finiteSize(Type* t); // false after reporting an invalid recursive type that is being declared
  void declare(Scope* scope, Name* id, Object* o, Pos pos);
  void objDecl(Object* o);
  bool validCycle(Object* o);
  void cycleError(llvm::ArrayRef<Object*> cycle, size_t start);
  void constDecl(Const* o, Expr* typ, Expr* init, bool inherited);
  void varDecl(Var* o, llvm::ArrayRef<Var*> lhs, Expr* typ, Expr* init);
  void typeDecl(TypeName* o, TypeDecl* decl);
  void funcDecl(Func* o, DeclInfo* decl);
  void declStmt(llvm::ArrayRef<Decl*> list); // decl.cpp
  bool isImportedConstraint(Type* t);
  void collectTypeParams(std::vector<TypeParam*>& dst, llvm::ArrayRef<Field*> list);
  Type* bound(Expr* x);
  TypeParam* declareTypeParam(Name* name, Pos scopePos);
  TypeParam* newTypeParam(TypeName* o, Type* bound);
  void collectMethods(TypeName* o);
  void checkFieldUniqueness(Named* base);
  void initOrder();
  void validType(Named* t);
  void monomorph();
  void reportInstanceLoop(int v);
  void monoRecordCanon(TypeParam* mpar, TypeParam* tpar);
  void monoRecordInstance(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, llvm::ArrayRef<Expr*> xlist);

  // ==== typexpr.cpp, struct.cpp, interface.cpp, signature.cpp, union.cpp, named.cpp, alias.cpp
  void ident(Operand* x, Name* e, bool wantType);
  Type* typ(Expr* e);
  Type* varType(Expr* e);
  void validVarType(Expr* e, Type* t);
  Type* declaredType(Expr* e, TypeName* def); // types2 declaredType/definedType
  Type* definedType(Expr* e, TypeName* def) { return declaredType(e, def); }
  Type* genericType(Expr* e, std::string* cause);
  Type* typInternal(Expr* e, TypeName* def);
  Type* instantiatedType(Expr* x, llvm::ArrayRef<Expr*> xlist);
  int64_t arrayLength(Expr* e);
  TypeArgs typeList(llvm::ArrayRef<Expr*> list); // empty after an error
  void structType(StructTypeT* styp, StructType* e);
  void interfaceType(Interface* ityp, InterfaceType* e, TypeName* def);
  void funcType(Signature* sig, Field* recv, llvm::ArrayRef<Field*> tparams, FuncType* e);
  Var* collectRecv(Field* rparam, Pos scopePos, std::vector<TypeParam*>& recvTParams);
  void collectParams(VarKind kind, llvm::ArrayRef<Field*> list, llvm::SmallVectorImpl<Name*>& names, std::vector<Var*>& params, bool* variadic);
  void declareParams(llvm::ArrayRef<Name*> names, llvm::ArrayRef<Var*> params, Pos scopePos);
  void recordParenthesizedRecvTypes(Expr* e, Type* t);
  void validRecv(Pos pos, Var* recv);
  Type* parseUnion(Expr* e);
  Type* parseTilde(Expr* e, UnionTerm& out);
  Named* newNamed(TypeName* o, Type* fromRHS);
  AliasType* newAlias(TypeName* o, Type* rhs);
  Interface* newInterface();

  // ==== instantiate.cpp, subst.cpp, infer.cpp, unify.cpp
  Type* instance(Pos pos, Type* orig, llvm::ArrayRef<Type*> targs, Named* expanding, Context* ctxt);
  bool validateTArgLen(Pos pos, llvm::StringRef name, size_t want, size_t got);
  /// Index of the first type argument that does not satisfy its constraint (-1: all do), with the reason.
  int verify(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, Context* ctxt, std::string* cause);
  bool implements(Type* v, Type* t, bool constraint, std::string* cause);
  Type* subst(Pos pos, Type* t, const SubstMap& map, Named* expanding, Context* ctxt);
  /// Type arguments for all of tparams, or empty with an explanation in err. targs may be shorter than tparams or hold nulls.
  TypeArgs infer(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, TupleType* params, llvm::ArrayRef<Operand*> args, bool reverse, ErrorReport& err);
  /// Fresh copies of tparams, and t with them in place of the originals.
  std::pair<std::vector<TypeParam*>, Type*> renameTParams(Pos pos, llvm::ArrayRef<TypeParam*> tparams, Type* t);

  // ==== lookup.cpp
  Func* missingMethod(Type* v, Type* t, bool isStatic, llvm::function_ref<bool(Type*, Type*)> equivalent, bool* wrongType, std::string* cause);
  bool hasAllMethods(Type* v, Type* t, bool isStatic, llvm::function_ref<bool(Type*, Type*)> equivalent, std::string* cause);
  std::string interfacePtrError(Type* t);
  std::string funcString(Func* f, bool pkgInfo);
  bool assertableTo(Type* v, Type* t, std::string* cause);
  bool newAssertableTo(Type* v, Type* t, std::string* cause);
  std::string lookupError(Type* t, llvm::StringRef sel, Object* o, bool structLit);

  // ======== expressions and statements half ========

  // ==== expr.cpp, const.cpp, literals.cpp, index.cpp
  ExprKind rawExpr(Target* target, Operand* x, Expr* e, Type* hint, bool allowGeneric);
  ExprKind exprInternal(Target* target, Operand* x, Expr* e, Type* hint);
  void nonGeneric(Target* target, Operand* x);
  void pendingType(Operand* x);
  void expr(Target* target, Operand* x, Expr* e);
  void genericExpr(Operand* x, Expr* e);
  OperandList multiExpr(Expr* e, bool allowCommaOk, bool* commaOk);
  void exprWithHint(Operand* x, Expr* e, Type* hint);
  void exprOrType(Operand* x, Expr* e, bool allowGeneric);
  void exclude(Operand* x, unsigned modes); // bit set of OperandMode
  void singleValue(Operand* x);
  void unary(Operand* x, Operation* e);
  void binary(Operand* x, Expr* e, Expr* lhs, Expr* rhs, Op op); // e null: the operation of x op= y
  void binaryStep(Operand* x, Expr* e, Expr* lhs, Expr* rhs, Op op); // with lhs evaluated into x
  void indirection(Operand* x, Operation* e);
  void shift(Operand* x, Operand* y, Expr* e, Op op);
  void comparison(Operand* x, Operand* y, Op op, bool switchCase);
  std::string incomparableCause(Type* t);
  void matchTypes(Operand* x, Operand* y);
  Type* chanElem(At at, Operand* x, bool recv);
  bool opPredicate(Operand* x, Op op, bool isUnary);
  void updateExprType(Expr* x, Type* t, bool final);
  void finishExprType(Expr* x, Type* t, bool final);
  void updateExprVal(Expr* x, const ConstValue& val);
  Type* implicitTypeAndValue(Operand* x, Type* target, ConstValue* val, DiagKind& kind); // null: not possible
  void convertUntyped(Operand* x, Type* target);
  void invalidConversion(DiagKind kind, Operand* x, Type* target);
  void overflow(Operand* x, Pos opPos);
  void representable(Operand* x, BasicType* t);
  bool representation(Operand* x, BasicType* t, ConstValue& out, DiagKind& kind);
  void typeAssertion(Expr* e, Operand* x, Type* t, bool typeSwitch);
  void langCompat(BasicLit* lit);
  void basicLit(Operand* x, BasicLit* e);
  void funcLit(Operand* x, FuncLit* e);
  void compositeLit(Operand* x, CompositeLit* e, Type* hint);
  void structLit(Operand* x, CompositeLit* e, StructTypeT* type, Type* base);
  void mapLit(Operand* x, CompositeLit* e, MapTypeT* type);
  int64_t indexedElts(llvm::ArrayRef<Expr*> elts, Type* t, int64_t length);
  bool indexExpr(Operand* x, IndexExpr* e); // true: a function instantiation
  void sliceExpr(Operand* x, SliceExpr* e);
  Expr* singleIndex(IndexExpr* e);
  Type* index(Expr* e, int64_t max, int64_t* val);
  bool isValidIndex(Operand* x, DiagKind kind, const char* what, bool allowNegative);

  // ==== call.cpp, builtins.cpp, conversions.cpp
  TypeArgs funcInst(Target* target, Pos pos, Operand* x, IndexExpr* inst, bool infer);
  Signature* instantiateSignature(Pos pos, Expr* e, Signature* sig, llvm::ArrayRef<Type*> targs, llvm::ArrayRef<Expr*> xlist);
  ExprKind callExpr(Operand* x, CallExpr* call);
  OperandList exprList(llvm::ArrayRef<Expr*> elist);
  OperandList genericExprList(llvm::ArrayRef<Expr*> elist, std::vector<TypeArgs>& targs, std::vector<llvm::SmallVector<Expr*, 2>>* xlists = nullptr);
  Signature* arguments(CallExpr* call, Signature* sig, llvm::ArrayRef<Type*> targs, llvm::ArrayRef<Expr*> xlist, OperandList& args, std::vector<TypeArgs>& atargs);
  void selector(Operand* x, SelectorExpr* e, bool wantType);
  bool qualifiedIdentifier(Operand* x, SelectorExpr* e, PkgName* package);
  bool use(llvm::ArrayRef<Expr*> args) { return useN(args, false); }
  bool use(Expr* e) { return use1(e, false); }
  bool useLHS(llvm::ArrayRef<Expr*> args) { return useN(args, true); }
  bool useN(llvm::ArrayRef<Expr*> args, bool lhs);
  bool use1(Expr* e, bool lhs);
  bool builtin(Operand* x, CallExpr* call, BuiltinId id);
  bool builtinCall(Operand* x, CallExpr* call, BuiltinId id, unsigned minArgs, bool variadic, const char* name);
  bool builtinComplex(Operand* x, Operand* y, CallExpr* call);
  bool builtinMinMax(Operand* x, llvm::ArrayRef<Operand*> args, CallExpr* call, BuiltinId id);
  Signature* makeSig(Type* result, llvm::ArrayRef<Type*> args); // result null: none
  Type* sliceElem(Operand* x, std::string& cause);
  Type* applyTypeFunc(llvm::function_ref<Type*(Type*)> f, Operand* x, BuiltinId id);
  void conversion(Operand* x, Type* t);

  // ==== assignments.cpp
  void assignment(Operand* x, Type* t, llvm::StringRef context); // t null: untyped default
  void initConst(Const* lhs, Operand* x);
  void initVar(Var* lhs, Operand* x, llvm::StringRef context);
  Type* lhsVar(Expr* lhs);
  void assignVar(Expr* lhs, Expr* rhs, Operand* x, llvm::StringRef context);
  std::string typesSummary(llvm::ArrayRef<Type*> list, bool variadic, bool hasDots);
  void assignError(llvm::ArrayRef<Expr*> rhs, size_t l, size_t r);
  void returnError(At at, llvm::ArrayRef<Var*> lhs, llvm::ArrayRef<Operand*> rhs);
  void initVars(llvm::ArrayRef<Var*> lhs, llvm::ArrayRef<Expr*> rhs, Stmt* returnStmt);
  void assignVars(llvm::ArrayRef<Expr*> lhs, llvm::ArrayRef<Expr*> rhs);
  void shortVarDecl(Pos pos, llvm::ArrayRef<Expr*> lhs, llvm::ArrayRef<Expr*> rhs);

  // ==== stmt.cpp, range.cpp, labels.cpp, return.cpp
  void funcBody(DeclInfo* decl, llvm::StringRef name, Signature* sig, BlockStmt* body, const ConstValue& iota);
  void usage(Scope* scope);
  void stmtList(llvm::ArrayRef<Stmt*> list);
  void stmt(Stmt* s);
  void stmtInternal(Stmt* s);
  void exprStmt(ExprStmt* s);
  void assignStmt(AssignStmt* s);
  void returnStmt(ReturnStmt* s);
  void multipleDefaults(llvm::ArrayRef<std::pair<Node*, bool>> clauses);
  using CaseValues = llvm::StringMap<llvm::SmallVector<std::pair<Pos, Type*>, 1>>;
  void caseValues(Operand* x, llvm::ArrayRef<Expr*> values, CaseValues& seen);
  Type* caseTypes(Operand* x, llvm::ArrayRef<Expr*> types, std::vector<std::pair<Type*, Expr*>>& seen);
  bool isNilName(Expr* e);
  bool rangeKeyVal(Type* orig, Type*& key, Type*& val, std::string& cause); // a null type: no such variable
  void simpleStmt(Stmt* s);
  void openScope(Node* n, const char* comment);
  void closeScope();
  void suspendedCall(const char* keyword, Expr* call);
  void switchStmt(SwitchStmt* s);
  void typeSwitchStmt(SwitchStmt* s, TypeSwitchGuard* guard);
  void selectStmt(SelectStmt* s);
  void rangeStmt(ForStmt* s, RangeClause* r);
  void labels(BlockStmt* body);
  bool isTerminating(Stmt* s, llvm::StringRef label);
  void checkRestrictions(); // restrictions.cpp, at the end
  bool isTerminatingList(llvm::ArrayRef<Stmt*> list, llvm::StringRef label);
};

// Steps that also run without a checker (types made by later phases): `check` may be null.
Type* substType(Checker* check, Pos pos, Type* t, const SubstMap& map, Named* expanding, Context* context);
Type* instanceOf(Checker* check, Pos pos, Type* orig, llvm::ArrayRef<Type*> targs, Named* expanding, Context* context);
AliasType* newAliasInstance(Checker* check, Pos pos, AliasType* origin, llvm::ArrayRef<Type*> targs, Named* expanding, Context* context);
Var* cloneVar(Var* v, Type* t);    // with origin set
Func* cloneFunc(Func* f, Type* t); // with origin set
void replaceInterfaceReceivers(Interface* i, llvm::ArrayRef<Func*> methods, Type* from);
bool hasPtrRecv(const Func* f);
std::pair<int, Func*> lookupNamedMethod(Named* n, const Package* pkg, llvm::StringRef name, bool foldCase);

/// The elements of a ListExpr, the one expression, or nothing, without allocating. `e` must outlive the result.
inline llvm::ArrayRef<Expr*> exprListOf(Expr*& e) {
  if (!e) return {};
  if (ListExpr* l = llvm::dyn_cast<ListExpr>(e)) return l->elems;
  return llvm::ArrayRef<Expr*>(e);
}

/// Where an error of operation x is reported: at its operator; of any other expression at its start.
Pos opPos(const Expr* x);
bool isShift(Op op);
bool isComparison(Op op);
/// Whether a call of a built-in may be a statement.
ExprKind builtinExprKind(BuiltinId id);

/// Whether constant x fits type t; `rounded`, if given, receives the value rounded to t (types2 representableConst).
bool representableConst(const ConstValue& x, const Checker* check, BasicType* t, ConstValue* rounded);

} // namespace stoat
