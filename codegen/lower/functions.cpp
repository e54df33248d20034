// Which LLVM function a reference means, and the worklist of bodies: instances are made here from generic MIR (of this package or,
// through the BodyProvider, of another), and so are method wrappers and the Go-convention thunks of natives.
#include "lower/function_lowering.h"
#include "build/build.h"
#include "opt/escape.h"

namespace stoat::lower {

constexpr size_t maxInstances = 50'000;
constexpr unsigned maxErrors = 20;

mir::Function* ModuleState::bodyOf(Func* func) {
  Func* origin = func->origin ? func->origin : func;
  llvm::DenseMap<const Func*, mir::Function*>::iterator known = bodiesByFunc_.find(origin);
  if (known != bodiesByFunc_.end())
    return known->second;
  mir::Function* body = bodies_.body(origin);
  bodiesByFunc_[origin] = body;
  return body;
}

llvm::Function* ModuleState::functionFor(mir::Function* function) {
  llvm::Function* target = declareGo(function->symbol, abiOf(*function));
  if (function->hasBody() && queued_.insert(function).second)
    pending_.push_back({function, target});
  return target;
}

llvm::Function* ModuleState::functionFor(const mir::FuncRef& ref, Pos pos) {
  if (ref.closure)
    return functionFor(ref.closure);
  Func* func = ref.func->origin ? ref.func->origin : ref.func;
  if (ref.typeArgs.empty()) {
    llvm::DenseMap<const Func*, mir::Function*>::iterator local = bodiesByFunc_.find(func);
    std::string symbol = local != bodiesByFunc_.end() && local->second && isLocalPackage(func->pkg) ? local->second->symbol : mir::functionSymbol(func);
    if (llvm::Function* known = module->getFunction(symbol))
      return known;
    const Signature* signature = func->signature();
    Type* receiver = signature->recv ? signature->recv->type : nullptr;
    llvm::Function* target = declareGo(symbol, abiOf(signature, receiver, false, mir::isNative(func)));
    // The runtime names functions of packages that a program may not link (reflect, os/signal); it calls them only on their behalf.
    bool isPull = func->decl && !func->decl->body && !func->linkSymbol.empty() && !mir::isNative(func);
    if (isPull && source.pkg->path == "runtime" && isLocalPackage(func->pkg)) {
      target->setLinkage(llvm::GlobalValue::ExternalWeakLinkage);
      target->setDSOLocal(false);
    }
    return target;
  }
  std::string symbol = mir::instanceSymbol(func, ref.typeArgs);
  llvm::Function*& known = instances_[symbol];
  if (known)
    return known;
  // Generic functions that call each other with ever larger types may need exponentially many instances.
  if (instances_.size() > maxInstances || isTooComplex(ref.typeArgs)) {
    if (errors_ == 0)
      diag.report(pos, DiagKind::TypeTooLarge, instances_.size() > maxInstances ? "too many instances of generic functions (more than " + std::to_string(maxInstances) + "; implementation limitation)"
                                                                               : std::string("type arguments too complex (implementation limitation)"));
    errors_ += maxErrors; // stop here
    return nullptr;
  }
  mir::Function* generic = bodyOf(func);
  if (!generic || !generic->hasBody()) {
    unsupported(pos, "an instance of " + mir::functionSymbol(func) + " whose body is not in the export data");
    return nullptr;
  }
  mir::Function* instance = mir::instantiateFunction(*generic, ref.typeArgs, types);
  if (options.escapeAnalysis)
    mir::escapeAnalysis(*instance); // its types are known now
  llvm::Function* target = declareGo(instance->symbol, abiOf(*instance));
  instances_[symbol] = target;
  if (queued_.insert(instance).second)
    pending_.push_back({instance, target});
  return target;
}

// A function value is called with the Go convention: natives need a thunk.
llvm::Function* ModuleState::goForm(const mir::FuncRef& ref, Pos pos) {
  llvm::Function* target = functionFor(ref, pos);
  if (!target || !ref.func || !mir::isNative(ref.func))
    return target;
  // Both conventions agree on func(). It has to be the code itself for reflect's makeFuncStub and methodValueCall, which take any arguments.
  if (!ref.func->signature()->recv && ref.func->signature()->params->vars.empty() && ref.func->signature()->results->vars.empty())
    return target;
  std::string symbol = (target->getName() + "·go").str();
  if (llvm::Function* known = module->getFunction(symbol))
    return known;
  const Signature* signature = ref.func->signature();
  Type* receiver = signature->recv ? signature->recv->type : nullptr;
  FnAbi go = abiOf(signature, receiver, false, false), native = abiOf(signature, receiver, false, true);
  llvm::Function* thunk = declareGo(symbol, go);
  makeComdat(thunk);
  thunk->addFnAttr("stoat-wrapper");
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "entry", thunk));
  if (llvm::DISubprogram* scope = subprogram(thunk, symbol, pos, true))
    b.SetCurrentDebugLocation(location(scope, pos));
  llvm::SmallVector<llvm::Value*, 8> args;
  llvm::Value* out = nullptr;
  if (native.hasOut) {
    out = go.hasOut ? static_cast<llvm::Value*>(thunk->getArg(go.outIndex)) : b.CreateAlloca(native.outType);
    if (!go.hasOut)
      llvm::cast<llvm::AllocaInst>(out)->setAlignment(llvm::Align(8));
    args.push_back(out);
  }
  for (const FnAbi::Param& param : go.params)
    for (unsigned k = 0; k < param.count; ++k)
      args.push_back(thunk->getArg(param.first + k));
  llvm::CallInst* call = b.CreateCall(native.type, target, args);
  call->setAttributes(native.attributes);
  if (go.hasOut || thunk->getReturnType()->isVoidTy()) {
    b.CreateRetVoid();
  } else if (!native.hasOut) {
    b.CreateRet(call);
  } else {
    llvm::Value* result = llvm::Constant::getNullValue(thunk->getReturnType());
    unsigned index = 0;
    for (size_t i = 0; i < native.results.size(); ++i)
      for (const Scalar& scalar : native.results[i]->scalars) {
        llvm::Value* from = b.CreateConstInBoundsGEP1_64(i8, out, native.resultOffsets[i] + scalar.offset);
        result = b.CreateInsertValue(result, b.CreateAlignedLoad(scalar.type, from, llvm::Align(1)), index++);
      }
    b.CreateRet(result);
  }
  return thunk;
}

llvm::Constant* ModuleState::funcValue(llvm::Function* function) {
  std::string symbol = (function->getName() + "·f").str();
  llvm::GlobalVariable* object = module->getGlobalVariable(symbol, true);
  if (!object) {
    object = new llvm::GlobalVariable(*module, ptr0, true, llvm::GlobalValue::LinkOnceODRLinkage, function, symbol);
    object->setAlignment(llvm::Align(wordSize()));
    makeComdat(object);
  }
  return toGo(object);
}

llvm::Constant* ModuleState::funcValue(const mir::FuncRef& ref, Pos pos) {
  llvm::Function* function = goForm(ref, pos);
  return function ? funcValue(function) : llvm::ConstantPointerNull::get(ptr1);
}

llvm::Function* ModuleState::methodFunction(Type* receiver, const MethodSetEntry& entry, bool forInterface, Pos pos) {
  if (mir::Function* wrapper = mir::buildMethodWrapper(receiver, entry, forInterface)) {
    wrapper->isComdat = true;
    if (llvm::Function* known = instances_.lookup(wrapper->symbol))
      return known;
    llvm::Function* target = functionFor(wrapper);
    instances_[wrapper->symbol] = target;
    return target;
  }
  mir::FuncRef ref;
  ref.func = entry.func->origin ? entry.func->origin : entry.func;
  // The method's own receiver type carries the type arguments (it may be an embedded field's).
  Type* type = unalias(entry.func->signature()->recv ? entry.func->signature()->recv->type : receiver);
  if (llvm::isa<Interface>(type->underlying()))
    type = unalias(receiver);
  if (PointerType* pointer = llvm::dyn_cast<PointerType>(type))
    type = unalias(pointer->elem);
  if (Named* named = llvm::dyn_cast<Named>(type))
    ref.typeArgs = named->typeArgs;
  return goForm(ref, pos);
}

void ModuleState::lowerPending() {
  // Descriptors and bodies ask for each other until nothing new turns up.
  while (!pending_.empty() || !pendingDescriptors_.empty()) {
    while (!pending_.empty()) {
      Pending next = pending_.front();
      pending_.pop_front();
      if (!next.target->empty())
        continue;
      where = next.function->pos;
      FunctionLowering(*this, *next.function, next.target).run();
      if (errors_ >= maxErrors)
        return;
    }
    while (!pendingDescriptors_.empty()) {
      TypeInfo* type = pendingDescriptors_.front();
      pendingDescriptors_.pop_front();
      if (Named* named = llvm::dyn_cast<Named>(type->type))
        where = named->obj->pos;
      defineDescriptor(*type, descriptors_.lookup(type->key));
    }
  }
}

} // namespace stoat::lower
