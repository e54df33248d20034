// Goroutine dumps in Go's format, and the end of a program that failed. (traceback.go, panic.go of Go's runtime for the formats.)
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/lang/symbols.h"
#include "runtime/sched/sched.h"
#include "runtime/sys/os.h"
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace stoat::rt {

extern const String defaultRoot asm("runtime.defaultGOROOT") __attribute__((weak));

namespace {

struct Settings {
  int level = 1;      // 0 none, 1 user's frames, 2 all frames
  bool all = false;
  bool crash = false;
};
constinit Settings settings;

bool startsWith(const char *s, const char *prefix) { return !__builtin_strncmp(s, prefix, __builtin_strlen(prefix)); }

// Names of the overlay are shown only if a user could have called them.
bool isShown(const Position &position, bool first) {
  if (settings.level > 1)
    return true;
  if (position.isWrapper)
    return false;
  const char *name = position.name;
  if (!__builtin_strcmp(name, "runtime.gopanic"))
    return !first;
  if (!startsWith(name, "runtime."))
    return true;
  const char *rest = name + 8;
  if (startsWith(rest, "runFinalizer") || startsWith(rest, "runCleanups"))
    return true;
  // A method is exported if its own name is: runtime.(*Func).Name.
  if (*rest == '(') {
    while (*rest && *rest != ')')
      ++rest;
    if (*rest == ')' && rest[1] == '.')
      rest += 2;
  }
  return *rest >= 'A' && *rest <= 'Z';
}

void printName(Sink &sink, const char *name) {
  if (!__builtin_strcmp(name, "runtime.gopanic")) {
    sink.text("panic");
    return;
  }
  // Type arguments are elided.
  const char *open = __builtin_strchr(name, '[');
  const char *close = open ? __builtin_strrchr(name, ']') : nullptr;
  if (!open || !close) {
    sink.text(name);
    return;
  }
  sink.text(name, Word(open - name));
  sink.text("[...]");
  sink.text(close + 1);
}

// Names of files of the library are kept without the place of the library (frontend/base/path_rewriter.h).
void printPlace(Sink &sink, const char *file, uint64_t line) {
  constexpr char root[] = "$GOROOT";
  constexpr Word length = sizeof root - 1;
  sink.text("\t");
  if (&defaultRoot && defaultRoot.size && startsWith(file, root) && file[length] == '/') {
    sink.text(reinterpret_cast<const char *>(defaultRoot.data), Word(defaultRoot.size));
    file += length;
  }
  sink.text(file);
  sink.text(":");
  sink.number(line);
}

constexpr unsigned innerFrames = 50, outerFrames = 50;

struct Walk {
  Sink *sink;
  unsigned seen, total;
  bool counting;
};

void printFrames(Sink &sink, G *g) {
  Walk walk = {&sink, 0, 0, true};
  auto visit = [](const LogicalFrame &frame, void *context) {
    auto &w = *static_cast<Walk *>(context);
    if (w.seen == 0 && !__builtin_strcmp(frame.position.name, "runtime.Stack"))
      return true; // a dump starts at its caller
    if (!isShown(frame.position, w.seen == 0))
      return true;
    ++w.seen;
    if (w.counting)
      return true;
    if (w.total > innerFrames + outerFrames && w.seen > innerFrames && w.seen <= w.total - outerFrames) {
      if (w.seen == innerFrames + 1) {
        w.sink->text("...");
        w.sink->number(w.total - innerFrames - outerFrames);
        w.sink->text(" frames elided...\n");
      }
      return true;
    }
    printName(*w.sink, frame.position.name);
    // Inlined calls have no arguments of their own to show, and values of others are not kept.
    w.sink->text(frame.isPhysical() && (frame.func.record->flags & abi::funcNoArgs) ? "()\n" : "(...)\n");
    printPlace(*w.sink, frame.position.file, frame.position.line);
    if (frame.isPhysical()) {
      w.sink->text(" +");
      w.sink->hex(frame.returnPc - frame.func.entry());
    }
    w.sink->text("\n");
    return true;
  };
  forEachFrame(g, visit, &walk);
  walk.total = walk.seen;
  walk.seen = 0;
  walk.counting = false;
  forEachFrame(g, visit, &walk);
  if (!walk.total && g->startFn && g->status.load(std::memory_order_relaxed) == GStatus::Runnable) {
    if (Func f = findFunc(Word(g->startFn->code))) {
      printName(sink, f.name());
      sink.text(f.record->flags & abi::funcNoArgs ? "()\n" : "(...)\n");
      printPlace(sink, f.file(), f.line());
      sink.text(" +0x0\n");
    }
  }
  if (!g->goPc || g->id == 1)
    return;
  Func creator = findFunc(g->goPc - 1);
  if (!creator)
    return;
  Position positions[8];
  unsigned levels = findPositions(creator, g->goPc, positions, 8);
  if (!levels || !isShown(positions[0], false))
    return;
  sink.text("created by ");
  printName(sink, positions[0].name);
  if (g->parentId) {
    sink.text(" in goroutine ");
    sink.number(g->parentId);
  }
  sink.text("\n");
  printPlace(sink, positions[0].file, positions[0].line);
  if (levels == 1) {
    sink.text(" +");
    sink.hex(g->goPc - creator.entry());
  }
  sink.text("\n");
}

const char *statusText(G *g) {
  switch (g->status.load(std::memory_order_relaxed)) {
  case GStatus::Idle: return "idle";
  case GStatus::Runnable: return "runnable";
  case GStatus::Running: return g->inSyscall ? "syscall" : "running";
  case GStatus::Syscall: return "syscall";
  case GStatus::Waiting: {
    const char *reason = waitReasonText(g->waitReason);
    return reason && *reason ? reason : "waiting";
  }
  case GStatus::Dead: return "dead";
  }
  return "???";
}

} // namespace

void Sink::text(const char *s, Word n) {
  if (!size) {
    printText(s, n);
    return;
  }
  Word room = size - used;
  if (n > room)
    n = room;
  __builtin_memcpy(buffer + used, s, n);
  used += n;
}
void Sink::text(const char *s) { text(s, __builtin_strlen(s)); }

void Sink::number(uint64_t value) {
  char digits[24];
  Word at = sizeof digits;
  do {
    digits[--at] = char('0' + value % 10);
    value /= 10;
  } while (value);
  text(digits + at, sizeof digits - at);
}

void Sink::hex(uint64_t value) {
  char digits[20];
  Word at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value);
  digits[--at] = 'x';
  digits[--at] = '0';
  text(digits + at, sizeof digits - at);
}

void printGoroutine(Sink &sink, G *g) {
  sink.text("goroutine ");
  sink.number(g->id);
  sink.text(" [");
  sink.text(g == getg() ? "running" : statusText(g));
  if (g->waitSince && g->status.load(std::memory_order_relaxed) == GStatus::Waiting) {
    int64_t minutes = (monotonicNow() - g->waitSince) / 60000000000;
    if (minutes >= 1) {
      sink.text(", ");
      sink.number(uint64_t(minutes));
      sink.text(" minutes");
    }
  }
  if (g->lockedM)
    sink.text(", locked to thread");
  sink.text("]:\n");
  bool elsewhere = g != getg() && g->status.load(std::memory_order_relaxed) == GStatus::Running && !g->inSyscall && !worldIsStopped();
  if (elsewhere)
    sink.text("\tgoroutine running on other thread; stack unavailable\n");
  else
    printFrames(sink, g);
}

void printOthers(Sink &sink, G *except) {
  struct State {
    Sink *sink;
    G *except;
  } state = {&sink, except};
  forEachG(
      [](G *g, void *context) {
        auto &s = *static_cast<State *>(context);
        if (g == s.except || (g->system && settings.level < 2) || g->status.load(std::memory_order_relaxed) == GStatus::Dead)
          return true;
        s.sink->text("\n");
        printGoroutine(*s.sink, g);
        return true;
      },
      &state);
}

static void tracebackHook(G *g) {
  Sink sink;
  sink.text("\n");
  printGoroutine(sink, g);
}

static void othersHook(G *g) {
  Sink sink;
  printOthers(sink, g);
}

void initTraceback() {
  hooks.traceback = tracebackHook;
  hooks.tracebackOthers = othersHook;
}

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" {

void stoat_settraceback(intptr_t level, bool all, bool crash) {
  settings.level = int(level);
  settings.all = all;
  settings.crash = crash;
}

void stoat_begincrash() { beginCrashReport(); }

Word stoat_setcrashfd(Word fd) {
  Word old = crashFile;
  crashFile = fd;
  return old;
}

intptr_t stoat_stack_impl(uint8_t *buffer, intptr_t size, bool all) {
  Sink sink;
  sink.buffer = buffer;
  sink.size = Word(size);
  G *g = getg();
  if (all)
    stopTheWorld(StopReason::Dump);
  printGoroutine(sink, g);
  if (all) {
    printOthers(sink, g);
    startTheWorld();
  }
  return intptr_t(sink.used);
}

// The message is printed, the print lock is ours. fatal: an error of the run-time system or of the whole program, not a panic.
void stoat_die_impl(intptr_t internal) {
  G *g = getg();
  Sink sink;
  if (g->local.faultSignal) {
    const char *name = g->local.faultSignal == SIGSEGV ? "SIGSEGV: segmentation violation"
                       : g->local.faultSignal == SIGBUS ? "SIGBUS: bus error"
                                                        : "SIGFPE: floating-point exception";
    sink.text("[signal ");
    sink.text(name);
    sink.text(" code=");
    sink.hex(g->local.faultCode);
    sink.text(" addr=");
    sink.hex(g->local.faultAddress);
    sink.text(" pc=");
    sink.hex(g->local.faultPc);
    sink.text("]\n");
  }
  if (settings.level > 0) {
    sink.text("\n");
    printGoroutine(sink, g);
    if (settings.all || internal)
      printOthers(sink, g);
  }
  if (settings.crash) {
    signal(SIGABRT, SIG_DFL);
    rawSyscall(SYS_kill, rawSyscall(SYS_getpid), SIGABRT);
  }
  exitProcess(2);
}
}
