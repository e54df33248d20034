// Values that can be laid out at compile time: constants, nil, functions, addresses of package variables, composite literals of such values, and
// interfaces that hold them. In code that runs once (package initialisation) also new objects (&T{...}), slices and function literals: those
// objects become synthesised package variables, so that two references to one object stay one object.
#include "build/builder.h"

namespace stoat::mir {

namespace {

constexpr unsigned depthLimit = 200;

bool isComposite(Type* t) {
  Type* core = coreType(t);
  return llvm::isa_and_nonnull<StructTypeT>(core) || llvm::isa_and_nonnull<ArrayTypeT>(core);
}

Func* functionOf(Expr* e, Instance*& instance) {
  if (IndexExpr* x = llvm::dyn_cast<IndexExpr>(e)) {
    if (!x->x->type || !llvm::isa<Signature>(x->x->type->underlying()))
      return nullptr;
    e = unparen(x->x);
  }
  Name* n = llvm::dyn_cast<Name>(e);
  if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e); s && !s->selection)
    n = s->sel;
  if (!n)
    return nullptr;
  instance = n->instance;
  return llvm::dyn_cast_or_null<Func>(n->object);
}

Var* packageVariable(Expr* e) {
  Name* n = llvm::dyn_cast<Name>(e);
  if (SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e); s && !s->selection)
    n = s->sel;
  Var* v = n ? llvm::dyn_cast_or_null<Var>(n->object) : nullptr;
  return v && v->varKind == VarKind::Package ? v : nullptr;
}

// [...]T{1<<30: x} and [1<<30]T{x}: stored element by element; as data it would be a huge object, in the file and in the compiler's memory.
// (What exceeds gc's limit on symbols is refused as a variable, by name.)
bool isSparse(CompositeLit* lit, const TargetSizes& sizes) {
  constexpr int64_t limit = 1 << 20, largestSymbol = 2'000'000'000;
  ArrayTypeT* array = llvm::dyn_cast_or_null<ArrayTypeT>(coreType(valueType(lit)));
  int64_t last = array && sizes.sizeOf(array) <= largestSymbol ? array->len : 0;
  for (Expr* e : lit->elems)
    if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(e))
      if (kv->key->constant.kind() == ConstValue::Int)
        last = std::max(last, kv->key->constant.int64Val());
  return last > limit && static_cast<uint64_t>(last) / 16 > lit->elems.size();
}

bool isMethodExprOfSame(SelectorExpr* s) { // T.M that is the method itself
  if (!s->selection || s->selection->kind != SelectionKind::MethodExpr || s->selection->index.size() != 1)
    return false;
  Type* recv = unalias(s->selection->recv);
  Func* method = llvm::dyn_cast_or_null<Func>(s->selection->obj);
  if (!method || isInterfaceType(recv) || isTypeParam(recv))
    return false;
  Var* declared = method->signature()->recv;
  return declared && llvm::isa<PointerType>(unalias(declared->type)) == llvm::isa<PointerType>(recv);
}

bool mentionsSlice(const StaticValue* v, unsigned depth) {
  if (!v)
    return false;
  if (v->kind == StaticValue::Slice || v->kind == StaticValue::AddrOfStatic || depth > depthLimit)
    return true;
  for (const std::pair<int64_t, StaticValue*>& e : v->elems)
    if (mentionsSlice(e.second, depth + 1))
      return true;
  return v->kind == StaticValue::Interface && mentionsSlice(v->pointee, depth + 1);
}

} // namespace

// The value of package variable v, if later initialisers may copy it: it is known and v is never assigned nor addressed in its package, nor by the
// link tool's -X, which sets strings.
StaticValue* ModuleBuilder::copyable(Var* v) {
  if (v->pkg != package.pkg || isStringType(v->type) || (v->localId & (VarReassigned | VarAddressTaken)))
    return nullptr;
  StaticValue* value = values_.lookup(v);
  return value && !mentionsSlice(value, 0) ? value : nullptr;
}

bool ModuleBuilder::isStatic(Expr* e, Type* target, bool once, unsigned depth) {
  e = unparen(e);
  if (depth > depthLimit || !target)
    return false;
  if (isNil(e))
    return !isTypeParam(target);
  Type* type = valueType(e);
  if (!type || hasTypeParam(type) || hasTypeParam(target))
    return false;
  if (e->mode == ExprMode::Constant)
    return e->constant.isValid();
  if (isInterfaceType(target)) {
    if (!isInterfaceType(type))
      return isStatic(e, type, once, depth + 1);
    if (!identical(type, target))
      return false;
  }
  switch (e->kind) {
  case NodeKind::Name:
  case NodeKind::SelectorExpr:
  case NodeKind::IndexExpr: {
    Instance* instance = nullptr;
    if (Func* func = functionOf(e, instance)) {
      if (instance)
        for (Type* t : instance->typeArgs)
          if (hasTypeParam(t))
            return false;
      return func->type && (instance || func->signature()->typeParams.empty());
    }
    if (Var* v = packageVariable(e))
      return once && copyable(v);
    SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(e);
    return s && isMethodExprOfSame(s) && !hasTypeParam(s->selection->recv);
  }
  case NodeKind::FuncLit: return once;
  case NodeKind::CompositeLit: {
    CompositeLit* lit = llvm::cast<CompositeLit>(e);
    Type* object = type;
    if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(coreType(type))) {
      if (!once)
        return false;
      object = p->elem;
    }
    Type* core = coreType(object);
    bool isSlice = llvm::isa_and_nonnull<SliceTypeT>(core);
    if ((isSlice && !once) || !(isSlice || isComposite(object)))
      return false;
    if (isSparse(lit, sizes))
      return false;
    StructTypeT* record = llvm::dyn_cast<StructTypeT>(core);
    for (size_t i = 0; i < lit->elems.size(); ++i) {
      KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(lit->elems[i]);
      Expr* x = kv ? kv->value : lit->elems[i];
      Type* want = nullptr;
      if (!record) {
        want = elementOf(object);
      } else if (kv) {
        Name* n = llvm::dyn_cast<Name>(unparen(kv->key));
        for (Var* field : record->fields)
          if (n && field->name == n->value)
            want = field->type;
      } else if (i < record->fields.size()) {
        want = record->fields[i]->type;
      }
      if (!isStatic(x, want, once, depth + 1))
        return false;
    }
    return true;
  }
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    if (o->y || o->op != Op::And)
      return false;
    Expr* x = unparen(o->x);
    if (CompositeLit* lit = llvm::dyn_cast<CompositeLit>(x))
      return once && isStatic(lit, valueType(lit), once, depth + 1);
    return packageVariable(x) != nullptr;
  }
  case NodeKind::CallExpr: {
    CallExpr* c = llvm::cast<CallExpr>(e);
    if (!c->fun->isType() || c->args.size() != 1)
      return false;
    Type* from = valueType(c->args[0]);
    if (isNil(unparen(c->args[0])))
      return true;
    if (isInterfaceType(type))
      return isStatic(c->args[0], type, once, depth + 1);
    return from && (c->args[0]->mode != ExprMode::Constant) && identicalIgnoreTags(from->underlying(), type->underlying()) && isStatic(c->args[0], from, once, depth + 1);
  }
  default: return false;
  }
}

Var* ModuleBuilder::staticData(StaticValue* value, bool readOnly) {
  Var* v = typeArena().make<Var>();
  v->varKind = VarKind::Package;
  v->pkg = package.pkg;
  v->type = value->type;
  v->name = typeArena().copy("..stmp_" + std::to_string(dataCount_++));
  v->linkSymbol = typeArena().copy(packagePrefix(package.pkg) + v->name.str());
  GlobalVar g;
  g.var = v;
  g.init = value;
  g.readOnly = readOnly;
  module->globals.push_back(g);
  return v;
}

StaticValue* ModuleBuilder::staticComposite(CompositeLit* lit) {
  Type* type = valueType(lit);
  StaticValue* v = mirArena().make<StaticValue>();
  v->type = type;
  if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(coreType(type))) { // elided &T
    v->kind = StaticValue::Aggregate;
    v->type = type = p->elem;
  }
  Type* core = coreType(type);
  v->kind = llvm::isa<SliceTypeT>(core) ? StaticValue::Slice : StaticValue::Aggregate;
  StructTypeT* record = llvm::dyn_cast<StructTypeT>(core);
  int64_t next = 0;
  for (size_t i = 0; i < lit->elems.size(); ++i) {
    KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(lit->elems[i]);
    Expr* x = kv ? kv->value : lit->elems[i];
    if (record) {
      int64_t number = static_cast<int64_t>(i);
      if (kv) {
        Name* n = llvm::cast<Name>(unparen(kv->key));
        for (size_t k = 0; k < record->fields.size(); ++k)
          if (record->fields[k]->name == n->value)
            number = static_cast<int64_t>(k);
      }
      if (record->fields[number]->name == "_")
        continue;
      v->elems.push_back({number, staticValue(x, record->fields[number]->type)});
      continue;
    }
    if (kv && kv->key->constant.isValid())
      next = kv->key->constant.toInt().int64Val();
    v->elems.push_back({next, staticValue(x, elementOf(type))});
    v->length = std::max(v->length, ++next);
  }
  return v;
}

StaticValue* ModuleBuilder::staticValue(Expr* e, Type* target) {
  e = unparen(e);
  StaticValue* v = mirArena().make<StaticValue>();
  v->type = target;
  if (isNil(e))
    return v;
  Type* type = valueType(e);
  if (isInterfaceType(target) && !isInterfaceType(type)) {
    v->kind = StaticValue::Interface;
    v->pointee = staticValue(e, type);
    return v;
  }
  if (e->mode == ExprMode::Constant) {
    v->kind = StaticValue::Const;
    v->constant = e->constant;
    return v;
  }
  switch (e->kind) {
  case NodeKind::FuncLit: {
    FuncLit* lit = llvm::cast<FuncLit>(e);
    Operand o = init->funcLit(lit);
    v->kind = StaticValue::Func;
    v->func = o.func;
    return v;
  }
  case NodeKind::CompositeLit: {
    StaticValue* value = staticComposite(llvm::cast<CompositeLit>(e));
    if (!llvm::isa_and_nonnull<PointerType>(coreType(type))) {
      value->type = target;
      return value;
    }
    v->kind = StaticValue::AddrOfGlobal;
    v->global = staticData(value, false);
    return v;
  }
  case NodeKind::Operation: {
    Expr* x = unparen(llvm::cast<Operation>(e)->x);
    v->kind = StaticValue::AddrOfGlobal;
    if (CompositeLit* lit = llvm::dyn_cast<CompositeLit>(x))
      v->global = staticData(staticValue(lit, valueType(lit)), false);
    else
      v->global = packageVariable(x);
    return v;
  }
  case NodeKind::CallExpr: {
    Expr* x = llvm::cast<CallExpr>(e)->args[0];
    if (isNil(unparen(x)))
      return v;
    if (isInterfaceType(type))
      return staticValue(x, target);
    StaticValue* value = mirArena().make<StaticValue>(*staticValue(x, valueType(x)));
    value->type = target;
    return value;
  }
  default: break;
  }
  if (Var* variable = packageVariable(e))
    if (StaticValue* value = copyable(variable))
      return value;
  Operand o = init->expr(e); // a function or method expression
  v->kind = StaticValue::Func;
  v->func = o.func;
  return v;
}

} // namespace stoat::mir
