// Struct types (types2 struct.go).
#include "check/checker.h"

namespace stoat {

namespace {

// The name of the type in *p.T[A], at most one star allowed.
Name* embeddedName(Expr* e, bool pointer = false) {
  if (Name* n = llvm::dyn_cast<Name>(e)) return n;
  if (Operation* op = llvm::dyn_cast<Operation>(e)) {
    if (pointer || op->op != Op::Mul || op->y) return nullptr;
    return embeddedName(op->x, true);
  }
  if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e)) return s->sel;
  if (IndexExpr* i = llvm::dyn_cast<IndexExpr>(e)) return embeddedName(i->x, pointer);
  return nullptr;
}

} // namespace

void Checker::structType(StructTypeT* styp, StructType* e) {
  if (e->fields.empty()) return;
  // Fields and tags are set at the end: the struct must not be seen half made.
  std::vector<Var*> fields;
  std::vector<llvm::StringRef> tags;
  llvm::SmallDenseMap<llvm::StringRef, Var*, 16> seen;
  auto add = [&](Name* id, Type* t, bool embedded, llvm::StringRef tag) {
    Var* f = newVar(VarKind::Field, id->pos, id->value, t);
    f->embedded = embedded;
    if (id->value != "_") {
      auto [it, fresh] = seen.insert({id->value, f});
      if (!fresh) {
        ErrorReport r(this, DiagKind::DuplicateDecl);
        r.addf(id->pos, "%s redeclared", f->name);
        r.addAltDecl(it->second);
        r.report();
        return;
      }
    }
    fields.push_back(f);
    tags.push_back(tag);
    recordDef(id, f);
  };
  bool anyTag = false;
  Type* t = nullptr;
  Expr* previous = nullptr;
  for (size_t i = 0; i < e->fields.size(); i++) {
    Field* f = e->fields[i];
    if (i == 0 || f->typeExpr != previous) {
      t = varType(f->typeExpr);
      previous = f->typeExpr;
    }
    llvm::StringRef tag;
    if (i < e->tags.size() && e->tags[i] && !e->tags[i]->bad) {
      std::string text;
      if (unquote(e->tags[i]->value, text)) tag = typeArena().copy(text);
      else errorf(e->tags[i], DiagKind::InvalidSyntaxTree, "incorrect tag syntax: %q", e->tags[i]->value);
      anyTag |= !tag.empty();
    }
    if (f->name) {
      add(f->name, t, false, tag);
      continue;
    }
    Pos pos = startPos(f->typeExpr);
    Name* name = embeddedName(f->typeExpr);
    if (!name) {
      errorf(pos, DiagKind::InvalidSyntaxTree, "invalid embedded field type %s", f->typeExpr);
      name = make<Name>(pos);
      name->value = "_";
      add(name, invalidType(), true, {});
      continue;
    }
    // The type name is a use, the field a definition: codegen finds the field in the struct type.
    Var* field = newVar(VarKind::Field, name->pos, name->value, t);
    field->embedded = true;
    bool duplicate = false;
    if (name->value != "_") {
      auto [it, fresh] = seen.insert({name->value, field});
      if (!fresh) {
        ErrorReport r(this, DiagKind::DuplicateDecl);
        r.addf(name->pos, "%s redeclared", field->name);
        r.addAltDecl(it->second);
        r.report();
        duplicate = true;
      }
    }
    if (!duplicate) {
      fields.push_back(field);
      tags.push_back(tag);
      f->implicitObject = field;
    }
    // Only when the type is complete can be said what it is.
    later([this, t, pos] {
      bool isPtr;
      Type* base = derefType(t, &isPtr);
      Type* u = base->underlying();
      if (BasicType* b = llvm::dyn_cast<BasicType>(u)) {
        if (isValid(base) && b->basic == BasicKind::UnsafePointer) error(pos, DiagKind::InvalidPtrEmbed, "embedded field type cannot be unsafe.Pointer");
      } else if (llvm::isa<PointerType>(u)) {
        error(pos, DiagKind::InvalidPtrEmbed, "embedded field type cannot be a pointer");
      } else if (llvm::isa<Interface>(u)) {
        if (isTypeParam(base)) error(pos, DiagKind::MisplacedTypeParam, "embedded field type cannot be a (pointer to a) type parameter");
        else if (isPtr) error(pos, DiagKind::InvalidPtrEmbed, "embedded field type cannot be a pointer to an interface");
      }
    });
  }
  styp->fields = std::move(fields);
  if (anyTag) styp->tags = std::move(tags);
}

} // namespace stoat
