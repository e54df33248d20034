// Type descriptors: layout of internal/abi of Go 1.26 (facts of its type.go), as C++ structures for the target that the runtime is built for.
// reflect makes such descriptors at run time, so they may lie in the heap.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

enum class Kind : uint8_t {
  Invalid, Bool, Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64, Uintptr, Float32, Float64, Complex64, Complex128,
  Array, Chan, Func, Interface, Map, Pointer, Slice, String, Struct, UnsafePointer
};

enum TypeFlag : uint8_t {
  typeUncommon = 1 << 0,
  typeExtraStar = 1 << 1,
  typeNamed = 1 << 2,
  typeRegularMemory = 1 << 3,
  typeMaskOnDemand = 1 << 4,   // gcData points to a slot (Word) that holds the mask once somebody has made it
  typeDirectIface = 1 << 5,
};

// A plain mask has at most this many bytes; a type with more pointer words has typeMaskOnDemand.
inline constexpr size_t maxPlainMaskBytes = 2048;

struct STOAT_LAYOUT("type") Type {
  Word size;
  Word pointerBytes;           // prefix that can hold pointers
  uint32_t hash;
  uint8_t flags;
  uint8_t align, fieldAlign;
  Kind kind;
  FuncVal *equal;              // func(unsafe.Pointer, unsafe.Pointer) bool
  const uint8_t *gcData;
  int32_t name;                // NameOff
  int32_t pointerToThis;       // TypeOff
  bool hasPointers() const { return pointerBytes != 0; }
  bool isMaskOnDemand() const { return flags & typeMaskOnDemand; }
};
static_assert(sizeof(Type) == (sizeof(Word) == 8 ? 48 : 32));

struct Name { const uint8_t *bytes; };   // flag byte, varint length, text, optional tag, optional package (NameOff)

struct ArrayType { Type common; Type *elem; Type *slice; Word count; };
struct ChanType { Type common; Type *elem; intptr_t direction; };
struct FuncType { Type common; uint16_t inCount, outCount; };   // top bit of outCount: variadic; the types follow (after Uncommon)
struct Imethod { int32_t name, type; };
struct InterfaceType { Type common; Name packagePath; Imethod *methods; intptr_t methodCount, methodCapacity; };
struct MapType {
  Type common;
  Type *key, *elem, *group;
  FuncVal *hasher;             // func(unsafe.Pointer, uintptr) uintptr
  Word groupSize, slotSize, elemOffset;
  uint32_t flags;
};
struct PointerType { Type common; Type *elem; };
struct SliceType { Type common; Type *elem; };
struct StructField { Name name; Type *type; Word offset; };
struct StructType { Type common; Name packagePath; StructField *fields; intptr_t fieldCount, fieldCapacity; };
struct UncommonType { int32_t packagePath; uint16_t methodCount, exportedCount; uint32_t methodsOffset, unused; };
struct Method { int32_t name, type, ifaceCode, code; };

struct STOAT_LAYOUT("itab") ITab {
  InterfaceType *interface;
  Type *type;
  uint32_t hash;
  void *functions[1];          // null first entry: type does not implement the interface
};

} // namespace stoat::rt
