// Strings, slices and arrays as sequences: len, cap, index, slicing with all its checks, append, copy, clear, make, range over strings.
#include "lower/function_lowering.h"

namespace stoat::lower {

void FunctionLowering::lowerLen(const mir::Instr& instr) {
  if (!hasDst(instr))
    return;
  TypeInfo& type = m.info(instr.args[0].type);
  bool isLen = instr.op == mir::Opcode::Len;
  Type* under = type.under;
  if (PointerType* pointer = llvm::dyn_cast<PointerType>(under))
    under = pointer->elem->underlying();
  if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(under)) {
    setDst(instr, m.wordConstant(array->len));
    return;
  }
  Value x = operand(instr.args[0]);
  if (type.isString() || type.kind() == TypeKind::Slice) {
    setDst(instr, isLen ? x[1] : x[2]);
    return;
  }
  if (type.kind() == TypeKind::Chan) {
    setDst(instr, callGo(isLen ? "runtime.chanlen" : "runtime.chancap", {x[0]}));
    return;
  }
  // The header of a map starts with its count (64 bits). nil has none.
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* some = newBlock("len");
  llvm::BasicBlock* done = newBlock("len.done");
  b.CreateCondBr(b.CreateIsNull(x[0]), done, some);
  b.SetInsertPoint(some);
  llvm::Value* count = b.CreateAlignedLoad(m.word, x[0], llvm::Align(m.wordSize()));
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phi = b.CreatePHI(m.word, 2);
  phi->addIncoming(m.wordConstant(0), before);
  phi->addIncoming(count, some);
  setDst(instr, phi);
}

void FunctionLowering::lowerIndex(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  Value index = operand(instr.args[1]);
  llvm::Value* i = toWord(index[0], *index.type);
  if (!hasDst(instr))
    return;
  if (x.type->isString()) {
    setDst(instr, b.CreateAlignedLoad(m.i8, b.CreateInBoundsGEP(m.i8, x[0], i), llvm::Align(1)));
    return;
  }
  if (SliceTypeT* slice = llvm::dyn_cast<SliceTypeT>(x.type->under)) {
    TypeInfo& elem = m.info(slice->elem);
    setDst(instr, load(elementAddress(x[0], elem, i), elem));
    return;
  }
  ArrayTypeT* array = llvm::cast<ArrayTypeT>(x.type->under);
  TypeInfo& elem = m.info(array->elem);
  if (elem.size == 0) {
    setDst(instr, zero(elem));
    return;
  }
  if (!x.address) { // one element
    setDst(instr, part(x, elem, 0));
    return;
  }
  setDst(instr, load(elementAddress(x.address, elem, i), elem));
}

// x[lo:hi:max]. Checks in gc's order, from the right: max or hi against the capacity (length for strings and arrays), then downwards.
void FunctionLowering::lowerSlice(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  TypeInfo& type = *x.type;
  llvm::Value *data = nullptr, *length = nullptr, *capacity = nullptr;
  TypeInfo* elem = nullptr;
  bool isString = type.isString();
  if (isString) {
    data = x[0];
    length = capacity = x[1];
    elem = &m.basic(BasicKind::Uint8);
  } else if (SliceTypeT* slice = llvm::dyn_cast<SliceTypeT>(type.under)) {
    data = x[0];
    length = x[1];
    capacity = x[2];
    elem = &m.info(slice->elem);
  } else {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(llvm::cast<PointerType>(type.under)->elem->underlying());
    data = x[0];
    length = capacity = m.wordConstant(array->len);
    elem = &m.info(array->elem);
  }
  bool isArray = type.kind() == TypeKind::Pointer;
  struct Bound { llvm::Value* value = nullptr; bool isUnsigned = false; bool given = false; llvm::Value* original = nullptr; };
  auto bound = [&](size_t i) {
    Bound result;
    if (i >= instr.args.size() || instr.args[i].isNone())
      return result;
    Value v = operand(instr.args[i]);
    result.given = true;
    result.isUnsigned = v.type->isUnsigned();
    result.original = v[0];
    result.value = toWord(v[0], *v.type);
    return result;
  };
  Bound lo = bound(1), hi = bound(2), max = bound(3);
  bool checked = !(instr.flags & mir::Unchecked);
  // On 32-bit targets a 64-bit bound must fit before it is truncated.
  auto within = [&](const Bound& x, llvm::Value* limit) {
    if (x.original && x.original->getType()->getIntegerBitWidth() > m.word->getBitWidth())
      return b.CreateICmpULE(x.original, b.CreateZExt(limit, x.original->getType()));
    return b.CreateICmpULE(x.value, limit);
  };
  auto check = [&](const Bound& x, llvm::Value* limit, llvm::StringRef what) {
    if (checked && x.given)
      panicUnlessWithin(within(x, limit), what, x.original, x.isUnsigned, limit);
  };
  llvm::Value* high = hi.given ? hi.value : length;
  llvm::Value* top = capacity;
  if (max.given) {
    check(max, capacity, isArray ? "Slice3Alen" : "Slice3Acap");
    top = max.value;
    check(hi, max.value, "Slice3B");
    check(lo, high, "Slice3C");
  } else {
    check(hi, capacity, isString || isArray ? "SliceAlen" : "SliceAcap");
    check(lo, high, "SliceB");
  }
  llvm::Value* low = lo.given ? lo.value : m.wordConstant(0);
  llvm::Value* newLength = b.CreateSub(high, low);
  llvm::Value* pointer = data;
  llvm::ConstantInt* constantLow = llvm::dyn_cast<llvm::ConstantInt>(low);
  bool fromStart = constantLow && constantLow->isZero();
  if (isString) {
    if (!fromStart) {
      // An empty rest must not point past the end, into another object.
      llvm::Value* step = b.CreateSelect(b.CreateICmpEQ(newLength, m.wordConstant(0)), m.wordConstant(0), low);
      pointer = b.CreateInBoundsGEP(m.i8, data, step);
    }
    if (hasDst(instr))
      setDst(instr, make(dstType(instr), {pointer, newLength}));
    return;
  }
  llvm::Value* newCapacity = b.CreateSub(top, low);
  if (!fromStart && elem->size) {
    llvm::Value* step = b.CreateSelect(b.CreateICmpEQ(newCapacity, m.wordConstant(0)), m.wordConstant(0), low);
    pointer = elementAddress(data, *elem, step);
  }
  if (hasDst(instr))
    setDst(instr, make(dstType(instr), {pointer, newLength, newCapacity}));
}

void FunctionLowering::lowerConcat(const mir::Instr& instr) {
  size_t n = instr.args.size();
  TypeInfo& string = m.info(instr.args[0].type);
  llvm::AllocaInst* list = alloca_(m.arrayOf(string.memory, static_cast<int64_t>(n)), m.wordSize(), "concat");
  for (size_t i = 0; i < n; ++i)
    store(offset(list, static_cast<int64_t>(i) * string.size), operand(instr.args[i]), true);
  llvm::AllocaInst* out = temp(string);
  llvm::Value* buffer = llvm::ConstantPointerNull::get(m.ptr0);
  if (FrameObject inFrame = frameObjectOf(instr); inFrame.type)
    buffer = frameObject(instr, inFrame, "concat.buffer");
  callEntry("stoat_concatstrings", {out, list, m.wordConstant(static_cast<int64_t>(n)), buffer});
  if (hasDst(instr))
    setDst(instr, load(out, dstType(instr)));
}

// gc's maxAlloc (48 address bits, or 31 here) in elements.
uint64_t FunctionLowering::maxElements(TypeInfo& elem) {
  if (!elem.size)
    return m.wordSize() == 8 ? INT64_MAX : INT32_MAX;
  return (m.wordSize() == 8 ? uint64_t(1) << 48 : 0x7fffffff) / static_cast<uint64_t>(elem.size);
}

// The header with room for `extra` more elements and the length raised by them.
llvm::SmallVector<llvm::Value*, 3> FunctionLowering::grow(const Value& slice, TypeInfo& elem, llvm::Value* extra) {
  llvm::Value* newLength = b.CreateAdd(slice[1], extra);
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* growBlock = newBlock("grow");
  llvm::BasicBlock* done = newBlock("append");
  b.CreateCondBr(b.CreateICmpUGT(newLength, slice[2]), growBlock, done, unlikely());
  b.SetInsertPoint(growBlock);
  llvm::StructType* header = llvm::StructType::get(m.context, {m.ptr1, m.word, m.word});
  llvm::AllocaInst* out = alloca_(header, m.wordSize(), "grown");
  callEntry("stoat_growslice", {out, m.descriptor(elem.type), slice[0], slice[1], slice[2], newLength});
  llvm::Value* data = b.CreateAlignedLoad(m.ptr1, out, llvm::Align(m.wordSize()));
  llvm::Value* capacity = b.CreateAlignedLoad(m.word, offset(out, 2 * m.wordSize()), llvm::Align(m.wordSize()));
  llvm::BasicBlock* after = b.GetInsertBlock();
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phiData = b.CreatePHI(m.ptr1, 2);
  phiData->addIncoming(slice[0], before);
  phiData->addIncoming(data, after);
  llvm::PHINode* phiCapacity = b.CreatePHI(m.word, 2);
  phiCapacity->addIncoming(slice[2], before);
  phiCapacity->addIncoming(capacity, after);
  return {phiData, newLength, phiCapacity};
}

void FunctionLowering::lowerAppend(const mir::Instr& instr) {
  Value slice = operand(instr.args[0]);
  TypeInfo& type = m.info(instr.type ? instr.type : instr.args[0].type);
  TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(type.under)->elem);
  int64_t extra = static_cast<int64_t>(instr.args.size()) - 1;
  if (extra == 0) {
    slice.type = &type;
    setDst(instr, slice);
    return;
  }
  llvm::SmallVector<llvm::Value*, 3> header = grow(slice, elem, m.wordConstant(extra));
  for (int64_t i = 0; i < extra; ++i) {
    Value value = operand(instr.args[i + 1]);
    value.type = &elem;
    if (elem.size)
      store(elementAddress(header[0], elem, b.CreateAdd(slice[1], m.wordConstant(i))), value, false);
  }
  setDst(instr, make(type, header));
}

void FunctionLowering::lowerAppendSlice(const mir::Instr& instr) {
  Value slice = operand(instr.args[0]);
  Value tail = operand(instr.args[1]);
  TypeInfo& type = m.info(instr.type ? instr.type : instr.args[0].type);
  TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(type.under)->elem);
  if (tail.parts.size() < 2) { // append(s, nil...)
    slice.type = &type;
    setDst(instr, slice);
    return;
  }
  llvm::SmallVector<llvm::Value*, 3> header = grow(slice, elem, tail[1]);
  if (elem.size) {
    llvm::Value* to = elementAddress(header[0], elem, slice[1]);
    if (elem.hasPointers())
      callEntry("stoat_typedslicecopy", {m.descriptor(elem.type), to, tail[1], tail[0], tail[1]});
    else
      b.CreateMemMove(to, llvm::Align(elem.align), tail[0], llvm::Align(elem.align), multiply(tail[1], elem.size));
  }
  setDst(instr, make(type, header));
}

void FunctionLowering::lowerCopy(const mir::Instr& instr) {
  Value to = operand(instr.args[0]), from = operand(instr.args[1]);
  TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(to.type->under)->elem);
  llvm::Value* count;
  if (elem.hasPointers()) {
    count = callEntry("stoat_typedslicecopy", {m.descriptor(elem.type), to[0], to[1], from[0], from[1]});
  } else {
    count = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, to[1], from[1]);
    if (elem.size)
      b.CreateMemMove(to[0], llvm::Align(elem.align), from[0], llvm::Align(elem.align), multiply(count, elem.size));
  }
  setDst(instr, count);
}

void FunctionLowering::lowerClear(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  if (x.type->kind() == TypeKind::Map) {
    callGo("runtime.mapclear", {m.typeWord(x.type->type), x[0]});
    return;
  }
  TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(x.type->under)->elem);
  if (!elem.size)
    return;
  if (elem.hasPointers())
    callEntry("stoat_typedmemclrarray", {m.descriptor(elem.type), x[0], x[1]});
  else
    b.CreateMemSet(x[0], b.getInt8(0), multiply(x[1], elem.size), llvm::Align(elem.align));
}

void FunctionLowering::lowerMakeSlice(const mir::Instr& instr) {
  TypeInfo& type = m.info(instr.type);
  TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(type.under)->elem);
  Value lengthValue = operand(instr.args[0]);
  bool hasCapacity = instr.args.size() > 1 && !instr.args[1].isNone();
  llvm::Value* length = toWord(lengthValue[0], *lengthValue.type);
  llvm::Value* capacity = length;
  uint64_t limit = maxElements(elem);
  auto check = [&](Value& v, const char* symbol) {
    llvm::Type* wide = v[0]->getType()->getIntegerBitWidth() > m.word->getBitWidth() ? v[0]->getType() : m.word;
    llvm::Value* n = resize(v[0], v.type->isUnsigned(), wide);
    panicUnless(b.CreateICmpULE(n, llvm::ConstantInt::get(wide, limit)), symbol, {});
  };
  check(lengthValue, "runtime.panicmakeslicelen");
  if (hasCapacity) {
    Value capacityValue = operand(instr.args[1]);
    check(capacityValue, "runtime.panicmakeslicecap");
    capacity = toWord(capacityValue[0], *capacityValue.type);
    panicUnless(b.CreateICmpULE(length, capacity), "runtime.panicmakeslicecap", {});
  }
  FrameObject inFrame = frameObjectOf(instr);
  if (!inFrame.type) {
    llvm::Value* data = callEntry("stoat_makeslice", {m.descriptor(elem.type), length, capacity});
    if (llvm::ConstantInt* fixed = llvm::dyn_cast<llvm::ConstantInt>(capacity); fixed && elem.size && fixed->getZExtValue() <= uint64_t(maxMarkedAllocation / elem.size)) {
      llvm::SmallVector<int64_t, 64> pointers;
      for (int64_t i = 0, n = static_cast<int64_t>(fixed->getZExtValue()); i < n; ++i)
        m.pointerWords(elem, i * elem.size, [&](int64_t at) { pointers.push_back(at); });
      markAllocation(data, static_cast<int64_t>(fixed->getZExtValue()) * elem.size, pointers);
    }
    setDst(instr, make(type, {data, length, capacity}));
    return;
  }
  llvm::Value* object = frameObject(instr, inFrame, "slice");
  llvm::Align align(std::min<int64_t>(inFrame.align, m.wordSize()));
  bool isWhole = (hasCapacity ? instr.args[1] : instr.args[0]).kind == mir::Operand::Const;
  if (isWhole) {
    b.CreateMemSet(object, b.getInt8(0), inFrame.size, align);
    setDst(instr, make(type, {goPointer(object), length, capacity}));
    return;
  }
  // A buffer, if that is enough.
  llvm::BasicBlock* small = newBlock("small");
  llvm::BasicBlock* large = newBlock("large");
  llvm::BasicBlock* done = newBlock("made");
  b.CreateCondBr(b.CreateICmpULE(capacity, m.wordConstant(bufferElements(elem))), small, large);
  b.SetInsertPoint(small);
  b.CreateMemSet(object, b.getInt8(0), inFrame.size, align);
  llvm::Value* inBuffer = goPointer(object);
  b.CreateBr(done);
  b.SetInsertPoint(large);
  llvm::Value* inHeap = callEntry("stoat_makeslice", {m.descriptor(elem.type), length, capacity});
  large = b.GetInsertBlock();
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* data = b.CreatePHI(m.ptr1, 2);
  data->addIncoming(inBuffer, small);
  data->addIncoming(inHeap, large);
  setDst(instr, make(type, {data, length, capacity}));
}

void FunctionLowering::lowerDecodeRune(const mir::Instr& instr) {
  Value text = operand(instr.args[0]);
  Value indexValue = operand(instr.args[1]);
  llvm::Value* index = toWord(indexValue[0], *indexValue.type);
  llvm::Value* byte = b.CreateAlignedLoad(m.i8, b.CreateInBoundsGEP(m.i8, text[0], index), llvm::Align(1));
  llvm::Value* ascii = b.CreateZExt(byte, m.i32);
  llvm::Value* nextAscii = b.CreateAdd(index, m.wordConstant(1));
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* slow = newBlock("rune");
  llvm::BasicBlock* done = newBlock("rune.done");
  b.CreateCondBr(b.CreateICmpULT(byte, b.getInt8(0x80)), done, slow, likely());
  b.SetInsertPoint(slow);
  llvm::StructType* pair = llvm::StructType::get(m.context, {m.i32, m.word});
  llvm::AllocaInst* out = alloca_(pair, m.wordSize(), "decoded");
  callEntry("stoat_decoderune", {out, text[0], text[1], index});
  llvm::Value* rune = b.CreateAlignedLoad(m.i32, out, llvm::Align(4));
  llvm::Value* next = b.CreateAlignedLoad(m.word, offset(out, m.wordSize()), llvm::Align(m.wordSize()));
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phiRune = b.CreatePHI(m.i32, 2);
  phiRune->addIncoming(ascii, before);
  phiRune->addIncoming(rune, slow);
  llvm::PHINode* phiNext = b.CreatePHI(m.word, 2);
  phiNext->addIncoming(nextAscii, before);
  phiNext->addIncoming(next, slow);
  setDst(instr, phiRune, 0);
  setDst(instr, phiNext, 1);
}

} // namespace stoat::lower
