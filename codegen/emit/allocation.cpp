// The fast path of allocation in line: a call that lowering marked ("stoat-alloc"="SIZE MASK", see README.md) takes the next slot of its P's window
// (runtime/abi/alloc_window.h) and calls the runtime only when the window is empty or made for another mask.
//
// Sound because nothing between the load of g and the store of `next` is a safepoint: the goroutine stays on its P. Slots come zeroed, with their pointer bits, and black
// while the collector marks; so there is nothing else to do, and the test for marking lies where windows open.
#include "emit/llvm_passes.h"
#include "emit/session.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "runtime/abi/alloc_window.h"
#include "target/target.h"
#include "target_layout.h"

using namespace llvm;

namespace stoat {

namespace {

// Where code runs at most once, or hardly ever, the call is smaller.
bool isHot(const CallInst& call) {
  const Function& function = *call.getFunction();
  return !isa<UnreachableInst>(call.getParent()->getTerminator()) && !function.hasFnAttribute(Attribute::Cold) && !function.getName().ends_with(".init");
}

class Expansion {
public:
  Expansion(CallInst* call, const Target& target)
      : call_(call), b_(call), layout_(*target.layout), word_(b_.getIntNTy(target.pointerBytes * 8)), bytes_(target.pointerBytes) {
    Value* m = b_.CreateLoad(b_.getPtrTy(), at(emitLoadG(b_, target), layout_.gM));
    p_ = b_.CreateLoad(b_.getPtrTy(), at(m, layout_.mP));
  }

  void window(uint64_t size, uint64_t mask) {
    unsigned spanClass = rt::sizeToClass(size) * 2 + (mask == 0);
    int place = layout_.pMemoryWindow + int(spanClass) * layout_.windowBytes;
    Value* object = b_.CreateLoad(call_->getType(), at(p_, place + layout_.windowNext));
    Value* next = b_.CreatePtrAdd(object, ConstantInt::get(word_, rt::classSize[spanClass / 2]));
    Value* fits = b_.CreateICmpULE(next, b_.CreateLoad(call_->getType(), at(p_, place + layout_.windowEnd)));
    if (mask)
      fits = b_.CreateLogicalAnd(fits, b_.CreateICmpEQ(b_.CreateLoad(word_, at(p_, place + layout_.windowMask)), ConstantInt::get(word_, mask)));
    finish(fits, object, next, place + layout_.windowNext, false);
  }

  // Objects below 16 bytes without pointers share a block.
  void tiny(uint64_t size) {
    Value* rest = b_.CreateLoad(word_, at(p_, layout_.pMemoryTiny));
    uint64_t align = rt::isTinyOf8(size, bytes_) ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
    if (align > 1)
      rest = b_.CreateAnd(b_.CreateAdd(rest, ConstantInt::get(word_, align - 1)), ConstantInt::getSigned(word_, -int64_t(align)));
    Value* next = b_.CreateAdd(rest, ConstantInt::get(word_, size));
    Value* fits = b_.CreateICmpULE(next, b_.CreateLoad(word_, at(p_, layout_.pMemoryTinyEnd)));
    finish(fits, rest, next, layout_.pMemoryTiny, true);
  }

private:
  Value* at(Value* base, int offset) { return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), base, uint64_t(offset)); }

  void finish(Value* fits, Value* object, Value* next, int place, bool isTiny) {
    Instruction *fast, *slow;
    SplitBlockAndInsertIfThenElse(fits, call_, &fast, &slow, MDBuilder(b_.getContext()).createLikelyBranchWeights());
    BasicBlock* after = call_->getParent();
    b_.SetInsertPoint(fast);
    b_.CreateStore(next, at(p_, place));
    if (isTiny) {
      Value* count = at(p_, layout_.pMemoryTinyAllocs);
      b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), count), b_.getInt64(1)), count);
      // An address made of an integer. It may not live across a safepoint as such; here it is at once an object's.
      object = b_.CreateIntToPtr(object, b_.getPtrTy());
      object = b_.CreateAddrSpaceCast(object, call_->getType());
    }
    call_->moveBefore(slow->getIterator());
    PHINode* result = PHINode::Create(call_->getType(), 2, "", after->begin());
    call_->replaceUsesWithIf(result, [&](Use& use) { return use.getUser() != result; });
    result->addIncoming(object, fast->getParent());
    result->addIncoming(call_, slow->getParent());
  }

  CallInst* call_;
  IRBuilder<> b_;
  const TargetLayout& layout_;
  Type* word_;
  unsigned bytes_;
  Value* p_;
};

} // namespace

void expandAllocations(Module& module, const Target& target) {
  SmallVector<CallInst*, 32> calls;
  for (StringRef name : {"stoat_new", "stoat_makeslice"})
    if (Function* function = module.getFunction(name))
      for (User* user : function->users())
        if (auto* call = dyn_cast<CallInst>(user); call && call->getCalledFunction() == function && call->hasFnAttr("stoat-alloc"))
          calls.push_back(call);
  for (CallInst* call : calls) {
    if (!isGoFunction(*call->getFunction()) || call->use_empty() || !isHot(*call))
      continue;
    auto [sizeText, maskText] = call->getFnAttr("stoat-alloc").getValueAsString().split(' ');
    uint64_t size = 0, mask = 0;
    if (sizeText.getAsInteger(10, size) || maskText.getAsInteger(16, mask) || size == 0 || size > rt::maxWindowZeroed)
      continue;
    Expansion expansion(call, target);
    if (mask == 0 && size < rt::tinySize)
      expansion.tiny(size);
    else
      expansion.window(size, mask);
  }
}

} // namespace stoat
