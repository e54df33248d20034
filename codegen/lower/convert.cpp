// Conversions between non-interface types: numbers (float -> integer as gc's targets do it), strings and byte or rune slices, slices to arrays,
// pointers and uintptr.
#include "lower/function_lowering.h"

namespace stoat::lower {

// Out of range, gc's result is what the machine instruction gives: x86 the "integer indefinite" value, arm64 saturation. fptosi of such a value is poison
// in LLVM; freeze keeps it a value, and the instruction chosen is the machine's own. Narrow types go through 32 bits, uint32 through 64.
llvm::Value* FunctionLowering::floatToInteger(llvm::Value* x, TypeInfo& to) {
  unsigned width = to.memory->getIntegerBitWidth();
  bool isUnsigned = to.isUnsigned();
  if (m.arch == Arch::Arm64) {
    llvm::Type* wide = width == 64 || (isUnsigned && width == 32) ? m.i64 : m.i32;
    llvm::Intrinsic::ID id = isUnsigned && width == 64 ? llvm::Intrinsic::fptoui_sat : llvm::Intrinsic::fptosi_sat;
    return b.CreateTrunc(b.CreateIntrinsic(id, {wide, x->getType()}, {x}), to.memory);
  }
  if (isUnsigned && width == 64)
    return b.CreateFreeze(b.CreateFPToUI(x, m.i64));
  llvm::Type* wide = width == 64 || (isUnsigned && width == 32) ? m.i64 : m.i32;
  return b.CreateTrunc(b.CreateFreeze(b.CreateFPToSI(x, wide)), to.memory);
}

Value FunctionLowering::convertNumber(const Value& x, TypeInfo& to) {
  TypeInfo& from = *x.type;
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

void FunctionLowering::convert(const mir::Instr& instr) {
  const mir::Operand& source = instr.args[0];
  TypeInfo& to = m.info(instr.type);
  TypeInfo& from = m.info(source.type);
  if (to.isInterface()) {
    setDst(instr, toInterface(source, to));
    return;
  }
  Value x = operand(source);
  if ((from.basicInfo() & IsNumeric) && (to.basicInfo() & IsNumeric)) {
    setDst(instr, convertNumber(x, to));
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
