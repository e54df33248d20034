// Byte-level vocabulary of export data, shared by export_writer.cpp and export_reader.cpp.
//
// Layout (all integers LEB128 unless said otherwise):
//   "STX" version | 8 bytes xxh3 of everything that follows
//   strings | packages (path, name) | type offsets | object offsets | body offsets | root objects | records
// Types, objects and bodies are records addressed by index, so that a reader decodes only what it needs.
#pragma once
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LEB128.h"
#include <cstdint>
#include <string>

namespace stoat::mir {

enum class TypeTag : uint8_t { Null, Basic, Byte, Rune, Universe, Array, Slice, Pointer, Struct, Tuple, Signature, Union, Interface, Map, Chan, Named, Instance, TypeParam, Alias, AliasInstance };
enum class ObjectTag : uint8_t { Const, Var, Func, Named, Alias };
enum class FuncRefTag : uint8_t { None, Declared, Method, Closure };

class ByteWriter {
public:
  std::string bytes;
  void u(uint64_t v) {
    uint8_t buf[10];
    bytes.append(reinterpret_cast<char*>(buf), llvm::encodeULEB128(v, buf));
  }
  void s(int64_t v) {
    uint8_t buf[10];
    bytes.append(reinterpret_cast<char*>(buf), llvm::encodeSLEB128(v, buf));
  }
  void raw(llvm::StringRef text) { u(text.size()); bytes.append(text.begin(), text.end()); }
  template <typename E> void tag(E e) { bytes.push_back(static_cast<char>(e)); }
};

/// Reads with bounds checks: past the end everything reads as zero and `bad` is set.
class ByteReader {
public:
  explicit ByteReader(llvm::StringRef data) : p_(data.bytes_begin()), end_(data.bytes_end()) {}
  bool bad = false;
  uint64_t u() {
    unsigned n = 0;
    const char* error = nullptr;
    uint64_t v = llvm::decodeULEB128(p_, &n, end_, &error);
    return error ? fail() : (p_ += n, v);
  }
  int64_t s() {
    unsigned n = 0;
    const char* error = nullptr;
    int64_t v = llvm::decodeSLEB128(p_, &n, end_, &error);
    return error ? static_cast<int64_t>(fail()) : (p_ += n, v);
  }
  /// A count of items that each take at least one byte: larger than what is left means malformed.
  size_t count() {
    uint64_t n = u();
    return n > static_cast<uint64_t>(end_ - p_) ? fail() : n;
  }
  uint8_t byte() { return p_ == end_ ? static_cast<uint8_t>(fail()) : *p_++; }
  llvm::StringRef raw() {
    size_t n = count();
    llvm::StringRef text(reinterpret_cast<const char*>(p_), n);
    p_ += n;
    return text;
  }
  llvm::StringRef rest() const { return {reinterpret_cast<const char*>(p_), static_cast<size_t>(end_ - p_)}; }
  void skip(size_t n) { p_ += n; }
  bool atEnd() const { return p_ == end_; }

private:
  uint64_t fail() { bad = true; p_ = end_; return 0; }
  const uint8_t* p_;
  const uint8_t* end_;
};

} // namespace stoat::mir
