// Type strings as reflect.Type.String gives them (cmd/compile's NameString): packages by name, type arguments by full path.
#include "lower/type_string.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

namespace stoat::lower {

namespace {

// As strconv.Quote for what occurs in struct tags: printable text is kept, the rest escaped.
std::string quoted(llvm::StringRef text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\t': out += "\\t"; break;
    case '\r': out += "\\r"; break;
    case '\a': out += "\\a"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\v': out += "\\v"; break;
    default:
      if (c < 0x20 || c == 0x7f)
        out += "\\x" + llvm::toHex(llvm::ArrayRef<uint8_t>(&c, 1), true);
      else
        out += static_cast<char>(c);
    }
  }
  return out + "\"";
}

/// The name of a type's symbol, as gc compares it with the name of a field that embeds it.
std::string symbolName(Type* type, std::string arguments) {
  if (BasicType* basic = llvm::dyn_cast<BasicType>(type))
    return basic->name.str();
  Named* named = llvm::dyn_cast<Named>(type);
  if (!named)
    return "";
  return named->obj->name.str() + arguments + (named->obj->localIndex ? "\xC2\xB7" + std::to_string(named->obj->localIndex) : "");
}

class Writer {
public:
  std::string out;
  bool full = false; // in type arguments: packages by path, also of names that are not exported; local types by number

  void write(Type* type, int depth = 0) {
    if (depth > 200) { // recursion through type arguments only
      out += "...";
      return;
    }
    type = unalias(type);
    switch (type->kind()) {
    case TypeKind::Basic: {
      BasicType* basic = llvm::cast<BasicType>(type);
      if (basic->basic == BasicKind::Uint8)
        out += "uint8";
      else if (basic->basic == BasicKind::Int32)
        out += "int32";
      else if (basic->basic == BasicKind::UnsafePointer)
        out += "unsafe.Pointer";
      else
        out += basic->name;
      return;
    }
    case TypeKind::Named: {
      Named* named = llvm::cast<Named>(type);
      if (named->obj->pkg)
        package(named->obj->pkg);
      out += full ? symbolName(named, typeArguments(named, depth)) : named->obj->name.str() + typeArguments(named, depth);
      return;
    }
    case TypeKind::Pointer: out += "*"; write(llvm::cast<PointerType>(type)->elem, depth + 1); return;
    case TypeKind::Array:
      out += "[" + std::to_string(llvm::cast<ArrayTypeT>(type)->len) + "]";
      write(llvm::cast<ArrayTypeT>(type)->elem, depth + 1);
      return;
    case TypeKind::Slice: out += "[]"; write(llvm::cast<SliceTypeT>(type)->elem, depth + 1); return;
    case TypeKind::Map:
      out += "map[";
      write(llvm::cast<MapTypeT>(type)->key, depth + 1);
      out += "]";
      write(llvm::cast<MapTypeT>(type)->elem, depth + 1);
      return;
    case TypeKind::Chan: {
      ChanTypeT* chan = llvm::cast<ChanTypeT>(type);
      ChanTypeT* inner = llvm::dyn_cast<ChanTypeT>(unalias(chan->elem));
      bool parens = chan->dir != ChanDirection::RecvOnly && inner && inner->dir == ChanDirection::RecvOnly;
      out += chan->dir == ChanDirection::RecvOnly ? "<-chan " : chan->dir == ChanDirection::SendOnly ? "chan<- " : "chan ";
      if (chan->dir == ChanDirection::SendOnly)
        parens = false;
      if (parens)
        out += "(";
      write(chan->elem, depth + 1);
      if (parens)
        out += ")";
      return;
    }
    case TypeKind::Signature:
      out += "func";
      signature(llvm::cast<Signature>(type), depth);
      return;
    case TypeKind::Struct: {
      StructTypeT* record = llvm::cast<StructTypeT>(type);
      out += "struct {";
      for (size_t i = 0; i < record->fields.size(); ++i) {
        out += i ? "; " : " ";
        fieldName(record->fields[i], depth);
        write(record->fields[i]->type, depth + 1);
        if (!record->tag(i).empty())
          out += " " + quoted(record->tag(i));
      }
      out += record->fields.empty() ? "}" : " }";
      return;
    }
    case TypeKind::Interface: {
      Interface* interface = llvm::cast<Interface>(type);
      const std::vector<Func*>& methods = interface->methods();
      out += "interface {";
      for (size_t i = 0; i < methods.size(); ++i) {
        out += i ? "; " : " ";
        if (!methods[i]->isExported() && methods[i]->pkg)
          package(methods[i]->pkg);
        out += methods[i]->name;
        signature(methods[i]->signature(), depth);
      }
      out += methods.empty() ? "}" : " }";
      return;
    }
    default:
      out += typeString(type);
    }
  }

private:
  void package(const Package* p) { out += (full ? p->path : p->name) + "."; }

  std::string typeArguments(Named* named, int depth) {
    std::string text;
    for (size_t i = 0; i < named->typeArgs.size(); ++i) {
      text += i == 0 ? "[" : i == named->implicitArgs ? ";" : ",";
      Writer argument;
      argument.full = true;
      argument.write(named->typeArgs[i], depth + 1);
      text += argument.out;
    }
    return text.empty() ? text : text + "]";
  }

  // In full, an embedded field whose name is not its type's (an alias, a universal type, an instance, a local type) says both.
  void fieldName(Var* field, int depth) {
    if (!full) {
      if (!field->embedded)
        out += field->name.str() + " ";
      return;
    }
    bool qualified = !field->isExported() && field->pkg;
    if (field->embedded) {
      Type* type = unalias(field->type);
      if (PointerType* pointer = llvm::dyn_cast<PointerType>(type))
        type = unalias(pointer->elem);
      Named* named = llvm::dyn_cast<Named>(type);
      bool samePackage = !qualified || (named && named->obj->pkg == field->pkg);
      if (samePackage && symbolName(type, named ? typeArguments(named, depth) : "") == field->name)
        return;
    }
    if (qualified)
      package(field->pkg);
    out += field->name.str() + (field->embedded ? " = " : " ");
  }

  void tuple(TupleType* list, bool variadic, int depth) {
    if (!list)
      return;
    for (size_t i = 0; i < list->vars.size(); ++i) {
      if (i)
        out += ", ";
      Type* type = list->vars[i]->type;
      if (variadic && i + 1 == list->vars.size()) {
        out += "...";
        if (SliceTypeT* slice = llvm::dyn_cast<SliceTypeT>(unalias(type)))
          type = slice->elem;
      }
      write(type, depth + 1);
    }
  }
  void signature(Signature* s, int depth) {
    out += "(";
    tuple(s->params, s->variadic, depth);
    out += ")";
    size_t n = s->results ? s->results->vars.size() : 0;
    if (n == 0)
      return;
    out += n == 1 ? " " : " (";
    tuple(s->results, false, depth);
    if (n > 1)
      out += ")";
  }
};

} // namespace

std::string reflectString(Type* type) {
  Writer writer;
  writer.write(type);
  return writer.out;
}

} // namespace stoat::lower
