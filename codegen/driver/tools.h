// The tools that one binary is, by the name it is called by: compile, asm, link (as the go command calls them) and stoat.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace stoat::driver {

using Args = llvm::ArrayRef<llvm::StringRef>;

/// Exit status of each: 0 ok, 1 bad usage or I/O, 2 errors in the user's program (as gc's tools).
int compileMain(Args args);
int asmMain(Args args);
int linkMain(Args args);
int vetMain(Args args);
int stoatMain(Args args);

// ---- shared by the tools (common.cpp)

/// Identity of this build of Stoat: changes with every build (it enters the go command's cache key through -V=full).
std::string stoatVersion();
/// Go version that the GOROOT at hand has ("go1.26.8").
std::string goVersion();
/// The GOROOT at hand: $GOROOT, or the one beside the binary.
std::string gorootDirectory();
/// The directory that holds the binary, symbolic links resolved.
std::string binaryDirectory();
std::string goarch(); // $GOARCH or the host's
/// "tool version go1.26.x stoat-..." on stdout.
int printVersion(llvm::StringRef tool);

/// gc's style of flags: -name, -name=value, -name value; one or two dashes.
class FlagReader {
public:
  FlagReader(llvm::StringRef tool, Args args) : tool_(tool), args_(args) {}
  /// Advances to the next flag; false at the first non-flag or the end.
  bool next();
  llvm::StringRef name() const { return name_; }
  bool is(llvm::StringRef n) const { return name_ == n; }
  /// Value of the current flag: after "=", or the next argument. Reports a missing one.
  llvm::StringRef value();
  /// Value of a boolean flag: true unless =false or =0.
  bool boolValue() const;
  bool hasInlineValue() const { return hasInline_; }
  bool failed() const { return failed_; }
  void unknown();
  Args rest() const { return args_.drop_front(index_); }

private:
  llvm::StringRef tool_, name_, inline_;
  Args args_;
  size_t index_ = 0;
  bool hasInline_ = false, failed_ = false;
};

/// Writes atomically: a temporary beside `path`, then rename; nothing is left behind on failure. Empty result: done; else the error.
std::string writeFileAtomically(llvm::StringRef path, llvm::StringRef bytes);
void errorLine(llvm::StringRef text); // to stderr, newline added

} // namespace stoat::driver
