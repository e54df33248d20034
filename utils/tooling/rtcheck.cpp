// rtcheck [-v] DATABASE...: checks the runtime, given one compile_commands.json for each target (utils/build_runtime writes them; run from the repository's root).
// Two threads parse. Exit status 1 if a rule is violated, 2 if the check could not be made. README.md has the rules.
#include "collect.h"
#include "parse.h"
#include "rules.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <atomic>
#include <thread>

using namespace stoat;
using namespace stoat::rtcheck;

namespace {

struct Job {
  tooling::Command command;
  int target;
  Unit unit;
};

int targetOf(const tooling::Command& command) {
  for (const std::string& argument : command.arguments) {
    if (argument.starts_with("--target=aarch64"))
      return 1;
    if (argument.starts_with("--target=i"))
      return 2;
  }
  return 0;
}

bool parseAll(std::vector<Job>& jobs) {
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  auto work = [&] {
    for (size_t i; (i = next.fetch_add(1)) < jobs.size();) {
      Job& job = jobs[i];
      job.unit.object = job.command.object;
      if (!tooling::parse(job.command, [&](clang::CompilerInstance&, clang::ASTContext& context) { collect(context, job.unit); }))
        failed = true;
    }
  };
  std::thread second(work);
  work();
  second.join();
  return !failed;
}

} // namespace

int main(int argc, char** argv) {
  bool verbose = false;
  std::vector<Job> jobs;
  for (int i = 1; i < argc; ++i) {
    if (llvm::StringRef(argv[i]) == "-v") {
      verbose = true;
      continue;
    }
    std::vector<tooling::Command> commands;
    if (!tooling::readCommands(argv[i], commands))
      return 2;
    for (tooling::Command& command : commands) {
      Job& job = jobs.emplace_back();
      job.target = targetOf(command);
      job.command = std::move(command);
    }
  }
  if (jobs.empty()) {
    llvm::errs() << "usage: rtcheck [-v] compile_commands.json...\n";
    return 2;
  }
  if (!parseAll(jobs))
    return 2;

  std::set<Problem> problems, trusted;
  std::set<std::string> functions;
  unsigned roots = 0;
  for (int target = 0; target < 3; ++target) {
    std::vector<Unit> units;
    Frames frames;
    std::set<std::string> directories, calledByAssembly;
    for (Job& job : jobs)
      if (job.target == target) {
        if (!frames.load(job.unit.object))
          return 2;
        for (const HeapStore& call : job.unit.trustedCalls)
          trusted.insert({call.at, "call", call.text});
        directories.insert(llvm::sys::path::parent_path(job.unit.object).str());
        units.push_back(std::move(job.unit));
      }
    if (units.empty())
      continue;
    for (const std::string& directory : directories) {
      std::error_code error;
      for (llvm::sys::fs::directory_iterator it(directory, error), end; it != end && !error; it.increment(error))
        if (llvm::StringRef(it->path()).ends_with(".S.o"))
          for (const std::string& symbol : Frames::calledBy(it->path()))
            calledByAssembly.insert(symbol);
    }
    Program program(std::move(units), target);
    for (const Problem& problem : program.unresolved)
      problems.insert(problem);
    roots += checkStack(program, frames, calledByAssembly, problems, verbose);
    roots += checkPaths(program, problems);
    for (const Node& node : program.nodes)
      if (node.function.defined)
        functions.insert(node.function.id);
    for (size_t i = 0; i < program.nodes.size(); ++i)
      for (const Trust& trust : program.nodes[i].function.annotations.trusted) {
        const Function& function = program.nodes[i].function;
        trusted.insert({function.at, trust.rule, function.name + ": " + trust.reason});
      }
  }
  for (const Problem& problem : problems)
    llvm::outs() << problem.at.file << ':' << problem.at.line << ": error: " << problem.rule << ": " << problem.text << '\n';
  for (const Problem& trust : trusted)
    llvm::outs() << trust.at.file << ':' << trust.at.line << ": trusted: " << trust.rule << ": " << trust.text << '\n';
  llvm::outs() << "rtcheck: " << functions.size() << " functions, " << roots << " roots, " << problems.size() << " violations, " << trusted.size() << " trusted exceptions\n";
  return problems.empty() ? 0 : 1;
}
