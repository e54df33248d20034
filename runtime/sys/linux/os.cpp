// Linux: the contract of sys/os.h.
#include "runtime/sys/os.h"
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>

namespace stoat::rt {

constinit StartArguments startArguments{};

intptr_t rawSyscall(Word number, Word a, Word b, Word c, Word d, Word e, Word f) {
#if defined(__x86_64__)
  intptr_t result;
  register Word r10 asm("r10") = d;
  register Word r8 asm("r8") = e;
  register Word r9 asm("r9") = f;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register Word x8 asm("x8") = number;
  register Word x0 asm("x0") = a;
  register Word x1 asm("x1") = b;
  register Word x2 asm("x2") = c;
  register Word x3 asm("x3") = d;
  register Word x4 asm("x4") = e;
  register Word x5 asm("x5") = f;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return intptr_t(x0);
#else
  // ebp holds the sixth argument; clang cannot be asked for it, so the block carries ebx, edi... in memory
  Word block[7] = {number, a, b, c, d, e, f};
  intptr_t result;
  asm volatile("pushl %%ebp\n\t"
               "pushl %%ebx\n\t"
               "movl 4(%%eax), %%ebx\n\t"
               "movl 8(%%eax), %%ecx\n\t"
               "movl 12(%%eax), %%edx\n\t"
               "movl 16(%%eax), %%esi\n\t"
               "movl 20(%%eax), %%edi\n\t"
               "movl 24(%%eax), %%ebp\n\t"
               "movl (%%eax), %%eax\n\t"
               "int $0x80\n\t"
               "popl %%ebx\n\t"
               "popl %%ebp"
               : "=a"(result)
               : "a"(block)
               : "ecx", "edx", "esi", "edi", "memory");
  return result;
#endif
}

Word pageSize() {
  Word size = auxiliaryValue(6 /* AT_PAGESZ */);
  return size ? size : 4096;
}

void *mapMemory(Word size, void *hint) {
  void *p = mmap(hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? nullptr : p;
}

void *mapAligned(Word size, Word align) {
  char *p = static_cast<char *>(mapMemory(size + align));
  if (!p)
    return nullptr;
  Word start = (reinterpret_cast<Word>(p) + align - 1) & ~(align - 1);
  char *aligned = reinterpret_cast<char *>(start);
  if (aligned != p)
    munmap(p, size_t(aligned - p));
  size_t tail = size_t(p + size + align - (aligned + size));
  if (tail)
    munmap(aligned + size, tail);
  return aligned;
}

void unmapMemory(void *p, Word size) { munmap(p, size); }
void discardMemory(void *p, Word size) { madvise(p, size, MADV_DONTNEED); }
void populateMemory(void *p, Word size) {
  constexpr int populateWrite = 23;   // MADV_POPULATE_WRITE, since Linux 5.14
  madvise(p, size, populateWrite);
}
void allowHugePages(void *p, Word size, bool allow) { madvise(p, size, allow ? MADV_HUGEPAGE : MADV_NOHUGEPAGE); }

#ifdef SYS_futex
static constexpr Word futexNumber = SYS_futex;
#else
static constexpr Word futexNumber = SYS_futex_time64;
#endif

void futexWait(void *address, uint32_t value, int64_t timeout) {
  struct { intptr_t seconds, nanoseconds; } limit;
  if (timeout >= 0) {
    limit.seconds = intptr_t(timeout / 1000000000);
    limit.nanoseconds = intptr_t(timeout % 1000000000);
  }
  rawSyscall(futexNumber, Word(address), FUTEX_WAIT | FUTEX_PRIVATE_FLAG, value, timeout >= 0 ? Word(&limit) : 0);
}

void futexWake(void *address, uint32_t count) { rawSyscall(futexNumber, Word(address), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count); }

int64_t monotonicNow() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

int64_t threadCpuTime() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

int64_t processCpuTime() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

void wallNow(int64_t &seconds, int32_t &nanoseconds) {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  seconds = t.tv_sec;
  nanoseconds = int32_t(t.tv_nsec);
}

void sleepThread(int64_t nanoseconds) {
  timespec t{time_t(nanoseconds / 1000000000), long(nanoseconds % 1000000000)};
  nanosleep(&t, nullptr);
}

void yieldThread() { rawSyscall(SYS_sched_yield); }

int32_t threadId() { return int32_t(rawSyscall(SYS_gettid)); }

int32_t countCpus() {
  unsigned long mask[128] = {};
  intptr_t bytes = rawSyscall(SYS_sched_getaffinity, 0, sizeof mask, Word(mask));
  int32_t count = 0;
  if (!isSyscallError(bytes))
    for (unsigned long word : mask)
      count += __builtin_popcountl(word);
  return count > 0 ? count : 1;
}

namespace {
struct ThreadStart { void (*fn)(void *); void *arg; };
void *threadMain(void *p) {
  ThreadStart start = *static_cast<ThreadStart *>(p);
  unmapMemory(p, 4096);
  start.fn(start.arg);
  return nullptr;
}
} // namespace

void startThread(void (*fn)(void *), void *arg) {
  ThreadStart *start = static_cast<ThreadStart *>(mapMemory(4096));
  *start = {fn, arg};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, threadMain, start) != 0) {
    static const char text[] = "runtime: failed to create new OS thread\nfatal error: newosproc\n";
    writeAll(2, text, sizeof text - 1);
    rawSyscall(SYS_exit_group, 2);
  }
  pthread_attr_destroy(&attributes);
}

const char *environmentVariable(const char *name) {
  for (char **e = startArguments.environment; e && *e; e++) {
    const char *p = *e, *n = name;
    while (*n && *p == *n)
      p++, n++;
    if (!*n && *p == '=')
      return p + 1;
  }
  return nullptr;
}

Word auxiliaryValue(Word type) {
  for (Word *p = startArguments.auxiliary; p && p[0]; p += 2)
    if (p[0] == type)
      return p[1];
  return 0;
}

void writeAll(int fd, const char *text, size_t size) {
  while (size) {
    intptr_t n = rawSyscall(SYS_write, Word(fd), Word(text), size);
    if (n == -4 /* EINTR */)
      continue;
    if (n <= 0)
      return;
    text += n;
    size -= size_t(n);
  }
}

} // namespace stoat::rt
