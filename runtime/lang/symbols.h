// What Go code learns about program counters (lib/runtime/symtab.go), and the frames of goroutines as users see them: one for each level of inlining.
//
// Callers gives return addresses. A frame that was inlined has the return address of the physical frame that it is in; it is told apart by its level:
// 64-bit: level << 48 | return address; 386: an index into a table, small enough to be no address of code (index < 65536).
#pragma once
#include "runtime/code/unwind.h"
#include "runtime/sched/g_m_p.h"

namespace stoat::rt {

// Go: runtime.funcInfo.
struct FuncInfo {
  String name, file;
  intptr_t line, startLine;
  Word entry;
  bool inlined, wrapper;
};

Word encodeLevel(Word returnPc, unsigned level);
Word decodeLevel(Word pc, unsigned &level);

// A frame of the user's view. `returnPc` is that of the physical frame, `level` 0 for the innermost function there.
struct LogicalFrame {
  Func func;
  Word returnPc;
  unsigned level, levels;
  Position position;
  bool isPhysical() const { return level + 1 == levels; }
};

// Calls visit for the frames of g, youngest first, until it returns false. g must not be running elsewhere.
void forEachFrame(G *g, bool (*visit)(const LogicalFrame &, void *), void *context);

// Prints to fd 2 and the crash file, or into a buffer.
struct Sink {
  uint8_t *buffer = nullptr;
  Word size = 0, used = 0;
  void text(const char *s, Word n);
  void text(const char *s);
  void number(uint64_t value);
  void hex(uint64_t value);
};
void printGoroutine(Sink &sink, G *g);
void printOthers(Sink &sink, G *except);

} // namespace stoat::rt
