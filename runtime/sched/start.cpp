// The process starts here: arguments, processors, heap, the main goroutine on the main thread, sysmon. Everything single-threaded until runScheduler.
#include "runtime/base/hooks.h"
#include "runtime/base/print.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/arch.h"
#include "runtime/sys/os.h"

extern "C" {
// Go function func() of lib/runtime: package inits, main.main, exit.
void stoat_go_main() asm("runtime.main");
// Folders above the scheduler fill in their hooks.
__attribute__((weak)) void stoat_init_code();
__attribute__((weak)) void stoat_init_lang();
__attribute__((weak)) void stoat_init_sync();
}

namespace stoat::rt {

[[noreturn]] void runScheduler(M *m);

static int32_t wantedProcessors() {
  const char *text = environmentVariable("GOMAXPROCS");
  int32_t n = 0;
  for (const char *p = text; p && *p >= '0' && *p <= '9' && n < 100000; p++)
    n = n * 10 + (*p - '0');
  if (n <= 0)
    n = sched.cpus;
  return n < 1024 ? n : 1024;
}

static constinit FuncVal mainFn{};

[[noreturn]] static void start(int argc, char **argv, char **envp) {
  setg(nullptr);
  char **end = envp;
  while (*end)
    end++;
  startArguments = {Word(argc), argv, envp, reinterpret_cast<Word *>(end + 1)};
  sched.cpus = countCpus();
  sched.lastPoll.store(monotonicNow(), std::memory_order_relaxed);
  tuneCopies();
  initHeap();
  initMainThread();
  initCollector();
  resizeProcessors(wantedProcessors());
  for (int32_t i = sched.processors - 1; i > 0; i--)
    putIdleP(allPs[i]);
  acquireP(allPs[0]);
  installSignalHandlers();
  if (stoat_init_code)
    stoat_init_code();
  if (stoat_init_lang)
    stoat_init_lang();
  if (stoat_init_sync)
    stoat_init_sync();
  mainFn.code = reinterpret_cast<void *>(stoat_go_main);
  queuePut(allPs[0], newGoroutine(&mainFn, 0), true);
  startSystemThread(sysmonMain);
  runScheduler(&sched.m0);
}

} // namespace stoat::rt

int main(int argc, char **argv, char **envp) { stoat::rt::start(argc, argv, envp); }
