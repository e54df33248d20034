// Area strings: invalid UTF-8 in ranges and conversions, bytes and runes, slicing, comparison, switches, builders.
package main

import (
	"fmt"
)

var stringsArea = &area{
	name:   "strings",
	simple: []func(*gen){assignment, logValue, rangeString, stringSlices},
	whole:  []func(*gen){rangeString, convertStrings, stringSwitch, stringCompare, byteLoop, appendString, stringBuilder, stringMap, runeConversions, stringPanics, concatenations},
}

func (g *gen) stringExpr(t *typ, depth int) expr {
	wrap := func(format string, args ...any) expr {
		s := fmt.Sprintf(format, args...)
		if t.named {
			return expr{t.name + "(" + s + ")", false}
		}
		return expr{"(" + s + ")", false}
	}
	switch g.r.IntN(9) {
	case 0, 1:
		x, y := g.twoSides(t, depth-1)
		return dynamic("(%s + %s)", x, y)
	case 2:
		v := g.value(t, 0)
		return wrap("%s[rt.Ix(%s, len(%s)):]", v, g.value(intType, depth-1), v)
	case 3:
		v := g.value(t, 0)
		return wrap("%s[:rt.Ix(%s, len(%s)+1)]", v, g.value(intType, depth-1), v)
	case 4:
		return wrap("string(%s)", g.value(bytesType, depth-1))
	case 5:
		return wrap("string(%s)", g.value(runesType, depth-1))
	case 6:
		return wrap("string(rune(%s))", g.value(g.integer(), depth-1))
	case 7:
		return wrap("string(%s)", g.value(pick(g, []*typ{stringType, g.namedString}), depth-1))
	}
	if t.named {
		return g.leaf(t)
	}
	x, y := g.twoSides(t, depth-1)
	return dynamic("%s(%s, %s)", pick(g, []string{"min", "max"}), x, y)
}

// strings is a table with the invalid ones.
func (g *gen) strings(n int) string {
	s := "[...]string{"
	for i := range n {
		if i > 0 {
			s += ", "
		}
		if g.chance(30) {
			s += g.value(stringType, 1)
		} else {
			s += g.stringText()
		}
	}
	return s + "}"
}

func rangeString(g *gen) {
	i, c := g.name("i"), g.name("c")
	mark := g.open("for %s, %s := range %s", i, c, g.expr(stringType, 2).s)
	trips := g.trips
	g.trips *= 20
	g.p("h.V(%q, %s)", i, i)
	if g.chance(30) {
		g.p("if %s == utf8.RuneError { h.E(%d); continue }", c, g.r.IntN(99))
	}
	g.vars = append(g.vars, &variable{i, intType, true}, &variable{c, runeType, true})
	if trips < 8 {
		g.statement(areaNamed("strings"), true)
	}
	g.close(mark)
	g.trips = trips
}

func stringSlices(g *gen) {
	s := g.name("s")
	g.p("%s := %s", s, g.bounded(stringType, g.value(stringType, 2)))
	g.declare(s, stringType)
	g.p("if i, j := rt.Ix(%[2]s, len(%[1]s)+1), rt.Ix(%[3]s, len(%[1]s)+1); i <= j { h.V(\"part\", %[1]s[i:j]); h.V(\"rest\", %[1]s[j:] + %[1]s[:i]) } else { h.V(\"count\", i-j) }", s, g.value(intType, 1), g.value(intType, 1))
}

func convertStrings(g *gen) {
	s := g.name("s")
	g.p("for _, %s := range %s {", s, g.strings(5))
	g.p("\tb, r := []byte(%s), []rune(%s)", s, s)
	g.p("\th.V(\"bytes\", b)")
	g.p("\th.V(\"runes\", r)")
	g.p("\th.V(\"same\", [...]bool{string(b) == %[1]s, string(r) == %[1]s, len(r) == utf8.RuneCountInString(%[1]s), utf8.ValidString(%[1]s)})", s)
	g.p("\tif len(b) > 0 { b[len(b)/2] ^= 0x%x; h.V(\"kept\", %s); h.V(\"changed\", string(b)) }", 1+g.r.IntN(255), s)
	g.p("\tfor i, x := range []byte(%s) { if i > 2 { break }; h.V(\"x\", x) }", s)
	g.p("\tfor i := range []rune(%s) { h.V(\"i\", i); if i == %d { break } }", s, g.r.IntN(4))
	g.p("\th.V(\"len\", len([]rune(%s)) + len([]byte(%s+\"é\")))", s, s)
	g.p("}")
}

func stringSwitch(g *gen) {
	s := g.name("s")
	seen := map[string]bool{}
	g.p("for _, %s := range %s {", s, g.strings(6))
	g.p("\tswitch %s {", s)
	for n := range 3 + g.r.IntN(8) {
		text := g.stringText()
		if seen[text] {
			continue
		}
		seen[text] = true
		g.p("\tcase %s:", text)
		g.p("\t\th.E(%d)", n)
		if g.chance(20) && n < 2 {
			g.p("\t\tfallthrough")
			g.p("\tcase %s + \"~%d\":", g.value(stringType, 0), n)
			g.p("\t\th.E(%d)", 100+n)
		}
	}
	if g.chance(60) {
		g.p("\tdefault:\n\t\th.V(\"other\", %s)", s)
	}
	g.p("\t}")
	g.p("\tswitch string([]byte(%s)) {\n\tcase \"a\", \"hello\":\n\t\th.E(7)\n\tcase \"\":\n\t\th.E(8)\n\t}", s)
	g.p("}")
}

func stringCompare(g *gen) {
	x, y := g.name("x"), g.name("y")
	g.p("for _, %s := range %s {", x, g.strings(4))
	g.p("\tfor _, %s := range %s {", y, g.strings(4))
	g.p("\t\th.V(\"compare\", [...]bool{%[1]s < %[2]s, %[1]s <= %[2]s, %[1]s > %[2]s, %[1]s >= %[2]s, %[1]s == %[2]s, %[1]s != %[2]s, %[1]s+%[2]s == %[2]s+%[1]s, %[1]s < \"b\", %[1]s == \"hello\", len(%[1]s) == len(%[2]s)})", x, y)
	g.p("\t\th.V(\"least\", min(%s, %s, \"m\"))", x, y)
	g.p("\t\th.V(\"cut\", strings.Contains(%s, %s) || strings.HasPrefix(%s, %s))", x, y, y, x)
	g.p("\t}")
	g.p("}")
}

func byteLoop(g *gen) {
	s, n := g.name("s"), g.name("n")
	g.p("%s, %s := %s, %s", s, n, g.bounded(stringType, g.value(stringType, 2)), "0")
	g.declare(n, intType)
	g.p("for i := 0; i < len(%s); i++ {", s)
	g.p("\tc := %s[i]", s)
	g.p("\tswitch { case 'a' <= c && c <= 'z': %[1]s += int(c - 'a'); case c >= 0x80: %[1]s ^= int(int8(c)); case c == ' ', c == '\\x00': %[1]s++; default: %[1]s = %[1]s*3 - 1 }", n)
	g.p("}")
	g.p("{")
	g.p("b := []byte(%s + %q)", s, "tail")
	g.p("for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 { b[i], b[j] = b[j], b[i] }")
	g.p("h.V(\"reversed\", string(b))")
	g.p("}")
}

func appendString(g *gen) {
	b := g.name("b")
	g.p("%s := append([]byte(nil), %s...)", b, g.value(stringType, 2))
	g.p("%s = append(append(%s, '-'), %s...)", b, b, g.stringText())
	g.p("h.V(\"copied\", copy(%s[len(%s)/2:], %s))", b, b, g.value(stringType, 1))
	g.p("%s = rt.Clip(%s)", b, b)
	g.declare(b, bytesType)
}

func stringBuilder(g *gen) {
	w := g.name("w")
	g.p("var %s strings.Builder", w)
	g.p("for i := range %d { %s.WriteString(%s); %s.WriteByte(byte(i)); %s.WriteRune(rune(i * %d)); fmt.Fprintf(&%s, \"%%d|%%q\", i, %s) }", 2+g.r.IntN(3), w,
		g.bounded(stringType, g.expr(stringType, 1).s), w, w, g.r.IntN(0x20000), w, g.stringText())
	g.p("h.V(\"built\", %s.String())", w)
	g.p("h.V(\"fields\", strings.Fields(strings.ToUpper(%s.String())))", w)
}

func stringMap(g *gen) {
	m, s := g.name("m"), g.name("s")
	g.p("%s := map[string][]int{}", m)
	g.p("for i, %s := range %s {", s, g.strings(6))
	g.p("\t%s[%s] = append(%s[%s], i)", m, s, m, s)
	g.p("\tif v, ok := %s[string([]byte(%s)[len(%s)/2:])]; ok { h.V(\"half\", v) }", m, s, s)
	g.p("}")
	g.p("h.V(\"map\", %s)", m)
}

func runeConversions(g *gen) {
	x := g.name("x")
	t := g.integer()
	g.p("for _, %s := range %s {", x, g.table(t, 6))
	g.p("\ts := string(rune(%s))", x)
	g.p("\tr, n := utf8.DecodeRuneInString(s + \"\\xff\")")
	g.p("\th.V(\"rune\", r)")
	g.p("\th.V(\"size\", n)")
	g.p("\th.V(\"text\", s)")
	g.p("\th.V(\"runes\", string([]rune{rune(%s), 'x', rune(%s) ^ 0xd800}))", x, x)
	g.p("}")
}

func stringPanics(g *gen) {
	s := g.name("s")
	g.p("%s := %s", s, g.bounded(stringType, g.value(stringType, 2)))
	g.declare(s, stringType)
	i, j := g.value(intType, 1), g.value(g.integer(), 1)
	g.p("rt.Try(h, func() { h.V(\"byte\", %s[%s]) })", s, i)
	g.p("rt.Try(h, func() { h.V(\"part\", %s[%s:%s]) })", s, j, i)
	g.p("rt.Try(h, func() { h.V(\"tail\", %s[%s:]) })", s, j)
	g.p("rt.Try(h, func() { h.V(\"head\", %s[:%s]) })", s, g.value(byteType, 1))
	g.p("rt.Try(h, func() { h.V(\"text\", %s[%d]) })", s, g.r.IntN(20))
}

func concatenations(g *gen) {
	s := g.name("s")
	g.p("%s := %s", s, g.value(stringType, 1))
	for range 2 {
		e := s
		for range 1 + g.r.IntN(7) {
			e += " + " + g.expr(stringType, 1).s
		}
		g.p("%s = rt.Cut(%s)", s, e)
	}
	g.p("%[1]s += %[1]s[len(%[1]s)/2:] + %[1]s", s)
	g.declare(s, stringType)
}
