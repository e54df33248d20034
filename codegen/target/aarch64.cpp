// arm64: swiftcc (8 result words), g in x28, which is reserved, the stack limit in its first word.
#include "target/target.h"
#include "target_layout.h"
#include "runtime/abi/stack_limits.h"

namespace stoat {

static std::string move17(uint64_t value) {
  std::string text = "movz x17, #" + std::to_string(value & 0xffff) + "\n";
  if (value >> 16)
    text += "movk x17, #" + std::to_string((value >> 16) & 0xffff) + ", lsl #16\n";
  if (value >> 32)
    text += "movk x17, #" + std::to_string((value >> 32) & 0xffff) + ", lsl #32\n";
  return text;
}

static std::string stackCheck(uint64_t frame, uint64_t arguments, bool farCold) {
  std::string text = "ldr x16, [x28, #" + std::to_string(layoutArm64.gStackLimit) + "]\n";
  if (frame <= STOAT_STACK_SMALL_FRAME) {
    text += "cmp sp, x16\n";
  } else if (frame < 4096) {
    text += "sub x17, sp, #" + std::to_string(frame) + "\ncmp x17, x16\n";
  } else {
    text += move17(frame) + "sub x17, sp, x17\ncmp x17, x16\n";
  }
  std::string cold = "adr x17, .Lstoat_data${:uid}\n"
                     "b stoat_morestack\n"
                     ".Lstoat_data${:uid}:\n"
                     ".word " + std::to_string(frame) + ", " + std::to_string(arguments) + ", .Lstoat_body${:uid}-.\n";
  // A conditional branch reaches 1 MB: in a larger function the cold part stays here.
  if (farCold)
    return text + "b.hi .Lstoat_body${:uid}\n" + cold + ".Lstoat_body${:uid}:\n";
  return text + "b.ls .Lstoat_cold${:uid}\n"
                ".Lstoat_body${:uid}:\n"
                ".subsection 1\n"
                ".Lstoat_cold${:uid}:\n" + cold + ".subsection 0\n";
}

static std::string enterAssembly(const std::string& code) {
  return "adrp x16, " + code + "\n"
         "add x16, x16, :lo12:" + code + "\n"
         "b stoat_callasm\n";
}

// The word at sp is where a callee of assembly may keep its return address; arguments start behind it.
static std::string callGo(const std::string& thunk) {
  return "stp x29, x30, [sp, #-32]!\n"
         "mov x29, sp\n"
         "add x10, sp, #40\n"
         "adrp x9, " + thunk + "\n"
         "add x9, x9, :lo12:" + thunk + "\n"
         "stp x9, x10, [sp, #16]\n"
         "add x0, sp, #16\n"
         "bl stoat_callgo\n"
         "ldp x29, x30, [sp], #32\n"
         "ret\n";
}

static constexpr unsigned calleeSaved[] = {19, 20, 21, 22, 23, 24, 25, 26, 27};
static constexpr unsigned keptByStackCheck[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 64, 65, 66, 67, 68, 69, 70, 71}; // x0-x8 x15, q0-7

const Target aarch64Target = {
    .arch = Arch::AArch64,
    .goarch = "arm64",
    .triple = "aarch64-unknown-linux-gnu",
    .cpu = "generic",
    .features = "+reserve-x28",
    .dataLayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32-ni:1",
    .goConvention = llvm::CallingConv::Swift,
    .pointerBytes = 8,
    .integerResults = 8,
    .floatResults = 8,
    .maxVectorResults = 8,
    .positionIndependent = true,
    .signalPreemption = true,
    .linkEmulation = "aarch64linux",
    .debianTriplet = "aarch64-linux-gnu",
    .frameRegister = 29,
    .linkedReturnWords = 1,
    .stackLimitAddress = 0,
    .gAddress = 0,
    .segmentSpace = 0,
    .calleeSaved = calleeSaved,
    .calleeSavedCount = 9,
    .keptByStackCheck = keptByStackCheck,
    .layout = &layoutArm64,
    .stackCheck = stackCheck,
    .enterAssembly = enterAssembly,
    .callGo = callGo,
    .enterArgumentBytes = 0,
};

} // namespace stoat
