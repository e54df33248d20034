// Bridges between Go and a package's Plan 9 assembly (runtime/abi/README.md). Assembly takes arguments and results in a block of memory, laid out like a Go struct; a function that
// assembly defines gets a Go function of its name around that, and a Go function that assembly refers to gets a function that works on such a block.
#include "lower/module_state.h"
#include "target/assembly_symbols.h"

namespace stoat::lower {

namespace {

// Arguments, receiver first, then results from a word boundary on.
struct Block {
  llvm::SmallVector<TypeInfo*, 8> types;
  llvm::SmallVector<int64_t, 8> offsets;
  size_t firstResult = 0;
  int64_t resultsOffset = 0, size = 0;
  llvm::StructType* type = nullptr;
};

Block blockOf(const FnAbi& abi, ModuleState& m) {
  Block block;
  llvm::SmallVector<llvm::Type*, 16> fields;
  int64_t at = 0;
  auto pad = [&](int64_t align) {
    int64_t padded = (at + align - 1) / align * align;
    if (padded > at)
      fields.push_back(llvm::ArrayType::get(m.i8, padded - at));
    at = padded;
  };
  auto add = [&](TypeInfo& type) {
    pad(type.align);
    block.types.push_back(&type);
    block.offsets.push_back(at);
    fields.push_back(type.memory);
    at += type.size;
  };
  for (const FnAbi::Param& param : abi.params)
    add(*param.type);
  pad(m.wordSize());
  block.firstResult = block.types.size();
  block.resultsOffset = at;
  for (TypeInfo* result : abi.results)
    add(*result);
  pad(m.wordSize());
  block.size = at;
  block.type = llvm::StructType::get(m.context, fields, true);
  return block;
}

class BridgeBuilder {
public:
  BridgeBuilder(ModuleState& m, llvm::Function* function, const mir::Function& go) : m_(m), b(llvm::BasicBlock::Create(m.context, "entry", function)) {
    if (llvm::DISubprogram* scope = m.subprogram(function, function->getName(), go.pos, false))
      b.SetCurrentDebugLocation(m.location(scope, go.pos));
  }
  llvm::Value* at(llvm::Value* block, int64_t offset) { return b.CreateConstInBoundsGEP1_64(m_.i8, block, offset); }
  llvm::Align alignAt(int64_t offset) { return llvm::commonAlignment(llvm::Align(m_.wordSize()), offset); }
  llvm::Value* load(llvm::Value* block, int64_t offset, const Scalar& scalar) { return b.CreateAlignedLoad(scalar.type, at(block, offset + scalar.offset), alignAt(offset + scalar.offset)); }
  void store(llvm::Value* value, llvm::Value* block, int64_t offset, const Scalar& scalar) { b.CreateAlignedStore(value, at(block, offset + scalar.offset), alignAt(offset + scalar.offset)); }
  void copy(llvm::Value* to, llvm::Value* from, TypeInfo& type) {
    if (type.inMemory) {
      b.CreateMemCpy(to, llvm::Align(type.align), from, llvm::Align(type.align), type.size);
      return;
    }
    for (const Scalar& scalar : type.scalars)
      store(load(from, 0, scalar), to, 0, scalar);
  }

private:
  ModuleState& m_;

public:
  llvm::IRBuilder<> b;
};

} // namespace

// F: arguments into a block in its frame, F·enter, results out of it.
void ModuleState::defineAssemblyFunction(const mir::Function& function) {
  FnAbi go = abiOf(function);
  llvm::Function* target = declareGo(function.symbol, go);
  if (!target->empty())
    return;
  Block block = blockOf(go, *this);
  BridgeBuilder bridge(*this, target, function);
  llvm::IRBuilder<>& b = bridge.b;
  llvm::AllocaInst* memory = b.CreateAlloca(block.type);
  memory->setAlignment(llvm::Align(wordSize()));
  for (size_t i = 0; i < go.params.size(); ++i) {
    const FnAbi::Param& param = go.params[i];
    if (param.isIndirect)
      bridge.copy(bridge.at(memory, block.offsets[i]), target->getArg(param.first), *param.type);
    else
      for (unsigned k = 0; k < param.count; ++k)
        bridge.store(target->getArg(param.first + k), memory, block.offsets[i], param.type->scalars[k]);
  }
  if (block.size > block.resultsOffset)
    b.CreateMemSet(bridge.at(memory, block.resultsOffset), b.getInt8(0), block.size - block.resultsOffset, llvm::Align(wordSize()));
  llvm::FunctionCallee enter = module->getOrInsertFunction((function.symbol + assemblyEntry).str(), llvm::FunctionType::get(llvm::Type::getVoidTy(context), {ptr0, word}, false));
  llvm::cast<llvm::Function>(enter.getCallee())->setDSOLocal(true);
  b.CreateCall(enter, {memory, wordConstant(block.size)});
  if (go.hasOut) {
    for (size_t i = 0; i < go.results.size(); ++i)
      bridge.copy(bridge.at(target->getArg(go.outIndex), go.resultOffsets[i]), bridge.at(memory, block.offsets[block.firstResult + i]), *go.results[i]);
    b.CreateRetVoid();
    return;
  }
  if (target->getReturnType()->isVoidTy()) {
    b.CreateRetVoid();
    return;
  }
  llvm::Value* result = llvm::PoisonValue::get(target->getReturnType());
  unsigned index = 0;
  for (size_t i = 0; i < go.results.size(); ++i)
    for (const Scalar& scalar : go.results[i]->scalars) {
      llvm::Value* value = bridge.load(memory, block.offsets[block.firstResult + i], scalar);
      result = target->getReturnType()->isStructTy() ? b.CreateInsertValue(result, value, index++) : value;
    }
  b.CreateRet(result);
}

// F·callback: func() with a closure {code, block}. The block is memory of the assembly function that calls, on this goroutine's stack: stores need no barrier.
void ModuleState::defineCallback(const mir::Function& function) {
  const Signature* signature = function.object->signature();
  FnAbi go = abiOf(signature, signature->recv ? signature->recv->type : nullptr, true, false);
  mir::FuncRef reference;
  reference.func = function.object;
  llvm::Function* target = goForm(reference, function.pos); // natives, too
  if (!target || target->getFunctionType() != go.type)
    return; // a native func() is called as it is
  llvm::Function* thunk = declareGo((function.symbol + assemblyThunk).str(), abi({}, {}, true));
  thunk->addFnAttr("stoat-wrapper");
  Block block = blockOf(go, *this);
  BridgeBuilder bridge(*this, thunk, function);
  llvm::IRBuilder<>& b = bridge.b;
  llvm::Value* memory = b.CreateAlignedLoad(ptr0, b.CreateConstInBoundsGEP1_64(i8, thunk->getArg(0), wordSize()), llvm::Align(wordSize()));
  llvm::SmallVector<llvm::Value*, 8> args(go.type->getNumParams());
  args[0] = llvm::PoisonValue::get(ptr1); // no closure
  if (go.hasOut)
    args[go.outIndex] = bridge.at(memory, block.resultsOffset);
  for (size_t i = 0; i < go.params.size(); ++i) {
    const FnAbi::Param& param = go.params[i];
    if (param.isIndirect)
      args[param.first] = bridge.at(memory, block.offsets[i]);
    else
      for (unsigned k = 0; k < param.count; ++k)
        args[param.first + k] = bridge.load(memory, block.offsets[i], param.type->scalars[k]);
  }
  llvm::CallInst* call = b.CreateCall(go.type, target, args);
  call->setCallingConv(goConvention());
  call->setAttributes(go.attributes);
  if (!go.hasOut) {
    unsigned index = 0;
    for (size_t i = 0; i < go.results.size(); ++i)
      for (const Scalar& scalar : go.results[i]->scalars) {
        llvm::Value* value = call->getType()->isStructTy() ? b.CreateExtractValue(call, index++) : call;
        bridge.store(value, memory, block.offsets[block.firstResult + i], scalar);
      }
  }
  b.CreateRetVoid();
}

// What other packages' assembly may call: functions that a directive gives a symbol (package syscall's are), and the library's own assembly functions, which are natives. Of the
// runtime: what it offers by gc's names (lib/runtime/assembly.go).
static bool isOffered(const mir::Function& function, const Package* package, bool isLibrary, bool isAssembly) {
  llvm::StringRef path = package ? llvm::StringRef(package->path) : "";
  if (path == "runtime")
    return function.hasBody() && llvm::StringRef(function.object->linkSymbol).starts_with("runtime.");
  if (path.starts_with("internal/runtime/"))
    return false;
  return function.hasBody() ? !function.object->linkSymbol.empty() : isLibrary && isAssembly;
}

void ModuleState::defineAssemblyBridges() {
  for (const mir::Function* function : source.functions) {
    if (function->isGeneric() || !function->object)
      continue;
    bool isAssembly = assembly.defined.contains(function->symbol), isOwn = hasAssembly() && isAssembly && !function->hasBody();
    if (isOwn && function->object->signature()->recv)
      unsupported(function->pos, "a method in assembly"); // nor does gc
    else if (isOwn)
      defineAssemblyFunction(*function);
    else if ((hasAssembly() && function->hasBody() && assembly.referenced.contains(function->symbol)) || isOffered(*function, source.pkg, options.isLibrary, isAssembly))
      defineCallback(*function);
  }
}

} // namespace stoat::lower
