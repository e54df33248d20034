// Collects the package's objects from its files: imports, file and package scopes, methods (types2 resolver.go).
#include "check/checker.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

namespace stoat {

namespace {

// The unquoted path, or an error text.
bool validImportPath(llvm::StringRef literal, std::string& path, std::string& error) {
  if (!unquote(literal, path)) {
    error = "invalid syntax";
    return false;
  }
  if (path.empty()) {
    error = "empty string";
    return false;
  }
  llvm::StringRef rest = path;
  while (!rest.empty()) {
    unsigned size;
    uint32_t r = decodeRune(rest, size);
    bool illegal = r == runeError || (r < 0x80 && (r <= ' ' || r == 0x7F || llvm::StringRef("!\"#$%&'()*,:;<=>?[\\]^{|}`").contains(static_cast<char>(r)))) || !isPrintRune(r);
    if (illegal) {
      error = "invalid character " + describeRune(r);
      return false;
    }
    rest = rest.drop_front(size);
  }
  return true;
}

// Paths that gc does not even look for; otherwise empty.
std::string refusedImport(llvm::StringRef path, llvm::StringRef own) {
  if (path == "main") return "cannot import \"main\"";
  if (path == own) return "import " + quote(path) + " while compiling that package (import cycle)";
  if (path.starts_with("/")) return "import path cannot be absolute path";
  if (path.starts_with("./") || path.starts_with("../") || path == "." || path == "..") return {};
  llvm::SmallVector<llvm::StringRef, 8> parts, clean;
  path.split(parts, '/');
  for (llvm::StringRef p : parts) {
    if (p.empty() || p == ".") continue;
    if (p == ".." && !clean.empty() && clean.back() != "..") clean.pop_back();
    else clean.push_back(p);
  }
  std::string canonical = clean.empty() ? "." : llvm::join(clean, "/");
  if (canonical != path) return "non-canonical import path " + quote(path) + " (should be " + quote(canonical) + ")";
  return {};
}

} // namespace

void Checker::arity(Pos pos, llvm::ArrayRef<Name*> names, llvm::ArrayRef<Expr*> inits, bool isConst, bool inherited) {
  size_t l = names.size(), r = inits.size();
  if (l < r) {
    Expr* n = inits[l];
    if (inherited) errorf(pos, DiagKind::WrongAssignCount, "extra init expr at %s", n->pos);
    else errorf(n, DiagKind::WrongAssignCount, "extra init expr %s", n);
  } else if (l > r && (isConst || r != 1)) { // one expression may be a call with several results
    errorf(names[r], DiagKind::WrongAssignCount, "missing init expr for %s", names[r]->value);
  }
}

void Checker::declarePkgObj(Name* id, Object* o, DeclInfo* d) {
  if (id->value == "init") {
    error(id, DiagKind::InvalidInitDecl, "cannot declare init - must be func");
    return;
  }
  if (id->value == "main" && pkg->name == "main") {
    error(id, DiagKind::InvalidMainDecl, "cannot declare main - must be func");
    return;
  }
  declare(pkg->scope, id, o, Pos());
  addObject(o, d);
}

void Checker::addObject(Object* o, DeclInfo* d) {
  objMap[o] = d;
  objList.push_back(o); // in source order
  o->order = static_cast<uint32_t>(objList.size());
}

Package* Checker::importPackage(Pos pos, llvm::StringRef path) {
  auto it = impMap.find(path);
  if (it != impMap.end()) return it->second;
  Package* imp = nullptr;
  if (path == "unsafe") {
    imp = unsafePackage();
  } else {
    std::string why = refusedImport(path, pkg->path);
    if (why.empty()) imp = importer.importPackage(path, why);
    if (imp && (imp->name == "_" || imp->name.empty())) {
      why = "invalid package name: " + quote(imp->name);
      imp = nullptr;
    }
    if (!imp) {
      if (llvm::StringRef(why).starts_with("could not import")) error(pos, DiagKind::BrokenImport, why);
      else errorf(pos, DiagKind::BrokenImport, "could not import %s (%s)", path, why);
      // A stand-in, so that uses of it are not reported.
      imp = make<Package>();
      imp->path = path.str();
      llvm::StringRef name = path.rtrim('/');
      imp->name = name.substr(name.rfind('/') + 1).str();
      imp->scope = make<Scope>(universeScope(), Pos(), Pos(), "package");
      imp->fake = true;
    }
  }
  impMap[path] = imp;
  if (!pkgPathMap.empty()) markImports(imp);
  return imp;
}

void Checker::importDecl(ImportDecl* s, Scope* fileScope, llvm::DenseSet<Package*>& seen) {
  if (!s->path || s->path->bad) return;
  std::string path, why;
  if (!validImportPath(s->path->value, path, why)) {
    errorf(s->path, DiagKind::BadImportPath, "invalid import path (%s)", why);
    return;
  }
  Package* imp = importPackage(s->path->pos, path);
  if (!imp) return;
  llvm::StringRef name = imp->name;
  if (s->localName) {
    name = s->localName->value;
    if (path == "C") {
      error(s->localName, DiagKind::ImportCRenamed, "cannot rename import \"C\"");
      return;
    }
  }
  if (name == "init") {
    error(s, DiagKind::InvalidInitDecl, "cannot import package as init - init must be a func");
    return;
  }
  if (seen.insert(imp).second) pkg->imports.push_back(imp);
  PkgName* o = make<PkgName>();
  o->pos = s->pos;
  o->pkg = pkg;
  o->name = name;
  o->type = invalidType();
  o->imported = imp;
  o->decl = s;
  o->used = imp->fake;
  if (s->localName) recordDef(s->localName, o);
  else s->implicitObject = o;
  imports.push_back(o);
  if (name != ".") {
    declare(fileScope, nullptr, o, Pos());
    return;
  }
  for (llvm::StringRef n : imp->scope->sortedNames()) {
    if (!isExportedName(n)) continue;
    Object* e = imp->scope->lookup(n);
    if (Object* alt = fileScope->lookup(n)) {
      ErrorReport r(this, DiagKind::DuplicateDecl);
      r.addf(s->localName, "%s redeclared in this block", alt->name);
      r.addAltDecl(alt);
      r.report();
      continue;
    }
    fileScope->insert(e); // its parent stays the imported package's scope
    dotImportMap[{fileScope, e}] = o;
  }
}

Func* Checker::collectFunc(FuncDecl* s, Scope* fileScope) {
  llvm::StringRef name = s->name->value;
  Func* o = make<Func>();
  o->pos = s->name->pos;
  o->pkg = pkg;
  o->name = name;
  o->decl = s;
  if (s->pragma) o->pragma = s->pragma->flags;
  bool tparamError = false;
  if (!s->recv) {
    bool isMain = name == "main" && pkg->name == "main";
    if (name == "init" || isMain) {
      DiagKind kind = isMain ? DiagKind::InvalidMainDecl : DiagKind::InvalidInitDecl;
      if (!s->tparams.empty()) {
        softErrorf(s->tparams[0], kind, "func %s must have no type parameters", name);
        tparamError = true;
      }
      if (!s->typeExpr->params.empty() || !s->typeExpr->results.empty()) softErrorf(s->name, kind, "func %s must have no arguments and no return values", name);
    }
    if (name == "init") {
      // There may be many, and none can be referred to.
      o->parent = pkg->scope;
      recordDef(s->name, o);
      if (!s->body) softErrorf(o->pos, DiagKind::MissingInitBody, "func init must have a body");
    } else {
      declare(pkg->scope, s->name, o, Pos());
    }
  } else {
    recordDef(s->name, o);
  }
  if (!s->tparams.empty() && !tparamError) verifyVersionf(s->tparams[0], go1_18, "type parameter");
  DeclInfo* d = make<DeclInfo>();
  d->file = fileScope;
  d->version = version;
  d->fdecl = s;
  addObject(o, d);
  result->funcs.push_back({o, s});
  return o;
}

void Checker::collectObjects() {
  llvm::DenseSet<Package*> seenImports;
  struct Method { Func* func; bool ptr; Name* recv; };
  std::vector<Method> found;
  llvm::SmallVector<Scope*, 16> fileScopes;

  for (SourceFile* file : files) {
    version = file->base < fileVersions.size() ? fileVersions[file->base] : GoVersion();
    Scope* fileScope = make<Scope>(pkg->scope, file->pos, file->eof, "file");
    fileScopes.push_back(fileScope);

    size_t first = 0;
    bool inGroup = false;
    ConstDecl* last = nullptr;
    for (size_t index = 0; index < file->decls.size(); index++) {
      Decl* d = file->decls[index];
      if (!llvm::isa<ConstDecl>(d)) inGroup = false;
      switch (d->kind) {
      case NodeKind::ImportDecl: importDecl(llvm::cast<ImportDecl>(d), fileScope, seenImports); break;
      case NodeKind::ConstDecl: {
        ConstDecl* s = llvm::cast<ConstDecl>(d);
        // iota counts specifications of one group.
        if (!inGroup || !s->group || llvm::cast<ConstDecl>(file->decls[index - 1])->group != s->group) {
          first = index;
          inGroup = true;
          last = nullptr;
        }
        ConstValue iotaValue = ConstValue::makeInt64(static_cast<int64_t>(index - first));
        bool inherited = true;
        if (s->typeExpr || s->values) {
          last = s;
          inherited = false;
        } else if (!last) {
          last = make<ConstDecl>(s->pos);
          inherited = false;
        }
        llvm::ArrayRef<Expr*> values = exprListOf(last->values);
        for (size_t i = 0; i < s->names.size(); i++) {
          Const* o = make<Const>();
          o->pos = s->names[i]->pos;
          o->pkg = pkg;
          o->name = s->names[i]->value;
          o->value = iotaValue;
          DeclInfo* info = make<DeclInfo>();
          info->file = fileScope;
          info->version = version;
          info->vtyp = last->typeExpr;
          info->init = i < values.size() ? values[i] : nullptr;
          info->inherited = inherited;
          declarePkgObj(s->names[i], o, info);
        }
        arity(s->pos, s->names, values, true, inherited);
        break;
      }
      case NodeKind::VarDecl: {
        VarDecl* s = llvm::cast<VarDecl>(d);
        llvm::ArrayRef<Expr*> values = exprListOf(s->values);
        // With one expression for all variables they share one DeclInfo.
        DeclInfo* shared = nullptr;
        if (!llvm::isa_and_nonnull<ListExpr>(s->values)) {
          shared = make<DeclInfo>();
          shared->file = fileScope;
          shared->version = version;
          shared->vtyp = s->typeExpr;
          shared->init = s->values;
        }
        for (size_t i = 0; i < s->names.size(); i++) {
          Var* o = newVar(VarKind::Package, s->names[i]->pos, s->names[i]->value, nullptr);
          DeclInfo* info = shared;
          if (shared) {
            shared->lhs.push_back(o);
          } else {
            info = make<DeclInfo>();
            info->file = fileScope;
            info->version = version;
            info->vtyp = s->typeExpr;
            info->init = i < values.size() ? values[i] : nullptr;
          }
          declarePkgObj(s->names[i], o, info);
        }
        if (!s->typeExpr || !values.empty()) arity(s->pos, s->names, values, false, false);
        break;
      }
      case NodeKind::TypeDecl: {
        TypeDecl* s = llvm::cast<TypeDecl>(d);
        TypeName* o = make<TypeName>();
        o->pos = s->name->pos;
        o->pkg = pkg;
        o->name = s->name->value;
        DeclInfo* info = make<DeclInfo>();
        info->file = fileScope;
        info->version = version;
        info->tdecl = s;
        declarePkgObj(s->name, o, info);
        break;
      }
      case NodeKind::FuncDecl: {
        FuncDecl* s = llvm::cast<FuncDecl>(d);
        Func* f = collectFunc(s, fileScope);
        if (s->recv) {
          Receiver r = unpackRecv(s->recv->typeExpr, false);
          Name* base = llvm::dyn_cast_or_null<Name>(r.base);
          if (base && f->name != "_") found.push_back({f, r.ptr, base});
        }
        break;
      }
      default: error(d, DiagKind::InvalidSyntaxTree, "unknown declaration");
      }
    }
  }

  // What is in a file's scope may not be declared in the package's.
  for (Scope* s : fileScopes) {
    for (Object* o : s->objects()) {
      Object* alt = pkg->scope->lookup(o->name);
      if (!alt) continue;
      ErrorReport r(this, DiagKind::DuplicateDecl);
      if (PkgName* p = llvm::dyn_cast<PkgName>(o)) {
        r.addf(alt, "%s already declared through import of %s", alt->name, "package " + p->imported->name + " (" + quote(p->imported->path) + ")");
        r.addAltDecl(p);
      } else {
        r.addf(alt, "%s already declared through dot-import of %s", alt->name, "package " + o->pkg->name + " (" + quote(o->pkg->path) + ")");
        r.addAltDecl(o);
      }
      r.report();
    }
  }

  for (Method& m : found) {
    auto [ptr, base] = resolveBaseTypeName(m.ptr, m.recv);
    if (!base) continue;
    m.func->hasPtrRecv = ptr;
    methods[base].push_back(m.func);
  }
}

Checker::Receiver Checker::unpackRecv(Expr* rtyp, bool unpackParams) {
  Receiver r;
  r.base = unparen(rtyp);
  if (Operation* op = llvm::dyn_cast<Operation>(r.base)) {
    if (op->op == Op::Mul && !op->y) {
      r.ptr = true;
      r.base = unparen(op->x);
    }
  }
  IndexExpr* index = llvm::dyn_cast<IndexExpr>(r.base);
  if (!index) return r;
  r.base = index->x;
  if (!unpackParams) return r;
  for (Expr* arg : exprListOf(index->index)) {
    Name* n = llvm::dyn_cast<Name>(arg);
    if (!n) {
      if (!llvm::isa<BadExpr>(arg)) errorf(arg, DiagKind::BadDecl, "receiver type parameter %s must be an identifier", arg);
      n = make<Name>(arg->pos);
      n->value = "_";
    }
    r.tparams.push_back(n);
  }
  return r;
}

// The declared type that a receiver names, aliases followed. It works on syntax alone: nothing is checked yet.
std::pair<bool, TypeName*> Checker::resolveBaseTypeName(bool ptr, Name* name) {
  llvm::SmallPtrSet<TypeName*, 4> seen;
  while (name) {
    TypeName* t = llvm::dyn_cast_or_null<TypeName>(pkg->scope->lookup(name->value));
    if (!t || !seen.insert(t).second) break;
    DeclInfo* d = objMap.lookup(t);
    if (!d || !d->tdecl) break;
    if (!d->tdecl->alias) return {ptr, t};
    if (!d->tdecl->tparams.empty()) break;
    Expr* e = unparen(d->tdecl->typeExpr);
    if (Operation* op = llvm::dyn_cast<Operation>(e)) {
      if (op->op == Op::Mul && !op->y) {
        if (ptr) break; // pointer to pointer
        ptr = true;
        e = unparen(op->x);
      }
    }
    name = llvm::dyn_cast<Name>(e);
  }
  return {false, nullptr};
}

// Types first, then aliases, then the rest: the order decides which of several errors is found.
void Checker::packageObjects() {
  std::vector<Object*> aliases, others;
  std::vector<Object*> all = objList;
  for (Object* o : all) {
    if (o->kind() != ObjectKind::TypeName) {
      others.push_back(o);
      continue;
    }
    if (o->type) collectMethods(llvm::cast<TypeName>(o)); // found to be a direct cycle
    if (objMap[o]->tdecl->alias) aliases.push_back(o);
    else objDecl(o);
  }
  for (Object* o : aliases) objDecl(o);
  for (Object* o : others) objDecl(o);
  methods.clear();
}

void Checker::unusedImports() {
  if (options.ignoreFuncBodies) return;
  for (PkgName* o : imports)
    if (o->name != "_" && !o->used) errorUnusedPkg(o);
}

void Checker::errorUnusedPkg(PkgName* o) {
  llvm::StringRef path = o->imported->path;
  llvm::StringRef elem = path.substr(path.rfind('/') + 1);
  if (o->name.empty() || o->name == "." || o->name == elem) softErrorf(o, DiagKind::UnusedImport, "%q imported and not used", path);
  else softErrorf(o, DiagKind::UnusedImport, "%q imported as %s and not used", path, o->name);
}

} // namespace stoat
