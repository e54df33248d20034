// Machine passes. FrameFacts, after prologue insertion: rewrites every location of a STATEPOINT from the stack pointer to the frame pointer, notes
// where callee-saved registers and allocas with pointers lie. StackCheck, after the last pass that moves code: the check of the stack limit as one
// INLINEASM before the frame is made, when its size is known.
#include "emit/session.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineDominators.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineInstrBuilder.h"
#include "llvm/CodeGen/MachineLoopInfo.h"
#include "llvm/CodeGen/StackMaps.h"
#include "llvm/CodeGen/TargetFrameLowering.h"
#include "llvm/CodeGen/TargetInstrInfo.h"
#include "llvm/CodeGen/TargetLowering.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/MC/MCSymbol.h"
#include "llvm/Support/raw_ostream.h"
#include "runtime/abi/stack_limits.h"
#include "target/target.h"

using namespace llvm;

namespace stoat {

namespace {

// Offsets of stack objects from the frame pointer.
class FramePlaces {
public:
  explicit FramePlaces(MachineFunction& function, const Target& target)
      : frame_(function.getFrameInfo()), registers_(*function.getSubtarget().getRegisterInfo()), target_(target) {
    frameRegister_ = registers_.getFrameRegister(function);
    stackRegister_ = function.getSubtarget().getTargetLowering()->getStackPointerRegisterToSaveRestore();
    if (target.arch == Arch::AArch64) {
      for (const CalleeSavedInfo& info : frame_.getCalleeSavedInfo())
        if (Register(info.getReg()) == frameRegister_)
          frameObject_ = frame_.getObjectOffset(info.getFrameIdx());
    } else {
      // Object offsets count from the address above the return address; the frame pointer's own slot is two words below it.
      frameObject_ = -2 * int64_t(target.pointerBytes);
    }
  }
  int64_t ofObject(int index) const { return frame_.getObjectOffset(index) - frameObject_; }
  // What to add to an offset from the stack pointer.
  int64_t stackPointerDelta() const {
    int64_t stackSize = frame_.getStackSize();
    // x86: the stack size leaves the return address out.
    if (target_.arch != Arch::AArch64)
      stackSize += target_.pointerBytes;
    return -stackSize - frameObject_;
  }
  Register frameRegister() const { return frameRegister_; }
  Register stackRegister() const { return stackRegister_; }
  int savedNumber(MCRegister reg) const {
    int dwarf = registers_.getDwarfRegNum(reg, false);
    for (unsigned i = 0; i < target_.calleeSavedCount; ++i)
      if (int(target_.calleeSaved[i]) == dwarf)
        return i;
    return -1;
  }

private:
  const MachineFrameInfo& frame_;
  const TargetRegisterInfo& registers_;
  const Target& target_;
  Register frameRegister_, stackRegister_;
  int64_t frameObject_ = 0;
};

class FrameFacts : public MachineFunctionPass {
public:
  static char ID;
  explicit FrameFacts(EmitSession& session) : MachineFunctionPass(ID), session_(session) {}
  StringRef getPassName() const override { return "Stoat frame facts"; }
  void getAnalysisUsage(AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction& function) override {
    const Function& source = function.getFunction();
    if (!isGoFunction(source))
      return false;
    const MachineFrameInfo& frame = function.getFrameInfo();
    FramePlaces places(function, *session_.target);
    FunctionFacts facts;
    facts.function = &source;
    if (source.hasFnAttribute("stoat-wrapper") || (source.getSubprogram() && source.getSubprogram()->isArtificial()))
      facts.flags |= abi::funcIsWrapper;
    if (source.hasFnAttribute("stoat-noargs"))
      facts.flags |= abi::funcNoArgs;
    if (source.hasFnAttribute("stoat-nosplit"))
      facts.flags |= abi::funcNoSplit;
    for (const CalleeSavedInfo& info : frame.getCalleeSavedInfo()) {
      int number = places.savedNumber(info.getReg());
      if (number >= 0 && !info.isSpilledToReg())
        facts.saved.push_back({int32_t(places.ofObject(info.getFrameIdx())), uint32_t(number)});
    }
    bool hasStatepoint = false;
    for (MachineBasicBlock& block : function)
      for (MachineInstr& instruction : block)
        if (instruction.getOpcode() == TargetOpcode::STATEPOINT) {
          hasStatepoint = true;
          makeFrameRelative(instruction, places, source);
          noteTarget(instruction);
        } else if (instruction.isCall()) {
          facts.leafCalls.push_back(leafTarget(instruction, source));
        }
    if (hasStatepoint) {
      for (int index = 0; index < frame.getObjectIndexEnd(); ++index) {
        const AllocaInst* alloca = frame.getObjectAllocation(index);
        if (!alloca || frame.isDeadObjectIndex(index))
          continue;
        PointerMask mask = allocaMask(*alloca, function.getDataLayout());
        if (mask.any)
          facts.allocas.push_back({int32_t(places.ofObject(index)), mask.words, mask.conservative, std::move(mask.bits), alloca});
      }
    }
    session_.functions.push_back(std::move(facts));
    return true;
  }

private:
  void noteTarget(MachineInstr& statepoint) {
    if (!session_.listing)
      return;
    StatepointOpers operands(&statepoint);
    const MachineOperand& target = operands.getCallTarget();
    if (session_.targets.size() <= operands.getID())
      session_.targets.resize(operands.getID() + 1);
    if (target.isGlobal())
      session_.targets[operands.getID()] = target.getGlobal()->getName();
  }

  // Every call of machine code is a safepoint or calls a leaf by its name: here nothing can slip through that the late IR passes did not see.
  StringRef leafTarget(const MachineInstr& call, const Function& source) {
    for (const MachineOperand& operand : call.operands()) {
      if (operand.isSymbol())
        return operand.getSymbolName(); // of the C library, made by code generation
      if (operand.isMCSymbol())
        return operand.getMCSymbol()->getName(); // the same, by FastISel
      if (!operand.isGlobal())
        continue;
      const auto* callee = dyn_cast<Function>(operand.getGlobal());
      if (callee && callee->hasFnAttribute("gc-leaf-function"))
        return callee->getName();
      // The C library's functions that LLVM's intrinsics become may be declared by another name in the module.
      if (callee && !callee->hasGC() && is_contained({"memcpy", "memmove", "memset", "memcmp", "bcmp"}, callee->getName()))
        return callee->getName();
      session_.fail("internal: " + source.getName().str() + ": a call of " + operand.getGlobal()->getName().str() + " without a stack map");
      return "";
    }
    session_.fail("internal: " + source.getName().str() + ": an indirect call without a stack map");
    return "";
  }

  void makeFrameRelative(MachineInstr& statepoint, const FramePlaces& places, const Function& source) {
    StatepointOpers operands(&statepoint);
    unsigned end = operands.getNumGcMapEntriesIdx();
    for (unsigned i = operands.getVarIdx(); i < end; i = StackMaps::getNextMetaArgIdx(&statepoint, i)) {
      const MachineOperand& kind = statepoint.getOperand(i);
      if (!kind.isImm())
        continue;
      unsigned base;
      if (kind.getImm() == StackMaps::DirectMemRefOp)
        base = i + 1;
      else if (kind.getImm() == StackMaps::IndirectMemRefOp)
        base = i + 2;
      else
        continue;
      MachineOperand& reg = statepoint.getOperand(base);
      if (reg.getReg() == places.frameRegister())
        continue;
      if (reg.getReg() != places.stackRegister()) {
        session_.fail("internal: " + source.getName().str() + ": stack map location relative to neither frame nor stack pointer");
        return;
      }
      MachineOperand& offset = statepoint.getOperand(base + 1);
      offset.setImm(offset.getImm() + places.stackPointerDelta());
      reg.setReg(places.frameRegister());
    }
  }

  EmitSession& session_;
};
char FrameFacts::ID = 0;

// The stack check, and the code ranges in which a signal may preempt: both need the final layout.
class StackCheck : public MachineFunctionPass {
public:
  static char ID;
  explicit StackCheck(EmitSession& session) : MachineFunctionPass(ID), session_(session) {}
  StringRef getPassName() const override { return "Stoat stack check"; }
  void getAnalysisUsage(AnalysisUsage& usage) const override {
    usage.addRequired<MachineLoopInfoWrapperPass>();
    usage.addRequired<MachineDominatorTreeWrapperPass>();
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction& function) override {
    const Function& source = function.getFunction();
    if (!isGoFunction(source))
      return false;
    const MachineFrameInfo& frame = function.getFrameInfo();
    const Target& target = *session_.target;
    uint64_t bytes = frame.getStackSize() + 2 * target.pointerBytes;
    bool calls = false;
    uint64_t instructions = 0;
    for (MachineBasicBlock& block : function)
      for (MachineInstr& instruction : block) {
        calls |= instruction.isCall();
        ++instructions;
      }
    if (calls && frame.getMaxCallFrameSize() != ~0u)
      bytes += frame.getMaxCallFrameSize();
    FunctionFacts& facts = session_.functions.back();
    facts.frameBytes = bytes;
    findAsyncRanges(function, facts);
    if (source.hasFnAttribute("stoat-nosplit") || (!calls && bytes <= STOAT_STACK_LEAF_FRAME))
      return false;
    uint64_t arguments = 0;
    for (int index = frame.getObjectIndexBegin(); index < 0; ++index) {
      int64_t offset = frame.getObjectOffset(index);
      if (offset >= 0)
        arguments = std::max<uint64_t>(arguments, offset + frame.getObjectSize(index));
    }
    arguments = (arguments + 15) & ~uint64_t(15);
    facts.flags |= abi::funcHasStackCheck;
    std::string text = target.stackCheck((bytes + 15) & ~uint64_t(15), arguments, instructions > 100000);
    MachineBasicBlock& place = checkBlock(function, arguments);
    const TargetInstrInfo& info = *function.getSubtarget().getInstrInfo();
    DebugLoc location = &place == &function.front() ? DebugLoc() : place.findDebugLoc(place.begin());
    BuildMI(place, place.begin(), location, info.get(TargetOpcode::INLINEASM))
        .addExternalSymbol(function.createExternalSymbolName(text))
        .addImm(InlineAsm::Extra_HasSideEffects);
    return true;
  }

private:
  // The block to begin with the check: the one that makes the frame, if shrink wrapping left paths without it, so that those need no check. What lives
  // there must survive stoat_morestack, and no stack argument may have been used: a further segment gets copies.
  MachineBasicBlock& checkBlock(MachineFunction& function, uint64_t arguments) {
    MachineBasicBlock& entry = function.front();
    MachineBasicBlock* setup = nullptr;
    for (MachineBasicBlock& block : function)
      if (any_of(block, [](const MachineInstr& instruction) { return instruction.getFlag(MachineInstr::FrameSetup); })) {
        if (setup)
          return entry;
        setup = &block;
      }
    if (!setup || setup == &entry || arguments || setup->isEHPad() || !function.getRegInfo().tracksLiveness())
      return entry;
    const TargetRegisterInfo& registers = *function.getSubtarget().getRegisterInfo();
    for (const MachineBasicBlock::RegisterMaskPair& live : setup->liveins())
      if (!isKept(live.PhysReg, registers, function))
        return entry;
    return *setup;
  }

  bool isKept(MCRegister live, const TargetRegisterInfo& registers, const MachineFunction& function) const {
    for (const MCPhysReg* saved = registers.getCalleeSavedRegs(&function); *saved; ++saved)
      if (registers.isSuperRegisterEq(live, *saved))
        return true;
    for (MCPhysReg whole : registers.superregs_inclusive(live))
      if (is_contained(session_.target->keptByStackCheck, unsigned(registers.getDwarfRegNum(whole, false))))
        return true;
    return false;
  }

  // All blocks of the loop come from blocks that late_ir.cpp chose, or from none (edges split by code generation).
  bool isAsync(const MachineLoop& loop) {
    bool any = false;
    for (const MachineBasicBlock* block : loop.blocks()) {
      if (const BasicBlock* source = block->getBasicBlock()) {
        if (!session_.asyncBlocks.contains(source))
          return false;
        any = true;
      }
      for (const MachineInstr& instruction : *block)
        if (instruction.getOpcode() == TargetOpcode::STATEPOINT)
          return false;
    }
    return any;
  }

  void findAsyncRanges(MachineFunction& function, FunctionFacts& facts) {
    if (session_.asyncBlocks.empty())
      return;
    // Where shrink wrapping moved prologue or epilogue, the frame pointer is the caller's before the one and after the other.
    const MachineDominatorTree& dominators = getAnalysis<MachineDominatorTreeWrapperPass>().getDomTree();
    const MachineFrameInfo& frame = function.getFrameInfo();
    auto hasFrame = [&](const MachineBasicBlock* block) {
      return all_of(frame.getSavePoints(), [&](const auto& point) { return point.first != block && dominators.dominates(point.first, block); }) &&
             none_of(frame.getRestorePoints(), [&](const auto& point) { return dominators.dominates(point.first, block); });
    };
    DenseSet<const MachineBasicBlock*> chosen;
    SmallVector<const MachineLoop*, 8> loops(getAnalysis<MachineLoopInfoWrapperPass>().getLI().begin(), getAnalysis<MachineLoopInfoWrapperPass>().getLI().end());
    while (!loops.empty()) {
      const MachineLoop* loop = loops.pop_back_val();
      if (isAsync(*loop) && hasFrame(loop->getHeader()))
        chosen.insert(loop->block_begin(), loop->block_end());
      else
        loops.append(loop->begin(), loop->end());
    }
    if (chosen.empty())
      return;
    bool open = false;
    for (MachineBasicBlock& block : function) {
      bool wanted = chosen.contains(&block) && &block != &function.front();
      if (wanted == open)
        continue;
      open = wanted;
      block.setLabelMustBeEmitted();
      if (wanted)
        facts.asyncRanges.push_back({block.getSymbol(), nullptr});
      else
        facts.asyncRanges.back().end = block.getSymbol();
    }
  }

  EmitSession& session_;
};
char StackCheck::ID = 0;

} // namespace

FunctionPass* createFrameFactsPass(EmitSession& session) { return new FrameFacts(session); }
FunctionPass* createStackCheckPass(EmitSession& session) { return new StackCheck(session); }

} // namespace stoat
