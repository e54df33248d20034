// What differs between processors: access to the running g, the stack limit, context switches. The only C++ header with architecture macros.
#pragma once
#include "runtime/abi/layout.h"

namespace stoat::rt {
struct G;

// The running goroutine. Read afresh each time (volatile): a goroutine that parks may wake up on another thread.
inline G *getg() {
  G *g;
#if defined(__x86_64__)
  asm volatile("movq %%fs:0x68, %0" : "=r"(g));
#elif defined(__i386__)
  asm volatile("movl %%gs:0x2c, %0" : "=r"(g));
#else
  asm volatile("mov %0, x28" : "=r"(g));
#endif
  return g;
}

inline void setg(G *g) {
#if defined(__x86_64__)
  asm volatile("movq %0, %%fs:0x68" ::"r"(g) : "memory");
#elif defined(__i386__)
  asm volatile("movl %0, %%gs:0x2c" ::"r"(g) : "memory");
#else
  asm volatile("mov x28, %0" ::"r"(g) : "memory");
#endif
}

// The limit that checks of this thread compare with; on arm64 it lives in g itself (g->stackLimit, first word).
inline void setThreadLimit([[maybe_unused]] Word limit) {
#if defined(__x86_64__)
  asm volatile("movq %0, %%fs:0x70" ::"r"(limit) : "memory");
#elif defined(__i386__)
  asm volatile("movl %0, %%gs:0x30" ::"r"(limit) : "memory");
#endif
}

inline Word *threadLimitSlot() {
#if defined(__x86_64__)
  Word base;
  asm volatile("movq %%fs:0, %0" : "=r"(base));
  return reinterpret_cast<Word *>(base + 0x70);
#elif defined(__i386__)
  Word base;
  asm volatile("movl %%gs:0, %0" : "=r"(base));
  return reinterpret_cast<Word *>(base + 0x30);
#else
  return nullptr;
#endif
}

inline Word stackPointer() {
  Word sp;
#if defined(__x86_64__)
  asm volatile("movq %%rsp, %0" : "=r"(sp));
#elif defined(__i386__)
  asm volatile("movl %%esp, %0" : "=r"(sp));
#else
  asm volatile("mov %0, sp" : "=r"(sp));
#endif
  return sp;
}

// Once at the start: corrects choices of the C library.
#if defined(__x86_64__)
void tuneCopies();
#else
inline void tuneCopies() {}
#endif

inline void cpuRelax() {
#if defined(__aarch64__)
  asm volatile("yield");
#else
  asm volatile("pause");
#endif
}

extern "C" {
// Saves callee-saved registers on the goroutine's stack and sp in g->schedSp, switches to m->systemSp and calls fn(g), which never returns.
// Returns when the scheduler continues g (execute), perhaps on another thread.
STOAT_SWITCHES_STACK STOAT_FRAME(56, 160, 24) void stoat_mcall(void (*fn)(G *));
// Continues a stopped context; TLS g and limit are set already (execute). Never returns.
STOAT_SWITCHES_STACK STOAT_FRAME(8, 0, 8) [[noreturn]] void stoat_gogo(Word sp);
// Calls fn(arg) on the thread's own stack and returns; the caller must be on a goroutine's stack.
STOAT_SWITCHES_STACK STOAT_FRAME(16, 16, 16) void stoat_switch_system(void (*fn)(void *), void *arg);
// Calls fn(sp, arg) with all callee-saved registers stored at and above sp.
STOAT_FRAME(72, 160, 48) void stoat_with_registers(void (*fn)(Word sp, void *arg), void *arg);
// From a SYSTEM or BLOCKING native that holds no lock: drops its entry record and goes on in the Go function func() `code` as if the native's Go caller had called it.
STOAT_FRAME(16, 0, 16) STOAT_ALLOCATES STOAT_BARRIER STOAT_BLOCKS [[noreturn]] void stoat_leave_native(void (*code)());
// First code of a goroutine: calls g->startFn, then stoat_goroutine_end. Never called from C++.
void stoat_gostart();
extern const char stoat_gostart_ret[];
// Saves callee-saved registers, stores sp to *save and continues at the sp `load` left by the same function.
STOAT_SWITCHES_STACK STOAT_FRAME(56, 160, 24) void stoat_swap(Word *save, Word load);
}

// Writes a stopped context at the top of a stack that begins with pc; returns its sp. At pc, sp is `top` (16-aligned) and the frame pointer 0.
inline Word makeContext(Word top, void (*pc)(), [[maybe_unused]] G *g) {
  Word *p = reinterpret_cast<Word *>(top & ~Word(15));
#if defined(__aarch64__)
  p -= 20;
  for (int i = 0; i < 20; i++)
    p[i] = 0;
  p[9] = reinterpret_cast<Word>(g);
  p[11] = reinterpret_cast<Word>(pc);
#else
  constexpr int registers = sizeof(Word) == 8 ? 6 : 4;
  p -= registers + 1;
  for (int i = 0; i < registers; i++)
    p[i] = 0;
  p[registers] = reinterpret_cast<Word>(pc);
#endif
  return reinterpret_cast<Word>(p);
}

} // namespace stoat::rt
