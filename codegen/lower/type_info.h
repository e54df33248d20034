// What lowering knows about a Go type of the program (no type parameters): exact layout, scalars, pointers.
//
// A value is either *scalarised* (a list of LLVM scalars, one per leaf of the type: this is also how it is passed to functions), or, when it
// has more than 16 leaves or contains an array of two or more elements, *in memory* and handled by address.
#pragma once
#include "check/objects.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Type.h"

namespace stoat::lower {

inline constexpr unsigned maxScalars = 16;

/// How values compare and hash (cmd/compile/internal/types.AlgKind).
enum class AlgKind : uint8_t { Unknown, NoEq, Memory, String, Interface, EmptyInterface, Float32, Float64, Complex64, Complex128, Special };

struct Scalar {
  int64_t offset = 0;
  llvm::Type* type = nullptr;
  bool isPointer = false; // a GC pointer (type words of interfaces included)
  bool isTypeWord = false;
  bool isBool = false;
};

struct TypeInfo {
  Type* type = nullptr;  // representative of all identical types
  Type* under = nullptr; // its underlying type
  std::string key;
  int64_t size = 0;
  int64_t align = 1;
  int64_t ptrBytes = 0;              // prefix that holds pointers
  llvm::Type* memory = nullptr;      // LLVM type with exactly this layout
  bool inMemory = false;
  llvm::SmallVector<Scalar, 4> scalars; // when not inMemory
  std::vector<int64_t> offsets;      // of struct fields
  AlgKind alg = AlgKind::Unknown;

  bool hasPointers() const { return ptrBytes != 0; }
  TypeKind kind() const { return under->kind(); }
  BasicKind basic() const {
    return under->kind() == TypeKind::Basic ? llvm::cast<BasicType>(under)->basic : BasicKind::Invalid;
  }
  unsigned basicInfo() const { return under->kind() == TypeKind::Basic ? llvm::cast<BasicType>(under)->info : 0; }
  bool isString() const { return basicInfo() & IsString; }
  bool isInteger() const { return basicInfo() & IsInteger; }
  bool isUnsigned() const { return basicInfo() & IsUnsigned; }
  bool isFloat() const { return basicInfo() & IsFloat; }
  bool isComplex() const { return basicInfo() & IsComplex; }
  bool isBool() const { return basicInfo() & IsBoolean; }
  bool isInterface() const { return kind() == TypeKind::Interface; }
  bool isEmptyInterface() const { return isInterface() && llvm::cast<Interface>(under)->methods().empty(); }
};

} // namespace stoat::lower
