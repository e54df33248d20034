// print and println, and the functions of package unsafe.
#include "lower/function_lowering.h"
#include "lower/type_string.h"
#include "llvm/ADT/StringExtras.h"

namespace stoat::lower {

// As gc's back end writes types in messages: its own package's names without the package, outside of type arguments.
std::string FunctionLowering::localString(Type* type) const {
  std::string text = reflectString(type), out;
  std::string own = f.object && f.object->pkg ? f.object->pkg->name + "." : m.source.pkg->name + ".";
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
    bool starts = i == 0 || (!llvm::isAlnum(text[i - 1]) && text[i - 1] != '_' && text[i - 1] != '/' && text[i - 1] != '.');
    if (depth == 0 && starts && llvm::StringRef(text).substr(i).starts_with(own))
      i += own.size();
    out += text[i];
  }
  return out;
}

void FunctionLowering::print(const mir::Instr& instr) {
  callEntry("stoat_printlock", {});
  bool newline = instr.flags & mir::Newline;
  for (size_t i = 0; i < instr.args.size(); ++i) {
    if (newline && i)
      callEntry("stoat_printsp", {});
    Value x = operand(instr.args[i]);
    TypeInfo& type = *x.type;
    switch (type.kind()) {
    case TypeKind::Basic:
      if (type.isString())
        callEntry("stoat_printstring", {x[0], x[1]});
      else if (type.isBool())
        callEntry("stoat_printbool", {x[0]});
      else if (type.isFloat())
        callEntry(x[0]->getType()->isFloatTy() ? "stoat_printfloat32" : "stoat_printfloat", {x[0]});
      else if (type.isComplex())
        callEntry(x[0]->getType()->isFloatTy() ? "stoat_printcomplex64" : "stoat_printcomplex", {x[0], x[1]});
      else if (type.isInteger())
        callEntry(isHex(instr.args[i]) ? "stoat_printhex" : type.isUnsigned() ? "stoat_printuint" : "stoat_printint",
                  {resize(x[0], type.isUnsigned(), m.i64)});
      else
        callEntry("stoat_printpointer", {x[0]});
      break;
    case TypeKind::Slice:
      callEntry("stoat_printslice", {x[0], x[1], x[2]});
      break;
    case TypeKind::Interface:
      callEntry("stoat_printeface", {x[0], x[1]});
      break;
    case TypeKind::Array:
    case TypeKind::Struct:
      m.refuse(pos_, DiagKind::InvalidCall, "illegal types for operand: print\n\t" + localString(type.type));
      break;
    default:
      callEntry("stoat_printpointer", {x[0]});
    }
  }
  if (newline)
    callEntry("stoat_printnl", {});
  callEntry("stoat_printunlock", {});
}

// gc prints runtime.hex in hexadecimal.
bool FunctionLowering::isHex(const mir::Operand& operand) {
  Named* named = llvm::dyn_cast<Named>(unalias(operand.type));
  return named && named->obj && named->obj->pkg && named->obj->name == "hex" && named->obj->pkg->path == "runtime";
}

void FunctionLowering::unsafeOp(const mir::Instr& instr) {
  Value x = operand(instr.args[0]);
  switch (instr.op) {
  case mir::Opcode::UnsafeAdd: {
    Value n = operand(instr.args[1]);
    setDst(instr, b.CreateGEP(m.i8, x[0], toWord(n[0], *n.type)));
    return;
  }
  case mir::Opcode::UnsafeSliceData:
  case mir::Opcode::UnsafeStringData:
    setDst(instr, x[0]);
    return;
  default:
    break;
  }
  bool isString = instr.op == mir::Opcode::UnsafeString;
  Value n = operand(instr.args[1]);
  int64_t size = isString ? 1 : m.info(llvm::cast<PointerType>(x.type->under)->elem).size;
  uint64_t limit = m.wordSize() == 8 ? INT64_MAX : INT32_MAX;
  if (size > 1)
    limit /= static_cast<uint64_t>(size);
  llvm::Type* wide = n[0]->getType()->getIntegerBitWidth() > m.word->getBitWidth() ? n[0]->getType() : m.word;
  llvm::Value* count = resize(n[0], n.type->isUnsigned(), wide);
  panicUnless(b.CreateICmpULE(count, llvm::ConstantInt::get(wide, limit)), isString ? "runtime.panicunsafestringlen" : "runtime.panicunsafeslicelen", {});
  llvm::Value* length = b.CreateTrunc(count, m.word);
  llvm::Value* good = b.CreateOr(b.CreateIsNotNull(x[0]), b.CreateICmpEQ(length, m.wordConstant(0)));
  panicUnless(good, isString ? "runtime.panicunsafestringnilptr" : "runtime.panicunsafeslicenilptr", {});
  // The memory must not wrap around the end of the address space.
  if (size > 0) {
    llvm::Value* room = b.CreateNeg(b.CreatePtrToInt(x[0], m.word));
    llvm::Value* fits = b.CreateOr(b.CreateICmpULE(multiply(length, size), room), b.CreateIsNull(x[0]));
    panicUnless(fits, isString ? "runtime.panicunsafestringlen" : "runtime.panicunsafeslicelen", {});
  }
  if (!hasDst(instr))
    return;
  if (isString)
    setDst(instr, make(dstType(instr), {x[0], length}));
  else
    setDst(instr, make(dstType(instr), {x[0], length, length}));
}

} // namespace stoat::lower
