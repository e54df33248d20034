// Interfaces: conversions to them, type assertions. A value is stored in the data word itself if it is exactly one pointer; else the data
// word points to a read-only copy: static for constants, zero values and small integers, fresh in the heap for the rest.
#include "lower/function_lowering.h"

namespace stoat::lower {

// The type word of an interface value: of non-empty interfaces it is in the itab (ITab.Type, the second word).
llvm::Value* FunctionLowering::typeOfInterface(const Value& x) {
  if (x.type->isEmptyInterface())
    return x[0];
  if (llvm::isa<llvm::ConstantPointerNull>(x[0]))
    return x[0];
  llvm::BasicBlock* before = b.GetInsertBlock();
  llvm::BasicBlock* some = newBlock("itab");
  llvm::BasicBlock* done = newBlock("itab.done");
  b.CreateCondBr(b.CreateIsNull(x[0]), done, some);
  b.SetInsertPoint(some);
  llvm::LoadInst* type = b.CreateAlignedLoad(m.ptr1, offset(x[0], m.wordSize()), llvm::Align(m.wordSize()));
  type->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(m.context, {}));
  b.CreateBr(done);
  b.SetInsertPoint(done);
  llvm::PHINode* phi = b.CreatePHI(m.ptr1, 2);
  phi->addIncoming(llvm::ConstantPointerNull::get(m.ptr1), before);
  phi->addIncoming(type, some);
  return phi;
}

llvm::Value* FunctionLowering::interfaceData(const mir::Operand& from, TypeInfo& type, const mir::Instr* site) {
  if (type.size == 0)
    return goPointer(m.zeroValue());
  if (m.isDirectInterface(type)) {
    Value x = operand(from);
    // The one pointer may sit beside zero-size fields.
    return x.parts[0];
  }
  if (from.kind == mir::Operand::Zero && type.size <= 1024)
    return goPointer(m.zeroValue());
  if (from.kind == mir::Operand::Const) {
    llvm::Constant* constant = m.constant(from.constant, type);
    return m.sharedReadOnly(constant, type.align);
  }
  Value x = operand(from);
  if (type.size == 1 && x.parts.size() == 1) {
    llvm::Value* index = b.CreateZExt(x[0], m.word);
    int64_t low = m.module->getDataLayout().isLittleEndian() ? 0 : 7;
    return goPointer(b.CreateInBoundsGEP(m.i64, m.byteTable(), index, low ? "" : "byte"));
  }
  // Without pointers zero needs no allocation; gc does the same for small integers and strings.
  if (FrameObject inFrame = site ? frameObjectOf(*site) : FrameObject(); inFrame.type) {
    llvm::Value* object = frameObject(*site, inFrame, "box");
    store(object, x, true);
    return goPointer(object);
  }
  llvm::Value* object = newObject(type);
  store(object, x, false, mir::InitStore);
  return object;
}

Value FunctionLowering::toInterface(const mir::Operand& from, TypeInfo& to, const mir::Instr* site) {
  BasicType* basic = llvm::dyn_cast<BasicType>(unalias(from.type));
  if (basic && basic->basic == BasicKind::UntypedNil)
    return zero(to);
  TypeInfo& type = m.info(from.type);
  if (type.isInterface()) {
    Value x = operand(from);
    if (to.key == type.key || (to.isEmptyInterface() && type.isEmptyInterface())) {
      x.type = &to;
      return x;
    }
    if (to.isEmptyInterface())
      return make(to, {typeOfInterface(x), x[1]});
    // The method set shrinks: another itab. It exists, so stoat_getitab finds one.
    llvm::Value* word = typeOfInterface(x);
    llvm::BasicBlock* before = b.GetInsertBlock();
    llvm::BasicBlock* some = newBlock("conv");
    llvm::BasicBlock* done = newBlock("conv.done");
    b.CreateCondBr(b.CreateIsNull(word), done, some);
    b.SetInsertPoint(some);
    llvm::Value* tab = goPointer(callEntry("stoat_getitab", {m.descriptor(to.type), word}));
    llvm::BasicBlock* after = b.GetInsertBlock();
    b.CreateBr(done);
    b.SetInsertPoint(done);
    llvm::PHINode* phi = b.CreatePHI(m.ptr1, 2);
    phi->addIncoming(llvm::ConstantPointerNull::get(m.ptr1), before);
    phi->addIncoming(tab, after);
    return make(to, {phi, x[1]});
  }
  llvm::Value* word = to.isEmptyInterface() ? m.typeWord(type.type) : m.toGo(m.itab(type.type, to.type, pos_));
  return make(to, {word, interfaceData(from, type, site)});
}

Value FunctionLowering::fromInterfaceData(llvm::Value* data, TypeInfo& type) {
  if (type.size == 0)
    return zero(type);
  if (m.isDirectInterface(type)) {
    if (!type.inMemory)
      return make(type, {data});
  }
  return load(data, type);
}

void FunctionLowering::typeAssert(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  TypeInfo& to = m.info(instr.type);
  bool commaOk = instr.dsts.size() > 1;
  TypeInfo& from = *x.type;
  if (to.isInterface()) {
    llvm::Value* word = typeOfInterface(x);
    if (!commaOk) {
      if (to.isEmptyInterface()) {
        panicUnless(b.CreateIsNotNull(word), "runtime.panicnildottype", {m.typeWord(to.type)});
        setDst(instr, make(to, {word, x[1]}));
        return;
      }
      llvm::Value* tab = callGo("runtime.typeAssertI", {m.typeWord(to.type), word});
      setDst(instr, make(to, {tab, x[1]}));
      return;
    }
    llvm::Value* tab = word;
    if (!to.isEmptyInterface()) {
      llvm::BasicBlock* before = b.GetInsertBlock();
      llvm::BasicBlock* some = newBlock("assert");
      llvm::BasicBlock* done = newBlock("assert.done");
      b.CreateCondBr(b.CreateIsNull(word), done, some);
      b.SetInsertPoint(some);
      llvm::Value* found = goPointer(callEntry("stoat_getitab", {m.descriptor(to.type), word}));
      llvm::BasicBlock* after = b.GetInsertBlock();
      b.CreateBr(done);
      b.SetInsertPoint(done);
      llvm::PHINode* phi = b.CreatePHI(m.ptr1, 2);
      phi->addIncoming(llvm::ConstantPointerNull::get(m.ptr1), before);
      phi->addIncoming(found, after);
      tab = phi;
    }
    llvm::Value* ok = b.CreateIsNotNull(tab);
    setDst(instr, make(to, {tab, b.CreateSelect(ok, x[1], llvm::ConstantPointerNull::get(m.ptr1))}));
    setDst(instr, boolean(ok), 1);
    return;
  }
  // A concrete type: compare the type word, or the itab, which is unique for (interface, type).
  llvm::Constant* want = from.isEmptyInterface() ? m.typeWord(to.type) : m.toGo(m.itab(to.type, from.type, pos_));
  llvm::Value* ok = b.CreateICmpEQ(x[0], want);
  if (!commaOk) {
    llvm::StringRef symbol = from.isEmptyInterface() ? "runtime.panicdottypeE" : "runtime.panicdottypeI";
    panicUnless(ok, symbol, {x[0], m.typeWord(to.type), m.typeWord(from.type)});
    setDst(instr, fromInterfaceData(x[1], to));
    return;
  }
  if (!hasDst(instr, 0)) {
    setDst(instr, boolean(ok), 1);
    return;
  }
  llvm::BasicBlock* hit = newBlock("is");
  llvm::BasicBlock* miss = newBlock("isnot");
  llvm::BasicBlock* done = newBlock("is.done");
  b.CreateCondBr(ok, hit, miss);
  b.SetInsertPoint(hit);
  setDst(instr, fromInterfaceData(x[1], to));
  b.CreateBr(done);
  b.SetInsertPoint(miss);
  zeroInitialise(slots_[instr.dsts[0]].address, to);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  setDst(instr, boolean(ok), 1);
}

} // namespace stoat::lower
