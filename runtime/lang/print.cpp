// print and println (LEAF: no allocation, small frames).
#include "runtime/base/print.h"

using namespace stoat::rt;

extern "C" {
void stoat_printlock() { printLock(); }
void stoat_printunlock() { printUnlock(); }
void stoat_printbool(bool v) { printText(v ? "true" : "false"); }
void stoat_printint(int64_t v) { printSigned(v); }
void stoat_printuint(uint64_t v) { printUnsigned(v); }
void stoat_printhex(uint64_t v) { printHex(v); }
void stoat_printfloat(double v) { printFloat(v); }
void stoat_printcomplex(double re, double im) {
  printText("(", 1);
  printFloat(re);
  printFloat(im);
  printText("i)", 2);
}
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
