// Package archives -> executable: order of initialisation, the `stoat_module` object, ld.lld with the runtime library and the C library.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stoat {

struct LinkOptions {
  std::string goarch = "amd64";
  std::string output, mainArchive;
  std::map<std::string, std::string> packageFiles; // import path -> archive (importcfg.link)
  std::string moduleInfo;                          // its modinfo line, unquoted
  std::string buildId;                             // the go command's: an ELF note that it reads and rewrites
  std::vector<std::pair<std::string, std::string>> stringValues; // -X: "path.name", value
  std::string gnuBuildId;                          // -B: hex digits of the .note.gnu.build-id
  bool stripAll = false;                           // -s
  bool stripDebug = false;                         // -w
  bool verbose = false;                            // print the linker's command line
  std::string stoatVersion, goVersion;
  std::string runtimeDirectory;  // holds libstoat_runtime.a for goarch
  std::string linker;            // ld.lld; empty: that of LLVM 22, or in PATH
  std::string cLibraryDirectory; // empty: the usual places of Debian's packages
};

// False: error holds one or more lines for the user. Nothing is left behind then.
bool linkExecutable(const LinkOptions& options, std::string& error);

} // namespace stoat
