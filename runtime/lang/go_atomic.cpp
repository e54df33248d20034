// internal/runtime/atomic and sync/atomic as callable functions (the compiler makes most calls of them inline). All sequentially consistent, but for
// the names with Acq and Rel. 64-bit values are 8-byte aligned on 386 too: that is checked, as Go's assembly does.
#include "runtime/lang/go_symbol.h"

using namespace stoat::rt;

// Weak: on some targets Go has a body of its own for a part of these (atomic_amd64.go), which then counts.
#define A(name) asm("internal/runtime/atomic." name) __attribute__((weak))
#define S(name) asm("sync/atomic." name) __attribute__((weak))

namespace {
constexpr int seqCst = __ATOMIC_SEQ_CST;
typedef uint64_t U64 __attribute__((aligned(8)));

#if defined(__i386__)
extern "C" void panicUnaligned() asm("internal/runtime/atomic.panicUnaligned");
extern "C" void stoat_callgo(void *) ;
// Only reached by misuse of the package: the process ends, with the text that Go has.
[[gnu::noinline, noreturn]] void unaligned() { __builtin_trap(); }
inline void check(const void *p) {
  if (reinterpret_cast<Word>(p) & 7)
    unaligned();
}
#else
inline void check(const void *) {}
#endif
} // namespace

extern "C" {

#define LOAD(fn, label, type, order) \
  type fn(type *p) label;            \
  type fn(type *p) { return __atomic_load_n(p, order); }
#define STORE(fn, label, type, order)       \
  void fn(type *p, type v) label;           \
  void fn(type *p, type v) { __atomic_store_n(p, v, order); }
#define SWAP(fn, label, type)     \
  type fn(type *p, type v) label; \
  type fn(type *p, type v) { return __atomic_exchange_n(p, v, seqCst); }
#define CAS(fn, label, type)                     \
  bool fn(type *p, type old, type v) label;      \
  bool fn(type *p, type old, type v) { return __atomic_compare_exchange_n(p, &old, v, false, seqCst, seqCst); }
#define ADD(fn, label, type)      \
  type fn(type *p, type v) label; \
  type fn(type *p, type v) { return __atomic_add_fetch(p, v, seqCst); }
#define AND(fn, label, type)      \
  type fn(type *p, type v) label; \
  type fn(type *p, type v) { return __atomic_fetch_and(p, v, seqCst); }
#define OR(fn, label, type)       \
  type fn(type *p, type v) label; \
  type fn(type *p, type v) { return __atomic_fetch_or(p, v, seqCst); }
#define VOIDOP(fn, label, type, op) \
  void fn(type *p, type v) label;   \
  void fn(type *p, type v) { __atomic_fetch_##op(p, v, seqCst); }

// The same for 64-bit values, with the check.
#define LOAD64(fn, label, order)                                  \
  uint64_t fn(uint64_t *p) label;                                 \
  uint64_t fn(uint64_t *p) {                                      \
    check(p);                                                     \
    return __atomic_load_n(reinterpret_cast<U64 *>(p), order);    \
  }
#define STORE64(fn, label, order)                                 \
  void fn(uint64_t *p, uint64_t v) label;                         \
  void fn(uint64_t *p, uint64_t v) {                              \
    check(p);                                                     \
    __atomic_store_n(reinterpret_cast<U64 *>(p), v, order);       \
  }
#define OP64(fn, label, op)                                       \
  uint64_t fn(uint64_t *p, uint64_t v) label;                     \
  uint64_t fn(uint64_t *p, uint64_t v) {                          \
    check(p);                                                     \
    return __atomic_##op(reinterpret_cast<U64 *>(p), v, seqCst);  \
  }
#define CAS64(fn, label)                                          \
  bool fn(uint64_t *p, uint64_t old, uint64_t v) label;           \
  bool fn(uint64_t *p, uint64_t old, uint64_t v) {                \
    check(p);                                                     \
    U64 expected = old;                                           \
    return __atomic_compare_exchange_n(reinterpret_cast<U64 *>(p), &expected, v, false, seqCst, seqCst); \
  }

LOAD(aLoad, A("Load"), uint32_t, seqCst)
LOAD(aLoad8, A("Load8"), uint8_t, seqCst)
LOAD(aLoadp, A("Loadp"), Word, seqCst)
LOAD(aLoadAcq, A("LoadAcq"), uint32_t, __ATOMIC_ACQUIRE)
LOAD(aLoadAcquintptr, A("LoadAcquintptr"), Word, __ATOMIC_ACQUIRE)
LOAD(aLoadint32, A("Loadint32"), uint32_t, seqCst)
LOAD(aLoaduint, A("Loaduint"), Word, seqCst)
LOAD(aLoaduintptr, A("Loaduintptr"), Word, seqCst)
LOAD64(aLoad64, A("Load64"), seqCst)
LOAD64(aLoadAcq64, A("LoadAcq64"), __ATOMIC_ACQUIRE)
LOAD64(aLoadint64, A("Loadint64"), seqCst)
STORE(aStore, A("Store"), uint32_t, seqCst)
STORE(aStore8, A("Store8"), uint8_t, seqCst)
STORE(aStoreRel, A("StoreRel"), uint32_t, __ATOMIC_RELEASE)
STORE(aStoreReluintptr, A("StoreReluintptr"), Word, __ATOMIC_RELEASE)
STORE(aStoreint32, A("Storeint32"), uint32_t, seqCst)
STORE(aStoreuintptr, A("Storeuintptr"), Word, seqCst)
STORE(aStorepNoWB, A("StorepNoWB"), Word, seqCst)
STORE64(aStore64, A("Store64"), seqCst)
STORE64(aStoreRel64, A("StoreRel64"), __ATOMIC_RELEASE)
STORE64(aStoreint64, A("Storeint64"), seqCst)
SWAP(aXchg, A("Xchg"), uint32_t)
SWAP(aXchg8, A("Xchg8"), uint8_t)
SWAP(aXchgint32, A("Xchgint32"), uint32_t)
SWAP(aXchguintptr, A("Xchguintptr"), Word)
OP64(aXchg64, A("Xchg64"), exchange_n)
OP64(aXchgint64, A("Xchgint64"), exchange_n)
CAS(aCas, A("Cas"), uint32_t)
CAS(aCasRel, A("CasRel"), uint32_t)
CAS(aCasint32, A("Casint32"), uint32_t)
CAS(aCasp1, A("Casp1"), Word)
CAS(aCasuintptr, A("Casuintptr"), Word)
CAS64(aCas64, A("Cas64"))
CAS64(aCasint64, A("Casint64"))
ADD(aXadd, A("Xadd"), uint32_t)
ADD(aXaddint32, A("Xaddint32"), uint32_t)
ADD(aXadduintptr, A("Xadduintptr"), Word)
OP64(aXadd64, A("Xadd64"), add_fetch)
OP64(aXaddint64, A("Xaddint64"), add_fetch)
VOIDOP(aAnd, A("And"), uint32_t, and)
VOIDOP(aAnd8, A("And8"), uint8_t, and)
VOIDOP(aOr, A("Or"), uint32_t, or)
VOIDOP(aOr8, A("Or8"), uint8_t, or)
AND(aAnd32, A("And32"), uint32_t)
AND(aAnduintptr, A("Anduintptr"), Word)
OR(aOr32, A("Or32"), uint32_t)
OR(aOruintptr, A("Oruintptr"), Word)
OP64(aAnd64, A("And64"), fetch_and)
OP64(aOr64, A("Or64"), fetch_or)

LOAD(sLoadInt32, S("LoadInt32"), uint32_t, seqCst)
LOAD(sLoadUint32, S("LoadUint32"), uint32_t, seqCst)
LOAD(sLoadUintptr, S("LoadUintptr"), Word, seqCst)
LOAD(sLoadPointer, S("LoadPointer"), Word, seqCst)
LOAD64(sLoadInt64, S("LoadInt64"), seqCst)
LOAD64(sLoadUint64, S("LoadUint64"), seqCst)
STORE(sStoreInt32, S("StoreInt32"), uint32_t, seqCst)
STORE(sStoreUint32, S("StoreUint32"), uint32_t, seqCst)
STORE(sStoreUintptr, S("StoreUintptr"), Word, seqCst)
STORE64(sStoreInt64, S("StoreInt64"), seqCst)
STORE64(sStoreUint64, S("StoreUint64"), seqCst)
SWAP(sSwapInt32, S("SwapInt32"), uint32_t)
SWAP(sSwapUint32, S("SwapUint32"), uint32_t)
SWAP(sSwapUintptr, S("SwapUintptr"), Word)
OP64(sSwapInt64, S("SwapInt64"), exchange_n)
OP64(sSwapUint64, S("SwapUint64"), exchange_n)
CAS(sCasInt32, S("CompareAndSwapInt32"), uint32_t)
CAS(sCasUint32, S("CompareAndSwapUint32"), uint32_t)
CAS(sCasUintptr, S("CompareAndSwapUintptr"), Word)
CAS64(sCasInt64, S("CompareAndSwapInt64"))
CAS64(sCasUint64, S("CompareAndSwapUint64"))
ADD(sAddInt32, S("AddInt32"), uint32_t)
ADD(sAddUint32, S("AddUint32"), uint32_t)
ADD(sAddUintptr, S("AddUintptr"), Word)
OP64(sAddInt64, S("AddInt64"), add_fetch)
OP64(sAddUint64, S("AddUint64"), add_fetch)
AND(sAndInt32, S("AndInt32"), uint32_t)
AND(sAndUint32, S("AndUint32"), uint32_t)
AND(sAndUintptr, S("AndUintptr"), Word)
OP64(sAndInt64, S("AndInt64"), fetch_and)
OP64(sAndUint64, S("AndUint64"), fetch_and)
OR(sOrInt32, S("OrInt32"), uint32_t)
OR(sOrUint32, S("OrUint32"), uint32_t)
OR(sOrUintptr, S("OrUintptr"), Word)
OP64(sOrInt64, S("OrInt64"), fetch_or)
OP64(sOrUint64, S("OrUint64"), fetch_or)
}
