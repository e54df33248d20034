// An operand: what the checker knows about an expression while it is being checked (types2 operand.go).
//
// The mode ExprMode::Unchecked means *invalid* here: an error was reported and consumers keep silent. The value is set
// iff the mode is Constant, the builtin id iff the mode is Builtin.
#pragma once
#include "base/diag.h"
#include "check/objects.h"

namespace stoat {

using OperandMode = ExprMode;

class Operand {
public:
  OperandMode mode = ExprMode::Unchecked;
  BuiltinId id = BuiltinId::Append;
  Expr* expr = nullptr;
  Type* type = nullptr;
  ConstValue val;

  Pos pos() const { return expr ? expr->pos : Pos(); }
  bool isValid() const { return mode != ExprMode::Unchecked; }
  void invalidate() { mode = ExprMode::Unchecked; }
  bool isNil() const { return mode == ExprMode::NilValue; }
  /// Sets x to the untyped constant of a literal; invalid when the text cannot be represented.
  void setConst(ConstValue::LitKind kind, llvm::StringRef text);
  /// Whether x can be assigned to a variable of type t (types2 operand.assignableTo); on false `kind` is the class of
  /// the error and `cause`, if given, may say why.
  bool assignableTo(Checker* check, Type* t, std::string* cause, DiagKind& kind);
  bool convertibleTo(Checker* check, Type* t, std::string* cause);
};

/// gc's description of an operand: "x (variable of type T)", "1 (untyped int constant)", "nil" ...
std::string operandString(const Operand& x, const Qualifier& qualifier);
/// "struct", "pointer", "func" ...: the kind of a composite underlying type; empty for basic types.
const char* compositeKind(Type* t);

} // namespace stoat
