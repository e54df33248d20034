// Maps: fast variants by gc's rule (mapfast), the general ones with the key by address, iteration over internal/runtime/maps.Iter.
#include "lower/function_lowering.h"

namespace stoat::lower {

namespace {
constexpr int64_t maxInlineElem = 128;
constexpr int64_t zeroValueSize = 1024; // of runtime.zeroVal: what a missing key's element points to

const char* suffix(ModuleState::MapFast fast, bool assign) {
  switch (fast) {
  case ModuleState::MapFast::Slow: return "";
  case ModuleState::MapFast::Fast32: return "_fast32";
  case ModuleState::MapFast::Fast32Ptr: return assign ? "_fast32ptr" : "_fast32";
  case ModuleState::MapFast::Fast64: return "_fast64";
  case ModuleState::MapFast::Fast64Ptr: return assign ? "_fast64ptr" : "_fast64";
  case ModuleState::MapFast::FastStr: return "_faststr";
  }
  return "";
}
} // namespace

ModuleState::MapFast ModuleState::mapFast(TypeInfo& map) {
  MapTypeT* type = llvm::cast<MapTypeT>(map.under);
  TypeInfo& key = info(type->key);
  if (info(type->elem).size > maxInlineElem)
    return MapFast::Slow;
  AlgKind alg = algKind(key);
  if (alg == AlgKind::String)
    return MapFast::FastStr;
  if (alg != AlgKind::Memory)
    return MapFast::Slow;
  // reflectdata.AlgType: plain memory narrower than its machine alignment does not count (386 and amd64 have none, arm64 neither).
  if (key.size == 4)
    return !key.hasPointers() ? MapFast::Fast32 : wordSize() == 4 ? MapFast::Fast32Ptr : MapFast::Slow;
  if (key.size == 8)
    return !key.hasPointers() ? MapFast::Fast64 : wordSize() == 8 ? MapFast::Fast64Ptr : MapFast::Slow;
  return MapFast::Slow;
}

// The key as the runtime function of this variant takes it.
llvm::SmallVector<llvm::Value*, 2> FunctionLowering::mapKey(ModuleState::MapFast fast, bool assign, Value key, TypeInfo& keyType) {
  using Fast = ModuleState::MapFast;
  key.type = &keyType;
  if (fast == Fast::Slow)
    return {goPointer(keyType.size ? spill(key) : m.zeroValue())};
  if (fast == Fast::FastStr)
    return {key[0], key[1]};
  bool wantsPointer = assign && (fast == Fast::Fast32Ptr || fast == Fast::Fast64Ptr);
  llvm::Type* type = fast == Fast::Fast32 || fast == Fast::Fast32Ptr ? static_cast<llvm::Type*>(m.i32) : m.i64;
  if (key.parts.size() == 1) {
    llvm::Value* v = key[0];
    if (v->getType()->isPointerTy())
      return {wantsPointer ? v : b.CreatePtrToInt(v, type)};
    if (v->getType() == type)
      return {v};
  }
  return {b.CreateAlignedLoad(type, spill(key), llvm::Align(std::max<int64_t>(1, keyType.align)))};
}

// Null: a hint that is not known to be small.
static bool isSmallHint(const mir::Instr& instr) {
  if (instr.args.empty() || instr.args[0].isNone() || instr.args[0].kind == mir::Operand::Zero)
    return true;
  constexpr int64_t groupSlots = 8;
  bool exact = false;
  return instr.args[0].kind == mir::Operand::Const && instr.args[0].constant.toInt().int64Val(&exact) <= groupSlots && exact;
}

// maps.Map: used, seed, dirPtr, dirLen, globalDepth, globalShift, writing, tombstonePossible, clearSeq; and its first group, unless more is wanted at once.
llvm::StructType* FunctionLowering::frameMapType(const mir::Instr& instr) {
  llvm::StructType* header = llvm::StructType::get(m.context, {m.i64, m.word, m.ptr1, m.word, m.i8, m.i8, m.i8, m.i8, m.i64});
  if (!isSmallHint(instr))
    return llvm::StructType::get(m.context, llvm::ArrayRef<llvm::Type*>(header));
  return llvm::StructType::get(m.context, {header, m.info(m.mapLayout(m.info(instr.type)).group).memory});
}

void FunctionLowering::makeMap(const mir::Instr& instr) {
  TypeInfo& type = m.info(instr.type);
  bool hasHint = !instr.args.empty() && !instr.args[0].isNone();
  if (FrameObject inFrame = frameObjectOf(instr); inFrame.type) {
    llvm::Value* map = frameObject(instr, inFrame, "map");
    llvm::StructType* layout = llvm::cast<llvm::StructType>(inFrame.type);
    b.CreateMemSet(map, b.getInt8(0), static_cast<uint64_t>(inFrame.size), llvm::Align(m.wordSize()));
    llvm::Value* hint = m.wordConstant(0);
    if (!isSmallHint(instr)) {
      Value given = operand(instr.args[0]);
      hint = toWord(given[0], *given.type);
      if (given[0]->getType()->getIntegerBitWidth() > m.word->getBitWidth())
        hint = b.CreateSelect(b.CreateICmpEQ(b.CreateSExt(hint, given[0]->getType()), given[0]), hint, m.wordConstant(0));
    }
    callGo("runtime.makemap", {m.typeWord(type.type), hint, goPointer(map)});
    if (layout->getNumElements() > 1) {
      llvm::Value* group = b.CreateStructGEP(layout, map, 1);
      b.CreateAlignedStore(b.getInt64(0x8080808080808080), group, llvm::Align(m.wordSize())); // eight empty slots
      b.CreateAlignedStore(goPointer(group), b.CreateStructGEP(layout->getElementType(0), b.CreateStructGEP(layout, map, 0), 2), llvm::Align(m.wordSize()));
    }
    setDst(instr, goPointer(map));
    return;
  }
  if (hasHint) {
    Value hint = operand(instr.args[0]);
    llvm::Value* n = toWord(hint[0], *hint.type);
    if (hint[0]->getType()->getIntegerBitWidth() > m.word->getBitWidth())
      n = b.CreateSelect(b.CreateICmpEQ(b.CreateSExt(n, hint[0]->getType()), hint[0]), n, m.wordConstant(0));
    llvm::ConstantInt* known = llvm::dyn_cast<llvm::ConstantInt>(n);
    if (!known || known->getSExtValue() > 8) {
      setDst(instr, callGo("runtime.makemap", {m.typeWord(type.type), n, llvm::ConstantPointerNull::get(m.ptr1)}));
      return;
    }
  }
  setDst(instr, callGo("runtime.makemap_small", {}));
}

void FunctionLowering::mapLookup(const mir::Instr& instr) {
  Value map = operand(instr.args[0]);
  MapTypeT* type = llvm::cast<MapTypeT>(map.type->under);
  TypeInfo& elem = m.info(type->elem);
  ModuleState::MapFast fast = m.mapFast(*map.type);
  bool commaOk = instr.dsts.size() > 1;
  bool large = elem.size > zeroValueSize;
  llvm::SmallVector<llvm::Value*, 4> args{m.typeWord(map.type->type), map[0]};
  args.append(mapKey(fast, false, operand(instr.args[1]), m.info(type->key)));
  std::string symbol = std::string(commaOk || large ? "runtime.mapaccess2" : "runtime.mapaccess1") + suffix(fast, false);
  llvm::Value* result = callGo(symbol, args);
  llvm::Value* pointer = commaOk || large ? b.CreateExtractValue(result, 0) : result;
  llvm::Value* found = commaOk || large ? b.CreateExtractValue(result, 1) : nullptr;
  if (hasDst(instr)) {
    if (large) {
      llvm::BasicBlock* hit = newBlock("found");
      llvm::BasicBlock* miss = newBlock("missing");
      llvm::BasicBlock* done = newBlock("lookup.done");
      b.CreateCondBr(bit(found), hit, miss);
      b.SetInsertPoint(hit);
      setDst(instr, load(pointer, elem));
      b.CreateBr(done);
      b.SetInsertPoint(miss);
      zeroInitialise(slots_[instr.dsts[0]].address, elem);
      b.CreateBr(done);
      b.SetInsertPoint(done);
    } else if (elem.size) {
      setDst(instr, load(pointer, elem));
    }
  }
  if (commaOk)
    setDst(instr, found, 1);
}

llvm::Value* FunctionLowering::mapElement(const Value& map, const Value& key) {
  ModuleState::MapFast fast = m.mapFast(*map.type);
  llvm::SmallVector<llvm::Value*, 4> args{m.typeWord(map.type->type), map[0]};
  args.append(mapKey(fast, true, key, m.info(llvm::cast<MapTypeT>(map.type->under)->key)));
  return callGo(std::string("runtime.mapassign") + suffix(fast, true), args);
}

void FunctionLowering::mapStore(const mir::Instr& instr) {
  Value map = operand(instr.args[0]);
  TypeInfo& elem = m.info(llvm::cast<MapTypeT>(map.type->under)->elem);
  llvm::Value* pointer = mapElement(map, operand(instr.args[1]));
  if (!elem.size)
    return;
  Value value = operand(instr.args[2]);
  value.type = &elem;
  store(pointer, value, false);
}

void FunctionLowering::mapDelete(const mir::Instr& instr) {
  Value map = operand(instr.args[0]);
  MapTypeT* type = llvm::cast<MapTypeT>(map.type->under);
  llvm::SmallVector<llvm::Value*, 2> key = mapKey(ModuleState::MapFast::Slow, false, operand(instr.args[1]), m.info(type->key));
  callGo("runtime.mapdelete", {m.typeWord(map.type->type), map[0], key[0]});
}

llvm::StructType* ModuleState::mapIterType() {
  // maps.Iter: key, elem, typ, m, entryOffset, dirOffset, clearSeq, globalDepth, dirIdx, tab, group.data, entryIdx
  return llvm::StructType::get(context, {ptr1, ptr1, ptr1, ptr1, i64, i64, i64, i8, word, ptr1, ptr1, i64});
}

// The iterator's Go functions find the first entry in mapIterStart; MapIterNext must move on only from its second execution, after the body ran.
void FunctionLowering::mapIterStart(const mir::Instr& instr) {
  Slot& slot = slots_[instr.place->local];
  Value map = operand(instr.args[0]);
  slot.type = map.type;
  llvm::AllocaInst*& moved = iterMoved_[instr.place->local];
  if (!moved)
    moved = alloca_(m.i8, 1, "iter.moved");
  b.CreateStore(b.getInt8(0), moved);
  uint64_t size = m.module->getDataLayout().getTypeAllocSize(m.mapIterType()).getFixedValue();
  b.CreateMemSet(slot.address, b.getInt8(0), size, llvm::Align(m.wordSize()));
  callGo("runtime.mapIterStart", {m.typeWord(map.type->type), map[0], slot.address});
}

void FunctionLowering::mapIterNext(const mir::Instr& instr) {
  Slot& slot = slots_[instr.place->local];
  llvm::AllocaInst*& moved = iterMoved_[instr.place->local];
  if (!moved)
    moved = alloca_(m.i8, 1, "iter.moved");
  llvm::BasicBlock* advance = newBlock("advance");
  llvm::BasicBlock* look = newBlock("look");
  b.CreateCondBr(bit(b.CreateLoad(m.i8, moved)), advance, look);
  b.SetInsertPoint(advance);
  callGo("runtime.mapIterNext", {slot.address});
  b.CreateBr(look);
  b.SetInsertPoint(look);
  b.CreateStore(b.getInt8(1), moved);
  llvm::Value* key = b.CreateAlignedLoad(m.ptr1, slot.address, llvm::Align(m.wordSize()));
  llvm::Value* ok = b.CreateIsNotNull(key);
  setDst(instr, boolean(ok), 0);
  if (!hasDst(instr, 1) && !hasDst(instr, 2))
    return;
  llvm::BasicBlock* entry = newBlock("entry");
  llvm::BasicBlock* done = newBlock("next.done");
  b.CreateCondBr(ok, entry, done);
  b.SetInsertPoint(entry);
  if (hasDst(instr, 1))
    setDst(instr, load(key, dstType(instr, 1)), 1);
  if (hasDst(instr, 2)) {
    llvm::Value* elem = b.CreateAlignedLoad(m.ptr1, offset(slot.address, m.wordSize()), llvm::Align(m.wordSize()));
    setDst(instr, load(elem, dstType(instr, 2)), 2);
  }
  b.CreateBr(done);
  b.SetInsertPoint(done);
}

} // namespace stoat::lower
