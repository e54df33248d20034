// Table of source files and //line bases. Entry 0 is the unknown position; entries never move or change once added, and a
// //line base always comes after the bases of the same file that precede it in the text, so Pos ordering holds in a file.
#include "base/source.h"

namespace stoat {

SourceTable::SourceTable() { bases_.emplace_back(); }

uint16_t SourceTable::addFile(llvm::StringRef name) {
  if (bases_.size() > UINT16_MAX) return 0; // positions become unknown, nothing else breaks
  Base base;
  base.name = name.str();
  base.file = static_cast<uint16_t>(bases_.size());
  base.from = {base.file, 1, 1};
  bases_.push_back(std::move(base));
  return bases_.back().file;
}

uint16_t SourceTable::addLineBase(uint16_t fileBase, Pos from, llvm::StringRef fileName, uint32_t line, uint32_t col) {
  if (bases_.size() > UINT16_MAX) return fileBase; // table full: the physical position is shown from here on
  Base base;
  base.name = fileName.str();
  base.file = fileOf({fileBase, 1, 1});
  base.from = from;
  base.line = line;
  base.col = col;
  base.isLineDirective = true;
  bases_.push_back(std::move(base));
  return static_cast<uint16_t>(bases_.size() - 1);
}

RelativePos SourceTable::relative(Pos pos) const {
  if (pos.base >= bases_.size()) return {};
  const Base& base = bases_[pos.base];
  RelativePos out;
  out.fileName = base.name;
  if (!pos.isKnown()) return out;
  out.line = base.line + (pos.line - base.from.line);
  if (base.col == 0)
    out.col = 0; // unknown until the next directive, not just to the end of the line
  else if (pos.line == base.from.line)
    out.col = base.col + (pos.col - base.from.col);
  else
    out.col = pos.col;
  return out;
}

// A column that is beyond what a Pos can hold is not shown.
std::string SourceTable::format(Pos pos) const {
  if (!pos.isKnown() || pos.base == 0 || pos.base >= bases_.size()) return "<unknown position>";
  RelativePos rel = relative(pos);
  std::string out = rel.fileName.str() + ":" + std::to_string(rel.line);
  if (rel.col != 0 && pos.col != UINT16_MAX) out += ":" + std::to_string(rel.col);
  return out;
}

std::string SourceTable::formatLine(Pos pos) const {
  pos.col = UINT16_MAX;
  return format(pos);
}

uint16_t SourceTable::fileOf(Pos pos) const { return pos.base < bases_.size() ? bases_[pos.base].file : 0; }

llvm::StringRef SourceTable::fileName(uint16_t base) const {
  return base < bases_.size() ? llvm::StringRef(bases_[base].name) : llvm::StringRef();
}

} // namespace stoat
