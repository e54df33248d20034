// Raw system calls under Go's own symbols. rawVforkSyscall, which returns twice, is assembly (runtime/sys/<arch>/vfork.S).
#include "runtime/lang/go_symbol.h"
#include "runtime/sys/os.h"
#include <sys/syscall.h>

using namespace stoat::rt;

extern "C" {

struct SyscallResult {
  Word r1, r2, errorNumber;
};
void goSyscall6(SyscallResult *out, Word number, Word a, Word b, Word c, Word d, Word e, Word f) GO_SYMBOL("internal/runtime/syscall/linux.Syscall6");
void goSyscall6(SyscallResult *out, Word number, Word a, Word b, Word c, Word d, Word e, Word f) {
  intptr_t r = rawSyscall(number, a, b, c, d, e, f);
  if (isSyscallError(r))
    *out = {~Word(0), 0, Word(-r)};
  else
    *out = {Word(r), 0, 0};
}

struct SyscallNoError {
  Word r1, r2;
};
void goRawSyscallNoError(SyscallNoError *out, Word number, Word a, Word b, Word c) GO_SYMBOL("syscall.rawSyscallNoError");
void goRawSyscallNoError(SyscallNoError *out, Word number, Word a, Word b, Word c) { *out = {Word(rawSyscall(number, a, b, c)), 0}; }

#if defined(__x86_64__)
Word goGettimeofday(int64_t *tv) GO_SYMBOL("syscall.gettimeofday");
Word goGettimeofday(int64_t *tv) {
  int64_t seconds;
  int32_t nanoseconds;
  wallNow(seconds, nanoseconds);
  tv[0] = seconds;
  tv[1] = nanoseconds / 1000;
  return 0;
}
#endif

#if defined(__i386__)
struct SeekResult {
  int64_t offset;
  Word errorNumber;
};
void goSeek(SeekResult *out, intptr_t fd, int64_t offset, intptr_t whence) GO_SYMBOL("syscall.seek");
void goSeek(SeekResult *out, intptr_t fd, int64_t offset, intptr_t whence) {
  int64_t result = 0;
  intptr_t r = rawSyscall(SYS__llseek, Word(fd), Word(uint64_t(offset) >> 32), Word(offset), Word(&result), Word(whence));
  *out = {isSyscallError(r) ? -1 : result, isSyscallError(r) ? Word(-r) : 0};
}

struct SocketResult {
  intptr_t n;
  Word errorNumber;
};
void goRawSocketcall(SocketResult *out, intptr_t call, Word a, Word b, Word c, Word d, Word e, Word f) GO_SYMBOL("syscall.rawsocketcall");
void goRawSocketcall(SocketResult *out, intptr_t call, Word a, Word b, Word c, Word d, Word e, Word f) {
  Word arguments[6] = {a, b, c, d, e, f};
  intptr_t r = rawSyscall(SYS_socketcall, Word(call), Word(arguments));
  *out = {isSyscallError(r) ? -1 : r, isSyscallError(r) ? Word(-r) : 0};
}
// Blocking calls hold the processor meanwhile: sockets of package net are non-blocking.
void goSocketcall(SocketResult *out, intptr_t call, Word a, Word b, Word c, Word d, Word e, Word f) GO_SYMBOL("syscall.socketcall");
void goSocketcall(SocketResult *out, intptr_t call, Word a, Word b, Word c, Word d, Word e, Word f) { goRawSocketcall(out, call, a, b, c, d, e, f); }
#endif
}
