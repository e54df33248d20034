// Objects that an allocation makes in the frame instead of the heap (mir::Stack): how large they are and where they lie. That is an alloca, except for what
// deferred calls use: they run when the body's own frame is gone, so it lies beside the defer frame (defer.cpp).
//
// Invariant: what escape analysis flagged lies in the frame whenever it can hold pointers to other objects of the frame. Buffers, which are used only
// if what they are for turns out to be small, hold none.
#include "lower/function_lowering.h"

namespace stoat::lower {

using mir::Opcode;

// The closure object: code pointer and captures, packed.
llvm::StructType* FunctionLowering::closureType(const mir::Instr& instr, llvm::SmallVectorImpl<TypeInfo*>& captures, std::vector<int64_t>& offsets) {
  const mir::FuncRef& ref = *instr.callee->ref;
  for (size_t i = 0; i < instr.args.size(); ++i)
    captures.push_back(&m.info(ref.closure && i < ref.closure->captures.size() ? ref.closure->captures[i].type : instr.args[i].type));
  m.closureDescriptor(captures, offsets);
  llvm::SmallVector<llvm::Type*, 6> fields{m.ptr0};
  int64_t at = m.wordSize();
  for (size_t i = 0; i < captures.size(); ++i) {
    if (offsets[i] > at)
      fields.push_back(m.arrayOf(m.i8, offsets[i] - at));
    fields.push_back(captures[i]->memory);
    at = offsets[i] + captures[i]->size;
  }
  return llvm::StructType::get(m.context, fields, true);
}

// Whether the data word of an interface made from `from` points to memory made for it.
bool FunctionLowering::isBoxed(const mir::Operand& from, TypeInfo& type) {
  bool isConstant = from.kind == mir::Operand::Const || (from.kind == mir::Operand::Zero && type.size <= 1024);
  return !type.isInterface() && type.size != 0 && !m.isDirectInterface(type) && !isConstant && !(type.size == 1 && type.scalars.size() == 1);
}

FunctionLowering::FrameObject FunctionLowering::frameObjectOf(const mir::Instr& instr) {
  if (!(instr.flags & mir::Stack) || (instr.flags & mir::Borrowed) || !hasDst(instr))
    return {};
  FrameObject object;
  switch (instr.op) {
  case Opcode::New: {
    TypeInfo& type = m.info(instr.type);
    if (type.size == 0)
      return {};
    return {type.memory, type.size, m.objectAlign(type, type.size)};
  }
  case Opcode::Convert: {
    TypeInfo& to = m.info(instr.type);
    TypeInfo& from = m.info(instr.args[0].type);
    if (to.isInterface()) {
      if (!isBoxed(instr.args[0], from))
        return {};
      return {from.memory, from.size, m.objectAlign(from, from.size)};
    }
    TypeInfo& slice = to.isString() ? from : to;
    SliceTypeT* bytes = llvm::dyn_cast<SliceTypeT>(slice.under);
    if (!bytes || m.info(bytes->elem).basic() != BasicKind::Uint8 || !(to.isString() || from.isString()))
      return {};
    return {m.arrayOf(m.i8, mir::stackBufferSize), mir::stackBufferSize, 1};
  }
  case Opcode::Concat: return {m.arrayOf(m.i8, mir::stackBufferSize), mir::stackBufferSize, 1};
  case Opcode::MakeSlice: {
    TypeInfo& elem = m.info(llvm::cast<SliceTypeT>(m.info(instr.type).under)->elem);
    const mir::Operand& capacity = instr.args.size() > 1 && !instr.args[1].isNone() ? instr.args[1] : instr.args[0];
    int64_t count = bufferElements(elem);
    if (capacity.kind == mir::Operand::Const)
      count = std::max<int64_t>(capacity.constant.toInt().int64Val(), 1);
    if (!elem.size || !count)
      return {};
    return {m.arrayOf(elem.memory, count), count * elem.size, m.objectAlign(elem, count * elem.size)};
  }
  case Opcode::MakeClosure: {
    if (instr.args.empty())
      return {};
    llvm::SmallVector<TypeInfo*, 4> captures;
    std::vector<int64_t> offsets;
    object.type = closureType(instr, captures, offsets);
    object.align = m.sizes.maxAlign;
    break;
  }
  case Opcode::MakeMap:
    object.type = frameMapType(instr);
    object.align = 8;
    break;
  default: return {};
  }
  if (object.type)
    object.size = static_cast<int64_t>(m.module->getDataLayout().getTypeAllocSize(object.type).getFixedValue());
  return object;
}

llvm::Value* FunctionLowering::frameObject(const mir::Instr& instr, const FrameObject& object, const llvm::Twine& name) {
  if (auto beside = besideDeferFrame_.find(&instr); beside != besideDeferFrame_.end())
    return offset(frame_, beside->second);
  llvm::AllocaInst* slot = alloca_(object.type, object.align, name);
  bool isBytes = instr.op == Opcode::Concat || (instr.op == Opcode::Convert && !m.info(instr.type).isInterface());
  if (isBytes)
    slot->setMetadata("stoat.noptr", llvm::MDNode::get(m.context, {}));
  return slot;
}

} // namespace stoat::lower
