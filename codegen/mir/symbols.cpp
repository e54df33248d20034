// Link symbols of functions, variables and types, as runtime/abi/README.md fixes them. `//go:linkname` wins over everything.
// Type arguments appear as canonical type keys, so that every package that needs an instance gives it the same name.
#include "mir/instantiate.h"
#include "llvm/ADT/StringSet.h"

namespace stoat::mir {

std::string packagePrefix(const Package* pkg) {
  if (!pkg)
    return "";
  return pkg->isMain() ? "main" : pkg->path;
}

static std::string keyList(llvm::ArrayRef<Type*> typeArgs) {
  if (typeArgs.empty())
    return "";
  std::string text = "[";
  for (size_t i = 0; i < typeArgs.size(); ++i) {
    if (i)
      text += ',';
    text += typeKey(typeArgs[i]);
  }
  return text + "]";
}

// The receiver's type name without pointer; null for interface literals.
static const Named* receiverNamed(const Func* func, bool& isPointer) {
  isPointer = false;
  if (!func->type)
    return nullptr;
  const Signature* signature = func->signature();
  if (!signature->recv || !signature->recv->type)
    return nullptr;
  Type* type = unalias(signature->recv->type);
  if (PointerType* pointer = llvm::dyn_cast<PointerType>(type)) {
    isPointer = true;
    type = unalias(pointer->elem);
  }
  return llvm::dyn_cast<Named>(type);
}

static std::string localSuffix(const TypeName* name) {
  return name->localIndex ? "·" + std::to_string(name->localIndex) : std::string();
}

static std::string symbolWith(const Func* func, llvm::ArrayRef<Type*> typeArgs) {
  if (!func->linkSymbol.empty() && typeArgs.empty())
    return func->linkSymbol.str();
  bool isPointer = false;
  const Named* named = receiverNamed(func, isPointer);
  if (!named) {
    std::string symbol = func->pkg ? packagePrefix(func->pkg) + "." + func->name.str() : func->name.str();
    return symbol + keyList(typeArgs);
  }
  const TypeName* object = named->obj;
  std::string typeText = object->name.str() + localSuffix(object) + keyList(typeArgs);
  if (isPointer)
    typeText = "(*" + typeText + ")";
  std::string prefix = object->pkg ? packagePrefix(object->pkg) + "." : std::string();
  return prefix + typeText + "." + func->name.str();
}

std::string functionSymbol(const Func* func) { return symbolWith(func->origin ? func->origin : func, {}); }

std::string instanceSymbol(const Func* func, llvm::ArrayRef<Type*> typeArgs) {
  return symbolWith(func->origin ? func->origin : func, typeArgs);
}

std::string globalSymbol(const Var* var) {
  if (!var->linkSymbol.empty())
    return var->linkSymbol.str();
  std::string name = var->name.str();
  // Blank variables are never referred to, but each needs a symbol of its own.
  if (name == "_")
    name = "_·" + std::to_string(var->order) + "." + std::to_string(var->pos.line) + "." + std::to_string(var->pos.col);
  return packagePrefix(var->pkg) + "." + name;
}

std::string typeSymbol(Type* t) { return "type:" + typeKey(t); }

bool isNative(const Func* func) {
  return (func->pragma & PragmaNative) || llvm::StringRef(func->linkSymbol).starts_with("stoat_");
}

AssemblySymbols parseSymabis(llvm::StringRef symabis) {
  AssemblySymbols symbols;
  llvm::SmallVector<llvm::StringRef, 64> lines;
  symabis.split(lines, '\n', -1, false);
  for (llvm::StringRef line : lines) {
    llvm::SmallVector<llvm::StringRef, 3> words;
    line.split(words, ' ', -1, false);
    if (words.size() < 2)
      continue;
    if (words[0] == "def")
      symbols.defined.insert(words[1]);
    else if (words[0] == "ref")
      symbols.referenced.insert(words[1]);
  }
  return symbols;
}

void markNatives(const Module& module, const llvm::StringSet<>& assembly) {
  for (Function* function : module.functions) {
    if (function->hasBody() || !function->object)
      continue;
    llvm::StringRef symbol = function->symbol;
    if (symbol.starts_with("stoat_") || assembly.contains(symbol))
      function->object->pragma |= PragmaNative;
  }
}

} // namespace stoat::mir
