// The recipe of a compile: source files of one package -> one archive. Each step takes the finished artifact of the one before.
#include "build/build.h"
#include "base/text.h"
#include "check/check.h"
#include "check/dump.h"
#include "check/source_importer.h"
#include "asm_header.h"
#include "compile_options.h"
#include "embed.h"
#include "emit/archive.h"
#include "emit/llvm_passes.h"
#include "escape_report.h"
#include "importer.h"
#include "lower/lower.h"
#include "mir/export.h"
#include "mir/print.h"
#include "opt/escape.h"
#include "syntax/parser.h"
#include "target/target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <unistd.h>

namespace stoat::driver {

Package* ArchiveImporter::importPackage(llvm::StringRef path, std::string& error) {
  std::string resolved = path.str();
  if (path == "." || path == ".." || path.starts_with("./") || path.starts_with("../")) {
    if (options_.noLocalImports) {
      error = "local imports disallowed";
      return nullptr;
    }
    llvm::SmallString<128> joined(options_.localImportPrefix);
    llvm::sys::path::append(joined, path);
    llvm::sys::path::remove_dots(joined, /*remove_dot_dot=*/true);
    resolved = joined.str().str();
  }
  if (auto it = config_.importMap.find(resolved); it != config_.importMap.end()) resolved = it->second;
  if (resolved == "unsafe") return unsafePackage();
  auto file = config_.packageFiles.find(resolved);
  if (file == config_.packageFiles.end()) {
    error = config_.packageFiles.empty() ? "file not found" : "open : no such file or directory";
    return nullptr;
  }
  Archive archive;
  if (!readArchive(file->second, stoatVersion(), archive, error)) return nullptr;
  buffers_.push_back(std::move(archive.buffer));
  return packages_.read(resolved, archive.exportData, error);
}

namespace {

/// Names a step for -timings.
class Timer {
public:
  explicit Timer(bool enabled) : enabled_(enabled), start_(Clock::now()) {}
  void step(llvm::StringRef name) {
    if (!enabled_) return;
    auto now = Clock::now();
    llvm::errs() << llvm::format("%8.1f ms  ", std::chrono::duration<double, std::milli>(now - start_).count()) << name << '\n';
    start_ = now;
  }

private:
  using Clock = std::chrono::steady_clock;
  bool enabled_;
  Clock::time_point start_;
};

int writeOutput(const CompileOptions& o, llvm::StringRef bytes) {
  if (o.output.empty() || o.output == "-") {
    llvm::outs() << bytes;
    llvm::outs().flush();
    if (!llvm::outs().has_error()) return 0;
    errorLine("compile: writing output: " + systemErrorText(llvm::outs().error().value()));
    llvm::outs().clear_error();
    return 1;
  }
  std::string error = writeFileAtomically(o.output, bytes);
  if (error.empty()) return 0;
  errorLine("compile: " + error);
  return 1;
}

int reportErrors(DiagEngine& diag, const CompileOptions& o) {
  std::string text;
  diag.flush(text, o.allErrors ? 0 : 10);
  llvm::outs() << text; // gc prints diagnostics on standard output; the go command shows them
  llvm::outs().flush();
  llvm::outs().clear_error(); // nobody is left to be told that they cannot be written
  return 2;
}

/// Packages of which the runtime is made: directives that break the language's guarantees are allowed there (cmd/internal/objabi/pkgspecial.go).
bool isRuntimePart(llvm::StringRef path) {
  return llvm::StringSwitch<bool>(path)
      .Cases({"runtime", "internal/runtime/atomic", "internal/runtime/cgroup", "internal/runtime/exithook", "internal/runtime/gc"}, true)
      .Cases({"internal/runtime/gc/scan", "internal/runtime/maps", "internal/runtime/math", "internal/runtime/sys"}, true)
      .Cases({"internal/runtime/syscall/linux", "internal/abi", "internal/bytealg", "internal/byteorder", "internal/chacha8rand"}, true)
      .Cases({"internal/coverage/rtcov", "internal/cpu", "internal/goarch", "internal/godebugs", "internal/goexperiment"}, true)
      .Cases({"internal/goos", "internal/profilerecord", "internal/strconv", "internal/stringslite"}, true)
      .Default(false);
}

/// GOEXPERIMENT as the go command passes it in the environment: a list of names.
bool hasExperiment(llvm::StringRef name) {
  std::string list = llvm::sys::Process::GetEnv("GOEXPERIMENT").value_or("");
  llvm::SmallVector<llvm::StringRef, 4> names;
  llvm::StringRef(list).split(names, ',');
  return llvm::is_contained(names, name);
}

bool writeAsmHeader(const CompileOptions& o, const Package& package) {
  if (o.asmHeader.empty()) return true;
  std::string error = writeFileAtomically(o.asmHeader, asmHeader(package, TargetSizes::forArch(o.goarch)));
  if (!error.empty()) errorLine("compile: " + error);
  return error.empty();
}

} // namespace

int compileMain(Args args) {
  CompileOptions o;
  if (!parseCompileOptions(args, o)) return 1;
  if (!o.checkList.empty()) return checkListMain(o.checkList, o.goarch, o.timings);
  if (!targetFor(o.goarch)) {
    errorLine("compile: not supported yet: GOARCH=" + o.goarch + " (supported: amd64, arm64, 386)");
    return 1;
  }
  Timer timer(o.timings);

  // Source -> AST
  SourceTable sources;
  // No GOROOT in the environment: not called by the go command, nothing is shared. With -trimpath it says nothing of the real one.
  std::string goroot = llvm::sys::Process::GetEnv("GOROOT").value_or("");
  sources.paths = PathRewriter(goroot, o.trimPath);
  DiagEngine diag(sources);
  Arena arena;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> buffers;
  std::vector<SourceFile*> files;
  ParseOptions parseOptions;
  bool runtime = o.compilingRuntime || (o.std && isRuntimePart(o.packagePath));
  parseOptions.pragmas = o.std ? (runtime ? PragmaPolicy::StdRuntime : PragmaPolicy::Std) : runtime ? PragmaPolicy::Runtime : PragmaPolicy::User;
  parseOptions.fieldTrack = hasExperiment("fieldtrack");
  std::string tokens;
  for (const std::string& path : o.files) {
    auto text = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/true);
    uint16_t base = sources.addFile(path);
    if (!text) {
      std::string why = systemErrorText(text.getError().value());
      bool opened = text.getError() == std::errc::is_a_directory;
      errorLine(opened ? path + ":1:1: I/O error: read " + path + ": " + why : "open " + path + ": " + why);
      return 2;
    }
    buffers.push_back(std::move(*text));
    if (o.emit == EmitKind::Tokens) dumpTokens(diag, base, buffers.back()->getBuffer(), tokens);
    else files.push_back(parseFile(arena, diag, base, path, buffers.back()->getBuffer(), parseOptions));
  }
  timer.step("parse");
  if (diag.hasSyntaxErrors()) return reportErrors(diag, o);
  if (o.emit == EmitKind::Tokens) return diag.hasErrors() ? reportErrors(diag, o) : writeOutput(o, tokens);
  if (o.emit == EmitKind::Ast) {
    std::string text;
    for (SourceFile* f : files) dumpAst(*f, sources, text);
    return writeOutput(o, text);
  }

  // AST -> checked AST
  ImportConfig config;
  std::string error;
  if (!o.importcfg.empty() && !readImportConfig(o.importcfg, config, error)) {
    errorLine("compile: " + error);
    return 1;
  }
  std::string symabis;
  if (!o.symabis.empty()) {
    auto text = llvm::MemoryBuffer::getFile(o.symabis);
    if (!text) {
      errorLine("compile: open " + o.symabis + ": " + systemErrorText(text.getError().value()));
      return 1;
    }
    symabis = (*text)->getBuffer().str();
  }
  Context context;
  mir::ImportedPackages imports(sources, context);
  ArchiveImporter importer(config, o, imports);
  CheckOptions checkOptions;
  checkOptions.goVersion = o.lang;
  checkOptions.goarch = o.goarch;
  checkOptions.isStd = o.std;
  checkOptions.complete = o.complete;
  checkOptions.hasSymabis = !o.symabis.empty();
  CheckedPackage* package = checkPackage(o.packagePath, files, importer, diag, checkOptions);
  timer.step("check");
  if (diag.hasErrors()) return reportErrors(diag, o);
  if (o.emit == EmitKind::Types) {
    std::string text;
    dumpTypes(*package, text);
    return writeOutput(o, text);
  }

  // checked AST -> MIR
  TargetSizes sizes = TargetSizes::forArch(o.goarch);
  mir::Module* module = mir::buildModule(*package, diag, sizes);
  if (!diag.hasErrors()) embedFiles(*package, o.embedcfg, *module, diag);
  timer.step("build");
  std::vector<mir::EscapeNote> notes;
  if (!diag.hasErrors() && !o.noOptimize) mir::escapeAnalysis(*module, o.reportEscapes ? &notes : nullptr);
  if (o.reportEscapes) llvm::outs() << escapeReport(notes, files, sources);
  timer.step("escape");
  if (diag.hasErrors()) return reportErrors(diag, o);
  if (o.verifyEach) {
    std::string problems;
    for (mir::Function* f : module->functions) mir::verifyFunction(*f, problems);
    if (module->init) mir::verifyFunction(*module->init, problems);
    if (!problems.empty()) {
      errorLine("internal compiler error: malformed MIR\n" + problems);
      return 3;
    }
  }
  if (o.emit == EmitKind::Mir) {
    std::string text;
    mir::printModule(*module, text);
    return writeOutput(o, text);
  }

  // MIR -> LLVM IR -> object
  llvm::LLVMContext llvmContext;
  LowerOptions lowerOptions;
  lowerOptions.goarch = o.goarch;
  lowerOptions.packagePath = o.packagePath;
  lowerOptions.symabis = symabis;
  lowerOptions.isLibrary = o.std;
  lowerOptions.debugInfo = o.debugInfo;
  lowerOptions.escapeAnalysis = !o.noOptimize;
  lowerOptions.saturatingConversions = o.saturatingConversions;
  lowerOptions.leftOutBarrier = o.leftOutBarrier;
  std::unique_ptr<llvm::Module> ir = lowerModule(llvmContext, *module, imports, diag, lowerOptions);
  timer.step("lower");
  if (diag.hasErrors() || !ir) return reportErrors(diag, o);
  if (o.emit == EmitKind::Llvm) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    ir->print(stream, nullptr);
    return writeOutput(o, text);
  }
  EmitOptions emitOptions;
  emitOptions.goarch = o.goarch;
  emitOptions.optimize = !o.noOptimize;
  emitOptions.goroot = goroot;
  emitOptions.verify = o.verifyEach;
  emitOptions.assembly = o.emit == EmitKind::Asm;
  emitOptions.optimizedIr = o.emit == EmitKind::LlvmOptimized;
  emitOptions.stackMaps = o.emit == EmitKind::StackMaps;
  llvm::SmallVector<char, 0> object;
  if (!emitObject(*ir, emitOptions, object, error)) {
    errorLine("compile: " + o.packagePath + ": " + error);
    return 3;
  }
  timer.step("emit");
  llvm::StringRef objectBytes(object.data(), object.size());
  if (o.emit != EmitKind::Archive) return writeOutput(o, objectBytes);

  // export data + object -> archive
  ArchiveContents contents;
  contents.goarch = o.goarch;
  contents.goVersion = o.goVersion.empty() ? goVersion() : o.goVersion;
  contents.stoatVersion = stoatVersion();
  contents.buildId = o.buildId;
  contents.packagePath = o.packagePath;
  contents.packageName = package->pkg->name;
  for (Package* p : package->pkg->imports)
    if (p->path != "unsafe") contents.imports.push_back(p->path);
  if (module->init) contents.initSymbol = module->init->symbol;
  for (const mir::GlobalVar& variable : module->globals) {
    BasicType* type = llvm::dyn_cast<BasicType>(variable.var->type->underlying());
    bool isDeclared = !variable.var->name.empty() && variable.var->name != "_" && !variable.var->name.starts_with("."); // not data of the compiler's own
    if (type && type->basic == BasicKind::String && isDeclared) contents.stringVariables.push_back(variable.var->name.str());
  }
  contents.exportData = mir::writeExport(*module, imports, sources);
  contents.object = objectBytes;
  std::string output = o.output.empty() ? llvm::sys::path::stem(o.files[0]).str() + ".o" : o.output;
  o.output = output;
  if (!writeAsmHeader(o, *package->pkg)) return 1;
  int status = 0;
  if (!o.linkObject.empty()) {
    CompileOptions full = o;
    full.output = o.linkObject;
    status = writeOutput(full, writeArchive(contents));
    contents.object = {};
  }
  if (!status) status = writeOutput(o, writeArchive(contents));
  timer.step("archive");
  return status;
}

} // namespace stoat::driver
