// The type operations that later phases rely on: identity and keys, method sets, lookup, substitution, sizes, initialisation order.
#include "check/checker.h"
#include "syntax/parser.h"
#include <gtest/gtest.h>

using namespace stoat;

namespace {

class NoImports : public Importer {
public:
  Package* importPackage(llvm::StringRef, std::string& error) override {
    error = "no imports in this test";
    return nullptr;
  }
};

struct Checked {
  SourceTable sources;
  DiagEngine diag{sources};
  Arena arena;
  NoImports importer;
  CheckedPackage* result = nullptr;
  std::string errors;

  explicit Checked(const std::string& text, const char* path = "example.com/p") {
    llvm::StringRef kept = arena.copy("package p\n" + text);
    SourceFile* file = parseFile(arena, diag, sources.addFile("p.go"), "p.go", kept);
    CheckOptions options;
    options.goVersion = "go1.26";
    result = checkPackage(path, {file}, importer, diag, options);
    diag.flush(errors, 0);
  }
  Object* object(llvm::StringRef name) { return result->pkg->scope->lookup(name); }
  Type* type(llvm::StringRef name) { return object(name)->type; }
};

std::string methods(Type* t) {
  std::string out;
  for (const MethodSetEntry& m : methodSet(t)) {
    out += m.func->name.str() + ":";
    for (int i : m.index) out += std::to_string(i) + ".";
    out += m.indirect ? "* " : " ";
  }
  return out;
}

TEST(CheckTypes, IdentityAndKeysAgree) {
  Checked c(R"(
type T struct{}
type A = T
var (
  v0 []T; v1 []A
  v2 func(int, ...string) error; v3 func(x int, y ...string) (err error); v4 func(int, []string) error
  v5 struct{ a int; B string "tag" }; v6 struct{ a int; B string "tag" }; v7 struct{ a int; B string }
  v8 interface{ M(); N() int }; v9 interface{ N() int; M() }
  v10 chan (<-chan int); v11 chan<- (chan int)
  v12 map[string]byte; v13 map[string]uint8
  v14 struct{ T }; v15 struct{ T T }
  v16 [3]int; v17 [4]int
  v18 any; v19 interface{}
  v20 G[int]; v21 G[string]; v22 G[int]
  v23 interface{ error; M() }; v24 interface { Error() string; M() }
)
type G[P any] struct { f P }
)");
  ASSERT_EQ(c.errors, "");
  std::vector<Type*> types;
  for (int i = 0; i <= 24; i++) types.push_back(c.type("v" + std::to_string(i)));
  for (Type* a : types)
    for (Type* b : types) {
      EXPECT_EQ(identical(a, b), typeKey(a) == typeKey(b)) << typeString(a) << " / " << typeString(b);
      if (identical(a, b)) EXPECT_EQ(identityHash(a), identityHash(b)) << typeString(a);
    }
  EXPECT_TRUE(identical(types[0], types[1]));
  EXPECT_TRUE(identical(types[2], types[3]));
  EXPECT_FALSE(identical(types[2], types[4]));
  EXPECT_TRUE(identical(types[20], types[22]));
  EXPECT_FALSE(identical(types[20], types[21]));
  EXPECT_TRUE(identicalIgnoreTags(types[5], types[7]));
  EXPECT_TRUE(identical(types[23], types[24]));
  EXPECT_EQ(typeKey(types[20]), "example.com/p.G[int]");
}

TEST(CheckTypes, LocalTypesHaveKeysOfTheirOwn) {
  Checked c(R"(
func f() any { type T int; return T(0) }
func g() any { type T int; { type T string; _ = T("") }; return T(0) }
)");
  ASSERT_EQ(c.errors, "");
  ASSERT_EQ(c.result->localTypes.size(), 3u);
  std::set<std::string> keys;
  for (TypeName* t : c.result->localTypes) keys.insert(typeKey(t->type));
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(c.result->localTypes[0]->enclosingFunc, c.object("f"));
}

TEST(CheckTypes, MethodSets) {
  Checked c(R"(
type Inner struct{}
func (Inner) b() {}
func (*Inner) P() {}
func (Inner) Hidden() {}
type Outer struct { x int; Inner; *Other; e error }
type Other struct{}
func (*Other) Q() {}
func (Outer) Hidden() {}
func (*Outer) Z() {}
type I interface { Outer2; A() }
type Outer2 interface { b(); C() }
type Ambiguous struct { Inner; Inner2 }
type Inner2 struct{}
func (Inner2) Hidden() {}
type Ptr *Outer
)");
  ASSERT_EQ(c.errors, "");
  EXPECT_EQ(methods(c.type("Outer")), "Hidden:0. Q:2.0.* b:1.0. ");
  EXPECT_EQ(methods(typeArena().make<PointerType>(c.type("Outer"))), "Hidden:0.* P:1.1.* Q:2.0.* Z:1.* b:1.0.* ");
  EXPECT_EQ(methods(c.type("I")), "A:0. C:1. b:2. ");
  EXPECT_EQ(methods(c.type("Ambiguous")), "b:0.0. ");
  EXPECT_EQ(methods(c.type("Ptr")), "");
}

TEST(CheckTypes, InstancesExpandMethodsAndFields) {
  Checked c(R"(
type List[T any] struct { next *List[T]; val T }
func (l *List[E]) Push(v E) *List[E] { return &List[E]{l, v} }
func (l *List[E]) All() func(yield func(E) bool) { return nil }
type Pair[K comparable, V any] struct { Key K; Val List[V] }
var p Pair[string, int]
func Map[A, B any](x List[A], f func(A) B) List[B] { var r List[B]; return r }
type Vec[T any] = []T
var w Vec[int]
)");
  ASSERT_EQ(c.errors, "");
  StructTypeT* s = under<StructTypeT>(c.type("p"));
  ASSERT_TRUE(s);
  EXPECT_EQ(typeString(s->fields[1]->type), "example.com/p.List[int]");
  Named* list = llvm::cast<Named>(s->fields[1]->type);
  ASSERT_EQ(list->methodCount(), 2u);
  Func* push = list->method(0);
  EXPECT_EQ(typeString(push->type), "func(v int) *example.com/p.List[int]");
  EXPECT_EQ(push->origin, list->origin->method(0));
  EXPECT_TRUE(identical(push->signature()->recv->type, typeArena().make<PointerType>(list)));
  EXPECT_EQ(list->method(0), push);
  EXPECT_TRUE(identical(c.type("w"), typeArena().make<SliceTypeT>(basicType(BasicKind::Int))));

  Signature* map = llvm::cast<Signature>(c.type("Map"));
  Type* inst = instantiate(nullptr, map, {basicType(BasicKind::Int), basicType(BasicKind::String)});
  EXPECT_EQ(typeString(inst), "func(x example.com/p.List[int], f func(int) string) example.com/p.List[string]");
  Type* sub = substitute(map->params->vars[1]->type, map->typeParams, {basicType(BasicKind::Bool), basicType(BasicKind::Int)}, nullptr);
  EXPECT_EQ(typeString(sub), "func(bool) int");
  EXPECT_TRUE(hasTypeParam(map->params->vars[0]->type));
  EXPECT_FALSE(hasTypeParam(inst));
  // Instances are shared.
  EXPECT_EQ(instantiate(nullptr, list->origin, {basicType(BasicKind::Int)}), list);
}

TEST(CheckTypes, Lookup) {
  Checked c(R"(
type A struct { B; f int }
type B struct { *C }
type C struct { deep string }
func (*C) M() {}
func (B) N() {}
)");
  ASSERT_EQ(c.errors, "");
  LookupResult r = lookupFieldOrMethod(c.type("A"), false, c.result->pkg, "deep");
  ASSERT_TRUE(r.obj);
  EXPECT_EQ(r.index, (std::vector<int>{0, 0, 0}));
  EXPECT_TRUE(r.indirect);
  EXPECT_TRUE(lookupFieldOrMethod(c.type("A"), false, c.result->pkg, "M").obj);
  EXPECT_FALSE(lookupFieldOrMethod(c.type("C"), false, c.result->pkg, "M").obj);
  EXPECT_TRUE(lookupFieldOrMethod(c.type("C"), true, c.result->pkg, "M").obj);
  EXPECT_FALSE(lookupFieldOrMethod(c.type("A"), false, c.result->pkg, "nothing").obj);
}

TEST(CheckTypes, Interfaces) {
  Checked c(R"(
type I interface { M(int) string }
type V struct{}
func (V) M(int) string { return "" }
type P struct{}
func (*P) M(int) string { return "" }
type W struct{}
func (W) M(string) string { return "" }
)");
  ASSERT_EQ(c.errors, "");
  Type* i = c.type("I");
  EXPECT_TRUE(implementsInterface(c.type("V"), i));
  EXPECT_FALSE(implementsInterface(c.type("P"), i));
  EXPECT_TRUE(implementsInterface(typeArena().make<PointerType>(c.type("P")), i));
  bool wrongType = false;
  EXPECT_TRUE(missingMethod(c.type("W"), i, true, &wrongType));
  EXPECT_TRUE(wrongType);
}

TEST(CheckTypes, Sizes) {
  Checked c(R"(
type S struct { a byte; b int64; c bool }
type E struct { a int32; z struct{} }
type align64 struct{}
type At struct { _ align64; v uint64 }
type Big [1 << 62]int64
var i interface{ M() }; var s string; var sl []int; var c128 complex128
)",
            "sync/atomic");
  ASSERT_EQ(c.errors.find("align64"), std::string::npos);
  TargetSizes wide = TargetSizes::forArch("amd64"), narrow = TargetSizes::forArch("386");
  EXPECT_EQ(wide.sizeOf(c.type("S")), 24);
  EXPECT_EQ(narrow.sizeOf(c.type("S")), 16);
  EXPECT_EQ(narrow.alignOf(c.type("S")), 4);
  EXPECT_EQ(wide.sizeOf(c.type("E")), 8); // room behind the empty last field
  EXPECT_EQ(narrow.alignOf(c.type("At")), 8);
  EXPECT_EQ(narrow.sizeOf(c.type("At")), 8);
  EXPECT_EQ(wide.sizeOf(c.type("Big")), -1);
  EXPECT_EQ(wide.sizeOf(c.type("i")), 16);
  EXPECT_EQ(narrow.sizeOf(c.type("s")), 8);
  EXPECT_EQ(wide.sizeOf(c.type("sl")), 24);
  EXPECT_EQ(narrow.alignOf(c.type("c128")), 4);
  std::vector<int64_t> offsets = wide.fieldOffsets(under<StructTypeT>(c.type("S")));
  EXPECT_EQ(offsets, (std::vector<int64_t>{0, 8, 16}));
}

TEST(CheckTypes, InitOrder) {
  Checked c(R"(
var a = c + b
var b = f()
var c = 1
var d, e = g()
func f() int { return d }
func g() (int, int) { return len(m.M()), 0 }
var m = T{x}
type T struct { v string }
func (t T) M() string { return t.v + y }
var x = "x"
var y = "y"
)");
  ASSERT_EQ(c.errors, "");
  std::string order;
  for (const Initializer& i : c.result->initOrder)
    for (Var* v : i.lhs) order += v->name.str() + " ";
  EXPECT_EQ(order, "c x m y d e b a ");
}

TEST(CheckTypes, ImportedTypesLoadOnce) {
  Package* pkg = typeArena().make<Package>();
  pkg->path = pkg->name = "q";
  pkg->scope = typeArena().make<Scope>(universeScope());
  TypeName* o = typeArena().make<TypeName>();
  o->name = "Lazy";
  o->pkg = pkg;
  Named* n = typeArena().make<Named>();
  n->obj = o;
  n->origin = n;
  o->type = n;
  int loads = 0;
  n->resolver = [&](Named* self) {
    loads++;
    TypeName* p = typeArena().make<TypeName>();
    p->name = "P";
    p->pkg = pkg;
    TypeParam* param = typeArena().make<TypeParam>(p, universeAny());
    param->index = 0;
    p->type = param;
    self->typeParams.push_back(param);
    self->setUnderlying(typeArena().make<SliceTypeT>(param));
  };
  EXPECT_EQ(loads, 0);
  Type* inst = instantiate(nullptr, n, {basicType(BasicKind::Int)});
  EXPECT_EQ(typeString(inst->underlying()), "[]int");
  EXPECT_EQ(typeString(n), "q.Lazy[P any]");
  EXPECT_TRUE(isGeneric(n));
  EXPECT_EQ(loads, 1);
}

} // namespace
