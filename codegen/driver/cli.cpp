// stoat build|run|test|install|list|env|doctor|version: a thin wrapper that points the user's go command at the Stoat GOROOT.
#include "tools.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace stoat::driver {
namespace {

std::string goroot() {
  llvm::SmallString<256> root(binaryDirectory());
  llvm::sys::path::append(root, "..", "goroot");
  llvm::SmallString<256> real;
  return llvm::sys::fs::real_path(root, real) ? std::string() : real.str().str();
}

/// The Stoat GOROOT's go.env turns vet off (it cannot read our archives yet); a GOFLAGS of the user's would hide that.
void keepVetOff() {
  const char* flags = ::getenv("GOFLAGS");
  if (!flags || llvm::StringRef(flags).contains("-vet=")) return;
  ::setenv("GOFLAGS", (llvm::Twine(flags) + (*flags ? " " : "") + "-vet=off").str().c_str(), 1);
}

int runGo(Args args) {
  std::string root = goroot();
  std::string go = root + "/bin/go";
  if (root.empty() || !llvm::sys::fs::can_execute(go)) {
    errorLine("stoat: no Stoat GOROOT beside " + binaryDirectory() + "; run utils/quickstart");
    return 1;
  }
  ::setenv("GOROOT", root.c_str(), 1);
  ::unsetenv("GOTOOLDIR");
  keepVetOff();
  std::vector<std::string> words;
  for (llvm::StringRef a : args) words.push_back(a.str());
  std::vector<char*> argv{go.data()};
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  ::execv(go.c_str(), argv.data());
  errorLine("stoat: exec " + go + ": " + std::strerror(errno));
  return 1;
}

int doctor() {
  int missing = 0;
  auto check = [&](const llvm::Twine& what, bool ok, const llvm::Twine& how) {
    llvm::outs() << (ok ? "ok       " : "missing  ") << what << '\n';
    if (!ok) { llvm::outs() << "         " << how << '\n'; missing++; }
  };
  std::string root = goroot();
  check("Stoat GOROOT", !root.empty(), "utils/quickstart makes it");
  check("go command in it", !root.empty() && llvm::sys::fs::can_execute(root + "/bin/go"), "install Go 1.26, then utils/quickstart");
  check("Go's library", !root.empty() && llvm::sys::fs::exists(root + "/src/fmt/print.go"), "install Go 1.26, then utils/quickstart");
  check("lld 22", llvm::sys::fs::can_execute("/usr/lib/llvm-22/bin/ld.lld") || bool(llvm::sys::findProgramByName("ld.lld-22")), "apt-get install lld-22");
  for (const char* arch : {"amd64", "arm64", "386"}) {
    std::string library = binaryDirectory() + "/../runtime/" + arch + "/libstoat_runtime.a";
    check(llvm::Twine("runtime for ") + arch, llvm::sys::fs::exists(library), llvm::Twine("utils/build_runtime ") + arch);
  }
  llvm::outs() << (missing ? std::to_string(missing) + " missing\n" : std::string("nothing is missing\n"));
  return missing ? 1 : 0;
}

constexpr llvm::StringLiteral usage = R"(Stoat, a Go compiler

usage: stoat <command> [arguments]

  build, run, test, install, list, env, get, mod, clean, ...
                as the go command's, with Stoat as the compiler
  doctor        what is missing on this machine, and how to get it
  version       versions of Stoat and of Go's library
  compile, asm, link
                the tools that the go command calls
)";

} // namespace

int stoatMain(Args args) {
  if (args.empty() || args[0] == "help" || args[0] == "-h" || args[0] == "--help") {
    (args.empty() ? llvm::errs() : llvm::outs()) << usage;
    return args.empty() ? 2 : 0;
  }
  if (args[0] == "version") {
    llvm::outs() << "stoat " << stoatVersion() << " for " << goVersion() << " linux/" << goarch() << '\n';
    return 0;
  }
  if (args[0] == "doctor") return doctor();
  static constexpr llvm::StringLiteral passed[] = {"build", "run", "test", "install", "list", "env", "get", "mod", "work", "clean", "fmt", "generate", "tool", "vet", "doc", "bug", "telemetry", "fix"};
  if (llvm::is_contained(passed, args[0])) return runGo(args);
  errorLine(("stoat " + args[0] + ": unknown command\nRun 'stoat help' for usage.").str());
  return 2;
}

} // namespace stoat::driver
