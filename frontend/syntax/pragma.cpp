// //go: directives: collected while lexing, taken by the declaration that follows, and checked after type checking. What each
// means and where it is allowed is as in cmd/compile/internal/noder (lex.go, noder.go, writer.go).
#include "base/text.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"
#include "syntax/parser_impl.h"

namespace stoat {

namespace {

constexpr uint32_t functionPragmas =
    PragmaNointerface | PragmaNoescape | PragmaNorace | PragmaNosplit | PragmaNoinline | PragmaNocheckptr |
    PragmaRegisterParams | PragmaCgoUnsafeArgs | PragmaUintptrKeepAlive | PragmaUintptrEscapes | PragmaSystemstack |
    PragmaNowritebarrier | PragmaNowritebarrierrec | PragmaYeswritebarrierrec;
constexpr uint32_t runtimePragmas =
    PragmaSystemstack | PragmaNowritebarrier | PragmaNowritebarrierrec | PragmaYeswritebarrierrec;

uint32_t pragmaFlags(llvm::StringRef verb) {
  return llvm::StringSwitch<uint32_t>(verb)
      .Case("go:build", PragmaGoBuild)
      .Case("go:noescape", PragmaNoescape)
      .Case("go:norace", PragmaNorace)
      .Case("go:nosplit", PragmaNosplit | PragmaNocheckptr)
      .Case("go:noinline", PragmaNoinline)
      .Case("go:nocheckptr", PragmaNocheckptr)
      .Case("go:systemstack", PragmaSystemstack)
      .Case("go:nowritebarrier", PragmaNowritebarrier)
      .Case("go:nowritebarrierrec", PragmaNowritebarrierrec | PragmaNowritebarrier)
      .Case("go:yeswritebarrierrec", PragmaYeswritebarrierrec)
      .Case("go:cgo_unsafe_args", PragmaCgoUnsafeArgs | PragmaNocheckptr)
      .Case("go:uintptrkeepalive", PragmaUintptrKeepAlive)
      .Case("go:uintptrescapes", PragmaUintptrEscapes | PragmaUintptrKeepAlive)
      .Case("go:registerparams", PragmaRegisterParams)
      .Default(0);
}

bool allowedInStd(llvm::StringRef verb) {
  return llvm::StringSwitch<bool>(verb)
      .Cases({"go:cgo_export_static", "go:cgo_export_dynamic", "go:cgo_import_static", "go:cgo_import_dynamic"}, true)
      .Cases({"go:cgo_ldflag", "go:cgo_dynamic_linker", "go:embed", "go:fix", "go:generate"}, true)
      .Default(false);
}

void splitFields(llvm::StringRef text, llvm::SmallVectorImpl<llvm::StringRef>& out) {
  text.split(out, ' ', -1, false);
  llvm::SmallVector<llvm::StringRef, 4> fine;
  for (llvm::StringRef part : out) part.split(fine, '\t', -1, false);
  out.assign(fine.begin(), fine.end());
}

/// Parser and evaluator of a build constraint in one: each method gives the minimum Go version that its part implies (9 for
/// go1.9, -1 for none), for the part itself and for its negation.
class BuildLine {
public:
  explicit BuildLine(llvm::StringRef text) : text_(text) {}

  bool evaluate(int& version) {
    Versions v = orExpr();
    version = v.ifTrue;
    return ok_ && token_.empty();
  }

private:
  struct Versions { int ifTrue = -1, ifFalse = -1; };

  Versions orExpr() {
    Versions v = andExpr();
    while (ok_ && token_ == "||") {
      Versions w = andExpr();
      v = {std::min(v.ifTrue, w.ifTrue), std::max(v.ifFalse, w.ifFalse)};
    }
    return v;
  }
  Versions andExpr() {
    Versions v = notExpr();
    while (ok_ && token_ == "&&") {
      Versions w = notExpr();
      v = {std::max(v.ifTrue, w.ifTrue), std::min(v.ifFalse, w.ifFalse)};
    }
    return v;
  }
  Versions notExpr() {
    if (++size_ > 1000) ok_ = false; // as go/build/constraint; also bounds the recursion
    if (ok_) lex();
    if (!ok_ || token_ != "!") return atom();
    lex();
    if (token_ == "!") ok_ = false; // !! is not allowed
    Versions v = atom();
    return {v.ifFalse, v.ifTrue};
  }
  Versions atom() {
    if (!ok_) return {};
    if (token_ == "(") {
      Versions v = orExpr();
      if (token_ != ")") ok_ = false;
      if (ok_) lex();
      return v;
    }
    if (!isTag_) {
      ok_ = false;
      return {};
    }
    llvm::StringRef tag = token_;
    lex();
    if (tag == "go1") return {0, -1};
    int minor;
    size_t at = tag.find("go1.");
    if (at == llvm::StringRef::npos || tag.substr(at + 4).getAsInteger(10, minor)) return {};
    return {minor, -1};
  }
  void lex() {
    isTag_ = false;
    text_ = text_.ltrim(" \t");
    size_t n = 0;
    if (text_.starts_with("&&") || text_.starts_with("||")) {
      n = 2;
    } else if (!text_.empty() && (text_[0] == '(' || text_[0] == ')' || text_[0] == '!')) {
      n = 1;
    } else if (!text_.empty()) {
      while (n < text_.size()) {
        unsigned size;
        uint32_t r = decodeRune(text_.substr(n), size);
        if (!isLetterRune(r) && !isDigitRune(r) && r != '_' && r != '.') break;
        n += size;
      }
      isTag_ = n > 0;
      if (n == 0) ok_ = false;
    }
    token_ = text_.take_front(n);
    text_ = text_.drop_front(n);
  }

  llvm::StringRef text_, token_;
  bool isTag_ = false, ok_ = true;
  unsigned size_ = 0;
};

bool isSpaceAt(llvm::StringRef text) { return !text.empty() && (text[0] == ' ' || ('\t' <= text[0] && text[0] <= '\r')); }

} // namespace

bool buildLineVersion(llvm::StringRef line, std::string& version) {
  line = line.trim();
  if (!line.consume_front("//go:build")) return false;
  if (!line.empty() && !isSpaceAt(line)) return false; // //go:buildsomething
  int minor;
  if (!BuildLine(line.trim()).evaluate(minor)) return false;
  version = minor < 0 ? "" : minor == 0 ? "go1" : "go1." + std::to_string(minor);
  return true;
}

void Parser::pragma(Pos at, llvm::StringRef text) {
  auto complain = [&](std::string message) { pragmaError(at, std::move(message)); };
  if (!pragma_) pragma_ = arena_.make<PragmaInfo>();
  if (!blank) {
    complain("misplaced compiler directive"); // must be on a line by itself
    return;
  }
  llvm::SmallVector<llvm::StringRef, 4> fields;
  if (text.starts_with("go:linkname ")) {
    splitFields(text, fields);
    if (fields.size() != 2 && fields.size() != 3) {
      complain("usage: //go:linkname localname [linkname]");
      return;
    }
    file_->linknames.push_back({at, fields[1], fields.size() == 3 ? fields[2] : llvm::StringRef()});
    return;
  }
  if (text == "go:embed" || text.starts_with("go:embed ")) {
    embedPragma(at, text.drop_front(8));
    return;
  }
  if (text.starts_with("go:wasmimport ") || text.starts_with("go:wasmexport ")) {
    bool isImport = text[7] == 'i';
    splitFields(text, fields);
    if (fields.size() != (isImport ? 3u : 2u))
      complain(isImport ? "usage: //go:wasmimport importmodule importname" : "usage: //go:wasmexport exportname");
    return; // means nothing on our targets
  }

  PragmaPolicy policy = options_.pragmas;
  bool isStd = policy == PragmaPolicy::Std || policy == PragmaPolicy::StdRuntime || policy == PragmaPolicy::All;
  bool isRuntime = policy == PragmaPolicy::Runtime || policy == PragmaPolicy::StdRuntime || policy == PragmaPolicy::All;
  llvm::StringRef verb = text.split(' ').first;
  if (verb == "go:debug") file_->godebugs.push_back({at, text.drop_front(verb.size()).trim().str()});
  if (text.starts_with("go:cgo_")) {
    bool isImport = text.starts_with("go:cgo_import_dynamic ");
    if (isImport) splitFields(text, fields);
    bool generated = llvm::sys::path::filename(path_).starts_with("_cgo_");
    if (!isStd && !generated && !(isImport && fields.size() >= 4))
      complain("//" + text.str() + " only allowed in cgo-generated code");
    file_->cgoDirectives.push_back({at, text.str()});
  }
  uint32_t flags = pragmaFlags(verb);
  if (options_.fieldTrack && verb == "go:nointerface") flags = PragmaNointerface;
  if (!isRuntime && (flags & runtimePragmas)) complain("//" + verb.str() + " only allowed in runtime");
  if (!isStd && flags == PragmaUintptrKeepAlive)
    complain("//" + verb.str() + " is only allowed in the standard library");
  if (isStd && policy != PragmaPolicy::All && flags == 0 && !allowedInStd(verb))
    complain("//" + verb.str() + " is not allowed in the standard library");
  if (flags == 0) return;
  pragma_->flags |= flags;
  pragma_->uses.push_back({at, flags});
}

/// Patterns separated by blanks; those with blanks in them are quoted as Go strings.
void Parser::embedPragma(Pos at, llvm::StringRef rest) {
  std::vector<std::string> patterns;
  llvm::StringRef wrong;
  bool failed = false;
  for (rest = rest.trim(); !rest.empty() && !failed; rest = rest.ltrim()) {
    size_t n = 0;
    std::string pattern;
    if (rest[0] == '`' || rest[0] == '"') {
      char q = rest[0];
      n = 1;
      while (n < rest.size() && rest[n] != q) n += q == '"' && rest[n] == '\\' ? 2 : 1;
      failed = n >= rest.size();
      wrong = rest;
      if (!failed) {
        wrong = rest.take_front(n + 1);
        failed = !unquote(rest.take_front(n + 1), pattern);
        n++;
      }
    } else {
      while (n < rest.size() && !isSpaceAt(rest.substr(n))) n++;
      pattern = rest.take_front(n).str();
    }
    if (failed) break;
    rest = rest.drop_front(n);
    if (!rest.empty() && !isSpaceAt(rest)) {
      wrong = rest;
      failed = true;
      break;
    }
    patterns.push_back(std::move(pattern));
  }
  if (failed) {
    pragmaError(at, "invalid quoted string in //go:embed: " + wrong.str());
    patterns.clear();
  }
  if (patterns.empty()) {
    pragmaError(at, "usage: //go:embed pattern...");
    return;
  }
  for (std::string& p : patterns) pragma_->embeds.push_back({at, std::move(p)});
}

/// The form that was read takes no directives.
void Parser::reportUnusedPragma() {
  for (const PragmaUse& use : pragma_->uses)
    pragmaError(use.pos, "misplaced compiler directive");
  for (const EmbedPattern& e : pragma_->embeds) pragmaError(e.pos, "misplaced go:embed directive");
  pragma_ = nullptr;
}

// ---- after type checking

namespace {

void checkPlacement(const PragmaInfo* p, uint32_t allowed, bool embedOk, DiagEngine& diag) {
  if (!p) return;
  for (const PragmaUse& use : p->uses)
    if (use.flags & ~allowed) diag.report(use.pos, DiagKind::Pragma, "misplaced compiler directive");
  if (embedOk) return;
  for (const EmbedPattern& e : p->embeds) diag.report(e.pos, DiagKind::Pragma, "misplaced go:embed directive");
}

void checkEmbed(const VarDecl* d, bool imported, bool inFunction, DiagEngine& diag) {
  if (!d->pragma || d->pragma->embeds.empty()) return;
  const char* message = nullptr;
  if (!imported)
    message = "go:embed requires import \"embed\" (or import _ \"embed\", if package is not used)";
  else if (d->names.size() > 1)
    message = "go:embed cannot apply to multiple vars";
  else if (d->values)
    message = "go:embed cannot apply to var with initializer";
  else if (inFunction)
    message = "go:embed cannot apply to var inside func";
  if (message) diag.report(d->pragma->embeds[0].pos, DiagKind::Pragma, message);
}

} // namespace

void checkPragmas(SourceFile& file, DiagEngine& diag) {
  checkPlacement(file.pragma, PragmaGoBuild, false, diag);
  auto checkDecl = [&](Node* n, bool inFunction) {
    if (auto* d = llvm::dyn_cast<ImportDecl>(n)) checkPlacement(d->pragma, 0, false, diag);
    if (auto* d = llvm::dyn_cast<ConstDecl>(n)) checkPlacement(d->pragma, 0, false, diag);
    if (auto* d = llvm::dyn_cast<TypeDecl>(n)) checkPlacement(d->pragma, 0, false, diag);
    if (auto* d = llvm::dyn_cast<FuncDecl>(n)) checkPlacement(d->pragma, functionPragmas, false, diag);
    if (auto* d = llvm::dyn_cast<VarDecl>(n)) {
      checkPlacement(d->pragma, 0, true, diag);
      checkEmbed(d, file.importsEmbed, inFunction, diag);
    }
  };
  for (Decl* top : file.decls) {
    checkDecl(top, false);
    inspect(static_cast<Node*>(top), [&](Node* n) {
      if (n != top && llvm::isa<Decl>(n)) checkDecl(n, true); // only in function bodies
      return true;
    });
  }
  if (!file.importsUnsafe) {
    for (const Linkname& l : file.linknames)
      diag.report(l.pos, DiagKind::Pragma, "//go:linkname only allowed in Go files that import \"unsafe\"");
  }
}

} // namespace stoat
