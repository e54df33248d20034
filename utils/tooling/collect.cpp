// The call graph of one translation unit. Functions of our own files are walked whole; inline functions of system headers on demand. Instances of templates are functions
// of their own. A lambda is a function; code that calls a callable object calls it directly, because the object's type says which one it is.
//
// Function pointers are followed by declaration: what a variable, field, parameter or result may hold is what is ever put into it anywhere in the program (program.cpp).
#include "collect.h"
#include "heap_store.h"
#include "clang/AST/ASTLambda.h"
#include "clang/AST/Mangle.h"
#include "llvm/Support/FileSystem.h"

using namespace clang;

namespace stoat::rtcheck {

namespace {

bool isFunctionPointer(QualType type) {
  type = type.getNonReferenceType();
  while (const ArrayType* array = type->getAsArrayTypeUnsafe())
    type = array->getElementType();
  return type->isFunctionPointerType() || type->isFunctionType();
}

std::string functionType(QualType type) {
  type = type.getNonReferenceType();
  while (const ArrayType* array = type->getAsArrayTypeUnsafe())
    type = array->getElementType();
  if (type->isPointerType())
    type = type->getPointeeType();
  // noreturn and noexcept make other types of what is called alike.
  const FunctionProtoType* prototype = type->getAs<FunctionProtoType>();
  if (!prototype)
    return type.getCanonicalType().getAsString();
  std::string text = prototype->getReturnType().getCanonicalType().getAsString() + "(";
  for (QualType parameter : prototype->getParamTypes())
    text += parameter.getCanonicalType().getAsString() + ",";
  return text + ")";
}

class Collector {
public:
  Collector(ASTContext& context, Unit& out) : context_(context), sources_(context.getSourceManager()), out_(out) {
    mangler_.reset(ItaniumMangleContext::create(context, context.getDiagnostics()));
    llvm::SmallString<128> directory;
    llvm::sys::fs::current_path(directory);
    directory_ = (directory + "/").str();
    const FileEntry* main = sources_.getFileEntryForID(sources_.getMainFileID());
    main_ = main ? std::string(sources_.getFileEntryRefForID(sources_.getMainFileID())->getName()) : "";
  }

  void run() {
    Finder finder(*this);
    finder.TraverseDecl(context_.getTranslationUnitDecl());
    while (!queue_.empty()) {
      const FunctionDecl* function = queue_.back();
      queue_.pop_back();
      walkFunction(function);
    }
    for (auto& [id, function] : functions_)
      out_.functions.push_back(std::move(function));
  }

private:
  class Finder : public RecursiveASTVisitor<Finder> {
  public:
    explicit Finder(Collector& owner) : owner_(owner) {}
    bool shouldVisitTemplateInstantiations() const { return true; }
    bool shouldVisitImplicitCode() const { return false; }
    bool TraverseStmt(Stmt*) { return true; } // bodies are walked by the collector
    bool VisitFunctionDecl(FunctionDecl* function) {
      if (!owner_.sources_.isInSystemHeader(function->getLocation()))
        owner_.reach(function);
      return true;
    }
    bool VisitVarDecl(VarDecl* variable) {
      if (variable->hasGlobalStorage() && variable->hasInit() && !variable->isInvalidDecl() && !variable->getDeclContext()->isDependentContext() &&
          !variable->getType()->isDependentType() && !owner_.sources_.isInSystemHeader(variable->getLocation())) {
        if (isFunctionPointer(variable->getType()))
          owner_.flow(owner_.slotOf(variable), variable->getInit());
        owner_.walk(variable->getInit());
      }
      return true;
    }

  private:
    Collector& owner_;
  };

  Position at(SourceLocation location) {
    PresumedLoc presumed = sources_.getPresumedLoc(sources_.getExpansionLoc(location));
    if (presumed.isInvalid())
      return {};
    llvm::StringRef file = presumed.getFilename();
    // As the compiler writes it to .su files: relative to where it runs.
    file.consume_front("./");
    file.consume_front(directory_);
    return {file.str(), presumed.getLine()};
  }

  static const FunctionDecl* definition(const FunctionDecl* function) {
    const FunctionDecl* defined = nullptr;
    return function->hasBody(defined) ? defined : function->getCanonicalDecl();
  }

  std::string symbolOf(const FunctionDecl* function) {
    if (const AsmLabelAttr* label = function->getAttr<AsmLabelAttr>())
      return label->getLabel().str();
    if (!mangler_->shouldMangleDeclName(function))
      return function->getNameAsString();
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (const CXXConstructorDecl* constructor = dyn_cast<CXXConstructorDecl>(function))
      mangler_->mangleName(GlobalDecl(constructor, Ctor_Complete), stream);
    else if (const CXXDestructorDecl* destructor = dyn_cast<CXXDestructorDecl>(function))
      mangler_->mangleName(GlobalDecl(destructor, Dtor_Complete), stream);
    else
      mangler_->mangleName(GlobalDecl(function), stream);
    return text;
  }

  std::string nameOf(const FunctionDecl* function) {
    if (isLambdaCallOperator(function)) {
      const DeclContext* outside = cast<CXXMethodDecl>(function)->getParent()->getDeclContext();
      while (outside && !isa<FunctionDecl>(outside) && !outside->isTranslationUnit())
        outside = outside->getParent();
      Position place = at(function->getLocation());
      return (outside && isa<FunctionDecl>(outside) ? nameOf(cast<FunctionDecl>(outside)) + "::" : std::string()) + "lambda:" + std::to_string(place.line);
    }
    std::string name = function->getQualifiedNameAsString();
    for (llvm::StringRef drop : {"stoat::rt::", "(anonymous namespace)::"})
      for (size_t found; (found = name.find(drop.str())) != std::string::npos;)
        name.erase(found, drop.size());
    return name;
  }

  Function& reach(const FunctionDecl* function) {
    function = definition(function);
    auto known = ids_.find(function);
    if (known != ids_.end())
      return functions_[known->second];
    Function fresh;
    fresh.symbol = function->isDependentContext() ? function->getQualifiedNameAsString() : symbolOf(function);
    fresh.external = function->isExternallyVisible();
    fresh.at = at(function->getLocation());
    fresh.id = fresh.external ? fresh.symbol : fresh.symbol + "@" + main_ + ":" + std::to_string(fresh.at.line);
    fresh.name = nameOf(function);
    fresh.annotations = annotationsOf(function);
    ids_[function] = fresh.id;
    Function& stored = functions_[fresh.id];
    stored = std::move(fresh);
    if (function->hasBody() && !function->isDependentContext()) {
      stored.defined = true;
      queue_.push_back(function);
    }
    return stored;
  }

  int64_t integer(const Expr* expression) {
    Expr::EvalResult result;
    return expression->EvaluateAsInt(result, context_) ? result.Val.getInt().getSExtValue() : -1;
  }
  std::string text(const Expr* expression) {
    const StringLiteral* literal = dyn_cast<StringLiteral>(expression->IgnoreParenImpCasts());
    return literal ? literal->getString().str() : std::string();
  }

  Annotations annotationsOf(const FunctionDecl* function) {
    Annotations result;
    static const std::pair<llvm::StringRef, Mark> marks[] = {{"stoat:system-stack", SystemStack}, {"stoat:switches-stack", SwitchesStack}, {"stoat:no-barrier", NoBarrier},
                                                             {"stoat:no-allocation", NoAllocation}, {"stoat:signal-safe", SignalSafe}, {"stoat:barrier", Barrier},
                                                             {"stoat:stores", Stores}, {"stoat:allocates", Allocates}, {"stoat:blocks", Blocks}};
    std::set<std::string> seen; // attributes are inherited by later declarations
    for (const FunctionDecl* declaration : function->redecls())
      for (const AnnotateAttr* attribute : declaration->specific_attrs<AnnotateAttr>()) {
        llvm::StringRef name = attribute->getAnnotation();
        std::vector<const Expr*> arguments(attribute->args_begin(), attribute->args_end());
        for (auto& [spelling, mark] : marks)
          if (name == spelling)
            result.marks |= mark;
        if (name == "stoat:goroutine-stack" && arguments.size() == 1)
          result.goroutineBudget = int(integer(arguments[0]));
        else if (name == "stoat:recursion" && arguments.size() == 1)
          result.recursion = int(integer(arguments[0]));
        else if (name == "stoat:frame" && arguments.size() == 3)
          for (int i = 0; i < 3; ++i)
            result.frame[i] = int(integer(arguments[i]));
        else if (name == "stoat:trusted" && arguments.size() == 2 && seen.insert(text(arguments[0])).second)
          result.trusted.push_back({text(arguments[0]), text(arguments[1])});
      }
    return result;
  }

  // ---- function pointers

  std::string slotOf(const ValueDecl* declaration) {
    if (const ParmVarDecl* parameter = dyn_cast<ParmVarDecl>(declaration)) {
      const FunctionDecl* function = dyn_cast<FunctionDecl>(parameter->getDeclContext());
      if (function)
        return reach(function).id + "#" + std::to_string(parameter->getFunctionScopeIndex());
    }
    if (isa<FieldDecl>(declaration))
      return "field " + declaration->getQualifiedNameAsString();
    const VarDecl* variable = dyn_cast<VarDecl>(declaration);
    if (variable && variable->isExternallyVisible())
      return "variable " + variable->getQualifiedNameAsString();
    Position place = at(declaration->getLocation());
    return "variable " + declaration->getQualifiedNameAsString() + "@" + main_ + ":" + place.file + ":" + std::to_string(place.line);
  }

  void take(const FunctionDecl* function) { out_.addressTaken.push_back({reach(function).id, functionType(function->getType())}); }

  // What the expression, of function or function-pointer type, may be.
  void valuesOf(const Expr* expression, std::vector<Value>& out) {
    for (;;) {
      const Expr* before = expression;
      expression = expression->IgnoreParens();
      if (const ExprWithCleanups* wrapped = dyn_cast<ExprWithCleanups>(expression))
        expression = wrapped->getSubExpr();
      else if (const MaterializeTemporaryExpr* wrapped = dyn_cast<MaterializeTemporaryExpr>(expression))
        expression = wrapped->getSubExpr();
      else if (const SubstNonTypeTemplateParmExpr* wrapped = dyn_cast<SubstNonTypeTemplateParmExpr>(expression))
        expression = wrapped->getReplacement();
      else if (const CXXDefaultArgExpr* wrapped = dyn_cast<CXXDefaultArgExpr>(expression))
        expression = wrapped->getExpr();
      else if (const ConstantExpr* wrapped = dyn_cast<ConstantExpr>(expression))
        expression = wrapped->getSubExpr();
      else if (const UnaryOperator* unary = dyn_cast<UnaryOperator>(expression);
               unary && (unary->getOpcode() == UO_AddrOf || unary->getOpcode() == UO_Deref || unary->getOpcode() == UO_Plus))
        expression = unary->getSubExpr();
      else if (const CastExpr* cast = dyn_cast<CastExpr>(expression)) {
        QualType source = cast->getSubExpr()->getType();
        if (source->isNullPtrType() || cast->getCastKind() == CK_NullToPointer)
          return;
        if (!isFunctionPointer(source) && !source->isRecordType()) {
          Expr::EvalResult result;
          if (cast->getSubExpr()->EvaluateAsInt(result, context_))
            return; // SIG_DFL and the like
          out.push_back({Value::Any, functionType(expression->getType())});
          return;
        }
        expression = cast->getSubExpr();
      }
      if (expression == before)
        break;
    }
    if (const DeclRefExpr* reference = dyn_cast<DeclRefExpr>(expression)) {
      if (const FunctionDecl* function = dyn_cast<FunctionDecl>(reference->getDecl())) {
        take(function);
        out.push_back({Value::Function, reach(function).id});
      } else {
        out.push_back({Value::Slot, slotOf(reference->getDecl())});
      }
    } else if (const MemberExpr* member = dyn_cast<MemberExpr>(expression)) {
      out.push_back({Value::Slot, slotOf(member->getMemberDecl())});
    } else if (const ArraySubscriptExpr* element = dyn_cast<ArraySubscriptExpr>(expression)) {
      valuesOf(element->getBase()->IgnoreImpCasts(), out);
    } else if (const ConditionalOperator* choice = dyn_cast<ConditionalOperator>(expression)) {
      valuesOf(choice->getTrueExpr(), out);
      valuesOf(choice->getFalseExpr(), out);
    } else if (const BinaryOperator* binary = dyn_cast<BinaryOperator>(expression); binary && (binary->isAssignmentOp() || binary->isCommaOp())) {
      valuesOf(binary->getRHS(), out);
    } else if (const CXXMemberCallExpr* call = dyn_cast<CXXMemberCallExpr>(expression);
               call && isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) && call->getMethodDecl()->getParent()->isLambda()) {
      const CXXMethodDecl* code = call->getMethodDecl()->getParent()->getLambdaCallOperator();
      take(code);
      out.push_back({Value::Function, reach(code).id});
    } else if (const CallExpr* call = dyn_cast<CallExpr>(expression); call && call->getDirectCallee()) {
      out.push_back({Value::Slot, reach(call->getDirectCallee()).id + "#result"});
    } else if (const LambdaExpr* lambda = dyn_cast<LambdaExpr>(expression)) {
      out.push_back({Value::Function, reach(lambda->getCallOperator()).id});
    } else if (!isa<CXXNullPtrLiteralExpr>(expression) && !isa<ImplicitValueInitExpr>(expression) && !isa<GNUNullExpr>(expression)) {
      out.push_back({Value::Any, functionType(expression->getType())});
    }
  }

  void flow(const std::string& slot, const Expr* value) {
    if (const InitListExpr* list = dyn_cast<InitListExpr>(value->IgnoreParenImpCasts())) {
      for (const Expr* element : list->inits())
        flow(slot, element);
      return;
    }
    std::vector<Value> values;
    valuesOf(value, values);
    for (Value& each : values)
      out_.flows.push_back({slot, each});
  }

  // ---- bodies

  unsigned wordBytes(QualType type) {
    if (type->isReferenceType())
      return 4;
    return type->isIncompleteType() || type->isDependentType() ? 4 : unsigned((context_.getTypeSizeInChars(type).getQuantity() + 3) & ~3);
  }

  void addCall(Value callee, std::string type, SourceLocation location, unsigned argumentBytes, std::vector<Flow> arguments = {}) {
    if (!current_)
      return;
    Call call;
    call.callee = std::move(callee);
    call.type = std::move(type);
    call.at = at(location);
    call.argumentBytes = argumentBytes;
    call.arguments = std::move(arguments);
    functions_[*current_].calls.push_back(std::move(call));
  }

  void addCallOf(const FunctionDecl* callee, SourceLocation location, unsigned argumentBytes = 0, std::vector<Flow> arguments = {}) {
    if (const CXXConversionDecl* conversion = dyn_cast<CXXConversionDecl>(callee); conversion && conversion->getParent()->isLambda())
      return; // its value is followed
    if (callee->getBuiltinID())
      return; // what remains of it as a call is in the object's relocations (frames.cpp)
    addCall({Value::Function, reach(callee).id}, "", location, argumentBytes, std::move(arguments));
  }

  void walkCall(const CallExpr* call) {
    unsigned bytes = 0;
    for (const Expr* argument : call->arguments())
      bytes += wordBytes(argument->getType());
    if (const FunctionDecl* callee = call->getDirectCallee()) {
      Function& target = reach(callee);
      std::string id = target.id;
      unsigned first = isa<CXXOperatorCallExpr>(call) && isa<CXXMethodDecl>(callee) && !cast<CXXMethodDecl>(callee)->isStatic() ? 1 : 0;
      std::vector<Flow> arguments;
      for (unsigned i = 0; i < callee->getNumParams() && i + first < call->getNumArgs(); ++i)
        if (isFunctionPointer(callee->getParamDecl(i)->getType())) {
          std::vector<Value> values;
          valuesOf(call->getArg(i + first), values);
          for (Value& value : values) {
            out_.flows.push_back({id + "#" + std::to_string(i), value, true});
            arguments.push_back({std::to_string(i), value});
          }
        }
      if (isa<CXXMemberCallExpr>(call) || first)
        bytes += 4;
      addCallOf(callee, call->getExprLoc(), bytes, std::move(arguments));
      if (const CXXMethodDecl* method = dyn_cast<CXXMethodDecl>(callee); method && method->isVirtual())
        addCall({Value::Any, "virtual " + functionType(callee->getType())}, "virtual", call->getExprLoc(), bytes);
      return;
    }
    if (isa<CXXPseudoDestructorExpr>(call->getCallee()->IgnoreParens()))
      return;
    std::vector<Value> values;
    valuesOf(call->getCallee(), values);
    std::vector<Flow> arguments;
    for (unsigned i = 0; i < call->getNumArgs(); ++i)
      if (isFunctionPointer(call->getArg(i)->getType())) {
        std::vector<Value> passed;
        valuesOf(call->getArg(i), passed);
        for (Value& value : passed)
          arguments.push_back({std::to_string(i), value});
      }
    if (const MemberExpr* member = dyn_cast<MemberExpr>(call->getCallee()->IgnoreParenImpCasts()); member && isTrustedCall(member->getMemberDecl()))
      return;
    for (Value& value : values)
      addCall(value, functionType(call->getCallee()->getType()), call->getExprLoc(), bytes, arguments);
  }

  // A function pointer that is never set in the program itself.
  bool isTrustedCall(const ValueDecl* declaration) {
    for (const AnnotateAttr* attribute : declaration->specific_attrs<AnnotateAttr>())
      if (attribute->getAnnotation() == "stoat:trusted" && attribute->args_size() == 2 && text(*attribute->args_begin()) == "call") {
        out_.trustedCalls.push_back({at(declaration->getLocation()), declaration->getNameAsString() + ": " + text(attribute->args_begin()[1])});
        return true;
      }
    return false;
  }

  void destroy(QualType type, SourceLocation location) {
    while (const ArrayType* array = type->getAsArrayTypeUnsafe())
      type = array->getElementType();
    const CXXRecordDecl* record = type->getAsCXXRecordDecl();
    if (record && record->hasDefinition() && !record->hasTrivialDestructor())
      if (const CXXDestructorDecl* destructor = record->getDestructor())
        addCallOf(destructor, location, 4);
  }

  void walkInits(const RecordDecl* record, const InitListExpr* list) {
    unsigned i = 0;
    if (const CXXRecordDecl* derived = dyn_cast<CXXRecordDecl>(record))
      i = derived->getNumBases();
    for (const FieldDecl* field : record->fields()) {
      if (field->isUnnamedBitField())
        continue;
      if (i >= list->getNumInits())
        return;
      if (isFunctionPointer(field->getType()))
        flow(slotOf(field), list->getInit(i));
      ++i;
    }
  }

  void walk(const Stmt* statement) {
    if (!statement)
      return;
    if (currentDeclaration_ && !(currentMarks_ & (Barrier | Stores)))
      checkHeapStore(
          statement, [&](const FunctionDecl* function) { return (reach(function).annotations.marks & (Barrier | Stores)) != 0; },
          [&](const Stmt* where, std::string text) { functions_[*current_].heapStores.push_back({at(where->getBeginLoc()), std::move(text)}); });

    if (const LambdaExpr* lambda = dyn_cast<LambdaExpr>(statement)) {
      reach(lambda->getCallOperator());
      for (const Expr* capture : lambda->capture_inits())
        walk(capture);
      return;
    }
    if (const CallExpr* call = dyn_cast<CallExpr>(statement)) {
      walkCall(call);
      if (!call->getDirectCallee())
        walk(call->getCallee());
      else if (const MemberExpr* member = dyn_cast<MemberExpr>(call->getCallee()->IgnoreParenImpCasts()))
        walk(member->getBase());
      for (const Expr* argument : call->arguments())
        walk(argument);
      return;
    }
    if (const DeclStmt* declarations = dyn_cast<DeclStmt>(statement)) {
      for (const Decl* declaration : declarations->decls())
        if (const VarDecl* variable = dyn_cast<VarDecl>(declaration)) {
          if (variable->hasInit() && isFunctionPointer(variable->getType()) && !variable->hasGlobalStorage())
            flow(slotOf(variable), variable->getInit());
          if (!variable->hasGlobalStorage())
            walk(variable->getInit());
          if (variable->hasLocalStorage() && !variable->getType()->isReferenceType())
            destroy(variable->getType(), variable->getLocation());
        }
      return;
    }
    if (const InitListExpr* list = dyn_cast<InitListExpr>(statement)) {
      if (const InitListExpr* semantic = list->isSemanticForm() ? list : list->getSemanticForm())
        list = semantic;
      if (const RecordDecl* record = list->getType()->getAsRecordDecl(); record && record->getDefinition())
        walkInits(record->getDefinition(), list);
      for (const Expr* element : list->inits())
        walk(element);
      return;
    }
    if (const CXXConstructExpr* construction = dyn_cast<CXXConstructExpr>(statement)) {
      const CXXConstructorDecl* constructor = construction->getConstructor();
      if (!constructor->isTrivial()) {
        unsigned bytes = 4;
        for (unsigned i = 0; i < construction->getNumArgs(); ++i) {
          bytes += wordBytes(construction->getArg(i)->getType());
          if (i < constructor->getNumParams() && isFunctionPointer(constructor->getParamDecl(i)->getType()))
            flow(reach(constructor).id + "#" + std::to_string(i), construction->getArg(i));
        }
        addCallOf(constructor, construction->getBeginLoc(), bytes);
      }
    } else if (const CXXNewExpr* creation = dyn_cast<CXXNewExpr>(statement)) {
      if (const FunctionDecl* allocation = creation->getOperatorNew(); allocation && !allocation->isReservedGlobalPlacementOperator())
        addCallOf(allocation, creation->getBeginLoc(), 4);
    } else if (const CXXDeleteExpr* deletion = dyn_cast<CXXDeleteExpr>(statement)) {
      if (const FunctionDecl* release = deletion->getOperatorDelete())
        addCallOf(release, deletion->getBeginLoc(), 4);
      destroy(deletion->getDestroyedType(), deletion->getBeginLoc());
    } else if (const CXXBindTemporaryExpr* temporary = dyn_cast<CXXBindTemporaryExpr>(statement)) {
      destroy(temporary->getType(), temporary->getBeginLoc());
    } else if (const BinaryOperator* binary = dyn_cast<BinaryOperator>(statement)) {
      if (binary->isAssignmentOp() && isFunctionPointer(binary->getLHS()->getType())) {
        std::vector<Value> places;
        valuesOf(binary->getLHS(), places);
        for (Value& place : places)
          if (place.kind == Value::Slot)
            flow(place.name, binary->getRHS());
      }
    } else if (const ReturnStmt* result = dyn_cast<ReturnStmt>(statement)) {
      if (current_ && result->getRetValue() && isFunctionPointer(result->getRetValue()->getType()))
        flow(*current_ + "#result", result->getRetValue());
    } else if (const DeclRefExpr* reference = dyn_cast<DeclRefExpr>(statement)) {
      if (const FunctionDecl* function = dyn_cast<FunctionDecl>(reference->getDecl()))
        take(function); // also as an integer
    } else if (const CXXDefaultArgExpr* implicit = dyn_cast<CXXDefaultArgExpr>(statement)) {
      walk(implicit->getExpr());
      return;
    } else if (const CXXDefaultInitExpr* implicit = dyn_cast<CXXDefaultInitExpr>(statement)) {
      walk(implicit->getExpr());
      return;
    }
    for (const Stmt* child : statement->children())
      walk(child);
  }

  void walkFunction(const FunctionDecl* function) {
    std::string id = reach(function).id;
    current_ = &id;
    currentDeclaration_ = sources_.isInSystemHeader(function->getLocation()) || function->isDefaulted() ? nullptr : function;
    currentMarks_ = functions_[id].annotations.marks;
    if (const CXXConstructorDecl* constructor = dyn_cast<CXXConstructorDecl>(function))
      for (const CXXCtorInitializer* initializer : constructor->inits()) {
        if (initializer->isAnyMemberInitializer() && isFunctionPointer(initializer->getAnyMember()->getType()))
          flow(slotOf(initializer->getAnyMember()), initializer->getInit());
        walk(initializer->getInit());
      }
    walk(function->getBody());
    if (const CXXDestructorDecl* destructor = dyn_cast<CXXDestructorDecl>(function))
      for (const FieldDecl* field : destructor->getParent()->fields())
        destroy(field->getType(), function->getLocation());
    current_ = nullptr;
    currentDeclaration_ = nullptr;
  }

  ASTContext& context_;
  SourceManager& sources_;
  Unit& out_;
  std::unique_ptr<ItaniumMangleContext> mangler_;
  std::string main_, directory_;
  std::map<const FunctionDecl*, std::string> ids_;
  std::map<std::string, Function> functions_;
  std::vector<const FunctionDecl*> queue_;
  const std::string* current_ = nullptr;
  const FunctionDecl* currentDeclaration_ = nullptr;
  unsigned currentMarks_ = 0;
};

} // namespace

void collect(ASTContext& context, Unit& out) { Collector(context, out).run(); }

} // namespace stoat::rtcheck
