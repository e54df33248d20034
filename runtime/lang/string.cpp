// Strings: concatenation, conversions, ranging.
#include "runtime/base/print.h"
#include "runtime/gc/gc.h"
#include "runtime/mem/heap.h"
#include "runtime/sched/sched.h"

using namespace stoat::rt;

namespace {

// Strings of one byte need no memory of their own.
struct Bytes {
  uint8_t at[256];
  constexpr Bytes() : at() {
    for (int i = 0; i < 256; ++i)
      at[i] = uint8_t(i);
  }
};
constexpr Bytes singleBytes;

constexpr uint32_t runeError = 0xfffd;

unsigned encode(uint8_t *out, uint32_t rune) {
  if (rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
    rune = runeError;
  if (rune < 0x80) {
    out[0] = uint8_t(rune);
    return 1;
  }
  if (rune < 0x800) {
    out[0] = uint8_t(0xc0 | rune >> 6);
    out[1] = uint8_t(0x80 | (rune & 0x3f));
    return 2;
  }
  if (rune < 0x10000) {
    out[0] = uint8_t(0xe0 | rune >> 12);
    out[1] = uint8_t(0x80 | (rune >> 6 & 0x3f));
    out[2] = uint8_t(0x80 | (rune & 0x3f));
    return 3;
  }
  out[0] = uint8_t(0xf0 | rune >> 18);
  out[1] = uint8_t(0x80 | (rune >> 12 & 0x3f));
  out[2] = uint8_t(0x80 | (rune >> 6 & 0x3f));
  out[3] = uint8_t(0x80 | (rune & 0x3f));
  return 4;
}

unsigned runeLength(uint32_t rune) {
  if (rune < 0x80)
    return 1;
  if (rune < 0x800)
    return 2;
  if (rune >= 0x10000 && rune <= 0x10ffff)
    return 4;
  return 3; // and RuneError for what is no rune
}

// Decodes the rune at p, n > 0 bytes left; an invalid one is RuneError of one byte.
uint32_t decode(const uint8_t *p, intptr_t n, unsigned &width) {
  uint32_t c = p[0];
  width = 1;
  if (c < 0x80)
    return c;
  auto next = [&](intptr_t i, uint8_t low, uint8_t high) { return i < n && p[i] >= low && p[i] <= high; };
  if (c >= 0xc2 && c < 0xe0) {
    if (!next(1, 0x80, 0xbf))
      return runeError;
    width = 2;
    return (c & 0x1f) << 6 | (p[1] & 0x3f);
  }
  if (c >= 0xe0 && c < 0xf0) {
    if (!next(1, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf) || !next(2, 0x80, 0xbf))
      return runeError;
    width = 3;
    return (c & 0xf) << 12 | uint32_t(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
  }
  if (c >= 0xf0 && c < 0xf5) {
    if (!next(1, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf) || !next(2, 0x80, 0xbf) || !next(3, 0x80, 0xbf))
      return runeError;
    width = 4;
    return (c & 7) << 18 | uint32_t(p[1] & 0x3f) << 12 | uint32_t(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
  }
  return runeError;
}

uint8_t *newBytes(Word n) { return static_cast<uint8_t *>(allocBytes(n, false)); }

// Strings that live in a frame must not be handed on as the result of a concatenation.
bool isOnStack(const uint8_t *p) {
  for (const StackSegment *s = currentG()->segment; s; s = s->older)
    if (Word(p) >= Word(s) && Word(p) < s->top)
      return true;
  return false;
}

constexpr intptr_t frameBuffer = 32; // as codegen/mir's stackBufferSize

} // namespace

extern "C" {

void stoat_concatstrings_impl(String *out, const String *parts, intptr_t n, uint8_t *buffer) {
  intptr_t total = 0, only = -1;
  bool several = false;
  for (intptr_t i = 0; i < n; ++i) {
    if (!parts[i].size)
      continue;
    several = only >= 0;
    only = i;
    if (__builtin_add_overflow(total, parts[i].size, &total))
      throwError("string concatenation too long");
  }
  if (only < 0) {
    *out = {nullptr, 0};
    return;
  }
  if (!several && !isOnStack(parts[only].data)) {
    *out = parts[only];
    return;
  }
  uint8_t *data = buffer && total <= frameBuffer ? buffer : newBytes(Word(total)), *at = data;
  for (intptr_t i = 0; i < n; ++i) {
    if (!parts[i].size)
      continue;
    __builtin_memcpy(at, parts[i].data, Word(parts[i].size));
    at += parts[i].size;
  }
  *out = {data, total};
}

void stoat_slicebytetostring_impl(String *out, const uint8_t *p, intptr_t n) {
  if (n == 0) {
    *out = {nullptr, 0};
    return;
  }
  if (n == 1) {
    *out = {&singleBytes.at[*p], 1};
    return;
  }
  uint8_t *data = newBytes(Word(n));
  __builtin_memcpy(data, p, Word(n));
  *out = {data, n};
}

void stoat_stringtoslicebyte_impl(Slice *out, const uint8_t *p, intptr_t n) {
  if (n == 0) {
    *out = {zeroBase, 0, 0};
    return;
  }
  Word capacity = roundupSize(Word(n), true);
  uint8_t *data = newBytes(capacity);
  __builtin_memcpy(data, p, Word(n));
  __builtin_memset(data + n, 0, capacity - Word(n));
  *out = {data, n, intptr_t(capacity)};
}

void stoat_slicerunetostring_impl(String *out, const uint32_t *runes, intptr_t n) {
  intptr_t size = 0;
  for (intptr_t i = 0; i < n; ++i)
    size += runeLength(runes[i]);
  if (!size) {
    *out = {nullptr, 0};
    return;
  }
  uint8_t *data = newBytes(Word(size)), *at = data;
  for (intptr_t i = 0; i < n; ++i)
    at += encode(at, runes[i]);
  *out = {data, size};
}

void stoat_stringtoslicerune_impl(Slice *out, const uint8_t *p, intptr_t n) {
  intptr_t count = 0;
  unsigned width;
  for (intptr_t i = 0; i < n; i += width, ++count)
    decode(p + i, n - i, width);
  if (!count) {
    *out = {zeroBase, 0, 0};
    return;
  }
  Word bytes = roundupSize(Word(count) * 4, true);
  auto *data = reinterpret_cast<uint32_t *>(newBytes(bytes));
  intptr_t at = 0;
  for (intptr_t i = 0; i < n; i += width)
    data[at++] = decode(p + i, n - i, width);
  __builtin_memset(data + count, 0, bytes - Word(count) * 4);
  *out = {data, count, intptr_t(bytes / 4)};
}

void stoat_intstring_impl(String *out, int64_t value) {
  uint32_t rune = value < 0 || value > 0x10ffff ? runeError : uint32_t(value);
  if (rune < 0x80) {
    *out = {&singleBytes.at[rune], 1};
    return;
  }
  uint8_t buffer[4];
  unsigned n = encode(buffer, rune);
  uint8_t *data = newBytes(n);
  __builtin_memcpy(data, buffer, n);
  *out = {data, intptr_t(n)};
}

struct DecodedRune {
  int32_t rune;
  intptr_t next;
};
void stoat_decoderune(DecodedRune *out, const uint8_t *p, intptr_t n, intptr_t index) {
  unsigned width;
  out->rune = int32_t(decode(p + index, n - index, width));
  out->next = index + width;
}
}
