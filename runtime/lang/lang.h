// What the files of runtime/lang offer each other.
#pragma once
#include "runtime/abi/type_desc.h"
#include "runtime/base/hooks.h"

namespace stoat::rt {

void seedHash(const uint64_t *random);        // hash.cpp: four random words, before the first map exists
void initSymbols();                           // symbols.cpp
void initTraceback();                         // traceback.cpp
void markReflectRoots(const RootSink &sink);  // type.cpp
void initItabs();                             // iface.cpp
void initSignals();                           // signal.cpp

// type.cpp: what a descriptor's 32-bit offsets mean (abi/README.md). 0 gives null.
const void *resolveOffset(const void *owner, int32_t offset);
inline const Type *resolveType(const Type *owner, int32_t offset) {
  return offset == -1 ? nullptr : static_cast<const Type *>(resolveOffset(owner, offset));
}
struct NameView {
  const uint8_t *data;
  Word size;
  bool exported;
  bool operator==(const NameView &o) const { return size == o.size && !__builtin_memcmp(data, o.data, size); }
};
NameView viewName(Name name);
NameView packageOfName(Name name);            // of an unexported name that carries one; else empty
const UncommonType *uncommonOf(const Type *type);

} // namespace stoat::rt
