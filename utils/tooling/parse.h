// Running Clang over one source with the flags of a compilation database. Thread-safe: every run has a file manager of its own.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
} // namespace clang

namespace stoat::tooling {

struct Command {
  std::string file, object;           // relative to the directory in which the tool runs
  std::vector<std::string> arguments; // compiler included
};

// Reads a compile_commands.json whose entries have `arguments`, `file` and `output`. False, with a message on stderr, if that fails.
bool readCommands(const std::string& path, std::vector<Command>& out);

// Parses the source and calls `use` with its AST. False if there were errors (they are printed).
bool parse(const Command& command, const std::function<void(clang::CompilerInstance&, clang::ASTContext&)>& use);

} // namespace stoat::tooling
