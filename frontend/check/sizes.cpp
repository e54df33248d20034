// Sizes, alignments and field offsets by gc's rules (types2 gcsizes.go). A size of -1 means that the type is too large.
#include "check/checker.h"

namespace stoat {

TargetSizes TargetSizes::forArch(llvm::StringRef goarch) {
  TargetSizes s;
  if (goarch == "386" || goarch == "arm" || goarch == "mips" || goarch == "mipsle") s.wordSize = s.maxAlign = 4;
  return s;
}

namespace {

// An empty struct type of this name makes the struct that holds it 8-aligned, on 32-bit targets too.
bool isAtomicAlign64(Type* t) {
  Named* n = llvm::dyn_cast<Named>(unalias(t));
  if (!n || n->obj->name != "align64" || !n->obj->pkg) return false;
  return n->obj->pkg->path == "sync/atomic" || n->obj->pkg->path == "internal/runtime/atomic";
}

int64_t alignUp(int64_t x, int64_t a) { return static_cast<int64_t>((static_cast<uint64_t>(x) + a - 1) & ~static_cast<uint64_t>(a - 1)); }

int64_t basicSize(BasicKind k, int64_t word) {
  switch (k) {
  case BasicKind::Bool:
  case BasicKind::Int8:
  case BasicKind::Uint8: return 1;
  case BasicKind::Int16:
  case BasicKind::Uint16: return 2;
  case BasicKind::Int32:
  case BasicKind::Uint32:
  case BasicKind::Float32: return 4;
  case BasicKind::Int64:
  case BasicKind::Uint64:
  case BasicKind::Float64:
  case BasicKind::Complex64: return 8;
  case BasicKind::Complex128: return 16;
  case BasicKind::String: return 2 * word;
  default: return word;
  }
}

} // namespace

int64_t TargetSizes::alignOf(Type* t) const {
  Type* u = t->underlying();
  switch (u->kind()) {
  case TypeKind::Array: return alignOf(llvm::cast<ArrayTypeT>(u)->elem);
  case TypeKind::Struct: {
    StructTypeT* s = llvm::cast<StructTypeT>(u);
    if (s->fields.empty() && isAtomicAlign64(t)) return 8;
    return structLayout(s).align;
  }
  case TypeKind::Basic: {
    BasicType* b = llvm::cast<BasicType>(u);
    if (b->info & IsString) return wordSize;
    int64_t a = basicSize(b->basic, wordSize);
    if (b->info & IsComplex) a /= 2;
    return std::min<int64_t>(a, maxAlign);
  }
  default: return wordSize;
  }
}

std::vector<int64_t> TargetSizes::fieldOffsets(StructTypeT* s) const {
  std::vector<int64_t> offsets;
  offsets.reserve(s->fields.size());
  int64_t at = 0;
  for (Var* f : s->fields) {
    if (at >= 0) at = alignUp(at, alignOf(f->type));
    offsets.push_back(at < 0 ? -1 : at);
    if (at < 0) continue;
    int64_t size = sizeOf(f->type);
    if (size < 0 || __builtin_add_overflow(at, size, &at)) at = -1;
  }
  return offsets;
}

// Computed once: nested structs would otherwise cost time exponential in their depth.
StructTypeT::Layout TargetSizes::structLayout(StructTypeT* s) const {
  StructTypeT::Layout& known = s->layout[wordSize == 4];
  if (known.align) return known;
  known.align = 1; // a struct that contains itself (an error, reported elsewhere) has no size
  StructTypeT::Layout r{0, 1};
  r.depth = 1;
  int64_t last = 0, lastSize = 1;
  for (Var* f : s->fields) {
    int64_t align = alignOf(f->type);
    r.align = std::max(r.align, align);
    auto [depth, leaves] = extentOf(f->type);
    r.depth = std::max(r.depth, depth + 1);
    r.leaves = leaves > UINT32_MAX - r.leaves ? UINT32_MAX : r.leaves + leaves;
    lastSize = sizeOf(f->type);
    if (r.size < 0) continue;
    last = alignUp(r.size, align);
    if (lastSize < 0 || last < 0 || __builtin_add_overflow(last, lastSize, &r.size)) r.size = -1;
  }
  // The address just past the struct must not be that of a zero-sized last field: it would keep the next object alive.
  if (r.size > 0 && last > 0 && lastSize == 0) r.size++;
  if (r.size > INT64_MAX - r.align) r.size = -1;
  if (r.size > 0) r.size = alignUp(r.size, r.align);
  r.leaves = std::max<uint32_t>(r.leaves, 1); // an empty struct is one
  return known = r;
}

TargetSizes::Extent TargetSizes::extentOf(Type* t) const {
  uint32_t arrays = 0;
  Type* u = t->underlying();
  for (; ArrayTypeT* a = llvm::dyn_cast<ArrayTypeT>(u); u = a->elem->underlying()) arrays++;
  StructTypeT* s = llvm::dyn_cast<StructTypeT>(u);
  if (!s) return {arrays, 1};
  StructTypeT::Layout layout = structLayout(s);
  return {arrays + layout.depth, layout.leaves};
}

int64_t TargetSizes::sizeOf(Type* t) const {
  Type* u = t->underlying();
  int64_t word = wordSize;
  switch (u->kind()) {
  case TypeKind::Basic: return basicSize(llvm::cast<BasicType>(u)->basic, word);
  case TypeKind::Array: {
    ArrayTypeT* a = llvm::cast<ArrayTypeT>(u);
    if (a->len <= 0) return 0;
    int64_t elem = sizeOf(a->elem);
    if (elem <= 0) return elem;
    int64_t size;
    if (__builtin_mul_overflow(elem, a->len, &size)) return -1;
    return size;
  }
  case TypeKind::Slice: return 3 * word;
  case TypeKind::Interface: return 2 * word;
  case TypeKind::Struct: return structLayout(llvm::cast<StructTypeT>(u)).size;
  default: return word;
  }
}

} // namespace stoat
