// Area funcs: closures that capture and change variables, method values and expressions, promotions through embedded fields, variadic calls, several
// results, recursion with a bound.
package main

import (
	"fmt"
	"strings"
)

var funcsArea = &area{
	name:    "funcs",
	declare: declareRecursions,
	simple:  []func(*gen){closureCapture, methodCalls, assignment},
	whole:   []func(*gen){closureCapture, counters, methodValues, methodExpressions, variadic, severalResults, recursion, mutualClosures, functionTables, structMethods, deferredArguments, manyParameters, embeddedPromotion, goStatement},
}

// declareRecursions makes functions that call themselves, with a depth that falls.
func declareRecursions(g *gen) {
	for i := range 2 {
		t, u := g.anyOf(1), g.integer()
		g.helper, g.calls = true, 99
		g.function(fmt.Sprintf("func r%d(h *rt.Log, depth int, a %s, b %s) (%s, %s)", i, t.name, u.name, t.name, u.name),
			[]*variable{{"a", t, false}, {"b", u, false}}, func() {
				g.p("if depth <= 0 { return %s, %s }", g.expr(t, 2).s, g.expr(u, 2).s)
				g.p("x, y := r%d(h, depth-1, %s, b + %s)", i, g.bounded(t, g.expr(t, 1).s), g.expr(u, 1).s)
				g.p("if depth %% 3 == 1 { x, y = r%d(h, depth-%d, x, y) }", i, 2+g.r.IntN(3))
				g.p("h.V(\"y\", y)")
				g.declare("x", t)
				g.declare("y", u)
				g.p("return %s, %s", g.bounded(t, g.expr(t, 2).s), g.expr(u, 2).s)
			})
		g.helper = false
		g.recursions[i] = [2]*typ{t, u}
	}
}

func recursion(g *gen) {
	i := g.r.IntN(2)
	t, u := g.recursions[i][0], g.recursions[i][1]
	x, y := g.name("x"), g.name("y")
	g.p("%s, %s := r%d(h, %d, %s, %s)", x, y, i, 3+g.r.IntN(6), g.expr(t, 2).s, g.expr(u, 2).s)
	g.declare(x, t)
	g.declare(y, u)
}

func closureCapture(g *gen) {
	v := g.fresh(g.anyOf(1), 2)
	f := g.name("f")
	p := g.name("a")
	t := g.scalar()
	g.p("%s := func(%s %s) %s {", f, p, t.name, v.t.name)
	mark := len(g.vars)
	g.indent++
	g.declare(p, t)
	old := g.trips
	g.trips *= 3
	g.nesting++
	g.block(1)
	g.nesting--
	g.p("%s = %s", v.name, g.bounded(v.t, g.expr(v.t, 2).s))
	g.leave(mark)
	g.trips = old
	g.p("return %s", g.bounded(v.t, g.expr(v.t, 1).s))
	g.indent--
	g.p("}")
	g.p("h.V(\"f\", %s(%s))", f, g.expr(t, 1).s)
	if g.chance(50) {
		g.p("%s = %s(%s)", v.name, f, g.expr(t, 1).s)
	}
	g.declare(f, funcOf(v.t, t))
}

func counters(g *gen) {
	t := g.integer()
	make, a, b := g.name("make"), g.name("a"), g.name("b")
	g.p("%s := func(start %s) (func() %s, func(%s)) { n := start; return func() %s { n++; return n * 3 }, func(x %s) { n ^= x; start-- ; n += start } }", make, t.name, t.name, t.name, t.name, t.name)
	g.p("%s, %s := %s(%s)", a, b, make, g.expr(t, 1).s)
	g.p("for i := range %d { %s(%s(i) + %s()); h.V(\"count\", %s()) }", 2+g.r.IntN(4), b, t.name, a, a)
}

func methodCalls(g *gen) {
	for range 4 {
		v := pick(g, g.vars)
		if v.t.methods && !v.readOnly {
			g.p("%s.Set(%s)", v.name, g.value(uint64Type, 1))
			g.p("h.V(\"got\", %s.Get())", v.name)
			return
		}
	}
	v := g.fresh(pick(g, g.structs), 2)
	g.p("%s.Set(%s.Get() + 1)", v.name, v.name)
}

func (g *gen) receiver() *typ {
	switch g.r.IntN(6) {
	case 0:
		return pick(g, g.namedInts)
	case 1:
		return g.namedFloat
	case 2:
		return g.namedString
	}
	return pick(g, g.structs)
}

// A method value binds its receiver: a copy for a value method, the address for a pointer method.
func methodValues(g *gen) {
	v := g.fresh(g.receiver(), 2)
	get, set := g.name("get"), g.name("set")
	g.p("%s, %s := %s.Get, %s.Set", get, set, v.name, v.name)
	g.p("h.V(\"before\", %s())", get)
	g.p("%s(%s)", set, g.value(uint64Type, 1))
	g.p("%s = %s", v.name, g.expr(v.t, 1).s)
	g.p("%s(%s() + 1)", set, get)
	g.p("h.V(\"bound\", [...]uint64{%s(), %s.Get(), Getter(%s).Get(), Getter.Get(&%s), Setter(&%s).Get()})", get, v.name, v.name, v.name, v.name)
	g.p("func(f func() uint64, fs ...func(uint64)) { for _, s := range fs { s(f()) } }(%s.Get, %s, (&%s).Set)", v.name, set, v.name)
	g.p("defer h.V(\"deferred\", %s.Get())", v.name)
	g.p("{ var i Setter = &%s; f := i.Set; i = nil; f(%s); rt.Try(h, func() { g := i.Get; h.V(\"nil\", g()) }) }", v.name, g.value(uint64Type, 1))
}

func methodExpressions(g *gen) {
	v := g.fresh(g.receiver(), 2)
	f := g.name("f")
	g.p("%s := %s.Get", f, v.t.name)
	g.p("(*%s).Set(&%s, %s(%s))", v.t.name, v.name, f, v.name)
	g.p("h.V(\"expressions\", [...]uint64{%s(%s), (*%s).Get(&%s), Setter.Get(&%s), func(g func(Getter) uint64) uint64 { return g(%s) }(Getter.Get)})", f, v.name, v.t.name, v.name, v.name, v.name)
	g.p("for _, s := range []func(Setter, uint64){Setter.Set, func(s Setter, x uint64) { s.Set(x + s.Get()) }} { s(&%s, %s) }", v.name, g.value(uint64Type, 1))
}

func embeddedPromotion(g *gen) {
	a, b := pick(g, g.structs), pick(g, g.structs)
	g.p("{")
	g.p("\ttype inner struct { %s; n int }", a.name)
	g.p("\ttype middle struct { *inner; Setter; extra %s }", b.name)
	g.p("\ttype outer struct { middle }")
	g.p("\tx := %s", g.expr(b, 1).s)
	g.p("\to := outer{middle{inner: &inner{%s, %d}, Setter: &x, extra: x}}", g.expr(a, 1).s, g.r.IntN(99))
	g.p("\to.n += %d", g.r.IntN(99))
	g.p("\to.%s.Set(%s)", a.name, g.value(uint64Type, 1))
	g.p("\to.Set(o.Setter.Get() + 1)")
	g.p("\tf := o.middle.Set; o.Setter = &o.extra; f(%s)", g.value(uint64Type, 1))
	g.p("\th.V(\"promoted\", [...]uint64{o.inner.Get(), o.Get(), o.extra.Get(), uint64(o.n), x.Get(), Setter(o).Get(), Getter(&o).Get()})")
	g.p("\tp := o; p.inner = nil")
	g.p("\trt.Try(h, func() { h.V(\"nil\", p.n) })")
	g.p("\trt.Try(h, func() { h.V(\"nil\", p.inner.%s) })", a.name)
	g.p("\trt.Try(h, func() { p.Setter = nil; h.V(\"nil\", p.Get()) })")
	g.p("\th.V(\"same\", o.inner == o.middle.inner)")
	g.p("}")
}

func variadic(g *gen) {
	t := g.anyOf(1)
	f, s := g.name("f"), g.name("s")
	g.p("%s := func(n int, list ...%s) int { h.V(\"list\", list); if len(list) > n { list[n] = %s }; return len(list) * n }", f, t.name, g.expr(t, 1).s)
	g.p("%s := %s{%s, %s}", s, sliceOf(t).name, g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("h.V(\"variadic\", [...]int{%[1]s(0), %[1]s(1, %[2]s...), %[1]s(1, %[2]s[1], %[3]s), %[1]s(2, %[3]s, %[2]s[0], %[3]s)})", f, s, g.expr(t, 1).s)
	g.declare(s, sliceOf(t))
}

func severalResults(g *gen) {
	n := 2 + g.r.IntN(5)
	types := make([]*typ, n)
	list, values := make([]string, n), make([]string, n)
	for i := range n {
		types[i] = g.anyOf(1)
		list[i] = types[i].name
		values[i] = g.expr(types[i], 2).s
	}
	f := g.name("f")
	g.p("%s := func() (%s) { return %s }", f, strings.Join(list, ", "), strings.Join(values, ", "))
	names := make([]string, n)
	for i := range n {
		names[i] = g.name("x")
	}
	g.p("%s := %s()", strings.Join(names, ", "), f)
	for i := range n {
		g.declare(names[i], types[i])
	}
	if g.chance(60) { // the results as arguments
		params := make([]string, n)
		for i := range n {
			params[i] = fmt.Sprintf("q%d %s", i, list[i])
		}
		g.p("h.V(\"passed\", func(%s) %s { return q%d }(%s()))", strings.Join(params, ", "), list[n-1], n-1, f)
	}
	names[g.r.IntN(n)] = "_"
	g.p("%s = %s()", strings.Join(names, ", "), f)
}

func mutualClosures(g *gen) {
	even, odd := g.name("even"), g.name("odd")
	v := g.fresh(g.integer(), 1)
	g.p("var %s, %s func(int) bool", even, odd)
	g.p("%s = func(n int) bool { %s += %s; return n == 0 || %s(n-1) }", even, v.name, g.value(v.t, 1), odd)
	g.p("%s = func(n int) bool { %s ^= %s(n); return n != 0 && %s(n-1) }", odd, v.name, v.t.name, even)
	g.p("h.V(\"even\", [...]bool{%s(%d), %s(%d)})", even, g.r.IntN(20), odd, g.r.IntN(20))
}

func functionTables(g *gen) {
	t := g.integer()
	table := g.name("table")
	g.p("%s := map[string]func(x, y %s) %s{", table, t.name, t.name)
	for _, op := range []string{"+", "-", "*", "&", "|", "^", "&^"} {
		g.p("\t%q: func(x, y %s) %s { return x %s y },", op, t.name, t.name, op)
	}
	g.p("}")
	g.p("for _, op := range [...]string{\"+\", \"^\", \"*\", \"?\", \"&^\"} { if f := %s[op]; f != nil { h.V(op, f(%s, %s)) } }", table, g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("rt.Try(h, func() { h.V(\"nil\", %s[\"?\"](%s, 1)) })", table, g.literal(t, 0))
	g.p("for i, f := range []func(%[1]s) %[1]s{func(x %[1]s) %[1]s { return x + %[2]s }, func(x %[1]s) %[1]s { return -x }} { h.V(\"f\", f(%[1]s(i) * %[3]s)) }", t.name, g.value(t, 1), g.value(t, 1))
}

func structMethods(g *gen) {
	t := pick(g, g.structs)
	s := g.name("s")
	g.p("%s := []%s{%s, %s}", s, t.name, g.expr(t, 2).s, g.expr(t, 2).s)
	g.p("for i, x := range %s { x.Set(%s); %s[i].Set(x.Get()); p := &%s[len(%s)-1-i]; p.Set(p.Get()) }", s, g.value(uint64Type, 1), s, s, s)
	g.p("%s[0], %s[1] = %s[1], %s[0]", s, s, s, s)
	g.declare(s, sliceOf(t))
	g.p("{ m := map[int]%s{1: %s[0]}; h.V(\"map\", m[1].Get() + m[2].Get()) }", t.name, s)
	g.p("h.V(\"call\", func() %s { return %s[1] }().Get())", t.name, s)
}

func deferredArguments(g *gen) {
	v := g.fresh(g.anyOf(1), 2)
	g.p("func() {")
	g.p("\tdefer h.V(\"argument\", %s)", v.name)
	g.p("\tdefer func() { h.V(\"captured\", %s) }()", v.name)
	g.p("\tdefer func(x %s) { %s = x }(%s)", v.t.name, v.name, g.expr(v.t, 1).s)
	g.p("\t%s = %s", v.name, g.bounded(v.t, g.expr(v.t, 2).s))
	g.p("}()")
}

// More parameters and results than registers.
func manyParameters(g *gen) {
	n := 8 + g.r.IntN(10)
	var params, args, reads, results []string
	var types []*typ
	for i := range n {
		t := g.scalar()
		if g.chance(15) {
			t = g.anyOf(1)
		}
		types = append(types, t)
		params = append(params, fmt.Sprintf("q%d %s", i, t.name))
		args = append(args, g.expr(t, 1).s)
		results = append(results, t.name)
		reads = append(reads, fmt.Sprintf("q%d", i))
	}
	f := g.name("f")
	g.p("%s := rt.Opaque(func(%s) (%s) { h.V(\"q\", q%d); return %s })", f, strings.Join(params, ", "), strings.Join(results, ", "), g.r.IntN(n), strings.Join(reads, ", "))
	g.p("{")
	g.p("%s := %s(%s)", strings.Join(reads, ", "), f, strings.Join(args, ", "))
	for i := range reads {
		g.p("h.V(\"r\", q%d)", i)
	}
	g.p("}")
}

func goStatement(g *gen) {
	v := g.fresh(g.anyOf(1), 2)
	done := g.name("done")
	g.p("%s := make(chan %s)", done, v.t.name)
	g.p("go func(x %s) { rt.Try(h, func() { %s = %s }); %s <- x }(%s)", v.t.name, v.name, g.bounded(v.t, g.expr(v.t, 2).s), done, v.name)
	g.p("h.V(\"sent\", <-%s)", done)
}
