// Reading type descriptors: offsets, names, methods. The table behind the offsets of descriptors that reflect makes.
#include "runtime/base/lock.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/lang/lang.h"
#include "runtime/mem/heap.h"

// Bounds of the section of descriptors; weak, since a program may have none.
extern "C" {
extern const char __start_stoat_types[] __attribute__((weak, visibility("hidden")));
extern const char __stop_stoat_types[] __attribute__((weak, visibility("hidden")));
}

namespace stoat::rt {

namespace {

// Objects by index; offset -(index + 1). Grows by copying; old tables are kept, because readers take no lock.
struct ReflectTable {
  std::atomic<void **> objects{nullptr};
  std::atomic<int32_t> count{0};
  int32_t capacity = 0;
};
constinit ReflectTable reflectTable;
constinit Mutex reflectLock{LockRank::Reflect};

bool isLinked(const void *p) { return p >= __start_stoat_types && p < __stop_stoat_types; }

} // namespace

const void *resolveOffset(const void *owner, int32_t offset) {
  if (!offset)
    return nullptr;
  if (isLinked(owner))
    return static_cast<const char *>(owner) + offset;
  int32_t index = -(offset + 1);
  // acquire: pairs with the release in addReflectOffset
  if (index < 0 || index >= reflectTable.count.load(std::memory_order_acquire))
    throwError("offset of a type descriptor names nothing");
  return reflectTable.objects.load(std::memory_order_relaxed)[index];
}

void markReflectRoots(const RootSink &sink) {
  int32_t n = reflectTable.count.load(std::memory_order_acquire);
  for (int32_t i = 0; i < n; ++i)
    sink.value(sink.context, Word(reflectTable.objects.load(std::memory_order_relaxed)[i]));
}

static Word readVarint(const uint8_t *&p) {
  Word value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = *p++;
    value |= Word(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
}

NameView viewName(Name name) {
  if (!name.bytes)
    return {nullptr, 0, false};
  const uint8_t *p = name.bytes + 1;
  Word size = readVarint(p);
  return {p, size, (name.bytes[0] & 1) != 0};
}

NameView packageOfName(Name name) {
  if (!name.bytes || !(name.bytes[0] & 4))
    return {nullptr, 0, false};
  const uint8_t *p = name.bytes + 1;
  Word size = readVarint(p);
  p += size;
  if (name.bytes[0] & 2) {
    size = readVarint(p);
    p += size;
  }
  int32_t offset;
  __builtin_memcpy(&offset, p, 4);
  return viewName({static_cast<const uint8_t *>(resolveOffset(name.bytes, offset))});
}

const UncommonType *uncommonOf(const Type *type) {
  if (!(type->flags & typeUncommon))
    return nullptr;
  Word size = sizeof(Type);
  switch (type->kind) {
  case Kind::Struct: size = sizeof(StructType); break;
  case Kind::Pointer: size = sizeof(PointerType); break;
  case Kind::Func: size = sizeof(FuncType); break;
  case Kind::Slice: size = sizeof(SliceType); break;
  case Kind::Array: size = sizeof(ArrayType); break;
  case Kind::Chan: size = sizeof(ChanType); break;
  case Kind::Map: size = sizeof(MapType); break;
  case Kind::Interface: size = sizeof(InterfaceType); break;
  default: break;
  }
  return reinterpret_cast<const UncommonType *>(reinterpret_cast<const char *>(type) + size);
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

struct Bounds {
  const char *low, *high;
};
void stoat_typesbounds(Bounds *out) { *out = {__start_stoat_types, __stop_stoat_types}; }

// Offset of a new object. The caller (Go) knows that it has none yet. The first one is -2: -1 means a method that was left out.
int32_t stoat_reflect_offset_add_impl(void *object) {
  LockGuard guard(reflectLock);
  ReflectTable &t = reflectTable;
  int32_t n = t.count.load(std::memory_order_relaxed);
  if (n + 2 > t.capacity) {
    int32_t capacity = t.capacity ? 2 * t.capacity : 256;
    auto **grown = static_cast<void **>(offHeapAlloc(Word(capacity) * sizeof(void *)));
    for (int32_t i = 0; i < n; ++i)
      movePointer(grown[i], t.objects.load(std::memory_order_relaxed)[i]);
    t.objects.store(grown, std::memory_order_release);
    t.capacity = capacity;
  }
  if (n == 0)
    n = 1;
  // The table is a root that may have been looked at in this cycle.
  initPointer(t.objects.load(std::memory_order_relaxed)[n], object);
  // release: readers that see the count see the object
  t.count.store(n + 1, std::memory_order_release);
  return -(n + 1);
}

const void *stoat_reflect_offset(const void *owner, int32_t offset) { return resolveOffset(owner, offset); }
}
