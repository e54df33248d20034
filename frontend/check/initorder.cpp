// The order in which package variables are initialised (types2 initorder.go).
//
// A variable depends on the variables and constants that its initialiser reaches, directly or through functions. Of the
// variables that depend on nothing uninitialised the first in source order comes next.
#include "check/checker.h"
#include <algorithm>
#include <set>

namespace stoat {

namespace {

struct Node {
  Object* object;
  DeclInfo* decl;
  std::vector<unsigned> dependents; // nodes that depend on this one
  unsigned pending = 0;             // dependencies not yet initialised
};

class InitOrder {
public:
  explicit InitOrder(Checker* check) : check_(check) {}

  void run() {
    for (Object* o : check_->objList) {
      if (o->kind() != ObjectKind::Var && o->kind() != ObjectKind::Const) continue;
      index_[o] = static_cast<unsigned>(nodes_.size());
      nodes_.push_back({o, check_->objMap[o], {}, 0});
    }
    for (unsigned i = 0; i < nodes_.size(); i++) connect(i);

    auto less = [this](unsigned a, unsigned b) {
      const Node& x = nodes_[a];
      const Node& y = nodes_[b];
      bool xc = x.object->kind() == ObjectKind::Const, yc = y.object->kind() == ObjectKind::Const;
      if (xc != yc) return xc;
      if (x.pending != y.pending) return x.pending < y.pending;
      return x.object->order < y.object->order;
    };
    std::set<unsigned, decltype(less)> queue(less);
    for (unsigned i = 0; i < nodes_.size(); i++) queue.insert(i);
    llvm::DenseSet<DeclInfo*> emitted;
    while (!queue.empty()) {
      unsigned i = *queue.begin();
      queue.erase(queue.begin());
      Node& n = nodes_[i];
      if (n.pending > 0) {
        llvm::DenseSet<Object*> seen;
        std::vector<Object*> cycle;
        if (findPath(n.object, n.object, seen, cycle)) report(cycle);
        // It goes on as if the cycle were not there.
      }
      for (unsigned d : n.dependents) {
        auto it = queue.find(d);
        if (it == queue.end()) {
          nodes_[d].pending--;
          continue;
        }
        queue.erase(it);
        nodes_[d].pending--;
        queue.insert(d);
      }
      Var* v = llvm::dyn_cast<Var>(n.object);
      if (!v || !n.decl->hasInitializer() || !emitted.insert(n.decl).second) continue;
      Initializer init;
      init.lhs = n.decl->lhs;
      if (init.lhs.empty()) init.lhs.push_back(v);
      init.rhs = n.decl->init;
      init.pos = n.decl->init->pos;
      check_->result->initOrder.push_back(std::move(init));
    }
  }

private:
  // Follows dependencies through functions to the next variables and constants.
  void connect(unsigned i) {
    stamp_++;
    work_.clear();
    auto reach = [&](DeclInfo* d) {
      for (Object* o : d->deps) {
        auto it = index_.find(o);
        unsigned& seen = seen_[o];
        if (seen == stamp_) continue;
        seen = stamp_;
        if (it != index_.end()) {
          nodes_[it->second].dependents.push_back(i);
          nodes_[i].pending++;
        } else if (DeclInfo* f = check_->objMap.lookup(o)) {
          work_.push_back(f);
        }
      }
    };
    reach(nodes_[i].decl);
    while (!work_.empty()) {
      DeclInfo* d = work_.back();
      work_.pop_back();
      reach(d);
    }
  }

  bool findPath(Object* from, Object* to, llvm::DenseSet<Object*>& seen, std::vector<Object*>& path) {
    if (!seen.insert(from).second) return false;
    DeclInfo* d = check_->objMap.lookup(from);
    if (!d) return false;
    std::vector<Object*> deps(d->deps.begin(), d->deps.end());
    std::sort(deps.begin(), deps.end(), [](Object* a, Object* b) { return a->order < b->order; });
    for (Object* o : deps) {
      if (o == to) {
        path.push_back(o);
        return true;
      }
      if (findPath(o, to, seen, path)) {
        path.push_back(o);
        return true;
      }
    }
    return false;
  }

  void report(const std::vector<Object*>& cycle) {
    Object* o = cycle[0];
    if (cycle.size() == 1) {
      check_->errorf(o, DiagKind::InvalidInitCycle, "initialization cycle: %s refers to itself", o->name);
      return;
    }
    ErrorReport r(check_, DiagKind::InvalidInitCycle);
    r.addf(o, "initialization cycle for %s", o->name);
    for (size_t j = cycle.size(); j-- > 0;) {
      r.addf(o, "%s refers to %s", o->name, cycle[j]->name);
      o = cycle[j];
    }
    r.report();
  }

  Checker* check_;
  std::vector<Node> nodes_;
  llvm::DenseMap<Object*, unsigned> index_;
  llvm::DenseMap<Object*, unsigned> seen_;
  std::vector<DeclInfo*> work_;
  unsigned stamp_ = 0;
};

} // namespace

void Checker::initOrder() { InitOrder(this).run(); }

} // namespace stoat
