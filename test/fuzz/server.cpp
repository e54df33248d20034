#include "server.h"
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace stoat::fuzz {

static void fail(const char* what) {
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::exit(1);
}

Server::Server(const std::string& stoat) {
  int to[2], from[2];
  if (::pipe(to) || ::pipe(from)) fail("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(to[0], 0);
    ::dup2(from[1], 1);
    for (int fd : {to[0], to[1], from[0], from[1]}) ::close(fd);
    ::execl(stoat.c_str(), "stoat", "fork-server", nullptr);
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  requests_ = ::fdopen(to[1], "w");
  answers_ = ::fdopen(from[0], "r");
}

Server::~Server() {
  std::fclose(requests_);
  std::fclose(answers_);
  ::waitpid(pid_, nullptr, 0);
}

Outcome Server::compile(const std::string& output, const std::vector<std::string>& arguments) {
  std::string line = output;
  for (const std::string& a : arguments) line += "\t" + a;
  line += "\n";
  Outcome o;
  if (std::fwrite(line.data(), 1, line.size(), requests_) != line.size() || std::fflush(requests_) != 0 ||
      std::fscanf(answers_, "%d %ld %ld", &o.status, &o.cpuMicroseconds, &o.kilobytes) != 3)
    fail("the compiler's server has ended");
  return o;
}

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void writeFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) fail("cannot write a file");
}

} // namespace stoat::fuzz
