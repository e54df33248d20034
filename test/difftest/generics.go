// Area generics: functions and types with parameters, constraints with methods and type sets, inference, instances with struct, pointer, float and
// slice types, recursion through instances, generic methods through interfaces.
package main

var genericsArea = &area{
	name:    "generics",
	declare: declareGenerics,
	simple:  []func(*gen){genericCalls},
	whole:   []func(*gen){genericCalls, genericContainers, genericContainers, typeDependent, methodConstraints, genericClosures, partialInstances, localInstances, genericTrees, convertAll},
}

func declareGenerics(g *gen) {
	op := func() string { return pick(g, []string{"+", "-", "*"}) }
	g.decl("type integer interface { ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr }\n")
	g.decl("type numeric interface { integer | ~float32 | ~float64 }\ntype ordered interface { numeric | ~string }\n")
	g.decl("func sum[T numeric](list ...T) (s T) {\n\tfor i, x := range list { s = s %s x %s T(i) }\n\treturn s %s T(len(list))\n}\n\n", op(), op(), op())
	g.decl("func fold[A, B any](list []A, start B, f func(B, A) B) B {\n\tfor _, x := range list { start = f(start, x) }\n\treturn start\n}\n\n")
	g.decl("func apply[S ~[]E, E any](s S, f func(E) E) S {\n\tr := make(S, 0, len(s))\n\tfor _, x := range s { r = append(r, f(x)) }\n\treturn r\n}\n\n")
	g.decl("func most[T ordered](x T, rest ...T) T {\n\tfor _, y := range rest { if y > x || y == x && x != x { x = y }; x = max(x, y) }\n\treturn x\n}\n\n")
	g.decl("func shifted[T integer](x T, n uint) (T, T, T, bool) { return x << n, x >> n, x / (T(n) | 1), -x < 0 }\n\n")
	g.decl("func index[T comparable](list []T, x T) int {\n\tfor i := range list { if list[i] == x { return i } }\n\treturn -1\n}\n\n")
	g.decl("func keys[M ~map[K]V, K ordered, V any](m M) []K {\n\tvar r []K\n\tfor k := range m { r = append(r, k) }\n\tsort.Slice(r, func(i, j int) bool { return r[i] < r[j] || r[i] != r[i] && r[j] == r[j] })\n\treturn r\n}\n\n")
	g.decl("func convert[A, B numeric](x A) B { return B(x) %s B(%d) }\n\n", op(), g.r.IntN(100))
	g.decl("func swap[T any](p, q *T) { *p, *q = *q, *p }\n\n")
	g.decl("func zero[T any]() (x T) { return }\n\n")
	g.decl("func kindOf[T any](x T) string {\n\tswitch any(x).(type) {\n\tcase int, int8:\n\t\treturn \"int or int8\"\n\tcase float64:\n\t\treturn \"float64\"\n\tcase []T:\n\t\treturn \"slice\"\n\tcase %s:\n\t\treturn \"special\"\n\tcase Setter:\n\t\treturn \"Setter\"\n\tcase Getter:\n\t\treturn \"Getter\"\n\t}\n\treturn fmt.Sprintf(\"%%T\", x)\n}\n\n", pick(g, g.structs).name)
	g.decl("type pair[A any, B any] struct { first A; second B; n int8 }\nfunc (p pair[A, B]) Swapped() pair[B, A] { return pair[B, A]{p.second, p.first, p.n + 1} }\nfunc (p *pair[A, B]) Set(y uint64) { p.n += int8(y) }\nfunc (p pair[A, B]) Get() uint64 { return uint64(p.n) + uint64(unsafe.Sizeof(p)) }\n\n")
	g.decl("type stack[T any] struct { list []T; pair[T, *T] }\nfunc (s *stack[T]) Push(x T) *stack[T] { s.list = append(s.list, x); s.second = &s.list[len(s.list)-1]; return s }\nfunc (s *stack[T]) Pop() (x T, ok bool) {\n\tif n := len(s.list); n > 0 { x, s.list = s.list[n-1], s.list[:n-1]; ok = true }\n\ts.first = x\n\treturn\n}\nfunc (s stack[T]) All() iter.Seq2[int, T] {\n\treturn func(yield func(int, T) bool) { for i := range s.list { if !yield(i, s.list[i]) { return } } }\n}\n\n")
	g.decl("type tree[K ordered, V any] struct { left, right *tree[K, V]; key K; value V }\nfunc (t *tree[K, V]) Put(k K, v V) *tree[K, V] {\n\tif t == nil { return &tree[K, V]{key: k, value: v} }\n\tswitch { case k < t.key: t.left = t.left.Put(k, v); case k > t.key: t.right = t.right.Put(k, v); default: t.value = v }\n\treturn t\n}\nfunc (t *tree[K, V]) Walk(f func(K, V) bool) bool { return t == nil || t.left.Walk(f) && f(t.key, t.value) && t.right.Walk(f) }\n\n")
	g.decl("type settable[T any] interface { *T; Getter; Set(uint64) }\nfunc filled[T any, P settable[T]](n uint64) (T, uint64) { var x T; P(&x).Set(n); p := P(new(T)); p.Set(n * 3); f := p.Get; return x, f() + P.Get(&x) }\n\n")
	g.decl("type matrix[T numeric, A interface{ [3]T | [4]T }] struct { rows [2]A }\nfunc trace2[T numeric](m matrix[T, [3]T]) T { var s T; for i, r := range m.rows { s += r[i] * r[2-i] }; return s }\n\n")
	g.decl("type number[T numeric] interface { numeric; Plus(T) T }\ntype wrapped[T numeric] struct { v T }\nfunc (w wrapped[T]) Get() uint64 { return uint64(int64(w.v)) }\n\n")
}

func genericCalls(g *gen) {
	t, u, any := g.integer(), g.anyOf(1), g.anyOf(1)
	for !u.comparable() || u.kind == pointerKind {
		u = g.scalar()
	}
	r := t
	if g.chance(40) {
		r = g.float()
	}
	switch g.r.IntN(9) {
	case 0:
		g.p("h.V(\"sum\", sum(%s, %s, %s))", g.value(r, 1), g.expr(r, 1).s, g.value(r, 1))
	case 1:
		g.p("h.V(\"fold\", fold(%s{%s, %s}, %s, func(b %s, a %s) %s { return %s }))", sliceOf(any).name, g.expr(any, 1).s, g.expr(any, 1).s, g.typed(u, g.expr(u, 1).s), u.name, any.name, u.name, pick(g, []string{"b", g.expr(u, 1).s}))
	case 2:
		g.p("h.V(\"apply\", apply(%s{%s, %s}, func(x %s) %s { return %s }))", sliceOf(any).name, g.expr(any, 1).s, g.expr(any, 1).s, any.name, any.name, pick(g, []string{"x", g.expr(any, 1).s}))
	case 3:
		g.p("h.V(\"most\", most(%s, %s, %s))", g.value(r, 1), g.expr(r, 1).s, g.value(r, 1))
		g.p("h.V(\"most\", most(%s, %s))", g.value(stringType, 1), g.value(stringType, 1))
	case 4:
		g.p("{ a, b, c, d := shifted(%s, uint(%s)); h.V(\"shifted\", [...]%s{a, b, c}); h.V(\"negative\", d) }", g.value(t, 1), g.value(byteType, 1), t.name)
	case 5:
		g.p("h.V(\"index\", index([]%s{%s, %s, %s}, %s))", u.name, g.expr(u, 1).s, g.expr(u, 1).s, g.expr(u, 0).s, g.expr(u, 0).s)
	case 6:
		k := g.scalar()
		for !k.isOrdered() {
			k = g.scalar()
		}
		g.p("h.V(\"keys\", keys(map[%s]%s{%s: %s, %s: %s}))", k.name, any.name, g.value(k, 1), g.expr(any, 1).s, g.value(k, 1), g.expr(any, 1).s)
	case 7:
		g.p("h.V(\"converted\", convert[%s, %s](%s))", t.name, r.name, g.expr(t, 1).s)
		g.p("h.V(\"converted\", convert[%s, %s](%s))", r.name, t.name, g.expr(r, 1).s)
	case 8:
		a, b := g.fresh(any, 1), g.fresh(any, 1)
		g.p("swap(&%s, &%s)", a.name, b.name)
		g.p("h.V(\"kind\", kindOf(%s) + kindOf(&%s) + kindOf([]%s{%s}))", a.name, b.name, any.name, a.name)
	}
}

func genericContainers(g *gen) {
	t, u := g.anyOf(1), g.anyOf(1)
	s, p := g.name("s"), g.name("p")
	g.p("var %s stack[%s]", s, t.name)
	g.p("%s.Push(%s).Push(%s).Push(%s)", s, g.expr(t, 1).s, g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("for i, x := range %s.All() { h.V(\"x\", x); if i == %d { break } }", s, g.r.IntN(4))
	g.p("for range 4 { x, ok := %s.Pop(); h.V(\"x\", x); h.V(\"ok\", ok) }", s)
	g.p("h.V(\"first\", %s.first); %s.Set(%s); h.V(\"n\", %s.n); h.V(\"get\", Setter(&%s).Get())", s, s, g.value(uint64Type, 1), s, s)
	g.p("%s := pair[%s, %s]{%s, %s, %d}", p, t.name, u.name, g.expr(t, 1).s, g.expr(u, 1).s, g.r.IntN(128))
	g.p("h.V(\"pair\", %s.Swapped())", p)
	g.p("h.V(\"twice\", %s.Swapped().Swapped())", p)
	if t.comparable() && u.comparable() {
		g.p("h.V(\"equal\", [...]bool{%[1]s == %[1]s.Swapped().Swapped(), any(%[1]s) == any(%[1]s), any(%[1]s) == any(%[1]s.Swapped())})", p)
	}
	g.p("{ f := %s.Swapped; %s.first = %s; h.V(\"bound\", f()); h.V(\"name\", fmt.Sprintf(\"%%T\", f().Swapped())) }", p, p, g.expr(t, 1).s)
}

func typeDependent(g *gen) {
	for range 3 {
		t := g.anyOf(2)
		g.p("h.V(\"kind\", kindOf(%s))", g.typed(t, g.expr(t, 1).s))
		g.p("h.V(\"zero\", zero[%s]())", t.name)
		g.p("h.V(\"zero\", zero[pair[%s, []%s]]())", t.name, t.name)
	}
}

func methodConstraints(g *gen) {
	t := g.receiver()
	x, n := g.name("x"), g.name("n")
	g.p("%s, %s := filled[%s](%s)", x, n, t.name, g.value(uint64Type, 1))
	g.declare(x, t)
	g.declare(n, uint64Type)
	g.p("{ x, n := filled[pair[%s, int8]](%s); h.V(\"x\", x); h.V(\"n\", n) }", t.name, g.value(uint64Type, 1))
	g.p("h.V(\"wrapped\", Getter(wrapped[%s]{%s}).Get())", "int16", g.expr(ints[1], 1).s)
}

func genericClosures(g *gen) {
	t := g.integer()
	v := g.fresh(t, 1)
	g.p("h.V(\"closure\", fold([]%[1]s{%[2]s, %[3]s, 3}, 0.5, func(b float64, a %[1]s) float64 { %[4]s ^= a; return b*2 + float64(a) }))", t.name, g.expr(t, 1).s, g.expr(t, 1).s, v.name)
	g.p("h.V(\"nested\", fold([][]%[1]s{{1, %[2]s}, nil, {%[2]s}}, []%[1]s{}, func(b, a []%[1]s) []%[1]s { %[3]s++; return append(b, apply(a, func(x %[1]s) %[1]s { return x + %[3]s })...) }))", t.name, g.value(t, 1), v.name)
}

func partialInstances(g *gen) {
	t, u := g.integer(), g.float()
	g.p("{")
	g.p("\tf := convert[%s, %s]", t.name, u.name)
	g.p("\tvar k func(...%s) %s = sum", u.name, u.name)
	g.p("\th.V(\"f\", k(f(%s), f(%s)))", g.expr(t, 1).s, g.expr(t, 1).s)
	g.p("\tvar m func([]%[1]s, func(%[1]s) %[1]s) []%[1]s = apply", u.name)
	g.p("\th.V(\"m\", m([]%s{%s, %s}, func(x %s) %s { return x * x }))", u.name, g.expr(u, 1).s, g.expr(u, 1).s, u.name, u.name)
	g.p("\tw := (*stack[%s]).Push; var s stack[%s]; w(w(&s, %s), %s); h.V(\"list\", s.list)", u.name, u.name, g.expr(u, 1).s, g.expr(u, 1).s)
	g.p("\th.V(\"trace\", trace2(matrix[%[1]s, [3]%[1]s]{[2][3]%[1]s{{%[2]s, 2, 3}, {4, %[2]s}}}))", u.name, g.expr(u, 1).s)
	g.p("}")
}

func localInstances(g *gen) {
	t := g.anyOf(1)
	g.p("{")
	g.p("\ttype local struct { x %s; y int8 }", t.name)
	g.p("\tvar s stack[local]; s.Push(local{y: 1}).Push(local{%s, 2})", g.expr(t, 1).s)
	g.p("\tx, _ := s.Pop(); h.V(\"x\", x); h.V(\"second\", s.second != nil)")
	g.p("\tq := pair[local, stack[local]]{first: x, second: s}; h.V(\"q\", q.Swapped().first.list)")
	g.p("\ttype alias = pair[%s, local]; h.V(\"alias\", alias{second: x}); h.V(\"name\", kindOf(alias{}))", t.name)
	g.p("}")
}

func genericTrees(g *gen) {
	k, v := g.scalar(), g.anyOf(1)
	for !k.isOrdered() || k.kind == floatKind {
		k = g.scalar()
	}
	t := g.name("t")
	g.p("var %s *tree[%s, %s]", t, k.name, v.name)
	for range 5 {
		g.p("%s = %s.Put(%s, %s)", t, t, g.expr(k, 1).s, g.expr(v, 1).s)
	}
	g.p("{ n := 0; h.V(\"walked\", %s.Walk(func(k %s, v %s) bool { n++; h.V(\"k\", k); h.V(\"v\", v); return n < %d })) }", t, k.name, v.name, 1+g.r.IntN(6))
}

func convertAll(g *gen) {
	t := g.integer()
	v := g.fresh(t, 1)
	for _, u := range ints {
		g.p("h.V(%q, convert[%s, %s](%s))", u.name, t.name, u.name, v.name)
	}
	g.p("h.V(\"floats\", [...]float64{float64(convert[%[1]s, float32](%[2]s)), convert[%[1]s, float64](%[2]s), convert[float32, float64](convert[%[1]s, float32](%[2]s))})", t.name, v.name)
}
