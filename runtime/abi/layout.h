// Layouts that compiled code and the runtime share: values of Go types, deferred calls, module data. Stack segments, entry records and
// defer frames are in stack.h, descriptors in type_desc.h, stack maps in stackmap.h, G in sched/g_m_p.h. Everything is plain data.
#pragma once
#include "runtime/abi/check.h"
#include "runtime/abi/stack.h"
#include <cstddef>
#include <cstdint>

namespace stoat::rt {

using Word = uintptr_t;
inline constexpr size_t wordSize = sizeof(Word);
inline constexpr Word stackPoison = ~Word(0);   // a limit that every check fails
struct Type;
struct ITab;

// ---- values
struct FuncVal { void *code; };                       // captured variables follow
struct String { const uint8_t *data; intptr_t size; };
struct Slice { void *data; intptr_t size, capacity; };
struct Eface { const Type *type; void *data; };
struct Iface { const ITab *tab; void *data; };

// ---- deferred calls (DeferFrame::pending)
struct STOAT_LAYOUT("deferRecord") DeferRecord { DeferRecord *next; FuncVal *fn; };   // in the Go heap, or beside its defer frame
// ---- module data, written by the link tool as symbol `stoat_module`
struct STOAT_LAYOUT("module") ModuleData {
  void (**inits)();              // Go functions func(), in order; the runtime's own come first
  Word initCount;
  Word runtimeInitCount;         // how many of them belong to package runtime and what it imports
  void (*mainMain)();            // main.main
  String buildVersion;           // "go1.26..."
  String modInfo;
  String defaultGodebug;
  const Type **typelinksBegin, **typelinksEnd;
  const ITab **itabsBegin, **itabsEnd;
  Word flags;                    // reserved, 0
};

// One record per writable global with pointers, in section stoat_roots.
struct GlobalRoot {
  void *address;
  const uint8_t *mask;           // 1 bit per word, low bit first
  Word pointerBytes;
};

} // namespace stoat::rt
