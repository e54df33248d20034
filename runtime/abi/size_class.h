// Size classes of the heap: object size and pages of a span for each class. The numbers are those of gc, so that append grows alike.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {

inline constexpr Word pageShift = 13, pageBytes = Word(1) << pageShift;
inline constexpr uint32_t classCount = 68;
inline constexpr Word maxSmallSize = 32768;
inline constexpr Word tinySize = 16;
// On 32-bit targets 12 bytes may begin with a 64-bit value that atomics use.
inline constexpr bool isTinyOf8(Word size, Word bytesOfWord) { return (size & 7) == 0 || (bytesOfWord == 4 && size == 12); }
inline constexpr uint8_t tinyClass = 2;

inline constexpr uint16_t classSize[classCount] = {
    0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512,
    576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144,
    6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264,
    28672, 32768};
inline constexpr uint8_t classPages[classCount] = {
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 3,
    2, 3, 1, 3, 2, 3, 4, 5, 6, 1, 7, 6, 5, 4, 3, 5, 7, 2, 9, 7, 5, 8, 3, 10, 7, 4};

struct SizeTables {
  uint8_t small[1024 / 8 + 1];                // sizes up to 1024, by 8
  uint8_t medium[(32768 - 1024) / 128 + 1];   // above, by 128
};
constexpr SizeTables makeSizeTables() {
  SizeTables t{};
  uint8_t c = 0;
  for (uint32_t i = 0; i <= 1024 / 8; i++) {
    while (classSize[c] < i * 8)
      c++;
    t.small[i] = c;
  }
  for (uint32_t i = 0; i <= (32768 - 1024) / 128; i++) {
    while (classSize[c] < 1024 + i * 128)
      c++;
    t.medium[i] = c;
  }
  return t;
}
inline constexpr SizeTables sizeTables = makeSizeTables();

inline uint8_t sizeToClass(Word size) {
  return size <= 1024 - 8 ? sizeTables.small[(size + 7) >> 3] : sizeTables.medium[(size - 1024 + 127) >> 7];
}

} // namespace stoat::rt
