// gc's order of evaluation: see builder.h. Flags of an expression: 1, it contains something that can change memory (a call, a receive, append,
// copy ...) or a unit that can panic (a slicing, a type assertion), so operands to its left must be evaluated in gc's order; 2, it contains a unit
// that is evaluated early.
#include "build/builder.h"

namespace stoat::mir {

namespace {
constexpr uint8_t effect = 1, unit = 2;

bool isTransparent(BuiltinId id) { // evaluated where it stands
  switch (id) {
  case BuiltinId::UnsafeAdd: case BuiltinId::UnsafeSizeof: case BuiltinId::UnsafeAlignof: case BuiltinId::UnsafeOffsetof:
  case BuiltinId::UnsafeSliceData: case BuiltinId::UnsafeStringData: case BuiltinId::UnsafeSlice: case BuiltinId::UnsafeString:
    return true;
  default: return false;
  }
}
bool changesNothing(BuiltinId id) { // evaluated in order, but what stands to its left need not be
  switch (id) {
  case BuiltinId::Len: case BuiltinId::Cap: case BuiltinId::Real: case BuiltinId::Imag: case BuiltinId::Complex:
  case BuiltinId::Min: case BuiltinId::Max: case BuiltinId::New: case BuiltinId::Make:
    return true;
  default: return false;
  }
}

} // namespace

// gc reads an element of a map late, as it does a variable, unless its key is a string made of bytes, which is not copied and must not change.
static bool isOrderedMapRead(IndexExpr* x) {
  CallExpr* key = isMapElement(x) ? llvm::dyn_cast<CallExpr>(unparen(x->index)) : nullptr;
  return key && key->fun->isType() && key->args.size() == 1 && isStringType(valueType(key)) && !isStringType(valueType(key->args[0]));
}

// gc passes the keys of maps without a fast variant (cmd/compile/internal/walk, mapfast) by address, so it evaluates them early, unless they have
// one. Structs and arrays are taken for plain memory, and types that depend on type parameters for fast ones: it matters for the order of panics only.
static bool isEarlyKey(IndexExpr* x, const TargetSizes& sizes) {
  MapTypeT* map = isMapElement(x) ? llvm::cast<MapTypeT>(coreType(valueType(x->x))) : nullptr;
  if (!map || hasTypeParam(map) || isStringType(map->key) || (unparen(x->index)->mode == ExprMode::Variable && identical(valueType(x->index), map->key)))
    return false;
  if (BasicType* key = under<BasicType>(map->key); (key && (key->info & (IsFloat | IsComplex))) || isInterfaceType(map->key))
    return true;
  int64_t size = sizes.sizeOf(map->key);
  return (size != 4 && size != 8) || sizes.sizeOf(map->elem) > 128;
}

// The operand of a conversion to an interface if gc passes it by address and it has none (order.go, OCONVIFACE): it is evaluated early too.
static Expr* earlyOperand(const CallExpr* conversion) {
  Expr* x = conversion->args.size() == 1 && isInterfaceType(valueType(conversion)) ? unparen(conversion->args[0]) : nullptr;
  if (!x || x->mode == ExprMode::Variable || x->mode == ExprMode::Constant)
    return nullptr;
  Type* t = valueType(x);
  BasicType* basic = under<BasicType>(t);
  return under<StructTypeT>(t) || under<ArrayTypeT>(t) || (basic && basic->info & IsComplex) ? x : nullptr;
}

uint8_t FunctionBuilder::orderFlags(Expr* e) {
  if (!e)
    return 0;
  e = unparen(e);
  if (e->isType() || e->mode == ExprMode::Constant)
    return 0;
  switch (e->kind) {
  case NodeKind::Name: case NodeKind::BasicLit: case NodeKind::FuncLit: return 0;
  default: break;
  }
  llvm::DenseMap<const Expr*, uint8_t>::iterator known = orderFlags_.find(e);
  if (known != orderFlags_.end())
    return known->second;
  uint8_t flags = 0;
  switch (e->kind) {
  case NodeKind::CompositeLit:
    for (Expr* x : llvm::cast<CompositeLit>(e)->elems)
      flags |= orderFlags(x);
    if (e->type && llvm::isa_and_nonnull<MapTypeT>(coreType(e->type)))
      flags |= unit;
    break;
  case NodeKind::KeyValueExpr:
    flags = orderFlags(llvm::cast<KeyValueExpr>(e)->value);
    if (llvm::cast<KeyValueExpr>(e)->key->type) // not a field name
      flags |= orderFlags(llvm::cast<KeyValueExpr>(e)->key);
    break;
  case NodeKind::SelectorExpr: flags = llvm::cast<SelectorExpr>(e)->selection ? orderFlags(llvm::cast<SelectorExpr>(e)->x) : 0; break;
  case NodeKind::IndexExpr: {
    IndexExpr* x = llvm::cast<IndexExpr>(e);
    if (x->x->type && llvm::isa<Signature>(x->x->type->underlying()))
      break;
    flags = orderFlags(x->x) | orderFlags(x->index);
    if (isOrderedMapRead(x) || (module && isEarlyKey(x, module->sizes)))
      flags |= unit;
    break;
  }
  case NodeKind::SliceExpr: {
    SliceExpr* s = llvm::cast<SliceExpr>(e);
    flags = orderFlags(s->x) | orderFlags(s->index[0]) | orderFlags(s->index[1]) | orderFlags(s->index[2]) | unit | effect;
    break;
  }
  case NodeKind::AssertExpr: flags = orderFlags(llvm::cast<AssertExpr>(e)->x) | unit | effect; break;
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    flags = orderFlags(o->x) | orderFlags(o->y);
    if (o->op == Op::Recv && !o->y)
      flags |= effect | unit;
    if (o->op == Op::AndAnd || o->op == Op::OrOr)
      flags |= unit;
    break;
  }
  case NodeKind::CallExpr: {
    CallExpr* c = llvm::cast<CallExpr>(e);
    for (Expr* a : c->args)
      flags |= orderFlags(a);
    BuiltinId id;
    if (c->fun->isType()) {
      if (earlyOperand(c))
        flags |= unit;
      break;
    }
    if (!builtinOf(c, id)) {
      flags |= effect | unit;
    } else if (!isTransparent(id)) {
      flags |= unit;
      if (!changesNothing(id))
        flags |= effect;
    }
    break;
  }
  default: break;
  }
  orderFlags_[e] = flags;
  return flags;
}

void FunctionBuilder::hoist(Expr* e) {
  if (!e)
    return;
  e = unparen(e);
  if (!(orderFlags(e) & (unit | effect)) || memo_.count(e))
    return;
  switch (e->kind) {
  case NodeKind::CompositeLit:
    if (e->type && llvm::isa_and_nonnull<MapTypeT>(coreType(e->type)))
      break;
    for (Expr* x : llvm::cast<CompositeLit>(e)->elems)
      hoist(x);
    return;
  case NodeKind::KeyValueExpr:
    if (llvm::cast<KeyValueExpr>(e)->key->type)
      hoist(llvm::cast<KeyValueExpr>(e)->key);
    hoist(llvm::cast<KeyValueExpr>(e)->value);
    return;
  case NodeKind::SelectorExpr: hoist(llvm::cast<SelectorExpr>(e)->x); return;
  case NodeKind::IndexExpr:
    if (isOrderedMapRead(llvm::cast<IndexExpr>(e)))
      break;
    hoistElement(llvm::cast<IndexExpr>(e));
    return;
  case NodeKind::Operation: {
    Operation* o = llvm::cast<Operation>(e);
    if ((o->op == Op::Recv && !o->y) || o->op == Op::AndAnd || o->op == Op::OrOr)
      break;
    hoist(o->x);
    if (o->y)
      hoist(o->y);
    return;
  }
  case NodeKind::CallExpr: {
    CallExpr* c = llvm::cast<CallExpr>(e);
    BuiltinId id;
    if (c->fun->isType() || (builtinOf(c, id) && isTransparent(id))) {
      for (Expr* a : c->args)
        hoist(a);
      if (Expr* x = c->fun->isType() ? earlyOperand(c) : nullptr)
        evaluateNow(x);
      return;
    }
    if (llvm::isa_and_nonnull<TupleType>(e->type)) // f(g()): evaluated with the call that takes it
      return;
    break;
  }
  default: break;
  }
  evaluateNow(e);
}

void FunctionBuilder::hoistElement(IndexExpr* x) {
  hoist(x->x);
  hoist(x->index);
  if (module && isEarlyKey(x, module->sizes))
    evaluateNow(unparen(x->index));
}

void FunctionBuilder::evaluateNow(Expr* e) {
  if (e->mode == ExprMode::Constant || isNil(e) || memo_.count(e))
    return;
  Operand v = stable(expr(e));
  memo_[e] = v;
}

// As hoist, for the left side of an assignment: a map element is not read.
void FunctionBuilder::hoistPlace(Expr* e) {
  if (!e)
    return;
  e = unparen(e);
  if (isMapElement(e)) {
    hoistElement(llvm::cast<IndexExpr>(e));
    return;
  }
  hoist(e);
}

void FunctionBuilder::hoistUpToLastEffect(llvm::ArrayRef<Expr*> list) {
  size_t last = list.size();
  while (last > 0 && !hasEffects(list[last - 1]))
    --last;
  if (last == 0 || (last == 1 && list.size() == 1))
    return;
  for (size_t i = 0; i < last; ++i)
    hoist(list[i]);
}

} // namespace stoat::mir
