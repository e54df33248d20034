// Calling conventions: how the parameters and results of a Go or native function map to an LLVM function type
// (runtime/abi/README.md, "Calls between Go functions" and "Natives").
#include "lower/module_state.h"

namespace stoat::lower {

namespace {
struct ResultLimits { unsigned integers, floats; };

ResultLimits limitsOf(Arch arch) {
  switch (arch) {
  case Arch::Amd64: return {4, 4};
  case Arch::Arm64: return {8, 8};
  case Arch::I386: return {3, 3};
  }
  return {3, 3};
}
} // namespace

FnAbi ModuleState::abi(llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results, bool hasNest, bool isNative) {
  FnAbi abi;
  // Every Go function has the parameter, used or not: LLVM may turn a call through a func value into a direct one, and then both types must agree.
  (void)hasNest;
  hasNest = !isNative;
  abi.hasNest = hasNest;
  abi.isNative = isNative;
  llvm::SmallVector<llvm::Type*, 8> args;
  llvm::AttributeList attributes;
  auto addArg = [&](llvm::Type* type, bool isBool) {
    if (isBool)
      attributes = attributes.addParamAttribute(context, args.size(), llvm::Attribute::ZExt);
    args.push_back(type);
  };
  if (hasNest) {
    attributes = attributes.addParamAttribute(context, 0, llvm::Attribute::Nest);
    args.push_back(ptr1);
  }

  llvm::SmallVector<llvm::Type*, 4> resultScalars;
  unsigned integers = 0, floats = 0;
  bool indirect = false, onlyBool = false;
  int64_t offset = 0, align = 1;
  for (Type* result : results) {
    TypeInfo& type = info(result);
    abi.results.push_back(&type);
    offset = (offset + type.align - 1) / type.align * type.align;
    align = std::max(align, type.align);
    abi.resultOffsets.push_back(offset);
    offset += type.size;
    indirect |= type.inMemory;
    for (const Scalar& scalar : type.scalars) {
      resultScalars.push_back(scalar.type);
      onlyBool = scalar.isBool;
      if (scalar.type->isFloatingPointTy())
        ++floats;
      else
        integers += scalar.type == i64 && wordSize() == 4 ? 2 : 1;
    }
  }
  ResultLimits limits = limitsOf(arch);
  if (isNative)
    abi.hasOut = indirect || resultScalars.size() > 1;
  else
    abi.hasOut = indirect || integers > limits.integers || floats > limits.floats;
  llvm::Type* resultType = llvm::Type::getVoidTy(context);
  if (abi.hasOut) {
    abi.outIndex = args.size();
    args.push_back(ptr0);
    llvm::SmallVector<llvm::Type*, 8> fields;
    int64_t at = 0;
    for (size_t i = 0; i < results.size(); ++i) {
      if (abi.resultOffsets[i] > at)
        fields.push_back(llvm::ArrayType::get(i8, abi.resultOffsets[i] - at));
      fields.push_back(abi.results[i]->memory);
      at = abi.resultOffsets[i] + abi.results[i]->size;
    }
    int64_t size = (offset + align - 1) / align * align;
    if (size > at)
      fields.push_back(llvm::ArrayType::get(i8, size - at));
    abi.outType = llvm::StructType::get(context, fields, true);
  } else if (resultScalars.size() == 1) {
    resultType = resultScalars[0];
    if (onlyBool)
      attributes = attributes.addRetAttribute(context, llvm::Attribute::ZExt);
  } else if (!resultScalars.empty()) {
    resultType = llvm::StructType::get(context, resultScalars);
  }

  for (Type* param : params) {
    TypeInfo& type = info(param);
    FnAbi::Param& entry = abi.params.emplace_back();
    entry.type = &type;
    entry.first = args.size();
    if (type.inMemory) {
      entry.isIndirect = true;
      entry.count = 1;
      attributes = attributes.addParamAttribute(context, args.size(), llvm::Attribute::ReadOnly);
      args.push_back(ptr0);
      continue;
    }
    for (const Scalar& scalar : type.scalars)
      addArg(scalar.type, scalar.isBool);
    entry.count = type.scalars.size();
  }
  abi.type = llvm::FunctionType::get(resultType, args, false);
  abi.attributes = attributes;
  return abi;
}

FnAbi ModuleState::abiOf(const Signature* signature, Type* receiver, bool hasNest, bool isNative) {
  llvm::SmallVector<Type*, 6> params, results;
  if (receiver)
    params.push_back(receiver);
  if (signature->params)
    for (Var* var : signature->params->vars)
      params.push_back(var->type);
  if (signature->results)
    for (Var* var : signature->results->vars)
      results.push_back(var->type);
  return abi(params, results, hasNest, isNative);
}

FnAbi ModuleState::abiOf(const mir::Function& function) {
  llvm::SmallVector<Type*, 6> params, results;
  for (mir::LocalId id : function.params)
    params.push_back(function.locals[id].type);
  for (mir::LocalId id : function.results)
    results.push_back(function.locals[id].type);
  bool isNative = !function.hasBody() && function.object && mir::isNative(function.object);
  // A function declared without body may come without locals.
  if (!function.hasBody() && params.empty() && results.empty() && function.signature)
    return abiOf(function.signature, function.signature->recv ? function.signature->recv->type : nullptr, false, isNative);
  return abi(params, results, usesNest(function), isNative);
}

llvm::Function* ModuleState::declareGo(llvm::StringRef symbol, const FnAbi& abi) {
  if (llvm::Function* known = module->getFunction(symbol))
    return known;
  llvm::Function* function = llvm::Function::Create(abi.type, llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->setAttributes(abi.attributes);
  function->setDSOLocal(true);
  if (abi.isNative) {
    if (isLeafNative(symbol))
      function->addFnAttr("gc-leaf-function");
    // The child of vfork runs on in the caller's frame: no slot may serve two values, for the parent comes back to what the child left.
    if (symbol == "syscall.rawVforkSyscall")
      function->addFnAttr(llvm::Attribute::ReturnsTwice);
  } else {
    function->setCallingConv(goConvention());
    function->setGC("stoat");
  }
  return function;
}

} // namespace stoat::lower
