// Writes export data (format: export_format.h). Works off queues, so depth of types and of bodies does not matter.
#include "mir/export.h"
#include "mir/export_format.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"
#include <deque>

namespace stoat::mir {
namespace {

class Writer {
public:
  Writer(const Module& module, BodyProvider& bodies, const SourceTable& sources) : module_(module), bodyProvider_(bodies), sources_(sources) {}

  std::string run() {
    for (Function* f : module_.functions)
      if (f->object) ownBodies_[f->object] = f;
    packageIds_[module_.pkg] = 1; // first: a package that exports nothing still tells its name
    packages_.push_back(module_.pkg);
    ByteWriter roots;
    std::vector<uint32_t> rootIds;
    for (llvm::StringRef name : module_.pkg->scope->sortedNames()) {
      Object* o = module_.pkg->scope->lookup(name);
      if (o && o->isExported() && isPackageObject(o)) rootIds.push_back(objectId(o));
    }
    roots.u(rootIds.size());
    for (uint32_t id : rootIds) roots.u(id);
    drain();
    // What each package imports: messages tell packages of one name apart, also those that are only imported by others.
    ByteWriter imports;
    for (size_t i = 0; i < packages_.size(); ++i) {
      const std::vector<Package*>& list = packages_[i] == module_.pkg ? module_.imports : packages_[i]->imports;
      imports.u(list.size());
      for (Package* p : list) pkg(imports, p);
    }

    ByteWriter head;
    head.u(strings_.size());
    for (llvm::StringRef s : strings_) head.raw(s);
    head.u(packages_.size());
    for (Package* p : packages_) { head.raw(p->path); head.raw(p->name); }
    head.bytes += imports.bytes;
    writeIndex(head, types_);
    writeIndex(head, objects_);
    writeIndex(head, bodies_);
    head.bytes += roots.bytes;
    for (const std::string& r : types_) head.bytes += r;
    for (const std::string& r : objects_) head.bytes += r;
    for (const std::string& r : bodies_) head.bytes += r;

    std::string out = "STX";
    out.push_back(static_cast<char>(exportVersion));
    uint64_t hash = llvm::xxh3_64bits(head.bytes);
    for (int i = 0; i < 8; i++) out.push_back(static_cast<char>(hash >> (8 * i)));
    return out + head.bytes;
  }

private:
  static bool isPackageObject(Object* o) {
    return o->kind() == ObjectKind::Const || o->kind() == ObjectKind::TypeName || o->kind() == ObjectKind::Var || o->kind() == ObjectKind::Func;
  }
  static void writeIndex(ByteWriter& w, const std::deque<std::string>& records) {
    w.u(records.size());
    for (const std::string& r : records) w.u(r.size());
  }

  void drain() {
    // Deques keep references stable; every step may add to any queue.
    size_t t = 0, o = 0, b = 0;
    while (t < typeQueue_.size() || o < objectQueue_.size() || b < bodyQueue_.size()) {
      for (; t < typeQueue_.size(); t++) types_[t] = encodeType(typeQueue_[t]);
      for (; o < objectQueue_.size(); o++) objects_[o] = encodeObject(objectQueue_[o]);
      for (; b < bodyQueue_.size(); b++) bodies_[b] = encodeBody(*bodyQueue_[b]);
    }
  }

  uint32_t stringId(llvm::StringRef s) {
    auto [it, fresh] = stringIds_.try_emplace(s, strings_.size());
    if (fresh) strings_.push_back(it->first());
    return it->second;
  }
  void str(ByteWriter& w, llvm::StringRef s) { w.u(stringId(s)); }
  void pkg(ByteWriter& w, Package* p) { // 0: none
    if (!p) return w.u(0);
    auto [it, fresh] = packageIds_.try_emplace(p, packages_.size() + 1);
    if (fresh) packages_.push_back(p);
    w.u(it->second);
  }
  llvm::StringRef recordedName(llvm::StringRef fileName) {
    auto [it, fresh] = recordedNames_.try_emplace(fileName);
    if (fresh) it->second = sources_.paths.recorded(fileName);
    return it->second;
  }
  void pos(ByteWriter& w, Pos p) {
    RelativePos r = sources_.relative(p);
    str(w, p.isKnown() ? recordedName(r.fileName) : llvm::StringRef());
    w.u(p.isKnown() ? r.line : 0);
    w.u(p.isKnown() ? r.col : 0);
  }

  uint32_t typeId(Type* t) {
    auto [it, fresh] = typeIds_.try_emplace(t, typeQueue_.size());
    if (fresh) { typeQueue_.push_back(t); types_.emplace_back(); }
    return it->second;
  }
  void type(ByteWriter& w, Type* t) { w.u(typeId(t)); }
  void types(ByteWriter& w, llvm::ArrayRef<Type*> list) {
    w.u(list.size());
    for (Type* t : list) type(w, t);
  }
  void typeParams(ByteWriter& w, llvm::ArrayRef<TypeParam*> list) {
    w.u(list.size());
    for (TypeParam* t : list) type(w, t);
  }
  uint32_t objectId(Object* o) {
    auto [it, fresh] = objectIds_.try_emplace(o, objectQueue_.size());
    if (fresh) { objectQueue_.push_back(o); objects_.emplace_back(); }
    return it->second;
  }
  /// 1 + index of the body record, or 0.
  uint32_t bodyId(Func* f) {
    auto [it, fresh] = bodyIds_.try_emplace(f, 0);
    if (!fresh) return it->second;
    Function* body = nullptr;
    if (auto own = ownBodies_.find(f); own != ownBodies_.end()) {
      if (own->second->isGeneric() || own->second->inlinable) body = own->second;
    } else if (f->pkg != module_.pkg) {
      body = bodyProvider_.body(f);
    }
    if (!body || !body->hasBody()) return 0;
    bodyQueue_.push_back(body);
    bodies_.emplace_back();
    return bodyIds_[f] = bodyQueue_.size();
  }

  void vars(ByteWriter& w, const TupleType* tuple) {
    w.u(tuple ? tuple->vars.size() : 0);
    if (!tuple) return;
    for (Var* v : tuple->vars) { str(w, v->name); pkg(w, v->pkg); type(w, v->type); }
  }
  void funcHeader(ByteWriter& w, Func* f) {
    type(w, f->type);
    str(w, f->linkSymbol);
    uint32_t external = f->decl && !f->decl->body ? PragmaUintptrKeepAlive : 0; // see holdsUintptrs in codegen/build
    w.u(f->pragma | external | (f->decl ? f->decl->pragma ? f->decl->pragma->flags : 0 : 0));
    str(w, f->leaks);
    w.u(f->quiet);
    w.u(bodyId(f));
  }

  std::string encodeType(Type* t) {
    ByteWriter w;
    if (!t) { w.tag(TypeTag::Null); return w.bytes; }
    switch (t->kind()) {
    case TypeKind::Basic: {
      auto* b = llvm::cast<BasicType>(t);
      if (b == universeByte()) w.tag(TypeTag::Byte);
      else if (b == universeRune()) w.tag(TypeTag::Rune);
      else { w.tag(TypeTag::Basic); w.tag(b->basic); }
      break;
    }
    case TypeKind::Array: w.tag(TypeTag::Array); w.s(llvm::cast<ArrayTypeT>(t)->len); type(w, llvm::cast<ArrayTypeT>(t)->elem); break;
    case TypeKind::Slice: w.tag(TypeTag::Slice); type(w, llvm::cast<SliceTypeT>(t)->elem); break;
    case TypeKind::Pointer: w.tag(TypeTag::Pointer); type(w, llvm::cast<PointerType>(t)->elem); break;
    case TypeKind::Struct: {
      auto* s = llvm::cast<StructTypeT>(t);
      w.tag(TypeTag::Struct);
      w.u(s->fields.size());
      for (size_t i = 0; i < s->fields.size(); i++) {
        Var* f = s->fields[i];
        str(w, f->name); pkg(w, f->pkg); type(w, f->type); w.u(f->embedded); str(w, s->tag(i));
      }
      break;
    }
    case TypeKind::Tuple: w.tag(TypeTag::Tuple); vars(w, llvm::cast<TupleType>(t)); break;
    case TypeKind::Signature: {
      auto* s = llvm::cast<Signature>(t);
      w.tag(TypeTag::Signature);
      w.u(s->recv ? 1 : 0);
      if (s->recv) { str(w, s->recv->name); pkg(w, s->recv->pkg); type(w, s->recv->type); }
      typeParams(w, s->recvTypeParams);
      typeParams(w, s->typeParams);
      vars(w, s->params);
      vars(w, s->results);
      w.u(s->variadic);
      break;
    }
    case TypeKind::Union: {
      auto* u = llvm::cast<UnionType>(t);
      w.tag(TypeTag::Union);
      w.u(u->terms.size());
      for (const UnionTerm& term : u->terms) { w.u(term.tilde); type(w, term.type); }
      break;
    }
    case TypeKind::Interface: {
      auto* i = llvm::cast<Interface>(t);
      w.tag(TypeTag::Interface);
      w.u(i->implicit);
      w.u(i->explicitMethods.size());
      for (Func* m : i->explicitMethods) { str(w, m->name); pkg(w, m->pkg); methodSignature(w, m->signature()); }
      types(w, i->embeddeds);
      break;
    }
    case TypeKind::Map: w.tag(TypeTag::Map); type(w, llvm::cast<MapTypeT>(t)->key); type(w, llvm::cast<MapTypeT>(t)->elem); break;
    case TypeKind::Chan: w.tag(TypeTag::Chan); w.tag(llvm::cast<ChanTypeT>(t)->dir); type(w, llvm::cast<ChanTypeT>(t)->elem); break;
    case TypeKind::Named: {
      auto* n = llvm::cast<Named>(t);
      if (n->isInstance()) { w.tag(TypeTag::Instance); type(w, n->origin); types(w, n->typeArgs); }
      else if (!n->obj->pkg) { w.tag(TypeTag::Universe); str(w, n->obj->name); }
      else { w.tag(TypeTag::Named); w.u(objectId(n->obj)); }
      break;
    }
    case TypeKind::TypeParam: {
      auto* p = llvm::cast<TypeParam>(t);
      w.tag(TypeTag::TypeParam);
      str(w, p->obj->name); pkg(w, p->obj->pkg); w.s(p->index); type(w, p->bound);
      break;
    }
    case TypeKind::Alias: {
      auto* a = llvm::cast<AliasType>(t);
      if (!a->typeArgs.empty()) { w.tag(TypeTag::AliasInstance); type(w, a->origin); types(w, a->typeArgs); }
      else if (!a->obj->pkg) { w.tag(TypeTag::Universe); str(w, a->obj->name); }
      else { w.tag(TypeTag::Alias); w.u(objectId(a->obj)); }
      break;
    }
    }
    return w.bytes;
  }
  /// Interface methods: the receiver is implied by the interface, so that structurally equal ones stay context free.
  void methodSignature(ByteWriter& w, Signature* s) { vars(w, s->params); vars(w, s->results); w.u(s->variadic); }

  std::string encodeObject(Object* o) {
    ByteWriter w;
    auto header = [&](ObjectTag tag) { w.tag(tag); pkg(w, o->pkg); str(w, o->name); pos(w, o->pos); };
    switch (o->kind()) {
    case ObjectKind::Const:
      header(ObjectTag::Const);
      type(w, o->type);
      llvm::cast<Const>(o)->value.appendBytes(w.bytes);
      break;
    case ObjectKind::Var:
      header(ObjectTag::Var);
      type(w, o->type);
      str(w, llvm::cast<Var>(o)->linkSymbol);
      break;
    case ObjectKind::Func:
      header(ObjectTag::Func);
      funcHeader(w, llvm::cast<Func>(o));
      break;
    case ObjectKind::TypeName: {
      auto* tn = llvm::cast<TypeName>(o);
      if (auto* a = llvm::dyn_cast<AliasType>(o->type)) {
        header(ObjectTag::Alias);
        w.u(tn->localIndex);
        typeParams(w, a->typeParams);
        type(w, a->fromRHS ? a->fromRHS : a->actual);
        break;
      }
      auto* n = llvm::dyn_cast<Named>(o->type);
      if (!n || n->obj != tn) { // an alias declared without an Alias node
        header(ObjectTag::Alias);
        w.u(tn->localIndex);
        w.u(0);
        type(w, o->type);
        break;
      }
      header(ObjectTag::Named);
      w.u(tn->localIndex);
      w.u(tn->enclosingFunc ? 1 : 0);
      if (tn->enclosingFunc) funcRefTarget(w, tn->enclosingFunc);
      typeParams(w, n->typeParams);
      type(w, n->under());
      w.u(n->methodCount());
      for (size_t i = 0; i < n->methodCount(); i++) {
        Func* m = n->method(i);
        str(w, m->name); pkg(w, m->pkg); pos(w, m->pos); w.u(m->hasPtrRecv);
        funcHeader(w, m);
      }
      break;
    }
    default: break;
    }
    return w.bytes;
  }

  // ---- bodies

  static Named* receiverNamed(Func* m) {
    auto* sig = m->signature();
    if (!sig->recv) return nullptr;
    Type* t = unalias(sig->recv->type);
    if (auto* p = llvm::dyn_cast<PointerType>(t)) t = unalias(p->elem);
    auto* n = llvm::dyn_cast<Named>(t);
    return n ? n->origin ? n->origin : n : nullptr;
  }
  /// A declared function, or a method by its type and index.
  void funcRefTarget(ByteWriter& w, Func* f) {
    if (f->origin) f = f->origin;
    if (Named* n = receiverNamed(f)) {
      w.tag(FuncRefTag::Method);
      type(w, n);
      size_t index = 0;
      while (index < n->methodCount() && n->method(index) != f) index++;
      w.u(index);
      return;
    }
    w.tag(FuncRefTag::Declared);
    w.u(objectId(f));
  }
  void funcRef(ByteWriter& w, const FuncRef* r) {
    if (!r) return w.tag(FuncRefTag::None);
    if (r->closure) {
      w.tag(FuncRefTag::Closure);
      w.u(closureIds_.lookup(r->closure));
    } else {
      funcRefTarget(w, r->func);
    }
    types(w, r->typeArgs);
  }
  void operand(ByteWriter& w, const Operand& o) {
    w.tag(o.kind);
    if (o.kind == Operand::None) return;
    type(w, o.type);
    if (o.kind == Operand::Local) w.s(o.local);
    if (o.kind == Operand::Const) o.constant.appendBytes(w.bytes);
    if (o.kind == Operand::FuncValue) funcRef(w, o.func);
  }
  void place(ByteWriter& w, const Place* p) {
    w.u(p ? 1 : 0);
    if (!p) return;
    w.tag(p->base);
    w.s(p->local);
    w.s(p->capture);
    w.u(p->global ? objectId(p->global) + 1 : 0);
    type(w, p->baseType);
    type(w, p->type);
    w.u(p->projections.size());
    for (const Projection& pr : p->projections) { w.tag(pr.kind); w.s(pr.field); operand(w, pr.index); }
  }
  void callee(ByteWriter& w, const Callee* c) {
    w.u(c ? 1 : 0);
    if (!c) return;
    w.tag(c->kind);
    funcRef(w, c->ref);
    operand(w, c->value);
    type(w, c->recvType);
    type(w, c->signature);
    w.u(c->method ? 1 : 0);
    if (!c->method) return;
    str(w, c->method->name);
    pkg(w, c->method->pkg);
    Var* recv = c->method->signature()->recv;
    type(w, c->recvType ? c->recvType : c->value.type ? c->value.type : recv ? recv->type : nullptr);
  }
  void instr(ByteWriter& w, const Instr& i) {
    w.tag(i.op);
    w.u(i.flags);
    pos(w, i.pos);
    type(w, i.type);
    w.u(i.dsts.size());
    for (LocalId d : i.dsts) w.s(d);
    w.u(i.args.size());
    for (const Operand& a : i.args) operand(w, a);
    place(w, i.place);
    callee(w, i.callee);
    w.u(i.cases ? i.cases->size() + 1 : 0);
    if (i.cases)
      for (const SelectCase& c : *i.cases) { w.u(c.isSend); operand(w, c.chan); operand(w, c.value); w.s(c.recvDst); }
    w.u(i.hasDefault);
    w.u(i.targets.size());
    for (BlockId b : i.targets) w.s(b);
  }
  void numberClosures(const Function& f) {
    for (Function* c : f.closures) {
      closureIds_.try_emplace(c, closureIds_.size());
      numberClosures(*c);
    }
  }
  void function(ByteWriter& w, const Function& f) {
    str(w, f.symbol);
    str(w, f.displayName);
    w.u(f.object ? 1 : 0);
    if (f.object) funcRefTarget(w, f.object);
    pkg(w, f.pkg);
    type(w, f.signature);
    typeParams(w, f.typeParams);
    w.u(f.locals.size());
    for (const LocalInfo& l : f.locals) { str(w, l.name); type(w, l.type); w.tag(l.kind); w.u(l.isMapIter); w.u(l.addressTaken); pos(w, l.pos); }
    w.u(f.params.size());
    for (LocalId l : f.params) w.s(l);
    w.u(f.results.size());
    for (LocalId l : f.results) w.s(l);
    w.u(f.resultBoxes.size());
    for (LocalId l : f.resultBoxes) w.s(l);
    w.u(f.captures.size());
    for (const CaptureInfo& c : f.captures) { str(w, c.name); type(w, c.type); }
    pos(w, f.pos);
    pos(w, f.endPos);
    w.u(f.pragma);
    w.u(f.hasDefer | f.hasRecover << 1 | f.isWrapper << 2 | f.inlinable << 3);
    w.u(f.closures.size());
    for (Function* c : f.closures) function(w, *c);
    w.u(f.blocks.size());
    for (const Block& b : f.blocks) {
      w.u(b.instrs.size());
      for (const Instr& i : b.instrs) instr(w, i);
    }
  }
  std::string encodeBody(const Function& f) {
    closureIds_.clear();
    numberClosures(f);
    ByteWriter w;
    function(w, f);
    return w.bytes;
  }

  const Module& module_;
  BodyProvider& bodyProvider_;
  const SourceTable& sources_;
  llvm::StringMap<std::string> recordedNames_;
  llvm::DenseMap<Func*, Function*> ownBodies_;
  llvm::StringMap<uint32_t> stringIds_;
  std::vector<llvm::StringRef> strings_;
  llvm::DenseMap<Package*, uint32_t> packageIds_;
  std::vector<Package*> packages_;
  llvm::DenseMap<Type*, uint32_t> typeIds_;
  std::deque<Type*> typeQueue_;
  llvm::DenseMap<Object*, uint32_t> objectIds_;
  std::deque<Object*> objectQueue_;
  llvm::DenseMap<Func*, uint32_t> bodyIds_;
  std::deque<Function*> bodyQueue_;
  std::deque<std::string> types_, objects_, bodies_;
  llvm::DenseMap<const Function*, uint32_t> closureIds_;
};

} // namespace

std::string writeExport(const Module& module, BodyProvider& bodies, const SourceTable& sources) { return Writer(module, bodies, sources).run(); }

} // namespace stoat::mir
