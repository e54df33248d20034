// Area control: loops with bounds that are known, labels, goto, switch with fallthrough, ranges over integers, functions and channels, loop variables
// of each iteration.
package main

import (
	"fmt"
	"strings"
)

var controlArea = &area{
	name:   "control",
	simple: []func(*gen){ifElse, countedLoop, switchStatement, bareBlock, rangeInteger},
	whole:  []func(*gen){labeledLoops, gotoLoop, rangeFunction, perIteration, nestedRangeFunctions, fallthroughChain, loopWithDefer, rangeInteger, conditions, deadCode, earlyReturn},
}

func ifElse(g *gen) {
	mark := g.open("if %s", g.expr(boolType, 3).s)
	g.block(1 + g.r.IntN(2))
	g.leave(mark)
	for range g.r.IntN(3) {
		g.indent--
		g.p("} else if %s {", g.value(boolType, 2))
		g.indent++
		g.block(1)
		g.leave(mark)
	}
	if g.chance(60) {
		g.indent--
		g.p("} else {")
		g.indent++
		g.block(1)
	}
	g.close(mark)
}

func bareBlock(g *gen) {
	mark := g.open("")
	g.fresh(g.anyOf(1), 2)
	g.block(2)
	g.close(mark)
}

// loop makes a loop of n iterations, if that is not too much work here.
func (g *gen) loop(n int, header string, i *variable, body func()) {
	if g.trips*n > 120 {
		logValue(g)
		return
	}
	mark := g.open("%s", header)
	trips := g.trips
	g.trips *= n
	if i != nil {
		g.vars = append(g.vars, i)
	}
	body()
	g.close(mark)
	g.trips = trips
}

func countedLoop(g *gen) {
	i, n := g.name("i"), 1+g.r.IntN(6)
	t := g.integer()
	header := fmt.Sprintf("for %s := %s(0); %s < %d; %s++", i, t.name, i, n, i)
	if g.chance(30) {
		header = fmt.Sprintf("for %s := %s(%d); %s > 0; %s--", i, t.name, n, i, i)
	}
	g.loop(n, header, &variable{i, t, true}, func() {
		g.block(1 + g.r.IntN(2))
		if g.chance(25) {
			g.p("if %s { %s }", g.value(boolType, 2), pick(g, []string{"break", "continue"}))
			g.block(1)
		}
	})
}

func rangeInteger(g *gen) {
	i, n := g.name("i"), 1+g.r.IntN(5)
	t := g.integer()
	g.loop(n, pick(g, []string{fmt.Sprintf("for %s := range %s(%d)", i, t.name, n), fmt.Sprintf("for %s := range rt.Opaque(%s(%d))", i, t.name, n)}), &variable{i, t, true}, func() {
		g.block(1 + g.r.IntN(2))
	})
	if g.chance(30) {
		x := g.name("n")
		g.p("%s := %s(%d)", x, t.name, 1+g.r.IntN(4))
		g.p("for %[1]s := range %[1]s { %[1]s *= 2; h.V(\"i\", %[1]s) }", x)
		g.p("for range %s { %s = 0 }", x, x)
		g.declare(x, t)
	}
}

func switchStatement(g *gen) {
	t := g.integer()
	mark := g.open("switch %s", pick(g, []string{g.value(t, 2), fmt.Sprintf("%s & %d", g.value(t, 2), 7)}))
	seen := map[string]bool{}
	n := 2 + g.r.IntN(6)
	dense := g.chance(50)
	for i := range n {
		var values []string
		for range 1 + g.r.IntN(3) {
			v := g.integerText(t)
			if dense {
				v = fmt.Sprint(g.r.IntN(12))
			}
			if !seen[v] {
				seen[v] = true
				values = append(values, v)
			}
		}
		if g.chance(15) {
			values = append(values, g.value(t, 1))
		}
		if len(values) == 0 {
			continue
		}
		g.indent--
		g.p("case %s:", strings.Join(values, ", "))
		g.indent++
		inner := len(g.vars)
		g.block(1)
		if g.chance(15) {
			g.p("if %s { break }", g.value(boolType, 1))
			g.p("h.E(%d)", i)
		}
		g.leave(inner)
	}
	if g.chance(70) {
		g.indent--
		g.p("default:")
		g.indent++
		inner := len(g.vars)
		g.block(1)
		g.leave(inner)
	}
	g.close(mark)
}

func fallthroughChain(g *gen) {
	x := g.name("x")
	n := 4 + g.r.IntN(4)
	g.p("for %s := range %d {", x, n+2)
	g.p("switch {")
	fallback := g.r.IntN(n)
	for i := range n {
		if i == fallback {
			g.p("default:")
		} else {
			g.p("case rt.T(h, %d, %s == %d) && %s:", i, x, g.r.IntN(n), g.value(boolType, 1))
		}
		g.p("\th.E(%d)", 100+i)
		if i < n-1 && g.chance(50) {
			g.p("\tfallthrough")
		}
	}
	g.p("}")
	g.p("}")
}

func labeledLoops(g *gen) {
	outer, middle := g.name("outer"), g.name("middle")
	i, j, k := g.name("i"), g.name("j"), g.name("k")
	g.p("%s:", outer)
	g.p("for %s := range %d {", i, 3+g.r.IntN(3))
	g.p("%s:", middle)
	g.p("\tfor %s := 0; %s < %d; %s++ {", j, j, 3+g.r.IntN(3), j)
	g.p("\t\tfor %s := range [...]int{3, 1, 2, 5} {", k)
	g.p("\t\t\th.V(\"at\", [3]int{%s, %s, %s})", i, j, k)
	g.p("\t\t\tswitch (%s*%d + %s*%d + %s) %% %d {", i, 1+g.r.IntN(5), j, 1+g.r.IntN(5), k, 5+g.r.IntN(5))
	for c, what := range []string{"break " + outer, "continue " + outer, "break " + middle, "continue " + middle, "break", "continue"} {
		if g.chance(60) || c == 1 || c == 2 {
			g.p("\t\t\tcase %d:", g.r.IntN(2)+c*2)
			g.p("\t\t\t\t%s", what)
		}
	}
	g.p("\t\t\t}")
	g.p("\t\t\th.E(%s)", k)
	g.p("\t\t}")
	g.p("\t}")
	g.p("}")
	if g.chance(50) {
		l := g.name("choice")
		g.p("%s: switch x := %s; { case x > 3: for { if x > 100 { break %s }; x = x*2 + 1; if x < 0 { break %s } }; default: h.E(2) }", l, g.value(byteType, 1), l, l)
	}
}

func gotoLoop(g *gen) {
	n, back, out := g.name("n"), g.name("back"), g.name("out")
	g.p("%s := 0", n)
	g.declare(n, intType)
	v := g.fresh(g.integer(), 1)
	g.p("%s:", back)
	g.p("if %s < %d {", n, 2+g.r.IntN(6))
	g.p("\t%s++", n)
	g.p("\t%s = %s", v.name, g.expr(v.t, 2).s)
	g.p("\tif %s { goto %s }", g.value(boolType, 2), back)
	g.p("\tif %s > %d { goto %s }", n, 2+g.r.IntN(5), out)
	g.p("\th.E(%s)", n)
	g.p("\tgoto %s", back)
	g.p("}")
	g.p("%s:", out)
	g.p("h.V(\"n\", %s)", n)
}

// sequence is a function literal that is an iterator over n values of t.
func (g *gen) sequence(t *typ, n int) string {
	y := g.name("yield")
	s := fmt.Sprintf("func(%s func(int, %s) bool) { defer h.E(%d); for i := range %d { if !%s(i, %s) { h.E(%d); return } }; h.E(%d) }", y, t.name, g.r.IntN(99), n, y, g.expr(t, 1).s,
		g.r.IntN(99), g.r.IntN(99))
	return s
}

func rangeFunction(g *gen) {
	t := g.anyOf(1)
	i, x := g.name("i"), g.name("x")
	n := 1 + g.r.IntN(6)
	v := g.fresh(g.integer(), 1)
	g.loop(n, fmt.Sprintf("for %s, %s := range %s", i, x, g.sequence(t, n)), &variable{i, intType, true}, func() {
		g.declare(x, t)
		g.p("%s += %s", v.name, g.value(v.t, 1))
		g.block(1)
		if g.chance(40) {
			g.p("if %s == %d { %s }", i, g.r.IntN(n), pick(g, []string{"break", "continue", "break", "return"}))
			g.block(1)
		}
		if g.chance(20) {
			g.p("defer func() { h.V(\"late\", %s) }()", x)
		}
	})
	if g.chance(30) {
		g.p("for range %s { if %s { break } }", g.sequence(t, n), g.value(boolType, 1))
	}
	if g.chance(20) {
		g.p("rt.Try(h, func() { for i := range %s { if i == %d { panic(%s) }; h.V(\"i\", i) } })", g.sequence(t, n), g.r.IntN(n), g.literal(g.scalar(), 0))
	}
}

func nestedRangeFunctions(g *gen) {
	outer := g.name("outer")
	r := g.name("r")
	t := g.integer()
	g.p("%s := func() (result %s) {", r, t.name)
	g.p("\tdefer func() { result += 1; h.V(\"result\", result) }()")
	g.p("%s:", outer)
	g.p("\tfor i, x := range %s {", g.sequence(t, 2+g.r.IntN(3)))
	g.p("\t\tfor j, y := range %s {", g.sequence(t, 2+g.r.IntN(3)))
	g.p("\t\t\tdefer func(k int) { h.V(\"deferred\", [3]int{i, j, k}) }(i*10 + j)")
	g.p("\t\t\tresult += x ^ y")
	g.p("\t\t\tswitch (i*%d + j) %% 6 {", 1+g.r.IntN(5))
	for c, what := range []string{"break " + outer, "continue " + outer, "return x", "continue", "break"} {
		if g.chance(60) {
			g.p("\t\t\tcase %d:\n%s", c, what)
		}
	}
	g.p("\t\t\t}")
	g.p("\t\t\tfor k := range %d { if k == j { continue %s }; if k > %d { return y } }", 2+g.r.IntN(2), outer, g.r.IntN(3))
	g.p("\t\t}")
	g.p("\t}")
	g.p("\treturn %s", g.expr(t, 1).s)
	g.p("}()")
	g.declare(r, t)
}

func perIteration(g *gen) {
	list, i := g.name("list"), g.name("i")
	n := 3 + g.r.IntN(3)
	g.p("var %s []func() int", list)
	switch g.r.IntN(3) {
	case 0:
		g.p("for %[1]s, j := 0, %[3]d; %[1]s < j; %[1]s, j = %[1]s+1, j-1 { %[2]s = append(%[2]s, func() int { %[1]s *= 10; j++; return %[1]s + j }) ; if %[1]s %% 2 == 1 { %[1]s++ } }", i, list, n*2)
	case 1:
		g.p("for %[1]s := range %[3]d { f := func() int { %[1]s += 3; return %[1]s }; f(); %[2]s = append(%[2]s, f) }", i, list, n)
	case 2:
		g.p("for %[1]s := 0; %[1]s < %[3]d; %[1]s++ { p := &%[1]s; %[2]s = append(%[2]s, func() int { *p += 100; return *p }); if %[1]s == 1 { continue }; defer func() { h.V(\"loop\", *p) }() }", i, list, n)
	}
	g.p("for _, f := range %s { h.V(\"f\", f() + f()) }", list)
}

func loopWithDefer(g *gen) {
	n := 2 + g.r.IntN(4)
	v := g.fresh(g.integer(), 1)
	g.p("func() {")
	g.p("\tfor i := range %d {", n)
	g.p("\t\tdefer func(x %s) { %s += x; h.V(\"deferred\", %s) }(%s(i) ^ %s)", v.t.name, v.name, v.name, v.t.name, v.name)
	g.p("\t\tif %s { defer h.E(i) }", g.value(boolType, 1))
	g.p("\t\t%s = %s", v.name, g.expr(v.t, 2).s)
	g.p("\t}")
	g.p("}()")
}

func conditions(g *gen) {
	b := func() string {
		return fmt.Sprintf("rt.T(h, %d, %s)", g.r.IntN(100), g.typed(boolType, g.expr(boolType, 1).s))
	}
	for range 3 {
		g.p("if %s && (%s || !%s) || %s && %s { h.E(1) } else if !(%s || %s) { h.E(2) }", b(), b(), b(), b(), b(), b(), b())
	}
	v := g.name("b")
	g.p("%s := %s && %s || !(%s && %s) != %s", v, b(), b(), b(), b(), b())
	g.declare(v, boolType)
}

func deadCode(g *gen) {
	c := g.name("c")
	g.p("const %s = %d", c, g.r.IntN(5))
	g.p("if %s > 2 { %s } else { h.E(%d) }", c, "h.E(3)", g.r.IntN(9))
	g.p("switch %s { case 0: h.E(0); case 1, 2: h.E(1); case 3: h.E(5); default: h.E(2) }", c)
	g.p("for %s > 10 { h.E(4) }", c)
	g.p("func() int { for { if %s { return 1 }; if rt.Zero() == 0 { break } }; return 2 }()", g.value(boolType, 1))
}

func earlyReturn(g *gen) {
	t := g.anyOf(1)
	r := g.name("r")
	g.p("%s := func(n int) %s {", r, t.name)
	g.p("\tfor i := 0; ; i++ {")
	g.p("\t\tswitch { case i > n: return %s; case i*i == n: return %s }", g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("\t\tif i > %d { goto done }", 1+g.r.IntN(4))
	g.p("\t}")
	g.p("done:")
	g.p("\tif n & 1 == 0 { return %s } else { return %s }", g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("}")
	g.p("for n := range 5 { h.V(\"returned\", %s(n)) }", r)
}
