// x86-64: swiftcc (4 result words, against 3 of the C convention), stack limit and g in slots of the thread control block that glibc leaves
// to split stacks.
#include "target/target.h"
#include "target_layout.h"
#include "runtime/abi/stack_limits.h"

namespace stoat {

static std::string stackCheck(uint64_t frame, uint64_t arguments, bool) {
  std::string text;
  if (frame <= STOAT_STACK_SMALL_FRAME) {
    text = "cmpq %fs:0x70, %rsp\n";
  } else {
    text = "leaq -" + std::to_string(frame) + "(%rsp), %r11\n"
           "cmpq %fs:0x70, %r11\n";
  }
  return text + "jbe .Lstoat_cold${:uid}\n"
                ".Lstoat_body${:uid}:\n"
                ".subsection 1\n"
                ".Lstoat_cold${:uid}:\n"
                "callq stoat_morestack\n"
                ".long " + std::to_string(frame) + ", " + std::to_string(arguments) + ", .Lstoat_body${:uid}-.\n"
                ".subsection 0\n";
}

static std::string enterAssembly(const std::string& code) {
  return "leaq " + code + "(%rip), %r11\n"
         "jmp stoat_callasm\n";
}

static std::string callGo(const std::string& thunk) {
  return "pushq %rbp\n"
         "movq %rsp, %rbp\n"
         "leaq 16(%rbp), %rax\n"
         "andq $-16, %rsp\n"
         "pushq %rax\n"
         "leaq " + thunk + "(%rip), %rax\n"
         "pushq %rax\n"
         "movq %rsp, %rdi\n"
         "callq stoat_callgo\n"
         "leave\n"
         "retq\n";
}

static constexpr unsigned calleeSaved[] = {3, 12, 13, 14, 15}; // rbx r12..r15
static constexpr unsigned keptByStackCheck[] = {0, 1, 2, 4, 5, 8, 9, 10, 17, 18, 19, 20, 21, 22, 23, 24}; // rdx rcx rax rsi rdi r8 r9 r10, xmm0-7

const Target x86_64Target = {
    .arch = Arch::X86_64,
    .goarch = "amd64",
    .triple = "x86_64-unknown-linux-gnu",
    .cpu = "x86-64",
    .features = "",
    .dataLayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128-ni:1",
    .goConvention = llvm::CallingConv::Swift,
    .pointerBytes = 8,
    .integerResults = 4,
    .floatResults = 4,
    .maxVectorResults = 4,
    .positionIndependent = true,
    .signalPreemption = true,
    .linkEmulation = "elf_x86_64",
    .debianTriplet = "x86_64-linux-gnu",
    .frameRegister = 6,
    .linkedReturnWords = 1,
    .stackLimitAddress = 0x70,
    .gAddress = 0x68,
    .segmentSpace = 257,
    .calleeSaved = calleeSaved,
    .calleeSavedCount = 5,
    .keptByStackCheck = keptByStackCheck,
    .layout = &layoutAmd64,
    .stackCheck = stackCheck,
    .enterAssembly = enterAssembly,
    .callGo = callGo,
    .enterArgumentBytes = 0,
};

} // namespace stoat
