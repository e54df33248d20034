// Objects of Go's assembler: read whole, cut off anywhere, and with every byte changed; and the object that the link makes of them.
#include "emit/assembly.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <fstream>
#include <set>

using namespace stoat;

namespace {

const char* source = R"(
DATA table<>+0(SB)/8, $1
DATA table<>+8(SB)/8, $·callee(SB)
GLOBL table<>(SB), 8, $24
TEXT ·helper(SB), 0, $40-0
	RET
TEXT ·f(SB), 0, $96-16
	LEAQ table<>(SB), BX
	CALL ·helper(SB)
	CALL ·callee(SB)
	RET
)";

// Assembled by the tool that users' packages go through.
std::string assembled() {
  std::string directory = ::testing::TempDir(), in = directory + "/stoat_unit.s", out = directory + "/stoat_unit.o", tool = STOAT_BUILD_DIR "/goroot/pkg/tool/goasm";
  std::ofstream(in) << source;
  ::setenv("GOARCH", "amd64", 1);
  if (llvm::sys::ExecuteAndWait(tool, {tool, "-p", "unit/p", "-o", out, in}) != 0)
    return "";
  auto bytes = llvm::MemoryBuffer::getFile(out, false, false);
  return bytes ? (*bytes)->getBuffer().str() : "";
}

const GoObject::Symbol* find(const GoObject& object, llvm::StringRef name) {
  for (const GoObject::Symbol& symbol : object.symbols)
    if (symbol.name == name)
      return &symbol;
  return nullptr;
}

bool emit(llvm::StringRef bytes, llvm::SmallVectorImpl<char>& object, std::string& error) {
  llvm::StringMap<std::string> callers;
  llvm::StringSet<> thunks;
  thunks.insert(("unit/p.callee" + assemblyThunk).str());
  return emitAssembly({{"unit/p", bytes}}, thunks, "amd64", object, callers, error);
}

TEST(GoObject, Read) {
  std::string bytes = assembled(), error;
  ASSERT_FALSE(bytes.empty());
  GoObject object;
  ASSERT_TRUE(readGoObject(bytes, object, error)) << error;
  const GoObject::Symbol *f = find(object, "unit/p.f"), *table = find(object, "table"), *callee = find(object, "unit/p.callee");
  ASSERT_TRUE(f && table && callee);
  EXPECT_EQ(f->kind, GoObject::Kind::Text);
  EXPECT_EQ(f->frame, 96u + 8); // and the saved frame pointer
  EXPECT_EQ(callee->kind, GoObject::Kind::Undefined);
  EXPECT_EQ(table->kind, GoObject::Kind::ReadOnly);
  EXPECT_TRUE(table->isStatic);
  EXPECT_EQ(table->size, 24u);
  ASSERT_EQ(table->relocations.size(), 1u);
  EXPECT_EQ(table->relocations[0].type, unsigned(GoRelocation::Address));
  EXPECT_EQ(&object.symbols[table->relocations[0].symbol], callee);
}

TEST(GoObject, DamagedIsRefused) {
  std::string bytes = assembled(), error;
  size_t refused = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    GoObject object;
    refused += !readGoObject(llvm::StringRef(bytes).take_front(size), object, error);
  }
  EXPECT_GT(refused, bytes.size() * 9 / 10); // names for tools stand at the end
  for (size_t at = 0; at < bytes.size(); ++at)
    for (unsigned char change : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[at] ^= char(change);
      GoObject object;
      if (!readGoObject(damaged, object, error))
        continue;
      for (const GoObject::Symbol& symbol : object.symbols)
        for (const GoObject::Relocation& relocation : symbol.relocations)
          ASSERT_TRUE(relocation.symbol == ~0u || relocation.symbol < object.symbols.size());
    }
}

TEST(Assembly, Symbols) {
  std::string bytes = assembled(), error;
  llvm::SmallVector<char, 0> object;
  ASSERT_TRUE(emit(bytes, object, error)) << error;
  auto file = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "assembly"));
  ASSERT_TRUE(bool(file));
  std::set<std::string> defined, undefined;
  for (const llvm::object::SymbolRef& symbol : (*file)->symbols())
    (llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined ? undefined : defined).insert(llvm::cantFail(symbol.getName()).str());
  for (const char* name : {"unit/p.f·abi0", "unit/p.f·enter", "unit/p.helper·abi0", "unit/p.helper·enter", "unit/p.callee·abi0"})
    EXPECT_TRUE(defined.count(name)) << name;
  for (const char* name : {"unit/p.callee·callback", "stoat_callasm", "stoat_callgo", "stoat_morestack", "runtime.morestack_noctxt·abi0"})
    EXPECT_TRUE(undefined.count(name)) << name;
}

TEST(Assembly, DamagedObjectsMakeErrors) {
  std::string bytes = assembled();
  for (size_t at = bytes.find("\n!\n"); at < bytes.size(); at += 3) {
    std::string damaged = bytes, error;
    damaged[at] ^= 0x15;
    llvm::SmallVector<char, 0> object;
    if (!emit(damaged, object, error)) {
      EXPECT_FALSE(error.empty());
    }
  }
}

} // namespace
