// MIR as text, for -emit=mir, -dump-after and tests. One instruction a line:
//   [dsts =] opcode[.flags] [type] [place] [callee](args) [-> targets]
// Locals are %N, with their name appended once it exists (%3.x); constants "value:type"; places base[.field][[index]].
#include "mir/print.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace stoat::mir {

std::string functionSymbol(const Func* func); // instantiate.h
std::string globalSymbol(const Var* var);

namespace {

std::string typeText(Type* t) {
  if (!t)
    return "?";
  return typeString(t, [](const Package* p) { return p ? p->name : std::string(); });
}

class Printer {
public:
  Printer(const Function& f, llvm::raw_ostream& out) : f_(f), out_(out) {}

  void run() {
    out_ << "func " << f_.symbol << typeArguments() << "(";
    for (size_t i = 0; i < f_.params.size(); ++i) {
      if (i)
        out_ << ", ";
      local(f_.params[i]);
      out_ << " " << typeText(localType(f_.params[i]));
    }
    out_ << ")";
    if (!f_.results.empty()) {
      out_ << " (";
      for (size_t i = 0; i < f_.results.size(); ++i) {
        if (i)
          out_ << ", ";
        local(f_.results[i]);
        out_ << " " << typeText(localType(f_.results[i]));
        if (i < f_.resultBoxes.size() && f_.resultBoxes[i] != noLocal) {
          out_ << " in ";
          local(f_.resultBoxes[i]);
        }
      }
      out_ << ")";
    }
    if (!f_.captures.empty()) {
      out_ << " captures [";
      for (size_t i = 0; i < f_.captures.size(); ++i)
        out_ << (i ? ", " : "") << f_.captures[i].name << " " << typeText(f_.captures[i].type);
      out_ << "]";
    }
    if (f_.hasDefer)
      out_ << " defer";
    if (f_.hasRecover)
      out_ << " recover";
    if (f_.isWrapper)
      out_ << " wrapper";
    if (!f_.hasBody()) {
      out_ << "\n\n";
      return;
    }
    out_ << " {\n";
    for (size_t i = 0; i < f_.locals.size(); ++i) {
      const LocalInfo& info = f_.locals[i];
      if (info.kind == LocalKind::Param || info.kind == LocalKind::Result)
        continue;
      out_ << "  var ";
      local(static_cast<LocalId>(i));
      out_ << " " << (info.isMapIter ? std::string("mapiter") : typeText(info.type)) << (info.addressTaken ? " addressed" : "") << "\n";
    }
    for (size_t b = 0; b < f_.blocks.size(); ++b) {
      out_ << "b" << b << ":\n";
      for (const Instr& instr : f_.blocks[b].instrs)
        instruction(instr);
    }
    out_ << "}\n\n";
  }

private:
  std::string typeArguments() {
    std::string text;
    for (TypeParam* p : f_.typeParams)
      text += (text.empty() ? "" : ", ") + p->obj->name.str();
    return text.empty() ? text : "[" + text + "]";
  }
  Type* localType(LocalId id) { return id >= 0 && static_cast<size_t>(id) < f_.locals.size() ? f_.locals[id].type : nullptr; }
  void local(LocalId id) {
    if (id == noLocal) {
      out_ << "_";
      return;
    }
    out_ << "%" << id;
    if (static_cast<size_t>(id) < f_.locals.size() && !f_.locals[id].name.empty())
      out_ << "." << f_.locals[id].name;
  }
  void reference(const FuncRef* ref) {
    if (!ref) {
      out_ << "<null>";
      return;
    }
    if (ref->closure)
      out_ << ref->closure->symbol;
    else
      out_ << functionSymbol(ref->func);
    for (size_t i = 0; i < ref->typeArgs.size(); ++i)
      out_ << (i ? ", " : "[") << typeText(ref->typeArgs[i]);
    if (!ref->typeArgs.empty())
      out_ << "]";
  }
  void operand(const Operand& o) {
    switch (o.kind) {
    case Operand::None: out_ << "-"; break;
    case Operand::Local: local(o.local); break;
    case Operand::Const: out_ << o.constant.exactString() << ":" << typeText(o.type); break;
    case Operand::Zero: out_ << "zero:" << typeText(o.type); break;
    case Operand::FuncValue:
      out_ << "func ";
      reference(o.func);
      break;
    }
  }
  void place(const Place& p) {
    switch (p.base) {
    case Place::None: out_ << "<none>"; break;
    case Place::Local: local(p.local); break;
    case Place::Global: out_ << "@" << (p.global ? globalSymbol(p.global) : "<null>"); break;
    case Place::Capture:
      out_ << "^" << p.capture;
      if (p.capture >= 0 && static_cast<size_t>(p.capture) < f_.captures.size())
        out_ << "." << f_.captures[p.capture].name;
      break;
    case Place::Deref:
      out_ << "*";
      local(p.local);
      break;
    }
    Type* type = p.baseType;
    for (const Projection& projection : p.projections) {
      StructTypeT* record = type ? under<StructTypeT>(type) : nullptr;
      if (projection.kind == Projection::Field) {
        out_ << ".";
        if (record && projection.field >= 0 && static_cast<size_t>(projection.field) < record->fields.size()) {
          out_ << record->fields[projection.field]->name;
          type = record->fields[projection.field]->type;
        } else {
          out_ << projection.field;
          type = nullptr;
        }
      } else {
        out_ << "[";
        operand(projection.index);
        out_ << "]";
        type = elementType(type);
      }
    }
  }
  static Type* elementType(Type* t) {
    Type* core = t ? coreType(t) : nullptr;
    if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(core))
      core = p->elem->underlying();
    if (ArrayTypeT* a = llvm::dyn_cast_or_null<ArrayTypeT>(core))
      return a->elem;
    if (SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(core))
      return s->elem;
    return nullptr;
  }
  void callee(const Callee& c) {
    switch (c.kind) {
    case Callee::None: out_ << "<none>"; break;
    case Callee::Static: reference(c.ref); break;
    case Callee::Closure: operand(c.value); break;
    case Callee::InterfaceMethod:
      operand(c.value);
      out_ << "." << c.method->name;
      break;
    case Callee::TypeParamMethod:
      operand(c.value);
      out_ << ".(" << typeText(c.recvType) << ")." << c.method->name;
      break;
    }
  }
  void instruction(const Instr& i) {
    out_ << "  ";
    if (!i.dsts.empty()) {
      for (size_t k = 0; k < i.dsts.size(); ++k) {
        if (k)
          out_ << ", ";
        local(i.dsts[k]);
      }
      out_ << " = ";
    }
    out_ << opcodeName(i.op);
    static const std::pair<unsigned, const char*> flagNames[] = {{Unchecked, ".unchecked"}, {Stack, ".stack"},     {Newline, ".newline"},
                                                                  {WrapperThunk, ".thunk"}, {NoBarrier, ".nobarrier"}, {InitStore, ".init"},
                                                                  {Deferred, ".deferred"}, {Borrowed, ".borrowed"}};
    for (const std::pair<unsigned, const char*>& name : flagNames)
      if (i.flags & name.first)
        out_ << name.second;
    if (i.type)
      out_ << " <" << typeText(i.type) << ">";
    if (i.place) {
      out_ << " ";
      place(*i.place);
    }
    if (i.callee) {
      out_ << " ";
      callee(*i.callee);
    }
    bool isCall = i.callee != nullptr;
    if (isCall)
      out_ << "(";
    for (size_t k = 0; k < i.args.size(); ++k) {
      out_ << (k ? ", " : isCall ? "" : i.place ? " = " : " ");
      operand(i.args[k]);
    }
    if (isCall)
      out_ << ")";
    if (i.cases)
      for (const SelectCase& c : *i.cases) {
        out_ << " {";
        if (c.isSend) {
          out_ << "send ";
          operand(c.chan);
          out_ << " <- ";
          operand(c.value);
        } else {
          local(c.recvDst);
          out_ << " <- ";
          operand(c.chan);
        }
        out_ << "}";
      }
    if (i.op == Opcode::Select && i.hasDefault)
      out_ << " default";
    for (size_t k = 0; k < i.targets.size(); ++k)
      out_ << (k ? ", b" : " -> b") << i.targets[k];
    if (i.pos.isKnown())
      out_ << "  ; " << i.pos.line << ":" << i.pos.col;
    out_ << "\n";
  }

  const Function& f_;
  llvm::raw_ostream& out_;
};

void printStatic(const StaticValue* v, llvm::raw_ostream& out, unsigned depth) {
  if (!v) {
    out << "zero";
    return;
  }
  if (depth > 40) {
    out << "...";
    return;
  }
  switch (v->kind) {
  case StaticValue::Zero: out << "zero"; break;
  case StaticValue::Const: out << v->constant.exactString() << ":" << typeText(v->type); break;
  case StaticValue::Aggregate:
  case StaticValue::Slice:
    out << typeText(v->type) << "{";
    for (size_t i = 0; i < v->elems.size(); ++i) {
      out << (i ? ", " : "") << v->elems[i].first << ": ";
      printStatic(v->elems[i].second, out, depth + 1);
    }
    out << "}";
    if (v->kind == StaticValue::Slice)
      out << " len " << v->length;
    break;
  case StaticValue::AddrOfStatic:
    out << "&";
    printStatic(v->pointee, out, depth + 1);
    break;
  case StaticValue::AddrOfGlobal: out << "&@" << globalSymbol(v->global); break;
  case StaticValue::Func: out << "func " << (v->func->closure ? v->func->closure->symbol : functionSymbol(v->func->func)); break;
  case StaticValue::Interface:
    out << typeText(v->type) << "(";
    printStatic(v->pointee, out, depth + 1);
    out << ")";
    break;
  }
}

} // namespace

void printFunction(const Function& f, std::string& out) {
  llvm::raw_string_ostream stream(out);
  Printer(f, stream).run();
  for (const Function* closure : f.closures)
    printFunction(*closure, out);
}

void printModule(const Module& m, std::string& out) {
  {
    llvm::raw_string_ostream stream(out);
    stream << "package " << (m.pkg ? m.pkg->path : "") << "\n";
    for (const GlobalVar& g : m.globals) {
      stream << (g.readOnly ? "const " : "var ") << globalSymbol(g.var) << " " << typeText(g.var->type);
      if (g.init) {
        stream << " = ";
        printStatic(g.init, stream, 0);
      }
      stream << "\n";
    }
    stream << "\n";
  }
  for (const Function* f : m.functions)
    printFunction(*f, out);
  if (m.init)
    printFunction(*m.init, out);
}

} // namespace stoat::mir
