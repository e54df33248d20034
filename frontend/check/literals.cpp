// Literals: basic, function and composite. After cmd/compile/internal/types2/literals.go.
#include "check/checker.h"
#include <unordered_set>

namespace stoat {

namespace {

/// A key that is equal for constants of equal value, whatever their kinds: 1, 1.0 and 1+0i are the same.
std::string valueKey(ConstValue x) {
  if (x.kind() == ConstValue::Complex) {
    ConstValue f = x.toFloat();
    if (f.kind() != ConstValue::Float) {
      char buffer[80];
      snprintf(buffer, sizeof buffer, "c%a,%a", x.real().float64Val(), x.imag().float64Val());
      return buffer;
    }
    x = f;
  }
  if (x.kind() == ConstValue::Float) {
    ConstValue i = x.toInt();
    if (i.kind() != ConstValue::Int) {
      char buffer[40];
      snprintf(buffer, sizeof buffer, "f%a", x.float64Val());
      return buffer;
    }
    x = i;
  }
  switch (x.kind()) {
  case ConstValue::Int: return "i" + x.exactString();
  case ConstValue::String: return "s" + x.stringVal().str();
  case ConstValue::Bool: return x.boolVal() ? "true" : "false";
  default: return "?";
  }
}

} // namespace

void Checker::langCompat(BasicLit* lit) {
  llvm::StringRef s = lit->value;
  if (s.size() <= 2 || allowVersion(go1_13)) return;
  if (s.contains('_')) {
    versionErrorf(lit, go1_13, "underscore in numeric literal");
    return;
  }
  if (s[0] != '0') return;
  char radix = s[1];
  if (radix == 'b' || radix == 'B')
    versionErrorf(lit, go1_13, "binary literal");
  else if (radix == 'o' || radix == 'O')
    versionErrorf(lit, go1_13, "0o/0O-style octal literal");
  else if (lit->litKind != ConstValue::LitKind::Int && (radix == 'x' || radix == 'X'))
    versionErrorf(lit, go1_13, "hexadecimal floating-point literal");
}

void Checker::basicLit(Operand* x, BasicLit* e) {
  switch (e->litKind) {
  case ConstValue::LitKind::Int:
  case ConstValue::LitKind::Float:
  case ConstValue::LitKind::Imag: {
    langCompat(e);
    // Longer literals cannot be meaningful, and converting them takes long.
    constexpr size_t limit = 10000;
    if (e->value.size() > limit) {
      errorf(e, DiagKind::InvalidConstVal, "excessively long constant: %s... (%d chars)", e->value.take_front(10), e->value.size());
      x->invalidate();
      return;
    }
    break;
  }
  default: break;
  }
  x->setConst(e->litKind, e->value);
  if (!x->isValid()) {
    // The syntax is right: the value under- or overflows.
    errorf(e, DiagKind::InvalidConstVal, "malformed constant: %s", e->value);
    return;
  }
  x->expr = e;
  overflow(x, e->pos);
}

void Checker::funcLit(Operand* x, FuncLit* e) {
  Signature* sig = llvm::dyn_cast<Signature>(typ(e->typeExpr));
  if (!sig) {
    errorf(e, DiagKind::InvalidSyntaxTree, "invalid function literal %s", e);
    x->invalidate();
    return;
  }
  sig->scope->start = e->pos;
  sig->scope->end = endPos(e);
  if (!options.ignoreFuncBodies && e->body) {
    // The body may refer to a type whose declaration contains the function: check it when that is complete, but before the
    // enclosing scope changes. It counts as a part of the enclosing package-level declaration.
    later([this, decl = decl, iota = iota, func = currentFunc, sig, e] {
      Func* saved = currentFunc;
      currentFunc = func;
      funcBody(decl, "<function literal>", sig, e->body, iota);
      currentFunc = saved;
    });
  }
  x->mode = OperandMode::Value;
  x->type = sig;
}

void Checker::compositeLit(Operand* x, CompositeLit* e, Type* hint) {
  Type* type = nullptr;
  Type* base = nullptr;
  bool isElem = false; // an element of an enclosing literal, without a type of its own

  ArrayType* open = llvm::dyn_cast_or_null<ArrayType>(e->typeExpr);
  if (open && !open->len) {
    // [...]T: the length is known after the elements.
    type = make<ArrayTypeT>(varType(open->elem), -1);
    base = type;
  } else if (e->typeExpr) {
    type = typ(e->typeExpr);
    base = type;
  } else if (hint) {
    type = hint;
    base = type;
    // *T stands for &T{}.
    if (Type* u = commonUnder(base, nullptr)) {
      bool wasPointer = false;
      Type* b = derefType(u, &wasPointer);
      if (wasPointer) base = b;
    }
    isElem = true;
  } else {
    error(e, DiagKind::UntypedLit, "missing type in composite literal");
    type = invalidType(); // the elements still count as used
    base = type;
  }

  Type* utyp = commonUnder(base, nullptr);
  switch (utyp ? utyp->kind() : TypeKind::Basic) {
  case TypeKind::Struct: structLit(x, e, llvm::cast<StructTypeT>(utyp), base); break;

  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(utyp);
    int64_t n = indexedElts(e->elems, array->elem, array->len);
    // Also for arrays whose length was invalid: the literal's length is a good guess.
    if (array->len < 0) {
      array->len = n;
      if (e->typeExpr) recordTypeAndValue(e->typeExpr, OperandMode::TypeExpr, array, ConstValue());
    }
    break;
  }

  case TypeKind::Slice: indexedElts(e->elems, llvm::cast<SliceTypeT>(utyp)->elem, -1); break;

  case TypeKind::Map: mapLit(x, e, llvm::cast<MapTypeT>(utyp)); break;

  default:
    for (Expr* elem : e->elems) {
      // A key may be the name of a field: leave it alone.
      if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(elem)) elem = kv->value;
      use(elem);
    }
    if (!utyp || isValid(utyp)) {
      errorf(e, DiagKind::InvalidLit, "invalid composite literal%s type %s%s", isElem ? " element" : "", type, utyp ? "" : " (no common underlying type)");
      x->invalidate();
      return;
    }
  }

  x->mode = OperandMode::Value;
  x->type = type;
}

void Checker::structLit(Operand* x, CompositeLit* e, StructTypeT* type, Type* base) {
  if (e->elems.empty()) return;
  const std::vector<Var*>& fields = type->fields;
  if (llvm::isa<KeyValueExpr>(e->elems[0])) {
    std::vector<bool> visited(fields.size());
    for (Expr* elem : e->elems) {
      KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(elem);
      if (!kv) {
        error(elem, DiagKind::MixedStructLit, "mixture of field:value and value elements in struct literal");
        continue;
      }
      Name* key = llvm::dyn_cast<Name>(kv->key);
      // Everything that can be checked comes before the exits.
      expr(nullptr, x, kv->value);
      if (!key) {
        errorf(kv, DiagKind::InvalidLitField, "invalid field name %s in struct literal", kv->key);
        continue;
      }
      int i = fieldIndex(fields, pkg, key->value, false);
      if (i < 0) {
        int j = fieldIndex(fields, pkg, key->value, true);
        error(kv->key, DiagKind::MissingLitField, lookupError(base, key->value, j >= 0 ? fields[j] : nullptr, true));
        continue;
      }
      recordUse(key, fields[i]);
      assignment(x, fields[i]->type, "struct literal");
      if (visited[i]) {
        errorf(kv, DiagKind::DuplicateLitField, "duplicate field name %s in struct literal", key->value);
        continue;
      }
      visited[i] = true;
    }
    return;
  }

  for (size_t i = 0; i < e->elems.size(); i++) {
    Expr* elem = e->elems[i];
    if (llvm::isa<KeyValueExpr>(elem)) {
      error(elem, DiagKind::MixedStructLit, "mixture of field:value and value elements in struct literal");
      continue;
    }
    expr(nullptr, x, elem);
    if (i >= fields.size()) {
      errorf(x, DiagKind::InvalidStructLit, "too many values in struct literal of type %s", base);
      break;
    }
    Var* field = fields[i];
    if (!field->isExported() && field->pkg != pkg) {
      errorf(x, DiagKind::UnexportedLitField, "implicit assignment to unexported field %s in struct literal of type %s", field->name, base);
      continue;
    }
    assignment(x, field->type, "struct literal");
  }
  if (e->elems.size() < fields.size())
    errorf(e->rbrace, DiagKind::InvalidStructLit, "too few values in struct literal of type %s", base);
}

void Checker::mapLit(Operand* x, CompositeLit* e, MapTypeT* type) {
  // With an interface as key type, constants of equal value and different types are different keys.
  bool keyIsInterface = isNonTypeParamInterface(type->key);
  llvm::StringMap<llvm::SmallVector<Type*, 1>> visited;
  for (Expr* elem : e->elems) {
    KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(elem);
    if (!kv) {
      error(elem, DiagKind::MissingLitKey, "missing key in map literal");
      continue;
    }
    exprWithHint(x, kv->key, type->key);
    assignment(x, type->key, "map literal");
    if (!x->isValid()) continue;
    if (x->mode == OperandMode::Constant && x->val.kind() != ConstValue::Unknown) {
      llvm::SmallVector<Type*, 1>& types = visited[valueKey(x->val)];
      bool duplicate = keyIsInterface ? llvm::any_of(types, [&](Type* t) { return identical(t, x->type); }) : !types.empty();
      if (duplicate) {
        errorf(x, DiagKind::DuplicateLitKey, "duplicate key %s in map literal", x->val);
        continue;
      }
      types.push_back(x->type);
    }
    exprWithHint(x, kv->value, type->elem);
    assignment(x, type->elem, "map literal");
  }
}

int64_t Checker::indexedElts(llvm::ArrayRef<Expr*> elts, Type* type, int64_t length) {
  // Without keys there can be no duplicates.
  bool hasKeys = llvm::any_of(elts, [](Expr* e) { return llvm::isa<KeyValueExpr>(e); });
  std::unordered_set<int64_t> visited;
  int64_t next = 0, max = 0;
  for (Expr* e : elts) {
    bool validIndex = false;
    Expr* value = e;
    if (KeyValueExpr* kv = llvm::dyn_cast<KeyValueExpr>(e)) {
      int64_t i = -1;
      if (isValid(index(kv->key, length, &i))) {
        if (i >= 0) {
          next = i;
          validIndex = true;
        } else {
          errorf(e, DiagKind::InvalidLitIndex, "index %s must be integer constant", kv->key);
        }
      }
      value = kv->value;
    } else if (length >= 0 && next >= length) {
      errorf(e, DiagKind::OversizeArrayLit, "index %d is out of bounds (>= %d)", next, length);
    } else {
      validIndex = true;
    }

    if (validIndex && hasKeys && !visited.insert(next).second)
      errorf(e, DiagKind::DuplicateLitKey, "duplicate index %d in array or slice literal", next);
    next = static_cast<int64_t>(static_cast<uint64_t>(next) + 1);
    if (next > max) max = next;

    Operand x;
    exprWithHint(&x, value, type);
    assignment(&x, type, "array or slice literal");
  }
  return max;
}

} // namespace stoat
