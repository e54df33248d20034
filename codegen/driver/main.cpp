// One binary, several tools: which one it is follows from the name it is called by, or from its first argument.
#include "tools.h"
#include "llvm/Support/Path.h"
#include <pthread.h>

namespace {

using namespace stoat::driver;

struct Call {
  int (*tool)(Args);
  std::vector<llvm::StringRef> args;
  int status = 1;
};

/// The compiler recurses over syntax trees, whose depth the parser bounds; this stack is sized for that bound.
constexpr size_t compilerStack = size_t(512) << 20;

int runOnBigStack(Call& call) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, compilerStack);
  pthread_t thread;
  auto entry = [](void* p) -> void* {
    auto* c = static_cast<Call*>(p);
    c->status = c->tool(c->args);
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, entry, &call) != 0) return call.tool(call.args); // address space limit: use what there is
  pthread_join(thread, nullptr);
  return call.status;
}

} // namespace

int main(int argc, char** argv) {
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
  return stoatMain(args);
}
