// The generator's state for one program, and the steps in which a program is made: types, globals, helper functions, units.
//
// Everything depends on (seed, program, unit) alone: each unit has its own source of random numbers, so that a program with some of its units left
// out has the others unchanged. That is how a difference is reduced.
package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

type variable struct {
	name     string
	t        *typ
	readOnly bool // loop variables and the like: assigning would break the bound of the loop
}

type function struct {
	name   string
	params []*typ
	result *typ
	log    bool // first parameter is the log
}

type gen struct {
	r           *rand.Rand
	decls       strings.Builder // package level
	body        strings.Builder // the function in work
	indent      int
	vars        []*variable // the scope, innermost last
	globals     []*variable
	funcs       []*function
	namedInts   []*typ
	namedFloat  *typ
	namedString *typ
	structs     []*typ
	prefix      string
	names       int
	trips       int  // how often the statement in work runs, at most
	nesting     int  // of statements
	helper      bool // in a helper function: calls only outside of loops
	calls       int
	noLog       bool // at package level: there is no log
	imports     map[string]bool
	recursions  [2][2]*typ
}

func (g *gen) chance(percent int) bool { return g.r.IntN(100) < percent }
func (g *gen) name(stem string) string {
	g.names++
	return fmt.Sprintf("%s%d", stem, g.names)
}

// decl writes at package level, p a line of the function in work.
func (g *gen) decl(format string, args ...any) { fmt.Fprintf(&g.decls, format, args...) }
func (g *gen) p(format string, args ...any) {
	g.body.WriteString(strings.Repeat("\t", g.indent))
	fmt.Fprintf(&g.body, format, args...)
	g.body.WriteByte('\n')
}

// open and close a block of the language: what is declared in it is used (logged) at its end.
func (g *gen) open(format string, args ...any) int {
	g.p(format+" {", args...)
	g.indent++
	return len(g.vars)
}

func (g *gen) leave(mark int) {
	for _, v := range g.vars[mark:] {
		g.use(v)
	}
	g.vars = g.vars[:mark]
}

func (g *gen) close(mark int) {
	g.leave(mark)
	g.indent--
	g.p("}")
}

func (g *gen) use(v *variable) {
	if v.t.kind == funcKind || g.trips > 40 && g.chance(70) {
		g.p("_ = %s", v.name)
		return
	}
	g.p("h.V(%q, %s)", v.name, v.name)
}

func (g *gen) declare(name string, t *typ) *variable {
	v := &variable{name: name, t: t}
	g.vars = append(g.vars, v)
	return v
}

// fresh declares and initialises a variable of a type.
func (g *gen) fresh(t *typ, depth int) *variable {
	name := g.name("v")
	e := g.bounded(t, g.expr(t, depth).s)
	switch {
	case g.chance(30) || t.kind == anyKind || t.kind == funcKind:
		g.p("var %s %s = %s", name, t.name, e)
	case g.chance(10):
		g.p("var %s %s", name, t.name)
		g.p("%s = %s", name, e)
	default:
		g.p("%s := %s", name, e)
	}
	return g.declare(name, t)
}

// bounded wraps what could grow.
func (g *gen) bounded(t *typ, e string) string {
	switch t.kind {
	case stringKind:
		if t.named {
			return fmt.Sprintf("%s(rt.Cut(string(%s)))", t.name, e)
		}
		return "rt.Cut(" + e + ")"
	case sliceKind:
		return "rt.Clip(" + e + ")"
	}
	return e
}

// function writes a function whose body is made by make; its variables are its own.
func (g *gen) function(signature string, params []*variable, make func()) {
	body, vars, indent, trips, nesting := g.body.String(), g.vars, g.indent, g.trips, g.nesting
	g.body.Reset()
	g.vars, g.indent, g.trips, g.nesting = append(g.globals[:len(g.globals):len(g.globals)], params...), 1, 1, 0
	make()
	if g.chance(30) {
		g.decl("//go:noinline\n")
	}
	g.decl("%s {\n%s}\n\n", signature, g.body.String())
	g.body.Reset()
	g.body.WriteString(body)
	g.vars, g.indent, g.trips, g.nesting = vars, indent, trips, nesting
}

func (g *gen) declareGlobals() {
	g.noLog = true
	defer func() { g.noLog = false }()
	for _, t := range append(append(append([]*typ{boolType, stringType, g.namedString, g.namedFloat}, ints...), floats...), complexes...) {
		v := &variable{name: "g" + strings.ToUpper(t.name[:1]) + t.name[1:], t: t}
		g.globals = append(g.globals, v)
		g.decl("var %s %s = %s\n", v.name, t.name, g.literal(t, 1))
	}
	for _, t := range g.namedInts {
		v := &variable{name: "g" + t.name, t: t}
		g.globals = append(g.globals, v)
		g.decl("var %s = %s\n", v.name, g.literal(t, 1))
	}
	for i := range 3 {
		t := g.anyOf(2)
		v := &variable{name: fmt.Sprintf("gX%d", i), t: t}
		g.globals = append(g.globals, v)
		g.decl("var %s %s = %s\n", v.name, t.name, g.literal(t, 2))
	}
}

// declareHelpers makes functions that units call: without unbounded work, later ones call earlier ones.
func (g *gen) declareHelpers() {
	g.helper = true
	for i := range 5 {
		f := &function{name: fmt.Sprintf("f%d", i), result: g.anyOf(1), log: g.chance(50)}
		var params []*variable
		var text []string
		if f.log {
			text = append(text, "h *rt.Log")
		}
		for j := range 1 + g.r.IntN(4) {
			t := g.anyOf(1)
			f.params = append(f.params, t)
			params = append(params, &variable{name: fmt.Sprintf("p%d", j), t: t})
			text = append(text, fmt.Sprintf("p%d %s", j, t.name))
		}
		g.calls = 0
		g.function(fmt.Sprintf("func %s(%s) %s", f.name, strings.Join(text, ", "), f.result.name), params, func() {
			if !f.log {
				g.p("h := &rt.Log{Name: \"f\"}")
				g.p("_ = h")
			}
			mark := len(g.vars)
			for range 1 + g.r.IntN(3) {
				g.statement(areaNamed(pick(g, []string{"ints", "floats", "strings", "slices", "control"})), true)
			}
			g.leave(mark)
			g.p("return %s", g.bounded(f.result, g.expr(f.result, 2).s))
		})
		g.funcs = append(g.funcs, f)
	}
	g.helper = false
}

// unit writes one function of an area.
func (g *gen) unit(name string, a *area) {
	g.prefix = name
	g.function(fmt.Sprintf("func %s(h *rt.Log)", name), nil, func() {
		for range 4 {
			g.fresh(g.scalar(), 1)
		}
		g.fresh(g.anyOf(2), 2)
		for range 5 + g.r.IntN(4) {
			if g.chance(70) {
				g.statement(a, false)
			} else {
				g.statement(pick(g, areas), true)
			}
		}
		g.leave(len(g.globals))
		for _, v := range g.globals {
			if g.chance(30) {
				g.p("h.V(%q, %s)", v.name, v.name)
			}
		}
	})
}

// statement writes one statement of an area. Simple ones may stand in helper functions and in any block.
func (g *gen) statement(a *area, simple bool) {
	list := a.simple
	if !simple || len(list) == 0 {
		list = append(list[:len(list):len(list)], a.whole...)
	}
	if g.helper || g.nesting > 2 {
		list = a.simple
	}
	if len(list) == 0 {
		list = areaNamed("ints").simple
	}
	g.nesting++
	pick(g, list)(g)
	g.nesting--
}

// block writes some statements of any area.
func (g *gen) block(n int) {
	for range n {
		g.statement(areaNamed(pick(g, []string{"ints", "floats", "strings", "slices", "control", "structs", "funcs"})), true)
	}
}

// program makes program number i of a seed. Of its units only those wanted are written.
func program(seed uint64, i int, only *area, want func(int) bool) string {
	pkg := fmt.Sprintf("p%05d", i)
	source := func(unit int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(i)<<16|uint64(unit))) }
	g := &gen{r: source(0xffff), trips: 1, imports: map[string]bool{}}
	g.declareTypes()
	g.declareGlobals()
	g.declareHelpers()
	for _, a := range areas {
		if a.declare != nil {
			a.declare(g)
		}
	}
	var calls strings.Builder
	const units = 10
	for u := range units {
		g.r = source(u)
		a := areas[(i*units+u)%len(areas)]
		if only != nil && u%3 != 2 {
			a = only
		}
		name := fmt.Sprintf("u%d", u)
		decls := g.decls.Len()
		g.names = u * 1000
		kept := g.decls.String()
		g.unit(name, a)
		if !want(u) {
			g.decls.Reset()
			g.decls.WriteString(kept[:decls])
			continue
		}
		fmt.Fprintf(&calls, "\trt.Run(%q, %s)\n", name, name)
	}
	g.r = source(units)
	if want(units) && g.chance(60) {
		g.names = units * 1000
		g.lastUnit("last")
		calls.WriteString("\trt.Last(\"last\", last)\n")
	}
	imports := ""
	for _, name := range []string{"errors", "fmt", "iter", "math", "math/bits", "os", "runtime", "sort", "strings", "unicode/utf8", "unsafe"} {
		base := name[strings.LastIndexByte(name, '/')+1:]
		if strings.Contains(g.decls.String(), base+".") {
			imports += fmt.Sprintf("\t%q\n", name)
		}
	}
	return fmt.Sprintf("// Program %d of seed %d.\npackage %s\n\nimport (\n%s\n\t\"dt/rt\"\n)\n\n%s\n// Main runs the program.\nfunc Main() {\n%s}\n\nvar _ rt.Log\n",
		i, seed, pkg, imports, g.decls.String(), calls.String())
}
