// Archives -> executable, with the flags that the go command passes to `link`.
#include "compile_options.h"
#include "emit/link.h"
#include "tools.h"
#include "llvm/ADT/STLExtras.h"

namespace stoat::driver {

int linkMain(Args args) {
  static constexpr llvm::StringLiteral ignoredWithValue[] = {"extld", "extldflags", "installsuffix", "linkmode", "libgcc", "L", "r", "E", "H", "I", "T", "R", "B", "k", "debugtramp", "strictdups", "cpuprofile", "memprofile", "memprofilerate", "benchmark", "benchmarkprofile", "buildmode", "randlayout", "tmpdir", "capturehostobjs", "fipso", "bindnow"};
  static constexpr llvm::StringLiteral ignoredBool[] = {"c", "n", "v", "d", "f", "g", "h", "aslr", "compressdwarf", "dumpdep", "pruneweakmap", "checklinkname", "linkshared", "debugtextsize", "debugnosplit"};
  FlagReader flags("link", args);
  LinkOptions o;
  o.goarch = goarch();
  o.stoatVersion = stoatVersion();
  o.goVersion = goVersion();
  o.runtimeDirectory = binaryDirectory() + "/../runtime/" + o.goarch;
  std::string importcfg;
  while (flags.next()) {
    if (flags.is("o")) o.output = flags.value().str();
    else if (flags.is("importcfg")) importcfg = flags.value().str();
    else if (flags.is("buildid")) o.buildId = flags.value().str();
    else if (flags.is("s")) o.stripAll = flags.boolValue();
    else if (flags.is("w")) o.stripDebug = flags.boolValue();
    else if (flags.is("X")) {
      auto [symbol, value] = flags.value().split('=');
      o.stringValues.push_back({symbol.str(), value.str()});
    } else if (flags.is("race") || flags.is("msan") || flags.is("asan")) {
      if (flags.boolValue()) {
        errorLine("link: not supported yet: -" + flags.name().str());
        return 1;
      }
    } else if (flags.is("buildmode")) {
      llvm::StringRef mode = flags.value();
      if (mode != "exe" && mode != "pie" && mode != "default") {
        errorLine("link: not supported yet: -buildmode=" + mode.str());
        return 1;
      }
    } else if (llvm::is_contained(ignoredWithValue, flags.name())) flags.value();
    else if (llvm::is_contained(ignoredBool, flags.name())) flags.boolValue();
    else flags.unknown();
  }
  if (flags.failed()) return 1;
  if (flags.rest().size() != 1) {
    errorLine("usage: link [options] main.o");
    return 1;
  }
  o.mainArchive = flags.rest()[0].str();
  if (o.output.empty()) o.output = "a.out";
  std::string error;
  ImportConfig config;
  if (!importcfg.empty() && !readImportConfig(importcfg, config, error)) {
    errorLine("link: " + error);
    return 1;
  }
  o.packageFiles = config.packageFiles;
  o.moduleInfo = config.moduleInfo;
  if (linkExecutable(o, error)) return 0;
  errorLine("link: " + error);
  return 2;
}

} // namespace stoat::driver
