// Calls: flattening of arguments and results, static and indirect callees, methods of interfaces, natives; calls into the runtime,
// and checks, whose failing side is a cold block of its own (each needs its own position).
#include "lower/function_lowering.h"
#include "target_layout.h"
#include "llvm/IR/MDBuilder.h"

namespace stoat::lower {

using mir::Callee;

llvm::MDNode* FunctionLowering::likely() { return llvm::MDBuilder(m.context).createBranchWeights(1 << 20, 1); }
llvm::MDNode* FunctionLowering::unlikely() { return llvm::MDBuilder(m.context).createBranchWeights(1, 1 << 20); }

llvm::Value* FunctionLowering::coerce(llvm::Value* value, llvm::Type* type) {
  llvm::Type* from = value->getType();
  if (from == type)
    return value;
  if (from->isPointerTy() && type->isPointerTy())
    return b.CreateAddrSpaceCast(value, type);
  if (from->isIntegerTy(1) && type->isIntegerTy())
    return b.CreateZExt(value, type);
  if (from->isIntegerTy() && type->isIntegerTy())
    return b.CreateSExtOrTrunc(value, type);
  return value;
}

// The argument points to an object whose old contents the callee ignores.
void FunctionLowering::markOut(llvm::CallInst* call, unsigned argument) { call->addParamAttr(argument, llvm::Attribute::get(m.context, "stoat-out")); }

llvm::Value* FunctionLowering::callEntry(llvm::StringRef name, llvm::ArrayRef<llvm::Value*> args) {
  llvm::Function* function = m.entry(name);
  llvm::SmallVector<llvm::Value*, 6> coerced;
  for (size_t i = 0; i < args.size(); ++i)
    coerced.push_back(coerce(args[i], function->getFunctionType()->getParamType(i)));
  llvm::CallInst* call = b.CreateCall(function, coerced);
  call->setAttributes(function->getAttributes());
  if (name == "stoat_chanrecv" && args[1]->getType()->isPointerTy())
    markOut(call, 1);
  for (llvm::StringRef producer : {"stoat_growslice", "stoat_concatstrings", "stoat_slicebytetostring", "stoat_stringtoslicebyte", "stoat_slicerunetostring",
                                   "stoat_stringtoslicerune", "stoat_intstring"})
    if (name == producer)
      markOut(call, 0);
  return call;
}

llvm::Value* FunctionLowering::callGo(llvm::StringRef symbol, llvm::ArrayRef<llvm::Value*> args) {
  llvm::Function* function = m.goEntry(symbol);
  llvm::SmallVector<llvm::Value*, 6> coerced{llvm::PoisonValue::get(m.ptr1)};
  for (size_t i = 0; i < args.size(); ++i)
    coerced.push_back(coerce(args[i], function->getFunctionType()->getParamType(i + 1)));
  llvm::CallInst* call = b.CreateCall(function, coerced);
  call->setCallingConv(m.goConvention());
  call->setAttributes(function->getAttributes());
  return call;
}

void FunctionLowering::panicUnless(llvm::Value* ok, llvm::StringRef symbol, llvm::ArrayRef<llvm::Value*> args, bool isNilCheck) {
  if (llvm::ConstantInt* known = llvm::dyn_cast<llvm::ConstantInt>(ok))
    if (known->isOne())
      return;
  llvm::BasicBlock* good = newBlock("ok");
  llvm::BasicBlock* bad = newBlock("panic");
  llvm::BranchInst* branch = b.CreateCondBr(ok, good, bad, likely());
  if (isNilCheck)
    branch->setMetadata(llvm::LLVMContext::MD_make_implicit, llvm::MDNode::get(m.context, {}));
  b.SetInsertPoint(bad);
  callGo(symbol, args);
  b.CreateUnreachable();
  b.SetInsertPoint(good);
}

void FunctionLowering::nilCheck(llvm::Value* pointer) { panicUnless(b.CreateIsNotNull(pointer), "runtime.panicmem", {}, true); }

// `what` is the end of the name of runtime's function. A 64-bit operand of a 32-bit target is reported whole.
void FunctionLowering::panicUnlessWithin(llvm::Value* ok, llvm::StringRef what, llvm::Value* x, bool isUnsigned, llvm::Value* limit) {
  static constexpr llvm::StringLiteral kinds[] = {"Index", "SliceAlen", "SliceAcap", "SliceB", "Slice3Alen", "Slice3Acap", "Slice3B", "Slice3C"}; // as boundsKind
  if (x->getType()->getIntegerBitWidth() <= m.word->getBitWidth()) {
    panicUnless(ok, ("runtime.panic" + what + (isUnsigned ? "U" : "")).str(), {resize(x, isUnsigned, m.word), limit});
    return;
  }
  int64_t kind = llvm::find(kinds, what) - kinds;
  panicUnless(ok, "runtime.panicExtend", {x, limit, m.wordConstant(kind), m.wordConstant(isUnsigned ? 0 : 1)});
}

void FunctionLowering::boundsCheck(const mir::Instr& instr) {
  Value index = operand(instr.args[0]);
  Value length = operand(instr.args[1]);
  bool isUnsigned = index.type->isUnsigned();
  llvm::Value* i = index[0];
  llvm::Value* n = toWord(length[0], *length.type);
  llvm::Type* wide = i->getType()->getIntegerBitWidth() > m.word->getBitWidth() ? i->getType() : m.word;
  llvm::Value* ok = b.CreateICmpULT(resize(i, isUnsigned, wide), b.CreateZExt(n, wide));
  panicUnlessWithin(ok, "Index", i, isUnsigned, n);
}

// Arguments in, results out as values; results in an out struct are read from there.
llvm::SmallVector<Value, 2> FunctionLowering::emitCallValues(const FnAbi& abi, llvm::Value* code, llvm::Value* nest, llvm::ArrayRef<Value> args) {
  llvm::SmallVector<llvm::Value*, 12> flat;
  if (abi.hasNest)
    flat.push_back(nest ? nest : llvm::PoisonValue::get(m.ptr1));
  llvm::AllocaInst* out = nullptr;
  int outAt = -1;
  if (abi.hasOut) {
    int64_t align = 1;
    for (TypeInfo* result : abi.results)
      align = std::max(align, result->align);
    out = alloca_(abi.outType, align, "out");
    outAt = static_cast<int>(flat.size());
    flat.push_back(out);
  }
  for (size_t i = 0; i < abi.params.size(); ++i) {
    const FnAbi::Param& param = abi.params[i];
    if (i >= args.size())
      break;
    if (param.isIndirect) {
      flat.push_back(rawPointer(spill(args[i])));
      continue;
    }
    for (unsigned k = 0; k < param.count && k < args[i].parts.size(); ++k)
      flat.push_back(coerce(args[i].parts[k], abi.type->getParamType(param.first + k)));
  }
  llvm::SmallVector<Value, 2> results;
  if (flat.size() != abi.type->getNumParams()) {
    m.unsupported(pos_, "a call whose arguments do not match the function's parameters");
    for (TypeInfo* type : abi.results)
      results.push_back(zero(*type));
    return results;
  }
  llvm::CallInst* call = b.CreateCall(abi.type, code, flat);
  call->setAttributes(abi.attributes);
  if (outAt >= 0)
    markOut(call, static_cast<unsigned>(outAt));
  if (!abi.isNative)
    call->setCallingConv(m.goConvention());
  unsigned next = 0;
  for (size_t i = 0; i < abi.results.size(); ++i) {
    TypeInfo& type = *abi.results[i];
    if (abi.hasOut) {
      results.push_back(load(offset(out, abi.resultOffsets[i]), type));
      continue;
    }
    Value value;
    value.type = &type;
    for (size_t k = 0; k < type.scalars.size(); ++k, ++next)
      value.parts.push_back(call->getType()->isStructTy() ? b.CreateExtractValue(call, next) : static_cast<llvm::Value*>(call));
    results.push_back(value);
  }
  return results;
}

void FunctionLowering::emitCall(const FnAbi& abi, llvm::Value* code, llvm::Value* nest, llvm::ArrayRef<Value> args, llvm::ArrayRef<mir::LocalId> dsts) {
  llvm::SmallVector<Value, 2> results = emitCallValues(abi, code, nest, args);
  for (size_t i = 0; i < results.size() && i < dsts.size(); ++i)
    if (dsts[i] != mir::noLocal && !slots_[dsts[i]].object)
      store(slots_[dsts[i]].address, results[i], true);
}

void FunctionLowering::call(const mir::Instr& instr) {
  const Callee& callee = *instr.callee;
  switch (callee.kind) {
  case Callee::None:
    return;
  case Callee::Static: {
    const mir::FuncRef& ref = *callee.ref;
    if (ref.func && intrinsic(instr, ref.func, ref.typeArgs))
      return;
    llvm::SmallVector<Value, 6> args;
    llvm::SmallVector<Type*, 6> params, results;
    bool isNative = ref.func && mir::isNative(ref.func);
    Signature* signature = callee.signature;
    size_t fixed = signature && signature->params ? signature->params->vars.size() : instr.args.size();
    size_t receivers = instr.args.size() - std::min(fixed, instr.args.size());
    for (size_t i = 0; i < instr.args.size(); ++i) {
      args.push_back(operand(instr.args[i]));
      params.push_back(i < receivers || !signature ? instr.args[i].type : signature->params->vars[i - receivers]->type);
    }
    if (signature && signature->results)
      for (Var* result : signature->results->vars)
        results.push_back(result->type);
    FnAbi abi = m.abi(params, results, false, isNative);
    llvm::Function* target = m.functionFor(ref, pos_);
    if (target)
      emitCall(abi, target, nullptr, args, instr.dsts);
    return;
  }
  case Callee::Closure: {
    llvm::SmallVector<Value, 6> args;
    for (const mir::Operand& arg : instr.args)
      args.push_back(operand(arg));
    llvm::Value* closure = operand(callee.value).parts[0];
    nilCheck(closure);
    llvm::Value* code = b.CreateAlignedLoad(m.ptr0, closure, llvm::Align(m.wordSize()));
    emitCall(m.abiOf(callee.signature, nullptr, true), code, closure, args, instr.dsts);
    return;
  }
  case Callee::InterfaceMethod: {
    Value receiver = operand(callee.value);
    llvm::SmallVector<Value, 6> args;
    args.push_back(make(m.unsafePointer(), {receiver[1]}));
    for (const mir::Operand& arg : instr.args)
      args.push_back(operand(arg));
    nilCheck(receiver[0]);
    int index = m.interfaceMethodIndex(receiver.type->under, callee.method);
    if (index < 0) {
      m.unsupported(pos_, "call of a method that the interface does not have: " + callee.method->name);
      return;
    }
    int64_t at = m.layout.itabFunctions + index * m.wordSize();
    llvm::LoadInst* code = b.CreateAlignedLoad(m.ptr0, offset(receiver[0], at), llvm::Align(m.wordSize()));
    code->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(m.context, {}));
    emitCall(m.abiOf(callee.signature, basicType(BasicKind::UnsafePointer), false), code, nullptr, args, instr.dsts);
    return;
  }
  case Callee::TypeParamMethod: {
    // A concrete receiver whose method is promoted, or a value method reached through a pointer: the method table has the right form.
    llvm::SmallVector<Value, 6> args;
    args.push_back(operand(callee.value));
    for (const mir::Operand& arg : instr.args)
      args.push_back(operand(arg));
    for (const MethodSetEntry& entry : methodSet(callee.recvType)) {
      if (!entry.func->sameId(callee.method->pkg, callee.method->name))
        continue;
      llvm::Function* target = m.methodFunction(callee.recvType, entry, false, pos_);
      if (target)
        emitCall(m.abiOf(callee.signature, callee.recvType, false), target, nullptr, args, instr.dsts);
      return;
    }
    m.unsupported(pos_, "call of method " + callee.method->name + " on " + typeString(callee.recvType));
    return;
  }
  }
}

} // namespace stoat::lower
