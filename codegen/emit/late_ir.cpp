// Late IR passes up to the recording of live pointers, one function each, in the order of prepareLate:
//   checkResults      results wider than the registers of the convention crash LLVM's statepoint lowering: refuse them here
//   expandBarriers    @stoat.barrier -> test of the flag, cold call
//   expandTypedMoves  stoat_typedmemmove of a small value -> test of the flag, cold call or plain copy
//   expandAllocations marked allocations take from their P's window first (allocation.cpp)
//   replacePoison     undef and poison of pointer types become null: a map must never name garbage
//   rootAllocas       allocas with pointers lose their lifetime markers and are zeroed at entry, because the walker reads them from the first safepoint on
//   insertPolls       loops that may run for long without a safepoint get one; counted loops that only compute are left to signals (chooseAsync)
// Afterwards every safepoint call of a Go function is final.
#include "emit/llvm_passes.h"
#include "emit/session.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "target/target.h"

using namespace llvm;

namespace stoat {

bool isGoFunction(const Function& function) {
  return !function.isDeclaration() && function.hasGC() && function.getGC() == "stoat";
}

bool isSafepoint(const CallBase& call) {
  if (isa<IntrinsicInst>(call) || call.isInlineAsm() || call.hasFnAttr("gc-leaf-function"))
    return false;
  // Intrinsics that code generation turns into calls (memcpy, floor) are leaves too.
  const Function* callee = call.getCalledFunction();
  return !callee || !callee->isIntrinsic();
}

static bool isHeapPointer(const Type* type) { return type->isPointerTy() && type->getPointerAddressSpace() == 1; }

bool containsHeapPointer(const Type* type) {
  if (isHeapPointer(type))
    return true;
  if (const auto* vector = dyn_cast<VectorType>(type))
    return isHeapPointer(vector->getElementType());
  if (const auto* array = dyn_cast<ArrayType>(type))
    return array->getNumElements() != 0 && containsHeapPointer(array->getElementType());
  if (const auto* structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), containsHeapPointer);
  return false;
}

void addPointerBits(const Type* type, const DataLayout& layout, uint64_t offset, std::vector<uint8_t>& bits) {
  if (!containsHeapPointer(type))
    return;
  Type* mutableType = const_cast<Type*>(type);
  if (isHeapPointer(type)) {
    uint64_t word = offset / layout.getPointerSize(1);
    if (word / 8 < bits.size())
      bits[word / 8] |= 1u << (word % 8);
  } else if (const auto* vector = dyn_cast<FixedVectorType>(type)) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i)
      addPointerBits(vector->getElementType(), layout, offset + i * layout.getPointerSize(1), bits);
  } else if (const auto* array = dyn_cast<ArrayType>(type)) {
    uint64_t stride = layout.getTypeAllocSize(array->getElementType());
    for (uint64_t i = 0; i < array->getNumElements(); ++i)
      addPointerBits(array->getElementType(), layout, offset + i * stride, bits);
  } else if (auto* structure = dyn_cast<StructType>(mutableType)) {
    const StructLayout* fields = layout.getStructLayout(structure);
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      addPointerBits(structure->getElementType(i), layout, offset + fields->getElementOffset(i), bits);
  }
}

// Storage without a structure that LLVM made of several fields, or of memory that is only copied, may hold pointers.
static bool isOpaqueStorage(const Type* type) {
  const auto* array = dyn_cast<ArrayType>(type);
  return array && array->getElementType()->isIntegerTy(8);
}

PointerMask allocaMask(const AllocaInst& alloca, const DataLayout& layout) {
  PointerMask mask;
  const auto* count = dyn_cast<ConstantInt>(alloca.getArraySize());
  if (!count || alloca.hasMetadata("stoat.noptr"))
    return mask;
  unsigned wordBytes = layout.getPointerSize(1);
  Type* type = alloca.getAllocatedType();
  uint64_t stride = layout.getTypeAllocSize(type).getFixedValue();
  uint64_t size = stride * count->getZExtValue();
  mask.words = size / wordBytes;
  if (mask.words == 0)
    return mask;
  if (containsHeapPointer(type)) {
    mask.any = true;
    mask.bits.assign((mask.words + 7) / 8, 0);
    for (uint64_t i = 0; i < count->getZExtValue(); ++i)
      addPointerBits(type, layout, i * stride, mask.bits);
  } else if (isOpaqueStorage(type)) {
    mask.any = mask.conservative = true;
  }
  return mask;
}

static std::string where(const Instruction& instruction) {
  std::string text = " in " + instruction.getFunction()->getName().str();
  if (const DILocation* location = instruction.getDebugLoc())
    text += " (" + location->getFilename().str() + ":" + std::to_string(location->getLine()) + ")";
  return text;
}

// -- results ---------------------------------------------------------------------------------------------------------------------------

static void countResults(const Type* type, unsigned wordBits, unsigned& integers, unsigned& floats, bool& odd) {
  if (type->isVoidTy())
    return;
  if (const auto* structure = dyn_cast<StructType>(type)) {
    for (const Type* element : structure->elements())
      countResults(element, wordBits, integers, floats, odd);
  } else if (const auto* array = dyn_cast<ArrayType>(type)) {
    for (uint64_t i = 0; i < array->getNumElements(); ++i)
      countResults(array->getElementType(), wordBits, integers, floats, odd);
  } else if (type->isFloatTy() || type->isDoubleTy()) {
    ++floats;
  } else if (type->isPointerTy()) {
    ++integers;
  } else if (type->isIntegerTy()) {
    integers += (type->getIntegerBitWidth() + wordBits - 1) / wordBits;
  } else {
    odd = true;
  }
}

static bool resultsFit(const Type* type, CallingConv::ID convention, const Target& target) {
  unsigned integers = 0, floats = 0;
  bool odd = false;
  countResults(type, target.pointerBytes * 8, integers, floats, odd);
  if (convention == target.goConvention)
    return !odd && integers <= target.integerResults && floats <= target.floatResults;
  // Natives return one scalar (an i64 is two words on 386).
  return !odd && integers <= 2 && floats <= 1;
}

static void checkResults(Function& function, EmitSession& session) {
  const Target& target = *session.target;
  if (!resultsFit(function.getReturnType(), function.getCallingConv(), target))
    session.fail("internal: results of " + function.getName().str() + " do not fit the result registers of " + target.goarch.str());
  for (Instruction& instruction : instructions(function))
    if (auto* call = dyn_cast<CallBase>(&instruction); call && isSafepoint(*call)) {
      if (!isa<CallInst>(call))
        session.fail("internal: invoke" + where(*call));
      if (!resultsFit(call->getType(), call->getCallingConv(), target))
        session.fail("internal: results of a call do not fit the result registers of " + target.goarch.str() + where(*call));
      if (call->hasOperandBundles())
        session.fail("internal: call with operand bundles" + where(*call));
    }
}

// -- write barrier ---------------------------------------------------------------------------------------------------------------------

static void expandBarriers(Module& module) {
  Function* marker = module.getFunction("stoat.barrier");
  if (!marker)
    return;
  LLVMContext& context = module.getContext();
  Type* flagType = Type::getInt32Ty(context);
  auto* flag = cast<GlobalVariable>(module.getOrInsertGlobal("stoat_barrier_enabled", flagType));
  flag->setDSOLocal(true);
  FunctionCallee slow = module.getOrInsertFunction("stoat_write_barrier", marker->getFunctionType());
  auto* slowFunction = cast<Function>(slow.getCallee());
  slowFunction->setCallingConv(CallingConv::PreserveAll);
  slowFunction->addFnAttr("gc-leaf-function");
  slowFunction->addFnAttr(Attribute::NoUnwind);
  slowFunction->setDSOLocal(true);
  MDNode* unlikely = MDBuilder(context).createUnlikelyBranchWeights();
  SetVector<BasicBlock*> blocks;
  for (User* user : marker->users())
    blocks.insert(cast<CallInst>(user)->getParent());
  for (BasicBlock* block : blocks) {
    SmallVector<CallInst*, 4> inOrder;
    for (Instruction& instruction : *block)
      if (auto* call = dyn_cast<CallInst>(&instruction); call && call->getCalledFunction() == marker)
        inOrder.push_back(call);
    for (CallInst* call : inOrder) {
      IRBuilder<> builder(call);
      LoadInst* enabled = builder.CreateLoad(flagType, flag);
      enabled->setVolatile(true); // never moved across a poll
      Value* condition = builder.CreateICmpNE(enabled, builder.getInt32(0));
      Instruction* cold = SplitBlockAndInsertIfThen(condition, call, /*Unreachable=*/false, unlikely);
      builder.SetInsertPoint(cold);
      builder.SetCurrentDebugLocation(call->getDebugLoc());
      CallInst* slowCall = builder.CreateCall(slow, {call->getArgOperand(0), call->getArgOperand(1)});
      slowCall->setCallingConv(CallingConv::PreserveAll);
      slowCall->addFnAttr(Attribute::getWithMemoryEffects(context, MemoryEffects::unknown()));
      call->eraseFromParent();
    }
  }
  marker->eraseFromParent();
}

// A copy with barriers that lowering marked with its size: the call is needed only while the collector marks.
static void expandTypedMoves(Module& module) {
  Function* move = module.getFunction("stoat_typedmemmove");
  if (!move)
    return;
  Type* flagType = Type::getInt32Ty(module.getContext());
  auto* flag = cast<GlobalVariable>(module.getOrInsertGlobal("stoat_barrier_enabled", flagType));
  flag->setDSOLocal(true);
  MDNode* unlikely = MDBuilder(module.getContext()).createUnlikelyBranchWeights();
  SmallVector<CallInst*, 16> calls;
  for (User* user : move->users())
    if (auto* call = dyn_cast<CallInst>(user); call && call->getCalledFunction() == move && call->hasFnAttr("stoat-size"))
      calls.push_back(call);
  for (CallInst* call : calls) {
    uint64_t size = 0;
    if (call->getFnAttr("stoat-size").getValueAsString().getAsInteger(10, size) || !isGoFunction(*call->getFunction()))
      continue;
    IRBuilder<> builder(call);
    LoadInst* enabled = builder.CreateLoad(flagType, flag);
    enabled->setVolatile(true); // never moved across a poll
    Instruction *marking, *idle;
    SplitBlockAndInsertIfThenElse(builder.CreateICmpNE(enabled, builder.getInt32(0)), call, &marking, &idle, unlikely);
    call->moveBefore(marking->getIterator());
    builder.SetInsertPoint(idle);
    Align word(module.getDataLayout().getPointerSize());
    builder.CreateMemMove(call->getArgOperand(1), word, call->getArgOperand(2), word, size);
  }
}

// -- poison ----------------------------------------------------------------------------------------------------------------------------

// The constant with null in place of every undefined part that holds heap pointers (aggregates may be undefined in part).
static Constant* withoutPoison(Constant* constant) {
  if (!containsHeapPointer(constant->getType())) return constant;
  if (isa<UndefValue>(constant)) return Constant::getNullValue(constant->getType());
  if (!isa<ConstantAggregate>(constant)) return constant;
  SmallVector<Constant*, 8> parts;
  bool changed = false;
  for (Use& operand : constant->operands()) {
    parts.push_back(withoutPoison(cast<Constant>(operand)));
    changed |= parts.back() != operand;
  }
  if (!changed) return constant;
  if (auto* type = dyn_cast<StructType>(constant->getType())) return ConstantStruct::get(type, parts);
  if (auto* type = dyn_cast<ArrayType>(constant->getType())) return ConstantArray::get(type, parts);
  return ConstantVector::get(parts);
}

static void replacePoison(Function& function) {
  for (Instruction& instruction : instructions(function)) {
    if (isa<ShuffleVectorInst>(instruction))
      continue;
    auto* call = dyn_cast<CallBase>(&instruction);
    for (Use& use : instruction.operands()) {
      // The closure parameter of a direct call is undefined on purpose: the callee ignores it, and it costs no instruction.
      if (call && call->isArgOperand(&use) && call->paramHasAttr(call->getArgOperandNo(&use), Attribute::Nest))
        continue;
      if (auto* constant = dyn_cast<Constant>(use); constant && withoutPoison(constant) != constant)
        use.set(withoutPoison(constant));
    }
  }
}

// -- allocas ---------------------------------------------------------------------------------------------------------------------------

static bool hasSafepoint(const Function& function) {
  for (const Instruction& instruction : instructions(function))
    if (auto* call = dyn_cast<CallBase>(&instruction); call && isSafepoint(*call))
      return true;
  return false;
}

static bool isZeroedAtEntry(const AllocaInst& alloca, uint64_t size) {
  for (const Instruction& instruction : *alloca.getParent()) {
    if (auto* call = dyn_cast<CallBase>(&instruction)) {
      if (isSafepoint(*call))
        return false;
      auto* fill = dyn_cast<MemSetInst>(call);
      if (!fill || fill->getDest() != &alloca)
        continue;
      auto* length = dyn_cast<ConstantInt>(fill->getLength());
      auto* value = dyn_cast<ConstantInt>(fill->getValue());
      if (length && length->getZExtValue() >= size && value && value->isZero())
        return true;
    }
  }
  return false;
}

static void rootAllocas(Function& function, EmitSession& session) {
  if (!hasSafepoint(function))
    return;
  const DataLayout& layout = function.getDataLayout();
  SmallVector<AllocaInst*, 16> rooted;
  for (Instruction& instruction : instructions(function)) {
    auto* alloca = dyn_cast<AllocaInst>(&instruction);
    if (!alloca)
      continue;
    if (!alloca->isStaticAlloca()) {
      if (containsHeapPointer(alloca->getAllocatedType()))
        session.fail("internal: dynamic alloca with pointers" + where(*alloca));
      continue;
    }
    if (allocaMask(*alloca, layout).any)
      rooted.push_back(alloca);
  }
  for (AllocaInst* alloca : rooted) {
    SmallVector<Instruction*, 4> markers;
    for (User* user : alloca->users())
      if (auto* intrinsic = dyn_cast<IntrinsicInst>(user); intrinsic && intrinsic->isLifetimeStartOrEnd())
        markers.push_back(intrinsic);
    for (Instruction* marker : markers)
      marker->eraseFromParent();
    uint64_t size = alloca->getAllocationSize(layout)->getFixedValue();
    if (isZeroedAtEntry(*alloca, size))
      continue;
    IRBuilder<> builder(alloca->getNextNode());
    Type* type = alloca->getAllocatedType();
    if (size <= 2 * layout.getPointerSize() && (isHeapPointer(type)))
      builder.CreateAlignedStore(Constant::getNullValue(type), alloca, alloca->getAlign());
    else
      session.entryZeroes[alloca] = builder.CreateMemSet(alloca, builder.getInt8(0), size, alloca->getAlign());
  }
}

// -- polls -----------------------------------------------------------------------------------------------------------------------------

// Counted innermost loops that only compute may stay without a poll: a signal stops them, and their frame is then scanned conservatively. So every object they
// work on must be in sight: the pointers that come from outside stay alive up to the loop's exits (code generation may otherwise keep no more than an
// address outside of the object), and none is loaded inside. Loops with barriers get a poll.
static bool chooseAsync(Loop& loop, SmallSetVector<Value*, 8>& pointers, EmitSession& session) {
  if (!session.target->signalPreemption || !session.optimize)
    return false;
  for (BasicBlock* block : loop.blocks())
    for (Instruction& instruction : *block) {
      if (auto* load = dyn_cast<LoadInst>(&instruction))
        if (containsHeapPointer(load->getType()) || (load->isVolatile() && isa<GlobalVariable>(load->getPointerOperand())))
          return false;
      if (auto* call = dyn_cast<CallBase>(&instruction); call && !isa<IntrinsicInst>(call) && containsHeapPointer(call->getType()))
        return false;
      for (Value* operand : instruction.operands()) {
        Type* type = operand->getType();
        if (!type->isPointerTy()) {
          if (containsHeapPointer(type))
            return false;
          continue;
        }
        // To the value that begins the chain of offsets.
        for (unsigned steps = 0; steps < 64; ++steps) {
          if (auto* gep = dyn_cast<GetElementPtrInst>(operand))
            operand = gep->getPointerOperand();
          else if (auto* cast = dyn_cast<AddrSpaceCastInst>(operand))
            operand = cast->getPointerOperand();
          else
            break;
        }
        if (!operand->getType()->isPointerTy() || isa<AllocaInst, Constant>(operand))
          continue;
        if (auto* inside = dyn_cast<Instruction>(operand); inside && loop.contains(inside)) {
          if (isa<PHINode>(inside))
            continue; // its values come from outside or are offsets of it
          return false;
        }
        pointers.insert(operand);
      }
    }
  return true;
}

struct AsyncLoop {
  SmallVector<BasicBlock*, 8> blocks, exits;
  SmallSetVector<Value*, 8> pointers;
};

// A latch needs a poll if the number of iterations is unknown, or the loop contains others (then one iteration is long, and the poll costs nothing).
// Calls do not help: a function asks for preemption only where it makes its frame.
static void collectPolls(Loop& loop, LoopInfo& loops, DominatorTree& dominators, ScalarEvolution& evolution, SmallVectorImpl<BasicBlock*>& latches,
                         std::vector<AsyncLoop>& asyncLoops, EmitSession& session) {
  for (Loop* inner : loop)
    collectPolls(*inner, loops, dominators, evolution, latches, asyncLoops, session);
  if (unsigned trips = evolution.getSmallConstantMaxTripCount(&loop); trips != 0 && trips <= 64)
    return;
  bool calls = any_of(loop.blocks(), [](const BasicBlock* block) {
    return any_of(*block, [](const Instruction& instruction) { return isa<CallBase>(instruction) && isSafepoint(cast<CallBase>(instruction)); });
  });
  if (loop.isInnermost() && !calls && !isa<SCEVCouldNotCompute>(evolution.getSymbolicMaxBackedgeTakenCount(&loop))) {
    AsyncLoop chosen;
    if (chooseAsync(loop, chosen.pointers, session)) {
      chosen.blocks.assign(loop.block_begin(), loop.block_end());
      if (!chosen.pointers.empty()) {
        formDedicatedExitBlocks(&loop, &dominators, &loops, nullptr, /*PreserveLCSSA=*/false);
        loop.getUniqueExitBlocks(chosen.exits);
      }
      asyncLoops.push_back(std::move(chosen));
      return;
    }
  }
  SmallVector<BasicBlock*, 4> own;
  loop.getLoopLatches(own);
  latches.append(own.begin(), own.end());
}

static void insertPolls(Function& function, FunctionAnalysisManager& analyses, EmitSession& session) {
  if (function.hasFnAttribute("stoat-nopoll") || function.hasFnAttribute("stoat-nosplit"))
    return;
  LoopInfo& loops = analyses.getResult<LoopAnalysis>(function);
  if (loops.empty())
    return;
  DominatorTree& dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  ScalarEvolution& evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  SmallVector<BasicBlock*, 8> latches;
  std::vector<AsyncLoop> asyncLoops;
  for (Loop* loop : loops)
    collectPolls(*loop, loops, dominators, evolution, latches, asyncLoops, session);
  for (const AsyncLoop& loop : asyncLoops) {
    session.asyncBlocks.insert(loop.blocks.begin(), loop.blocks.end());
    for (BasicBlock* exit : loop.exits)
      for (Value* pointer : loop.pointers) {
        IRBuilder<> builder(exit, exit->getFirstInsertionPt());
        builder.CreateIntrinsic(builder.getVoidTy(), Intrinsic::fake_use, {pointer});
      }
  }
  if (!asyncLoops.empty())
    analyses.invalidate(function, PreservedAnalyses::none()); // exits were split
  if (latches.empty())
    return;
  Module& module = *function.getParent();
  LLVMContext& context = module.getContext();
  FunctionCallee poll = module.getOrInsertFunction("stoat_poll", FunctionType::get(Type::getVoidTy(context), false));
  cast<Function>(poll.getCallee())->setDSOLocal(true);
  MDNode* unlikely = MDBuilder(context).createUnlikelyBranchWeights();
  SmallPtrSet<BasicBlock*, 8> seen;
  for (BasicBlock* latch : latches) {
    if (!seen.insert(latch).second)
      continue;
    Instruction* end = latch->getTerminator();
    IRBuilder<> builder(end);
    DebugLoc location = end->getDebugLoc();
    if (!location)
      for (Instruction& instruction : *latch)
        if (instruction.getDebugLoc())
          location = instruction.getDebugLoc();
    Value* limit = emitLoadStackLimit(builder, *session.target);
    Value* poisoned = builder.CreateICmpEQ(limit, Constant::getAllOnesValue(limit->getType()));
    Instruction* cold = SplitBlockAndInsertIfThen(poisoned, end, /*Unreachable=*/false, unlikely);
    builder.SetInsertPoint(cold);
    builder.SetCurrentDebugLocation(location);
    builder.CreateCall(poll);
  }
  analyses.invalidate(function, PreservedAnalyses::none());
}

void prepareLate(Module& module, FunctionAnalysisManager& analyses, EmitSession& session) {
  expandBarriers(module);
  expandTypedMoves(module);
  if (session.optimize)
    expandAllocations(module, *session.target);
  analyses.clear();
  for (Function& function : module) {
    if (!isGoFunction(function))
      continue;
    checkResults(function, session);
    replacePoison(function);
    insertPolls(function, analyses, session);
    rootAllocas(function, session);
  }
  analyses.clear();
}

} // namespace stoat
