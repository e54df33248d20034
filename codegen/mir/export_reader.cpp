// Reads export data lazily: a type, object or body record is decoded when first asked for. Objects are registered before their
// types are read and Named types get their contents through a resolver, so recursion between declarations ends there.
#include "mir/export.h"
#include "mir/export_format.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

namespace stoat::mir {
namespace {

struct ImportState;

/// One package's export data.
class Reader {
public:
  Reader(ImportState& state, llvm::StringRef data) : state_(state), data_(data) {}
  bool open(Package* self, std::string& error);
  Function* body(uint32_t id);

private:
  Object* object(uint32_t id);
  Object* readObject(ByteReader& r, uint32_t id);
  Type* type(uint32_t id);
  Type* readType(ByteReader& r, uint32_t id);
  Type* type(ByteReader& r) { return type(static_cast<uint32_t>(r.u())); }
  llvm::StringRef str(ByteReader& r) {
    uint64_t i = r.u();
    return i < strings_.size() ? strings_[i] : llvm::StringRef();
  }
  Package* pkg(ByteReader& r) {
    uint64_t i = r.u();
    return i && i <= packages_.size() ? packages_[i - 1] : nullptr;
  }
  Pos pos(ByteReader& r);
  std::vector<Type*> types(ByteReader& r);
  std::vector<TypeParam*> typeParams(ByteReader& r);
  TupleType* vars(ByteReader& r, VarKind kind);
  Func* funcHeader(ByteReader& r, Func* f);
  Func* funcRefTarget(ByteReader& r, FuncRefTag tag);
  FuncRef* funcRef(ByteReader& r);
  Operand operand(ByteReader& r);
  Place* place(ByteReader& r);
  Callee* callee(ByteReader& r);
  void instr(ByteReader& r, Instr& i);
  Function* function(ByteReader& r, Function* outer);

  struct Record { uint32_t offset, size; };
  ByteReader record(const Record& rec) const { return ByteReader(records_.substr(rec.offset, rec.size)); }

  ImportState& state_;
  llvm::StringRef data_, records_;
  std::vector<llvm::StringRef> strings_;
  std::vector<Package*> packages_;
  std::vector<Record> typeRecords_, objectRecords_, bodyRecords_;
  std::vector<Type*> types_;
  std::vector<bool> typeDone_;
  std::vector<Object*> objects_;
  llvm::StringMap<uint16_t> fileBases_;
  std::vector<Function*> closures_; // of the body being read, in the writer's numbering
};

struct BodyLocation { Reader* reader; uint32_t id; };

struct ImportState {
  ImportState(SourceTable& s, Context& c) : sources(s), context(c) {}
  SourceTable& sources;
  Context& context;
  llvm::StringMap<Package*> packages;
  llvm::StringMap<Object*> objects; // "path\0name\0localIndex"
  llvm::DenseMap<Func*, BodyLocation> bodies;
  llvm::DenseMap<Func*, Function*> loaded;
  std::vector<std::unique_ptr<Reader>> readers;

  Package* package(llvm::StringRef path, llvm::StringRef name) {
    if (path == "unsafe") return unsafePackage();
    Package*& p = packages[path];
    if (!p) {
      p = typeArena().make<Package>();
      p->path = path.str();
      p->scope = typeArena().make<Scope>(universeScope());
    }
    if (p->name.empty()) p->name = name.str();
    return p;
  }
};

bool Reader::open(Package* self, std::string& error) {
  llvm::StringRef d = data_;
  if (d.size() < 12 || !d.starts_with("STX")) { error = "not a Stoat package"; return false; }
  if (static_cast<uint8_t>(d[3]) != exportVersion) { error = "written by another version of Stoat (export format " + std::to_string(static_cast<uint8_t>(d[3])) + ")"; return false; }
  uint64_t hash = 0;
  for (int i = 0; i < 8; i++) hash |= static_cast<uint64_t>(static_cast<uint8_t>(d[4 + i])) << (8 * i);
  d = d.drop_front(12);
  if (llvm::xxh3_64bits(d) != hash) { error = "truncated or corrupt export data"; return false; }
  ByteReader r(d);
  strings_.resize(r.count());
  for (auto& s : strings_) s = r.raw();
  packages_.resize(r.count());
  for (auto& p : packages_) {
    llvm::StringRef path = r.raw(), name = r.raw();
    p = state_.package(path, name);
  }
  for (Package* p : packages_) {
    bool isNew = p->imports.empty() && p != unsafePackage();
    for (size_t n = r.count(); n > 0; --n)
      if (Package* imported = pkg(r); imported && isNew) p->imports.push_back(imported);
  }
  uint32_t offset = 0;
  for (auto* index : {&typeRecords_, &objectRecords_, &bodyRecords_}) {
    index->resize(r.count());
    for (Record& rec : *index) {
      rec = {offset, static_cast<uint32_t>(r.u())};
      offset += rec.size;
    }
  }
  types_.resize(typeRecords_.size());
  typeDone_.resize(typeRecords_.size());
  objects_.resize(objectRecords_.size());
  std::vector<uint32_t> roots(r.count());
  for (uint32_t& id : roots) id = static_cast<uint32_t>(r.u());
  records_ = r.rest();
  if (r.bad || records_.size() != offset) { error = "truncated or corrupt export data"; return false; }
  for (uint32_t id : roots)
    if (Object* o = object(id)) self->scope->insert(o);
  self->complete = true;
  return true;
}

Pos Reader::pos(ByteReader& r) {
  llvm::StringRef file = str(r);
  uint32_t line = static_cast<uint32_t>(r.u()), col = static_cast<uint32_t>(r.u());
  if (!line) return {};
  auto [it, fresh] = fileBases_.try_emplace(file, 0);
  if (fresh) it->second = state_.sources.addFile(state_.sources.paths.expanded(file));
  return {it->second, static_cast<uint16_t>(col), line};
}

std::vector<Type*> Reader::types(ByteReader& r) {
  std::vector<Type*> list(r.count());
  for (Type*& t : list) t = type(r);
  return list;
}
std::vector<TypeParam*> Reader::typeParams(ByteReader& r) {
  std::vector<TypeParam*> list(r.count());
  for (TypeParam*& t : list) t = llvm::dyn_cast_or_null<TypeParam>(type(r));
  return list;
}
TupleType* Reader::vars(ByteReader& r, VarKind kind) {
  auto* tuple = typeArena().make<TupleType>();
  tuple->vars.resize(r.count());
  for (Var*& v : tuple->vars) {
    v = typeArena().make<Var>();
    v->varKind = kind;
    v->name = str(r);
    v->pkg = pkg(r);
    v->type = type(r);
    v->used = true;
  }
  return tuple;
}

Type* Reader::type(uint32_t id) {
  if (id >= types_.size()) return basicType(BasicKind::Invalid);
  if (typeDone_[id]) return types_[id];
  ByteReader r = record(typeRecords_[id]);
  Type* t = readType(r, id);
  types_[id] = t;
  typeDone_[id] = true;
  return t;
}

Type* Reader::readType(ByteReader& r, uint32_t id) {
  Arena& arena = typeArena();
  switch (static_cast<TypeTag>(r.byte())) {
  case TypeTag::Null: return nullptr;
  case TypeTag::Basic: return basicType(static_cast<BasicKind>(r.byte()));
  case TypeTag::Byte: return universeByte();
  case TypeTag::Rune: return universeRune();
  case TypeTag::Universe: {
    Object* o = universeScope()->lookup(str(r));
    return o ? o->type : basicType(BasicKind::Invalid);
  }
  case TypeTag::Array: { int64_t n = r.s(); return arena.make<ArrayTypeT>(type(r), n); }
  case TypeTag::Slice: return arena.make<SliceTypeT>(type(r));
  case TypeTag::Pointer: return arena.make<PointerType>(type(r));
  case TypeTag::Struct: {
    auto* s = arena.make<StructTypeT>();
    size_t n = r.count();
    bool tagged = false;
    for (size_t i = 0; i < n; i++) {
      auto* f = arena.make<Var>();
      f->varKind = VarKind::Field;
      f->name = str(r);
      f->pkg = pkg(r);
      f->type = type(r);
      f->embedded = r.u();
      s->fields.push_back(f);
      s->tags.push_back(str(r));
      tagged |= !s->tags.back().empty();
    }
    if (!tagged) s->tags.clear();
    return s;
  }
  case TypeTag::Tuple: return vars(r, VarKind::Param);
  case TypeTag::Signature: {
    auto* s = arena.make<Signature>();
    if (r.u()) {
      auto* v = arena.make<Var>();
      v->varKind = VarKind::Recv;
      v->name = str(r);
      v->pkg = pkg(r);
      v->type = type(r);
      s->recv = v;
    }
    s->recvTypeParams = typeParams(r);
    s->typeParams = typeParams(r);
    s->params = vars(r, VarKind::Param);
    s->results = vars(r, VarKind::Result);
    s->variadic = r.u();
    return s;
  }
  case TypeTag::Union: {
    auto* u = arena.make<UnionType>();
    u->terms.resize(r.count());
    for (UnionTerm& t : u->terms) { t.tilde = r.u(); t.type = type(r); }
    return u;
  }
  case TypeTag::Interface: {
    auto* i = arena.make<Interface>();
    i->implicit = r.u();
    size_t n = r.count();
    for (size_t k = 0; k < n; k++) {
      auto* m = arena.make<Func>();
      m->name = str(r);
      m->pkg = pkg(r);
      auto* s = arena.make<Signature>();
      auto* recv = arena.make<Var>();
      recv->varKind = VarKind::Recv;
      recv->pkg = m->pkg;
      recv->type = i;
      s->recv = recv;
      s->params = vars(r, VarKind::Param);
      s->results = vars(r, VarKind::Result);
      s->variadic = r.u();
      m->type = s;
      i->explicitMethods.push_back(m);
    }
    i->embeddeds = types(r);
    i->embedPos.resize(i->embeddeds.size());
    i->complete = true;
    return i;
  }
  case TypeTag::Map: { Type* key = type(r); return arena.make<MapTypeT>(key, type(r)); }
  case TypeTag::Chan: { auto dir = static_cast<ChanDirection>(r.byte()); return arena.make<ChanTypeT>(dir, type(r)); }
  case TypeTag::Named:
  case TypeTag::Alias: {
    Object* o = object(static_cast<uint32_t>(r.u()));
    return o && o->type ? o->type : basicType(BasicKind::Invalid);
  }
  case TypeTag::Instance:
  case TypeTag::AliasInstance: {
    Type* origin = type(r);
    std::vector<Type*> args = types(r);
    return instantiate(&state_.context, origin, args);
  }
  case TypeTag::TypeParam: {
    auto* tn = arena.make<TypeName>();
    tn->name = str(r);
    tn->pkg = pkg(r);
    auto* p = arena.make<TypeParam>(tn, nullptr);
    tn->type = p;
    p->index = static_cast<int>(r.s());
    types_[id] = p; // the bound may mention the parameter
    typeDone_[id] = true;
    p->bound = type(r);
    return p;
  }
  }
  return basicType(BasicKind::Invalid);
}

Func* Reader::funcHeader(ByteReader& r, Func* f) {
  f->type = type(r);
  f->linkSymbol = str(r);
  f->pragma = static_cast<uint32_t>(r.u());
  f->leaks = str(r).str();
  f->quiet = r.u() != 0;
  if (uint64_t id = r.u()) state_.bodies.try_emplace(f, BodyLocation{this, static_cast<uint32_t>(id - 1)});
  return f;
}

Object* Reader::object(uint32_t id) {
  if (id >= objects_.size()) return nullptr;
  if (objects_[id]) return objects_[id];
  ByteReader r = record(objectRecords_[id]);
  return objects_[id] = readObject(r, id);
}

Object* Reader::readObject(ByteReader& r, uint32_t id) {
  Arena& arena = typeArena();
  auto tag = static_cast<ObjectTag>(r.byte());
  Package* package = pkg(r);
  llvm::StringRef name = str(r);
  Pos at = pos(r);
  uint64_t localIndex = tag == ObjectTag::Named || tag == ObjectTag::Alias ? r.u() : 0;
  std::string key = (package ? package->path : std::string()) + '\0' + name.str() + '\0' + std::to_string(localIndex);
  auto [slot, fresh] = state_.objects.try_emplace(key, nullptr);
  if (!fresh && slot->second) return slot->second;
  auto init = [&](Object* o) {
    o->name = name;
    o->pkg = package;
    o->pos = at;
    o->parent = package ? package->scope : nullptr;
    objects_[id] = o;
    state_.objects[key] = o;
    return o;
  };
  switch (tag) {
  case ObjectTag::Const: {
    auto* c = arena.make<Const>();
    init(c);
    c->type = type(r);
    llvm::StringRef rest = r.rest();
    c->value = ConstValue::fromBytes(rest);
    return c;
  }
  case ObjectTag::Var: {
    auto* v = arena.make<Var>();
    init(v);
    v->varKind = VarKind::Package;
    v->used = true;
    v->type = type(r);
    v->linkSymbol = str(r);
    return v;
  }
  case ObjectTag::Func: {
    auto* f = arena.make<Func>();
    init(f);
    return funcHeader(r, f);
  }
  case ObjectTag::Alias: {
    auto* tn = arena.make<TypeName>();
    init(tn);
    tn->localIndex = static_cast<uint32_t>(localIndex);
    auto* a = arena.make<AliasType>();
    a->obj = tn;
    a->origin = a;
    tn->type = a;
    a->typeParams = typeParams(r);
    a->fromRHS = type(r);
    a->actual = a->fromRHS ? unalias(a->fromRHS) : nullptr;
    return tn;
  }
  case ObjectTag::Named: {
    auto* tn = arena.make<TypeName>();
    init(tn);
    tn->localIndex = static_cast<uint32_t>(localIndex);
    auto* n = arena.make<Named>();
    n->obj = tn;
    n->origin = n;
    n->context = &state_.context;
    tn->type = n;
    if (r.u()) tn->enclosingFunc = funcRefTarget(r, static_cast<FuncRefTag>(r.byte()));
    n->typeParams = typeParams(r);
    uint32_t at2 = static_cast<uint32_t>(record(objectRecords_[id]).rest().size() - r.rest().size());
    n->resolver = [this, id, at2](Named* self) {
      ByteReader body = record(objectRecords_[id]);
      body.skip(at2);
      self->setUnderlying(type(body));
      size_t count = body.count();
      for (size_t i = 0; i < count; i++) {
        auto* m = typeArena().make<Func>();
        m->name = str(body);
        m->pkg = pkg(body);
        m->pos = pos(body);
        m->hasPtrRecv = body.u();
        funcHeader(body, m);
        self->methods_.push_back(m);
      }
    };
    return tn;
  }
  }
  return nullptr;
}

// ---- bodies

Func* Reader::funcRefTarget(ByteReader& r, FuncRefTag tag) {
  if (tag == FuncRefTag::Declared) return llvm::dyn_cast_or_null<Func>(object(static_cast<uint32_t>(r.u())));
  auto* n = llvm::dyn_cast_or_null<Named>(type(r));
  size_t index = r.u();
  return n && index < n->methodCount() ? n->method(index) : nullptr;
}
FuncRef* Reader::funcRef(ByteReader& r) {
  auto tag = static_cast<FuncRefTag>(r.byte());
  if (tag == FuncRefTag::None) return nullptr;
  auto* ref = mirArena().make<FuncRef>();
  if (tag == FuncRefTag::Closure) {
    size_t i = r.u();
    ref->closure = i < closures_.size() ? closures_[i] : nullptr;
  } else {
    ref->func = funcRefTarget(r, tag);
  }
  ref->typeArgs = types(r);
  return ref;
}
Operand Reader::operand(ByteReader& r) {
  Operand o;
  o.kind = static_cast<Operand::Kind>(r.byte());
  if (o.kind == Operand::None) return o;
  o.type = type(r);
  if (o.kind == Operand::Local) o.local = static_cast<LocalId>(r.s());
  if (o.kind == Operand::Const) {
    llvm::StringRef rest = r.rest();
    size_t before = rest.size();
    o.constant = ConstValue::fromBytes(rest);
    r.skip(before - rest.size());
  }
  if (o.kind == Operand::FuncValue) o.func = funcRef(r);
  return o;
}
Place* Reader::place(ByteReader& r) {
  if (!r.u()) return nullptr;
  auto* p = mirArena().make<Place>();
  p->base = static_cast<Place::Base>(r.byte());
  p->local = static_cast<LocalId>(r.s());
  p->capture = static_cast<int>(r.s());
  if (uint64_t g = r.u()) p->global = llvm::dyn_cast_or_null<Var>(object(static_cast<uint32_t>(g - 1)));
  p->baseType = type(r);
  p->type = type(r);
  size_t n = r.count();
  for (size_t i = 0; i < n; i++) {
    Projection pr;
    pr.kind = static_cast<Projection::Kind>(r.byte());
    pr.field = static_cast<int>(r.s());
    pr.index = operand(r);
    p->projections.push_back(pr);
  }
  return p;
}
Callee* Reader::callee(ByteReader& r) {
  if (!r.u()) return nullptr;
  auto* c = mirArena().make<Callee>();
  c->kind = static_cast<Callee::Kind>(r.byte());
  c->ref = funcRef(r);
  c->value = operand(r);
  c->recvType = type(r);
  c->signature = llvm::dyn_cast_or_null<Signature>(type(r));
  if (!r.u()) return c;
  llvm::StringRef name = str(r);
  Package* package = pkg(r);
  Type* owner = type(r);
  if (!owner) { r.bad = true; return c; }
  c->method = llvm::dyn_cast_or_null<Func>(lookupFieldOrMethod(owner, false, package, name).obj);
  return c;
}
void Reader::instr(ByteReader& r, Instr& i) {
  i.op = static_cast<Opcode>(r.byte());
  i.flags = static_cast<uint16_t>(r.u());
  i.pos = pos(r);
  i.type = type(r);
  i.dsts.resize(r.count());
  for (LocalId& d : i.dsts) d = static_cast<LocalId>(r.s());
  size_t args = r.count();
  for (size_t k = 0; k < args; k++) i.args.push_back(operand(r));
  i.place = place(r);
  i.callee = callee(r);
  if (size_t cases = r.count()) {
    i.cases = mirArena().make<std::vector<SelectCase>>(cases - 1);
    for (SelectCase& c : *i.cases) {
      c.isSend = r.u();
      c.chan = operand(r);
      c.value = operand(r);
      c.recvDst = static_cast<LocalId>(r.s());
    }
  }
  i.hasDefault = r.u();
  i.targets.resize(r.count());
  for (BlockId& b : i.targets) b = static_cast<BlockId>(r.s());
}

Function* Reader::function(ByteReader& r, Function* outer) {
  auto* f = mirArena().make<Function>();
  if (outer) closures_.push_back(f);
  f->outer = outer;
  f->symbol = str(r).str();
  f->displayName = str(r).str();
  if (r.u()) f->object = funcRefTarget(r, static_cast<FuncRefTag>(r.byte()));
  f->pkg = pkg(r);
  f->signature = llvm::dyn_cast_or_null<Signature>(type(r));
  f->typeParams = typeParams(r);
  f->locals.resize(r.count());
  for (LocalInfo& l : f->locals) {
    l.name = str(r);
    l.type = type(r);
    l.kind = static_cast<LocalKind>(r.byte());
    l.isMapIter = r.u();
    l.addressTaken = r.u();
    l.pos = pos(r);
  }
  f->params.resize(r.count());
  for (LocalId& l : f->params) l = static_cast<LocalId>(r.s());
  f->results.resize(r.count());
  for (LocalId& l : f->results) l = static_cast<LocalId>(r.s());
  f->resultBoxes.resize(r.count());
  for (LocalId& l : f->resultBoxes) l = static_cast<LocalId>(r.s());
  f->captures.resize(r.count());
  for (CaptureInfo& c : f->captures) { c.name = str(r); c.type = type(r); }
  f->pos = pos(r);
  f->endPos = pos(r);
  f->pragma = static_cast<uint32_t>(r.u());
  uint64_t flags = r.u();
  f->hasDefer = flags & 1;
  f->hasRecover = flags & 2;
  f->isWrapper = flags & 4;
  f->inlinable = flags & 8;
  size_t closures = r.count();
  for (size_t i = 0; i < closures; i++) f->closures.push_back(function(r, f)); // pre-order, as the writer numbers them
  f->blocks.resize(r.count());
  for (Block& b : f->blocks) {
    b.instrs.resize(r.count());
    for (Instr& i : b.instrs) instr(r, i);
  }
  return f;
}

Function* Reader::body(uint32_t id) {
  if (id >= bodyRecords_.size()) return nullptr;
  closures_.clear();
  ByteReader r = record(bodyRecords_[id]);
  Function* f = function(r, nullptr);
  return r.bad ? nullptr : f;
}

} // namespace

struct ImportedPackages::Impl {
  Impl(SourceTable& s, Context& c) : state(s, c) {}
  ImportState state;
};

ImportedPackages::ImportedPackages(SourceTable& sources, Context& context) : impl_(new Impl(sources, context)) {}
ImportedPackages::~ImportedPackages() = default;

Package* ImportedPackages::package(llvm::StringRef path, llvm::StringRef name) { return impl_->state.package(path, name); }

Package* ImportedPackages::read(llvm::StringRef path, llvm::StringRef data, std::string& error) {
  ImportState& state = impl_->state;
  Package* p = state.package(path, {});
  if (p->complete) return p;
  state.readers.push_back(std::make_unique<Reader>(state, data));
  return state.readers.back()->open(p, error) ? p : nullptr;
}

Function* ImportedPackages::body(Func* func) {
  ImportState& state = impl_->state;
  if (auto it = state.loaded.find(func); it != state.loaded.end()) return it->second;
  auto it = state.bodies.find(func);
  if (it == state.bodies.end()) return nullptr;
  BodyLocation at = it->second;
  Function* f = at.reader->body(at.id);
  if (f && !f->object) f->object = func;
  return state.loaded[func] = f;
}

} // namespace stoat::mir
