// Area order: order of evaluation. Calls, receives and logical operators are evaluated from left to right; where the language leaves a choice (a
// variable read beside a call that changes it) gc's choice is what programs see, and Stoat makes the same.
package main

import (
	"fmt"
	"strings"
)

var orderArea = &area{
	name:   "order",
	simple: []func(*gen){loggedExpression, multipleAssignment},
	whole:  []func(*gen){multipleAssignment, multipleAssignment, aliasedAssignment, placesAndValues, operateOnCalls, compositeOrder, argumentOrder, readsBesideCalls, namedResults, mapAssignments, panicsInOrder, chainedCalls, receiveOrder, switchOrder, structParts},
}

// logged is an expression of t that logs when it is evaluated.
func (g *gen) logged(t *typ) string {
	return fmt.Sprintf("rt.T(h, %d, %s)", g.r.IntN(1000), g.typed(t, g.expr(t, 1).s))
}

func loggedExpression(g *gen) {
	t := g.integer()
	g.p("h.V(\"sum\", %s %s %s %s (%s | 1))", g.logged(t), pick(g, []string{"+", "-", "*", "^"}), g.logged(t), pick(g, []string{"/", "%"}), g.logged(t))
}

func multipleAssignment(g *gen) {
	n := 2 + g.r.IntN(3)
	var left, right []string
	for range n {
		p, t := g.target(func() *typ { return g.anyOf(1) })
		left = append(left, p)
		right = append(right, g.bounded(t, g.expr(t, 1).s))
	}
	g.p("%s = %s", strings.Join(left, ", "), strings.Join(right, ", "))
}

// aliasedAssignment: the values of the right side are those before any part of the left side changes.
func aliasedAssignment(g *gen) {
	t := g.anyOf(1)
	a, s, p, i := g.name("a"), g.name("s"), g.name("p"), g.name("i")
	g.p("%s := [4]%s{%s, %s, %s}", a, t.name, g.expr(t, 1).s, g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("%s, %s, %s := %s[:], &%s[%d], %d", s, p, i, a, a, g.r.IntN(4), g.r.IntN(4))
	g.p("_ = %s", i)
	parts := []string{a + "[0]", a + "[1]", s + "[2]", "*" + p, s + "[" + i + "]", a + "[" + i + "]", s + "[" + i + "&1]", "(&" + a + ")[3]"}
	for range 4 {
		n := 2 + g.r.IntN(3)
		left, right := make([]string, n), make([]string, n)
		for k := range n {
			left[k], right[k] = pick(g, parts), pick(g, parts)
		}
		if g.chance(40) {
			left, right = append(left, i), append(right, fmt.Sprintf("(%s + %d) & 3", i, 1+g.r.IntN(3)))
		}
		if g.chance(30) {
			left, right = append(left, p), append(right, "&"+s+"["+i+"]")
		}
		if g.chance(30) {
			left, right = append(left, a), append(right, fmt.Sprintf("[4]%s{%s, %s, %s}", t.name, pick(g, parts), pick(g, parts), a+"[0]"))
		}
		if g.chance(20) {
			left, right = append(left, s), append(right, fmt.Sprintf("append(%s{%s}, %s[:3]...)", sliceOf(t).name, pick(g, parts), s))
		}
		g.r.Shuffle(len(left), func(x, y int) { left[x], left[y] = left[y], left[x]; right[x], right[y] = right[y], right[x] })
		g.p("%s = %s", strings.Join(left, ", "), strings.Join(right, ", "))
		g.p("h.V(\"a\", %s); h.V(\"s\", %s); h.V(\"p\", *%s)", a, s, p)
	}
}

func structParts(g *gen) {
	t := pick(g, g.structs)
	x, y, p := g.name("x"), g.name("y"), g.name("p")
	g.p("%s, %s := %s, %s", x, y, g.expr(t, 2).s, g.expr(t, 2).s)
	g.p("%s := &%s", p, x)
	g.declare(x, t)
	g.declare(y, t)
	for range 3 {
		f, e := pick(g, t.fields), pick(g, t.fields)
		g.p("%[1]s.%[4]s, %[2]s, %[3]s.%[5]s = %[2]s.%[4]s, *%[3]s, %[2]s.%[5]s", x, y, p, f.name, e.name)
		g.p("%[2]s.%[4]s, *%[3]s = %[1]s.%[4]s, %[6]s{%[5]s: %[1]s.%[5]s}", x, y, p, f.name, e.name, t.name)
	}
	g.p("%s = %s{%s: %s.%s}", x, t.name, t.fields[0].name, p, t.fields[0].name)
	if t.fields[0].t.kind == arrayKind {
		n := t.fields[0].name
		g.p("%[1]s.%[2]s[0], %[1]s = %[1]s.%[2]s[len(%[1]s.%[2]s)-1], %[3]s", x, n, y)
	}
}

func placesAndValues(g *gen) {
	t := g.integer()
	a, m, p := g.name("a"), g.name("m"), g.name("p")
	g.p("%s, %s := [...]%s{%s, %s, %s}, map[string]%s{}", a, m, t.name, g.expr(t, 1).s, g.expr(t, 1).s, g.expr(t, 1).s, t.name)
	g.p("%s := func(i int) *%s { h.E(i); return &%s[i%%3] }", p, t.name, a)
	g.p("_ = %s", p)
	index := func() string { return fmt.Sprintf("rt.T(h, %d, %d)", g.r.IntN(100), g.r.IntN(3)) }
	places := func() string {
		return pick(g, []string{a + "[" + index() + "]", m + "[rt.T(h, " + fmt.Sprint(g.r.IntN(99)) + ", \"k\")]", "*" + p + "(" + fmt.Sprint(g.r.IntN(9)) + ")", a + "[:][" + index() + "]", "(&" + a + ")[" + index() + "]"})
	}
	for range 3 {
		g.p("%s = %s", places(), g.logged(t))
		g.p("%s, %s = %s, %s", places(), places(), g.logged(t), places())
		g.p("%s %s= %s", places(), pick(g, []string{"+", "-", "^"}), g.logged(t))
		g.p("%s, _, %s = func() (%s, bool, %s) { h.E(%d); return %s, true, %s }()", places(), places(), t.name, t.name, g.r.IntN(99), g.logged(t), a+"[0]")
		g.p("%s++", places())
	}
	g.p("h.V(\"a\", %s); h.V(\"m\", %s)", a, m)
}

func operateOnCalls(g *gen) {
	t := g.integer()
	v := g.fresh(t, 1)
	f := g.name("f")
	g.p("%s := func() %s { %s += 3; h.V(\"now\", %s); return %s }", f, t.name, v.name, v.name, v.name)
	for range 3 {
		g.p("%[1]s %[3]s= %[2]s()", v.name, f, pick(g, []string{"+", "-", "*", "|", "^"}))
		g.p("%[1]s = %[1]s %[3]s %[2]s() %[4]s %[1]s", v.name, f, pick(g, []string{"+", "-", "*"}), pick(g, []string{"+", "-", "*"}))
		g.p("%[1]s = %[2]s() - %[1]s", v.name, f)
		g.p("h.V(\"mixed\", [...]%[3]s{%[1]s, %[2]s(), %[1]s, %[2]s() + %[1]s, -%[1]s})", v.name, f, t.name)
	}
	g.p("h.V(\"v\", %s)", v.name)
}

func compositeOrder(g *gen) {
	t := pick(g, g.structs)
	var parts []string
	for _, f := range t.fields {
		parts = append(parts, f.name+": "+g.logged(f.t))
	}
	g.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	g.p("h.V(\"struct\", %s{%s})", t.name, strings.Join(parts, ", "))
	k, e := g.scalar(), g.scalar()
	g.p("h.V(\"map\", map[%s]%s{%s: %s, %s: %s})", k.name, e.name, g.logged(k), g.logged(e), g.logged(k), g.logged(e))
	g.p("h.V(\"slice\", []%s{%s, 3: %s, %s, 1: %s})", e.name, g.logged(e), g.logged(e), g.logged(e), g.logged(e))
	g.p("h.V(\"nested\", [2][2]%s{{%s, %s}, {1: %s, 0: %s}})", e.name, g.logged(e), g.logged(e), g.logged(e), g.logged(e))
}

func argumentOrder(g *gen) {
	f := pick(g, g.funcs)
	var args []string
	if f.log {
		args = append(args, "h")
	}
	for _, p := range f.params {
		args = append(args, g.logged(p))
	}
	g.p("h.V(\"result\", %s(%s))", f.name, strings.Join(args, ", "))
	t := g.integer()
	g.p("h.V(\"chosen\", rt.T(h, 1, func(x, y %s) %s { h.E(2); return x - y })(%s, %s))", t.name, t.name, g.logged(t), g.logged(t))
	g.p("defer rt.T(h, 3, func(x %s) { h.V(\"deferred\", x) })(%s)", t.name, g.logged(t))
	g.p("h.V(\"method\", rt.T(h, 4, %s).Get() + rt.T(h, 5, %s).Get())", g.literal(pick(g, g.structs), 1), g.literal(pick(g, g.namedInts), 0))
}

// readsBesideCalls: what a call changes, read to its left and right in one expression.
func readsBesideCalls(g *gen) {
	t := g.integer()
	x, a, m, s, f := g.name("x"), g.name("a"), g.name("m"), g.name("s"), g.name("f")
	g.p("%s, %s, %s := %s, [3]%s{%s}, map[int]%s{}", x, a, m, g.value(t, 1), t.name, g.expr(t, 1).s, t.name)
	g.p("%s := &struct{ n %s; e []%s }{e: []%s{1, 2}}", s, t.name, t.name, t.name)
	g.p("%[1]s := func(d %[2]s) %[2]s { %[3]s += d; %[4]s[1] = %[3]s; %[5]s[1] ^= d; %[6]s.n -= d; %[6]s.e = append([]%[2]s{d}, %[6]s.e[:1]...); return d }", f, t.name, x, a, m, s)
	reads := []string{x, a + "[1]", m + "[1]", s + ".n", s + ".e[0]", "len(" + s + ".e)", "-" + x, "^" + a + "[1]"}
	call := func() string { return fmt.Sprintf("%s(%s)", f, g.literal(t, 0)) }
	read := func() string {
		r := pick(g, reads)
		if strings.HasPrefix(r, "len") {
			r = t.name + "(" + r + ")"
		}
		return r
	}
	for range 3 {
		g.p("h.V(\"read\", %s + %s)", read(), call())
		g.p("h.V(\"reads\", []%s{%s, %s, %s, %s, %s})", t.name, read(), call(), read(), call(), read())
		g.p("func(x, y, z %s) { h.V(\"arguments\", [3]%s{x, y, z}) }(%s, %s, %s)", t.name, t.name, read(), call(), read())
		g.p("%s, %s = %s, %s", a+"[2]", x, call(), read())
		g.p("{ y, z := %s, %s; h.V(\"y\", y); h.V(\"z\", z) }", read(), call())
		g.p("{ y := struct{ p, q %s }{%s, %s * %s}; h.V(\"y\", y) }", t.name, read(), read(), call())
		if t.bits > 8 { // gc's choice depends on how it makes interfaces of single bytes
			g.p("h.V(\"any\", []any{%s, %s, %s})", read(), call(), read())
		}
		g.p("if %s == %s || %s < %s { h.E(1) }", read(), call(), call(), read())
		g.p("h.V(\"return\", func() [2]%s { y, z := func() (%s, %s) { return %s, %s }(); return [2]%s{y, z} }())", t.name, t.name, t.name, read(), call(), t.name)
	}
	g.p("h.V(\"x\", %s); h.V(\"a\", %s)", x, a)
}

func namedResults(g *gen) {
	t, u := g.integer(), g.anyOf(1)
	f := g.name("f")
	g.p("%s := func(n %s) (a %s, b %s, c %s) {", f, t.name, t.name, u.name, t.name)
	g.p("\tdefer func() { a, c = c, a; if r := recover(); r != nil { h.V(\"recovered\", rt.Message(r)); a++ } }()")
	g.p("\ta, b, c = n, %s, n*2", g.expr(u, 1).s)
	g.p("\tif n & 1 == 0 { return c, b, a }")
	g.p("\tif n & 2 == 0 { return a + 1, %s, n / %s(rt.Zero()) }", g.expr(u, 1).s, t.name)
	g.p("\tc, a = a, c ^ a")
	g.p("\treturn")
	g.p("}")
	g.p("for i := range 4 { x, y, z := %s(%s(i)); h.V(\"x\", x); h.V(\"y\", y); h.V(\"z\", z) }", f, t.name)
}

func mapAssignments(g *gen) {
	k, e := g.scalar(), g.integer()
	m := g.name("m")
	g.p("%s := map[%s]%s{}", m, k.name, e.name)
	g.p("%[1]s[%[2]s], %[1]s[%[3]s] = %[1]s[%[3]s] + 1, %[4]s", m, g.logged(k), g.expr(k, 1).s, g.logged(e))
	g.p("%s[%s] %s= %s", m, g.logged(k), pick(g, []string{"+", "*", "|"}), g.logged(e))
	g.p("rt.Try(h, func() { %s[%s] = %s / (%s * 0) })", m, g.logged(k), g.logged(e), g.value(e, 1))
	g.p("rt.Try(h, func() { %s[%s] = func() %s { panic(\"p\") }() })", m, g.logged(k), e.name)
	g.p("rt.Try(h, func() { var n map[%s]%s; n[%s] = %s })", k.name, e.name, g.logged(k), g.logged(e))
	g.p("rt.Try(h, func() { var n map[any]%s; n[[]int{}] = %s })", e.name, g.logged(e))
	g.p("h.V(\"m\", %s)", m)
}

// Which of several panics comes first, and what was done before it.
func panicsInOrder(g *gen) {
	t := g.integer()
	a, z, p := g.name("a"), g.name("z"), g.name("p")
	g.p("%s, %s := []%s{1, 2, 3}, %s(rt.Zero())", a, z, t.name, t.name)
	g.p("var %s *struct{ n %s; b [3]%s }", p, t.name, t.name)
	bad := []string{fmt.Sprintf("1/%s", z), fmt.Sprintf("%s[rt.Zero()+%d]", a, 3+g.r.IntN(4)), fmt.Sprintf("%s.n", p), fmt.Sprintf("any(%s).(%s)", g.something(), t.name), fmt.Sprintf("func() %s { h.E(5); panic(\"call\") }()", t.name),
		fmt.Sprintf("%s[rt.Zero()+4:][0]", a), fmt.Sprintf("%s.b[1]", p), fmt.Sprintf("rt.T(h, 7, %s[1])", a), fmt.Sprintf("%s(len(make([]int, rt.Zero()-1)))", t.name)}
	places := []string{fmt.Sprintf("%s[rt.Zero()+%d]", a, g.r.IntN(5)), p + ".n", p + ".b[2]", "map[any]" + t.name + "{}[[]int{}]", "map[int]" + t.name + "(nil)[1]", fmt.Sprintf("%s[0]", a), fmt.Sprintf("%s[1]", a)}
	for range 4 {
		g.p("rt.Try(h, func() { h.V(\"sum\", %s + %s) })", pick(g, bad), pick(g, bad))
		g.p("rt.Try(h, func() { %s = %s })", pick(g, places), pick(g, bad))
		// gc inserts an element of a map before it evaluates the value, against the language: none beside values that fail.
		direct := append(places[:3:3], places[5:]...)
		g.p("rt.Try(h, func() { %s, %s = %s, %s })", pick(g, direct), pick(g, direct), pick(g, bad), pick(g, bad))
		g.p("rt.Try(h, func() { %s, %s = %s, %s })", places[5], places[6], pick(g, bad), g.expr(t, 1).s)
		g.p("rt.Try(h, func() { %s, %s = 7, 8 })", pick(g, places), pick(g, places))
		g.p("rt.Try(h, func() { %s += %s })", pick(g, places), pick(g, bad))
		g.p("rt.Try(h, func() { h.V(\"list\", []%s{%s, %s}) })", t.name, pick(g, bad), pick(g, bad))
		g.p("rt.Try(h, func() { _ = %s; _ = %s; h.E(1) })", pick(g, bad[:3]), pick(g, bad))
	}
	g.p("_, _ = %s, %s", z, p)
	g.p("h.V(\"a\", %s)", a)
}

func chainedCalls(g *gen) {
	t := g.integer()
	f := g.name("chain")
	g.p("{")
	g.p("\ttype chain func(%s) chain", t.name)
	g.p("\tvar %s chain", f)
	g.p("\t%s = func(x %s) chain { h.V(\"x\", x); return %s }", f, t.name, f)
	g.p("\t%s(%s)(%s)(%s)", f, g.logged(t), g.logged(t), g.logged(t))
	g.p("\tdefer %s(%s)(%s)", f, g.logged(t), g.logged(t))
	g.p("}")
}

func receiveOrder(g *gen) {
	t := g.integer()
	c := g.name("c")
	g.p("%s := make(chan %s, 8)", c, t.name)
	g.p("for i := range 8 { %s <- %s(i) * %s }", c, t.name, g.literal(t, 0))
	g.p("h.V(\"received\", [...]%[1]s{<-%[2]s, %[3]s, <-%[2]s - <-%[2]s, %[3]s})", t.name, c, g.logged(t))
	v := g.fresh(t, 1)
	g.p("%[1]s, %[3]s = <-%[2]s, <-%[2]s + %[1]s", v.name, c, "_")
	g.p("%[1]s = %[1]s * <-%[2]s", v.name, c)
}

func switchOrder(g *gen) {
	t := g.integer()
	g.p("switch x := %s; %s {", g.logged(t), g.logged(t))
	g.p("case %s, %s:\n\th.E(1)", g.logged(t), g.logged(t))
	g.p("case x, %s:\n\th.E(2)", g.logged(t))
	g.p("default:\n\th.E(3)")
	g.p("case %s + x:\n\th.E(4)", g.logged(t))
	g.p("}")
}
