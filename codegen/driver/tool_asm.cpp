// The assembler as far as it goes today: it says which symbols a package's Plan 9 assembly defines (-gensymabis), so that the compiler calls them by the
// native convention, and makes an object without code. The library's own assembly functions are natives of the runtime; a
// function that only a user's assembly defines is reported by the link, by name and place. (Assembling them is a later capability.)
#include "tools.h"
#include "base/text.h"
#include "emit/object.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <map>

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

/// Symbols of `TEXT name<ABI>(SB), ...` lines, or of GLOBL lines. Comments and #if branches need no care: a symbol too many harms nobody.
void collectDefinitions(llvm::StringRef source, llvm::StringRef word, llvm::StringRef file, llvm::StringRef package, std::map<std::string, std::string>& out) {
  unsigned number = 0;
  for (llvm::StringRef rest = source; !rest.empty();) {
    llvm::StringRef line;
    number++;
    std::tie(line, rest) = rest.split('\n');
    line = line.trim();
    if (!line.consume_front(word) || line.empty() || !llvm::isSpace(line[0])) continue;
    line = line.ltrim();
    size_t end = line.find_first_of("<(");
    if (end == llvm::StringRef::npos || line.substr(end).starts_with("<>")) continue; // file-local
    out.insert({symbolName(line.take_front(end), package), (file + ":" + llvm::Twine(number)).str()});
  }
}

} // namespace

int asmMain(Args args) {
  FlagReader flags("asm", args);
  std::string output, package;
  bool symabis = false, std = false;
  while (flags.next()) {
    if (flags.is("o")) output = flags.value().str();
    else if (flags.is("p")) package = flags.value().str();
    else if (flags.is("std")) std = flags.boolValue();
    else if (flags.is("gensymabis")) symabis = flags.boolValue();
    else if (flags.is("trimpath") || flags.is("I") || flags.is("D") || flags.is("d") || flags.is("buildid")) flags.value();
    else if (flags.is("shared") || flags.is("dynlink") || flags.is("compiling-runtime") || flags.is("S") || flags.is("e") || flags.is("v") || flags.is("debug") || flags.is("linkshared") || flags.is("spectre")) flags.boolValue();
    else flags.unknown();
  }
  if (flags.failed()) return 1;
  if (flags.rest().empty() || output.empty()) {
    errorLine("usage: asm [-gensymabis] -p package -o file file.s ...");
    return 1;
  }
  std::map<std::string, std::string> definitions, data; // symbol -> file:line
  for (llvm::StringRef file : flags.rest()) {
    auto text = llvm::MemoryBuffer::getFile(file);
    if (!text) {
      errorLine(("asm: open " + file + ": " + systemErrorText(text.getError().value())).str());
      return 1;
    }
    if (!std) collectDefinitions((*text)->getBuffer(), "GLOBL", llvm::sys::path::filename(file), package, data);
    collectDefinitions((*text)->getBuffer(), "TEXT", llvm::sys::path::filename(file), package, definitions);
  }
  std::string bytes, error;
  if (symabis) {
    for (const auto& [symbol, place] : definitions) bytes += "def " + symbol + " ABI0\n";
  } else {
    std::string note;
    for (const auto& [symbol, place] : definitions) note += assemblyNote.str() + symbol + " " + place + ";";
    for (const auto& [symbol, place] : data) note += assemblyDataNote.str() + symbol + " " + place + ";";
    bytes = emptyObject(goarch(), note, error);
  }
  if (error.empty()) error = writeFileAtomically(output, bytes);
  if (!error.empty()) errorLine("asm: " + error);
  return error.empty() ? 0 : 1;
}

} // namespace stoat::driver
