// The types of generated programs: what the generator must know about a type to make values, places and operations of it.
package main

import (
	"fmt"
	"strings"
)

type kind int

const (
	boolKind kind = iota
	intKind
	uintKind
	floatKind
	complexKind
	stringKind
	sliceKind
	arrayKind
	mapKind
	structKind
	pointerKind
	funcKind
	anyKind
)

type field struct {
	name string
	t    *typ
}

// typ is a type; two are identical if and only if their names are equal.
type typ struct {
	name      string
	kind      kind
	bits      int // of numbers
	elem, key *typ
	length    int // of arrays
	fields    []field
	params    []*typ // of functions
	result    *typ
	named     bool
	methods   bool // has the methods of named types (see declareTypes)
}

func number(name string, k kind, bits int) *typ { return &typ{name: name, kind: k, bits: bits} }

var (
	boolType       = &typ{name: "bool", kind: boolKind}
	intType        = number("int", intKind, 64)
	stringType     = &typ{name: "string", kind: stringKind}
	anyType        = &typ{name: "any", kind: anyKind}
	byteType       = number("uint8", uintKind, 8)
	runeType       = number("int32", intKind, 32)
	uint64Type     = number("uint64", uintKind, 64)
	uintType       = number("uint", uintKind, 64)
	float64Type    = number("float64", floatKind, 64)
	float32Type    = number("float32", floatKind, 32)
	complex128Type = number("complex128", complexKind, 128)
	complex64Type  = number("complex64", complexKind, 64)

	ints = []*typ{number("int8", intKind, 8), number("int16", intKind, 16), runeType, number("int64", intKind, 64), intType,
		byteType, number("uint16", uintKind, 16), number("uint32", uintKind, 32), uint64Type, uintType, number("uintptr", uintKind, 64)}
	floats    = []*typ{float32Type, float64Type}
	complexes = []*typ{complex64Type, complex128Type}
	bytesType = sliceOf(byteType)
	runesType = sliceOf(runeType)
)

func sliceOf(t *typ) *typ   { return &typ{name: "[]" + t.name, kind: sliceKind, elem: t} }
func pointerTo(t *typ) *typ { return &typ{name: "*" + t.name, kind: pointerKind, elem: t} }
func arrayOf(t *typ, n int) *typ {
	return &typ{name: fmt.Sprintf("[%d]%s", n, t.name), kind: arrayKind, elem: t, length: n}
}
func mapOf(k, v *typ) *typ {
	return &typ{name: "map[" + k.name + "]" + v.name, kind: mapKind, key: k, elem: v}
}
func funcOf(result *typ, params ...*typ) *typ {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.name
	}
	return &typ{name: "func(" + strings.Join(names, ", ") + ") " + result.name, kind: funcKind, params: params, result: result}
}

func (t *typ) is(u *typ) bool  { return t.name == u.name }
func (t *typ) isInteger() bool { return t.kind == intKind || t.kind == uintKind }
func (t *typ) isNumber() bool  { return t.kind >= intKind && t.kind <= complexKind }
func (t *typ) isOrdered() bool {
	return t.kind >= intKind && t.kind <= floatKind || t.kind == stringKind
}
func (t *typ) isBasic() bool { return t.kind <= stringKind }

// comparable: == compiles and does not panic.
func (t *typ) comparable() bool {
	switch t.kind {
	case sliceKind, mapKind, funcKind, anyKind:
		return false
	case arrayKind:
		return t.elem.comparable()
	case structKind:
		for _, f := range t.fields {
			if !f.t.comparable() {
				return false
			}
		}
	}
	return true
}

// pointerFree: values are equal only if they read the same, so maps with such keys are deterministic.
func (t *typ) pointerFree() bool {
	switch t.kind {
	case pointerKind, mapKind, sliceKind, funcKind, anyKind:
		return false
	case arrayKind:
		return t.elem.pointerFree()
	case structKind:
		for _, f := range t.fields {
			if !f.t.pointerFree() {
				return false
			}
		}
	}
	return true
}

func pick[T any](g *gen, list []T) T { return list[g.r.IntN(len(list))] }

func (g *gen) integer() *typ {
	if g.chance(15) {
		return pick(g, g.namedInts)
	}
	return pick(g, ints)
}

func (g *gen) float() *typ {
	if g.chance(15) {
		return g.namedFloat
	}
	return pick(g, floats)
}

func (g *gen) scalar() *typ {
	switch n := g.r.IntN(100); {
	case n < 48:
		return g.integer()
	case n < 66:
		return g.float()
	case n < 72:
		return pick(g, complexes)
	case n < 80:
		return boolType
	case n < 84:
		return g.namedString
	}
	return stringType
}

// anyOf is any type, of bounded depth.
func (g *gen) anyOf(depth int) *typ {
	if depth <= 0 || g.chance(45) {
		return g.scalar()
	}
	switch g.r.IntN(10) {
	case 0, 1:
		return sliceOf(g.anyOf(depth - 1))
	case 2, 3:
		return arrayOf(g.anyOf(depth-1), 1+g.r.IntN(5))
	case 4:
		return mapOf(g.keyType(), g.anyOf(depth-1))
	case 5:
		return pointerTo(g.anyOf(depth - 1))
	case 6:
		return anyType
	}
	if len(g.structs) == 0 {
		return g.scalar()
	}
	return pick(g, g.structs)
}

func (g *gen) keyType() *typ {
	if len(g.structs) > 0 && g.chance(25) {
		if t := pick(g, g.structs); t.comparable() && t.pointerFree() {
			return t
		}
	}
	if g.chance(15) {
		return arrayOf(g.integer(), 1+g.r.IntN(3))
	}
	return g.scalar()
}

// declareTypes makes the program's own types. Every named type has methods: Get (value receiver), and Set (pointer receiver).
func (g *gen) declareTypes() {
	for i := range 3 {
		base := pick(g, ints)
		t := &typ{name: fmt.Sprintf("I%d", i), kind: base.kind, bits: base.bits, named: true, methods: true}
		g.namedInts = append(g.namedInts, t)
		g.decl("type %s %s\n", t.name, base.name)
		g.decl("func (x %s) Get() uint64 { return uint64(x) * %d }\nfunc (x *%s) Set(y uint64) { *x = %s(y>>3) }\n", t.name, g.r.IntN(1000), t.name, t.name)
	}
	base := pick(g, floats)
	g.namedFloat = &typ{name: "F0", kind: floatKind, bits: base.bits, named: true, methods: true}
	g.decl("type F0 %s\nfunc (x F0) Get() uint64 { return uint64(int64(x*8)) }\nfunc (x *F0) Set(y uint64) { *x += F0(y & 0xffff) }\n", base.name)
	g.namedString = &typ{name: "T0", kind: stringKind, named: true, methods: true}
	g.decl("type T0 string\nfunc (x T0) Get() uint64 { return uint64(len(x)) }\nfunc (x *T0) Set(y uint64) { *x = T0(rune(y%%1000)) + \"!\" }\n")
	g.decl("type Getter interface{ Get() uint64 }\ntype Setter interface {\n\tGetter\n\tSet(uint64)\n}\n")
	for i := range 4 + g.r.IntN(3) {
		g.declareStruct(fmt.Sprintf("S%d", i))
	}
}

func (g *gen) declareStruct(name string) {
	t := &typ{name: name, kind: structKind, named: true, methods: true}
	var b strings.Builder
	embeds := ""
	if len(g.structs) > 0 && g.chance(40) {
		e := pick(g, g.structs)
		embeds = e.name
		f := field{e.name, e}
		fmt.Fprintf(&b, "\t%s\n", e.name)
		t.fields = append(t.fields, f)
	}
	n := 1 + g.r.IntN(6)
	if g.chance(15) {
		n += 10
	}
	for i := range n {
		f := field{fmt.Sprintf("%c%s", 'a'+i, strings.ToLower(name)), g.anyOf(1)}
		if g.chance(10) {
			f.t = arrayOf(g.integer(), 1+g.r.IntN(40))
		}
		t.fields = append(t.fields, f)
		fmt.Fprintf(&b, "\t%s %s\n", f.name, f.t.name)
		if g.chance(5) {
			fmt.Fprintf(&b, "\t_ %s\n", g.integer().name)
		}
	}
	g.decl("type %s struct {\n%s}\n", name, b.String())
	if embeds == "" || g.chance(50) { // else promoted
		terms := []string{}
		for _, f := range t.fields {
			switch {
			case f.t.isInteger():
				terms = append(terms, fmt.Sprintf("uint64(s.%s)", f.name))
			case f.t.kind == stringKind || f.t.kind == sliceKind || f.t.kind == mapKind || f.t.kind == arrayKind:
				terms = append(terms, fmt.Sprintf("uint64(len(s.%s))", f.name))
			case f.t.kind == structKind:
				terms = append(terms, fmt.Sprintf("s.%s.Get()", f.name))
			}
		}
		g.decl("func (s %s) Get() uint64 { return %s }\n", name, strings.Join(append(terms, fmt.Sprint(g.r.IntN(99))), pick(g, []string{" + ", " ^ ", " * 3 + "})))
		g.decl("func (s *%s) Set(y uint64) {\n", name)
		for _, f := range t.fields {
			if f.t.isInteger() {
				g.decl("\ts.%s %s %s(y)\n", f.name, pick(g, []string{"+=", "^=", "=", "-="}), f.t.name)
			} else if f.t.kind == structKind {
				g.decl("\ts.%s.Set(y + 1)\n", f.name)
			}
		}
		g.decl("}\n")
	}
	g.structs = append(g.structs, t)
}
