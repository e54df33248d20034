// Field order is that of ModuleData in runtime/abi/layout.h. -X variables are set by a Go function of ours that runs as the first initialiser:
// a variable that the program does not have is a null weak symbol.
#include "emit/module_data.h"
#include "emit/llvm_passes.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "target/target.h"
#include "target_layout.h"

using namespace llvm;

namespace stoat {

namespace {

class Writer {
public:
  Writer(Module& module, const Target& target)
      : module_(module), context_(module.getContext()), target_(target), pointer_(PointerType::get(context_, 0)),
        heapPointer_(PointerType::get(context_, 1)), word_(Type::getIntNTy(context_, target.pointerBytes * 8)) {}

  void write(const ModuleDataContents& contents) {
    std::vector<Constant*> inits;
    if (!contents.variables.empty())
      inits.push_back(variableSetter(contents));
    for (const std::string& symbol : contents.inits)
      inits.push_back(goFunction(symbol));
    size_t extra = contents.variables.empty() ? 0 : 1;
    ArrayType* tableType = ArrayType::get(pointer_, inits.size());
    auto* table = new GlobalVariable(module_, tableType, true, GlobalValue::PrivateLinkage, ConstantArray::get(tableType, inits), "stoat.inits");
    std::vector<Constant*> fields = {table, size(inits.size()), size(contents.runtimeInits + extra), goFunction("main.main")};
    for (StringRef text : {StringRef(contents.goVersion), StringRef(contents.modInfo), StringRef(contents.defaultGodebug)}) {
      fields.push_back(bytes(text));
      fields.push_back(size(text.size()));
    }
    for (const char* bound : {"__start_stoat_typelinks", "__stop_stoat_typelinks", "__start_stoat_itabs", "__stop_stoat_itabs"})
      fields.push_back(sectionBound(bound));
    fields.push_back(size(0));
    std::vector<Type*> types;
    for (Constant* field : fields)
      types.push_back(field->getType());
    StructType* type = StructType::get(context_, types);
    const StructLayout* places = module_.getDataLayout().getStructLayout(type);
    const TargetLayout& layout = *target_.layout;
    if (places->getSizeInBytes() != uint64_t(layout.moduleBytes) || places->getElementOffset(1) != uint64_t(layout.moduleInitCount) ||
        places->getElementOffset(3) != uint64_t(layout.moduleMainMain) || places->getElementOffset(4) != uint64_t(layout.moduleBuildVersion) ||
        places->getElementOffset(10) != uint64_t(layout.moduleTypelinksBegin) || places->getElementOffset(14) != uint64_t(layout.moduleFlags))
      report_fatal_error("stoat_module: the fields are not those of the runtime's ModuleData");
    new GlobalVariable(module_, type, true, GlobalValue::ExternalLinkage, ConstantStruct::get(type, fields), "stoat_module");
    if (!contents.buildId.empty())
      buildIdNote(contents.buildId);
    buildInfo(contents);
  }

private:
  Constant* size(uint64_t value) { return ConstantInt::get(word_, value); }

  Constant* bytes(StringRef text) {
    if (text.empty())
      return ConstantPointerNull::get(pointer_);
    Constant* data = ConstantDataArray::getString(context_, text, /*AddNull=*/false);
    auto* global = new GlobalVariable(module_, data->getType(), true, GlobalValue::PrivateLinkage, data, "stoat.text");
    global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    return global;
  }

  Constant* goFunction(StringRef symbol) {
    FunctionType* type = FunctionType::get(Type::getVoidTy(context_), false);
    auto* function = cast<Function>(module_.getOrInsertFunction(symbol, type).getCallee());
    function->setCallingConv(target_.goConvention);
    return function;
  }

  // The linker defines it if the program has such a section.
  Constant* sectionBound(StringRef name) {
    auto* global = new GlobalVariable(module_, Type::getInt8Ty(context_), false, GlobalValue::ExternalWeakLinkage, nullptr, name);
    global->setVisibility(GlobalValue::HiddenVisibility);
    return global;
  }

  Constant* variableSetter(const ModuleDataContents& contents) {
    FunctionType* type = FunctionType::get(Type::getVoidTy(context_), false);
    Function* setter = Function::Create(type, GlobalValue::InternalLinkage, "stoat.setvariables", module_);
    setter->setCallingConv(target_.goConvention);
    setter->setGC("stoat");
    BasicBlock* block = BasicBlock::Create(context_, "", setter);
    IRBuilder<> builder(block);
    for (auto& [symbol, value] : contents.variables) {
      auto* variable = new GlobalVariable(module_, StructType::get(context_, {heapPointer_, word_}), false, GlobalValue::ExternalWeakLinkage, nullptr, symbol);
      BasicBlock* set = BasicBlock::Create(context_, "", setter);
      BasicBlock* next = BasicBlock::Create(context_, "", setter);
      builder.CreateCondBr(builder.CreateIsNotNull(variable), set, next);
      builder.SetInsertPoint(set);
      builder.CreateStore(ConstantExpr::getAddrSpaceCast(bytes(value), heapPointer_), variable);
      builder.CreateStore(size(value.size()), builder.CreateStructGEP(variable->getValueType(), variable, 1));
      builder.CreateBr(next);
      builder.SetInsertPoint(next);
    }
    builder.CreateRetVoid();
    return setter;
  }

  void buildIdNote(StringRef id) {
    std::string note;
    auto number = [&](uint32_t value) { note.append(reinterpret_cast<const char*>(&value), 4); };
    number(4);
    number(id.size());
    number(4);
    note += StringRef("Go\0\0", 4);
    note += id;
    note.resize((note.size() + 3) / 4 * 4);
    retained(note, ".note.go.buildid", 4);
  }

  // What `go version -m` reads: magic, flags (strings inline), two length-prefixed strings.
  void buildInfo(const ModuleDataContents& contents) {
    std::string info = std::string("\xff Go buildinf:") + char(target_.pointerBytes) + char(2);
    info.resize(32);
    for (const std::string* text : {&contents.goVersion, &contents.modInfo}) {
      size_t length = text->size();
      for (; length >= 0x80; length >>= 7)
        info += char(length | 0x80);
      info += char(length);
      info += *text;
    }
    retained(info, ".go.buildinfo", 16);
  }

  void retained(StringRef content, StringRef section, unsigned alignment) {
    Constant* data = ConstantDataArray::getString(context_, content, /*AddNull=*/false);
    auto* global = new GlobalVariable(module_, data->getType(), true, GlobalValue::PrivateLinkage, data, "stoat.note");
    global->setSection(section);
    global->setAlignment(Align(alignment));
    appendToUsed(module_, {global});
  }

  Module& module_;
  LLVMContext& context_;
  const Target& target_;
  PointerType* pointer_;
  PointerType* heapPointer_;
  Type* word_;
};

} // namespace

bool emitModuleData(const ModuleDataContents& contents, SmallVectorImpl<char>& object, std::string& error) {
  const Target* target = targetFor(contents.goarch);
  if (!target) {
    error = "unsupported GOARCH " + contents.goarch;
    return false;
  }
  LLVMContext context;
  Module module("stoat_module", context);
  setTarget(module, *target);
  Writer(module, *target).write(contents);
  EmitOptions options;
  options.goarch = contents.goarch;
  options.optimize = false;
  return emitObject(module, options, object, error);
}

} // namespace stoat
