// Go types -> layout: LLVM types with exactly gc's offsets, scalar leaves, pointer words, comparison kind.
//
// The LLVM type is truthful about pointers (`ptr addrspace(1)` wherever a Go pointer may be), because emit derives alloca masks and
// roots from it. Where LLVM's natural layout differs from Go's, the struct is packed with explicit padding.
#include "lower/module_state.h"

namespace stoat::lower {

TypeInfo& ModuleState::pointerTo(Type* type) { return info(typeArena().make<PointerType>(type)); }

TypeInfo& ModuleState::anyInfo() { return info(emptyInterface()); }

TypeInfo& ModuleState::info(Type* type) {
  llvm::DenseMap<Type*, TypeInfo*>::iterator known = infoByPointer_.find(type);
  if (known != infoByPointer_.end())
    return *known->second;
  Type* plain = unalias(type);
  std::string key = typeKey(plain);
  TypeInfo*& slot = infoByKey_[key];
  if (!slot) {
    TypeInfo& fresh = infos_.emplace_back();
    slot = &fresh;
    fresh.type = plain;
    fresh.under = plain->underlying();
    if (fresh.under->kind() == TypeKind::Basic && (llvm::cast<BasicType>(fresh.under)->info & IsUntyped)) {
      fresh.type = llvm::cast<BasicType>(fresh.under)->basic == BasicKind::UntypedNil ? basicType(BasicKind::UnsafePointer) : defaultType(plain);
      fresh.under = fresh.type->underlying();
    }
    fresh.key = key;
    if (fresh.under->kind() == TypeKind::Tuple || fresh.under->kind() == TypeKind::TypeParam || fresh.under->kind() == TypeKind::Union) {
      unsupported(Pos(), "a value of type " + typeString(plain));
      fresh.type = fresh.under = basicType(BasicKind::Int);
    }
    fresh.size = sizes.sizeOf(fresh.type);
    fresh.align = sizes.alignOf(fresh.type);
    TargetSizes::Extent extent = sizes.extentOf(fresh.type);
    if (fresh.size < 0 || extent.leaves > maxTypeLeaves || extent.depth > maxTypeDepth) { // in an instance; the checker has seen the others
      ++errors_;
      diag.report(where, DiagKind::TypeTooLarge, "type " + typeString(plain) + " too large");
      fresh.type = fresh.under = basicType(BasicKind::Int);
      fresh.size = fresh.align = sizes.wordSize;
    }
    if (ChanTypeT* chan = llvm::dyn_cast<ChanTypeT>(fresh.under))
      checkChannel(*chan);
    if (StructTypeT* record = llvm::dyn_cast<StructTypeT>(fresh.under))
      fresh.offsets = sizes.fieldOffsets(record);
    fresh.memory = memoryType(fresh);
    buildScalars(fresh, 0, fresh);
    if (fresh.inMemory)
      fresh.scalars.clear();
    int64_t last = -1;
    // Only the end of the last pointer matters here; large arrays repeat their element.
    Type* under = fresh.under;
    if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(under)) {
      TypeInfo& elem = info(array->elem);
      if (array->len > 0 && elem.hasPointers())
        last = (array->len - 1) * elem.size + elem.ptrBytes - wordSize();
    } else {
      if (StructTypeT* record = llvm::dyn_cast<StructTypeT>(under)) {
        for (size_t i = 0; i < record->fields.size(); ++i) {
          TypeInfo& field = info(record->fields[i]->type);
          if (field.hasPointers())
            last = fresh.offsets[i] + field.ptrBytes - wordSize();
        }
      } else {
        pointerWords(fresh, 0, [&](int64_t offset) { last = offset; });
      }
    }
    fresh.ptrBytes = last + (last < 0 ? 1 : wordSize());
  }
  // infoByKey_ may have grown (and moved) meanwhile: look the entry up again.
  TypeInfo* result = infoByKey_.find(key)->second;
  infoByPointer_[type] = result;
  infoByPointer_[plain] = result;
  return *result;
}

// The checker has seen what is written out; here come the channels that only instances have.
void ModuleState::checkChannel(const ChanTypeT& chan) {
  int64_t size = sizes.sizeOf(chan.elem);
  if (size >= 0 && size < maxChannelElement)
    return;
  ++errors_;
  diag.report(where, DiagKind::TypeTooLarge, "channel element type too large (>64kB)");
}

llvm::Type* ModuleState::memoryType(TypeInfo& type) {
  switch (type.under->kind()) {
  case TypeKind::Basic:
    switch (llvm::cast<BasicType>(type.under)->basic) {
    case BasicKind::Bool: case BasicKind::Int8: case BasicKind::Uint8: return i8;
    case BasicKind::Int16: case BasicKind::Uint16: return i16;
    case BasicKind::Int32: case BasicKind::Uint32: return i32;
    case BasicKind::Int64: case BasicKind::Uint64: return i64;
    case BasicKind::Int: case BasicKind::Uint: case BasicKind::Uintptr: return word;
    case BasicKind::Float32: return f32;
    case BasicKind::Float64: return f64;
    case BasicKind::Complex64: return llvm::StructType::get(context, {f32, f32});
    case BasicKind::Complex128: return llvm::StructType::get(context, {f64, f64});
    case BasicKind::String: return llvm::StructType::get(context, {ptr1, word});
    case BasicKind::UnsafePointer: return ptr1;
    default: return word;
    }
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature:
    return ptr1;
  case TypeKind::Slice:
    return llvm::StructType::get(context, {ptr1, word, word});
  case TypeKind::Interface:
    return llvm::StructType::get(context, {ptr1, ptr1});
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(type.under);
    return llvm::ArrayType::get(info(array->elem).memory, array->len < 0 ? 0 : array->len);
  }
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    llvm::SmallVector<llvm::Type*, 8> fields;
    for (Var* field : record->fields)
      fields.push_back(info(field->type).memory);
    const llvm::DataLayout& layout = module->getDataLayout();
    llvm::StructType* natural = llvm::StructType::get(context, fields);
    const llvm::StructLayout* natLayout = layout.getStructLayout(natural);
    bool same = static_cast<int64_t>(natLayout->getSizeInBytes().getFixedValue()) == type.size;
    for (size_t i = 0; same && i < fields.size(); ++i)
      same = static_cast<int64_t>(natLayout->getElementOffset(i).getFixedValue()) == type.offsets[i];
    if (same)
      return natural;
    llvm::SmallVector<llvm::Type*, 8> packed;
    int64_t at = 0;
    for (size_t i = 0; i <= fields.size(); ++i) {
      int64_t next = i < fields.size() ? type.offsets[i] : type.size;
      if (next > at)
        packed.push_back(llvm::ArrayType::get(i8, next - at));
      if (i == fields.size())
        break;
      packed.push_back(fields[i]);
      at = next + info(record->fields[i]->type).size;
    }
    return llvm::StructType::get(context, packed, true);
  }
  default:
    return word;
  }
}

void ModuleState::buildScalars(TypeInfo& type, int64_t offset, TypeInfo& into) {
  if (into.inMemory || type.size == 0)
    return;
  auto add = [&](int64_t at, llvm::Type* t, bool isPointer, bool isTypeWord = false, bool isBool = false) {
    if (into.scalars.size() >= maxScalars) {
      into.inMemory = true;
      return;
    }
    into.scalars.push_back({offset + at, t, isPointer, isTypeWord, isBool});
  };
  int64_t w = wordSize();
  switch (type.under->kind()) {
  case TypeKind::Basic:
    switch (llvm::cast<BasicType>(type.under)->basic) {
    case BasicKind::Complex64: add(0, f32, false); add(4, f32, false); return;
    case BasicKind::Complex128: add(0, f64, false); add(8, f64, false); return;
    case BasicKind::String: add(0, ptr1, true); add(w, word, false); return;
    case BasicKind::UnsafePointer: add(0, ptr1, true); return;
    case BasicKind::Bool: add(0, i8, false, false, true); return;
    default: add(0, type.memory, false); return;
    }
  case TypeKind::Slice: add(0, ptr1, true); add(w, word, false); add(2 * w, word, false); return;
  case TypeKind::Interface: add(0, ptr1, true, true); add(w, ptr1, true); return;
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(type.under);
    if (array->len > 1)
      into.inMemory = true;
    else if (array->len == 1)
      buildScalars(info(array->elem), offset, into);
    return;
  }
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    for (size_t i = 0; i < record->fields.size(); ++i)
      buildScalars(info(record->fields[i]->type), offset + type.offsets[i], into);
    return;
  }
  default: add(0, ptr1, true); return;
  }
}

void ModuleState::pointerWords(TypeInfo& type, int64_t offset, llvm::function_ref<void(int64_t)> found) {
  switch (type.under->kind()) {
  case TypeKind::Basic: {
    BasicKind kind = llvm::cast<BasicType>(type.under)->basic;
    if (kind == BasicKind::String || kind == BasicKind::UnsafePointer)
      found(offset);
    return;
  }
  case TypeKind::Pointer: case TypeKind::Map: case TypeKind::Chan: case TypeKind::Signature: case TypeKind::Slice:
    found(offset);
    return;
  case TypeKind::Interface:
    found(offset + wordSize()); // the type word never points into the heap
    return;
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(type.under);
    TypeInfo& elem = info(array->elem);
    if (elem.hasPointers())
      for (int64_t i = 0; i < array->len; ++i)
        pointerWords(elem, offset + i * elem.size, found);
    return;
  }
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    for (size_t i = 0; i < record->fields.size(); ++i) {
      TypeInfo& field = info(record->fields[i]->type);
      if (field.hasPointers())
        pointerWords(field, offset + type.offsets[i], found);
    }
    return;
  }
  default:
    return;
  }
}

bool ModuleState::isPadded(StructTypeT* type, const std::vector<int64_t>& offsets, size_t field, int64_t size) {
  int64_t end = field + 1 < offsets.size() ? offsets[field + 1] : size;
  return offsets[field] + info(type->fields[field]->type).size != end;
}

AlgKind ModuleState::algKind(TypeInfo& type) {
  if (type.alg != AlgKind::Unknown)
    return type.alg;
  AlgKind result = AlgKind::Memory;
  switch (type.under->kind()) {
  case TypeKind::Basic:
    switch (llvm::cast<BasicType>(type.under)->basic) {
    case BasicKind::Float32: result = AlgKind::Float32; break;
    case BasicKind::Float64: result = AlgKind::Float64; break;
    case BasicKind::Complex64: result = AlgKind::Complex64; break;
    case BasicKind::Complex128: result = AlgKind::Complex128; break;
    case BasicKind::String: result = AlgKind::String; break;
    default: break;
    }
    break;
  case TypeKind::Slice: case TypeKind::Map: case TypeKind::Signature: result = AlgKind::NoEq; break;
  case TypeKind::Interface: result = type.isEmptyInterface() ? AlgKind::EmptyInterface : AlgKind::Interface; break;
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(type.under);
    AlgKind elem = algKind(info(array->elem));
    if (elem == AlgKind::NoEq || elem == AlgKind::Memory)
      result = elem;
    else if (array->len <= 0)
      result = AlgKind::Memory;
    else
      result = array->len == 1 ? elem : AlgKind::Special;
    break;
  }
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    if (record->fields.size() == 1 && record->fields[0]->name != "_") {
      result = algKind(info(record->fields[0]->type));
      break;
    }
    for (size_t i = 0; i < record->fields.size(); ++i) {
      AlgKind field = algKind(info(record->fields[i]->type));
      if (field == AlgKind::NoEq) {
        result = AlgKind::NoEq;
        break;
      }
      if (field != AlgKind::Memory || record->fields[i]->name == "_" || isPadded(record, type.offsets, i, type.size))
        result = AlgKind::Special;
    }
    break;
  }
  default: break;
  }
  type.alg = result;
  return result;
}

bool ModuleState::isDirectInterface(TypeInfo& type) {
  return type.size == wordSize() && type.ptrBytes == wordSize();
}

} // namespace stoat::lower
