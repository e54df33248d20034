// Places that hold Go heap pointers are declared: STOAT_HEAP on a field or variable, STOAT_HEAP_ELEMENTS where they lie in the memory that it points to. Reported are
// assignments to such a place, to a whole object that contains one, the place's address or a mutable reference handed to a function that is no barrier, raw copies
// over such an object, and every store of a void* through a void**: that is a slot of a Go object or a Go variable, which has no declaration on our side.
// Not reported: initialisation, and objects that are variables of the function itself (their stack is scanned).
#include "heap_store.h"

using namespace clang;

namespace stoat::rtcheck {

namespace {
bool isAnnotated(const Decl* declaration, llvm::StringRef text) {
  for (const AnnotateAttr* attribute : declaration->specific_attrs<AnnotateAttr>())
    if (attribute->getAnnotation() == text)
      return true;
  return false;
}

bool containsHeap(QualType type) {
  while (const ArrayType* array = type->getAsArrayTypeUnsafe())
    type = array->getElementType();
  const RecordDecl* record = type->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return false;
  for (const FieldDecl* field : record->fields())
    if (isAnnotated(field, "stoat:heap") || containsHeap(field->getType()))
      return true;
  return false;
}

// Is the object itself a variable of the running function?
bool isLocal(const Expr* expression) {
  for (expression = expression->IgnoreParenImpCasts();;) {
    if (const MemberExpr* member = dyn_cast<MemberExpr>(expression)) {
      if (member->isArrow())
        return false;
      expression = member->getBase()->IgnoreParenImpCasts();
    } else if (const ArraySubscriptExpr* element = dyn_cast<ArraySubscriptExpr>(expression)) {
      expression = element->getBase()->IgnoreParenImpCasts();
      if (!expression->getType()->isArrayType())
        return false;
    } else if (const DeclRefExpr* reference = dyn_cast<DeclRefExpr>(expression)) {
      const VarDecl* variable = dyn_cast<VarDecl>(reference->getDecl());
      return variable && variable->hasLocalStorage() && !variable->getType()->isReferenceType();
    } else {
      return isa<MaterializeTemporaryExpr>(expression);
    }
  }
}

const ValueDecl* declarationOf(const Expr* expression) {
  if (const MemberExpr* member = dyn_cast<MemberExpr>(expression))
    return member->getMemberDecl();
  if (const DeclRefExpr* reference = dyn_cast<DeclRefExpr>(expression))
    return reference->getDecl();
  return nullptr;
}

// The declared place that the lvalue is (part of), or null.
const ValueDecl* heapPlace(const Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  if (const ArraySubscriptExpr* element = dyn_cast<ArraySubscriptExpr>(expression)) {
    const Expr* base = element->getBase()->IgnoreParenImpCasts();
    if (base->getType()->isArrayType())
      return heapPlace(base);
    const ValueDecl* declaration = declarationOf(base);
    return declaration && isAnnotated(declaration, "stoat:heap-elements") ? declaration : nullptr;
  }
  if (const UnaryOperator* deref = dyn_cast<UnaryOperator>(expression); deref && deref->getOpcode() == UO_Deref) {
    const ValueDecl* declaration = declarationOf(deref->getSubExpr()->IgnoreParenImpCasts());
    return declaration && isAnnotated(declaration, "stoat:heap-elements") ? declaration : nullptr;
  }
  if (isLocal(expression))
    return nullptr;
  const ValueDecl* declaration = declarationOf(expression);
  return declaration && isAnnotated(declaration, "stoat:heap") ? declaration : nullptr;
}

bool isPointerToPointer(const Expr* expression) {
  QualType type = expression->IgnoreParenImpCasts()->getType();
  if (!type->isPointerType())
    return false;
  QualType slot = type->getPointeeType();
  return slot->isVoidPointerType() && !slot->getPointeeType().isConstQualified() && !slot.isConstQualified();
}

// A store through a void**.
bool isRawSlot(const Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  if (const UnaryOperator* deref = dyn_cast<UnaryOperator>(expression); deref && deref->getOpcode() == UO_Deref)
    return isPointerToPointer(deref->getSubExpr());
  if (const ArraySubscriptExpr* element = dyn_cast<ArraySubscriptExpr>(expression))
    return isPointerToPointer(element->getBase()) && !isLocal(element);
  return false;
}

bool isRawCopy(const FunctionDecl* function) {
  if (!function || !function->getIdentifier())
    return false;
  llvm::StringRef name = function->getName();
  name.consume_front("__builtin_");
  return name == "memcpy" || name == "memmove" || name == "memset" || name == "bzero" || name == "memoryMove" || name == "memoryClear";
}

// &place, or a call of __builtin_addressof
const Expr* addressedIn(const Expr* argument) {
  const UnaryOperator* address = dyn_cast<UnaryOperator>(argument->IgnoreParenCasts());
  return address && address->getOpcode() == UO_AddrOf ? address->getSubExpr() : nullptr;
}
} // namespace

void checkHeapStore(const Stmt* statement, const std::function<bool(const FunctionDecl*)>& isBarrier,
                    const std::function<void(const Stmt*, std::string)>& report) {
  auto checkAssigned = [&](const Expr* left) {
    if (const ValueDecl* place = heapPlace(left))
      report(left, "assignment to " + place->getQualifiedNameAsString() + ", which holds a heap pointer, without a barrier");
    else if (left->getType()->isRecordType() && containsHeap(left->getType()) && !isLocal(left))
      report(left, "assignment of a whole " + left->getType().getAsString() + ", which holds heap pointers, without barriers");
    else if (isRawSlot(left))
      report(left, "store through a void**, a slot of Go's, without a barrier");
  };
  if (const BinaryOperator* assignment = dyn_cast<BinaryOperator>(statement); assignment && assignment->isAssignmentOp())
    checkAssigned(assignment->getLHS());
  else if (const UnaryOperator* step = dyn_cast<UnaryOperator>(statement); step && step->isIncrementDecrementOp())
    checkAssigned(step->getSubExpr());
  else if (const AtomicExpr* atomic = dyn_cast<AtomicExpr>(statement)) {
    if (atomic->getOp() == AtomicExpr::AO__atomic_load || atomic->getOp() == AtomicExpr::AO__atomic_load_n || atomic->getOp() == AtomicExpr::AO__c11_atomic_load)
      return;
    if (const Expr* place = addressedIn(atomic->getPtr()))
      checkAssigned(place);
    else if (isPointerToPointer(atomic->getPtr()))
      report(atomic, "atomic store through a void**, a slot of Go's, without a barrier");
  } else if (const VarDecl* variable = isa<DeclStmt>(statement) && cast<DeclStmt>(statement)->isSingleDecl()
                                           ? dyn_cast<VarDecl>(cast<DeclStmt>(statement)->getSingleDecl())
                                           : nullptr) {
    // A mutable reference or a pointer to the place: what is stored through it later is not seen.
    QualType type = variable->getType();
    const Expr* value = variable->getInit();
    if (!value)
      return;
    const Expr* place = type->isLValueReferenceType() && !type->getPointeeType().isConstQualified() ? value
                        : type->isPointerType() && !type->getPointeeType().isConstQualified()       ? addressedIn(value)
                                                                                                    : nullptr;
    if (place)
      if (const ValueDecl* declaration = heapPlace(place))
        report(statement, "address of " + declaration->getQualifiedNameAsString() + ", which holds a heap pointer, is kept");
  } else if (const CallExpr* call = dyn_cast<CallExpr>(statement)) {
    const FunctionDecl* callee = call->getDirectCallee();
    if (const CXXOperatorCallExpr* assignment = dyn_cast<CXXOperatorCallExpr>(call); assignment && assignment->isAssignmentOp()) {
      checkAssigned(assignment->getArg(0));
      return;
    }
    if (callee && isBarrier(callee))
      return;
    if (isRawCopy(callee) && call->getNumArgs()) {
      const Expr* target = call->getArg(0)->IgnoreParenCasts();
      const Expr* object = addressedIn(target);
      QualType type = object ? object->getType() : target->getType()->isPointerType() ? target->getType()->getPointeeType() : QualType();
      if (!type.isNull() && containsHeap(type) && !(object && isLocal(object)))
        report(call, "raw copy over a " + type.getAsString() + ", which holds heap pointers, without barriers");
      else if (object && heapPlace(object))
        report(call, "raw copy over " + heapPlace(object)->getQualifiedNameAsString() + ", which holds a heap pointer, without a barrier");
      return;
    }
    for (unsigned i = 0; i < call->getNumArgs(); ++i) {
      const Expr* place = addressedIn(call->getArg(i));
      if (!place && callee && i < callee->getNumParams()) {
        QualType type = callee->getParamDecl(i)->getType();
        if (type->isLValueReferenceType() && !type->getPointeeType().isConstQualified())
          place = call->getArg(i);
      }
      if (place)
        if (const ValueDecl* declaration = heapPlace(place))
          report(call, "address of " + declaration->getQualifiedNameAsString() + ", which holds a heap pointer, goes to a function that is no barrier");
    }
  }
}

} // namespace stoat::rtcheck
