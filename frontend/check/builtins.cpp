// Calls of built-in functions, package unsafe included. After cmd/compile/internal/types2/builtins.go.
//
// The signature that a call uses is recorded as the type of its function expression, except where the result is constant.
#include "check/checker.h"

namespace stoat {

namespace {

struct BuiltinShape {
  unsigned nargs;
  bool variadic;
  ExprKind kind;
};

BuiltinShape shapeOf(BuiltinId id) {
  constexpr ExprKind expression = ExprKind::Expression, statement = ExprKind::Statement;
  switch (id) {
  case BuiltinId::Append: return {1, true, expression};
  case BuiltinId::Cap: return {1, false, expression};
  case BuiltinId::Clear: return {1, false, statement};
  case BuiltinId::Close: return {1, false, statement};
  case BuiltinId::Complex: return {2, false, expression};
  case BuiltinId::Copy: return {2, false, statement};
  case BuiltinId::Delete: return {2, false, statement};
  case BuiltinId::Imag: return {1, false, expression};
  case BuiltinId::Len: return {1, false, expression};
  case BuiltinId::Make: return {1, true, expression};
  case BuiltinId::Max: return {1, true, expression};
  case BuiltinId::Min: return {1, true, expression};
  case BuiltinId::New: return {1, false, expression};
  case BuiltinId::Panic: return {1, false, statement};
  case BuiltinId::Print: return {0, true, statement};
  case BuiltinId::Println: return {0, true, statement};
  case BuiltinId::Real: return {1, false, expression};
  case BuiltinId::Recover: return {0, false, statement};
  case BuiltinId::UnsafeAdd: return {2, false, expression};
  case BuiltinId::UnsafeAlignof: return {1, false, expression};
  case BuiltinId::UnsafeOffsetof: return {1, false, expression};
  case BuiltinId::UnsafeSizeof: return {1, false, expression};
  case BuiltinId::UnsafeSlice: return {2, false, expression};
  case BuiltinId::UnsafeSliceData: return {1, false, expression};
  case BuiltinId::UnsafeString: return {2, false, expression};
  case BuiltinId::UnsafeStringData: return {1, false, expression};
  case BuiltinId::Assert: return {1, false, statement};
  case BuiltinId::Trace: return {0, true, statement};
  }
  return {0, true, expression};
}

/// A if type is *A and A an array; else type.
Type* arrayPtrDeref(Type* type) {
  if (PointerType* p = llvm::dyn_cast<PointerType>(unalias(type)))
    if (ArrayTypeT* array = under<ArrayTypeT>(p->elem)) return array;
  return type;
}

/// Whether t's size depends on type parameters, or is not known because of a cycle that is not checked yet.
bool hasVarSize(Type* t, llvm::DenseMap<Named*, bool>& seen) {
  Named* named = llvm::dyn_cast<Named>(unalias(t));
  if (named) {
    auto [entry, inserted] = seen.try_emplace(named, true); // cyclic until proven otherwise
    if (!inserted) return entry->second;
  }
  bool result = false;
  Type* u = t->underlying();
  if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(u)) {
    result = hasVarSize(array->elem, seen);
  } else if (StructTypeT* s = llvm::dyn_cast<StructTypeT>(u)) {
    for (Var* field : s->fields) {
      if (!hasVarSize(field->type, seen)) continue;
      result = true;
      break;
    }
  } else if (llvm::isa<Interface>(u)) {
    result = isTypeParam(t);
  }
  if (named) seen[named] = result;
  return result;
}

bool hasVarSize(Type* t) {
  llvm::DenseMap<Named*, bool> seen;
  return hasVarSize(t, seen);
}

bool isByteSlice(Type* u) {
  SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(u);
  return s && identical(s->elem, universeByte());
}

/// Offset of a field reached through the embedded structs of `path`; negative: too large.
int64_t offsetOf(const TargetSizes& sizes, Type* base, llvm::ArrayRef<int> path) {
  int64_t offset = 0;
  for (int i : path) {
    StructTypeT* s = under<StructTypeT>(base);
    if (!s || static_cast<size_t>(i) >= s->fields.size()) return -1;
    int64_t at = sizes.fieldOffsets(s)[static_cast<size_t>(i)];
    if (at < 0 || __builtin_add_overflow(offset, at, &offset)) return -1;
    base = s->fields[static_cast<size_t>(i)]->type;
  }
  return offset;
}

} // namespace

ExprKind builtinExprKind(BuiltinId id) { return shapeOf(id).kind; }

Signature* Checker::makeSig(Type* result, llvm::ArrayRef<Type*> args) {
  llvm::SmallVector<Var*, 4> params;
  for (Type* t : args) params.push_back(newParam(Pos(), "", defaultType(t)));
  Signature* sig = make<Signature>();
  sig->params = newTuple(params);
  sig->results = result ? newTuple({newVar(VarKind::Result, Pos(), "", result)}) : newTuple({});
  return sig;
}

Type* Checker::sliceElem(Operand* x, std::string& cause) {
  Type* elem = nullptr;
  bool ok = eachType(x->type, [&](Type*, Type* u) {
    SliceTypeT* s = llvm::dyn_cast_or_null<SliceTypeT>(u);
    if (!s) {
      cause = x->isNil() ? std::string("argument must be a slice; have untyped nil") : sprintf("argument must be a slice; have %s", x);
      return false;
    }
    if (!elem) {
      elem = s->elem;
    } else if (!identical(elem, s->elem)) {
      cause = sprintf("mismatched slice element types %s and %s in %s", elem, s->elem, x);
      return false;
    }
    return true;
  });
  return ok ? elem : nullptr;
}

Type* Checker::applyTypeFunc(llvm::function_ref<Type*(Type*)> f, Operand* x, BuiltinId id) {
  TypeParam* parameter = llvm::dyn_cast<TypeParam>(unalias(x->type));
  if (!parameter) return f(x->type);

  std::vector<UnionTerm> terms;
  bool ok = typeParamIs(parameter, [&](const Term* term) {
    Type* result = term ? f(term->type) : nullptr;
    if (result) terms.push_back({term->tilde(), result});
    return result != nullptr;
  });
  if (!ok) return nullptr;

  DiagKind kind = id == BuiltinId::Real ? DiagKind::InvalidReal : id == BuiltinId::Imag ? DiagKind::InvalidImag : DiagKind::InvalidComplex;
  softErrorf(x, kind, "%s not supported as argument to built-in %s for go1.18 (see go.dev/issue/50937)", x, builtinName(id));

  // Go on with a new type parameter that stands for the results.
  TypeName* name = make<TypeName>();
  name->pkg = pkg;
  name->name = parameter->obj->name;
  UnionType* result = make<UnionType>();
  result->terms = std::move(terms);
  Interface* constraint = newInterface();
  constraint->embeddeds.push_back(result);
  constraint->embedPos.push_back(Pos());
  constraint->implicit = true;
  TypeParam* made = newTypeParam(name, constraint);
  made->index = parameter->index;
  return made;
}

bool Checker::builtin(Operand* x, CallExpr* call, BuiltinId id) {
  const std::vector<Expr*>& argList = call->args;
  BuiltinShape shape = shapeOf(id);
  const char* name = builtinName(id);

  if (call->hasDots && id != BuiltinId::Append) {
    errorf(call, DiagKind::InvalidDotDotDot, "invalid operation: invalid use of ... with built-in %s", name);
    use(argList);
    return false;
  }

  // Whether len(x) and cap(x) are constant depends on x alone.
  bool savedCallOrRecv = hasCallOrRecv;
  bool isLength = id == BuiltinId::Len || id == BuiltinId::Cap;
  if (isLength) hasCallOrRecv = false;
  bool ok = builtinCall(x, call, id, shape.nargs, shape.variadic, name);
  if (isLength) hasCallOrRecv = savedCallOrRecv;
  return ok;
}

bool Checker::builtinCall(Operand* x, CallExpr* call, BuiltinId id, unsigned minArgs, bool variadic, const char* name) {
  llvm::ArrayRef<Expr*> argList = call->args;
  OperandList args;
  size_t nargs = argList.size();
  switch (id) {
  case BuiltinId::Make:
  case BuiltinId::New:
  case BuiltinId::UnsafeOffsetof:
  case BuiltinId::Trace: break; // these evaluate their arguments themselves
  default:
    args = exprList(argList);
    nargs = args.size();
    for (Operand* a : args)
      if (!a->isValid()) return false;
    if (nargs > 0) *x = *args[0];
  }

  if (nargs < minArgs || (!variadic && nargs > minArgs)) {
    errorf(call, DiagKind::WrongArgCount, "invalid operation: %s arguments for %s (expected %d, found %d)", nargs < minArgs ? "not enough" : "too many",
           static_cast<Expr*>(call), minArgs, nargs);
    return false;
  }

  auto value = [&](Type* type) {
    x->mode = OperandMode::Value;
    x->type = type;
    x->val = ConstValue();
  };
  auto constant = [&](Type* type, ConstValue v) {
    x->mode = OperandMode::Constant;
    x->type = type;
    x->val = v;
  };
  auto noValue = [&] {
    x->mode = OperandMode::NoValue;
    x->val = ConstValue();
  };
  auto recordSig = [&](Type* result, llvm::ArrayRef<Type*> types) { recordBuiltinType(call->fun, makeSig(result, types)); };
  Type* intType = basicType(BasicKind::Int);
  Type* uintptrType = basicType(BasicKind::Uintptr);
  Type* unsafePointer = basicType(BasicKind::UnsafePointer);
  DiagKind ignored;

  switch (id) {
  case BuiltinId::Append: {
    // append(s S, x ...E) S, and append([]byte, string...).
    std::string cause;
    Type* elem = sliceElem(x, cause);
    if (!elem) {
      errorf(x, DiagKind::InvalidAppend, "invalid append: %s", cause);
      return false;
    }
    Signature* sig = nullptr;
    if (nargs == 2 && call->hasDots && x->assignableTo(this, make<SliceTypeT>(universeByte()), nullptr, ignored)) {
      bool hasString = false;
      bool bytes = eachType(args[1]->type, [&](Type*, Type* u) {
        if (isByteSlice(u)) return true;
        if (!u || !isString(u)) return false;
        hasString = true;
        return true;
      });
      if (bytes && hasString) {
        sig = makeSig(x->type, {x->type, args[1]->type});
        sig->variadic = true;
      }
      // An untyped string becomes a string.
      if (sig && isUntyped(args[1]->type)) convertUntyped(args[1], basicType(BasicKind::String));
    }
    if (!sig) {
      Type* s = x->type;
      sig = makeSig(s, {s, make<SliceTypeT>(elem)});
      sig->variadic = true;
      std::vector<TypeArgs> none;
      arguments(call, sig, {}, {}, args, none); // its errors leave the result type known
    }
    recordBuiltinType(call->fun, sig);
    value(x->type);
    break;
  }

  case BuiltinId::Cap:
  case BuiltinId::Len: {
    bool isLen = id == BuiltinId::Len;
    OperandMode mode = OperandMode::Unchecked;
    ConstValue val;
    Type* t = arrayPtrDeref(x->type->underlying());
    switch (t->kind()) {
    case TypeKind::Basic:
      if (!isLen || !isString(t)) break;
      mode = OperandMode::Value;
      if (x->mode == OperandMode::Constant) {
        mode = OperandMode::Constant;
        val = x->val.kind() == ConstValue::String ? ConstValue::makeInt64(static_cast<int64_t>(x->val.stringVal().size())) : ConstValue::unknown();
      }
      break;
    case TypeKind::Array:
      // Constant unless the operand contains calls or receives.
      mode = OperandMode::Value;
      if (!hasCallOrRecv) {
        int64_t len = llvm::cast<ArrayTypeT>(t)->len;
        mode = OperandMode::Constant;
        val = len >= 0 ? ConstValue::makeInt64(len) : ConstValue::unknown();
      }
      break;
    case TypeKind::Slice:
    case TypeKind::Chan: mode = OperandMode::Value; break;
    case TypeKind::Map:
      if (isLen) mode = OperandMode::Value;
      break;
    case TypeKind::Interface:
      if (!isTypeParam(x->type)) break;
      if (underIs(x->type, [&](Type* u) {
            if (!u) return false;
            Type* each = arrayPtrDeref(u);
            switch (each->kind()) {
            case TypeKind::Basic: return isLen && isString(each);
            case TypeKind::Array:
            case TypeKind::Slice:
            case TypeKind::Chan: return true;
            case TypeKind::Map: return isLen;
            default: return false;
            }
          }))
        mode = OperandMode::Value;
      break;
    default: break;
    }

    if (mode == OperandMode::Unchecked) {
      if (isValid(x->type->underlying()))
        errorf(x, isLen ? DiagKind::InvalidLen : DiagKind::InvalidCap, "invalid argument: %s for built-in %s", x, name);
      return false;
    }
    if (mode == OperandMode::Constant) {
      constant(intType, val);
    } else {
      recordSig(intType, {x->type});
      value(intType);
    }
    break;
  }

  case BuiltinId::Clear:
    verifyVersionf(call->fun, go1_21, "clear");
    if (!underIs(x->type, [&](Type* u) {
          if (u && (llvm::isa<MapTypeT>(u) || llvm::isa<SliceTypeT>(u))) return true;
          errorf(x, DiagKind::InvalidClear, "invalid argument: cannot clear %s: argument must be (or constrained by) map or slice", x);
          return false;
        }))
      return false;
    recordSig(nullptr, {x->type});
    noValue();
    break;

  case BuiltinId::Close:
    if (!underIs(x->type, [&](Type* u) {
          ChanTypeT* ch = llvm::dyn_cast_or_null<ChanTypeT>(u);
          if (!ch) {
            errorf(x, DiagKind::InvalidClose, "invalid operation: cannot close non-channel %s", x);
            return false;
          }
          if (ch->dir == ChanDirection::RecvOnly) {
            errorf(x, DiagKind::InvalidClose, "invalid operation: cannot close receive-only channel %s", x);
            return false;
          }
          return true;
        }))
      return false;
    recordSig(nullptr, {x->type});
    noValue();
    break;

  case BuiltinId::Complex: return builtinComplex(x, args[1], call);

  case BuiltinId::Copy: {
    Operand* y = args[1];
    bool special = x->assignableTo(this, make<SliceTypeT>(universeByte()), nullptr, ignored) &&
                   eachType(y->type, [&](Type*, Type* u) { return isByteSlice(u) || (u && isString(u)); });
    if (!special) {
      std::string cause;
      Type* dst = sliceElem(x, cause);
      if (!dst) {
        errorf(x, DiagKind::InvalidCopy, "invalid copy: %s", cause);
        return false;
      }
      Type* src = sliceElem(y, cause);
      if (!src) {
        // For the sake of the message a string is taken for a byte slice.
        if (!allString(y->type)) {
          errorf(y, DiagKind::InvalidCopy, "invalid copy: %s", cause);
          return false;
        }
        src = universeByte();
      }
      if (!identical(dst, src)) {
        errorf(x, DiagKind::InvalidCopy, "invalid copy: arguments %s and %s have different element types %s and %s", x, y, dst, src);
        return false;
      }
    }
    if (isUntyped(y->type)) convertUntyped(y, basicType(BasicKind::String));
    recordSig(intType, {x->type, y->type});
    value(intType);
    break;
  }

  case BuiltinId::Delete: {
    Type* map = x->type;
    Type* key = nullptr;
    if (!underIs(map, [&](Type* u) {
          MapTypeT* m = llvm::dyn_cast_or_null<MapTypeT>(u);
          if (!m) {
            errorf(x, DiagKind::InvalidDelete, "invalid argument: %s is not a map", x);
            return false;
          }
          if (key && !identical(m->key, key)) {
            errorf(x, DiagKind::InvalidDelete, "invalid argument: maps of %s must have identical key types", x);
            return false;
          }
          key = m->key;
          return true;
        }))
      return false;
    *x = *args[1];
    assignment(x, key, "argument to delete");
    if (!x->isValid()) return false;
    recordSig(nullptr, {map, key});
    noValue();
    break;
  }

  case BuiltinId::Imag:
  case BuiltinId::Real: {
    if (isUntyped(x->type)) {
      if (x->mode == OperandMode::Constant) {
        if (isNumeric(x->type)) x->type = basicType(BasicKind::UntypedComplex);
      } else {
        // A shift whose type is open: fails, since a complex number cannot be shifted.
        convertUntyped(x, basicType(BasicKind::Complex128));
        if (!x->isValid()) return false;
      }
    }
    auto part = [](Type* t) -> Type* {
      BasicType* basic = under<BasicType>(t);
      if (!basic) return nullptr;
      switch (basic->basic) {
      case BasicKind::Complex64: return basicType(BasicKind::Float32);
      case BasicKind::Complex128: return basicType(BasicKind::Float64);
      case BasicKind::UntypedComplex: return basicType(BasicKind::UntypedFloat);
      default: return nullptr;
      }
    };
    Type* result = applyTypeFunc(part, x, id);
    if (!result) {
      errorf(x, id == BuiltinId::Real ? DiagKind::InvalidReal : DiagKind::InvalidImag, "invalid argument: argument has type %s, expected complex type", x->type);
      return false;
    }
    if (x->mode == OperandMode::Constant) {
      constant(result, id == BuiltinId::Real ? x->val.real() : x->val.imag());
    } else {
      recordSig(result, {x->type});
      value(result);
    }
    break;
  }

  case BuiltinId::Make: {
    Type* t = varType(argList[0]);
    if (!isValid(t)) return false;
    std::string cause;
    Type* u = commonUnder(
        t,
        [&](Type*, Type* each, std::string* why) {
          if (each && (llvm::isa<SliceTypeT>(each) || llvm::isa<MapTypeT>(each) || llvm::isa<ChanTypeT>(each))) return true;
          *why = each ? "type must be slice, map, or channel" : "no specific type";
          return false;
        },
        &cause, this);
    if (!u) {
      errorf(argList[0], DiagKind::InvalidMake, "invalid argument: cannot make %s: %s", argList[0], cause);
      return false;
    }
    size_t min = llvm::isa<SliceTypeT>(u) ? 2 : 1;
    if (nargs < min || min + 1 < nargs) {
      errorf(call, DiagKind::WrongArgCount, "invalid operation: %s expects %d or %d arguments; found %d", static_cast<Expr*>(call), min, min + 1, nargs);
      return false;
    }
    llvm::SmallVector<Type*, 3> types{t};
    llvm::SmallVector<int64_t, 2> constants;
    for (Expr* arg : argList.drop_front()) {
      int64_t size = -1;
      types.push_back(index(arg, -1, &size));
      if (size >= 0) constants.push_back(size);
    }
    if (constants.size() == 2 && constants[0] > constants[1])
      error(argList[1], DiagKind::SwappedMakeArgs, "invalid argument: length and capacity swapped");
    value(t);
    recordSig(t, types);
    break;
  }

  case BuiltinId::Max:
  case BuiltinId::Min: return builtinMinMax(x, args, call, id);

  case BuiltinId::New: {
    Expr* arg = argList[0];
    exprOrType(x, arg, false);
    exclude(x, 1u << unsigned(OperandMode::NoValue) | 1u << unsigned(OperandMode::Builtin));
    if (!x->isValid()) return false;
    if (x->mode == OperandMode::TypeExpr) {
      validVarType(arg, x->type);
    } else {
      if (isUntyped(x->type)) {
        assignment(x, nullptr, "argument to new");
        if (!x->isValid()) return false;
      }
      verifyVersionf(call->fun, go1_26, "new(%s)", arg);
    }
    Type* t = x->type;
    value(make<PointerType>(t));
    recordSig(x->type, {t});
    break;
  }

  case BuiltinId::Panic:
    // Only functions with results are checked for a missing return.
    if (sig && sig->results && !sig->results->vars.empty()) panicCalls.insert(call);
    assignment(x, emptyInterface(), "argument to panic");
    if (!x->isValid()) return false;
    recordSig(nullptr, {emptyInterface()});
    noValue();
    break;

  case BuiltinId::Print:
  case BuiltinId::Println: {
    llvm::SmallVector<Type*, 4> types;
    std::string context = std::string("argument to built-in ") + name;
    for (Operand* a : args) {
      assignment(a, nullptr, context);
      if (!a->isValid()) return false;
      types.push_back(a->type);
    }
    recordSig(nullptr, types);
    noValue();
    break;
  }

  case BuiltinId::Recover:
    value(emptyInterface());
    recordSig(x->type, {});
    break;

  case BuiltinId::UnsafeAdd: {
    verifyVersionf(call->fun, go1_17, "unsafe.Add");
    assignment(x, unsafePointer, "argument to unsafe.Add");
    if (!x->isValid()) return false;
    Operand* y = args[1];
    if (!isValidIndex(y, DiagKind::InvalidUnsafeAdd, "length", true)) return false;
    value(unsafePointer);
    recordSig(x->type, {x->type, y->type});
    break;
  }

  case BuiltinId::UnsafeAlignof:
    assignment(x, nullptr, "argument to unsafe.Alignof");
    if (!x->isValid()) return false;
    if (hasVarSize(x->type)) {
      recordSig(uintptrType, {x->type});
      value(uintptrType);
    } else {
      constant(uintptrType, ConstValue::makeInt64(sizes.alignOf(x->type)));
    }
    break;

  case BuiltinId::UnsafeOffsetof: {
    Expr* arg = argList[0];
    SelectorExpr* selector = llvm::dyn_cast<SelectorExpr>(unparen(arg));
    if (!selector) {
      errorf(arg, DiagKind::BadOffsetofSyntax, "invalid argument: %s is not a selector expression", arg);
      use(arg);
      return false;
    }
    expr(nullptr, x, selector->x);
    if (!x->isValid()) return false;

    Type* base = derefStructPtr(x->type);
    llvm::StringRef sel = selector->sel->value;
    LookupResult found = lookupFieldOrMethod(base, false, pkg, sel, false);
    if (!found.obj) {
      errorf(x, DiagKind::MissingFieldOrMethod, "invalid argument: %s has no single field %s", base, sel);
      return false;
    }
    if (llvm::isa<Func>(found.obj)) {
      errorf(arg, DiagKind::InvalidOffsetof, "invalid argument: %s is a method value", arg);
      return false;
    }
    if (found.indirect) {
      errorf(x, DiagKind::InvalidOffsetof, "invalid argument: field %s is embedded via a pointer in %s", sel, base);
      return false;
    }
    Type* fieldType = found.obj->type;
    recordSelection(selector, SelectionKind::FieldVal, base, found.obj, found.index, false, fieldType);
    Operand field;
    field.mode = x->mode == OperandMode::Variable ? OperandMode::Variable : OperandMode::Value;
    field.expr = selector;
    field.type = fieldType;
    record(&field);

    // Variable even for a field before the part of variable size.
    if (hasVarSize(base)) {
      recordSig(uintptrType, {fieldType});
      value(uintptrType);
    } else {
      int64_t offset = offsetOf(sizes, base, found.index);
      if (offset < 0) {
        errorf(x, DiagKind::TypeTooLarge, "%s is too large", x);
        return false;
      }
      constant(uintptrType, ConstValue::makeInt64(offset));
    }
    break;
  }

  case BuiltinId::UnsafeSizeof:
    assignment(x, nullptr, "argument to unsafe.Sizeof");
    if (!x->isValid()) return false;
    if (hasVarSize(x->type)) {
      recordSig(uintptrType, {x->type});
      value(uintptrType);
    } else {
      int64_t size = sizes.sizeOf(x->type);
      if (size < 0) {
        errorf(x, DiagKind::TypeTooLarge, "%s is too large", x);
        return false;
      }
      constant(uintptrType, ConstValue::makeInt64(size));
    }
    break;

  case BuiltinId::UnsafeSlice: {
    verifyVersionf(call->fun, go1_17, "unsafe.Slice");
    PointerType* ptr = llvm::dyn_cast_or_null<PointerType>(commonUnder(x->type, nullptr));
    if (!ptr) {
      errorf(x, DiagKind::InvalidUnsafeSlice, "invalid argument: %s is not a pointer", x);
      return false;
    }
    Operand* y = args[1];
    if (!isValidIndex(y, DiagKind::InvalidUnsafeSlice, "length", false)) return false;
    value(make<SliceTypeT>(ptr->elem));
    recordSig(x->type, {ptr, y->type});
    break;
  }

  case BuiltinId::UnsafeSliceData: {
    verifyVersionf(call->fun, go1_20, "unsafe.SliceData");
    SliceTypeT* slice = llvm::dyn_cast_or_null<SliceTypeT>(commonUnder(x->type, nullptr));
    if (!slice) {
      errorf(x, DiagKind::InvalidUnsafeSliceData, "invalid argument: %s is not a slice", x);
      return false;
    }
    value(make<PointerType>(slice->elem));
    recordSig(x->type, {slice});
    break;
  }

  case BuiltinId::UnsafeString: {
    verifyVersionf(call->fun, go1_20, "unsafe.String");
    Type* bytePointer = make<PointerType>(universeByte());
    assignment(x, bytePointer, "argument to unsafe.String");
    if (!x->isValid()) return false;
    Operand* y = args[1];
    if (!isValidIndex(y, DiagKind::InvalidUnsafeString, "length", false)) return false;
    value(basicType(BasicKind::String));
    recordSig(x->type, {bytePointer, y->type});
    break;
  }

  case BuiltinId::UnsafeStringData:
    verifyVersionf(call->fun, go1_20, "unsafe.StringData");
    assignment(x, basicType(BasicKind::String), "argument to unsafe.StringData");
    if (!x->isValid()) return false;
    value(make<PointerType>(universeByte()));
    recordSig(x->type, {basicType(BasicKind::String)});
    break;

  case BuiltinId::Assert:
  case BuiltinId::Trace: return false; // not declared
  }
  return true;
}

bool Checker::builtinComplex(Operand* x, Operand* y, CallExpr* call) {
  bool xUntyped = isUntyped(x->type), yUntyped = isUntyped(y->type);
  if (xUntyped && !yUntyped) {
    convertUntyped(x, y->type);
  } else if (!xUntyped && yUntyped) {
    convertUntyped(y, x->type);
  } else if (xUntyped) {
    if (x->mode == OperandMode::Constant && y->mode == OperandMode::Constant) {
      for (Operand* o : {x, y})
        if (isNumeric(o->type) && o->val.imag().sign() == 0) o->type = basicType(BasicKind::UntypedFloat);
    } else {
      // One is a shift whose type is open: both must have one type, and floats cannot be shifted.
      convertUntyped(x, basicType(BasicKind::Float64));
      convertUntyped(y, basicType(BasicKind::Float64));
    }
  }
  if (!x->isValid() || !y->isValid()) return false;

  if (!identical(x->type, y->type)) {
    errorf(x, DiagKind::InvalidComplex, "invalid operation: %s (mismatched types %s and %s)", static_cast<Expr*>(call), x->type, y->type);
    return false;
  }
  auto whole = [](Type* t) -> Type* {
    BasicType* basic = under<BasicType>(t);
    if (!basic) return nullptr;
    switch (basic->basic) {
    case BasicKind::Float32: return basicType(BasicKind::Complex64);
    case BasicKind::Float64: return basicType(BasicKind::Complex128);
    case BasicKind::UntypedFloat: return basicType(BasicKind::UntypedComplex);
    default: return nullptr;
    }
  };
  Type* result = applyTypeFunc(whole, x, BuiltinId::Complex);
  if (!result) {
    errorf(x, DiagKind::InvalidComplex, "invalid argument: arguments have type %s, expected floating-point", x->type);
    return false;
  }
  if (x->mode == OperandMode::Constant && y->mode == OperandMode::Constant) {
    x->val = ConstValue::binaryOp(x->val.toFloat(), Op::Add, ConstValue::makeImag(y->val.toFloat()));
  } else {
    x->mode = OperandMode::Value;
    x->val = ConstValue();
    recordBuiltinType(call->fun, makeSig(result, {x->type, x->type}));
  }
  x->type = result;
  return true;
}

bool Checker::builtinMinMax(Operand* x, llvm::ArrayRef<Operand*> args, CallExpr* call, BuiltinId id) {
  verifyVersionf(call->fun, go1_21, "built-in %s", builtinName(id));
  Op op = id == BuiltinId::Max ? Op::Gtr : Op::Lss;
  for (size_t i = 0; i < args.size(); i++) {
    Operand* a = args[i];
    if (!allOrdered(a->type)) {
      errorf(a, DiagKind::InvalidMinMaxOperand, "invalid argument: %s cannot be ordered", a);
      return false;
    }
    if (i == 0) continue;
    matchTypes(x, a);
    if (!x->isValid()) return false;
    if (!identical(x->type, a->type)) {
      errorf(a, DiagKind::MismatchedTypes, "invalid argument: mismatched types %s (previous argument) and %s (type of %s)", x->type, a->type, a->expr);
      return false;
    }
    if (x->mode == OperandMode::Constant && a->mode == OperandMode::Constant) {
      if (ConstValue::compare(a->val, op, x->val)) *x = *a;
    } else {
      x->mode = OperandMode::Value;
    }
  }

  if (x->mode != OperandMode::Constant) {
    x->mode = OperandMode::Value;
    x->val = ConstValue();
    // A value must have a type.
    assignment(x, emptyInterface(), std::string("argument to built-in ") + builtinName(id));
    if (!x->isValid()) return false;
  }
  for (Operand* a : args) updateExprType(a->expr, x->type, true);
  if (x->mode != OperandMode::Constant) {
    llvm::SmallVector<Type*, 4> types(args.size(), x->type);
    recordBuiltinType(call->fun, makeSig(x->type, types));
  }
  return true;
}

} // namespace stoat
