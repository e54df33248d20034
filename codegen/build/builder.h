// The builder's private vocabulary: one FunctionBuilder makes one MIR function; function literals, thunks and bodies of range-over-func
// loops are child builders of the function that contains them. One ModuleBuilder makes one package.
//
// Order of evaluation is gc's: within one statement all calls, receives, slicings, type assertions and && || happen first, in lexical
// order, and loads of variables, fields and elements (also of maps) after them. hoist() (order.cpp) evaluates those units early into `memo_`, where expr() finds them.
#pragma once
#include "base/arena.h"
#include "build/build.h"
#include "mir/instantiate.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace stoat::mir {

/// What analyse() finds out about a variable; kept in Var::localId.
enum VarFlags : uint32_t {
  VarAddressTaken = 1,
  VarCaptured = 2,   // used in a function literal or range-over-func body inside the function that declares it
  VarReassigned = 4, // assigned other than by its declaration
  VarShared = 8,     // a loop variable of a language version before 1.22: one variable for all iterations
};

/// Fills Var::localId of all variables of the package, local ones and package variables.
void analyse(const CheckedPackage& package);

Type* elementOf(Type* t);               // of slices, arrays, pointers to arrays, strings
Type* tupleElement(Type* t, size_t i);  // i-th type of a tuple; t itself for i = 0 of another type
Type* valueType(const Expr* e);         // type of e as a single value: first of a comma-ok tuple, default type of an untyped constant
Type* pointerTo(Type* t);
bool isStringType(Type* t);
bool isRangeOverFunc(const ForStmt* s);
bool isNil(const Expr* e);
bool isMapElement(Expr* e);
std::optional<bool> knownCondition(Expr* e); // of a constant
Var* rootVariable(Expr* e);             // whose storage the place `e` is a part of, if it is a variable's (analyse.cpp)
bool isPointerShaped(Type* t);          // stored directly in an interface's data word
Signature* makeSignature(llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results);
Func* runtimeFunction(llvm::StringRef symbol, llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results);

class FunctionBuilder;

class ModuleBuilder {
public:
  ModuleBuilder(const CheckedPackage& package, DiagEngine& diag, const TargetSizes& sizes) : package(package), diag(diag), sizes(sizes) {}
  void run();
  void unsupported(Pos pos, const char* what);

  // static_init.cpp
  /// Whether `e`, converted to `target`, is a value that can be laid out at compile time.
  /// `once`: the code runs once (package initialisation), so that objects, slices and closures may be laid out too.
  bool isStatic(Expr* e, Type* target, bool once, unsigned depth = 0);
  bool hasStaticElements(Expr* e);
  StaticValue* staticValue(Expr* e, Type* target);
  StaticValue* staticComposite(CompositeLit* lit); // of an elided &T, the T
  /// A synthesised package variable that holds `value`.
  Var* staticData(StaticValue* value, bool readOnly);

  const CheckedPackage& package;
  DiagEngine& diag;
  const TargetSizes& sizes;
  Module* module = nullptr;
  FunctionBuilder* init = nullptr; // of pkg.init

private:
  void linknames();
  void function(const FuncInfo& info, unsigned& initCount);
  void initialise(const Initializer& initializer);
  StaticValue* copyable(Var* v);
  llvm::DenseMap<Var*, StaticValue*> values_; // package variables with static initial values
  std::vector<Function*> initFunctions_;
  unsigned dataCount_ = 0;
};

struct Slot {
  enum Kind : uint8_t { None, Direct, Boxed } kind = None;
  LocalId local = noLocal; // Boxed: the pointer
  bool isCaptured = false; // from an outer function
};

using Operands = llvm::SmallVector<Operand, 4>;
using Checks = llvm::SmallVector<Instr, 2>; // nil and bounds checks of a place that are still to be made

struct LValue {
  enum Kind : uint8_t { Blank, Memory, MapElement } kind = Blank;
  Place place;
  Checks checks;
  Operand map, key;
  Type* type = nullptr;
};

/// What one of several assignments in a statement assigns to: an expression, or a result variable.
struct Target {
  Expr* expr;
  Var* var = nullptr;
  Target(Expr* e, Var* v = nullptr) : expr(e), var(v) {}
};

/// What the assignments of a statement that come before another may change.
struct Assigned {
  llvm::SmallPtrSet<Var*, 4> variables; // that nothing but their name reaches
  bool memory = false;                  // any other place
  bool everything = false;
};

/// Where a break, continue, goto or return inside a range-over-func body goes, when that is outside of the body.
struct Exit {
  enum Kind : uint8_t { Break, Continue, Goto, Return } kind;
  const Stmt* target; // null for Return
  int code;
};

class FunctionBuilder {
public:
  FunctionBuilder(ModuleBuilder* module, FunctionBuilder* outer);

  // ---- function.cpp: the function, its blocks, locals and variables
  /// Declares parameters (receiver first, if `recv`) and results.
  /// `plain`: the signature's variables belong to somebody else; parameters and results are just locals.
  void begin(Signature* signature, Var* recv, bool plain = false);
  void body(BlockStmt* block);
  Function* finish(Pos end);
  FunctionBuilder child(const std::string& symbol, Pos pos);
  std::string literalSymbol(const FuncLit* e);
  std::string childSymbol(char kind); // 'r' range body, 'g' go, 'd' defer, 'm' method value or expression
  Operand closure(FunctionBuilder& built, Type* type); // func value of a finished child

  BlockId newBlock();
  void start(BlockId b) { cur_ = b; }
  bool isDead() const { return cur_ < 0; }
  void jump(BlockId b);
  void branch(Operand cond, BlockId yes, BlockId no);
  Instr& emit(Opcode op);
  Operand value(Opcode op, Type* type, llvm::ArrayRef<Operand> args);
  LocalId newLocal(Type* type, LocalKind kind = LocalKind::Temp, llvm::StringRef name = {});
  Operand newTemp(Type* type) { return Operand::ofLocal(newLocal(type), type); }
  LocalId toLocal(const Operand& o);
  void copyTo(LocalId dst, const Operand& v);
  Operand stable(const Operand& o); // a temporary copy if o is a variable
  Operand captureOperand(const Operand& outerOperand);
  void capture(LocalId local, LocalId source, llvm::StringRef name);
  Slot slot(Var* v);
  bool needsBox(Var* v);
  /// Makes a new instance of local variable v with the given value (None: zero).
  void declare(Var* v, const Operand& init);
  Operand resultOf(Var* v);
  Operand intConst(int64_t v) { return Operand::ofConst(ConstValue::makeInt64(v), basicType(BasicKind::Int)); }
  Operand boolConst(bool v) { return Operand::ofConst(ConstValue::makeBool(v), basicType(BasicKind::Bool)); }
  void unsupported(Pos pos, const char* what);

  // ---- place.cpp
  Place localPlace(LocalId l);
  Place derefPlace(LocalId pointer);
  Place globalPlace(Var* v);
  Place fieldOf(const Place& p, int field);
  Place indexOf(const Place& p, const Operand& index, Type* elem);
  Place variable(Var* v);
  Place place(Expr* e, Checks& checks);
  Place place(Expr* e);
  Place temporary(Expr* e); // place of a value that has no address
  Place alongPath(Expr* x, llvm::ArrayRef<int> path, Checks& checks);
  Place alongPath(Place p, llvm::ArrayRef<int> path, Checks& checks);
  void nilCheck(const Operand& pointer, Checks* checks = nullptr);
  void boundsCheck(const Operand& index, const Operand& length, Checks* checks = nullptr);
  void flush(Checks& checks);
  Operand load(const Place& p);
  void store(const Place& p, const Operand& v, unsigned flags = FlagNone);
  Operand addressOf(const Place& p);
  LValue lvalue(Expr* e);
  void assign(LValue& target, const Operand& v);
  Operand loadOf(LValue& target);

  // ---- expr.cpp
  Operand expr(Expr* e);
  Operand exprTo(Expr* e, Type* type);
  Operand convert(const Operand& v, Type* type);
  void discard(Expr* e);
  void condition(Expr* e, BlockId yes, BlockId no);
  Operand address(Expr* x);
  Operand compare(Op op, Expr* x, Expr* y, Type* type);
  Operand compareOperands(Opcode op, Operand a, Operand b, Type* type);
  Operand constant(const ConstValue& value, Type* type);
  Operand shiftCount(Expr* e);
  Operand binary(Op op, const Operand& x, const Operand& y, Type* type);
  Operand funcRef(Func* f, Instance* instance, Type* type);

  // ---- order.cpp
  void hoist(Expr* e);
  void hoistPlace(Expr* e);
  void hoistElement(IndexExpr* x);
  void evaluateNow(Expr* e); // an unparenthesised expression, into memo_
  void hoistUpToLastEffect(llvm::ArrayRef<Expr*> list);
  bool hasEffects(Expr* e) { return orderFlags(e) & 1; }

  // ---- call.cpp, builtin.cpp
  Operands call(CallExpr* e); // results
  Instr prepareCall(CallExpr* e);
  Instr prepareCallArguments(CallExpr* e);
  void bindMethod(SelectorExpr* sel, Callee& callee, Operands& receiver);
  void bindMethodAt(const Place& p, Type* recvType, Func* method, Callee& callee, Operands& receiver);
  void arguments(llvm::ArrayRef<Expr*> args, bool hasDots, Signature* signature, Operands& out);
  Operand packSlice(Type* sliceType, llvm::ArrayRef<Operand> elems);
  Operands emitCall(const Instr& call);
  void keepAlive(const Operands& pointers);
  Operands builtin(CallExpr* e, BuiltinId id);
  Instr builtinStatement(CallExpr* e, BuiltinId id, bool& ok);
  static bool builtinOf(CallExpr* e, BuiltinId& id);
  void callRuntime(llvm::StringRef symbol, llvm::ArrayRef<Operand> args);
  Operands multiValue(Expr* e, size_t want); // call, or comma-ok form with `want` == 2

  // ---- closure.cpp
  Operand funcLit(FuncLit* e);
  Operand methodValue(SelectorExpr* e);
  Operand methodExpr(SelectorExpr* e);
  void checkWrappedReceiver(LocalId param, Type* recv, Func* method);
  Operand thunk(const Instr& deferred, char kind, const Operands& alive); // func() that executes `deferred`
  Operand recoverThunk();
  void goOrDefer(CallStmt* s);

  // ---- composite.cpp
  Operand composite(CompositeLit* e);
  void compositeInto(CompositeLit* e, const Place& dst, bool isZeroed, unsigned flags);
  void checkLiteralSize(CompositeLit* e, Type* array, bool isSlice);
  bool staticInto(CompositeLit* e, const Place& dst, unsigned flags);
  void mapStoreLoop(const Operand& map, Var* keys, Var* values, int64_t count);
  void elementInto(Expr* e, const Place& dst, unsigned flags);
  Operand compositeOf(CompositeLit* e, Type* type);
  Operand sliceLit(CompositeLit* e, Type* type);
  Operand mapLit(CompositeLit* e, Type* type);

  // ---- assign.cpp
  void assignment(AssignStmt* s);
  void assignMany(llvm::ArrayRef<Expr*> lhs, Expr* rhs);
  Type* targetType(Expr* lhs);
  void variables(llvm::ArrayRef<Expr*> names, llvm::ArrayRef<Expr*> values); // var and :=
  void assignTo(Expr* lhs, const Operand& v);
  void opAssign(AssignStmt* s);
  void assignAll(llvm::ArrayRef<Target> targets, llvm::ArrayRef<Expr*> rhs, const Operands& results); // of as many `rhs`, or of evaluated `results`
  void evaluateOperands(Expr* e);
  bool isInMemory(Var* v);
  bool isAffected(Expr* e, const Assigned& by);
  bool isPlaceAffected(Expr* e, const Assigned& by);
  void assignResults(llvm::ArrayRef<Expr*> results);

  // ---- stmt.cpp
  void stmt(Stmt* s);
  void stmts(llvm::ArrayRef<Stmt*> list);
  void block(BlockStmt* b);
  void declStmt(DeclStmt* s);
  void ifStmt(IfStmt* s);
  void forStmt(ForStmt* s, LabeledStmt* label);
  void branchStmt(BranchStmt* s);
  void returnStmt(ReturnStmt* s);
  void bindTargets(const Stmt* s, const LabeledStmt* label, BlockId breakTo, BlockId continueTo);
  BlockId labelBlock(const LabeledStmt* l);

  // ---- switch.cpp, select.cpp
  void switchStmt(SwitchStmt* s, LabeledStmt* label);
  void typeSwitch(SwitchStmt* s, LabeledStmt* label);
  void selectStmt(SelectStmt* s, LabeledStmt* label);

  // ---- range.cpp, range_func.cpp
  void rangeStmt(ForStmt* s, LabeledStmt* label);
  void rangeVariables(RangeClause* r, const Operand& key, const Operand& elem);
  Var* hiddenVariable(llvm::StringRef name, Type* type);
  void rangeFunc(ForStmt* s, LabeledStmt* label);
  bool branchTo(Exit::Kind kind, const Stmt* target); // false: not in this function
  void leave(Exit::Kind kind, const Stmt* target);    // to a target anywhere
  void endIteration(bool proceed);

  Function* f;
  ModuleBuilder* module;
  FunctionBuilder* outer;
  Pos pos; // of instructions that are emitted now

private:
  friend class ModuleBuilder;
  uint8_t orderFlags(Expr* e);
  void switchOnIntegers(llvm::ArrayRef<std::pair<ConstValue, BlockId>> cases, const Operand& tag, BlockId otherwise);
  void switchOnStrings(llvm::ArrayRef<std::pair<ConstValue, BlockId>> cases, const Operand& tag, BlockId otherwise);
  FunctionBuilder* realFunction(); // the innermost that is no range body
  bool addBoxLoads();
  void prune();

  bool runsOnce() const { return module && module->init == this; }
  bool hasLabel(const Stmt* label);
  void clauseBody(llvm::ArrayRef<Stmt*> list, BlockId fallthrough, BlockId done);

  BlockId cur_ = -1;
  BlockStmt* bodyBlock_ = nullptr;
  llvm::DenseMap<const Stmt*, bool> labels_; // LabeledStmts of this function, once a goto needs them
  bool labelsKnown_ = false;
  llvm::DenseMap<Var*, Slot> slots_;
  std::vector<Var*> resultVars_;
  std::vector<Instr> prologue_;         // loads of captures
  std::vector<LocalId> captureSources_; // locals of `outer` whose values are captured
  llvm::DenseMap<const Expr*, Operand> memo_;
  Operands* pointersAsIntegers_ = nullptr; // of the call whose arguments are being built: what uintptr(p) converted
  Operands alive_;                         // after prepareCall: what must live until that call returns
  llvm::DenseMap<const Expr*, uint8_t> orderFlags_;
  llvm::DenseMap<const Stmt*, BlockId> breakTo_, continueTo_, gotoTo_;
  BlockId fallthroughTo_ = -1;
  bool copyVariables_ = false; // loads of variables give copies: several assignments in one statement
  unsigned literalCount_ = 0, rangeCount_ = 0, goDeferCount_ = 0, methodCount_ = 0;
  bool isLiteral_ = false;
  // bodies of range-over-func loops
  const ForStmt* rangeBody_ = nullptr;
  const LabeledStmt* rangeLabel_ = nullptr;
  Var* state_ = nullptr;
  Var* next_ = nullptr;           // where to go on after the loop; of the outermost loop, shared by nested ones
  std::vector<Exit> exits_;       // exits that leave this body
  LocalId deferToken_ = noLocal;
  int exitCodes_ = 0;             // real functions: codes given out
  Operand deferFrame();
};

} // namespace stoat::mir
