// Type descriptors with the layout of internal/abi of Go 1.26: common part, the kind's own part, UncommonType, variable-length data, methods, in
// this order (as cmd/compile/internal/reflectdata lays them out). Offsets are distances from the descriptor (runtime/abi/README.md).
//
// Who defines a descriptor: the package that declares a non-generic named type (and the pointer to it); everyone who needs it, as COMDAT, for
// unnamed types, instances and predeclared types.
#include "lower/module_state.h"
#include "lower/type_string.h"
#include "target_layout.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/LEB128.h"

namespace stoat::lower {

namespace {

enum TypeFlag : uint8_t { Uncommon = 1, ExtraStar = 2, IsNamed = 4, RegularMemory = 8, MaskOnDemand = 16, DirectIface = 32 };
enum AbiKind : uint8_t {
  KInvalid, KBool, KInt, KInt8, KInt16, KInt32, KInt64, KUint, KUint8, KUint16, KUint32, KUint64, KUintptr, KFloat32, KFloat64, KComplex64, KComplex128,
  KArray, KChan, KFunc, KInterface, KMap, KPointer, KSlice, KString, KStruct, KUnsafePointer
};

uint8_t abiKind(TypeInfo& type) {
  switch (type.under->kind()) {
  case TypeKind::Basic: {
    BasicKind kind = llvm::cast<BasicType>(type.under)->basic;
    if (kind == BasicKind::String)
      return KString;
    if (kind == BasicKind::UnsafePointer)
      return KUnsafePointer;
    return static_cast<uint8_t>(kind); // BasicKind has abi.Kind's order from Bool to Complex128
  }
  case TypeKind::Array: return KArray;
  case TypeKind::Slice: return KSlice;
  case TypeKind::Struct: return KStruct;
  case TypeKind::Pointer: return KPointer;
  case TypeKind::Signature: return KFunc;
  case TypeKind::Interface: return KInterface;
  case TypeKind::Map: return KMap;
  case TypeKind::Chan: return KChan;
  default: return KInvalid;
  }
}
static_assert(static_cast<int>(BasicKind::Bool) == KBool && static_cast<int>(BasicKind::Uintptr) == KUintptr &&
              static_cast<int>(BasicKind::Complex128) == KComplex128);

/// Named type (or null) whose package a descriptor's UncommonType names; predeclared types have a name but no package.
Named* namedOf(Type* type) { return llvm::dyn_cast<Named>(type); }

bool exportedName(llvm::StringRef name) {
  TypeName probe;
  probe.name = name;
  return probe.isExported();
}

} // namespace

/// Collects the elements of a descriptor. The LLVM type must be known before the global exists, the constants refer to it: so types come first
/// (plan), constants later (fill), both in the same order.
class DescriptorBuilder {
public:
  DescriptorBuilder(ModuleState& m, TypeInfo& type) : m_(m), type_(type) {
    bool isInterface = type.isInterface();
    if (!isInterface && !m.noAlg_.contains(&type))
      methods_ = methodSet(type_.type);
    llvm::erase_if(methods_, [](const MethodSetEntry& entry) { return (entry.func->origin ? entry.func->origin : entry.func)->pragma & PragmaNointerface; });
    hasName_ = llvm::isa<Named>(type_.type) || llvm::isa<BasicType>(type_.type);
    hasUncommon_ = hasName_ || !methods_.empty();
    plan();
  }

  llvm::StructType* structType() { return llvm::StructType::get(m_.context, types_, true); }
  void fill(llvm::GlobalVariable* self);

private:
  void add(llvm::Type* t) { types_.push_back(t); at_ += static_cast<int64_t>(m_.module->getDataLayout().getTypeAllocSize(t).getFixedValue()); }
  void addWords(int n) {
    for (int i = 0; i < n; ++i)
      add(m_.word);
  }
  void addPointers(int n) {
    for (int i = 0; i < n; ++i)
      add(m_.ptr0);
  }
  void pad() {
    int64_t rest = at_ % m_.wordSize();
    if (rest)
      add(m_.arrayOf(m_.i8, m_.wordSize() - rest));
  }
  void plan();

  ModuleState& m_;
  TypeInfo& type_;
  std::vector<MethodSetEntry> methods_;
  bool hasName_, hasUncommon_;
  std::vector<llvm::Type*> types_;
  int64_t at_ = 0;
  int64_t uncommonAt_ = 0, dataAt_ = 0, methodsAt_ = 0;
};

void DescriptorBuilder::plan() {
  addWords(2);
  add(m_.i32);
  for (int i = 0; i < 4; ++i)
    add(m_.i8);
  addPointers(2);
  add(m_.i32);
  add(m_.i32);
  if (at_ != m_.layout.typeBytes)
    llvm::report_fatal_error("type descriptors: the common part is not the runtime's Type");
  Type* under = type_.under;
  switch (under->kind()) {
  case TypeKind::Array: addPointers(2); addWords(1); break;
  case TypeKind::Slice: case TypeKind::Pointer: addPointers(1); break;
  case TypeKind::Chan: addPointers(1); addWords(1); break;
  case TypeKind::Signature: add(m_.i16); add(m_.i16); pad(); break;
  case TypeKind::Interface: case TypeKind::Struct: addPointers(2); addWords(2); break;
  case TypeKind::Map: addPointers(4); addWords(3); add(m_.i32); pad(); break;
  default: break;
  }
  if (hasUncommon_) {
    uncommonAt_ = at_;
    add(m_.i32);
    add(m_.i16);
    add(m_.i16);
    add(m_.i32);
    add(m_.i32);
  }
  dataAt_ = at_;
  switch (under->kind()) {
  case TypeKind::Signature: {
    Signature* signature = llvm::cast<Signature>(under);
    addPointers(static_cast<int>(signature->params->vars.size() + signature->results->vars.size()));
    break;
  }
  case TypeKind::Interface:
    for (size_t i = 0; i < 2 * llvm::cast<Interface>(under)->methods().size(); ++i)
      add(m_.i32);
    break;
  case TypeKind::Struct:
    for (size_t i = 0; i < llvm::cast<StructTypeT>(under)->fields.size(); ++i) {
      addPointers(2);
      addWords(1);
    }
    break;
  default: break;
  }
  methodsAt_ = at_;
  for (size_t i = 0; i < 4 * methods_.size(); ++i)
    add(m_.i32);
}

void DescriptorBuilder::fill(llvm::GlobalVariable* self) {
  std::vector<llvm::Constant*> out;
  auto put = [&](llvm::Constant* value) {
    llvm::Type* want = types_[out.size()];
    if (value->getType() != want && value->getType()->isPointerTy())
      value = llvm::ConstantExpr::getAddrSpaceCast(value, want);
    out.push_back(value);
  };
  auto integer = [&](uint64_t value) { put(llvm::ConstantInt::get(types_[out.size()], value, false, true)); };
  auto padding = [&] {
    if (out.size() < types_.size() && types_[out.size()]->isArrayTy())
      put(llvm::Constant::getNullValue(types_[out.size()]));
  };
  auto null = [&] { put(llvm::ConstantPointerNull::get(m_.ptr0)); };
  auto distanceTo = [&](llvm::Constant* target) { put(m_.distance(target, self)); };

  Named* named = namedOf(type_.type);
  PointerType* pointer = llvm::dyn_cast<PointerType>(type_.type);
  Named* elemNamed = pointer ? namedOf(unalias(pointer->elem)) : nullptr;
  bool noAlg = m_.noAlg_.contains(&type_);
  bool onDemand = false;
  llvm::Constant* gcData = m_.gcData(type_, onDemand);
  AlgKind alg = m_.algKind(type_);
  std::string text = reflectString(type_.type);
  uint8_t flags = 0;
  if (hasUncommon_) flags |= Uncommon;
  if (hasName_) flags |= IsNamed;
  if (alg == AlgKind::Memory && !noAlg) flags |= RegularMemory;
  if (onDemand) flags |= MaskOnDemand;
  if (m_.isDirectInterface(type_)) flags |= DirectIface;
  bool exported = false;
  if (!llvm::StringRef(text).starts_with("*")) {
    text = "*" + text;
    flags |= ExtraStar;
    exported = named && exportedName(named->obj->name);
  } else if (elemNamed) {
    exported = exportedName(elemNamed->obj->name);
  }

  integer(static_cast<uint64_t>(type_.size));
  integer(static_cast<uint64_t>(type_.ptrBytes));
  integer(m_.typeHash(type_));
  integer(flags);
  integer(static_cast<uint64_t>(std::max<int64_t>(1, type_.align)));
  integer(static_cast<uint64_t>(std::max<int64_t>(1, type_.align)));
  integer(abiKind(type_));
  if (noAlg || alg == AlgKind::NoEq)
    null();
  else
    put(m_.equalClosure(type_));
  put(gcData);
  distanceTo(m_.typeName(text, "", nullptr, exported, false));
  if (hasName_ && !noAlg && !pointer)
    distanceTo(m_.descriptor(typeArena().make<PointerType>(type_.type)));
  else
    integer(0);

  Type* under = type_.under;
  switch (under->kind()) {
  case TypeKind::Array: {
    ArrayTypeT* array = llvm::cast<ArrayTypeT>(under);
    put(m_.descriptor(array->elem));
    if (noAlg)
      null();
    else
      put(m_.descriptor(typeArena().make<SliceTypeT>(array->elem)));
    integer(static_cast<uint64_t>(array->len));
    break;
  }
  case TypeKind::Slice: put(m_.descriptor(llvm::cast<SliceTypeT>(under)->elem)); break;
  case TypeKind::Pointer: put(m_.descriptor(llvm::cast<PointerType>(under)->elem)); break;
  case TypeKind::Chan: {
    ChanTypeT* chan = llvm::cast<ChanTypeT>(under);
    put(m_.descriptor(chan->elem));
    integer(chan->dir == ChanDirection::RecvOnly ? 1 : chan->dir == ChanDirection::SendOnly ? 2 : 3);
    break;
  }
  case TypeKind::Signature: {
    Signature* signature = llvm::cast<Signature>(under);
    integer(signature->params->vars.size());
    integer(signature->results->vars.size() | (signature->variadic ? 1u << 15 : 0));
    padding();
    break;
  }
  case TypeKind::Interface: {
    uint64_t n = llvm::cast<Interface>(under)->methods().size();
    if (named && named->obj->pkg)
      put(m_.packagePath(named->obj->pkg));
    else
      null();
    put(llvm::ConstantExpr::getInBoundsGetElementPtr(m_.i8, self, m_.wordConstant(dataAt_)));
    integer(n);
    integer(n);
    break;
  }
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(under);
    const Package* pkg = nullptr;
    for (Var* field : record->fields)
      if (!field->isExported()) {
        pkg = field->pkg;
        break;
      }
    if (pkg)
      put(m_.packagePath(pkg));
    else
      null();
    put(llvm::ConstantExpr::getInBoundsGetElementPtr(m_.i8, self, m_.wordConstant(dataAt_)));
    integer(record->fields.size());
    integer(record->fields.size());
    break;
  }
  case TypeKind::Map: {
    MapTypeT* map = llvm::cast<MapTypeT>(under);
    ModuleState::MapLayout layout = m_.mapLayout(type_);
    put(m_.descriptor(map->key));
    put(m_.descriptor(map->elem));
    put(m_.descriptor(layout.group));
    put(m_.hashClosure(m_.info(map->key)));
    integer(static_cast<uint64_t>(layout.groupSize));
    integer(static_cast<uint64_t>(layout.slotSize));
    integer(static_cast<uint64_t>(layout.elemOffset));
    integer((m_.needsKeyUpdate(m_.info(map->key)) ? 1 : 0) | (m_.hashMightPanic(m_.info(map->key)) ? 2 : 0) | (layout.indirectKey ? 4 : 0) |
            (layout.indirectElem ? 8 : 0));
    padding();
    break;
  }
  default: break;
  }

  const Package* typePackage = named ? named->obj->pkg : nullptr;
  if (!hasName_) {
    // As gc: unnamed types with methods belong to the package of their element type.
    Type* elem = nullptr;
    if (pointer)
      elem = pointer->elem;
    if (Named* of = elem ? namedOf(unalias(elem)) : nullptr)
      typePackage = of->obj->pkg;
  }
  if (hasUncommon_) {
    BasicType* basic = llvm::dyn_cast<BasicType>(type_.type);
    if (basic && basic->basic == BasicKind::UnsafePointer)
      typePackage = unsafePackage();
    if (typePackage)
      distanceTo(m_.packagePath(typePackage));
    else
      integer(0);
    integer(methods_.size());
    uint64_t exportedMethods = 0;
    while (exportedMethods < methods_.size() && methods_[exportedMethods].func->isExported())
      ++exportedMethods;
    integer(exportedMethods);
    integer(static_cast<uint64_t>(methodsAt_ - uncommonAt_));
    integer(0);
  }

  switch (under->kind()) {
  case TypeKind::Signature: {
    Signature* signature = llvm::cast<Signature>(under);
    for (TupleType* list : {signature->params, signature->results})
      for (Var* var : list->vars)
        put(m_.descriptor(var->type));
    break;
  }
  case TypeKind::Interface:
    for (Func* method : llvm::cast<Interface>(under)->methods()) {
      const Package* pkg = !method->isExported() && method->pkg != typePackage ? method->pkg : nullptr;
      distanceTo(m_.typeName(method->name, "", pkg, method->isExported(), false));
      distanceTo(m_.descriptor(m_.methodType(method)));
    }
    break;
  case TypeKind::Struct: {
    StructTypeT* record = llvm::cast<StructTypeT>(under);
    for (size_t i = 0; i < record->fields.size(); ++i) {
      Var* field = record->fields[i];
      put(m_.typeName(field->name, record->tag(i), nullptr, field->isExported(), field->embedded));
      put(m_.descriptor(field->type));
      integer(static_cast<uint64_t>(type_.offsets[i]));
    }
    break;
  }
  default: break;
  }

  for (const MethodSetEntry& entry : methods_) {
    const Package* pkg = !entry.func->isExported() && entry.func->pkg != typePackage ? entry.func->pkg : nullptr;
    distanceTo(m_.typeName(entry.func->name, "", pkg, entry.func->isExported(), false));
    distanceTo(m_.descriptor(m_.methodType(entry.func)));
    llvm::Function* iface = m_.methodFunction(type_.type, entry, true, entry.func->pos);
    llvm::Function* plain = m_.methodFunction(type_.type, entry, false, entry.func->pos);
    if (iface)
      distanceTo(iface);
    else
      integer(0);
    if (plain)
      distanceTo(plain);
    else
      integer(0);
  }
  self->setInitializer(llvm::ConstantStruct::get(structType(), out));
}

Type* ModuleState::methodType(Func* method) {
  Signature* signature = method->signature();
  if (!signature->recv)
    return signature;
  Signature* plain = typeArena().make<Signature>(*signature);
  plain->recv = nullptr;
  plain->recvTypeParams.clear();
  return plain;
}

uint64_t stableHash(llvm::StringRef text) {
  uint64_t hash = 14695981039346656037ull;
  for (unsigned char c : text)
    hash = (hash ^ c) * 1099511628211ull;
  return hash;
}

uint32_t ModuleState::typeHash(TypeInfo& type) {
  uint64_t hash = stableHash(type.key);
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

llvm::Constant* ModuleState::distance(llvm::Constant* target, llvm::Constant* owner) {
  llvm::Constant* difference = llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(target, word), llvm::ConstantExpr::getPtrToInt(owner, word));
  return wordSize() == 4 ? difference : llvm::ConstantExpr::getTrunc(difference, i32);
}

bool ModuleState::ownsDescriptor(TypeInfo& type) {
  Type* t = type.type;
  if (PointerType* pointer = llvm::dyn_cast<PointerType>(t))
    t = unalias(pointer->elem);
  Named* named = llvm::dyn_cast<Named>(t);
  if (!named || named->isInstance() || !named->obj->pkg)
    return true;
  return isLocalPackage(named->obj->pkg);
}

llvm::Constant* ModuleState::descriptor(Type* t) {
  TypeInfo& type = info(t);
  llvm::GlobalVariable*& known = descriptors_[type.key];
  if (known)
    return known;
  std::string symbol = "type:" + type.key;
  if (!ownsDescriptor(type)) {
    known = new llvm::GlobalVariable(*module, i8, false, llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
    known->setDSOLocal(true);
    return known;
  }
  DescriptorBuilder builder(*this, type);
  llvm::GlobalVariable* object =
      new llvm::GlobalVariable(*module, builder.structType(), false, llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
  descriptors_[type.key] = object;
  object->setAlignment(llvm::Align(wordSize()));
  object->setSection("stoat_types");
  object->addAttribute("stoat-noroot");
  object->setDSOLocal(true);
  Type* base = type.type;
  if (PointerType* pointer = llvm::dyn_cast<PointerType>(base))
    base = unalias(pointer->elem);
  Named* named = llvm::dyn_cast<Named>(base);
  if (!named || named->isInstance() || !named->obj->pkg)
    makeComdat(object);
  pendingDescriptors_.push_back(&type);
  return object;
}

void ModuleState::defineDescriptor(TypeInfo& type, llvm::GlobalVariable* global) {
  DescriptorBuilder(*this, type).fill(global);
  if (!llvm::isa<Named>(type.type) && !llvm::isa<BasicType>(type.type) && !type.isInterface() && !noAlg_.contains(&type))
    listIn("stoat_typelinks", global);
}

void ModuleState::listIn(llvm::StringRef section, llvm::GlobalVariable* object) {
  llvm::GlobalVariable* entry = new llvm::GlobalVariable(*module, ptr0, false, llvm::GlobalValue::PrivateLinkage, object, "listed");
  entry->setSection(section);
  entry->setAlignment(llvm::Align(wordSize()));
  entry->addAttribute("stoat-noroot");
  if (object->hasComdat())
    entry->setComdat(object->getComdat());
  // Kept by the linker exactly if the object is.
  entry->setMetadata(llvm::LLVMContext::MD_associated, llvm::MDNode::get(context, llvm::ValueAsMetadata::get(object)));
  keep(entry);
}

llvm::Constant* ModuleState::packagePath(const Package* pkg) {
  return typeName(pkg->isMain() ? "main" : pkg->path, "", nullptr, false, false);
}

llvm::Constant* ModuleState::typeName(llvm::StringRef name, llvm::StringRef tag, const Package* pkg, bool isExported, bool isEmbedded) {
  std::string bytes(1, static_cast<char>((isExported ? 1 : 0) | (tag.empty() ? 0 : 2) | (pkg ? 4 : 0) | (isEmbedded ? 8 : 0)));
  auto append = [&](llvm::StringRef text) {
    uint8_t length[10];
    bytes.append(reinterpret_cast<char*>(length), llvm::encodeULEB128(text.size(), length));
    bytes += text;
  };
  append(name);
  if (!tag.empty())
    append(tag);
  std::string symbol = "type:.name." + bytes + (pkg ? "." + pkg->path : "");
  // Symbols hold no NUL bytes or control characters: the flags and lengths become digits.
  std::string clean;
  for (unsigned char c : symbol) {
    if (c < 0x21 || c == 0x7f || c == '"')
      clean += "\\" + std::to_string(c) + ";";
    else
      clean += static_cast<char>(c);
  }
  llvm::GlobalVariable*& known = names_[clean];
  if (known)
    return known;
  llvm::Constant* text = llvm::ConstantDataArray::getString(context, bytes, false);
  llvm::Type* type = text->getType();
  if (pkg)
    type = llvm::StructType::get(context, {text->getType(), i32}, true);
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, type, false, llvm::GlobalValue::LinkOnceODRLinkage, nullptr, clean);
  object->setAlignment(llvm::Align(1));
  object->setSection("stoat_types");
  object->addAttribute("stoat-noroot");
  makeComdat(object);
  known = object;
  if (pkg)
    object->setInitializer(llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(type), {text, distance(packagePath(pkg), object)}));
  else
    object->setInitializer(text);
  return object;
}

llvm::Constant* ModuleState::closureDescriptor(llvm::ArrayRef<TypeInfo*> captures, std::vector<int64_t>& offsets) {
  // Only size and pointers matter for the allocator: closures of one shape share a descriptor.
  int64_t at = wordSize(), align = wordSize(), last = 0;
  std::vector<int64_t> pointers;
  for (TypeInfo* capture : captures) {
    int64_t fieldAlign = std::max<int64_t>(1, capture->align);
    at = (at + fieldAlign - 1) / fieldAlign * fieldAlign;
    align = std::max(align, fieldAlign);
    offsets.push_back(at);
    pointerWords(*capture, at, [&](int64_t offset) { pointers.push_back(offset); last = offset + wordSize(); });
    at += capture->size;
  }
  int64_t size = (at + align - 1) / align * align;
  std::vector<uint8_t> mask(static_cast<size_t>((last / wordSize() + 8 * wordSize()) / (8 * wordSize()) * wordSize()), 0);
  std::string shape = std::to_string(size);
  for (int64_t offset : pointers) {
    int64_t i = offset / wordSize();
    mask[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    shape += "." + std::to_string(i);
  }
  if (shape.size() > 200)
    shape = std::to_string(size) + "." + std::to_string(stableHash(shape));
  std::string symbol = "type:.closure." + shape;
  if (llvm::GlobalVariable* known = module->getGlobalVariable(symbol))
    return known;
  llvm::Constant* null = llvm::ConstantPointerNull::get(ptr0);
  auto byte = [&](uint64_t v) { return llvm::ConstantInt::get(i8, v); };
  std::vector<llvm::Constant*> fields{wordConstant(size), wordConstant(last), llvm::ConstantInt::get(i32, static_cast<uint32_t>(size)),
                                      byte(0), byte(static_cast<uint64_t>(align)), byte(static_cast<uint64_t>(align)), byte(KStruct), null, maskData(mask),
                                      llvm::ConstantInt::get(i32, 0), llvm::ConstantInt::get(i32, 0), null, null, wordConstant(0), wordConstant(0)};
  llvm::Constant* init = llvm::ConstantStruct::getAnon(context, fields, true);
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, init->getType(), false, llvm::GlobalValue::LinkOnceODRLinkage, init, symbol);
  object->setAlignment(llvm::Align(wordSize()));
  object->setSection("stoat_types");
  object->addAttribute("stoat-noroot");
  makeComdat(object);
  return object;
}

} // namespace stoat::lower
