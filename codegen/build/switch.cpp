// Expression and type switches. Cases are tested in source order; dense integer constants and longer lists of string constants are
// dispatched at once (strings by their length first), which is equivalent because the checker refuses duplicate constants.
#include "build/builder.h"
#include <map>

namespace stoat::mir {

namespace {
constexpr size_t integerThreshold = 4, stringThreshold = 8;
}

void FunctionBuilder::clauseBody(llvm::ArrayRef<Stmt*> list, BlockId fallthrough, BlockId done) {
  BlockId saved = fallthroughTo_;
  fallthroughTo_ = fallthrough;
  stmts(list);
  fallthroughTo_ = saved;
  jump(done);
}

void FunctionBuilder::switchOnIntegers(llvm::ArrayRef<std::pair<ConstValue, BlockId>> cases, const Operand& tag, BlockId otherwise) {
  Instr& i = emit(Opcode::Switch);
  i.args.push_back(tag);
  i.targets.push_back(otherwise);
  for (const std::pair<ConstValue, BlockId>& c : cases) {
    i.args.push_back(Operand::ofConst(c.first, tag.type));
    i.targets.push_back(c.second);
  }
  cur_ = -1;
}

void FunctionBuilder::switchOnStrings(llvm::ArrayRef<std::pair<ConstValue, BlockId>> cases, const Operand& tag, BlockId otherwise) {
  std::map<int64_t, std::vector<std::pair<ConstValue, BlockId>>> byLength;
  for (const std::pair<ConstValue, BlockId>& c : cases)
    byLength[static_cast<int64_t>(c.first.stringVal().size())].push_back(c);
  std::vector<std::pair<ConstValue, BlockId>> lengths;
  for (const std::pair<const int64_t, std::vector<std::pair<ConstValue, BlockId>>>& group : byLength)
    lengths.push_back({ConstValue::makeInt64(group.first), newBlock()});
  Operand length = value(Opcode::Len, basicType(BasicKind::Int), {tag});
  switchOnIntegers(lengths, length, otherwise);
  size_t k = 0;
  for (const std::pair<const int64_t, std::vector<std::pair<ConstValue, BlockId>>>& group : byLength) {
    start(lengths[k++].second);
    for (const std::pair<ConstValue, BlockId>& c : group.second) {
      BlockId next = newBlock();
      branch(value(Opcode::Eq, basicType(BasicKind::Bool), {tag, Operand::ofConst(c.first, tag.type)}), c.second, next);
      start(next);
    }
    jump(otherwise);
  }
}

void FunctionBuilder::switchStmt(SwitchStmt* s, LabeledStmt* label) {
  if (llvm::isa_and_nonnull<TypeSwitchGuard>(s->tag)) {
    typeSwitch(s, label);
    return;
  }
  stmt(s->init);
  pos = s->pos;
  Type* boolType = basicType(BasicKind::Bool);
  bool onTrue = !s->tag || (s->tag->mode == ExprMode::Constant && s->tag->constant.kind() == ConstValue::Bool && s->tag->constant.boolVal());
  Operand tag;
  if (!onTrue) {
    memo_.clear();
    Operand v = isNil(unparen(s->tag)) ? Operand::zero(valueType(s->tag)) : expr(s->tag);
    tag = v.kind == Operand::Local ? stable(v) : v;
  }
  BlockId done = newBlock(), otherwise = done;
  bindTargets(s, label, done, -1);
  llvm::SmallVector<BlockId, 16> bodies;
  for (CaseClause* c : s->body) {
    bodies.push_back(newBlock());
    if (!c->cases)
      otherwise = bodies.back();
  }

  // All cases constants of one kind: dispatch at once.
  bool constant = !onTrue && tag.kind == Operand::Local && llvm::isa<BasicType>(tag.type->underlying()) && !isTypeParam(tag.type);
  bool isString = constant && isStringType(tag.type);
  bool isInteger = constant && (llvm::cast<BasicType>(tag.type->underlying())->info & IsInteger);
  std::vector<std::pair<ConstValue, BlockId>> constants;
  if (isString || isInteger)
    for (size_t k = 0; k < s->body.size() && constant; ++k)
      for (Expr* e : unpackList(s->body[k]->cases)) {
        ConstValue v = e->constant;
        constant = constant && e->mode == ExprMode::Constant && v.isValid();
        if (constant && isInteger)
          v = v.toInt();
        constant = constant && v.kind() == (isString ? ConstValue::String : ConstValue::Int);
        if (constant)
          constants.push_back({v, bodies[k]});
      }
  if (constant && isInteger && constants.size() >= integerThreshold) {
    switchOnIntegers(constants, tag, otherwise);
  } else if (constant && isString && constants.size() >= stringThreshold) {
    switchOnStrings(constants, tag, otherwise);
  } else {
    for (size_t k = 0; k < s->body.size(); ++k)
      for (Expr* e : unpackList(s->body[k]->cases)) {
        BlockId next = newBlock();
        memo_.clear();
        pos = e->pos;
        if (onTrue && !isInterfaceType(valueType(e))) {
          condition(e, bodies[k], next);
        } else {
          Operand on = onTrue ? Operand::ofConst(ConstValue::makeBool(true), s->tag ? valueType(s->tag) : boolType) : tag;
          Operand v = isNil(unparen(e)) ? Operand::zero(on.type) : expr(e);
          branch(compareOperands(Opcode::Eq, on, v, boolType), bodies[k], next);
        }
        start(next);
      }
    jump(otherwise);
  }
  for (size_t k = 0; k < s->body.size(); ++k) {
    start(bodies[k]);
    clauseBody(s->body[k]->body, k + 1 < bodies.size() ? bodies[k + 1] : -1, done);
  }
  start(done);
}

void FunctionBuilder::typeSwitch(SwitchStmt* s, LabeledStmt* label) {
  stmt(s->init);
  pos = s->pos;
  memo_.clear();
  TypeSwitchGuard* guard = llvm::cast<TypeSwitchGuard>(s->tag);
  Type* boolType = basicType(BasicKind::Bool);
  Operand x = stable(expr(guard->x));
  BlockId done = newBlock(), otherwise = done;
  bindTargets(s, label, done, -1);
  llvm::SmallVector<BlockId, 16> bodies;
  for (CaseClause* c : s->body) {
    bodies.push_back(newBlock());
    if (!c->cases)
      otherwise = bodies.back();
  }
  llvm::SmallVector<Operand, 16> values(s->body.size(), x);
  for (size_t k = 0; k < s->body.size(); ++k) {
    CaseClause* c = s->body[k];
    std::vector<Expr*> types = unpackList(c->cases);
    Var* var = llvm::dyn_cast_or_null<Var>(c->implicitObject);
    for (Expr* e : types) {
      BlockId next = newBlock();
      pos = e->pos;
      if (isNil(unparen(e))) {
        branch(value(Opcode::Eq, boolType, {x, Operand::zero(x.type)}), bodies[k], next);
        start(next);
        continue;
      }
      Type* type = e->type;
      bool wanted = var && types.size() == 1;
      Operand v = wanted ? newTemp(type) : Operand::none(), ok = newTemp(boolType);
      Instr& i = emit(Opcode::TypeAssert);
      i.type = type;
      i.dsts = {wanted ? v.local : noLocal, ok.local};
      i.args.push_back(x);
      if (wanted)
        values[k] = v;
      branch(ok, bodies[k], next);
      start(next);
    }
  }
  jump(otherwise);
  for (size_t k = 0; k < s->body.size(); ++k) {
    CaseClause* c = s->body[k];
    start(bodies[k]);
    pos = c->pos;
    if (Var* var = llvm::dyn_cast_or_null<Var>(c->implicitObject))
      declare(var, convert(values[k], var->type));
    clauseBody(c->body, -1, done);
  }
  start(done);
}

} // namespace stoat::mir
