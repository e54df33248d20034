// runtime/debug.WriteHeapDump, in the format "go1.7 heap dump" (golang.org/wiki/heapdump15-through-heapdump17): numbers as unsigned varints, records with a tag first.
// Globals appear as other roots, one for each pointer; goroutines without their frames.
#include "runtime/gc/gc.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/heap.h"
#include "runtime/mem/span.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sys/os.h"
#include <string.h>

extern "C" {
__attribute__((weak)) extern const stoat::rt::GlobalRoot __start_stoat_roots[], __stop_stoat_roots[];
void stoat_memstats_impl(stoat::rt::MemoryStats *out);
}

namespace stoat::rt {

namespace {
#if defined(__i386__)
constexpr const char *goArchName = "386";
#elif defined(__aarch64__)
constexpr const char *goArchName = "arm64";
#else
constexpr const char *goArchName = "amd64";
#endif

enum Tag : uint8_t { tagEnd = 0, tagObject = 1, tagOtherRoot = 2, tagGoroutine = 4, tagParams = 6, tagThread = 9, tagMemStats = 10 };

class Dump {
public:
  explicit Dump(int fd) : fd_(fd) {}
  ~Dump() { flush(); }
  void bytes(const void *data, Word size) {
    const char *from = static_cast<const char *>(data);
    while (size) {
      if (used_ == sizeof buffer_)
        flush();
      Word n = sizeof buffer_ - used_ < size ? sizeof buffer_ - used_ : size;
      memcpy(buffer_ + used_, from, n);
      used_ += n;
      from += n;
      size -= n;
    }
  }
  void number(uint64_t v) {
    uint8_t out[10];
    unsigned n = 0;
    for (; v >= 0x80; v >>= 7)
      out[n++] = uint8_t(v | 0x80);
    out[n++] = uint8_t(v);
    bytes(out, n);
  }
  void text(const char *s) { block(s, strlen(s)); }
  void block(const void *data, Word size) {
    number(size);
    bytes(data, size);
  }
  void objects(Span *s);
  void goroutine(G *g);
  void memStats(const MemoryStats &m);

private:
  void flush() {
    writeAll(fd_, buffer_, used_);
    used_ = 0;
  }
  int fd_;
  Word used_ = 0;
  char buffer_[4096];
};

bool isPointerWord(Span *s, uint32_t index, Word base, Word word) {
  if (s->noscan)
    return false;
  if (!s->types) {
    Word bit = (base - s->arenaBase) / wordSize + word;
    return s->bitmap[bit / wordBits] >> (bit % wordBits) & 1;
  }
  const Type *elem = s->types[index];
  if (!elem)
    return false;
  Word offset = word * wordSize % elem->size;
  return offset < elem->pointerBytes && (pointerMask(elem)[offset / wordSize / 8] >> (offset / wordSize % 8) & 1);
}

void Dump::objects(Span *s) {
  for (uint32_t i = 0; i < s->elemCount; i++) {
    if (!isAllocated(s, i))
      continue;
    Word base = s->base + i * s->elemSize, size = s->sizeClass ? s->elemSize : s->requested;
    number(tagObject);
    number(base);
    block(reinterpret_cast<const void *>(base), size);
    for (Word word = 0; word < size / wordSize; word++)
      if (isPointerWord(s, i, base, word)) {
        number(1);
        number(word * wordSize);
      }
    number(0);
  }
}

void Dump::goroutine(G *g) {
  number(tagGoroutine);
  number(Word(g));
  number(g->schedSp);
  number(g->id);
  number(g->goPc);
  GStatus status = g->status.load(std::memory_order_relaxed);
  number(status == GStatus::Waiting ? 4 : status == GStatus::Syscall ? 3 : status == GStatus::Running ? 2 : 1);
  number(g->system);
  number(0);
  number(uint64_t(g->waitSince));
  text(status == GStatus::Waiting ? waitReasonText(g->waitReason) : "");
  number(0);
  number(Word(g->m));
  number(0);
  number(0);
}

void Dump::memStats(const MemoryStats &m) {
  number(tagMemStats);
  for (const uint64_t *at = &m.alloc; at <= &m.otherSys; at++)
    number(*at);
  number(m.nextGc);
  number(m.lastGc);
  number(m.pauseTotal);
  for (uint64_t pause : m.pause)
    number(pause);
  number(m.cycles);
}
} // namespace

} // namespace stoat::rt

using namespace stoat::rt;

extern "C" void stoat_heapdump_impl(intptr_t fd) {
  MemoryStats *stats = offHeapNew<MemoryStats>();
  stoat_memstats_impl(stats);
  stopTheWorld(StopReason::Dump);
  sweepAll();
  {
    Dump dump{int(fd)};
    static const char header[] = "go1.7 heap dump\n";
    dump.bytes(header, sizeof header - 1);
    dump.number(tagParams);
    dump.number(0);
    dump.number(wordSize);
    Word low = ~Word(0), high = 0;
    for (Word i = 0; i < arenaTableSize; i++)
      if (arenaTable[i]) {
        low = i << arenaShift < low ? i << arenaShift : low;
        high = (i + 1) << arenaShift;
      }
    dump.number(low);
    dump.number(high);
    dump.text(goArchName);
    dump.text("");
    dump.number(uint64_t(cpuCount()));
    struct Context { Dump *dump; } context{&dump};
    auto objects = [](Span *s, void *p) { static_cast<Context *>(p)->dump->objects(s); };
    forEachSpan(objects, &context);
    for (int32_t i = 0; i < sched.processors; i++)
      for (Span *s : allPs[i]->cache->alloc)
        if (s->elemCount)
          objects(s, &context);
    forEachG(
        [](G *g, void *p) {
          static_cast<Context *>(p)->dump->goroutine(g);
          return true;
        },
        &context);
    for (M *m = allMs; m; m = m->allNext) {
      dump.number(tagThread);
      dump.number(Word(m));
      dump.number(m->id);
      dump.number(uint64_t(m->tid));
    }
    for (const GlobalRoot *root = __start_stoat_roots; root != __stop_stoat_roots; root++)
      for (Word i = 0; i < root->pointerBytes / wordSize; i++) {
        Word value = static_cast<const Word *>(root->address)[i];
        if (value && (root->mask[i / 8] >> (i % 8) & 1)) {
          dump.number(tagOtherRoot);
          dump.text("global");
          dump.number(value);
        }
      }
    dump.memStats(*stats);
    dump.number(tagEnd);
  }
  startTheWorld();
  offHeapFree(stats, sizeof *stats);
}
