// The compiler under test: `stoat fork-server` behind two pipes.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

namespace stoat::fuzz {

struct Outcome {
  int status = 0; // exit status, or minus the signal
  long cpuMicroseconds = 0, kilobytes = 0;
};

class Server {
public:
  explicit Server(const std::string& stoat);
  ~Server();
  /// Runs `compile` with `arguments`; its output goes to the file `output`.
  Outcome compile(const std::string& output, const std::vector<std::string>& arguments);

private:
  FILE *requests_ = nullptr, *answers_ = nullptr;
  int pid_ = -1;
};

std::string readFile(const std::string& path);
void writeFile(const std::string& path, const std::string& text);

} // namespace stoat::fuzz
