// for range over integers, arrays, slices, strings, maps and channels. The range expression is evaluated once; arrays are copied when values are wanted.
#include "build/builder.h"

namespace stoat::mir {

namespace {
bool isWanted(const std::vector<Expr*>& lhs, size_t i) {
  if (i >= lhs.size())
    return false;
  Name* n = llvm::dyn_cast<Name>(unparen(lhs[i]));
  return !n || n->value != "_";
}
} // namespace

void FunctionBuilder::rangeVariables(RangeClause* r, const Operand& key, const Operand& elem) {
  std::vector<Expr*> lhs = unpackList(r->lhs);
  memo_.clear();
  bool two = isWanted(lhs, 0) && isWanted(lhs, 1);
  if (!r->def && two) {
    assignAll({Target(lhs[0]), Target(lhs[1])}, {}, {key, elem});
    return;
  }
  // `=` too: an old variable of a range clause with := cannot occur, and a shared one (before Go 1.22) keeps its slot but is assigned.
  for (size_t i = 0; i < 2; ++i) {
    if (!isWanted(lhs, i))
      continue;
    const Operand& v = i ? elem : key;
    Name* n = llvm::dyn_cast<Name>(unparen(lhs[i]));
    Var* var = n && n->isDef ? llvm::dyn_cast_or_null<Var>(n->object) : nullptr;
    if (var && (var->localId & VarShared))
      store(variable(var), convert(v, var->type));
    else
      assignTo(lhs[i], v);
  }
}

void FunctionBuilder::rangeStmt(ForStmt* s, LabeledStmt* label) {
  RangeClause* r = llvm::cast<RangeClause>(s->init);
  std::vector<Expr*> lhs = unpackList(r->lhs);
  bool wantKey = isWanted(lhs, 0), wantElem = isWanted(lhs, 1);
  Type* intType = basicType(BasicKind::Int);
  Type* boolType = basicType(BasicKind::Bool);
  memo_.clear();
  if (r->def)
    for (Expr* e : lhs)
      if (Name* n = llvm::dyn_cast<Name>(unparen(e)); n && n->isDef && n->value != "_")
        if (Var* v = llvm::dyn_cast_or_null<Var>(n->object); v && (v->localId & VarShared))
          declare(v, Operand::none());
  Expr* x = unparen(r->x);
  Type* type = valueType(x);
  Type* core = coreType(type);
  pos = r->pos.isKnown() ? r->pos : s->pos;
  Pos here = pos;
  BlockId head = newBlock(), loop = newBlock(), post = newBlock(), done = newBlock();
  bindTargets(s, label, done, post);

  if (BasicType* basic = llvm::dyn_cast_or_null<BasicType>(core); basic && (basic->info & IsInteger)) {
    if (x->mode == ExprMode::Constant && !lhs.empty() && isWanted(lhs, 0))
      type = targetType(lhs[0]);
    Operand limit = stable(exprTo(x, type));
    LocalId index = newLocal(type, LocalKind::Variable);
    copyTo(index, Operand::ofConst(ConstValue::makeInt64(0), type));
    Operand at = Operand::ofLocal(index, type);
    jump(head);
    start(head);
    branch(value(Opcode::Lt, boolType, {at, limit}), loop, done);
    start(loop);
    if (wantKey)
      rangeVariables(r, at, Operand::none());
    block(s->body);
    pos = here;
    jump(post);
    start(post);
    copyTo(index, value(Opcode::Add, type, {at, Operand::ofConst(ConstValue::makeInt64(1), type)}));
    jump(head);
    start(done);
    return;
  }

  if (llvm::isa_and_nonnull<MapTypeT>(core)) {
    MapTypeT* map = llvm::cast<MapTypeT>(core);
    Operand m = stable(expr(x));
    LocalId iterator = newLocal(nullptr, LocalKind::Variable);
    f->locals[iterator].isMapIter = true;
    Place at = localPlace(iterator);
    Instr& begin = emit(Opcode::MapIterStart);
    begin.place = mirArena().make<Place>(at);
    begin.args.push_back(m);
    jump(head);
    start(head);
    Operand ok = newTemp(boolType), key = newTemp(map->key), elem = newTemp(map->elem);
    Instr& next = emit(Opcode::MapIterNext);
    next.type = type;
    next.place = mirArena().make<Place>(at);
    next.dsts = {ok.local, wantKey ? key.local : noLocal, wantElem ? elem.local : noLocal};
    branch(ok, loop, done);
    start(loop);
    rangeVariables(r, key, elem);
    block(s->body);
    pos = here;
    jump(post);
    start(post);
    jump(head);
    start(done);
    return;
  }

  if (ChanTypeT* channel = llvm::dyn_cast_or_null<ChanTypeT>(core)) {
    Operand c = stable(expr(x));
    jump(head);
    start(head);
    Operand v = newTemp(channel->elem), ok = newTemp(boolType);
    Instr& receive = emit(Opcode::Recv);
    receive.dsts = {v.local, ok.local};
    receive.args.push_back(c);
    branch(ok, loop, done);
    start(loop);
    rangeVariables(r, v, Operand::none());
    block(s->body);
    pos = here;
    jump(post);
    start(post);
    jump(head);
    start(done);
    return;
  }

  LocalId index = newLocal(intType, LocalKind::Variable);
  Operand at = Operand::ofLocal(index, intType);
  if (BasicType* basic = llvm::dyn_cast_or_null<BasicType>(core); basic && (basic->info & IsString)) {
    Operand text = stable(expr(x));
    Operand length = value(Opcode::Len, intType, {text});
    copyTo(index, intConst(0));
    jump(head);
    start(head);
    branch(value(Opcode::Lt, boolType, {at, length}), loop, done);
    start(loop);
    Operand decoded = newTemp(universeRune()), next = newTemp(intType);
    f->locals[next.local].kind = LocalKind::Variable; // read after the body
    Instr& decode = emit(Opcode::DecodeRune);
    decode.dsts = {decoded.local, next.local};
    decode.args = {text, at};
    rangeVariables(r, at, decoded);
    block(s->body);
    pos = here;
    jump(post);
    start(post);
    copyTo(index, next);
    jump(head);
    start(done);
    return;
  }

  // Arrays, pointers to arrays, slices.
  Operand length;
  Place base;
  Type* elemType = elementOf(type);
  Operand pointer;
  PointerType* pointerType = llvm::dyn_cast_or_null<PointerType>(core);
  ArrayTypeT* array = llvm::dyn_cast_or_null<ArrayTypeT>(pointerType ? coreType(pointerType->elem) : core);
  if (array) {
    length = intConst(array->len);
    if (!wantElem) {
      if (hasEffects(x))
        discard(x);
    } else if (pointerType) {
      pointer = stable(expr(x));
      base = derefPlace(toLocal(pointer));
    } else {
      Operand copy = newTemp(type);
      Operand v = expr(x);
      f->locals[copy.local].kind = LocalKind::Variable;
      copyTo(copy.local, v);
      base = localPlace(copy.local);
    }
  } else {
    Operand slice = stable(expr(x));
    length = value(Opcode::Len, intType, {slice});
    base = localPlace(toLocal(slice));
  }
  if (!elemType && wantElem) {
    unsupported(s->pos, "range over this type");
    return;
  }
  copyTo(index, intConst(0));
  jump(head);
  start(head);
  branch(value(Opcode::Lt, boolType, {at, length}), loop, done);
  start(loop);
  Operand elem;
  if (wantElem) {
    if (!pointer.isNone())
      nilCheck(pointer);
    elem = load(indexOf(base, at, elemType));
  }
  rangeVariables(r, at, elem);
  block(s->body);
  pos = here;
  jump(post);
  start(post);
  copyTo(index, value(Opcode::Add, intType, {at, intConst(1)}));
  jump(head);
  start(done);
}

} // namespace stoat::mir
