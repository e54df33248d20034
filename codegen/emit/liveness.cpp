// Pointers live across each safepoint call. They go into the call's "deopt" bundle: code generation makes a STATEPOINT of such a call and
// records where each value is (a spill slot or a callee-saved register). Functions with too many live entries, where the register allocator
// would take minutes, and unoptimised ones store each pointer once into a slot of an alloca that the walker reads instead.
//
// Liveness is computed value by value, walking up from the uses (Boissinot et al., "Computing liveness sets for SSA-form programs"): the cost is the
// size of the result. A pointer made by a negative constant offset may point outside its object, so that its base is kept in its stead.
//
// Objects in the frame (allocas) are followed as well: one is in use at a call if it may be read afterwards, or if the callee was given its address as a plain pointer
// (out-parameters, natives, defer frames). Otherwise the walker scans it only if it finds a pointer to it on the stack. An object whose address goes where
// neither can be seen counts as always in use.
//
// Plain pointers (address space 0) cast from heap pointers, which LLVM may carry across a call although the program casts anew each time, are followed too.
#include "emit/session.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace stoat {

// Above this sum of live entries over a function's calls: slots (design notes on LLVM, item 12: about 0.2 s).
static constexpr size_t maxBundleEntries = 20000;
static constexpr size_t maxLiveOuts = 4000000;

namespace {

class LivePointers {
public:
  LivePointers(Function& function, EmitSession& session)
      : function_(function), session_(session), layout_(function.getDataLayout()) {}

  void run() {
    collect();
    if (calls_.empty())
      return;
    std::vector<SmallVector<const AllocaInst*, 4>> objects(calls_.size());
    if (session_.optimize)
      trackObjects(objects);
    computeLiveOuts();
    if (!tooMany_)
      computeCallSets();
    if (tooMany_ || !session_.optimize)
      useSlots();
    else
      useBundles();
    for (size_t i = 0; i < calls_.size(); ++i)
      if (!objects[i].empty()) {
        uint64_t id;
        if (!calls_[i].call->getFnAttr("statepoint-id").getValueAsString().getAsInteger(10, id))
          session_.liveAllocas[id] = std::move(objects[i]);
      }
  }

private:
  // -- objects in the frame --
  struct ObjectUses {
    SmallVector<const Instruction*, 16> reads, overwrites;
    SmallPtrSet<const CallInst*, 4> passed; // calls whose callee reads the object without our seeing a pointer to it
  };

  bool isWhole(const AllocaInst& alloca, const MemIntrinsic& access) const {
    const auto* length = dyn_cast<ConstantInt>(access.getLength());
    return length && alloca.getAllocationSize(layout_) == TypeSize::getFixed(length->getZExtValue());
  }

  // False: the address goes where it cannot be followed.
  bool usesOf(const AllocaInst& alloca, ObjectUses& uses) {
    SmallPtrSet<const Value*, 16> seen{&alloca};
    SmallVector<const Value*, 16> pending{&alloca};
    while (!pending.empty()) {
      const Value* value = pending.pop_back_val();
      for (const Use& use : value->uses()) {
        const auto* user = cast<Instruction>(use.getUser());
        if (isa<GetElementPtrInst, AddrSpaceCastInst, PHINode, SelectInst, FreezeInst>(user)) {
          if (!user->getType()->isPointerTy())
            return false;
          // One pointer of several: from here on a Go pointer like others, which the walker finds where it lives. Until then the object is in use.
          if (isa<PHINode, SelectInst>(user) && user->getType()->getPointerAddressSpace() == 1 && needsRoot(*user)) {
            const auto* phi = dyn_cast<PHINode>(user);
            uses.reads.push_back(phi ? phi->getIncomingBlock(use)->getTerminator() : user);
            continue;
          }
          if (seen.insert(user).second)
            pending.push_back(user);
        } else if (isa<LoadInst>(user)) {
          uses.reads.push_back(user);
        } else if (const auto* store = dyn_cast<StoreInst>(user)) {
          if (use.getOperandNo() != 0)
            continue;
          if (store->getValueOperand()->getType()->getPointerAddressSpace() != 1)
            return false;
          uses.reads.push_back(store); // kept in memory as a Go pointer it is found there, from here on
        } else if (isa<ICmpInst>(user)) {
          continue;
        } else if (const auto* fill = dyn_cast<MemSetInst>(user)) {
          if (value == &alloca && isWhole(alloca, *fill))
            uses.overwrites.push_back(fill);
        } else if (const auto* copy = dyn_cast<MemTransferInst>(user)) {
          if (use.getOperandNo() == 1)
            uses.reads.push_back(copy);
          else if (value == &alloca && isWhole(alloca, *copy))
            uses.overwrites.push_back(copy);
        } else if (const auto* intrinsic = dyn_cast<IntrinsicInst>(user)) {
          if (intrinsic->isLifetimeStartOrEnd() || intrinsic->isAssumeLikeIntrinsic())
            continue;
          uses.reads.push_back(user);
        } else if (const auto* call = dyn_cast<CallInst>(user)) {
          if (!call->isArgOperand(&use))
            return false;
          if (!call->getParamAttr(call->getArgOperandNo(&use), "stoat-out").isValid())
            uses.reads.push_back(user);
          else if (value == &alloca)
            uses.overwrites.push_back(user);
          if (use->getType()->getPointerAddressSpace() == 0 || call->getCallingConv() == CallingConv::C)
            uses.passed.insert(call);
          // Its result is known to be this argument, so it is no root of its own (needsRoot).
          if (call->paramHasAttr(call->getArgOperandNo(&use), Attribute::Returned) && seen.insert(call).second)
            pending.push_back(call);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  void trackObjects(std::vector<SmallVector<const AllocaInst*, 4>>& objects) {
    SmallVector<const AllocaInst*, 16> allocas;
    for (const Instruction& instruction : function_.getEntryBlock())
      if (const auto* alloca = dyn_cast<AllocaInst>(&instruction); alloca && alloca->isStaticAlloca() && allocaMask(*alloca, layout_).any)
        allocas.push_back(alloca);
    if (allocas.size() * function_.size() > maxLiveOuts)
      return;
    BitVector liveOut(function_.size());
    SmallVector<const BasicBlock*, 32> pending;
    for (const AllocaInst* alloca : allocas) {
      ObjectUses uses;
      if (!usesOf(*alloca, uses))
        continue;
      session_.trackedAllocas.insert(alloca);
      liveOut.reset();
      // What happens in each block, in order: true reads, false overwrites the whole object.
      SmallDenseMap<const BasicBlock*, SmallVector<std::pair<const Instruction*, bool>, 4>, 16> events;
      for (const Instruction* read : uses.reads)
        events[read->getParent()].push_back({read, true});
      for (const Instruction* overwrite : uses.overwrites)
        events[overwrite->getParent()].push_back({overwrite, false});
      for (auto& [block, list] : events) {
        llvm::sort(list, [](const auto& a, const auto& b) { return a.first != b.first ? a.first->comesBefore(b.first) : a.second && !b.second; });
        if (list.front().second)
          pending.push_back(block);
      }
      while (!pending.empty()) // blocks at whose begin the object is in use
        for (const BasicBlock* predecessor : predecessors(pending.pop_back_val())) {
          unsigned number = blockNumbers_.lookup(predecessor);
          if (liveOut.test(number))
            continue;
          liveOut.set(number);
          if (!events.contains(predecessor))
            pending.push_back(predecessor);
        }
      for (size_t i = 0; i < calls_.size(); ++i) {
        const CallInst* call = calls_[i].call;
        bool live = liveOut.test(blockNumbers_.lookup(call->getParent()));
        if (auto found = events.find(call->getParent()); found != events.end())
          for (const auto& [instruction, isRead] : found->second)
            if (call->comesBefore(instruction)) {
              live = isRead;
              break;
            }
        if (live || uses.passed.contains(call))
          objects[i].push_back(alloca);
      }
      if (auto zero = session_.entryZeroes.find(alloca); zero != session_.entryZeroes.end() && isSetBeforeCalls(*alloca, zero->second, uses, objects)) {
        zero->second->eraseFromParent();
        session_.entryZeroes.erase(zero);
      }
    }
  }

  // True if on every path the program overwrites the whole object before any call at which the walker reads it, so that it never sees what was in the frame
  // before. (It may still come there by a pointer made earlier, and then takes no word for an object that is not one.)
  bool isSetBeforeCalls(const AllocaInst& alloca, const Instruction* zero, const ObjectUses& uses,
                        const std::vector<SmallVector<const AllocaInst*, 4>>& objects) const {
    SmallDenseMap<const BasicBlock*, const Instruction*, 8> firstSet;
    for (const Instruction* set : uses.overwrites) {
      if (set == zero)
        continue;
      const Instruction*& first = firstSet[set->getParent()];
      if (!first || set->comesBefore(first))
        first = set;
    }
    if (firstSet.empty())
      return false;
    BitVector unset(function_.size()); // blocks that a path reaches without setting the object
    SmallVector<const BasicBlock*, 32> pending{&function_.getEntryBlock()};
    unset.set(blockNumbers_.lookup(pending[0]));
    while (!pending.empty()) {
      const BasicBlock* block = pending.pop_back_val();
      if (firstSet.contains(block))
        continue;
      for (const BasicBlock* next : successors(block))
        if (unsigned number = blockNumbers_.lookup(next); !unset.test(number)) {
          unset.set(number);
          pending.push_back(next);
        }
    }
    for (size_t i = 0; i < calls_.size(); ++i) {
      const CallInst* call = calls_[i].call;
      if (!is_contained(objects[i], &alloca) || !unset.test(blockNumbers_.lookup(call->getParent())))
        continue;
      const Instruction* first = firstSet.lookup(call->getParent());
      if (!first || !first->comesBefore(call))
        return false;
    }
    return true;
  }

  void collect() {
    findPlainPointers();
    for (Argument& argument : function_.args())
      if (containsHeapPointer(argument.getType()))
        add(argument, function_.getEntryBlock());
    unsigned blocks = 0;
    for (BasicBlock& block : function_) {
      blockNumbers_[&block] = blocks++;
      for (Instruction& instruction : block) {
        if ((containsHeapPointer(instruction.getType()) && needsRoot(instruction)) || plain_.contains(&instruction))
          add(instruction, block);
        if (auto* call = dyn_cast<CallInst>(&instruction); call && isSafepoint(*call))
          calls_.push_back({call, {}});
      }
    }
    liveOuts_.resize(blocks);
    lastOut_.assign(blocks, ~0u);
    lastIn_.assign(blocks, ~0u);
  }

  // Everything of type `ptr` that is made from a heap pointer: casts, and offsets, phis and selects of them.
  void findPlainPointers() {
    SmallVector<Instruction*, 16> pending;
    auto reach = [&](Instruction& instruction) {
      if (instruction.getType()->isPointerTy() && instruction.getType()->getPointerAddressSpace() == 0 && plain_.insert(&instruction).second)
        pending.push_back(&instruction);
    };
    for (Instruction& instruction : instructions(function_))
      if (auto* cast = dyn_cast<AddrSpaceCastInst>(&instruction))
        if (cast->getSrcTy()->isPointerTy() && cast->getSrcTy()->getPointerAddressSpace() == 1 && needsRoot(*cast))
          reach(*cast);
    while (!pending.empty())
      for (User* user : pending.pop_back_val()->users())
        if (isa<GetElementPtrInst, PHINode, SelectInst, FreezeInst>(user))
          reach(*cast<Instruction>(user));
  }

  void add(Value& value, BasicBlock& block) {
    numbers_[&value] = values_.size();
    values_.push_back(&value);
    homes_.push_back(&block);
  }

  // Addresses of stack objects and globals need no root. Unreachable code may hold cyclic GEPs: bound the walk.
  static bool needsRoot(const Value& value) {
    if (!value.getType()->isPointerTy())
      return true;
    const Value* object = getUnderlyingObject(&value, 32);
    return !isa<AllocaInst>(object) && !isa<Constant>(object);
  }

  const Value* representative(const Value* value) const {
    for (unsigned steps = 0; steps < 64; ++steps) {
      const auto* gep = dyn_cast<GetElementPtrInst>(value);
      if (!gep || !gep->getType()->isPointerTy())
        return value;
      APInt offset(layout_.getIndexTypeSizeInBits(gep->getType()), 0);
      if (!gep->accumulateConstantOffset(layout_, offset) || !offset.isNegative())
        return value;
      value = gep->getPointerOperand();
    }
    return value;
  }

  int numberOf(const Value* value) const {
    auto found = numbers_.find(value);
    if (found == numbers_.end())
      return -1;
    const Value* base = representative(value);
    if (base == value)
      return found->second;
    auto baseFound = numbers_.find(base);
    return baseFound == numbers_.end() ? -1 : int(baseFound->second);
  }

  void computeLiveOuts() {
    SmallVector<const Value*, 8> derived;
    for (unsigned id = 0; id < values_.size() && !tooMany_; ++id) {
      // Uses of the value, and of what it represents.
      derived.assign(1, values_[id]);
      if (representative(values_[id]) != values_[id])
        continue;
      for (unsigned next = 0; next < derived.size(); ++next) {
        for (const Use& use : derived[next]->uses()) {
          const auto* user = cast<Instruction>(use.getUser());
          if (isa<GetElementPtrInst>(user) && numbers_.count(user) && representative(user) == values_[id])
            derived.push_back(user);
          if (const auto* phi = dyn_cast<PHINode>(user))
            markOut(blockNumbers_.lookup(phi->getIncomingBlock(use)), phi->getIncomingBlock(use), id);
          else if (user->getParent() != homes_[id])
            markIn(user->getParent(), id);
        }
        drain(id);
      }
      if (total_ > maxLiveOuts)
        tooMany_ = true;
    }
  }

  void markOut(unsigned number, const BasicBlock* block, unsigned id) {
    if (lastOut_[number] == id)
      return;
    lastOut_[number] = id;
    liveOuts_[number].push_back(id);
    ++total_;
    if (block != homes_[id])
      markIn(block, id);
  }
  void markIn(const BasicBlock* block, unsigned id) {
    unsigned number = blockNumbers_.lookup(block);
    if (lastIn_[number] == id)
      return;
    lastIn_[number] = id;
    pending_.push_back(block);
  }
  void drain(unsigned id) {
    while (!pending_.empty()) {
      const BasicBlock* block = pending_.pop_back_val();
      for (const BasicBlock* predecessor : predecessors(block))
        markOut(blockNumbers_.lookup(predecessor), predecessor, id);
    }
  }

  void computeCallSets() {
    DenseMap<const CallInst*, unsigned> callNumbers;
    for (unsigned i = 0; i < calls_.size(); ++i)
      callNumbers[calls_[i].call] = i;
    std::vector<int> place(values_.size(), -1);
    std::vector<unsigned> live;
    size_t entries = 0;
    auto insert = [&](int id) {
      if (id < 0 || place[id] >= 0)
        return;
      place[id] = live.size();
      live.push_back(id);
    };
    auto remove = [&](int id) {
      if (id < 0 || place[id] < 0)
        return;
      unsigned moved = live.back();
      live[place[id]] = moved;
      place[moved] = place[id];
      live.pop_back();
      place[id] = -1;
    };
    for (BasicBlock& block : function_) {
      for (unsigned id : live)
        place[id] = -1;
      live.clear();
      for (unsigned id : liveOuts_[blockNumbers_.lookup(&block)])
        insert(id);
      for (Instruction& instruction : reverse(block)) {
        auto defined = numbers_.find(&instruction);
        if (defined != numbers_.end())
          remove(defined->second);
        if (auto found = callNumbers.find(dyn_cast<CallInst>(&instruction)); found != callNumbers.end()) {
          calls_[found->second].live.assign(live.begin(), live.end());
          llvm::sort(calls_[found->second].live);
          entries += live.size();
          if (entries > maxBundleEntries) {
            tooMany_ = true;
            // Slots need to know only whether a value lives across any call.
          }
          if (entries > maxLiveOuts)
            return;
        }
        if (isa<PHINode>(instruction))
          continue;
        for (const Use& use : instruction.operands())
          insert(numberOf(use.get()));
      }
    }
    complete_ = true;
  }

  void extractPointers(IRBuilder<>& builder, Value* value, SmallVectorImpl<Value*>& out) {
    Type* type = value->getType();
    if (type->isPointerTy() || type->isVectorTy()) {
      out.push_back(value);
      return;
    }
    unsigned count = type->isStructTy() ? type->getStructNumElements() : type->getArrayNumElements();
    for (unsigned i = 0; i < count; ++i) {
      Type* element = type->isStructTy() ? type->getStructElementType(i) : type->getArrayElementType();
      if (containsHeapPointer(element))
        extractPointers(builder, builder.CreateExtractValue(value, i), out);
    }
  }

  CallInst* addBundle(CallInst* call, ArrayRef<Value*> live) {
    OperandBundleDef bundle("deopt", live);
    CallBase* replacement = CallBase::addOperandBundle(call, LLVMContext::OB_deopt, bundle, call->getIterator());
    replacement->copyMetadata(*call);
    replacement->setDebugLoc(call->getDebugLoc());
    cast<CallInst>(replacement)->setTailCallKind(CallInst::TCK_None);
    replacement->addFnAttr(Attribute::get(call->getContext(), "statepoint-id", std::to_string(session_.positions.size())));
    session_.positions.push_back(call->getDebugLoc());
    call->replaceAllUsesWith(replacement);
    replacement->takeName(call);
    if (auto found = numbers_.find(call); found != numbers_.end()) {
      unsigned id = found->second;
      numbers_.erase(found);
      values_[id] = replacement;
      numbers_[replacement] = id;
    }
    call->eraseFromParent();
    return cast<CallInst>(replacement);
  }

  void useBundles() {
    SmallVector<Value*, 32> live;
    for (auto& [call, ids] : calls_) {
      live.clear();
      IRBuilder<> builder(call);
      for (unsigned id : ids)
        extractPointers(builder, values_[id], live);
      call = addBundle(call, live);
    }
  }

  // One slot for each pointer that lives across a call; values that live inside one block share theirs.
  void useSlots() {
    std::vector<bool> across(values_.size(), !complete_);
    if (complete_)
      for (auto& [call, ids] : calls_)
        for (unsigned id : ids)
          across[id] = true;
    IRBuilder<> builder(function_.getContext());
    DenseMap<const Instruction*, unsigned> order;
    unsigned count = 0;
    for (Instruction& instruction : instructions(function_))
      order[&instruction] = count++;
    struct Placed {
      unsigned id, slot;
    };
    std::vector<Placed> placed;
    unsigned shared = 0, own = 0;
    std::vector<unsigned> freeAt; // shared slot -> order after which it is free
    const BasicBlock* current = nullptr;
    std::vector<bool> isShared(values_.size());
    for (unsigned id = 0; id < values_.size(); ++id) {
      if (!across[id])
        continue;
      unsigned words = pointerCount(values_[id]->getType());
      auto* instruction = dyn_cast<Instruction>(values_[id]);
      bool local = instruction && !isa<PHINode>(instruction) && words == 1;
      unsigned last = 0;
      if (local)
        for (const User* user : instruction->users()) {
          const auto* at = cast<Instruction>(user);
          bool keepsBase = isa<GetElementPtrInst>(at) && representative(at) != at;
          if (at->getParent() != homes_[id] || isa<PHINode>(at) || keepsBase) {
            local = false;
            break;
          }
          last = std::max(last, order.lookup(at));
        }
      if (!local) {
        placed.push_back({id, own});
        own += words;
        continue;
      }
      if (homes_[id] != current) {
        current = homes_[id];
        freeAt.assign(shared, 0);
      }
      unsigned start = order.lookup(instruction), slot = 0;
      while (slot < freeAt.size() && freeAt[slot] > start)
        ++slot;
      if (slot == freeAt.size()) {
        freeAt.push_back(0);
        shared = std::max<unsigned>(shared, freeAt.size());
      }
      freeAt[slot] = last;
      isShared[id] = true;
      placed.push_back({id, slot});
    }
    if (!placed.empty()) {
      BasicBlock& entry = function_.getEntryBlock();
      builder.SetInsertPoint(&entry, entry.begin());
      PointerType* pointer = PointerType::get(function_.getContext(), 1);
      ArrayType* type = ArrayType::get(pointer, own + shared);
      AllocaInst* slots = builder.CreateAlloca(type, nullptr, "stoat.slots");
      builder.CreateMemSet(slots, builder.getInt8(0), layout_.getTypeAllocSize(type), slots->getAlign());
      Instruction* afterZeroing = &*builder.GetInsertPoint();
      SmallVector<Value*, 8> leaves;
      for (auto [id, slot] : placed) {
        Value* value = values_[id];
        auto* instruction = dyn_cast<Instruction>(value);
        if (!instruction)
          builder.SetInsertPoint(afterZeroing);
        else if (isa<PHINode>(instruction))
          builder.SetInsertPoint(instruction->getParent(), instruction->getParent()->getFirstInsertionPt());
        else
          builder.SetInsertPoint(instruction->getNextNode());
        builder.SetCurrentDebugLocation(DebugLoc());
        unsigned index = isShared[id] ? own + slot : slot;
        if (tooMany_ && value->getType()->isPointerTy()) {
          keepInMemory(value, builder.CreateConstInBoundsGEP2_32(type, slots, 0, index), builder);
          continue;
        }
        leaves.clear();
        extractPointers(builder, value, leaves);
        for (Value* leaf : leaves) {
          if (auto* vector = dyn_cast<FixedVectorType>(leaf->getType())) {
            for (unsigned i = 0; i < vector->getNumElements(); ++i)
              builder.CreateStore(builder.CreateExtractElement(leaf, i), builder.CreateConstInBoundsGEP2_32(type, slots, 0, index++));
          } else {
            builder.CreateStore(leaf, builder.CreateConstInBoundsGEP2_32(type, slots, 0, index++));
          }
        }
      }
    }
    for (auto& [call, ids] : calls_)
      call = addBundle(call, {});
  }

  // Stores the value once and loads it at each use: thousands of values in registers at once are what makes register allocation slow.
  void keepInMemory(Value* value, Value* place, IRBuilder<>& builder) {
    SmallVector<Use*, 16> uses;
    for (Use& use : value->uses())
      uses.push_back(&use);
    builder.CreateStore(value, place);
    for (Use* use : uses) {
      auto* user = cast<Instruction>(use->getUser());
      auto* phi = dyn_cast<PHINode>(user);
      IRBuilder<> at(phi ? phi->getIncomingBlock(*use)->getTerminator() : user);
      if (!phi) {
        use->set(at.CreateLoad(value->getType(), place));
        continue;
      }
      // Entries of a phi for the same predecessor must agree.
      BasicBlock* incoming = phi->getIncomingBlock(*use);
      if (use->get() != value)
        continue;
      Value* loaded = at.CreateLoad(value->getType(), place);
      for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i)
        if (phi->getIncomingBlock(i) == incoming && phi->getIncomingValue(i) == value)
          phi->setIncomingValue(i, loaded);
    }
  }

  static unsigned pointerCount(const Type* type) {
    if (type->isPointerTy())
      return 1;
    if (const auto* vector = dyn_cast<FixedVectorType>(type))
      return containsHeapPointer(type) ? vector->getNumElements() : 0;
    if (!containsHeapPointer(type))
      return 0;
    if (const auto* array = dyn_cast<ArrayType>(type))
      return array->getNumElements() * pointerCount(array->getElementType());
    unsigned sum = 0;
    if (const auto* structure = dyn_cast<StructType>(type))
      for (const Type* element : structure->elements())
        sum += pointerCount(element);
    return sum;
  }

  struct Call {
    CallInst* call;
    std::vector<unsigned> live;
  };

  Function& function_;
  EmitSession& session_;
  const DataLayout& layout_;
  SmallPtrSet<const Value*, 16> plain_;
  std::vector<Value*> values_;
  std::vector<const BasicBlock*> homes_;
  DenseMap<const Value*, unsigned> numbers_;
  DenseMap<const BasicBlock*, unsigned> blockNumbers_;
  std::vector<Call> calls_;
  std::vector<std::vector<unsigned>> liveOuts_;
  std::vector<unsigned> lastOut_, lastIn_;
  SmallVector<const BasicBlock*, 32> pending_;
  size_t total_ = 0;
  bool tooMany_ = false;
  bool complete_ = false;
};

} // namespace

void recordLivePointers(Function& function, EmitSession& session) { LivePointers(function, session).run(); }

} // namespace stoat
