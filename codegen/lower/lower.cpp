// lowerModule: the recipe. Globals, then every non-generic function, then descriptors of the declared types, then whatever those asked
// for until the worklist is empty; tables and debug information last.
#include "lower/lower.h"
#include "lower/module_state.h"
#include "target/target.h"
#include "target_layout.h"

namespace stoat::lower {

static Arch archOf(llvm::StringRef goarch) {
  return goarch == "arm64" ? Arch::Arm64 : goarch == "386" ? Arch::I386 : Arch::Amd64;
}

ModuleState::ModuleState(llvm::LLVMContext& context, const mir::Module& source, BodyProvider& bodies, DiagEngine& diag, const LowerOptions& options)
    : context(context), source(source), diag(diag), options(options), arch(archOf(options.goarch)), sizes(TargetSizes::forArch(options.goarch)),
      layout(targetFor(options.goarch) ? *targetFor(options.goarch)->layout : layoutAmd64),
      bodies_(bodies), owned_(std::make_unique<llvm::Module>(options.packagePath, context)) {
  module = owned_.get();
  if (const Target* target = targetFor(options.goarch))
    setTarget(*module, *target);
  ptr0 = llvm::PointerType::get(context, 0);
  ptr1 = llvm::PointerType::get(context, 1);
  word = llvm::IntegerType::get(context, sizes.wordSize * 8);
  i8 = llvm::IntegerType::get(context, 8);
  i16 = llvm::IntegerType::get(context, 16);
  i32 = llvm::IntegerType::get(context, 32);
  i64 = llvm::IntegerType::get(context, 64);
  f32 = llvm::Type::getFloatTy(context);
  f64 = llvm::Type::getDoubleTy(context);
}

void ModuleState::unsupported(Pos pos, const llvm::Twine& what) {
  ++errors_;
  diag.report(pos, DiagKind::UnsupportedFeature, ("not supported yet: " + what).str());
}

void ModuleState::refuse(Pos pos, DiagKind kind, const llvm::Twine& message) {
  ++errors_;
  diag.report(pos, kind, message.str());
}

static bool isInGenericFunction(const TypeName* name) {
  if (!name->enclosingFunc || !name->enclosingFunc->type)
    return false;
  const Signature* signature = name->enclosingFunc->signature();
  return !signature->typeParams.empty() || !signature->recvTypeParams.empty();
}

bool ModuleState::run() {
  assembly = mir::parseSymabis(options.symabis);
  mir::markNatives(source, options.isLibrary ? assembly.defined : llvm::StringSet<>());
  for (TypeName* name : source.types)
    if (name->type)
      ownTypes_.insert(typeKey(name->type));
  for (mir::Function* function : source.functions)
    if (function->object)
      bodiesByFunc_[function->object->origin ? function->object->origin : function->object] = function;
  defineGlobals();
  for (mir::Function* function : source.functions)
    if (!function->isGeneric() && function->hasBody())
      functionFor(function);
  if (source.init && source.init->hasBody())
    functionFor(source.init);
  for (TypeName* name : source.types) {
    Named* named = llvm::dyn_cast_or_null<Named>(name->type);
    if (!named || !named->typeParams.empty() || isInGenericFunction(name) || named->isInstance())
      continue;
    // Constraint interfaces have no run-time form.
    if (Interface* interface = llvm::dyn_cast<Interface>(named->underlying()))
      if (!interface->isMethodSet())
        continue;
    descriptor(named);
    descriptor(typeArena().make<PointerType>(named));
  }
  lowerPending();
  defineAssemblyBridges();
  finishDebugInfo();
  if (!used_.empty()) {
    llvm::SmallVector<llvm::Constant*, 64> list;
    for (llvm::GlobalValue* value : used_)
      list.push_back(llvm::ConstantExpr::getPointerBitCastOrAddrSpaceCast(value, ptr0));
    llvm::ArrayType* type = llvm::ArrayType::get(ptr0, list.size());
    llvm::GlobalVariable* used = new llvm::GlobalVariable(*module, type, false, llvm::GlobalValue::AppendingLinkage,
                                                          llvm::ConstantArray::get(type, list), "llvm.compiler.used");
    used->setSection("llvm.metadata");
  }
  return errors_ == 0;
}

} // namespace stoat::lower

namespace stoat {

std::unique_ptr<llvm::Module> lowerModule(llvm::LLVMContext& context, const mir::Module& module, BodyProvider& bodies, DiagEngine& diag,
                                          const LowerOptions& options) {
  lower::ModuleState state(context, module, bodies, diag, options);
  if (!state.run())
    return nullptr;
  return state.take();
}

} // namespace stoat
