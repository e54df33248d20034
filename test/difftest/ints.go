// Area ints: integer arithmetic of all widths: wrap-around, division and its traps, shifts at and beyond the width, conversions, induction variables.
package main

import (
	"fmt"
	"strings"
)

var intsArea = &area{
	name:   "ints",
	simple: []func(*gen){assignment, assignment, operateAndAssign, operateAndAssign, incDec, logValue},
	whole:  []func(*gen){divisionTable, constantDivision, shiftTable, wrappingLoop, overflowIdioms, bitsCalls, conversionTable, untypedShift, comparisonChain, mixedReduction},
}

func (g *gen) shiftCount(width, depth int) string {
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprint(pick(g, []int{0, 1, width - 1, width, width + 1, 63, 64, 65, 200, g.r.IntN(64)}))
	case 1:
		return "(" + g.value(intType, depth-1) + " & 127)"
	case 2:
		t := g.integer()
		return fmt.Sprintf("(%s & %d)", g.value(t, depth-1), width-1)
	}
	t := g.integer()
	for t.kind != uintKind {
		t = g.integer()
	}
	return g.value(t, depth-1)
}

func (g *gen) integerExpr(t *typ, depth int) expr {
	switch g.r.IntN(16) {
	case 0, 1, 2, 3:
		x, y := g.twoSides(t, depth-1)
		return dynamic("(%s %s %s)", x, pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), y)
	case 4:
		return dynamic("(%s %s (%s | 1))", g.expr(t, depth-1).s, pick(g, []string{"/", "%"}), g.value(t, depth-1))
	case 5:
		divisor := g.integerText(t)
		if divisor == "0" {
			divisor = "3"
		}
		return dynamic("(%s %s (%s))", g.value(t, depth-1), pick(g, []string{"/", "%"}), divisor)
	case 6, 7:
		return dynamic("(%s %s %s)", g.value(t, depth-1), pick(g, []string{"<<", ">>"}), g.shiftCount(t.bits, depth))
	case 8:
		return dynamic("(%s%s)", pick(g, []string{"-", "^", "+"}), g.value(t, depth-1))
	case 9, 10:
		return dynamic("%s(%s)", t.name, g.value(g.integer(), depth-1))
	case 11:
		return dynamic("%s(%s)", t.name, g.value(g.float(), depth-1))
	case 12:
		x, y := g.twoSides(t, depth-1)
		return dynamic("%s(%s, %s)", pick(g, []string{"min", "max"}), x, y)
	case 13:
		u := pick(g, []*typ{stringType, bytesType, runesType, sliceOf(g.scalar()), mapOf(g.scalar(), g.scalar())})
		return dynamic("%s(len(%s))", t.name, g.value(u, depth-1))
	case 14:
		if t.is(byteType) {
			v := g.value(stringType, 0)
			return dynamic("(%s + \"x\")[rt.Ix(%s, len(%s))]", v, g.value(intType, 0), v)
		}
		if len(g.structs) > 0 && t.is(uint64Type) {
			return dynamic("(%s).Get()", g.value(pick(g, g.structs), 0))
		}
	}
	return dynamic("(%s ^ %s)", g.value(t, depth-1), g.expr(t, 0).s)
}

func logValue(g *gen) {
	t := g.anyOf(1)
	g.p("h.V(%q, %s)", t.name, g.expr(t, 3).s)
}

// target is a place of a random type for which there is one.
func (g *gen) target(choose func() *typ) (string, *typ) {
	for range 8 {
		t := choose()
		if p := g.place(t); p != "" {
			return p, t
		}
	}
	return g.fresh(stringType, 1).name, stringType
}

func assignment(g *gen) {
	if g.chance(25) && g.nesting < 3 {
		g.fresh(g.anyOf(1), 2)
		return
	}
	p, t := g.target(func() *typ { return g.anyOf(1) })
	g.p("%s = %s", p, g.bounded(t, g.expr(t, 3).s))
}

func operateAndAssign(g *gen) {
	p, t := g.target(g.scalar)
	switch t.kind {
	case intKind, uintKind:
		switch op := pick(g, []string{"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^"}); op {
		case "/", "%":
			g.p("%s %s= %s | 1", p, op, g.value(t, 2))
		case "<<", ">>":
			g.p("%s %s= %s", p, op, g.shiftCount(t.bits, 2))
		default:
			g.p("%s %s= %s", p, op, g.expr(t, 2).s)
		}
	case floatKind:
		g.p("%s %s= %s", p, pick(g, []string{"+", "-", "*", "/"}), g.value(t, 2))
	case complexKind:
		g.p("%s %s= %s", p, pick(g, []string{"+", "-", "*", "/"}), g.value(t, 2))
	case stringKind:
		g.p("%s += %s", p, g.expr(t, 2).s)
		g.p("%s = %s", p, g.bounded(t, p))
	default:
		g.p("%s = %s", p, g.expr(t, 2).s)
	}
}

func incDec(g *gen) {
	p, t := g.target(g.integer)
	if t.isInteger() {
		g.p("%s%s", p, pick(g, []string{"++", "--"}))
	}
}

// table is an array literal of n values of a type.
func (g *gen) table(t *typ, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = g.literal(t, 0)
	}
	return fmt.Sprintf("[...]%s{%s}", t.name, strings.Join(list, ", "))
}

func divisionTable(g *gen) {
	t := g.integer()
	x, y, op := g.name("x"), g.name("y"), pick(g, []string{"/", "%"})
	g.p("for _, %s := range %s {", x, g.table(t, 4))
	g.p("\tfor _, %s := range []%s{0, %s, %s} {", y, t.name, map[bool]string{true: "-1", false: "1"}[t.kind == intKind], g.integerText(t))
	if g.chance(50) {
		g.p("\t\trt.Try(h, func() { h.V(%q, %s %s %s) })", op, x, op, y)
	} else {
		g.p("\t\trt.Try(h, func() { %s %s= %s; h.V(%q, %s) })", x, op, y, op, x)
	}
	g.p("\t}")
	g.p("}")
}

func constantDivision(g *gen) {
	t := g.integer()
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.table(t, 8))
	for range 3 {
		c := g.integerText(t)
		if c == "0" {
			c = "7"
		}
		g.p("\th.V(%q, [...]%s{%s / (%s), %s %% (%s), %s * (%s)})", c, t.name, x, c, x, c, x, c)
		g.p("\th.V(%q, %s %% (%s) == 0)", "divisible", x, c)
	}
	g.p("}")
}

func shiftTable(g *gen) {
	t := g.integer()
	x, n := g.name("x"), g.name("n")
	count := g.integer()
	g.p("for _, %s := range %s {", x, g.table(t, 3))
	g.p("\tfor %s := range %s(%d) {", n, count.name, 70)
	width := fmt.Sprint(t.bits)
	g.p("\t\th.V(\"shift\", [...]%s{%s << %s, %s >> %s, %s<<(%s&%d) | %s>>((%s-%s)&%d)})", t.name, x, n, x, n, x, n, t.bits-1, x, width, n, t.bits-1)
	g.p("\t}")
	for _, c := range []int{1, t.bits - 1, t.bits, 64, 100} {
		g.p("\th.V(\"by constant\", [...]%s{%s << %d, %s >> %d, -%s >> %d})", t.name, x, c, x, c, x, c)
	}
	g.p("}")
	if g.chance(50) {
		g.p("rt.Try(h, func() { h.V(\"negative\", %s << (int8(rt.Zero()) - %d)) })", g.value(t, 1), 1+g.r.IntN(100))
	}
}

func wrappingLoop(g *gen) {
	small := []*typ{ints[0], ints[1], byteType, ints[6]}
	t := pick(g, small)
	i, sum, n := g.name("i"), g.name("sum"), g.name("n")
	step := 1 + g.r.IntN(7)
	g.p("%s, %s := 0, %s", n, sum, "uint64(0)")
	g.p("for %s := %s; %s < 600; %s %s %d {", i, g.literal(t, 0), n, i, pick(g, []string{"+=", "-="}), step)
	g.p("\t%s++", n)
	g.p("\tif %s == %s || %s > %s { %s += 3; continue }", i, g.literal(t, 0), i, g.literal(t, 0), sum)
	g.p("\t%s = %s*31 + uint64(%s) ^ uint64(%s*%s)", sum, sum, i, i, i)
	g.p("}")
	g.p("h.V(\"wrapped\", %s)", sum)
}

func overflowIdioms(g *gen) {
	t := g.integer()
	x, y := g.name("x"), g.name("y")
	g.p("for _, %s := range %s {", x, g.table(t, 4))
	g.p("\tfor _, %s := range %s {", y, g.table(t, 3))
	g.p("\t\th.V(\"idioms\", [...]bool{%[1]s+1 > %[1]s, %[1]s-1 < %[1]s, -%[1]s < 0, %[1]s*2/2 == %[1]s, %[1]s+%[2]s < %[1]s, %[1]s-%[2]s > %[1]s, %[1]s == -%[1]s, %[1]s*%[2]s == %[2]s*%[1]s})", x, y)
	g.p("\t\tif %[1]s > %[2]s && %[1]s-%[2]s < 0 { h.E(1) }", x, y)
	g.p("\t\tif %s := %s + %s; (%s > %s) == (%s > 0) { h.E(2) }", "s", x, y, "s", x, y)
	g.p("\t\th.V(\"mean\", [...]%[3]s{(%[1]s + %[2]s) / 2, (%[1]s & %[2]s) + (%[1]s ^ %[2]s) >> 1, max(%[1]s, %[2]s) - min(%[1]s, %[2]s), %[1]s &^ %[2]s})", x, y, t.name)
	g.p("\t}")
	g.p("}")
}

func bitsCalls(g *gen) {
	x, y := g.value(uint64Type, 2), g.value(uint64Type, 2)
	switch g.r.IntN(4) {
	case 0:
		a, b := g.name("a"), g.name("b")
		g.p("%s, %s := bits.%s(%s, %s, %s & 1)", a, b, pick(g, []string{"Add64", "Sub64"}), x, y, g.value(uint64Type, 1))
		g.declare(a, uint64Type)
		g.declare(b, uint64Type)
	case 1:
		a, b := g.name("a"), g.name("b")
		g.p("%s, %s := bits.Mul64(%s, %s)", a, b, x, y)
		g.declare(a, uint64Type)
		g.declare(b, uint64Type)
	case 2:
		g.p("rt.Try(h, func() { a, b := bits.Div64(%s, %s, %s); h.V(\"div\", [2]uint64{a, b}) })", x, y, g.value(uint64Type, 1))
	case 3:
		g.p("h.V(\"bits\", [...]int{bits.LeadingZeros64(%[1]s), bits.TrailingZeros32(uint32(%[1]s)), bits.OnesCount64(%[1]s), bits.Len16(uint16(%[1]s)), bits.LeadingZeros8(uint8(%[1]s))})", x)
		g.p("h.V(\"bits\", [...]uint64{bits.RotateLeft64(%[1]s, int(%[2]s)), uint64(bits.RotateLeft8(uint8(%[1]s), -3)), bits.Reverse64(%[1]s), uint64(bits.ReverseBytes32(uint32(%[1]s)))})", x, y)
	}
}

func conversionTable(g *gen) {
	t := g.integer()
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.table(t, 8))
	var each []string
	for _, u := range ints {
		each = append(each, fmt.Sprintf("uint64(%s(%s))", u.name, x), fmt.Sprintf("uint64(int64(int8(%s(%s))))", u.name, x))
	}
	g.p("\th.V(\"converted\", [...]uint64{%s})", strings.Join(each, ", "))
	g.p("\th.V(\"float\", [...]float64{float64(%s), float64(float32(%s))})", x, x)
	g.p("}")
}

// An untyped constant takes the type that it would have without the shift.
func untypedShift(g *gen) {
	s := g.shiftCount(64, 1)
	t := g.integer()
	v := g.name("v")
	g.p("var %s %s = %d << (%s & 255)", v, t.name, 1+g.r.IntN(100), g.value(uintType, 1))
	g.declare(v, t)
	g.p("h.V(\"untyped\", [...]uint64{uint64(1<<(%[1]s&63)), uint64(int32(1)<<(%[1]s&63)), uint64(uint8(200>>(%[1]s&63))), 1<<(%[1]s&63) + 3})", g.value(uintType, 1))
	g.p("h.V(\"bool\", 1<<(%s&63) == 2<<(%s&63) || %s == %s)", g.value(uintType, 1), g.value(uintType, 0), v, t.name+"(rt.Opaque("+t.name+"(1)) << "+s+")")
}

func comparisonChain(g *gen) {
	t := g.integer()
	x := g.name("x")
	g.p("for _, %s := range %s {", x, g.table(t, 6))
	for range 3 {
		g.p("\tswitch {")
		for n := range 3 {
			g.p("\tcase %s %s %s %s %s %s %s:", x, pick(g, []string{"<", ">", "<=", ">=", "=="}), g.literal(t, 0), pick(g, []string{"&&", "||"}), x,
				pick(g, []string{"<", ">", "!=", ">="}), g.literal(t, 0))
			g.p("\t\th.E(%d)", n)
		}
		g.p("\tdefault:")
		g.p("\t\th.E(9)")
		g.p("\t}")
	}
	g.p("}")
}

// Loops that a compiler makes vector code of, over all widths.
func mixedReduction(g *gen) {
	t, u := g.integer(), g.integer()
	a, sum, most, i := g.name("v"), g.name("sum"), g.name("most"), g.name("i")
	g.p("var %s [%d]%s", a, 33+g.r.IntN(40), t.name)
	g.p("for %s := range %s { %s[%s] = %s(%s)*%s ^ %s }", i, a, a, i, t.name, i, g.literal(t, 0), g.value(t, 1))
	g.p("var %s %s", sum, u.name)
	g.p("%s := %s[0]", most, a)
	g.p("for _, x := range %s { %s += %s(x); %s = %s(%s, x) }", a, sum, u.name, most, pick(g, []string{"max", "min"}), most)
	g.p("h.V(\"sums\", %s)", sum)
	g.p("h.V(\"most\", %s)", most)
	g.p("for %[1]s := range %[2]s { if %[2]s[%[1]s] > %[3]s { %[2]s[%[1]s] %[4]s= %[5]s } else { %[2]s[%[1]s] = -%[2]s[%[1]s] >> %[6]d } }", i, a, g.literal(t, 0), pick(g, []string{"+", "-", "*", "&", "|"}), g.literal(t, 0), g.r.IntN(t.bits))
	g.p("h.V(\"all\", %s)", a)
}
