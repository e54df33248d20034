// Constants and static data: string bytes, constants of each type, package variables and their static initial values.
// Read-only data is private and shared by content; writable data is never merged.
#include "lower/module_state.h"

namespace stoat::lower {

llvm::Constant* ModuleState::toGo(llvm::Constant* pointer) {
  if (pointer->getType()->getPointerAddressSpace() == 1)
    return pointer;
  return llvm::ConstantExpr::getAddrSpaceCast(pointer, ptr1);
}

llvm::Constant* ModuleState::stringData(llvm::StringRef bytes) {
  if (bytes.empty())
    return llvm::ConstantPointerNull::get(ptr1);
  llvm::Constant*& known = strings_[bytes];
  if (known)
    return known;
  llvm::Constant* data = llvm::ConstantDataArray::getString(context, bytes, false);
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, "str");
  object->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  object->setAlignment(llvm::Align(1));
  known = toGo(object);
  return known;
}

llvm::Constant* ModuleState::stringConstant(llvm::StringRef bytes) {
  return llvm::ConstantStruct::get(llvm::StructType::get(context, {ptr1, word}), {stringData(bytes), wordConstant(bytes.size())});
}

llvm::GlobalVariable* ModuleState::readOnly(llvm::Constant* value, int64_t align, const llvm::Twine& name) {
  llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, value->getType(), true, llvm::GlobalValue::PrivateLinkage, value, name);
  object->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  object->setAlignment(llvm::Align(align));
  return object;
}

llvm::Constant* ModuleState::sharedReadOnly(llvm::Constant* value, int64_t align) {
  llvm::GlobalVariable*& object = shared_[value];
  if (!object)
    object = readOnly(value, align, "ro");
  else if (object->getAlign().valueOrOne().value() < static_cast<uint64_t>(align))
    object->setAlignment(llvm::Align(align));
  return toGo(object);
}

void ModuleState::constantParts(const ConstValue& value, TypeInfo& type, llvm::SmallVectorImpl<llvm::Value*>& parts) {
  if (type.isInterface()) { // only from malformed MIR
    for (const Scalar& scalar : type.scalars)
      parts.push_back(llvm::Constant::getNullValue(scalar.type));
    return;
  }
  if (type.isString()) {
    llvm::StringRef text = value.kind() == ConstValue::String ? value.stringVal() : llvm::StringRef();
    parts.push_back(stringData(text));
    parts.push_back(wordConstant(text.size()));
  } else if (type.isBool()) {
    parts.push_back(llvm::ConstantInt::get(i8, value.kind() == ConstValue::Bool && value.boolVal()));
  } else if (type.isFloat()) {
    ConstValue number = value.toFloat();
    if (type.memory == f32)
      parts.push_back(llvm::ConstantFP::get(context, llvm::APFloat(number.float32Val())));
    else
      parts.push_back(llvm::ConstantFP::get(context, llvm::APFloat(number.float64Val())));
  } else if (type.isComplex()) {
    ConstValue number = value.toComplex();
    for (const ConstValue& half : {number.real(), number.imag()}) {
      ConstValue real = half.toFloat();
      if (type.scalars[0].type == f32)
        parts.push_back(llvm::ConstantFP::get(context, llvm::APFloat(real.float32Val())));
      else
        parts.push_back(llvm::ConstantFP::get(context, llvm::APFloat(real.float64Val())));
    }
  } else if (!type.scalars.empty()) {
    ConstValue number = value.toInt();
    uint64_t bits = number.sign() < 0 ? static_cast<uint64_t>(number.int64Val()) : number.uint64Val();
    llvm::Type* scalar = type.scalars[0].type;
    if (scalar->isPointerTy())
      parts.push_back(llvm::ConstantExpr::getIntToPtr(llvm::ConstantInt::get(word, bits, false, true), scalar));
    else
      parts.push_back(llvm::ConstantInt::get(scalar, bits, false, true));
  }
}

llvm::Constant* ModuleState::constant(const ConstValue& value, TypeInfo& type) {
  llvm::SmallVector<llvm::Value*, 2> parts;
  constantParts(value, type, parts);
  if (parts.size() == 1)
    return llvm::cast<llvm::Constant>(parts[0]);
  if (parts.empty() || !type.memory->isStructTy())
    return llvm::Constant::getNullValue(type.memory);
  return llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(type.memory),
                                   {llvm::cast<llvm::Constant>(parts[0]), llvm::cast<llvm::Constant>(parts[1])});
}

llvm::Constant* ModuleState::staticValue(const mir::StaticValue& value, TypeInfo& type, Pos pos) {
  using mir::StaticValue;
  switch (value.kind) {
  case StaticValue::Zero:
    return llvm::Constant::getNullValue(type.memory);
  case StaticValue::Const:
    return constant(value.constant, type);
  case StaticValue::Aggregate: {
    if (ArrayTypeT* array = llvm::dyn_cast<ArrayTypeT>(type.under)) {
      TypeInfo& elem = info(array->elem);
      std::vector<llvm::Constant*> elems(static_cast<size_t>(array->len), llvm::Constant::getNullValue(elem.memory));
      for (const std::pair<int64_t, StaticValue*>& entry : value.elems)
        if (entry.first >= 0 && entry.first < array->len)
          elems[entry.first] = staticValue(*entry.second, elem, pos);
      return llvm::ConstantArray::get(llvm::cast<llvm::ArrayType>(type.memory), elems);
    }
    StructTypeT* record = llvm::cast<StructTypeT>(type.under);
    llvm::StructType* layout = llvm::cast<llvm::StructType>(type.memory);
    std::vector<llvm::Constant*> fields;
    for (llvm::Type* field : layout->elements())
      fields.push_back(llvm::Constant::getNullValue(field));
    // Packed layouts have explicit padding elements: find each field by its offset.
    const llvm::StructLayout* offsets = module->getDataLayout().getStructLayout(layout);
    for (const std::pair<int64_t, StaticValue*>& entry : value.elems) {
      TypeInfo& field = info(record->fields[entry.first]->type);
      if (field.size == 0)
        continue;
      for (unsigned i = 0; i < fields.size(); ++i)
        if (static_cast<int64_t>(offsets->getElementOffset(i).getFixedValue()) == type.offsets[entry.first] && layout->getElementType(i) == field.memory)
          fields[i] = staticValue(*entry.second, field, pos);
    }
    return llvm::ConstantStruct::get(layout, fields);
  }
  case StaticValue::Slice: {
    SliceTypeT* slice = llvm::cast<SliceTypeT>(type.under);
    TypeInfo& elem = info(slice->elem);
    llvm::StructType* header = llvm::cast<llvm::StructType>(type.memory);
    if (value.constant.kind() == ConstValue::String && elem.size == 1) {
      llvm::Constant* bytes = llvm::ConstantDataArray::getString(context, value.constant.stringVal(), false);
      llvm::GlobalVariable* backing = new llvm::GlobalVariable(*module, bytes->getType(), false, llvm::GlobalValue::PrivateLinkage, bytes, "bytes");
      backing->setAlignment(llvm::Align(1));
      llvm::Constant* length = wordConstant(static_cast<int64_t>(value.constant.stringVal().size()));
      return llvm::ConstantStruct::get(header, {toGo(backing), length, length});
    }
    std::vector<llvm::Constant*> elems(static_cast<size_t>(value.length), llvm::Constant::getNullValue(elem.memory));
    for (const std::pair<int64_t, StaticValue*>& entry : value.elems)
      if (entry.first >= 0 && entry.first < value.length)
        elems[entry.first] = staticValue(*entry.second, elem, pos);
    llvm::ArrayType* arrayType = llvm::ArrayType::get(elem.memory, value.length);
    llvm::GlobalVariable* backing = new llvm::GlobalVariable(*module, arrayType, false, llvm::GlobalValue::PrivateLinkage,
                                                             llvm::ConstantArray::get(arrayType, elems), "slice");
    backing->setAlignment(llvm::Align(objectAlign(elem, value.length * elem.size)));
    llvm::Constant* length = wordConstant(value.length);
    return llvm::ConstantStruct::get(header, {toGo(backing), length, length});
  }
  case StaticValue::AddrOfStatic: {
    TypeInfo& pointee = info(value.pointee->type);
    llvm::GlobalVariable* object = new llvm::GlobalVariable(*module, pointee.memory, false, llvm::GlobalValue::PrivateLinkage,
                                                            staticValue(*value.pointee, pointee, pos), "static");
    object->setAlignment(llvm::Align(objectAlign(pointee, pointee.size)));
    return toGo(object);
  }
  case StaticValue::AddrOfGlobal:
    return toGo(global(value.global));
  case StaticValue::Func:
    return funcValue(*value.func, pos);
  case StaticValue::Interface: {
    TypeInfo& dynamic = info(value.pointee->type);
    llvm::Constant* first = type.isEmptyInterface() ? typeWord(dynamic.type) : toGo(itab(dynamic.type, type.type, pos));
    llvm::Constant* content = staticValue(*value.pointee, dynamic, pos);
    llvm::Constant* data;
    if (isDirectInterface(dynamic)) {
      while (content->getType() != ptr1)
        content = content->getAggregateElement(0u);
      data = content;
    } else if (dynamic.size == 0) {
      data = toGo(zeroValue());
    } else {
      data = sharedReadOnly(content, dynamic.align);
    }
    return llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(type.memory), {first, data});
  }
  }
  return llvm::Constant::getNullValue(type.memory);
}

llvm::GlobalVariable* ModuleState::global(Var* var) {
  llvm::GlobalVariable*& known = globals_[var];
  if (known)
    return known;
  std::string symbol = mir::globalSymbol(var);
  llvm::GlobalVariable* object = module->getGlobalVariable(symbol, true);
  if (!object) {
    TypeInfo& type = info(var->type);
    object = new llvm::GlobalVariable(*module, type.memory, false, llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
    object->setAlignment(llvm::Align(objectAlign(type, type.size)));
    object->setDSOLocal(true);
  }
  globals_[var] = object;
  return object;
}

void ModuleState::defineGlobals() {
  // Declared first: initial values may refer to each other.
  for (const mir::GlobalVar& variable : source.globals) {
    where = variable.var->pos;
    constexpr int64_t largest = 2000000000; // gc's limit; addresses within a program must fit 31 bits
    if (int64_t size = info(variable.var->type).size; size > largest) {
      ++errors_;
      diag.report(where, DiagKind::UnsupportedFeature, (mir::globalSymbol(variable.var) + ": symbol too large (" + llvm::Twine(size) + " bytes > " + llvm::Twine(largest) + " bytes)").str());
      continue;
    }
    llvm::GlobalVariable* object = global(variable.var);
    object->setInitializer(llvm::Constant::getNullValue(object->getValueType()));
    object->setConstant(variable.readOnly);
  }
  if (errors_) // nothing will be emitted, and the data of what was refused could be larger than memory
    return;
  for (const mir::GlobalVar& variable : source.globals)
    if (!variable.init && (hasAssembly() || !variable.var->linkSymbol.empty())) // assembly, or by linkname another package, may give it a value, or its memory
      global(variable.var)->setLinkage(llvm::GlobalValue::WeakAnyLinkage);
  for (const mir::GlobalVar& variable : source.globals)
    if (variable.init)
      global(variable.var)->setInitializer(staticValue(*variable.init, info(variable.var->type), variable.var->pos));
}

} // namespace stoat::lower
