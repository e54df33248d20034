#include "parse.h"
#include "clang/Basic/FileManager.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace stoat::tooling {

namespace {
using Use = std::function<void(clang::CompilerInstance&, clang::ASTContext&)>;

class Consumer : public clang::ASTConsumer {
public:
  Consumer(clang::CompilerInstance& instance, const Use& use) : instance_(instance), use_(use) {}
  void HandleTranslationUnit(clang::ASTContext& context) override { use_(instance_, context); }

private:
  clang::CompilerInstance& instance_;
  const Use& use_;
};

class Action : public clang::ASTFrontendAction {
public:
  explicit Action(const Use& use) : use_(use) {}
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance, llvm::StringRef) override {
    return std::make_unique<Consumer>(instance, use_);
  }

private:
  const Use& use_;
};
} // namespace

bool readCommands(const std::string& path, std::vector<Command>& out) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    llvm::errs() << path << ": " << buffer.getError().message() << '\n';
    return false;
  }
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse((*buffer)->getBuffer());
  if (!parsed) {
    llvm::errs() << path << ": " << llvm::toString(parsed.takeError()) << '\n';
    return false;
  }
  const llvm::json::Array* entries = parsed->getAsArray();
  for (const llvm::json::Value& value : entries ? *entries : llvm::json::Array()) {
    const llvm::json::Object* entry = value.getAsObject();
    const llvm::json::Array* arguments = entry ? entry->getArray("arguments") : nullptr;
    std::optional<llvm::StringRef> file = entry ? entry->getString("file") : std::nullopt, object = entry ? entry->getString("output") : std::nullopt;
    if (!arguments || !file || !object) {
      llvm::errs() << path << ": an entry without arguments, file or output\n";
      return false;
    }
    Command& command = out.emplace_back();
    command.file = file->str();
    command.object = object->str();
    for (const llvm::json::Value& argument : *arguments)
      command.arguments.push_back(argument.getAsString().value_or("").str());
  }
  return true;
}

bool parse(const Command& command, const Use& use) {
  std::vector<std::string> arguments;
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const std::string& argument = command.arguments[i];
    if (argument == "-MMD" || argument == "-MP" || argument == "-fstack-usage" || argument == "-c")
      continue;
    if (argument == "-o") {
      ++i;
      continue;
    }
    arguments.push_back(argument);
  }
  arguments.insert(arguments.end(), {"-fsyntax-only", "-DSTOAT_ANNOTATIONS", "-w", "-resource-dir", STOAT_CLANG_RESOURCES});
  llvm::IntrusiveRefCntPtr<clang::FileManager> files =
      llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(), llvm::vfs::createPhysicalFileSystem());
  clang::tooling::ToolInvocation invocation(arguments, std::make_unique<Action>(use), files.get());
  return invocation.run();
}

} // namespace stoat::tooling
