// Generated functions (loops, calls with up to 12 arguments, pointers live across calls, recursion, closures, interior pointers, arrays, out-pointers, write barriers,
// deferred calls, callbacks from natives) on test/runtime/torture/mini_runtime.cpp, for three targets, optimised and not. Every pointer that is used after a collection
// must have been found by the walker; the printed checksums must agree; planted faults must be caught.
#include "emit/archive.h"
#include "emit/link.h"
#include "emit/llvm_passes.h"
#include "target/target.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using stoat::Target;

namespace {

class Generator {
public:
  Generator(Module& module, const Target& target, unsigned seed)
      : module_(module), context_(module.getContext()), target_(target), builder_(context_), random_(seed), debug_(module) {
    pointer_ = PointerType::get(context_, 1);
    plain_ = PointerType::get(context_, 0);
    i64_ = Type::getInt64Ty(context_);
    word_ = Type::getIntNTy(context_, target.pointerBytes * 8);
    f64_ = Type::getDoubleTy(context_);
    file_ = debug_.createFile("torture.go", "/gen");
    unit_ = debug_.createCompileUnit(DISourceLanguageName(dwarf::DW_LANG_Go), file_, "test", true, "", 0, "", DICompileUnit::NoDebug);
    module.addModuleFlag(Module::Warning, "Debug Info Version", DEBUG_METADATA_VERSION);
    alloc_ = native("stoat_alloc_bytes_slow", pointer_, {word_, Type::getInt8Ty(context_)}, false);
    collect_ = native("stoat_newproc", Type::getVoidTy(context_), {pointer_}, false);
    gc_ = native("stoat_gc", Type::getVoidTy(context_), {}, false);
    callback_ = native("stoat_closechan", Type::getVoidTy(context_), {pointer_}, false);
    grow_ = native("stoat_growslice_slow", Type::getVoidTy(context_), {plain_, plain_, pointer_, word_, word_, word_}, false);
    use_ = native("torture_use", i64_, {pointer_}, true);
    print_ = native("torture_print", Type::getVoidTy(context_), {i64_}, true);
    panic_ = native("torture_panic", Type::getVoidTy(context_), {}, true);
    unlink_ = native("torture_unlink", Type::getVoidTy(context_), {plain_}, true);
    calldefer_ = native("stoat_calldefer", word_, {plain_, plain_}, false);
    barrier_ = stoat::declareBarrier(module);
  }

  void run(unsigned functions, unsigned iterations) {
    sum_ = new GlobalVariable(module_, i64_, false, GlobalValue::ExternalLinkage, ConstantInt::get(i64_, 0), "gen.sum");
    for (unsigned i = 0; i < functions; ++i)
      declareFunction(i);
    closures_ = makeClosures();
    defers_ = makeDefer();
    for (unsigned i = 0; i < functions; ++i)
      define(functions_[i]);
    makeMain(iterations);
    debug_.finalize();
  }

private:
  enum class Result { Void, Pointer, PointerInt, Pointers, PointerFloat, Out };
  struct Info {
    Function* function;
    std::vector<Type*> parameters; // after out-pointer and fuel
    Result result;
  };
  struct Locals {
    std::vector<AllocaInst*> pointers, integers, floats, interiors;
    AllocaInst* array;
    Value* fuel;
    unsigned statements = 0;
  };

  unsigned pick(unsigned count) { return random_() % count; }

  Function* native(StringRef name, Type* result, ArrayRef<Type*> parameters, bool leaf) {
    auto* function = cast<Function>(module_.getOrInsertFunction(name, FunctionType::get(result, parameters, false)).getCallee());
    function->setDSOLocal(true); // as all declarations of the compiler are
    if (leaf)
      function->addFnAttr("gc-leaf-function");
    for (unsigned i = 0; i < parameters.size(); ++i)
      if (parameters[i]->isIntegerTy(8))
        function->addParamAttr(i, Attribute::ZExt);
    return function;
  }

  Type* outType() { return StructType::get(context_, {pointer_, i64_, pointer_, pointer_, f64_}); }

  Type* resultType(Result result) {
    switch (result) {
    case Result::Void:
    case Result::Out: return Type::getVoidTy(context_);
    case Result::Pointer: return pointer_;
    case Result::PointerInt: return StructType::get(context_, {pointer_, i64_});
    case Result::Pointers: return StructType::get(context_, {pointer_, pointer_, pointer_});
    case Result::PointerFloat: return StructType::get(context_, {pointer_, f64_});
    }
    return nullptr;
  }

  Function* goFunction(const std::string& name, Type* result, ArrayRef<Type*> parameters) {
    Function* function = Function::Create(FunctionType::get(result, parameters, false), GlobalValue::ExternalLinkage, name, module_);
    function->setCallingConv(target_.goConvention);
    function->setGC("stoat");
    function->addFnAttr(Attribute::NoInline);
    ++line_;
    auto* type = debug_.createSubroutineType(debug_.getOrCreateTypeArray({}));
    function->setSubprogram(debug_.createFunction(file_, name, name, file_, line_ + 1, type, line_ + 1, DINode::FlagZero, DISubprogram::SPFlagDefinition));
    return function;
  }

  void start(Function* function) {
    builder_.SetInsertPoint(BasicBlock::Create(context_, "", function));
    locate();
  }
  void locate() {
    DISubprogram* scope = builder_.GetInsertBlock()->getParent()->getSubprogram();
    builder_.SetCurrentDebugLocation(DILocation::get(context_, ++line_, 1, scope));
  }

  void declareFunction(unsigned number) {
    Info info;
    info.result = Result(pick(6));
    std::vector<Type*> all;
    if (info.result == Result::Out)
      all.push_back(plain_);
    all.push_back(i64_);
    unsigned count = pick(12);
    for (unsigned i = 0; i < count; ++i) {
      Type* type = pick(4) == 0 ? i64_ : pick(6) == 0 ? f64_ : pointer_;
      info.parameters.push_back(type);
      all.push_back(type);
    }
    info.function = goFunction("gen.f" + std::to_string(number), resultType(info.result), all);
    functions_.push_back(info);
  }

  // Closures: objects in globals whose first word is a function with a nest parameter.
  std::vector<GlobalVariable*> makeClosures() {
    std::vector<GlobalVariable*> closures;
    for (unsigned i = 0; i < 4; ++i) {
      Function* code = goFunction("gen.closure" + std::to_string(i), Type::getVoidTy(context_), {pointer_});
      code->addParamAttr(0, Attribute::Nest);
      StructType* type = StructType::get(context_, {plain_, pointer_});
      auto* object = new GlobalVariable(module_, type, false, GlobalValue::ExternalLinkage, ConstantStruct::get(type, {code, ConstantPointerNull::get(pointer_)}),
                                        "gen.closureobject" + std::to_string(i));
      start(code);
      // Allocates, collects, uses what it allocated and itself.
      Value* self = code->getArg(0);
      Value* object1 = allocate();
      Value* object2 = allocate();
      builder_.CreateCall(collect_, {object1});
      addToSum(use(object1));
      addToSum(use(object2));
      Value* first = builder_.CreateLoad(word_, self);
      addToSum(builder_.CreateZExt(builder_.CreateICmpNE(first, ConstantInt::get(word_, 0)), i64_));
      builder_.CreateRetVoid();
      closures.push_back(object);
    }
    return closures;
  }

  // gen.defer(ptr, i64): a body that may panic, values live across calldefer.
  Function* makeDefer() {
    StructType* frameType = StructType::get(context_, {plain_, word_, word_, word_, pointer_, word_, ArrayType::get(word_, 19), pointer_, i64_}); // the longest header
    Function* body = goFunction("gen.defer$body", Type::getVoidTy(context_), {plain_});
    start(body);
    Value* frame = body->getArg(0);
    Value* parameter = builder_.CreateLoad(pointer_, builder_.CreateStructGEP(frameType, frame, 7));
    Value* count = builder_.CreateLoad(i64_, builder_.CreateStructGEP(frameType, frame, 8));
    Value* fresh = allocate();
    builder_.CreateCall(collect_, {fresh});
    addToSum(use(parameter));
    Value* odd = builder_.CreateTrunc(count, builder_.getInt1Ty());
    BasicBlock* panicking = BasicBlock::Create(context_, "", body);
    BasicBlock* end = BasicBlock::Create(context_, "", body);
    builder_.CreateCondBr(odd, panicking, end);
    builder_.SetInsertPoint(panicking);
    builder_.CreateStore(fresh, builder_.CreateStructGEP(frameType, frame, 7));
    builder_.CreateCall(panic_);
    builder_.CreateUnreachable();
    builder_.SetInsertPoint(end);
    builder_.CreateRetVoid();

    Function* outer = goFunction("gen.defer", i64_, {pointer_, i64_});
    start(outer);
    AllocaInst* record = builder_.CreateAlloca(frameType);
    builder_.CreateStore(Constant::getNullValue(frameType), record);
    Value* kept = allocate();
    builder_.CreateStore(outer->getArg(0), builder_.CreateStructGEP(frameType, record, 7));
    builder_.CreateStore(outer->getArg(1), builder_.CreateStructGEP(frameType, record, 8));
    Value* recovered = builder_.CreateCall(calldefer_, {record, body});
    builder_.CreateCall(unlink_, {record});
    builder_.CreateCall(gc_);
    addToSum(use(kept));
    addToSum(use(outer->getArg(0)));
    addToSum(use(builder_.CreateLoad(pointer_, builder_.CreateStructGEP(frameType, record, 7))));
    builder_.CreateRet(builder_.CreateZExtOrTrunc(recovered, i64_));
    return outer;
  }

  Value* allocate() {
    locate();
    return builder_.CreateCall(alloc_, {ConstantInt::get(word_, 64), builder_.getInt8(1)});
  }
  Value* use(Value* pointer) { return builder_.CreateCall(use_, {pointer}); }
  void addToSum(Value* value) {
    Value* sum = builder_.CreateLoad(i64_, sum_);
    builder_.CreateStore(builder_.CreateAdd(builder_.CreateMul(sum, builder_.getInt64(3)), value), sum_);
  }

  Value* loadPointer(Locals& l) { return builder_.CreateLoad(pointer_, l.pointers[pick(l.pointers.size())]); }
  Value* loadInteger(Locals& l) { return builder_.CreateLoad(i64_, l.integers[pick(l.integers.size())]); }
  Value* loadFloat(Locals& l) { return builder_.CreateLoad(f64_, l.floats[pick(l.floats.size())]); }
  void storePointer(Locals& l, Value* v) { builder_.CreateStore(v, l.pointers[pick(l.pointers.size())]); }

  template <class Body> void ifNotNull(Value* pointer, Body body) {
    Function* function = builder_.GetInsertBlock()->getParent();
    BasicBlock* then = BasicBlock::Create(context_, "", function);
    BasicBlock* end = BasicBlock::Create(context_, "", function);
    builder_.CreateCondBr(builder_.CreateIsNotNull(pointer), then, end);
    builder_.SetInsertPoint(then);
    body();
    builder_.CreateBr(end);
    builder_.SetInsertPoint(end);
  }

  void callFunction(Locals& l) {
    Info& callee = functions_[pick(functions_.size())];
    std::vector<Value*> arguments;
    AllocaInst* out = nullptr;
    if (callee.result == Result::Out) {
      IRBuilder<> entry(&*builder_.GetInsertBlock()->getParent()->getEntryBlock().begin());
      out = entry.CreateAlloca(outType());
      arguments.push_back(out);
    }
    arguments.push_back(builder_.CreateSub(builder_.CreateLShr(l.fuel, pick(2) ? 1 : 2), builder_.getInt64(1)));
    for (Type* type : callee.parameters)
      arguments.push_back(type == pointer_ ? loadPointer(l) : type == i64_ ? loadInteger(l) : loadFloat(l));
    CallInst* call = builder_.CreateCall(callee.function, arguments);
    call->setCallingConv(target_.goConvention);
    switch (callee.result) {
    case Result::Void: break;
    case Result::Pointer: storePointer(l, call); break;
    case Result::PointerInt:
      storePointer(l, builder_.CreateExtractValue(call, 0));
      builder_.CreateStore(builder_.CreateExtractValue(call, 1), l.integers[pick(l.integers.size())]);
      break;
    case Result::Pointers:
      for (unsigned i = 0; i < 3; ++i)
        storePointer(l, builder_.CreateExtractValue(call, i));
      break;
    case Result::PointerFloat:
      storePointer(l, builder_.CreateExtractValue(call, 0));
      builder_.CreateStore(builder_.CreateExtractValue(call, 1), l.floats[pick(l.floats.size())]);
      break;
    case Result::Out:
      storePointer(l, builder_.CreateLoad(pointer_, builder_.CreateStructGEP(outType(), out, 0)));
      builder_.CreateStore(builder_.CreateLoad(i64_, builder_.CreateStructGEP(outType(), out, 1)), l.integers[pick(l.integers.size())]);
      storePointer(l, builder_.CreateLoad(pointer_, builder_.CreateStructGEP(outType(), out, 3)));
      break;
    }
  }

  Value* arrayElement(Locals& l) {
    Value* index = builder_.CreateAnd(loadInteger(l), builder_.getInt64(3));
    return builder_.CreateInBoundsGEP(l.array->getAllocatedType(), l.array, {builder_.getInt64(0), index});
  }

  void statement(Locals& l, unsigned depth) {
    locate();
    ++l.statements;
    switch (pick(20)) {
    case 0:
    case 1: storePointer(l, allocate()); break;
    case 2: storePointer(l, loadPointer(l)); break;
    case 3:
    case 4:
    case 5: addToSum(use(loadPointer(l))); break;
    case 6: {
      Value* p = loadPointer(l);
      ifNotNull(p, [&] {
        Value* next = builder_.CreateLoad(pointer_, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), p, 16));
        storePointer(l, next);
      });
      break;
    }
    case 7: {
      Value* p = loadPointer(l);
      Value* q = loadPointer(l);
      ifNotNull(p, [&] {
        Value* slot = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), p, 16);
        builder_.CreateCall(barrier_, {builder_.CreateAddrSpaceCast(slot, plain_), q});
        builder_.CreateStore(q, slot);
      });
      break;
    }
    case 8:
    case 9:
      if (depth < 2) {
        Function* function = builder_.GetInsertBlock()->getParent();
        IRBuilder<> entry(&*function->getEntryBlock().begin());
        AllocaInst* counter = entry.CreateAlloca(i64_);
        builder_.CreateStore(builder_.getInt64(1 + pick(4)), counter);
        BasicBlock* head = BasicBlock::Create(context_, "", function);
        BasicBlock* body = BasicBlock::Create(context_, "", function);
        BasicBlock* end = BasicBlock::Create(context_, "", function);
        builder_.CreateBr(head);
        builder_.SetInsertPoint(head);
        Value* left = builder_.CreateLoad(i64_, counter);
        builder_.CreateCondBr(builder_.CreateICmpSGT(left, builder_.getInt64(0)), body, end);
        builder_.SetInsertPoint(body);
        unsigned count = 1 + pick(5);
        for (unsigned i = 0; i < count; ++i)
          statement(l, depth + 1);
        builder_.CreateStore(builder_.CreateSub(builder_.CreateLoad(i64_, counter), builder_.getInt64(1)), counter);
        builder_.CreateBr(head);
        builder_.SetInsertPoint(end);
      }
      break;
    case 10:
    case 11:
    case 12: callFunction(l); break;
    case 13: builder_.CreateCall(collect_, {loadPointer(l)}); break;
    case 14: {
      // Interior pointers: kept apart, used after whatever follows.
      Value* p = loadPointer(l);
      AllocaInst* slot = l.interiors[pick(l.interiors.size())];
      Value* inner = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), p, 8);
      builder_.CreateStore(builder_.CreateSelect(builder_.CreateIsNotNull(p), inner, p), slot);
      break;
    }
    case 15: addToSum(use(builder_.CreateLoad(pointer_, l.interiors[pick(l.interiors.size())]))); break;
    case 16: {
      Value* object = builder_.CreateAddrSpaceCast(closures_[pick(closures_.size())], pointer_);
      if (pick(2)) {
        builder_.CreateCall(callback_, {object});
      } else {
        FunctionType* type = FunctionType::get(Type::getVoidTy(context_), {pointer_}, false);
        CallInst* call = builder_.CreateCall(type, builder_.CreateLoad(plain_, object), {object});
        call->addParamAttr(0, Attribute::Nest);
        call->setCallingConv(target_.goConvention);
      }
      break;
    }
    case 17:
      if (pick(2))
        builder_.CreateStore(loadPointer(l), arrayElement(l));
      else
        addToSum(use(builder_.CreateLoad(pointer_, arrayElement(l))));
      break;
    case 18: {
      IRBuilder<> entry(&*builder_.GetInsertBlock()->getParent()->getEntryBlock().begin());
      StructType* type = StructType::get(context_, {pointer_, word_, word_});
      AllocaInst* out = entry.CreateAlloca(type);
      Value* old = loadPointer(l);
      Value* small = builder_.CreateAnd(builder_.CreateTrunc(loadInteger(l), word_), ConstantInt::get(word_, 1023));
      builder_.CreateCall(grow_, {out, ConstantPointerNull::get(plain_), old, small, ConstantInt::get(word_, 5), ConstantInt::get(word_, 77)});
      addToSum(builder_.CreateZExt(builder_.CreateLoad(word_, builder_.CreateStructGEP(type, out, 1)), i64_));
      addToSum(builder_.CreateZExt(builder_.CreateLoad(word_, builder_.CreateStructGEP(type, out, 2)), i64_));
      addToSum(use(old));
      break;
    }
    case 19: {
      CallInst* call = builder_.CreateCall(defers_, {loadPointer(l), loadInteger(l)});
      call->setCallingConv(target_.goConvention);
      addToSum(call);
      break;
    }
    }
  }

  void define(Info& info) {
    Function* function = info.function;
    start(function);
    Locals l;
    for (unsigned i = 0; i < 2 + pick(6); ++i)
      l.pointers.push_back(builder_.CreateAlloca(pointer_));
    for (unsigned i = 0; i < 2; ++i) {
      l.integers.push_back(builder_.CreateAlloca(i64_));
      l.floats.push_back(builder_.CreateAlloca(f64_));
      l.interiors.push_back(builder_.CreateAlloca(pointer_));
    }
    ArrayType* arrayType = ArrayType::get(pointer_, 4);
    l.array = builder_.CreateAlloca(arrayType);
    builder_.CreateStore(Constant::getNullValue(arrayType), l.array);
    for (AllocaInst* slot : l.pointers)
      builder_.CreateStore(ConstantPointerNull::get(pointer_), slot);
    for (AllocaInst* slot : l.interiors)
      builder_.CreateStore(ConstantPointerNull::get(pointer_), slot);
    for (unsigned i = 0; i < 2; ++i) {
      builder_.CreateStore(builder_.getInt64(pick(100)), l.integers[i]);
      builder_.CreateStore(ConstantFP::get(f64_, pick(100)), l.floats[i]);
    }
    unsigned first = info.result == Result::Out ? 1 : 0;
    l.fuel = function->getArg(first);
    for (unsigned i = 0; i < info.parameters.size(); ++i) {
      Value* argument = function->getArg(first + 1 + i);
      if (argument->getType() == pointer_)
        builder_.CreateStore(argument, l.pointers[i % l.pointers.size()]);
      else if (argument->getType() == i64_)
        builder_.CreateStore(argument, l.integers[i % 2]);
      else
        builder_.CreateStore(argument, l.floats[i % 2]);
    }
    BasicBlock* body = BasicBlock::Create(context_, "", function);
    BasicBlock* end = BasicBlock::Create(context_, "", function);
    builder_.CreateCondBr(builder_.CreateICmpSGT(l.fuel, builder_.getInt64(0)), body, end);
    builder_.SetInsertPoint(body);
    unsigned count = 6 + pick(14);
    for (unsigned i = 0; i < count; ++i)
      statement(l, 0);
    builder_.CreateBr(end);
    builder_.SetInsertPoint(end);
    locate();
    switch (info.result) {
    case Result::Void: builder_.CreateRetVoid(); break;
    case Result::Pointer: builder_.CreateRet(loadPointer(l)); break;
    case Result::PointerInt: returnStruct(info, {loadPointer(l), loadInteger(l)}); break;
    case Result::Pointers: returnStruct(info, {loadPointer(l), loadPointer(l), loadPointer(l)}); break;
    case Result::PointerFloat: returnStruct(info, {loadPointer(l), loadFloat(l)}); break;
    case Result::Out: {
      std::vector<Value*> fields = {loadPointer(l), loadInteger(l), loadPointer(l), loadPointer(l), loadFloat(l)};
      for (unsigned i = 0; i < fields.size(); ++i)
        builder_.CreateStore(fields[i], builder_.CreateStructGEP(outType(), function->getArg(0), i));
      builder_.CreateRetVoid();
      break;
    }
    }
  }

  void returnStruct(Info& info, std::vector<Value*> fields) {
    Value* value = PoisonValue::get(resultType(info.result));
    for (unsigned i = 0; i < fields.size(); ++i)
      value = builder_.CreateInsertValue(value, fields[i], i);
    builder_.CreateRet(value);
  }

  void makeMain(unsigned iterations) {
    Function* function = goFunction("main.main", Type::getVoidTy(context_), {});
    function->getSubprogram()->replaceLinkageName(MDString::get(context_, "gen.main"));
    start(function);
    AllocaInst* out = builder_.CreateAlloca(outType());
    AllocaInst* counter = builder_.CreateAlloca(i64_);
    builder_.CreateStore(builder_.getInt64(0), counter);
    BasicBlock* loop = BasicBlock::Create(context_, "", function);
    BasicBlock* end = BasicBlock::Create(context_, "", function);
    builder_.CreateBr(loop);
    builder_.SetInsertPoint(loop);
    Value* iteration = builder_.CreateLoad(i64_, counter);
    Value* fuel = builder_.CreateAdd(builder_.CreateAnd(iteration, builder_.getInt64(15)), builder_.getInt64(12));
    for (Info& info : functions_) {
      std::vector<Value*> arguments;
      if (info.result == Result::Out)
        arguments.push_back(out);
      arguments.push_back(fuel);
      for (Type* type : info.parameters)
        arguments.push_back(type == pointer_ ? allocate() : type == i64_ ? iteration : builder_.CreateSIToFP(iteration, f64_));
      CallInst* call = builder_.CreateCall(info.function, arguments);
      call->setCallingConv(target_.goConvention);
    }
    Value* next = builder_.CreateAdd(iteration, builder_.getInt64(1));
    builder_.CreateStore(next, counter);
    builder_.CreateCondBr(builder_.CreateICmpULT(next, builder_.getInt64(iterations)), loop, end);
    builder_.SetInsertPoint(end);
    builder_.CreateCall(print_, {builder_.CreateLoad(i64_, sum_)});
    builder_.CreateRetVoid();
  }

  Module& module_;
  LLVMContext& context_;
  const Target& target_;
  IRBuilder<> builder_;
  std::mt19937 random_;
  DIBuilder debug_;
  DIFile* file_;
  DICompileUnit* unit_;
  unsigned line_ = 0;
  PointerType *pointer_, *plain_;
  Type *i64_, *word_, *f64_;
  Function *alloc_, *collect_, *gc_, *callback_, *grow_, *use_, *print_, *panic_, *unlink_, *calldefer_, *barrier_;
  GlobalVariable* sum_;
  std::vector<Info> functions_;
  std::vector<GlobalVariable*> closures_;
  Function* defers_;
};

int shell(const std::string& command) {
  int status = std::system(command.c_str());
  return status < 0 ? -1 : status / 256 + (status % 256 ? 1000 : 0);
}

class TortureTest : public testing::TestWithParam<const char*> {
protected:
  void SetUp() override {
    sys::fs::createUniqueDirectory("stoat-torture", directory_);
    goarch_ = GetParam();
    target_ = stoat::targetFor(goarch_);
    buildRuntime();
  }
  void TearDown() override { sys::fs::remove_directories(directory_); }

  std::string file(const std::string& name) { return (directory_ + "/" + name).str(); }

  void buildRuntime() {
    bool arm = goarch_ == "arm64";
    std::string triple = goarch_ == "amd64" ? "x86_64-linux-gnu" : arm ? "aarch64-linux-gnu" : "i686-linux-gnu";
    std::string sys = goarch_ == "amd64" ? "x86_64" : arm ? "aarch64" : "i386";
    std::string layout = " -I" STOAT_BUILD_DIR "/generated/" + goarch_; // asm_layout.h
    std::string flags = "clang++-22 --target=" + triple + " -std=c++20 -O1 -fno-exceptions -fno-rtti -fPIE -fno-stack-protector -ffunction-sections -I" STOAT_SOURCE_DIR +
                        layout + (arm ? " -ffixed-x28" : goarch_ == "386" ? " -msse2 -mfpmath=sse -mstackrealign" : "");
    std::string root = STOAT_SOURCE_DIR;
    std::string objects;
    unsigned number = 0;
    for (std::string source : {"/test/runtime/torture/mini_runtime.cpp", "/runtime/code/symtab.cpp", "/runtime/code/unwind.cpp", "/runtime/code/stack_roots.cpp"}) {
      std::string object = file("o" + std::to_string(number++) + ".o");
      ASSERT_EQ(0, shell(flags + " -c " + root + source + " -o " + object));
      objects += " " + object;
    }
    for (std::string source : {"morestack", "defer_trampoline", "entry_stubs"}) {
      std::string object = file("o" + std::to_string(number++) + ".o");
      ASSERT_EQ(0, shell("clang-22 --target=" + triple + " -fPIE -I" + root + layout + " -c " + root + "/runtime/sys/" + sys + "/" + source + ".S -o " + object));
      objects += " " + object;
    }
    ASSERT_EQ(0, shell("ar rcD " + file("libstoat_runtime.a") + objects));
  }

  void build(unsigned seed, bool optimize, const std::string& program) {
    LLVMContext context;
    Module module("torture", context);
    stoat::setTarget(module, *target_);
    Generator(module, *target_, seed).run(14, 24);
    stoat::EmitOptions options;
    options.goarch = goarch_;
    options.optimize = optimize;
    options.verify = true;
    SmallVector<char, 0> object;
    std::string error;
    ASSERT_TRUE(stoat::emitObject(module, options, object, error)) << error;
    stoat::ArchiveContents contents;
    contents.goarch = goarch_;
    contents.stoatVersion = "test";
    contents.packagePath = contents.packageName = "main";
    contents.object = StringRef(object.data(), object.size());
    std::error_code code;
    raw_fd_ostream(file("main.a"), code) << stoat::writeArchive(contents);
    stoat::LinkOptions link;
    link.goarch = goarch_;
    link.output = program;
    link.mainArchive = file("main.a");
    link.stoatVersion = "test";
    link.runtimeDirectory = directory_.str();
    ASSERT_TRUE(stoat::linkExecutable(link, error)) << error;
  }

  int run(const std::string& program, const std::string& arguments, std::string& output) {
    int status = shell("timeout 60 " + std::string(goarch_ == "arm64" ? "qemu-aarch64 " : "") + program + " " + arguments + " >" + file("out") + " 2>" + file("err"));
    if (auto text = MemoryBuffer::getFile(file("out")))
      output = (*text)->getBuffer().str();
    errors_.clear();
    if (auto text = MemoryBuffer::getFile(file("err")))
      errors_ = (*text)->getBuffer().str();
    return status;
  }

  SmallString<128> directory_;
  std::string goarch_, errors_;
  const Target* target_ = nullptr;
};

TEST_P(TortureTest, EveryLivePointerIsFound) {
  unsigned dropCaught = 0, csrCaught = 0, seeds = goarch_ == "arm64" ? 2 : 4;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    std::string expected;
    for (bool optimize : {true, false}) {
      std::string program = file("program");
      ASSERT_NO_FATAL_FAILURE(build(seed, optimize, program));
      for (const char* every : {"none 1", "none 7"}) {
        std::string output;
        ASSERT_EQ(0, run(program, every, output)) << "seed " << seed << (optimize ? " O2 " : " O0 ") << every << ": " << errors_;
        if (expected.empty())
          expected = output;
        EXPECT_EQ(expected, output) << "seed " << seed << (optimize ? " O2" : " O0");
      }
      if (seed == 1)
        printf("%s %s: %s", goarch_.c_str(), optimize ? "O2" : "O0", errors_.c_str());
      std::string ignored;
      dropCaught += run(program, "drop 1", ignored) != 0;
      if (optimize)
        csrCaught += run(program, "csr 1", ignored) != 0;
    }
  }
  // Some programs may not use a pointer again that was dropped; most do.
  EXPECT_GE(dropCaught, seeds);
  EXPECT_GE(csrCaught, seeds - 1);
}

INSTANTIATE_TEST_SUITE_P(Targets, TortureTest, testing::Values("amd64", "386", "arm64"),
                         [](const auto& info) { return std::string("on_") + info.param; });

} // namespace
