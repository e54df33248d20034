// Writes types as text: for messages (typeString) and as canonical keys (typeKey).
#pragma once
#include "check/checker.h"

namespace stoat {

class TypeWriter {
public:
  TypeWriter(std::string& out, const Qualifier& qualifier) : out_(out), qualifier_(qualifier) {}
  bool paramNames = true;
  bool pkgInfo = false;  // annotate the first unexported field with its package
  bool key = false;      // canonical form: equal strings iff identical types

  void type(const Type* t);
  void signature(const Signature* s);
  void typeList(llvm::ArrayRef<Type*> list);
  void tparamList(llvm::ArrayRef<TypeParam*> list);
  void tuple(const TupleType* t, bool variadic);
  void packagePrefix(const Package* p);

private:
  void typeName(const TypeName* o);
  void structType(const StructTypeT* s);
  void interfaceType(const Interface* i);
  void interfaceKey(const Interface* i);
  void chanType(const ChanTypeT* c);
  void typeParam(const TypeParam* p);
  void quoted(llvm::StringRef s);

  std::string& out_;
  const Qualifier& qualifier_;
  llvm::SmallVector<const Type*, 8> seen_;
  llvm::SmallVector<llvm::ArrayRef<TypeParam*>, 1> localParams_; // of enclosing generic signatures (keys)
};

} // namespace stoat
