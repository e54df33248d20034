// Exact constants, with the semantics of Go's go/constant package: arbitrary-precision integers, rationals and floats
// (GMP and MPFR, 512 bits of mantissa as gc), complex numbers, strings and booleans.
//
// ConstValue is an immutable handle, cheap to copy (8 bytes, arena- or refcount-backed by the implementation). The kinds are ordered so
// that matching two operands converts to the larger kind. Operations never throw or abort: an operation on Unknown, or
// one that exceeds the limits below, gives Unknown.
#pragma once
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace stoat {

/// Operators of constant expressions; the AST uses the same enum (frontend/syntax/ast.h).
enum class Op : uint8_t {
  None,
  // unary only
  Def, // := (in RangeClause/AssignStmt)
  Not, // !
  Recv, // <-
  Tilde, // ~
  // binary, in gc's precedence order
  OrOr, AndAnd,
  Eql, Neq, Lss, Leq, Gtr, Geq,
  Add, Sub, Or, Xor, // Add, Sub, Xor are unary as well
  Mul, Div, Rem, And, AndNot, Shl, Shr, // Mul is unary too (dereference), And is unary too (address of)
};
const char* opText(Op op); // "+", "&^", ...

struct ConstRep; // implementation: const_value.cpp

class ConstValue {
public:
  enum Kind : uint8_t { Unknown, Bool, String, Int, Float, Complex };

  ConstValue() = default; // Unknown
  bool isValid() const { return rep_ != nullptr; } // false: no value at all, and Kind Unknown
  Kind kind() const;

  static ConstValue unknown();
  static ConstValue makeBool(bool v);
  static ConstValue makeString(llvm::StringRef bytes);
  static ConstValue makeInt64(int64_t v);
  static ConstValue makeUint64(uint64_t v);
  static ConstValue makeFloat64(double v); // Unknown for NaN and infinities; -0 becomes 0
  /// Literal text of an integer, float, imaginary, rune or string token (underscores, prefixes and quotes included).
  /// Unknown on malformed text, or a value too large to represent.
  enum class LitKind : uint8_t { Int, Float, Imag, Rune, String };
  static ConstValue fromLiteral(llvm::StringRef text, LitKind kind);

  bool boolVal() const;
  llvm::StringRef stringVal() const; // joins the parts of a concatenation, once
  size_t stringLength() const;       // joins nothing; 0 for other kinds
  /// Exact conversions; `exact` false when the value does not fit (the result is then truncated or saturated).
  int64_t int64Val(bool* exact = nullptr) const;
  uint64_t uint64Val(bool* exact = nullptr) const;
  double float64Val(bool* exact = nullptr) const; // nearest even; +-Inf when too large
  float float32Val(bool* exact = nullptr) const;
  ConstValue real() const;
  ConstValue imag() const;
  static ConstValue makeImag(const ConstValue& x); // x*1i
  int sign() const;         // -1, 0, 1; for complex 0 iff both parts are 0; 1 for Unknown
  unsigned bitLen() const;  // of |x|, Int only
  /// Words of |x|, least significant first, 64 bits each (Int only).
  void words(uint64_t* out, unsigned count) const;

  /// Conversions that keep the value; Unknown when not representable exactly in that kind.
  ConstValue toInt() const;
  ConstValue toFloat() const;
  ConstValue toComplex() const;

  /// `prec` > 0 limits ^x to that many bits (unsigned types), as go/constant.UnaryOp.
  static ConstValue unaryOp(Op op, const ConstValue& x, unsigned prec);
  /// Integer division must be asked for with intDiv (Div of two Ints otherwise gives a rational/float).
  static ConstValue binaryOp(const ConstValue& x, Op op, const ConstValue& y, bool intDiv = false);
  static ConstValue shift(const ConstValue& x, Op op, unsigned count);
  static bool compare(const ConstValue& x, Op op, const ConstValue& y);

  /// As go/constant.Value.String (short, for messages: strings quoted and cut to 72 bytes, floats %.6g) and ExactString.
  std::string string() const;
  std::string exactString() const;

  /// Portable bytes for export data; fromBytes gives an invalid value on malformed input.
  void appendBytes(std::string& out) const;
  static ConstValue fromBytes(llvm::StringRef& in); // consumes from the front

private:
  explicit ConstValue(const ConstRep* rep) : rep_(rep) {}
  friend struct ConstRep;
  const ConstRep* rep_ = nullptr;
};

} // namespace stoat
