// Functions that the compiler knows by package and name (std-surface sections 2.1 and 8): calls of them become LLVM operations. Everything
// here keeps the exact meaning of the Go or assembly body it replaces, on every target.
#include "lower/function_lowering.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"

namespace stoat::lower {

// A use that nothing can remove.
void FunctionLowering::keepAlive(llvm::Value* pointer) {
  llvm::InlineAsm* use = llvm::InlineAsm::get(llvm::FunctionType::get(b.getVoidTy(), {m.ptr1}, false), "", "r", true);
  llvm::CallInst* call = b.CreateCall(use, {pointer});
  call->addFnAttr(llvm::Attribute::get(m.context, "gc-leaf-function"));
}

bool FunctionLowering::intrinsic(const mir::Instr& instr, const Func* func, llvm::ArrayRef<Type*>) {
  if (func->linkSymbol == "stoat.keepalive") {
    keepAlive(scalar(instr.args[0]));
    return true;
  }
  if (!func->pkg || func->signature()->recv)
    return false;
  llvm::StringRef pkg = func->pkg->path, name = func->name;
  if (pkg == "sync/atomic" || pkg == "internal/runtime/atomic" || (pkg == "sync" && name.starts_with("runtime_")))
    return atomicIntrinsic(instr, pkg, name);
  if (pkg == "math/bits" || pkg == "internal/runtime/sys" || pkg == "internal/runtime/math" || (pkg == "math/big" && name == "mulWW"))
    return bitIntrinsic(instr, pkg, name);
  if (pkg == "math")
    return mathIntrinsic(instr, name);
  if (pkg == "internal/abi") {
    if (name == "FuncPCABI0" || name == "FuncPCABIInternal") {
      // The argument is a func value in an interface: its data word is the funcval.
      Value f = operand(instr.args[0]);
      llvm::Value* code = b.CreateAlignedLoad(m.word, f.parts.back(), llvm::Align(m.wordSize()));
      setDst(instr, code);
      return true;
    }
    return name == "EscapeNonString";
  }
  if (pkg == "crypto/internal/constanttime" && name == "boolToUint8") {
    setDst(instr, scalar(instr.args[0]));
    return true;
  }
  if (pkg == "runtime" && name == "KeepAlive") {
    keepAlive(operand(instr.args[0]).parts.back());
    return true;
  }
  return false;
}

bool FunctionLowering::mathIntrinsic(const mir::Instr& instr, llvm::StringRef name) {
  auto unary = [&](llvm::Intrinsic::ID id) {
    setDst(instr, b.CreateUnaryIntrinsic(id, scalar(instr.args[0])));
    return true;
  };
  bool arm = m.arch == Arch::Arm64;
  if (name == "Abs") return unary(llvm::Intrinsic::fabs);
  if (name == "sqrt" || name == "Sqrt") return unary(llvm::Intrinsic::sqrt);
  if (arm && name == "Floor") return unary(llvm::Intrinsic::floor);
  if (arm && name == "Ceil") return unary(llvm::Intrinsic::ceil);
  if (arm && name == "Trunc") return unary(llvm::Intrinsic::trunc);
  if (arm && name == "Round") return unary(llvm::Intrinsic::round);
  if (arm && name == "RoundToEven") return unary(llvm::Intrinsic::roundeven);
  if (name == "Copysign") {
    setDst(instr, b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, scalar(instr.args[0]), scalar(instr.args[1])));
    return true;
  }
  if (arm && name == "FMA") {
    setDst(instr, b.CreateIntrinsic(llvm::Intrinsic::fma, {m.f64}, {scalar(instr.args[0]), scalar(instr.args[1]), scalar(instr.args[2])}));
    return true;
  }
  llvm::Type* to = llvm::StringSwitch<llvm::Type*>(name)
                       .Case("Float64bits", m.i64).Case("Float64frombits", m.f64).Case("Float32bits", m.i32).Case("Float32frombits", m.f32).Default(nullptr);
  if (!to)
    return false;
  setDst(instr, b.CreateBitCast(scalar(instr.args[0]), to));
  return true;
}

bool FunctionLowering::bitIntrinsic(const mir::Instr& instr, llvm::StringRef pkg, llvm::StringRef name) {
  if (pkg == "internal/runtime/sys") {
    if (name == "GetCallerPC") {
      setDst(instr, b.CreatePtrToInt(b.CreateIntrinsic(llvm::Intrinsic::returnaddress, {}, {b.getInt32(0)}), m.word));
      return true;
    }
    if (name == "GetCallerSP") {
      llvm::Value* frame = b.CreateIntrinsic(llvm::Intrinsic::frameaddress, {m.ptr0}, {b.getInt32(0)});
      setDst(instr, b.CreateAdd(b.CreatePtrToInt(frame, m.word), m.wordConstant(2 * m.wordSize())));
      return true;
    }
    if (name == "GetClosurePtr") {
      setDst(instr, context_ ? b.CreatePtrToInt(context_, m.word) : m.wordConstant(0));
      return true;
    }
    if (name == "Prefetch" || name == "PrefetchStreamed") {
      llvm::Value* address = b.CreateIntToPtr(scalar(instr.args[0]), m.ptr0);
      b.CreateIntrinsic(llvm::Intrinsic::prefetch, {m.ptr0}, {address, b.getInt32(0), b.getInt32(name == "Prefetch" ? 3 : 0), b.getInt32(1)});
      return true;
    }
  }
  if (instr.args.empty())
    return false;
  // uint on the left of a width: bits.Len is Len64 or Len32.
  auto is = [&](llvm::StringRef stem) {
    if (!name.starts_with(stem))
      return false;
    llvm::StringRef rest = name.drop_front(stem.size());
    return rest.empty() || rest == "8" || rest == "16" || rest == "32" || rest == "64";
  };
  auto asInt = [&](llvm::Value* v) { return b.CreateZExtOrTrunc(v, m.word); };
  if (is("TrailingZeros") || is("Len") || is("LeadingZeros") || is("OnesCount")) {
    llvm::Value* x = scalar(instr.args[0]);
    unsigned width = x->getType()->getIntegerBitWidth();
    if (is("TrailingZeros")) {
      setDst(instr, asInt(b.CreateIntrinsic(llvm::Intrinsic::cttz, {x->getType()}, {x, b.getFalse()})));
    } else if (is("OnesCount")) {
      setDst(instr, asInt(b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, x)));
    } else {
      llvm::Value* zeros = asInt(b.CreateIntrinsic(llvm::Intrinsic::ctlz, {x->getType()}, {x, b.getFalse()}));
      setDst(instr, is("Len") ? b.CreateSub(m.wordConstant(width), zeros) : zeros);
    }
    return true;
  }
  if (is("ReverseBytes") || is("Bswap")) {
    llvm::Value* x = scalar(instr.args[0]);
    setDst(instr, x->getType() == m.i8 ? x : b.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, x));
    return true;
  }
  if (is("Reverse")) {
    setDst(instr, b.CreateUnaryIntrinsic(llvm::Intrinsic::bitreverse, scalar(instr.args[0])));
    return true;
  }
  if (is("RotateLeft")) {
    llvm::Value* x = scalar(instr.args[0]);
    llvm::Value* k = b.CreateSExtOrTrunc(scalar(instr.args[1]), x->getType()); // fshl takes the count modulo the width
    setDst(instr, b.CreateIntrinsic(llvm::Intrinsic::fshl, {x->getType()}, {x, x, k}));
    return true;
  }
  if (pkg == "internal/runtime/math" && name == "MulUintptr") {
    llvm::Value* pair = b.CreateBinaryIntrinsic(llvm::Intrinsic::umul_with_overflow, scalar(instr.args[0]), scalar(instr.args[1]));
    setDst(instr, b.CreateExtractValue(pair, 0), 0);
    setDst(instr, boolean(b.CreateExtractValue(pair, 1)), 1);
    return true;
  }
  bool wide = name == "Mul64" || name == "Mul" || name == "mulWW" || name == "Mul32";
  if (wide && m.wordSize() == 4 && m.info(instr.args[0].type).size == 8)
    return false; // the Go body does it in 32-bit steps
  if (wide) {
    llvm::Value *x = scalar(instr.args[0]), *y = scalar(instr.args[1]);
    unsigned width = x->getType()->getIntegerBitWidth();
    llvm::Type* twice = b.getIntNTy(width * 2);
    llvm::Value* product = b.CreateMul(b.CreateZExt(x, twice), b.CreateZExt(y, twice));
    setDst(instr, b.CreateTrunc(b.CreateLShr(product, width), x->getType()), 0);
    setDst(instr, b.CreateTrunc(product, x->getType()), 1);
    return true;
  }
  bool isAdd = name == "Add64" || name == "Add" || name == "Add32";
  bool isSub = name == "Sub64" || name == "Sub" || name == "Sub32";
  if ((isAdd || isSub) && instr.args.size() == 3) {
    // The carry is 0 or 1 (anything else is undefined by the package); the form below is what back ends match to adc and sbb.
    llvm::Value *x = scalar(instr.args[0]), *y = scalar(instr.args[1]), *carry = scalar(instr.args[2]);
    llvm::Intrinsic::ID id = isAdd ? llvm::Intrinsic::uadd_with_overflow : llvm::Intrinsic::usub_with_overflow;
    llvm::Value* first = b.CreateBinaryIntrinsic(id, x, y);
    llvm::Value* second = b.CreateBinaryIntrinsic(id, b.CreateExtractValue(first, 0), carry);
    setDst(instr, b.CreateExtractValue(second, 0), 0);
    llvm::Value* out = b.CreateOr(b.CreateExtractValue(first, 1), b.CreateExtractValue(second, 1));
    setDst(instr, b.CreateZExt(out, x->getType()), 1);
    return true;
  }
  return false;
}

bool FunctionLowering::atomicIntrinsic(const mir::Instr& instr, llvm::StringRef pkg, llvm::StringRef name) {
  if (instr.args.empty())
    return false;
  bool isSync = pkg != "internal/runtime/atomic";
  enum { None, Load, Store, Add, Swap, Cas, And, Or } kind = None;
  bool pointerOp = false, barrier = false, returnsNew = false;
  llvm::StringRef rest = name;
  rest.consume_front("runtime_");
  if (rest.consume_front("CompareAndSwap") || rest.consume_front("Cas")) kind = Cas;
  else if (rest.consume_front("Load")) kind = Load;
  else if (rest.consume_front("Store")) kind = Store;
  else if (rest.consume_front("Swap") || rest.consume_front("Xchg")) kind = Swap;
  else if (rest.consume_front("Xadd") || rest.consume_front("Add")) { kind = Add; returnsNew = true; }
  else if (rest.consume_front("And")) kind = And;
  else if (rest.consume_front("Or")) kind = Or;
  else return false;
  static const char* const known[] = {"", "8", "32", "64", "Acq", "Rel", "Acq64", "Rel64", "uint", "uintptr", "int32", "int64", "Acquintptr", "Reluintptr",
                                      "Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer", "p", "p1", "pNoWB"};
  bool isKnown = false;
  for (const char* k : known)
    isKnown |= rest == k;
  if (!isKnown || (isSync && pkg == "sync/atomic" && rest.empty()))
    return false;
  pointerOp = rest == "Pointer" || rest == "p" || rest == "p1" || rest == "pNoWB";
  barrier = rest == "Pointer" && kind != Load && m.options.leftOutBarrier != "atomic";
  Value address = operand(instr.args[0]);
  PointerType* pointerType = llvm::dyn_cast<PointerType>(address.type->under);
  llvm::Type* type = m.ptr1;
  if (!pointerOp) {
    if (!pointerType)
      return false;
    TypeInfo& elem = m.info(pointerType->elem);
    if (elem.inMemory || elem.scalars.size() != 1)
      return false;
    type = elem.scalars[0].type;
  }
  int64_t bytes = type->isPointerTy() ? m.wordSize() : type->getIntegerBitWidth() / 8;
  llvm::Align align(bytes); // 64-bit ones on 386 too: Go requires it, and cmpxchg8b bears less
  llvm::Value* at = address[0];
  nilCheck(at);
  if (bytes > m.wordSize()) {
    llvm::Value* misaligned = b.CreateAnd(b.CreatePtrToInt(at, m.word), bytes - 1);
    panicUnless(b.CreateICmpEQ(misaligned, llvm::ConstantInt::get(m.word, 0)), "runtime.panicUnaligned", {});
  }
  llvm::AtomicOrdering order = llvm::AtomicOrdering::SequentiallyConsistent;
  auto arg = [&](size_t i) { return coerce(scalar(instr.args[i]), type); };
  auto shade = [&](llvm::Value* value) {
    if (barrier)
      b.CreateCall(m.barrier(), {rawPointer(at), value});
  };
  switch (kind) {
  case None:
    return false;
  case Load: {
    llvm::LoadInst* load = b.CreateAlignedLoad(type, at, align);
    load->setAtomic(rest.starts_with("Acq") ? llvm::AtomicOrdering::Acquire : order);
    setDst(instr, load);
    return true;
  }
  case Store: {
    llvm::Value* value = arg(1);
    shade(value);
    llvm::StoreInst* store = b.CreateAlignedStore(value, at, align);
    store->setAtomic(rest.starts_with("Rel") ? llvm::AtomicOrdering::Release : order);
    return true;
  }
  case Cas: {
    llvm::Value *old = arg(1), *value = arg(2);
    shade(value);
    llvm::AtomicCmpXchgInst* cas = b.CreateAtomicCmpXchg(at, old, value, align, order, order);
    setDst(instr, boolean(b.CreateExtractValue(cas, 1)));
    return true;
  }
  case Add: case Swap: case And: case Or: {
    llvm::Value* value = arg(1);
    llvm::AtomicRMWInst::BinOp op = kind == Add ? llvm::AtomicRMWInst::Add : kind == Swap ? llvm::AtomicRMWInst::Xchg
                                    : kind == And ? llvm::AtomicRMWInst::And : llvm::AtomicRMWInst::Or;
    shade(value);
    llvm::Value* old = b.CreateAtomicRMW(op, at, value, align, order);
    setDst(instr, returnsNew ? b.CreateAdd(old, value) : old);
    return true;
  }
  }
  return false;
}

} // namespace stoat::lower
