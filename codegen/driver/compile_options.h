// The command line of `compile`, with gc's flag names and meanings (cmd/compile/internal/base/flag.go).
#pragma once
#include "tools.h"
#include <map>

namespace stoat::driver {

enum class EmitKind : uint8_t { Archive, Tokens, Ast, Types, Mir, Llvm, LlvmOptimized, StackMaps, Asm, Object };

struct CompileOptions {
  std::string output;
  std::string packagePath = "main"; // -p
  std::string lang, goVersion, buildId, goarch;
  std::string importcfg, symabis, embedcfg, asmHeader, trimPath;
  std::string dumpAfter;   // -dump-after=PASS, "all"
  std::string checkList;   // -check-list=FILE: check many packages from source in one process
  EmitKind emit = EmitKind::Archive;
  std::string localImportPrefix; // -D: `import "./a"` means prefix/a (default: the current directory)
  bool noLocalImports = false;   // -nolocalimports
  bool allErrors = false;  // -e
  bool reportEscapes = false; // -m
  bool compilingRuntime = false; // -+: directives of package runtime are allowed
  bool saturatingConversions = false; // -d=converthash=qy
  std::string leftOutBarrier;         // -d=leaveoutbarrier=KIND
  std::string linkObject;        // -linkobj: the object goes there, only export data to -o
  bool std = false, complete = false, noOptimize = false /* -N */, verifyEach = false, timings = false, debugInfo = true;
  std::vector<std::string> files;
};

/// False after reporting bad usage.
bool parseCompileOptions(Args args, CompileOptions& options);

/// importcfg: import path as written -> path (importmap), path -> archive (packagefile).
struct ImportConfig {
  std::map<std::string, std::string> importMap, packageFiles;
  std::string moduleInfo; // modinfo line of importcfg.link, unquoted
};
bool readImportConfig(const std::string& file, ImportConfig& config, std::string& error);

} // namespace stoat::driver
