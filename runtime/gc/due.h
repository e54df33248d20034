// What the collector has found due: finalizers and cleanups of dead objects, and who runs them.
//
// Finalizers run in one goroutine, in the order in which they became due. Cleanups run in several, each of which takes one at a time, so that one that blocks holds up no other.
#pragma once
#include "runtime/abi/check.h"
#include "runtime/gc/mark.h"

namespace stoat::rt {

// Under specialLock: the record goes from one table of roots to another. The object lives until the finalizer has run.
void addDueFinalizer(Word object, void *record);
void addDueCleanup(void *record);
// Some of what is due, from position 0 on; false: no more. One caller at a time. Nothing is added while the collector marks.
bool markSomeDue(Marker &marker, Word &position);

} // namespace stoat::rt
