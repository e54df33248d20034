// Area panics: defer, recover, panics in deferred calls, runtime errors; and the last unit of a program, which ends it: with a panic, a fatal error,
// an exit status.
package main

import "fmt"

var panicsArea = &area{
	name:    "panics",
	declare: declareErrors,
	simple:  []func(*gen){tryStatement},
	whole:   []func(*gen){tryStatement, deferOrder, recoverAndGoOn, nestedPanics, recoverPlaces, panicInLoop, panicValues, replacedPanic, goexit, panicThroughFrames, runtimeErrors, deferredMethods, recoverInRange},
}

func declareErrors(g *gen) {
	g.decl("type failure struct { code int; text string }\nfunc (f failure) Error() string { return fmt.Sprint(\"failure \", f.code, \" \", f.text) }\n")
	g.decl("type described struct { n int }\nfunc (d *described) String() string { return fmt.Sprint(\"described \", d.n) }\n\n")
	g.decl("//go:noinline\nfunc sink(h *rt.Log, depth int, v any) int {\n\tdefer h.E(depth)\n\tif depth == 0 { panic(v) }\n\tx := sink(h, depth-1, v)\n\treturn x + %d\n}\n\n", g.r.IntN(9))
}

// trouble is an expression of an integer type that panics.
func (g *gen) trouble(t *typ) string {
	return pick(g, []string{
		fmt.Sprintf("(%s / %s(rt.Zero()))", g.expr(t, 1).s, t.name),
		fmt.Sprintf("(%s %% %s(rt.Zero()))", g.expr(t, 1).s, t.name),
		fmt.Sprintf("[]%s{1, 2}[rt.Zero()+%d]", t.name, 2+g.r.IntN(3)),
		fmt.Sprintf("[]%s{1, 2}[rt.Zero()-%d]", t.name, 1+g.r.IntN(3)),
		fmt.Sprintf("[3]%s{}[rt.Zero()+%d]", t.name, 3+g.r.IntN(300)),
		fmt.Sprintf("any(%s).(%s)", g.literal(stringType, 0), t.name),
		fmt.Sprintf("any(nil).(%s)", t.name),
		fmt.Sprintf("*(*%s)(nil)", t.name),
		fmt.Sprintf("(*[9]%s)(make([]%s, rt.Zero()+%d))[2]", t.name, t.name, g.r.IntN(9)),
		fmt.Sprintf("%s(len(make([]int, rt.Zero()-1)))", t.name),
		fmt.Sprintf("%s(len([]int{1, 2, 3}[rt.Zero()+2:rt.Zero()+1]))", t.name),
		fmt.Sprintf("%s(len(\"abc\"[rt.Zero()+%d:]))", t.name, 4+g.r.IntN(3)),
		fmt.Sprintf("%s(len([]int{1}[:rt.Zero()+2]))", t.name),
		fmt.Sprintf("%s(len([]int{1, 2}[:1:rt.Zero()+3]))", t.name),
		fmt.Sprintf("(%s << (rt.Zero() - 1))", g.value(t, 1)),
		fmt.Sprintf("func() %s { panic(%s) }()", t.name, g.panicValue()),
		fmt.Sprintf("(func() %s)(nil)()", t.name),
		fmt.Sprintf("%s(Getter(nil).Get())", t.name),
		fmt.Sprintf("map[any]%s{}[[]int{}]", t.name),
		fmt.Sprintf("%s(len(any(%s).(Setter).(interface{ Other() string }).Other()))", t.name, g.literal(pointerTo(pick(g, g.structs)), 1)),
	})
}

func (g *gen) panicValue() string {
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("failure{%d, %s}", g.r.IntN(99), g.stringText())
	case 1:
		return fmt.Sprintf("&described{%d}", g.r.IntN(99))
	case 2:
		return fmt.Sprintf("errors.New(%s)", g.stringText())
	}
	t := g.scalar()
	return g.expr(t, 1).s
}

func tryStatement(g *gen) {
	t := g.integer()
	g.p("rt.Try(h, func() { h.V(\"survived\", %s) })", g.trouble(t))
}

func deferOrder(g *gen) {
	v := g.fresh(g.integer(), 1)
	g.p("rt.Try(h, func() {")
	for i := range 2 + g.r.IntN(4) {
		switch g.r.IntN(5) {
		case 0:
			g.p("\tdefer h.E(%d)", i)
		case 1:
			g.p("\tdefer func(x %s) { %s -= x; h.V(\"x\", x) }(%s)", v.t.name, v.name, v.name)
		case 2:
			g.p("\tif %s { defer func() { h.V(\"v\", %s); %s++ }() }", g.value(boolType, 1), v.name, v.name)
		case 3:
			g.p("\tfor i := range %d { defer h.V(\"i\", i) }", g.r.IntN(4))
		case 4:
			g.p("\tdefer func() { if r := recover(); r != nil { h.V(\"r\", rt.Message(r)) } else { h.E(50) } }()")
		}
		g.p("\t%s += %s", v.name, g.value(v.t, 1))
	}
	if g.chance(60) {
		g.p("\t%s = %s", v.name, g.trouble(v.t))
	}
	g.p("\th.E(60)")
	g.p("})")
}

func recoverAndGoOn(g *gen) {
	t := g.integer()
	f := g.name("f")
	g.p("%s := func(n int) (result %s, text string) {", f, t.name)
	g.p("\tlocal := %s", g.expr(t, 1).s)
	g.p("\tdefer func() { if r := recover(); r != nil { text += rt.Message(r); result += local } }()")
	g.p("\tfor i := range 3 {")
	g.p("\t\tlocal += %s(i) ^ %s", t.name, g.value(t, 1))
	g.p("\t\tresult = local * 3")
	g.p("\t\tif i == n { text = \"in loop \"; local = %s }", g.trouble(t))
	g.p("\t}")
	g.p("\treturn local, \"done\"")
	g.p("}")
	g.p("for n := range 5 { x, s := %s(n); h.V(\"x\", x); h.V(\"s\", s) }", f)
}

func nestedPanics(g *gen) {
	g.p("rt.Try(h, func() {")
	g.p("\tdefer func() { r := recover(); h.V(\"outer\", rt.Message(r)); if %s { panic(%s) } }()", g.value(boolType, 1), g.panicValue())
	g.p("\tdefer func() { defer func() { h.V(\"inner\", rt.Message(recover())) }(); panic(%s) }()", g.panicValue())
	g.p("\tdefer func() { h.E(1); %s func() { h.V(\"no\", recover() == nil) }() }()", pick(g, []string{"", "defer"}))
	g.p("\th.V(\"x\", %s)", g.trouble(g.integer()))
	g.p("})")
}

// recover works only in a function that was deferred itself.
func recoverPlaces(g *gen) {
	g.p("rt.Try(h, func() {")
	g.p("\tdefer func() { func() { h.V(\"deeper\", recover() == nil) }() }()")
	g.p("\tdefer func() { h.V(\"loop\", func() (n int) { for range 3 { if recover() != nil { n++ } }; return n }()) }()")
	if g.chance(60) {
		g.p("\tdefer func() { if %s { h.V(\"caught\", rt.Message(recover())) } }()", g.value(boolType, 1))
	}
	g.p("\tf := func() { h.V(\"by value\", recover() != nil) }")
	if g.chance(50) {
		g.p("\tdefer f()")
	} else {
		g.p("\tf()")
	}
	if g.chance(30) {
		g.p("\tdefer recover()")
	}
	if g.chance(30) {
		g.p("\tdefer panic(%s)", g.panicValue())
	}
	g.p("\th.V(\"x\", sink(h, %d, %s))", g.r.IntN(4), g.panicValue())
	g.p("})")
	g.p("h.V(\"nothing\", recover() == nil)")
}

func panicInLoop(g *gen) {
	v := g.fresh(g.integer(), 1)
	t := v.t.name
	g.p("for i := range %d { func() { defer func() { if e, ok := recover().(error); ok { h.V(\"e\", e.Error()) }; %s++ }(); %s = [...]%s{1, 2, 3}[i] / %s(i&1) }() }", 3+g.r.IntN(3), v.name, v.name, t, t)
}

func panicValues(g *gen) {
	g.p("for _, x := range []any{%s, %s, %s, error(nil)} { rt.Try(h, func() { defer func() { r := recover(); h.V(\"same\", r == x); panic(r) }(); panic(x) }) }", g.panicValue(), g.panicValue(), g.panicValue())
}

func replacedPanic(g *gen) {
	g.p("rt.Try(h, func() { defer panic(%s); defer func() { panic(%s) }(); panic(%s) })", g.panicValue(), g.panicValue(), g.panicValue())
	g.p("rt.Try(h, func() { defer func() { panic(fmt.Sprint(\"again: \", rt.Message(recover()))) }(); sink(h, %d, %s) })", g.r.IntN(4), g.panicValue())
}

func goexit(g *gen) {
	done := g.name("done")
	g.p("%s := make(chan int)", done)
	g.p("go func() { defer close(%s); defer func() { h.V(\"none\", recover() == nil) }(); %s; h.E(1) }()", done, pick(g, []string{"runtime.Goexit()", "func() { defer runtime.Goexit(); panic(1) }()", "func() { defer h.E(2); runtime.Goexit() }()"}))
	g.p("<-%s", done)
}

func panicThroughFrames(g *gen) {
	t := g.anyOf(1)
	v := g.fresh(t, 1)
	g.p("rt.Try(h, func() { x := %s; defer func() { h.V(\"x\", x) }(); %s = x; h.V(\"sunk\", sink(h, %d, any(%s))); x = %s })", v.name, v.name, 1+g.r.IntN(8), g.panicValue(), v.name)
	g.p("func() { defer func() { _ = recover() }(); %s = %s; sink(h, 1, 2); %s = %s }()", v.name, g.expr(t, 1).s, v.name, g.expr(t, 1).s)
}

func runtimeErrors(g *gen) {
	for range 3 {
		g.p("func() { defer func() { r := recover(); _, is := r.(runtime.Error); h.V(\"is runtime.Error\", is); h.V(\"text\", rt.Message(r)) }(); h.V(\"x\", %s) }()", g.trouble(g.integer()))
	}
	g.p("rt.Try(h, func() { var c chan int; close(c) })")
	g.p("rt.Try(h, func() { c := make(chan int); close(c); %s })", pick(g, []string{"close(c)", "c <- 1"}))
	g.p("rt.Try(h, func() { var p *struct{ a [100]int; b %s }; p.b = %s })", "int8", g.expr(ints[0], 1).s)
	g.p("rt.Try(h, func() { var p *[10]int; for i := range p { h.E(i) }; for i, x := range p { h.V(\"x\", x+i) } })")
	g.p("rt.Try(h, func() { var p *[10]int; h.V(\"len\", len(p)); h.V(\"part\", len(p[:5])) })")
}

func deferredMethods(g *gen) {
	t := g.receiver()
	v := g.fresh(t, 1)
	g.p("func() { defer %s.Set(%s.Get()); defer func() { h.V(\"v\", %s) }(); %s.Set(%s); var i Setter = &%s; defer i.Set(%s) }()", v.name, v.name, v.name, v.name, g.value(uint64Type, 1), v.name, g.value(uint64Type, 1))
	g.p("rt.Try(h, func() { var i Setter; defer h.E(1); defer i.Set(1); h.E(2) })")
	g.p("rt.Try(h, func() { var f func(); defer h.E(1); defer f(); h.E(2) })")
	g.p("rt.Try(h, func() { var p *%s; defer p.Set(p.Get()); h.E(2) })", t.name)
}

func recoverInRange(g *gen) {
	t := g.integer()
	g.p("rt.Try(h, func() { for i, x := range %s { defer func() { if r := recover(); r != nil { h.V(\"r\", rt.Message(r)); h.V(\"x\", x) } }(); if i == 1 { h.V(\"bad\", %s) } } })", g.sequence(t, 3), g.trouble(t))
}

// lastUnit is the end of a program.
func (g *gen) lastUnit(name string) {
	g.function(fmt.Sprintf("func %s(h *rt.Log)", name), nil, func() {
		mark := len(g.vars)
		for range 3 {
			g.fresh(g.scalar(), 1)
		}
		g.statement(pick(g, areas), true)
		t := g.integer()
		switch g.r.IntN(10) {
		case 0, 1, 2:
			g.p("h.V(\"end\", %s)", g.trouble(t))
		case 3:
			g.p("panic(%s)", g.panicValue())
		case 4:
			g.p("defer func() { panic(fmt.Sprint(\"again \", rt.Message(recover()))) }()")
			g.p("h.V(\"end\", %s)", g.trouble(t))
		case 5:
			g.p("defer func() { panic(%s) }()", g.panicValue())
			g.p("defer func() { h.V(\"end\", %s) }()", g.trouble(t))
			g.p("panic(%s)", g.panicValue())
		case 6:
			g.p("os.Exit(%d)", g.r.IntN(256))
		case 7:
			g.p("%s", pick(g, []string{"<-make(chan int)", "select {}", "var c chan bool; c <- true", "make(chan int) <- 1", "for range make(chan int) { h.E(1) }"}))
		case 8:
			g.p("defer func() { r := recover(); h.V(\"r\", rt.Message(r)); panic(r) }()")
			g.p("h.V(\"end\", sink(h, 3, %s))", g.panicValue())
		case 9:
			g.p("defer func() { defer func() { recover(); panic(%s) }(); h.V(\"end\", %s) }()", g.panicValue(), g.trouble(t))
			g.p("h.V(\"end\", %s)", g.trouble(t))
		}
		g.p("h.E(rt.Zero())")
		g.leave(mark)
	})
}
