// Scopes and object identity. A scope holds a list; beyond a few entries also a hash map, since most scopes are small blocks.
#include "check/checker.h"
#include "base/text.h"
#include <algorithm>

namespace stoat {

namespace {
constexpr size_t mapThreshold = 8;
} // namespace

bool equalFold(llvm::StringRef a, llvm::StringRef b) {
  if (a == b) return true;
  return a.equals_insensitive(b); // letters beyond ASCII do not fold: only hints depend on it
}

bool Object::isExported() const { return isExportedName(name); }

std::string Object::id() const {
  if (isExported()) return name.str();
  // A package path is never empty for an unexported object, save for universe objects and tests.
  std::string result = pkg && !pkg->path.empty() ? pkg->path : "_";
  result += '.';
  result += name;
  return result;
}

bool samePackage(const Package* a, const Package* b) {
  if (a == b) return true;
  return a && b && a->path == b->path;
}

bool Object::sameId(const Package* p, llvm::StringRef n, bool foldCase) const {
  if (foldCase && equalFold(name, n)) return true;
  if (name != n) return false;
  return isExported() || samePackage(pkg, p);
}

int Object::compareIds(const Object* a, const Object* b) {
  if (a == b) return 0;
  bool ea = a->isExported(), eb = b->isExported();
  if (ea != eb) return ea ? -1 : 1;
  if (int c = a->name.compare(b->name)) return c;
  if (!ea && a->pkg && b->pkg) return llvm::StringRef(a->pkg->path).compare(b->pkg->path);
  return 0;
}

bool Object::isPackageLevel() const { return pkg && parent && parent == pkg->scope; }

Scope::Scope(Scope* parent, Pos start, Pos end, const char* comment) : parent(parent), start(start), end(end), comment(comment) {
  // Package scopes are not listed in the universe: that one is shared.
  if (parent && parent->parent) parent->children.push_back(this);
}

Object* Scope::lookup(llvm::StringRef name) const {
  if (map_) {
    auto it = map_->find(name);
    return it == map_->end() ? nullptr : it->second;
  }
  for (Object* o : list_)
    if (o->name == name) return o;
  return nullptr;
}

Object* Scope::lookupParent(llvm::StringRef name, Pos pos, Scope** where) const {
  for (const Scope* s = this; s; s = s->parent) {
    Object* o = s->lookup(name);
    if (o && (!pos.isKnown() || !o->scopePos.isKnown() || !(pos < o->scopePos))) {
      if (where) *where = const_cast<Scope*>(s);
      return o;
    }
  }
  return nullptr;
}

Object* Scope::insert(Object* o) {
  if (Object* earlier = lookup(o->name)) return earlier;
  list_.push_back(o);
  if (map_) {
    map_->insert({o->name, o});
  } else if (list_.size() > mapThreshold) {
    map_ = new llvm::DenseMap<llvm::StringRef, Object*>;
    for (Object* e : list_) map_->insert({e->name, e});
  }
  if (!o->parent) o->parent = this;
  return nullptr;
}

std::vector<llvm::StringRef> Scope::sortedNames() const {
  std::vector<llvm::StringRef> names;
  names.reserve(list_.size());
  for (Object* o : list_) names.push_back(o->name);
  std::sort(names.begin(), names.end());
  return names;
}

std::pair<Scope*, Object*> Environment::lookupScope(llvm::StringRef name) const {
  for (Scope* s = scope; s; s = s->parent)
    if (Object* o = s->lookup(name)) return {s, o};
  return {nullptr, nullptr};
}

} // namespace stoat
