// Parses the flags of `compile`. Flags that only tune gc's own optimiser are accepted and have no effect; -race, -msan, -asan and others that
// would change what the program means are refused.
#include "compile_options.h"
#include "base/text.h"
#include "base/const_value.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

namespace stoat::driver {

static bool parseEmit(llvm::StringRef value, EmitKind& kind) {
  static constexpr struct { llvm::StringLiteral name; EmitKind kind; } kinds[] = {
      {"tokens", EmitKind::Tokens}, {"ast", EmitKind::Ast}, {"types", EmitKind::Types}, {"mir", EmitKind::Mir}, {"llvm", EmitKind::Llvm},
      {"llvm-opt", EmitKind::LlvmOptimized}, {"stackmaps", EmitKind::StackMaps}, {"asm", EmitKind::Asm}, {"obj", EmitKind::Object}, {"archive", EmitKind::Archive}};
  for (const auto& k : kinds)
    if (value == k.name) { kind = k.kind; return true; }
  return false;
}

/// -d=NAME=VALUE,...: of gc's debugging options only those that change what a program does.
static void parseDebug(llvm::StringRef list, CompileOptions& o) {
  llvm::SmallVector<llvm::StringRef, 4> entries;
  list.split(entries, ',');
  for (llvm::StringRef entry : entries)
    if (entry.consume_front("converthash=")) o.saturatingConversions = entry == "qy" || entry == "y";
    else if (entry.consume_front("leaveoutbarrier=")) o.leftOutBarrier = entry.str();
}

/// A number without leading zeros, at most `largest`; -1 otherwise.
static int versionNumber(llvm::StringRef text, int largest) {
  int value = -1;
  if (text.empty() || (text[0] == '0' && text.size() > 1) || text.find_first_not_of("0123456789") != llvm::StringRef::npos) return -1;
  return text.getAsInteger(10, value) ? largest + 1 : value;
}

/// -lang=go1.N, up to the language of this compiler; "go1" is go1.0.
static bool checkLanguage(const std::string& lang) {
  constexpr int newest = 26;
  if (lang.empty() || lang == "go1") return true;
  auto [major, minor] = llvm::StringRef(lang).split('.');
  int m = major.consume_front("go") ? versionNumber(major, 1) : -1, n = versionNumber(minor, newest);
  bool isVersion = m > 0 && n >= 0;
  if (isVersion && m == 1 && n <= newest) return true;
  std::string why = isVersion ? "max known version is \"go1." + std::to_string(newest) + "\"" : "should be something like \"go1.12\"";
  errorLine("compile: invalid value \"" + lang + "\" for -lang: " + why);
  return false;
}

bool parseCompileOptions(Args args, CompileOptions& o) {
  static constexpr llvm::StringLiteral ignoredWithValue[] = {"c", "installsuffix", "spectre", "pgoprofile", "preprofile", "cpuprofile", "memprofile", "memprofilerate", "blockprofile", "mutexprofile", "traceprofile", "bench", "env", "json", "coveragecfg", "I", "errorurl"};
  static constexpr llvm::StringLiteral ignoredBool[] = {"pack", "shared", "dynlink", "linkshared", "wb", "l", "B", "C", "L", "S", "W", "E", "K", "h", "j", "live", "r", "t", "v", "w", "dwarflocationlists", "dwarfbasentries", "smallframes", "clobberdead", "clobberdeadreg", "%", "x", "f"};
  FlagReader flags("compile", args);
  o.goarch = goarch();
  while (flags.next()) {
    if (flags.is("o")) o.output = flags.value().str();
    else if (flags.is("p")) o.packagePath = flags.value().str();
    else if (flags.is("D")) o.localImportPrefix = flags.value().str();
    else if (flags.is("nolocalimports")) o.noLocalImports = flags.boolValue();
    else if (flags.is("lang")) o.lang = flags.value().str();
    else if (flags.is("goversion")) o.goVersion = flags.value().str();
    else if (flags.is("buildid")) o.buildId = flags.value().str();
    else if (flags.is("importcfg")) o.importcfg = flags.value().str();
    else if (flags.is("symabis")) o.symabis = flags.value().str();
    else if (flags.is("embedcfg")) o.embedcfg = flags.value().str();
    else if (flags.is("asmhdr")) o.asmHeader = flags.value().str();
    else if (flags.is("trimpath")) o.trimPath = flags.value().str();
    else if (flags.is("linkobj")) o.linkObject = flags.value().str();
    else if (flags.is("+")) o.compilingRuntime = flags.boolValue();
    else if (flags.is("d")) parseDebug(flags.value(), o);
    else if (flags.is("std")) o.std = flags.boolValue();
    else if (flags.is("complete")) o.complete = flags.boolValue();
    else if (flags.is("e")) o.allErrors = flags.boolValue();
    else if (flags.is("m")) o.reportEscapes = flags.boolValue();
    else if (flags.is("N")) o.noOptimize = flags.boolValue();
    else if (flags.is("dwarf")) o.debugInfo = flags.boolValue();
    else if (flags.is("dump-after")) o.dumpAfter = flags.value().str();
    else if (flags.is("check-list")) o.checkList = flags.value().str();
    else if (flags.is("verify-each")) o.verifyEach = flags.boolValue();
    else if (flags.is("timings")) o.timings = flags.boolValue();
    else if (flags.is("emit")) {
      llvm::StringRef kind = flags.value();
      if (!parseEmit(kind, o.emit)) {
        errorLine(("compile: unknown -emit=" + kind + "; known: tokens, ast, types, mir, llvm, llvm-opt, stackmaps, asm, obj, archive").str());
        return false;
      }
    } else if (flags.is("race") || flags.is("msan") || flags.is("asan")) {
      if (flags.boolValue()) {
        errorLine("compile: not supported yet: -" + flags.name().str());
        return false;
      }
    } else if (llvm::is_contained(ignoredWithValue, flags.name())) flags.value();
    else if (llvm::is_contained(ignoredBool, flags.name())) flags.boolValue();
    else flags.unknown();
  }
  if (flags.failed() || !checkLanguage(o.lang)) return false;
  for (llvm::StringRef f : flags.rest()) o.files.push_back(f.str());
  if (o.files.empty() && o.checkList.empty()) {
    errorLine("usage: compile [options] file.go...");
    return false;
  }
  if (o.localImportPrefix.empty()) {
    llvm::SmallString<128> here;
    llvm::sys::fs::current_path(here);
    o.localImportPrefix = here.str().str();
  }
  return true;
}

bool readImportConfig(const std::string& file, ImportConfig& config, std::string& error) {
  auto text = llvm::MemoryBuffer::getFile(file);
  if (!text) {
    error = "-importcfg: open " + file + ": " + systemErrorText(text.getError().value());
    return false;
  }
  int lineNumber = 0;
  for (llvm::StringRef rest = (*text)->getBuffer(); !rest.empty();) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split('\n');
    lineNumber++;
    line = line.trim();
    if (line.empty() || line.starts_with("#")) continue;
    auto [verb, args] = line.split(' ');
    auto [before, after] = args.trim().split('=');
    bool known = verb == "importmap" || verb == "packagefile" || verb == "modinfo";
    if (!known || (verb != "modinfo" && (before.empty() || after.empty()))) {
      error = file + ":" + std::to_string(lineNumber) + ": " + (known ? "invalid " + verb.str() + ": syntax is \"" + verb.str() + " path=filename\"" : "unknown directive \"" + verb.str() + "\"");
      return false;
    }
    if (verb == "importmap") config.importMap[before.str()] = after.str();
    if (verb == "packagefile") config.packageFiles[before.str()] = after.str();
    if (verb == "modinfo") config.moduleInfo = ConstValue::fromLiteral(args.trim(), ConstValue::LitKind::String).stringVal().str();
  }
  return true;
}

} // namespace stoat::driver
