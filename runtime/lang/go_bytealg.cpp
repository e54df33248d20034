// internal/bytealg and the comparisons of memory that compiled code calls. 16 bytes at a time with vectors of the target's base level; libc's
// memchr and memcmp are better still (they choose by CPU), but need more stack than a LEAF has on some machines.
#include "runtime/lang/go_symbol.h"

using namespace stoat::rt;

namespace {

typedef uint8_t Bytes16 __attribute__((vector_size(16)));

inline Bytes16 load16(const uint8_t *p) {
  Bytes16 v;
  __builtin_memcpy(&v, p, 16);
  return v;
}

inline Bytes16 splat(uint8_t c) { return Bytes16{} + c; }

// Bits of the bytes that are all ones. x86: one each; elsewhere four each.
#if defined(__SSE2__)
constexpr unsigned bitsPerByte = 1;
inline uint64_t maskOf(Bytes16 equal) {
  typedef char Chars16 __attribute__((vector_size(16)));
  return uint32_t(__builtin_ia32_pmovmskb128(Chars16(equal)));
}
#else
constexpr unsigned bitsPerByte = 4;
inline uint64_t maskOf(Bytes16 equal) {
  typedef uint16_t Shorts8 __attribute__((vector_size(16)));
  // Halves of 16 bits shifted by 4 and narrowed: 4 bits of each byte.
  Shorts8 shifted = Shorts8(equal) >> 4;
  uint64_t out = 0;
  typedef uint8_t Bytes8 __attribute__((vector_size(8)));
  Bytes8 narrow = __builtin_convertvector(shifted, Bytes8);
  __builtin_memcpy(&out, &narrow, 8);
  return out;
}
#endif

inline intptr_t indexByte(const uint8_t *p, intptr_t n, uint8_t c) {
  if (n < 16) {
    for (intptr_t i = 0; i < n; ++i)
      if (p[i] == c)
        return i;
    return -1;
  }
  Bytes16 wanted = splat(c);
  intptr_t i = 0;
  for (; i + 16 <= n; i += 16)
    if (uint64_t m = maskOf(Bytes16(load16(p + i) == wanted)))
      return i + __builtin_ctzll(m) / bitsPerByte;
  if (i < n) {
    i = n - 16;
    if (uint64_t m = maskOf(Bytes16(load16(p + i) == wanted)))
      return i + __builtin_ctzll(m) / bitsPerByte;
  }
  return -1;
}

inline intptr_t count(const uint8_t *p, intptr_t n, uint8_t c) {
  intptr_t total = 0, i = 0;
  Bytes16 wanted = splat(c);
  while (i + 16 <= n) {
    // A byte counts to at most 255 vectors.
    Bytes16 sums{};
    for (int rounds = 0; rounds < 255 && i + 16 <= n; ++rounds, i += 16)
      sums -= Bytes16(load16(p + i) == wanted);
    uint64_t halves[2];
    __builtin_memcpy(halves, &sums, 16);
    for (uint64_t h : halves)
      for (; h; h >>= 8)
        total += intptr_t(h & 255);
  }
  for (; i < n; ++i)
    total += p[i] == c;
  return total;
}

inline bool equal(const uint8_t *a, const uint8_t *b, Word n) {
  if (n >= 16) {
    Word i = 0;
    for (; i + 16 <= n; i += 16)
      if (maskOf(Bytes16(load16(a + i) == load16(b + i))) != (bitsPerByte == 1 ? 0xffff : ~uint64_t(0)))
        return false;
    i = n - 16;
    return maskOf(Bytes16(load16(a + i) == load16(b + i))) == (bitsPerByte == 1 ? 0xffff : ~uint64_t(0));
  }
  if (n >= 8) {
    uint64_t x, y, z, w;
    __builtin_memcpy(&x, a, 8);
    __builtin_memcpy(&y, b, 8);
    __builtin_memcpy(&z, a + n - 8, 8);
    __builtin_memcpy(&w, b + n - 8, 8);
    return ((x ^ y) | (z ^ w)) == 0;
  }
  if (n >= 4) {
    uint32_t x, y, z, w;
    __builtin_memcpy(&x, a, 4);
    __builtin_memcpy(&y, b, 4);
    __builtin_memcpy(&z, a + n - 4, 4);
    __builtin_memcpy(&w, b + n - 4, 4);
    return ((x ^ y) | (z ^ w)) == 0;
  }
  if (!n)
    return true;
  return a[0] == b[0] && a[n >> 1] == b[n >> 1] && a[n - 1] == b[n - 1];
}

inline intptr_t compare(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) {
  intptr_t common = n < m ? n : m, i = 0;
  if (a != b) {
    for (; i + 16 <= common; i += 16) {
      uint64_t mask = maskOf(Bytes16(load16(a + i) != load16(b + i)));
      if (mask) {
        i += __builtin_ctzll(mask) / bitsPerByte;
        return a[i] < b[i] ? -1 : 1;
      }
    }
    for (; i < common; ++i)
      if (a[i] != b[i])
        return a[i] < b[i] ? -1 : 1;
  }
  return n < m ? -1 : n > m ? 1 : 0;
}

// First place of b in a, 2 <= m: candidates have b's first and last byte.
inline intptr_t index(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) {
  intptr_t last = n - m;
  Bytes16 head = splat(b[0]), tail = splat(b[m - 1]);
  intptr_t i = 0;
  for (; i + 15 <= last; i += 16) {
    uint64_t mask = maskOf(Bytes16((load16(a + i) == head) & (load16(a + i + m - 1) == tail)));
    while (mask) {
      unsigned bit = unsigned(__builtin_ctzll(mask)) / bitsPerByte;
      if (equal(a + i + bit, b, Word(m)))
        return i + bit;
      mask &= ~(((uint64_t(1) << bitsPerByte) - 1) << (bit * bitsPerByte));
    }
  }
  for (; i <= last; ++i)
    if (a[i] == b[0] && equal(a + i, b, Word(m)))
      return i;
  return -1;
}

} // namespace

extern "C" {

bool stoat_memequal(const void *a, const void *b, Word n) {
  return a == b || equal(static_cast<const uint8_t *>(a), static_cast<const uint8_t *>(b), n);
}
intptr_t stoat_cmpstring(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) { return compare(a, n, b, m); }

bool goMemequal(const uint8_t *a, const uint8_t *b, Word n) GO_SYMBOL("runtime.memequal");
bool goMemequal(const uint8_t *a, const uint8_t *b, Word n) { return equal(a, b, n); }
intptr_t goCmpstring(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) GO_SYMBOL("runtime.cmpstring");
intptr_t goCmpstring(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) { return compare(a, n, b, m); }

intptr_t goIndexByte(const uint8_t *p, intptr_t n, intptr_t, uint8_t c) GO_SYMBOL("internal/bytealg.IndexByte");
intptr_t goIndexByte(const uint8_t *p, intptr_t n, intptr_t, uint8_t c) { return indexByte(p, n, c); }
intptr_t goIndexByteString(const uint8_t *p, intptr_t n, uint8_t c) GO_SYMBOL("internal/bytealg.IndexByteString");
intptr_t goIndexByteString(const uint8_t *p, intptr_t n, uint8_t c) { return indexByte(p, n, c); }
intptr_t goCompare(const uint8_t *a, intptr_t n, intptr_t, const uint8_t *b, intptr_t m, intptr_t) GO_SYMBOL("internal/bytealg.Compare");
intptr_t goCompare(const uint8_t *a, intptr_t n, intptr_t, const uint8_t *b, intptr_t m, intptr_t) { return compare(a, n, b, m); }
intptr_t goCount(const uint8_t *p, intptr_t n, intptr_t, uint8_t c) GO_SYMBOL("internal/bytealg.Count");
intptr_t goCount(const uint8_t *p, intptr_t n, intptr_t, uint8_t c) { return count(p, n, c); }
intptr_t goCountString(const uint8_t *p, intptr_t n, uint8_t c) GO_SYMBOL("internal/bytealg.CountString");
intptr_t goCountString(const uint8_t *p, intptr_t n, uint8_t c) { return count(p, n, c); }
intptr_t goIndex(const uint8_t *a, intptr_t n, intptr_t, const uint8_t *b, intptr_t m, intptr_t) GO_SYMBOL("internal/bytealg.Index");
intptr_t goIndex(const uint8_t *a, intptr_t n, intptr_t, const uint8_t *b, intptr_t m, intptr_t) { return index(a, n, b, m); }
intptr_t goIndexString(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) GO_SYMBOL("internal/bytealg.IndexString");
intptr_t goIndexString(const uint8_t *a, intptr_t n, const uint8_t *b, intptr_t m) { return index(a, n, b, m); }
}
