// Area slices: slices that alias, full slice expressions, append within and beyond a known capacity, overlapping copy; arrays as values; conversions
// of slices to arrays. The capacity that append chooses is the compiler's choice, so capacities are logged only where the language fixes them.
package main

import (
	"fmt"
	"strings"
)

var slicesArea = &area{
	name:   "slices",
	simple: []func(*gen){assignment, logValue, appendElement, rangeSlice, swapElements},
	whole:  []func(*gen){aliasing, aliasing, overlappingCopy, arrayValues, rangeArray, sliceToArray, slicePanics, nestedArrays, insertAndDelete, boundsLoop, variableArrays, clearing, growing},
}

func (g *gen) sliceExpr(t *typ, depth int) expr {
	switch g.r.IntN(7) {
	case 0:
		v := g.value(t, 0)
		return dynamic("%s[rt.Ix(%s, len(%s)):]", v, g.value(intType, depth-1), v)
	case 1:
		v := g.value(t, 0)
		return dynamic("%s[:rt.Ix(%s, len(%s)+1)]", v, g.value(intType, depth-1), v)
	case 2:
		return dynamic("append(%s(nil), %s...)", t.name, g.value(t, depth-1))
	case 3:
		return dynamic("append(rt.Clip(%s), %s)", g.value(t, depth-1), g.expr(t.elem, depth-1).s)
	case 4:
		return dynamic("make(%s, %d, %d)", t.name, g.r.IntN(4), 4+g.r.IntN(4))
	case 5:
		if t.is(bytesType) || t.is(runesType) {
			return dynamic("%s(%s)", t.name, g.value(stringType, depth-1))
		}
	}
	return expr{g.literal(t, depth), false}
}

func (g *gen) sliceVariable() *variable {
	for range 4 {
		v := pick(g, g.vars)
		if v.t.kind == sliceKind && !v.readOnly {
			return v
		}
	}
	return g.fresh(sliceOf(g.anyOf(1)), 2)
}

func appendElement(g *gen) {
	v := g.sliceVariable()
	if g.chance(50) {
		g.p("%s = append(rt.Clip(%s), %s, %s)", v.name, v.name, g.expr(v.t.elem, 2).s, g.expr(v.t.elem, 1).s)
	} else {
		g.p("%s = append(rt.Clip(%s), %s...)", v.name, v.name, g.value(v.t, 1))
	}
}

func rangeSlice(g *gen) {
	v := g.sliceVariable()
	i, x := g.name("i"), g.name("x")
	mark := g.open("for %s, %s := range rt.Clip(%s)", i, x, v.name)
	trips := g.trips
	g.trips *= 10
	g.vars = append(g.vars, &variable{i, intType, true}, &variable{x, v.t.elem, false})
	if trips < 8 {
		g.statement(areaNamed(pick(g, []string{"slices", "ints", "floats"})), true)
	}
	g.close(mark)
	g.trips = trips
}

func swapElements(g *gen) {
	v := g.sliceVariable()
	i, j := g.value(intType, 1), g.value(intType, 1)
	g.p("if n := len(%[1]s); n > 0 { %[1]s[rt.Ix(%[2]s, n)], %[1]s[rt.Ix(%[3]s, n)] = %[1]s[rt.Ix(%[3]s, n)], %[1]s[rt.Ix(%[2]s, n)] }", v.name, i, j)
}

// aliasing: appends to parts of one array whose capacities are known.
func aliasing(g *gen) {
	t := g.anyOf(1)
	a, b, c := g.name("s"), g.name("s"), g.name("s")
	n, spare := 3+g.r.IntN(4), g.r.IntN(4)
	g.p("%s := make([]%s, %d, %d)", a, t.name, n, n+spare)
	g.p("for i := range %s { %s[i] = %s }", a, a, g.expr(t, 2).s)
	lo := g.r.IntN(n)
	hi := lo + g.r.IntN(n-lo+1)
	top := hi + g.r.IntN(n+spare-hi+1)
	g.p("%s := %s[%d:%d:%d]", b, a, lo, hi, top)
	g.p("h.V(\"caps\", [...]int{len(%[1]s), cap(%[1]s), len(%[2]s), cap(%[2]s), cap(%[2]s[:0]), cap(%[1]s[%[3]d:])})", a, b, lo)
	g.p("%s := append(%s, %s)", c, b, g.expr(t, 2).s)
	g.p("%s = append(%s, %s)", b, b, g.expr(t, 2).s)
	g.p("if len(%[1]s) > 0 { %[1]s[0] = %[2]s }", b, g.expr(t, 1).s)
	g.p("%s = append(%s[:%d:%d], %s[%d:]...)", a, a, lo, n, a, hi)
	g.declare(a, sliceOf(t))
	g.declare(b, sliceOf(t))
	g.declare(c, sliceOf(t))
}

func overlappingCopy(g *gen) {
	t := g.anyOf(1)
	a, k := g.name("s"), g.r.IntN(4)
	n := 6 + g.r.IntN(10)
	g.p("var %s [%d]%s", a, n, t.name)
	g.p("for i := range %s { %s[i] = %s }", a, a, g.expr(t, 2).s)
	g.p("h.V(\"n\", copy(%[1]s[%[2]d:], %[1]s[:]))", a, k)
	g.p("h.V(\"n\", copy(%[1]s[:%[3]d], %[1]s[%[2]d:]))", a, k, n/2)
	g.p("for i := range %d { copy(%s[i:], %s[rt.Ix(%s, %d):]) }", 2, a, a, g.value(intType, 1), n)
	if t.is(byteType) {
		g.p("copy(%s[1:], %s)", a, g.value(stringType, 1))
	}
	g.declare(a, arrayOf(t, n))
}

func arrayValues(g *gen) {
	t := arrayOf(g.anyOf(1), 2+g.r.IntN(7))
	a, b, p := g.name("a"), g.name("b"), g.name("p")
	g.p("var %s %s = %s", a, t.name, g.expr(t, 2).s)
	g.p("%s := %s", b, a)
	g.p("%s := &%s", p, a)
	k := g.r.IntN(t.length)
	g.p("%s[%d] = %s", p, k, g.expr(t.elem, 2).s)
	g.p("h.V(\"copy\", %s)", b)
	g.p("func(x %s) { x[%d] = %s; h.V(\"inner\", x) }(%s)", t.name, k, g.expr(t.elem, 1).s, a)
	g.p("%s, *%s = *%s, %s", b, p, p, b)
	g.declare(a, t)
	g.declare(b, t)
	if t.comparable() {
		g.p("h.V(\"equal\", [...]bool{%[1]s == %[2]s, *%[3]s == %[1]s, *%[3]s != %[2]s})", a, b, p)
	}
	g.p("for i := range len(%s) { h.V(\"e\", %s[len(%s)-1-i]) }", p, p, p)
}

// The range expression of an array is copied, of a pointer to one not.
func rangeArray(g *gen) {
	t := arrayOf(g.integer(), 3+g.r.IntN(5))
	a := g.name("a")
	g.p("%s := %s", a, g.expr(t, 2).s)
	g.declare(a, t)
	for _, over := range []string{a, "&" + a, a + "[:]"} {
		g.p("for i, x := range %[2]s { %[1]s[(i+1)%%len(%[1]s)] += x ^ %[3]s; h.V(\"x\", x) }", a, over, g.expr(t.elem, 1).s)
	}
	g.p("{")
	g.p("var i int")
	g.p("for i, %s[0] = range %s { if i > %d { break } }", a, a, g.r.IntN(3))
	g.p("for i = range %s { if %s[i] > %s { continue }; h.V(\"i\", i) }", a, a, g.expr(t.elem, 1).s)
	g.p("}")
}

func sliceToArray(g *gen) {
	t := g.scalar()
	s, n := g.name("s"), g.r.IntN(6)
	g.p("%s := %s", s, g.bounded(sliceOf(t), g.value(sliceOf(t), 2)))
	g.declare(s, sliceOf(t))
	g.p("rt.Try(h, func() { a := [%d]%s(%s); a[len(a)/2] = %s; h.V(\"array\", a) })", n+1, t.name, s, g.expr(t, 1).s)
	g.p("rt.Try(h, func() { p := (*[%d]%s)(%s); p[0] = %s; h.V(\"pointer\", *p) })", n+1, t.name, s, g.expr(t, 1).s)
	g.p("h.V(\"none\", len((*[0]%s)(%s)))", t.name, s)
}

func slicePanics(g *gen) {
	v := g.sliceVariable()
	i, j, k := g.value(g.integer(), 1), g.value(g.integer(), 1), g.value(intType, 1)
	a := arrayOf(g.scalar(), 1+g.r.IntN(8))
	g.p("rt.Try(h, func() { h.V(\"element\", %s[%s]) })", v.name, i)
	g.p("rt.Try(h, func() { h.V(\"part\", len(%s[%s:%s])) })", v.name, i, j)
	if g.chance(50) {
		g.p("rt.Try(h, func() { h.V(\"full\", len(rt.Clip(%s)[%s:%s:%s])) })", v.name, j, i, k)
	}
	g.p("rt.Try(h, func() { a := %s{}; h.V(\"array\", a[%s]); h.V(\"array part\", a[%s:%s]) })", a.name, j, k, i)
	g.p("rt.Try(h, func() { a := new(%s); a[%s]= %s; h.V(\"array\", *a) })", a.name, k, g.expr(a.elem, 1).s)
	g.p("rt.Try(h, func() { h.V(\"made\", len(make([]%s, rt.Ix(%s, 5), int8(%s)))) })", a.elem.name, k, g.value(ints[0], 1))
}

func nestedArrays(g *gen) {
	t := g.integer()
	m, n, w := g.name("m"), 2+g.r.IntN(3), 2+g.r.IntN(4)
	typ := arrayOf(arrayOf(t, w), n)
	g.p("var %s %s", m, typ.name)
	g.p("for i := range %s { for j := range %s[i] { %s[i][j] = %s(i*%d+j) ^ %s } }", m, m, m, t.name, w, g.expr(t, 1).s)
	g.p("for i := range %s { %s[i], %s[(i+1)%%%d] = %s[(i+1)%%%d], %s[i] }", m, m, m, n, m, n, m)
	g.p("for i, row := range %s { row[0] = 0; %s[0][i%%%d] += row[%d] }", m, m, w, w-1)
	g.p("for _, row := range &%s { row[0]++; h.V(\"row\", row) }", m)
	g.declare(m, typ)
}

func insertAndDelete(g *gen) {
	v := g.sliceVariable()
	g.p("%[1]s = rt.Clip(%[1]s)", v.name)
	g.p("if i := rt.Ix(%[2]s, len(%[1]s)+1); i < len(%[1]s) { %[1]s = append(%[1]s[:i], %[1]s[i+1:]...) } else { %[1]s = append(%[1]s[:i:i], append(%[3]s{%[4]s}, %[1]s[i:]...)...) }", v.name, g.value(intType, 1), v.t.name, g.expr(v.t.elem, 1).s)
}

// Indexes whose checks a compiler can drop, or must not.
func boundsLoop(g *gen) {
	t := g.integer()
	n := 4 + g.r.IntN(12)
	a, s := g.name("a"), g.name("s")
	g.p("var %s [%d]%s", a, n, t.name)
	g.p("var %s %s = %s", s, t.name, g.expr(t, 1).s)
	index := strings.ReplaceAll(pick(g, []string{"i", "i%N", "N-1-i", "i&3", "(i*5)%N", "uint8(i)", "i-1", "i+1", "i*2", "i>>1"}), "N", "len("+a+")")
	g.p("rt.Try(h, func() { for i := 0; i < %d; i++ { %s[%s] += %s(i) + %s; %s ^= %s[i%%%d] } })", n+g.r.IntN(2), a, index, t.name, s, s, a, n)
	g.p("rt.Try(h, func() { for i := len(%[1]s) - 1; i >= %[3]d; i-- { %[1]s[i] = %[1]s[i-1] + %[2]s } })", a, s, g.r.IntN(2))
	g.p("rt.Try(h, func() { for i, j := 0, %s; i < j && i < 40; i, j = i+1, j-2 { %s[j] += %s[i] } })", fmt.Sprintf("len(%s)-%d", a, g.r.IntN(2)), a, a)
	g.declare(a, arrayOf(t, n))
	g.declare(s, t)
}

func variableArrays(g *gen) {
	t := g.anyOf(1)
	s := g.name("s")
	g.p("%s := make([]%s, rt.Ix(%s, 9)+1)", s, arrayOf(t, 3).name, g.value(intType, 1))
	g.p("for i := range %s { %s[i][i%%3] = %s; %s[len(%s)-1-i] = %s[i] }", s, s, g.expr(t, 1).s, s, s, s)
	g.p("for i, x := range %s { x[0] = %s; if i > 0 { %s[i-1] = x } }", s, g.expr(t, 1).s, s)
	g.declare(s, sliceOf(arrayOf(t, 3)))
}

func clearing(g *gen) {
	v := g.sliceVariable()
	g.p("h.V(\"before\", %s)", v.name)
	g.p("clear(%[1]s[len(%[1]s)/2:])", v.name)
	g.p("for i := range %[1]s { %[1]s[i] = *new(%[2]s); if i == 1 { break } }", v.name, v.t.elem.name)
}

func growing(g *gen) {
	t := g.anyOf(1)
	s := g.name("s")
	g.p("var %s []%s", s, t.name)
	n := 3 + g.r.IntN(20)
	g.p("for i := range %d { %s = append(%s, %s); if i %% 7 == 6 { %s = append(%s, %s[i/2:i]...) }; if cap(%s) < len(%s) { h.E(1) } }", n, s, s, g.expr(t, 1).s, s, s, s, s, s)
	g.p("%s = %s[%d:]", s, s, g.r.IntN(n))
	g.p("h.V(\"grown\", %s)", s)
}
