// Package archives in the form that the go command packs, caches and asks for build IDs: `!<arch>`, first `__.PKGDEF` with the text header and our
// export bytes, then objects (`_go_.o` is the compiler's, in ELF; the go command appends those of the assembler). `go tool pack c` puts the compiler's archive
// into a new one as a member: its members count as the outer one's.
#pragma once
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>
#include <vector>

namespace stoat {

struct ArchiveContents {
  std::string goarch, goVersion, stoatVersion, buildId;
  std::string packagePath, packageName;
  std::vector<std::string> imports; // import paths of direct imports, without unsafe
  std::string initSymbol;           // "" if there is nothing to initialise
  std::vector<std::string> stringVariables; // names of package variables of type string: those that the link tool's -X may set
  std::string exportData;
  llvm::StringRef object;           // ELF; may be empty
};

std::string writeArchive(const ArchiveContents& contents);

struct Archive {
  std::unique_ptr<llvm::MemoryBuffer> buffer; // owns what the StringRefs below point to
  std::string goarch, buildId;
  std::string packagePath, packageName;
  std::vector<std::string> imports;
  std::string initSymbol;
  std::vector<std::string> stringVariables;
  llvm::StringRef exportData;
  struct Member {
    std::string name;
    llvm::StringRef bytes;
  };
  std::vector<Member> objects;  // ELF
  std::vector<Member> assembly; // of Go's assembler (go_object.h)
};

// Errors name the file: truncated, made by another compiler, made by another build of Stoat (stoatVersion differs).
bool readArchive(const std::string& path, llvm::StringRef stoatVersion, Archive& archive, std::string& error);

} // namespace stoat
