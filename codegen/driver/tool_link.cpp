// Archives -> executable, with the flags that the go command passes to `link`.
#include "compile_options.h"
#include "emit/link.h"
#include "tools.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace stoat::driver {

/// -B 0xHEX; returns what is wrong with it, in gc's words.
static std::string gnuBuildId(llvm::StringRef text, std::string& digits) {
  constexpr size_t maxBytes = 32;
  llvm::StringRef hex = text;
  if (!hex.consume_front("0x")) return ("-B argument must start with 0x: " + text).str();
  if (hex.size() / 2 > maxBytes) return ("-B option too long (max " + llvm::Twine(maxBytes) + " digits): " + text).str();
  for (char c : hex)
    if (!llvm::isHexDigit(c)) return (llvm::Twine("-B argument contains invalid hex digit ") + llvm::Twine(c) + ": " + text).str();
  if (hex.size() % 2) return ("-B argument must have even number of digits: " + text).str();
  digits = hex.str();
  return "";
}

int linkMain(Args args) {
  static constexpr llvm::StringLiteral ignoredWithValue[] = {"extld", "extldflags", "installsuffix", "linkmode", "libgcc", "L", "r", "E", "H", "I", "T", "R", "k", "debugtramp", "strictdups", "cpuprofile", "memprofile", "memprofilerate", "benchmark", "benchmarkprofile", "buildmode", "randlayout", "tmpdir", "capturehostobjs", "fipso", "bindnow"};
  static constexpr llvm::StringLiteral ignoredBool[] = {"c", "n", "v", "d", "f", "g", "h", "aslr", "compressdwarf", "dumpdep", "pruneweakmap", "checklinkname", "linkshared", "debugtextsize", "debugnosplit"};
  FlagReader flags("link", args);
  LinkOptions o;
  o.goarch = goarch();
  o.stoatVersion = stoatVersion();
  o.goVersion = goVersion();
  std::string importcfg, variant;
  while (flags.next()) {
    if (flags.is("o")) o.output = flags.value().str();
    else if (flags.is("importcfg")) importcfg = flags.value().str();
    else if (flags.is("buildid")) o.buildId = flags.value().str();
    else if (flags.is("s")) o.stripAll = flags.boolValue();
    else if (flags.is("w")) o.stripDebug = flags.boolValue();
    else if (flags.is("runtimevariant")) variant = "-" + flags.value().str(); // a test's build of the runtime (utils/test_barriers)
    else if (flags.is("X")) {
      llvm::StringRef setting = flags.value();
      if (!setting.contains('=')) {
        errorLine("link: -X flag requires argument of the form importpath.name=value");
        return 2;
      }
      auto [symbol, value] = setting.split('=');
      o.stringValues.push_back({symbol.str(), value.str()});
    } else if (flags.is("B")) {
      llvm::StringRef id = flags.value();
      if (id == "gobuildid") continue; // only of use to tools that take the Go build ID from there
      std::string problem = gnuBuildId(id, o.gnuBuildId);
      if (!problem.empty()) {
        errorLine("link: " + problem);
        return 2;
      }
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
  o.runtimeDirectory = binaryDirectory() + "/../runtime/" + o.goarch + variant;
  // What runtime.GOROOT gives without the environment variable; go build clears it with -trimpath.
  if (const char* root = std::getenv("GOROOT"); root && *root && llvm::none_of(o.stringValues, [](auto& v) { return v.first == "runtime.defaultGOROOT"; }))
    o.stringValues.insert(o.stringValues.begin(), {"runtime.defaultGOROOT", root});
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
