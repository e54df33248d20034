// Interface types and unions (types2 interface.go, union.go).
#include "check/checker.h"
#include <algorithm>

namespace stoat {

Interface* Checker::newInterface() {
  Interface* i = make<Interface>();
  i->check = this;
  needsCleanup(i);
  return i;
}

void Checker::interfaceType(Interface* ityp, InterfaceType* e, TypeName* def) {
  for (Field* f : e->methods) {
    if (!f->name) {
      Pos pos = startPos(f->typeExpr);
      Type* t = parseUnion(f->typeExpr);
      ityp->embeddeds.push_back(t);
      ityp->embedPos.push_back(pos);
      continue;
    }
    if (f->name->value == "_") {
      error(f->name, DiagKind::BlankIfaceMethod, "methods must have a unique non-blank name");
      continue;
    }
    Type* t = typ(f->typeExpr);
    Signature* sig = llvm::dyn_cast<Signature>(t);
    if (!sig) {
      if (isValid(t)) errorf(f->typeExpr, DiagKind::InvalidSyntaxTree, "%s is not a method signature", t);
      continue;
    }
    // The receiver is the declared type, if there is one.
    Type* recv = ityp;
    if (def)
      if (Named* n = llvm::dyn_cast_or_null<Named>(unalias(def->type))) recv = n;
    sig->recv = newVar(VarKind::Recv, f->name->pos, "", recv);
    Func* m = make<Func>();
    m->pos = f->name->pos;
    m->pkg = pkg;
    m->name = f->name->value;
    m->type = sig;
    recordDef(f->name, m);
    ityp->explicitMethods.push_back(m);
  }
  ityp->complete = true;
  if (ityp->explicitMethods.empty() && ityp->embeddeds.empty()) {
    ityp->tset = emptyInterface()->tset;
    return;
  }
  std::sort(ityp->explicitMethods.begin(), ityp->explicitMethods.end(), [](Func* a, Func* b) {
    int c = Object::compareIds(a, b);
    return c ? c < 0 : a->pos < b->pos;
  });
  later([this, e, ityp] { computeInterfaceTypeSet(this, e->pos, ityp); });
}

namespace {

constexpr size_t maxTermCount = 100;

// The operands of a|b|c and the operations between them.
void flattenUnion(Expr* x, llvm::SmallVectorImpl<Expr*>& operations, llvm::SmallVectorImpl<Expr*>& terms) {
  llvm::SmallVector<Operation*, 8> chain;
  while (Operation* o = llvm::dyn_cast<Operation>(x)) {
    if (o->op != Op::Or || !o->y) break;
    chain.push_back(o);
    x = o->x;
  }
  terms.push_back(x);
  for (Operation* o : llvm::reverse(chain)) {
    operations.push_back(o);
    terms.push_back(o->y);
  }
}

// With full package paths, as gc prints terms.
std::string termString(const UnionTerm& t) { return (t.tilde ? "~" : "") + typeString(t.type); }

} // namespace

Type* Checker::parseTilde(Expr* e, UnionTerm& out) {
  Expr* x = e;
  bool tilde = false;
  if (Operation* op = llvm::dyn_cast<Operation>(e)) {
    if (op->op == Op::Tilde) {
      x = op->x;
      tilde = true;
    }
  }
  Type* t = typ(x);
  if (isTypeParam(t)) {
    if (tilde) errorf(x, DiagKind::MisplacedTypeParam, "type in term %s cannot be a type parameter", e);
    else error(x, DiagKind::MisplacedTypeParam, "term cannot be a type parameter");
    t = invalidType();
  }
  out = {tilde, t};
  if (tilde) {
    UnionType* u = make<UnionType>();
    u->terms.push_back(out);
    recordTypeAndValue(e, ExprMode::TypeExpr, u, ConstValue());
  }
  return t;
}

Type* Checker::parseUnion(Expr* e) {
  llvm::SmallVector<Expr*, 8> operations, exprs;
  flattenUnion(e, operations, exprs);
  UnionType* all = make<UnionType>();
  Type* u = nullptr;
  for (size_t i = 0; i < exprs.size(); i++) {
    UnionTerm term;
    parseTilde(exprs[i], term);
    // A single type is no union.
    if (exprs.size() == 1 && !term.tilde) return term.type;
    if (all->terms.size() >= maxTermCount) {
      if (u && isValid(u)) {
        errorf(exprs[i], DiagKind::InvalidUnion, "cannot handle more than %d union terms (implementation limitation)", maxTermCount);
        u = invalidType();
      }
    } else {
      all->terms.push_back(term);
      u = all;
    }
    if (i > 0) {
      Type* recorded = u;
      if (u == all && i + 1 < exprs.size()) { // the part so far
        UnionType* part = make<UnionType>();
        part->terms = all->terms;
        recorded = part;
      }
      recordTypeAndValue(operations[i - 1], ExprMode::TypeExpr, recorded, ConstValue());
    }
  }
  if (!isValid(u)) return u;
  std::vector<Expr*> positions(exprs.begin(), exprs.end());
  later([this, all, positions = std::move(positions)] {
    for (size_t i = 0; i < all->terms.size(); i++) {
      const UnionTerm& t = all->terms[i];
      if (!isValid(t.type)) continue;
      Expr* at = positions[i];
      Type* under = t.type->underlying();
      Interface* f = llvm::dyn_cast<Interface>(under);
      if (t.tilde) {
        if (f) {
          errorf(at, DiagKind::InvalidUnion, "invalid use of ~ (%s is an interface)", t.type);
          continue;
        }
        if (!identical(under, t.type)) {
          errorf(at, DiagKind::InvalidUnion, "invalid use of ~ (underlying type of %s is %s)", t.type, under);
          continue;
        }
      }
      if (f) {
        TypeSet* set = typeSetOf(f);
        std::string text = termString(t);
        if (!set->methods.empty()) errorf(at, DiagKind::InvalidUnion, "cannot use %s in union (%s contains methods)", text, text);
        else if (t.type == universeComparable()) error(at, DiagKind::InvalidUnion, "cannot use comparable in union");
        else if (set->comparable) errorf(at, DiagKind::InvalidUnion, "cannot use %s in union (%s embeds comparable)", text, text);
        continue;
      }
      for (size_t j = 0; j < i; j++) {
        const UnionTerm& o = all->terms[j];
        if (llvm::isa<Interface>(o.type->underlying())) continue;
        if (Term::of(o.tilde, o.type).disjoint(Term::of(t.tilde, t.type))) continue;
        softErrorf(at, DiagKind::InvalidUnion, "overlapping terms %s and %s", termString(t), termString(o));
        break;
      }
    }
  });
  return u;
}

} // namespace stoat
