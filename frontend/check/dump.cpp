// Text form of the facts on the syntax tree. Types print with full package paths.
#include "check/dump.h"
#include "llvm/ADT/STLExtras.h"

namespace stoat {

namespace {

const char* kindText(NodeKind kind) {
  switch (kind) {
#define KIND(NAME) \
  case NodeKind::NAME: return #NAME;
    KIND(BadExpr) KIND(Name) KIND(BasicLit) KIND(CompositeLit) KIND(FuncLit) KIND(ParenExpr) KIND(SelectorExpr) KIND(IndexExpr) KIND(SliceExpr)
    KIND(AssertExpr) KIND(TypeSwitchGuard) KIND(Operation) KIND(CallExpr) KIND(ArrayType) KIND(SliceType) KIND(DotsType) KIND(StructType)
    KIND(InterfaceType) KIND(FuncType) KIND(MapType) KIND(ChanType)
#undef KIND
  default: return "?";
  }
}

const char* modeText(ExprMode mode) {
  switch (mode) {
  case ExprMode::NoValue: return "void";
  case ExprMode::Builtin: return "builtin";
  case ExprMode::TypeExpr: return "type";
  case ExprMode::Constant: return "const";
  case ExprMode::Variable: return "variable";
  case ExprMode::MapIndex: return "mapindex";
  case ExprMode::NilValue: return "nil";
  case ExprMode::CommaOk: return "commaok";
  case ExprMode::CommaErr: return "commaerr";
  default: return "value";
  }
}

const char* kindText(ObjectKind kind) {
  switch (kind) {
  case ObjectKind::PkgName: return "package";
  case ObjectKind::Const: return "const";
  case ObjectKind::TypeName: return "type";
  case ObjectKind::Var: return "var";
  case ObjectKind::Func: return "func";
  case ObjectKind::Label: return "label";
  case ObjectKind::Builtin: return "builtin";
  case ObjectKind::Nil: return "nil";
  }
  return "?";
}

std::string positionText(Pos pos) { return std::to_string(pos.line) + ":" + std::to_string(pos.col); }

std::string objectText(const Object* o) {
  std::string out = kindText(o->kind());
  out += ' ';
  if (o->pkg) out += o->pkg->path + ".";
  out += o->name;
  if (o->pos.isKnown()) out += "@" + positionText(o->pos);
  return out;
}

void dumpExpr(const Expr* e, std::string& out) {
  out += positionText(e->pos) + " " + kindText(e->kind);
  if (e->type && e->mode != ExprMode::Unchecked) {
    out += " " + typeString(e->type) + " " + modeText(e->mode);
    if (e->mode == ExprMode::Constant) {
      // Long strings by their length: the sums of a long concatenation would be quadratic text.
      size_t length = e->constant.stringLength();
      out += " " + (length > 1000 ? "string of " + std::to_string(length) + " bytes" : e->constant.exactString());
    }
  }
  if (const Name* name = llvm::dyn_cast<Name>(e)) {
    if (name->object) out += (name->isDef ? " def " : " use ") + objectText(name->object);
    if (name->instance) {
      out += " inst [";
      for (size_t i = 0; i < name->instance->typeArgs.size(); i++) out += (i ? ", " : "") + typeString(name->instance->typeArgs[i]);
      out += "] " + typeString(name->instance->type);
    }
  }
  if (const SelectorExpr* selector = llvm::dyn_cast<SelectorExpr>(e); selector && selector->selection) {
    const Selection& s = *selector->selection;
    out += s.kind == SelectionKind::FieldVal ? " field" : s.kind == SelectionKind::MethodVal ? " method" : " methodexpr";
    for (int i : s.index) out += " " + std::to_string(i);
    if (s.indirect) out += " indirect";
  }
  out += '\n';
}

} // namespace

void dumpTypes(const CheckedPackage& package, std::string& out) {
  auto implicit = [&](const Node* n, const Object* o) {
    if (o) out += positionText(n->pos) + " implicit " + objectText(o) + (o->type ? " " + typeString(o->type) : "") + "\n";
  };
  for (SourceFile* file : package.files)
    for (Decl* d : file->decls)
      inspect(d, [&](Node* n) {
        if (Expr* e = llvm::dyn_cast<Expr>(n)) {
          if (!llvm::isa<KeyValueExpr>(e) && !llvm::isa<ListExpr>(e)) dumpExpr(e, out);
        } else if (CaseClause* clause = llvm::dyn_cast<CaseClause>(n)) {
          implicit(n, clause->implicitObject);
        } else if (Field* field = llvm::dyn_cast<Field>(n)) {
          implicit(n, field->implicitObject);
        } else if (ImportDecl* import = llvm::dyn_cast<ImportDecl>(n)) {
          implicit(n, import->implicitObject);
        }
        return true;
      });
}

} // namespace stoat
