// MIR: the mid-level representation. A control-flow graph of three-address instructions over typed locals and places, still
// generic (types may mention type parameters), with explicit order of evaluation, checks, allocation sites and defers.
//
// Invariants (verify.h checks them):
//  - A function's locals are numbered; parameters, then results come first. Every local is zero-initialised at entry unless a parameter.
//    Locals may be assigned many times (not SSA; LLVM's mem2reg does that later).
//  - Operands have no side effects; each instruction does one thing, so order of evaluation is the order of instructions.
//  - A variable that is captured by reference or whose address is taken lives in a box: a local of type *T assigned by `new` where the variable is
//    declared (escape analysis may turn that New into a stack slot by setting flags Stack). `addressTaken` locals exist only after that.
//  - Place projections are type-directed: Index on a slice, string or *array place goes through the pointer. Bounds and nil checks
//    come before as instructions of their own.
//  - The last instruction of a block, and only that, is a terminator.
//  - A function with Defer or Recover has the flag set; results of functions with Defer live in the defer frame (lowering's business).
#pragma once
#include "check/objects.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat::mir {

using LocalId = int32_t;
inline constexpr LocalId noLocal = -1;
using BlockId = int32_t;
struct Function;

enum class Opcode : uint8_t {
#define OP(NAME, TEXT, RESULTS) NAME,
#include "mir/ops.def"
#undef OP
};
const char* opcodeName(Opcode op);
bool isTerminator(Opcode op);

/// A reference to a function: declared (`func`, with the type arguments of receiver then function) or a closure body / synthesised function (`closure`).
struct FuncRef {
  Func* func = nullptr;           // the generic origin for instances (Func::origin resolved), never a substituted method
  Function* closure = nullptr;
  std::vector<Type*> typeArgs;    // may mention the type parameters of the containing function
  bool isValid() const { return func || closure; }
};

struct Operand {
  enum Kind : uint8_t { None, Local, Const, Zero, FuncValue } kind = None;
  LocalId local = noLocal;
  Type* type = nullptr;  // always set except for None
  ConstValue constant;   // Const: value of a basic (or type-parameter) type
  FuncRef* func = nullptr; // FuncValue: a func value of a static function, no captures

  static Operand none() { return {}; }
  static Operand ofLocal(LocalId l, Type* t) { Operand o; o.kind = Local; o.local = l; o.type = t; return o; }
  static Operand ofConst(ConstValue v, Type* t) { Operand o; o.kind = Const; o.constant = v; o.type = t; return o; }
  static Operand zero(Type* t) { Operand o; o.kind = Zero; o.type = t; return o; } // nil, "", 0, struct{}...
  static Operand ofFunc(FuncRef* f, Type* t) { Operand o; o.kind = FuncValue; o.func = f; o.type = t; return o; }
  bool isNone() const { return kind == None; }
};

struct Projection {
  enum Kind : uint8_t { Field, Index } kind;
  int field = 0;  // Field: index in the struct
  Operand index;  // Index
};
struct Place {
  enum Base : uint8_t { None, Local, Global, Capture, Deref } base = None;
  LocalId local = noLocal;  // Local; Deref: the pointer
  Var* global = nullptr;    // package variable, of this or another package
  int capture = 0;          // index into Function::captures
  Type* baseType = nullptr; // type of the base object (for Deref: the pointed-to type)
  Type* type = nullptr;     // type of the whole place, after projections
  llvm::SmallVector<Projection, 1> projections;
};

struct Callee {
  enum Kind : uint8_t {
    None,
    Static,          // ref
    Closure,         // value: func value operand (nil-checked by the callee instruction itself: nil func call panics)
    InterfaceMethod, // value: interface operand, method: its Func (lowering finds the itab slot); nil interface panics
    TypeParamMethod, // value: receiver operand of type-parameter type recvType; method: Func of the constraint. Instantiation resolves it
  } kind = None;
  FuncRef* ref = nullptr;
  Operand value;
  Func* method = nullptr;
  Type* recvType = nullptr;
  Signature* signature = nullptr; // of the call, without receiver (variadic arguments already packed)
};

struct SelectCase {
  bool isSend = false;
  Operand chan;              // may be a nil channel
  Operand value;             // send
  LocalId recvDst = noLocal; // receive
};

/// Larger objects lie in the heap even if they do not escape, variables that are larger than stackVariableLimit. gc's limits.
inline constexpr int64_t stackObjectLimit = 64 << 10, stackVariableLimit = 128 << 10;
/// What the frame holds for an object whose size is known only when it is made: strings, slices of variable capacity. gc's size.
inline constexpr int64_t stackBufferSize = 32;

enum InstrFlags : uint16_t {
  FlagNone = 0,
  Unchecked = 1 << 0,     // the op's own check was proven away
  Stack = 1 << 1,         // New, MakeClosure, MakeSlice, MakeMap, Concat, Convert to an interface or between strings and slices: what it makes lives in the frame,
                          // Defer: runs at most once.
                          // always (it may point to other objects of the frame), except what only fits a buffer if it is small (opt/escape.h)
  Newline = 1 << 2,       // Print: println
  WrapperThunk = 1 << 3,
  NoBarrier = 1 << 4,     // Store: proven to need no write barrier
  InitStore = 1 << 5,     // Store into memory just allocated and still zero
  Deferred = 1 << 6,      // with Stack: deferred calls use it, so it lives beside the defer frame, which outlasts the body's
  Variable = 1 << 7,      // New: a declared variable
  Borrowed = 1 << 8,      // Convert of bytes to a string that lives only while they do not change: it is those bytes, not a copy (opt/borrow.h)
};

struct Instr {
  Opcode op;
  uint16_t flags = 0;
  Pos pos;
  Type* type = nullptr; // result type (Convert, TypeAssert target, MakeX type, New's T); null where dsts say it all
  llvm::SmallVector<LocalId, 2> dsts; // entries may be noLocal (result unused)
  llvm::SmallVector<Operand, 3> args;
  Place* place = nullptr;
  Callee* callee = nullptr;
  std::vector<SelectCase>* cases = nullptr;
  bool hasDefault = false; // Select
  llvm::SmallVector<BlockId, 2> targets;
};

/// Calls visit(const Operand&) for what `instr` reads besides the base of its place: arguments, the callee's value, channels and values of a select, indices.
template <typename Visit> void visitOperands(const Instr& instr, Visit visit) {
  for (const Operand& o : instr.args)
    visit(o);
  if (instr.callee)
    visit(instr.callee->value);
  if (instr.cases)
    for (const SelectCase& c : *instr.cases) {
      visit(c.chan);
      visit(c.value);
    }
  if (instr.place)
    for (const Projection& p : instr.place->projections)
      visit(p.index);
}

inline int64_t stackLimit(const Instr& instr) { return instr.flags & Variable ? stackVariableLimit : stackObjectLimit; }

struct Block {
  std::vector<Instr> instrs;
};

enum class LocalKind : uint8_t { Temp, Variable, Param, Result };
struct LocalInfo {
  llvm::StringRef name; // empty for temporaries
  Type* type = nullptr;
  LocalKind kind = LocalKind::Temp;
  bool isMapIter = false;    // a map iterator (type null)
  bool addressTaken = false; // lives in a stack slot
  Pos pos;
};

struct CaptureInfo {
  llvm::StringRef name;
  Type* type = nullptr;  // of the captured word(s): *T for variables captured by reference, T for values
};

struct Function {
  std::string symbol;         // link symbol; of a generic function without type arguments
  std::string displayName;    // what tracebacks show, if it differs (instances: "[...]")
  Func* object = nullptr;     // declared function, or null
  Function* outer = nullptr;  // enclosing function of a closure
  Package* pkg = nullptr;
  Signature* signature = nullptr;
  std::vector<TypeParam*> typeParams; // receiver's, then own; closures: their outermost function's. Empty after instantiation
  std::vector<Type*> typeArgs;        // of an instance
  std::vector<LocalInfo> locals;
  std::vector<LocalId> params;        // receiver first; blank and unnamed ones included
  std::vector<LocalId> results;
  /// Empty, or one per result: local of type *T whose object holds the result (it is captured or its address is taken), noLocal for the others.
  /// Only in functions with hasDefer: after the deferred calls ran, and after a recovered panic, the result is loaded through it (nil: the zero value).
  /// So it lives in the defer frame as results do. Functions without Defer copy the object to the result local before Return.
  std::vector<LocalId> resultBoxes;
  std::vector<CaptureInfo> captures;
  std::vector<Block> blocks;          // blocks[0] is the entry; empty: declared without body
  std::vector<Function*> closures;    // bodies of function literals and thunks inside this one
  Pos pos;
  Pos endPos;
  uint32_t pragma = 0;
  bool hasDefer = false;
  bool hasRecover = false;
  bool isWrapper = false;  // only forwards: skipped by recover and tracebacks
  bool isComdat = false;   // instances and wrappers: every package that needs it emits it
  bool inlinable = false;  // body goes into export data
  bool isGeneric() const { return !typeParams.empty(); }
  bool hasBody() const { return !blocks.empty(); }
};

/// Static initial values of package variables and of read-only composite data.
struct StaticValue {
  enum Kind : uint8_t { Zero, Const, Aggregate, Slice, AddrOfStatic, AddrOfGlobal, Func, Interface } kind = Zero;
  Type* type = nullptr;
  ConstValue constant;                                // Const
  std::vector<std::pair<int64_t, StaticValue*>> elems; // Aggregate: field or element index -> value, others zero; Slice: elements of the backing array
  int64_t length = 0;                                 // Slice: len and cap; a []byte may give its contents as a String `constant` instead of elems
  StaticValue* pointee = nullptr;                     // AddrOfStatic: &T{...}; Interface: the dynamic value
  Var* global = nullptr;                              // AddrOfGlobal
  FuncRef* func = nullptr;                            // Func
};
struct GlobalVar {
  Var* var = nullptr;         // a declared variable, or a synthesised one (linkSymbol set, no scope) that holds static data
  bool readOnly = false;      // never written: only loaded or copied from
  StaticValue* init = nullptr; // null: zero (or initialised by code in the init function)
};

/// What one package compiles to, before instantiation.
struct Module {
  Package* pkg = nullptr;
  std::vector<Function*> functions;   // declared functions and methods, generic ones included; closures hang off them
  std::vector<GlobalVar> globals;
  std::vector<TypeName*> types;       // declared types (package level and local) whose descriptors are emitted here
  Function* init = nullptr;           // pkgpath.init, or null when there is nothing to do
  std::vector<Package*> imports;
};

Arena& mirArena();

} // namespace stoat::mir
