// Functions of package math for which Go has assembly: same results, bit for bit, so the same operations in the same order (no contraction; fused
// multiply-add only where Go's assembly has it). Algorithms: x86-64 Exp: N. Shibata, "Efficient evaluation methods of elementary functions suitable for SIMD
// computation" (2010), with the constants of SLEEF; Log and arm64 Exp, Exp2: FreeBSD's msun.
#include "runtime/lang/go_symbol.h"
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

using namespace stoat::rt;

namespace {

uint64_t bitsOf(double x) { return __builtin_bit_cast(uint64_t, x); }
double fromBits(uint64_t b) { return __builtin_bit_cast(double, b); }
constexpr uint64_t signBit = uint64_t(1) << 63;
constexpr uint64_t infBits = 0x7ff0000000000000;
constexpr uint64_t nanBits = 0x7ff8000000000001;

[[maybe_unused]] double truncate(double x) {
  uint64_t b = bitsOf(x);
  int e = int(b >> 52 & 0x7ff) - 1023;
  if (e >= 52)
    return x; // integers, infinities, NaN
  if (e < 0)
    return fromBits(b & signBit);
  return fromBits(b & ~((uint64_t(1) << (52 - e)) - 1));
}
[[maybe_unused]] double floorOf(double x) {
  double t = truncate(x);
  return t > x ? t - 1 : t; // t > x only for negative x
}
[[maybe_unused]] double ceilOf(double x) {
  double t = truncate(x);
  if (!(t < x))
    return t;
  t += 1;
  return t;
}

} // namespace

extern "C" {

double goFloor(double x) GO_SYMBOL("math.archFloor");
double goFloor(double x) { return floorOf(x); }
double goCeil(double x) GO_SYMBOL("math.archCeil");
double goCeil(double x) { return ceilOf(x); }
double goTrunc(double x) GO_SYMBOL("math.archTrunc");
double goTrunc(double x) { return truncate(x); }

double goMax(double x, double y) GO_SYMBOL("math.archMax");
double goMax(double x, double y) {
  if (bitsOf(x) == infBits || bitsOf(y) == infBits)
    return fromBits(infBits);
  if (x != x || y != y)
    return fromBits(nanBits);
  if (x == 0 && y == 0)
    return fromBits(bitsOf(x) & bitsOf(y));
  return x > y ? x : y;
}
double goMin(double x, double y) GO_SYMBOL("math.archMin");
double goMin(double x, double y) {
  if (bitsOf(x) == (infBits | signBit) || bitsOf(y) == (infBits | signBit))
    return fromBits(infBits | signBit);
  if (x != x || y != y)
    return fromBits(nanBits);
  if (x == 0 && y == 0)
    return fromBits(bitsOf(x) | bitsOf(y));
  return x < y ? x : y;
}

#if defined(__x86_64__)

namespace {
bool hasFma() {
  uint32_t a = 1, b, c = 0, d;
  asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  constexpr uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28;
  if ((c & (fma | osxsave | avx)) != (fma | osxsave | avx))
    return false;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 6) == 6;
}
// 0 unknown, 1 no, 2 yes; racing threads find the same.
constinit uint8_t fmaState = 0;

constexpr double expLog2e = 1.4426950408889634073599246810018920;
constexpr double ln2Upper = 0.69314718055966295651160180568695068359375;
constexpr double ln2Lower = 0.28235290563031577122588448175013436025525412068e-12;
constexpr double expC[] = {2.4801587301587301587e-5, 1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
                           4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5,                      1.0};

double expReducedPlain(double x, double k) {
  x -= k * ln2Upper;
  x -= k * ln2Lower;
  x *= 0.0625;
  double p = expC[0];
  for (int i = 1; i < 8; ++i)
    p = p * x + expC[i];
  x *= p; // e^x - 1; then (e^x - 1)(e^x + 1) four times
  for (int i = 0; i < 4; ++i)
    x *= x + 2.0;
  return x + 1.0;
}

__attribute__((target("fma,avx"))) double expReducedFused(double x, double k) {
  x = __builtin_fma(-k, ln2Upper, x);
  x = __builtin_fma(-k, ln2Lower, x);
  x *= 0.0625;
  double p = expC[0];
  for (int i = 1; i < 8; ++i)
    p = __builtin_fma(p, x, expC[i]);
  x *= p;
  for (int i = 0; i < 3; ++i)
    x *= x + 2.0;
  return __builtin_fma(x, x + 2.0, 1.0);
}
} // namespace

double goExp(double x) GO_SYMBOL("math.archExp");
double goExp(double x) {
  uint64_t b = bitsOf(x);
  if ((b & ~signBit) >= infBits)
    return b == (infBits | signBit) ? 0 : x;
  if (x > 7.09782712893384e+02)
    return fromBits(infBits);
  if (!__atomic_load_n(&fmaState, __ATOMIC_RELAXED))
    __atomic_store_n(&fmaState, uint8_t(hasFma() ? 2 : 1), __ATOMIC_RELAXED);
  int32_t e = _mm_cvtsd_si32(_mm_set_sd(x * expLog2e)); // to nearest; 0x80000000 when it does not fit
  double k = e;
  double y = fmaState == 2 ? expReducedFused(x, k) : expReducedPlain(x, k);
  int32_t biased = int32_t(uint32_t(e) + 0x3ff);
  if (biased <= 0) {
    if (biased < -52)
      return 0;
    y *= fromBits(uint64_t(uint32_t(biased + 0x3fe)) << 52);
    return y * fromBits(uint64_t(1) << 52);
  }
  if (biased >= 0x7ff)
    return fromBits(infBits);
  return y * fromBits(uint64_t(uint32_t(biased)) << 52);
}

double goLog(double x) GO_SYMBOL("math.archLog");
double goLog(double x) {
  uint64_t b = bitsOf(x);
  if (!(b & ~signBit))
    return fromBits(infBits | signBit);
  if (b & signBit)
    return fromBits(nanBits);
  if (b >= infBits)
    return x;
  double f = fromBits((b & 0x000fffffffffffff) | 0x3fe0000000000000);
  double k = double(int32_t(b >> 52 & 0x7ff) - 0x3fe);
  if (!(7.07106781186547524401e-01 < f)) {
    k -= 1;
    f *= 2;
  }
  f -= 1;
  double s = f / (2.0 + f);
  double s2 = s * s, s4 = s2 * s2;
  double t1 = s2 * (((1.479819860511658591e-01 * s4 + 1.818357216161805012e-01) * s4 + 2.857142874366239149e-01) * s4 + 6.666666666666735130e-01);
  double t2 = s4 * ((1.531383769920937332e-01 * s4 + 2.222219843214978396e-01) * s4 + 3.999999999940941908e-01);
  double r = t1 + t2;
  double half = 0.5 * f * f;
  double inner = s * (r + half) + k * 1.90821492927058770002e-10;
  return k * 6.93147180369123816490e-01 - ((half - inner) - f);
}
#endif

#if defined(__x86_64__) || defined(__i386__)
double goHypot(double p, double q) GO_SYMBOL("math.archHypot");
double goHypot(double p, double q) {
  uint64_t a = bitsOf(p) & ~signBit, b = bitsOf(q) & ~signBit;
  if (a >= infBits || b >= infBits)
    return fromBits(a == infBits || b == infBits ? infBits : nanBits);
  if (!(a | b))
    return 0;
  double x = fromBits(a), y = fromBits(b);
  // On 386 too: gc's runtime sets the x87 unit to round each operation to double precision.
  double large = x < y ? y : x, small = x < y ? x : y;
  double t = small / large;
  return large * _mm_cvtsd_f64(_mm_sqrt_pd(_mm_set1_pd(t * t + 1.0)));
}
#endif

#if defined(__aarch64__)
namespace {
constexpr double ln2Hi = 6.93147180369123816490e-01, ln2Lo = 1.90821492927058770002e-10;

// 2^k * e^(hi-lo)
double expMulti(double hi, double lo, int64_t k) {
  constexpr double p1 = 1.66666666666666657415e-01, p2 = -2.77777777770155933842e-03, p3 = 6.61375632143793436117e-05, p4 = -1.65339022054652515390e-06,
                   p5 = 4.13813679705723846039e-08;
  double r = hi - lo, t = r * r;
  double c = __builtin_fma(t, __builtin_fma(t, __builtin_fma(t, __builtin_fma(t, p5, p4), p3), p2), p1);
  c = __builtin_fma(-t, c, r);
  double y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
  uint64_t b = bitsOf(y);
  int64_t e = int64_t(b >> 52) + k;
  double m = 1.0;
  if (e < 1) {
    e += 52;
    m = fromBits(0x3cb0000000000000);
  }
  return m * fromBits(uint64_t(e) << 52 | (b & 0x000fffffffffffff));
}
} // namespace

double goExp(double x) GO_SYMBOL("math.archExp");
double goExp(double x) {
  if (x != x)
    return x;
  if (x > 7.09782712893383973096e+02)
    return fromBits(infBits);
  if (x < -7.45133219101941108420e+02)
    return 0;
  if (__builtin_fabs(x) < fromBits(0x3e30000000000000))
    return 1 + x;
  constexpr double log2e = 1.44269504088896338700e+00;
  double kf = x < 0 ? __builtin_fma(log2e, x, -0.5) : __builtin_fma(log2e, x, 0.5);
  int64_t k = int64_t(kf);
  return expMulti(__builtin_fma(-double(k), ln2Hi, x), double(k) * ln2Lo, k);
}

double goExp2(double x) GO_SYMBOL("math.archExp2");
double goExp2(double x) {
  if (x != x)
    return x;
  if (x > 1.0239999999999999e+03)
    return fromBits(infBits);
  if (x < -1.0740e+03)
    return 0;
  int64_t k = int64_t(x < 0 ? x - 0.5 : x + 0.5);
  double t = x - double(k);
  return expMulti(t * ln2Hi, -(t * ln2Lo), k);
}
#endif
}
