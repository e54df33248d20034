// Exact constants on GMP and MPFR; the semantics are those of Go's go/constant.
//
// Each kind has a small and a large form, and the smallest that is exact is used: int64 before big integer, fraction before
// 512-bit float. A float never goes back to a fraction: that would claim a precision which is gone. Values are immutable and
// live until the process ends, like the syntax tree that holds them. String concatenations are kept as trees and joined
// when the bytes are first wanted, so a chain of n additions costs n, not n squared.
//
// Limits: the checker reports integers beyond 512 bits after every operation, so operands here are bounded; maxShiftBits,
// maxLiteral and maxString below keep time and memory bounded even if it did not.
#include "base/const_value.h"
#include "base/text.h"
#include "llvm/ADT/SmallVector.h"
#include <atomic>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <gmp.h>
#include <mpfr.h>

namespace stoat {

namespace {

constexpr mpfr_prec_t floatPrec = 512;
constexpr long maxFractionBits = 4 << 10; // numerators and denominators beyond this become floats
constexpr unsigned maxShiftBits = 1u << 16;
constexpr size_t maxLiteral = 1u << 20;
constexpr uint64_t maxString = 1u << 28;

} // namespace

struct ConstRep {
  enum Form : uint8_t { Unknown, Bool, String, Int64, BigInt, Rat, Float, Complex }; // in order of matching
  Form form;
  explicit constexpr ConstRep(Form f) : form(f) {}
  static ConstValue wrap(const ConstRep* r) { return ConstValue(r); }
  static const ConstRep* of(const ConstValue& v);
};

namespace {

struct BoolRep : ConstRep {
  bool value;
  explicit constexpr BoolRep(bool v) : ConstRep(Bool), value(v) {}
};
struct Int64Rep : ConstRep {
  int64_t value;
  explicit constexpr Int64Rep(int64_t v) : ConstRep(Int64), value(v) {}
};
struct BigIntRep : ConstRep {
  mpz_t value;
  BigIntRep() : ConstRep(BigInt) { mpz_init(value); }
};
struct RatRep : ConstRep {
  mpq_t value;
  RatRep() : ConstRep(Rat) { mpq_init(value); }
};
struct FloatRep : ConstRep {
  mpfr_t value;
  FloatRep() : ConstRep(Float) { mpfr_init2(value, floatPrec); }
};
struct ComplexRep : ConstRep {
  ConstValue re, im;
  ComplexRep(ConstValue r, ConstValue i) : ConstRep(Complex), re(r), im(i) {}
};
struct StringRep : ConstRep {
  uint64_t length;
  const StringRep* left = nullptr; // both set: a concatenation
  const StringRep* right = nullptr;
  mutable std::atomic<const char*> bytes; // null until joined; published with release, read with acquire
  constexpr StringRep(const char* text, uint64_t n) : ConstRep(String), length(n), bytes(text) {}
  StringRep(const StringRep* l, const StringRep* r)
      : ConstRep(String), length(l->length + r->length), left(l), right(r), bytes(nullptr) {}

  llvm::StringRef flat() const;
};

constexpr ConstRep unknownRep(ConstRep::Unknown);
constexpr BoolRep falseRep(false), trueRep(true);
constexpr Int64Rep zeroRep(0);
constexpr StringRep emptyStringRep("", 0);

/// MPFR's exponent range is a property of the thread; go/constant's floats have 32-bit exponents.
struct FloatRange {
  mpfr_exp_t min = mpfr_get_emin(), max = mpfr_get_emax();
  FloatRange() {
    mpfr_set_emin(INT32_MIN);
    mpfr_set_emax(INT32_MAX);
  }
  ~FloatRange() {
    mpfr_set_emin(min);
    mpfr_set_emax(max);
  }
};

struct Integer { // an mpz temporary
  mpz_t v;
  Integer() { mpz_init(v); }
  ~Integer() { mpz_clear(v); }
  Integer(const Integer&) = delete;
};
struct Fraction {
  mpq_t v;
  Fraction() { mpq_init(v); }
  ~Fraction() { mpq_clear(v); }
  Fraction(const Fraction&) = delete;
};
struct Real {
  mpfr_t v;
  explicit Real(mpfr_prec_t prec = floatPrec) { mpfr_init2(v, prec); }
  ~Real() { mpfr_clear(v); }
  Real(const Real&) = delete;
};

llvm::StringRef StringRep::flat() const {
  if (const char* p = bytes.load(std::memory_order_acquire)) return {p, length};
  char* joined = static_cast<char*>(std::malloc(length + 1));
  joined[length] = 0;
  // Right to left with an explicit stack: chains lean left, and may be a million long.
  char* end = joined + length;
  llvm::SmallVector<const StringRep*, 32> work{this};
  while (!work.empty()) {
    const StringRep* s = work.pop_back_val();
    if (const char* p = s->bytes.load(std::memory_order_acquire)) {
      end -= s->length;
      std::memcpy(end, p, s->length);
      continue;
    }
    work.push_back(s->left);
    work.push_back(s->right);
  }
  const char* expected = nullptr; // another thread may have been faster; its bytes are the same
  if (!bytes.compare_exchange_strong(expected, joined, std::memory_order_acq_rel)) {
    std::free(joined);
    return {expected, length};
  }
  return {joined, length};
}

ConstValue wrap(const ConstRep* r) { return ConstRep::wrap(r); }
ConstValue unknownValue() { return wrap(&unknownRep); }

template <typename T> const T* as(const ConstValue& v) { return static_cast<const T*>(ConstRep::of(v)); }
ConstRep::Form formOf(const ConstValue& v) { return ConstRep::of(v)->form; }

bool fitsInt64(mpz_srcptr z) { return mpz_fits_slong_p(z); }
static_assert(sizeof(long) == 8, "the compiler itself runs on 64-bit hosts");

ConstValue makeInteger(mpz_srcptr z) {
  if (fitsInt64(z)) return ConstValue::makeInt64(mpz_get_si(z));
  auto* rep = new BigIntRep;
  mpz_set(rep->value, z);
  return wrap(rep);
}

bool smallInteger(mpz_srcptr z) { return mpz_sgn(z) == 0 || mpz_sizeinbase(z, 2) < static_cast<size_t>(maxFractionBits); }

ConstValue makeReal(mpfr_srcptr x) { // call within a FloatRange
  if (mpfr_nan_p(x) || mpfr_inf_p(x)) return unknownValue();
  auto* rep = new FloatRep;
  mpfr_set(rep->value, x, MPFR_RNDN);
  if (mpfr_zero_p(x)) mpfr_set_zero(rep->value, +1);
  return wrap(rep);
}

ConstValue makeFraction(mpq_srcptr q) { // canonical
  if (smallInteger(mpq_numref(q)) && smallInteger(mpq_denref(q))) {
    auto* rep = new RatRep;
    mpq_set(rep->value, q);
    return wrap(rep);
  }
  FloatRange range;
  Real x;
  mpfr_set_q(x.v, q, MPFR_RNDN);
  return makeReal(x.v);
}

ConstValue makeComplexValue(const ConstValue& re, const ConstValue& im) {
  if (re.kind() == ConstValue::Unknown || im.kind() == ConstValue::Unknown) return unknownValue();
  return wrap(new ComplexRep(re, im));
}

bool smallReal(mpfr_srcptr x) {
  if (mpfr_inf_p(x) || mpfr_nan_p(x)) return false;
  if (mpfr_zero_p(x)) return true;
  mpfr_exp_t e = mpfr_get_exp(x);
  return -maxFractionBits < e && e < maxFractionBits;
}

bool isNumeric(ConstRep::Form f) { return f >= ConstRep::Int64; }

// Conversions of an operand to the form that an operation works in; `v` is numeric and of that form or a smaller one.
void toMpz(mpz_ptr out, const ConstValue& v) {
  if (formOf(v) == ConstRep::Int64)
    mpz_set_si(out, as<Int64Rep>(v)->value);
  else
    mpz_set(out, as<BigIntRep>(v)->value);
}
void toMpq(mpq_ptr out, const ConstValue& v) {
  if (formOf(v) == ConstRep::Rat) {
    mpq_set(out, as<RatRep>(v)->value);
    return;
  }
  Integer z;
  toMpz(z.v, v);
  mpq_set_z(out, z.v);
}
void toMpfr(mpfr_ptr out, const ConstValue& v) {
  switch (formOf(v)) {
  case ConstRep::Float: mpfr_set(out, as<FloatRep>(v)->value, MPFR_RNDN); return;
  case ConstRep::Rat: mpfr_set_q(out, as<RatRep>(v)->value, MPFR_RNDN); return;
  default: {
    Integer z;
    toMpz(z.v, v);
    mpfr_set_z(out, z.v, MPFR_RNDN);
  }
  }
}

/// Rounds to odd at 200 bits: rounding that again to a float64 or float32 (subnormals included) is rounding once.
void roundToOdd(mpfr_ptr out, mpq_srcptr q) {
  mpfr_set_prec(out, 200);
  if (mpfr_set_q(out, q, MPFR_RNDZ) != 0 && mpfr_min_prec(out) < 200) {
    if (mpfr_sgn(out) >= 0)
      mpfr_nextabove(out);
    else
      mpfr_nextbelow(out);
  }
}

ConstValue parseFloat(llvm::StringRef text) {
  std::string digits;
  for (char c : text)
    if (c != '_') digits += c;
  if (digits.empty()) return unknownValue();
  int base = 10;
  size_t start = 0;
  if (digits.size() > 2 && digits[0] == '0') {
    char prefix = static_cast<char>(digits[1] | 0x20);
    if (prefix == 'x') base = 16;
    if (prefix == 'o') base = 8;
    if (prefix == 'b') base = 2;
    if (base != 10) start = 2;
  }
  // Split into an integer mantissa and an exponent of 10 or 2; saturated far outside of what a float can hold.
  std::string mantissa;
  int64_t fractionDigits = 0;
  bool seenPoint = false;
  size_t i = start;
  for (; i < digits.size(); i++) {
    char c = digits[i];
    if (c == '.') {
      if (seenPoint) return unknownValue();
      seenPoint = true;
      continue;
    }
    char low = static_cast<char>(c | 0x20);
    if (low == 'p' || (low == 'e' && base != 16)) break;
    mantissa += c;
    if (seenPoint) fractionDigits++;
  }
  int64_t exponent = 0;
  bool binaryExponent = base != 10;
  if (i < digits.size()) {
    binaryExponent = (digits[i] | 0x20) == 'p';
    i++;
    bool negative = false;
    if (i < digits.size() && (digits[i] == '+' || digits[i] == '-')) negative = digits[i++] == '-';
    if (i == digits.size()) return unknownValue();
    for (; i < digits.size(); i++) {
      if (digits[i] < '0' || digits[i] > '9') return unknownValue();
      if (exponent < (int64_t(1) << 40)) exponent = exponent * 10 + (digits[i] - '0');
    }
    if (negative) exponent = -exponent;
  }
  Integer m;
  if (mantissa.empty() || mpz_set_str(m.v, mantissa.c_str(), base) != 0) return unknownValue();
  if (mpz_sgn(m.v) == 0) return ConstValue::makeFloat64(0);
  if (base == 16) fractionDigits *= 4;
  if (base == 8) fractionDigits *= 3;
  exponent -= fractionDigits;
  if (!binaryExponent && base != 10) return unknownValue();

  // The size decides first, from an estimate of the binary exponent: a fraction, or a float without ever building the power.
  double bits = static_cast<double>(mpz_sizeinbase(m.v, 2)) +
                static_cast<double>(exponent) * (binaryExponent ? 1.0 : 3.3219280948873623);
  FloatRange range;
  if (bits > 4e9) return unknownValue();
  if (bits < -4e9) return ConstValue::makeFloat64(0);
  Real x;
  if (binaryExponent) {
    mpfr_set_z(x.v, m.v, MPFR_RNDN);
    mpfr_mul_2si(x.v, x.v, exponent, MPFR_RNDN);
  } else if (std::fabs(bits) < 2 * maxFractionBits) {
    // near the limit: exact by way of the fraction below
    mpfr_set_zero(x.v, +1);
  } else {
    std::string decimal = mantissa + "e" + std::to_string(exponent);
    mpfr_strtofr(x.v, decimal.c_str(), nullptr, 10, MPFR_RNDN);
    if (mpfr_zero_p(x.v)) return ConstValue::makeFloat64(0);
    return makeReal(x.v);
  }
  if (binaryExponent && !smallReal(x.v)) {
    if (mpfr_zero_p(x.v)) return ConstValue::makeFloat64(0);
    return makeReal(x.v);
  }
  auto* rep = new RatRep;
  Integer power;
  if (binaryExponent)
    mpz_set_ui(power.v, 1), mpz_mul_2exp(power.v, power.v, static_cast<unsigned long>(std::llabs(exponent)));
  else
    mpz_ui_pow_ui(power.v, 10, static_cast<unsigned long>(std::llabs(exponent)));
  if (exponent >= 0) {
    mpz_mul(mpq_numref(rep->value), m.v, power.v);
  } else {
    mpz_set(mpq_numref(rep->value), m.v);
    mpz_set(mpq_denref(rep->value), power.v);
    mpq_canonicalize(rep->value);
  }
  mpfr_set_q(x.v, rep->value, MPFR_RNDN);
  if (smallReal(x.v)) return wrap(rep);
  delete rep;
  return makeReal(x.v);
}

ConstValue parseInteger(llvm::StringRef text) {
  std::string digits;
  for (char c : text)
    if (c != '_') digits += c;
  int base = 10;
  size_t start = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    switch (digits[1] | 0x20) {
    case 'x': base = 16; start = 2; break;
    case 'o': base = 8; start = 2; break;
    case 'b': base = 2; start = 2; break;
    default: base = 8; start = 1; break;
    }
  }
  if (start >= digits.size()) return unknownValue();
  const char* first = digits.data() + start;
  const char* last = digits.data() + digits.size();
  int64_t value;
  std::from_chars_result r = std::from_chars(first, last, value, base);
  if (r.ec == std::errc() && r.ptr == last && *first != '-') return ConstValue::makeInt64(value);
  if (*first == '-' || *first == '+') return unknownValue();
  Integer z;
  if (mpz_set_str(z.v, first, base) != 0) return unknownValue();
  return makeInteger(z.v);
}

int compareNumbers(const ConstValue& x, const ConstValue& y) { // both numeric, not complex
  ConstRep::Form f = std::max(formOf(x), formOf(y));
  if (f == ConstRep::Int64) {
    int64_t a = as<Int64Rep>(x)->value, b = as<Int64Rep>(y)->value;
    return a < b ? -1 : a > b;
  }
  if (f == ConstRep::BigInt) {
    Integer a, b;
    toMpz(a.v, x);
    toMpz(b.v, y);
    return mpz_cmp(a.v, b.v);
  }
  if (f == ConstRep::Rat) {
    Fraction a, b;
    toMpq(a.v, x);
    toMpq(b.v, y);
    return mpq_cmp(a.v, b.v);
  }
  FloatRange range;
  Real a, b;
  toMpfr(a.v, x);
  toMpfr(b.v, y);
  return mpfr_cmp(a.v, b.v);
}

bool holds(int order, Op op) {
  switch (op) {
  case Op::Eql: return order == 0;
  case Op::Neq: return order != 0;
  case Op::Lss: return order < 0;
  case Op::Leq: return order <= 0;
  case Op::Gtr: return order > 0;
  case Op::Geq: return order >= 0;
  default: return false;
  }
}

ConstValue integerOp(const ConstValue& x, Op op, const ConstValue& y, bool intDiv) {
  Integer a, b, c;
  toMpz(a.v, x);
  toMpz(b.v, y);
  switch (op) {
  case Op::Add: mpz_add(c.v, a.v, b.v); break;
  case Op::Sub: mpz_sub(c.v, a.v, b.v); break;
  case Op::Mul:
    if (mpz_sizeinbase(a.v, 2) + mpz_sizeinbase(b.v, 2) > maxShiftBits) return unknownValue();
    mpz_mul(c.v, a.v, b.v);
    break;
  case Op::Div: {
    if (mpz_sgn(b.v) == 0) return unknownValue();
    if (intDiv) {
      mpz_tdiv_q(c.v, a.v, b.v);
      break;
    }
    Fraction q;
    mpz_set(mpq_numref(q.v), a.v);
    mpz_set(mpq_denref(q.v), b.v);
    mpq_canonicalize(q.v);
    return makeFraction(q.v);
  }
  case Op::Rem:
    if (mpz_sgn(b.v) == 0) return unknownValue();
    mpz_tdiv_r(c.v, a.v, b.v);
    break;
  case Op::And: mpz_and(c.v, a.v, b.v); break;
  case Op::Or: mpz_ior(c.v, a.v, b.v); break;
  case Op::Xor: mpz_xor(c.v, a.v, b.v); break;
  case Op::AndNot:
    mpz_com(b.v, b.v);
    mpz_and(c.v, a.v, b.v);
    break;
  default: return unknownValue();
  }
  return makeInteger(c.v);
}

ConstValue fractionOp(const ConstValue& x, Op op, const ConstValue& y) {
  Fraction a, b, c;
  toMpq(a.v, x);
  toMpq(b.v, y);
  switch (op) {
  case Op::Add: mpq_add(c.v, a.v, b.v); break;
  case Op::Sub: mpq_sub(c.v, a.v, b.v); break;
  case Op::Mul: mpq_mul(c.v, a.v, b.v); break;
  case Op::Div:
    if (mpq_sgn(b.v) == 0) return unknownValue();
    mpq_div(c.v, a.v, b.v);
    break;
  default: return unknownValue();
  }
  return makeFraction(c.v);
}

ConstValue realOp(const ConstValue& x, Op op, const ConstValue& y) {
  FloatRange range;
  Real a, b, c;
  toMpfr(a.v, x);
  toMpfr(b.v, y);
  switch (op) {
  case Op::Add: mpfr_add(c.v, a.v, b.v, MPFR_RNDN); break;
  case Op::Sub: mpfr_sub(c.v, a.v, b.v, MPFR_RNDN); break;
  case Op::Mul: mpfr_mul(c.v, a.v, b.v, MPFR_RNDN); break;
  case Op::Div: mpfr_div(c.v, a.v, b.v, MPFR_RNDN); break;
  default: return unknownValue();
  }
  return makeReal(c.v);
}

ConstValue complexOp(const ConstValue& x, Op op, const ConstValue& y) {
  ConstValue a = x.real(), b = x.imag(), c = y.real(), d = y.imag();
  auto binary = [](const ConstValue& l, Op o, const ConstValue& r) { return ConstValue::binaryOp(l, o, r); };
  switch (op) {
  case Op::Add:
  case Op::Sub: return makeComplexValue(binary(a, op, c), binary(b, op, d));
  case Op::Mul:
    return makeComplexValue(binary(binary(a, Op::Mul, c), Op::Sub, binary(b, Op::Mul, d)),
                            binary(binary(b, Op::Mul, c), Op::Add, binary(a, Op::Mul, d)));
  case Op::Div: {
    ConstValue s = binary(binary(c, Op::Mul, c), Op::Add, binary(d, Op::Mul, d));
    ConstValue re = binary(binary(a, Op::Mul, c), Op::Add, binary(b, Op::Mul, d));
    ConstValue im = binary(binary(b, Op::Mul, c), Op::Sub, binary(a, Op::Mul, d));
    return makeComplexValue(binary(re, Op::Div, s), binary(im, Op::Div, s));
  }
  default: return unknownValue();
  }
}

} // namespace

const ConstRep* ConstRep::of(const ConstValue& v) { return v.rep_ ? v.rep_ : &unknownRep; }

const char* opText(Op op) {
  switch (op) {
  case Op::None: return "";
  case Op::Def: return ":";
  case Op::Not: return "!";
  case Op::Recv: return "<-";
  case Op::Tilde: return "~";
  case Op::OrOr: return "||";
  case Op::AndAnd: return "&&";
  case Op::Eql: return "==";
  case Op::Neq: return "!=";
  case Op::Lss: return "<";
  case Op::Leq: return "<=";
  case Op::Gtr: return ">";
  case Op::Geq: return ">=";
  case Op::Add: return "+";
  case Op::Sub: return "-";
  case Op::Or: return "|";
  case Op::Xor: return "^";
  case Op::Mul: return "*";
  case Op::Div: return "/";
  case Op::Rem: return "%";
  case Op::And: return "&";
  case Op::AndNot: return "&^";
  case Op::Shl: return "<<";
  case Op::Shr: return ">>";
  }
  return "";
}

ConstValue::Kind ConstValue::kind() const {
  switch (formOf(*this)) {
  case ConstRep::Unknown: return Unknown;
  case ConstRep::Bool: return Bool;
  case ConstRep::String: return String;
  case ConstRep::Int64:
  case ConstRep::BigInt: return Int;
  case ConstRep::Rat:
  case ConstRep::Float: return Float;
  case ConstRep::Complex: return Complex;
  }
  return Unknown;
}

// ---- factories

ConstValue ConstValue::unknown() { return unknownValue(); }
ConstValue ConstValue::makeBool(bool v) { return wrap(v ? &trueRep : &falseRep); }

ConstValue ConstValue::makeString(llvm::StringRef text) {
  if (text.empty()) return wrap(&emptyStringRep);
  char* p = static_cast<char*>(std::malloc(text.size() + 1));
  std::memcpy(p, text.data(), text.size());
  p[text.size()] = 0;
  return wrap(new StringRep(p, text.size()));
}

ConstValue ConstValue::makeInt64(int64_t v) { return wrap(v == 0 ? &zeroRep : new Int64Rep(v)); }

ConstValue ConstValue::makeUint64(uint64_t v) {
  if (v <= INT64_MAX) return makeInt64(static_cast<int64_t>(v));
  auto* rep = new BigIntRep;
  mpz_set_ui(rep->value, v);
  return wrap(rep);
}

ConstValue ConstValue::makeFloat64(double v) { // every finite double has an exponent small enough for a fraction
  if (!std::isfinite(v)) return unknownValue();
  auto* rep = new RatRep;
  mpq_set_d(rep->value, v);
  return wrap(rep);
}

ConstValue ConstValue::fromLiteral(llvm::StringRef text, LitKind kind) {
  switch (kind) {
  case LitKind::Int: return text.size() > maxLiteral ? unknownValue() : parseInteger(text);
  case LitKind::Float: return text.size() > maxLiteral ? unknownValue() : parseFloat(text);
  case LitKind::Imag:
    if (text.size() > maxLiteral || !text.consume_back("i")) return unknownValue();
    return makeComplexValue(makeInt64(0), parseFloat(text));
  case LitKind::Rune: {
    uint32_t rune;
    return unquoteRune(text, rune) ? makeInt64(rune) : unknownValue();
  }
  case LitKind::String: {
    std::string value;
    return unquote(text, value) ? makeString(value) : unknownValue();
  }
  }
  return unknownValue();
}

// ---- accessors

bool ConstValue::boolVal() const { return formOf(*this) == ConstRep::Bool && as<BoolRep>(*this)->value; }

size_t ConstValue::stringLength() const { return formOf(*this) == ConstRep::String ? as<StringRep>(*this)->length : 0; }

llvm::StringRef ConstValue::stringVal() const {
  return formOf(*this) == ConstRep::String ? as<StringRep>(*this)->flat() : llvm::StringRef();
}

int64_t ConstValue::int64Val(bool* exact) const {
  bool ignored;
  bool& ok = exact ? *exact : ignored;
  ok = formOf(*this) == ConstRep::Int64;
  if (ok) return as<Int64Rep>(*this)->value;
  if (formOf(*this) != ConstRep::BigInt) return 0;
  uint64_t low;
  words(&low, 1);
  return static_cast<int64_t>(sign() < 0 ? 0 - low : low);
}

uint64_t ConstValue::uint64Val(bool* exact) const {
  bool ignored;
  bool& ok = exact ? *exact : ignored;
  ok = false;
  if (formOf(*this) == ConstRep::Int64) {
    int64_t v = as<Int64Rep>(*this)->value;
    ok = v >= 0;
    return static_cast<uint64_t>(v);
  }
  if (formOf(*this) != ConstRep::BigInt) return 0;
  ok = mpz_fits_ulong_p(as<BigIntRep>(*this)->value);
  uint64_t low;
  words(&low, 1);
  return sign() < 0 ? 0 - low : low;
}

double ConstValue::float64Val(bool* exact) const {
  bool ignored;
  bool& ok = exact ? *exact : ignored;
  ok = false;
  double d = 0;
  switch (formOf(*this)) {
  case ConstRep::Int64:
  case ConstRep::BigInt: {
    FloatRange range;
    Real x;
    toMpfr(x.v, *this);
    d = mpfr_get_d(x.v, MPFR_RNDN);
    ok = std::isfinite(d) && mpfr_cmp_d(x.v, d) == 0;
    return d;
  }
  case ConstRep::Rat: {
    FloatRange range;
    Real x(200);
    mpq_srcptr q = as<RatRep>(*this)->value;
    roundToOdd(x.v, q);
    d = mpfr_get_d(x.v, MPFR_RNDN);
    if (std::isfinite(d)) {
      Fraction back;
      mpq_set_d(back.v, d);
      ok = mpq_equal(back.v, q);
    }
    return d;
  }
  case ConstRep::Float: {
    mpfr_srcptr x = as<FloatRep>(*this)->value;
    d = mpfr_get_d(x, MPFR_RNDN);
    ok = std::isfinite(d) && mpfr_cmp_d(x, d) == 0;
    return d;
  }
  default: return 0;
  }
}

float ConstValue::float32Val(bool* exact) const {
  bool ignored;
  bool& ok = exact ? *exact : ignored;
  ok = false;
  float f = 0;
  switch (formOf(*this)) {
  case ConstRep::Int64:
  case ConstRep::BigInt:
  case ConstRep::Float: {
    FloatRange range;
    Real x;
    toMpfr(x.v, *this);
    f = mpfr_get_flt(x.v, MPFR_RNDN);
    ok = std::isfinite(f) && mpfr_cmp_d(x.v, f) == 0;
    return f;
  }
  case ConstRep::Rat: {
    FloatRange range;
    Real x(200);
    mpq_srcptr q = as<RatRep>(*this)->value;
    roundToOdd(x.v, q);
    f = mpfr_get_flt(x.v, MPFR_RNDN);
    if (std::isfinite(f)) {
      Fraction back;
      mpq_set_d(back.v, f);
      ok = mpq_equal(back.v, q);
    }
    return f;
  }
  default: return 0;
  }
}

ConstValue ConstValue::real() const {
  return formOf(*this) == ConstRep::Complex ? as<ComplexRep>(*this)->re
         : isNumeric(formOf(*this))         ? *this
                                            : unknownValue();
}

ConstValue ConstValue::imag() const {
  return formOf(*this) == ConstRep::Complex ? as<ComplexRep>(*this)->im
         : isNumeric(formOf(*this))         ? makeInt64(0)
                                            : unknownValue();
}

ConstValue ConstValue::makeImag(const ConstValue& x) {
  if (!isNumeric(formOf(x)) || formOf(x) == ConstRep::Complex) return unknownValue();
  return makeComplexValue(makeInt64(0), x);
}

int ConstValue::sign() const {
  switch (formOf(*this)) {
  case ConstRep::Int64: {
    int64_t v = as<Int64Rep>(*this)->value;
    return v < 0 ? -1 : v > 0;
  }
  case ConstRep::BigInt: return mpz_sgn(as<BigIntRep>(*this)->value);
  case ConstRep::Rat: return mpq_sgn(as<RatRep>(*this)->value);
  case ConstRep::Float: return mpfr_sgn(as<FloatRep>(*this)->value);
  case ConstRep::Complex: return as<ComplexRep>(*this)->re.sign() | as<ComplexRep>(*this)->im.sign();
  default: return 1;
  }
}

unsigned ConstValue::bitLen() const {
  if (formOf(*this) == ConstRep::Int64) {
    int64_t v = as<Int64Rep>(*this)->value;
    uint64_t magnitude = v < 0 ? 0 - static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
    return static_cast<unsigned>(std::bit_width(magnitude));
  }
  if (formOf(*this) == ConstRep::BigInt) return static_cast<unsigned>(mpz_sizeinbase(as<BigIntRep>(*this)->value, 2));
  return 0;
}

void ConstValue::words(uint64_t* out, unsigned count) const {
  for (unsigned i = 0; i < count; i++) out[i] = 0;
  if (count == 0) return;
  if (formOf(*this) == ConstRep::Int64) {
    int64_t v = as<Int64Rep>(*this)->value;
    out[0] = v < 0 ? 0 - static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
  } else if (formOf(*this) == ConstRep::BigInt) {
    mpz_srcptr z = as<BigIntRep>(*this)->value;
    for (unsigned i = 0; i < count && i < mpz_size(z); i++) out[i] = mpz_getlimbn(z, i);
  }
}

// ---- conversions

ConstValue ConstValue::toInt() const {
  switch (formOf(*this)) {
  case ConstRep::Int64:
  case ConstRep::BigInt: return *this;
  case ConstRep::Rat: {
    mpq_srcptr q = as<RatRep>(*this)->value;
    if (mpz_cmp_ui(mpq_denref(q), 1) == 0) return makeInteger(mpq_numref(q));
    return unknownValue();
  }
  case ConstRep::Float: {
    mpfr_srcptr x = as<FloatRep>(*this)->value;
    if (!smallReal(x)) return unknownValue();
    Integer z;
    if (mpfr_integer_p(x)) {
      mpfr_get_z(z.v, x, MPFR_RNDZ);
      return makeInteger(z.v);
    }
    // The last few bits may be rounding errors of earlier steps: if dropping them gives an integer, it is meant.
    FloatRange range;
    for (mpfr_rnd_t mode : {MPFR_RNDZ, MPFR_RNDA}) {
      Real t(floatPrec - 4);
      mpfr_set(t.v, x, mode);
      if (mpfr_integer_p(t.v)) {
        mpfr_get_z(z.v, t.v, MPFR_RNDZ);
        return makeInteger(z.v);
      }
    }
    return unknownValue();
  }
  case ConstRep::Complex: {
    ConstValue re = toFloat();
    return re.kind() == Float ? re.toInt() : unknownValue();
  }
  default: return unknownValue();
  }
}

ConstValue ConstValue::toFloat() const {
  switch (formOf(*this)) {
  case ConstRep::Int64:
  case ConstRep::BigInt: {
    Fraction q;
    toMpq(q.v, *this);
    return makeFraction(q.v); // a float if it is too large
  }
  case ConstRep::Rat:
  case ConstRep::Float: return *this;
  case ConstRep::Complex:
    if (as<ComplexRep>(*this)->im.sign() == 0) return as<ComplexRep>(*this)->re.toFloat();
    return unknownValue();
  default: return unknownValue();
  }
}

ConstValue ConstValue::toComplex() const {
  if (formOf(*this) == ConstRep::Complex) return *this;
  return isNumeric(formOf(*this)) ? makeComplexValue(*this, makeInt64(0)) : unknownValue();
}

// ---- operations

ConstValue ConstValue::unaryOp(Op op, const ConstValue& x, unsigned prec) {
  ConstRep::Form f = formOf(x);
  switch (op) {
  case Op::Add: return isNumeric(f) ? x : unknownValue();
  case Op::Not: return f == ConstRep::Bool ? makeBool(!x.boolVal()) : unknownValue();
  case Op::Sub:
    switch (f) {
    case ConstRep::Int64:
    case ConstRep::BigInt: return integerOp(makeInt64(0), Op::Sub, x, false);
    case ConstRep::Rat: {
      Fraction q;
      mpq_neg(q.v, as<RatRep>(x)->value);
      return makeFraction(q.v);
    }
    case ConstRep::Float: {
      FloatRange range;
      Real r;
      mpfr_neg(r.v, as<FloatRep>(x)->value, MPFR_RNDN);
      return makeReal(r.v);
    }
    case ConstRep::Complex: return makeComplexValue(unaryOp(Op::Sub, x.real(), 0), unaryOp(Op::Sub, x.imag(), 0));
    default: return unknownValue();
    }
  case Op::Xor: {
    if (f != ConstRep::Int64 && f != ConstRep::BigInt) return unknownValue();
    Integer z;
    toMpz(z.v, x);
    mpz_com(z.v, z.v);
    if (prec > 0) mpz_fdiv_r_2exp(z.v, z.v, prec); // an unsigned type: keep its bits
    return makeInteger(z.v);
  }
  default: return unknownValue();
  }
}

ConstValue ConstValue::binaryOp(const ConstValue& x, Op op, const ConstValue& y, bool intDiv) {
  ConstRep::Form fx = formOf(x), fy = formOf(y);
  if (fx == ConstRep::Bool && fy == ConstRep::Bool) {
    if (op == Op::AndAnd) return makeBool(x.boolVal() && y.boolVal());
    if (op == Op::OrOr) return makeBool(x.boolVal() || y.boolVal());
    return unknownValue();
  }
  if (fx == ConstRep::String && fy == ConstRep::String) {
    const StringRep *l = as<StringRep>(x), *r = as<StringRep>(y);
    if (op != Op::Add || l->length + r->length > maxString) return unknownValue();
    if (l->length == 0) return y;
    if (r->length == 0) return x;
    return wrap(new StringRep(l, r));
  }
  if (!isNumeric(fx) || !isNumeric(fy)) return unknownValue();
  switch (std::max(fx, fy)) {
  case ConstRep::Int64: {
    int64_t a = as<Int64Rep>(x)->value, b = as<Int64Rep>(y)->value, c;
    switch (op) {
    case Op::Add:
      if (!__builtin_add_overflow(a, b, &c)) return makeInt64(c);
      break;
    case Op::Sub:
      if (!__builtin_sub_overflow(a, b, &c)) return makeInt64(c);
      break;
    case Op::Mul:
      if (!__builtin_mul_overflow(a, b, &c)) return makeInt64(c);
      break;
    case Op::Div:
      if (intDiv && b != 0 && b != -1) return makeInt64(a / b);
      break;
    case Op::Rem:
      if (b != 0 && b != -1) return makeInt64(a % b);
      break;
    case Op::And: return makeInt64(a & b);
    case Op::Or: return makeInt64(a | b);
    case Op::Xor: return makeInt64(a ^ b);
    case Op::AndNot: return makeInt64(a & ~b);
    default: break;
    }
    return integerOp(x, op, y, intDiv);
  }
  case ConstRep::BigInt: return integerOp(x, op, y, intDiv);
  case ConstRep::Rat: return fractionOp(x, op, y);
  case ConstRep::Float: return realOp(x, op, y);
  default: return complexOp(x, op, y);
  }
}

ConstValue ConstValue::shift(const ConstValue& x, Op op, unsigned count) {
  if (x.kind() != Int) return unknownValue();
  if (count == 0 || x.sign() == 0) return x;
  Integer z;
  toMpz(z.v, x);
  if (op == Op::Shl) {
    if (count > maxShiftBits || x.bitLen() + count > maxShiftBits) return unknownValue();
    mpz_mul_2exp(z.v, z.v, count);
  } else if (op == Op::Shr) {
    mpz_fdiv_q_2exp(z.v, z.v, count); // rounds down: arithmetic
  } else {
    return unknownValue();
  }
  return makeInteger(z.v);
}

bool ConstValue::compare(const ConstValue& x, Op op, const ConstValue& y) {
  ConstRep::Form fx = formOf(x), fy = formOf(y);
  if (fx == ConstRep::Bool && fy == ConstRep::Bool) {
    if (op == Op::Eql) return x.boolVal() == y.boolVal();
    return op == Op::Neq && x.boolVal() != y.boolVal();
  }
  if (fx == ConstRep::String && fy == ConstRep::String) return holds(x.stringVal().compare(y.stringVal()), op);
  if (!isNumeric(fx) || !isNumeric(fy)) return false;
  if (fx == ConstRep::Complex || fy == ConstRep::Complex) {
    bool equal = compareNumbers(x.real(), y.real()) == 0 && compareNumbers(x.imag(), y.imag()) == 0;
    return op == Op::Eql ? equal : op == Op::Neq && !equal;
  }
  return holds(compareNumbers(x, y), op);
}

// ---- text

namespace {

std::string integerText(mpz_srcptr z) {
  std::string out(mpz_sizeinbase(z, 10) + 2, 0);
  mpz_get_str(out.data(), 10, z);
  out.resize(std::strlen(out.c_str()));
  return out;
}

std::string formatG6(double d) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.6g", d);
  return buffer;
}

std::string formatShortestG(double d) { // Go's %g: shortest digits, exponent form outside 1e-4..1e6
  char buffer[64];
  std::to_chars_result r = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific);
  std::string scientific(buffer, r.ptr);
  int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  if (exponent < -4 || exponent >= 6) return scientific;
  r = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::fixed);
  return std::string(buffer, r.ptr);
}

std::string realText(mpfr_srcptr f) {
  double x = mpfr_get_d(f, MPFR_RNDN);
  if ((mpfr_zero_p(f) != 0) == (x == 0) && std::isfinite(x)) {
    std::string s = formatG6(x);
    if (!mpfr_integer_p(f) && s.find('.') == std::string::npos) s = formatShortestG(x);
    return s;
  }
  // Outside of float64: the decimal exponent by logarithm, as go/constant does.
  long exp;
  double m = mpfr_get_d_2exp(&exp, f, MPFR_RNDN);
  double d = static_cast<double>(exp) * (0.693147180559945309417232121458176568 / 2.30258509299404568401799145468436421);
  int64_t e = static_cast<int64_t>(d);
  m *= std::pow(10, d - static_cast<double>(e));
  if (std::fabs(m) < 1 - 0.5e-6) {
    m *= 10;
    e--;
  } else if (std::fabs(m) >= 10) {
    m /= 10;
    e++;
  }
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.6ge%+lld", m, static_cast<long long>(e));
  return buffer;
}

void appendVarint(std::string& out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  out += static_cast<char>(v);
}
bool takeVarint(llvm::StringRef& in, uint64_t& v) {
  v = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    unsigned char c = static_cast<unsigned char>(in[0]);
    in = in.drop_front();
    v |= static_cast<uint64_t>(c & 0x7F) << shift;
    if (!(c & 0x80)) return true;
  }
  return false;
}

void appendMpz(std::string& out, mpz_srcptr z) { // length*2 + sign, then the magnitude, least significant byte first
  size_t n = mpz_sgn(z) == 0 ? 0 : (mpz_sizeinbase(z, 2) + 7) / 8;
  appendVarint(out, n * 2 + (mpz_sgn(z) < 0));
  size_t at = out.size();
  out.resize(at + n);
  if (n) mpz_export(out.data() + at, nullptr, -1, 1, 0, 0, z);
}
bool takeMpz(llvm::StringRef& in, mpz_ptr z) {
  uint64_t header;
  if (!takeVarint(in, header) || header / 2 > in.size()) return false;
  mpz_import(z, header / 2, -1, 1, 0, 0, in.data());
  if (header & 1) mpz_neg(z, z);
  in = in.drop_front(header / 2);
  return true;
}

} // namespace

std::string ConstValue::string() const {
  switch (formOf(*this)) {
  case ConstRep::Unknown: return "unknown";
  case ConstRep::Bool: return boolVal() ? "true" : "false";
  case ConstRep::String: {
    constexpr size_t maxRunes = 72;
    std::string s = quote(stringVal().take_front(4 * maxRunes)); // longer ones are cut below; a rune has at most four bytes
    size_t runes = 0, cut = 0;
    for (size_t i = 0; i < s.size(); i++) {
      if ((s[i] & 0xC0) == 0x80) continue;
      if (runes == maxRunes - 3) cut = i;
      runes++;
    }
    if (runes > maxRunes) s = s.substr(0, cut) + "...";
    return s;
  }
  case ConstRep::Int64: return std::to_string(as<Int64Rep>(*this)->value);
  case ConstRep::BigInt: return integerText(as<BigIntRep>(*this)->value);
  case ConstRep::Rat:
  case ConstRep::Float: {
    FloatRange range;
    Real x;
    toMpfr(x.v, *this);
    return realText(x.v);
  }
  case ConstRep::Complex: return "(" + real().string() + " + " + imag().string() + "i)";
  }
  return "unknown";
}

std::string ConstValue::exactString() const {
  switch (formOf(*this)) {
  case ConstRep::String: return quote(stringVal());
  case ConstRep::Rat: {
    mpq_srcptr q = as<RatRep>(*this)->value;
    std::string out = integerText(mpq_numref(q));
    if (mpz_cmp_ui(mpq_denref(q), 1) != 0) out += "/" + integerText(mpq_denref(q));
    return out;
  }
  case ConstRep::Float: { // hexadecimal mantissa in [0.5, 1) and a binary exponent
    mpfr_srcptr x = as<FloatRep>(*this)->value;
    if (mpfr_zero_p(x)) return "0";
    Integer m;
    mpfr_get_z_2exp(m.v, x);
    mpfr_exp_t e = mpfr_get_exp(x);
    mpz_abs(m.v, m.v);
    std::string hex(mpz_sizeinbase(m.v, 16) + 2, 0);
    mpz_get_str(hex.data(), 16, m.v);
    hex.resize(std::strlen(hex.c_str()));
    while (hex.size() > 1 && hex.back() == '0') hex.pop_back();
    return std::string(mpfr_sgn(x) < 0 ? "-" : "") + "0x." + hex + "p" + (e >= 0 ? "+" : "") + std::to_string(e);
  }
  case ConstRep::Complex: return "(" + real().exactString() + " + " + imag().exactString() + "i)";
  default: return string();
  }
}

// ---- export data: a tag byte (the form), then the payload

void ConstValue::appendBytes(std::string& out) const {
  ConstRep::Form f = formOf(*this);
  out += static_cast<char>(f);
  switch (f) {
  case ConstRep::Unknown: return;
  case ConstRep::Bool: out += static_cast<char>(boolVal()); return;
  case ConstRep::String: {
    llvm::StringRef s = stringVal();
    appendVarint(out, s.size());
    out.append(s.data(), s.size());
    return;
  }
  case ConstRep::Int64:
  case ConstRep::BigInt: {
    Integer z;
    toMpz(z.v, *this);
    appendMpz(out, z.v);
    return;
  }
  case ConstRep::Rat:
    appendMpz(out, mpq_numref(as<RatRep>(*this)->value));
    appendMpz(out, mpq_denref(as<RatRep>(*this)->value));
    return;
  case ConstRep::Float: {
    mpfr_srcptr x = as<FloatRep>(*this)->value;
    Integer m, e;
    if (!mpfr_zero_p(x)) mpz_set_si(e.v, mpfr_get_z_2exp(m.v, x));
    appendMpz(out, m.v);
    appendMpz(out, e.v);
    return;
  }
  case ConstRep::Complex:
    real().appendBytes(out);
    imag().appendBytes(out);
    return;
  }
}

ConstValue ConstValue::fromBytes(llvm::StringRef& in) {
  if (in.empty()) return {};
  unsigned char tag = static_cast<unsigned char>(in[0]);
  in = in.drop_front();
  switch (tag) {
  case ConstRep::Unknown: return unknownValue();
  case ConstRep::Bool: {
    if (in.empty()) return {};
    bool v = in[0] != 0;
    in = in.drop_front();
    return makeBool(v);
  }
  case ConstRep::String: {
    uint64_t n;
    if (!takeVarint(in, n) || n > in.size()) return {};
    ConstValue v = makeString(in.take_front(n));
    in = in.drop_front(n);
    return v;
  }
  case ConstRep::Int64:
  case ConstRep::BigInt: {
    Integer z;
    if (!takeMpz(in, z.v)) return {};
    return makeInteger(z.v);
  }
  case ConstRep::Rat: {
    Fraction q;
    if (!takeMpz(in, mpq_numref(q.v)) || !takeMpz(in, mpq_denref(q.v)) || mpz_sgn(mpq_denref(q.v)) <= 0) return {};
    mpq_canonicalize(q.v);
    auto* rep = new RatRep;
    mpq_set(rep->value, q.v);
    return wrap(rep);
  }
  case ConstRep::Float: {
    Integer m, e;
    if (!takeMpz(in, m.v) || !takeMpz(in, e.v) || !fitsInt64(e.v)) return {};
    FloatRange range;
    Real x;
    mpfr_set_z_2exp(x.v, m.v, mpz_get_si(e.v), MPFR_RNDN);
    return makeReal(x.v);
  }
  case ConstRep::Complex: {
    // Parts are never complex, so this goes one level deep.
    if (in.empty() || in[0] == ConstRep::Complex) return {};
    ConstValue re = fromBytes(in);
    if (in.empty() || in[0] == ConstRep::Complex) return {};
    ConstValue im = fromBytes(in);
    if (!re.isValid() || !im.isValid()) return {};
    return makeComplexValue(re, im);
  }
  default: return {};
  }
}

} // namespace stoat
