// Operands: how they print in messages, and literals as operands. After cmd/compile/internal/types2/operand.go; assignability
// is in assignable.cpp.
#include "check/checker.h"

namespace stoat {

namespace {

const char* modeText(OperandMode mode) {
  switch (mode) {
  case OperandMode::Unchecked: return "invalid operand";
  case OperandMode::NoValue: return "no value";
  case OperandMode::Builtin: return "built-in";
  case OperandMode::TypeExpr: return "type";
  case OperandMode::Constant: return "constant";
  case OperandMode::Variable: return "variable";
  case OperandMode::MapIndex: return "map index expression";
  case OperandMode::Value: return "value";
  case OperandMode::NilValue: return "nil";
  case OperandMode::CommaOk: return "comma, ok expression";
  case OperandMode::CommaErr: return "comma, error expression";
  case OperandMode::CgoFunc: return "cgo function";
  }
  return "";
}

/// " of type T" with what helps to understand T: its kind if it has a name, the constraint of a type parameter.
std::string typeDescription(Type* type, const Qualifier& qualifier) {
  if (!isValid(type)) return " with invalid type";
  std::string description;
  if (isGeneric(type)) description = "generic ";
  TypeParam* parameter = llvm::dyn_cast<TypeParam>(unalias(type));
  if (!parameter && (llvm::isa<AliasType>(type) || llvm::isa<Named>(type))) {
    llvm::StringRef what = compositeKind(type);
    if (what.empty())
      if (BasicType* basic = under<BasicType>(type)) what = basic->name;
    description += what.str() + " ";
  }
  std::string out = " of " + description + "type " + typeString(type, qualifier);
  if (parameter) {
    out += " constrained by " + typeString(parameter->bound, qualifier);
    if (hasEmptyTypeset(parameter)) out += " with empty type set";
  }
  return out;
}

} // namespace

const char* compositeKind(Type* type) {
  switch (type->underlying()->kind()) {
  case TypeKind::Array: return "array";
  case TypeKind::Slice: return "slice";
  case TypeKind::Struct: return "struct";
  case TypeKind::Pointer: return "pointer";
  case TypeKind::Signature: return "func";
  case TypeKind::Interface: return "interface";
  case TypeKind::Map: return "map";
  case TypeKind::Chan: return "chan";
  case TypeKind::Tuple: return "tuple";
  case TypeKind::Union: return "union";
  case TypeKind::Basic:
  case TypeKind::Named:
  case TypeKind::TypeParam:
  case TypeKind::Alias: return "";
  }
  return "";
}

std::string operandString(const Operand& x, const Qualifier& qualifier) {
  if (x.mode == OperandMode::NilValue) {
    if (!x.type || x.type == invalidType()) return "nil (with invalid type)";
    if (x.type == basicType(BasicKind::UntypedNil)) return "nil";
    return "nil (of type " + typeString(x.type, qualifier) + ")";
  }

  std::string expr;
  if (x.expr)
    expr = exprString(x.expr);
  else if (x.mode == OperandMode::Builtin)
    expr = builtinName(x.id);
  else if (x.mode == OperandMode::TypeExpr)
    expr = typeString(x.type, qualifier);
  else if (x.mode == OperandMode::Constant)
    expr = x.val.string();

  std::string out;
  if (!expr.empty()) out += expr + " (";

  bool isValue = x.mode >= OperandMode::Constant;
  bool untyped = isValue && x.type && isUntyped(x.type);
  if (untyped) {
    out += llvm::cast<BasicType>(x.type)->name;
    out += ' ';
  }
  out += modeText(x.mode);
  if (x.mode == OperandMode::Constant) {
    std::string value = x.val.string();
    if (value != expr) out += " " + value;
  }
  if (isValue && x.type && !untyped) out += typeDescription(x.type, qualifier);
  if (!expr.empty()) out += ")";
  return out;
}

void Operand::setConst(ConstValue::LitKind kind, llvm::StringRef text) {
  BasicKind basic = BasicKind::Invalid;
  switch (kind) {
  case ConstValue::LitKind::Int: basic = BasicKind::UntypedInt; break;
  case ConstValue::LitKind::Float: basic = BasicKind::UntypedFloat; break;
  case ConstValue::LitKind::Imag: basic = BasicKind::UntypedComplex; break;
  case ConstValue::LitKind::Rune: basic = BasicKind::UntypedRune; break;
  case ConstValue::LitKind::String: basic = BasicKind::UntypedString; break;
  }
  ConstValue value = ConstValue::fromLiteral(text, kind);
  if (value.kind() == ConstValue::Unknown) {
    invalidate();
    type = invalidType();
    return;
  }
  mode = OperandMode::Constant;
  type = basicType(basic);
  val = value;
}

} // namespace stoat
