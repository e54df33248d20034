// One arena per compilation: AST nodes, types, objects and MIR live until the process ends and are never destroyed,
// so nodes may hold raw pointers to each other. Types allocated here must not need their destructor for correctness.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"
#include <cstring>
#include <new>
#include <utility>

namespace stoat {

class Arena {
public:
  template <typename T, typename... Args> T* make(Args&&... args) {
    return new (allocator_.Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }
  llvm::StringRef copy(llvm::StringRef text) {
    char* p = static_cast<char*>(allocator_.Allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(p, text.data(), text.size());
    p[text.size()] = 0;
    return {p, text.size()};
  }

private:
  llvm::BumpPtrAllocator allocator_;
};

} // namespace stoat
