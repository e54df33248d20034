// Functions, safepoints and source positions of compiled Go code, read from the tables of abi/stackmap.h. Everything here is read-only data of the
// executable: no locks, safe in signal handlers.
#pragma once
#include "runtime/abi/layout.h"
#include "runtime/abi/stackmap.h"

namespace stoat::rt {

// A compiled Go function; null record: none.
struct Func {
  const abi::FuncRecord* record = nullptr;

  explicit operator bool() const { return record != nullptr; }
  Word entry() const { return Word(&record->entry) + Word(intptr_t(record->entry)); }
  Word size() const { return record->size; }
  bool isWrapper() const { return record->flags & abi::funcIsWrapper; }
  const abi::FuncDetails* details() const {
    return reinterpret_cast<const abi::FuncDetails*>(Word(&record->details) + Word(intptr_t(record->details)));
  }
  const abi::Safepoint* safepoints() const { return reinterpret_cast<const abi::Safepoint*>(details() + 1); }
  const int32_t* strings() const { return reinterpret_cast<const int32_t*>(safepoints() + details()->safepointCount); }
  const abi::SavedRegister* saved() const { return reinterpret_cast<const abi::SavedRegister*>(strings() + details()->stringCount); }
  const abi::AllocaSlot* allocas() const { return reinterpret_cast<const abi::AllocaSlot*>(saved() + details()->savedCount); }
  const abi::CodeRange* asyncRanges() const { return reinterpret_cast<const abi::CodeRange*>(allocas() + details()->allocaCount); }
  const uint8_t* bytes(uint32_t offset) const { return reinterpret_cast<const uint8_t*>(details()) + offset; }
  const char* string(uint32_t index) const {
    const int32_t* place = strings() + index;
    return reinterpret_cast<const char*>(Word(place) + Word(intptr_t(*place)));
  }
  const char* name() const { return string(0); }
  const char* file() const { return string(1); }
  uint32_t line() const { return details()->line; }
};

Func findFunc(Word pc);
// The safepoint whose return address is pc; null if there is none.
const abi::Safepoint* findSafepoint(Func func, Word pc);

// A signal may stop the goroutine at pc (CodeRange).
bool isPreemptible(Func func, Word pc);

// One level of an inline chain.
struct Position {
  const char* name;
  const char* file;
  uint32_t line;
  bool isWrapper;
};
// Positions of the call that returns to pc (or that contains pc), innermost first; the last is func itself. Between calls: those of the next call.
// Returns the number of levels, of which at most `capacity` are written. pc == entry: the declaration's line.
unsigned findPositions(Func func, Word pc, Position* out, unsigned capacity);

// All functions, by address.
Word funcCount();
Func funcAt(Word index);

} // namespace stoat::rt
