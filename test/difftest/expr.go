// Expressions: expr makes one of a wanted type from what the scope has. It knows which are constant, because the language refuses constant
// expressions that overflow, divide by zero or index out of range, where the same on variables is defined.
package main

import (
	"fmt"
	"strings"
)

type expr struct {
	s     string
	konst bool
}

func dynamic(format string, args ...any) expr { return expr{fmt.Sprintf(format, args...), false} }

// operands lists what can be read of type t: variables and their parts.
func (g *gen) operands(t *typ, places bool) []string {
	var found []string
	var visit func(path string, u *typ, depth int)
	visit = func(path string, u *typ, depth int) {
		if u.is(t) {
			found = append(found, path)
		}
		if depth == 0 {
			return
		}
		switch u.kind {
		case structKind:
			for _, f := range u.fields {
				visit(path+"."+f.name, f.t, depth-1)
			}
		case arrayKind:
			visit(fmt.Sprintf("%s[%d]", path, g.r.IntN(u.length)), u.elem, depth-1)
		case pointerKind:
			if u.elem.kind == structKind {
				visit(path, &typ{name: "", kind: structKind, fields: u.elem.fields}, depth)
			} else if u.elem.is(t) {
				visit("(*"+path+")", u.elem, 0)
			}
		case sliceKind:
			if u.elem.is(t) || u.elem.kind == structKind {
				visit(fmt.Sprintf("%s[rt.Ix(%d, len(%s))]", path, g.r.IntN(9), path), u.elem, depth-1)
			}
		}
	}
	for _, v := range g.vars {
		if !places || !v.readOnly {
			visit(v.name, v.t, 2)
		}
	}
	return found
}

// place is something that can be assigned, or "".
func (g *gen) place(t *typ) string {
	if found := g.operands(t, true); len(found) > 0 {
		if g.chance(70) { // the inner variables more often
			return found[len(found)-1-g.r.IntN((len(found)+1)/2)]
		}
		return pick(g, found)
	}
	return ""
}

// value is an expression that is not constant.
func (g *gen) value(t *typ, depth int) string {
	for range 5 {
		if e := g.expr(t, depth); !e.konst {
			return e.s
		}
	}
	if found := g.operands(t, false); len(found) > 0 {
		return pick(g, found)
	}
	return "rt.Opaque(" + g.typed(t, g.literal(t, 0)) + ")"
}

func (g *gen) leaf(t *typ) expr {
	if found := g.operands(t, false); len(found) > 0 && g.chance(80) {
		return expr{pick(g, found), false}
	}
	return expr{g.literal(t, 1), t.isBasic()}
}

// expr is an expression of type t.
func (g *gen) expr(t *typ, depth int) expr {
	if depth <= 0 || g.chance(15) {
		return g.leaf(t)
	}
	if g.chance(18) {
		if e, ok := g.general(t, depth); ok {
			return e
		}
	}
	switch t.kind {
	case boolKind:
		return g.boolExpr(depth)
	case intKind, uintKind:
		return g.integerExpr(t, depth)
	case floatKind:
		return g.floatExpr(t, depth)
	case complexKind:
		return g.complexExpr(t, depth)
	case stringKind:
		return g.stringExpr(t, depth)
	case sliceKind:
		return g.sliceExpr(t, depth)
	case anyKind:
		u := g.anyOf(1)
		return dynamic("any(%s)", g.value(u, depth-1))
	case funcKind, pointerKind:
		return g.leaf(t)
	}
	if g.chance(60) {
		return g.leaf(t)
	}
	return expr{g.literal(t, depth), false}
}

// general are the forms that any type has.
func (g *gen) general(t *typ, depth int) (expr, bool) {
	switch g.r.IntN(9) {
	case 0:
		if f := g.callable(t); f != nil {
			return expr{g.call(f, depth), false}, true
		}
	case 1:
		return dynamic("rt.Pick(%s, %s, %s)", g.expr(boolType, depth-1).s, g.typed(t, g.expr(t, depth-1).s), g.typed(t, g.expr(t, depth-1).s)), true
	case 2:
		if t.kind != funcKind {
			return dynamic("func() %s { return %s }()", t.name, g.expr(t, depth-1).s), true
		}
	case 3:
		if t.kind != anyKind {
			return dynamic("any(%s).(%s)", g.expr(t, depth-1).s, t.name), true
		}
	case 4:
		return dynamic("[...]%s{%s, %s}[%s&1]", t.name, g.expr(t, depth-1).s, g.expr(t, depth-1).s, g.value(byteType, depth-1)), true
	case 5:
		key := g.scalar()
		return dynamic("map[%s]%s{%s: %s}[%s]", key.name, t.name, g.expr(key, 0).s, g.expr(t, depth-1).s, g.value(key, 0)), true
	case 6:
		if t.kind != funcKind && !g.noLog {
			return dynamic("rt.T(h, %d, %s)", g.r.IntN(1000), g.typed(t, g.expr(t, depth-1).s)), true
		}
	case 7:
		v := g.name("a")
		mark := len(g.vars)
		p := g.declare(v, g.scalar())
		body := g.expr(t, depth-1).s
		g.vars = g.vars[:mark]
		return dynamic("func(%s %s) %s { return %s }(%s)", v, p.t.name, t.name, body, g.expr(p.t, depth-1).s), true
	case 8:
		return dynamic("*%s", g.literal(pointerTo(t), depth-1)), !strings.HasPrefix(t.name, "func")
	}
	return expr{}, false
}

// callable is a helper with a result of type t that may be called here.
func (g *gen) callable(t *typ) *function {
	if g.helper && (g.trips > 1 || g.calls > 2) || g.trips > 60 {
		return nil
	}
	var fits []*function
	for _, f := range g.funcs {
		if f.result.is(t) && !(f.log && g.noLog) {
			fits = append(fits, f)
		}
	}
	if len(fits) == 0 {
		return nil
	}
	g.calls++
	return pick(g, fits)
}

func (g *gen) call(f *function, depth int) string {
	var args []string
	if f.log {
		args = append(args, "h")
	}
	for _, p := range f.params {
		args = append(args, g.expr(p, depth-1).s)
	}
	return f.name + "(" + strings.Join(args, ", ") + ")"
}

// twoSides are operands of which one at least is not constant.
func (g *gen) twoSides(t *typ, depth int) (string, string) {
	x, y := g.expr(t, depth), g.expr(t, depth)
	if x.konst && y.konst {
		if g.chance(50) {
			x.s = g.value(t, 0)
		} else {
			y.s = g.value(t, 0)
		}
	}
	return x.s, y.s
}

func (g *gen) boolExpr(depth int) expr {
	switch g.r.IntN(8) {
	case 0:
		x, y := g.twoSides(boolType, depth-1)
		return dynamic("(%s %s %s)", x, pick(g, []string{"&&", "||", "==", "!="}), y)
	case 1:
		return dynamic("!%s", g.value(boolType, depth-1))
	case 2:
		if t := g.anyOf(2); t.comparable() && t.kind != pointerKind {
			x, y := g.twoSides(t, depth-1)
			return dynamic("((%s) %s (%s))", x, pick(g, []string{"==", "!="}), y)
		}
	case 3:
		u := g.scalar()
		return dynamic("(any(%s) %s any(%s))", g.expr(g.scalar(), 0).s, pick(g, []string{"==", "!="}), g.expr(u, 0).s)
	case 4:
		v := g.name("m")
		key := g.keyType()
		return dynamic("func() bool { _, %s := map[%s]bool{%s: true}[%s]; return %s }()", v, key.name, g.expr(key, 0).s, g.expr(key, 0).s, v)
	}
	t := g.scalar()
	for !t.isOrdered() {
		t = g.scalar()
	}
	x, y := g.twoSides(t, depth-1)
	return dynamic("(%s %s %s)", x, pick(g, []string{"<", "<=", ">", ">=", "==", "!="}), y)
}
