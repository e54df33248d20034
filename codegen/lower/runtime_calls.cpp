// Declarations of what compiled code calls in the runtime: C++ entry points (entry_points.def), Go functions by symbol
// (go_entry_points.def), emit's write barrier marker; and small read-only objects that several packages share.
#include "lower/module_state.h"

namespace stoat::lower {

namespace {

enum class Class : uint8_t { LEAF, FAST, SYSTEM, BLOCKING };
enum Code : uint8_t { V, P, R, W, I32, I64, U8, F32, F64 };
struct EntryPoint { const char* name; Class kind; Code result; std::initializer_list<Code> params; };
struct GoEntryPoint { const char* symbol; const char* signature; };

const EntryPoint* findEntry(llvm::StringRef name) {
#define ENTRY(CLASS, NAME, RESULT, ...) {#NAME, Class::CLASS, RESULT, {__VA_ARGS__}},
  static const EntryPoint table[] = {
#include "runtime/abi/entry_points.def"
  };
#undef ENTRY
  for (const EntryPoint& entry : table)
    if (name == entry.name)
      return &entry;
  return nullptr;
}

const char* findGoEntry(llvm::StringRef symbol) {
#define GO_ENTRY(SYMBOL, SIGNATURE) {SYMBOL, SIGNATURE},
  static const GoEntryPoint table[] = {
#include "runtime/abi/go_entry_points.def"
  };
#undef GO_ENTRY
  for (const GoEntryPoint& entry : table)
    if (symbol == entry.symbol)
      return entry.signature;
  return nullptr;
}

// The few types that signatures in go_entry_points.def use.
Type* typeNamed(llvm::StringRef text) {
  text = text.trim();
  if (text == "any") return emptyInterface();
  if (text == "int") return basicType(BasicKind::Int);
  if (text == "uint") return basicType(BasicKind::Uint);
  if (text == "int32") return basicType(BasicKind::Int32);
  if (text == "uint32") return basicType(BasicKind::Uint32);
  if (text == "int64") return basicType(BasicKind::Int64);
  if (text == "uint64") return basicType(BasicKind::Uint64);
  if (text == "uintptr") return basicType(BasicKind::Uintptr);
  if (text == "bool") return basicType(BasicKind::Bool);
  if (text == "string") return basicType(BasicKind::String);
  if (text == "unsafe.Pointer" || text.starts_with("*") || text.starts_with("func(")) return basicType(BasicKind::UnsafePointer);
  return nullptr;
}

void parseList(llvm::StringRef list, llvm::SmallVectorImpl<Type*>& out) {
  llvm::SmallVector<llvm::StringRef, 8> items;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i == list.size() || (list[i] == ',' && depth == 0)) {
      if (!list.slice(start, i).trim().empty())
        items.push_back(list.slice(start, i).trim());
      start = i + 1;
    } else if (list[i] == '(') {
      ++depth;
    } else if (list[i] == ')') {
      --depth;
    }
  }
  llvm::SmallVector<Type*, 8> types(items.size(), nullptr);
  Type* next = nullptr;
  for (size_t i = items.size(); i-- > 0;) {
    Type* type = typeNamed(items[i]);
    if (!type && items[i].contains(' '))
      type = typeNamed(items[i].split(' ').second);
    if (!type)
      type = next; // "x, y int"
    types[i] = next = type;
  }
  for (Type* type : types)
    out.push_back(type ? type : basicType(BasicKind::UnsafePointer));
}

size_t closing(llvm::StringRef text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(')
      ++depth;
    else if (text[i] == ')' && --depth == 0)
      return i;
  }
  return text.size();
}

} // namespace

// Go's assembly functions (no stoat_ prefix) are leaves all.
bool ModuleState::isLeafNative(llvm::StringRef symbol) const {
  if (!symbol.starts_with("stoat_"))
    return true;
  const EntryPoint* point = findEntry(symbol);
  return point && point->kind == Class::LEAF;
}

llvm::Function* ModuleState::entry(llvm::StringRef name) {
  if (llvm::Function* known = module->getFunction(name))
    return known;
  const EntryPoint* point = findEntry(name);
  if (!point)
    llvm::report_fatal_error("lower: no entry point " + name);
  auto typeOf = [&](Code code) -> llvm::Type* {
    switch (code) {
    case V: return llvm::Type::getVoidTy(context);
    case P: return ptr1;
    case R: return ptr0;
    case W: return word;
    case I32: return i32;
    case I64: return i64;
    case U8: return i8;
    case F32: return f32;
    case F64: return f64;
    }
    return word;
  };
  llvm::SmallVector<llvm::Type*, 6> params;
  llvm::AttributeList attributes;
  for (Code code : point->params) {
    if (code == U8)
      attributes = attributes.addParamAttribute(context, params.size(), llvm::Attribute::ZExt);
    params.push_back(typeOf(code));
  }
  if (point->result == U8)
    attributes = attributes.addRetAttribute(context, llvm::Attribute::ZExt);
  llvm::Function* function =
      llvm::Function::Create(llvm::FunctionType::get(typeOf(point->result), params, false), llvm::GlobalValue::ExternalLinkage, name, module);
  function->setAttributes(attributes);
  function->setDSOLocal(true);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  if (point->kind == Class::LEAF)
    function->addFnAttr("gc-leaf-function");
  if (name == "stoat_memequal" || name == "stoat_cmpstring" || name == "stoat_memhash" || name == "stoat_strhash") {
    function->setMemoryEffects(llvm::MemoryEffects::readOnly());
    function->addFnAttr(llvm::Attribute::WillReturn);
  }
  if (name == "stoat_typedmemmove" || name == "stoat_typedmemclr") { // and the collector's own memory, which no program sees
    function->setMemoryEffects(llvm::MemoryEffects::argMemOnly() | llvm::MemoryEffects::inaccessibleMemOnly());
    function->addFnAttr(llvm::Attribute::WillReturn);
    for (unsigned i = 0; i < params.size(); ++i)
      function->addParamAttr(i, llvm::Attribute::getWithCaptureInfo(context, llvm::CaptureInfo::none()));
  }
  if (name == "stoat_new" || name == "stoat_newarray" || name == "stoat_makeslice" || name == "stoat_alloc_bytes")
    function->addRetAttr(llvm::Attribute::NoAlias);
  return function;
}

llvm::Function* ModuleState::goEntry(llvm::StringRef symbol) {
  if (llvm::Function* known = module->getFunction(symbol))
    return known;
  const char* signature = findGoEntry(symbol);
  if (!signature)
    llvm::report_fatal_error("lower: no Go entry point " + symbol);
  llvm::StringRef text = signature;
  size_t open = text.find('('), close = closing(text, open);
  llvm::SmallVector<Type*, 6> params, results;
  parseList(text.slice(open + 1, close), params);
  llvm::StringRef rest = text.drop_front(close + 1).trim();
  if (rest.starts_with("("))
    rest = rest.slice(1, closing(rest, 0));
  parseList(rest, results);
  llvm::Function* function = declareGo(symbol, abi(params, results, false));
  if (symbol.starts_with("runtime.panic") || symbol == "runtime.gopanic") {
    function->addFnAttr(llvm::Attribute::NoReturn);
    function->addFnAttr(llvm::Attribute::Cold);
  }
  return function;
}

llvm::Function* ModuleState::barrier() {
  // Must agree with emit's declareBarrier (llvm_passes.h): writes unknown memory but captures nothing.
  if (llvm::Function* known = module->getFunction("stoat.barrier"))
    return known;
  llvm::Function* function = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), {ptr0, ptr1}, false),
                                                    llvm::GlobalValue::ExternalLinkage, "stoat.barrier", module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::WillReturn);
  function->addFnAttr("gc-leaf-function");
  function->setMemoryEffects(llvm::MemoryEffects::argMemOnly(llvm::ModRefInfo::Ref) | llvm::MemoryEffects::inaccessibleMemOnly());
  function->addParamAttr(0, llvm::Attribute::getWithCaptureInfo(context, llvm::CaptureInfo::none()));
  function->addParamAttr(1, llvm::Attribute::getWithCaptureInfo(context, llvm::CaptureInfo::none()));
  return function;
}

llvm::GlobalVariable* ModuleState::zeroValue() {
  if (llvm::GlobalVariable* known = module->getGlobalVariable("stoat.zero"))
    return known;
  llvm::ArrayType* type = llvm::ArrayType::get(i8, 1024);
  llvm::GlobalVariable* zero = new llvm::GlobalVariable(*module, type, true, llvm::GlobalValue::LinkOnceODRLinkage,
                                                        llvm::ConstantAggregateZero::get(type), "stoat.zero");
  zero->setAlignment(llvm::Align(16));
  makeComdat(zero);
  return zero;
}

llvm::GlobalVariable* ModuleState::byteTable() {
  if (llvm::GlobalVariable* known = module->getGlobalVariable("stoat.bytes"))
    return known;
  llvm::SmallVector<uint64_t, 256> values;
  for (unsigned i = 0; i < 256; ++i)
    values.push_back(i);
  llvm::Constant* init = llvm::ConstantDataArray::get(context, values);
  llvm::GlobalVariable* table =
      new llvm::GlobalVariable(*module, init->getType(), true, llvm::GlobalValue::LinkOnceODRLinkage, init, "stoat.bytes");
  table->setAlignment(llvm::Align(8));
  makeComdat(table);
  return table;
}

void ModuleState::makeComdat(llvm::GlobalObject* object, bool) {
  object->setLinkage(llvm::GlobalValue::LinkOnceODRLinkage);
  object->setComdat(module->getOrInsertComdat(object->getName()));
  object->setDSOLocal(true);
}

} // namespace stoat::lower
