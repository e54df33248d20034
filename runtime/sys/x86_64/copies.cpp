// The C library's memmove copies 2 kB and more with `rep movsb`. On AMD processors that takes fifteen times as long when the destination lies a few bytes, modulo the
// page size, behind the source; two neighbours of 65,528 bytes on a stack do. glibc 2.40 avoids it (its bug 30994); here older ones are told to.
#include "runtime/sys/arch.h"
#include <cpuid.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>

// Of the static C library; absent from another one, or in a program that is linked dynamically.
extern "C" __attribute__((weak, visibility("hidden"))) long __x86_rep_movsb_threshold;

namespace stoat::rt {

void tuneCopies() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!&__x86_rep_movsb_threshold || !__get_cpuid(0, &a, &b, &c, &d) || memcmp(&b, "Auth", 4) != 0)
    return;
  const char *version = gnu_get_libc_version();   // "2.36"
  if (strncmp(version, "2.", 2) == 0 && atoi(version + 2) < 40)
    __x86_rep_movsb_threshold = long(~0ul >> 1);
}

} // namespace stoat::rt
