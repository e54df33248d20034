// Area floats: arithmetic without fusing, conversions from and to integers in and out of range, NaN, infinities and signed zeros in comparisons,
// min, max, switches and map keys; complex numbers.
package main

import (
	"fmt"
	"strings"
)

var floatsArea = &area{
	name:   "floats",
	simple: []func(*gen){assignment, operateAndAssign, logValue, floatLog},
	whole:  []func(*gen){specialMatrix, outOfRange, fromIntegers, fusedCandidates, floatMap, complexTable, mathCalls, roundTrip, floatReduction, floatConstants, nanSwitch},
}

// specials is a list of values with all the special ones; math.NaN and the like are not constants, the rest is made opaque half of the time.
func (g *gen) specials(t *typ) string {
	list := []string{"math.NaN()", "math.Inf(1)", "math.Inf(-1)", "math.Copysign(0, -1)", "0"}
	for range 3 {
		list = append(list, g.floatText(float32Type))
	}
	for i, s := range list {
		if strings.HasPrefix(s, "math") || g.chance(30) {
			s = "rt.Opaque(" + t.name + "(" + s + "))"
		}
		list[i] = s
	}
	g.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return fmt.Sprintf("[...]%s{%s}", t.name, strings.Join(list, ", "))
}

func (g *gen) floatExpr(t *typ, depth int) expr {
	part := complexes[t.bits/64]
	switch g.r.IntN(13) {
	case 0, 1, 2, 3:
		x, y := g.twoSides(t, depth-1)
		return dynamic("(%s %s %s)", x, pick(g, []string{"+", "-", "*"}), y)
	case 4:
		return dynamic("(%s / %s)", g.expr(t, depth-1).s, g.value(t, depth-1))
	case 5:
		return dynamic("(%s*%s %s %s)", g.value(t, depth-1), g.value(t, depth-1), pick(g, []string{"+", "-"}), g.value(t, depth-1))
	case 6:
		return dynamic("(-%s)", g.value(t, depth-1))
	case 7, 8:
		return dynamic("%s(%s)", t.name, g.value(g.integer(), depth-1))
	case 9:
		return dynamic("%s(%s)", t.name, g.value(g.float(), depth-1))
	case 10:
		x, y := g.twoSides(t, depth-1)
		return dynamic("%s(%s, %s)", pick(g, []string{"min", "max"}), x, y)
	case 11:
		return dynamic("%s(%s(%s))", t.name, pick(g, []string{"real", "imag"}), g.value(part, depth-1))
	}
	return dynamic("%s(%s(float64(%s)))", t.name, pick(g, []string{"math.Sqrt", "math.Abs", "math.Floor", "math.Trunc", "math.Ceil", "math.RoundToEven"}), g.value(t, depth-1))
}

func (g *gen) complexExpr(t *typ, depth int) expr {
	switch g.r.IntN(5) {
	case 0, 1:
		x, y := g.twoSides(t, depth-1)
		return dynamic("(%s %s %s)", x, pick(g, []string{"+", "-", "*"}), y)
	case 2:
		return dynamic("(%s / %s)", g.expr(t, depth-1).s, g.value(t, depth-1))
	case 3:
		part := floats[t.bits/128]
		return dynamic("complex(%s, %s)", g.value(part, depth-1), g.value(part, depth-1))
	}
	return dynamic("%s(%s)", t.name, g.value(pick(g, complexes), depth-1))
}

func floatLog(g *gen) {
	t := g.float()
	g.p("h.V(%q, %s)", t.name, g.value(t, 4))
}

func specialMatrix(g *gen) {
	t := g.float()
	x, y := g.name("x"), g.name("y")
	g.p("for _, %s := range %s {", x, g.specials(t))
	g.p("\tfor _, %s := range %s {", y, g.specials(t))
	g.p("\t\th.V(\"compare\", [...]bool{%[1]s < %[2]s, %[1]s <= %[2]s, %[1]s > %[2]s, %[1]s >= %[2]s, %[1]s == %[2]s, %[1]s != %[2]s, !(%[1]s < %[2]s), !(%[1]s >= %[2]s)})", x, y)
	g.p("\t\th.V(\"compute\", [...]%[3]s{%[1]s + %[2]s, %[1]s - %[2]s, %[1]s * %[2]s, %[1]s / %[2]s, min(%[1]s, %[2]s), max(%[1]s, %[2]s), min(%[1]s, 0, %[2]s), max(%[2]s, 1, %[1]s)})", x, y, t.name)
	g.p("\t\tif %s < %s { h.E(1) } else if %s > %s { h.E(2) } else if %s == %s { h.E(3) } else { h.E(4) }", x, y, x, y, x, y)
	g.p("\t}")
	g.p("\th.V(\"alone\", [...]%[2]s{-%[1]s, 0 - %[1]s, %[1]s * 0, %[1]s + 0, %[1]s - 0, %[1]s * 1, %[1]s / 1, %[1]s * -1, %[1]s - %[1]s, %[1]s / %[1]s, %[1]s * 2, %[1]s / 3})", x, t.name)
	g.p("\th.V(\"zero\", [...]bool{%[1]s == 0, %[1]s != %[1]s, %[1]s == %[1]s, -%[1]s == 0, 1/%[1]s < 0})", x)
	g.p("}")
}

func outOfRange(g *gen) {
	t := g.float()
	x := g.name("x")
	list := g.specials(t)
	list = list[:len(list)-1] + ", " + strings.Repeat("rt.Opaque("+t.name+"("+g.floatText(float32Type)+")), ", 1)
	for range 8 {
		list += "rt.Opaque(" + t.name + "(" + g.floatText(float32Type) + ")), "
	}
	g.p("for _, %s := range %s} {", x, strings.TrimSuffix(list, ", "))
	for _, u := range ints {
		g.p("\th.V(%q, %s(%s))", u.name, u.name, x)
	}
	u := g.integer()
	g.p("\th.V(\"back\", %s(%s(%s)))", t.name, u.name, x)
	g.p("\th.V(\"narrow\", [...]uint64{uint64(uint8(%[1]s)) + 1, uint64(int8(%[1]s)) * 3, uint64(uint32(%[1]s)) << 3, uint64(int16(%[1]s)) >> 2, uint64(uint16(int32(%[1]s)))})", x)
	g.p("}")
}

func fromIntegers(g *gen) {
	t := g.integer()
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.table(t, 10))
	g.p("\th.V(\"float64\", float64(%s))", x)
	g.p("\th.V(\"float32\", float32(%s))", x)
	g.p("\th.V(\"same\", [...]bool{%[2]s(float64(%[1]s)) == %[1]s, float32(float64(%[1]s)) == float32(%[1]s), float64(%[1]s) < float64(%[1]s-1)})", x, t.name)
	g.p("}")
}

func fusedCandidates(g *gen) {
	t := g.float()
	x, y, z := g.name("x"), g.name("y"), g.name("z")
	g.p("for _, %s := range [...]%s{%s} {", x, t.name, g.finite(t, 4))
	g.p("\tfor _, %s := range [...]%s{%s} {", y, t.name, g.finite(t, 3))
	g.p("\t\t%s := %s", z, g.value(t, 1))
	g.p("\t\th.V(\"products\", [...]%[4]s{%[1]s*%[2]s + %[3]s, %[1]s*%[2]s - %[3]s, %[3]s - %[1]s*%[2]s, %[1]s*%[1]s - %[2]s*%[2]s, -(%[1]s * %[2]s) + %[3]s, %[4]s(%[1]s*%[2]s) + %[3]s, %[1]s*%[2]s*%[3]s, (%[1]s + %[2]s) + %[3]s, %[1]s + (%[2]s + %[3]s), %[1]s/%[2]s*%[2]s, %[1]s*(1/%[2]s)})", x, y, z, t.name)
	g.p("\t\th.V(\"rounded\", [...]float32{float32(float64(%[1]s)*float64(%[2]s)), float32(%[1]s) * float32(%[2]s), float32(math.Sqrt(float64(float32(%[1]s)))), float32(float64(float32(%[1]s)) + float64(float32(%[2]s)))})", x, y)
	g.p("\t}")
	g.p("}")
}

// finite are n numbers of ordinary size with full mantissas.
func (g *gen) finite(t *typ, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s0x1.%013xp%d", pick(g, []string{"", "-"}), g.r.Uint64()>>12, g.r.IntN(40)-20)
	}
	return strings.Join(list, ", ")
}

func floatMap(g *gen) {
	t := g.float()
	m, x := g.name("m"), g.name("x")
	key := t.name
	if g.chance(30) {
		key = "any"
	} else if g.chance(30) {
		key = "[2]" + t.name
	}
	wrap := func(x string) string {
		if strings.HasPrefix(key, "[") {
			return "[2]" + t.name + "{1: " + x + "}"
		}
		return x
	}
	g.p("%s := map[%s]int{}", m, key)
	g.p("for i, %s := range %s {", x, g.specials(t))
	g.p("\t%s[%s] += i + 1", m, wrap(x))
	g.p("\t_, ok := %s[%s]", m, wrap("-"+x))
	g.p("\th.V(\"found\", ok)")
	g.p("\tif i %% 3 == 0 { delete(%s, %s) }", m, wrap(x))
	g.p("}")
	g.p("h.V(\"keys\", len(%s))", m)
	g.p("h.V(\"map\", %s)", m)
	if g.chance(50) {
		g.p("clear(%s)", m)
		g.p("h.V(\"cleared\", len(%s))", m)
	}
}

func complexTable(g *gen) {
	t := pick(g, complexes)
	part := floats[t.bits/128]
	x, y := g.name("x"), g.name("y")
	g.p("for _, %s := range %s {", x, g.specials(part))
	g.p("\tfor _, %s := range %s {", y, g.specials(part))
	g.p("\t\tc, d := complex(%s, %s), complex(%s, %s)", x, y, g.value(part, 1), x)
	g.p("\t\th.V(\"complex\", [...]%s{c + d, c - d, c * d, c / d, d / c, -c, c * c, c * %s, 1 / d})", t.name, g.literal(t, 0))
	g.p("\t\th.V(\"equal\", [...]bool{c == d, c != d, c == c, real(c) == imag(d), any(c) == any(d)})")
	g.p("\t}")
	g.p("}")
	g.p("h.V(\"by zero\", %s / rt.Opaque(%s(0)))", g.value(t, 1), t.name)
}

func mathCalls(g *gen) {
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.specials(float64Type))
	g.p("\th.V(\"math\", [...]float64{math.Sqrt(%[1]s), math.Floor(%[1]s), math.Ceil(%[1]s), math.Trunc(%[1]s), math.Round(%[1]s), math.RoundToEven(%[1]s), math.Abs(%[1]s), math.Copysign(%[1]s, rt.Number(%[2]s)), math.FMA(%[1]s, %[2]s, %[3]s), math.Mod(%[1]s, 3), math.Max(%[1]s, %[2]s), math.Min(%[1]s, %[2]s), math.Cbrt(%[1]s), math.Exp(%[1]s), math.Log(%[1]s), math.Hypot(%[1]s, %[2]s)})",
		x, g.value(float64Type, 2), g.value(float64Type, 1))
	g.p("\th.V(\"tests\", [...]bool{math.IsNaN(%[1]s), math.IsInf(%[1]s, 0), math.IsInf(%[1]s, 1), math.Signbit(%[1]s)})", x)
	g.p("\tif %[1]s == %[1]s { h.V(\"bits\", [...]uint64{math.Float64bits(%[1]s), uint64(math.Float32bits(float32(%[1]s)))}) }", x)
	g.p("\tfr, ex := math.Frexp(%s)", x)
	g.p("\th.V(\"frexp\", fr)")
	g.p("\th.V(\"exp\", ex)")
	g.p("}")
}

func roundTrip(g *gen) {
	a, b := g.name("a"), g.name("b")
	g.p("%s := math.Float64frombits(%s)", a, g.value(uint64Type, 2))
	g.p("%s := math.Float32frombits(uint32(%s))", b, g.value(uint64Type, 2))
	g.declare(a, float64Type)
	g.declare(b, float32Type)
	g.p("h.V(\"moved\", [...]float64{float64(%s), float64(float32(%s)), %s * 1.5, float64(%s) / 3})", b, a, a, b)
	g.p("h.V(\"text\", fmt.Sprint(%s, %s, float32(%s)))", a, b, a)
}

func floatReduction(g *gen) {
	t := g.float()
	a, s, i := g.name("v"), g.name("s"), g.name("i")
	g.p("var %s [%d]%s", a, 17+g.r.IntN(50), t.name)
	g.p("for %s := range %s { %s[%s] = %s(%s*%s) / %s }", i, a, a, i, t.name, i, i, pick(g, []string{"3", "7", "0.1", "1e3"}))
	g.p("{")
	g.p("%s, low, high := %s, %s[0], %s[0]", s, g.literal(t, 0), a, a)
	g.p("for %[1]s, x := range %[2]s { %[3]s += x * %[2]s[(%[1]s*7)%%len(%[2]s)]; low = min(low, x-%[3]s); high = max(high, -x*%[3]s) }", i, a, s)
	g.p("h.V(\"reduced\", [...]%s{%s, low, high})", t.name, s)
	g.p("n := 0")
	g.p("for _, x := range %s { if x > %s { n++ }; if int32(x) %% 2 == 0 { n += 2 } }", a, a+"[3]")
	g.p("h.V(\"counted\", n)")
	g.p("}")
}

func floatConstants(g *gen) {
	c := g.name("c")
	g.p("const %s = %s * %s + %s", c, g.floatTextSmall(), g.floatTextSmall(), g.floatTextSmall())
	g.p("h.V(\"constants\", [...]float64{%[1]s, float64(float32(%[1]s)), %[1]s / 3, %[1]s * 1e-300, -%[1]s, %[1]s - %[1]s, 1 / (%[1]s + 1e9)})", c)
	g.p("h.V(\"constants\", [...]float32{%[1]s, %[1]s / 7, 1.0 / 3 * %[1]s, 16777217, 0.1, 1e-45 / 2 * 2})", c)
	g.p("h.V(\"mixed\", %s*%s + %s)", g.value(float64Type, 1), c, c)
	g.p("h.V(\"complex\", [...]complex128{%[1]s + 2i, %[1]s * 1i * 1i, (1 + 2i) / (3 - %[1]s - 1i), 'a' + 1i})", c)
}

func (g *gen) floatTextSmall() string {
	return fmt.Sprintf("%d.%d", g.r.IntN(2000)-1000, g.r.IntN(1000))
}

func nanSwitch(g *gen) {
	t := g.float()
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.specials(t))
	g.p("\tswitch %s {", x)
	g.p("\tcase %s:\n\th.E(1)", "-0.0")
	g.p("\tcase 1, 2, 3:\n\th.E(2)")
	g.p("\tcase %s(math.Inf(1)), %s(math.NaN()):\n\th.E(3)", t.name, t.name)
	g.p("\tcase %s:\n\th.E(4)", x)
	g.p("\tdefault:\n\th.E(5)")
	g.p("\t}")
	g.p("\tif !(%[1]s < 1) || %[1]s >= 1 { h.E(6) }", x)
	g.p("\tfor n := %s(0); n < %s && n < 3; n++ { h.V(\"n\", n) }", t.name, x)
	g.p("}")
}
