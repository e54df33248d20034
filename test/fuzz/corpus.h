// Valid programs to start from. A source of any size is cut into slices: a few declarations and what they refer to, so that a mutant costs
// little and an error in one declaration hides nothing of others.
#pragma once
#include "server.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stoat::fuzz {

/// splitmix64: the same numbers for the same seed on every machine.
class Random {
public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  size_t below(size_t n) { return n ? next() % n : 0; }
  bool oneIn(size_t n) { return below(n) == 0; }
  template <typename T> const T& pick(const std::vector<T>& list) { return list[below(list.size())]; }

private:
  uint64_t state_;
};

enum class SpanKind : uint8_t { Expr, Type, Stmt, Decl, Field, Clause, Name, Block };
inline constexpr size_t spanKinds = 8;

/// The source text of one syntax tree node.
struct Span {
  uint32_t start = 0, end = 0;
  uint32_t decl = 0;   // index of the top-level declaration
  std::string type;    // of an expression, as it is written in the program; empty if it has none
  bool isConstant = false;
};

struct Program {
  std::string name, text;
  std::vector<Span> spans[spanKinds];
  std::map<std::string, std::vector<uint32_t>> exprsOfType; // indices into spans[Expr]
  std::vector<std::string> typeNames, names;
  const std::vector<Span>& of(SpanKind k) const { return spans[static_cast<size_t>(k)]; }
  llvm::StringRef textOf(const Span& s) const { return llvm::StringRef(text).slice(s.start, s.end); }
};

struct CorpusOptions {
  std::vector<std::string> files;
  std::string scratch;              // directory for files
  std::vector<std::string> arguments; // of the compiler, without output and input
  size_t slices = 1500;             // at most
  size_t maxSliceBytes = 6000;
};

/// Slices of the files, those only that the compiler accepts, with the types it found. Depends on files and seed alone.
std::vector<Program> loadCorpus(Server& server, const CorpusOptions& options, uint64_t seed);

} // namespace stoat::fuzz
