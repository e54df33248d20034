// The scanner. Structure and messages follow cmd/compile/internal/syntax/scanner.go; it reads from memory, so that tokens are
// slices. A character is examined for NUL, BOM and invalid UTF-8 when it is read, wherever it stands.
#include "syntax/lexer.h"
#include "base/text.h"
#include <array>
#include <cstring>

namespace stoat {

namespace {

constexpr const char* tokenTexts[] = {
#define TOKEN(NAME, TEXT) TEXT,
#include "syntax/token_kinds.def"
#undef TOKEN
};
constexpr size_t tokenCount = std::size(tokenTexts);
static_assert(tokenCount <= 64, "sets of tokens are 64-bit masks");

constexpr size_t lengthOf(const char* s) {
  size_t n = 0;
  while (s[n]) n++;
  return n;
}

// Perfect hash of keywords by first two characters and length; the multiplier is searched at compile time.
constexpr unsigned keywordSlots = 64;
constexpr unsigned keywordHash(unsigned multiplier, unsigned c0, unsigned c1, size_t length) {
  return ((c0 + c1 * 256 + static_cast<unsigned>(length) * 65536) * multiplier) >> 26;
}
constexpr bool isPerfect(unsigned multiplier) {
  bool used[keywordSlots] = {};
  for (size_t t = static_cast<size_t>(Token::Break); t < tokenCount; t++) {
    const char* s = tokenTexts[t];
    unsigned h = keywordHash(multiplier, static_cast<unsigned char>(s[0]), static_cast<unsigned char>(s[1]), lengthOf(s));
    if (used[h]) return false;
    used[h] = true;
  }
  return true;
}
constexpr unsigned findMultiplier() {
  unsigned m = 1;
  for (int tries = 0; tries < 1000; tries++, m = m * 1664525 + 1013904223)
    if (isPerfect(m | 1)) return m | 1;
  return 0;
}
constexpr unsigned keywordMultiplier = findMultiplier();
static_assert(keywordMultiplier != 0);

struct KeywordTable {
  uint8_t slots[keywordSlots] = {};
};
constexpr KeywordTable makeKeywordTable() {
  KeywordTable table;
  for (size_t t = static_cast<size_t>(Token::Break); t < tokenCount; t++) {
    const char* s = tokenTexts[t];
    table.slots[keywordHash(keywordMultiplier, static_cast<unsigned char>(s[0]), static_cast<unsigned char>(s[1]),
                            lengthOf(s))] = static_cast<uint8_t>(t);
  }
  return table;
}
constexpr KeywordTable keywords = makeKeywordTable();

constexpr int32_t lower(int32_t ch) { return ch | ('a' - 'A'); } // only for ASCII letters
constexpr bool isAsciiLetter(int32_t ch) { return ('a' <= lower(ch) && lower(ch) <= 'z') || ch == '_'; }
constexpr bool isDecimal(int32_t ch) { return '0' <= ch && ch <= '9'; }
constexpr bool isHex(int32_t ch) { return isDecimal(ch) || ('a' <= lower(ch) && lower(ch) <= 'f'); }

struct CharSet {
  bool has[256] = {};
};
constexpr CharSet makeIdentifierSet() {
  CharSet set;
  for (int c = 0; c < 128; c++) set.has[c] = isAsciiLetter(c) || isDecimal(c);
  return set;
}
constexpr CharSet identifierChars = makeIdentifierSet();
constexpr CharSet makePlainSet() { // may be skipped in comments and raw strings without a look
  CharSet set;
  for (int c = 1; c < 128; c++) set.has[c] = c != '\n' && c != '*' && c != '`' && c != '"' && c != '\\';
  return set;
}
constexpr CharSet plainChars = makePlainSet();

const char* baseName(int base) {
  switch (base) {
  case 2: return "binary";
  case 8: return "octal";
  case 10: return "decimal";
  default: return "hexadecimal";
  }
}

/// Index of the first '_' in a number that does not separate digits, or -1.
int invalidSeparator(llvm::StringRef text) {
  enum { Digit, Underscore, Other } before = Other;
  bool hexDigits = false;
  size_t i = 0;
  if (text.size() >= 2 && text[0] == '0') {
    int32_t prefix = lower(text[1]);
    hexDigits = prefix == 'x';
    if (prefix == 'x' || prefix == 'o' || prefix == 'b') {
      before = Digit; // a prefix counts as one
      i = 2;
    }
  }
  for (; i < text.size(); i++) {
    char c = text[i];
    if (c == '_') {
      if (before != Digit) return static_cast<int>(i);
      before = Underscore;
    } else if (isDecimal(c) || (hexDigits && isHex(c))) {
      before = Digit;
    } else {
      if (before == Underscore) return static_cast<int>(i - 1);
      before = Other;
    }
  }
  return before == Underscore ? static_cast<int>(text.size() - 1) : -1;
}

} // namespace

const char* tokenText(Token tok) { return tokenTexts[static_cast<size_t>(tok)]; }

Lexer::Lexer(llvm::StringRef text, LexEvents& events)
    : events_(events), read_(text.data()), end_(text.data() + text.size()), lineStart_(text.data()), start_(text.data()) {}

void Lexer::stop() {
  read_ = end_;
  ch_ = eof;
  width_ = 0;
  semiAtNewline_ = false;
  tok = Token::Eof;
}

void Lexer::nextCharSlow() {
  for (;;) {
    if (read_ == end_) {
      ch_ = eof;
      width_ = 0;
      return;
    }
    unsigned size = 1;
    unsigned char c = static_cast<unsigned char>(*read_);
    ch_ = c < 0x80 ? c : static_cast<int32_t>(decodeRune({read_, static_cast<size_t>(end_ - read_)}, size));
    width_ = static_cast<uint8_t>(size);
    read_ += size;
    if (ch_ == 0) {
      error("invalid NUL character");
    } else if (ch_ == static_cast<int32_t>(runeError) && size == 1) {
      error("invalid UTF-8 encoding");
    } else if (ch_ == 0xFEFF) { // a byte order mark may only begin the file
      if (line_ > 1 || column() > 1) error("invalid BOM in the middle of the file");
    } else {
      return;
    }
  }
}

void Lexer::setLiteral(ConstValue::LitKind kind, bool ok) {
  semiAtNewline_ = true;
  tok = Token::Literal;
  lit = segment();
  bad = !ok;
  litKind = kind;
}

void Lexer::operatorOnly(Op o, Precedence p) {
  op = o;
  prec = p;
  tok = Token::Operator;
}

void Lexer::operatorOrAssign(Op o, Precedence p) {
  operatorOnly(o, p);
  if (ch_ == '=') {
    nextChar();
    tok = Token::AssignOp;
  }
}

void Lexer::next() {
  bool semiAtNewline = semiAtNewline_;
  semiAtNewline_ = false;

  for (;;) { // again after a comment or a stray character
    uint32_t startLine = line_, startCol = column();
    while (ch_ == ' ' || ch_ == '\t' || (ch_ == '\n' && !semiAtNewline) || ch_ == '\r') nextChar();

    line = line_;
    col = column();
    blank = line > startLine || startCol == 1;
    start_ = here();
    if (isAsciiLetter(ch_)) {
      identifier();
      return;
    }
    switch (ch_) {
    case eof:
      if (semiAtNewline) {
        lit = "EOF";
        tok = Token::Semi;
      } else {
        tok = Token::Eof;
      }
      return;
    case '\n':
      nextChar();
      lit = "newline";
      tok = Token::Semi;
      return;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      number(false);
      return;
    case '"': string(); return;
    case '`': rawString(); return;
    case '\'': rune(); return;
    case '(': nextChar(); tok = Token::Lparen; return;
    case '[': nextChar(); tok = Token::Lbrack; return;
    case '{': nextChar(); tok = Token::Lbrace; return;
    case ',': nextChar(); tok = Token::Comma; return;
    case ';':
      nextChar();
      lit = "semicolon";
      tok = Token::Semi;
      return;
    case ')': nextChar(); semiAtNewline_ = true; tok = Token::Rparen; return;
    case ']': nextChar(); semiAtNewline_ = true; tok = Token::Rbrack; return;
    case '}': nextChar(); semiAtNewline_ = true; tok = Token::Rbrace; return;
    case ':':
      nextChar();
      tok = Token::Colon;
      if (ch_ == '=') {
        nextChar();
        tok = Token::Define;
      }
      return;
    case '.':
      nextChar();
      if (isDecimal(ch_)) {
        number(true);
        return;
      }
      tok = Token::Dot;
      if (ch_ == '.' && *read_ == '.') {
        nextChar();
        nextChar();
        tok = Token::DotDotDot;
      }
      return;
    case '+':
    case '-': {
      int32_t sign = ch_;
      nextChar();
      if (ch_ == sign) {
        nextChar();
        operatorOnly(sign == '+' ? Op::Add : Op::Sub, PrecAdd);
        semiAtNewline_ = true;
        tok = Token::IncOp;
        return;
      }
      operatorOrAssign(sign == '+' ? Op::Add : Op::Sub, PrecAdd);
      return;
    }
    case '*':
      nextChar();
      operatorOrAssign(Op::Mul, PrecMul);
      if (tok == Token::Operator) tok = Token::Star;
      return;
    case '/':
      nextChar();
      if (ch_ == '/') {
        nextChar();
        lineComment();
        continue;
      }
      if (ch_ == '*') {
        nextChar();
        fullComment();
        if (line_ > line && semiAtNewline) { // a comment of several lines acts like a newline
          lit = "newline";
          tok = Token::Semi;
          return;
        }
        continue;
      }
      operatorOrAssign(Op::Div, PrecMul);
      return;
    case '%': nextChar(); operatorOrAssign(Op::Rem, PrecMul); return;
    case '&':
      nextChar();
      if (ch_ == '&') {
        nextChar();
        operatorOnly(Op::AndAnd, PrecAndAnd);
        return;
      }
      if (ch_ == '^') {
        nextChar();
        operatorOrAssign(Op::AndNot, PrecMul);
        return;
      }
      operatorOrAssign(Op::And, PrecMul);
      return;
    case '|':
      nextChar();
      if (ch_ == '|') {
        nextChar();
        operatorOnly(Op::OrOr, PrecOrOr);
        return;
      }
      operatorOrAssign(Op::Or, PrecAdd);
      return;
    case '^': nextChar(); operatorOrAssign(Op::Xor, PrecAdd); return;
    case '<':
      nextChar();
      if (ch_ == '=') {
        nextChar();
        operatorOnly(Op::Leq, PrecCompare);
      } else if (ch_ == '<') {
        nextChar();
        operatorOrAssign(Op::Shl, PrecMul);
      } else if (ch_ == '-') {
        nextChar();
        tok = Token::Arrow;
      } else {
        operatorOnly(Op::Lss, PrecCompare);
      }
      return;
    case '>':
      nextChar();
      if (ch_ == '=') {
        nextChar();
        operatorOnly(Op::Geq, PrecCompare);
      } else if (ch_ == '>') {
        nextChar();
        operatorOrAssign(Op::Shr, PrecMul);
      } else {
        operatorOnly(Op::Gtr, PrecCompare);
      }
      return;
    case '=':
      nextChar();
      tok = Token::Assign;
      if (ch_ == '=') {
        nextChar();
        operatorOnly(Op::Eql, PrecCompare);
      }
      return;
    case '!':
      nextChar();
      if (ch_ == '=') {
        nextChar();
        operatorOnly(Op::Neq, PrecCompare);
        return;
      }
      operatorOnly(Op::Not, PrecNone);
      return;
    case '~':
      nextChar();
      operatorOnly(Op::Tilde, PrecNone);
      return;
    default:
      if (ch_ >= 0x80 && atIdentifierChar(true)) {
        nextChar();
        identifier();
        return;
      }
      error("invalid character " + describeRune(static_cast<uint32_t>(ch_)));
      nextChar();
      continue;
    }
  }
}

// ---- identifiers and keywords

void Lexer::identifier() {
  while (ch_ < 0x80 && ch_ != eof && identifierChars.has[ch_]) { // more than once only around bytes that were errors
    const char* p = read_;
    while (identifierChars.has[static_cast<unsigned char>(*p)]) p++;
    read_ = p;
    nextChar();
  }
  if (ch_ >= 0x80) {
    while (atIdentifierChar(false)) nextChar();
  }
  lit = segment();
  semiAtNewline_ = true;
  tok = Token::Name;
  if (lit.size() < 2) return;
  unsigned h = keywordHash(keywordMultiplier, static_cast<unsigned char>(lit[0]), static_cast<unsigned char>(lit[1]),
                           lit.size());
  uint8_t candidate = keywords.slots[h];
  if (candidate == 0 || lit != tokenTexts[candidate]) return;
  tok = static_cast<Token>(candidate);
  semiAtNewline_ = tok == Token::Break || tok == Token::Continue || tok == Token::Fallthrough || tok == Token::Return;
}

bool Lexer::atIdentifierChar(bool first) {
  if (ch_ == eof) return false;
  uint32_t r = static_cast<uint32_t>(ch_);
  if (isLetterRune(r) || r == '_') return true;
  if (isDigitRune(r)) {
    if (first) error("identifier cannot begin with digit " + describeRune(r));
    return true;
  }
  if (r >= 0x80) {
    error("invalid character " + describeRune(r) + " in identifier");
    return true;
  }
  return false;
}

// ---- literals

/// Bit 0: there were digits; bit 1: there were underscores. *invalid: offset in the token of the first digit >= base.
unsigned Lexer::digits(int base, int* invalid) {
  unsigned seen = 0;
  if (base <= 10) {
    int32_t limit = '0' + base;
    for (; isDecimal(ch_) || ch_ == '_'; nextChar()) {
      if (ch_ == '_') {
        seen |= 2;
        continue;
      }
      if (ch_ >= limit && invalid && *invalid < 0) *invalid = static_cast<int>(column() - col);
      seen |= 1;
    }
  } else {
    for (; isHex(ch_) || ch_ == '_'; nextChar()) seen |= ch_ == '_' ? 2 : 1;
  }
  return seen;
}

void Lexer::number(bool seenPoint) {
  bool ok = true;
  ConstValue::LitKind kind = ConstValue::LitKind::Int;
  int base = 10;
  char prefix = 0; // 0: decimal, '0': leading zero, else 'x', 'o' or 'b'
  unsigned seen = 0;
  int invalid = -1;

  if (!seenPoint) {
    if (ch_ == '0') {
      nextChar();
      switch (lower(ch_)) {
      case 'x': nextChar(); base = 16; prefix = 'x'; break;
      case 'o': nextChar(); base = 8; prefix = 'o'; break;
      case 'b': nextChar(); base = 2; prefix = 'b'; break;
      default:
        base = 8;
        prefix = '0';
        seen = 1;
      }
    }
    seen |= digits(base, &invalid);
    if (ch_ == '.') {
      if (prefix == 'o' || prefix == 'b') {
        error(std::string("invalid radix point in ") + baseName(base) + " literal");
        ok = false;
      }
      nextChar();
      seenPoint = true;
    }
  }
  if (seenPoint) {
    kind = ConstValue::LitKind::Float;
    seen |= digits(base, &invalid);
  }
  if (!(seen & 1) && ok) {
    error(std::string(baseName(base)) + " literal has no digits");
    ok = false;
  }

  int32_t e = lower(ch_);
  if (ch_ != eof && (e == 'e' || e == 'p')) {
    if (ok) {
      if (e == 'e' && prefix != 0 && prefix != '0') {
        error(quoteRune(static_cast<uint32_t>(ch_)) + " exponent requires decimal mantissa");
        ok = false;
      } else if (e == 'p' && prefix != 'x') {
        error(quoteRune(static_cast<uint32_t>(ch_)) + " exponent requires hexadecimal mantissa");
        ok = false;
      }
    }
    nextChar();
    kind = ConstValue::LitKind::Float;
    if (ch_ == '+' || ch_ == '-') nextChar();
    seen = digits(10, nullptr) | (seen & 2);
    if (!(seen & 1) && ok) {
      error("exponent has no digits");
      ok = false;
    }
  } else if (prefix == 'x' && kind == ConstValue::LitKind::Float && ok) {
    error("hexadecimal mantissa requires a 'p' exponent");
    ok = false;
  }
  if (ch_ == 'i') {
    kind = ConstValue::LitKind::Imag;
    nextChar();
  }

  setLiteral(kind, ok);
  if (kind == ConstValue::LitKind::Int && invalid >= 0 && ok) {
    errorAt(static_cast<uint32_t>(invalid), "invalid digit " + quoteRune(static_cast<unsigned char>(lit[invalid])) +
                                                " in " + baseName(base) + " literal");
    ok = false;
  }
  if ((seen & 2) && ok) {
    int at = invalidSeparator(lit);
    if (at >= 0) {
      errorAt(static_cast<uint32_t>(at), "'_' must separate successive digits");
      ok = false;
    }
  }
  bad = !ok;
}

void Lexer::rune() {
  bool ok = true;
  nextChar();
  for (unsigned n = 0;; n++) {
    if (ch_ == '\'') {
      if (ok && n == 0) {
        error("empty rune literal or unescaped '");
        ok = false;
      } else if (ok && n != 1) {
        errorAt(0, "more than one character in rune literal");
        ok = false;
      }
      nextChar();
      break;
    }
    if (ch_ == '\\') {
      nextChar();
      if (!escape('\'')) ok = false;
      continue;
    }
    if (ch_ == '\n') {
      if (ok) error("newline in rune literal");
      ok = false;
      break;
    }
    if (ch_ == eof) {
      if (ok) errorAt(0, "rune literal not terminated");
      ok = false;
      break;
    }
    nextChar();
  }
  setLiteral(ConstValue::LitKind::Rune, ok);
}

void Lexer::string() {
  bool ok = true;
  nextChar();
  for (;;) {
    if (ch_ == '"') {
      nextChar();
      break;
    }
    if (ch_ == '\\') {
      nextChar();
      if (!escape('"')) ok = false;
      continue;
    }
    if (ch_ == '\n') {
      error("newline in string");
      ok = false;
      break;
    }
    if (ch_ == eof) {
      errorAt(0, "string not terminated");
      ok = false;
      break;
    }
    while (plainChars.has[static_cast<unsigned char>(*read_)]) read_++;
    nextChar();
  }
  setLiteral(ConstValue::LitKind::String, ok);
}

void Lexer::rawString() {
  bool ok = true;
  nextChar();
  while (ch_ != '`') {
    if (ch_ == eof) {
      errorAt(0, "string not terminated");
      ok = false;
      break;
    }
    nextChar();
  }
  if (ok) nextChar();
  setLiteral(ConstValue::LitKind::String, ok); // carriage returns stay in the text, not in the value
}

bool Lexer::escape(int32_t quote) {
  if (ch_ == quote) {
    nextChar();
    return true;
  }
  int count, base;
  uint32_t limit;
  switch (ch_) {
  case 'a': case 'b': case 'f': case 'n': case 'r': case 't': case 'v': case '\\':
    nextChar();
    return true;
  case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
    count = 3, base = 8, limit = 255;
    break;
  case 'x':
    nextChar();
    count = 2, base = 16, limit = 255;
    break;
  case 'u':
    nextChar();
    count = 4, base = 16, limit = 0x10FFFF;
    break;
  case 'U':
    nextChar();
    count = 8, base = 16, limit = 0x10FFFF;
    break;
  default:
    if (ch_ == eof) return true; // reported by the caller
    error("unknown escape");
    return false;
  }
  uint32_t value = 0;
  for (; count > 0; count--) {
    if (ch_ == eof) return true;
    uint32_t d = static_cast<uint32_t>(base);
    if (isDecimal(ch_))
      d = static_cast<uint32_t>(ch_ - '0');
    else if ('a' <= lower(ch_) && lower(ch_) <= 'f')
      d = static_cast<uint32_t>(lower(ch_) - 'a' + 10);
    if (d >= static_cast<uint32_t>(base)) {
      error("invalid character " + quoteRune(static_cast<uint32_t>(ch_)) + " in " + baseName(base) + " escape");
      return false;
    }
    value = value * static_cast<uint32_t>(base) + d;
    nextChar();
  }
  if (value > limit && base == 8) {
    error("octal escape value " + std::to_string(value) + " > 255");
    return false;
  }
  if (value > limit || (0xD800 <= value && value < 0xE000)) {
    error("escape is invalid Unicode code point " + describeRune(value));
    return false;
  }
  return true;
}

// ---- comments

void Lexer::skipLine() { // leaves the newline, which may stand for a semicolon
  while (ch_ != eof && ch_ != '\n') {
    while (plainChars.has[static_cast<unsigned char>(*read_)]) read_++;
    nextChar();
  }
}

bool Lexer::skipComment() {
  while (ch_ != eof) {
    while (ch_ == '*') {
      nextChar();
      if (ch_ == '/') {
        nextChar();
        return true;
      }
    }
    if (ch_ == eof) break;
    if (ch_ != '\n') {
      while (plainChars.has[static_cast<unsigned char>(*read_)]) read_++;
    }
    nextChar();
  }
  errorAt(0, "comment not terminated");
  return false;
}

bool Lexer::matchPrefix(llvm::StringRef prefix) {
  for (char c : prefix) {
    if (ch_ != c) return false;
    nextChar();
  }
  return true;
}

void Lexer::lineComment() {
  bool isDirective = (ch_ == 'g' && matchPrefix("go:")) || (ch_ == 'l' && matchPrefix("line "));
  skipLine();
  if (isDirective) events_.directive(line, col, segment());
}

void Lexer::fullComment() {
  bool isDirective = ch_ == 'l' && matchPrefix("line ");
  if (skipComment() && isDirective) events_.directive(line, col, segment());
}

} // namespace stoat
