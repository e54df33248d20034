// UTF-8 and Unicode as Go defines them (unicode/utf8, package unicode's categories, strconv.Quote and Unquote).
#pragma once
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace stoat {

/// The text of an errno value as Go prints it: "no such file or directory".
std::string systemErrorText(int error);

inline constexpr uint32_t runeError = 0xFFFD;

/// Decodes the first rune of non-empty text; invalid encodings (surrogates and overlong forms too) give runeError with size 1.
uint32_t decodeRune(llvm::StringRef text, unsigned& size);
void appendRune(std::string& out, uint32_t rune); // invalid runes append U+FFFD

bool isLetterRune(uint32_t rune); // category L
bool isDigitRune(uint32_t rune);  // category Nd
bool isUpperRune(uint32_t rune);  // category Lu
bool isPrintRune(uint32_t rune);  // as strconv.IsPrint (by LLVM's table above Latin-1)
/// Whether the first rune is upper case: the name is exported.
bool isExportedName(llvm::StringRef name);

/// Double-quoted Go form; invalid UTF-8 as \x escapes.
std::string quote(llvm::StringRef bytes);
/// As fmt's %q of a rune: 'x', '\n', '\u00a0'.
std::string quoteRune(uint32_t rune);
/// As fmt's %#U: U+0023 '#', without the character when it cannot be printed.
std::string describeRune(uint32_t rune);
/// Value of a string ("..." or `...`) or rune ('x') literal; false on malformed text.
bool unquote(llvm::StringRef literal, std::string& out);
bool unquoteRune(llvm::StringRef literal, uint32_t& rune);

} // namespace stoat
