// vet, as `go test` calls it: our archives are not readable by Go's vet yet, so the checks that `go test` makes on the side are skipped, and
// an explicit `go vet` says that it is not supported.
#include "tools.h"
#include "base/text.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace stoat::driver {

int vetMain(Args args) {
  bool fromTest = false; // go test names the analyzers it wants; go vet does not
  std::string config;
  for (llvm::StringRef a : args) {
    if (a == "-flags" || a == "--flags") {
      llvm::outs() << "[]\n";
      return 0;
    }
    if (a.starts_with("-")) fromTest = true;
    else config = a.str();
  }
  auto text = llvm::MemoryBuffer::getFile(config);
  if (!text) {
    errorLine("vet: open " + config + ": " + systemErrorText(text.getError().value()));
    return 1;
  }
  llvm::Expected<llvm::json::Value> json = llvm::json::parse((*text)->getBuffer());
  if (!json) {
    llvm::consumeError(json.takeError());
    errorLine("vet: " + config + ": malformed");
    return 1;
  }
  const llvm::json::Object* root = json->getAsObject();
  if (root)
    if (auto output = root->getString("VetxOutput"); output && !output->empty()) {
      std::string error = writeFileAtomically(*output, "");
      if (!error.empty()) errorLine("vet: " + error);
    }
  bool factsOnly = root && root->getBoolean("VetxOnly").value_or(false);
  if (fromTest || factsOnly) return 0;
  errorLine("vet: not supported yet under Stoat; run `go vet` of the Go distribution");
  return 1;
}

} // namespace stoat::driver
