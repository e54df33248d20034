// Area channels: buffered and unbuffered channels, select, closing; used so that the outcome does not depend on the scheduler.
package main

var channelsArea = &area{
	name:   "channels",
	simple: []func(*gen){bufferedChannel},
	whole:  []func(*gen){bufferedChannel, pipeline, selectReady, selectLoop, closedChannel, nilCases, channelOfChannels, handOver, selectOrder, largeElements, channelPanics},
}

func bufferedChannel(g *gen) {
	t := g.anyOf(1)
	c, x, ok := g.name("c"), g.name("x"), g.name("ok")
	n := 1 + g.r.IntN(3)
	g.p("%s := make(chan %s, %d)", c, t.name, n)
	g.p("for range %d { %s <- %s }", n, c, g.expr(t, 1).s)
	g.p("h.V(\"filled\", [...]int{len(%s), cap(%s)})", c, c)
	g.p("select { case %s <- %s: h.E(1); default: h.E(2) }", c, g.expr(t, 1).s)
	if g.chance(50) {
		g.p("close(%s)", c)
		g.p("for x := range %s { h.V(\"x\", x) }", c)
	}
	g.p("select { case x, ok := <-%s: h.V(\"x\", x); h.V(\"ok\", ok); default: h.E(3) }", c)
	g.p("var %s %s", x, t.name)
	g.p("%s := false", ok)
	g.p("select { case %s, %s = <-%s: default: }", x, ok, c)
	g.declare(x, t)
	g.declare(ok, boolType)
}

func pipeline(g *gen) {
	t := g.integer()
	n := 3 + g.r.IntN(10)
	g.p("{")
	g.p("\ta, b := make(chan %s%s), make(chan %s)", t.name, pick(g, []string{"", ", 1", ", 4"}), t.name)
	g.p("\tgo func() { defer close(a); for i := range %d { a <- %s(i) * %s } }()", n, t.name, g.literal(t, 0))
	g.p("\tgo func() { defer close(b); for x := range a { if x %% 3 != 1 { b <- x ^ %s } } }()", g.literal(t, 0))
	g.p("\tfor x := range b { h.V(\"x\", x) }")
	g.p("}")
}

func selectReady(g *gen) {
	t := g.anyOf(1)
	g.p("{")
	g.p("\ta, b, full := make(chan %s, 1), make(chan int), make(chan %s, 1)", t.name, t.name)
	g.p("\tfull <- %s", g.expr(t, 1).s)
	g.p("\tfor i := range 3 {")
	g.p("\t\tselect { case a <- %s: h.E(i); case x := <-b: h.V(\"x\", x); case full <- %s: h.E(9) }", g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("\t\tselect { case x, ok := <-a: h.V(\"x\", x); h.V(\"ok\", ok); if i == %d { break }; h.E(5); case b <- i: h.E(8); case full <- %s: h.E(9) }", g.r.IntN(3), g.expr(t, 1).s)
	g.p("\t}")
	g.p("}")
}

func selectLoop(g *gen) {
	t := g.integer()
	n := 2 + g.r.IntN(5)
	l := g.name("loop")
	g.p("{")
	g.p("\tdata, quit := make(chan %s), make(chan struct{})", t.name)
	g.p("\tgo func() { for i := range %d { data <- %s(i) + %s }; close(quit) }()", n, t.name, g.literal(t, 0))
	g.p("\tvar sum %s", t.name)
	g.p("%s:", l)
	g.p("\tfor { select { case x := <-data: if x & 1 == 0 { continue %s }; sum = sum*3 + x; case <-quit: break %s } }", l, l)
	g.p("\th.V(\"sum\", sum)")
	g.p("}")
}

func closedChannel(g *gen) {
	t := g.anyOf(1)
	c := g.name("c")
	g.p("%s := make(chan %s, 2)", c, t.name)
	g.p("%s <- %s", c, g.expr(t, 1).s)
	g.p("close(%s)", c)
	g.p("for range 2 { x, ok := <-%s; h.V(\"x\", x); h.V(\"ok\", ok) }", c)
	g.p("h.V(\"zero\", <-%s)", c)
	g.p("rt.Try(h, func() { select { case %s <- %s: h.E(1); default: h.E(2) } })", c, g.expr(t, 1).s)
}

func nilCases(g *gen) {
	t := g.scalar()
	g.p("{")
	g.p("\tvar none chan %s", t.name)
	g.p("\tsome := make(chan %s, 2)", t.name)
	g.p("\tfor i := range 4 {")
	g.p("\t\tselect { case x := <-none: h.V(\"x\", x); case none <- %s: h.E(1); default: h.E(2) }", g.expr(t, 1).s)
	g.p("\t\tif i %% 2 == 0 { some <- %s; none = some } else { none = nil }", g.expr(t, 1).s)
	g.p("\t\tselect { case x := <-none: h.V(\"x\", x); none = nil; default: h.E(3) }")
	g.p("\t}")
	g.p("}")
}

func channelOfChannels(g *gen) {
	t := g.integer()
	g.p("{")
	g.p("\trequests := make(chan struct { x %s; reply chan<- %s })", t.name, t.name)
	g.p("\tgo func() { for r := range requests { r.reply <- r.x * 3; close(r.reply) } }()")
	g.p("\tfor i := range 3 { reply := make(chan %s, 1); requests <- struct { x %s; reply chan<- %s }{%s(i) + %s, reply}; for y := range reply { h.V(\"y\", y) } }", t.name, t.name, t.name, t.name, g.value(t, 1))
	g.p("\tclose(requests)")
	g.p("}")
}

func handOver(g *gen) {
	t := g.anyOf(1)
	g.p("{")
	g.p("\tping, pong := make(chan %s), make(chan %s)", t.name, t.name)
	g.p("\tgo func() { n := 0; for x := range ping { n++; h.V(\"ping\", n); pong <- x }; close(pong) }()")
	g.p("\tfor i := range %d { ping <- %s; h.V(\"pong\", <-pong); h.E(i) }", 2+g.r.IntN(3), g.expr(t, 1).s)
	g.p("\tclose(ping); _, ok := <-pong; h.V(\"ok\", ok)")
	g.p("}")
}

// The operands of a select are evaluated once, in order, also those of cases that are not chosen.
func selectOrder(g *gen) {
	t := g.integer()
	c := g.name("c")
	g.p("%s := make(chan %s, 1)", c, t.name)
	g.p("{ f := func(n int, d chan %[1]s) chan %[1]s { h.E(n); return d }; a := [2]%[1]s{}; m := map[int]%[1]s{}", t.name)
	g.p("\tselect { case f(1, nil) <- %s: case f(2, %s) <- %s: h.E(3); case a[rt.T(h, 4, 0)] = <-f(5, nil): }", g.logged(t), c, g.logged(t))
	g.p("\tselect { case f(6, nil) <- %s: case a[rt.T(h, 7, 1)] = <-f(8, %s): h.E(9) }", g.logged(t), c)
	g.p("\t%s <- %s", c, g.logged(t))
	g.p("\tvar ok bool; select { case m[rt.T(h, 10, 3)], ok = <-f(11, %s): h.V(\"ok\", ok); default: h.E(12) }", c)
	g.p("\th.V(\"a\", a); h.V(\"m\", m)")
	g.p("}")
}

func largeElements(g *gen) {
	t := arrayOf(g.scalar(), 10+g.r.IntN(60))
	g.p("{")
	g.p("\tc := make(chan %s%s)", t.name, pick(g, []string{"", ", 2"}))
	g.p("\tgo func(x %s) { for i := range 3 { x[i] = %s; c <- x }; close(c) }(%s)", t.name, g.literal(t.elem, 0), g.expr(t, 1).s)
	g.p("\tfor x := range c { x[0], x[1] = x[1], x[0]; h.V(\"x\", x) }")
	g.p("\tvar y %s; select { case y = <-c: h.V(\"y\", y) }", t.name)
	g.p("}")
}

func channelPanics(g *gen) {
	t := g.scalar()
	g.p("rt.Try(h, func() { c := make(chan %s, rt.Zero()-1); h.V(\"c\", c) })", t.name)
	g.p("rt.Try(h, func() { var c chan %s; defer close(c); h.V(\"len\", len(c) + cap(c)) })", t.name)
	g.p("rt.Try(h, func() { c := make(chan %s, 1); close(c); c <- %s })", t.name, g.expr(t, 1).s)
	g.p("rt.Try(h, func() { c := make(chan %[1]s); go func() { defer func() { _ = recover(); c <- %[2]s }(); var m map[string]int; m[\"x\"]++ }(); h.V(\"c\", <-c) })", t.name, g.literal(t, 0))
}
