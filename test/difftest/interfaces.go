// Area interfaces: type switches, assertions, comparisons (also those that panic), embedded interfaces, dynamic calls.
package main

import (
	"strings"
)

var interfacesArea = &area{
	name:    "interfaces",
	declare: declareClasses,
	simple:  []func(*gen){logValue, typeSwitch},
	whole:   []func(*gen){typeSwitch, typeSwitch, assertions, comparisons, dynamicCalls, interfaceConversions, comparablePanics, interfaceTables, nilInterfaces, errorsAndText},
}

// declareClasses makes a function from any to a text of its type, through a type switch over many types.
func declareClasses(g *gen) {
	g.decl("func class(x any) string {\n\tswitch x := x.(type) {\n\tcase nil:\n\t\treturn \"nil\"\n")
	seen := map[string]bool{"[]any": true}
	for range 12 {
		t := g.anyOf(2)
		if seen[t.name] || t.kind == anyKind {
			continue
		}
		seen[t.name] = true
		g.decl("\tcase %s:\n\t\t_ = x\n\t\treturn %q\n", t.name, t.name)
	}
	g.decl("\tcase Setter:\n\t\treturn \"Setter\"\n\tcase Getter, error:\n\t\t_ = x\n\t\treturn \"Getter or error\"\n\tcase fmt.Stringer:\n\t\treturn x.String()\n\tcase func(), chan int, []any:\n\t\treturn \"other\"\n\t}\n\treturn \"?\"\n}\n\n")
}

// something is a value of type any.
func (g *gen) something() string {
	switch g.r.IntN(6) {
	case 0:
		return pick(g, []string{"any(nil)", "any(errors.New(\"e\"))", "any(func() {})", "any([]any{1, nil})", "any(struct{}{})", "any(make(chan int))", "any((*int)(nil))", "any([0]int{})"})
	case 1:
		return "any(" + g.literal(pointerTo(pick(g, g.structs)), 1) + ")"
	}
	return "any(" + g.expr(g.anyOf(2), 2).s + ")"
}

func typeSwitch(g *gen) {
	x := g.name("x")
	g.p("for _, %s := range []any{%s, %s, %s} {", x, g.something(), g.something(), g.something())
	g.p("\th.V(\"class\", class(%s))", x)
	g.p("\tswitch y := %s.(type) {", x)
	seen := map[string]bool{}
	for i := range 2 + g.r.IntN(6) {
		t := g.anyOf(1)
		if seen[t.name] || t.kind == anyKind {
			continue
		}
		seen[t.name] = true
		g.p("\tcase %s:", t.name)
		if t.isInteger() {
			g.p("\t\ty += %s; h.V(\"y\", y*2)", g.literal(t, 0))
		} else {
			g.p("\t\th.V(\"y\", y)")
		}
		if g.chance(20) {
			g.p("\t\tif %s { break }; h.E(%d)", g.value(boolType, 1), i)
		}
	}
	if g.chance(50) {
		g.p("\tcase Getter:\n\t\trt.Try(h, func() { h.V(\"get\", y.Get()) })")
	}
	g.p("\tcase nil, error:\n\t\th.V(\"nil or error\", y == nil)")
	g.p("\tdefault:\n\t\th.V(\"other\", y != nil)")
	g.p("\t}")
	g.p("}")
}

func assertions(g *gen) {
	x := g.name("x")
	g.p("%s := %s", x, g.something())
	for range 3 {
		t := g.anyOf(1)
		if t.kind == anyKind {
			continue
		}
		g.p("{ y, ok := %s.(%s); h.V(\"y\", y); h.V(\"ok\", ok) }", x, t.name)
		g.p("rt.Try(h, func() { h.V(\"must\", %s.(%s)) })", x, t.name)
	}
	g.p("{ y, ok := %s.(Getter); h.V(\"ok\", ok && y != nil) }", x)
	g.p("rt.Try(h, func() { h.V(\"must\", %s.(Setter).(Getter) != nil) })", x)
	g.p("rt.Try(h, func() { h.V(\"must\", %s.(interface{ Missing(int) string }) != nil) })", x)
	g.p("_, %[1]s = %[1]s.(error)", x)
	g.p("h.V(\"now\", %s)", x)
}

func comparisons(g *gen) {
	list := g.name("list")
	n := 5
	values := make([]string, n)
	for i := range values {
		values[i] = g.something()
	}
	g.p("%s := []any{%s, %s}", list, strings.Join(values, ", "), values[0])
	g.p("for i, x := range %s { for j, y := range %s { rt.Try(h, func() { if x == y { h.V(\"equal\", [2]int{i, j}) } }) } }", list, list)
	t := g.scalar()
	g.p("for _, x := range %s { h.V(\"to concrete\", x == %s); h.V(\"nil\", x != nil) }", list, g.value(t, 1))
	g.p("{ a, b := [2]any{%[2]s[0], %[2]s[1]}, [2]any{%[2]s[%[3]d], %[2]s[1]}; rt.Try(h, func() { h.V(\"arrays\", a == b) }); p, q := struct{ n int; x any }{%[4]d, a}, struct{ n int; x any }{1, b}; rt.Try(h, func() { h.V(\"structs\", p == q) }); rt.Try(h, func() { h.V(\"boxed\", any(p) == any(q)) }) }", "", list, g.r.IntN(n), g.r.IntN(2))
}

func comparablePanics(g *gen) {
	values := []string{"[]int{1}", "map[int]int{}", "func() {}", "struct{ f func() }{}", "[2][]int{}", "struct{ n int; x any }{1, []int{}}", "struct{ x any; n int }{[]int{}, 2}", "[1]any{nil}", "1"}
	for range 4 {
		x, y := pick(g, values), pick(g, values)
		g.p("rt.Try(h, func() { x, y := any(%s), any(%s); h.V(\"equal\", x == y) })", x, y)
		g.p("rt.Try(h, func() { x, y := [3]any{%d, %s, 3}, [3]any{%d, %s, %d}; h.V(\"equal\", x == y) })", g.r.IntN(2), x, g.r.IntN(2), x, g.r.IntN(4))
		g.p("rt.Try(h, func() { m := map[any]int{1: 2}; h.V(\"m\", m[%s]); m[%s]++; h.V(\"len\", len(m)) })", x, x)
	}
}

func dynamicCalls(g *gen) {
	list := g.name("list")
	g.p("var %s []Setter", list)
	for range 4 {
		t := g.receiver()
		v := g.fresh(t, 1)
		g.p("%s = append(%s, &%s)", list, list, v.name)
	}
	g.p("for i, s := range %s { s.Set(uint64(i) + %s); h.V(\"got\", s.Get()); var r Getter = s; h.V(\"again\", r.Get()) }", list, g.value(uint64Type, 1))
	g.p("for _, x := range []Getter{%s, %s, %s[0]} { h.V(\"got\", x.Get()); f := x.Get; h.V(\"bound\", f()) }", g.expr(g.receiver(), 1).s, g.expr(pick(g, g.structs), 1).s, list)
}

func interfaceConversions(g *gen) {
	t := g.receiver()
	v := g.fresh(t, 1)
	g.p("{")
	g.p("\tvar a Setter = &%s", v.name)
	g.p("\tvar b Getter = a")
	g.p("\tvar c any = b")
	g.p("\tvar d Getter = %s", v.name)
	g.p("\ta.Set(%s)", g.value(uint64Type, 1))
	g.p("\th.V(\"values\", [...]uint64{a.Get(), b.Get(), c.(Getter).Get(), d.Get(), c.(*%s).Get()})", t.name)
	if t.comparable() {
		g.p("\th.V(\"equal\", [...]bool{a == b, b == c, any(d) == any(%s), c == any(&%s), d == Getter(*a.(*%s))})", v.name, v.name, t.name)
	}
	g.p("\t_, ok := any(%s).(Setter); h.V(\"value has Set\", ok)", v.name)
	g.p("\te, ok := c.(interface{ Getter; Set(uint64) }); h.V(\"ok\", ok && e.Get() == a.Get())")
	g.p("}")
}

func interfaceTables(g *gen) {
	m := g.name("m")
	g.p("%s := map[any][]any{}", m)
	g.p("for i, x := range []any{%s, %s, %s, %s} { k := any(class(x)); if i %% 2 == 0 { k = i / 2 }; %s[k] = append(%s[k], x) }", g.something(), g.something(), g.something(), g.something(), m, m)
	g.p("for _, k := range []any{0, 1, \"?\", \"nil\", int8(0)} { for _, x := range %s[k] { h.V(\"class\", class(x)) } }", m)
	g.p("h.V(\"len\", len(%s))", m)
}

func nilInterfaces(g *gen) {
	t := pick(g, g.structs)
	g.p("{")
	g.p("\tvar p *%s", t.name)
	g.p("\tvar s Setter")
	g.p("\th.V(\"nil\", s == nil)")
	g.p("\trt.Try(h, func() { h.V(\"call\", s.Get()) })")
	g.p("\ts = p")
	g.p("\th.V(\"nil\", [...]bool{s == nil, s == Setter(p), s.(*%s) == nil, any(s) == nil})", t.name)
	g.p("\trt.Try(h, func() { h.V(\"call\", s.Get()) })")
	g.p("\trt.Try(h, func() { s.Set(1); h.E(1) })")
	g.p("\tvar e error")
	g.p("\trt.Try(h, func() { h.V(\"text\", e.Error()) })")
	g.p("\trt.Try(h, func() { h.V(\"text\", any(e).(error)) })")
	g.p("}")
}

func errorsAndText(g *gen) {
	e := g.name("e")
	g.p("%s := fmt.Errorf(\"n %%d: %%w\", %s, errors.New(%s))", e, g.value(intType, 1), g.stringText())
	g.p("h.V(\"error\", %s.Error() + errors.Unwrap(%s).Error())", e, e)
	t := g.scalar()
	g.p("h.V(\"text\", fmt.Sprintf(\"%%v %%+v %%#v %%T\", %s, %s, %s, %s))", g.value(t, 1), g.value(g.integer(), 1), g.value(stringType, 1), g.something())
	g.p("h.V(\"text\", fmt.Sprintf(\"%%08.3f %%x %%q %%e %%t %%5d|%%-7s|\", %s, %s, %s, %s, %s, %s, %s))", g.value(float64Type, 1), g.value(g.integer(), 1), g.value(stringType, 1), g.value(float32Type, 1), g.value(boolType, 1), g.value(g.integer(), 1), g.value(stringType, 1))
}
