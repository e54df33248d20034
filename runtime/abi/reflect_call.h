// The seam between lib/runtime/reflect.go and runtime/sys/<arch>/reflect_call.S: structures that Go fills and assembly reads.
#pragma once
#include "runtime/abi/type_desc.h"

namespace stoat::rt {

enum ScalarKind : uint8_t { scalarInt8, scalarInt16, scalarInt32, scalarInt64, scalarPointer, scalarFloat32, scalarFloat64 };

struct ResultStep {
  uint32_t offset;   // from the first result in the image
  ScalarKind kind;
  uint8_t reg;
};

// Go: callLayout. On return `ints` and `floats` hold the result registers.
struct STOAT_LAYOUT("call") CallLayout {
  Word stackWords;
  Word *stack;
  Word ints[8];
  uint64_t floats[8];
  uint8_t *image;    // results
  Word resultCount;  // in registers
  ResultStep results[16];
  uint8_t *outs;     // what the callee wrote through the out-pointer, or null
  const FuncType *type;
  Word resultOffset;
};

// Go: makeFuncSpill, in the frame of reflect.makeFuncStub and reflect.methodValueCall.
struct STOAT_LAYOUT("spill") MakeFuncSpill {
  Word *stack;
  Word ints[8];
  uint64_t floats[8];
};

// Bytes below the frame pointer of those stubs that hold the spill and the context: scanned conservatively, with the arguments on the stack.
inline constexpr Word makeFuncFrameBytes = (sizeof(MakeFuncSpill) + 2 * wordSize + 15) & ~Word(15);

} // namespace stoat::rt
