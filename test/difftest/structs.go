// Area structs: comparison, copies of large values, unsafe's sizes and offsets, constant expressions.
package main

import (
	"fmt"
	"strings"
)

var structsArea = &area{
	name:   "structs",
	simple: []func(*gen){assignment, structCopy, methodCalls},
	whole:  []func(*gen){structCompare, sizes, constants, iotas, largeCopies, anonymousStructs, structCopy, embeddedFields, pointerChains, bigConstants, structKeys},
}

func structCopy(g *gen) {
	t := pick(g, g.structs)
	a, b := g.name("a"), g.name("b")
	g.p("%s := %s", a, g.expr(t, 2).s)
	g.p("%s := %s", b, a)
	f := pick(g, t.fields)
	g.p("%s.%s = %s", a, f.name, g.bounded(f.t, g.expr(f.t, 2).s))
	g.declare(a, t)
	g.declare(b, t)
}

func structCompare(g *gen) {
	var fits []*typ
	for _, t := range g.structs {
		if t.comparable() {
			fits = append(fits, t)
		}
	}
	if len(fits) == 0 {
		structCopy(g)
		return
	}
	t := pick(g, fits)
	a, b := g.name("a"), g.name("b")
	g.p("%s := %s", a, g.expr(t, 2).s)
	g.p("%s := %s", b, a)
	g.p("h.V(\"same\", %s == %s)", a, b)
	for range 3 {
		f := pick(g, t.fields)
		g.p("%s.%s = %s", b, f.name, g.expr(f.t, 1).s)
		g.p("h.V(\"equal\", [...]bool{%[1]s == %[2]s, %[2]s != %[1]s, any(%[1]s) == any(%[2]s), [2]%[3]s{%[1]s, %[2]s} == [2]%[3]s{%[2]s, %[1]s}, %[1]s.%[4]s == %[2]s.%[4]s})", a, b, t.name, f.name)
		g.p("if %s == (%s{}) { h.E(1) }", b, t.name)
		g.p("%s.%s = %s.%s", b, f.name, a, f.name)
	}
	g.p("h.V(\"local\", struct{ x %[1]s; n int8; y %[1]s }{%[2]s, 1, %[3]s} == struct{ x %[1]s; n int8; y %[1]s }{%[3]s, 1, %[2]s})", t.name, a, b)
}

func sizes(g *gen) {
	for range 3 {
		t := g.anyOf(3)
		g.p("h.V(\"size\", [...]uintptr{unsafe.Sizeof(*new(%[1]s)), unsafe.Alignof(*new(%[1]s)), unsafe.Sizeof([3]%[1]s{}), unsafe.Sizeof(struct{ a int8; b %[1]s; c bool }{})})", t.name)
	}
	t := pick(g, g.structs)
	var offsets []string
	for _, f := range t.fields {
		offsets = append(offsets, fmt.Sprintf("unsafe.Offsetof(%s{}.%s)", t.name, f.name))
	}
	g.p("h.V(\"offsets\", [...]uintptr{%s})", strings.Join(offsets, ", "))
	c := g.name("c")
	g.p("const %s = unsafe.Sizeof(%s{}) + unsafe.Offsetof(struct{ a byte; b %s; c int16 }{}.c)", c, t.name, t.name)
	g.p("h.V(\"array\", len([%s]byte{}) + int(%s)<<1)", c, c)
	v := g.fresh(g.integer(), 1)
	g.p("h.V(\"bytes\", *(*[%d]byte)(unsafe.Pointer(&%s)))", v.t.bits/8, v.name)
	a := g.name("a")
	g.p("{ %[1]s := [4]uint16{1, 2, 3, %[2]s}; p := (*uint16)(unsafe.Add(unsafe.Pointer(&%[1]s), 2*%[3]d)); *p ^= 0xff; h.V(\"add\", %[1]s); h.V(\"slice\", unsafe.Slice(&%[1]s[1], %[3]d)); s := %[4]s + \"!\"; h.V(\"string\", unsafe.String(unsafe.StringData(s), 1)) }", a, g.literal(ints[6], 0), g.r.IntN(4), g.value(stringType, 1))
}

func constants(g *gen) {
	a, b := g.name("c"), g.name("c")
	g.p("const %s, %s = %d << %d, %s", a, b, 1+g.r.IntN(1000), g.r.IntN(100), g.floatTextSmall())
	g.p("const %[3]s = %[1]s >> %[4]d &^ 3 | %[1]s %% 1021", a, b, g.name("c"), 60+g.r.IntN(40))
	g.p("h.V(\"constants\", [...]uint64{%[1]s >> 100 ^ 5, %[1]s %% 97, %[1]s / 3 %% 65536, %[1]s & 0xff, -%[1]s %% 7 + 10, ^%[1]s & 0xffff, uint64(len(\"abc\")) << 3, 'x' * 2, 1 << 63})", a)
	g.p("h.V(\"floats\", [...]float64{%[1]s, %[1]s / 3, %[2]s * %[1]s, %[2]s / 7 + 1, 1 / 3.0, 2 / 3, %[1]s * 1e-20, -%[2]s * 0})", a, b)
	t := g.integer()
	g.p("h.V(\"typed\", [...]%[1]s{%[1]s(%[2]s) >> 1, %[1]s(%[3]s) / 2, %[1]s(%[2]s) & %[1]s(%[3]s), %[1]s(%[2]s) | 1, ^%[1]s(%[2]s) &^ 1})", t.name, g.integerText(t), g.integerText(t))
	g.p("h.V(\"text\", %s + \"b\" + string('é') + %s)", g.stringText(), g.stringText())
	g.p("h.V(\"bools\", [...]bool{%s > 5, %s < %s, \"a\" < \"b\", 'a' == 97, 1.0 == 1, 2i * 2i == -4, !true || %s != 1})", a, b, a, b)
	g.p("h.V(\"complex\", [...]complex128{%s * 1i, (1 + 2i) * (3 - 4i), 5i / (1 + 1i), real(3 + 4i) + 'b', complex(%s, 2)})", b, b)
	g.p("h.V(\"runes\", [...]any{'a' + 1, 'a' * 1.0, 1 << 3.0, 7 / 2, 7 / 2.0, 1e3, len([%d]int{}), min(3, 2.5, 'c'), max(1, 2.0)})", 1+g.r.IntN(9))
}

func iotas(g *gen) {
	t := g.integer()
	names := make([]any, 5)
	for i := range names {
		names[i] = g.name("k")
	}
	g.p("const (")
	g.p("\t%s %s = %s", names[0], t.name, pick(g, []string{"iota + 1", "1 << iota", "iota * iota", "(iota + 3) % 5"}))
	g.p("\t%s", names[1])
	g.p("\t_")
	g.p("\t%s", names[2])
	g.p("\t%s, %s = iota, 1.5 * (iota - 1)", names[3], names[4])
	g.p(")")
	g.p("h.V(\"iota\", []any{%s, %s, %s, %s, %s})", names...)
}

// Values of more than a few words: copied by calls, through interfaces, channels, maps and closures.
func largeCopies(g *gen) {
	t := arrayOf(g.anyOf(1), 5+g.r.IntN(30))
	l := g.name("l")
	g.p("{")
	g.p("\ttype large struct { n int; a %s; s %s; z int8 }", t.name, pick(g, g.structs).name)
	g.p("\tpass := func(x large, k int) (large, int) { x.n += k; x.a[k%%%d] = %s; x.z--; return x, x.n }", t.length, g.expr(t.elem, 1).s)
	g.p("\t%s := large{n: %d, a: %s}", l, g.r.IntN(99), g.expr(t, 1).s)
	g.p("\tb := %s", l)
	g.p("\tb, %s.n = pass(%s, 3)", l, l)
	g.p("\t%s, b = b, %s", l, l)
	g.p("\tlist := []large{%s, b, {n: 7}}", l)
	g.p("\tfor i, x := range list { list[(i+1)%%3], x.n = x, i; h.V(\"x\", x) }")
	g.p("\tc := make(chan large, 1); c <- list[0]; list[0].n = -1; y := <-c")
	g.p("\tm := map[int8]large{1: y}; y.z = 9; m[2] = m[1]; i := any(y); y.n++; z := i.(large)")
	g.p("\tf := func() large { return y }; y.n++")
	g.p("\tp := &list[1]; list[2], *p = *p, list[2]")
	g.p("\th.V(\"all\", []any{b, m[1], m[2], z, f(), *p, list})")
	g.p("\tlist[0] = func() large { list[0].n = 55; return list[0] }(); h.V(\"n\", list[0].n)")
	g.p("\t*p, _ = pass(*p, 1); p.a = list[0].a; h.V(\"p\", *p)")
	g.p("}")
}

func anonymousStructs(g *gen) {
	t, u := g.anyOf(1), g.integer()
	a := g.name("a")
	g.p("%s := struct { x %s; y struct { z []%s; w %s } }{x: %s}", a, t.name, u.name, u.name, g.expr(t, 1).s)
	g.p("%s.y.z = append([]%s(nil), %s, %s)", a, u.name, g.expr(u, 1).s, g.expr(u, 1).s)
	g.p("%[1]s.y.w += %[1]s.y.z[1]", a)
	g.p("{ b := %[1]s; b.y.z[0]++; b.y.w = 3; h.V(\"shared\", %[1]s); h.V(\"copy\", b) }", a)
	g.p("{ type named struct { x %s; y struct { z []%s; w %s } }; c := named(%s); h.V(\"converted\", c) }", t.name, u.name, u.name, a)
}

func embeddedFields(g *gen) {
	t, u := pick(g, g.structs), pick(g, g.structs)
	g.p("{")
	g.p("\ttype inner struct { %s; k int }", t.name)
	g.p("\ttype outer struct { *inner; k int8; o %s }", u.name)
	g.p("\tx := outer{&inner{k: %d}, %d, %s}", g.r.IntN(1000), g.r.IntN(100), g.expr(u, 1).s)
	f := pick(g, t.fields)
	g.p("\tx.%s = %s", f.name, g.bounded(f.t, g.expr(f.t, 1).s))
	g.p("\tx.k, x.inner.k = int8(x.inner.k), int(x.k)")
	g.p("\ty := x; y.inner.k++; y.k++")
	g.p("\th.V(\"x\", x); h.V(\"y\", y); h.V(\"get\", x.inner.Get() + x.o.Get())")
	g.p("}")
}

func pointerChains(g *gen) {
	t := g.anyOf(1)
	v := g.fresh(t, 1)
	p, q := g.name("p"), g.name("q")
	g.p("%s := &%s", p, v.name)
	g.p("%s := &%s", q, p)
	g.p("**%s = %s", q, g.expr(t, 1).s)
	g.p("*%s = new(%s)", q, t.name)
	g.p("*%s, **%s = %s, %s", p, q, g.expr(t, 1).s, v.name)
	g.p("h.V(\"chain\", **%s); h.V(\"same\", %s == &%s)", q, p, v.name)
	g.p("{ type node struct { next *node; v %s }; var list *node; for i := range 4 { list = &node{list, %s}; if i == 2 { list.next.next = nil } }; for n := list; n != nil; n = n.next { h.V(\"node\", n.v) } }", t.name, g.expr(t, 1).s)
}

func bigConstants(g *gen) {
	c := g.name("c")
	g.p("const %s = 1<<200 + %d", c, g.r.IntN(1000000))
	g.p("h.V(\"big\", [...]int64{%[1]s %% 1000003, %[1]s >> 190, (%[1]s - 1<<200) * 3, -(%[1]s >> 150 &^ 1) >> 20})", c)
	g.p("h.V(\"float\", [...]float64{%[1]s, %[1]s / 7.0, 1.0 / %[1]s, %[1]s * %[1]s / %[1]s})", c)
	g.p("h.V(\"shift\", [...]uint64{1 << (%[1]s >> 197), uint64(%[1]s >> 137), %[1]s / (1 << 140)})", c)
	g.p("h.V(\"nan\", float32(%s / 1e45))", c)
}

func structKeys(g *gen) {
	t := g.keyType()
	u := g.scalar()
	g.p("{")
	g.p("\ttype key struct { a %s; _ int16; b %s; c [2]bool }", t.name, u.name)
	g.p("\tm := map[key]int{}")
	g.p("\tfor i := range 6 { k := key{a: %s, b: %s}; k.c[i%%2] = i < 3; m[k] += i; h.V(\"m\", m[k]); k.c[1] = !k.c[1]; _, ok := m[k]; h.V(\"ok\", ok); if i == 4 { delete(m, k) } }", g.expr(t, 1).s, g.expr(u, 1).s)
	g.p("\th.V(\"len\", len(m))")
	g.p("}")
}
