// Calls of predeclared functions and of package unsafe.
#include "build/builder.h"

namespace stoat::mir {

namespace {
Type* componentType(Type* complexType) { // the float type of a complex type
  BasicType* b = llvm::dyn_cast_or_null<BasicType>(coreType(complexType));
  return basicType(b && b->basic == BasicKind::Complex64 ? BasicKind::Float32 : BasicKind::Float64);
}
} // namespace

// Builtins that may stand alone as statements, so that `go` and `defer` take them too. Result locals are for the caller to add.
Instr FunctionBuilder::builtinStatement(CallExpr* e, BuiltinId id, bool& ok) {
  ok = true;
  Instr i;
  hoistUpToLastEffect(e->args);
  Operands spread;
  if (e->args.size() == 1 && llvm::isa_and_nonnull<TupleType>(e->args[0]->type) && llvm::isa<CallExpr>(unparen(e->args[0])))
    spread = call(llvm::cast<CallExpr>(unparen(e->args[0])));
  struct Arguments {
    FunctionBuilder& b;
    CallExpr* e;
    Operands& spread;
    Operand operator()(size_t k, Type* type) {
      if (!spread.empty())
        return k < spread.size() ? (type ? b.convert(spread[k], type) : spread[k]) : Operand::none();
      return type ? b.exprTo(e->args[k], type) : b.expr(e->args[k]);
    }
  } arg{*this, e, spread};
  switch (id) {
  case BuiltinId::Clear:
    i.op = Opcode::Clear;
    i.args.push_back(arg(0, nullptr));
    break;
  case BuiltinId::Close:
    i.op = Opcode::Close;
    i.args.push_back(arg(0, nullptr));
    break;
  case BuiltinId::Copy: {
    i.op = Opcode::CopySlice;
    Operand to = arg(0, nullptr);
    i.args.push_back(to);
    i.args.push_back(spread.empty() && isNil(unparen(e->args[1])) ? Operand::zero(to.type) : arg(1, nullptr));
    break;
  }
  case BuiltinId::Delete: {
    i.op = Opcode::MapDelete;
    Operand m = arg(0, nullptr);
    MapTypeT* map = llvm::dyn_cast_or_null<MapTypeT>(coreType(m.type));
    i.args.push_back(m);
    i.args.push_back(arg(1, map ? map->key : nullptr));
    break;
  }
  case BuiltinId::Panic:
    i.op = Opcode::Panic;
    i.args.push_back(arg(0, emptyInterface()));
    break;
  case BuiltinId::Print:
  case BuiltinId::Println:
    i.op = Opcode::Print;
    if (id == BuiltinId::Println)
      i.flags |= Newline;
    if (!spread.empty())
      i.args.append(spread.begin(), spread.end());
    else
      for (size_t k = 0; k < e->args.size(); ++k)
        i.args.push_back(arg(k, nullptr));
    break;
  default: ok = false; break;
  }
  i.pos = pos = e->pos;
  return i;
}

Operands FunctionBuilder::builtin(CallExpr* e, BuiltinId id) {
  Type* type = e->type ? valueType(e) : nullptr;
  Type* intType = basicType(BasicKind::Int);
  bool isStatement = false;
  switch (id) {
  case BuiltinId::Clear: case BuiltinId::Close: case BuiltinId::Copy: case BuiltinId::Delete: case BuiltinId::Panic: case BuiltinId::Print: case BuiltinId::Println:
    isStatement = true;
    break;
  default: break;
  }
  if (isStatement) {
    bool ok;
    Instr i = builtinStatement(e, id, ok);
    Operands results;
    if (id == BuiltinId::Copy) {
      results.push_back(newTemp(intType));
      i.dsts.push_back(results[0].local);
    }
    emit(i.op) = i;
    if (id == BuiltinId::Panic)
      cur_ = -1;
    return results;
  }
  if (id == BuiltinId::Recover) {
    Operand result = newTemp(emptyInterface());
    f->hasRecover = true; // also the body of a range-over-func loop: it is a function of its own, which no defer calls, so it gets nil
    emit(Opcode::Recover).dsts.push_back(result.local);
    return {result};
  }
  if (id == BuiltinId::Make || id == BuiltinId::New) {
    Type* made = id == BuiltinId::New ? nullptr : type;
    if (id == BuiltinId::New) {
      PointerType* pointer = llvm::dyn_cast_or_null<PointerType>(coreType(type));
      Type* object = pointer ? pointer->elem : type;
      Operand init = e->args[0]->isType() ? Operand::none() : exprTo(e->args[0], object);
      Operand result = newTemp(type);
      Instr& i = emit(Opcode::New);
      i.type = object;
      i.dsts.push_back(result.local);
      if (!init.isNone())
        store(derefPlace(result.local), init, InitStore);
      return {result};
    }
    hoistUpToLastEffect(llvm::ArrayRef<Expr*>(e->args).drop_front());
    Type* core = coreType(made);
    Operand first = e->args.size() > 1 ? expr(e->args[1]) : Operand::none();
    Operand second = e->args.size() > 2 ? expr(e->args[2]) : Operand::none();
    if (llvm::isa_and_nonnull<SliceTypeT>(core))
      return {value(Opcode::MakeSlice, type, {first, second})};
    if (llvm::isa_and_nonnull<MapTypeT>(core))
      return {value(Opcode::MakeMap, type, {first})};
    if (llvm::isa_and_nonnull<ChanTypeT>(core))
      return {value(Opcode::MakeChan, type, {first})};
    unsupported(e->pos, "make of this type");
    return {Operand::zero(type)};
  }
  if (id == BuiltinId::UnsafeSizeof || id == BuiltinId::UnsafeAlignof || id == BuiltinId::UnsafeOffsetof) {
    // Not constant: the type mentions a type parameter. The operand is not evaluated.
    Operand result = newTemp(type);
    if (id == BuiltinId::UnsafeOffsetof) {
      SelectorExpr* s = llvm::dyn_cast<SelectorExpr>(unparen(e->args[0]));
      if (!s || !s->selection) {
        unsupported(e->pos, "unsafe.Offsetof of this operand");
        return {Operand::zero(type)};
      }
      Type* base = valueType(s->x);
      if (PointerType* p = llvm::dyn_cast_or_null<PointerType>(coreType(base)))
        base = p->elem;
      Instr& i = emit(Opcode::OffsetOf);
      i.type = base;
      i.dsts.push_back(result.local);
      for (int field : s->selection->index)
        i.args.push_back(intConst(field));
      return {result};
    }
    Instr& i = emit(id == BuiltinId::UnsafeSizeof ? Opcode::SizeOf : Opcode::AlignOf);
    i.type = valueType(e->args[0]);
    i.dsts.push_back(result.local);
    return {result};
  }

  hoistUpToLastEffect(e->args);
  Operands args;
  bool isSpread = e->args.size() == 1 && llvm::isa_and_nonnull<TupleType>(e->args[0]->type) && llvm::isa<CallExpr>(unparen(e->args[0]));
  if (isSpread)
    args = call(llvm::cast<CallExpr>(unparen(e->args[0])));
  Pos here = e->pos;
  switch (id) {
  case BuiltinId::Append: {
    Type* elem = elementOf(type);
    Operand slice = isSpread ? convert(args[0], type) : exprTo(e->args[0], type);
    if (e->hasDots && e->args.size() == 2) {
      Operand more = isNil(unparen(e->args[1])) ? Operand::zero(type) : expr(e->args[1]);
      pos = here;
      return {value(Opcode::AppendSlice, type, {slice, more})};
    }
    Operands all = {slice};
    size_t count = isSpread ? args.size() : e->args.size();
    for (size_t k = 1; k < count; ++k)
      all.push_back(isSpread ? convert(args[k], elem) : exprTo(e->args[k], elem));
    pos = here;
    if (count == 1)
      return {slice};
    return {value(Opcode::Append, type, all)};
  }
  case BuiltinId::Min:
  case BuiltinId::Max: {
    Operands all;
    for (Expr* a : e->args)
      all.push_back(exprTo(a, type));
    if (all.size() == 1)
      return {all[0]};
    return {value(id == BuiltinId::Min ? Opcode::Min : Opcode::Max, type, all)};
  }
  case BuiltinId::Complex: {
    Type* part = componentType(type);
    if (isSpread)
      return {value(Opcode::MakeComplex, type, {convert(args[0], part), convert(args[1], part)})};
    Operand re = isTypeParam(type) ? expr(e->args[0]) : exprTo(e->args[0], part);
    Operand im = isTypeParam(type) ? expr(e->args[1]) : exprTo(e->args[1], part);
    return {value(Opcode::MakeComplex, type, {re, im})};
  }
  default: break;
  }
  if (!isSpread)
    for (Expr* a : e->args)
      args.push_back(isNil(unparen(a)) ? Operand::zero(basicType(BasicKind::UnsafePointer)) : expr(a));
  pos = here;
  switch (id) {
  case BuiltinId::Len: return {value(Opcode::Len, intType, {args[0]})};
  case BuiltinId::Cap: return {value(Opcode::Cap, intType, {args[0]})};
  case BuiltinId::Real: return {value(Opcode::Real, type, {args[0]})};
  case BuiltinId::Imag: return {value(Opcode::Imag, type, {args[0]})};
  case BuiltinId::UnsafeAdd: return {value(Opcode::UnsafeAdd, type, args)};
  case BuiltinId::UnsafeSlice: return {value(Opcode::UnsafeSlice, type, args)};
  case BuiltinId::UnsafeSliceData: return {value(Opcode::UnsafeSliceData, type, args)};
  case BuiltinId::UnsafeString: return {value(Opcode::UnsafeString, type, args)};
  case BuiltinId::UnsafeStringData: return {value(Opcode::UnsafeStringData, type, args)};
  default: break;
  }
  unsupported(e->pos, "this builtin");
  return {Operand::zero(type ? type : intType)};
}

} // namespace stoat::mir
