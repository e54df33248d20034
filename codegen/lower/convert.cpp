// Conversions between non-interface types: numbers (float -> integer as gc's targets do it), strings and byte or rune slices, slices to arrays,
// pointers and uintptr.
#include "lower/function_lowering.h"
#include "llvm/IR/IntrinsicsX86.h"

namespace stoat::lower {

// x86's own truncation to 32 or 64 bits: out of range it gives the "integer indefinite" value. LLVM does not fold it where the result would be that.
llvm::Value* FunctionLowering::truncateX86(llvm::Value* x, llvm::Type* to) {
  bool isDouble = x->getType()->isDoubleTy(), wide = to == m.i64;
  llvm::Intrinsic::ID id = isDouble ? (wide ? llvm::Intrinsic::x86_sse2_cvttsd2si64 : llvm::Intrinsic::x86_sse2_cvttsd2si)
                                    : (wide ? llvm::Intrinsic::x86_sse_cvttss2si64 : llvm::Intrinsic::x86_sse_cvttss2si);
  llvm::Type* vector = llvm::FixedVectorType::get(x->getType(), isDouble ? 2 : 4);
  return b.CreateIntrinsic(id, {}, {b.CreateInsertElement(llvm::PoisonValue::get(vector), x, uint64_t(0))});
}

// 386 has no 64-bit instruction but x87's. Beyond 63 bits, gc's result for 64-bit integers is the value modulo 2^64 up to there and 0 for
// what is larger, infinite or NaN; for 32-bit unsigned ones it is 0.
llvm::Value* FunctionLowering::floatToInteger64On386(llvm::Value* x, bool modular) {
  x = b.CreateFPExt(x, m.f64);
  llvm::Value* limit = llvm::ConstantFP::get(m.f64, 0x1p63);
  llvm::Value* inRange = b.CreateFCmpOLT(b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x), limit);
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* plain = newBlock("ftoi");
  llvm::BasicBlock* done = newBlock("ftoi.done");
  llvm::Value* beyond = b.getInt64(0);
  if (modular) {
    llvm::BasicBlock* large = newBlock("ftoi.large");
    b.CreateCondBr(inRange, plain, large, likely());
    b.SetInsertPoint(large);
    llvm::Value* bits = b.CreateBitCast(x, m.i64);
    llvm::Value* mantissa = b.CreateOr(b.CreateAnd(bits, (uint64_t(1) << 52) - 1), uint64_t(1) << 52);
    llvm::Value* fits = b.CreateICmpEQ(b.CreateAnd(b.CreateLShr(bits, 52), 0x7ff), b.getInt64(1023 + 63));
    llvm::Value* magnitude = b.CreateSelect(fits, b.CreateShl(mantissa, 11), b.getInt64(0));
    beyond = b.CreateSelect(b.CreateICmpSLT(bits, b.getInt64(0)), b.CreateNeg(magnitude), magnitude);
    before = large;
    b.CreateBr(done);
  } else {
    b.CreateCondBr(inRange, plain, done, likely());
  }
  b.SetInsertPoint(plain);
  llvm::Value* result = b.CreateFPToSI(x, m.i64);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phi = b.CreatePHI(m.i64, 2);
  phi->addIncoming(result, plain);
  phi->addIncoming(beyond, before);
  return phi;
}

// Out of range, gc's result is what the machine instruction gives, also where inlining reveals a constant: x86's indefinite value, arm64's saturation.
// LLVM's fptosi of such a value is poison, which folds to anything. Narrow types go through 32 bits, uint32 through 64. gc's -d=converthash=qy
// saturates on every target.
llvm::Value* FunctionLowering::floatToInteger(llvm::Value* x, TypeInfo& to) {
  unsigned width = to.memory->getIntegerBitWidth();
  bool isUnsigned = to.isUnsigned(), saturate = m.options.saturatingConversions;
  if (m.arch == Arch::Arm64 || saturate) {
    llvm::Type* wide = width == 64 || (isUnsigned && width == 32 && !saturate) ? m.i64 : m.i32;
    bool toUnsigned = isUnsigned && (width == 64 || (width == 32 && saturate));
    return b.CreateTrunc(b.CreateIntrinsic(toUnsigned ? llvm::Intrinsic::fptoui_sat : llvm::Intrinsic::fptosi_sat, {wide, x->getType()}, {x}), to.memory);
  }
  bool throughWide = width == 64 || (isUnsigned && width == 32);
  if (!throughWide)
    return b.CreateTrunc(truncateX86(x, m.i32), to.memory);
  if (m.arch == Arch::I386)
    return b.CreateTrunc(floatToInteger64On386(x, width == 64), to.memory);
  llvm::Value* result = truncateX86(x, m.i64);
  if (isUnsigned && width == 64) {
    // From 2^63 on (the first conversion is indefinite, that is negative): convert the rest, and set the top bit.
    llvm::Value* rest = truncateX86(b.CreateFSub(x, llvm::ConstantFP::get(x->getType(), 0x1p63)), m.i64);
    result = b.CreateOr(result, b.CreateAnd(rest, b.CreateAShr(result, 63)));
  }
  return b.CreateTrunc(result, to.memory);
}

Value FunctionLowering::convertNumber(const Value& x, TypeInfo& to) {
  TypeInfo& from = *x.type;
  if (to.isComplex() && !from.isComplex()) { // a constant in generic code, T(0) say
    llvm::Type* half = to.scalars[0].type;
    llvm::Value* real = from.isFloat() ? b.CreateFPCast(x[0], half) : from.isUnsigned() ? b.CreateUIToFP(x[0], half) : b.CreateSIToFP(x[0], half);
    return make(to, {real, llvm::ConstantFP::get(half, 0)});
  }
  if (to.isComplex())
    return make(to, {b.CreateFPCast(x[0], to.scalars[0].type), b.CreateFPCast(x[1], to.scalars[0].type)});
  if (from.isFloat() && to.isFloat())
    return make(to, {b.CreateFPCast(x[0], to.memory)});
  if (from.isFloat())
    return make(to, {floatToInteger(x[0], to)});
  if (to.isFloat())
    return make(to, {from.isUnsigned() ? b.CreateUIToFP(x[0], to.memory) : b.CreateSIToFP(x[0], to.memory)});
  return make(to, {resize(x[0], from.isUnsigned(), to.memory)});
}

static bool isElement(TypeInfo& slice, ModuleState& m, BasicKind kind) {
  SliceTypeT* type = llvm::dyn_cast<SliceTypeT>(slice.under);
  return type && m.info(type->elem).basic() == kind;
}

// Between strings and byte slices, where the copy does not outlive this frame: short ones lie there. As with gc, such a slice has the buffer's capacity.
void FunctionLowering::convertInBuffer(const mir::Instr& instr, const Value& x, TypeInfo& to) {
  bool toString = to.isString();
  FrameObject inFrame = frameObjectOf(instr);
  llvm::Value* buffer = frameObject(instr, inFrame, "string.buffer");
  llvm::BasicBlock* small = newBlock("short");
  llvm::BasicBlock* large = newBlock("long");
  llvm::BasicBlock* done = newBlock("converted");
  b.CreateCondBr(b.CreateICmpULE(x[1], m.wordConstant(mir::stackBufferSize)), small, large);
  b.SetInsertPoint(small);
  if (!toString)
    b.CreateMemSet(buffer, b.getInt8(0), static_cast<uint64_t>(inFrame.size), llvm::Align(1));
  b.CreateMemCpy(buffer, llvm::Align(1), x[0], llvm::Align(1), x[1]);
  llvm::SmallVector<llvm::Value*, 3> parts{goPointer(buffer), x[1]};
  if (!toString)
    parts.push_back(m.wordConstant(mir::stackBufferSize));
  b.CreateBr(done);
  b.SetInsertPoint(large);
  llvm::AllocaInst* out = temp(to);
  callEntry(toString ? "stoat_slicebytetostring" : "stoat_stringtoslicebyte", {out, x[0], x[1]});
  Value inHeap = load(out, to);
  large = b.GetInsertBlock();
  b.CreateBr(done);
  b.SetInsertPoint(done);
  for (size_t i = 0; i < parts.size(); ++i) {
    llvm::PHINode* phi = b.CreatePHI(parts[i]->getType(), 2);
    phi->addIncoming(parts[i], small);
    phi->addIncoming(inHeap[i], large);
    parts[i] = phi;
  }
  setDst(instr, make(to, parts));
}

void FunctionLowering::convert(const mir::Instr& instr) {
  const mir::Operand& source = instr.args[0];
  TypeInfo& to = m.info(instr.type);
  TypeInfo& from = m.info(source.type);
  if (to.isInterface()) {
    setDst(instr, toInterface(source, to, &instr));
    return;
  }
  // T(0) in generic code: a constant of one kind becomes one of another.
  bool isNumeric = (from.basicInfo() & IsNumeric) && (to.basicInfo() & IsNumeric);
  if (isNumeric && source.kind == mir::Operand::Const && (!to.isInteger() || source.constant.toInt().kind() == ConstValue::Int)) {
    setDst(instr, operand(mir::Operand::ofConst(source.constant, instr.type)));
    return;
  }
  Value x = operand(source);
  if (isNumeric) {
    setDst(instr, convertNumber(x, to));
    return;
  }
  if (instr.flags & mir::Borrowed) {
    setDst(instr, make(to, {x[0], x[1]}));
    return;
  }
  if (frameObjectOf(instr).type) {
    convertInBuffer(instr, x, to);
    return;
  }
  if (to.isString() && !from.isString()) {
    llvm::AllocaInst* out = temp(to);
    if (from.isInteger()) {
      // A value beyond int64 is no rune either: -1 gives U+FFFD as well.
      llvm::Value* rune = x[0];
      if (rune->getType() == m.i64 && from.isUnsigned())
        rune = b.CreateSelect(b.CreateICmpSLT(rune, b.getInt64(0)), b.getInt64(-1), rune);
      callEntry("stoat_intstring", {out, resize(rune, from.isUnsigned(), m.i64)});
    } else if (isElement(from, m, BasicKind::Uint8)) {
      callEntry("stoat_slicebytetostring", {out, x[0], x[1]});
    } else if (isElement(from, m, BasicKind::Int32)) {
      callEntry("stoat_slicerunetostring", {out, x[0], x[1]});
    } else {
      m.unsupported(pos_, "conversion of " + typeString(source.type) + " to " + typeString(instr.type));
      return;
    }
    setDst(instr, load(out, to));
    return;
  }
  if (from.isString() && to.kind() == TypeKind::Slice) {
    llvm::AllocaInst* out = temp(to);
    callEntry(isElement(to, m, BasicKind::Uint8) ? "stoat_stringtoslicebyte" : "stoat_stringtoslicerune", {out, x[0], x[1]});
    setDst(instr, load(out, to));
    return;
  }
  if (from.kind() == TypeKind::Slice && (to.kind() == TypeKind::Array || to.kind() == TypeKind::Pointer)) {
    bool toPointer = to.kind() == TypeKind::Pointer;
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(toPointer ? llvm::cast<PointerType>(to.under)->elem->underlying() : to.under);
    panicUnless(b.CreateICmpSGE(x[1], m.wordConstant(array->len)), "runtime.panicSliceConvert", {x[1], m.wordConstant(array->len)});
    if (toPointer) {
      setDst(instr, x[0]);
    } else if (to.size == 0) {
      setDst(instr, zero(to));
    } else {
      setDst(instr, load(x[0], to));
    }
    return;
  }
  bool fromPointer = x.parts.size() == 1 && x[0]->getType()->isPointerTy();
  if (fromPointer && to.isInteger()) {
    setDst(instr, b.CreatePtrToInt(x[0], to.memory));
    return;
  }
  if (from.isInteger() && to.scalars.size() == 1 && to.scalars[0].isPointer) {
    setDst(instr, b.CreateIntToPtr(toWord(x[0], from), m.ptr1));
    return;
  }
  // Same underlying type (or channel directions): the same bits.
  if (x.parts.size() == to.scalars.size() && from.inMemory == to.inMemory) {
    x.type = &to;
    setDst(instr, x);
    return;
  }
  m.unsupported(pos_, "conversion of " + typeString(source.type) + " to " + typeString(instr.type));
}

} // namespace stoat::lower
