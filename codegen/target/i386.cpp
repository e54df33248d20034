// 386: fastcc (two argument words in registers), SSE2, no position-independent code (it aborts with `nest`). Every register may hold an
// argument at entry, so the check of a large frame moves esp there and back.
#include "target/target.h"
#include "target_layout.h"
#include "runtime/abi/stack_limits.h"

namespace stoat {

static std::string stackCheck(uint64_t frame, uint64_t arguments, bool) {
  std::string text;
  if (frame <= STOAT_STACK_SMALL_FRAME) {
    text = "cmpl %gs:0x30, %esp\n";
  } else {
    std::string bytes = std::to_string(frame);
    text = "leal -" + bytes + "(%esp), %esp\n"
           "cmpl %gs:0x30, %esp\n"
           "leal " + bytes + "(%esp), %esp\n";
  }
  return text + "jbe .Lstoat_cold${:uid}\n"
                ".Lstoat_body${:uid}:\n"
                ".subsection 1\n"
                ".Lstoat_cold${:uid}:\n"
                "calll stoat_morestack\n"
                ".long " + std::to_string(frame) + ", " + std::to_string(arguments) + ", .Lstoat_body${:uid}-.\n"
                ".subsection 0\n";
}

static std::string enterAssembly(const std::string& code) {
  return "movl $" + code + ", %edx\n"
         "jmp stoat_callasm\n";
}

static std::string callGo(const std::string& thunk) {
  return "pushl %ebp\n"
         "movl %esp, %ebp\n"
         "leal 8(%ebp), %eax\n"
         "andl $-16, %esp\n"
         "subl $4, %esp\n"
         "pushl %eax\n"
         "pushl $" + thunk + "\n"
         "pushl %esp\n"
         "calll stoat_callgo\n"
         "leave\n"
         "retl\n";
}

static constexpr unsigned calleeSaved[] = {3, 6, 7}; // ebx esi edi
static constexpr unsigned keptByStackCheck[] = {0, 1, 2, 21, 22, 23, 24}; // eax ecx edx, xmm0-3

const Target i386Target = {
    .arch = Arch::I386,
    .goarch = "386",
    .triple = "i686-unknown-linux-gnu",
    .cpu = "i686",
    .features = "+sse2",
    .dataLayout = "e-m:e-p:32:32-p270:32:32-p271:32:32-p272:64:64-i128:128-f64:32:64-f80:32-n8:16:32-S128-ni:1",
    .goConvention = llvm::CallingConv::Fast,
    .pointerBytes = 4,
    .integerResults = 3,
    .floatResults = 3,
    .maxVectorResults = 3,
    .positionIndependent = false,
    .signalPreemption = false,
    .linkEmulation = "elf_i386",
    .debianTriplet = "i386-linux-gnu",
    .frameRegister = 5,
    .linkedReturnWords = 1,
    .stackLimitAddress = 0x30,
    .gAddress = 0x2c,
    .segmentSpace = 256,
    .calleeSaved = calleeSaved,
    .calleeSavedCount = 3,
    .keptByStackCheck = keptByStackCheck,
    .layout = &layout386,
    .stackCheck = stackCheck,
    .enterAssembly = enterAssembly,
    .callGo = callGo,
    .enterArgumentBytes = 16,
};

} // namespace stoat
