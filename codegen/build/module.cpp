// One package: linknames, functions in source order, package variables, and pkg.init: initialisers that are not static, in dependency order, then the
// package's init functions.
#include "build/builder.h"

namespace stoat::mir {

void ModuleBuilder::unsupported(Pos pos, const char* what) {
  diag.report(pos, DiagKind::UnsupportedFeature, std::string("not supported yet: ") + what);
}

void ModuleBuilder::linknames() {
  for (SourceFile* file : package.files)
    for (const Linkname& l : file->linknames) {
      if (l.target.empty())
        continue;
      Object* o = package.pkg->scope->lookup(l.local);
      if (Func* func = llvm::dyn_cast_or_null<Func>(o)) {
        if (func->linkSymbol.empty())
          func->linkSymbol = l.target;
      } else if (Var* v = llvm::dyn_cast_or_null<Var>(o)) {
        if (v->linkSymbol.empty())
          v->linkSymbol = l.target;
      }
    }
}

void ModuleBuilder::function(const FuncInfo& info, unsigned& initCount) {
  Func* func = info.func;
  FuncDecl* decl = info.decl;
  if (!func || !decl || !func->type || decl->name->value == "_")
    return;
  bool isInit = decl->name->value == "init" && !decl->recv;
  Signature* signature = func->signature();
  FunctionBuilder b(this, nullptr);
  b.f->symbol = isInit ? packagePrefix(package.pkg) + ".init." + std::to_string(initCount++) : functionSymbol(func);
  b.f->object = isInit ? nullptr : func;
  b.f->pkg = package.pkg;
  b.f->pos = b.pos = decl->pos;
  // The far ends of reflect's stubs forward to what the user made: recover and tracebacks look through them.
  b.f->isWrapper = package.pkg->path == "reflect" && (decl->name->value == "callReflect" || decl->name->value == "callMethod");
  b.f->pragma = func->pragma | (decl->pragma ? decl->pragma->flags : 0);
  b.f->typeParams = signature->recvTypeParams;
  b.f->typeParams.insert(b.f->typeParams.end(), signature->typeParams.begin(), signature->typeParams.end());
  module->functions.push_back(b.f);
  if (isInit)
    initFunctions_.push_back(b.f);
  if (!decl->body) {
    b.f->signature = signature;
    return;
  }
  b.begin(signature, signature->recv);
  b.body(decl->body);
  b.finish(decl->body->rbrace);
}

/// An array's or slice's literal, dense or not, whose evaluation does nothing.
bool ModuleBuilder::hasStaticElements(Expr* e) {
  CompositeLit* lit = llvm::dyn_cast<CompositeLit>(unparen(e));
  if (!lit || !llvm::isa_and_nonnull<ArrayTypeT, SliceTypeT>(coreType(valueType(lit))))
    return false;
  Type* elem = elementOf(valueType(lit));
  return llvm::all_of(lit->elems, [&](Expr* x) {
    KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x);
    return isStatic(kv ? kv->value : x, elem, true);
  });
}

constexpr int64_t largeValue = 1024; // bytes from which on a temporary is worth avoiding

void ModuleBuilder::initialise(const Initializer& i) {
  FunctionBuilder& b = *init;
  b.pos = i.pos;
  b.memo_.clear();
  if (i.lhs.size() == 1) {
    Var* v = i.lhs[0];
    Type* type = v->type;
    if (isStatic(i.rhs, type, true)) {
      if (v->name != "_")
        values_[v] = staticValue(i.rhs, type);
      return;
    }
    if (v->name == "_" && hasStaticElements(i.rhs))
      return; // no data, whatever its size
    CompositeLit* lit = llvm::dyn_cast<CompositeLit>(unparen(i.rhs));
    Type* core = lit && lit->type ? coreType(lit->type) : nullptr;
    bool inPlace = v->name != "_" && (llvm::isa_and_nonnull<StructTypeT>(core) || llvm::isa_and_nonnull<ArrayTypeT>(core)) && identical(lit->type, type);
    if (inPlace && sizes.sizeOf(type) > largeValue && !b.hasEffects(lit)) { // without a copy; the variable is zero, and nothing that runs here reads it
      b.compositeInto(lit, b.globalPlace(v), true, FlagNone);
      return;
    }
    Operand value = b.exprTo(i.rhs, type);
    b.pos = i.pos;
    if (v->name != "_")
      b.store(b.globalPlace(v), value);
    return;
  }
  Operands values = b.multiValue(i.rhs, i.lhs.size());
  for (size_t k = 0; k < i.lhs.size() && k < values.size(); ++k)
    if (i.lhs[k]->name != "_")
      b.store(b.globalPlace(i.lhs[k]), b.convert(values[k], i.lhs[k]->type));
}

void ModuleBuilder::run() {
  module = mirArena().make<Module>();
  module->pkg = package.pkg;
  module->imports = package.pkg->imports;
  linknames();
  analyse(package);
  unsigned initCount = 0;
  FunctionBuilder initBuilder(this, nullptr);
  init = &initBuilder;
  for (const FuncInfo& info : package.funcs)
    function(info, initCount);

  FunctionBuilder& b = initBuilder;
  b.f->symbol = packagePrefix(package.pkg) + ".init";
  b.f->pkg = package.pkg;
  b.f->pos = b.f->endPos = Pos();
  b.begin(makeSignature({}, {}), nullptr);
  for (const Initializer& i : package.initOrder)
    initialise(i);
  b.pos = Pos();
  for (Function* f : initFunctions_) {
    FuncRef* ref = mirArena().make<FuncRef>();
    ref->closure = f;
    Instr& i = b.emit(Opcode::Call);
    i.callee = mirArena().make<Callee>();
    i.callee->kind = Callee::Static;
    i.callee->ref = ref;
    i.callee->signature = f->signature;
  }
  bool isEmpty = b.f->blocks.size() == 1 && b.f->blocks[0].instrs.empty() && b.f->closures.empty();
  b.finish(Pos());
  if (!isEmpty)
    module->init = b.f;

  llvm::DenseMap<Var*, bool> listed;
  for (SourceFile* file : package.files)
    for (Decl* d : file->decls) {
      if (VarDecl* decl = llvm::dyn_cast<VarDecl>(d)) {
        for (Name* n : decl->names)
          if (Var* v = llvm::dyn_cast_or_null<Var>(n->object); v && v->name != "_" && !listed[v]) {
            listed[v] = true;
            GlobalVar g;
            g.var = v;
            g.init = values_.lookup(v);
            module->globals.push_back(g);
          }
      } else if (TypeDecl* decl = llvm::dyn_cast<TypeDecl>(d)) {
        TypeName* t = llvm::dyn_cast_or_null<TypeName>(decl->name->object);
        if (t && !decl->alias && decl->tparams.empty() && t->name != "_")
          module->types.push_back(t);
      }
    }
  for (TypeName* t : package.localTypes)
    if (t && !t->enclosingFunc && t->type && llvm::isa<Named>(t->type) && llvm::cast<Named>(t->type)->obj == t)
      module->types.push_back(t);
}

Module* buildModule(const CheckedPackage& package, DiagEngine& diag, const TargetSizes& sizes) {
  ModuleBuilder b(package, diag, sizes);
  b.run();
  return b.module;
}

} // namespace stoat::mir
