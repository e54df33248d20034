// Tokens of Go source, one at a time, with gc's automatic semicolons and its error texts (cf. cmd/compile/internal/syntax's
// scanner). Allocates nothing: token text is a slice of the source, which must end with a NUL byte past its end.
//
// Columns are byte offsets in the line, from 1. Everything is O(length of the source), whatever its bytes.
#pragma once
#include "base/const_value.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace stoat {

enum class Token : uint8_t {
#define TOKEN(NAME, TEXT) NAME,
#include "syntax/token_kinds.def"
#undef TOKEN
};
const char* tokenText(Token tok);
inline bool isKeyword(Token tok) { return tok >= Token::Break; }

enum Precedence : uint8_t { PrecNone, PrecOrOr, PrecAndAnd, PrecCompare, PrecAdd, PrecMul };

/// What a lexer tells its user besides tokens.
class LexEvents {
public:
  virtual void lexError(uint32_t line, uint32_t col, std::string message) = 0;
  /// A comment that starts with //go: or //line or /*line; `text` holds all of it but the final newline.
  virtual void directive(uint32_t line, uint32_t col, llvm::StringRef text) = 0;

protected:
  ~LexEvents() = default;
};

class Lexer {
public:
  /// `text.data()[text.size()]` must be readable and 0.
  Lexer(llvm::StringRef text, LexEvents& events);
  void next();
  /// From now on the source is at its end.
  void stop();

  // The current token.
  Token tok = Token::None;
  Op op = Op::None;         // of Operator, Star, AssignOp and IncOp
  uint8_t prec = PrecNone;  // of the same
  bool blank = false;       // the line is blank up to the token (or directive)
  bool bad = false;         // of Literal: there was an error in it
  ConstValue::LitKind litKind = ConstValue::LitKind::Int;
  uint32_t line = 0, col = 0;
  llvm::StringRef lit; // of Name and Literal; of Semi "semicolon", "newline" or "EOF"

private:
  static constexpr int32_t eof = -1;

  void nextChar() {
    if (ch_ == '\n') {
      line_++;
      lineStart_ = read_;
    }
    unsigned char c = static_cast<unsigned char>(*read_);
    if (c < 0x80 && c != 0) [[likely]] {
      read_++;
      ch_ = c;
      width_ = 1;
      return;
    }
    nextCharSlow();
  }
  void nextCharSlow();
  const char* here() const { return read_ - width_; } // first byte of ch_
  uint32_t column() const { return static_cast<uint32_t>(here() - lineStart_) + 1; }
  llvm::StringRef segment() const { return {start_, static_cast<size_t>(here() - start_)}; }
  void error(std::string message) { events_.lexError(line_, column(), std::move(message)); }
  void errorAt(uint32_t offset, std::string message) { events_.lexError(line, col + offset, std::move(message)); }

  void setLiteral(ConstValue::LitKind kind, bool ok);
  void identifier();
  bool atIdentifierChar(bool first);
  unsigned digits(int base, int* invalid);
  void number(bool seenPoint);
  void rune();
  void string();
  void rawString();
  bool escape(int32_t quote);
  void skipLine();
  bool skipComment();
  void lineComment();
  void fullComment();
  bool matchPrefix(llvm::StringRef prefix);
  void operatorOrAssign(Op o, Precedence p);
  void operatorOnly(Op o, Precedence p);

  LexEvents& events_;
  const char* read_;      // next byte to read
  const char* end_;
  const char* lineStart_;
  const char* start_;     // of the current token
  int32_t ch_ = ' ';      // most recently read character, or eof
  uint8_t width_ = 0;     // its bytes
  bool semiAtNewline_ = false;
  uint32_t line_ = 1;     // of ch_
};

} // namespace stoat
