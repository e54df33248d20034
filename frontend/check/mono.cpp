// Finds generic code that would need infinitely many instances (types2 mono.go).
//
// A graph over type parameters (and local types that depend on some): an edge says that one is instantiated with a type made
// from another, with weight 1 if that type is larger than the parameter itself. A cycle of positive weight never ends.
#include "check/checker.h"

namespace stoat {

struct MonoGraph {
  struct Vertex { int weight = 0; int pre = 0; int len = 0; TypeName* obj; };
  struct Edge { int dst, src, weight; Pos pos; Type* type; };
  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
  llvm::DenseMap<TypeParam*, TypeParam*> canon; // receiver's type parameter -> the type's
  llvm::DenseMap<TypeName*, int> nameIdx;
  Package* pkg = nullptr;

  int vertex(TypeName* o) {
    vertices.push_back({0, 0, 0, o});
    return static_cast<int>(vertices.size()) - 1;
  }
  int typeParamVertex(TypeParam* p) {
    if (TypeParam* c = canon.lookup(p)) p = c;
    auto it = nameIdx.find(p->obj);
    if (it != nameIdx.end()) return it->second;
    int i = vertex(p->obj);
    nameIdx[p->obj] = i;
    return i;
  }
  // Vertex of a local type that is implicitly parameterised by the functions around it, else -1.
  int localNamedVertex(Named* n) {
    TypeName* o = n->obj;
    if (o->pkg != pkg || o->parent == pkg->scope) return -1;
    auto it = nameIdx.find(o);
    if (it != nameIdx.end()) return it->second;
    int i = -1;
    for (Scope* s = o->parent; s && s != pkg->scope; s = s->parent) {
      for (Object* e : s->objects()) {
        TypeName* t = llvm::dyn_cast<TypeName>(e);
        if (!t || !(t->pos < o->pos)) continue;
        TypeParam* p = llvm::dyn_cast_or_null<TypeParam>(t->type);
        if (!p) continue;
        if (i < 0) i = vertex(o);
        edges.push_back({i, typeParamVertex(p), 1, o->pos, p});
      }
    }
    nameIdx[o] = i;
    return i;
  }

  struct Assign {
    MonoGraph* graph;
    Pos pos;
    TypeParam* tpar;
    Type* targ;
    llvm::SmallPtrSet<Type*, 8> interfaces;
    void flow(int src, Type* t) { graph->edges.push_back({graph->typeParamVertex(tpar), src, t == targ ? 0 : 1, pos, targ}); }
    void visit(Type* type) {
      Type* t = unalias(type);
      switch (t->kind()) {
      case TypeKind::TypeParam: flow(graph->typeParamVertex(llvm::cast<TypeParam>(t)), t); break;
      case TypeKind::Named: {
        Named* n = llvm::cast<Named>(t);
        int src = graph->localNamedVertex(n->origin);
        if (src >= 0) flow(src, t);
        for (Type* a : n->typeArgs) visit(a);
        break;
      }
      case TypeKind::Array: visit(llvm::cast<ArrayTypeT>(t)->elem); break;
      case TypeKind::Chan: visit(llvm::cast<ChanTypeT>(t)->elem); break;
      case TypeKind::Pointer: visit(llvm::cast<PointerType>(t)->elem); break;
      case TypeKind::Slice: visit(llvm::cast<SliceTypeT>(t)->elem); break;
      case TypeKind::Map:
        visit(llvm::cast<MapTypeT>(t)->key);
        visit(llvm::cast<MapTypeT>(t)->elem);
        break;
      case TypeKind::Interface:
        if (!interfaces.insert(t).second) break;
        for (Func* m : typeSetOf(llvm::cast<Interface>(t))->methods) visit(m->type);
        break;
      case TypeKind::Signature: {
        Signature* s = llvm::cast<Signature>(t);
        for (Var* v : s->params->vars) visit(v->type);
        for (Var* v : s->results->vars) visit(v->type);
        break;
      }
      case TypeKind::Struct:
        for (Var* f : llvm::cast<StructTypeT>(t)->fields) visit(f->type);
        break;
      default: break;
      }
    }
  };
};

void Checker::monoRecordCanon(TypeParam* mpar, TypeParam* tpar) {
  if (!mono) mono = make<MonoGraph>();
  mono->pkg = pkg;
  mono->canon[mpar] = tpar;
}

void Checker::monoRecordInstance(Pos pos, llvm::ArrayRef<TypeParam*> tparams, llvm::ArrayRef<Type*> targs, llvm::ArrayRef<Expr*> xlist) {
  for (size_t i = 0; i < tparams.size() && i < targs.size(); i++) {
    if (tparams[i]->obj->pkg != pkg) continue; // cycles do not cross packages
    if (!mono) {
      mono = make<MonoGraph>();
      mono->pkg = pkg;
    }
    MonoGraph::Assign{mono, i < xlist.size() ? startPos(xlist[i]) : pos, tparams[i], targs[i], {}}.visit(targs[i]);
  }
}

// Bellman-Ford: a path as long as there are vertices contains a cycle of positive weight.
void Checker::monomorph() {
  if (!mono) return;
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < mono->edges.size(); i++) {
      const MonoGraph::Edge& e = mono->edges[i];
      MonoGraph::Vertex& src = mono->vertices[e.src];
      MonoGraph::Vertex& dst = mono->vertices[e.dst];
      int w = src.weight + e.weight;
      if (w <= dst.weight) continue;
      dst.pre = static_cast<int>(i);
      dst.len = src.len + 1;
      if (dst.len == static_cast<int>(mono->vertices.size())) {
        reportInstanceLoop(e.dst);
        return;
      }
      dst.weight = w;
      again = true;
    }
  }
}

void Checker::reportInstanceLoop(int v) {
  std::vector<int> stack;
  std::vector<bool> seen(mono->vertices.size());
  while (!seen[v]) {
    stack.push_back(v);
    seen[v] = true;
    v = mono->edges[mono->vertices[v].pre].src;
  }
  // Leave out the way into the cycle.
  while (stack.front() != v) stack.erase(stack.begin());
  ErrorReport r(this, DiagKind::InvalidInstanceCycle);
  r.addf(mono->vertices[v].obj, "instantiation cycle:");
  Qualifier relative = [this](const Package* p) { return p == pkg ? std::string() : p->path; };
  for (int i : stack) {
    const MonoGraph::Edge& e = mono->edges[mono->vertices[i].pre];
    TypeName* o = mono->vertices[e.dst].obj;
    r.addf(e.pos, llvm::isa<TypeParam>(o->type) ? "%s instantiated as %s" : "%s implicitly parameterized by %s", o->name, typeString(e.type, relative));
  }
  r.report();
}

} // namespace stoat
