// Composite literals. Structs and arrays are built field by field in a temporary or in the fresh object they initialise; slices over a new array;
// maps by stores. Larger static parts are copied from read-only data, large static maps filled by a loop over two arrays.
#include "build/builder.h"

namespace stoat::mir {

namespace {

constexpr size_t staticThreshold = 8;  // elements of an array or slice literal from which on it is copied from static data
constexpr size_t mapLoopThreshold = 25;

// Field number of a keyed element of a struct literal.
int fieldNumber(StructTypeT* record, Expr* key) {
  Name* n = llvm::dyn_cast<Name>(unparen(key));
  if (!n)
    return -1;
  for (size_t i = 0; i < record->fields.size(); ++i)
    if (record->fields[i] == n->object)
      return static_cast<int>(i);
  for (size_t i = 0; i < record->fields.size(); ++i)
    if (record->fields[i]->name == n->value)
      return static_cast<int>(i);
  return -1;
}

struct Element { int64_t index; Expr* value; };

// Elements of an array or slice literal with their indices; returns the length.
int64_t indexedElements(CompositeLit* e, llvm::SmallVectorImpl<Element>& out) {
  int64_t next = 0, length = 0;
  for (Expr* x : e->elems) {
    if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x)) {
      next = kv->key->constant.isValid() ? kv->key->constant.toInt().int64Val() : next;
      out.push_back({next, kv->value});
    } else {
      out.push_back({next, x});
    }
    length = std::max(length, ++next);
  }
  return length;
}

} // namespace

Operand FunctionBuilder::composite(CompositeLit* e) {
  if (!llvm::isa_and_nonnull<MapTypeT>(coreType(valueType(e)))) // a map is filled entry by entry
    hoistUpToLastEffect(e->elems);
  return compositeOf(e, valueType(e));
}

Operand FunctionBuilder::compositeOf(CompositeLit* e, Type* type) {
  Type* core = coreType(type);
  if (PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(core)) { // {...} for &T{...} inside of another literal
    Type* object = coreType(pointer->elem);
    bool inPlace = llvm::isa_and_nonnull<StructTypeT>(object) || llvm::isa_and_nonnull<ArrayTypeT>(object);
    Operand value = inPlace ? Operand::none() : compositeOf(e, pointer->elem);
    Operand result = newTemp(type);
    Instr& i = emit(Opcode::New);
    i.type = pointer->elem;
    i.dsts.push_back(result.local);
    if (inPlace)
      compositeInto(e, derefPlace(result.local), true, InitStore);
    else
      store(derefPlace(result.local), value, InitStore);
    return result;
  }
  if (llvm::isa_and_nonnull<SliceTypeT>(core))
    return sliceLit(e, type);
  if (llvm::isa_and_nonnull<MapTypeT>(core))
    return mapLit(e, type);
  if (e->elems.empty())
    return Operand::zero(type);
  Operand result = newTemp(type);
  compositeInto(e, localPlace(result.local), false, FlagNone);
  return result;
}

void FunctionBuilder::elementInto(Expr* e, const Place& dst, unsigned flags) {
  Expr* x = unparen(e);
  CompositeLit* lit = llvm::dyn_cast<CompositeLit>(x);
  bool inPlace = lit && !memo_.count(lit) && lit->type && identical(lit->type, dst.type);
  if (inPlace) {
    Type* core = coreType(dst.type);
    if (llvm::isa_and_nonnull<StructTypeT>(core) || llvm::isa_and_nonnull<ArrayTypeT>(core)) {
      hoistUpToLastEffect(lit->elems);
      compositeInto(lit, dst, true, flags);
      return;
    }
  }
  store(dst, exprTo(e, dst.type), flags);
}

// gc makes an object of static data from each literal, and these have a limit; the elements of a slice's inside a function are in the frame.
void FunctionBuilder::checkLiteralSize(CompositeLit* e, Type* array, bool isSlice) {
  constexpr int64_t limit = 2'000'000'000;
  if (!module || e->elems.empty() || hasTypeParam(array))
    return;
  int64_t size = module->sizes.sizeOf(array);
  if (size < 0)
    module->diag.report(e->pos, DiagKind::TypeTooLarge, "type " + typeString(array) + " larger than address space");
  else if (size > limit && isSlice && f->object)
    module->diag.report(f->pos, DiagKind::TypeTooLarge, "stack frame too large (>1GB): " + std::to_string(size >> 20) + " MB locals + 0 MB args");
  else if (size > limit)
    module->diag.report(e->pos, DiagKind::TypeTooLarge, "symbol too large (" + std::to_string(size) + " bytes > " + std::to_string(limit) + " bytes)");
}

bool FunctionBuilder::staticInto(CompositeLit* e, const Place& dst, unsigned flags) {
  if (!module || e->elems.size() < staticThreshold || !llvm::isa_and_nonnull<ArrayTypeT>(coreType(dst.type)) || !memo_.empty() || hasTypeParam(dst.type) || !identical(valueType(e), dst.type) ||
      !module->isStatic(e, dst.type, runsOnce()))
    return false;
  Var* data = module->staticData(module->staticValue(e, dst.type), true);
  store(dst, load(globalPlace(data)), flags);
  return true;
}

void FunctionBuilder::compositeInto(CompositeLit* e, const Place& dst, bool isZeroed, unsigned flags) {
  Pos saved = pos;
  pos = e->pos;
  Type* core = coreType(dst.type);
  if (llvm::isa_and_nonnull<ArrayTypeT>(core))
    checkLiteralSize(e, dst.type, /*isSlice=*/false);
  if (staticInto(e, dst, flags)) {
    pos = saved;
    return;
  }
  if (StructTypeT* record = llvm::dyn_cast_or_null<StructTypeT>(core)) {
    // Blank fields stay zero; what is written for them is evaluated only.
    bool hasBlank = llvm::any_of(record->fields, [](Var* field) { return field->name == "_"; });
    if (!isZeroed && (e->elems.size() < record->fields.size() || record->fields.empty() || hasBlank))
      store(dst, Operand::zero(dst.type), flags);
    else if (!isZeroed) // nested literals rely on zeroed memory
      for (Expr* x : e->elems) {
        KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x);
        if (llvm::isa<CompositeLit>(unparen(kv ? kv->value : x))) {
          store(dst, Operand::zero(dst.type), flags);
          break;
        }
      }
    for (size_t i = 0; i < e->elems.size(); ++i) {
      KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(e->elems[i]);
      int field = kv ? fieldNumber(record, kv->key) : static_cast<int>(i);
      if (field < 0 || static_cast<size_t>(field) >= record->fields.size())
        continue;
      if (record->fields[field]->name == "_") {
        exprTo(e->elems[i], record->fields[field]->type);
        continue;
      }
      elementInto(kv ? kv->value : e->elems[i], fieldOf(dst, field), flags);
    }
  } else if (ArrayTypeT* array = llvm::dyn_cast_or_null<ArrayTypeT>(core)) {
    if (!isZeroed)
      store(dst, Operand::zero(dst.type), flags);
    llvm::SmallVector<Element, 16> elements;
    indexedElements(e, elements);
    for (const Element& x : elements)
      elementInto(x.value, indexOf(dst, intConst(x.index), array->elem), flags);
  } else {
    store(dst, compositeOf(e, dst.type), flags);
  }
  pos = saved;
}

Operand FunctionBuilder::sliceLit(CompositeLit* e, Type* type) {
  Type* elem = elementOf(type);
  llvm::SmallVector<Element, 16> elements;
  int64_t length = indexedElements(e, elements);
  Type* array = typeArena().make<ArrayTypeT>(elem, length);
  checkLiteralSize(e, array, /*isSlice=*/true);
  Operand pointer = newTemp(pointerTo(array));
  bool isStatic = module && elements.size() >= staticThreshold && memo_.empty() && !hasTypeParam(type);
  if (isStatic)
    for (const Element& x : elements)
      isStatic = isStatic && module->isStatic(x.value, elem, runsOnce());
  Instr& i = emit(Opcode::New);
  i.type = array;
  i.dsts.push_back(pointer.local);
  if (isStatic) {
    StaticValue* v = module->staticComposite(e); // a slice; its elements are the array's
    StaticValue* backing = mirArena().make<StaticValue>(*v);
    backing->kind = StaticValue::Aggregate;
    backing->type = array;
    store(derefPlace(pointer.local), load(globalPlace(module->staticData(backing, true))), InitStore);
  } else {
    for (const Element& x : elements)
      elementInto(x.value, indexOf(derefPlace(pointer.local), intConst(x.index), elem), InitStore);
  }
  Operand result = value(Opcode::Slice, type, {pointer, Operand::none(), Operand::none(), Operand::none()});
  f->blocks[cur_].instrs.back().flags |= Unchecked;
  return result;
}

void FunctionBuilder::mapStoreLoop(const Operand& map, Var* keys, Var* values, int64_t count) {
  Type* intType = basicType(BasicKind::Int);
  LocalId index = newLocal(intType, LocalKind::Variable);
  copyTo(index, intConst(0));
  BlockId head = newBlock(), loop = newBlock(), done = newBlock();
  jump(head);
  start(head);
  Operand at = Operand::ofLocal(index, intType);
  branch(value(Opcode::Lt, basicType(BasicKind::Bool), {at, intConst(count)}), loop, done);
  start(loop);
  Operand key = load(indexOf(globalPlace(keys), at, elementOf(keys->type)));
  Operand elem = load(indexOf(globalPlace(values), at, elementOf(values->type)));
  emit(Opcode::MapStore).args = {map, key, elem};
  copyTo(index, value(Opcode::Add, intType, {at, intConst(1)}));
  jump(head);
  start(done);
}

Operand FunctionBuilder::mapLit(CompositeLit* e, Type* type) {
  MapTypeT* map = llvm::cast<MapTypeT>(coreType(type));
  Operand result = value(Opcode::MakeMap, type, {e->elems.empty() ? Operand::none() : intConst(static_cast<int64_t>(e->elems.size()))});
  std::vector<KeyValueExpr*> fixed, dynamic;
  bool mayBeStatic = module && e->elems.size() > mapLoopThreshold && !hasTypeParam(type) && memo_.empty();
  for (Expr* x : e->elems) {
    KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x);
    if (!kv)
      continue;
    bool isFixed = mayBeStatic && module->isStatic(kv->key, map->key, runsOnce()) && module->isStatic(kv->value, map->elem, runsOnce());
    (isFixed ? fixed : dynamic).push_back(kv);
  }
  if (fixed.size() > mapLoopThreshold) {
    StaticValue* keys = mirArena().make<StaticValue>();
    StaticValue* values = mirArena().make<StaticValue>();
    keys->kind = values->kind = StaticValue::Aggregate;
    keys->type = typeArena().make<ArrayTypeT>(map->key, static_cast<int64_t>(fixed.size()));
    values->type = typeArena().make<ArrayTypeT>(map->elem, static_cast<int64_t>(fixed.size()));
    for (size_t i = 0; i < fixed.size(); ++i) {
      keys->elems.push_back({static_cast<int64_t>(i), module->staticValue(fixed[i]->key, map->key)});
      values->elems.push_back({static_cast<int64_t>(i), module->staticValue(fixed[i]->value, map->elem)});
    }
    mapStoreLoop(result, module->staticData(keys, true), module->staticData(values, true), static_cast<int64_t>(fixed.size()));
  } else {
    dynamic.clear();
    for (Expr* x : e->elems)
      if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(x))
        dynamic.push_back(kv);
  }
  for (KeyValueExpr* kv : dynamic) {
    if (hasEffects(kv->key) || hasEffects(kv->value)) {
      hoist(kv->key);
      hoist(kv->value);
    }
    Operand elem = exprTo(kv->value, map->elem); // as in an assignment, the value first
    Operand key = exprTo(kv->key, map->key);
    emit(Opcode::MapStore).args = {result, key, elem};
  }
  return result;
}

} // namespace stoat::mir
