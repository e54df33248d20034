// The assembler. What users write is assembled by Go's own asm tool, from the Go distribution that our GOROOT was made of; the link makes its objects part of the program
// (emit/assembly.h). In the library (sources below GOROOT), assembly functions are natives of the runtime: which they are is read here (-gensymabis), and nothing is assembled.
#include "tools.h"
#include "base/text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <memory>
#include <optional>
#include <set>

namespace stoat::driver {
namespace {

/// Go's spelling of symbols in assembly: middle dot for ".", division slash for "/", a leading dot for the package at hand.
std::string symbolName(llvm::StringRef text, llvm::StringRef package) {
  std::string name;
  for (size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("\xC2\xB7")) { name += '.'; i += 2; }
    else if (text.substr(i).starts_with("\xE2\x88\x95")) { name += '/'; i += 3; }
    else name += text[i++];
  }
  if (llvm::StringRef(name).starts_with("\"\".")) name = name.substr(2);
  return !name.empty() && name[0] == '.' ? (package + name).str() : name;
}

/// Symbols of `TEXT name<ABI>(SB), ...` lines. Comments and #if branches need no care: a symbol too many harms nobody.
void collectFunctions(llvm::StringRef source, llvm::StringRef package, std::set<std::string>& out) {
  for (llvm::StringRef rest = source; !rest.empty();) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split('\n');
    line = line.trim();
    if (!line.consume_front("TEXT") || line.empty() || !llvm::isSpace(line[0])) continue;
    line = line.ltrim();
    size_t end = line.find_first_of("<(");
    if (end == llvm::StringRef::npos || line.substr(end).starts_with("<>")) continue; // file-local
    out.insert(symbolName(line.take_front(end), package));
  }
}

/// Whether all files are the library's. The go command names sources by their absolute paths.
bool areLibrarySources(llvm::ArrayRef<llvm::StringRef> files) {
  llvm::SmallString<256> path(gorootDirectory()), root;
  llvm::sys::path::append(path, "src");
  llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  bool isReal = !llvm::sys::fs::real_path(path, root);
  path += '/';
  root += '/';
  return llvm::all_of(files, [&](llvm::StringRef file) { return file.starts_with(path) || (isReal && file.starts_with(root)); });
}

/// Go's assembler, which leaves a part of its output when it fails: that is removed here.
int runGoAssembler(Args args, llvm::StringRef output) {
  std::string tool = gorootDirectory() + "/pkg/tool/goasm", problem;
  llvm::SmallVector<llvm::StringRef, 32> all{"asm"};
  all.append(args.begin(), args.end());
  bool isMissing = false;
  int status = llvm::sys::ExecuteAndWait(tool, all, std::nullopt, {}, 0, 0, &problem, &isMissing);
  if (isMissing || status < 0) errorLine("asm: cannot run Go's assembler, " + tool + ": " + problem + " (utils/make_goroot links it)");
  if (status != 0 && llvm::sys::fs::is_regular_file(output)) llvm::sys::fs::remove(output);
  return status < 0 ? 1 : status;
}

} // namespace

int asmMain(Args args) {
  FlagReader flags("asm", args);
  std::string output, package;
  bool symabis = false;
  while (flags.next()) {
    if (flags.is("o")) output = flags.value().str();
    else if (flags.is("p")) package = flags.value().str();
    else if (flags.is("gensymabis")) symabis = flags.boolValue();
    else if (flags.is("trimpath") || flags.is("I") || flags.is("D") || flags.is("d") || flags.is("buildid") || flags.is("spectre")) flags.value();
    else if (flags.is("shared") || flags.is("dynlink") || flags.is("S") || flags.is("e") || flags.is("v") || flags.is("debug") || flags.is("linkshared")) flags.boolValue();
    else flags.unknown();
  }
  if (flags.failed()) return 1;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> texts;
  for (llvm::StringRef file : flags.rest()) {
    auto text = llvm::MemoryBuffer::getFile(file);
    if (!text) { // Go's assembler would leave an empty object
      errorLine(("asm: open " + file + ": " + systemErrorText(text.getError().value())).str());
      return 1;
    }
    texts.push_back(std::move(*text));
  }
  // Without files Go's assembler says how it is called.
  if (flags.rest().empty() || !areLibrarySources(flags.rest())) return runGoAssembler(args, output);
  if (output.empty()) {
    errorLine("usage: asm [-gensymabis] -p package -o file file.s ...");
    return 1;
  }
  std::string bytes;
  std::set<std::string> functions;
  for (const auto& text : texts) collectFunctions(text->getBuffer(), package, functions);
  if (symabis)
    for (const std::string& symbol : functions) bytes += "def " + symbol + " ABI0\n";
  std::string error = writeFileAtomically(output, bytes);
  if (!error.empty()) errorLine("asm: " + error);
  return error.empty() ? 0 : 1;
}

} // namespace stoat::driver
