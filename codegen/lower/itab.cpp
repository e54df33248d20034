// Itabs (abi.ITab followed by one code pointer per interface method), and the layout of map groups.
#include "lower/module_state.h"
#include "target_layout.h"

namespace stoat::lower {

int ModuleState::interfaceMethodIndex(Type* interface, const Func* method) {
  Interface* type = llvm::dyn_cast<Interface>(interface->underlying());
  if (!type)
    return -1;
  const std::vector<Func*>& methods = type->methods();
  for (size_t i = 0; i < methods.size(); ++i)
    if (methods[i] == method || methods[i]->sameId(method->pkg, method->name))
      return static_cast<int>(i);
  return -1;
}

llvm::Constant* ModuleState::itab(Type* concreteType, Type* interfaceType, Pos pos) {
  TypeInfo& concrete = info(concreteType);
  TypeInfo& target = info(interfaceType);
  std::string symbol = "go:itab." + concrete.key + "," + target.key;
  if (llvm::GlobalVariable* known = module->getGlobalVariable(symbol))
    return known;
  const std::vector<Func*>& wanted = llvm::cast<Interface>(target.under)->methods();
  llvm::SmallVector<llvm::Type*, 8> types{ptr0, ptr0, i32};
  const size_t padding = static_cast<size_t>(layout.itabFunctions - layout.itabHash - 4) / 4;
  for (size_t i = 0; i < padding; ++i)
    types.push_back(i32);
  const size_t firstFunction = types.size();
  for (size_t i = 0; i < std::max<size_t>(1, wanted.size()); ++i)
    types.push_back(ptr0);
  llvm::StructType* shape = llvm::StructType::get(context, types, true);
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, shape, false, llvm::GlobalValue::LinkOnceODRLinkage, nullptr, symbol);
  object->setAlignment(llvm::Align(wordSize()));
  object->setSection("stoat_types");
  object->addAttribute("stoat-noroot");
  makeComdat(object);

  std::vector<MethodSetEntry> methods = methodSet(concrete.type);
  llvm::SmallVector<llvm::Constant*, 8> code;
  for (Func* want : wanted) {
    for (const MethodSetEntry& entry : methods)
      if (entry.func->sameId(want->pkg, want->name)) {
        if (llvm::Function* function = methodFunction(concrete.type, entry, true, pos))
          code.push_back(function);
        break;
      }
  }
  // In instances of generic code the type may not implement the interface: an itab that equals no other, with an empty first entry.
  bool complete = code.size() == wanted.size();
  llvm::SmallVector<llvm::Constant*, 8> fields{descriptor(target.type), descriptor(concrete.type), llvm::ConstantInt::get(i32, typeHash(concrete))};
  for (size_t i = 0; i < padding; ++i)
    fields.push_back(llvm::ConstantInt::get(i32, 0));
  while (fields.size() < types.size()) {
    size_t i = fields.size() - firstFunction;
    fields.push_back(complete && i < code.size() ? code[i] : llvm::ConstantPointerNull::get(ptr0));
  }
  object->setInitializer(llvm::ConstantStruct::get(shape, fields));
  if (complete)
    listIn("stoat_itabs", object);
  return object;
}

// internal/runtime/maps: group { ctrl uint64; slots [8]struct { key K; elem E } }, keys and elements over 128 bytes by pointer.
ModuleState::MapLayout ModuleState::mapLayout(TypeInfo& map) {
  constexpr int64_t maxInline = 128, slots = 8;
  MapTypeT* type = llvm::cast<MapTypeT>(map.under);
  MapLayout layout;
  layout.indirectKey = info(type->key).size > maxInline;
  layout.indirectElem = info(type->elem).size > maxInline;
  layout.keySlot = layout.indirectKey ? static_cast<Type*>(typeArena().make<PointerType>(type->key)) : type->key;
  layout.elemSlot = layout.indirectElem ? static_cast<Type*>(typeArena().make<PointerType>(type->elem)) : type->elem;
  auto field = [&](const char* name, Type* fieldType) {
    Var* var = typeArena().make<Var>();
    var->name = name;
    var->type = fieldType;
    var->varKind = VarKind::Field;
    var->pkg = mapsPackage();
    return var;
  };
  StructTypeT* slot = typeArena().make<StructTypeT>();
  slot->fields = {field("key", layout.keySlot), field("elem", layout.elemSlot)};
  StructTypeT* group = typeArena().make<StructTypeT>();
  Type* array = typeArena().make<ArrayTypeT>(slot, slots);
  group->fields = {field("ctrl", basicType(BasicKind::Uint64)), field("slots", array)};
  layout.slot = slot;
  layout.group = group;
  TypeInfo& slotInfo = info(slot);
  TypeInfo& groupInfo = info(group);
  noAlg_.insert(&slotInfo);
  noAlg_.insert(&info(array));
  noAlg_.insert(&groupInfo);
  layout.slotSize = slotInfo.size;
  layout.elemOffset = slotInfo.offsets[1];
  layout.groupSize = groupInfo.size;
  return layout;
}

// Fields of group types are unexported names of a package that no source has, so that no user's struct is identical to them.
Package* ModuleState::mapsPackage() {
  if (!mapsPackage_) {
    mapsPackage_ = std::make_unique<Package>();
    mapsPackage_->path = "go.map";
    mapsPackage_->name = "map";
  }
  return mapsPackage_.get();
}

bool ModuleState::needsKeyUpdate(TypeInfo& key) {
  switch (key.kind()) {
  case TypeKind::Basic: return key.isFloat() || key.isComplex() || key.isString();
  case TypeKind::Interface: return true;
  case TypeKind::Array: return needsKeyUpdate(info(llvm::cast<ArrayTypeT>(key.under)->elem));
  case TypeKind::Struct:
    for (Var* field : llvm::cast<StructTypeT>(key.under)->fields)
      if (needsKeyUpdate(info(field->type)))
        return true;
    return false;
  default: return false;
  }
}

bool ModuleState::hashMightPanic(TypeInfo& key) {
  switch (key.kind()) {
  case TypeKind::Interface: return true;
  case TypeKind::Array: return hashMightPanic(info(llvm::cast<ArrayTypeT>(key.under)->elem));
  case TypeKind::Struct:
    for (Var* field : llvm::cast<StructTypeT>(key.under)->fields)
      if (hashMightPanic(info(field->type)))
        return true;
    return false;
  default: return false;
  }
}

} // namespace stoat::lower
