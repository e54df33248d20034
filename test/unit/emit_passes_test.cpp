// The late passes, each on a few lines of IR: what is in the bundles, what is refused, where polls and barriers go.
#include "emit/llvm_passes.h"
#include "target/target.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace stoat;

namespace {

struct Emitted {
  bool ok;
  std::string text, error;
  bool has(const std::string& part) const { return text.find(part) != std::string::npos; }
  size_t count(const std::string& part) const {
    size_t n = 0;
    for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at)
      ++n;
    return n;
  }
};

Emitted emit(const std::string& source, const std::string& goarch = "amd64", bool optimize = true, bool object = false) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(source, diagnostic, context);
  if (!module) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    diagnostic.print("test", stream);
    return {false, "", text};
  }
  setTarget(*module, *targetFor(goarch));
  EmitOptions options;
  options.goarch = goarch;
  options.optimize = optimize;
  options.verify = true;
  options.optimizedIr = !object;
  llvm::SmallVector<char, 0> out;
  Emitted result;
  result.ok = emitObject(*module, options, out, result.error);
  result.text.assign(out.begin(), out.end());
  return result;
}

const std::string declarations = R"(
declare void @safepoint()
declare ptr addrspace(1) @alloc()
declare void @leaf(ptr) "gc-leaf-function"
declare void @use(ptr addrspace(1)) "gc-leaf-function"
declare void @stoat.barrier(ptr, ptr addrspace(1)) nounwind willreturn memory(argmem: read, inaccessiblemem: readwrite) "gc-leaf-function"
)";

TEST(EmitPasses, LivePointersOnly) {
  Emitted r = emit(declarations + R"(
define void @f(ptr addrspace(1) %live, ptr addrspace(1) %dead) gc "stoat" {
  call void @use(ptr addrspace(1) %dead)
  call void @safepoint()
  call void @use(ptr addrspace(1) %live)
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_TRUE(r.has("@safepoint() #")) << r.text;
  EXPECT_TRUE(r.has("[ \"deopt\"(ptr addrspace(1) %live) ]")) << r.text;
}

TEST(EmitPasses, PlainPointerFromHeapPointer) {
  Emitted r = emit(declarations + R"(
define void @f(ptr addrspace(1) %p) gc "stoat" {
  %raw = addrspacecast ptr addrspace(1) %p to ptr
  %field = getelementptr i8, ptr %raw, i64 8
  call void @leaf(ptr %field)
  call void @safepoint()
  call void @leaf(ptr %field)
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_TRUE(r.has("\"deopt\"(ptr %")) << r.text;
}

TEST(EmitPasses, NegativeOffsetKeepsBase) {
  Emitted r = emit(declarations + R"(
define void @f(ptr addrspace(1) %p) gc "stoat" {
  %before = getelementptr i8, ptr addrspace(1) %p, i64 -8
  call void @use(ptr addrspace(1) %before)
  call void @safepoint()
  call void @use(ptr addrspace(1) %before)
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_TRUE(r.has("\"deopt\"(ptr addrspace(1) %p)")) << r.text;
}

TEST(EmitPasses, AggregatesAreSplit) {
  Emitted r = emit(declarations + R"(
declare swiftcc { ptr addrspace(1), i64 } @pair()
declare void @sink({ ptr addrspace(1), i64 }) "gc-leaf-function"
define void @f() gc "stoat" {
  %r = call swiftcc { ptr addrspace(1), i64 } @pair()
  call void @safepoint()
  call void @sink({ ptr addrspace(1), i64 } %r)
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_TRUE(r.has("extractvalue { ptr addrspace(1), i64 } %")) << r.text;
  EXPECT_EQ(r.count("\"deopt\"(ptr addrspace(1) %"), 1u) << r.text;
}

// The second element is undefined in a register of LLVM's choice: null instead.
TEST(EmitPasses, PoisonInsideConstants) {
  Emitted r = emit(declarations + R"(
@itab = external global i64
declare void @sink({ ptr addrspace(1), ptr addrspace(1) }) "gc-leaf-function"
define void @f(i1 %c) gc "stoat" {
  br i1 %c, label %a, label %b
a:
  call void @leaf(ptr null)
  br label %b
b:
  %p = phi { ptr addrspace(1), ptr addrspace(1) } [ { ptr addrspace(1) addrspacecast (ptr @itab to ptr addrspace(1)), ptr addrspace(1) poison }, %0 ], [ { ptr addrspace(1) null, ptr addrspace(1) poison }, %a ]
  call void @safepoint()
  call void @sink({ ptr addrspace(1), ptr addrspace(1) } %p)
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_FALSE(r.has("poison")) << r.text;
}

TEST(EmitPasses, WideResultsAreRefused) {
  Emitted r = emit(R"(
declare swiftcc { i64, i64, i64, i64, i64 } @wide()
define void @f() gc "stoat" {
  %r = call swiftcc { i64, i64, i64, i64, i64 } @wide()
  ret void
})");
  EXPECT_FALSE(r.ok);
  EXPECT_NE(r.error.find("do not fit the result registers of amd64"), std::string::npos) << r.error;
  EXPECT_FALSE(emit("declare fastcc { i64, i64 } @wide()\ndefine void @f() gc \"stoat\" {\n %r = call fastcc { i64, i64 } @wide()\n ret void\n}", "386").ok);
}

TEST(EmitPasses, Polls) {
  const char* loops = R"(
@flag = global i32 0
define void @spin() gc "stoat" {
  br label %l
l:
  %v = load volatile i32, ptr @flag
  %c = icmp eq i32 %v, 0
  br i1 %c, label %l, label %end
end:
  ret void
}
define i64 @counted(ptr %a, i64 %n) gc "stoat" {
  br label %l
l:
  %i = phi i64 [0, %0], [%i1, %l]
  %s = phi i64 [0, %0], [%s1, %l]
  %g = getelementptr i64, ptr %a, i64 %i
  %v = load i64, ptr %g
  %s1 = xor i64 %s, %v
  %i1 = add nuw nsw i64 %i, 1
  %c = icmp slt i64 %i1, %n
  br i1 %c, label %l, label %end
end:
  ret i64 %s1
}
define void @calls() gc "stoat" {
  br label %l
l:
  call void @safepoint()
  br label %l
}
)";
  Emitted r = emit(declarations + loops);
  ASSERT_TRUE(r.ok) << r.error;
  // One in spin, one in calls: the callee may return before it checks its stack.
  EXPECT_EQ(r.count("call void @stoat_poll()"), 2u) << r.text;
}

TEST(EmitPasses, BarrierIsExpanded) {
  Emitted r = emit(declarations + R"(
define void @f(ptr addrspace(1) %p, ptr addrspace(1) %v) gc "stoat" {
  %slot = addrspacecast ptr addrspace(1) %p to ptr
  call void @stoat.barrier(ptr %slot, ptr addrspace(1) %v)
  store ptr addrspace(1) %v, ptr addrspace(1) %p
  ret void
})");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_TRUE(r.has("load volatile i32, ptr @stoat_barrier_enabled")) << r.text;
  EXPECT_TRUE(r.has("call preserve_allcc void @stoat_write_barrier")) << r.text;
  EXPECT_FALSE(r.has("@stoat.barrier(")) << r.text;
}

TEST(EmitPasses, RootsOfWritableGlobals) {
  Emitted r = emit("@a = global { i64, ptr addrspace(1) } zeroinitializer\n@b = constant { ptr addrspace(1) } zeroinitializer\n@c = global i64 0\n");
  ASSERT_TRUE(r.ok) << r.error;
  EXPECT_EQ(r.count("section \"stoat_roots\""), 1u) << r.text;
  EXPECT_TRUE(r.has("{ ptr, ptr, i64 } { ptr @a, ptr @stoat.mask, i64 16 }")) << r.text;
}

// A function with very many live pointers takes the slots path and must not take long.
TEST(EmitPasses, HugeFunction) {
  std::string source = declarations + "define void @f(ptr addrspace(1) %p) gc \"stoat\" {\n";
  for (unsigned i = 0; i < 2000; ++i)
    source += "  %v" + std::to_string(i) + " = call ptr addrspace(1) @alloc()\n";
  for (unsigned i = 0; i < 2000; ++i)
    source += "  call void @use(ptr addrspace(1) %v" + std::to_string(i) + ")\n";
  source += "  ret void\n}\n";
  for (const char* goarch : {"amd64", "arm64", "386"}) {
    Emitted r = emit(source, goarch, true, true);
    ASSERT_TRUE(r.ok) << r.error;
  }
  Emitted r = emit(source);
  EXPECT_TRUE(r.has("%stoat.slots = alloca [1999 x ptr addrspace(1)]")) << r.text.substr(0, 2000);
}

TEST(EmitPasses, UnoptimizedUsesSlots) {
  for (const char* goarch : {"amd64", "arm64", "386"}) {
    Emitted r = emit(declarations + "define void @f(ptr addrspace(1) %p) gc \"stoat\" {\n call void @safepoint()\n call void @use(ptr addrspace(1) %p)\n ret void\n}\n", goarch, false);
    ASSERT_TRUE(r.ok) << r.error;
    EXPECT_TRUE(r.has("%stoat.slots")) << r.text;
    EXPECT_TRUE(r.has("[ \"deopt\"() ]")) << r.text;
  }
}

} // namespace
