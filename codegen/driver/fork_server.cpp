#include "fork_server.h"
#include "tools.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stoat::driver {

namespace {

constexpr rlim_t cpuSeconds = 10;
constexpr unsigned wallSeconds = 120;
constexpr rlim_t addressSpace = rlim_t(8) << 30;

[[noreturn]] void child(llvm::ArrayRef<llvm::StringRef> fields, int (*compile)(llvm::ArrayRef<llvm::StringRef>)) {
  int fd = ::open(fields[0].str().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0 || ::dup2(fd, 1) < 0 || ::dup2(fd, 2) < 0) ::_exit(125);
  ::close(0);
  rlimit limit{cpuSeconds, cpuSeconds + 1};
  ::setrlimit(RLIMIT_CPU, &limit);
  limit = {addressSpace, addressSpace};
  ::setrlimit(RLIMIT_AS, &limit);
  limit = {0, 0};
  ::setrlimit(RLIMIT_CORE, &limit);
  ::alarm(wallSeconds);
  int status = compile(fields.drop_front());
  llvm::outs().flush();
  ::_exit(status);
}

} // namespace

int forkServer(int (*compile)(llvm::ArrayRef<llvm::StringRef>)) {
  char* line = nullptr;
  size_t capacity = 0;
  for (ssize_t n; (n = ::getline(&line, &capacity, stdin)) > 0;) {
    llvm::SmallVector<llvm::StringRef, 16> fields;
    llvm::StringRef(line, static_cast<size_t>(n)).rtrim('\n').split(fields, '\t');
    pid_t pid = ::fork();
    if (pid == 0) child(fields, compile);
    int status = 0;
    rusage usage{};
    if (pid < 0 || ::wait4(pid, &status, 0, &usage) < 0) {
      errorLine("fork-server: no child");
      return 1;
    }
    long cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    std::printf("%d %ld %ld\n", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), cpu, usage.ru_maxrss);
    std::fflush(stdout);
  }
  std::free(line);
  return 0;
}

} // namespace stoat::driver
