// Text of types and objects, in gc's wording (types2 typestring.go, object.go), and canonical type keys.
#include "check/type_writer.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

namespace stoat {

// As strconv.Quote for text that is mostly printable UTF-8.
void TypeWriter::quoted(llvm::StringRef s) {
  out_ += '"';
  for (char c : s) {
    switch (c) {
    case '"': out_ += "\\\""; break;
    case '\\': out_ += "\\\\"; break;
    case '\n': out_ += "\\n"; break;
    case '\t': out_ += "\\t"; break;
    case '\r': out_ += "\\r"; break;
    default:
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
        out_ += "\\x";
        out_ += llvm::hexdigit((c >> 4) & 15, true);
        out_ += llvm::hexdigit(c & 15, true);
      } else {
        out_ += c;
      }
    }
  }
  out_ += '"';
}

void TypeWriter::packagePrefix(const Package* p) {
  if (!p) return;
  size_t before = out_.size();
  if (qualifier_ && !key) out_ += qualifier_(p);
  else out_ += p->path;
  if (out_.size() != before) out_ += '.';
}

void TypeWriter::typeName(const TypeName* o) {
  packagePrefix(o->pkg);
  out_ += o->name;
}

void TypeWriter::type(const Type* t) {
  if (!t) {
    out_ += "<nil>";
    return;
  }
  if (const BasicType* b = llvm::dyn_cast<BasicType>(t)) {
    if (b->basic == BasicKind::UnsafePointer) out_ += "unsafe.Pointer";
    else out_ += key ? basicType(b->basic)->name : b->name;
    return;
  }
  if (std::find(seen_.begin(), seen_.end(), t) != seen_.end()) {
    out_ += "<cycle>";
    return;
  }
  seen_.push_back(t);
  switch (t->kind()) {
  case TypeKind::Basic: break;
  case TypeKind::Array: {
    const ArrayTypeT* a = llvm::cast<ArrayTypeT>(t);
    out_ += '[';
    out_ += std::to_string(a->len);
    out_ += ']';
    type(a->elem);
    break;
  }
  case TypeKind::Slice:
    out_ += "[]";
    type(llvm::cast<SliceTypeT>(t)->elem);
    break;
  case TypeKind::Struct: structType(llvm::cast<StructTypeT>(t)); break;
  case TypeKind::Pointer:
    out_ += '*';
    type(llvm::cast<PointerType>(t)->elem);
    break;
  case TypeKind::Tuple: tuple(llvm::cast<TupleType>(t), false); break;
  case TypeKind::Signature:
    out_ += "func";
    signature(llvm::cast<Signature>(t));
    break;
  case TypeKind::Union: {
    const UnionType* u = llvm::cast<UnionType>(t);
    llvm::SmallVector<std::string, 4> parts;
    for (const UnionTerm& term : u->terms) {
      size_t start = out_.size();
      if (term.tilde) out_ += '~';
      type(term.type);
      parts.push_back(out_.substr(start));
      out_.resize(start);
    }
    if (key) std::sort(parts.begin(), parts.end());
    for (size_t i = 0; i < parts.size(); i++) {
      if (i) out_ += " | ";
      out_ += parts[i];
    }
    break;
  }
  case TypeKind::Interface:
    if (key) interfaceKey(llvm::cast<Interface>(t));
    else interfaceType(llvm::cast<Interface>(t));
    break;
  case TypeKind::Map: {
    const MapTypeT* m = llvm::cast<MapTypeT>(t);
    out_ += "map[";
    type(m->key);
    out_ += ']';
    type(m->elem);
    break;
  }
  case TypeKind::Chan: chanType(llvm::cast<ChanTypeT>(t)); break;
  case TypeKind::Named: {
    const Named* n = llvm::cast<Named>(t);
    typeName(n->obj);
    if (n->isInstance() && n->implicitArgs && n->implicitArgs < n->typeArgs.size()) {
      typeList(llvm::ArrayRef(n->typeArgs).take_front(n->implicitArgs));
      out_.back() = ';'; // as gc: implicit arguments first
      size_t open = out_.size();
      typeList(llvm::ArrayRef(n->typeArgs).drop_front(n->implicitArgs));
      out_.erase(open, 1);
    } else if (n->isInstance()) typeList(n->typeArgs);
    else if (!key) {
      llvm::ArrayRef<TypeParam*> params = typeParamsOf(const_cast<Named*>(n));
      if (!params.empty()) tparamList(params);
    }
    if (key && n->obj->localIndex) {
      out_ += "\xC2\xB7"; // ·
      out_ += std::to_string(n->obj->localIndex);
    }
    break;
  }
  case TypeKind::TypeParam: typeParam(llvm::cast<TypeParam>(t)); break;
  case TypeKind::Alias: {
    const AliasType* a = llvm::cast<AliasType>(t);
    if (key) {
      type(unalias(t));
      break;
    }
    typeName(a->obj);
    if (!a->typeArgs.empty()) typeList(a->typeArgs);
    else if (!a->typeParams.empty()) tparamList(a->typeParams);
    break;
  }
  }
  seen_.pop_back();
}

void TypeWriter::structType(const StructTypeT* s) {
  out_ += "struct{";
  for (size_t i = 0; i < s->fields.size(); i++) {
    const Var* f = s->fields[i];
    if (i) out_ += key ? ";" : "; ";
    bool annotate = !key && !qualifier_ && pkgInfo && !f->isExported();
    if (annotate) pkgInfo = false;
    if (key) {
      if (f->embedded) out_ += '@';
      if (!f->isExported()) packagePrefix(f->pkg);
      out_ += f->name;
      out_ += ' ';
    } else if (!f->embedded) {
      out_ += f->name;
      out_ += ' ';
    }
    type(f->type);
    if (annotate) {
      out_ += " /* package ";
      out_ += f->pkg ? f->pkg->path : "";
      out_ += " */ ";
    }
    llvm::StringRef tag = s->tag(i);
    if (!tag.empty()) {
      out_ += ' ';
      quoted(tag);
    }
  }
  out_ += '}';
}

void TypeWriter::interfaceType(const Interface* i) {
  if (i == universeAny()->underlying()) {
    out_ += "any";
    return;
  }
  if (i == universeComparable()->underlying()) {
    out_ += "interface{comparable}";
    return;
  }
  if (i->implicit) {
    if (i->explicitMethods.empty() && i->embeddeds.size() == 1) {
      type(i->embeddeds[0]);
      return;
    }
    out_ += "/* implicit */ ";
  }
  out_ += "interface{";
  bool first = true;
  for (const Func* m : i->explicitMethods) {
    if (!first) out_ += "; ";
    first = false;
    out_ += m->name;
    signature(llvm::cast<Signature>(m->type));
  }
  for (const Type* e : i->embeddeds) {
    if (!first) out_ += "; ";
    first = false;
    type(e);
  }
  out_ += '}';
}

void TypeWriter::interfaceKey(const Interface* i) {
  const TypeSet* set = typeSetOf(const_cast<Interface*>(i));
  out_ += "interface{";
  bool first = true;
  for (const Func* m : set->methods) {
    if (!first) out_ += ';';
    first = false;
    if (!m->isExported()) packagePrefix(m->pkg);
    out_ += m->name;
    signature(llvm::cast<Signature>(m->type));
  }
  if (set->comparable) {
    if (!first) out_ += ';';
    first = false;
    out_ += "comparable";
  }
  if (!isAll(set->terms)) {
    if (!first) out_ += ';';
    std::vector<std::string> parts;
    for (const Term& term : set->terms) {
      size_t start = out_.size();
      if (term.tilde()) out_ += '~';
      type(term.type);
      parts.push_back(out_.substr(start));
      out_.resize(start);
    }
    std::sort(parts.begin(), parts.end());
    if (parts.empty()) out_ += "none";
    for (size_t k = 0; k < parts.size(); k++) {
      if (k) out_ += '|';
      out_ += parts[k];
    }
  }
  out_ += '}';
}

void TypeWriter::chanType(const ChanTypeT* c) {
  bool parens = false;
  switch (c->dir) {
  case ChanDirection::Both: {
    out_ += "chan ";
    const ChanTypeT* e = llvm::dyn_cast_or_null<ChanTypeT>(key ? unalias(c->elem) : c->elem);
    parens = e && e->dir == ChanDirection::RecvOnly;
    break;
  }
  case ChanDirection::SendOnly: out_ += "chan<- "; break;
  case ChanDirection::RecvOnly: out_ += "<-chan "; break;
  }
  if (parens) out_ += '(';
  type(c->elem);
  if (parens) out_ += ')';
}

void TypeWriter::typeParam(const TypeParam* p) {
  if (key) {
    for (llvm::ArrayRef<TypeParam*> list : localParams_) {
      auto it = std::find(list.begin(), list.end(), p);
      if (it == list.end()) continue;
      out_ += '$';
      out_ += std::to_string(it - list.begin());
      return;
    }
    out_ += '$';
    out_ += p->obj->name;
    out_ += '.';
    out_ += std::to_string(p->id);
    return;
  }
  out_ += p->obj->name;
  // A parameter that hides a predeclared name would be misread.
  if (universeScope()->lookup(p->obj->name)) {
    out_ += " /* with ";
    out_ += p->obj->name;
    out_ += " declared at ";
    if (p->check) out_ += p->check->diag.sources().format(p->obj->pos);
    out_ += " */";
  }
}

void TypeWriter::typeList(llvm::ArrayRef<Type*> list) {
  out_ += '[';
  for (size_t i = 0; i < list.size(); i++) {
    if (i) out_ += key ? "," : ", ";
    type(list[i]);
  }
  out_ += ']';
}

// "[P, Q C1, R C2]": parameters that share a constraint are grouped.
void TypeWriter::tparamList(llvm::ArrayRef<TypeParam*> list) {
  out_ += '[';
  const Type* previous = nullptr;
  for (size_t i = 0; i < list.size(); i++) {
    if (i) {
      if (list[i]->bound != previous) {
        out_ += ' ';
        type(previous);
      }
      out_ += ", ";
    }
    previous = list[i]->bound;
    type(list[i]);
  }
  if (previous) {
    out_ += ' ';
    type(previous);
  }
  out_ += ']';
}

void TypeWriter::tuple(const TupleType* t, bool variadic) {
  out_ += '(';
  if (t) {
    for (size_t i = 0; i < t->vars.size(); i++) {
      const Var* v = t->vars[i];
      if (i) out_ += key ? "," : ", ";
      if (!key && paramNames && !v->name.empty()) {
        out_ += v->name;
        out_ += ' ';
      }
      if (variadic && i + 1 == t->vars.size()) {
        if (const SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(v->type)) {
          out_ += "...";
          type(s->elem);
        } else { // append([]byte, string...)
          type(v->type);
          out_ += "...";
        }
      } else {
        type(v->type);
      }
    }
  }
  out_ += ')';
}

void TypeWriter::signature(const Signature* s) {
  bool generic = !s->typeParams.empty();
  if (generic) {
    if (key) localParams_.push_back(s->typeParams);
    tparamList(s->typeParams);
  }
  tuple(s->params, s->variadic);
  size_t n = s->results ? s->results->vars.size() : 0;
  if (n) {
    out_ += ' ';
    if (n == 1 && (key || s->results->vars[0]->name.empty())) type(s->results->vars[0]->type);
    else tuple(s->results, false);
  }
  if (generic && key) localParams_.pop_back();
}

std::string typeString(const Type* t, const Qualifier& qualifier) {
  std::string out;
  TypeWriter(out, qualifier).type(t);
  return out;
}

std::string typeKey(Type* t) {
  std::string out;
  Qualifier none;
  TypeWriter w(out, none);
  w.key = true;
  w.type(t);
  return out;
}

namespace {
void writeFuncName(std::string& out, const Func* f, TypeWriter& w) {
  if (const Signature* sig = llvm::dyn_cast_or_null<Signature>(f->type)) {
    if (sig->recv) {
      out += '(';
      if (sig->recv->type && llvm::isa<Interface>(sig->recv->type)) out += "interface";
      else w.type(sig->recv->type);
      out += ").";
    } else if (f->pkg) {
      w.packagePrefix(f->pkg);
    }
  }
  out += f->name;
}
} // namespace

std::string objectString(const Object* o, const Qualifier& qualifier) {
  std::string out;
  TypeWriter w(out, qualifier);
  const Type* t = o->type;
  const TypeName* tname = nullptr;
  switch (o->kind()) {
  case ObjectKind::PkgName: {
    const PkgName* p = llvm::cast<PkgName>(o);
    out = "package " + o->name.str();
    if (p->imported && !p->imported->path.empty() && p->imported->path != o->name) out += " (\"" + p->imported->path + "\")";
    return out;
  }
  case ObjectKind::Const: out = "const"; break;
  case ObjectKind::TypeName:
    tname = llvm::cast<TypeName>(o);
    out = isTypeParam(o->type) ? "type parameter" : "type";
    break;
  case ObjectKind::Var: out = llvm::cast<Var>(o)->isField() ? "field" : "var"; break;
  case ObjectKind::Func:
    out = "func ";
    writeFuncName(out, llvm::cast<Func>(o), w);
    if (t) w.signature(llvm::cast<Signature>(t));
    return out;
  case ObjectKind::Label:
    out = "label";
    t = nullptr;
    break;
  case ObjectKind::Builtin:
    out = "builtin";
    t = nullptr;
    break;
  case ObjectKind::Nil: return "nil";
  }
  out += ' ';
  if (o->pkg && o->pkg->scope && o->pkg->scope->lookup(o->name) == o) w.packagePrefix(o->pkg);
  out += o->name;
  if (!t) return out;
  if (tname) {
    if (llvm::isa<BasicType>(t)) return out;
    llvm::ArrayRef<TypeParam*> params = typeParamsOf(const_cast<Type*>(t));
    if (!params.empty()) w.tparamList(params);
    if (tname->isAlias()) {
      out += " =";
      if (const AliasType* a = llvm::dyn_cast<AliasType>(t)) t = a->fromRHS;
    } else if (const TypeParam* p = llvm::dyn_cast<TypeParam>(t)) {
      t = p->bound;
    } else {
      t = t->underlying();
    }
  }
  out += ' ';
  w.type(t);
  return out;
}

} // namespace stoat
