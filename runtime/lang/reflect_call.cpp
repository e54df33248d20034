// Results of a call by reflection: from registers, or from what the callee wrote through its out-pointer, to reflect's image, which lies in the heap.
// Called by assembly right after the callee has returned: nothing may stop the goroutine before the pointers are stored with barriers.
#include "runtime/abi/reflect_call.h"
#include "runtime/gc/gc.h"

using namespace stoat::rt;

extern "C" STOAT_GOROUTINE_STACK(512) STOAT_BARRIER void stoat_reflect_results(CallLayout *layout) {
  if (layout->outs) {
    const FuncType *type = layout->type;
    Word extra = sizeof(FuncType) + (type->common.flags & typeUncommon ? sizeof(UncommonType) : 0);
    const Type *const *types = reinterpret_cast<const Type *const *>(reinterpret_cast<const char *>(type) + extra) + type->inCount;
    Word offset = 0;
    for (unsigned i = 0, n = type->outCount & 0x7fff; i < n; ++i) {
      const Type *t = types[i];
      offset = (offset + t->align - 1) & ~Word(t->align - 1);
      if (t->size)
        typedMemoryMove(t, layout->image + offset, layout->outs + offset);
      offset += t->size;
    }
    return;
  }
  for (Word i = 0; i < layout->resultCount; ++i) {
    const ResultStep &step = layout->results[i];
    void *to = layout->image + step.offset;
    const void *from = step.kind >= scalarFloat32 ? static_cast<const void *>(&layout->floats[step.reg]) : &layout->ints[step.reg];
    switch (step.kind) {
    case scalarInt8:
      __builtin_memcpy(to, from, 1);
      break;
    case scalarInt16:
      __builtin_memcpy(to, from, 2);
      break;
    case scalarInt32:
    case scalarFloat32:
      __builtin_memcpy(to, from, 4);
      break;
    case scalarInt64: // two registers on 386, side by side
    case scalarFloat64:
      __builtin_memcpy(to, from, 8);
      break;
    case scalarPointer:
      shadeStore(static_cast<void **>(to), reinterpret_cast<void *>(layout->ints[step.reg]));
      *static_cast<void **>(to) = reinterpret_cast<void *>(layout->ints[step.reg]);
      break;
    }
  }
}
