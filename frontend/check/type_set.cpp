// Type terms, term lists and type sets (types2 typeterm.go, termlist.go, typeset.go).
//
// Term lists are kept in normal form: no two terms overlap, and a list that is everything is the single term All.
// Computing the type set of an interface may report errors (duplicate methods, language versions) through the checker
// that declares it; later uses find the set ready.
#include "check/checker.h"
#include <algorithm>

namespace stoat {

// ---- terms

bool Term::equal(const Term& y) const {
  if (!isType() || !y.isType()) return kind == y.kind;
  return kind == y.kind && identical(type, y.type);
}

bool Term::disjoint(const Term& y) const {
  Type* ux = type;
  Type* uy = y.type;
  if (y.tilde()) ux = ux->underlying();
  if (tilde()) uy = uy->underlying();
  return !identical(ux, uy);
}

unsigned Term::unite(const Term& y, Term out[2]) const {
  if (kind == Empty && y.kind == Empty) return 0;
  out[0] = *this;
  if (y.kind == Empty || kind == All) return 1;
  if (kind == Empty || y.kind == All) {
    out[0] = y;
    return 1;
  }
  if (disjoint(y)) {
    out[1] = y;
    return 2;
  }
  if (!tilde() && y.tilde()) out[0] = y;
  return 1;
}

Term Term::intersect(const Term& y) const {
  if (kind == Empty || y.kind == Empty) return {};
  if (kind == All) return y;
  if (y.kind == All) return *this;
  if (disjoint(y)) return {};
  return !tilde() || y.tilde() ? *this : y;
}

bool Term::includes(Type* t) const {
  if (!isType()) return kind == All;
  return identical(type, tilde() ? t->underlying() : t);
}

bool Term::subsetOf(const Term& y) const {
  if (kind == Empty || y.kind == All) return true;
  if (y.kind == Empty || kind == All) return false;
  return !disjoint(y) && (!tilde() || y.tilde());
}

// ---- term lists

bool isEmpty(const TermList& x) {
  return std::all_of(x.begin(), x.end(), [](const Term& t) { return t.kind == Term::Empty; });
}
bool isAll(const TermList& x) {
  return std::any_of(x.begin(), x.end(), [](const Term& t) { return t.kind == Term::All; });
}

TermList normalised(const TermList& x) {
  TermList result;
  llvm::SmallVector<bool, 8> used(x.size(), false);
  for (size_t i = 0; i < x.size(); i++) {
    if (x[i].kind == Term::Empty || used[i]) continue;
    Term t = x[i];
    for (size_t j = i + 1; j < x.size(); j++) {
      if (x[j].kind == Term::Empty || used[j]) continue;
      Term united[2];
      if (t.unite(x[j], united) > 1) continue;
      if (united[0].kind == Term::All) return {Term::all()};
      t = united[0];
      used[j] = true;
    }
    result.push_back(t);
  }
  return result;
}

TermList unite(const TermList& x, const TermList& y) {
  TermList both = x;
  both.append(y.begin(), y.end());
  return normalised(both);
}

TermList intersect(const TermList& x, const TermList& y) {
  TermList result;
  for (const Term& a : x)
    for (const Term& b : y) {
      Term t = a.intersect(b);
      if (t.kind != Term::Empty) result.push_back(t);
    }
  return normalised(result);
}

bool includes(const TermList& x, Type* t) {
  return std::any_of(x.begin(), x.end(), [&](const Term& a) { return a.includes(t); });
}

bool subsetOf(const TermList& x, const TermList& y) {
  if (isEmpty(y)) return isEmpty(x);
  return std::all_of(x.begin(), x.end(), [&](const Term& a) { return std::any_of(y.begin(), y.end(), [&](const Term& b) { return a.subsetOf(b); }); });
}

bool sameTerms(const TermList& x, const TermList& y) { return subsetOf(x, y) && subsetOf(y, x); }

// ---- type sets

bool TypeSet::isComparable() const {
  if (stoat::isAll(terms)) return comparable;
  return is([](const Term* t) { return t && comparableType(t->type, false); });
}

std::pair<int, Func*> TypeSet::lookupMethod(const Package* pkg, llvm::StringRef name, bool foldCase) const { return methodIndex(methods, pkg, name, foldCase); }

bool TypeSet::each(llvm::function_ref<bool(Type*, Type*)> f) const {
  if (!hasTerms()) return f(nullptr, nullptr);
  for (const Term& t : terms) {
    Type* u = unalias(t.type);
    if (!t.tilde()) u = u->underlying();
    if (!f(t.type, u)) return false;
  }
  return true;
}

bool TypeSet::is(llvm::function_ref<bool(const Term*)> f) const {
  if (!hasTerms()) return f(nullptr);
  for (const Term& t : terms)
    if (!f(&t)) return false;
  return true;
}

bool typeParamIs(TypeParam* p, llvm::function_ref<bool(const Term*)> f) { return typeSetOf(p->iface())->is(f); }

bool eachType(Type* t, llvm::function_ref<bool(Type*, Type*)> f) {
  if (TypeParam* p = llvm::dyn_cast<TypeParam>(unalias(t))) return typeSetOf(p->iface())->each(f);
  return f(t, t->underlying());
}

bool underIs(Type* t, llvm::function_ref<bool(Type*)> f) {
  return eachType(t, [&](Type*, Type* u) { return f(u); });
}

namespace {

constexpr size_t maxTermCount = 100;
using UnionSets = llvm::DenseMap<UnionType*, TypeSet*>;

// Null: an invalid union (an error was reported).
TypeSet* unionTypeSet(Checker* check, UnionSets& sets, Pos pos, UnionType* u) {
  auto found = sets.find(u);
  if (found != sets.end()) return found->second;
  TypeSet* set = typeArena().make<TypeSet>();
  sets[u] = set; // also ends cycles
  TermList all;
  for (const UnionTerm& t : u->terms) {
    TermList terms;
    Type* under = t.type->underlying();
    if (Interface* i = llvm::dyn_cast<Interface>(under)) {
      terms = computeInterfaceTypeSet(check, pos, i)->terms;
    } else if (!isValid(under)) {
      continue;
    } else if (t.tilde && !identical(t.type, under)) {
      // ~T with T not its own underlying type: an error elsewhere, an empty term here
    } else {
      terms.push_back(Term::of(t.tilde, t.type));
    }
    all = unite(all, terms);
    if (all.size() > maxTermCount) {
      if (check) check->errorf(pos, DiagKind::InvalidUnion, "cannot handle more than %d union terms (implementation limitation)", maxTermCount);
      sets[u] = nullptr;
      return nullptr;
    }
  }
  set->terms = std::move(all);
  return set;
}

// x ∩ y, where "comparable" restricts All; a list that is not All drops its incomparable types instead.
void restrict(TermList& terms, bool& comparable, const TermList& y, bool ycomparable) {
  terms = intersect(terms, y);
  comparable = comparable || ycomparable;
  if (comparable && !isAll(terms)) {
    llvm::erase_if(terms, [](const Term& t) { return !comparableType(t.type, false); });
    comparable = false;
  }
}

TypeSet* topTypeSet() { return emptyInterface()->tset; }

} // namespace

TypeSet* computeInterfaceTypeSet(Checker* check, Pos pos, Interface* ityp) {
  if (ityp->tset) return ityp->tset;
  // While the interface is being set up it may be asked for (through a cycle): everything is the safe answer.
  if (!ityp->complete) return topTypeSet();

  TypeSet* set = typeArena().make<TypeSet>();
  set->terms.push_back(Term::all());
  ityp->tset = set; // ends cycles, which are errors reported elsewhere

  UnionSets local;
  UnionSets& sets = check ? check->unionTypeSets : local;

  std::vector<Func*> all;
  llvm::SmallVector<Pos, 8> positions; // parallel to all: where the method is declared or embedded
  auto duplicate = [check](Pos at, Func* m, Pos otherPos) {
    ErrorReport report(check, DiagKind::DuplicateDecl);
    report.addf(at, "duplicate method %s", m->name);
    report.addf(otherPos, "other declaration of method %s", m->name);
    report.report();
  };
  llvm::DenseMap<llvm::StringRef, llvm::SmallVector<unsigned, 1>> byName; // only for large interfaces
  auto find = [&](Func* m) -> int {
    if (all.size() < 16) {
      for (size_t i = 0; i < all.size(); i++)
        if (all[i]->sameId(m->pkg, m->name)) return static_cast<int>(i);
      return -1;
    }
    if (byName.empty())
      for (size_t i = 0; i < all.size(); i++) byName[all[i]->name].push_back(i);
    for (unsigned i : byName[m->name])
      if (all[i]->sameId(m->pkg, m->name)) return static_cast<int>(i);
    return -1;
  };
  auto addMethod = [&](Pos at, Func* m, bool isExplicit) {
    int i = find(m);
    if (i < 0) {
      if (!byName.empty()) byName[m->name].push_back(all.size());
      all.push_back(m);
      positions.push_back(at);
      return;
    }
    if (!check) return;
    Func* other = all[i];
    Pos otherPos = positions[i];
    if (isExplicit) {
      duplicate(at, m, otherPos);
      return;
    }
    if (other == m && check->allowVersion(go1_14)) return;
    // The types may not be complete yet.
    check->later([check, duplicate, at, m, other, otherPos] {
      if ((at.isKnown() && !check->allowVersion(go1_14)) || !identical(m->type, other->type)) duplicate(at, m, otherPos);
    });
  };
  for (Func* m : ityp->explicitMethods) addMethod(m->pos, m, true);

  TermList terms = {Term::all()};
  bool comparable = false;
  for (size_t i = 0; i < ityp->embeddeds.size(); i++) {
    Type* t = ityp->embeddeds[i];
    Pos at = i < ityp->embedPos.size() ? ityp->embedPos[i] : Pos();
    bool vet = check && at.isKnown();
    Type* u = t->underlying();
    if (Interface* e = llvm::dyn_cast<Interface>(u)) {
      TypeSet* embedded = computeInterfaceTypeSet(check, at, e);
      if (vet && check->isImportedConstraint(t) && !check->verifyVersionf(at, go1_18, "embedding constraint interface %s", t)) continue;
      for (Func* m : embedded->methods) addMethod(at, m, false);
      restrict(terms, comparable, embedded->terms, embedded->comparable);
    } else if (UnionType* un = llvm::dyn_cast<UnionType>(u)) {
      if (vet && !check->verifyVersionf(at, go1_18, "embedding interface element %s", static_cast<Type*>(un))) continue;
      TypeSet* embedded = unionTypeSet(check, sets, at, un);
      if (!embedded) continue;
      restrict(terms, comparable, embedded->terms, false);
    } else {
      if (!isValid(u)) continue;
      if (vet && !check->verifyVersionf(at, go1_18, "embedding non-interface type %s", t)) continue;
      restrict(terms, comparable, {Term::of(false, t)}, false);
    }
  }
  std::sort(all.begin(), all.end(), [](Func* a, Func* b) { return Object::compareIds(a, b) < 0; });
  set->comparable = comparable;
  set->methods = std::move(all);
  set->terms = std::move(terms);
  return set;
}

} // namespace stoat
