// Checking a package from start to end, in named steps (types2 check.go, and the checks that gc's noder adds to it).
#include "check/checker.h"
#include "syntax/parser.h"
#include <algorithm>

namespace stoat {

Checker::Checker(Package* pkg, Importer& importer, DiagEngine& diag, const CheckOptions& options)
    : pkg(pkg), importer(importer), diag(diag), options(options), sizes(TargetSizes::forArch(options.goarch)), ctxt(defaultContext()) {
  result = make<CheckedPackage>();
  result->pkg = pkg;
}

Checker::~Checker() = default;

Var* Checker::newVar(VarKind kind, Pos pos, llvm::StringRef name, Type* type) {
  Var* v = make<Var>();
  v->varKind = kind;
  v->pos = pos;
  v->pkg = pkg;
  v->name = name;
  v->type = type;
  return v;
}

TupleType* Checker::newTuple(llvm::ArrayRef<Var*> vars) {
  if (vars.empty()) {
    static TupleType* const empty = typeArena().make<TupleType>();
    return empty;
  }
  TupleType* t = make<TupleType>();
  t->vars.assign(vars.begin(), vars.end());
  return t;
}

void Checker::addDeclDep(Object* to) {
  if (!decl) return; // not in a package-level initialiser or function
  if (to->kind() == ObjectKind::Func || to->kind() == ObjectKind::Var || to->kind() == ObjectKind::Const)
    if (objMap.count(to)) decl->deps.insert(to);
}

void Checker::processDelayed(size_t top) {
  GoVersion saved = version;
  // Actions may push further ones (functions in functions).
  for (size_t i = top; i < delayed.size(); i++) {
    Action a = std::move(delayed[i]);
    version = a.version;
    a.run();
  }
  delayed.resize(top);
  version = saved;
}

void Checker::push(Object* o) {
  objPathIdx[o] = static_cast<int>(objPath.size());
  objPath.push_back(o);
}

Object* Checker::pop() {
  Object* o = objPath.back();
  objPath.pop_back();
  objPathIdx.erase(o);
  return o;
}

void Checker::cleanup() {
  // Cleaning may add more.
  for (size_t i = 0; i < cleaners.size(); i++) {
    Type* t = cleaners[i];
    switch (t->kind()) {
    case TypeKind::Named: {
      Named* n = llvm::cast<Named>(t);
      if (!n->isInstance()) n->under();
      n->check = nullptr;
      break;
    }
    case TypeKind::TypeParam: {
      TypeParam* p = llvm::cast<TypeParam>(t);
      p->iface();
      p->check = nullptr;
      break;
    }
    case TypeKind::Interface: {
      Interface* f = llvm::cast<Interface>(t);
      typeSetOf(f);
      f->check = nullptr;
      f->embedPos.clear();
      break;
    }
    case TypeKind::Alias: unalias(t); break;
    default: break;
    }
  }
  cleaners.clear();
}

void Checker::initFiles(const std::vector<SourceFile*>& all) {
  for (SourceFile* f : all) {
    if (!f->packageName) continue; // a syntax error
    llvm::StringRef name = f->packageName->value;
    if (pkg->name.empty()) {
      if (name != "_") pkg->name = name.str();
      else error(f->packageName, DiagKind::BlankPkgName, "invalid package name _");
    } else if (name != pkg->name) {
      errorf(f->packageName->pos, DiagKind::MismatchedPkgName, "package %s; expected package %s", name, pkg->name);
      continue; // ignore the file
    }
    files.push_back(f);
  }
  GoVersion given = GoVersion::parse(options.goVersion);
  if (given.isValid() && !all.empty() && given.minor > goCurrent.minor) errorf(all[0]->pos, DiagKind::TooNew, "package requires newer Go version %v (application built with %v)", given, goCurrent);
  for (SourceFile* f : files) {
    GoVersion v = given;
    GoVersion own = GoVersion::parse(f->goVersion);
    if (own.isValid()) {
      // A build constraint sets the language of its file, but not below go1.21, the first version for which it did.
      v = own < go1_21 ? go1_21 : own;
      if (own.minor > goCurrent.minor) errorf(f->packageName, DiagKind::TooNew, "file requires newer Go version %v", own);
    }
    if (f->base >= fileVersions.size()) fileVersions.resize(f->base + 1);
    fileVersions[f->base] = v;
  }
}

void Checker::checkFiles(const std::vector<SourceFile*>& all) {
  result->files = all;
  initFiles(all);
  collectObjects();
  directCycles();
  packageObjects();
  processDelayed(0); // function bodies among them
  cleanup();
  initOrder();
  unusedImports();
  if (!hasError) monomorph();
  if (diag.hasErrors()) hasError = true;
  if (!hasError) checkRestrictions();
  if (!hasError) checkDirectives();
  std::sort(pkg->imports.begin(), pkg->imports.end(), [](Package* a, Package* b) { return a->path < b->path; });
  pkg->goVersion = options.goVersion;
  pkg->complete = true;
}

// ---- what gc's noder checks after types2

void Checker::checkDirectives() {
  for (SourceFile* f : files) {
    for (const Linkname& l : f->linknames) {
      if (!f->importsUnsafe) continue; // checkPragmas reports it
      if (l.target.contains('[') && l.target.contains(']')) {
        error(l.pos, DiagKind::Pragma, "//go:linkname reference of an instantiation is not allowed");
        continue;
      }
      Object* o = pkg->scope->lookup(l.local);
      llvm::StringRef target = l.target.empty() ? typeArena().copy(pkg->path + "." + l.local.str()) : l.target;
      llvm::StringRef* symbol = nullptr;
      if (Func* fn = llvm::dyn_cast_or_null<Func>(o)) symbol = &fn->linkSymbol;
      else if (Var* v = llvm::dyn_cast_or_null<Var>(o)) symbol = &v->linkSymbol;
      if (!symbol) {
        GoVersion lang = GoVersion::parse(options.goVersion);
        if (!lang.isValid() || lang >= go1_18) error(l.pos, DiagKind::Pragma, "//go:linkname must refer to declared function or variable");
      } else if (!symbol->empty()) {
        errorf(l.pos, DiagKind::Pragma, "duplicate //go:linkname for %s", l.local);
      } else {
        *symbol = target;
      }
    }
  }

  size_t before = diag.count();
  for (SourceFile* f : files) {
    checkPragmas(*f, diag);
    for (Decl* d : f->decls)
      if (VarDecl* v = llvm::dyn_cast<VarDecl>(d)) embedDirectives(v);
  }
  hasError |= diag.count() != before;
  for (FuncInfo& f : result->funcs) {
    if ((f.func->pragma & PragmaSystemstack) && (f.func->pragma & PragmaNosplit)) error(f.decl, DiagKind::Pragma, "go:nosplit and go:systemstack cannot be combined");
    if (f.decl->body) {
      if (f.func->pragma & PragmaNoescape) error(f.decl, DiagKind::Pragma, "can only use //go:noescape with external func implementations");
      // The stack cannot be copied while pointers hide in such arguments.
      if ((f.func->pragma & PragmaUintptrKeepAlive) && !(f.func->pragma & (PragmaUintptrEscapes | PragmaNosplit))) error(f.decl, DiagKind::Pragma, "go:uintptrkeepalive requires go:nosplit");
      continue;
    }
    // The assembler, or another package by linkname, may have the body.
    if ((options.complete && !options.hasSymabis) && f.func->linkSymbol.empty() && f.func->name != "_") error(f.decl, DiagKind::BadDecl, "missing function body");
  }
  if (pkg->name == "main" && !llvm::isa_and_nonnull<Func>(pkg->scope->lookup("main")) && !hasError && options.requireMain)
    diag.report(Pos(), DiagKind::InvalidMainDecl, "function main is undeclared in the main package");
}

void Checker::embedDirectives(VarDecl* d) {
  if (!d->pragma || d->pragma->embeds.empty()) return;
  GoVersion lang = GoVersion::parse(options.goVersion);
  if (lang.isValid() && lang.minor < 16) {
    error(d->pragma->embeds[0].pos, DiagKind::Pragma, "go:embed requires go1.16 or later");
    return;
  }
  Var* v = llvm::dyn_cast_or_null<Var>(d->names[0]->object);
  if (!v) return;
  for (const EmbedPattern& p : d->pragma->embeds) result->embeds.push_back({v, p});
}

CheckedPackage* checkPackage(llvm::StringRef path, const std::vector<SourceFile*>& files, Importer& importer, DiagEngine& diag, const CheckOptions& options) {
  Package* pkg = typeArena().make<Package>();
  pkg->path = path.str();
  pkg->scope = typeArena().make<Scope>(universeScope(), Pos(), Pos(), "package");
  Checker checker(pkg, importer, diag, options);
  checker.checkFiles(files);
  return checker.result;
}

} // namespace stoat
