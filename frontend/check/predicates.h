// Questions about types that only the checker asks (types2 predicates.go, under.go, lookup.go). The general ones are in types.h.
#pragma once
#include "base/text.h"
#include "check/objects.h"
#include "check/type_set.h"

namespace stoat {

inline Type* invalidType() { return basicType(BasicKind::Invalid); }
bool isValid(Type* t); // not the invalid type
/// A name that the lexer takes without an error: others are known to be wrong, so that nothing is said about what they mean.
bool isValidName(llvm::StringRef s);

// Type parameters: false (is*), all types of the type set (all*).
bool isBasic(Type* t, unsigned info);
bool allBasic(Type* t, unsigned info);
inline bool isBoolean(Type* t) { return isBasic(t, IsBoolean); }
inline bool isInteger(Type* t) { return isBasic(t, IsInteger); }
inline bool isUnsigned(Type* t) { return isBasic(t, IsUnsigned); }
inline bool isFloat(Type* t) { return isBasic(t, IsFloat); }
inline bool isComplex(Type* t) { return isBasic(t, IsComplex); }
inline bool isNumeric(Type* t) { return isBasic(t, IsNumeric); }
inline bool isString(Type* t) { return isBasic(t, IsString); }
inline bool isIntegerOrFloat(Type* t) { return isBasic(t, IsInteger | IsFloat); }
inline bool isConstType(Type* t) { return isBasic(t, IsConstType); }
inline bool allBoolean(Type* t) { return allBasic(t, IsBoolean); }
inline bool allInteger(Type* t) { return allBasic(t, IsInteger); }
inline bool allUnsigned(Type* t) { return allBasic(t, IsUnsigned); }
inline bool allNumeric(Type* t) { return allBasic(t, IsNumeric); }
inline bool allString(Type* t) { return allBasic(t, IsString); }
inline bool allOrdered(Type* t) { return allBasic(t, IsOrdered); }
inline bool allNumericOrString(Type* t) { return allBasic(t, IsNumeric | IsString); }

bool hasName(Type* t);   // Basic, Named, TypeParam
bool isTypeLit(Type* t); // not Named nor TypeParam
inline bool isTyped(Type* t) { return !isUntyped(t); }
bool isUntypedNumeric(Type* t);
bool isNonTypeParamInterface(Type* t);
bool isInterfacePtr(Type* t);
bool hasEmptyTypeset(Type* t);
Type* maxType(Type* x, Type* y); // the larger of two untyped numeric kinds (x if identical), or null

/// Why values of type t cannot be compared (empty string with true result: they can).
bool comparableType(Type* t, bool dynamic, std::string* cause = nullptr, Checker* check = nullptr);

/// The single underlying type of t's type set, or null with a cause. `cond`, if given, vets each (t, u) first: a false
/// result (with *cause set) ends the search. Channels of one element type and different directions combine (types2 commonUnder).
Type* commonUnder(Type* t, llvm::function_ref<bool(Type* t, Type* u, std::string* cause)> cond, std::string* cause = nullptr, Checker* check = nullptr);

Type* derefType(Type* t, bool* wasPointer = nullptr); // *T -> T (not for Named pointers)
Type* derefStructPtr(Type* t);
int fieldIndex(llvm::ArrayRef<Var*> fields, const Package* pkg, llvm::StringRef name, bool foldCase);
std::pair<int, Func*> methodIndex(llvm::ArrayRef<Func*> methods, const Package* pkg, llvm::StringRef name, bool foldCase);
bool equalFold(llvm::StringRef a, llvm::StringRef b);
bool samePackage(const Package* a, const Package* b);
/// Type parameters of a generic Named, AliasType or Signature.
llvm::ArrayRef<TypeParam*> typeParamsOf(Type* t);
bool isParameterized(llvm::ArrayRef<TypeParam*> tparams, Type* t); // mentions one of tparams
std::string typeParamsString(llvm::ArrayRef<TypeParam*> list);     // "A", "A and B", "A, B, and C"
BuiltinId builtinByName(llvm::StringRef name, bool& found);
const char* builtinName(BuiltinId id);
std::string objectString(const Object* o, const Qualifier& qualifier);

} // namespace stoat
