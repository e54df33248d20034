// Values: boundary cases of every type, and composite literals.
package main

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// integerText is a constant of t's range, the boundaries often.
func (g *gen) integerText(t *typ) string {
	one := big.NewInt(1)
	top := new(big.Int).Lsh(one, uint(t.bits)) // 2^bits
	low, high := big.NewInt(0), new(big.Int).Sub(top, one)
	if t.kind == intKind {
		half := new(big.Int).Rsh(top, 1)
		low, high = new(big.Int).Neg(half), new(big.Int).Sub(half, one)
	}
	x := new(big.Int)
	switch g.r.IntN(8) {
	case 0:
		x.Set(low)
	case 1:
		x.Set(high)
	case 2:
		x.SetInt64(int64(g.r.IntN(5)) - 2)
	case 3: // near a power of two
		x.Lsh(one, uint(g.r.IntN(t.bits)))
		x.Add(x, big.NewInt(int64(g.r.IntN(3))-1))
		if g.chance(50) {
			x.Neg(x)
		}
	case 4, 5:
		x.SetInt64(int64(g.r.IntN(300)))
	default:
		x.SetUint64(g.r.Uint64())
		x.Rsh(x, uint(g.r.IntN(64)))
	}
	x.Sub(x, low)
	x.Mod(x, top)
	x.Add(x, low)
	return x.String()
}

func (g *gen) floatText(t *typ) string {
	switch g.r.IntN(8) {
	case 0:
		return pick(g, []string{"0", "1", "-1", "0.5", "2", "10", "0.1", "-0.1", "1.0/3"})
	case 1: // where integers end
		return pick(g, []string{"127", "128", "-128", "-129", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648", "-2147483648",
			"-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
			"18446744073709551616", "-1e19", "16777216", "16777217", "9007199254740992", "9007199254740993"})
	case 2:
		if t.bits == 32 {
			return pick(g, []string{"3.4028234e38", "-3.4028234e38", "1.1754944e-38", "1e-45", "1e38"})
		}
		return pick(g, []string{"1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "1e300", "3.4028235677973366e38"})
	case 3:
		return fmt.Sprintf("%d.5", g.r.IntN(200)-100)
	case 4:
		return fmt.Sprintf("0x1.%xp%d", g.r.Uint64()>>12, g.r.IntN(200)-100)
	}
	return strconv.FormatFloat(g.r.Float64()*200-100, 'g', 8, 64)
}

var texts = []string{"", "a", "hello", "Ünïcödé", "日本語", "\xff", "a\xc0\xafb", "\xed\xa0\x80", "\xf4\x90\x80\x80", "x\xe6\x97", "\x00\x01", "\U0001F600!", "zz\xf0\x9f\x98",
	"The quick brown fox jumps over the lazy dog", "\uFFFD", "\xef\xbf\xbd\xef\xbf"}

func (g *gen) stringText() string { return strconv.QuoteToASCII(pick(g, texts)) }

// literal is a value that does not read variables of a function; scalar ones are constants.
func (g *gen) literal(t *typ, depth int) string {
	switch t.kind {
	case boolKind:
		return pick(g, []string{"true", "false"})
	case intKind, uintKind:
		return t.name + "(" + g.integerText(t) + ")"
	case floatKind:
		return t.name + "(" + g.floatText(t) + ")"
	case complexKind:
		part := floats[t.bits/128]
		return fmt.Sprintf("%s(complex(%s, %s))", t.name, g.floatText(part), g.floatText(part))
	case stringKind:
		text := g.stringText()
		if t.named {
			return t.name + "(" + text + ")"
		}
		return text
	case sliceKind:
		if g.chance(4) {
			return t.name + "(nil)"
		}
		return t.name + "{" + g.elements(t.elem, 1+g.r.IntN(5), depth) + "}"
	case arrayKind:
		n := t.length
		if n > 6 || g.chance(20) {
			n = g.r.IntN(min(n, 6))
		}
		return t.name + "{" + g.elements(t.elem, n, depth) + "}"
	case mapKind:
		if g.chance(5) {
			return t.name + "{}"
		}
		return fmt.Sprintf("%s{%s: %s}", t.name, g.operandOrLiteral(t.key, depth-1), g.operandOrLiteral(t.elem, depth-1))
	case structKind:
		var parts []string
		for _, f := range t.fields {
			if g.chance(70) {
				parts = append(parts, f.name+": "+g.operandOrLiteral(f.t, depth-1))
			}
		}
		return t.name + "{" + strings.Join(parts, ", ") + "}"
	case pointerKind:
		switch {
		case g.chance(3):
			return "(" + t.name + ")(nil)"
		case t.elem.kind == structKind && g.chance(60):
			return "&" + g.literal(t.elem, depth-1)
		case g.chance(20):
			return "new(" + t.elem.name + ")"
		}
		return "new(" + g.typed(t.elem, g.operandOrLiteral(t.elem, depth-1)) + ")"
	case funcKind:
		return g.functionLiteral(t)
	case anyKind:
		if g.chance(8) {
			return "any(nil)"
		}
		u := g.anyOf(0)
		return "any(" + g.operandOrLiteral(u, 0) + ")"
	}
	panic("literal of " + t.name)
}

// typed makes sure that an expression has its type by itself.
func (g *gen) typed(t *typ, e string) string {
	if t.kind == boolKind || t.kind == stringKind && !t.named || t.kind == anyKind {
		return t.name + "(" + e + ")"
	}
	return e
}

func (g *gen) elements(t *typ, n, depth int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = g.operandOrLiteral(t, depth-1)
	}
	if n > 1 && g.chance(10) { // indexed elements
		list[n-1] = fmt.Sprintf("%d: %s", n-1, list[n-1])
	}
	return strings.Join(list, ", ")
}

func (g *gen) operandOrLiteral(t *typ, depth int) string {
	if depth > 0 {
		return g.expr(t, depth).s
	}
	return g.literal(t, 0)
}

func (g *gen) functionLiteral(t *typ) string {
	names := make([]string, len(t.params))
	mark := len(g.vars)
	for i, p := range t.params {
		names[i] = g.name("a")
		g.declare(names[i], p)
		names[i] += " " + p.name
	}
	body := g.expr(t.result, 1).s
	g.vars = g.vars[:mark]
	return fmt.Sprintf("func(%s) %s { return %s }", strings.Join(names, ", "), t.result.name, body)
}
