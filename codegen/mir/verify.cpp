// Checks the invariants of mir.h on one function and its closures. Type agreement is checked where a mistake of a producer would
// otherwise become wrong code: copies, stores, calls, returns; operations on type parameters are left to instantiation.
#include "mir/print.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"

namespace stoat::mir {

namespace {

int resultCount(Opcode op) { // -1: variable
  constexpr int N = -1;
  static const int counts[] = {
#define OP(NAME, TEXT, RESULTS) RESULTS,
#include "mir/ops.def"
#undef OP
  };
  (void)N;
  return counts[static_cast<size_t>(op)];
}

class Verifier {
public:
  Verifier(const Function& f, std::string& problems) : f_(f), problems_(problems) {}

  bool run() {
    if (f_.symbol.empty())
      complain("function without symbol");
    if (!f_.signature)
      complain("function without signature");
    if (!f_.hasBody())
      return ok_;
    size_t next = 0;
    for (LocalId p : f_.params)
      if (p != static_cast<LocalId>(next++))
        complain("parameters are not the first locals");
    for (LocalId r : f_.results)
      if (r != static_cast<LocalId>(next++))
        complain("results do not follow the parameters");
    if (next > f_.locals.size()) {
      complain("parameters and results are not declared");
      return ok_;
    }
    if (f_.signature && f_.signature->results && f_.signature->results->vars.size() != f_.results.size())
      complain("result count differs from the signature's");
    if (f_.signature && f_.signature->params && f_.params.size() < f_.signature->params->vars.size())
      complain("fewer parameters than the signature has");
    if (!f_.resultBoxes.empty() && f_.resultBoxes.size() != f_.results.size())
      complain("resultBoxes does not match the results");
    for (const LocalInfo& info : f_.locals)
      if (!info.isMapIter && !usable(info.type))
        complain("local '" + info.name + "' without a usable type");
    for (const CaptureInfo& c : f_.captures)
      if (!usable(c.type))
        complain("capture '" + c.name + "' without a usable type");
    for (block_ = 0; block_ < f_.blocks.size(); ++block_) {
      const Block& b = f_.blocks[block_];
      if (b.instrs.empty())
        complain("empty block");
      for (index_ = 0; index_ < b.instrs.size(); ++index_) {
        const Instr& i = b.instrs[index_];
        instr_ = &i;
        if (isTerminator(i.op) != (index_ + 1 == b.instrs.size()))
          complain(isTerminator(i.op) ? "terminator in the middle of a block" : "block does not end in a terminator");
        instruction(i);
      }
      instr_ = nullptr;
    }
    for (const Function* closure : f_.closures) {
      if (closure->outer != &f_)
        complain("closure " + closure->symbol + " does not know its outer function");
      if (!verifyFunction(*closure, problems_))
        ok_ = false;
    }
    return ok_;
  }

private:
  void complain(const llvm::Twine& what) {
    ok_ = false;
    problems_ += f_.symbol;
    if (instr_)
      problems_ += " b" + std::to_string(block_) + "." + std::to_string(index_) + " " + opcodeName(instr_->op) + " (line " + std::to_string(instr_->pos.line) + ")";
    problems_ += ": " + what.str() + "\n";
  }
  static bool usable(Type* t) {
    if (!t)
      return false;
    BasicType* basic = llvm::dyn_cast<BasicType>(t);
    return !(basic && (basic->basic == BasicKind::Invalid || (basic->info & IsUntyped) || basic->basic == BasicKind::UntypedNil)) && !llvm::isa<TupleType>(t);
  }
  bool isLocal(LocalId id) { return id >= 0 && static_cast<size_t>(id) < f_.locals.size(); }
  Type* typeOf(LocalId id) { return isLocal(id) ? f_.locals[id].type : nullptr; }
  static std::string text(Type* t) { return t ? typeString(t) : "?"; }

  void same(Type* have, Type* want, const char* what) {
    if (have && want && have != want && !identical(have, want))
      complain(llvm::Twine(what) + ": " + text(have) + ", want " + text(want));
  }
  void operand(const Operand& o, bool noneAllowed = false) {
    switch (o.kind) {
    case Operand::None:
      if (!noneAllowed)
        complain("absent operand");
      return;
    case Operand::Local:
      if (!isLocal(o.local)) {
        complain("operand is no local");
        return;
      }
      if (f_.locals[o.local].isMapIter) {
        complain("map iterator used as operand");
        return;
      }
      same(o.type, f_.locals[o.local].type, "operand type differs from its local's");
      break;
    case Operand::Const:
      if (!o.constant.isValid())
        complain("constant without value");
      break;
    case Operand::FuncValue:
      reference(o.func);
      break;
    case Operand::Zero: break;
    }
    if (!usable(o.type))
      complain("operand without a usable type: " + text(o.type));
  }
  void reference(const FuncRef* ref) {
    if (!ref || !ref->isValid()) {
      complain("invalid function reference");
      return;
    }
    if (ref->func) {
      if (ref->func->origin)
        complain("function reference is not to the origin: " + ref->func->name);
      const Signature* s = llvm::dyn_cast_or_null<Signature>(ref->func->type);
      if (!s) {
        complain("referenced function has no signature: " + ref->func->name);
        return;
      }
      size_t want = s->recvTypeParams.size() + s->typeParams.size();
      if (want != ref->typeArgs.size())
        complain("reference to " + ref->func->name + " has " + llvm::Twine(ref->typeArgs.size()) + " type arguments, want " + llvm::Twine(want));
    }
  }
  static Type* elementType(Type* t) {
    Type* core = t ? coreType(t) : nullptr;
    if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(core))
      core = coreType(p->elem);
    if (ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core))
      return a->elem;
    if (SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(core))
      return s->elem;
    return nullptr;
  }
  void place(const Place& p) {
    switch (p.base) {
    case Place::None: complain("place without base"); break;
    case Place::Local:
      if (!isLocal(p.local))
        complain("place of no local");
      else if (!f_.locals[p.local].isMapIter)
        same(p.baseType, f_.locals[p.local].type, "place base type differs from its local's");
      else
        return;
      break;
    case Place::Deref: {
      if (!isLocal(p.local)) {
        complain("dereferenced place of no local");
        break;
      }
      Type* core = coreType(f_.locals[p.local].type);
      PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(core);
      if (!pointer)
        complain("dereferenced local is no pointer: " + text(f_.locals[p.local].type));
      else
        same(p.baseType, pointer->elem, "base type of dereference");
      break;
    }
    case Place::Global:
      if (!p.global)
        complain("place of no global");
      else
        same(p.baseType, p.global->type, "base type of global");
      break;
    case Place::Capture:
      if (p.capture < 0 || static_cast<size_t>(p.capture) >= f_.captures.size())
        complain("place of no capture");
      else
        same(p.baseType, f_.captures[p.capture].type, "base type of capture");
      break;
    }
    Type* t = p.baseType;
    for (const Projection& projection : p.projections) {
      if (projection.kind == Projection::Field) {
        StructTypeT* record = t ? llvm::dyn_cast_or_null<StructTypeT>(coreType(t)) : nullptr;
        if (!record || projection.field < 0 || static_cast<size_t>(projection.field) >= record->fields.size()) {
          complain("field projection of " + text(t));
          return;
        }
        t = record->fields[projection.field]->type;
      } else {
        operand(projection.index);
        bool generic = t && isTypeParam(t);
        Type* elem = elementType(t);
        if (!elem && !generic)
          complain("index projection of " + text(t));
        t = elem;
      }
    }
    same(p.type, t, "place type");
  }
  void callee(const Callee& c) {
    switch (c.kind) {
    case Callee::None: complain("callee of no kind"); break;
    case Callee::Static: reference(c.ref); break;
    case Callee::Closure: operand(c.value); break;
    case Callee::InterfaceMethod:
      operand(c.value);
      if (!c.method)
        complain("interface call without method");
      if (c.value.type && !isInterfaceType(c.value.type))
        complain("interface call on " + text(c.value.type));
      break;
    case Callee::TypeParamMethod:
      operand(c.value);
      if (!c.method || !c.recvType)
        complain("type parameter call without method or receiver type");
      break;
    }
    if (!c.signature)
      complain("call without signature");
  }
  void call(const Instr& i) {
    if (!i.callee || !i.callee->signature)
      return;
    const Signature& s = *i.callee->signature;
    size_t extra = 0;
    if (i.callee->kind == Callee::Static) {
      const FuncRef* ref = i.callee->ref;
      if (ref && ref->func && ref->func->type && ref->func->signature()->recv)
        extra = 1;
      if (ref && ref->closure)
        extra = ref->closure->params.size() - std::min(ref->closure->params.size(), s.params->vars.size());
    }
    if (i.args.size() != s.params->vars.size() + extra)
      complain("call with " + llvm::Twine(i.args.size()) + " arguments, want " + llvm::Twine(s.params->vars.size() + extra));
    else
      for (size_t k = 0; k < s.params->vars.size(); ++k)
        same(i.args[k + extra].type, s.params->vars[k]->type, "argument");
    if (i.dsts.size() != s.results->vars.size())
      complain("call with " + llvm::Twine(i.dsts.size()) + " results, want " + llvm::Twine(s.results->vars.size()));
    else
      for (size_t k = 0; k < i.dsts.size(); ++k)
        same(typeOf(i.dsts[k]), s.results->vars[k]->type, "result");
  }

  void instruction(const Instr& i) {
    int results = resultCount(i.op);
    if (results >= 0 && static_cast<size_t>(results) != i.dsts.size())
      complain("wrong number of results");
    for (LocalId d : i.dsts)
      if (d != noLocal && !isLocal(d))
        complain("result is no local");
    for (const Operand& a : i.args) {
      bool optional = i.op == Opcode::Slice || i.op == Opcode::MakeSlice || i.op == Opcode::MakeMap || i.op == Opcode::MakeChan;
      operand(a, optional);
    }
    if (i.place)
      place(*i.place);
    if (i.callee)
      callee(*i.callee);
    for (BlockId t : i.targets)
      if (t < 0 || static_cast<size_t>(t) >= f_.blocks.size())
        complain("target is no block");
    size_t args = i.args.size();
    const size_t any = ~size_t(0);
    size_t wantArgs = any, wantTargets = 0;
    bool wantPlace = false;
    Type* dst = i.dsts.size() == 1 ? typeOf(i.dsts[0]) : nullptr;
    switch (i.op) {
    case Opcode::Copy:
      wantArgs = 1;
      if (args == 1)
        same(i.args[0].type, dst, "copied type");
      break;
    case Opcode::Load:
      wantArgs = 0;
      wantPlace = true;
      if (i.place)
        same(i.place->type, dst, "loaded type");
      break;
    case Opcode::Store:
      wantArgs = 1;
      wantPlace = true;
      if (i.place && args == 1)
        same(i.args[0].type, i.place->type, "stored type");
      break;
    case Opcode::Addr:
      wantArgs = 0;
      wantPlace = true;
      if (i.place) {
        if (i.place->base == Place::Local && isLocal(i.place->local) && !f_.locals[i.place->local].addressTaken && !throughPointer(*i.place))
          complain("address of a local that is not flagged");
        if (PointerType* p = dst ? llvm::dyn_cast_or_null<PointerType>(coreType(dst)) : nullptr)
          same(p->elem, i.place->type, "pointed-to type");
        else
          complain("address into no pointer");
      }
      break;
    case Opcode::New:
      wantArgs = 0;
      if (!i.type)
        complain("new without type");
      else if (PointerType* p = dst ? llvm::dyn_cast_or_null<PointerType>(coreType(dst)) : nullptr)
        same(p->elem, i.type, "allocated type");
      else
        complain("new into no pointer");
      break;
    case Opcode::Neg: case Opcode::Not: case Opcode::Com:
      wantArgs = 1;
      if (args == 1)
        same(i.args[0].type, dst, "operand type");
      break;
    case Opcode::Add: case Opcode::Sub: case Opcode::Mul: case Opcode::Div: case Opcode::Rem: case Opcode::And: case Opcode::Or: case Opcode::Xor: case Opcode::AndNot:
      wantArgs = 2;
      if (args == 2) {
        same(i.args[0].type, i.args[1].type, "operand types");
        same(i.args[0].type, dst, "result type");
      }
      break;
    case Opcode::Shl: case Opcode::Shr:
      wantArgs = 2;
      if (args == 2)
        same(i.args[0].type, dst, "result type");
      break;
    case Opcode::Eq: case Opcode::Ne: case Opcode::Lt: case Opcode::Le: case Opcode::Gt: case Opcode::Ge:
      wantArgs = 2;
      if (args == 2)
        same(i.args[0].type, i.args[1].type, "compared types");
      break;
    case Opcode::Min: case Opcode::Max: case Opcode::Concat:
      for (const Operand& a : i.args)
        same(a.type, dst, "operand type");
      break;
    case Opcode::Convert:
      wantArgs = 1;
      if (!i.type)
        complain("conversion without type");
      same(i.type, dst, "result type");
      break;
    case Opcode::NilCheck: wantArgs = 1; break;
    case Opcode::BoundsCheck: wantArgs = 2; break;
    case Opcode::Len: case Opcode::Cap: case Opcode::Real: case Opcode::Imag: case Opcode::Clear: case Opcode::Close: wantArgs = 1; break;
    case Opcode::MakeComplex: case Opcode::Index: case Opcode::DecodeRune: case Opcode::AppendSlice: case Opcode::CopySlice: case Opcode::MakeSlice:
    case Opcode::MapLookup: case Opcode::MapElement: case Opcode::MapDelete: case Opcode::Send:
      wantArgs = 2;
      break;
    case Opcode::Slice: wantArgs = 4; break;
    case Opcode::MapStore: wantArgs = 3; break;
    case Opcode::MakeMap: case Opcode::MakeChan: case Opcode::Recv: case Opcode::Go: wantArgs = 1; break;
    case Opcode::Append:
      if (args == 0)
        complain("append without slice");
      break;
    case Opcode::MapIterStart: wantArgs = 1; wantPlace = true; break;
    case Opcode::MapIterNext: wantPlace = true; break;
    case Opcode::TypeAssert:
      wantArgs = 1;
      if (!i.type)
        complain("type assertion without type");
      if (!i.dsts.empty() && i.dsts[0] != noLocal)
        same(typeOf(i.dsts[0]), i.type, "asserted type");
      if (i.dsts.empty() || i.dsts.size() > 2)
        complain("type assertion with " + llvm::Twine(i.dsts.size()) + " results");
      break;
    case Opcode::Call:
      if (!i.callee)
        complain("call without callee");
      call(i);
      break;
    case Opcode::MakeClosure:
      if (!i.callee || i.callee->kind != Callee::Static || !i.callee->ref || !i.callee->ref->closure)
        complain("closure of no function");
      else {
        const Function& body = *i.callee->ref->closure;
        if (body.captures.size() != args)
          complain("closure with " + llvm::Twine(args) + " captured values, want " + llvm::Twine(body.captures.size()));
        else
          for (size_t k = 0; k < args; ++k)
            same(i.args[k].type, body.captures[k].type, "captured value");
      }
      break;
    case Opcode::Defer: case Opcode::DeferFrame:
      if (!f_.hasDefer && args < 2)
        complain("function is not flagged hasDefer");
      break;
    case Opcode::Recover:
      if (!f_.hasRecover)
        complain("function is not flagged hasRecover");
      break;
    case Opcode::Select:
      if (!i.cases)
        complain("select without cases");
      else
        for (const SelectCase& c : *i.cases) {
          operand(c.chan);
          if (c.isSend)
            operand(c.value);
          else if (c.recvDst != noLocal && !isLocal(c.recvDst))
            complain("received value goes to no local");
        }
      break;
    case Opcode::Print: break;
    case Opcode::UnsafeAdd: case Opcode::UnsafeSlice: case Opcode::UnsafeString: wantArgs = 2; break;
    case Opcode::UnsafeSliceData: case Opcode::UnsafeStringData: wantArgs = 1; break;
    case Opcode::SizeOf: case Opcode::AlignOf:
      wantArgs = 0;
      if (!i.type)
        complain("size of no type");
      break;
    case Opcode::OffsetOf:
      if (!i.type)
        complain("offset in no type");
      break;
    case Opcode::Jump: wantArgs = 0; wantTargets = 1; break;
    case Opcode::Branch: wantArgs = 1; wantTargets = 2; break;
    case Opcode::Switch: wantTargets = args; break;
    case Opcode::Return: wantArgs = 0; break;
    case Opcode::Panic: wantArgs = 1; break;
    case Opcode::Unreachable: wantArgs = 0; break;
    }
    if (wantArgs != any && args != wantArgs)
      complain("has " + llvm::Twine(args) + " operands, want " + llvm::Twine(wantArgs));
    if (i.targets.size() != wantTargets)
      complain("has " + llvm::Twine(i.targets.size()) + " targets, want " + llvm::Twine(wantTargets));
    if (wantPlace && !i.place)
      complain("has no place");
  }
  // Whether a place whose base is a local goes through a slice or pointer, so that its address is not in the frame.
  static bool throughPointer(const Place& p) {
    Type* t = p.baseType;
    for (const Projection& projection : p.projections) {
      Type* core = t ? coreType(t) : nullptr;
      if (projection.kind == Projection::Index) {
        if (!llvm::isa_and_nonnull<ArrayTypeT>(core))
          return true;
        t = llvm::cast<ArrayTypeT>(core)->elem;
      } else if (StructTypeT* record = llvm::dyn_cast_or_null<StructTypeT>(core)) {
        t = record->fields[projection.field]->type;
      }
    }
    return false;
  }

  const Function& f_;
  std::string& problems_;
  const Instr* instr_ = nullptr;
  size_t block_ = 0, index_ = 0;
  bool ok_ = true;
};

} // namespace

bool verifyFunction(const Function& f, std::string& problems) { return Verifier(f, problems).run(); }

} // namespace stoat::mir
