// Arithmetic: wrap-around integers, division checks, Go's shifts, floats without contraction, complex numbers, min and max.
#include "lower/function_lowering.h"
#include "llvm/IR/Intrinsics.h"

namespace stoat::lower {

using mir::Opcode;

llvm::Value* FunctionLowering::resize(llvm::Value* integer, bool isUnsigned, llvm::Type* to) {
  return isUnsigned ? b.CreateZExtOrTrunc(integer, to) : b.CreateSExtOrTrunc(integer, to);
}

llvm::Value* FunctionLowering::toWord(llvm::Value* integer, TypeInfo& type) { return resize(integer, type.isUnsigned(), m.word); }

// Quotient or remainder. MinInt / -1 wraps (LLVM calls it undefined): narrow types divide in 32 bits, others divide by 1 instead and negate.
llvm::Value* FunctionLowering::divide(Opcode op, llvm::Value* x, llvm::Value* y, bool isUnsigned, bool isChecked) {
  bool isDiv = op == Opcode::Div;
  if (!isChecked && !llvm::isa<llvm::ConstantInt>(y))
    panicUnless(b.CreateICmpNE(y, llvm::ConstantInt::get(y->getType(), 0)), "runtime.panicdivide", {});
  if (isUnsigned)
    return isDiv ? b.CreateUDiv(x, y) : b.CreateURem(x, y);
  llvm::Type* type = x->getType();
  if (type->getIntegerBitWidth() < 32) {
    llvm::Value* wx = b.CreateSExt(x, m.i32);
    llvm::Value* wy = b.CreateSExt(y, m.i32);
    return b.CreateTrunc(isDiv ? b.CreateSDiv(wx, wy) : b.CreateSRem(wx, wy), type);
  }
  if (llvm::ConstantInt* divisor = llvm::dyn_cast<llvm::ConstantInt>(y)) {
    if (divisor->isMinusOne())
      return isDiv ? b.CreateNeg(x) : llvm::ConstantInt::get(type, 0);
    return isDiv ? b.CreateSDiv(x, y) : b.CreateSRem(x, y);
  }
  llvm::Value* minusOne = b.CreateICmpEQ(y, llvm::ConstantInt::getSigned(type, -1));
  llvm::Value* safe = b.CreateSelect(minusOne, llvm::ConstantInt::get(type, 1), y);
  if (isDiv)
    return b.CreateSelect(minusOne, b.CreateNeg(x), b.CreateSDiv(x, safe));
  return b.CreateSRem(x, safe); // x % 1 == x % -1 == 0
}

Value FunctionLowering::binary(Opcode op, const Value& x, const Value& y, unsigned flags) {
  TypeInfo& type = *x.type;
  llvm::SmallVector<llvm::Value*, 2> out;
  if (type.isComplex()) {
    switch (op) {
    case Opcode::Add: out = {b.CreateFAdd(x[0], y[0]), b.CreateFAdd(x[1], y[1])}; break;
    case Opcode::Sub: out = {b.CreateFSub(x[0], y[0]), b.CreateFSub(x[1], y[1])}; break;
    case Opcode::Mul: {
      // As gc: in float64, whatever the operands.
      llvm::Type* part = x[0]->getType();
      llvm::Value* a = b.CreateFPExt(x[0], m.f64);
      llvm::Value* ai = b.CreateFPExt(x[1], m.f64);
      llvm::Value* c = b.CreateFPExt(y[0], m.f64);
      llvm::Value* ci = b.CreateFPExt(y[1], m.f64);
      out = {b.CreateFPTrunc(b.CreateFSub(b.CreateFMul(a, c), b.CreateFMul(ai, ci)), part),
             b.CreateFPTrunc(b.CreateFAdd(b.CreateFMul(a, ci), b.CreateFMul(ai, c)), part)};
      break;
    }
    default: {
      // As gc: in float64, whatever the operands.
      llvm::SmallVector<llvm::Value*, 4> args;
      for (llvm::Value* v : {x[0], x[1], y[0], y[1]})
        args.push_back(b.CreateFPExt(v, m.f64));
      llvm::CallInst* quotient = b.CreateCall(m.complexDiv(), args);
      out = {b.CreateFPTrunc(b.CreateExtractValue(quotient, 0), x[0]->getType()), b.CreateFPTrunc(b.CreateExtractValue(quotient, 1), x[0]->getType())};
      break;
    }
    }
    return make(type, out);
  }
  if (type.isFloat()) {
    switch (op) {
    case Opcode::Add: return make(type, {b.CreateFAdd(x[0], y[0])});
    case Opcode::Sub: return make(type, {b.CreateFSub(x[0], y[0])});
    case Opcode::Mul: return make(type, {b.CreateFMul(x[0], y[0])});
    default: return make(type, {b.CreateFDiv(x[0], y[0])});
    }
  }
  switch (op) {
  case Opcode::Add: return make(type, {b.CreateAdd(x[0], y[0])});
  case Opcode::Sub: return make(type, {b.CreateSub(x[0], y[0])});
  case Opcode::Mul: return make(type, {b.CreateMul(x[0], y[0])});
  case Opcode::And: return make(type, {b.CreateAnd(x[0], y[0])});
  case Opcode::Or: return make(type, {b.CreateOr(x[0], y[0])});
  case Opcode::Xor: return make(type, {b.CreateXor(x[0], y[0])});
  case Opcode::AndNot: return make(type, {b.CreateAnd(x[0], b.CreateNot(y[0]))});
  default: return make(type, {divide(op, x[0], y[0], type.isUnsigned(), flags & mir::Unchecked)});
  }
}

void FunctionLowering::arithmetic(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  TypeInfo& type = hasDst(instr) ? dstType(instr) : *x.type;
  switch (instr.op) {
  case Opcode::Neg:
    if (x.type->isComplex())
      setDst(instr, make(type, {b.CreateFNeg(x[0]), b.CreateFNeg(x[1])}));
    else
      setDst(instr, make(type, {x.type->isFloat() ? b.CreateFNeg(x[0]) : b.CreateNeg(x[0])}));
    return;
  case Opcode::Not:
    setDst(instr, make(type, {b.CreateXor(x[0], b.getInt8(1))}));
    return;
  case Opcode::Com:
    setDst(instr, make(type, {b.CreateNot(x[0])}));
    return;
  default:
    break;
  }
  if (instr.op == Opcode::Add && x.type->isString()) {
    lowerConcat(instr);
    return;
  }
  Value y = operand(instr.args[1]);
  Value result = binary(instr.op, x, y, instr.flags);
  result.type = &type;
  setDst(instr, result);
}

void FunctionLowering::shift(const mir::Instr& instr) {
  Value x = operand(instr.args[0]), count;
  const mir::Operand& by = instr.args[1];
  if (by.kind == mir::Operand::Const) {
    // A constant count may be an untyped float (1 << 3.0), or wider than any count that matters.
    ConstValue number = by.constant.toInt();
    bool exact = false;
    uint64_t n = number.uint64Val(&exact);
    count = make(m.basic(BasicKind::Uint64), {b.getInt64(exact ? n : UINT64_MAX)});
  } else {
    count = operand(by);
  }
  llvm::IntegerType* type = llvm::cast<llvm::IntegerType>(x[0]->getType());
  llvm::IntegerType* countType = llvm::cast<llvm::IntegerType>(count[0]->getType());
  unsigned width = type->getBitWidth();
  bool left = instr.op == Opcode::Shl, isUnsigned = x.type->isUnsigned();
  TypeInfo& result = *x.type;
  if (llvm::ConstantInt* constant = llvm::dyn_cast<llvm::ConstantInt>(count[0])) {
    uint64_t n = constant->getValue().getLimitedValue(width);
    llvm::Value* out;
    if (n >= width)
      out = left || isUnsigned ? static_cast<llvm::Value*>(llvm::ConstantInt::get(type, 0)) : b.CreateAShr(x[0], width - 1);
    else
      out = left ? b.CreateShl(x[0], n) : isUnsigned ? b.CreateLShr(x[0], n) : b.CreateAShr(x[0], n);
    setDst(instr, make(result, {out}));
    return;
  }
  if (!count.type->isUnsigned() && !(instr.flags & mir::Unchecked))
    panicUnless(b.CreateICmpSGE(count[0], llvm::ConstantInt::get(countType, 0)), "runtime.panicshift", {});
  llvm::Value* inRange = b.CreateICmpULT(count[0], llvm::ConstantInt::get(countType, width));
  if (!left && !isUnsigned) {
    llvm::Value* n = b.CreateSelect(inRange, b.CreateZExtOrTrunc(count[0], type), llvm::ConstantInt::get(type, width - 1));
    setDst(instr, make(result, {b.CreateAShr(x[0], n)}));
    return;
  }
  llvm::Value* n = b.CreateZExtOrTrunc(count[0], type);
  llvm::Value* shifted = left ? b.CreateShl(x[0], n) : b.CreateLShr(x[0], n);
  setDst(instr, make(result, {b.CreateSelect(inRange, shifted, llvm::ConstantInt::get(type, 0))}));
}

void FunctionLowering::minMax(const mir::Instr& instr) {
  bool isMin = instr.op == Opcode::Min;
  Value best = operand(instr.args[0]);
  TypeInfo& type = hasDst(instr) ? dstType(instr) : *best.type;
  for (size_t i = 1; i < instr.args.size(); ++i) {
    Value next = operand(instr.args[i]);
    if (type.isFloat()) {
      best.parts[0] = b.CreateBinaryIntrinsic(isMin ? llvm::Intrinsic::minimum : llvm::Intrinsic::maximum, best[0], next[0]);
    } else if (type.isString()) {
      llvm::Value* take = ordered(isMin ? Opcode::Lt : Opcode::Gt, next, best);
      for (unsigned k = 0; k < 2; ++k)
        best.parts[k] = b.CreateSelect(take, next[k], best[k]);
    } else {
      llvm::Intrinsic::ID id = type.isUnsigned() ? (isMin ? llvm::Intrinsic::umin : llvm::Intrinsic::umax)
                                                 : (isMin ? llvm::Intrinsic::smin : llvm::Intrinsic::smax);
      best.parts[0] = b.CreateBinaryIntrinsic(id, best[0], next[0]);
    }
  }
  best.type = &type;
  setDst(instr, best);
}

void FunctionLowering::makeComplex(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  if (instr.op == Opcode::Real) {
    setDst(instr, x[0]);
  } else if (instr.op == Opcode::Imag) {
    setDst(instr, x[1]);
  } else if (hasDst(instr)) {
    Value y = operand(instr.args[1]);
    setDst(instr, make(dstType(instr), {x[0], y[0]}));
  }
}

// Smith's algorithm with C99's corrections for infinities and zeros, as gc's run-time function defines complex division.
llvm::Function* ModuleState::complexDiv() {
  if (llvm::Function* known = module->getFunction("stoat.complexdiv"))
    return known;
  llvm::StructType* pair = llvm::StructType::get(context, {f64, f64});
  llvm::Function* function = llvm::Function::Create(llvm::FunctionType::get(pair, {f64, f64, f64, f64}, false),
                                                    llvm::GlobalValue::LinkOnceODRLinkage, "stoat.complexdiv", module);
  makeComdat(function);
  function->setCallingConv(llvm::CallingConv::C);
  function->addFnAttr("gc-leaf-function");
  function->addFnAttr("stoat-nosplit");
  function->addFnAttr(llvm::Attribute::AlwaysInline);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "entry", function));
  llvm::Value *nr = function->getArg(0), *ni = function->getArg(1), *mr = function->getArg(2), *mi = function->getArg(3);
  auto absolute = [&](llvm::Value* v) { return b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, v); };
  auto copySign = [&](llvm::Value* v, llvm::Value* sign) { return b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, v, sign); };
  auto isNaN = [&](llvm::Value* v) { return b.CreateFCmpUNO(v, v); };
  llvm::Constant* infinity = llvm::ConstantFP::getInfinity(f64);
  llvm::Constant* zero = llvm::ConstantFP::get(f64, 0.0);
  auto isInf = [&](llvm::Value* v) { return b.CreateFCmpOEQ(absolute(v), infinity); };
  auto isFinite = [&](llvm::Value* v) { return b.CreateFCmpOLT(absolute(v), infinity); };
  auto infToOne = [&](llvm::Value* v) { return copySign(b.CreateSelect(isInf(v), llvm::ConstantFP::get(f64, 1.0), zero), v); };

  llvm::Value* realLarger = b.CreateFCmpOGE(absolute(mr), absolute(mi));
  llvm::Value* big = b.CreateSelect(realLarger, mr, mi);
  llvm::Value* small = b.CreateSelect(realLarger, mi, mr);
  llvm::Value* ratio = b.CreateFDiv(small, big);
  llvm::Value* denominator = b.CreateFAdd(big, b.CreateFMul(ratio, small));
  llvm::Value* e1 = b.CreateFAdd(nr, b.CreateFMul(ni, ratio));
  llvm::Value* f1 = b.CreateFSub(ni, b.CreateFMul(nr, ratio));
  llvm::Value* e2 = b.CreateFAdd(b.CreateFMul(nr, ratio), ni);
  llvm::Value* f2 = b.CreateFSub(b.CreateFMul(ni, ratio), nr);
  llvm::Value* e = b.CreateFDiv(b.CreateSelect(realLarger, e1, e2), denominator);
  llvm::Value* f = b.CreateFDiv(b.CreateSelect(realLarger, f1, f2), denominator);

  llvm::Value* bothNaN = b.CreateAnd(isNaN(e), isNaN(f));
  llvm::BasicBlock* normal = b.GetInsertBlock();
  llvm::BasicBlock* fix = llvm::BasicBlock::Create(context, "fix", function);
  llvm::BasicBlock* done = llvm::BasicBlock::Create(context, "done", function);
  b.CreateCondBr(bothNaN, fix, done);
  b.SetInsertPoint(fix);
  llvm::Value* divisorZero = b.CreateAnd(b.CreateFCmpOEQ(mr, zero), b.CreateFCmpOEQ(mi, zero));
  llvm::Value* case1 = b.CreateAnd(divisorZero, b.CreateNot(b.CreateAnd(isNaN(nr), isNaN(ni))));
  llvm::Value* case2 = b.CreateAnd(b.CreateOr(isInf(nr), isInf(ni)), b.CreateAnd(isFinite(mr), isFinite(mi)));
  llvm::Value* case3 = b.CreateAnd(b.CreateOr(isInf(mr), isInf(mi)), b.CreateAnd(isFinite(nr), isFinite(ni)));
  llvm::Value* signedInf = copySign(infinity, mr);
  llvm::Value *a2 = infToOne(nr), *b2 = infToOne(ni), *c3 = infToOne(mr), *d3 = infToOne(mi);
  auto combine = [&](llvm::Value* scale, llvm::Value* a, llvm::Value* bb, llvm::Value* c, llvm::Value* d, bool first) {
    llvm::Value* sum = first ? b.CreateFAdd(b.CreateFMul(a, c), b.CreateFMul(bb, d)) : b.CreateFSub(b.CreateFMul(bb, c), b.CreateFMul(a, d));
    return b.CreateFMul(scale, sum);
  };
  auto choose = [&](llvm::Value* plain, llvm::Value* one, bool first) {
    llvm::Value* three = b.CreateSelect(case3, combine(zero, nr, ni, c3, d3, first), plain);
    llvm::Value* two = b.CreateSelect(case2, combine(infinity, a2, b2, mr, mi, first), three);
    return b.CreateSelect(case1, one, two);
  };
  llvm::Value* fixedE = choose(e, b.CreateFMul(signedInf, nr), true);
  llvm::Value* fixedF = choose(f, b.CreateFMul(signedInf, ni), false);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* pe = b.CreatePHI(f64, 2);
  llvm::PHINode* pf = b.CreatePHI(f64, 2);
  pe->addIncoming(e, normal);
  pf->addIncoming(f, normal);
  pe->addIncoming(fixedE, fix);
  pf->addIncoming(fixedF, fix);
  llvm::Value* result = b.CreateInsertValue(llvm::PoisonValue::get(pair), pe, 0);
  b.CreateRet(b.CreateInsertValue(result, pf, 1));
  return function;
}

} // namespace stoat::lower
