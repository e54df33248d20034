// Operands, places, loads, stores and copies. A pointer stored anywhere but in this goroutine's frame is announced to the write barrier
// first; values with many pointers go through stoat_typedmemmove. Small pointerful values are always moved word by word with their
// true types, because LLVM would turn small memcpys of them into integer moves, which the collector does not see.
#include "lower/function_lowering.h"
#include "llvm/ADT/StringExtras.h"

namespace stoat::lower {

static constexpr int64_t maxInlineMove = 128; // bytes; emit copies these in line while the collector does not mark

Value FunctionLowering::make(TypeInfo& type, llvm::ArrayRef<llvm::Value*> parts) {
  Value value;
  value.type = &type;
  value.parts.append(parts.begin(), parts.end());
  return value;
}

Value FunctionLowering::zero(TypeInfo& type) {
  Value value;
  value.type = &type;
  if (type.inMemory) {
    if (type.size <= 1024) {
      value.address = m.zeroValue();
    } else {
      llvm::AllocaInst* slot = temp(type);
      b.CreateMemSet(slot, b.getInt8(0), type.size, slot->getAlign());
      value.address = slot;
    }
    return value;
  }
  for (const Scalar& scalar : type.scalars)
    value.parts.push_back(llvm::Constant::getNullValue(scalar.type));
  return value;
}

Value FunctionLowering::operand(const mir::Operand& operand) {
  TypeInfo& type = m.info(operand.type);
  switch (operand.kind) {
  case mir::Operand::None:
    return {};
  case mir::Operand::Local: {
    Slot& slot = slots_[operand.local];
    if (slot.object)
      return make(*slot.type, {goPointer(slot.object)});
    if (slot.type->inMemory) {
      Value value;
      value.type = slot.type;
      value.address = slot.address;
      return value;
    }
    return load(slot.address, *slot.type);
  }
  case mir::Operand::Const: {
    Value value;
    value.type = &type;
    m.constantParts(operand.constant, type, value.parts);
    return value;
  }
  case mir::Operand::Zero:
    return zero(type);
  case mir::Operand::FuncValue:
    return make(type, {m.funcValue(*operand.func, pos_)});
  }
  return {};
}

llvm::Value* FunctionLowering::offset(llvm::Value* pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  return b.CreateInBoundsGEP(m.i8, pointer, m.wordConstant(bytes));
}

llvm::Value* FunctionLowering::elementAddress(llvm::Value* base, TypeInfo& elem, llvm::Value* index) {
  if (elem.size == 0)
    return base;
  llvm::Type* type = elem.memory;
  if (static_cast<int64_t>(m.module->getDataLayout().getTypeAllocSize(type).getFixedValue()) != elem.size)
    type = m.arrayOf(m.i8, elem.size);
  return b.CreateInBoundsGEP(type, base, index);
}

llvm::Value* FunctionLowering::goPointer(llvm::Value* pointer) {
  if (pointer->getType()->getPointerAddressSpace() == 1)
    return pointer;
  return b.CreateAddrSpaceCast(pointer, m.ptr1);
}

llvm::Value* FunctionLowering::rawPointer(llvm::Value* pointer) {
  if (pointer->getType()->getPointerAddressSpace() == 0)
    return pointer;
  return b.CreateAddrSpaceCast(pointer, m.ptr0);
}

Value FunctionLowering::load(llvm::Value* address, TypeInfo& type, int64_t align) {
  Value value;
  value.type = &type;
  if (type.inMemory) {
    value.address = address;
    return value;
  }
  int64_t known = align ? align : type.align;
  for (const Scalar& scalar : type.scalars) {
    llvm::LoadInst* load = b.CreateAlignedLoad(scalar.type, offset(address, scalar.offset),
                                               llvm::commonAlignment(llvm::Align(known), static_cast<uint64_t>(scalar.offset)));
    if (scalar.isBool)
      load->setMetadata(llvm::LLVMContext::MD_range,
                        llvm::MDNode::get(m.context, {llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(m.i8, 0)),
                                                      llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(m.i8, 2))}));
    value.parts.push_back(load);
  }
  return value;
}

void FunctionLowering::store(llvm::Value* address, const Value& value, bool isStack, unsigned flags, int64_t align) {
  TypeInfo& type = *value.type;
  if (type.size == 0)
    return;
  if (type.inMemory) {
    copyMemory(address, value.address, type, isStack, flags);
    return;
  }
  bool wantsBarrier = !isStack && type.hasPointers() && !(flags & mir::NoBarrier) && m.options.leftOutBarrier != "store";
  unsigned pointers = 0;
  for (size_t i = 0; wantsBarrier && i < type.scalars.size(); ++i)
    pointers += type.scalars[i].isPointer && !type.scalars[i].isTypeWord;
  if (pointers > 4) {
    copyMemory(address, spill(value), type, false, flags);
    return;
  }
  for (size_t i = 0; wantsBarrier && i < type.scalars.size(); ++i) {
    const Scalar& scalar = type.scalars[i];
    if (!scalar.isPointer || scalar.isTypeWord)
      continue;
    // Fresh memory holds nothing to shade, and constants are no heap objects.
    if ((flags & mir::InitStore) && isConstantPart(value.parts[i]))
      continue;
    b.CreateCall(m.barrier(), {rawPointer(offset(address, scalar.offset)), value.parts[i]});
  }
  int64_t known = align ? align : type.align;
  for (size_t i = 0; i < type.scalars.size(); ++i) {
    const Scalar& scalar = type.scalars[i];
    b.CreateAlignedStore(value.parts[i], offset(address, scalar.offset),
                         llvm::commonAlignment(llvm::Align(known), static_cast<uint64_t>(scalar.offset)));
  }
}

void FunctionLowering::copyMemory(llvm::Value* to, llvm::Value* from, TypeInfo& type, bool isStack, unsigned flags) {
  if (type.size == 0 || to == from)
    return;
  if (type.hasPointers() && !isStack && !(flags & mir::NoBarrier) && m.options.leftOutBarrier != "move") {
    llvm::CallInst* move = llvm::cast<llvm::CallInst>(callEntry("stoat_typedmemmove", {m.descriptor(type.type), to, from}));
    if (type.size <= maxInlineMove)
      move->addFnAttr(llvm::Attribute::get(m.context, "stoat-size", std::to_string(type.size)));
    return;
  }
  if (type.hasPointers() && type.size <= 4 * m.wordSize()) {
    // Word by word with pointer types where pointers are.
    llvm::SmallVector<bool, 4> isPointer(static_cast<size_t>(type.size / m.wordSize() + 1), false);
    m.pointerWords(type, 0, [&](int64_t at) { isPointer[at / m.wordSize()] = true; });
    llvm::SmallVector<std::pair<llvm::Value*, int64_t>, 4> words;
    for (int64_t at = 0; at < type.size; at += m.wordSize()) {
      llvm::Type* unit = type.size - at < m.wordSize() ? static_cast<llvm::Type*>(m.arrayOf(m.i8, type.size - at))
                                                       : isPointer[at / m.wordSize()] ? static_cast<llvm::Type*>(m.ptr1) : m.word;
      words.push_back({b.CreateAlignedLoad(unit, offset(from, at), llvm::Align(type.align)), at});
    }
    for (std::pair<llvm::Value*, int64_t>& w : words)
      b.CreateAlignedStore(w.first, offset(to, w.second), llvm::Align(type.align));
    return;
  }
  b.CreateMemMove(to, llvm::Align(type.align), from, llvm::Align(type.align), type.size);
}

llvm::Value* FunctionLowering::spill(const Value& value) {
  if (value.address)
    return value.address;
  llvm::AllocaInst* slot = temp(*value.type);
  store(slot, value, true);
  return slot;
}

unsigned FunctionLowering::scalarIndex(TypeInfo& type, int64_t at) {
  unsigned i = 0;
  while (i < type.scalars.size() && type.scalars[i].offset < at)
    ++i;
  return i;
}

Value FunctionLowering::part(const Value& value, TypeInfo& type, unsigned first) {
  return make(type, llvm::ArrayRef<llvm::Value*>(value.parts).slice(first, type.scalars.size()));
}

Value FunctionLowering::field(const Value& value, size_t index) {
  StructTypeT* record = llvm::cast<StructTypeT>(value.type->under);
  TypeInfo& type = m.info(record->fields[index]->type);
  if (value.address)
    return load(offset(value.address, value.type->offsets[index]), type);
  unsigned first = 0;
  for (size_t i = 0; i < index; ++i)
    first += m.info(record->fields[i]->type).scalars.size();
  return part(value, type, first);
}

Address FunctionLowering::place(const mir::Place& place) {
  Address at;
  switch (place.base) {
  case mir::Place::None:
    break;
  case mir::Place::Local: {
    Slot& slot = slots_[place.local];
    at.type = slot.type;
    at.isStack = true;
    if (slot.object) {
      // The pointer itself is asked for: give it a home.
      llvm::AllocaInst* home = temp(*slot.type);
      b.CreateStore(goPointer(slot.object), home);
      at.pointer = home;
    } else {
      at.pointer = slot.address;
    }
    break;
  }
  case mir::Place::Global:
    at.type = &m.info(place.baseType ? place.baseType : place.global->type);
    at.pointer = at.type->size ? m.global(place.global) : m.zeroValue(); // as gc: all objects without size have one address
    break;
  case mir::Place::Capture:
    at.pointer = offset(context_, captureOffsets_[place.capture]);
    at.type = &m.info(f.captures[place.capture].type);
    break;
  case mir::Place::Deref: {
    Slot& slot = slots_[place.local];
    at.type = &m.info(place.baseType);
    if (slot.object) {
      at.pointer = slot.object;
      at.isStack = true;
    } else {
      at.pointer = load(slot.address, *slot.type).parts[0];
    }
    break;
  }
  }
  for (const mir::Projection& projection : place.projections) {
    if (projection.kind == mir::Projection::Field) {
      StructTypeT* record = llvm::cast<StructTypeT>(at.type->under);
      at.pointer = offset(at.pointer, at.type->offsets[projection.field]);
      at.type = &m.info(record->fields[projection.field]->type);
      continue;
    }
    Value index = operand(projection.index);
    llvm::Value* i = toWord(index.parts[0], *index.type);
    if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(at.type->under)) {
      TypeInfo& elem = m.info(array->elem);
      at.pointer = elementAddress(at.pointer, elem, i);
      at.type = &elem;
      continue;
    }
    TypeInfo* elem = nullptr;
    if (SliceTypeT* slice = llvm::dyn_cast<SliceTypeT>(at.type->under))
      elem = &m.info(slice->elem);
    else if (PointerType* pointer = llvm::dyn_cast<PointerType>(at.type->under))
      elem = &m.info(llvm::cast<ArrayTypeT>(pointer->elem->underlying())->elem);
    else
      elem = &m.basic(BasicKind::Uint8);
    llvm::Value* data = b.CreateAlignedLoad(m.ptr1, at.pointer, llvm::Align(m.wordSize()));
    at.pointer = elementAddress(data, *elem, i);
    at.type = elem;
    at.isStack = false;
  }
  return at;
}

llvm::Value* FunctionLowering::newObject(TypeInfo& type) {
  if (type.size == 0)
    return goPointer(m.zeroValue());
  llvm::Value* object = callEntry("stoat_new", {m.descriptor(type.type)});
  if (type.size <= maxMarkedAllocation) {
    llvm::SmallVector<int64_t, 16> pointers;
    m.pointerWords(type, 0, [&](int64_t at) { pointers.push_back(at); });
    markAllocation(object, type.size, pointers);
  }
  return object;
}

void FunctionLowering::markAllocation(llvm::Value* call, int64_t size, llvm::ArrayRef<int64_t> pointerOffsets) {
  int64_t limit = pointerOffsets.empty() ? maxMarkedAllocation : std::min(maxMarkedAllocation, 8 * m.wordSize() * m.wordSize()); // bits of one word
  if (size <= 0 || size > limit)
    return;
  uint64_t mask = 0;
  for (int64_t at : pointerOffsets)
    mask |= uint64_t(1) << (at / m.wordSize());
  llvm::cast<llvm::CallInst>(call)->addFnAttr(
      llvm::Attribute::get(m.context, "stoat-alloc", std::to_string(size) + " " + llvm::utohexstr(mask, true)));
}

void FunctionLowering::lowerNew(const mir::Instr& instr) {
  TypeInfo& type = m.info(instr.type);
  if (hasDst(instr) && slots_[instr.dsts[0]].object) {
    zeroInitialise(slots_[instr.dsts[0]].object, type);
    return;
  }
  if (FrameObject inFrame = frameObjectOf(instr); inFrame.type) {
    llvm::Value* object = frameObject(instr, inFrame, "");
    zeroInitialise(object, type);
    setDst(instr, goPointer(object));
    return;
  }
  setDst(instr, newObject(type));
}

} // namespace stoat::lower
