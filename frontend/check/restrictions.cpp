// Restrictions of the implementation, checked on a package without other errors: they are no part of the language, and gc reports
// them after type checking (cmd/compile/internal/noder/irgen.go, types/size.go). Each group runs only if the one before found nothing.
#include "check/checker.h"

namespace stoat {

namespace {

/// Finds anonymous interfaces that refer to themselves (go.dev/issue/56103).
class InterfaceCycles {
public:
  bool hasCycle(Interface* t) {
    for (Func* m : t->methods())
      if (visit(m->type)) return true;
    return false;
  }
  void reported() {
    for (auto& entry : cyclic_) entry.second = false;
  }

private:
  bool visit(Type* t) {
    for (;;) {
      t = unalias(t);
      switch (t->kind()) {
      case TypeKind::Pointer: t = llvm::cast<PointerType>(t)->elem; continue;
      case TypeKind::Array: t = llvm::cast<ArrayTypeT>(t)->elem; continue;
      case TypeKind::Slice: t = llvm::cast<SliceTypeT>(t)->elem; continue;
      case TypeKind::Chan: t = llvm::cast<ChanTypeT>(t)->elem; continue;
      case TypeKind::Map:
        if (visit(llvm::cast<MapTypeT>(t)->key)) return true;
        t = llvm::cast<MapTypeT>(t)->elem;
        continue;
      case TypeKind::Struct:
        for (Var* f : llvm::cast<StructTypeT>(t)->fields)
          if (visit(f->type)) return true;
        return false;
      case TypeKind::Signature: {
        Signature* sig = llvm::cast<Signature>(t);
        return visitTuple(sig->params) || visitTuple(sig->results);
      }
      case TypeKind::Interface: {
        Interface* iface = llvm::cast<Interface>(t);
        if (iface->explicitMethods.empty() && iface->embeddeds.empty()) return false;
        auto [entry, inserted] = cyclic_.try_emplace(iface, true);
        if (!inserted) return entry->second;
        if (hasCycle(iface)) return true;
        cyclic_[iface] = false;
        return false;
      }
      default: return false; // a name breaks the cycle
      }
    }
  }
  bool visitTuple(TupleType* tuple) {
    if (tuple)
      for (Var* v : tuple->vars)
        if (visit(v->type)) return true;
    return false;
  }

  llvm::DenseMap<Interface*, bool> cyclic_;
};

/// `seen`: types that are free of it. A type is looked into once, however often it occurs.
bool isNotInHeap(Type* t, llvm::DenseSet<Type*>& seen) {
  t = unalias(t);
  if (!seen.insert(t).second) return false;
  if (Named* named = llvm::dyn_cast<Named>(t)) {
    if (named->obj->name == "nih" && named->obj->pkg && named->obj->pkg->path == "internal/runtime/sys") return true;
    t = named->under();
  }
  if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(t)) return isNotInHeap(array->elem, seen);
  if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(t))
    return llvm::any_of(s->fields, [&](Var* f) { return isNotInHeap(f->type, seen); });
  return false;
}

bool isNotInHeap(Type* t) {
  llvm::DenseSet<Type*> seen;
  return isNotInHeap(t, seen);
}

/// Parameters and results of one function.
constexpr int64_t maxArguments = 1 << 30;

} // namespace

void Checker::checkRestrictions() {
  if (hasError) return;
  bool topInterfacesOnly = true;
  auto walk = [&](auto visit) {
    for (SourceFile* file : files)
      for (Decl* d : file->decls)
        inspect(d, [&](Node* n) {
          visit(n);
          return n->kind != NodeKind::InterfaceType || !topInterfacesOnly;
        });
  };

  InterfaceCycles cycles;
  for (SourceFile* file : files)
    for (Decl* d : file->decls)
      inspect(d, [&](Node* n) {
        InterfaceType* e = llvm::dyn_cast<InterfaceType>(n);
        if (!e) return true;
        Interface* t = e->type ? llvm::dyn_cast<Interface>(unalias(e->type)) : nullptr;
        if (t && cycles.hasCycle(t)) {
          error(e->pos, DiagKind::InvalidTypeCycle, "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)");
          cycles.reported();
        }
        return false; // what is inside was visited through the type
      });
  if (hasError) return;

  walk([&](Node* n) {
    Name* name = llvm::dyn_cast<Name>(n);
    if (!name || !name->instance) return;
    for (Type* t : name->instance->typeArgs)
      if (isNotInHeap(t))
        errorf(name->pos, DiagKind::InvalidTypeArg, "cannot use incomplete (or unallocatable) type as a type argument: %s", typeString(t));
  });
  if (hasError) return;

  walk([&](Node* n) {
    TypeDecl* d = llvm::dyn_cast<TypeDecl>(n);
    if (!d || !d->typeExpr || !d->typeExpr->type) return;
    Expr* e = d->typeExpr;
    if (llvm::isa<MapType>(e)) {
      MapTypeT* map = under<MapTypeT>(e->type);
      if (map && isNotInHeap(map->key)) error(e->pos, DiagKind::IncomparableMapKey, "incomplete (or unallocatable) map key not allowed");
      if (map && isNotInHeap(map->elem)) error(e->pos, DiagKind::IncomparableMapKey, "incomplete (or unallocatable) map value not allowed");
    } else if (llvm::isa<ChanType>(e)) {
      ChanTypeT* chan = under<ChanTypeT>(e->type);
      if (chan && isNotInHeap(chan->elem)) error(e->pos, DiagKind::InvalidMake, "chan of incomplete (or unallocatable) type not allowed");
    }
  });
  if (hasError) return;

  // Sizes. What mentions type parameters is known in its instances only.
  int64_t maxWidth = sizes.wordSize == 8 ? int64_t(1) << 50 : (int64_t(1) << 32) - 1;
  int64_t maxStruct = sizes.wordSize == 8 ? maxWidth : (int64_t(1) << 31) - 1;
  // Bounds of ours. Zero-sized leaves make types of any extent that are not too large by size.
  bool tooDeep = false; // one such type makes those around it so: report the first
  auto checkExtent = [&](Pos pos, Type* t) {
    if (tooDeep || !t || !isValid(t) || hasTypeParam(t)) return;
    auto [depth, leaves] = sizes.extentOf(t);
    tooDeep = depth > maxTypeDepth || leaves > maxTypeLeaves;
    if (depth > maxTypeDepth) errorf(pos, DiagKind::TypeTooLarge, "type %s too deeply nested (implementation limitation)", t);
    else if (leaves > maxTypeLeaves) errorf(pos, DiagKind::TypeTooLarge, "type %s too large", t);
  };
  // Reported where gc computes a size: at the last name declared before, or the function (literal) if it is later.
  Pos at;
  llvm::SmallPtrSet<Decl*, 32> packageLevel;
  for (SourceFile* file : files) packageLevel.insert(file->decls.begin(), file->decls.end());
  auto declares = [&](Expr* lhs) {
    for (Expr* e : unpackList(lhs))
      if (Name* name = llvm::dyn_cast<Name>(e); name && name->isDef && name->value != "_") at = name->pos;
  };
  walk([&](Node* n) {
    switch (n->kind) {
    case NodeKind::TypeDecl: {
      Name* name = llvm::cast<TypeDecl>(n)->name;
      at = name->pos;
      Named* named = name->object ? llvm::dyn_cast_or_null<Named>(name->object->type) : nullptr;
      if (named && named->typeParams.empty()) checkExtent(at, named->underlying());
      break;
    }
    case NodeKind::Name:
      if (Instance* instance = llvm::cast<Name>(n)->instance)
        if (instance->type && !llvm::isa<Signature>(instance->type->underlying())) checkExtent(n->pos, instance->type);
      break;
    case NodeKind::VarDecl: {
      VarDecl* d = llvm::cast<VarDecl>(n);
      bool isLocal = !packageLevel.contains(d);
      if (d->typeExpr || !isLocal) at = isLocal && d->names[0]->value == "_" ? at : d->names[0]->pos;
      else for (Name* name : d->names) declares(name);
      break;
    }
    case NodeKind::FuncLit: at = n->pos; break;
    case NodeKind::AssignStmt: declares(llvm::cast<AssignStmt>(n)->lhs); break;
    case NodeKind::RangeClause: declares(llvm::cast<RangeClause>(n)->lhs); break;
    case NodeKind::FuncDecl: {
      FuncDecl* d = llvm::cast<FuncDecl>(n);
      at = d->pos;
      Func* f = llvm::dyn_cast_or_null<Func>(d->name->object);
      Signature* sig = f ? llvm::dyn_cast_or_null<Signature>(f->type) : nullptr;
      if (!sig || hasTypeParam(sig)) break;
      int64_t bytes = sig->recv ? sizes.sizeOf(sig->recv->type) : 0;
      for (TupleType* tuple : {sig->params, sig->results})
        for (Var* v : tuple->vars) {
          int64_t size = sizes.sizeOf(v->type);
          if (size < 0 || __builtin_add_overflow(bytes, size, &bytes)) bytes = INT64_MAX;
        }
      if (bytes > maxArguments) errorf(at, DiagKind::TypeTooLarge, "stack frame too large (>1GB): 0 MB locals + %d MB args", bytes >> 20);
      break;
    }
    case NodeKind::ArrayType:
    case NodeKind::ChanType:
    case NodeKind::StructType: {
      Expr* e = llvm::cast<Expr>(n);
      if (!e->isType() || !e->type || !isValid(e->type) || hasTypeParam(e->type)) break;
      checkExtent(e->pos, e->type);
      if (ChanTypeT* chan = under<ChanTypeT>(e->type)) {
        int64_t size = sizes.sizeOf(chan->elem);
        if (size < 0 || size >= maxChannelElement) error(at, DiagKind::TypeTooLarge, "channel element type too large (>64kB)");
      } else if (ArrayTypeT* array = under<ArrayTypeT>(e->type)) {
        int64_t size = sizes.sizeOf(array->elem);
        if (size < 0 || (size > 0 && array->len > (maxWidth - 1) / size)) errorf(at, DiagKind::TypeTooLarge, "type %s larger than address space", e->type);
      } else if (StructTypeT* s = under<StructTypeT>(e->type)) {
        int64_t size = s->fields.empty() ? 0 : sizes.sizeOf(s);
        if (size < 0 || size >= maxStruct) errorf(at, DiagKind::TypeTooLarge, "type %s too large", e->type);
      }
      break;
    }
    default: break;
    }
  });
}

} // namespace stoat
