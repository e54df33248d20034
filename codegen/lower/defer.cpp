// Closures, go, defer, recover and panic. A function with defer statements is two LLVM functions: F keeps the DeferFrame with the parameters and
// results and runs the deferred calls, F$body is the source's body (runtime/abi/README.md, "Defer, panic, recover").
#include "lower/function_lowering.h"
#include "target_layout.h"

namespace stoat::lower {

void FunctionLowering::makeClosure(const mir::Instr& instr) {
  const mir::FuncRef& ref = *instr.callee->ref;
  if (instr.args.empty()) {
    setDst(instr, m.funcValue(ref, pos_));
    return;
  }
  llvm::SmallVector<TypeInfo*, 4> captures;
  std::vector<int64_t> offsets;
  closureType(instr, captures, offsets);
  llvm::SmallVector<Value, 4> values;
  for (size_t i = 0; i < instr.args.size(); ++i) {
    values.push_back(operand(instr.args[i]));
    values.back().type = captures[i];
  }
  llvm::Function* code = m.functionFor(ref, pos_);
  if (!code)
    return;
  if (FrameObject inFrame = frameObjectOf(instr); inFrame.type) {
    llvm::Value* object = frameObject(instr, inFrame, "closure");
    b.CreateStore(code, object);
    for (size_t i = 0; i < captures.size(); ++i)
      store(offset(object, offsets[i]), values[i], true);
    setDst(instr, goPointer(object));
    return;
  }
  std::vector<int64_t> again;
  llvm::Value* object = callEntry("stoat_new", {m.closureDescriptor(captures, again)});
  llvm::SmallVector<int64_t, 16> pointers;
  int64_t end = m.wordSize(), align = m.wordSize();
  for (size_t i = 0; i < captures.size(); ++i) {
    m.pointerWords(*captures[i], offsets[i], [&](int64_t at) { pointers.push_back(at); });
    end = offsets[i] + captures[i]->size;
    align = std::max<int64_t>(align, captures[i]->align);
  }
  if (end <= maxMarkedAllocation)
    markAllocation(object, (end + align - 1) / align * align, pointers);
  b.CreateAlignedStore(code, object, llvm::Align(m.wordSize()));
  for (size_t i = 0; i < captures.size(); ++i)
    store(offset(object, offsets[i]), values[i], false, mir::InitStore);
  setDst(instr, object);
}

void FunctionLowering::lowerGo(const mir::Instr& instr) { callEntry("stoat_newproc", {scalar(instr.args[0])}); }

// A defer that runs once at most has its record (DeferRecord, runtime.deferCall) beside the defer frame.
void FunctionLowering::lowerDefer(const mir::Instr& instr) {
  if (auto beside = besideDeferFrame_.find(&instr); beside != besideDeferFrame_.end()) {
    llvm::Align align(m.wordSize());
    llvm::Value *record = offset(frame_, beside->second), *pending = offset(frame_, m.layout.deferPending);
    b.CreateAlignedStore(b.CreateAlignedLoad(m.ptr1, pending, align), offset(record, m.layout.deferRecordNext), align);
    b.CreateAlignedStore(scalar(instr.args[0]), offset(record, m.layout.deferRecordFn), align);
    b.CreateAlignedStore(goPointer(record), pending, align);
    return;
  }
  llvm::Value* frame = instr.args.size() > 1 ? scalar(instr.args[1]) : frame_;
  callGo("runtime.deferproc", {frame, scalar(instr.args[0])});
}

llvm::Value* FunctionLowering::frameAddress() {
  if (frame_)
    return b.CreateAlignedLoad(m.word, offset(frame_, m.layout.deferFp), llvm::Align(m.wordSize()));
  llvm::Value* address = b.CreateIntrinsic(llvm::Intrinsic::frameaddress, {m.ptr0}, {b.getInt32(0)});
  return b.CreatePtrToInt(address, m.word);
}

void FunctionLowering::lowerRecover(const mir::Instr& instr) {
  llvm::Value* address = frameAddress();
  if (f.isWrapper) // `defer recover()`: this frame is not counted
    address = b.CreateOr(address, m.wordConstant(1));
  llvm::Value* result = callGo("runtime.gorecover", {address});
  setDst(instr, make(m.anyInfo(), {b.CreateExtractValue(result, 0), b.CreateExtractValue(result, 1)}));
}

void FunctionLowering::lowerPanic(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  llvm::Value* word = typeOfInterface(x);
  callGo("runtime.gopanic", {word, x[1]});
  b.CreateUnreachable();
}

void FunctionLowering::runDeferring() {
  // The frame: header (DeferFrame in runtime/abi/stack.h), closure context, every parameter, every result and box of a result.
  llvm::SmallVector<llvm::Type*, 16> fields(static_cast<size_t>(m.layout.deferSaved / m.wordSize()), m.word);
  fields[static_cast<size_t>(m.layout.deferLink / m.wordSize())] = m.ptr0;
  fields[static_cast<size_t>(m.layout.deferPending / m.wordSize())] = m.ptr1;
  fields.push_back(m.arrayOf(m.word, m.layout.deferSavedCount)); // the last field
  int64_t at = m.layout.deferBytes, align = m.wordSize();
  auto add = [&](llvm::Type* type, int64_t size, int64_t fieldAlign) {
    int64_t start = (at + fieldAlign - 1) / fieldAlign * fieldAlign;
    if (start > at)
      fields.push_back(m.arrayOf(m.i8, start - at));
    fields.push_back(type);
    at = start + size;
    align = std::max(align, fieldAlign);
    return start;
  };
  int64_t contextAt = usesNestLayout() ? add(m.ptr1, m.wordSize(), m.wordSize()) : 0;
  std::vector<int64_t> places(f.locals.size(), -1);
  auto addLocal = [&](mir::LocalId id) {
    if (id == mir::noLocal || places[id] >= 0)
      return;
    TypeInfo& type = m.info(f.locals[id].type);
    places[id] = add(type.memory, type.size, std::max<int64_t>(1, type.align));
    stackNew_[id] = nullptr;
  };
  for (mir::LocalId id : f.params)
    addLocal(id);
  for (mir::LocalId id : f.results)
    addLocal(id);
  for (mir::LocalId id : f.resultBoxes)
    addLocal(id);
  for (const mir::Block& block : f.blocks)
    for (const mir::Instr& instr : block.instrs)
      if (instr.op == mir::Opcode::Defer && (instr.flags & mir::Stack))
        besideDeferFrame_[&instr] = add(llvm::StructType::get(m.context, {m.ptr1, m.ptr1}), m.layout.deferRecordBytes, m.wordSize());
      else if (instr.flags & mir::Deferred)
        if (FrameObject object = frameObjectOf(instr); object.type)
          besideDeferFrame_[&instr] = add(object.type, object.size, std::min<int64_t>(object.align, m.arch == Arch::I386 ? 8 : 16));
  llvm::StructType* frameType = llvm::StructType::get(m.context, fields, true);

  // F$body.
  llvm::Function* outer = fn;
  llvm::Function* body = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(m.context), {m.ptr0}, false),
                                                llvm::GlobalValue::InternalLinkage, outer->getName() + "$body", m.module);
  // The trampoline calls it as C would: on 386 that means the argument on the stack.
  body->setCallingConv(m.arch == Arch::I386 ? llvm::CallingConv::C : m.goConvention());
  body->setGC("stoat");
  body->setDSOLocal(true);
  body->addFnAttr(llvm::Attribute::NoInline);
  if (f.params.empty())
    body->addFnAttr("stoat-noargs");
  if (f.pragma & PragmaNosplit)
    body->addFnAttr("stoat-nosplit");
  if (outer->hasComdat())
    body->setComdat(outer->getComdat());
  body_ = body;

  // F.
  llvm::DISubprogram* outerScope = scope_;
  entry_ = llvm::BasicBlock::Create(m.context, "entry", outer);
  b.SetInsertPoint(entry_);
  setPos(f.pos);
  llvm::AllocaInst* frame = alloca_(frameType, align, "frame");
  b.CreateMemSet(frame, b.getInt8(0), at, llvm::Align(align));
  if (usesNestLayout())
    b.CreateAlignedStore(outer->getArg(0), offset(frame, contextAt), llvm::Align(m.wordSize()));
  for (size_t i = 0; i < f.params.size() && i < abi_.params.size(); ++i) {
    const FnAbi::Param& param = abi_.params[i];
    llvm::Value* to = offset(frame, places[f.params[i]]);
    if (param.isIndirect) {
      copyMemory(to, outer->getArg(param.first), *param.type, true, 0);
      continue;
    }
    Value value;
    value.type = param.type;
    for (unsigned k = 0; k < param.count; ++k)
      value.parts.push_back(outer->getArg(param.first + k));
    store(to, value, true);
  }
  llvm::FunctionCallee trampoline = m.module->getOrInsertFunction("stoat_calldefer", llvm::FunctionType::get(m.word, {m.ptr0, m.ptr0}, false));
  llvm::cast<llvm::Function>(trampoline.getCallee())->setDSOLocal(true);
  b.CreateCall(trampoline, {frame, body});
  setPos(f.endPos.isKnown() ? f.endPos : f.pos);
  callGo("runtime.deferreturn", {frame});
  slots_.resize(f.locals.size());
  for (size_t i = 0; i < f.results.size(); ++i) {
    mir::LocalId id = f.results[i];
    TypeInfo& type = m.info(f.locals[id].type);
    slots_[id].type = &type;
    slots_[id].address = offset(frame, places[id]);
    mir::LocalId box = i < f.resultBoxes.size() ? f.resultBoxes[i] : mir::noLocal;
    if (box == mir::noLocal || type.size == 0)
      continue;
    // The result lives in its box once that exists.
    llvm::Value* pointer = b.CreateAlignedLoad(m.ptr1, offset(frame, places[box]), llvm::Align(m.wordSize()));
    llvm::BasicBlock* boxed = newBlock("boxed");
    llvm::BasicBlock* next = newBlock("next");
    b.CreateCondBr(b.CreateIsNull(pointer), next, boxed);
    b.SetInsertPoint(boxed);
    store(slots_[id].address, load(pointer, type), true);
    b.CreateBr(next);
    b.SetInsertPoint(next);
  }
  emitReturn(outer);

  // The body: parameters, results and boxes are in the frame.
  llvm::StringRef display = f.displayName.empty() ? llvm::StringRef(f.symbol) : llvm::StringRef(f.displayName);
  scope_ = m.subprogram(body, display, f.pos, isHidden());
  (void)outerScope;
  entry_ = llvm::BasicBlock::Create(m.context, "entry", body);
  b.SetInsertPoint(entry_);
  setPos(f.pos);
  frame_ = body->getArg(0);
  frame_->setName("frame");
  if (usesNestLayout())
    context_ = b.CreateAlignedLoad(m.ptr1, offset(frame_, contextAt), llvm::Align(m.wordSize()));
  for (mir::LocalId id : f.results)
    zeroNeeded_[id] = false; // the frame is zero
  std::vector<bool> zeroNeeded = zeroNeeded_;
  for (mir::LocalId id : f.resultBoxes)
    if (id != mir::noLocal)
      zeroNeeded_[id] = false;
  // Small parameters move to locals of the body: LLVM can keep those in registers, and what they point to may die before the deferred calls run.
  std::vector<bool> moved(f.locals.size(), false);
  for (mir::LocalId id : f.params)
    if (TypeInfo& type = m.info(f.locals[id].type); !type.inMemory && type.size > 0 && !f.locals[id].addressTaken)
      moved[id] = true;
  for (mir::LocalId id : f.results)
    moved[id] = false;
  for (mir::LocalId id : f.resultBoxes)
    if (id != mir::noLocal)
      moved[id] = false;
  declareLocals([&](mir::LocalId id, TypeInfo&) -> llvm::Value* { return places[id] >= 0 && !moved[id] ? offset(frame_, places[id]) : nullptr; });
  for (mir::LocalId id : f.params)
    if (moved[id]) {
      TypeInfo& type = m.info(f.locals[id].type);
      store(slots_[id].address, load(offset(frame_, places[id]), type), true);
      if (type.hasPointers())
        store(offset(frame_, places[id]), zero(type), true);
    }
  fn = outer;
  lowerBlocks();
}

} // namespace stoat::lower
