// The frame of one function under construction: blocks, locals, variables and captures.
//
// A block is filled until its terminator; code after that goes to a fresh block that nothing jumps to, and finish() drops all such blocks.
// Variables are direct (a local of their type) or boxed (a local that points to them). Captures are loaded once, at entry.
#include "build/builder.h"
#include "llvm/ADT/BitVector.h"

namespace stoat::mir {

// ---- questions about types

Type* elementOf(Type* t) {
  Type* core = coreType(t);
  if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(core))
    core = coreType(p->elem);
  if (ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core))
    return a->elem;
  if (SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(core))
    return s->elem;
  if (BasicType* b = llvm::dyn_cast_or_null<BasicType>(core); b && (b->info & IsString))
    return universeByte();
  return nullptr;
}

Type* tupleElement(Type* t, size_t i) {
  if (TupleType* tuple = llvm::dyn_cast_or_null<TupleType>(t))
    return i < tuple->vars.size() ? tuple->vars[i]->type : nullptr;
  return i == 0 ? t : nullptr;
}

Type* valueType(const Expr* e) {
  Type* t = tupleElement(e->type, 0);
  return t && isUntyped(t) ? defaultType(t) : t;
}

Type* pointerTo(Type* t) { return typeArena().make<PointerType>(t); }

bool isStringType(Type* t) {
  BasicType* b = under<BasicType>(t);
  return b && (b->info & IsString);
}

bool isRangeOverFunc(const ForStmt* s) {
  const RangeClause* r = llvm::dyn_cast_or_null<RangeClause>(s->init);
  return r && r->x->type && llvm::isa_and_nonnull<Signature>(coreType(r->x->type));
}

bool isNil(const Expr* e) { return e->mode == ExprMode::NilValue; }

bool isMapElement(Expr* e) {
  IndexExpr* x = llvm::dyn_cast<IndexExpr>(unparen(e));
  Type* container = x ? valueType(x->x) : nullptr;
  return container && llvm::isa_and_nonnull<MapTypeT>(coreType(container));
}

std::optional<bool> knownCondition(Expr* e) {
  e = unparen(e);
  if (e->mode != ExprMode::Constant || e->constant.kind() != ConstValue::Bool)
    return std::nullopt;
  return e->constant.boolVal();
}

static bool isZeroSize(Type* t) {
  t = t->underlying();
  if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(t))
    return array->len == 0 || isZeroSize(array->elem);
  StructTypeT* structure = llvm::dyn_cast<StructTypeT>(t);
  return structure && llvm::all_of(structure->fields, [](Var* field) { return isZeroSize(field->type); });
}

// A struct may have fields of size zero before the pointer; behind it they would add padding.
bool isPointerShaped(Type* t) {
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature: return true;
  case TypeKind::Basic: return llvm::cast<BasicType>(t)->basic == BasicKind::UnsafePointer;
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len == 1 && isPointerShaped(llvm::cast<ArrayTypeT>(t)->elem);
  case TypeKind::Struct: {
    llvm::ArrayRef<Var*> fields = llvm::cast<StructTypeT>(t)->fields;
    return !fields.empty() && isPointerShaped(fields.back()->type) && llvm::all_of(fields.drop_back(), [](Var* field) { return isZeroSize(field->type); });
  }
  default: return false;
  }
}

static TupleType* makeTuple(llvm::ArrayRef<Type*> types, VarKind kind) {
  TupleType* tuple = typeArena().make<TupleType>();
  for (Type* t : types) {
    Var* v = typeArena().make<Var>();
    v->varKind = kind;
    v->type = t;
    tuple->vars.push_back(v);
  }
  return tuple;
}

Signature* makeSignature(llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results) {
  Signature* s = typeArena().make<Signature>();
  s->params = makeTuple(params, VarKind::Param);
  s->results = makeTuple(results, VarKind::Result);
  return s;
}

Func* runtimeFunction(llvm::StringRef symbol, llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results) {
  Func* f = typeArena().make<Func>();
  f->name = symbol;
  f->linkSymbol = symbol;
  f->type = makeSignature(params, results);
  return f;
}

// ---- the function

FunctionBuilder::FunctionBuilder(ModuleBuilder* module, FunctionBuilder* outer) : f(mirArena().make<Function>()), module(module), outer(outer) {}

void FunctionBuilder::unsupported(Pos where, const char* what) {
  if (module)
    module->unsupported(where, what);
}

FunctionBuilder FunctionBuilder::child(const std::string& symbol, Pos where) {
  FunctionBuilder c(module, this);
  c.f->symbol = symbol;
  c.f->outer = f;
  c.f->pkg = f->pkg;
  c.f->typeParams = f->typeParams;
  c.f->pos = c.pos = where;
  f->closures.push_back(c.f);
  return c;
}

// gc's names (cmd/compile/internal/ir, closureName): what is inside the body of a range-over-func loop is named after the function that the loop is in.
std::string FunctionBuilder::childSymbol(char kind) {
  FunctionBuilder& named = *realFunction();
  const std::string& symbol = named.f->symbol;
  switch (kind) {
  case 'r': return symbol + "-range" + std::to_string(++named.rangeCount_);
  case 'g': return symbol + ".gowrap" + std::to_string(++named.goDeferCount_);
  case 'd': return symbol + ".deferwrap" + std::to_string(++named.goDeferCount_);
  default: return symbol + "-fm" + std::to_string(++named.methodCount_);
  }
}

std::string FunctionBuilder::literalSymbol(const FuncLit* e) {
  FunctionBuilder& named = *realFunction();
  unsigned number = e->number ? e->number : ++named.literalCount_; // literals in the values of package variables have none
  return named.f->symbol + (named.isLiteral_ ? "." : ".func") + std::to_string(number);
}

void FunctionBuilder::begin(Signature* signature, Var* recv, bool plain) {
  f->signature = signature;
  llvm::SmallVector<Var*, 8> params;
  if (recv)
    params.push_back(recv);
  params.append(signature->params->vars.begin(), signature->params->vars.end());
  for (Var* v : params)
    f->params.push_back(newLocal(v->type, LocalKind::Param, v->name));
  for (Var* v : signature->results->vars)
    f->results.push_back(newLocal(v->type, LocalKind::Result, v->name));
  start(newBlock());
  if (plain)
    return;
  for (size_t i = 0; i < params.size(); ++i) {
    Var* v = params[i];
    if (!needsBox(v)) {
      slots_[v] = {Slot::Direct, f->params[i]};
      continue;
    }
    declare(v, Operand::ofLocal(f->params[i], v->type));
  }
  for (size_t i = 0; i < f->results.size(); ++i) {
    Var* v = signature->results->vars[i];
    resultVars_.push_back(v);
    if (needsBox(v))
      declare(v, Operand::none());
    else
      slots_[v] = {Slot::Direct, f->results[i]};
  }
}

void FunctionBuilder::body(BlockStmt* b) {
  bodyBlock_ = b;
  stmts(b->list);
}

Function* FunctionBuilder::finish(Pos end) {
  f->endPos = end;
  if (!isDead()) {
    pos = end;
    emit(f->results.empty() || f->isWrapper ? Opcode::Return : Opcode::Unreachable);
    cur_ = -1;
  }
  if (!prologue_.empty()) {
    std::vector<Instr>& entry = f->blocks[0].instrs;
    entry.insert(entry.begin(), prologue_.begin(), prologue_.end());
  }
  if (!f->hasDefer)
    addBoxLoads();
  else
    for (size_t i = 0; i < resultVars_.size(); ++i) {
      Slot s = slots_.lookup(resultVars_[i]);
      if (s.kind != Slot::Boxed)
        continue;
      f->resultBoxes.resize(resultVars_.size(), noLocal);
      f->resultBoxes[i] = s.local;
    }
  prune();
  return f;
}

// Results that live in boxes are copied to the result locals where the function returns.
bool FunctionBuilder::addBoxLoads() {
  bool any = false;
  for (size_t i = 0; i < resultVars_.size(); ++i) {
    Slot s = slots_.lookup(resultVars_[i]);
    if (s.kind != Slot::Boxed)
      continue;
    any = true;
    for (Block& b : f->blocks) {
      if (b.instrs.empty() || b.instrs.back().op != Opcode::Return)
        continue;
      Instr copy;
      copy.op = Opcode::Load;
      copy.pos = b.instrs.back().pos;
      copy.dsts.push_back(f->results[i]);
      copy.place = mirArena().make<Place>(derefPlace(s.local));
      b.instrs.insert(b.instrs.end() - 1, copy);
    }
  }
  return any;
}

void FunctionBuilder::prune() {
  size_t count = f->blocks.size();
  llvm::BitVector reached(count);
  llvm::SmallVector<BlockId, 32> work = {0};
  reached.set(0);
  while (!work.empty()) {
    Block& b = f->blocks[work.pop_back_val()];
    if (b.instrs.empty() || !isTerminator(b.instrs.back().op)) {
      Instr end;
      end.op = Opcode::Unreachable;
      end.pos = f->endPos;
      b.instrs.push_back(end);
    }
    for (BlockId t : b.instrs.back().targets)
      if (!reached.test(t)) {
        reached.set(t);
        work.push_back(t);
      }
  }
  std::vector<BlockId> renumbered(count, -1);
  std::vector<Block> kept;
  for (size_t i = 0; i < count; ++i)
    if (reached.test(i)) {
      renumbered[i] = static_cast<BlockId>(kept.size());
      kept.push_back(std::move(f->blocks[i]));
    }
  for (Block& b : kept)
    for (BlockId& t : b.instrs.back().targets)
      t = renumbered[t];
  f->blocks = std::move(kept);
}

Operand FunctionBuilder::closure(FunctionBuilder& built, Type* type) {
  FuncRef* ref = mirArena().make<FuncRef>();
  ref->closure = built.f;
  if (built.captureSources_.empty())
    return Operand::ofFunc(ref, type);
  Operand result = newTemp(type);
  Instr& i = emit(Opcode::MakeClosure);
  i.type = type;
  i.dsts.push_back(result.local);
  i.callee = mirArena().make<Callee>();
  i.callee->kind = Callee::Static;
  i.callee->ref = ref;
  i.callee->signature = built.f->signature;
  for (LocalId l : built.captureSources_)
    i.args.push_back(Operand::ofLocal(l, f->locals[l].type));
  return result;
}

// ---- blocks and instructions

BlockId FunctionBuilder::newBlock() {
  f->blocks.emplace_back();
  return static_cast<BlockId>(f->blocks.size() - 1);
}

Instr& FunctionBuilder::emit(Opcode op) {
  if (isDead())
    start(newBlock());
  Instr& i = f->blocks[cur_].instrs.emplace_back();
  i.op = op;
  i.pos = pos;
  return i;
}

void FunctionBuilder::jump(BlockId b) {
  if (isDead())
    return;
  emit(Opcode::Jump).targets.push_back(b);
  cur_ = -1;
}

void FunctionBuilder::branch(Operand cond, BlockId yes, BlockId no) {
  if (isDead())
    return;
  Instr& i = emit(Opcode::Branch);
  i.args.push_back(cond);
  i.targets = {yes, no};
  cur_ = -1;
}

Operand FunctionBuilder::value(Opcode op, Type* type, llvm::ArrayRef<Operand> args) {
  Operand result = newTemp(type);
  Instr& i = emit(op);
  i.type = type;
  i.dsts.push_back(result.local);
  i.args.append(args.begin(), args.end());
  return result;
}

LocalId FunctionBuilder::newLocal(Type* type, LocalKind kind, llvm::StringRef name) {
  LocalInfo& info = f->locals.emplace_back();
  info.type = type;
  info.kind = kind;
  info.name = name;
  info.pos = pos;
  return static_cast<LocalId>(f->locals.size() - 1);
}

LocalId FunctionBuilder::toLocal(const Operand& o) {
  if (o.kind == Operand::Local)
    return o.local;
  return value(Opcode::Copy, o.type, {o}).local;
}

void FunctionBuilder::copyTo(LocalId dst, const Operand& v) {
  if (v.kind == Operand::Local && v.local == dst)
    return;
  // A temporary that the last instruction has just made has no other reader: make it there.
  if (!isDead() && v.kind == Operand::Local && f->locals[v.local].kind == LocalKind::Temp && !f->blocks[cur_].instrs.empty()) {
    Instr& last = f->blocks[cur_].instrs.back();
    if (last.dsts.size() == 1 && last.dsts[0] == v.local && last.op != Opcode::Copy) {
      last.dsts[0] = dst;
      return;
    }
  }
  Instr& i = emit(Opcode::Copy);
  i.dsts.push_back(dst);
  i.args.push_back(v);
}

Operand FunctionBuilder::stable(const Operand& o) {
  if (o.kind != Operand::Local || f->locals[o.local].kind == LocalKind::Temp)
    return o;
  return value(Opcode::Copy, o.type, {o});
}

// ---- variables

bool FunctionBuilder::needsBox(Var* v) {
  if (v->localId & VarAddressTaken)
    return true;
  if (!(v->localId & VarCaptured))
    return false;
  if ((v->localId & VarReassigned) || v->varKind == VarKind::Result)
    return true;
  return !hasTypeParam(v->type) && module && module->sizes.sizeOf(v->type) > 128;
}

void FunctionBuilder::declare(Var* v, const Operand& init) {
  Slot& s = slots_[v];
  bool boxed = needsBox(v);
  if (s.kind == Slot::None) {
    s.kind = boxed ? Slot::Boxed : Slot::Direct;
    s.local = newLocal(boxed ? pointerTo(v->type) : v->type, LocalKind::Variable, v->name);
    f->locals[s.local].pos = v->pos;
  }
  LocalId local = s.local;
  if (!boxed) {
    copyTo(local, init.isNone() ? Operand::zero(v->type) : init);
    return;
  }
  // The initial value may mention the previous instance of the variable (per-iteration copies), so it is read before.
  Instr& i = emit(Opcode::New);
  i.type = v->type;
  i.flags |= Variable;
  i.dsts.push_back(local);
  if (!init.isNone())
    store(derefPlace(local), init, InitStore);
}

Slot FunctionBuilder::slot(Var* v) {
  llvm::DenseMap<Var*, Slot>::iterator known = slots_.find(v);
  if (known != slots_.end())
    return known->second;
  if (!outer) {
    // A variable whose declaration was not reached: only in code that the checker should have refused.
    unsupported(v->pos.isKnown() ? v->pos : pos, "use of a variable outside of its function");
    declare(v, Operand::none());
    return slots_[v];
  }
  Slot from = outer->slot(v);
  Slot mine;
  mine.kind = from.kind;
  mine.isCaptured = true;
  mine.local = newLocal(outer->f->locals[from.local].type, LocalKind::Variable, v->name);
  capture(mine.local, from.local, v->name);
  slots_[v] = mine;
  return mine;
}

Operand FunctionBuilder::captureOperand(const Operand& o) {
  if (o.kind != Operand::Local)
    return o;
  Operand mine = newTemp(o.type);
  capture(mine.local, o.local, outer->f->locals[o.local].name);
  return mine;
}

// Makes `local` a copy, from the function's start on, of what the outer function's local `source` holds where the closure is made.
void FunctionBuilder::capture(LocalId local, LocalId source, llvm::StringRef name) {
  Type* type = f->locals[local].type;
  Instr load;
  load.op = Opcode::Load;
  load.pos = f->pos;
  load.dsts.push_back(local);
  load.place = mirArena().make<Place>();
  load.place->base = Place::Capture;
  load.place->capture = static_cast<int>(f->captures.size());
  load.place->baseType = load.place->type = type;
  prologue_.push_back(load);
  CaptureInfo info;
  info.name = name;
  info.type = type;
  f->captures.push_back(info);
  captureSources_.push_back(source);
}

} // namespace stoat::mir
