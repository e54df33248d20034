// Monomorphisation of one function: a copy with type arguments in place of type parameters.
#pragma once
#include "mir/mir.h"
#include "llvm/ADT/StringSet.h"

namespace stoat::mir {

/// Deep copy of `generic` (and its closures) with typeArgs substituted for generic.typeParams; TypeParamMethod calls become static, or interface,
/// calls on the concrete type. Types declared inside the generic function become instances of their own (keyed by typeArgs).
/// The symbol becomes instanceSymbol(...), isComdat is set.
Function* instantiateFunction(const Function& generic, llvm::ArrayRef<Type*> typeArgs, Context& context);

/// Link symbols (runtime/abi/README.md).
std::string functionSymbol(const Func* func);                                     // of a declared, non-generic function or the generic base name
std::string instanceSymbol(const Func* func, llvm::ArrayRef<Type*> typeArgs);     // pkg.F[int], pkg.(*List[int]).Push
std::string globalSymbol(const Var* var);
std::string packagePrefix(const Package* pkg); // "main" for main packages, else the path
std::string typeSymbol(Type* t);               // type:KEY

/// What a symabis file says of a package's assembly.
struct AssemblySymbols {
  llvm::StringSet<> defined, referenced;
};
AssemblySymbols parseSymabis(llvm::StringRef symabis);

/// Sets PragmaNative on the package's bodyless functions that C++ implements: stoat_ symbols, and `assembly` (functions that the library has in assembly).
/// To be called before export data is written, so that importers use the C calling convention too. Idempotent; lowerModule calls it.
void markNatives(const Module& module, const llvm::StringSet<>& assembly);
bool isNative(const Func* func);

} // namespace stoat::mir
