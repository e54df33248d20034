// The recipe: LLVM's pipeline, then our late IR passes, then code generation with our machine passes. Nothing may transform IR between the
// bundles and code generation: a bundle says what is live at its call at that moment.
#include "emit/llvm_passes.h"
#include "emit/session.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"
#include "llvm/Target/TargetMachine.h"
#include "target/target.h"
#include <mutex>

using namespace llvm;

namespace stoat {

static thread_local EmitSession* sessionOfThread = nullptr;
EmitSession* currentSession() { return sessionOfThread; }

namespace {

// Errors that LLVM reports through the context (inline assembly, unsupported constructs) become ours.
class ErrorCollector : public DiagnosticHandler {
public:
  explicit ErrorCollector(EmitSession& session) : session_(session) {}
  bool handleDiagnostics(const DiagnosticInfo& info) override {
    if (info.getSeverity() != DS_Error)
      return true;
    std::string text;
    raw_string_ostream stream(text);
    DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    session_.fail("code generation: " + text);
    return true;
  }

private:
  EmitSession& session_;
};

class SessionScope {
public:
  SessionScope(EmitSession& session, LLVMContext& context) : context_(context), outer_(sessionOfThread) {
    sessionOfThread = &session;
    handler_ = context.getDiagnosticHandler();
    context.setDiagnosticHandler(std::make_unique<ErrorCollector>(session));
  }
  ~SessionScope() {
    context_.setDiagnosticHandler(std::move(handler_));
    sessionOfThread = outer_;
  }

private:
  LLVMContext& context_;
  EmitSession* outer_;
  std::unique_ptr<DiagnosticHandler> handler_;
};

} // namespace

static void turnOn(StringRef name) {
  cl::Option* option = cl::getRegisteredOptions().lookup(name);
  if (!option)
    report_fatal_error("LLVM has no option -" + name + ": Stoat needs LLVM 22");
  option->addOccurrence(0, name, "true");
}

static void initializeOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Live-through values stay in registers; without the second the register allocator aborts (design notes on LLVM, item 12).
    turnOn("use-registers-for-deopt-values");
    turnOn("restrict-statepoint-remat");
    registerStackMapPrinter();
    static RegisterTargetPassConfigCallback callback([](TargetMachine&, legacy::PassManagerBase&, TargetPassConfig* config) {
      EmitSession* session = currentSession();
      if (!session)
        return;
      config->insertPass(&PrologEpilogCodeInserterID, createFrameFactsPass(*session));
      config->insertPass(&FuncletLayoutID, createStackCheckPass(*session));
    });
  });
}

static void setFunctionAttributes(Module& module, const TargetMachine& machine) {
  std::string features = machine.getTargetFeatureString().str();
  std::string cpu = machine.getTargetCPU().str();
  for (Function& function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr(Attribute::NoUnwind);
    function.removeFnAttr(Attribute::UWTable);
    function.addFnAttr("frame-pointer", "all");
    function.addFnAttr("no-realign-stack");
    function.addFnAttr("disable-tail-calls", "true");
    function.addFnAttr("target-cpu", cpu);
    if (!features.empty())
      function.addFnAttr("target-features", features);
  }
  // Everything is linked statically into one executable.
  for (GlobalValue& value : module.global_values())
    if (!value.isThreadLocal() && !value.hasExternalWeakLinkage() && !value.hasDLLImportStorageClass())
      value.setDSOLocal(true);
}

static TargetLibraryInfoImpl libraryInfo(const Module& module) {
  // Of the C library LLVM may assume only what the static link always has; Go's functions never have these meanings.
  TargetLibraryInfoImpl info(module.getTargetTriple());
  info.disableAllFunctions();
  for (LibFunc function : {LibFunc_memcpy, LibFunc_memmove, LibFunc_memset, LibFunc_memcmp, LibFunc_bcmp})
    info.setAvailable(function);
  return info;
}

Function* declareBarrier(Module& module) {
  if (Function* existing = module.getFunction("stoat.barrier"))
    return existing;
  LLVMContext& context = module.getContext();
  FunctionType* type = FunctionType::get(Type::getVoidTy(context), {PointerType::get(context, 0), PointerType::get(context, 1)}, false);
  Function* function = Function::Create(type, GlobalValue::ExternalLinkage, "stoat.barrier", module);
  // Reads the slot's old value; what it does besides is invisible to the program.
  function->setMemoryEffects(MemoryEffects::argMemOnly(ModRefInfo::Ref) | MemoryEffects::inaccessibleMemOnly());
  function->addFnAttr(Attribute::NoUnwind);
  function->addFnAttr(Attribute::WillReturn);
  function->addFnAttr(Attribute::NoCallback);
  function->addFnAttr("gc-leaf-function");
  return function;
}

bool emitObject(Module& module, const EmitOptions& options, SmallVectorImpl<char>& object, std::string& error) {
  initializeOnce();
  EmitSession session;
  session.target = targetFor(options.goarch);
  if (!session.target) {
    error = "unsupported GOARCH " + options.goarch;
    return false;
  }
  session.optimize = options.optimize;
  session.paths = PathRewriter(options.goroot, "");
  std::string listing;
  if (options.stackMaps)
    session.listing = &listing;
  SessionScope scope(session, module.getContext());

  std::unique_ptr<TargetMachine> machine = createTargetMachine(*session.target, options.optimize, options.goamd64);
  setFunctionAttributes(module, *machine);
  std::string complaint;
  raw_string_ostream complaintStream(complaint);
  if (options.verify && verifyModule(module, &complaintStream)) {
    error = "invalid LLVM module: " + complaint;
    return false;
  }

  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving = options.optimize;
  PassBuilder builder(machine.get(), tuning);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  TargetLibraryInfoImpl library = libraryInfo(module);
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager pipeline = options.optimize ? builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2)
                                                : builder.buildO0DefaultPipeline(OptimizationLevel::O0);
  pipeline.run(module, modules);

  prepareLate(module, functions, session);
  if (session.error.empty())
    for (Function& function : module)
      if (isGoFunction(function))
        recordLivePointers(function, session);
  emitRoots(module, *session.target);
  if (session.error.empty() && options.verify && verifyModule(module, &complaintStream))
    session.fail("invalid LLVM module after late passes: " + complaint);
  if (!session.error.empty()) {
    error = session.error;
    return false;
  }

  raw_svector_ostream stream(object);
  if (options.optimizedIr) {
    module.print(stream, nullptr);
    return true;
  }
  legacy::PassManager codegen;
  codegen.add(new TargetLibraryInfoWrapperPass(library));
  CodeGenFileType kind =
      options.assembly ? CodeGenFileType::AssemblyFile : CodeGenFileType::ObjectFile;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr, kind, /*DisableVerify=*/true)) {
    error = "code generation: the target cannot write objects";
    return false;
  }
  codegen.run(module);
  if (!session.error.empty()) {
    object.clear();
    error = session.error;
    return false;
  }
  if (options.stackMaps)
    object.assign(listing.begin(), listing.end());
  return true;
}

} // namespace stoat
