// Archives, order of initialisation and the link step. The end-to-end test makes two packages and a stand-in for the runtime in LLVM's textual IR,
// links them for each target and runs the result (natively, arm64 under qemu-aarch64).
#include "emit/archive.h"
#include "emit/init_order.h"
#include "emit/link.h"
#include "emit/llvm_passes.h"
#include "target/target.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <cstdio>

using namespace stoat;

namespace {

class TemporaryDirectory {
public:
  TemporaryDirectory() { llvm::sys::fs::createUniqueDirectory("stoat-test", path_); }
  ~TemporaryDirectory() { llvm::sys::fs::remove_directories(path_); }
  std::string file(const std::string& name) const { return (path_ + "/" + name).str(); }
  std::string write(const std::string& name, llvm::StringRef bytes) const {
    std::error_code error;
    llvm::raw_fd_ostream stream(file(name), error);
    stream << bytes;
    return file(name);
  }

private:
  llvm::SmallString<128> path_;
};

std::string compile(const std::string& goarch, const std::string& text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  const Target* target = targetFor(goarch);
  std::string source = text;
  std::string convention = target->goConvention == llvm::CallingConv::Swift ? "swiftcc" : "fastcc";
  auto replaceAll = [&](const std::string& from, const std::string& to) {
    for (size_t at = 0; (at = source.find(from, at)) != std::string::npos; at += to.size())
      source.replace(at, from.size(), to);
  };
  replaceAll("gocc", convention);
  replaceAll("WORD", target->pointerBytes == 8 ? "i64" : "i32");
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(source, diagnostic, context);
  if (!module) {
    ADD_FAILURE() << diagnostic.getMessage().str();
    return "";
  }
  setTarget(*module, *target);
  EmitOptions options;
  options.goarch = goarch;
  options.verify = true;
  llvm::SmallVector<char, 0> object;
  std::string error;
  EXPECT_TRUE(emitObject(*module, options, object, error)) << error;
  return std::string(object.data(), object.size());
}

ArchiveContents contents(const std::string& goarch, const std::string& path, const std::string& name) {
  ArchiveContents c;
  c.goarch = goarch;
  c.goVersion = "go1.26.8";
  c.stoatVersion = "stoat-test";
  c.buildId = "abc/def";
  c.packagePath = path;
  c.packageName = name;
  return c;
}

constexpr const char* runtimeText = R"(
%string = type { ptr, WORD }
%module = type { ptr, WORD, WORD, ptr, %string, %string, %string, ptr, ptr, ptr, ptr, WORD }
@stoat_module = external global %module
@out = external global [64 x i8]
declare i32 @puts(ptr)
@stoat_barrier_enabled = global i32 0
define void @stoat_morestack() { ret void }
define void @stoat_poll() { ret void }
define i32 @main() {
entry:
  %inits = load ptr, ptr @stoat_module
  %countAt = getelementptr %module, ptr @stoat_module, i32 0, i32 1
  %count = load WORD, ptr %countAt
  br label %loop
loop:
  %i = phi WORD [0, %entry], [%i1, %body]
  %more = icmp ult WORD %i, %count
  br i1 %more, label %body, label %end
body:
  %slot = getelementptr ptr, ptr %inits, WORD %i
  %init = load ptr, ptr %slot
  call gocc void %init()
  %i1 = add WORD %i, 1
  br label %loop
end:
  %mainAt = getelementptr %module, ptr @stoat_module, i32 0, i32 3
  %main = load ptr, ptr %mainAt
  call gocc void %main()
  %modinfoAt = getelementptr %module, ptr @stoat_module, i32 0, i32 5
  %modinfo = load ptr, ptr %modinfoAt
  %ignored = call i32 @puts(ptr %modinfo)
  ret i32 0
}
)";
constexpr const char* runtimePackageText = R"(
@s = constant [13 x i8] c"runtime init\00"
declare i32 @puts(ptr) "gc-leaf-function"
define gocc void @runtime.init() "stoat-nosplit" gc "stoat" {
  %x = call i32 @puts(ptr @s)
  ret void
}
)";
constexpr const char* mainText = R"(
@main.version = global { ptr addrspace(1), WORD } zeroinitializer
declare i32 @puts(ptr) "gc-leaf-function"
define gocc void @main.main() "stoat-nosplit" gc "stoat" {
  %s = load ptr addrspace(1), ptr @main.version
  %p = addrspacecast ptr addrspace(1) %s to ptr
  %x = call i32 @puts(ptr %p)
  ret void
}
)";

class LinkTest : public testing::TestWithParam<const char*> {};

TEST_P(LinkTest, LinksAndRuns) {
  std::string goarch = GetParam();
  TemporaryDirectory directory;
  std::string runtimeObject = directory.write("runtime.o", compile(goarch, runtimeText));
  std::string library = directory.file("libstoat_runtime.a");
  ASSERT_EQ(0, std::system(("ar rcD " + library + " " + runtimeObject).c_str()));

  ArchiveContents runtime = contents(goarch, "runtime", "runtime");
  runtime.initSymbol = "runtime.init";
  std::string runtimeCode = compile(goarch, runtimePackageText);
  runtime.object = runtimeCode;
  ArchiveContents main = contents(goarch, "main", "main");
  std::string mainCode = compile(goarch, mainText);
  main.object = mainCode;
  main.stringVariables = {"version"}; // what -X may set

  LinkOptions options;
  options.goarch = goarch;
  options.output = directory.file("program");
  options.mainArchive = directory.write("main.a", writeArchive(main));
  options.packageFiles["runtime"] = directory.write("runtime.a", writeArchive(runtime));
  options.moduleInfo = "the module";
  options.buildId = "one/two/three/four";
  options.stringValues = {{"main.version", std::string("from the command line\0", 22)}, {"main.absent", "x"}};
  options.stoatVersion = "stoat-test";
  options.goVersion = "go1.26.8";
  options.runtimeDirectory = directory.file("");
  std::string error;
  ASSERT_TRUE(linkExecutable(options, error)) << error;

  std::string command = (goarch == "arm64" ? "qemu-aarch64 " : "") + options.output + " > " + directory.file("out");
  ASSERT_EQ(0, std::system(command.c_str()));
  auto text = llvm::MemoryBuffer::getFile(directory.file("out"));
  ASSERT_TRUE(bool(text));
  EXPECT_TRUE((*text)->getBuffer().starts_with("runtime init\nfrom the command line\nthe module")) << (*text)->getBuffer().str();

  // Deterministic.
  auto first = llvm::MemoryBuffer::getFile(options.output);
  std::string bytes = (*first)->getBuffer().str();
  EXPECT_NE(bytes.find("one/two/three/four"), std::string::npos);
  options.output = directory.file("again");
  ASSERT_TRUE(linkExecutable(options, error)) << error;
  auto second = llvm::MemoryBuffer::getFile(options.output);
  EXPECT_TRUE(bytes == (*second)->getBuffer());

  // An undefined symbol names its package; nothing is left behind.
  main.object = runtime.object; // no main.main
  options.mainArchive = directory.write("bad.a", writeArchive(main));
  options.packageFiles.clear();
  options.output = directory.file("bad");
  EXPECT_FALSE(linkExecutable(options, error));
  EXPECT_NE(error.find("undefined symbol: main.main"), std::string::npos) << error;
  EXPECT_FALSE(llvm::sys::fs::exists(options.output));
}

INSTANTIATE_TEST_SUITE_P(Targets, LinkTest, testing::Values("amd64", "386", "arm64"),
                         [](const auto& info) { return std::string("on_") + info.param; });

TEST(Archive, RoundTrip) {
  TemporaryDirectory directory;
  ArchiveContents c = contents("amd64", "a b/c", "c");
  c.imports = {"fmt", "x/y"};
  c.initSymbol = "a b/c.init";
  c.exportData = std::string("odd\0bytes", 9);
  c.object = "\x7f" "ELF?";
  std::string path = directory.write("x.a", writeArchive(c));
  Archive archive;
  std::string error;
  ASSERT_TRUE(readArchive(path, "stoat-test", archive, error)) << error;
  EXPECT_EQ(archive.packagePath, "a b/c");
  EXPECT_EQ(archive.packageName, "c");
  EXPECT_EQ(archive.imports, c.imports);
  EXPECT_EQ(archive.initSymbol, c.initSymbol);
  EXPECT_EQ(archive.exportData, c.exportData);
  EXPECT_EQ(archive.buildId, "abc/def");
  ASSERT_EQ(archive.objects.size(), 1u);
  EXPECT_EQ(archive.objects[0].bytes, c.object);
}

TEST(Archive, RefusesForeign) {
  TemporaryDirectory directory;
  Archive archive;
  std::string error;
  EXPECT_FALSE(readArchive(directory.file("none.a"), "v", archive, error));
  EXPECT_FALSE(readArchive(directory.write("text.a", "hello"), "v", archive, error));
  EXPECT_NE(error.find("not a Go package archive"), std::string::npos);
  std::string good = writeArchive(contents("amd64", "p", "p"));
  EXPECT_FALSE(readArchive(directory.write("old.a", good), "stoat-other", archive, error));
  EXPECT_NE(error.find("another Stoat version"), std::string::npos);
  for (size_t size = 0; size + 1 < good.size(); ++size) {
    Archive cut;
    EXPECT_FALSE(readArchive(directory.write("cut.a", good.substr(0, size)), "stoat-test", cut, error)) << size;
  }
  std::string gc = good;
  gc.replace(gc.find("stoat export"), 5, "u    ");
  EXPECT_FALSE(readArchive(directory.write("gc.a", gc), "stoat-test", archive, error));
  EXPECT_NE(error.find("not by Stoat"), std::string::npos);
}

TEST(InitOrder, SortedByPathAfterDependencies) {
  std::vector<InitPackage> packages = {{"main", {"z", "b", "runtime"}}, {"z", {}}, {"b", {"y"}},     {"y", {"runtime"}},
                                       {"runtime", {"internal/abi"}},   {"internal/abi", {}},        {"unreached", {}}};
  size_t runtime = 0;
  std::vector<std::string> order;
  for (size_t i : initOrder(packages, "main", runtime))
    order.push_back(packages[i].path);
  EXPECT_EQ(runtime, 2u);
  EXPECT_EQ(order, (std::vector<std::string>{"internal/abi", "runtime", "y", "b", "z", "main"}));
}

} // namespace
