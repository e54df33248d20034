// What types and places say about pointers, as far as escape analysis asks; of type parameters only what holds for every type argument.
#pragma once
#include "mir/mir.h"

namespace stoat::mir {

/// Whether values of t can hold pointers to objects at all; strings can.
bool holdsPointers(Type* t, unsigned depth = 0);
/// A type whose values are one pointer.
bool isOnePointer(Type* t);
/// Whether an interface may hold values of t as they are: isOnePointer, also beside fields that have no size.
bool mayBeDirect(Type* t);
bool isString(Type* t);
bool isUintptr(Type* t);
/// Of a slice; true where that is not known.
bool elementsHoldPointers(Type* t);

/// What the projections of a place go through: dereferences behind slices, strings and pointers to arrays.
struct Path {
  int derefs = 0;
  bool unknown = false; // goes through a value of which only an instance knows whether it is an array
};
Path pathOf(const Place& p);

} // namespace stoat::mir
