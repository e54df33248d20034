// Type terms, normalised term lists and type sets of interfaces (types2 typeterm.go, termlist.go, typeset.go).
#pragma once
#include "check/types.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace stoat {

/// A set of types: nothing (Empty), everything (All), one type {T} or all types whose underlying type is T (~T).
struct Term {
  enum Kind : uint8_t { Empty, All, Single, Tilde };
  Kind kind = Empty;
  Type* type = nullptr;

  static Term all() { return {All, nullptr}; }
  static Term of(bool tilde, Type* t) { return {tilde ? Tilde : Single, t}; }
  bool tilde() const { return kind == Tilde; }
  bool isType() const { return kind >= Single; }
  bool equal(const Term& y) const;
  bool includes(Type* t) const;
  bool subsetOf(const Term& y) const;
  bool disjoint(const Term& y) const; // both must be types
  Term intersect(const Term& y) const;
  /// The union as one or two terms; the number of non-empty ones is returned.
  unsigned unite(const Term& y, Term out[2]) const;
  std::string string() const;
};

/// The union of its terms. An empty list is the empty set.
using TermList = llvm::SmallVector<Term, 2>;
bool isEmpty(const TermList& x);
bool isAll(const TermList& x);
TermList normalised(const TermList& x);
TermList unite(const TermList& x, const TermList& y);
TermList intersect(const TermList& x, const TermList& y);
bool sameTerms(const TermList& x, const TermList& y);
bool includes(const TermList& x, Type* t);
bool subsetOf(const TermList& x, const TermList& y);

class TypeSet {
public:
  std::vector<Func*> methods; // all, sorted by id
  TermList terms;             // normalised; All unless restricted
  bool comparable = false;    // only with All terms: the types that are comparable

  bool isEmpty() const { return stoat::isEmpty(terms); }
  bool isMethodSet() const { return !comparable && stoat::isAll(terms); }
  bool isAll() const { return isMethodSet() && methods.empty(); }
  bool hasTerms() const { return !stoat::isEmpty(terms) && !stoat::isAll(terms); }
  bool isComparable() const;
  bool subsetOf(const TypeSet& y) const { return stoat::subsetOf(terms, y.terms); }
  /// The method and its index, or (-1, null).
  std::pair<int, Func*> lookupMethod(const Package* pkg, llvm::StringRef name, bool foldCase) const;
  /// Calls f(t, underlying(t)) for each term's type; once with (null, null) when there are no specific types.
  /// Stops and returns false as soon as f does.
  bool each(llvm::function_ref<bool(Type* t, Type* u)> f) const;
  /// As each, with the term itself; f gets null when there are no specific types.
  bool is(llvm::function_ref<bool(const Term*)> f) const;
};

TypeSet* computeInterfaceTypeSet(Checker* check, Pos pos, Interface* t);
/// The type set of a constraint interface that is known or computed now (without error reports).
inline TypeSet* typeSetOf(Interface* t) { return t->tset ? t->tset : computeInterfaceTypeSet(t->check, Pos(), t); }
/// Type sets of type parameters, as TypeParam.is, and generally: for a type parameter each type of its type set; else (t, underlying(t)).
bool typeParamIs(TypeParam* p, llvm::function_ref<bool(const Term*)> f);
bool eachType(Type* t, llvm::function_ref<bool(Type* t, Type* u)> f);
/// f on the underlying types of t's type set (null: no specific types).
bool underIs(Type* t, llvm::function_ref<bool(Type* u)> f);

} // namespace stoat
