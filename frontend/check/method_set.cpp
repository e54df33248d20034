// The method set of a type, with promoted methods and the paths to them; for itabs and method tables.
//
// Every name that occurs anywhere among the embedded types is a candidate, and ordinary lookup decides: so hiding and
// ambiguity follow one set of rules.
#include "check/checker.h"
#include <algorithm>

namespace stoat {

namespace {

struct Candidates {
  llvm::SmallVector<Func*, 16> list;
  llvm::SmallPtrSet<Type*, 8> seen;
  llvm::DenseMap<llvm::StringRef, llvm::SmallVector<Func*, 1>> byName;

  void add(Func* f) {
    if (f->name == "_") return;
    llvm::SmallVector<Func*, 1>& same = byName[f->name];
    for (Func* g : same)
      if (g->sameId(f->pkg, f->name)) return;
    same.push_back(f);
    list.push_back(f);
  }
  void collect(Type* t) {
    t = unalias(derefType(t));
    if (Named* n = llvm::dyn_cast<Named>(t)) {
      if (!seen.insert(t).second) return;
      for (Func* m : n->origin->unpack()->methods_) add(m);
    }
    Type* u = t->underlying();
    if (Interface* i = llvm::dyn_cast<Interface>(u)) {
      for (Func* m : typeSetOf(i)->methods) add(m);
    } else if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(u)) {
      for (Var* f : s->fields)
        if (f->embedded) collect(f->type);
    }
  }
};

} // namespace

std::vector<MethodSetEntry> methodSet(Type* t) {
  std::vector<MethodSetEntry> result;
  if (Interface* i = llvm::dyn_cast<Interface>(t->underlying())) {
    const std::vector<Func*>& methods = typeSetOf(i)->methods;
    for (size_t k = 0; k < methods.size(); k++) result.push_back({methods[k], {static_cast<int>(k)}, false});
    return result;
  }
  // A named pointer type has no methods.
  if (llvm::isa<Named>(unalias(t)) && llvm::isa<PointerType>(t->underlying())) return result;
  Candidates candidates;
  candidates.collect(t);
  for (Func* f : candidates.list) {
    LookupResult r = lookupFieldOrMethod(t, false, f->pkg, f->name);
    if (Func* m = llvm::dyn_cast_or_null<Func>(r.obj)) result.push_back({m, std::move(r.index), r.indirect});
  }
  std::sort(result.begin(), result.end(), [](const MethodSetEntry& a, const MethodSetEntry& b) { return Object::compareIds(a.func, b.func) < 0; });
  return result;
}

} // namespace stoat
