// Runes, quoting, source positions and the filtering of diagnostics.
#include "base/diag.h"
#include "base/text.h"
#include <gtest/gtest.h>

using namespace stoat;

namespace {

TEST(Text, DecodeRejectsWhatGoRejects) {
  unsigned size;
  EXPECT_EQ(decodeRune("\xc3\xa9", size), 0xe9u);
  EXPECT_EQ(size, 2u);
  for (llvm::StringRef bad : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_EQ(decodeRune(bad, size), runeError);
    EXPECT_EQ(size, 1u);
  }
}

TEST(Text, Categories) {
  EXPECT_TRUE(isLetterRune(0x4e16));
  EXPECT_TRUE(isLetterRune(0xe9));
  EXPECT_FALSE(isLetterRune(0xd7)); // multiplication sign
  EXPECT_TRUE(isDigitRune(0x661));  // Arabic-Indic one
  EXPECT_FALSE(isDigitRune(0xb2));  // superscript two
  EXPECT_TRUE(isUpperRune(0x100));
  EXPECT_FALSE(isUpperRune(0x101));
  EXPECT_TRUE(isUpperRune(0x391));
  EXPECT_TRUE(isExportedName("Éa"));
  EXPECT_FALSE(isExportedName("éA"));
  EXPECT_FALSE(isExportedName("_A"));
  EXPECT_FALSE(isExportedName("世"));
}

TEST(Text, Quoting) {
  EXPECT_EQ(quote("a\"\\\n\x01\x7f\xff"), "\"a\\\"\\\\\\n\\x01\\x7f\\xff\"");
  EXPECT_EQ(quote("\u00a0é\u2028"), "\"\\u00a0é\\u2028\"");
  EXPECT_EQ(quoteRune('\''), "'\\''");
  EXPECT_EQ(quoteRune('"'), "'\"'");
  EXPECT_EQ(describeRune('#'), "U+0023 '#'");
  EXPECT_EQ(describeRune(0), "U+0000");
  EXPECT_EQ(describeRune(0xd800), "U+D800");
}

TEST(Source, LineDirectivesMapPositions) {
  SourceTable table;
  uint16_t file = table.addFile("a.go");
  uint16_t line = table.addLineBase(file, {file, 1, 5}, "b.y", 100, 0);
  uint16_t column = table.addLineBase(file, {file, 20, 7}, "c.y", 3, 4);
  EXPECT_EQ(table.format({file, 2, 3}), "a.go:3:2");
  EXPECT_EQ(table.format({line, 9, 6}), "b.y:101"); // without column
  EXPECT_EQ(table.format({column, 22, 7}), "c.y:3:6");
  EXPECT_EQ(table.format({column, 22, 8}), "c.y:4:22");
  EXPECT_EQ(table.format({}), "<unknown position>");
  EXPECT_EQ(table.fileOf({column, 1, 8}), file);
}

TEST(PathRewriter, TrimsAndReplacesRoot) {
  PathRewriter plain("", "");
  EXPECT_EQ(plain.recorded("/go/src/fmt/print.go"), "/go/src/fmt/print.go");
  EXPECT_EQ(plain.expanded("$GOROOT/src/fmt/print.go"), "$GOROOT/src/fmt/print.go");
  PathRewriter root("/go/", "");
  EXPECT_EQ(root.recorded("/go/src/fmt/print.go"), "$GOROOT/src/fmt/print.go");
  EXPECT_EQ(root.recorded("/gopher/x.go"), "/gopher/x.go");
  EXPECT_EQ(root.recorded("/home/go/x.go"), "/home/go/x.go");
  EXPECT_EQ(root.recorded(""), "");
  EXPECT_EQ(root.expanded(root.recorded("/go/src/a.go")), "/go/src/a.go");
  EXPECT_EQ(root.expanded("$GOROOTS/a.go"), "$GOROOTS/a.go");
  PathRewriter both("/go", "/tmp/b001=>;/go/src/fmt=>fmt;/home/me=>example.com/m@v1/;/var/x");
  EXPECT_EQ(both.recorded("/tmp/b001/_testmain.go"), "_testmain.go");
  EXPECT_EQ(both.recorded("/tmp/b0012/x.go"), "/tmp/b0012/x.go");
  EXPECT_EQ(both.recorded("/go/src/fmt/print.go"), "fmt/print.go");
  EXPECT_EQ(both.recorded("/home/me/a/b.go"), "example.com/m@v1/a/b.go");
  EXPECT_EQ(both.recorded("/var/x/y.go"), "y.go");
  EXPECT_EQ(both.trimmed("/go/src/os/file.go"), "/go/src/os/file.go");
  EXPECT_EQ(both.recorded("/go/src/os/file.go"), "$GOROOT/src/os/file.go");
}

TEST(Diag, SortsFiltersAndStops) {
  SourceTable table;
  uint16_t file = table.addFile("a.go");
  DiagEngine diag(table);
  diag.report({file, 5, 9}, DiagKind::Syntax, "later");
  diag.report({file, 1, 2}, DiagKind::Syntax, "syntax error: one");
  diag.report({file, 8, 2}, DiagKind::Syntax, "syntax error: on the same line");
  diag.report({file, 6, 9}, DiagKind::Syntax, "later");
  diag.report({file, 7, 9}, DiagKind::Syntax, "other");
  std::string out;
  EXPECT_EQ(diag.flush(out), 3u);
  EXPECT_EQ(out, "a.go:2:1: syntax error: one\na.go:9:5: later\na.go:9:7: other\n");

  DiagEngine many(table);
  for (uint32_t i = 1; i <= 30; i++) many.report({file, 1, i}, DiagKind::Syntax, "e");
  out.clear();
  many.flush(out);
  EXPECT_TRUE(llvm::StringRef(out).ends_with("a.go:10:1: e\na.go:10:1: too many errors\n"));
}

} // namespace
