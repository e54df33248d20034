// Pointer maps of frames -> roots, and this folder's part of base/hooks.h.
#include "runtime/code/unwind.h"

namespace stoat::rt {

namespace {

// Pointers into the stack that the walk has come across. A pointer to an object in a frame can only be in that frame or in younger ones, which come first; so when
// a frame is reached, everything that may make its tracked objects count has been seen.
class StackPointers {
public:
  StackPointers(G* g, const RootSink& sink) : outer_(sink) {
    for (const StackSegment* s = youngest(g); s; s = s->older) {
      low_ = Word(s) < low_ ? Word(s) : low_;
      high_ = s->top > high_ ? s->top : high_;
    }
  }

  RootSink sink() { return {this, [](void* self, Word value) { static_cast<StackPointers*>(self)->value(value); },
                            [](void* self, Word low, Word high) { static_cast<StackPointers*>(self)->conservative(low, high); }}; }

  // A pointer into [low, high) was seen.
  bool pointsInto(Word low, Word high) const {
    if (overflow_)
      return true;
    for (unsigned i = 0; i < count_; ++i)
      if (seen_[i] >= low && seen_[i] < high)
        return true;
    return false;
  }

  void note(Word value) {
    if (value < low_ || value >= high_ || overflow_)
      return;
    for (unsigned i = count_; i-- > 0;)
      if (seen_[i] == value)
        return;
    if (count_ == capacity)
      overflow_ = true;
    else
      seen_[count_++] = value;
  }

private:
  static const StackSegment* youngest(G* g);

  STOAT_RECURSION(2) void value(Word value) { // the outer sink is another one
    note(value);
    outer_.value(outer_.context, value);
  }
  STOAT_RECURSION(2) void conservative(Word low, Word high) {
    low = (low + wordSize - 1) & ~(wordSize - 1);
    for (Word at = low; at + wordSize <= high; at += wordSize)
      note(*reinterpret_cast<const Word*>(at));
    outer_.conservative(outer_.context, low, high);
  }

  static constexpr unsigned capacity = 256;
  const RootSink& outer_;
  Word low_ = ~Word(0), high_ = 0;
  Word seen_[capacity];
  unsigned count_ = 0;
  bool overflow_ = false;
};

// g's own layout belongs to sched; its segment is one of the words that assembly knows.
const StackSegment* StackPointers::youngest(G* g) {
  const StackSegment* s = *reinterpret_cast<StackSegment* const*>(reinterpret_cast<const char*>(g) + gSegmentOffset);
  return s;
}

class MapReader {
public:
  explicit MapReader(const uint8_t* at) : at_(at) {}
  Word uleb() {
    Word value = 0;
    for (unsigned shift = 0;; shift += 7) {
      uint8_t byte = *at_++;
      value |= Word(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return value;
    }
  }
  intptr_t sleb() {
    Word value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
      byte = *at_++;
      value |= Word(byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    if (shift < sizeof(Word) * 8 && (byte & 0x40))
      value |= ~Word(0) << shift;
    return intptr_t(value);
  }

private:
  const uint8_t* at_;
};

// Which words may be pointers is known, but not that they are: the object may be a place that is about to be written, also at a call for which the map calls it in use (where
// callees put their results: append in a loop has the result of its last turn there). What it holds then may have been dead for so long that its memory is free, or that
// marking, which saw this stack in another state, has not met it. So the sink must not rely on them.
void visitObject(const Frame& frame, const abi::AllocaSlot& slot, const RootSink& sink) {
  uint32_t count = slot.words & ~abi::allocaTracked;
  const Word* words = reinterpret_cast<const Word*>(frame.fp + Word(intptr_t(slot.fpOffset)));
  if (slot.mask == 0) {
    sink.conservative(sink.context, Word(words), Word(words + count));
    return;
  }
  const uint8_t* mask = frame.func.bytes(slot.mask);
  for (uint32_t word = 0; word < count; ++word)
    if (mask[word / 8] >> (word % 8) & 1)
      sink.conservative(sink.context, Word(words + word), Word(words + word + 1));
}

} // namespace

// pointers null: every object counts.
static void visitFrame(const Frame& frame, const RootSink& sink, const StackPointers* pointers) {
  Func func = frame.func;
  const abi::AllocaSlot* allocas = func.allocas();
  uint32_t count = func.details()->allocaCount;
  const abi::Safepoint* point = findSafepoint(func, frame.pc);
  if (!point)
    pointers = nullptr; // stopped by a signal, or ended by a fault: nothing is known about this place
  constexpr uint32_t capacity = 256;
  bool visited[capacity] = {};
  if (point && point->map != 0) {
    MapReader map(func.bytes(point->map));
    for (Word entries = map.uleb(); entries > 0; --entries) {
      intptr_t entry = map.sleb();
      if (entry & 1)
        sink.value(sink.context, frame.saved[entry >> 1]);
      else
        sink.value(sink.context, *reinterpret_cast<const Word*>(frame.fp + Word(entry >> 1) * wordSize));
    }
    for (Word objects = map.uleb(); objects > 0; --objects) {
      Word index = map.uleb();
      visitObject(frame, allocas[index], sink);
      if (index < capacity)
        visited[index] = true;
    }
  }
  for (uint32_t i = 0; i < count; ++i)
    if (!pointers || i >= capacity || !(allocas[i].words & abi::allocaTracked)) {
      if (i >= capacity || !visited[i])
        visitObject(frame, allocas[i], sink);
      if (i < capacity)
        visited[i] = true;
    }
  // Objects found through others of the same frame.
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < count && i < capacity; ++i) {
      if (visited[i])
        continue;
      Word low = frame.fp + Word(intptr_t(allocas[i].fpOffset));
      if (!pointers->pointsInto(low, low + Word(allocas[i].words & ~abi::allocaTracked) * wordSize))
        continue;
      visited[i] = again = true;
      visitObject(frame, allocas[i], sink);
    }
  }
}

void visitFrameRoots(const Frame& frame, const RootSink& sink) { visitFrame(frame, sink, nullptr); }

static void walkRoots(G* g, const EntryRecord* record, const RootSink& outer) {
  StackPointers pointers(g, outer);
  RootSink sink = pointers.sink();
  // What the caller has scanned of C++ frames and saved registers may hold pointers to objects in frames as well.
  for (Word at = record->low; at + wordSize <= record->high; at += wordSize)
    pointers.note(*reinterpret_cast<const Word*>(at));
  Unwinder unwinder(record);
  // A goroutine that a signal stopped may have pointers to objects in registers, which were not shown to us: all objects count.
  bool exact = true;
  for (bool first = true; unwinder.next(&sink); first = false) {
    if (first)
      exact = findSafepoint(unwinder.frame().func, unwinder.frame().pc);
    visitFrame(unwinder.frame(), sink, exact ? &pointers : nullptr);
  }
  // A frame that cannot be walked hides live pointers behind it: better to stop here than to corrupt the heap.
  if (unwinder.isBroken())
    __builtin_trap();
}

static bool isGoCode(Word pc) { return bool(findFunc(pc)); }

extern "C" void stoat_init_code() {
  hooks.walkRoots = walkRoots;
  hooks.isGoCode = isGoCode;
  hooks.isPreemptible = [](Word pc) {
    Func func = findFunc(pc);
    return func && isPreemptible(func, pc);
  };
}

} // namespace stoat::rt
