// regexp: matching, groups, replacement, splitting, all engines (one-pass, backtracking, NFA).
//
// RUN: %run %s
package main

import (
	"fmt"
	"regexp"
	"strings"
)

func main() {
	date := regexp.MustCompile(`(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})`)
	text := "from 2024-02-29 to 2026-12-31, not 99-1-1"
	fmt.Println(date.FindAllString(text, -1), date.FindStringSubmatchIndex(text), date.SubexpNames())
	fmt.Println(date.ReplaceAllString(text, "${day}.$month.${year}"))
	fmt.Println(date.ReplaceAllStringFunc(text, strings.ToUpper), date.NumSubexp())

	for _, c := range []struct{ re, s string }{
		{`^a*b+c?$`, "aaabb"}, {`(a|ab)(c|bcd)(d*)`, "abcd"}, {`(?i)straße`, "STRASSE straße STRAßE"},
		{`\bfoo\b`, "a foo, food"}, {`[^\x00-\x7F]+`, "plain ünïcödé 日本"}, {`(?m)^(\w+):\s*(.*)$`, "k1: v1\nk2:v2\n"},
		{`(x+x+)+y`, strings.Repeat("x", 40)}, {`\p{Greek}+`, "abc αβγ"}, {`a{2,3}?`, "aaaaa"}, {`()`, "xy"},
	} {
		re := regexp.MustCompile(c.re)
		fmt.Printf("%-28s %v %q\n", c.re, re.MatchString(c.s), re.FindAllStringSubmatch(c.s, 3))
	}
	fmt.Printf("%q\n", regexp.MustCompile(`\s*[,;]\s*`).Split("a , b;c ;  d,", -1))
	for _, bad := range []string{`a(b`, `[z-a]`, `*x`, `a{1001}`, `\q`, `(?P<n>a)(?P<n>b)`} {
		_, err := regexp.Compile(bad)
		fmt.Println(err)
	}
	big := strings.Repeat("ab12 ", 2000)
	fmt.Println(len(regexp.MustCompile(`[a-z]+(\d+)`).FindAllString(big, -1)), regexp.QuoteMeta("a.b*c[d]"))
}
