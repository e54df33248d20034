// Collection and printing of user errors, with the filtering that gc does in cmd/compile/internal/base/print.go: one syntax
// error a line, equal other errors on a line once, sorted by position, and a stop after the tenth.
#include "base/diag.h"
#include <algorithm>

namespace stoat {

// gc keeps eight bits of a column: what lies beyond has none.
static unsigned shownColumn(Pos pos) { return std::min<unsigned>(pos.col, 255); }

void DiagEngine::report(Pos pos, DiagKind kind, std::string message, bool soft) {
  bool isSyntax = llvm::StringRef(message).starts_with("syntax error");
  // gc compares with the most recent error of the same class only, not with all of them.
  for (auto it = diagnostics_.rbegin(); it != diagnostics_.rend(); ++it) {
    if (llvm::StringRef(it->message).starts_with("syntax error") != isSyntax) continue;
    bool sameLine = it->pos.base == pos.base && it->pos.line == pos.line && pos.isKnown();
    if (sameLine && (isSyntax || it->message == message)) return;
    break;
  }
  diagnostics_.push_back({pos, kind, std::move(message), soft});
}

unsigned DiagEngine::flush(std::string& out, unsigned limit) {
  bool tooMany = limit != 0 && diagnostics_.size() >= limit;
  size_t shown = tooMany ? limit : diagnostics_.size();
  std::vector<const Diagnostic*> sorted;
  for (size_t i = 0; i < shown; i++) sorted.push_back(&diagnostics_[i]);
  // Files, and the parts of them that a line directive begins, follow each other as they were first reported.
  std::vector<size_t> rank;
  for (const Diagnostic* d : sorted) {
    if (rank.size() <= d->pos.base) rank.resize(d->pos.base + 1u, 0);
    if (!rank[d->pos.base]) rank[d->pos.base] = static_cast<size_t>(d - diagnostics_.data()) + 1;
  }
  auto before = [&rank](const Diagnostic* a, const Diagnostic* b) {
    if (a->pos.base != b->pos.base) return rank[a->pos.base] < rank[b->pos.base];
    if (a->pos.line != b->pos.line) return a->pos.line < b->pos.line;
    if (shownColumn(a->pos) != shownColumn(b->pos)) return shownColumn(a->pos) < shownColumn(b->pos);
    return a < b; // in the order of reporting
  };
  std::sort(sorted.begin(), sorted.end(), before);
  auto place = [this](Pos pos) { return shownColumn(pos) < 255 ? sources_.format(pos) : sources_.formatLine(pos); };
  std::string previous;
  for (const Diagnostic* d : sorted) {
    std::string line = (d->pos.isKnown() ? place(d->pos) + ": " : std::string()) + d->message + "\n";
    if (line == previous) continue;
    out += line;
    previous = std::move(line);
  }
  if (tooMany) out += place(diagnostics_[limit - 1].pos) + ": too many errors\n";
  return static_cast<unsigned>(diagnostics_.size());
}

} // namespace stoat
