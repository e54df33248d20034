// The universe scope and package unsafe, made once on first use (types2 universe.go).
#include "check/checker.h"

namespace stoat {

namespace {

struct BasicEntry { BasicKind kind; unsigned info; const char* name; };
constexpr BasicEntry basics[] = {
    {BasicKind::Invalid, 0, "invalid type"},
    {BasicKind::Bool, IsBoolean, "bool"},
    {BasicKind::Int, IsInteger, "int"},
    {BasicKind::Int8, IsInteger, "int8"},
    {BasicKind::Int16, IsInteger, "int16"},
    {BasicKind::Int32, IsInteger, "int32"},
    {BasicKind::Int64, IsInteger, "int64"},
    {BasicKind::Uint, IsInteger | IsUnsigned, "uint"},
    {BasicKind::Uint8, IsInteger | IsUnsigned, "uint8"},
    {BasicKind::Uint16, IsInteger | IsUnsigned, "uint16"},
    {BasicKind::Uint32, IsInteger | IsUnsigned, "uint32"},
    {BasicKind::Uint64, IsInteger | IsUnsigned, "uint64"},
    {BasicKind::Uintptr, IsInteger | IsUnsigned, "uintptr"},
    {BasicKind::Float32, IsFloat, "float32"},
    {BasicKind::Float64, IsFloat, "float64"},
    {BasicKind::Complex64, IsComplex, "complex64"},
    {BasicKind::Complex128, IsComplex, "complex128"},
    {BasicKind::String, IsString, "string"},
    {BasicKind::UnsafePointer, 0, "Pointer"},
    {BasicKind::UntypedBool, IsBoolean | IsUntyped, "untyped bool"},
    {BasicKind::UntypedInt, IsInteger | IsUntyped, "untyped int"},
    {BasicKind::UntypedRune, IsInteger | IsUntyped, "untyped rune"},
    {BasicKind::UntypedFloat, IsFloat | IsUntyped, "untyped float"},
    {BasicKind::UntypedComplex, IsComplex | IsUntyped, "untyped complex"},
    {BasicKind::UntypedString, IsString | IsUntyped, "untyped string"},
    {BasicKind::UntypedNil, IsUntyped, "untyped nil"},
};
constexpr size_t basicCount = sizeof(basics) / sizeof(basics[0]);

constexpr const char* builtinNames[] = {"append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "print", "println", "real", "recover",
                                        "Add", "Alignof", "Offsetof", "Sizeof", "Slice", "SliceData", "String", "StringData", "assert", "trace"};

struct Universe {
  BasicType* types[basicCount];
  BasicType* byteType;
  BasicType* runeType;
  Interface* empty;
  AliasType* any;
  Named* error;
  Named* comparable;
  Scope* scope;
  Package* unsafePkg;

  Arena& arena = typeArena();

  TypeName* typeName(llvm::StringRef name, Type* t, Package* pkg = nullptr) {
    TypeName* o = arena.make<TypeName>();
    o->name = name;
    o->type = t;
    o->pkg = pkg;
    return o;
  }

  Universe() {
    scope = arena.make<Scope>(nullptr, Pos(), Pos(), "universe");
    for (size_t i = 0; i < basicCount; i++) types[i] = arena.make<BasicType>(basics[i].kind, basics[i].info, basics[i].name);
    byteType = arena.make<BasicType>(BasicKind::Uint8, IsInteger | IsUnsigned, "byte");
    runeType = arena.make<BasicType>(BasicKind::Int32, IsInteger, "rune");
    unsafePkg = arena.make<Package>();
    unsafePkg->path = unsafePkg->name = "unsafe";
    unsafePkg->complete = true;
    unsafePkg->scope = arena.make<Scope>(scope, Pos(), Pos(), "package unsafe");

    for (size_t i = 0; i < basicCount; i++) {
      if (basics[i].info & IsUntyped || i == 0) continue;
      if (basics[i].kind == BasicKind::UnsafePointer) unsafePkg->scope->insert(typeName("Pointer", types[i], unsafePkg));
      else scope->insert(typeName(basics[i].name, types[i]));
    }
    scope->insert(typeName("byte", byteType));
    scope->insert(typeName("rune", runeType));

    TypeSet* top = arena.make<TypeSet>();
    top->terms.push_back(Term::all());
    empty = arena.make<Interface>();
    empty->complete = true;
    empty->tset = top;

    any = arena.make<AliasType>();
    any->origin = any;
    any->obj = typeName("any", any);
    // Not `empty` itself: messages print this one as any, others as interface{}.
    Interface* anyInterface = arena.make<Interface>();
    anyInterface->complete = true;
    anyInterface->tset = top;
    any->fromRHS = any->actual = anyInterface;
    scope->insert(any->obj);

    error = named("error");
    Interface* errorIface = arena.make<Interface>();
    Signature* sig = arena.make<Signature>();
    sig->params = arena.make<TupleType>();
    sig->results = arena.make<TupleType>();
    sig->results->vars.push_back(var(VarKind::Result, types[static_cast<size_t>(BasicKind::String)]));
    sig->recv = var(VarKind::Recv, error);
    Func* method = arena.make<Func>();
    method->name = "Error";
    method->type = sig;
    errorIface->explicitMethods.push_back(method);
    errorIface->complete = true;
    errorIface->tset = arena.make<TypeSet>();
    errorIface->tset->terms.push_back(Term::all());
    errorIface->tset->methods.push_back(method);
    error->setUnderlying(errorIface);

    comparable = named("comparable");
    Interface* comparableIface = arena.make<Interface>();
    comparableIface->complete = true;
    comparableIface->tset = arena.make<TypeSet>();
    comparableIface->tset->terms.push_back(Term::all());
    comparableIface->tset->comparable = true;
    comparable->setUnderlying(comparableIface);

    constant("true", BasicKind::UntypedBool, ConstValue::makeBool(true));
    constant("false", BasicKind::UntypedBool, ConstValue::makeBool(false));
    constant("iota", BasicKind::UntypedInt, ConstValue::makeInt64(0));
    Nil* nil = arena.make<Nil>();
    nil->name = "nil";
    nil->type = types[static_cast<size_t>(BasicKind::UntypedNil)];
    scope->insert(nil);

    for (unsigned i = 0; i < static_cast<unsigned>(BuiltinId::Assert); i++) {
      Builtin* b = arena.make<Builtin>();
      b->id = static_cast<BuiltinId>(i);
      b->name = builtinNames[i];
      b->type = types[0];
      if (b->id >= BuiltinId::UnsafeAdd) {
        b->pkg = unsafePkg;
        unsafePkg->scope->insert(b);
      } else {
        scope->insert(b);
      }
    }
  }

  Named* named(const char* name) {
    Named* n = arena.make<Named>();
    n->origin = n;
    n->unpacked_ = true;
    n->finite_ = true;
    n->obj = typeName(name, n);
    scope->insert(n->obj);
    return n;
  }
  Var* var(VarKind kind, Type* t) {
    Var* v = arena.make<Var>();
    v->varKind = kind;
    v->type = t;
    return v;
  }
  void constant(const char* name, BasicKind kind, ConstValue value) {
    Const* c = arena.make<Const>();
    c->name = name;
    c->type = types[static_cast<size_t>(kind)];
    c->value = value;
    scope->insert(c);
  }
};

Universe& universe() {
  static Universe* u = new Universe;
  return *u;
}

} // namespace

BasicType* basicType(BasicKind k) { return universe().types[static_cast<size_t>(k)]; }
BasicType* universeByte() { return universe().byteType; }
BasicType* universeRune() { return universe().runeType; }
Type* universeError() { return universe().error; }
Type* universeComparable() { return universe().comparable; }
Type* universeAny() { return universe().any; }
Interface* emptyInterface() { return universe().empty; }
Scope* universeScope() { return universe().scope; }
Package* unsafePackage() { return universe().unsafePkg; }

const char* builtinName(BuiltinId id) { return builtinNames[static_cast<unsigned>(id)]; }

BuiltinId builtinByName(llvm::StringRef name, bool& found) {
  Builtin* b = llvm::dyn_cast_or_null<Builtin>(universeScope()->lookup(name));
  found = b != nullptr;
  return b ? b->id : BuiltinId::Append;
}

} // namespace stoat
