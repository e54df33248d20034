// Package arena, which GOEXPERIMENT=arenas switches on.
//
// RUN: env GOEXPERIMENT=arenas %run %s
package main

import (
	"arena"
	"fmt"
	"reflect"
	"strings"
)

type T struct {
	a int
	s []string
}

func main() {
	a := arena.NewArena()
	p := arena.New[T](a)
	p.s = arena.MakeSlice[string](a, 2, 5)
	p.s[1] = strings.Repeat("x", 3)
	q := arena.Clone(p)
	v := reflect.ArenaNew(a, reflect.TypeFor[*int]())
	v.Elem().Set(reflect.New(reflect.TypeFor[int]()))
	fmt.Println(p.a, p.s, cap(p.s), q.s, v.Type(), *v.Elem().Interface().(*int))
	a.Free()
	defer func() { fmt.Println(recover() != nil) }()
	arena.New[T](a)
}
