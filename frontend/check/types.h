// Types, as the checker makes them and every later phase uses them: a C++ rendition of go/types' type representations
// (cmd/compile/internal/types2 is the reference for what a method means).
//
// Types are arena-allocated and never freed. Identity is *not* pointer equality: use identical(). Later phases that need a
// canonical pointer intern by typeKey() (link-name string with full package paths; equal strings iff identical types).
// Named types may be resolved lazily: always go through the accessors underlying(), methods.
#pragma once
#include "base/const_value.h"
#include "base/source.h"
#include "syntax/ast.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Casting.h"
#include <functional>
#include <string>
#include <vector>

namespace stoat {

class Checker;
class Context;
class Package;
class Object;
class TypeName;
class Func;
class Var;
class Signature;
class Interface;
class TypeParam;
class Named;
class TypeSet;

enum class TypeKind : uint8_t { Basic, Array, Slice, Struct, Pointer, Tuple, Signature, Union, Interface, Map, Chan, Named, TypeParam, Alias };

class Type {
public:
  TypeKind kind() const { return kind_; }
  /// Underlying type; never Named or Alias. For a TypeParam its constraint interface.
  Type* underlying();
  const Type* underlying() const { return const_cast<Type*>(this)->underlying(); }

protected:
  explicit Type(TypeKind k) : kind_(k) {}

private:
  TypeKind kind_;
};

#define STOAT_TYPE(NAME)                                                                                               \
  static bool classof(const Type* t) { return t->kind() == TypeKind::NAME; }

enum class BasicKind : uint8_t {
  Invalid,
  Bool, Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64, Uintptr, Float32, Float64, Complex64, Complex128, String, UnsafePointer,
  UntypedBool, UntypedInt, UntypedRune, UntypedFloat, UntypedComplex, UntypedString, UntypedNil,
};
enum BasicInfo : uint16_t {
  IsBoolean = 1, IsInteger = 2, IsUnsigned = 4, IsFloat = 8, IsComplex = 16, IsString = 32, IsUntyped = 64,
  IsOrdered = IsInteger | IsFloat | IsString, IsNumeric = IsInteger | IsFloat | IsComplex, IsConstType = IsBoolean | IsNumeric | IsString,
};
/// Predeclared types; one object each (byte and rune are Alias-like Basics with their own name but kind Uint8/Int32).
class BasicType : public Type {
public:
  BasicType(BasicKind k, unsigned info, llvm::StringRef name) : Type(TypeKind::Basic), basic(k), info(info), name(name) {}
  BasicKind basic;
  unsigned info;
  llvm::StringRef name;
  STOAT_TYPE(Basic)
};

class ArrayTypeT : public Type {
public:
  ArrayTypeT(Type* elem, int64_t len) : Type(TypeKind::Array), elem(elem), len(len) {}
  Type* elem;
  int64_t len; // < 0: unknown (invalid)
  STOAT_TYPE(Array)
};
class SliceTypeT : public Type {
public:
  explicit SliceTypeT(Type* elem) : Type(TypeKind::Slice), elem(elem) {}
  Type* elem;
  STOAT_TYPE(Slice)
};
class PointerType : public Type {
public:
  explicit PointerType(Type* elem) : Type(TypeKind::Pointer), elem(elem) {}
  Type* elem;
  STOAT_TYPE(Pointer)
};
class StructTypeT : public Type {
public:
  StructTypeT() : Type(TypeKind::Struct) {}
  std::vector<Var*> fields;
  std::vector<llvm::StringRef> tags; // empty, or one per field (unquoted text)
  llvm::StringRef tag(size_t i) const { return i < tags.size() ? tags[i] : llvm::StringRef(); }
  /// align 0: not known yet. depth: of nested structs and arrays; leaves: fields that are neither, arrays counting once (at most UINT32_MAX).
  struct Layout { int64_t size = 0, align = 0; uint32_t depth = 0, leaves = 0; };
  mutable Layout layout[2];                       // sizes.cpp: for 8-byte and 4-byte words
  STOAT_TYPE(Struct)
};
class TupleType : public Type { // parameter and result lists, multi-value expressions; types2 uses nil for empty: here an empty tuple
public:
  TupleType() : Type(TypeKind::Tuple) {}
  std::vector<Var*> vars;
  STOAT_TYPE(Tuple)
};
class Signature : public Type {
public:
  Signature() : Type(TypeKind::Signature) {}
  Var* recv = nullptr;                 // null for functions; interface methods have one too (its type the interface or its Named)
  std::vector<TypeParam*> recvTypeParams; // of methods of generic types
  std::vector<TypeParam*> typeParams;
  TupleType* params = nullptr;         // never null after checking
  TupleType* results = nullptr;        // never null after checking
  bool variadic = false;               // last parameter has type []T (or string for the builtin append([]byte, string...))
  Scope* scope = nullptr;
  STOAT_TYPE(Signature)
};
struct UnionTerm { bool tilde; Type* type; };
class UnionType : public Type {
public:
  UnionType() : Type(TypeKind::Union) {}
  std::vector<UnionTerm> terms;
  STOAT_TYPE(Union)
};
class Interface : public Type {
public:
  Interface() : Type(TypeKind::Interface) {}
  Checker* check = nullptr;                 // for error reporting while incomplete
  std::vector<Func*> explicitMethods;
  std::vector<Type*> embeddeds;
  std::vector<Pos> embedPos;
  bool implicit = false; // wraps a non-interface constraint literal (~T, A|B)
  bool complete = false;
  TypeSet* tset = nullptr;
  /// All methods (explicit and embedded), sorted by id as gc sorts them in itabs: exported names by name, others by (name, package path).
  const std::vector<Func*>& methods();
  bool isEmpty();          // no methods and all types: any
  bool isMethodSet();      // usable as an ordinary (non-constraint) interface
  bool isComparable();
  STOAT_TYPE(Interface)
};
class MapTypeT : public Type {
public:
  MapTypeT(Type* key, Type* elem) : Type(TypeKind::Map), key(key), elem(elem) {}
  Type* key;
  Type* elem;
  STOAT_TYPE(Map)
};
class ChanTypeT : public Type {
public:
  ChanTypeT(ChanDirection dir, Type* elem) : Type(TypeKind::Chan), dir(dir), elem(elem) {}
  ChanDirection dir;
  Type* elem;
  STOAT_TYPE(Chan)
};

/// A defined type, possibly generic (typeParams) or an instance (origin + typeArgs). Instances of equal arguments are
/// unified through Context where possible, yet identical() must still be used.
class Named : public Type {
public:
  Named() : Type(TypeKind::Named) {}
  TypeName* obj = nullptr;
  Named* origin = nullptr;            // this, unless an instance
  std::vector<TypeParam*> typeParams; // of a generic origin; empty for instances
  std::vector<Type*> typeArgs;        // of an instance
  size_t implicitArgs = 0;            // how many of them are those of the generic function that declares the type (instances made by MIR)
  Checker* check = nullptr;
  Type* fromRHS = nullptr;            // the declared type expression's type (origin), before underlying is known
  /// Explicitly declared methods, in source order. Of an instance: substituted lazily (expandMethod).
  size_t methodCount();
  Func* method(size_t i);             // for instances the substituted method, whose Func::origin is the generic one
  void addMethod(Func* m);
  Type* under();                      // resolves and expands on demand
  void setUnderlying(Type* t) { underlying_ = t; }
  Type* underlyingIfKnown() const { return underlying_; }
  bool isInstance() const { return !typeArgs.empty(); }
  /// Lazy loader of imported types: called once on first access.
  std::function<void(Named*)> resolver;
  std::vector<Func*> methods_;        // origin: declared; instance: cache by index
  Context* context = nullptr;         // instances: for expansion
  Pos instancePos;                    // instances: where first instantiated, for messages
  /// Loads (imported types) and expands (instances), so that typeParams, fromRHS and the method list are set.
  Named* unpack() { if (!unpacked_) unpackSlow(); return this; }
  void unpackSlow();
  bool unpacked_ = false;
  bool finite_ = false, infinite_ = false; // known to have finite size, or not (cycles.cpp)
  bool validated_ = false;            // does not contain itself (cycles.cpp)
  uint32_t sizing_ = 0;               // cycles.cpp
  Type* underlying_ = nullptr;
  bool expanding_ = false;
  STOAT_TYPE(Named)
};
class TypeParam : public Type {
public:
  TypeParam(TypeName* obj, Type* bound) : Type(TypeKind::TypeParam), obj(obj), bound(bound) {}
  TypeName* obj;
  int index = -1; // in its type parameter list
  Type* bound;    // constraint as written
  uint64_t id = 0;
  Checker* check = nullptr;
  Interface* iface(); // the constraint as an interface
  STOAT_TYPE(TypeParam)
};
class AliasType : public Type {
public:
  AliasType() : Type(TypeKind::Alias) {}
  TypeName* obj = nullptr;
  AliasType* origin = nullptr;
  std::vector<TypeParam*> typeParams;
  std::vector<Type*> typeArgs;
  Type* fromRHS = nullptr;
  Type* actual = nullptr; // fully unaliased type
  STOAT_TYPE(Alias)
};

#undef STOAT_TYPE

// ---- operations that every phase uses (types.cpp, predicates.cpp, typestring.cpp, subst.cpp, sizes.cpp)

Type* unalias(Type* t);
inline const Type* unalias(const Type* t) { return unalias(const_cast<Type*>(t)); }
bool identical(Type* a, Type* b);
bool identicalIgnoreTags(Type* a, Type* b);
bool isComparableType(Type* t, bool dynamic = true); // dynamic: interfaces count as comparable
bool isInterfaceType(Type* t);      // underlying is an interface, type parameters excluded
bool isTypeParam(Type* t);
bool isGeneric(Type* t);            // a generic, uninstantiated type
bool hasTypeParam(Type* t);         // mentions a type parameter anywhere
/// Bounds on types, far beyond those of real programs: aliases and type arguments let a short source describe exponentially large ones.
constexpr size_t maxTypeNodes = 100'000; // in the text of a type, with aliases written out
constexpr uint32_t maxTypeDepth = 1000, maxTypeLeaves = 1 << 20; // StructTypeT::Layout
bool isTooComplex(llvm::ArrayRef<Type*> types); // over maxTypeNodes together
bool hasNil(Type* t);
bool isUntyped(Type* t);
bool isNamedType(Type* t);          // has a name: Basic, Named, TypeParam
Type* defaultType(Type* t);         // of an untyped type
/// Core type (single underlying type of the type set), or null; for non-parameters underlying().
Type* coreType(Type* t);
/// Casts of the underlying type: as<SliceTypeT>(t) is dyn_cast<SliceTypeT>(t->underlying()).
template <typename T> T* under(Type* t) { return llvm::dyn_cast_or_null<T>(t ? t->underlying() : nullptr); }

/// Qualifier for type strings: what to print before "." for a package; null = full path; empty result = nothing.
using Qualifier = std::function<std::string(const Package*)>;
std::string typeString(const Type* t, const Qualifier& qualifier = {});
/// Canonical key: equal iff identical. Full package paths, struct tags, private names qualified; local (function-scope) types get a
/// "·N" suffix unique in their package. Used for symbol names (type:KEY) and for interning.
std::string typeKey(Type* t);

/// Substitutes targs for tparams throughout t (new types where something changed). Instances created go through `context`.
Type* substitute(Type* t, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, Context* context);
/// Instantiates a generic Named, AliasType or Signature without verifying constraints.
Type* instantiate(Context* context, Type* generic, llvm::ArrayRef<Type*> targs);

/// Deduplicates instances by typeKey.
class Context {
public:
  Type* lookup(const std::string& key) const;
  Type* update(const std::string& key, Type* t); // returns the earlier one if present
  /// The instance of generic type `origin` with type arguments identical to targs, or null.
  Type* lookupInstance(Type* origin, llvm::ArrayRef<Type*> targs) const;
  Type* updateInstance(Type* origin, llvm::ArrayRef<Type*> targs, Type* t);

private:
  struct Impl;
  Impl* impl();
  Impl* impl_ = nullptr;
};
/// The context of this process: every instance that the checker makes is in it. Used where a null Context is passed.
Context* defaultContext();
/// A hash that identical types share (cheap, shallow).
unsigned identityHash(const Type* t, unsigned depth = 3);

// ---- sizes (gc's rules; for amd64/arm64: word 8, max align 8; 386: word 4, max align 4, except sync/atomic align64 types)

/// Elements of channels are smaller: they have a plain pointer bitmap on every target (design, section 4.1).
constexpr int64_t maxChannelElement = 1 << 16;

struct TargetSizes {
  unsigned wordSize = 8;
  unsigned maxAlign = 8;
  static TargetSizes forArch(llvm::StringRef goarch);
  int64_t alignOf(Type* t) const;
  int64_t sizeOf(Type* t) const; // -1: overflow (type too large)
  std::vector<int64_t> fieldOffsets(StructTypeT* s) const;
  /// How deep structs and arrays are nested in a value, and how many leaves it has (StructTypeT::Layout).
  struct Extent { uint32_t depth, leaves; };
  Extent extentOf(Type* t) const;

private:
  StructTypeT::Layout structLayout(StructTypeT* s) const;
};

/// The universe's types.
BasicType* basicType(BasicKind k);
BasicType* universeByte();
BasicType* universeRune();
Type* universeError();      // the Named type error
Type* universeComparable();
Type* universeAny();        // the Alias any (unalias: the empty interface)
Interface* emptyInterface();
/// All types and objects are made here.
Arena& typeArena();

} // namespace stoat
