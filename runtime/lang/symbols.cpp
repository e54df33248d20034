// runtime.Callers and the look-up of functions by address.
#include "runtime/lang/symbols.h"
#include "runtime/gc/heap_slot.h"
#include "runtime/base/lock.h"
#include "runtime/sched/sched.h"

namespace stoat::rt {

#if defined(__i386__)
// Level tags do not fit 32 bits: remember the pairs in use. Never freed; a program has few inlined call sites that are ever asked for.
namespace {
struct Tagged {
  Word returnPc;
  unsigned level;
};
constexpr Word tagCapacity = 16384;
constinit Tagged tagged[tagCapacity]{};
constinit Word taggedCount = 0;
constinit Mutex taggedLock{LockRank::Reflect};
} // namespace

Word encodeLevel(Word returnPc, unsigned level) {
  if (!level)
    return returnPc;
  LockGuard guard(taggedLock);
  for (Word i = 0; i < taggedCount; ++i)
    if (tagged[i].returnPc == returnPc && tagged[i].level == level)
      return 2 * i + 4;
  if (taggedCount == tagCapacity)
    return returnPc;
  tagged[taggedCount] = {returnPc, level};
  return 2 * taggedCount++ + 4;
}

Word decodeLevel(Word pc, unsigned &level) {
  level = 0;
  if (pc < 3 || pc >= 2 * tagCapacity + 4)   // 3: one less than the first
    return pc;
  // Odd: Frame.PC, which is one less than what Callers gave.
  const Tagged &t = tagged[(pc + 1 - 4) / 2];
  level = t.level;
  return t.returnPc - (pc & 1);
}
#else
Word encodeLevel(Word returnPc, unsigned level) { return returnPc | Word(level & 0x7fff) << 48; }

Word decodeLevel(Word pc, unsigned &level) {
  level = unsigned(pc >> 48);
  return pc & ((Word(1) << 48) - 1);
}
#endif

// lib/runtime/proc.go. Absent from tests of the runtime without Go code.
extern "C" const char goexitCode[] asm("runtime.goexit") __attribute__((weak));

void forEachFrame(G *g, bool (*visit)(const LogicalFrame &, void *), void *context) {
  const EntryRecord *record = g->inSyscall ? &g->syscallRecord : g->entry;
  if (!record)
    return;
  constexpr unsigned capacity = 24;
  Position positions[capacity];
  Unwinder unwinder(record);
  bool afterBody = false;
  while (unwinder.next()) {
    const Frame &frame = unwinder.frame();
    unsigned levels = findPositions(frame.func, frame.pc, positions, capacity);
    unsigned shown = levels < capacity ? levels : capacity;
    // A function that defers is two: its body was reported, with the place where it is; the one that called the body is the same to users.
    unsigned first = afterBody ? 1 : 0;
    afterBody = frame.isDeferBody;
    for (unsigned i = first; i < shown; ++i)
      if (!visit({frame.func, frame.pc, i, levels, positions[i]}, context))
        return;
  }
  if (unwinder.isBroken())
    return;
  if (Func last = goexitCode ? findFunc(Word(goexitCode)) : Func{})
    visit({last, Word(goexitCode) + 1, 0, 1, {last.name(), last.file(), last.line(), false}}, context);
}

static intptr_t callersOf(G *g, Word *buffer, intptr_t capacity, intptr_t skip) {
  struct State {
    Word *buffer;
    intptr_t capacity, skip, count;
  } state = {buffer, capacity, skip, 0};
  forEachFrame(
      g,
      [](const LogicalFrame &frame, void *context) {
        auto &s = *static_cast<State *>(context);
        if (frame.position.isWrapper)
          return true;
        if (s.skip > 0) {
          --s.skip;
          return true;
        }
        s.buffer[s.count++] = encodeLevel(frame.returnPc, frame.level);
        return s.count < s.capacity;
      },
      &state);
  return state.count;
}

void initSymbols() {
  hooks.callers = [](G *g, Word *out, Word capacity) { return Word(callersOf(g, out, intptr_t(capacity), 0)); };
}

static String toString(const char *s) {
  return {reinterpret_cast<const uint8_t *>(s), intptr_t(__builtin_strlen(s))};
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

bool stoat_lookup_impl(Word tagged, bool outer, FuncInfo *out) {
  unsigned level;
  Word pc = decodeLevel(tagged, level);
  // A return address may be the first byte after its function: look one byte before it when it is known as one.
  Func func = findFunc(pc - 1);
  if (!func || (!findSafepoint(func, pc) && pc - 1 < func.entry() + func.size()))
    if (Func at = findFunc(pc))
      func = at;
  if (!func)
    return false;
  constexpr unsigned capacity = 24;
  Position positions[capacity];
  Word at = pc;
  if (!findSafepoint(func, pc) && findSafepoint(func, pc + 1))
    at = pc + 1; // Frame.PC
  unsigned levels = findPositions(func, at, positions, capacity);
  if (levels > capacity)
    levels = capacity;
  bool isEntry = pc == func.entry();
  if (!levels || isEntry) {
    *out = {toString(func.name()), toString(func.file()), intptr_t(func.line()), intptr_t(func.line()), func.entry(), false, func.isWrapper()};
    return true;
  }
  if (outer || level >= levels)
    level = levels - 1;
  const Position &p = positions[level];
  bool inlined = level + 1 < levels;
  *out = {toString(p.name), toString(p.file), intptr_t(p.line), inlined ? 0 : intptr_t(func.line()), func.entry(), inlined, p.isWrapper};
  return true;
}

intptr_t stoat_callers_impl(Word *buffer, intptr_t capacity, intptr_t skip) { return callersOf(getg(), buffer, capacity, skip); }

// Go: []StackRecord of 32 pcs, and labels; both filled only if all goroutines fit.
intptr_t stoat_goroutine_profile_impl(Word (*records)[32], void **labels, intptr_t capacity) {
  struct State {
    Word (*records)[32];
    void **labels;
    intptr_t capacity, count;
  } state = {records, labels, capacity, 0};
  G *self = getg();
  stopTheWorld(StopReason::Dump);
  forEachG(
      [](G *g, void *context) {
        auto &s = *static_cast<State *>(context);
        if (g->system)
          return true;
        intptr_t n = s.count++;
        if (n >= s.capacity)
          return true;
        struct One {
          Word *pcs;
          Word used;
        } one = {s.records[n], 0};
        forEachFrame(
            g,
            [](const LogicalFrame &frame, void *c) {
              auto &o = *static_cast<One *>(c);
              if (!frame.position.isWrapper)
                o.pcs[o.used++] = encodeLevel(frame.returnPc, frame.level);
              return o.used < 32;
            },
            &one);
        while (one.used < 32)
          one.pcs[one.used++] = 0;
        if (s.labels)
          initPointer(s.labels[n], g->local.labels); // the caller's memory is fresh
        return true;
      },
      &state);
  (void)self;
  startTheWorld();
  return state.count;
}
}
