// GOGC and GOMEMLIMIT (policy.h).
#include "runtime/gc/policy.h"
#include "runtime/base/print.h"
#include "runtime/mem/scavenge.h"
#include "runtime/sys/os.h"
#include <string.h>

namespace stoat::rt {

// Decimal digits of [text, end), or -1: none, others, or too large.
static int64_t parseDecimal(const char *text, const char *end) {
  if (text == end)
    return -1;
  int64_t n = 0;
  for (; text < end; text++)
    if (*text < '0' || *text > '9' || __builtin_mul_overflow(n, int64_t(10), &n) || __builtin_add_overflow(n, int64_t(*text - '0'), &n))
      return -1;
  return n;
}

int32_t collectPercentFromEnvironment() {
  const char *text = environmentVariable("GOGC");
  if (!text || !*text)
    return 100;
  if (!strcmp(text, "off"))
    return -1;
  bool negative = *text == '-';
  int64_t n = parseDecimal(text + negative, text + strlen(text));
  if (n < 0 || n > INT32_MAX)
    return 100;
  return negative ? -1 : int32_t(n);
}

int64_t memoryLimitFromEnvironment() {
  const char *text = environmentVariable("GOMEMLIMIT");
  if (!text || !*text || !strcmp(text, "off"))
    return INT64_MAX;
  size_t size = strlen(text);
  int shift = 0;
  if (size > 1 && text[size - 1] == 'B') {
    size--;
    if (size > 1 && text[size - 1] == 'i') {
      const char *prefixes = "KMGT", *at = strchr(prefixes, text[size - 2]);
      shift = at ? int(at - prefixes + 1) * 10 : -1;
      size -= 2;
    }
  }
  int64_t n = parseDecimal(text, text + size);
  if (shift < 0 || n < 0 || (shift && n > INT64_MAX >> shift)) {
    printText("GOMEMLIMIT=");
    printText(text);
    printText("\n");
    fatalError("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`");
  }
  return n << shift;
}

Word heapGoalOfLimit(Word markedBytes) {
  int64_t limit = scavenger.limit.load(std::memory_order_relaxed);
  Word none = ~Word(0) / 2;
  if (limit == INT64_MAX)
    return none;
  // What is not the heap's, and what the heap loses between objects.
  Word inUse = heap.inUsePages.load(std::memory_order_relaxed) * pageBytes;
  Word live = heap.live.load(std::memory_order_relaxed);
  uint64_t other = uint64_t(memoryOutsideHeap()) + (inUse > live ? inUse - live : 0);
  uint64_t goal = uint64_t(limit) > other ? uint64_t(limit) - other : 0;
  goal -= goal / 32;   // a span is taken before the trigger is looked at again
  // Never closer than a tenth above what is live: a limit that cannot be met must not stop the program.
  uint64_t least = uint64_t(markedBytes) + markedBytes / 10 + (1 << 20);
  if (goal < least)
    goal = least;
  return goal < none ? Word(goal) : none;
}

} // namespace stoat::rt
