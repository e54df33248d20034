// Wrappers for method tables: take the receiver in the table's form, go along the path of embedded fields, and forward.
#include "build/builder.h"

namespace stoat::mir {

// (*T).M of a method of T: says what was called when the receiver is nil.
void FunctionBuilder::checkWrappedReceiver(LocalId param, Type* recv, Func* method) {
  Type* elem = llvm::cast<PointerType>(unalias(recv))->elem;
  BlockId bad = newBlock(), good = newBlock();
  branch(value(Opcode::Eq, basicType(BasicKind::Bool), {Operand::ofLocal(param, recv), Operand::zero(recv)}), bad, good);
  start(bad);
  Named* named = llvm::dyn_cast<Named>(unalias(elem));
  std::string pkg = method->pkg ? packagePrefix(method->pkg) : std::string();
  std::string name = named ? named->obj->name.str() + (named->typeArgs.empty() ? "" : "[...]") : typeString(elem);
  Operands text;
  for (const std::string& s : {pkg, name, method->name.str()})
    text.push_back(Operand::ofConst(ConstValue::makeString(s), basicType(BasicKind::String)));
  callRuntime("runtime.panicwrap", text);
  emit(Opcode::Unreachable);
  start(good);
}

Function* buildMethodWrapper(Type* recv, const MethodSetEntry& entry, bool forInterface) {
  Func* method = entry.func;
  Signature* declared = method->signature();
  Type* type = unalias(recv);
  PointerType* pointer = llvm::dyn_cast<PointerType>(type);
  llvm::ArrayRef<int> path = llvm::ArrayRef<int>(entry.index).drop_back();
  bool isDirect = path.empty() && !isInterfaceType(type);
  bool takesPointer = declared->recv && llvm::isa<PointerType>(unalias(declared->recv->type));
  bool asPointer = forInterface && !isPointerShaped(type); // the data word points to the value
  if (isDirect && takesPointer == (pointer != nullptr) && !asPointer)
    return nullptr;

  FunctionBuilder b(nullptr, nullptr);
  b.f->symbol = std::string(asPointer ? "go:wrap.i:" : "go:wrap:") + typeKey(recv) + "." + method->id();
  b.f->displayName = typeString(recv) + "." + method->name.str();
  b.f->pkg = method->pkg;
  b.f->isWrapper = true;
  b.f->isComdat = true;
  Signature* signature = typeArena().make<Signature>(*declared);
  signature->recv = nullptr;
  signature->recvTypeParams.clear();
  Var* self = typeArena().make<Var>();
  self->varKind = VarKind::Recv;
  self->type = asPointer ? pointerTo(recv) : recv;
  b.begin(signature, self, true);
  LocalId param = b.f->params[0];
  Place p = asPointer ? b.derefPlace(param) : b.localPlace(param);
  if (isDirect && pointer && !takesPointer)
    b.checkWrappedReceiver(param, recv, method);
  Checks checks;
  if (!path.empty())
    p = b.alongPath(p, path, checks);
  b.flush(checks);
  Instr call;
  call.op = Opcode::Call;
  call.callee = mirArena().make<Callee>();
  call.callee->signature = signature;
  Operands receiver;
  b.bindMethodAt(p, p.type, method, *call.callee, receiver);
  call.args.append(receiver.begin(), receiver.end());
  for (LocalId l : llvm::ArrayRef<LocalId>(b.f->params).drop_front())
    call.args.push_back(Operand::ofLocal(l, b.f->locals[l].type));
  Operands results = b.emitCall(call);
  for (size_t i = 0; i < results.size(); ++i)
    b.copyTo(b.f->results[i], results[i]);
  b.finish(Pos());
  return b.f;
}

} // namespace stoat::mir
