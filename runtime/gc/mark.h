// Marking: grey objects, queues of each marker and shared ones, scanning by type information.
//
// Invariant: an object is grey or black once its mark bit is set; whoever sets the bit sees to it that the object is scanned (noscan ones are black at once).
// - Objects of typed spans (mem/span.h) are queued by address (a large one by pieces: later multiples of `piece`). They come first, the last one first.
// - For small objects their *span* is queued: when its turn comes, all objects that were marked in it meanwhile are scanned together. Spans are taken first in, first out, so that
//   many objects gather: that is what makes marking fast in a heap larger than the caches (the idea of Go's "green tea" collector).
//
//   s->queued   somebody will look at s. Set (and s queued) by whoever marked an object and found it clear; cleared before the bits are read for the last time
//               and set again, by whoever is first, if there is something grey then. The marker for which it is set is the only one that scans s
//   grey        markBits & ~scanBits
//
// A Marker is used by one thread at a time: the one that owns its P, or anybody while the world is stopped.
#pragma once
#include "runtime/base/hooks.h"
#include "runtime/mem/span.h"

namespace stoat::rt {

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
  // Pointers just found, on their way to object(): a quarter of them waits for the line of its span, another for its mark word, since each is likely to miss the caches.
  struct Found { Span *span; Word pointer; uint32_t index; };
  static constexpr uint32_t foundCapacity = 16;
  void found(Word p) {
    Span *s = spanOf(p);
    if (!s)
      return;
    if (s == scanning_) {
      foundHere(p);
      return;
    }
    __builtin_prefetch(s);
    Found &last = found_[foundNext_ % foundCapacity];
    Found &middle = found_[(foundNext_ + foundCapacity / 2) % foundCapacity];
    foundNext_++;
    if (last.span)
      object(last.span, last.index);
    last = {s, p, 0};
    if (middle.span)
      locate(middle);
  }
  void locate(Found &f) {
    if (f.span != spanInUse(f.pointer)) {
      f.span = nullptr;
      return;
    }
    f.index = objectIndex(f.span, f.pointer);
    __builtin_prefetch(&f.span->markBits[f.index / wordBits]);
  }
  void settleFound();
  // The span whose turn it is, and its objects that were found on the way: those are scanned at once, last found first, which tends to be the order of their addresses.
  void foundHere(Word p);
  Span *scanning_ = nullptr;
  static constexpr uint32_t maxObjects = pageBytes / 8;   // of a span of small objects with pointers
  uint16_t here_[maxObjects];
  uint32_t hereCount_ = 0;
  Word scannedHere_[maxObjects / wordBits]{};             // to be added to its scan bits
  Found found_[foundCapacity]{};
  uint32_t foundNext_ = 0;
  void pushObject(Word entry);
  void pushSpan(Span *s);
  bool take();                    // more to do from the shared lists
  void giveObjects(uint32_t count);
  void giveSpans(uint32_t count, bool newest);
  void scanObject(Word entry);
  void scanSpan(Span *s);
  void scanBitmap(Span *s, Word base);
  void scanTyped(const Type *elem, Word base, Word from, Word to);
  static constexpr uint32_t capacity = 2048;
  struct Queues {
    Word objects[capacity];       // a stack
    Word spans[capacity];         // a ring
  };
  Queues *queues_ = nullptr;
  uint32_t objectCount_ = 0, spanFirst_ = 0, spanCount_ = 0;
};

bool hasSharedGrey();
Word sharedGreys();            // how often greys were shared, since the program began
extern bool strictPointers;    // test mode: an exact pointer to a free object is fatal

} // namespace stoat::rt
