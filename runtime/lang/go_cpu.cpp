// Processor identification, and empty markers, in place of Go's assembly.
#include "runtime/lang/go_symbol.h"

using namespace stoat::rt;

extern "C" {

#if defined(__x86_64__) || defined(__i386__)
struct CpuId {
  uint32_t eax, ebx, ecx, edx;
};
struct Xcr {
  uint32_t eax, edx;
};
void goCpuid(CpuId *out, uint32_t leaf, uint32_t sub) GO_SYMBOL("internal/cpu.cpuid");
void goCpuid(CpuId *out, uint32_t leaf, uint32_t sub) {
  asm volatile("cpuid" : "=a"(out->eax), "=b"(out->ebx), "=c"(out->ecx), "=d"(out->edx) : "a"(leaf), "c"(sub));
}
void goXgetbv(Xcr *out) GO_SYMBOL("internal/cpu.xgetbv");
void goXgetbv(Xcr *out) { asm volatile("xgetbv" : "=a"(out->eax), "=d"(out->edx) : "c"(0)); }
int32_t goAmd64Level() GO_SYMBOL("internal/cpu.getGOAMD64level");
int32_t goAmd64Level() { return 1; }
void xCpuid(CpuId *out, uint32_t leaf, uint32_t sub) GO_SYMBOL("vendor/golang.org/x/sys/cpu.cpuid");
void xCpuid(CpuId *out, uint32_t leaf, uint32_t sub) { goCpuid(out, leaf, sub); }
void xXgetbv(Xcr *out) GO_SYMBOL("vendor/golang.org/x/sys/cpu.xgetbv");
void xXgetbv(Xcr *out) { goXgetbv(out); }
#endif

#if defined(__aarch64__)
#define ID_REGISTER(fn, symbol, reg)               \
  uint64_t fn() GO_SYMBOL(symbol);                 \
  uint64_t fn() {                                  \
    uint64_t v;                                    \
    asm volatile("mrs %0, " reg : "=r"(v));        \
    return v;                                      \
  }
ID_REGISTER(goMidr, "internal/cpu.getMIDR", "MIDR_EL1")
ID_REGISTER(goIsar0, "internal/cpu.getisar0", "ID_AA64ISAR0_EL1")
ID_REGISTER(goPfr0, "internal/cpu.getpfr0", "ID_AA64PFR0_EL1")
ID_REGISTER(xIsar0, "vendor/golang.org/x/sys/cpu.getisar0", "ID_AA64ISAR0_EL1")
ID_REGISTER(xIsar1, "vendor/golang.org/x/sys/cpu.getisar1", "ID_AA64ISAR1_EL1")
ID_REGISTER(xPfr0, "vendor/golang.org/x/sys/cpu.getpfr0", "ID_AA64PFR0_EL1")
// Not readable by name with every assembler: S3_0_C0_C4_4.
ID_REGISTER(xZfr0, "vendor/golang.org/x/sys/cpu.getzfr0", "S3_0_C0_C4_4")

// PSTATE.DIT is left alone: std's portable code does not rely on it.
bool goDitEnabled() GO_SYMBOL("internal/runtime/sys.DITEnabled");
bool goDitEnabled() { return false; }
bool goEnableDit() GO_SYMBOL("internal/runtime/sys.EnableDIT");
bool goEnableDit() { return false; }
void goDisableDit() GO_SYMBOL("internal/runtime/sys.DisableDIT");
void goDisableDit() {}
#endif

void goSigBoring() GO_SYMBOL("crypto/internal/boring/sig.BoringCrypto");
void goSigBoring() {}
void goSigFips() GO_SYMBOL("crypto/internal/boring/sig.FIPSOnly");
void goSigFips() {}
void goSigStandard() GO_SYMBOL("crypto/internal/boring/sig.StandardCrypto");
void goSigStandard() {}
}
