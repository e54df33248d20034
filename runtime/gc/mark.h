// Marking: grey objects in buffers of 510, a shared list of full buffers, scanning by type information.
//
// Invariant: an object is grey or black once its mark bit is set; whoever sets the bit queues the object (noscan ones are black at once). Entries of buffers are
// addresses: an object's base, or a later multiple of `piece` inside a large object (one piece of it).
#pragma once
#include "runtime/base/hooks.h"
#include "runtime/mem/span.h"

namespace stoat::rt {

struct GreyBuffer {
  static constexpr uint32_t capacity = 510;
  GreyBuffer *next;
  uint32_t count;
  Word entries[capacity];
};

class Marker {
public:
  // Pointer found in Go memory or by a stack map. Anything outside the heap is ignored.
  void value(Word p) {
    Span *s = spanInUse(p);
    if (s)
      object(s, objectIndex(s, p));
  }
  // A word that may be a pointer, or a range of such words.
  void maybe(Word p);
  void conservative(Word low, Word high);
  void object(Span *s, uint32_t index);
  // Everything the object at p points to, not p itself.
  void children(Span *s, uint32_t index);
  // Memory outside the heap with a mask.
  void masked(Word base, const uint8_t *mask, Word pointerBytes);
  // Scans until the own buffer and the shared list are empty.
  void drainAvailable();
  // Gives the own buffer to the shared list.
  void flush();
  RootSink sink();

  Word bytesMarked = 0;

private:
  void push(Word entry);
  bool pop(Word &entry);
  void scan(Word entry);
  void scanBitmap(Span *s, Word base);
  void scanTyped(const Type *elem, Word base, Word from, Word to);
  GreyBuffer *buffer_ = nullptr;
};

bool hasSharedGrey();
void giveSharedGrey(GreyBuffer *buffer);
extern bool strictPointers;    // test mode: an exact pointer to a free object is fatal

} // namespace stoat::rt
