// Windows of free slots (window.h).
#include "runtime/mem/window.h"
#include "runtime/sched/scheduler.h"
#include <string.h>

namespace stoat::rt {

namespace {

// First free slot of s from freeIndex on and the length of the run that begins there, at most `limit`; 0 if there is none. freeIndex moves behind it.
uint32_t takeRun(Span *s, Word limit, uint32_t &count) {
  uint32_t index = s->freeIndex, end = s->elemCount;
  uint64_t bits;
  for (;; index = (index + 64) & ~uint32_t(63)) {
    if (index >= end) {
      s->freeIndex = end;
      count = 0;
      return end;
    }
    bits = ~allocBits64(s, index / 64) >> (index % 64);
    if (bits)
      break;
  }
  uint32_t skip = uint32_t(__builtin_ctzll(bits));
  index += skip;
  bits >>= skip;
  Word length = ~bits ? Word(__builtin_ctzll(~bits)) : 64;
  while (length < limit && (index + length) % 64 == 0 && index + length < end) {
    uint64_t more = ~allocBits64(s, uint32_t(index + length) / 64);
    if (~more) {
      length += Word(__builtin_ctzll(~more));
      break;
    }
    length += 64;
  }
  if (length > limit)
    length = limit;
  if (index >= end || index + length > end)
    length = index >= end ? 0 : end - index;   // bits behind the last slot are clear too
  count = uint32_t(length);
  s->freeIndex = length ? index + count : end;
  return index;
}
} // namespace

void fillBits(Span *s, Word p, Word n, Word mask) {
  Word words = s->elemSize / wordSize;
  Word bit = (p - s->arenaBase) / wordSize;
  Word *at = s->bitmap + bit / wordBits;
  Word offset = bit % wordBits;
  Word pending = *at & ((Word(1) << offset) - 1);   // of slots before
  if (wordBits % words == 0) {
    for (Word w = words; w < wordBits; w *= 2)
      mask |= mask << w;
    Word left = n * words;
    while (offset + left >= wordBits) {
      *at++ = pending | mask << offset;   // slots do not cross words: the repeated mask fits at every one of them
      left -= wordBits - offset;
      offset = pending = 0;
    }
    if (left) {
      Word ones = ((Word(1) << left) - 1) << offset;
      *at = (*at & ~(ones | ((Word(1) << offset) - 1))) | pending | (mask << offset & ones);
    }
    return;
  }
  for (Word i = 0; i < n; i++) {
    pending |= mask << offset;
    Word used = offset + words;
    if (used >= wordBits) {
      *at++ = pending;
      used -= wordBits;
      pending = used ? mask >> (words - used) : 0;
    }
    offset = used;
  }
  if (offset)
    *at = (*at & ~((Word(1) << offset) - 1)) | pending;
}

bool openWindow(MemoryCache *cache, uint32_t spanClass, Word mask, Word limit) {
  Span *s = cache->alloc[spanClass];
  uint32_t count;
  uint32_t index = takeRun(s, limit, count);
  if (!count)
    return false;
  s->allocCount += count;
  cache->untilSample[spanClass] -= count;
  Word first = s->base + index * s->elemSize, bytes = count * s->elemSize;
  if (s->needZero && s->elemSize <= maxWindowZeroed)
    memset(reinterpret_cast<void *>(first), 0, bytes);
  bool hasBits = !s->noscan && !s->types;
  if (hasBits)
    fillBits(s, first, count, mask);
  cache->window[spanClass] = {first, first + bytes, hasBits ? mask : 0};
  return true;
}

void closeWindow(MemoryCache *cache, uint32_t spanClass) {
  AllocWindow &w = cache->window[spanClass];
  if (w.next != w.end) {
    Span *s = cache->alloc[spanClass];
    uint32_t rest = uint32_t((w.end - w.next) / s->elemSize);
    s->allocCount -= rest;
    s->freeIndex -= rest;
    cache->untilSample[spanClass] += rest;
  }
  w = {};
}

void closeWindows(P *p) {
  for (uint32_t i = 0; i < spanClassCount; i++)
    closeWindow(p->cache, i);
}

} // namespace stoat::rt

extern "C" void stoat_close_windows_impl() { stoat::rt::closeWindows(stoat::rt::getg()->m->p); }
