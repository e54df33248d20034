// Marking: grey objects in buffers of 510, a shared list of full buffers, scanning by type information.
//
// Invariant: an object is grey or black once its mark bit is set; whoever sets the bit queues the object (noscan ones are black at once). Entries of buffers are
// addresses: an object's base, or a later multiple of `piece` inside a large object (one piece of it).
//
// A Marker is used by one thread at a time: the one that owns its P, or anybody while the world is stopped.
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
  // Memory outside the heap with a mask: words [from, to).
  void masked(Word base, const uint8_t *mask, Word from, Word to);
  // Scans grey objects, of its own and of the shared list, until `budget` bytes have been scanned. False: none was left.
  bool drain(Word budget);
  // Gives the own buffer to the shared list.
  void flush();
  RootSink sink();

  Word bytesMarked = 0;   // objects
  Word bytesScanned = 0;  // of objects with pointers, and of roots

private:
  void push(Word entry);
  bool pop(Word &entry);
  void scan(Word entry);
  void scanBitmap(Span *s, Word base);
  void scanTyped(const Type *elem, Word base, Word from, Word to);
  void share();
  GreyBuffer *buffer_ = nullptr;
};

bool hasSharedGrey();
extern bool strictPointers;    // test mode: an exact pointer to a free object is fatal

} // namespace stoat::rt
