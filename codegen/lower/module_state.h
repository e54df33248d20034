// State of lowering one package: the LLVM module under construction, caches keyed by canonical types and symbols, and the worklist
// of bodies that something referred to (instances, wrappers, closures, equality functions). Everything that must come out in the
// same order on every run is kept in vectors; maps are only for lookup.
#pragma once
#include "base/diag.h"
#include "lower/lower.h"
#include "lower/type_info.h"
#include "mir/instantiate.h"
#include "mir/mir.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <deque>


namespace stoat {
struct TargetLayout;
}

namespace stoat::lower {

enum class Arch : uint8_t { Amd64, Arm64, I386 };

/// How one function is called: its LLVM type, and where parameters and results are (runtime/abi/README.md).
struct FnAbi {
  struct Param {
    TypeInfo* type = nullptr;
    unsigned first = 0; // index of the first LLVM argument
    unsigned count = 0; // LLVM arguments; 1 when indirect
    bool isIndirect = false;
  };
  llvm::FunctionType* type = nullptr;
  bool hasNest = false;
  bool isNative = false;
  bool hasOut = false;               // results go through an out-pointer
  unsigned outIndex = 0;
  llvm::SmallVector<Param, 4> params;
  llvm::SmallVector<TypeInfo*, 2> results;
  llvm::SmallVector<int64_t, 2> resultOffsets; // in the out struct
  llvm::StructType* outType = nullptr;
  llvm::AttributeList attributes;
};

/// One step of the comparison of two structs: a field, or only the lengths of two strings.
struct FieldComparison {
  size_t field;
  bool lengths;
};

uint64_t stableHash(llvm::StringRef text); // FNV-1a: the same in every build and run

class ModuleState {
public:
  ModuleState(llvm::LLVMContext& context, const mir::Module& source, BodyProvider& bodies, DiagEngine& diag, const LowerOptions& options);
  bool run(); // false: errors were reported
  std::unique_ptr<llvm::Module> take() { return std::move(owned_); }

  // -- basics
  llvm::LLVMContext& context;
  llvm::Module* module = nullptr;
  const mir::Module& source;
  DiagEngine& diag;
  const LowerOptions& options;
  Arch arch;
  TargetSizes sizes;
  const TargetLayout& layout; // where the runtime's structures have their fields
  llvm::PointerType* ptr0;   // plain
  llvm::PointerType* ptr1;   // Go pointer
  llvm::IntegerType* word;
  llvm::IntegerType* i8;
  llvm::IntegerType* i16;
  llvm::IntegerType* i32;
  llvm::IntegerType* i64;
  llvm::Type* f32;
  llvm::Type* f64;
  int64_t wordSize() const { return sizes.wordSize; }
  Context types; // instances made by monomorphisation
  void unsupported(Pos pos, const llvm::Twine& what);
  /// An error of the program that only instances, or the sizes of frames, show.
  void refuse(Pos pos, DiagKind kind, const llvm::Twine& message);
  Pos where; // the function or variable that is being lowered, for errors of its types

  // -- types (type_info.cpp)
  TypeInfo& info(Type* type);
  TypeInfo& basic(BasicKind kind) { return info(basicType(kind)); }
  TypeInfo& pointerTo(Type* type);
  TypeInfo& unsafePointer() { return basic(BasicKind::UnsafePointer); }
  TypeInfo& anyInfo();
  void pointerWords(TypeInfo& type, int64_t offset, llvm::function_ref<void(int64_t offset)> found); // as typebits: type words of interfaces excluded
  AlgKind algKind(TypeInfo& type);
  llvm::SmallVector<FieldComparison, 8> fieldComparisons(StructTypeT* record);
  bool isDirectInterface(TypeInfo& type);
  bool isPadded(StructTypeT* type, const std::vector<int64_t>& offsets, size_t field, int64_t size);

  // -- calling convention (abi.cpp)
  FnAbi abi(llvm::ArrayRef<Type*> params, llvm::ArrayRef<Type*> results, bool hasNest, bool isNative = false);
  FnAbi abiOf(const Signature* signature, Type* receiver, bool hasNest, bool isNative = false);
  FnAbi abiOf(const mir::Function& function);
  llvm::CallingConv::ID goConvention() const { return arch == Arch::I386 ? llvm::CallingConv::Fast : llvm::CallingConv::Swift; }
  llvm::Function* declareGo(llvm::StringRef symbol, const FnAbi& abi);

  // -- users' assembly (assembly.cpp)
  mir::AssemblySymbols assembly;
  bool hasAssembly() const { return !options.isLibrary && !options.symabis.empty(); } // that this package's own .s files make
  void defineAssemblyBridges();
  void defineAssemblyFunction(const mir::Function& function);
  void defineCallback(const mir::Function& function);

  // -- runtime (runtime_calls.cpp)
  llvm::Function* entry(llvm::StringRef name);               // entry_points.def
  bool isLeafNative(llvm::StringRef symbol) const;
  llvm::Function* goEntry(llvm::StringRef symbol);           // go_entry_points.def
  llvm::Function* barrier();                                 // stoat.barrier: emit expands it
  llvm::GlobalVariable* zeroValue();                         // 1024 zero bytes, read-only
  llvm::GlobalVariable* byteTable();                         // words 0..255, read-only
  llvm::Function* complexDiv();

  // -- functions (functions.cpp)
  llvm::Function* functionFor(const mir::FuncRef& ref, Pos pos);
  llvm::Function* functionFor(mir::Function* function);
  llvm::Constant* funcValue(llvm::Function* function);       // SYM·f as ptr addrspace(1)
  llvm::Constant* funcValue(const mir::FuncRef& ref, Pos pos);
  llvm::Function* goForm(const mir::FuncRef& ref, Pos pos);  // natives get a thunk with the Go convention
  llvm::Function* methodFunction(Type* receiver, const MethodSetEntry& entry, bool forInterface, Pos pos);
  mir::Function* bodyOf(Func* func);
  bool usesNest(const mir::Function& function) const { return !function.captures.empty(); }

  // -- data (data.cpp, globals.cpp)
  llvm::Constant* stringData(llvm::StringRef bytes);         // ptr addrspace(1); null for ""
  llvm::Constant* stringConstant(llvm::StringRef bytes);     // {ptr, len} constant
  llvm::Constant* constant(const ConstValue& value, TypeInfo& type); // memory form
  void constantParts(const ConstValue& value, TypeInfo& type, llvm::SmallVectorImpl<llvm::Value*>& parts);
  llvm::GlobalVariable* global(Var* var);
  llvm::Constant* toGo(llvm::Constant* pointer);             // addrspacecast to ptr addrspace(1)
  llvm::Constant* staticValue(const mir::StaticValue& value, TypeInfo& type, Pos pos);
  /// Of a variable of its own: its first word may be used by 64-bit atomics, on 32-bit targets too.
  int64_t objectAlign(const TypeInfo& type, int64_t bytes) const { return std::max<int64_t>(type.align, bytes >= 8 ? 8 : 1); }
  llvm::GlobalVariable* readOnly(llvm::Constant* value, int64_t align, const llvm::Twine& name);
  llvm::Constant* sharedReadOnly(llvm::Constant* value, int64_t align); // one private global per distinct constant
  void defineGlobals();

  // -- descriptors (type_desc.cpp, gcdata.cpp, itab.cpp, map_type.cpp, alg.cpp)
  llvm::Constant* descriptor(Type* type);                    // plain ptr
  llvm::Constant* typeWord(Type* type) { return toGo(descriptor(type)); }
  llvm::Constant* closureDescriptor(llvm::ArrayRef<TypeInfo*> captures, std::vector<int64_t>& offsets); // for stoat_new
  llvm::Constant* itab(Type* concrete, Type* interface, Pos pos);
  llvm::Constant* gcData(TypeInfo& type, bool& onDemand);
  llvm::Constant* maskData(const std::vector<uint8_t>& mask);
  llvm::Constant* equalClosure(TypeInfo& type);              // null constant when not comparable
  llvm::Constant* hashClosure(TypeInfo& type);
  llvm::Function* equalFunction(TypeInfo& type);             // func(p, q unsafe.Pointer) bool
  llvm::Function* hashFunction(TypeInfo& type);              // func(p unsafe.Pointer, h uintptr) uintptr
  int interfaceMethodIndex(Type* interface, const Func* method);
  uint32_t typeHash(TypeInfo& type);
  Type* methodType(Func* method);                            // signature without receiver
  Package* mapsPackage();
  bool needsKeyUpdate(TypeInfo& key);
  bool hashMightPanic(TypeInfo& key);
  enum class MapFast : uint8_t { Slow, Fast32, Fast32Ptr, Fast64, Fast64Ptr, FastStr };
  MapFast mapFast(TypeInfo& map);
  struct MapLayout { Type* keySlot; Type* elemSlot; Type* slot; Type* group; int64_t slotSize, elemOffset, groupSize; bool indirectKey, indirectElem; };
  MapLayout mapLayout(TypeInfo& map);
  llvm::StructType* mapIterType();

  // -- debug information (debug_info.cpp)
  llvm::DISubprogram* subprogram(llvm::Function* function, llvm::StringRef display, Pos pos, bool isArtificial);
  llvm::DIFile* debugFile(Pos pos);
  llvm::DebugLoc location(llvm::DISubprogram* scope, Pos pos);
  void finishDebugInfo();

  // -- shared by the parts above
  void makeComdat(llvm::GlobalObject* object, bool isInternalFallback = false);
  void keep(llvm::GlobalValue* value) { used_.push_back(value); }
  void listIn(llvm::StringRef section, llvm::GlobalVariable* object); // address of object into a table section
  llvm::Constant* distance(llvm::Constant* target, llvm::Constant* owner); // 32-bit target - owner
  llvm::Type* arrayOf(llvm::Type* elem, int64_t n) { return llvm::ArrayType::get(elem, n); }
  llvm::Constant* wordConstant(int64_t v) { return llvm::ConstantInt::get(word, static_cast<uint64_t>(v), false, true); }
  bool isLocalPackage(const Package* pkg) const { return pkg == source.pkg || (pkg && source.pkg && pkg->path == source.pkg->path); }
  bool isRuntimePackage() const { return options.packagePath == "runtime"; }

private:
  friend class DescriptorBuilder;
  struct Pending { mir::Function* function; llvm::Function* target; };
  void lowerPending();
  void buildScalars(TypeInfo& type, int64_t offset, TypeInfo& into);
  llvm::Type* memoryType(TypeInfo& type);
  void checkChannel(const ChanTypeT& chan);
  void defineDescriptor(TypeInfo& type, llvm::GlobalVariable* global);
  llvm::Constant* typeName(llvm::StringRef name, llvm::StringRef tag, const Package* pkg, bool isExported, bool isEmbedded);
  llvm::Constant* packagePath(const Package* pkg);
  bool ownsDescriptor(TypeInfo& type);

  BodyProvider& bodies_;
  std::unique_ptr<llvm::Module> owned_;
  std::unique_ptr<llvm::DIBuilder> debug_;
  llvm::DICompileUnit* unit_ = nullptr;
  llvm::DenseMap<Type*, TypeInfo*> infoByPointer_;
  llvm::StringMap<TypeInfo*> infoByKey_;
  std::deque<TypeInfo> infos_;
  std::deque<Pending> pending_;
  llvm::DenseMap<const Func*, mir::Function*> bodiesByFunc_;
  llvm::StringMap<llvm::Function*> instances_;
  llvm::StringSet<> natives_;
  llvm::DenseSet<const mir::Function*> queued_;
  llvm::StringMap<llvm::Constant*> strings_;
  llvm::DenseMap<llvm::Constant*, llvm::GlobalVariable*> shared_;
  llvm::DenseMap<Var*, llvm::GlobalVariable*> globals_;
  llvm::StringMap<llvm::GlobalVariable*> descriptors_;
  std::deque<TypeInfo*> pendingDescriptors_;
  llvm::StringMap<llvm::GlobalVariable*> names_;
  llvm::DenseMap<uint32_t, llvm::DIFile*> files_;
  llvm::StringMap<llvm::DIFile*> filesByName_;
  std::vector<llvm::GlobalValue*> used_;
  llvm::DenseSet<TypeInfo*> noAlg_; // parts of map groups: never compared, invisible to reflect
  llvm::StringMap<llvm::Function*> algFunctions_;
  llvm::DenseMap<llvm::Function*, mir::Function*> equalBodies_;
  mir::Function* algFunction(llvm::StringRef symbol, llvm::ArrayRef<Type*> params, Type* result);
  llvm::StringSet<> ownTypes_; // keys of the package's declared types
  std::unique_ptr<Package> mapsPackage_;
  unsigned errors_ = 0;
  bool started_ = false;
};

} // namespace stoat::lower
