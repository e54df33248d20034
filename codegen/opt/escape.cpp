// Escape analysis on MIR: flow-insensitive, one object at a time.
//
// For an allocation (or a parameter) we collect the locals that may hold a pointer to the object: the result, and what copies, address
// computations, slicings, conversions, containers (structs and closures held in locals) derive from it. The object escapes when such a local is used in
// any way that is not known to be harmless: stored to memory, returned, sent, passed to a function that may keep it ... Accesses through the pointer
// are harmless, and what is loaded through it is not the pointer (storing the pointer anywhere would have been an escape).
// Captured pointers are followed into the closure's body.
//
// Summaries: bit i of Func::noEscape says that parameter i (receiver first) does not escape. Within a module they start optimistically (nothing escapes)
// and are recomputed until stable, so recursion is handled; calls into other packages use the recorded ones.
//
// An allocation outside of loops runs once for each frame. One in a loop makes a new object each time, but has one place in the frame. That is
// indistinguishable unless a pointer to an earlier object is still used: we look for a path from the allocation to a use of a local involved on which that
// local is not assigned anew.
#include "opt/escape.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

namespace stoat::mir {

namespace {

bool pointerShaped(Type* t) {
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature: return true;
  case TypeKind::Basic: return llvm::cast<BasicType>(t)->basic == BasicKind::UnsafePointer;
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len == 1 && pointerShaped(llvm::cast<ArrayTypeT>(t)->elem);
  case TypeKind::Struct: return llvm::cast<StructTypeT>(t)->fields.size() == 1 && pointerShaped(llvm::cast<StructTypeT>(t)->fields[0]->type);
  default: return false;
  }
}

// Whether values of t can hold pointers to ordinary objects at all.
bool holdsPointers(Type* t, unsigned depth = 0) {
  if (!t || depth > 20)
    return true;
  if (isTypeParam(t))
    return true;
  t = t->underlying();
  switch (t->kind()) {
  case TypeKind::Basic: {
    BasicType* b = llvm::cast<BasicType>(t);
    return b->basic == BasicKind::UnsafePointer || (b->info & IsString);
  }
  case TypeKind::Array: return llvm::cast<ArrayTypeT>(t)->len != 0 && holdsPointers(llvm::cast<ArrayTypeT>(t)->elem, depth + 1);
  case TypeKind::Struct:
    for (Var* field : llvm::cast<StructTypeT>(t)->fields)
      if (holdsPointers(field->type, depth + 1))
        return true;
    return false;
  default: return true;
  }
}

// Whether a projection path stays inside of the local's own value.
bool staysInValue(const Place& p) {
  Type* t = p.baseType;
  for (const Projection& projection : p.projections) {
    Type* core = t ? coreType(t) : nullptr;
    if (projection.kind == Projection::Index) {
      ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core);
      if (!a)
        return isTypeParam(t) && !core; // unknown: the cautious answer is that it does
      t = a->elem;
    } else {
      StructTypeT* s = llvm::dyn_cast_or_null<StructTypeT>(core);
      if (!s || static_cast<size_t>(projection.field) >= s->fields.size())
        return true;
      t = s->fields[projection.field]->type;
    }
  }
  return true;
}

struct Use {
  const Instr* instr;
  BlockId block;
  int index;     // of the instruction
  int arg;       // operand number; -1: base of the place; -2: value of the callee; -3: a select case
  int caseIndex = 0;
};
struct Definition {
  const Instr* instr;
  BlockId block;
  int index;
  bool partial; // a store into a part of it
};

struct FunctionInfo {
  const Function* f = nullptr;
  std::vector<std::vector<Use>> uses;
  std::vector<std::vector<Definition>> definitions;
  std::vector<std::vector<LocalId>> captureLocals; // locals that a capture is loaded into
  llvm::BitVector escapingCaptures;                // captures used otherwise than by a plain load
  explicit FunctionInfo(const Function& function) : f(&function) {
    uses.resize(f->locals.size());
    definitions.resize(f->locals.size());
    captureLocals.resize(f->captures.size());
    escapingCaptures.resize(f->captures.size());
    for (size_t b = 0; b < f->blocks.size(); ++b)
      for (size_t k = 0; k < f->blocks[b].instrs.size(); ++k)
        scan(f->blocks[b].instrs[k], static_cast<BlockId>(b), static_cast<int>(k));
  }

  void use(const Operand& o, Use u) {
    if (o.kind == Operand::Local)
      uses[o.local].push_back(u);
  }
  void scan(const Instr& i, BlockId block, int index) {
    for (size_t a = 0; a < i.args.size(); ++a)
      use(i.args[a], {&i, block, index, static_cast<int>(a)});
    if (i.callee)
      use(i.callee->value, {&i, block, index, -2});
    if (i.cases)
      for (size_t c = 0; c < i.cases->size(); ++c) {
        const SelectCase& one = (*i.cases)[c];
        if (one.isSend)
          use(one.value, {&i, block, index, -3, static_cast<int>(c)});
        else if (one.recvDst != noLocal)
          definitions[one.recvDst].push_back({&i, block, index, false});
      }
    for (LocalId d : i.dsts)
      if (d != noLocal)
        definitions[d].push_back({&i, block, index, false});
    if (!i.place)
      return;
    const Place& p = *i.place;
    for (const Projection& projection : p.projections)
      (void)projection; // indices are integers
    if (p.base == Place::Local || p.base == Place::Deref) {
      bool isStoreIntoValue = i.op == Opcode::Store && p.base == Place::Local && staysInValue(p);
      if (isStoreIntoValue)
        definitions[p.local].push_back({&i, block, index, true});
      else
        uses[p.local].push_back({&i, block, index, -1});
    } else if (p.base == Place::Capture && static_cast<size_t>(p.capture) < captureLocals.size()) {
      if (i.op == Opcode::Load && i.dsts.size() == 1 && p.projections.empty())
        captureLocals[p.capture].push_back(i.dsts[0]);
      else
        escapingCaptures.set(p.capture);
    }
  }
};

class Analysis {
public:
  std::vector<Function*> functions; // of the module, closures included
  llvm::DenseMap<const Function*, FunctionInfo*> infos;
  llvm::DenseMap<const Func*, const Function*> bodies;
  llvm::DenseMap<const Function*, uint64_t> masks; // while the fixpoint is computed, and closures

  ~Analysis() {
    for (const std::pair<const Function*, FunctionInfo*>& p : infos)
      delete p.second;
  }
  FunctionInfo& info(const Function* f) {
    FunctionInfo*& i = infos[f];
    if (!i)
      i = new FunctionInfo(*f);
    return *i;
  }
  void add(Function* f) {
    if (f->hasBody())
      functions.push_back(f);
    for (Function* c : f->closures)
      add(c);
  }

  uint64_t maskOf(const FuncRef& ref) {
    const Function* body = ref.closure;
    if (!body && ref.func) {
      llvm::DenseMap<const Func*, const Function*>::iterator it = bodies.find(ref.func);
      if (it == bodies.end())
        return ref.func->noEscape;
      body = it->second;
    }
    return body ? masks.lookup(body) : 0;
  }

  uint64_t computeMask(const Function* f) {
    uint64_t mask = 0;
    for (size_t p = 0; p < f->params.size() && p < 64; ++p) {
      llvm::SmallVector<LocalId, 16> derived;
      if (!holdsPointers(f->locals[f->params[p]].type) || !escapes(f, f->params[p], derived))
        mask |= uint64_t(1) << p;
    }
    return mask;
  }

  // Whether the object that `root` points to may outlive the function; `derived` receives all locals of f that may point to it.
  bool escapes(const Function* f, LocalId root, llvm::SmallVectorImpl<LocalId>& derived, unsigned depth = 0) {
    if (depth > 8)
      return true;
    FunctionInfo& fi = info(f);
    llvm::SmallDenseSet<LocalId, 16> seen;
    auto derive = [&](LocalId l) {
      if (l == noLocal)
        return true;
      if (f->locals[l].kind == LocalKind::Result || f->locals[l].isMapIter)
        return false;
      if (!holdsPointers(f->locals[l].type))
        return true;
      if (seen.insert(l).second)
        derived.push_back(l);
      return true;
    };
    if (!derive(root))
      return true;
    for (size_t k = 0; k < derived.size(); ++k) {
      if (derived.size() > 200)
        return true;
      for (LocalId box : f->resultBoxes)
        if (box == derived[k])
          return true;
      for (const Use& u : fi.uses[derived[k]])
        if (!harmless(f, u, derive, depth))
          return true;
    }
    return false;
  }

private:
  template <typename Derive> bool harmless(const Function* f, const Use& u, Derive& derive, unsigned depth) {
    const Instr& i = *u.instr;
    LocalId dst = i.dsts.empty() ? noLocal : i.dsts[0];
    if (u.arg == -3)
      return false;
    if (u.arg == -2) { // called, or receiver of a dynamic call
      if (i.op == Opcode::Call)
        return i.callee->kind == Callee::Closure;
      return false;
    }
    if (u.arg == -1) {
      const Place& p = *i.place;
      bool through = p.base == Place::Deref || !staysInValue(p);
      switch (i.op) {
      case Opcode::Load: return through || derive(dst);
      case Opcode::Store: return true;
      case Opcode::Addr: return derive(dst);
      default: return false;
      }
    }
    switch (i.op) {
    case Opcode::Copy: case Opcode::Min: case Opcode::Max: case Opcode::Concat:
    case Opcode::UnsafeAdd: case Opcode::UnsafeSlice: case Opcode::UnsafeSliceData: case Opcode::UnsafeString: case Opcode::UnsafeStringData:
    case Opcode::TypeAssert:
      return derive(dst);
    case Opcode::Load: case Opcode::Addr: case Opcode::New: return true;
    case Opcode::Store: {
      const Place& p = *i.place;
      return p.base == Place::Local && staysInValue(p) && derive(p.local);
    }
    case Opcode::Neg: case Opcode::Not: case Opcode::Com: case Opcode::Add: case Opcode::Sub: case Opcode::Mul: case Opcode::Div: case Opcode::Rem:
    case Opcode::And: case Opcode::Or: case Opcode::Xor: case Opcode::AndNot: case Opcode::Shl: case Opcode::Shr:
      return derive(dst); // numbers, and strings of type-parameter type
    case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge:
    case Opcode::NilCheck: case Opcode::BoundsCheck: case Opcode::Len: case Opcode::Cap: case Opcode::Real: case Opcode::Imag: case Opcode::MakeComplex:
    case Opcode::CopySlice: case Opcode::Clear: case Opcode::DecodeRune: case Opcode::MakeSlice: case Opcode::MakeMap: case Opcode::MakeChan:
    case Opcode::MapLookup: case Opcode::MapDelete: case Opcode::MapIterStart: case Opcode::MapIterNext:
    case Opcode::Recv: case Opcode::Close: case Opcode::Print: case Opcode::Branch: case Opcode::Switch:
      return true;
    case Opcode::Convert: return conversion(i) ? derive(dst) : copies(i);
    case Opcode::Index: {
      Type* core = coreType(i.args[0].type);
      return llvm::isa_and_nonnull<SliceTypeT>(core) || llvm::isa_and_nonnull<BasicType>(core) || derive(dst);
    }
    case Opcode::Slice: return derive(dst);
    case Opcode::Append: return u.arg == 0 && derive(dst);
    case Opcode::AppendSlice: return u.arg == 1 || derive(dst);
    case Opcode::MapStore: return u.arg == 0;
    case Opcode::Send: return u.arg == 0;
    case Opcode::Call: {
      if (i.callee->kind != Callee::Static || !i.callee->ref || u.arg >= 64)
        return false;
      return (maskOf(*i.callee->ref) >> u.arg) & 1;
    }
    case Opcode::MakeClosure: {
      const Function* body = i.callee->ref->closure;
      FunctionInfo& bi = info(body);
      size_t capture = static_cast<size_t>(u.arg);
      if (capture >= bi.captureLocals.size() || bi.escapingCaptures.test(capture))
        return false;
      for (LocalId l : bi.captureLocals[capture]) {
        llvm::SmallVector<LocalId, 16> inner;
        if (escapes(body, l, inner, depth + 1))
          return false;
      }
      return derive(dst);
    }
    default: return false; // Go, Defer, Panic, Select, Return ...
    }
    (void)f;
  }
  // Conversions that keep the pointer.
  static bool conversion(const Instr& i) {
    Type* from = i.args[0].type;
    Type* to = i.type;
    if (isTypeParam(from) || isTypeParam(to))
      return false;
    if (isInterfaceType(to))
      return isInterfaceType(from) || pointerShaped(from);
    Type* a = from->underlying();
    Type* b = to->underlying();
    bool fromString = llvm::isa<BasicType>(a) && (llvm::cast<BasicType>(a)->info & IsString);
    bool toString = llvm::isa<BasicType>(b) && (llvm::cast<BasicType>(b)->info & IsString);
    if (fromString || toString)
      return fromString && toString;
    if (llvm::isa<SliceTypeT>(a) && llvm::isa<ArrayTypeT>(b))
      return false;
    return true;
  }
  // Conversions that read what the pointer points to and keep nothing.
  static bool copies(const Instr& i) {
    Type* from = i.args[0].type;
    Type* to = i.type;
    if (isTypeParam(from) || isTypeParam(to) || isInterfaceType(to) || isInterfaceType(from))
      return false;
    Type* a = from->underlying();
    Type* b = to->underlying();
    bool fromString = llvm::isa<BasicType>(a) && (llvm::cast<BasicType>(a)->info & IsString);
    bool toString = llvm::isa<BasicType>(b) && (llvm::cast<BasicType>(b)->info & IsString);
    return fromString != toString || (llvm::isa<SliceTypeT>(a) && llvm::isa<ArrayTypeT>(b));
  }

public:
  // One place in the frame serves all executions of the allocation at (block, index) (see above).
  bool oneAtATime(const Function* f, BlockId block, int index, LocalId root, llvm::ArrayRef<LocalId> derived) {
    if (!isInCycle(f, block))
      return true;
    for (LocalId l : derived)
      if (l != root && isStale(f, block, index, l))
        return false;
    return true;
  }

  static bool isInCycle(const Function* f, BlockId block) {
    llvm::BitVector seen(f->blocks.size());
    llvm::SmallVector<BlockId, 16> work(1, block);
    while (!work.empty())
      for (BlockId next : f->blocks[work.pop_back_val()].instrs.back().targets) {
        if (next == block)
          return true;
        if (!seen.test(next)) {
          seen.set(next);
          work.push_back(next);
        }
      }
    return false;
  }

  // Whether `l` may be used after the instruction at (block, index) with the value that it had before.
  bool isStale(const Function* f, BlockId block, int index, LocalId l) {
    FunctionInfo& fi = info(f);
    // First event in each block: 1 use, 2 definition (an instruction reads before it writes).
    llvm::SmallDenseMap<BlockId, std::pair<int, int>, 16> first; // block -> (index, kind)
    std::pair<int, int> after = {1 << 30, 0};                    // in the allocation's own block, behind it
    auto note = [&](BlockId b, int k, int kind) {
      llvm::SmallDenseMap<BlockId, std::pair<int, int>, 16>::iterator it = first.find(b);
      if (it == first.end())
        first[b] = {k, kind};
      else if (k < it->second.first || (k == it->second.first && kind == 1))
        it->second = {k, kind};
      if (b == block && k > index && (k < after.first || (k == after.first && kind == 1)))
        after = {k, kind};
    };
    for (const Use& u : fi.uses[l])
      note(u.block, u.index, 1);
    for (const Definition& d : fi.definitions[l])
      if (!d.partial)
        note(d.block, d.index, 2);
    if (after.second)
      return after.second == 1;
    llvm::BitVector seen(f->blocks.size());
    llvm::SmallVector<BlockId, 16> work(f->blocks[block].instrs.back().targets.begin(), f->blocks[block].instrs.back().targets.end());
    while (!work.empty()) {
      BlockId b = work.pop_back_val();
      if (seen.test(b))
        continue;
      seen.set(b);
      llvm::SmallDenseMap<BlockId, std::pair<int, int>, 16>::iterator it = first.find(b);
      bool passesSite = b == block; // a further execution: what comes before it in the block still counts
      if (it != first.end()) {
        if (it->second.second == 1)
          return true;
        continue;
      }
      if (passesSite)
        continue;
      work.append(f->blocks[b].instrs.back().targets.begin(), f->blocks[b].instrs.back().targets.end());
    }
    return false;
  }

  void mark(Function* f) {
    TargetSizes sizes;
    for (size_t b = 0; b < f->blocks.size(); ++b)
      for (Instr& i : f->blocks[b].instrs) {
        if ((i.op != Opcode::New && i.op != Opcode::MakeClosure && i.op != Opcode::MakeSlice) || i.dsts.empty() || i.dsts[0] == noLocal || (i.flags & Stack))
          continue;
        if (i.op == Opcode::New) {
          int64_t size = hasTypeParam(i.type) ? 0 : sizes.sizeOf(i.type); // of a generic body: the lowering of an instance looks at the size
          if (size < 0 || size > stackObjectLimit)
            continue;
        } else if (i.op == Opcode::MakeSlice) {
          const Operand& n = i.args[1].isNone() ? i.args[0] : i.args[1];
          SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(coreType(i.type));
          if (n.kind != Operand::Const || i.args[0].kind != Operand::Const || !s || hasTypeParam(i.type))
            continue;
          bool exact = false;
          int64_t count = n.constant.toInt().int64Val(&exact), size = sizes.sizeOf(s->elem);
          if (!exact || count < 0 || size < 0 || count > stackObjectLimit || count * size > stackObjectLimit)
            continue;
        }
        llvm::SmallVector<LocalId, 16> derived;
        if (!escapes(f, i.dsts[0], derived) && oneAtATime(f, static_cast<BlockId>(b), static_cast<int>(&i - f->blocks[b].instrs.data()), i.dsts[0], derived))
          i.flags |= Stack;
      }
  }
};

} // namespace

void escapeAnalysis(Module& module) {
  Analysis a;
  for (Function* f : module.functions) {
    a.add(f);
    if (f->object) {
      if (f->hasBody())
        a.bodies[f->object] = f;
      else if (f->pragma & PragmaNoescape)
        f->object->noEscape = ~uint64_t(0);
    }
  }
  if (module.init)
    a.add(module.init);
  for (Function* f : a.functions)
    a.masks[f] = ~uint64_t(0);
  for (bool changed = true; changed;) {
    changed = false;
    for (Function* f : a.functions) {
      uint64_t& known = a.masks[f];
      if (!known)
        continue;
      uint64_t now = a.computeMask(f) & known;
      uint64_t significant = f->params.size() >= 64 ? ~uint64_t(0) : (uint64_t(1) << f->params.size()) - 1;
      now &= significant;
      if (now != known) {
        changed |= now != (known & significant);
        a.masks[f] = now;
      }
    }
  }
  for (Function* f : module.functions)
    if (f->object && f->hasBody())
      f->object->noEscape = a.masks[f];
  for (Function* f : a.functions)
    a.mark(f);
}

void escapeAnalysis(Function& function) {
  Analysis a;
  a.add(&function);
  for (Function* f : a.functions)
    a.masks[f] = 0;
  for (Function* f : a.functions)
    a.mark(f);
}

} // namespace stoat::mir
