// Hash of memory: wyhash's final version 4 (64-bit words, folded 128-bit products), its 32-bit sister on 386. Keys are chosen at start.
#include "runtime/lang/lang.h"

namespace stoat::rt {

namespace {
struct Keys {
  uint64_t key[4] = {0xa0761d6478bd642full, 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull, 0x589965cc75374cc3ull};
};
constinit Keys keys;

template <class T> inline T load(const uint8_t *p) {
  T v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

#if defined(__LP64__)
inline uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return uint64_t(product) ^ uint64_t(product >> 64);
}

inline Word hashBytes(const uint8_t *p, Word seed, Word size) {
  const uint64_t *k = keys.key;
  uint64_t h = seed ^ k[0], a, b;
  if (size <= 16) {
    if (size >= 4) {
      Word middle = (size >> 3) << 2;
      a = uint64_t(load<uint32_t>(p)) << 32 | load<uint32_t>(p + middle);
      b = uint64_t(load<uint32_t>(p + size - 4)) << 32 | load<uint32_t>(p + size - 4 - middle);
    } else if (size) {
      a = uint64_t(p[0]) << 16 | uint64_t(p[size >> 1]) << 8 | p[size - 1];
      b = 0;
    } else {
      a = b = 0;
    }
  } else {
    Word left = size;
    if (left > 48) {
      uint64_t h1 = h, h2 = h;
      do {
        h = fold(load<uint64_t>(p) ^ k[1], load<uint64_t>(p + 8) ^ h);
        h1 = fold(load<uint64_t>(p + 16) ^ k[2], load<uint64_t>(p + 24) ^ h1);
        h2 = fold(load<uint64_t>(p + 32) ^ k[3], load<uint64_t>(p + 40) ^ h2);
        p += 48;
        left -= 48;
      } while (left > 48);
      h ^= h1 ^ h2;
    }
    while (left > 16) {
      h = fold(load<uint64_t>(p) ^ k[1], load<uint64_t>(p + 8) ^ h);
      p += 16;
      left -= 16;
    }
    a = load<uint64_t>(p + left - 16);
    b = load<uint64_t>(p + left - 8);
  }
  return fold(k[1] ^ size, fold(a ^ k[1], b ^ h));
}
#else
inline void mix(uint32_t &a, uint32_t &b) {
  uint64_t product = uint64_t(a ^ uint32_t(keys.key[0])) * (b ^ uint32_t(keys.key[1]));
  a = uint32_t(product);
  b = uint32_t(product >> 32);
}

inline Word hashBytes(const uint8_t *p, Word seed, Word size) {
  uint32_t a = seed ^ uint32_t(keys.key[2]), b = size ^ uint32_t(keys.key[3]);
  mix(a, b);
  Word left = size;
  for (; left > 8; left -= 8, p += 8) {
    a ^= load<uint32_t>(p);
    b ^= load<uint32_t>(p + 4);
    mix(a, b);
  }
  if (left >= 4) {
    a ^= load<uint32_t>(p);
    b ^= load<uint32_t>(p + left - 4);
  } else if (left) {
    a ^= uint32_t(p[0]) << 16 | uint32_t(p[left >> 1]) << 8 | p[left - 1];
  }
  mix(a, b);
  mix(a, b);
  return a ^ b;
}
#endif
} // namespace

void seedHash(const uint64_t *random) {
  for (int i = 0; i < 4; ++i)
    keys.key[i] = random[i] | 1;
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {
Word stoat_memhash(const void *p, Word seed, Word size) { return hashBytes(static_cast<const uint8_t *>(p), seed, size); }
Word stoat_strhash(const void *p, Word seed) {
  auto *s = static_cast<const String *>(p);
  return hashBytes(s->data, seed, Word(s->size));
}
}
