// Monomorphisation: a deep copy of a generic function (closures included) with type arguments in place of type parameters.
//
// Types are rewritten by our own structural walk, not by check's substitute(), for one reason: a type declared inside a
// generic function has the function's type parameters as implicit parameters. Here it becomes an instance of itself, with the
// function's type arguments as its own (so typeKey and identical tell instances apart), and its underlying type is rewritten in turn.
#include "mir/instantiate.h"
#include "base/arena.h"
#include "llvm/ADT/DenseMap.h"

namespace stoat::mir {

namespace {

class TypeRewriter {
public:
  TypeRewriter(const Func* function, llvm::ArrayRef<TypeParam*> params, llvm::ArrayRef<Type*> args, Context& context)
      : function_(function), params_(params), args_(args), context_(context) {
    for (size_t i = 0; i < params.size() && i < args.size(); ++i)
      map_[params[i]] = args[i];
  }

  Type* operator()(Type* type) {
    if (!type)
      return nullptr;
    llvm::DenseMap<Type*, Type*>::iterator known = map_.find(type);
    if (known != map_.end())
      return known->second;
    Type* result = rewrite(type);
    map_[type] = result;
    return result;
  }

  Var* variable(Var* var) {
    Type* type = (*this)(var->type);
    if (type == var->type)
      return var;
    Var* copy = typeArena().make<Var>(*var);
    copy->type = type;
    if (!copy->origin)
      copy->origin = var;
    return copy;
  }

private:
  bool variables(const std::vector<Var*>& from, std::vector<Var*>& to) {
    bool changed = false;
    for (Var* var : from) {
      to.push_back(variable(var));
      changed |= to.back() != var;
    }
    return changed;
  }

  TupleType* tuple(TupleType* from) {
    if (!from)
      return nullptr;
    std::vector<Var*> vars;
    if (!variables(from->vars, vars))
      return from;
    TupleType* copy = typeArena().make<TupleType>();
    copy->vars = std::move(vars);
    return copy;
  }

  // Declared in the function, and not rewritten yet: an instance that we made has the function's arguments before its own.
  bool isLocalOfFunction(const Named* named) const {
    if (!function_ || !named->obj || !named->obj->enclosingFunc || named->implicitArgs)
      return false;
    const Func* enclosing = named->obj->enclosingFunc;
    return (enclosing == function_ || enclosing->origin == function_) && (named->isInstance() || (named->origin == named && named->typeParams.empty()));
  }

  Type* localInstance(Named* named) {
    Named* instance = typeArena().make<Named>();
    instance->obj = named->obj;
    instance->origin = named->origin;
    instance->typeArgs.assign(args_.begin(), args_.end());
    instance->implicitArgs = args_.size();
    for (Type* arg : named->typeArgs)
      instance->typeArgs.push_back((*this)(arg));
    instance->context = &context_;
    if (Type* earlier = context_.lookup(typeKey(instance)))
      return earlier;
    map_[named] = instance; // before the underlying type, which may mention it
    context_.update(typeKey(instance), instance);
    instance->setUnderlying((*this)(named->underlying()));
    return instance;
  }

  Type* rewrite(Type* type) {
    Arena& arena = typeArena();
    switch (type->kind()) {
    case TypeKind::Basic:
    case TypeKind::TypeParam:
      return type;
    case TypeKind::Alias: {
      Type* actual = unalias(type);
      Type* result = (*this)(actual);
      return result == actual ? type : result;
    }
    case TypeKind::Array: {
      ArrayTypeT* array = llvm::cast<ArrayTypeT>(type);
      Type* elem = (*this)(array->elem);
      return elem == array->elem ? type : arena.make<ArrayTypeT>(elem, array->len);
    }
    case TypeKind::Slice: {
      SliceTypeT* slice = llvm::cast<SliceTypeT>(type);
      Type* elem = (*this)(slice->elem);
      return elem == slice->elem ? type : arena.make<SliceTypeT>(elem);
    }
    case TypeKind::Pointer: {
      PointerType* pointer = llvm::cast<PointerType>(type);
      Type* elem = (*this)(pointer->elem);
      return elem == pointer->elem ? type : arena.make<PointerType>(elem);
    }
    case TypeKind::Map: {
      MapTypeT* map = llvm::cast<MapTypeT>(type);
      Type* key = (*this)(map->key);
      Type* elem = (*this)(map->elem);
      return key == map->key && elem == map->elem ? type : arena.make<MapTypeT>(key, elem);
    }
    case TypeKind::Chan: {
      ChanTypeT* chan = llvm::cast<ChanTypeT>(type);
      Type* elem = (*this)(chan->elem);
      return elem == chan->elem ? type : arena.make<ChanTypeT>(chan->dir, elem);
    }
    case TypeKind::Struct: {
      StructTypeT* record = llvm::cast<StructTypeT>(type);
      std::vector<Var*> fields;
      if (!variables(record->fields, fields))
        return type;
      StructTypeT* copy = arena.make<StructTypeT>();
      copy->fields = std::move(fields);
      copy->tags = record->tags;
      return copy;
    }
    case TypeKind::Tuple:
      return tuple(llvm::cast<TupleType>(type));
    case TypeKind::Signature: {
      Signature* signature = llvm::cast<Signature>(type);
      TupleType* params = tuple(signature->params);
      TupleType* results = tuple(signature->results);
      Var* recv = signature->recv && signature->recv->type && !llvm::isa<Interface>(unalias(signature->recv->type))
                      ? variable(signature->recv) : signature->recv;
      if (params == signature->params && results == signature->results && recv == signature->recv)
        return type;
      Signature* copy = arena.make<Signature>(*signature);
      copy->recv = recv;
      copy->params = params;
      copy->results = results;
      return copy;
    }
    case TypeKind::Union: {
      UnionType* unionType = llvm::cast<UnionType>(type);
      UnionType* copy = arena.make<UnionType>();
      bool changed = false;
      for (const UnionTerm& term : unionType->terms) {
        copy->terms.push_back({term.tilde, (*this)(term.type)});
        changed |= copy->terms.back().type != term.type;
      }
      return changed ? copy : type;
    }
    case TypeKind::Interface: {
      Interface* interface = llvm::cast<Interface>(type);
      if (!hasTypeParam(interface) && !mentionsLocal(interface))
        return type;
      Interface* copy = arena.make<Interface>();
      copy->embedPos = interface->embedPos;
      copy->implicit = interface->implicit;
      copy->complete = interface->complete;
      for (Func* method : interface->explicitMethods) {
        Type* signature = (*this)(method->type);
        Func* methodCopy = method;
        if (signature != method->type) {
          methodCopy = arena.make<Func>(*method);
          methodCopy->type = signature;
          methodCopy->origin = method->origin ? method->origin : method;
        }
        copy->explicitMethods.push_back(methodCopy);
      }
      for (Type* embedded : interface->embeddeds)
        copy->embeddeds.push_back((*this)(embedded));
      return copy;
    }
    case TypeKind::Named: {
      Named* named = llvm::cast<Named>(type);
      if (isLocalOfFunction(named))
        return localInstance(named);
      if (!named->isInstance())
        return type;
      std::vector<Type*> args;
      bool changed = false;
      for (Type* arg : named->typeArgs) {
        args.push_back((*this)(arg));
        changed |= args.back() != arg;
      }
      return changed ? instantiate(&context_, named->origin, args) : type;
    }
    }
    return type;
  }

  // Interface literals that mention a local type without mentioning a type parameter; methods' signatures suffice, embedded
  // interfaces are named or literals themselves.
  bool mentionsLocal(Interface* interface) {
    for (Func* method : interface->explicitMethods) {
      Signature* signature = method->signature();
      for (TupleType* list : {signature->params, signature->results})
        for (Var* var : list->vars)
          if ((*this)(var->type) != var->type)
            return true;
    }
    for (Type* embedded : interface->embeddeds)
      if ((*this)(embedded) != embedded)
        return true;
    return false;
  }

  const Func* function_;
  llvm::ArrayRef<TypeParam*> params_;
  llvm::ArrayRef<Type*> args_;
  Context& context_;
  llvm::DenseMap<Type*, Type*> map_;
};

class Copier {
public:
  Copier(const Function& generic, llvm::ArrayRef<Type*> typeArgs, Context& context)
      : generic_(generic), typeArgs_(typeArgs.begin(), typeArgs.end()),
        types_(generic.object ? (generic.object->origin ? generic.object->origin : generic.object) : nullptr, generic.typeParams, typeArgs_, context) {
    symbol_ = generic.object ? instanceSymbol(generic.object, typeArgs_) : generic.symbol;
  }

  Function* run() {
    Function* result = declare(generic_);
    fill(generic_, *result);
    return result;
  }

private:
  Function* declare(const Function& from) {
    Function* to = mirArena().make<Function>();
    functions_[&from] = to;
    for (Function* closure : from.closures)
      to->closures.push_back(declare(*closure));
    return to;
  }

  void fill(const Function& from, Function& to) {
    to.symbol = from.symbol;
    if (llvm::StringRef(from.symbol).starts_with(generic_.symbol))
      to.symbol = symbol_ + from.symbol.substr(generic_.symbol.size());
    to.displayName = from.displayName;
    if (to.displayName.empty()) {
      // Tracebacks show pkg.F[...] whatever the arguments are.
      to.displayName = to.symbol;
      size_t open = to.displayName.find('['), close = matching(to.displayName, open);
      if (open != std::string::npos && close != std::string::npos)
        to.displayName = to.displayName.substr(0, open) + "[...]" + to.displayName.substr(close + 1);
    }
    to.object = from.object;
    to.outer = from.outer ? mapped(from.outer) : nullptr;
    to.pkg = from.pkg;
    to.signature = llvm::cast_or_null<Signature>(types_(from.signature));
    to.typeArgs = typeArgs_;
    to.locals = from.locals;
    for (LocalInfo& local : to.locals)
      local.type = types_(local.type);
    to.params = from.params;
    to.results = from.results;
    to.resultBoxes = from.resultBoxes;
    to.captures = from.captures;
    for (CaptureInfo& capture : to.captures)
      capture.type = types_(capture.type);
    to.pos = from.pos;
    to.endPos = from.endPos;
    to.pragma = from.pragma;
    to.hasDefer = from.hasDefer;
    to.hasRecover = from.hasRecover;
    to.isWrapper = from.isWrapper;
    to.isComdat = true;
    to.inlinable = from.inlinable;
    to.blocks.reserve(from.blocks.size());
    for (const Block& block : from.blocks) {
      Block& copy = to.blocks.emplace_back();
      copy.instrs.reserve(block.instrs.size());
      for (const Instr& instr : block.instrs)
        copy.instrs.push_back(instruction(instr));
    }
    for (size_t i = 0; i < from.closures.size(); ++i)
      fill(*from.closures[i], *to.closures[i]);
  }

  static size_t matching(const std::string& text, size_t open) {
    if (open == std::string::npos)
      return open;
    int depth = 0;
    for (size_t i = open; i < text.size(); ++i) {
      if (text[i] == '[')
        ++depth;
      else if (text[i] == ']' && --depth == 0)
        return i;
    }
    return std::string::npos;
  }

  Function* mapped(Function* from) {
    llvm::DenseMap<const Function*, Function*>::iterator it = functions_.find(from);
    return it == functions_.end() ? from : it->second;
  }

  FuncRef* reference(const FuncRef* from) {
    if (!from)
      return nullptr;
    FuncRef* to = mirArena().make<FuncRef>(*from);
    if (to->closure)
      to->closure = mapped(to->closure);
    for (Type*& arg : to->typeArgs)
      arg = types_(arg);
    return to;
  }

  Operand operand(const Operand& from) {
    Operand to = from;
    to.type = types_(from.type);
    to.func = reference(from.func);
    return to;
  }

  Callee* callee(const Callee& from) {
    Callee* to = mirArena().make<Callee>(from);
    to->ref = reference(from.ref);
    to->value = operand(from.value);
    to->recvType = types_(from.recvType);
    to->signature = llvm::cast_or_null<Signature>(types_(from.signature));
    return to;
  }

  // A method of the constraint, on the concrete type: static where the declared method takes the receiver as it is. Promoted methods and
  // value methods called through a pointer stay TypeParamMethod with a concrete recvType: lowering uses the method table's wrapper.
  // True when the receiver is now to be passed as first argument.
  static bool resolveMethod(Callee& callee) {
    if (isInterfaceType(callee.recvType)) {
      callee.kind = Callee::InterfaceMethod;
      return false;
    }
    LookupResult found = lookupFieldOrMethod(callee.recvType, true, callee.method->pkg, callee.method->name);
    Func* method = llvm::dyn_cast_or_null<Func>(found.obj);
    if (!method || found.index.size() != 1 || !method->signature()->recv)
      return false;
    Type* recv = unalias(method->signature()->recv->type);
    bool takesPointer = llvm::isa<PointerType>(recv);
    Type* concrete = unalias(callee.recvType);
    PointerType* pointer = llvm::dyn_cast<PointerType>(concrete);
    if (takesPointer != (pointer != nullptr))
      return false;
    Named* named = llvm::dyn_cast<Named>(pointer ? unalias(pointer->elem) : concrete);
    if (!named)
      return false;
    callee.kind = Callee::Static;
    callee.ref = mirArena().make<FuncRef>();
    callee.ref->func = method->origin ? method->origin : method;
    callee.ref->typeArgs = named->typeArgs;
    return true;
  }

  Place* place(const Place* from) {
    if (!from)
      return nullptr;
    Place* to = mirArena().make<Place>(*from);
    to->baseType = types_(from->baseType);
    to->type = types_(from->type);
    for (Projection& projection : to->projections)
      projection.index = operand(projection.index);
    return to;
  }

  Instr instruction(const Instr& from) {
    Instr to = from;
    to.type = types_(from.type);
    for (Operand& arg : to.args)
      arg = operand(arg);
    to.place = place(from.place);
    if (from.callee) {
      to.callee = callee(*from.callee);
      bool isConcrete = to.callee->kind == Callee::TypeParamMethod && to.callee->recvType && !hasTypeParam(to.callee->recvType);
      if (isConcrete && resolveMethod(*to.callee)) {
        to.args.insert(to.args.begin(), to.callee->value);
        to.callee->value = Operand::none();
      }
    }
    if (from.cases) {
      to.cases = mirArena().make<std::vector<SelectCase>>(*from.cases);
      for (SelectCase& selectCase : *to.cases) {
        selectCase.chan = operand(selectCase.chan);
        selectCase.value = operand(selectCase.value);
      }
    }
    return to;
  }

  const Function& generic_;
  std::vector<Type*> typeArgs_;
  TypeRewriter types_;
  std::string symbol_;
  llvm::DenseMap<const Function*, Function*> functions_;
};

} // namespace

Function* instantiateFunction(const Function& generic, llvm::ArrayRef<Type*> typeArgs, Context& context) {
  return Copier(generic, typeArgs, context).run();
}

} // namespace stoat::mir
