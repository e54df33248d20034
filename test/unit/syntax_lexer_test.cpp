// Tokens, automatic semicolons and the messages for malformed ones.
#include "syntax/parser.h"
#include <gtest/gtest.h>

using namespace stoat;

namespace {

std::string errorsOf(const DiagEngine& diag) {
  std::string out;
  for (const Diagnostic& d : diag.all())
    out += std::to_string(d.pos.line) + ":" + std::to_string(d.pos.col) + ": " + d.message + "\n";
  return out;
}

std::string tokens(llvm::StringRef text) {
  SourceTable sources;
  DiagEngine diag(sources);
  std::string out;
  dumpTokens(diag, sources.addFile("a.go"), text, out);
  return out + errorsOf(diag);
}

/// The one error in a file whose variable x is initialised by `literal`; it begins at 2:9.
std::string literalError(llvm::StringRef literal) {
  SourceTable sources;
  DiagEngine diag(sources);
  Arena arena;
  parseFile(arena, diag, sources.addFile("a.go"), "a.go", "package p\nvar x = " + literal.str() + "\n");
  return errorsOf(diag);
}

TEST(Lexer, Semicolons) {
  EXPECT_EQ(tokens("a\nbreak\n)\n]\n}\n1\n'x'\n\"s\"\nx++\nif\n+\n"),
            "1:1 name a\n1:2 ; newline\n2:1 break\n2:6 ; newline\n3:1 )\n3:2 ; newline\n4:1 ]\n4:2 ; newline\n5:1 }\n"
            "5:2 ; newline\n6:1 literal 1\n6:2 ; newline\n7:1 literal 'x'\n7:4 ; newline\n8:1 literal \"s\"\n8:4 ; newline\n"
            "9:1 name x\n9:2 op ++\n9:4 ; newline\n10:1 if\n11:1 op +\n12:1 EOF\n");
  EXPECT_EQ(tokens("a"), "1:1 name a\n1:2 ; EOF\n1:2 EOF\n");
  EXPECT_EQ(tokens("a /* x */ b"), "1:1 name a\n1:11 name b\n1:12 ; EOF\n1:12 EOF\n");
  EXPECT_EQ(tokens("a /* x\n */ b"), "1:1 name a\n1:3 ; newline\n2:5 name b\n2:6 ; EOF\n2:6 EOF\n");
  EXPECT_EQ(tokens("a // x\nb"), "1:1 name a\n1:7 ; newline\n2:1 name b\n2:2 ; EOF\n2:2 EOF\n");
  EXPECT_EQ(tokens("return;"), "1:1 return\n1:7 ; semicolon\n1:8 EOF\n");
}

TEST(Lexer, Operators) {
  EXPECT_EQ(tokens("& &^ &^= && | || ||= < <- << <<= ... .. ~ != * *= --"),
            "1:1 op &\n1:3 op &^\n1:6 op &^=\n1:10 op &&\n1:13 op |\n1:15 op ||\n1:18 op ||\n1:20 =\n1:22 op <\n1:24 <-\n"
            "1:27 op <<\n1:30 op <<=\n1:34 ...\n1:38 .\n1:39 .\n1:41 op ~\n1:43 op !=\n1:46 *\n1:48 op *=\n1:51 op --\n"
            "1:53 ; EOF\n1:53 EOF\n");
}

TEST(Lexer, Names) {
  EXPECT_EQ(tokens("é_世1 gofor breaks"), "1:1 name é_世1\n1:9 name gofor\n1:15 name breaks\n1:21 ; EOF\n1:21 EOF\n");
  EXPECT_EQ(tokens("a\xd9\xa1"), "1:1 name a\xd9\xa1\n1:4 ; EOF\n1:4 EOF\n");
  EXPECT_EQ(tokens("\xd9\xa1"), "1:1 name \xd9\xa1\n1:3 ; EOF\n1:3 EOF\n1:1: identifier cannot begin with digit U+0661 '\xd9\xa1'\n");
  EXPECT_EQ(tokens("a€"), "1:1 name a€\n1:5 ; EOF\n1:5 EOF\n1:2: invalid character U+20AC '€' in identifier\n");
  EXPECT_EQ(tokens("#"), "1:2 EOF\n1:1: invalid character U+0023 '#'\n");
}

TEST(Lexer, Encoding) {
  EXPECT_EQ(tokens(llvm::StringRef("a\0b", 3)), std::string("1:1 name a\0b\n1:4 ; EOF\n1:4 EOF\n1:2: invalid NUL character\n", 58));
  EXPECT_EQ(tokens("\"\xff\""), "1:1 literal \"\xff\"\n1:4 ; EOF\n1:4 EOF\n1:2: invalid UTF-8 encoding\n");
  EXPECT_EQ(tokens("\xef\xbb\xbf""a"), "1:4 name a\n1:5 ; EOF\n1:5 EOF\n");
  EXPECT_EQ(tokens("a\xef\xbb\xbf"), "1:1 name a\xef\xbb\xbf\n1:5 ; EOF\n1:5 EOF\n1:2: invalid BOM in the middle of the file\n");
}

TEST(Lexer, LiteralErrors) {
  const std::pair<const char*, const char*> cases[] = {
      {"0x", "2:11: hexadecimal literal has no digits\n"},
      {"0b", "2:11: binary literal has no digits\n"},
      {"0o8", "2:11: invalid digit '8' in octal literal\n"},
      {"089", "2:10: invalid digit '8' in octal literal\n"},
      {"0b12", "2:12: invalid digit '2' in binary literal\n"},
      {"0o1.5", "2:12: invalid radix point in octal literal\n"},
      {"0x1.5", "2:14: hexadecimal mantissa requires a 'p' exponent\n"},
      {"1p5", "2:10: 'p' exponent requires hexadecimal mantissa\n"},
      {"0b1e5", "2:12: 'e' exponent requires decimal mantissa\n"},
      {"1e", "2:11: exponent has no digits\n"},
      {"1__0", "2:11: '_' must separate successive digits\n"},
      {"1_", "2:10: '_' must separate successive digits\n"},
      {"0_x1", "2:10: '_' must separate successive digits\n2:11: syntax error: unexpected name x1 after top level declaration\n"},
      {"''", "2:10: empty rune literal or unescaped '\n"},
      {"'ab'", "2:9: more than one character in rune literal\n"},
      {"'a", "2:11: newline in rune literal\n"},
      {"\"a", "2:11: newline in string\n"},
      {"`a", "2:9: string not terminated\n"},
      {"\"\\q\"", "2:11: unknown escape\n"},
      {"'\\400'", "2:14: octal escape value 256 > 255\n"},
      {"\"\\xg0\"", "2:12: invalid character 'g' in hexadecimal escape\n"},
      {"\"\\ud800\"", "2:16: escape is invalid Unicode code point U+D800\n"},
      {"\"\\U00110000\"", "2:20: escape is invalid Unicode code point U+110000\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(literalError(c.first), c.second) << c.first;
  for (const char* good : {"0x_1p-2", "0777", "0_1", "09.5", "08i", "1_0e1_0", ".5i", "'\\''", "\"\\u00e9\\x00\\377\"", "`\\`"})
    EXPECT_EQ(literalError(good), "") << good;
  EXPECT_EQ(literalError("1 /* a"), "2:11: comment not terminated\n");
}

} // namespace
