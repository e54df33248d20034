// string(b) is a copy because b's bytes may change afterwards. Where they cannot while the string is in use, the string is those bytes (flag Borrowed).
// In use: from the conversion to the last read of the string, or of a local that got it or a part of it by a copy, along all paths between the two.
// So it must not be where it can be read later (it does not escape, and its uses are those of `lends`), and nothing on those paths may write bytes.
//
// Who could write them?
//  - This goroutine. It may reach b's array under any name and, with unsafe, as any type, so any store counts that does not go to a local or, inside of a
//    function that is called, to an object that this function has made itself. Map elements have no address: no slice of bytes lies in them.
//  - Another goroutine, without a data race: then something orders the read of b that the conversion is before that write. This takes a release by this
//    goroutine (an unlock, an atomic store, a channel operation, a go statement), so instructions that may release are excluded as stores are.
// Functions that do neither, and call none that does, are quiet. A panic leaves the paths on which the string is used, whatever deferred calls do then.
//
// gc copies nothing in comparisons, lookups in maps, concatenations and switches, and in calls of unique.Make, which it knows by name.
#include "opt/borrow.h"

namespace stoat::mir {

namespace {

enum class Extent { Caller, Callee }; // of what is looked at: the part of a function that uses the string, or all of a function that is called

struct Use {
  BlockId block;
  int index;
};

class Lender {
public:
  Lender(FlowGraph& graph, int function) : graph_(graph), function_(function), own_(graph.functions[function]), f_(*own_.f) {}

  bool isQuiet() {
    if (f_.hasDefer || f_.hasRecover)
      return false;
    return llvm::all_of(f_.blocks, [this](const Block& b) { return llvm::all_of(b.instrs, [this](const Instr& i) { return keepsBytes(i, Extent::Callee); }); });
  }

  void markConversions() {
    for (size_t b = 0; b < f_.blocks.size(); ++b)
      for (Instr& i : f_.blocks[b].instrs)
        if (i.op == Opcode::Convert && (i.flags & Stack) && !(i.flags & Deferred) && isOfBytes(i) && isUnchangedWhileUsed(i))
          i.flags |= Borrowed;
  }

private:
  static bool isOfBytes(const Instr& i) {
    if (isTypeParam(i.type) || isTypeParam(i.args[0].type) || !isString(i.type) || i.dsts.empty() || i.dsts[0] == noLocal)
      return false;
    SliceTypeT* s = llvm::dyn_cast<SliceTypeT>(i.args[0].type->underlying());
    BasicType* elem = s && !isTypeParam(s->elem) ? llvm::dyn_cast<BasicType>(s->elem->underlying()) : nullptr;
    return elem && elem->basic == BasicKind::Uint8;
  }

  bool isLocal(const Place& p) const {
    Path path = pathOf(p);
    return p.base == Place::Local && !path.derefs && !path.unknown && !f_.locals[p.local].addressTaken;
  }
  // Into an object that this function has made.
  bool isOwn(const Place& p) {
    Path path = pathOf(p);
    if (path.unknown)
      return false;
    bool throughPointer = p.base == Place::Deref && path.derefs == 0;
    bool throughSlice = p.base == Place::Local && path.derefs == 1 && p.projections[0].kind == Projection::Index;
    return (throughPointer || throughSlice) && graph_.objectOf(function_, p.local) >= 0;
  }
  bool isOwn(const Operand& slice) { return slice.kind == Operand::Local && graph_.objectOf(function_, slice.local) >= 0; }

  static bool isQuietCall(const Instr& i) { return i.callee->kind == Callee::Static && i.callee->ref && i.callee->ref->func && i.callee->ref->func->quiet; }

  bool keepsBytes(const Instr& i, Extent extent) {
    switch (i.op) {
    case Opcode::Store: return isLocal(*i.place) || (extent == Extent::Callee && isOwn(*i.place));
    case Opcode::CopySlice: case Opcode::Clear: return extent == Extent::Callee && isOwn(i.args[0]);
    case Opcode::Call: return isQuietCall(i);
    case Opcode::Append: case Opcode::AppendSlice: // into the array that there is, if it is large enough
    case Opcode::Go: case Opcode::Defer: case Opcode::DeferFrame: case Opcode::Recover:
    case Opcode::Send: case Opcode::Recv: case Opcode::Close: case Opcode::Select: case Opcode::Print:
      return false;
    case Opcode::Copy: case Opcode::Load: case Opcode::Addr: case Opcode::New: case Opcode::Neg: case Opcode::Not: case Opcode::Com: case Opcode::Add:
    case Opcode::Sub: case Opcode::Mul: case Opcode::Div: case Opcode::Rem: case Opcode::And: case Opcode::Or: case Opcode::Xor: case Opcode::AndNot:
    case Opcode::Shl: case Opcode::Shr: case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge:
    case Opcode::Min: case Opcode::Max: case Opcode::MakeComplex: case Opcode::Real: case Opcode::Imag: case Opcode::Convert: case Opcode::NilCheck:
    case Opcode::BoundsCheck: case Opcode::Len: case Opcode::Cap: case Opcode::Index: case Opcode::Slice: case Opcode::Concat: case Opcode::MakeSlice:
    case Opcode::DecodeRune: case Opcode::MakeMap: case Opcode::MapLookup: case Opcode::MapStore: case Opcode::MapElement: case Opcode::MapDelete:
    case Opcode::MapIterStart: case Opcode::MapIterNext: case Opcode::TypeAssert: case Opcode::MakeClosure: case Opcode::MakeChan: case Opcode::UnsafeAdd:
    case Opcode::UnsafeSlice: case Opcode::UnsafeSliceData: case Opcode::UnsafeString: case Opcode::UnsafeStringData: case Opcode::SizeOf: case Opcode::AlignOf:
    case Opcode::OffsetOf: case Opcode::Jump: case Opcode::Branch: case Opcode::Switch: case Opcode::Return: case Opcode::Panic: case Opcode::Unreachable:
      return true;
    }
    return false;
  }

  void findUses() {
    uses_.resize(f_.locals.size());
    predecessors_.resize(f_.blocks.size());
    for (size_t b = 0; b < f_.blocks.size(); ++b) {
      for (BlockId target : f_.blocks[b].instrs.back().targets)
        predecessors_[target].push_back(static_cast<BlockId>(b));
      for (size_t k = 0; k < f_.blocks[b].instrs.size(); ++k)
        eachUse(f_.blocks[b].instrs[k], [&](LocalId l) { uses_[l].push_back({static_cast<BlockId>(b), static_cast<int>(k)}); });
    }
  }
  template <typename Visit> void eachUse(const Instr& i, Visit visit) {
    visitOperands(i, [&](const Operand& o) {
      if (o.kind == Operand::Local)
        visit(o.local);
    });
    if (i.place) {
      bool isDefinition = i.op == Opcode::Store && i.place->projections.empty();
      if (i.place->base == Place::Deref || (i.place->base == Place::Local && !isDefinition))
        visit(i.place->local);
    }
  }

  // Whether `i`, which reads the string in `l`, is done with it when it ends; if it makes another local the string or a part of it: that local in `heir`.
  bool lends(const Instr& i, LocalId l, LocalId& heir) {
    auto isArgument = [&](size_t a) { return a < i.args.size() && i.args[a].kind == Operand::Local && i.args[a].local == l; };
    auto inherit = [&] { return (heir = i.dsts.empty() ? noLocal : i.dsts[0], true); };
    switch (i.op) {
    case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge: case Opcode::Len: case Opcode::DecodeRune:
    case Opcode::Index:
      return true;
    case Opcode::MapLookup: case Opcode::MapDelete: return isArgument(1) && !isArgument(0);
    // One operand alone would be the result itself.
    case Opcode::Concat:
      return llvm::any_of(i.args, [](const Operand& o) { return o.kind == Operand::Const && o.constant.kind() == ConstValue::String && !o.constant.stringVal().empty(); });
    case Opcode::Copy: case Opcode::Slice: return inherit();
    case Opcode::Convert:
      if (isTypeParam(i.type) || isInterfaceType(i.type))
        return false;
      return isString(i.type) ? inherit() : llvm::isa<SliceTypeT>(i.type->underlying());
    case Opcode::Load:
      if (i.place->base != Place::Local || i.place->local != l)
        return false;
      return i.place->projections.empty() ? inherit() : true;
    case Opcode::Store:
      if (i.place->base != Place::Local || !i.place->projections.empty() || !isArgument(0))
        return false;
      heir = i.place->local;
      return true;
    case Opcode::Call: {
      if (!isQuietCall(i) || i.callee->value.kind == Operand::Local)
        return false;
      const Func& callee = *i.callee->ref->func;
      const Signature* s = callee.signature();
      size_t width = 1 + (s && s->results ? s->results->vars.size() : 0);
      for (size_t a = 0; a < i.args.size(); ++a)
        if (isArgument(a) && ((a + 1) * width > callee.leaks.size() || callee.leaks.substr(a * width, width).find_first_not_of('\0') != std::string::npos))
          return false;
      return true;
    }
    default: return false;
    }
  }

  bool isUnchangedWhileUsed(const Instr& conversion) {
    if (uses_.empty())
      findUses();
    llvm::SmallVector<LocalId, 4> holders{conversion.dsts[0]};
    for (size_t n = 0; n < holders.size(); ++n) {
      LocalId l = holders[n];
      if (own_.definitions[l] != 1 || f_.locals[l].addressTaken || f_.locals[l].kind == LocalKind::Result || llvm::is_contained(f_.results, l))
        return false;
      for (const Use& use : uses_[l]) {
        LocalId heir = noLocal;
        if (!lends(f_.blocks[use.block].instrs[use.index], l, heir))
          return false;
        if (heir != noLocal && !llvm::is_contained(holders, heir))
          holders.push_back(heir);
      }
    }
    return llvm::all_of(holders, [this](LocalId l) { return isLifeCalm(l); });
  }

  static bool defines(const Instr& i, LocalId l) {
    return llvm::is_contained(i.dsts, l) || (i.op == Opcode::Store && i.place->base == Place::Local && i.place->local == l && i.place->projections.empty());
  }

  // Backwards from each use to the definition: all that is executed meanwhile.
  bool isLifeCalm(LocalId l) {
    llvm::BitVector entered(static_cast<unsigned>(f_.blocks.size())); // from their ends
    llvm::SmallVector<BlockId, 8> work;
    auto upwards = [&](BlockId b, int from) {
      for (int k = from; k >= 0; --k) {
        const Instr& i = f_.blocks[b].instrs[k];
        if (defines(i, l))
          return true;
        if (!keepsBytes(i, Extent::Caller))
          return false;
      }
      for (BlockId p : predecessors_[b])
        if (!entered.test(p)) {
          entered.set(p);
          work.push_back(p);
        }
      return true;
    };
    for (const Use& use : uses_[l]) {
      // What reads the string must be calm too.
      if (!keepsBytes(f_.blocks[use.block].instrs[use.index], Extent::Caller) || !upwards(use.block, use.index))
        return false;
      while (!work.empty()) {
        BlockId b = work.pop_back_val();
        if (!upwards(b, static_cast<int>(f_.blocks[b].instrs.size()) - 1))
          return false;
      }
    }
    return true;
  }

  FlowGraph& graph_;
  int function_;
  FlowFunction& own_;
  Function& f_;
  std::vector<llvm::SmallVector<Use, 2>> uses_;
  std::vector<llvm::SmallVector<BlockId, 2>> predecessors_;
};

// unique.Make reads its argument before it publishes anything, keeps a clone, and its locks and atomic stores order nothing that a caller may rely upon.
bool isQuietByContract(const Func& func) { return func.pkg && func.pkg->path == "unique" && func.name == "Make"; }

} // namespace

// Functions that compare, search and count bytes, and those of numbers.
bool isQuietNative(const Func& func) { return func.pkg && (func.pkg->path == "internal/bytealg" || func.pkg->path == "math"); }

void markBorrowed(FlowGraph& graph) {
  llvm::SmallVector<int, 8> declared;
  for (size_t i = 0; i < graph.functions.size(); ++i)
    if (const Function& f = *graph.functions[i].f; f.object && f.typeArgs.empty() && graph.functions[i].outer < 0) {
      f.object->quiet = true; // functions that call each other are quiet if no other reason speaks against it
      declared.push_back(static_cast<int>(i));
    }
  for (bool changed = true; changed;) {
    changed = false;
    for (int i : declared)
      if (Func* func = graph.functions[i].f->object; func->quiet && !isQuietByContract(*func) && !Lender(graph, i).isQuiet()) {
        func->quiet = false;
        changed = true;
      }
  }
  for (size_t i = 0; i < graph.functions.size(); ++i)
    Lender(graph, static_cast<int>(i)).markConversions();
}

} // namespace stoat::mir
