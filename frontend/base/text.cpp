// UTF-8 by the rules of Go's unicode/utf8 (every byte of an invalid sequence is one U+FFFD) and literal syntax by those of
// strconv. The category tables are generated; printability above Latin-1 is LLVM's.
#include "base/text.h"
#include "llvm/Support/Unicode.h"
#include <algorithm>
#include <cstdio>
#include <system_error>
#include <iterator>

namespace stoat {

namespace {

struct RuneRange { uint32_t first, last; };
struct StridedRange { uint32_t first, last, stride; };
#include "base/unicode_tables.inc"

template <typename Range, size_t N> const Range* findRange(const Range (&table)[N], uint32_t rune) {
  const Range* it = std::upper_bound(std::begin(table), std::end(table), rune,
                                     [](uint32_t r, const Range& range) { return r < range.first; });
  if (it == std::begin(table)) return nullptr;
  --it;
  return rune <= it->last ? it : nullptr;
}

int hexDigit(char c) {
  if ('0' <= c && c <= '9') return c - '0';
  if ('a' <= c && c <= 'f') return c - 'a' + 10;
  if ('A' <= c && c <= 'F') return c - 'A' + 10;
  return -1;
}

void appendEscaped(std::string& out, uint32_t rune, char quoteChar) {
  if (rune == static_cast<uint32_t>(quoteChar) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
    return;
  }
  if (isPrintRune(rune)) {
    appendRune(out, rune);
    return;
  }
  switch (rune) {
  case '\a': out += "\\a"; return;
  case '\b': out += "\\b"; return;
  case '\f': out += "\\f"; return;
  case '\n': out += "\\n"; return;
  case '\r': out += "\\r"; return;
  case '\t': out += "\\t"; return;
  case '\v': out += "\\v"; return;
  default: break;
  }
  char buffer[16];
  if (rune < ' ' || rune == 0x7f)
    std::snprintf(buffer, sizeof buffer, "\\x%02x", rune);
  else if (rune < 0x10000)
    std::snprintf(buffer, sizeof buffer, "\\u%04x", rune);
  else
    std::snprintf(buffer, sizeof buffer, "\\U%08x", rune);
  out += buffer;
}

/// Reads one character or escape of a quoted literal. `isByte`: an octal or \x escape, which stands for a byte, not a rune.
bool unquoteOne(llvm::StringRef& text, char quoteChar, uint32_t& value, bool& isByte) {
  isByte = false;
  if (text.empty()) return false;
  unsigned char c = static_cast<unsigned char>(text[0]);
  if (c == static_cast<unsigned char>(quoteChar)) return false;
  if (c >= 0x80) {
    unsigned size;
    value = decodeRune(text, size);
    text = text.drop_front(size);
    return true;
  }
  if (c != '\\') {
    value = c;
    text = text.drop_front();
    return true;
  }
  if (text.size() < 2) return false;
  char e = text[1];
  text = text.drop_front(2);
  unsigned digits = 0;
  switch (e) {
  case 'a': value = '\a'; return true;
  case 'b': value = '\b'; return true;
  case 'f': value = '\f'; return true;
  case 'n': value = '\n'; return true;
  case 'r': value = '\r'; return true;
  case 't': value = '\t'; return true;
  case 'v': value = '\v'; return true;
  case '\\': value = '\\'; return true;
  case '\'':
  case '"':
    if (e != quoteChar) return false;
    value = static_cast<uint32_t>(e);
    return true;
  case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': {
    value = static_cast<uint32_t>(e - '0');
    if (text.size() < 2) return false;
    for (int i = 0; i < 2; i++) {
      if (text[i] < '0' || text[i] > '7') return false;
      value = value * 8 + static_cast<uint32_t>(text[i] - '0');
    }
    text = text.drop_front(2);
    isByte = true;
    return value <= 255;
  }
  case 'x': digits = 2; isByte = true; break;
  case 'u': digits = 4; break;
  case 'U': digits = 8; break;
  default: return false;
  }
  if (text.size() < digits) return false;
  value = 0;
  for (unsigned i = 0; i < digits; i++) {
    int d = hexDigit(text[i]);
    if (d < 0) return false;
    value = value << 4 | static_cast<uint32_t>(d);
  }
  text = text.drop_front(digits);
  return isByte || (value <= 0x10FFFF && !(0xD800 <= value && value < 0xE000));
}

} // namespace

uint32_t decodeRune(llvm::StringRef text, unsigned& size) {
  const unsigned char* p = text.bytes_begin();
  size_t n = text.size();
  size = 1;
  unsigned c = p[0];
  if (c < 0x80) return c;
  if (c < 0xC2 || c > 0xF4) return runeError;
  auto continuation = [&](size_t i, unsigned low, unsigned high) { return i < n && low <= p[i] && p[i] <= high; };
  if (c < 0xE0) {
    if (!continuation(1, 0x80, 0xBF)) return runeError;
    size = 2;
    return (c & 0x1F) << 6 | (p[1] & 0x3Fu);
  }
  if (c < 0xF0) {
    unsigned low = c == 0xE0 ? 0xA0 : 0x80, high = c == 0xED ? 0x9F : 0xBF; // no overlong forms, no surrogates
    if (!continuation(1, low, high) || !continuation(2, 0x80, 0xBF)) return runeError;
    size = 3;
    return (c & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
  }
  unsigned low = c == 0xF0 ? 0x90 : 0x80, high = c == 0xF4 ? 0x8F : 0xBF;
  if (!continuation(1, low, high) || !continuation(2, 0x80, 0xBF) || !continuation(3, 0x80, 0xBF)) return runeError;
  size = 4;
  return (c & 0x07) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

void appendRune(std::string& out, uint32_t rune) {
  if (rune > 0x10FFFF || (0xD800 <= rune && rune < 0xE000)) rune = runeError;
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | rune >> 6);
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | rune >> 12);
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | rune >> 18);
    out += static_cast<char>(0x80 | (rune >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  }
}

bool isLetterRune(uint32_t r) {
  if (r < 0x80) return ('a' <= (r | 0x20) && (r | 0x20) <= 'z');
  return findRange(letterRanges, r) != nullptr;
}

bool isDigitRune(uint32_t r) {
  if (r < 0x80) return '0' <= r && r <= '9';
  return findRange(digitRanges, r) != nullptr;
}

bool isUpperRune(uint32_t r) {
  if (r < 0x80) return 'A' <= r && r <= 'Z';
  const StridedRange* range = findRange(upperRanges, r);
  return range && (r - range->first) % range->stride == 0;
}

bool isPrintRune(uint32_t r) {
  if (r < 0x80) return 0x20 <= r && r < 0x7F;
  if (r <= 0xFF) return r >= 0xA1 && r != 0xAD;
  if (0xE000 <= r && r <= 0xF8FF) return false; // private use: LLVM prints it, Go does not
  if (r == 0x3000 || r == 0x1680 || (0x2000 <= r && r <= 0x200F) || (0x2028 <= r && r <= 0x202F) ||
      (0x205F <= r && r <= 0x206F) || r == 0xFEFF)
    return false; // spaces and format characters
  return llvm::sys::unicode::isPrintable(static_cast<int>(r));
}

bool isExportedName(llvm::StringRef name) {
  if (name.empty()) return false;
  unsigned size;
  return isUpperRune(decodeRune(name, size));
}

std::string systemErrorText(int error) {
  std::string text = std::generic_category().message(error);
  // Go's table has the C library's words, with a small first letter.
  if (text.size() > 1 && 'A' <= text[0] && text[0] <= 'Z' && 'a' <= text[1] && text[1] <= 'z') text[0] = static_cast<char>(text[0] + ('a' - 'A'));
  return text;
}

std::string quote(llvm::StringRef bytes) {
  std::string out = "\"";
  while (!bytes.empty()) {
    unsigned size;
    uint32_t rune = decodeRune(bytes, size);
    if (rune == runeError && size == 1) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned char>(bytes[0]));
      out += buffer;
    } else {
      appendEscaped(out, rune, '"');
    }
    bytes = bytes.drop_front(size);
  }
  out += '"';
  return out;
}

std::string quoteRune(uint32_t rune) {
  if (rune > 0x10FFFF || (0xD800 <= rune && rune < 0xE000)) rune = runeError;
  std::string out = "'";
  appendEscaped(out, rune, '\'');
  out += '\'';
  return out;
}

std::string describeRune(uint32_t rune) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "U+%04X", rune);
  std::string out = buffer;
  if (rune <= 0x10FFFF && isPrintRune(rune)) {
    out += " '";
    appendRune(out, rune);
    out += '\'';
  }
  return out;
}

bool unquote(llvm::StringRef literal, std::string& out) {
  out.clear();
  if (literal.size() < 2 || literal.front() != literal.back()) return false;
  char q = literal.front();
  llvm::StringRef body = literal.drop_front().drop_back();
  if (q == '`') {
    if (body.contains('`')) return false;
    for (char c : body)
      if (c != '\r') out += c;
    return true;
  }
  if (q != '"' || body.contains('\n')) return false;
  out.reserve(body.size());
  while (!body.empty()) {
    uint32_t value;
    bool isByte;
    if (!unquoteOne(body, '"', value, isByte)) return false;
    if (isByte)
      out += static_cast<char>(value);
    else
      appendRune(out, value);
  }
  return true;
}

bool unquoteRune(llvm::StringRef literal, uint32_t& rune) {
  if (literal.size() < 3 || literal.front() != '\'' || literal.back() != '\'') return false;
  llvm::StringRef body = literal.drop_front().drop_back();
  bool isByte;
  return unquoteOne(body, '\'', rune, isByte) && body.empty();
}

} // namespace stoat
