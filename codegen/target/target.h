// What differs between the three targets on the compiler's side. One constant description each (x86_64.cpp, aarch64.cpp, i386.cpp); the only
// place, with runtime/sys, where architectures are told apart.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/CallingConv.h"
#include <memory>
#include <string>

namespace llvm {
class IRBuilderBase;
class Module;
class TargetMachine;
class Value;
} // namespace llvm

namespace stoat {

struct TargetLayout; // generated/target_layout.h: places of the runtime's fields

enum class Arch { X86_64, AArch64, I386 };

struct Target {
  Arch arch;
  llvm::StringRef goarch;  // amd64, arm64, 386
  llvm::StringRef triple;  // normalised: a raw i686-linux-gnu would realign frames
  llvm::StringRef cpu;
  llvm::StringRef features;
  llvm::StringRef dataLayout; // LLVM's own, with ni:1 (heap pointers are never turned into integers)
  llvm::CallingConv::ID goConvention;
  unsigned pointerBytes;
  unsigned integerResults; // result words in registers; an i64 is two on 386
  unsigned floatResults;   // counted apart
  unsigned maxVectorResults;
  bool positionIndependent;
  bool signalPreemption; // loops without polls are stopped by a signal (runtime/sched/preempt.cpp)
  llvm::StringRef linkEmulation;     // ld.lld -m
  llvm::StringRef debianTriplet;     // directory of the C library
  unsigned frameRegister, linkedReturnWords; // DWARF number of the frame pointer; words from it to the return address
  unsigned stackLimitAddress, gAddress; // offsets in the thread's segment (x86); unused on arm64
  unsigned segmentSpace;                // LLVM address space of that segment, 0 on arm64
  // DWARF numbers of the callee-saved registers in stackmap.h's order, and how many.
  const unsigned* calleeSaved;
  unsigned calleeSavedCount;

  // DWARF numbers of the other registers that keep their values in a stack check (stoat_morestack saves them).
  llvm::ArrayRef<unsigned> keptByStackCheck;

  const TargetLayout* layout;

  // Text of the stack check (AT&T syntax for INLINEASM: `$$` is a dollar, `${:uid}` makes labels unique). frame: bytes needed below the entry's sp;
  // arguments: bytes of stack arguments to copy to a further segment. Only flags and scratch registers (r11; x16, x17) change.
  std::string (*stackCheck)(uint64_t frame, uint64_t arguments, bool farCold);

  // Assembly of users' packages (emit/assembly.h); names are quoted symbols. enterAssembly: the end of a stub that is called as a C function (block, bytes): stoat_callasm with the
  // place of the code. callGo: a function with Go's assembly convention, which calls the Go function func() `thunk` with a closure {thunk, address of the arguments}.
  std::string (*enterAssembly)(const std::string& code);
  std::string (*callGo)(const std::string& thunk);
  unsigned enterArgumentBytes; // of stack arguments of the stub, as stoat_morestack copies them
};

// Null for an architecture that is not supported.
const Target* targetFor(llvm::StringRef goarch);

// goamd64: "v1".."v4" or empty. With None the unoptimised instruction selector is used (never GlobalISel, which drops deopt bundles).
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const Target& target, bool optimize, llvm::StringRef goamd64 = "");
std::string cpuFor(const Target& target, llvm::StringRef goamd64);

void setTarget(llvm::Module& module, const Target& target);

// The running goroutine, read afresh by a load or register read that LLVM cannot keep across a call or a poll. Result: plain ptr.
llvm::Value* emitLoadG(llvm::IRBuilderBase& builder, const Target& target);
// The stack limit that the prologues compare with; all ones asks for preemption. Result: integer of pointer size.
llvm::Value* emitLoadStackLimit(llvm::IRBuilderBase& builder, const Target& target);

extern const Target x86_64Target, aarch64Target, i386Target;

} // namespace stoat
