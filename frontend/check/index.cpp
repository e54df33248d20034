// Index and slice expressions. After cmd/compile/internal/types2/index.go.
#include "check/checker.h"

namespace stoat {

namespace {

/// What indexing a type of one underlying kind gives; elem null: it cannot be indexed.
struct Indexing {
  Type* key = nullptr; // maps
  Type* elem = nullptr;
  int64_t length = -1; // known bound
  bool isValue = false; // the element is not addressable through the operand
};

Indexing indexingOf(Type* u, bool addressable) {
  Indexing result;
  if (!u) return result;
  switch (u->kind()) {
  case TypeKind::Basic:
    if (isString(u)) {
      result.elem = universeByte();
      result.isValue = true;
    }
    break;
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(u);
    result.length = array->len;
    result.elem = array->elem;
    result.isValue = !addressable;
    break;
  }
  case TypeKind::Pointer:
    if (ArrayTypeT* array = under<ArrayTypeT>(llvm::cast<PointerType>(u)->elem)) {
      result.length = array->len;
      result.elem = array->elem;
    }
    break;
  case TypeKind::Slice: result.elem = llvm::cast<SliceTypeT>(u)->elem; break;
  case TypeKind::Map:
    result.key = llvm::cast<MapTypeT>(u)->key;
    result.elem = llvm::cast<MapTypeT>(u)->elem;
    break;
  default: break;
  }
  return result;
}

} // namespace

bool Checker::indexExpr(Operand* x, IndexExpr* e) {
  exprOrType(x, e->x, true);

  switch (x->mode) {
  case OperandMode::Unchecked:
    use(e->index);
    return false;
  case OperandMode::TypeExpr:
    x->invalidate();
    x->type = varType(e); // instantiation of a generic type
    if (isValid(x->type)) x->mode = OperandMode::TypeExpr;
    return false;
  case OperandMode::Value:
    if (Signature* sig = under<Signature>(x->type))
      if (!sig->typeParams.empty()) return true;
    break;
  default: break;
  }

  nonGeneric(nullptr, x);
  if (!x->isValid()) return false;

  bool addressable = x->mode == OperandMode::Variable;
  Indexing indexing;
  if (isTypeParam(x->type)) {
    // All types of the type set: the same element type, and all of them maps of the same key type or none.
    bool first = true;
    bool ok = underIs(x->type, [&](Type* u) {
      Indexing each = indexingOf(u, addressable);
      if (!each.elem) return false;
      if (first) {
        first = false;
        indexing = each;
        return true;
      }
      if (!indexing.key != !each.key || (each.key && !identical(indexing.key, each.key))) return false;
      if (!identical(indexing.elem, each.elem)) return false;
      if (each.length >= 0 && each.length < indexing.length) indexing.length = each.length;
      indexing.isValue |= each.isValue;
      return true;
    });
    if (!ok) indexing = Indexing();
  } else {
    Type* u = x->type->underlying();
    indexing = indexingOf(u, addressable);
    // An index into a constant string is checked, yet gives a value.
    if (x->mode == OperandMode::Constant && isString(u) && x->val.kind() == ConstValue::String)
      indexing.length = static_cast<int64_t>(x->val.stringVal().size());
  }

  if (!indexing.elem) {
    errorf(e->pos, DiagKind::NonSliceableOperand, "cannot index %s", x);
    use(e->index);
    x->invalidate();
    return false;
  }

  Expr* single = singleIndex(e);
  if (!single) {
    x->invalidate();
    return false;
  }
  if (indexing.key) {
    Operand key;
    expr(nullptr, &key, single);
    assignment(&key, indexing.key, "map index");
    // The element type is known even if the index is wrong.
    x->mode = OperandMode::MapIndex;
    x->type = indexing.elem;
    x->expr = e;
    return false;
  }
  x->mode = indexing.isValue ? OperandMode::Value : OperandMode::Variable;
  x->type = indexing.elem;
  x->val = ConstValue();
  index(single, indexing.length, nullptr);
  return false;
}

void Checker::sliceExpr(Operand* x, SliceExpr* e) {
  expr(nullptr, x, e->x);
  if (!x->isValid()) {
    for (Expr* i : e->index)
      if (i) use(i);
    return;
  }

  // The common underlying type; strings count as byte slices.
  Type* ct = nullptr;
  Type* cu = nullptr;
  bool hasString = false;
  eachType(x->type, [&](Type* t, Type* u) {
    if (!u) {
      errorf(x, DiagKind::NonSliceableOperand, "cannot slice %s: no specific type in %s", x, x->type);
      cu = nullptr;
      return false;
    }
    if (isString(u)) {
      u = make<SliceTypeT>(universeByte());
      hasString = true;
    }
    if (!cu) {
      ct = t;
      cu = u;
      return true;
    }
    if (!identical(cu, u)) {
      errorf(x, DiagKind::NonSliceableOperand, "cannot slice %s: %s and %s have different underlying types", x, ct, t);
      cu = nullptr;
      return false;
    }
    return true;
  });
  if (hasString) {
    cu = basicType(BasicKind::String);
    if (!isTypeParam(x->type)) cu = x->type->underlying(); // an untyped string stays one
  }
  if (!cu) {
    x->invalidate();
    return;
  }

  bool valid = false;
  int64_t length = -1;
  switch (cu->kind()) {
  case TypeKind::Basic:
    if (!isString(cu)) break;
    if (e->full) {
      error(e->index[2] ? At(e->index[2]) : At(e), DiagKind::InvalidSliceExpr, "invalid operation: 3-index slice of string");
      x->invalidate();
      return;
    }
    valid = true;
    if (x->mode == OperandMode::Constant && x->val.kind() == ConstValue::String) length = static_cast<int64_t>(x->val.stringVal().size());
    // Slices of untyped strings are values of type string.
    if (isUntyped(x->type)) x->type = basicType(BasicKind::String);
    break;
  case TypeKind::Array:
    valid = true;
    length = llvm::cast<ArrayTypeT>(cu)->len;
    if (x->mode != OperandMode::Variable) {
      errorf(x, DiagKind::NonSliceableOperand, "cannot slice unaddressable value %s", x);
      x->invalidate();
      return;
    }
    x->type = make<SliceTypeT>(llvm::cast<ArrayTypeT>(cu)->elem);
    break;
  case TypeKind::Pointer:
    if (ArrayTypeT* array = under<ArrayTypeT>(llvm::cast<PointerType>(cu)->elem)) {
      valid = true;
      length = array->len;
      x->type = make<SliceTypeT>(array->elem);
    }
    break;
  case TypeKind::Slice: valid = true; break;
  default: break;
  }

  if (!valid) {
    errorf(x, DiagKind::NonSliceableOperand, "cannot slice %s", x);
    x->invalidate();
    return;
  }
  x->mode = OperandMode::Value;
  x->val = ConstValue();

  if (e->full && (!e->index[1] || !e->index[2])) {
    error(e, DiagKind::InvalidSyntaxTree, "2nd and 3rd index required in 3-index slice");
    x->invalidate();
    return;
  }

  int64_t constants[3]; // -1: not constant
  for (int i = 0; i < 3; i++) {
    constants[i] = -1;
    if (e->index[i]) {
      // The capacity of strings and arrays is their length.
      int64_t v = -1;
      index(e->index[i], length >= 0 ? length + 1 : -1, &v);
      constants[i] = v;
    } else if (i == 0) {
      constants[i] = 0;
    } else if (length >= 0) {
      constants[i] = length;
    }
  }

  // Constant indices must be in order; one error is enough.
  for (int i = 0; i < 2; i++) {
    if (constants[i] <= 0) continue;
    for (int j = i + 1; j < 3; j++) {
      if (constants[j] < 0 || constants[j] >= constants[i]) continue;
      errorf(e->index[j] ? At(e->index[j]) : At(e), DiagKind::SwappedSliceIndices, "invalid slice indices: %d < %d", constants[j], constants[i]);
      return;
    }
  }
}

Expr* Checker::singleIndex(IndexExpr* e) {
  if (!e->index) {
    errorf(e, DiagKind::InvalidSyntaxTree, "missing index for %s", e->x);
    return nullptr;
  }
  ListExpr* list = llvm::dyn_cast<ListExpr>(e->index);
  if (!list) return e->index;
  if (list->elems.size() <= 1) {
    errorf(e, DiagKind::InvalidSyntaxTree, "invalid use of ListExpr for index expression %s with %d indices", e, list->elems.size());
    return nullptr;
  }
  error(list->elems[1], DiagKind::InvalidIndex, "invalid operation: more than one index");
  return list->elems[0];
}

Type* Checker::index(Expr* e, int64_t max, int64_t* val) {
  if (val) *val = -1;
  Operand x;
  expr(nullptr, &x, e);
  if (!isValidIndex(&x, DiagKind::InvalidIndex, "index", false)) return invalidType();
  if (x.mode != OperandMode::Constant) return x.type;
  if (x.val.kind() == ConstValue::Unknown) return invalidType();

  int64_t v = x.val.int64Val();
  if (max >= 0 && v >= max) {
    errorf(&x, DiagKind::InvalidIndex, "invalid argument: index %s out of bounds [0:%d]", x.val.string(), max);
    return invalidType();
  }
  if (val) *val = v;
  return x.type;
}

bool Checker::isValidIndex(Operand* x, DiagKind kind, const char* what, bool allowNegative) {
  if (!x->isValid()) return false;

  // An untyped constant index becomes an int.
  convertUntyped(x, basicType(BasicKind::Int));
  if (!x->isValid()) return false;

  if (!allInteger(x->type)) {
    errorf(x, kind, "invalid argument: %s %s must be integer", what, x);
    return false;
  }
  if (x->mode == OperandMode::Constant) {
    if (!allowNegative && x->val.kind() != ConstValue::Unknown && x->val.sign() < 0) {
      errorf(x, kind, "invalid argument: %s %s must not be negative", what, x);
      return false;
    }
    ConstValue rounded = x->val;
    if (!representableConst(x->val, this, llvm::cast<BasicType>(basicType(BasicKind::Int)), &rounded)) {
      errorf(x, kind, "invalid argument: %s %s overflows int", what, x);
      return false;
    }
    x->val = rounded;
  }
  return true;
}

} // namespace stoat
