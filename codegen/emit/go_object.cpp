// Layout of the file (cmd/internal/goobj): text lines up to "!\n"; magic, fingerprint, flags, offsets of 18 blocks counted from the magic; strings are {length, offset} of
// 32 bits each; a reference to a symbol is {package index, symbol index}.
#include "emit/go_object.h"
#include "llvm/Support/Endian.h"

using llvm::StringRef;

namespace stoat {

namespace {

enum Block { SymbolDefs = 3, Hashed64Defs, HashedDefs, NonPackageDefs, NonPackageRefs, RelocationIndex = 11, AuxIndex, DataIndex, Relocations, Aux, Data, End = 18 };
enum : uint32_t { PackageNone = 0x7fffffff, PackageHashed64 = PackageNone - 1, PackageHashed = PackageNone - 2, PackageBuiltin = PackageNone - 3, PackageSelf = PackageNone - 4 };
constexpr StringRef magic("\0go120ld", 8);
constexpr size_t headerBytes = 8 + 8 + 4, symbolBytes = 21, relocationBytes = 23, auxBytes = 9;
constexpr uint16_t staticAbi = 0xffff;
constexpr uint8_t flagMayRepeat = 1, auxPcsp = 7;

GoObject::Kind kindOf(uint8_t kind) { // objabi.SymKind
  switch (kind) {
  case 1: case 2: return GoObject::Kind::Text;
  case 3: case 4: return GoObject::Kind::ReadOnly;
  case 5: case 6: case 7: case 8: return GoObject::Kind::Data;
  case 9: case 10: return GoObject::Kind::Zero;
  default: return GoObject::Kind::Other;
  }
}

// Reads within bounds: outside of them everything is zero, and the reader has failed.
class Reader {
public:
  explicit Reader(StringRef bytes) : bytes_(bytes) {}
  bool failed() const { return failed_; }
  void fail() { failed_ = true; }

  template <typename T> T at(size_t offset) {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
      failed_ = true;
      return 0;
    }
    return llvm::support::endian::read<T, llvm::endianness::little>(bytes_.data() + offset);
  }
  StringRef slice(size_t offset, size_t size) {
    if (offset > bytes_.size() || bytes_.size() - offset < size) {
      failed_ = true;
      return "";
    }
    return bytes_.substr(offset, size);
  }
  size_t block(unsigned index) { return at<uint32_t>(headerBytes + 4 * index); }
  size_t count(unsigned index, size_t entryBytes) {
    size_t begin = block(index), end = block(index + 1);
    if (end < begin || end > bytes_.size())
      failed_ = true;
    return failed_ ? 0 : (end - begin) / entryBytes;
  }

private:
  StringRef bytes_;
  bool failed_ = false;
};

// The largest value of a pc-value table: pairs {zigzag difference of the value, difference of the pc}, as variable-length integers, from value -1, up to a difference of 0
// that is not the first.
uint32_t largestValue(StringRef table, Reader& reader) {
  int64_t value = -1, largest = 0;
  auto next = [&] {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (table.empty()) {
        reader.fail();
        return uint64_t(0);
      }
      uint8_t byte = uint8_t(table[0]);
      table = table.drop_front();
      number |= uint64_t(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return number;
    }
    reader.fail();
    return uint64_t(0);
  };
  for (bool isFirst = true; !table.empty() && !reader.failed(); isFirst = false) {
    uint64_t difference = next();
    if (difference == 0 && !isFirst)
      break;
    value += int64_t(difference >> 1) ^ -int64_t(difference & 1);
    largest = std::max(largest, value);
    next();
  }
  return uint32_t(largest);
}

} // namespace

bool readGoObject(StringRef bytes, GoObject& object, std::string& error) {
  size_t start = bytes.find("\n!\n");
  if (!bytes.starts_with(goObjectMagic) || start == StringRef::npos || !bytes.substr(start + 3).starts_with(magic)) {
    error = "not an object of Go 1.26's assembler";
    return false;
  }
  bytes = bytes.substr(start + 3);
  Reader reader(bytes);

  // Definitions of the four blocks have one numbering, which the index blocks follow; references come after them.
  size_t firstOf[5] = {}, total = 0, defined = 0;
  for (unsigned block = SymbolDefs; block <= NonPackageRefs; ++block) {
    size_t count = reader.count(block, symbolBytes);
    firstOf[block - SymbolDefs] = total;
    for (size_t i = 0; i < count && !reader.failed(); ++i) {
      size_t at = reader.block(block) + i * symbolBytes;
      GoObject::Symbol& symbol = object.symbols.emplace_back();
      symbol.name = reader.slice(reader.at<uint32_t>(at + 4), reader.at<uint32_t>(at));
      symbol.isStatic = reader.at<uint16_t>(at + 8) == staticAbi;
      symbol.kind = block == NonPackageRefs ? GoObject::Kind::Undefined : kindOf(reader.at<uint8_t>(at + 10));
      symbol.mayRepeat = reader.at<uint8_t>(at + 11) & flagMayRepeat;
      symbol.size = reader.at<uint32_t>(at + 13);
      symbol.align = reader.at<uint32_t>(at + 17);
    }
    total += count;
    if (block < NonPackageRefs)
      defined = total;
  }
  // Functions of gc's runtime go by number, which differs from one version of Go to the next. Code refers to them for its stack check alone: a call that is followed by the jump
  // back to the start (386; elsewhere no others have assembly's convention).
  unsigned stackCheck = unsigned(object.symbols.size()), otherBuiltin = stackCheck + 1;
  object.symbols.emplace_back().name = "runtime.morestack_noctxt";
  object.symbols.emplace_back().name = "(function or variable of gc's runtime)";
  auto isStackCheck = [](const GoObject::Relocation& r, StringRef code) {
    return r.type == unsigned(GoRelocation::CallArm64) ||
           (r.type == unsigned(GoRelocation::Call) && r.offset + 4 < code.size() && (code[r.offset + 4] == '\xeb' || code[r.offset + 4] == '\xe9'));
  };
  auto indexOf = [&](size_t reference) {
    uint32_t package = reader.at<uint32_t>(reference), index = reader.at<uint32_t>(reference + 4);
    if (package == 0 && index == 0)
      return ~0u;
    if (package == PackageBuiltin)
      return otherBuiltin;
    size_t first = package == PackageSelf ? firstOf[0] : package == PackageHashed64 ? firstOf[1] : package == PackageHashed ? firstOf[2] : package == PackageNone ? firstOf[3] : total;
    if (first + index >= total)
      reader.fail(); // assembly knows no other packages' indices
    return uint32_t(first + index);
  };
  auto contents = [&](size_t symbol) {
    size_t from = reader.at<uint32_t>(reader.block(DataIndex) + 4 * symbol), to = reader.at<uint32_t>(reader.block(DataIndex) + 4 * (symbol + 1));
    return to < from ? (reader.fail(), StringRef()) : reader.slice(reader.block(Data) + from, to - from);
  };

  for (size_t i = 0; i < defined && !reader.failed(); ++i) {
    GoObject::Symbol& symbol = object.symbols[i];
    symbol.bytes = contents(i);
    if (symbol.bytes.size() > symbol.size)
      reader.fail();
    uint32_t from = reader.at<uint32_t>(reader.block(RelocationIndex) + 4 * i), to = reader.at<uint32_t>(reader.block(RelocationIndex) + 4 * (i + 1));
    for (uint32_t k = from; k < to && !reader.failed(); ++k) {
      size_t at = reader.block(Relocations) + k * relocationBytes;
      GoObject::Relocation relocation{reader.at<uint32_t>(at), reader.at<uint8_t>(at + 4), reader.at<uint16_t>(at + 5), reader.at<int64_t>(at + 7), indexOf(at + 15)};
      if (uint64_t(relocation.offset) + relocation.size > symbol.size)
        reader.fail();
      if (relocation.symbol == otherBuiltin && isStackCheck(relocation, symbol.bytes))
        relocation.symbol = stackCheck;
      symbol.relocations.push_back(relocation);
    }
    from = reader.at<uint32_t>(reader.block(AuxIndex) + 4 * i), to = reader.at<uint32_t>(reader.block(AuxIndex) + 4 * (i + 1));
    for (uint32_t k = from; k < to && !reader.failed(); ++k) {
      size_t at = reader.block(Aux) + k * auxBytes;
      if (reader.at<uint8_t>(at) != auxPcsp)
        continue;
      if (uint32_t table = indexOf(at + 1); table < defined)
        symbol.frame = largestValue(contents(table), reader);
    }
  }
  if (reader.failed()) {
    error = "damaged object of Go's assembler";
    return false;
  }
  return true;
}

} // namespace stoat
