// Masks of types whose pointer part is too long for a plain mask (typeMaskOnDemand): made in off-heap memory by the first reader, published in
// the descriptor's slot (0, then 1 while somebody makes it, then the mask). Only arrays and structs can be so large.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/mem/heap.h"
#include "runtime/sys/arch.h"

namespace stoat::rt {

static void addMask(uint8_t *mask, Word at, const Type *type) {
  if (!type->hasPointers())
    return;
  if (!type->isMaskOnDemand()) {
    for (Word i = 0; i < type->pointerBytes / wordSize; i++)
      if (type->gcData[i / 8] >> (i % 8) & 1)
        mask[(at + i) / 8] |= uint8_t(1 << ((at + i) % 8));
    return;
  }
  Kind kind = Kind(uint8_t(type->kind) & 31);
  if (kind == Kind::Array) {
    const ArrayType *array = reinterpret_cast<const ArrayType *>(type);
    for (Word i = 0; i < array->count; i++)
      addMask(mask, at + i * (array->elem->size / wordSize), array->elem);
  } else if (kind == Kind::Struct) {
    const StructType *structure = reinterpret_cast<const StructType *>(type);
    for (intptr_t i = 0; i < structure->fieldCount; i++)
      addMask(mask, at + structure->fields[i].offset / wordSize, structure->fields[i].type);
  } else {
    throwError("pointerMask: type is neither an array nor a struct");
  }
}

const uint8_t *pointerMask(const Type *type) {
  if (!type->isMaskOnDemand())
    return type->gcData;
  Word *slot = reinterpret_cast<Word *>(const_cast<uint8_t *>(type->gcData));
  for (;;) {
    Word mask = __atomic_load_n(slot, __ATOMIC_ACQUIRE);   // pairs with the release below
    if (mask > 1)
      return reinterpret_cast<const uint8_t *>(mask);
    Word none = 0;
    if (mask == 0 && __atomic_compare_exchange_n(slot, &none, Word(1), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
      uint8_t *made = static_cast<uint8_t *>(offHeapAlloc(type->pointerBytes / wordSize / 8 + wordSize));
      addMask(made, 0, type);
      __atomic_store_n(slot, Word(made), __ATOMIC_RELEASE);
      return made;
    }
    cpuRelax();
  }
}

} // namespace stoat::rt
