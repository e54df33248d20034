// Deduplication of instances. Entries are found by a hash that identical types share, then compared with identical():
// type arguments may still be incomplete when they are first used, so that a key text would not be reliable.
#include "check/checker.h"

namespace stoat {

struct Context::Impl {
  struct Entry { Type* origin; llvm::SmallVector<Type*, 2> targs; Type* instance; };
  llvm::DenseMap<unsigned, llvm::SmallVector<Entry, 1>> instances;
  llvm::StringMap<Type*> byKey;
  static unsigned hash(Type* origin, llvm::ArrayRef<Type*> targs) {
    unsigned h = llvm::DenseMapInfo<void*>::getHashValue(origin);
    for (Type* t : targs) h = h * 31 + identityHash(t);
    return h & 0x7FFFFFFF; // two values are reserved by the map
  }
  const Entry* find(Type* origin, llvm::ArrayRef<Type*> targs, unsigned h) const {
    auto it = instances.find(h);
    if (it == instances.end()) return nullptr;
    for (const Entry& e : it->second) {
      if (e.targs.size() != targs.size() || (e.origin != origin && !(llvm::isa<Signature>(origin) && llvm::isa<Signature>(e.origin) && identical(e.origin, origin)))) continue;
      bool same = true;
      for (size_t i = 0; same && i < targs.size(); i++) same = identical(e.targs[i], targs[i]);
      if (same) return &e;
    }
    return nullptr;
  }
};

Context::Impl* Context::impl() {
  if (!impl_) impl_ = new Impl;
  return impl_;
}

Type* Context::lookup(const std::string& key) const {
  if (!impl_) return nullptr;
  auto it = impl_->byKey.find(key);
  return it == impl_->byKey.end() ? nullptr : it->second;
}

Type* Context::update(const std::string& key, Type* t) { return impl()->byKey.try_emplace(key, t).first->second; }

Type* Context::lookupInstance(Type* origin, llvm::ArrayRef<Type*> targs) const {
  if (!impl_) return nullptr;
  const Impl::Entry* e = impl_->find(origin, targs, Impl::hash(origin, targs));
  return e ? e->instance : nullptr;
}

Type* Context::updateInstance(Type* origin, llvm::ArrayRef<Type*> targs, Type* t) {
  unsigned h = Impl::hash(origin, targs);
  if (const Impl::Entry* e = impl()->find(origin, targs, h)) return e->instance;
  impl_->instances[h].push_back({origin, llvm::SmallVector<Type*, 2>(targs.begin(), targs.end()), t});
  return t;
}

Context* defaultContext() {
  static Context* context = new Context;
  return context;
}

} // namespace stoat
