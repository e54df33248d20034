// Objects of Go's own assembler (cmd/asm), which turns packages' Plan 9 assembly into machine code: read here, made part of the program by assembly.h.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace stoat {

// Numbers of objabi.RelocType, as far as the assemblers for amd64, arm64 and 386 write them.
enum class GoRelocation : uint16_t {
  Address = 1,       // R_ADDR
  AddressArm64 = 3,  // R_ADDRARM64: adrp and add
  Call = 7,          // R_CALL
  CallArm64 = 9,     // R_CALLARM64
  CallIndirect = 10, // R_CALLIND: a mark, no bytes
  PcRelative = 14,   // R_PCREL
  TlsLocal = 15,     // R_TLS_LE: offset of the slot that holds g
  PcRelativeArm64 = 36, // R_ARM64_PCREL: as AddressArm64
  LoadStore8 = 37,   // R_ARM64_PCREL_LDST8..64: adrp and a load or store
  LoadStore16 = 38,
  LoadStore32 = 39,
  LoadStore64 = 40,
};

struct GoObject {
  enum class Kind : uint8_t { Undefined, Text, ReadOnly, Data, Zero, Other };
  struct Relocation {
    uint32_t offset;
    uint8_t size; // bytes that are relocated; 0 for marks
    uint16_t type;
    int64_t addend; // as Go's linker counts: from the end of the field for what is relative to the pc
    unsigned symbol; // index; ~0u: none
  };
  struct Symbol {
    llvm::StringRef name; // whole, with the package's path
    Kind kind = Kind::Undefined;
    bool isStatic = false; // of this object alone: name<>
    bool mayRepeat = false; // DUPOK
    uint32_t size = 0, align = 0;
    llvm::StringRef bytes; // shorter than size: the rest is zero
    std::vector<Relocation> relocations;
    uint32_t frame = 0; // Text: the most that sp is below its value at entry, in bytes
  };
  std::vector<Symbol> symbols; // definitions first, then references
};

// What an object starts with.
inline constexpr llvm::StringLiteral goObjectMagic = "go object ";

// `bytes` must outlive the object: names and contents point there. Format: cmd/internal/goobj of the Go distribution, version "go120ld". False: error says what is wrong.
bool readGoObject(llvm::StringRef bytes, GoObject& object, std::string& error);

} // namespace stoat
