// Channels: make, send, receive, select. Elements are passed by the address of a stack slot, which another goroutine may read or write while
// this one is parked.
#include "lower/function_lowering.h"

namespace stoat::lower {

void FunctionLowering::makeChan(const mir::Instr& instr) {
  llvm::Value* size = m.wordConstant(0);
  if (!instr.args.empty() && !instr.args[0].isNone()) {
    Value n = operand(instr.args[0]);
    size = toWord(n[0], *n.type);
    if (n[0]->getType()->getIntegerBitWidth() > m.word->getBitWidth())
      size = b.CreateSelect(b.CreateICmpEQ(b.CreateSExt(size, n[0]->getType()), n[0]), size, m.wordConstant(-1));
    else if (n.type->isUnsigned() && n[0]->getType() == m.word)
      size = b.CreateSelect(b.CreateICmpSLT(size, m.wordConstant(0)), m.wordConstant(-1), size);
  }
  setDst(instr, callGo("runtime.makechan", {m.typeWord(m.info(instr.type).type), size}));
}

void FunctionLowering::send(const mir::Instr& instr) {
  Value chan = operand(instr.args[0]);
  TypeInfo& elem = m.info(llvm::cast<ChanTypeT>(chan.type->under)->elem);
  Value value = operand(instr.args[1]);
  value.type = &elem;
  llvm::Value* slot = elem.size ? spill(value) : m.zeroValue();
  callEntry("stoat_chansend", {chan[0], slot, b.getInt8(1)});
}

void FunctionLowering::recv(const mir::Instr& instr) {
  Value chan = operand(instr.args[0]);
  TypeInfo& elem = m.info(llvm::cast<ChanTypeT>(chan.type->under)->elem);
  llvm::Value* slot = llvm::ConstantPointerNull::get(m.ptr0);
  bool wanted = hasDst(instr) && elem.size;
  // Wide elements go where they are wanted at once.
  bool direct = wanted && elem.inMemory && dstType(instr).inMemory && !slots_[instr.dsts[0]].object;
  if (direct)
    slot = slots_[instr.dsts[0]].address;
  else if (wanted)
    slot = temp(elem, "received");
  llvm::Value* state = callEntry("stoat_chanrecv", {chan[0], slot, b.getInt8(1)});
  if (wanted && !direct) {
    Value value = load(slot, elem);
    value.type = &dstType(instr);
    setDst(instr, value);
  }
  if (hasDst(instr, 1))
    setDst(instr, b.CreateAnd(b.CreateLShr(state, 1), b.getInt8(1)), 1);
}

void FunctionLowering::select(const mir::Instr& instr) {
  const std::vector<mir::SelectCase>& cases = *instr.cases;
  // stoat_selectgo wants the sends first.
  llvm::SmallVector<size_t, 8> order;
  for (bool sends : {true, false})
    for (size_t i = 0; i < cases.size(); ++i)
      if (cases[i].isSend == sends)
        order.push_back(i);
  int64_t sends = 0;
  for (const mir::SelectCase& selectCase : cases)
    sends += selectCase.isSend;
  llvm::StructType* entryType = llvm::StructType::get(m.context, {m.ptr1, m.ptr0});
  llvm::Value* list = llvm::ConstantPointerNull::get(m.ptr0);
  if (!cases.empty())
    list = alloca_(m.arrayOf(entryType, static_cast<int64_t>(cases.size())), m.wordSize(), "select");
  for (size_t k = 0; k < order.size(); ++k) {
    const mir::SelectCase& selectCase = cases[order[k]];
    Value chan = operand(selectCase.chan);
    TypeInfo& elem = m.info(llvm::cast<ChanTypeT>(chan.type->under)->elem);
    llvm::Value* slot = llvm::ConstantPointerNull::get(m.ptr0);
    if (selectCase.isSend) {
      Value value = operand(selectCase.value);
      value.type = &elem;
      slot = elem.size ? spill(value) : m.zeroValue();
    } else if (selectCase.recvDst != mir::noLocal) {
      slot = slots_[selectCase.recvDst].address;
    }
    llvm::Value* at = offset(list, static_cast<int64_t>(k) * 2 * m.wordSize());
    b.CreateAlignedStore(chan[0], at, llvm::Align(m.wordSize()));
    b.CreateAlignedStore(rawPointer(slot), offset(at, m.wordSize()), llvm::Align(m.wordSize()));
  }
  llvm::Value* result = callEntry("stoat_selectgo", {list, m.wordConstant(sends), m.wordConstant(static_cast<int64_t>(cases.size()) - sends),
                                                     b.getInt8(instr.hasDefault ? 0 : 1)});
  unsigned half = m.wordSize() * 4;
  llvm::Value* isDefault = b.CreateICmpSLT(result, m.wordConstant(0));
  llvm::Value* index = b.CreateAnd(result, m.wordConstant((int64_t(1) << half) - 1));
  bool sameOrder = true;
  for (size_t k = 0; k < order.size(); ++k)
    sameOrder &= order[k] == k;
  if (!sameOrder) {
    llvm::SmallVector<llvm::Constant*, 8> table;
    for (size_t i : order)
      table.push_back(m.wordConstant(static_cast<int64_t>(i)));
    llvm::ArrayType* tableType = llvm::ArrayType::get(m.word, table.size());
    llvm::GlobalVariable* object = m.readOnly(llvm::ConstantArray::get(tableType, table), m.wordSize(), "select.order");
    index = b.CreateSelect(isDefault, m.wordConstant(0), index);
    index = b.CreateAlignedLoad(m.word, b.CreateInBoundsGEP(m.word, object, index), llvm::Align(m.wordSize()));
  }
  setDst(instr, b.CreateSelect(isDefault, m.wordConstant(-1), index), 0);
  if (hasDst(instr, 1))
    setDst(instr, b.CreateAnd(b.CreateTrunc(b.CreateLShr(result, half), m.i8), b.getInt8(1)), 1);
}

} // namespace stoat::lower
