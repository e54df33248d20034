// One function: locals become allocas in an entry block (SROA and mem2reg turn most of them into registers), blocks map one to
// one, instructions are dispatched by opcode to the file of their subject.
#include "lower/function_lowering.h"
#include "llvm/IR/MDBuilder.h"

namespace stoat::lower {

using mir::Opcode;

void FunctionLowering::setPos(Pos pos) {
  pos_ = pos;
  if (scope_)
    b.SetCurrentDebugLocation(m.location(scope_, pos.isKnown() ? pos : f.pos));
}

llvm::AllocaInst* FunctionLowering::alloca_(llvm::Type* type, int64_t align, const llvm::Twine& name) {
  llvm::IRBuilder<> at(entry_, entry_->begin());
  llvm::AllocaInst* slot = at.CreateAlloca(type, nullptr, name);
  int64_t limit = m.arch == Arch::I386 ? 8 : 16;
  slot->setAlignment(llvm::Align(std::max<int64_t>(1, std::min(align, limit))));
  return slot;
}

// Which locals need their zero at entry: all but those with every reference in one block, the first of them a definition. Also which
// locals are ever written (indirect parameters that are not can stay where the caller put them), and pointers to stack objects.
void FunctionLowering::scanLocals() {
  size_t n = f.locals.size();
  zeroNeeded_.assign(n, false);
  written_.assign(n, false);
  stackNew_.assign(n, nullptr);
  std::vector<int> block(n, -1), definitions(n, 0);
  int current = 0;
  auto use = [&](mir::LocalId id) {
    if (id == mir::noLocal)
      return;
    if (block[id] != current)
      zeroNeeded_[id] = true;
  };
  auto define = [&](mir::LocalId id) {
    if (id == mir::noLocal)
      return;
    written_[id] = true;
    ++definitions[id];
    if (block[id] == -1)
      block[id] = current;
    else if (block[id] != current)
      zeroNeeded_[id] = true;
  };
  auto useOperand = [&](const mir::Operand& operand) {
    if (operand.kind == mir::Operand::Local)
      use(operand.local);
  };
  for (size_t i = 0; i < f.blocks.size(); ++i) {
    current = static_cast<int>(i);
    for (const mir::Instr& instr : f.blocks[i].instrs) {
      for (const mir::Operand& arg : instr.args)
        useOperand(arg);
      if (instr.callee)
        useOperand(instr.callee->value);
      if (instr.place) {
        const mir::Place& place = *instr.place;
        for (const mir::Projection& projection : place.projections)
          useOperand(projection.index);
        if (place.base == mir::Place::Deref)
          use(place.local);
        if (place.base == mir::Place::Local) {
          // Partial writes need the rest zeroed; loads need a definition before them.
          if (instr.op == Opcode::Store && place.projections.empty())
            define(place.local);
          else {
            use(place.local);
            if (instr.op != Opcode::Load) {
              written_[place.local] = true;
              zeroNeeded_[place.local] = true;
            }
          }
        }
      }
      if (instr.cases)
        for (const mir::SelectCase& selectCase : *instr.cases) {
          useOperand(selectCase.chan);
          useOperand(selectCase.value);
          if (selectCase.recvDst != mir::noLocal) {
            written_[selectCase.recvDst] = true;
            zeroNeeded_[selectCase.recvDst] = true;
          }
        }
      for (mir::LocalId id : instr.dsts)
        define(id);
      if (instr.op == Opcode::New && (instr.flags & mir::Stack) && hasDst(instr))
        stackNew_[instr.dsts[0]] = &instr;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    bool isParam = f.locals[i].kind == mir::LocalKind::Param; // defined once more, by the caller
    if (definitions[i] != 1 || isParam)
      stackNew_[i] = nullptr;
    if (f.locals[i].addressTaken)
      zeroNeeded_[i] = written_[i] = true;
  }
  for (mir::LocalId id : f.results)
    zeroNeeded_[id] = true;
}

static bool onlyReadsLocals(Opcode op) {
  switch (op) {
  case Opcode::Copy: case Opcode::Load: case Opcode::Len: case Opcode::Cap: case Opcode::NilCheck: case Opcode::BoundsCheck:
  case Opcode::Add: case Opcode::Sub: case Opcode::Mul: case Opcode::Neg: case Opcode::Com: case Opcode::Not:
    return true;
  default:
    return false;
  }
}

// Large values that are loaded only to be stored, converted to an interface, copied or compared at once: they need no copy of their own, if nothing writes
// memory between the load and that one use. (Not arguments: the callee may read them after it has changed where they came from.)
void FunctionLowering::findForwarded() {
  std::vector<int> references(f.locals.size(), 0);
  auto count = [&](mir::LocalId id) {
    if (id != mir::noLocal)
      ++references[id];
  };
  auto countOperand = [&](const mir::Operand& operand) {
    if (operand.kind == mir::Operand::Local)
      count(operand.local);
  };
  for (const mir::Block& block : f.blocks)
    for (const mir::Instr& instr : block.instrs) {
      for (const mir::Operand& arg : instr.args)
        countOperand(arg);
      for (mir::LocalId id : instr.dsts)
        count(id);
      if (instr.callee)
        countOperand(instr.callee->value);
      if (instr.place) {
        count(instr.place->local);
        for (const mir::Projection& projection : instr.place->projections)
          countOperand(projection.index);
      }
      if (instr.cases)
        for (const mir::SelectCase& selectCase : *instr.cases) {
          countOperand(selectCase.chan);
          countOperand(selectCase.value);
          count(selectCase.recvDst);
        }
    }
  forwarded_.assign(f.locals.size(), false);
  for (size_t i = 0; i < f.locals.size(); ++i)
    if (references[i] == 0 && f.locals[i].kind == mir::LocalKind::Temp && !f.locals[i].addressTaken && !llvm::is_contained(f.results, static_cast<mir::LocalId>(i)))
      forwarded_[i] = true; // nobody needs a place for it
  for (const mir::Block& block : f.blocks)
    for (size_t i = 0; i < block.instrs.size(); ++i) {
      const mir::Instr& load = block.instrs[i];
      if (load.op != Opcode::Load || !hasDst(load) || references[load.dsts[0]] != 2 || f.locals[load.dsts[0]].kind != mir::LocalKind::Temp ||
          !m.info(f.locals[load.dsts[0]].type).inMemory)
        continue;
      mir::LocalId value = load.dsts[0];
      auto isValue = [&](const mir::Operand& operand) { return operand.kind == mir::Operand::Local && operand.local == value; };
      for (size_t k = i + 1; k < block.instrs.size(); ++k) {
        const mir::Instr& next = block.instrs[k];
        if (llvm::any_of(next.args, isValue)) {
          forwarded_[value] = next.op == Opcode::Store || next.op == Opcode::Copy || next.op == Opcode::Eq || next.op == Opcode::Ne ||
                              (next.op == Opcode::Convert && m.info(next.type).isInterface());
          break;
        }
        bool writesElsewhere = llvm::all_of(next.dsts, [&](mir::LocalId id) {
          return id == mir::noLocal || (!f.locals[id].addressTaken && !stackNew_[id] && (load.place->base != mir::Place::Local || id != load.place->local));
        });
        if (!onlyReadsLocals(next.op) || !writesElsewhere)
          break;
      }
    }
}

void FunctionLowering::zeroInitialise(llvm::Value* address, TypeInfo& type) {
  if (type.size == 0)
    return;
  if (type.inMemory) {
    b.CreateMemSet(address, b.getInt8(0), type.size, llvm::Align(type.align));
    return;
  }
  store(address, zero(type), true);
}

void FunctionLowering::declareLocals(llvm::function_ref<llvm::Value*(mir::LocalId, TypeInfo&)> placeOf) {
  slots_.resize(f.locals.size());
  for (size_t i = 0; i < f.locals.size(); ++i) {
    const mir::LocalInfo& local = f.locals[i];
    if (local.isMapIter) {
      slots_[i].address = alloca_(m.mapIterType(), 8, "iter");
      continue;
    }
    TypeInfo& type = m.info(local.type);
    slots_[i].type = &type;
    if (forwarded_[i])
      continue; // the load gives the address
    if (llvm::Value* given = placeOf(static_cast<mir::LocalId>(i), type)) {
      slots_[i].address = given;
      continue;
    }
    if (stackNew_[i]) {
      TypeInfo& object = m.info(stackNew_[i]->type);
      if (object.size > 0) {
        slots_[i].object = frameObject(*stackNew_[i], {object.memory, object.size, m.objectAlign(object, object.size)}, local.name);
        continue;
      }
      stackNew_[i] = nullptr;
    }
    slots_[i].address = temp(type, local.name);
    bool isParam = local.kind == mir::LocalKind::Param;
    if (zeroNeeded_[i] && !isParam)
      zeroInitialise(slots_[i].address, type);
  }
}

void FunctionLowering::bindParams(llvm::Function* function) {
  for (size_t i = 0; i < abi_.params.size() && i < f.params.size(); ++i) {
    const FnAbi::Param& param = abi_.params[i];
    Slot& slot = slots_[f.params[i]];
    if (param.isIndirect) {
      if (slot.address != function->getArg(param.first))
        copyMemory(slot.address, function->getArg(param.first), *param.type, true, 0);
      continue;
    }
    Value value;
    value.type = param.type;
    for (unsigned k = 0; k < param.count; ++k) {
      llvm::Argument* arg = function->getArg(param.first + k);
      if (param.count == 1 && !f.locals[f.params[i]].name.empty())
        arg->setName(f.locals[f.params[i]].name);
      value.parts.push_back(arg);
    }
    store(slot.address, value, true);
  }
}

void FunctionLowering::emitReturn(llvm::Function* function) {
  if (abi_.hasOut) {
    llvm::Value* out = function->getArg(abi_.outIndex);
    for (size_t i = 0; i < f.results.size(); ++i) {
      TypeInfo& type = *abi_.results[i];
      llvm::Value* to = offset(out, abi_.resultOffsets[i]);
      llvm::Value* from = slots_[f.results[i]].address;
      if (to == from || type.size == 0)
        continue;
      if (type.inMemory)
        copyMemory(to, from, type, true, 0);
      else
        store(to, load(from, type), true);
    }
    b.CreateRetVoid();
    return;
  }
  llvm::SmallVector<llvm::Value*, 4> parts;
  for (size_t i = 0; i < f.results.size(); ++i) {
    Value value = load(slots_[f.results[i]].address, *abi_.results[i]);
    parts.append(value.parts.begin(), value.parts.end());
  }
  if (parts.empty()) {
    b.CreateRetVoid();
  } else if (parts.size() == 1) {
    b.CreateRet(parts[0]);
  } else {
    // Not poison: after phis of aggregates it could reach a stack map.
    llvm::Value* result = llvm::Constant::getNullValue(function->getReturnType());
    for (unsigned i = 0; i < parts.size(); ++i)
      result = b.CreateInsertValue(result, parts[i], i);
    b.CreateRet(result);
  }
}

// Not a frame of the user's view: what only forwards, and what the runtime puts between a function and the calls that it deferred, or between
// runtime.main and what it starts (gc has no such frames there).
bool FunctionLowering::isHidden() const {
  if (f.isWrapper || !m.isRuntimePackage())
    return f.isWrapper;
  return f.symbol == "runtime.callCode" || f.symbol == "runtime.runDeferred" || f.symbol == "runtime.deferreturn";
}

void FunctionLowering::run() {
  abi_ = m.abiOf(f);
  if (fn->arg_size() != abi_.type->getNumParams() || fn->getReturnType() != abi_.type->getReturnType()) {
    // Called by a linkname under another signature, or by a runtime table: the definition's own type is right here.
    llvm::Function* real = llvm::Function::Create(abi_.type, llvm::GlobalValue::ExternalLinkage, "", m.module);
    real->takeName(fn);
    fn->replaceAllUsesWith(real);
    fn->setName(f.symbol + ".declared");
    fn = real;
  }
  if (!fn->empty()) {
    m.unsupported(f.pos, "two definitions of " + f.symbol);
    return;
  }
  fn->setAttributes(abi_.attributes);
  fn->setCallingConv(m.goConvention());
  fn->setGC("stoat");
  fn->setDSOLocal(true);
  if (f.isComdat)
    m.makeComdat(fn);
  else
    fn->setLinkage(llvm::GlobalValue::ExternalLinkage);
  bool hidden = isHidden();
  if (hidden)
    fn->addFnAttr("stoat-wrapper");
  if (f.params.empty())
    fn->addFnAttr("stoat-noargs");
  if (&f == m.source.init)
    fn->addFnAttr("stoat-init");
  if (f.pragma & PragmaNosplit)
    fn->addFnAttr("stoat-nosplit");
  if ((f.pragma & PragmaNoinline) || f.hasRecover || f.hasDefer)
    fn->addFnAttr(llvm::Attribute::NoInline);
  llvm::StringRef display = f.displayName.empty() ? llvm::StringRef(f.symbol) : llvm::StringRef(f.displayName);
  scope_ = m.subprogram(fn, display, f.pos, hidden);
  scanLocals();
  findForwarded();
  if (usesNestLayout())
    m.closureDescriptor(captureInfos(), captureOffsets_);
  if (f.hasDefer)
    runDeferring();
  else
    runPlain();
  checkFrame();
}

namespace {
/// The parts of a frame as gc accounts for them.
struct FrameSize {
  uint64_t locals = 0;
  uint64_t callee = 0; // the largest set of arguments and results that a call passes in memory
};

void grow(uint64_t& total, int64_t bytes) { total = llvm::SaturatingAdd(total, bytes < 0 ? UINT64_MAX : static_cast<uint64_t>(bytes)); }
} // namespace

// A body that gc inlines as a rule: its calls pass nothing in memory.
static bool isSmallLeaf(const mir::Instr& call, ModuleState& m) {
  constexpr size_t few = 12;
  const mir::FuncRef* ref = call.callee ? call.callee->ref : nullptr;
  const mir::Function* body = !ref ? nullptr : ref->closure ? ref->closure : ref->func && ref->typeArgs.empty() ? m.bodyOf(ref->func) : nullptr;
  if (!body || body->blocks.size() != 1 || body->blocks[0].instrs.size() > few)
    return false;
  return llvm::none_of(body->blocks[0].instrs, [](const mir::Instr& instr) { return instr.op == Opcode::Call; });
}

// Variables and results of calls have their own places; other temporaries, most of which gc does not have, count only if they are larger than
// all variables together.
static FrameSize frameSize(const mir::Function& f, ModuleState& m) {
  FrameSize size;
  auto bytes = [&](mir::LocalId id) -> int64_t {
    if (id == mir::noLocal || !f.locals[id].type)
      return 0;
    TypeInfo& type = m.info(f.locals[id].type);
    return type.inMemory ? type.size : 0;
  };
  std::vector<bool> isResult(f.locals.size(), false);
  for (const mir::Block& block : f.blocks)
    for (const mir::Instr& instr : block.instrs) {
      if (instr.op == Opcode::New && (instr.flags & mir::Stack)) {
        grow(size.locals, m.info(instr.type).size);
        continue;
      }
      if (instr.op != Opcode::Call || isSmallLeaf(instr, m))
        continue;
      uint64_t passed = 0;
      for (const mir::Operand& arg : instr.args)
        if (TypeInfo& type = m.info(arg.type); type.inMemory)
          grow(passed, type.size);
      for (mir::LocalId id : instr.dsts) {
        grow(passed, bytes(id));
        if (id != mir::noLocal)
          isResult[id] = true;
      }
      size.callee = std::max(size.callee, passed);
    }
  int64_t largest = 0;
  uint64_t variables = 0;
  for (size_t i = 0; i < f.locals.size(); ++i) {
    const mir::LocalInfo& local = f.locals[i];
    if (local.kind == mir::LocalKind::Param || llvm::is_contained(f.results, static_cast<mir::LocalId>(i)))
      continue; // gc has them among the arguments
    int64_t own = bytes(static_cast<mir::LocalId>(i));
    if (isResult[i])
      grow(size.locals, own);
    else if (!local.name.empty())
      grow(variables, own);
    else
      largest = std::max(largest, own);
  }
  size.locals = llvm::SaturatingAdd(size.locals, std::max(variables, static_cast<uint64_t>(largest)));
  return size;
}

// gc's limit on what it would have in the frame, and our own on what is there: beyond it the back end's offsets do not reach. Large frames
// stay apart: several of them in one function that inlines their code would pass it as well.
void FunctionLowering::checkFrame() {
  constexpr uint64_t limit = uint64_t(1) << 30, reach = (uint64_t(1) << 31) - (1 << 24), large = uint64_t(1) << 26;
  FrameSize size = frameSize(f, m);
  const llvm::DataLayout& layout = m.module->getDataLayout();
  uint64_t bytes = 0;
  for (const llvm::Instruction& instruction : *entry_)
    if (const llvm::AllocaInst* slot = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
      bytes = llvm::SaturatingAdd(bytes, slot->getAllocationSize(layout)->getFixedValue());
  if (bytes < large)
    return;
  llvm::Function* function = entry_->getParent();
  function->removeFnAttr(llvm::Attribute::AlwaysInline);
  function->addFnAttr(llvm::Attribute::NoInline);
  if (size.locals < limit && llvm::SaturatingAdd(size.locals, size.callee) >= limit) {
    m.refuse(f.pos, DiagKind::TypeTooLarge,
             "stack frame too large (>1GB): " + llvm::Twine(size.locals >> 20) + " MB locals + 0 MB args + " + llvm::Twine(size.callee >> 20) + " MB callee");
    return;
  }
  if (size.locals < limit && bytes >= reach)
    size.locals = bytes;
  if (size.locals >= limit)
    m.refuse(f.pos, DiagKind::TypeTooLarge, "stack frame too large (>1GB): " + llvm::Twine(size.locals >> 20) + " MB locals + 0 MB args");
}

bool FunctionLowering::usesNestLayout() const { return !f.captures.empty(); }

std::vector<TypeInfo*> FunctionLowering::captureInfos() {
  std::vector<TypeInfo*> infos;
  for (const mir::CaptureInfo& capture : f.captures)
    infos.push_back(&m.info(capture.type));
  return infos;
}

void FunctionLowering::runPlain() {
  entry_ = llvm::BasicBlock::Create(m.context, "entry", fn);
  b.SetInsertPoint(entry_);
  setPos(f.pos);
  if (abi_.hasNest)
    context_ = fn->getArg(0);
  declareLocals([&](mir::LocalId id, TypeInfo& type) -> llvm::Value* {
    if (!type.inMemory)
      return nullptr;
    for (size_t i = 0; i < f.params.size(); ++i)
      if (f.params[i] == id && abi_.params[i].isIndirect && !written_[id])
        return fn->getArg(abi_.params[i].first);
    if (abi_.hasOut)
      for (size_t i = 0; i < f.results.size(); ++i)
        if (f.results[i] == id) {
          llvm::Value* address = offset(fn->getArg(abi_.outIndex), abi_.resultOffsets[i]);
          zeroInitialise(address, type);
          return address;
        }
    return nullptr;
  });
  bindParams(fn);
  body_ = fn;
  lowerBlocks();
}

void FunctionLowering::lowerBlocks() {
  for (size_t i = 0; i < f.blocks.size(); ++i)
    blocks_.push_back(llvm::BasicBlock::Create(m.context, "b" + llvm::Twine(i), body_));
  b.CreateBr(blocks_[0]);
  for (size_t i = 0; i < f.blocks.size(); ++i) {
    b.SetInsertPoint(blocks_[i]);
    for (const mir::Instr& instr : f.blocks[i].instrs) {
      setPos(instr.pos);
      instruction(instr);
      if (mir::isTerminator(instr.op))
        break;
    }
    if (!b.GetInsertBlock()->getTerminator())
      b.CreateUnreachable();
  }
}

void FunctionLowering::setDst(const mir::Instr& instr, const Value& value, size_t i) {
  if (!hasDst(instr, i))
    return;
  Slot& slot = slots_[instr.dsts[i]];
  if (slot.object)
    return;
  store(slot.address, value, true);
}

void FunctionLowering::setDst(const mir::Instr& instr, llvm::Value* scalar, size_t i) {
  if (!hasDst(instr, i))
    return;
  TypeInfo& type = dstType(instr, i);
  setDst(instr, make(type, {scalar}), i);
}

void FunctionLowering::instruction(const mir::Instr& instr) {
  switch (instr.op) {
  case Opcode::Copy:
    setDst(instr, operand(instr.args[0]));
    return;
  case Opcode::Load: {
    Address from = place(*instr.place);
    if (!hasDst(instr)) {
      return;
    }
    if (from.type->inMemory) {
      if (forwarded_[instr.dsts[0]]) {
        slots_[instr.dsts[0]].address = from.pointer;
        return;
      }
      Value value;
      value.type = from.type;
      value.address = from.pointer;
      setDst(instr, value);
      return;
    }
    setDst(instr, load(from.pointer, *from.type));
    return;
  }
  case Opcode::Store: {
    Address to = place(*instr.place);
    TypeInfo& type = m.info(instr.args[0].type);
    if (instr.args[0].kind == mir::Operand::Zero && type.inMemory && type.size) { // in place, whatever its size
      if (type.hasPointers() && !to.isStack && !(instr.flags & (mir::NoBarrier | mir::InitStore)) && m.options.leftOutBarrier != "clear")
        callEntry("stoat_typedmemclr", {m.descriptor(type.type), to.pointer});
      else
        b.CreateMemSet(to.pointer, b.getInt8(0), type.size, llvm::Align(type.align));
      return;
    }
    store(to.pointer, operand(instr.args[0]), to.isStack, instr.flags);
    return;
  }
  case Opcode::Addr: {
    Address at = place(*instr.place);
    setDst(instr, goPointer(at.pointer));
    return;
  }
  case Opcode::New: lowerNew(instr); return;
  case Opcode::Neg: case Opcode::Not: case Opcode::Com: case Opcode::Add: case Opcode::Sub: case Opcode::Mul: case Opcode::Div: case Opcode::Rem:
  case Opcode::And: case Opcode::Or: case Opcode::Xor: case Opcode::AndNot:
    arithmetic(instr);
    return;
  case Opcode::Shl: case Opcode::Shr: shift(instr); return;
  case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge: compare(instr); return;
  case Opcode::Min: case Opcode::Max: minMax(instr); return;
  case Opcode::MakeComplex: case Opcode::Real: case Opcode::Imag: makeComplex(instr); return;
  case Opcode::Convert: convert(instr); return;
  case Opcode::NilCheck:
    if (instr.args[0].kind == mir::Operand::Local && slots_[instr.args[0].local].object)
      return;
    nilCheck(operand(instr.args[0]).parts[0]);
    return;
  case Opcode::BoundsCheck: boundsCheck(instr); return;
  case Opcode::Len: case Opcode::Cap: lowerLen(instr); return;
  case Opcode::Index: lowerIndex(instr); return;
  case Opcode::Slice: lowerSlice(instr); return;
  case Opcode::Concat: lowerConcat(instr); return;
  case Opcode::Append: lowerAppend(instr); return;
  case Opcode::AppendSlice: lowerAppendSlice(instr); return;
  case Opcode::CopySlice: lowerCopy(instr); return;
  case Opcode::Clear: lowerClear(instr); return;
  case Opcode::MakeSlice: lowerMakeSlice(instr); return;
  case Opcode::DecodeRune: lowerDecodeRune(instr); return;
  case Opcode::MakeMap: makeMap(instr); return;
  case Opcode::MapLookup: mapLookup(instr); return;
  case Opcode::MapStore: mapStore(instr); return;
  case Opcode::MapElement: setDst(instr, mapElement(operand(instr.args[0]), operand(instr.args[1]))); return;
  case Opcode::MapDelete: mapDelete(instr); return;
  case Opcode::MapIterStart: mapIterStart(instr); return;
  case Opcode::MapIterNext: mapIterNext(instr); return;
  case Opcode::TypeAssert: typeAssert(instr); return;
  case Opcode::Call: call(instr); return;
  case Opcode::MakeClosure: makeClosure(instr); return;
  case Opcode::Go: lowerGo(instr); return;
  case Opcode::Defer: lowerDefer(instr); return;
  case Opcode::DeferFrame:
    if (frame_)
      setDst(instr, goPointer(frame_));
    return;
  case Opcode::Recover: lowerRecover(instr); return;
  case Opcode::SizeOf: setDst(instr, m.wordConstant(m.info(instr.type).size)); return;
  case Opcode::AlignOf: setDst(instr, m.wordConstant(m.info(instr.type).align)); return;
  case Opcode::OffsetOf: {
    TypeInfo* type = &m.info(instr.type);
    int64_t total = 0;
    for (const mir::Operand& arg : instr.args) {
      size_t index = static_cast<size_t>(arg.constant.int64Val());
      total += type->offsets[index];
      type = &m.info(llvm::cast<StructTypeT>(type->under)->fields[index]->type);
    }
    setDst(instr, m.wordConstant(total));
    return;
  }
  case Opcode::MakeChan: makeChan(instr); return;
  case Opcode::Send: send(instr); return;
  case Opcode::Recv: recv(instr); return;
  case Opcode::Close: callEntry("stoat_closechan", {scalar(instr.args[0])}); return;
  case Opcode::Select: select(instr); return;
  case Opcode::Print: print(instr); return;
  case Opcode::UnsafeAdd: case Opcode::UnsafeSlice: case Opcode::UnsafeSliceData: case Opcode::UnsafeString: case Opcode::UnsafeStringData:
    unsafeOp(instr);
    return;
  case Opcode::Jump: b.CreateBr(blocks_[instr.targets[0]]); return;
  case Opcode::Branch: b.CreateCondBr(bit(scalar(instr.args[0])), blocks_[instr.targets[0]], blocks_[instr.targets[1]]); return;
  case Opcode::Switch: {
    llvm::Value* value = scalar(instr.args[0]);
    llvm::SwitchInst* sw = b.CreateSwitch(value, blocks_[instr.targets[0]], instr.args.size() - 1);
    for (size_t i = 1; i < instr.args.size(); ++i) {
      llvm::ConstantInt* label = llvm::dyn_cast<llvm::ConstantInt>(coerce(scalar(instr.args[i]), value->getType()));
      if (label && sw->findCaseValue(label) == sw->case_default())
        sw->addCase(label, blocks_[instr.targets[i]]);
    }
    return;
  }
  case Opcode::Return:
    if (frame_)
      b.CreateRetVoid();
    else
      emitReturn(fn);
    return;
  case Opcode::Panic: lowerPanic(instr); return;
  case Opcode::Unreachable: b.CreateUnreachable(); return;
  }
}

} // namespace stoat::lower
