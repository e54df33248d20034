// The text of -m. MIR knows where an allocation is, not how it was written: the expression at that position says it.
#include "escape_report.h"
#include "check/objects.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

namespace stoat::driver {

namespace {

using mir::EscapeNote;
using mir::Opcode;

class Report {
public:
  Report(llvm::ArrayRef<SourceFile*> files, const SourceTable& sources) : sources_(sources) {
    for (SourceFile* file : files)
      for (Decl* d : file->decls)
        inspect(d, [&](Node* n) {
          if (Expr* e = llvm::dyn_cast<Expr>(n))
            at_[e->pos].push_back(e);
          if (CallExpr* c = llvm::dyn_cast<CallExpr>(n); c && c->fun->isType() && c->args.size() == 1)
            conversions_[c->args[0]->pos] = c;
          return true;
        });
  }

  void add(const EscapeNote& note) {
    if (!note.site)
      return parameter(note);
    const mir::Instr& i = *note.site;
    if (i.op == Opcode::New && (i.flags & mir::Variable)) {
      const mir::LocalInfo& local = note.function->locals[i.dsts[0]];
      if (note.escapes && !local.name.empty())
        line(local.pos, "moved to heap: " + local.name.str());
      return;
    }
    if (i.op == Opcode::MakeClosure && note.function && i.callee->ref->closure && i.callee->ref->closure->isWrapper && !find<SelectorExpr>(i.pos))
      return; // of go and defer
    line(i.pos, siteText(i) + (note.escapes ? " escapes to heap" : " does not escape"));
  }

  std::string text() const {
    std::string out;
    for (const auto& [pos, list] : lines_)
      for (const std::string& what : list)
        out += sources_.format(pos) + ": " + what + "\n";
    return out;
  }

private:
  void line(Pos pos, std::string text) {
    if (pos.isKnown() && !llvm::is_contained(lines_[pos], text))
      lines_[pos].push_back(std::move(text));
  }

  template <typename T> T* find(Pos pos) const {
    auto it = at_.find(pos);
    if (it != at_.end())
      for (Expr* e : it->second)
        if (T* t = llvm::dyn_cast<T>(e))
          return t;
    return nullptr;
  }
  static std::string textOf(const Expr* e) {
    std::string text = exprString(e);
    for (size_t at; (at = text.find("\xe2\x80\xa6")) != std::string::npos;)
      text.replace(at, 3, "...");
    return text;
  }
  static bool isBuiltin(const CallExpr* c, llvm::StringRef name) {
    const Name* n = llvm::dyn_cast<Name>(c->fun);
    return n && n->value == name;
  }

  std::string siteText(const mir::Instr& i) const {
    CallExpr* call = find<CallExpr>(i.pos);
    switch (i.op) {
    case Opcode::New: {
      if (Operation* o = find<Operation>(i.pos); o && !o->y)
        return textOf(o);
      if (CompositeLit* c = find<CompositeLit>(i.pos))
        return (c->type && llvm::isa<PointerType>(c->type->underlying()) ? "&" : "") + textOf(c);
      if (call && isBuiltin(call, "new"))
        return textOf(call);
      return call ? "... argument" : "object";
    }
    case Opcode::MakeClosure:
      if (SelectorExpr* s = find<SelectorExpr>(i.pos))
        return textOf(s);
      return "func literal";
    case Opcode::MakeMap: case Opcode::MakeSlice:
      if (CompositeLit* c = find<CompositeLit>(i.pos))
        return textOf(c);
      return call ? textOf(call) : i.op == Opcode::MakeMap ? "map" : "slice";
    case Opcode::Convert:
      if (auto conversion = conversions_.find(i.pos); conversion != conversions_.end() && !isInterfaceType(i.type))
        return textOf(conversion->second);
      break;
    default: break;
    }
    auto it = at_.find(i.pos);
    return it == at_.end() ? "value" : textOf(it->second.front());
  }

  void parameter(const EscapeNote& note) {
    const Signature* s = note.function->signature;
    if (!s)
      return;
    std::vector<Var*> params;
    if (const Func* object = note.function->object; object && object->signature()->recv)
      params.push_back(object->signature()->recv);
    params.insert(params.end(), s->params->vars.begin(), s->params->vars.end());
    if (static_cast<size_t>(note.parameter) >= params.size())
      return;
    const Var* v = params[note.parameter];
    if (v->name.empty() || v->name == "_" || note.leaks.empty())
      return;
    const std::string name = v->name.str();
    bool warned = false;
    int heap = note.leaks[0] - 1;
    if (heap >= 0) {
      line(v->pos, (heap == 0 ? "leaking param: " : "leaking param content: ") + name);
      warned = true;
    }
    for (size_t r = 1; r < note.leaks.size(); ++r) {
      int level = note.leaks[r] - 1;
      if (level < 0 || (heap >= 0 && level >= heap))
        continue;
      const Var* result = s->results->vars[r - 1];
      std::string resultName = result->name.empty() ? "~r" + std::to_string(r - 1) : result->name.str();
      line(v->pos, "leaking param: " + name + " to result " + resultName + " level=" + std::to_string(level));
      warned = true;
    }
    if (!warned)
      line(v->pos, name + " does not escape");
  }

  const SourceTable& sources_;
  std::map<Pos, std::vector<Expr*>> at_;
  std::map<Pos, CallExpr*> conversions_; // by position of the operand, where gc reports them
  std::map<Pos, std::vector<std::string>> lines_;
};

} // namespace

std::string escapeReport(llvm::ArrayRef<EscapeNote> notes, llvm::ArrayRef<SourceFile*> files, const SourceTable& sources) {
  Report report(files, sources);
  for (const EscapeNote& note : notes)
    report.add(note);
  return report.text();
}

} // namespace stoat::driver
