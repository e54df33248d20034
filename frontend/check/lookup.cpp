// Lookup of fields and methods, missing methods and the hints for misspelt selectors (types2 lookup.go, errsupport.go).
#include "check/checker.h"
#include "check/type_writer.h"

namespace stoat {

namespace {

struct EmbeddedType {
  Type* type;
  llvm::SmallVector<int, 4> index; // path to it
  bool indirect;                   // a pointer was followed on the path
  bool multiples;                  // the type occurs more than once at this depth
};
using Level = llvm::SmallVector<EmbeddedType, 4>;

void consolidateMultiples(Level& list) {
  if (list.size() <= 1) return;
  size_t n = 0;
  for (size_t i = 0; i < list.size(); i++) {
    bool found = false;
    for (size_t j = 0; j < n && !found; j++) {
      if (!identical(list[j].type, list[i].type)) continue;
      list[j].multiples = found = true;
    }
    if (!found) {
      if (n != i) list[n] = std::move(list[i]);
      n++;
    }
  }
  list.truncate(n);
}

std::vector<int> path(const EmbeddedType& e, int i) {
  std::vector<int> p(e.index.begin(), e.index.end());
  p.push_back(i);
  return p;
}

// Breadth first over embedded fields. On a collision obj is null and index is not empty; when only a pointer receiver
// stands in the way obj is null and indirect is set.
LookupResult lookupImpl(Type* t, bool addressable, const Package* pkg, llvm::StringRef name, bool foldCase) {
  LookupResult r;
  if (name == "_") return r;
  bool isPtr;
  Type* typ = derefType(t, &isPtr);
  // *I has no methods, not even those of interface I.
  if (isPtr && llvm::isa<Interface>(typ->underlying())) return r;

  Level current, next;
  current.push_back({typ, {}, isPtr, false});
  llvm::SmallVector<Named*, 8> seen;
  unsigned instances = 0; // ever larger instances may embed each other without end, which only mono.cpp reports
  while (!current.empty() && instances < 1000) {
    next.clear();
    bool hit = false;
    for (const EmbeddedType& e : current) {
      auto found = [&](Object* o, int i) {
        r.index = path(e, i);
        if (r.obj || e.multiples) { // collision
          r.obj = nullptr;
          r.indirect = false;
          return false;
        }
        r.obj = o;
        r.indirect = e.indirect;
        hit = true;
        return true;
      };
      if (Named* n = llvm::dyn_cast<Named>(unalias(e.type))) {
        bool again = false;
        for (Named* s : seen) again |= s == n || (n->isInstance() && identical(s, n));
        if (again) continue; // seen at a shallower depth, which hides it here
        seen.push_back(n);
        instances += n->isInstance();
        auto [i, m] = lookupNamedMethod(n, pkg, name, foldCase);
        if (m) {
          if (!found(m, i)) return r;
          continue;
        }
      }
      Type* u = e.type->underlying();
      if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(u)) {
        for (size_t i = 0; i < s->fields.size(); i++) {
          Var* f = s->fields[i];
          if (f->sameId(pkg, name, foldCase)) {
            if (!found(f, static_cast<int>(i))) return r;
            continue;
          }
          if (!hit && f->embedded && f->type) {
            bool pointer;
            Type* ft = derefType(f->type, &pointer);
            switch (ft->underlying()->kind()) {
            case TypeKind::Struct:
            case TypeKind::Interface: break;
            default:
              if (llvm::isa<Named>(unalias(ft))) break;
              continue; // nothing to find in it
            }
            EmbeddedType ee{ft, e.index, e.indirect || pointer, e.multiples};
            ee.index.push_back(static_cast<int>(i));
            next.push_back(std::move(ee));
          }
        }
      } else if (Interface* it = llvm::dyn_cast<Interface>(u)) {
        auto [i, m] = typeSetOf(it)->lookupMethod(pkg, name, foldCase);
        if (m && !found(m, i)) return r;
      }
    }
    if (r.obj) {
      if (Func* f = llvm::dyn_cast<Func>(r.obj)) {
        // A pointer method needs a pointer or an addressable variable.
        if (hasPtrRecv(f) && !r.indirect && !addressable) return {nullptr, {}, true};
      }
      return r;
    }
    consolidateMultiples(next);
    std::swap(current, next);
  }
  return {};
}

} // namespace

LookupResult lookupFieldOrMethod(Type* t, bool addressable, Package* pkg, llvm::StringRef name, bool foldCase) {
  // Methods cannot be associated with a named pointer type, but fields of what it points to can be selected.
  if (Named* n = llvm::dyn_cast<Named>(unalias(t))) {
    if (PointerType* p = llvm::dyn_cast<PointerType>(n->underlying())) {
      LookupResult r = lookupImpl(p, false, pkg, name, foldCase);
      if (llvm::isa_and_nonnull<Func>(r.obj)) return {};
      return r;
    }
  }
  return lookupImpl(t, addressable, pkg, name, foldCase);
}

namespace {

enum class Missing : uint8_t { Ok, NotFound, WrongName, Unexported, WrongSig, AmbiguousSelector, PtrRecv, Field };

struct MissingResult { Missing state = Missing::Ok; Func* want = nullptr; Func* have = nullptr; };

MissingResult findMissing(Checker* check, Type* v, Type* t, bool isStatic, llvm::function_ref<bool(Type*, Type*)> equivalent) {
  MissingResult r;
  auto done = [&](Missing s) {
    r.state = s;
    return r;
  };
  Interface* ti = llvm::dyn_cast<Interface>(t->underlying());
  if (!ti) return r;
  TypeSet* want = typeSetOf(ti);
  if (want->methods.empty()) return r;
  if (Interface* vi = llvm::dyn_cast<Interface>(v->underlying())) {
    TypeSet* have = typeSetOf(vi);
    for (Func* m : want->methods) {
      r.want = m;
      r.have = have->lookupMethod(m->pkg, m->name, false).second;
      if (!r.have) {
        if (!isStatic) continue;
        return done(Missing::NotFound);
      }
      if (!equivalent(r.have->type, m->type)) return done(Missing::WrongSig);
    }
    return done(Missing::Ok);
  }
  for (Func* m : want->methods) {
    r.want = m;
    r.have = nullptr;
    LookupResult l = lookupImpl(v, false, m->pkg, m->name, false);
    if (!l.obj) {
      if (!l.index.empty()) return done(Missing::AmbiguousSelector);
      if (l.indirect) return done(Missing::PtrRecv);
      LookupResult folded = lookupImpl(v, false, m->pkg, m->name, true);
      r.have = llvm::dyn_cast_or_null<Func>(folded.obj);
      if (!r.have) return done(Missing::NotFound);
      return done(r.have->name == m->name ? Missing::Unexported : Missing::WrongName);
    }
    r.have = llvm::dyn_cast<Func>(l.obj);
    if (!r.have) return done(Missing::Field);
    if (check) check->objDecl(r.have); // its type may not be known yet
    if (!equivalent(r.have->type, m->type)) return done(Missing::WrongSig);
  }
  return done(Missing::Ok);
}

} // namespace

Func* Checker::missingMethod(Type* v, Type* t, bool isStatic, llvm::function_ref<bool(Type*, Type*)> equivalent, bool* wrongType, std::string* cause) {
  MissingResult r = findMissing(this, v, t, isStatic, equivalent);
  if (wrongType) *wrongType = r.state == Missing::WrongSig || r.state == Missing::PtrRecv;
  if (r.state == Missing::Ok) return nullptr;
  if (cause) {
    if (r.have) objDecl(r.have);
    llvm::StringRef name = r.want->name;
    switch (r.state) {
    case Missing::Ok: break;
    case Missing::NotFound:
      if (isInterfacePtr(v)) *cause = "(" + interfacePtrError(v) + ")";
      else if (isInterfacePtr(t)) *cause = "(" + interfacePtrError(t) + ")";
      else *cause = sprintf("(missing method %s)", name);
      break;
    case Missing::WrongName: *cause = sprintf("(missing method %s)\n\t\thave %s\n\t\twant %s", name, funcString(r.have, false), funcString(r.want, false)); break;
    case Missing::Unexported: *cause = sprintf("(unexported method %s)", name); break;
    case Missing::WrongSig: {
      std::string have = funcString(r.have, false), want = funcString(r.want, false);
      if (have == want) {
        have = funcString(r.have, true);
        want = funcString(r.want, true);
      }
      if (have == want) *cause = sprintf("(wrong type for method %s)", name);
      else *cause = sprintf("(wrong type for method %s)\n\t\thave %s\n\t\twant %s", name, have, want);
      break;
    }
    case Missing::AmbiguousSelector: *cause = sprintf("(ambiguous selector %s.%s)", v, name); break;
    case Missing::PtrRecv: *cause = sprintf("(method %s has pointer receiver)", name); break;
    case Missing::Field: *cause = sprintf("(%s.%s is a field, not a method)", v, name); break;
    }
  }
  return r.want;
}

Func* missingMethod(Type* v, Type* t, bool isStatic, bool* wrongType) {
  MissingResult r = findMissing(nullptr, v, t, isStatic, [](Type* a, Type* b) { return identical(a, b); });
  if (wrongType) *wrongType = r.state == Missing::WrongSig || r.state == Missing::PtrRecv;
  return r.state == Missing::Ok ? nullptr : r.want;
}

namespace {
bool hasInvalidEmbeddedFields(Type* t, llvm::SmallPtrSet<StructTypeT*, 8>& seen) {
  StructTypeT* s = llvm::dyn_cast<StructTypeT>(derefStructPtr(t)->underlying());
  if (!s || !seen.insert(s).second) return false;
  for (Var* f : s->fields)
    if (f->embedded && (!isValid(f->type) || hasInvalidEmbeddedFields(f->type, seen))) return true;
  return false;
}
} // namespace

bool Checker::hasAllMethods(Type* v, Type* t, bool isStatic, llvm::function_ref<bool(Type*, Type*)> equivalent, std::string* cause) {
  if (!isValid(v)) return true; // nothing is known about it
  if (!missingMethod(v, t, isStatic, equivalent, nullptr, cause)) return true;
  llvm::SmallPtrSet<StructTypeT*, 8> seen;
  return hasInvalidEmbeddedFields(v, seen);
}

std::string Checker::interfacePtrError(Type* t) {
  PointerType* p = llvm::cast<PointerType>(t->underlying());
  return sprintf(isTypeParam(p->elem) ? "type %s is pointer to type parameter, not type parameter" : "type %s is pointer to interface, not interface", t);
}

std::string Checker::funcString(Func* f, bool pkgInfo) {
  std::string out = f->name.str();
  Qualifier q;
  if (!pkgInfo) q = qualifier();
  TypeWriter w(out, q);
  w.pkgInfo = pkgInfo;
  w.paramNames = false;
  w.signature(llvm::cast<Signature>(f->type));
  return out;
}

bool Checker::assertableTo(Type* v, Type* t, std::string* cause) {
  if (llvm::isa<Interface>(t->underlying())) return true; // decided at run time
  return hasAllMethods(t, v, false, [](Type* a, Type* b) { return identical(a, b); }, cause);
}

bool Checker::newAssertableTo(Type* v, Type* t, std::string* cause) {
  if (llvm::isa<Interface>(t->underlying())) return true;
  return implements(t, v, false, cause);
}

namespace {
// The name without its first character.
llvm::StringRef tail(llvm::StringRef s) {
  size_t n = s.empty() ? 0 : 1;
  while (n < s.size() && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) n++;
  return s.drop_front(n);
}
} // namespace

std::string Checker::lookupError(Type* t, llvm::StringRef sel, Object* o, bool structLit) {
  enum { NotThere, Misspelled, Unexported, Inaccessible } e = NotThere;
  llvm::StringRef alt;
  if (o) {
    alt = o->name;
    if (o->pkg == pkg) {
      e = Misspelled;
    } else if (isExportedName(sel)) {
      if (isExportedName(alt)) e = Misspelled;
      else if (tail(sel) == tail(alt)) e = Unexported;
    } else if (isExportedName(alt)) {
      if (tail(sel) == tail(alt)) e = Misspelled;
    } else if (sel == alt) {
      e = Inaccessible;
    }
  }
  if (structLit) {
    switch (e) {
    case NotThere: return sprintf("unknown field %s in struct literal of type %s", sel, t);
    case Misspelled: return sprintf("unknown field %s in struct literal of type %s, but does have %s", sel, t, alt);
    case Unexported: return sprintf("unknown field %s in struct literal of type %s, but does have unexported %s", sel, t, alt);
    case Inaccessible: return sprintf("cannot refer to unexported field %s in struct literal of type %s", alt, t);
    }
  }
  const char* what = "object";
  if (llvm::isa_and_nonnull<Var>(o)) what = "field";
  else if (llvm::isa_and_nonnull<Func>(o)) what = "method";
  switch (e) {
  case NotThere: return sprintf("type %s has no field or method %s", t, sel);
  case Misspelled: return sprintf("type %s has no field or method %s, but does have %s %s", t, sel, what, alt);
  case Unexported: return sprintf("type %s has no field or method %s, but does have unexported %s %s", t, sel, what, alt);
  case Inaccessible: return sprintf("cannot refer to unexported %s %s", what, alt);
  }
  return {};
}

} // namespace stoat
