// State of one emitObject: what the late IR passes, the machine passes and the map printer tell each other. LLVM's hooks (pass config callback,
// GC printer registry) are process-global and take no user data, so they find it through a thread-local pointer that emitObject sets and clears.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/PassManager.h"
#include "base/path_rewriter.h"
#include "runtime/abi/stackmap.h"
#include <string>
#include <vector>

namespace llvm {
class AllocaInst;
class BasicBlock;
class CallBase;
class DataLayout;
class DILocation;
class Function;
class FunctionPass;
class Instruction;
class MCSymbol;
class Module;
class Type;
} // namespace llvm

namespace stoat {

struct Target;

struct FunctionFacts {
  const llvm::Function* function = nullptr;
  llvm::SmallVector<abi::SavedRegister, 8> saved;
  struct Alloca {
    int32_t fpOffset;
    uint32_t words;
    bool conservative;
    std::vector<uint8_t> mask;
    const llvm::AllocaInst* source;
  };
  std::vector<Alloca> allocas;
  struct Range {
    llvm::MCSymbol* begin;
    llvm::MCSymbol* end; // null: the end of the function
  };
  std::vector<Range> asyncRanges;         // where a signal may preempt
  std::vector<llvm::StringRef> leafCalls; // calls without a safepoint, for the listing
  uint32_t frameBytes = 0;
  uint32_t flags = 0;
};

struct EmitSession {
  const Target* target = nullptr;
  bool optimize = true;
  PathRewriter paths;
  std::vector<const llvm::DILocation*> positions; // index = statepoint id
  // Stack objects whose use can be followed (liveness.cpp); for each statepoint id those that are in use.
  llvm::DenseSet<const llvm::AllocaInst*> trackedAllocas;
  llvm::DenseMap<uint64_t, llvm::SmallVector<const llvm::AllocaInst*, 4>> liveAllocas;
  // What late_ir.cpp added to zero stack objects at entry; liveness.cpp takes away what no walker can miss.
  llvm::DenseMap<const llvm::AllocaInst*, llvm::Instruction*> entryZeroes;
  llvm::DenseSet<const llvm::BasicBlock*> asyncBlocks; // of loops that a signal may preempt (late_ir.cpp)
  std::vector<FunctionFacts> functions;           // in order of code generation
  std::vector<llvm::StringRef> targets;           // index = statepoint id: what is called, "" for an indirect call; only for the listing
  std::string* listing = nullptr;                 // where the tables go as text, or null
  std::string error;                              // the first one

  void fail(std::string message) {
    if (error.empty())
      error = std::move(message);
  }
};

EmitSession* currentSession();

// Words of an object that hold heap pointers.
struct PointerMask {
  uint32_t words = 0;
  bool conservative = false;
  std::vector<uint8_t> bits;
  bool any = false;
};
bool containsHeapPointer(const llvm::Type* type);
void addPointerBits(const llvm::Type* type, const llvm::DataLayout& layout, uint64_t offset, std::vector<uint8_t>& bits);
PointerMask allocaMask(const llvm::AllocaInst& alloca, const llvm::DataLayout& layout);

bool isGoFunction(const llvm::Function& function);
bool isSafepoint(const llvm::CallBase& call);

// late_ir.cpp: everything up to the bundles; liveness.cpp: the bundles (or slots); roots.cpp: stoat_roots.
void prepareLate(llvm::Module& module, llvm::FunctionAnalysisManager& analyses, EmitSession& session);
void expandAllocations(llvm::Module& module, const Target& target); // allocation.cpp, for late_ir.cpp
void recordLivePointers(llvm::Function& function, EmitSession& session);
void emitRoots(llvm::Module& module, const Target& target);

// machine.cpp, stackmap.cpp
llvm::FunctionPass* createFrameFactsPass(EmitSession& session);
llvm::FunctionPass* createStackCheckPass(EmitSession& session);
void registerStackMapPrinter();

} // namespace stoat
