// print and println (LEAF: no allocation, small frames; floating point is SYSTEM, because the conversion to shortest decimal needs some stack).
#include "runtime/base/print.h"
#include <stdio.h>
#include <stdlib.h>

using namespace stoat::rt;

namespace {

// As strconv.AppendFloat(v, 'g', -1): shortest digits that read back as v, with an exponent below 1e-4 and from 1e6 on.
template <class T> unsigned formatFloat(char *out, T v) {
  if (__builtin_isnan(v)) {
    __builtin_memcpy(out, "NaN", 3);
    return 3;
  }
  if (__builtin_isinf(v)) {
    __builtin_memcpy(out, v > 0 ? "+Inf" : "-Inf", 4);
    return 4;
  }
  // No C++ library here: the first precision whose digits read back as v.
  char text[40];
  char *end = text;
  for (int precision = 0; precision <= 17; ++precision) {
    end = text + snprintf(text, sizeof text, "%.*e", precision, double(v));
    if (sizeof(T) == 4 ? strtof(text, nullptr) == v : strtod(text, nullptr) == v)
      break;
  }
  // [-]d[.ddd]e+-xx
  char digits[32];
  int count = 0, exponent = 0;
  bool negative = text[0] == '-';
  char *p = text + negative;
  for (; p < end && *p != 'e'; ++p)
    if (*p != '.')
      digits[count++] = *p;
  bool down = p[1] == '-';
  for (p += 2; p < end; ++p)
    exponent = exponent * 10 + (*p - '0');
  if (down)
    exponent = -exponent;
  unsigned n = 0;
  if (negative)
    out[n++] = '-';
  if (exponent < -4 || exponent >= 6) {
    out[n++] = digits[0];
    if (count > 1) {
      out[n++] = '.';
      for (int i = 1; i < count; ++i)
        out[n++] = digits[i];
    }
    out[n++] = 'e';
    out[n++] = exponent < 0 ? '-' : '+';
    unsigned magnitude = unsigned(exponent < 0 ? -exponent : exponent);
    if (magnitude >= 100)
      out[n++] = char('0' + magnitude / 100);
    out[n++] = char('0' + magnitude / 10 % 10);
    out[n++] = char('0' + magnitude % 10);
    return n;
  }
  if (exponent < 0) {
    out[n++] = '0';
    out[n++] = '.';
    for (int i = -1; i > exponent; --i)
      out[n++] = '0';
    for (int i = 0; i < count; ++i)
      out[n++] = digits[i];
    return n;
  }
  for (int i = 0; i <= exponent || i < count; ++i) {
    if (i == exponent + 1)
      out[n++] = '.';
    out[n++] = i < count ? digits[i] : '0';
  }
  return n;
}

template <class T> void printShortest(T v) {
  char text[64];
  printText(text, formatFloat(text, v));
}

template <class T> void printPair(T re, T im) {
  char text[136];
  unsigned n = 0;
  text[n++] = '(';
  n += formatFloat(text + n, re);
  unsigned at = n + 1;
  unsigned length = formatFloat(text + at, im);
  if (text[at] != '+' && text[at] != '-') {
    text[n] = '+';
    n = at + length;
  } else {
    __builtin_memmove(text + n, text + at, length);
    n += length;
  }
  text[n++] = 'i';
  text[n++] = ')';
  printText(text, n);
}

} // namespace

extern "C" {
void stoat_printlock() { printLock(); }
void stoat_printunlock() { printUnlock(); }
void stoat_printbool(bool v) { printText(v ? "true" : "false"); }
void stoat_printint(int64_t v) { printSigned(v); }
void stoat_printuint(uint64_t v) { printUnsigned(v); }
void stoat_printhex(uint64_t v) { printHex(v); }
void stoat_printfloat_impl(double v) { printShortest(v); }
void stoat_printfloat32_impl(float v) { printShortest(v); }
void stoat_printcomplex_impl(double re, double im) { printPair(re, im); }
void stoat_printcomplex64_impl(float re, float im) { printPair(re, im); }
void stoat_printstring(const char *p, intptr_t n) { printText(p, Word(n)); }
void stoat_printpointer(const void *p) { printHex(reinterpret_cast<Word>(p)); }
void stoat_printslice(const void *p, intptr_t n, intptr_t capacity) {
  printText("[", 1);
  printSigned(n);
  printText("/", 1);
  printSigned(capacity);
  printText("]", 1);
  printHex(reinterpret_cast<Word>(p));
}
void stoat_printeface(const void *type, const void *data) {
  printText("(", 1);
  printHex(reinterpret_cast<Word>(type));
  printText(",", 1);
  printHex(reinterpret_cast<Word>(data));
  printText(")", 1);
}
void stoat_printsp() { printText(" ", 1); }
void stoat_printnl() { printText("\n", 1); }
}
