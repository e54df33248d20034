// Lowering of one function body. Methods are spread over files by subject: function.cpp (entry, blocks, dispatch), memory.cpp, arith.cpp,
// compare.cpp, convert.cpp, call.cpp, defer.cpp, interface.cpp, slice.cpp, map.cpp, chan.cpp, builtin.cpp, intrinsics.cpp.
//
// Values: see type_info.h. A Value of a type in memory is the address of a copy that nobody changes while the instruction is lowered.
#pragma once
#include "lower/module_state.h"

namespace stoat::lower {

struct Value {
  TypeInfo* type = nullptr;
  llvm::SmallVector<llvm::Value*, 3> parts;
  llvm::Value* address = nullptr; // types in memory
  llvm::Value* operator[](size_t i) const { return parts[i]; }
};

/// Where a place is.
struct Address {
  llvm::Value* pointer = nullptr; // any address space
  TypeInfo* type = nullptr;
  bool isStack = false;           // surely in this goroutine's frame: no write barrier
  int64_t align = 1;
  Value element;                  // a place inside a scalarised rvalue never occurs; kept empty
};

class FunctionLowering {
public:
  FunctionLowering(ModuleState& state, const mir::Function& source, llvm::Function* target)
      : m(state), f(source), fn(target), b(state.context) {}
  void run();

private:
  ModuleState& m;
  const mir::Function& f;
  llvm::Function* fn;
  llvm::Function* body_ = nullptr; // F$body of a function with defer
  llvm::IRBuilder<> b;
  FnAbi abi_;
  struct Slot {
    llvm::Value* address = nullptr;
    TypeInfo* type = nullptr;
    llvm::Value* object = nullptr; // *T local that is only ever the address of this stack object
  };
  std::vector<Slot> slots_;
  std::vector<llvm::BasicBlock*> blocks_;
  llvm::BasicBlock* entry_ = nullptr;   // allocas
  llvm::Value* context_ = nullptr;      // closure
  llvm::Value* frame_ = nullptr;        // DeferFrame, in F$body and F
  llvm::DISubprogram* scope_ = nullptr;
  std::vector<int64_t> captureOffsets_;
  Pos pos_;

  // -- function.cpp
  void runPlain();
  void runDeferring();
  void declareLocals(llvm::function_ref<llvm::Value*(mir::LocalId, TypeInfo&)> placeOf);
  void bindParams(llvm::Function* function);
  void emitReturn(llvm::Function* function);
  void lowerBlocks();
  void instruction(const mir::Instr& instr);
  bool needsZero(mir::LocalId id) const { return zeroNeeded_[id]; }
  void scanLocals();
  void findForwarded();
  bool usesNestLayout() const;
  std::vector<TypeInfo*> captureInfos();
  std::vector<bool> zeroNeeded_, written_;
  std::vector<bool> forwarded_; // locals that stand for the place they were loaded from
  std::vector<const mir::Instr*> stackNew_; // local -> its only definition, if that is a stack `new`
  void setPos(Pos pos);
  llvm::AllocaInst* alloca_(llvm::Type* type, int64_t align, const llvm::Twine& name = "");
  llvm::AllocaInst* temp(TypeInfo& type, const llvm::Twine& name = "") { return alloca_(type.memory, type.align, name); }
  llvm::BasicBlock* newBlock(const llvm::Twine& name) { return llvm::BasicBlock::Create(m.context, name, b.GetInsertBlock()->getParent()); }
  llvm::Function* current() { return b.GetInsertBlock()->getParent(); }
  void zeroInitialise(llvm::Value* address, TypeInfo& type);
  bool hasDst(const mir::Instr& instr, size_t i = 0) const { return i < instr.dsts.size() && instr.dsts[i] != mir::noLocal; }
  void setDst(const mir::Instr& instr, const Value& value, size_t i = 0);
  void setDst(const mir::Instr& instr, llvm::Value* scalar, size_t i = 0);
  TypeInfo& dstType(const mir::Instr& instr, size_t i = 0) { return *slots_[instr.dsts[i]].type; }

  // -- memory.cpp
  Value operand(const mir::Operand& operand);
  llvm::Value* scalar(const mir::Operand& operand) { return this->operand(operand).parts[0]; }
  Value zero(TypeInfo& type);
  Value make(TypeInfo& type, llvm::ArrayRef<llvm::Value*> parts);
  Value load(llvm::Value* address, TypeInfo& type, int64_t align = 0);
  void store(llvm::Value* address, const Value& value, bool isStack, unsigned flags = 0, int64_t align = 0);
  void copyMemory(llvm::Value* to, llvm::Value* from, TypeInfo& type, bool isStack, unsigned flags);
  llvm::Value* offset(llvm::Value* pointer, int64_t bytes);
  llvm::Value* elementAddress(llvm::Value* base, TypeInfo& elem, llvm::Value* index);
  Address place(const mir::Place& place);
  llvm::Value* spill(const Value& value);          // address (plain) of a temporary or of the value itself
  llvm::Value* goPointer(llvm::Value* pointer);    // to addrspace(1)
  llvm::Value* rawPointer(llvm::Value* pointer);   // to addrspace(0)
  Value part(const Value& value, TypeInfo& type, unsigned first); // sub-list of scalars
  unsigned scalarIndex(TypeInfo& type, int64_t offset);
  Value field(const Value& value, size_t index);   // of a struct value
  void lowerNew(const mir::Instr& instr);
  llvm::Value* newObject(TypeInfo& type);
  static constexpr int64_t maxMarkedAllocation = 512; // larger objects spend their time elsewhere
  // Tells emit what `call` allocates, so that its fast path can be in line: bytes and the words that are pointers.
  void markAllocation(llvm::Value* call, int64_t size, llvm::ArrayRef<int64_t> pointerOffsets);

  // -- frame_object.cpp
  struct FrameObject {
    llvm::Type* type = nullptr; // null: this instruction has none
    int64_t size = 0, align = 1;
  };
  FrameObject frameObjectOf(const mir::Instr& instr);
  llvm::Value* frameObject(const mir::Instr& instr, const FrameObject& object, const llvm::Twine& name);
  int64_t bufferElements(TypeInfo& elem) const { return elem.size ? mir::stackBufferSize / elem.size : 0; }
  llvm::StructType* closureType(const mir::Instr& instr, llvm::SmallVectorImpl<TypeInfo*>& captures, std::vector<int64_t>& offsets);
  bool isBoxed(const mir::Operand& from, TypeInfo& type);
  llvm::DenseMap<const mir::Instr*, int64_t> besideDeferFrame_; // offsets from frame_
  bool isConstantPart(llvm::Value* value) const { return llvm::isa<llvm::Constant>(value); }

  // -- arith.cpp
  void arithmetic(const mir::Instr& instr);
  Value binary(mir::Opcode op, const Value& x, const Value& y, unsigned flags);
  llvm::Value* divide(mir::Opcode op, llvm::Value* x, llvm::Value* y, bool isUnsigned, bool isChecked);
  void shift(const mir::Instr& instr);
  llvm::Value* bit(llvm::Value* boolean) { return b.CreateTrunc(boolean, b.getInt1Ty()); }
  llvm::Value* boolean(llvm::Value* bit) { return b.CreateZExt(bit, m.i8); }
  llvm::Value* toWord(llvm::Value* integer, TypeInfo& type);   // extends or truncates
  llvm::Value* resize(llvm::Value* integer, bool isUnsigned, llvm::Type* to);
  void minMax(const mir::Instr& instr);

  // -- compare.cpp
  void compare(const mir::Instr& instr);
  llvm::Value* equal(const Value& x, const Value& y);          // i1
  llvm::Value* equalStrings(llvm::Value* xp, llvm::Value* xn, llvm::Value* yp, llvm::Value* yn);
  llvm::Value* ordered(mir::Opcode op, const Value& x, const Value& y); // i1
  bool isNilOperand(const mir::Operand& operand) const { return operand.kind == mir::Operand::Zero; }
  std::string* constantString(const mir::Operand& operand);

  // -- checks and calls into the runtime (call.cpp)
  llvm::Value* callEntry(llvm::StringRef name, llvm::ArrayRef<llvm::Value*> args);
  void markOut(llvm::CallInst* call, unsigned argument);
  llvm::Value* callGo(llvm::StringRef symbol, llvm::ArrayRef<llvm::Value*> args); // scalars in, first-class result out
  llvm::Value* coerce(llvm::Value* value, llvm::Type* type);
  void panicUnless(llvm::Value* ok, llvm::StringRef symbol, llvm::ArrayRef<llvm::Value*> args, bool isNilCheck = false);
  void panicUnlessWithin(llvm::Value* ok, llvm::StringRef what, llvm::Value* x, bool isUnsigned, llvm::Value* limit);
  void nilCheck(llvm::Value* pointer);
  void boundsCheck(const mir::Instr& instr);
  llvm::MDNode* likely();
  llvm::MDNode* unlikely();
  void call(const mir::Instr& instr);
  void emitCall(const FnAbi& abi, llvm::Value* code, llvm::Value* nest, llvm::ArrayRef<Value> args, llvm::ArrayRef<mir::LocalId> dsts);
  llvm::SmallVector<Value, 2> emitCallValues(const FnAbi& abi, llvm::Value* code, llvm::Value* nest, llvm::ArrayRef<Value> args);
  bool intrinsic(const mir::Instr& instr, const Func* func, llvm::ArrayRef<Type*> typeArgs);
  bool mathIntrinsic(const mir::Instr& instr, llvm::StringRef name);
  bool bitIntrinsic(const mir::Instr& instr, llvm::StringRef pkg, llvm::StringRef name);
  bool atomicIntrinsic(const mir::Instr& instr, llvm::StringRef pkg, llvm::StringRef name);

  // -- defer.cpp, closures
  void makeClosure(const mir::Instr& instr);
  void lowerGo(const mir::Instr& instr);
  void lowerDefer(const mir::Instr& instr);
  void lowerRecover(const mir::Instr& instr);
  void lowerPanic(const mir::Instr& instr);
  llvm::Value* frameAddress();

  // -- convert.cpp, interface.cpp
  void convert(const mir::Instr& instr);
  Value convertValue(const mir::Operand& from, TypeInfo& to, bool& done);
  Value convertNumber(const Value& x, TypeInfo& to);
  bool isHidden() const;
  void keepAlive(llvm::Value* pointer);
  uint64_t maxElements(TypeInfo& elem);
  llvm::Value* truncateX86(llvm::Value* x, llvm::Type* to);
  llvm::Value* floatToInteger64On386(llvm::Value* x, bool modular);
  llvm::Value* floatToInteger(llvm::Value* x, TypeInfo& to);
  void convertInBuffer(const mir::Instr& instr, const Value& x, TypeInfo& to);
  Value toInterface(const mir::Operand& from, TypeInfo& to, const mir::Instr* site = nullptr);
  llvm::Value* interfaceData(const mir::Operand& from, TypeInfo& fromType, const mir::Instr* site);
  llvm::Value* typeOfInterface(const Value& x);                 // type word, null if nil
  Value fromInterfaceData(llvm::Value* data, TypeInfo& type);
  void typeAssert(const mir::Instr& instr);

  // -- slice.cpp
  void lowerLen(const mir::Instr& instr);
  void lowerIndex(const mir::Instr& instr);
  void lowerSlice(const mir::Instr& instr);
  void lowerConcat(const mir::Instr& instr);
  llvm::SmallVector<llvm::Value*, 3> grow(const Value& slice, TypeInfo& elem, llvm::Value* extra);
  void lowerAppend(const mir::Instr& instr);
  void lowerAppendSlice(const mir::Instr& instr);
  void lowerCopy(const mir::Instr& instr);
  void lowerClear(const mir::Instr& instr);
  void lowerMakeSlice(const mir::Instr& instr);
  void lowerDecodeRune(const mir::Instr& instr);
  llvm::Value* multiply(llvm::Value* count, int64_t size) { return size == 1 ? count : b.CreateMul(count, m.wordConstant(size)); }

  // -- map.cpp
  llvm::SmallVector<llvm::Value*, 2> mapKey(ModuleState::MapFast fast, bool assign, Value key, TypeInfo& keyType);
  llvm::DenseMap<mir::LocalId, llvm::AllocaInst*> iterMoved_;
  void makeMap(const mir::Instr& instr);
  llvm::StructType* frameMapType(const mir::Instr& instr);
  void mapLookup(const mir::Instr& instr);
  llvm::Value* mapElement(const Value& map, const Value& key);
  void mapStore(const mir::Instr& instr);
  void mapDelete(const mir::Instr& instr);
  void mapIterStart(const mir::Instr& instr);
  void mapIterNext(const mir::Instr& instr);

  // -- chan.cpp
  void makeChan(const mir::Instr& instr);
  void send(const mir::Instr& instr);
  void recv(const mir::Instr& instr);
  void select(const mir::Instr& instr);

  // -- builtin.cpp
  void print(const mir::Instr& instr);
  std::string localString(Type* type) const;
  void checkFrame();
  bool isHex(const mir::Operand& operand);
  void unsafeOp(const mir::Instr& instr);
  void makeComplex(const mir::Instr& instr);
};

} // namespace stoat::lower
