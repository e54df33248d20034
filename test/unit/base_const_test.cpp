// Constants against values that go/constant computes (most were printed by it).
#include "base/const_value.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace stoat;
using Lit = ConstValue::LitKind;

namespace {

ConstValue integer(llvm::StringRef s) { return ConstValue::fromLiteral(s, Lit::Int); }
ConstValue real(llvm::StringRef s) { return ConstValue::fromLiteral(s, Lit::Float); }
ConstValue bin(const ConstValue& x, Op op, const ConstValue& y, bool intDiv = false) {
  return ConstValue::binaryOp(x, op, y, intDiv);
}

TEST(ConstValue, IntegerLiterals) {
  EXPECT_EQ(integer("0").string(), "0");
  EXPECT_EQ(integer("1_000_000").int64Val(), 1000000);
  EXPECT_EQ(integer("0755").int64Val(), 493);
  EXPECT_EQ(integer("0o17").int64Val(), 15);
  EXPECT_EQ(integer("0b1011").int64Val(), 11);
  EXPECT_EQ(integer("0xFFFFFFFFFFFFFFFF").uint64Val(), UINT64_MAX);
  EXPECT_EQ(integer("18446744073709551616").string(), "18446744073709551616");
  EXPECT_EQ(integer("18446744073709551616").bitLen(), 65u);
  EXPECT_EQ(integer("").kind(), ConstValue::Unknown);
  EXPECT_EQ(integer("0x").kind(), ConstValue::Unknown);
  EXPECT_EQ(integer("08").kind(), ConstValue::Unknown);
}

TEST(ConstValue, ExactnessOfIntegers) {
  bool exact;
  integer("0x8000000000000000").int64Val(&exact);
  EXPECT_FALSE(exact);
  EXPECT_EQ(integer("0x8000000000000000").uint64Val(&exact), uint64_t(1) << 63);
  EXPECT_TRUE(exact);
  ConstValue minus = ConstValue::unaryOp(Op::Sub, integer("1"), 0);
  EXPECT_EQ(minus.int64Val(&exact), -1);
  EXPECT_TRUE(exact);
  minus.uint64Val(&exact);
  EXPECT_FALSE(exact);
}

TEST(ConstValue, IntegerArithmeticGrowsAndShrinks) {
  ConstValue big = ConstValue::shift(integer("1"), Op::Shl, 100);
  EXPECT_EQ(big.string(), "1267650600228229401496703205376");
  EXPECT_EQ(bin(big, Op::Sub, bin(big, Op::Sub, integer("3"))).int64Val(), 3);
  EXPECT_EQ(ConstValue::shift(big, Op::Shr, 98).int64Val(), 4);
  ConstValue min = ConstValue::makeInt64(INT64_MIN);
  EXPECT_EQ(bin(min, Op::Div, ConstValue::makeInt64(-1), true).string(), "9223372036854775808");
  EXPECT_EQ(bin(min, Op::Rem, ConstValue::makeInt64(-1)).int64Val(), 0);
  EXPECT_EQ(bin(ConstValue::makeInt64(-7), Op::Div, integer("2"), true).int64Val(), -3);
  EXPECT_EQ(bin(ConstValue::makeInt64(-7), Op::Rem, integer("2")).int64Val(), -1);
  EXPECT_EQ(ConstValue::shift(ConstValue::makeInt64(-7), Op::Shr, 1).int64Val(), -4);
  EXPECT_EQ(bin(integer("12"), Op::AndNot, integer("10")).int64Val(), 4);
}

TEST(ConstValue, ComplementIsLimitedToTheType) {
  EXPECT_EQ(ConstValue::unaryOp(Op::Xor, integer("0"), 8).int64Val(), 255);
  EXPECT_EQ(ConstValue::unaryOp(Op::Xor, integer("0"), 64).uint64Val(), UINT64_MAX);
  EXPECT_EQ(ConstValue::unaryOp(Op::Xor, integer("5"), 0).int64Val(), -6);
}

TEST(ConstValue, DivisionByZeroIsUnknown) {
  EXPECT_EQ(bin(integer("1"), Op::Div, integer("0"), true).kind(), ConstValue::Unknown);
  EXPECT_EQ(bin(integer("1"), Op::Rem, integer("0")).kind(), ConstValue::Unknown);
  EXPECT_EQ(bin(real("1.0"), Op::Div, real("0.0")).kind(), ConstValue::Unknown);
}

TEST(ConstValue, QuotientsAreExactFractions) {
  ConstValue third = bin(integer("1"), Op::Div, integer("3"));
  EXPECT_EQ(third.kind(), ConstValue::Float);
  EXPECT_EQ(third.exactString(), "1/3");
  EXPECT_EQ(bin(third, Op::Mul, integer("3")).toInt().int64Val(), 1);
  EXPECT_EQ(real("0.1").exactString(), "1/10");
  EXPECT_TRUE(ConstValue::compare(bin(real("0.1"), Op::Add, real("0.2")), Op::Eql, real("0.3")));
}

TEST(ConstValue, FloatRounding) {
  bool exact;
  EXPECT_EQ(real("0.1").float64Val(&exact), 0.1);
  EXPECT_FALSE(exact);
  EXPECT_EQ(real("0.5").float64Val(&exact), 0.5);
  EXPECT_TRUE(exact);
  EXPECT_EQ(real("9007199254740993.0").float64Val(), 9007199254740992.0); // half way, to even
  EXPECT_EQ(real("16777217.0").float32Val(), 16777216.0f);
  EXPECT_EQ(real("4.9e-324").float64Val(), 5e-324);
  EXPECT_EQ(real("2.5e-324").float64Val(), 5e-324); // above half of the least subnormal
  EXPECT_EQ(real("2.4e-324").float64Val(), 0.0);
  EXPECT_TRUE(std::isinf(real("1.8e308").float64Val()));
  EXPECT_TRUE(std::isinf(real("3.4028235677973367e38").float32Val()));
  EXPECT_EQ(real("0x1p-2").float64Val(), 0.25);
  EXPECT_EQ(real("0x1.8p10").float64Val(), 1536.0);
}

TEST(ConstValue, HugeExponentsAreCheap) {
  EXPECT_EQ(real("1e1000000").string(), "1e+1000000");
  EXPECT_EQ(real("1e-1000000").kind(), ConstValue::Float);
  EXPECT_EQ(real("1e99999999999999999999").kind(), ConstValue::Unknown);
  EXPECT_EQ(real("1e-99999999999999999999").sign(), 0);
  EXPECT_EQ(real("1e1000000").toInt().kind(), ConstValue::Unknown);
  EXPECT_EQ(ConstValue::shift(integer("1"), Op::Shl, 4000000000u).kind(), ConstValue::Unknown);
}

TEST(ConstValue, FloatText) {
  EXPECT_EQ(real("123456.7").string(), "123456.7"); // %.6g would look like an integer
  EXPECT_EQ(real("1000000.1").string(), "1.0000001e+06");
  EXPECT_EQ(real("1e100").string(), "1e+100");
  EXPECT_EQ(real("1e400").string(), "1e+400");
  EXPECT_EQ(real("0.00001234").string(), "1.234e-05");
  EXPECT_EQ(real("3.0").string(), "3");
}

TEST(ConstValue, RoundingErrorsDoNotHideIntegers) {
  // Beyond fractions, sqrt-like chains give almost-integers; ToInt accepts an error in the last bits.
  ConstValue x = bin(real("1e5000"), Op::Div, real("3e4999"));
  EXPECT_EQ(bin(x, Op::Mul, real("3.0")).toInt().int64Val(), 10);
}

TEST(ConstValue, Complex) {
  ConstValue i = ConstValue::fromLiteral("1i", Lit::Imag);
  EXPECT_EQ(bin(i, Op::Mul, i).real().toInt().int64Val(), -1);
  EXPECT_EQ(bin(i, Op::Mul, i).toInt().int64Val(), -1);
  EXPECT_EQ(bin(integer("3"), Op::Add, i).string(), "(3 + 1i)");
  EXPECT_EQ(ConstValue::fromLiteral("0123i", Lit::Imag).imag().toInt().int64Val(), 123);
  EXPECT_EQ(bin(integer("2"), Op::Div, bin(integer("1"), Op::Add, i)).string(), "(1 + -1i)");
  EXPECT_TRUE(ConstValue::compare(bin(i, Op::Sub, i), Op::Eql, integer("0")));
  EXPECT_EQ(i.toFloat().kind(), ConstValue::Unknown);
}

TEST(ConstValue, StringsAndRunes) {
  EXPECT_EQ(ConstValue::fromLiteral("'\\u00e9'", Lit::Rune).int64Val(), 0xe9);
  EXPECT_EQ(ConstValue::fromLiteral("'\\377'", Lit::Rune).int64Val(), 255);
  EXPECT_EQ(ConstValue::fromLiteral("\"a\\xff\\u00e9\\n\"", Lit::String).stringVal(), "a\xff\xc3\xa9\n");
  EXPECT_EQ(ConstValue::fromLiteral("`a\r\n\\n`", Lit::String).stringVal(), "a\n\\n");
  EXPECT_EQ(ConstValue::fromLiteral("\"\\ud800\"", Lit::String).kind(), ConstValue::Unknown);
  EXPECT_EQ(ConstValue::makeString("a\tb\xff").string(), "\"a\\tb\\xff\"");
  EXPECT_EQ(ConstValue::makeString(std::string(100, 'x')).string(), "\"" + std::string(68, 'x') + "...");
}

TEST(ConstValue, LongConcatenationIsLinear) {
  ConstValue s = ConstValue::makeString("a"), one = ConstValue::makeString("b");
  for (int i = 0; i < 1000000; i++) s = bin(s, Op::Add, one);
  EXPECT_EQ(s.stringVal().size(), 1000001u);
  EXPECT_EQ(s.stringVal().take_front(3), "abb");
  for (int i = 0; i < 60; i++) s = bin(s, Op::Add, s);
  EXPECT_EQ(s.kind(), ConstValue::Unknown); // doubled beyond the limit
}

TEST(ConstValue, MismatchedOperandsAreUnknown) {
  EXPECT_EQ(bin(ConstValue::makeBool(true), Op::Add, integer("1")).kind(), ConstValue::Unknown);
  EXPECT_EQ(bin(real("1.5"), Op::And, integer("1")).kind(), ConstValue::Unknown);
  EXPECT_EQ(bin(ConstValue(), Op::Add, integer("1")).kind(), ConstValue::Unknown);
  EXPECT_FALSE(ConstValue::compare(ConstValue::makeString("a"), Op::Eql, integer("1")));
  EXPECT_EQ(ConstValue().sign(), 1);
}

TEST(ConstValue, BytesRoundTrip) {
  ConstValue values[] = {
      ConstValue::unknown(), ConstValue::makeBool(true), ConstValue::makeString("x\0y"), integer("0"),
      ConstValue::makeInt64(INT64_MIN), ConstValue::shift(integer("3"), Op::Shl, 500), real("0.1"),
      ConstValue::unaryOp(Op::Sub, real("1e4000"), 0), bin(integer("3"), Op::Add, ConstValue::fromLiteral("2.5i", Lit::Imag)),
  };
  for (const ConstValue& v : values) {
    std::string bytes;
    v.appendBytes(bytes);
    llvm::StringRef in = bytes;
    ConstValue back = ConstValue::fromBytes(in);
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(back.kind(), v.kind());
    EXPECT_EQ(back.exactString(), v.exactString());
    for (size_t n = 0; n < bytes.size(); n++) { // truncated: invalid, never a crash
      llvm::StringRef part = llvm::StringRef(bytes).take_front(n);
      EXPECT_FALSE(ConstValue::fromBytes(part).isValid()) << v.string() << " " << n;
    }
  }
}

} // namespace
