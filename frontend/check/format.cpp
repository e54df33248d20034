// Errors and their text (types2 errors.go, format.go, version.go).
#include "check/checker.h"
#include "check/type_writer.h"

namespace stoat {

namespace {

void appendArg(std::string& out, const FmtArg& a, char verb, Checker* check) {
  Qualifier q = [check](const Package* p) { return check ? check->qualify(p) : p->path; };
  switch (a.tag) {
  case FmtArg::Str:
    if (verb == 'q') out += quote(a.str);
    else out += a.str;
    break;
  case FmtArg::Int: out += std::to_string(a.num); break;
  case FmtArg::Bool: out += a.num ? "true" : "false"; break;
  case FmtArg::OperandTag: out += operandString(*static_cast<const Operand*>(a.ptr), q); break;
  case FmtArg::OperandsTag:
    out += '[';
    for (int64_t i = 0; i < a.num; i++) {
      if (i) out += ", ";
      out += operandString(*static_cast<Operand* const*>(a.ptr)[i], q);
    }
    out += ']';
    break;
  case FmtArg::ExprTag: out += a.ptr ? exprString(static_cast<const Expr*>(a.ptr)) : std::string("<nil>"); break;
  case FmtArg::ExprsTag:
    out += '[';
    for (int64_t i = 0; i < a.num; i++) {
      if (i) out += ", ";
      out += exprString(static_cast<Expr* const*>(a.ptr)[i]);
    }
    out += ']';
    break;
  case FmtArg::ObjectTag: out += a.ptr ? objectString(static_cast<const Object*>(a.ptr), q) : std::string("<nil>"); break;
  case FmtArg::TypeTag: TypeWriter(out, q).type(static_cast<const Type*>(a.ptr)); break;
  case FmtArg::TypesTag:
  case FmtArg::TypeParamsTag:
    out += '[';
    for (int64_t i = 0; i < a.num; i++) {
      if (i) out += ", ";
      const Type* t = a.tag == FmtArg::TypesTag ? static_cast<Type* const*>(a.ptr)[i] : static_cast<TypeParam* const*>(a.ptr)[i];
      TypeWriter(out, q).type(t);
    }
    out += ']';
    break;
  case FmtArg::PosTag: out += check ? check->diag.sources().format(a.pos) : std::string(); break;
  case FmtArg::ConstTag: out += static_cast<const ConstValue*>(a.ptr)->string(); break;
  }
}

} // namespace

std::string Checker::sprintfArgs(const char* format, FmtArgs args) {
  std::string out;
  const FmtArg* next = args.begin();
  for (const char* p = format; *p; p++) {
    if (*p != '%') {
      out += *p;
      continue;
    }
    char verb = *++p;
    if (verb == '%') {
      out += '%';
      continue;
    }
    if (!verb) break;
    if (next == args.end()) {
      out += "%!";
      out += verb;
      out += "(MISSING)";
      continue;
    }
    appendArg(out, *next++, verb, this);
  }
  return out;
}

// Packages other than the one being checked are named; by path if two packages of that name are around.
std::string Checker::qualify(const Package* p) {
  if (p == pkg) return {};
  if (pkgPathMap.empty()) markImports(pkg);
  auto it = pkgPathMap.find(p->name);
  if (it != pkgPathMap.end() && it->second.size() > 1) return quote(p->path);
  return p->name;
}

void Checker::markImports(const Package* p) {
  llvm::SmallVector<const Package*, 16> work{p};
  while (!work.empty()) {
    const Package* q = work.pop_back_val();
    if (!seenPkgMap.insert(q).second) continue;
    llvm::SmallPtrSet<const Package*, 2>& same = pkgPathMap[q->name];
    bool known = false;
    for (const Package* s : same) known |= s->path == q->path;
    if (!known) same.insert(q);
    for (const Package* i : q->imports) work.push_back(i);
  }
}

void ErrorReport::add(At at, const char* format, FmtArgs args) { lines_.push_back({at.pos, check_->sprintfArgs(format, args)}); }

void ErrorReport::addAltDecl(const Object* o) {
  if (o->pos.isKnown()) addf(o, "other declaration of %s", o->name);
}

std::string ErrorReport::message() const {
  std::string out;
  for (size_t i = 0; i < lines_.size(); i++) {
    if (i) {
      out += "\n\t";
      if (lines_[i].first.isKnown()) out += check_->diag.sources().format(lines_[i].first) + ": ";
    }
    out += lines_[i].second;
  }
  return out;
}

void ErrorReport::report() {
  if (lines_.empty()) return;
  // An error that merely mentions something invalid follows from one that was reported before.
  if (check_->hasError) {
    llvm::StringRef first = lines_.front().second;
    size_t operand = first.find("invalid operand"), type = first.find("invalid type");
    if ((operand != llvm::StringRef::npos && operand > 0) || (type != llvm::StringRef::npos && type > 0)) return;
  }
  check_->handleError(pos(), kind_, message(), soft_);
  lines_.clear();
}

void Checker::errorArgs(At at, DiagKind kind, bool soft, const char* format, FmtArgs args) {
  ErrorReport r(this, kind);
  r.add(at, format, args);
  if (soft) r.setSoft();
  r.report();
}

void Checker::handleError(Pos pos, DiagKind kind, const std::string& message, bool soft) {
  // In an inherited constant initialiser the error belongs to the constant that inherits it.
  if (errpos.isKnown()) pos = errpos;
  hasError = true;
  std::string text = kind == DiagKind::InvalidSyntaxTree ? "invalid syntax tree: " + message : message;
  text += versionHint(pos, text);
  diag.report(pos, kind, std::move(text), soft);
}

void Checker::versionError(At at, GoVersion v, const std::string& what) {
  ErrorReport r(this, DiagKind::UnsupportedFeature);
  r.addf(at, "%s requires %s or later", what, v);
  r.report();
}

// Where the language version comes from, for messages that say "requires go1.N or later".
std::string Checker::versionHint(Pos pos, llvm::StringRef message) {
  size_t at = message.find("requires go");
  if (at == llvm::StringRef::npos || !message.drop_front(at).contains(" or later")) return {};
  uint16_t base = pos.isKnown() ? diag.sources().fileOf(pos) : 0;
  for (SourceFile* f : files) {
    if (f->base != base || f->goVersion.empty() || base >= fileVersions.size()) continue;
    // Only if the file's own version is the one in force: it may have been raised to go1.21.
    if (f->goVersion == fileVersions[base].string()) return " (file declares //go:build " + f->goVersion + ")";
  }
  return " (-lang was set to " + options.goVersion + "; check go.mod)";
}

GoVersion GoVersion::parse(llvm::StringRef text) {
  if (!text.consume_front("go")) return {};
  unsigned major, minor = 0;
  if (text.consumeInteger(10, major) || major != 1) return major > 1 && !text.empty() ? GoVersion{1000} : GoVersion{};
  if (text.empty()) return GoVersion{0};
  if (!text.consume_front(".") || text.consumeInteger(10, minor)) return {};
  return GoVersion{static_cast<int>(minor)};
}

} // namespace stoat
