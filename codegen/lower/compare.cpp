// Comparison operators: scalars, strings, interfaces, structs and arrays.
#include "lower/function_lowering.h"

namespace stoat::lower {

using mir::Opcode;

llvm::Value* FunctionLowering::equalStrings(llvm::Value* xp, llvm::Value* xn, llvm::Value* yp, llvm::Value* yn) {
  if (llvm::isa<llvm::ConstantInt>(xn) && !llvm::isa<llvm::ConstantInt>(yn)) {
    std::swap(xp, yp);
    std::swap(xn, yn);
  }
  llvm::ConstantInt* known = llvm::dyn_cast<llvm::ConstantInt>(yn);
  llvm::Value* sameLength = b.CreateICmpEQ(xn, yn);
  if (known && known->isZero())
    return sameLength;
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* compareBlock = newBlock("str.eq");
  llvm::BasicBlock* done = newBlock("str.done");
  b.CreateCondBr(sameLength, compareBlock, done);
  b.SetInsertPoint(compareBlock);
  llvm::Value* same = nullptr;
  if (known && known->getZExtValue() <= 16) {
    // A short constant: compare the bytes as integers.
    uint64_t n = known->getZExtValue(), at = 0;
    llvm::Value* difference = nullptr;
    while (at < n) {
      unsigned step = n - at >= 8 && m.wordSize() == 8 ? 8 : n - at >= 4 ? 4 : n - at >= 2 ? 2 : 1;
      llvm::Type* unit = b.getIntNTy(step * 8);
      llvm::Value* x = b.CreateAlignedLoad(unit, offset(xp, at), llvm::Align(1));
      llvm::Value* y = b.CreateAlignedLoad(unit, offset(yp, at), llvm::Align(1));
      llvm::Value* bits = b.CreateZExt(b.CreateXor(x, y), m.i64);
      difference = difference ? b.CreateOr(difference, bits) : bits;
      at += step;
    }
    same = b.CreateICmpEQ(difference, b.getInt64(0));
  } else {
    same = bit(callEntry("stoat_memequal", {xp, yp, xn}));
  }
  llvm::BasicBlock* compared = b.GetInsertBlock();
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phi = b.CreatePHI(b.getInt1Ty(), 2);
  phi->addIncoming(b.getFalse(), before);
  phi->addIncoming(same, compared);
  return phi;
}

llvm::Value* FunctionLowering::equal(const Value& x, const Value& y) {
  TypeInfo& type = *x.type;
  if (type.size == 0)
    return b.getTrue();
  switch (type.under->kind()) {
  case TypeKind::Basic:
    if (type.isString())
      return equalStrings(x[0], x[1], y[0], y[1]);
    if (type.isComplex())
      return b.CreateAnd(b.CreateFCmpOEQ(x[0], y[0]), b.CreateFCmpOEQ(x[1], y[1]));
    if (type.isFloat())
      return b.CreateFCmpOEQ(x[0], y[0]);
    return b.CreateICmpEQ(x[0], y[0]);
  case TypeKind::Interface: {
    llvm::Value* sameType = b.CreateICmpEQ(x[0], y[0]);
    llvm::BasicBlock* before = b.GetInsertBlock();
    llvm::BasicBlock* compareBlock = newBlock("iface.eq");
    llvm::BasicBlock* done = newBlock("iface.done");
    b.CreateCondBr(sameType, compareBlock, done);
    b.SetInsertPoint(compareBlock);
    llvm::Value* same = bit(callGo(type.isEmptyInterface() ? "runtime.efaceeq" : "runtime.ifaceeq", {x[0], x[1], y[1]}));
    llvm::BasicBlock* compared = b.GetInsertBlock();
    b.CreateBr(done);
    b.SetInsertPoint(done);
    llvm::PHINode* phi = b.CreatePHI(b.getInt1Ty(), 2);
    phi->addIncoming(b.getFalse(), before);
    phi->addIncoming(same, compared);
    return phi;
  }
  case TypeKind::Array:
  case TypeKind::Struct: {
    AlgKind kind = m.algKind(type);
    if (type.inMemory || (kind != AlgKind::Memory && type.scalars.size() > 8)) {
      llvm::Value* xa = spill(x);
      llvm::Value* ya = spill(y);
      if (kind == AlgKind::Memory)
        return bit(callEntry("stoat_memequal", {xa, ya, m.wordConstant(type.size)}));
      llvm::CallInst* call = b.CreateCall(m.equalFunction(type), {llvm::PoisonValue::get(m.ptr1), goPointer(xa), goPointer(ya)});
      call->setCallingConv(m.goConvention());
      return bit(call);
    }
    if (type.under->kind() == TypeKind::Array) {
      TypeInfo& elem = m.info(llvm::cast<ArrayTypeT>(type.under)->elem);
      return equal(part(x, elem, 0), part(y, elem, 0));
    }
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    llvm::Value* all = nullptr;
    llvm::BasicBlock* done = nullptr;
    llvm::SmallVector<llvm::BasicBlock*, 4> failures;
    for (const FieldComparison& step : m.fieldComparisons(record)) {
      size_t i = step.field;
      AlgKind fieldKind = m.algKind(m.info(record->fields[i]->type));
      bool isCheap = step.lengths || fieldKind == AlgKind::Memory || fieldKind == AlgKind::Float32 || fieldKind == AlgKind::Float64;
      if (all && !isCheap) {
        // Stop at the first difference: a later field may panic.
        if (!done)
          done = newBlock("struct.done");
        llvm::BasicBlock* next = newBlock("struct.next");
        failures.push_back(b.GetInsertBlock());
        b.CreateCondBr(all, next, done);
        b.SetInsertPoint(next);
        all = nullptr;
      }
      llvm::Value* same = step.lengths ? b.CreateICmpEQ(field(x, i)[1], field(y, i)[1]) : equal(field(x, i), field(y, i));
      all = all ? b.CreateAnd(all, same) : same;
    }
    if (!all)
      all = b.getTrue();
    if (!done)
      return all;
    llvm::BasicBlock* last = b.GetInsertBlock();
    b.CreateBr(done);
    b.SetInsertPoint(done);
    llvm::PHINode* phi = b.CreatePHI(b.getInt1Ty(), failures.size() + 1);
    for (llvm::BasicBlock* failure : failures)
      phi->addIncoming(b.getFalse(), failure);
    phi->addIncoming(all, last);
    return phi;
  }
  default: // pointers, channels; functions, maps and slices with nil
    return b.CreateICmpEQ(x[0], y[0]);
  }
}

llvm::Value* FunctionLowering::ordered(Opcode op, const Value& x, const Value& y) {
  TypeInfo& type = *x.type;
  llvm::CmpInst::Predicate predicate;
  if (type.isFloat()) {
    predicate = op == Opcode::Lt ? llvm::CmpInst::FCMP_OLT : op == Opcode::Le ? llvm::CmpInst::FCMP_OLE
                : op == Opcode::Gt ? llvm::CmpInst::FCMP_OGT : llvm::CmpInst::FCMP_OGE;
    return b.CreateFCmp(predicate, x[0], y[0]);
  }
  bool isUnsigned = type.isUnsigned();
  switch (op) {
  case Opcode::Lt: predicate = isUnsigned ? llvm::CmpInst::ICMP_ULT : llvm::CmpInst::ICMP_SLT; break;
  case Opcode::Le: predicate = isUnsigned ? llvm::CmpInst::ICMP_ULE : llvm::CmpInst::ICMP_SLE; break;
  case Opcode::Gt: predicate = isUnsigned ? llvm::CmpInst::ICMP_UGT : llvm::CmpInst::ICMP_SGT; break;
  default: predicate = isUnsigned ? llvm::CmpInst::ICMP_UGE : llvm::CmpInst::ICMP_SGE; break;
  }
  if (type.isString())
    return b.CreateICmp(predicate, callEntry("stoat_cmpstring", {x[0], x[1], y[0], y[1]}), m.wordConstant(0));
  return b.CreateICmp(predicate, x[0], y[0]);
}

void FunctionLowering::compare(const mir::Instr& instr) {
  if (instr.op == Opcode::Eq || instr.op == Opcode::Ne) {
    llvm::Value* same;
    // Comparisons with nil look at one word only.
    TypeInfo& type = m.info(instr.args[0].type);
    bool oneWord = type.isInterface() || type.kind() == TypeKind::Slice || type.kind() == TypeKind::Map || type.kind() == TypeKind::Signature;
    if (oneWord && isNilOperand(instr.args[1]))
      same = b.CreateIsNull(operand(instr.args[0]).parts[0]);
    else if (oneWord && isNilOperand(instr.args[0]))
      same = b.CreateIsNull(operand(instr.args[1]).parts[0]);
    else
      same = equal(operand(instr.args[0]), operand(instr.args[1]));
    setDst(instr, boolean(instr.op == Opcode::Ne ? b.CreateNot(same) : same));
    return;
  }
  setDst(instr, boolean(ordered(instr.op, operand(instr.args[0]), operand(instr.args[1]))));
}

} // namespace stoat::lower
