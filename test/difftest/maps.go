// Area maps: keys of all kinds, updates in place, deletion during iteration, maps of composite values. The order of iteration is free, so loops
// over maps only compute what does not depend on it.
package main

var mapsArea = &area{
	name:   "maps",
	simple: []func(*gen){assignment, logValue, mapUpdate},
	whole:  []func(*gen){mapUpdate, mapLife, rangeMap, interfaceKeys, mapOfComposites, mapPanics, largeMap, mapLiteral},
}

func (g *gen) mapVariable() *variable {
	for range 4 {
		v := pick(g, g.vars)
		if v.t.kind == mapKind {
			return v
		}
	}
	return g.fresh(mapOf(g.keyType(), g.anyOf(1)), 2)
}

func mapUpdate(g *gen) {
	v := g.mapVariable()
	k := g.expr(v.t.key, 1).s
	switch e := v.t.elem; {
	case e.isNumber() && g.chance(70):
		g.p("%s[%s] %s= %s", v.name, k, pick(g, []string{"+", "-", "*"}), g.value(e, 1))
		if g.chance(30) {
			g.p("%s[%s]++", v.name, k)
		}
	case e.kind == sliceKind:
		g.p("%[1]s[%[2]s] = append(rt.Clip(%[1]s[%[2]s]), %[3]s)", v.name, k, g.expr(e.elem, 1).s)
	default:
		g.p("%s[%s] = %s", v.name, k, g.bounded(e, g.expr(e, 2).s))
	}
	if g.chance(20) {
		g.p("delete(%s, %s)", v.name, g.expr(v.t.key, 1).s)
	}
}

func mapLife(g *gen) {
	t := mapOf(g.keyType(), g.anyOf(1))
	m, ok, x := g.name("m"), g.name("ok"), g.name("x")
	g.p("%s := make(%s, %d)", m, t.name, g.r.IntN(20))
	g.declare(m, t)
	for range 4 {
		mapUpdate(g)
		g.p("%s[%s] = %s", m, g.expr(t.key, 1).s, g.expr(t.elem, 1).s)
	}
	g.p("%s, %s := %s[%s]", x, ok, m, g.expr(t.key, 1).s)
	g.p("h.V(\"len\", len(%s))", m)
	g.declare(x, t.elem)
	g.declare(ok, boolType)
	g.p("if _, ok := %s[%s]; !ok { h.E(1) }", m, g.expr(t.key, 0).s)
	if g.chance(30) {
		g.p("clear(%s)", m)
	}
}

func rangeMap(g *gen) {
	v := g.mapVariable()
	sum := g.name("sum")
	g.p("%s := uint64(0)", sum)
	g.p("for k, x := range %s {", v.name)
	g.p("\t%s += rt.Hash(k) * (rt.Hash(x) | 1)", sum)
	switch g.r.IntN(4) {
	case 0:
		g.p("\tdelete(%s, k)", v.name)
	case 1:
		if v.t.key.kind != floatKind && v.t.key.kind != complexKind && v.t.key.isBasic() { // a NaN would be one more entry
			g.p("\t%s[k] = x", v.name)
		}
	case 2:
		g.p("\tif rt.Hash(k)%%3 == 0 { delete(%s, k) }", v.name)
	}
	g.p("}")
	g.declare(sum, uint64Type)
	g.p("for range %s { %s++ }", v.name, sum)
	if g.chance(50) {
		g.p("for k := range %s { %s ^= rt.Hash(k) }", v.name, sum)
	}
}

func interfaceKeys(g *gen) {
	m := g.name("m")
	g.p("%s := map[any]int{}", m)
	for i := range 6 {
		t := g.anyOf(1)
		if t.kind == pointerKind || t.kind == anyKind {
			t = g.scalar()
		}
		g.p("rt.Try(h, func() { %s[%s] += %d })", m, g.expr(t, 1).s, i+1)
		g.p("rt.Try(h, func() { x, ok := %s[%s]; h.V(\"x\", x); h.V(\"ok\", ok) })", m, g.expr(t, 1).s)
	}
	g.p("h.V(\"map\", %s)", m)
}

func mapOfComposites(g *gen) {
	inner := pick(g, []*typ{arrayOf(g.integer(), 4), pick(g, g.structs), mapOf(g.integer(), g.integer()), sliceOf(g.integer()), pointerTo(pick(g, g.structs))})
	t := mapOf(g.keyType(), inner)
	m := g.name("m")
	g.p("%s := %s{}", m, t.name)
	for range 3 {
		k := g.expr(t.key, 1).s
		g.p("%s[%s] = %s", m, k, g.expr(inner, 2).s)
		switch inner.kind {
		case arrayKind:
			g.p("{ k := %s; x := %s[k]; x[%d]++; %s[k] = x; h.V(\"e\", %s[k][%d]) }", g.typed(t.key, k), m, g.r.IntN(4), m, m, g.r.IntN(4))
		case mapKind:
			g.p("{ x := %s[%s]; if x != nil { x[%s] += 1 } }", m, k, g.expr(inner.key, 1).s)
		case structKind:
			g.p("h.V(\"got\", %s[%s].Get())", m, k)
		case pointerKind:
			g.p("if p := %s[%s]; p != nil { p.Set(%s) }", m, k, g.value(uint64Type, 1))
		}
	}
	g.declare(m, t)
}

func mapPanics(g *gen) {
	m := mapOf(g.keyType(), g.scalar())
	g.p("rt.Try(h, func() { var m %s; h.V(\"nil\", m[%s]); delete(m, %s); m[%s] = %s })", m.name, g.expr(m.key, 1).s, g.expr(m.key, 1).s, g.expr(m.key, 1).s, g.expr(m.elem, 1).s)
	g.p("rt.Try(h, func() { m := map[any]%s{}; m[%s] = %s; h.V(\"m\", m) })", m.elem.name, g.literal(sliceOf(g.scalar()), 1), g.expr(m.elem, 1).s)
	g.p("rt.Try(h, func() { m := map[any]%s{}; h.V(\"got\", m[struct{ a any; b int }{%s, %d}]) })", m.elem.name, pick(g, []string{"1", "[]int{}", "map[int]int{}", "[1]any{}", "func() {}"}), g.r.IntN(9))
}

func largeMap(g *gen) {
	k, e := g.keyType(), g.scalar()
	if !k.isInteger() {
		k = g.integer()
	}
	m := g.name("m")
	n := 20 + g.r.IntN(300)
	g.p("%s := map[%s]%s{}", m, k.name, e.name)
	g.p("for i := range %d { %s[%s(i*i) ^ %s] = %s }", n, m, k.name, g.literal(k, 0), g.expr(e, 1).s)
	g.p("for i := range %d { delete(%s, %s(i*3)); if i%%5 == 0 { %s[%s(i)] = %s } }", n/2, m, k.name, m, k.name, g.expr(e, 1).s)
	g.p("{ n := 0; for range %s { n++ }; if n != len(%s) { h.E(99) } }", m, m)
	g.p("h.V(\"large\", %s)", m)
}

func mapLiteral(g *gen) {
	t := mapOf(g.integer(), g.anyOf(1))
	m := g.name("m")
	g.p("%s := %s{", m, t.name)
	seen := map[string]bool{}
	for range 30 {
		k := g.integerText(t.key)
		if !seen[k] {
			seen[k] = true
			g.p("\t%s: %s,", k, g.expr(t.elem, 1).s)
		}
	}
	g.p("}")
	g.declare(m, t)
	g.p("for _, k := range []%s{%s, %s, 1, 2} { x, ok := %s[k]; h.V(\"x\", x); h.V(\"ok\", ok) }", t.key.name, g.integerText(t.key), g.integerText(t.key), m)
}
