// Source positions and the table of source files they refer to.
//
// A Pos is 8 bytes: file index (0 = unknown position), column (1-based, bytes, saturating at 65535) and line (1-based).
// `//line` directives make further entries in the table: an entry is a *position base* (cf. gc's syntax.PosBase), so a
// Pos always refers to the physical line, and SourceTable::relative() gives what the user is shown.
#pragma once
#include "base/path_rewriter.h"
#include <cstdint>
#include <string>
#include <vector>

namespace stoat {

struct Pos {
  uint16_t base = 0;
  uint16_t col = 0;
  uint32_t line = 0;

  bool isKnown() const { return line > 0; }
  /// Orders positions of one file; across files by file index, which is the order on the command line.
  friend bool operator<(const Pos& a, const Pos& b) {
    if (a.base != b.base) return a.base < b.base;
    if (a.line != b.line) return a.line < b.line;
    return a.col < b.col;
  }
  friend bool operator==(const Pos& a, const Pos& b) { return a.base == b.base && a.line == b.line && a.col == b.col; }
  friend bool operator!=(const Pos& a, const Pos& b) { return !(a == b); }
};

/// What a user is shown for a Pos, with //line directives applied.
struct RelativePos {
  llvm::StringRef fileName;
  uint32_t line = 0;
  uint32_t col = 0; // 0 = no column known (after a //line directive without column)
};

class SourceTable {
public:
  SourceTable();
  PathRewriter paths;
  /// Adds a physical file (its name as given to the compiler) and returns its base index.
  uint16_t addFile(llvm::StringRef name);
  /// Adds a base for a //line directive: positions after `from` (physical, in `fileBase`) map to fileName:line:col.
  uint16_t addLineBase(uint16_t fileBase, Pos from, llvm::StringRef fileName, uint32_t line, uint32_t col);
  RelativePos relative(Pos pos) const;
  /// "file:line:col" (":col" omitted when unknown) as in gc's error lines; "<unknown position>" when unknown.
  std::string format(Pos pos) const;
  std::string formatLine(Pos pos) const; // without the column
  /// Index of the physical file that `pos` lies in (the base itself, or the file of a //line base).
  uint16_t fileOf(Pos pos) const;
  llvm::StringRef fileName(uint16_t base) const;

private:
  struct Base {
    std::string name;
    uint16_t file = 0;
    Pos from;
    uint32_t line = 1, col = 1;
    bool isLineDirective = false;
  };
  std::vector<Base> bases_;
};

} // namespace stoat
