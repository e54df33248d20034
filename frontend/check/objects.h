// Declared entities (go/types Object), scopes, packages, and what the checker records for later phases.
#pragma once
#include "check/types.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace stoat {

enum class ObjectKind : uint8_t { PkgName, Const, TypeName, Var, Func, Label, Builtin, Nil };
enum class ObjectColor : uint8_t { White, Black, Grey };
struct DeclInfo;

class Object {
public:
  ObjectKind kind() const { return kind_; }
  llvm::StringRef name;
  Type* type = nullptr;
  Package* pkg = nullptr; // null for universe objects
  Scope* parent = nullptr;
  Pos pos;
  Pos scopePos;
  uint32_t order = 0; // > 0 for package-level objects: source order
  uint32_t color = 0; // checker's cycle detection
  bool isExported() const;
  /// Name qualified by package path if not exported: the identity of fields and methods.
  std::string id() const;
  /// Order of methods in interfaces and itabs: exported names first, then by name, then by package path.
  static int compareIds(const Object* a, const Object* b);
  bool sameId(const Package* p, llvm::StringRef n, bool foldCase = false) const;
  bool isPackageLevel() const;

protected:
  explicit Object(ObjectKind k) : kind_(k) {}
  ObjectKind kind_;
};

#define STOAT_OBJECT(NAME) \
  NAME() : Object(ObjectKind::NAME) {} \
  static bool classof(const Object* o) { return o->kind() == ObjectKind::NAME; }

class PkgName : public Object { public: STOAT_OBJECT(PkgName) Package* imported = nullptr; bool used = false; ImportDecl* decl = nullptr; };
class Const : public Object { public: STOAT_OBJECT(Const) ConstValue value; };
class TypeName : public Object { public: STOAT_OBJECT(TypeName) bool isAlias() const; /* local types: declaration number in the package, for typeKey */ uint32_t localIndex = 0;
  /// For a type declared inside a generic function: that function (its type parameters are implicit parameters of the type).
  Func* enclosingFunc = nullptr; };
enum class VarKind : uint8_t { Package, Local, Recv, Param, Result, Field };
class Var : public Object {
public:
  STOAT_OBJECT(Var)
  VarKind varKind = VarKind::Local;
  bool embedded = false;  // field
  bool used = false;
  Var* origin = nullptr;  // of fields/params of instances: the generic one; else null
  bool isField() const { return varKind == VarKind::Field; }
  // for later phases (codegen/build): free use
  uint32_t localId = 0;
  llvm::StringRef linkSymbol; // package variables: set by //go:linkname
};
class Func : public Object {
public:
  STOAT_OBJECT(Func)
  bool hasPtrRecv = false; // valid before the signature is known
  Func* origin = nullptr;  // of methods of instances: the generic method; else null
  FuncDecl* decl = nullptr; // source of functions of the package being compiled
  llvm::StringRef linkSymbol; // set by //go:linkname (empty: default pkgpath.Name)
  uint32_t pragma = 0;
  uint32_t instantiatedFrom = 0;
  /// Where parameters go (codegen/opt/escape): for each, receiver first, a byte for the heap and one for each result: 0 no flow, n + 1: with at least n dereferences.
  /// Empty: unknown.
  std::string leaks;
  /// While it runs, no memory changes that was there before, and nothing else may come to change it (codegen/opt/borrow).
  bool quiet = false;
  Signature* signature() const { return llvm::cast<Signature>(type); }
};
class Label : public Object { public: STOAT_OBJECT(Label) bool used = false; };
enum class BuiltinId : uint8_t { Append, Cap, Clear, Close, Complex, Copy, Delete, Imag, Len, Make, Max, Min, New, Panic, Print, Println, Real, Recover,
  UnsafeAdd, UnsafeAlignof, UnsafeOffsetof, UnsafeSizeof, UnsafeSlice, UnsafeSliceData, UnsafeString, UnsafeStringData, Assert, Trace };
class Builtin : public Object { public: STOAT_OBJECT(Builtin) BuiltinId id = BuiltinId::Append; };
class Nil : public Object { public: STOAT_OBJECT(Nil) };
#undef STOAT_OBJECT

class Scope {
public:
  explicit Scope(Scope* parent, Pos start = {}, Pos end = {}, const char* comment = "");
  Scope* parent;
  Pos start, end;
  bool isFunc = false;
  const char* comment;
  Object* lookup(llvm::StringRef name) const;
  Object* lookupParent(llvm::StringRef name, Pos pos, Scope** where = nullptr) const;
  Object* insert(Object* o); // returns an earlier object of that name, if any, and then does not insert
  std::vector<llvm::StringRef> sortedNames() const;
  size_t size() const { return list_.size(); }
  llvm::ArrayRef<Object*> objects() const { return list_; }
  std::vector<Scope*> children;

private:
  llvm::SmallVector<Object*, 4> list_;                // in order of insertion
  llvm::DenseMap<llvm::StringRef, Object*>* map_ = nullptr; // once there are more than a few
};

class Package {
public:
  std::string path;
  std::string name;
  Scope* scope = nullptr;
  std::vector<Package*> imports; // direct, sorted by path
  bool complete = false;
  bool fake = false;
  bool isMain() const { return name == "main"; }
  std::string goVersion;
};

/// A selector expression x.f that is not a qualified identifier.
enum class SelectionKind : uint8_t { FieldVal, MethodVal, MethodExpr };
struct Selection {
  SelectionKind kind;
  Type* recv;             // type of x in x.f
  Object* obj;            // field or method (of an instance: the substituted Func, see origin)
  std::vector<int> index; // path through embedded fields; last: field index, or method index (interface: in sorted methods; else in Named methods)
  bool indirect;          // a pointer was dereferenced on the path
  Type* type;             // of x.f
};
struct Instance { std::vector<Type*> typeArgs; Type* type; };

/// One package-level initialisation: lhs = rhs, in dependency order.
struct Initializer { std::vector<Var*> lhs; Expr* rhs; Pos pos; };

struct FuncInfo { Func* func; FuncDecl* decl; }; // in source order, methods and blank functions included

/// Everything about a checked package that later phases read; expression facts are on the AST (Expr::type ...).
struct CheckedPackage {
  Package* pkg = nullptr;
  std::vector<SourceFile*> files;
  std::vector<Initializer> initOrder;
  std::vector<FuncInfo> funcs;          // every FuncDecl, `init` functions and `_` included
  std::vector<TypeName*> localTypes;    // types declared in functions
  std::vector<std::pair<Var*, EmbedPattern>> embeds; // filled by the driver's embed step
};

/// Universe and unsafe.
Scope* universeScope();
Package* unsafePackage();

/// Field or method lookup (go/types LookupFieldOrMethod): obj null when not found.
struct LookupResult { Object* obj = nullptr; std::vector<int> index; bool indirect = false; };
LookupResult lookupFieldOrMethod(Type* t, bool addressable, Package* pkg, llvm::StringRef name, bool foldCase = false);
/// The method set of t in itab order (sorted by id), with the path for promoted methods; for codegen's method tables.
struct MethodSetEntry { Func* func; std::vector<int> index; bool indirect; };
std::vector<MethodSetEntry> methodSet(Type* t);
/// The method that makes V not implement T (null: implements). `wrongType`: found but of another type or pointer receiver.
Func* missingMethod(Type* v, Type* t, bool isStatic, bool* wrongType = nullptr);
bool implementsInterface(Type* v, Type* iface);
bool assignableTo(Type* v, Type* t);

} // namespace stoat
