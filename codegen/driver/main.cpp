// One binary, several tools: which one it is follows from the name it is called by, or from its first argument.
#include "fork_server.h"
#include "tools.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ErrorHandling.h"
#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

// Of mimalloc, whose operator new aborts otherwise: it does not see std::set_new_handler.
extern "C" void mi_register_error(void (*handler)(int, void*), void* argument);

namespace {

using namespace stoat::driver;

struct Call {
  int (*tool)(Args);
  std::vector<llvm::StringRef> args;
  int status = 1;
};

/// The compiler recurses over syntax trees, whose depth the parser bounds; this stack is sized for that bound.
constexpr size_t compilerStack = size_t(512) << 20;
/// Where the address space is limited, a smaller stack serves sources that are nested less deeply.
constexpr size_t leastStack = size_t(64) << 20;

int runOnBigStack(Call& call) {
  auto entry = [](void* p) -> void* {
    auto* c = static_cast<Call*>(p);
    c->status = c->tool(c->args);
    return nullptr;
  };
  for (size_t size = compilerStack; size >= leastStack; size /= 2) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    pthread_t thread;
    int failed = pthread_create(&thread, &attributes, entry, &call);
    pthread_attr_destroy(&attributes);
    if (failed) continue;
    pthread_join(thread, nullptr);
    return call.status;
  }
  rlimit limit; // no thread: the main stack serves if it may grow as far
  if (::getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= leastStack) return call.tool(call.args);
  errorLine("stoat: not enough memory for the compiler's stack (" + std::to_string(leastStack >> 20) + " MB; see ulimit -v and -u)");
  return 1;
}

/// A limit on memory is the user's: one line, no core.
[[noreturn]] void outOfMemory() {
  static constexpr char text[] = "stoat: out of memory\n";
  if (::write(2, text, sizeof text - 1) < 0) ::_exit(3);
  ::_exit(1);
}

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is an error of write(), here and in the linker
  mi_register_error([](int error, void*) { if (error == ENOMEM) outOfMemory(); }, nullptr);
  llvm::install_bad_alloc_error_handler([](void*, const char*, bool) { outOfMemory(); });
  std::vector<llvm::StringRef> args(argv + 1, argv + argc);
  llvm::StringRef name = llvm::sys::path::filename(argv[0]);
  static constexpr struct { llvm::StringLiteral name; int (*tool)(Args); } tools[] = {
      {"compile", compileMain}, {"asm", asmMain}, {"link", linkMain}, {"vet", vetMain}};
  for (const auto& t : tools) {
    bool byName = name == t.name;
    if (!byName && (args.empty() || args[0] != t.name || name != "stoat")) continue;
    if (!byName) args.erase(args.begin());
    for (llvm::StringRef a : args)
      if (a == "-V=full" || a == "--V=full" || a == "-V") return printVersion(t.name);
    Call call{t.tool, std::move(args)};
    return runOnBigStack(call);
  }
  if (args.size() == 1 && args[0] == "fork-server")
    return forkServer([](Args fields) {
      Call call{compileMain, fields.vec()};
      return runOnBigStack(call);
    });
  return stoatMain(args);
}
