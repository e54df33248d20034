// Round trips through encoding/json and encoding/gob: reflection over structs, tags, embedded fields, maps, interfaces, custom marshalers.
//
// RUN: %run %s
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

type Level int

func (l Level) MarshalText() ([]byte, error) { return []byte(strings.Repeat("!", int(l))), nil }
func (l *Level) UnmarshalText(b []byte) error {
	for _, c := range b {
		if c != '!' {
			return fmt.Errorf("bad level %q", b)
		}
	}
	*l = Level(len(b))
	return nil
}

type Base struct {
	ID      uint64    `json:"id"`
	Created time.Time `json:"created"`
}

type Item struct {
	Base
	Name   string             `json:"name"`
	Price  float64            `json:"price,omitempty"`
	Tags   []string           `json:"tags"`
	Attrs  map[string]any     `json:"attrs,omitempty"`
	Scores map[string]float32 `json:"scores"`
	Level  Level              `json:"level"`
	Next   *Item              `json:"next,omitempty"`
	Raw    json.RawMessage    `json:"raw"`
	Pair   [2]int             `json:"pair"`
	hidden int
}

type Shape interface{ Sides() int }
type Square struct{ A int }
type Tri struct{ A, B, C int }

func (Square) Sides() int { return 4 }
func (*Tri) Sides() int   { return 3 }

func main() {
	in := Item{
		Base: Base{ID: 1<<60 + 7, Created: time.Date(2026, 2, 28, 23, 59, 58, 123456789, time.UTC)},
		Name: "line\n\"quote\" <tag> \u2028 ü 😀", Price: 1.1, Tags: []string{"a", "", "c"},
		Attrs:  map[string]any{"n": 1.5, "s": "x", "l": []any{true, nil, "y"}, "m": map[string]any{"k": 2.0}},
		Scores: map[string]float32{"z": 0.1, "a": 3e10}, Level: 3,
		Next: &Item{Name: "next", Raw: json.RawMessage(`[1,2]`)}, Raw: json.RawMessage(`{"free":true}`), Pair: [2]int{-1, 9},
	}
	data, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		fmt.Println("marshal:", err)
		return
	}
	fmt.Println(string(data))
	var out Item
	if err := json.Unmarshal(data, &out); err != nil {
		fmt.Println("unmarshal:", err)
	}
	out.Raw, in.Raw = nil, nil
	fmt.Println("same:", reflect.DeepEqual(in.Attrs, out.Attrs), reflect.DeepEqual(in.Tags, out.Tags), out.Created.Equal(in.Created), out.Name == in.Name, out.Next.Name)

	for _, bad := range []string{`{"id":"x"}`, `{"name":1}`, `{"level":"?"}`, `[`, `{"a" 1}`, `{"id":1e99}`} {
		err := json.Unmarshal([]byte(bad), &out)
		var syntax *json.SyntaxError
		var typ *json.UnmarshalTypeError
		fmt.Println(err, errors.As(err, &syntax), errors.As(err, &typ))
	}
	dec := json.NewDecoder(strings.NewReader(`{"a":1} {"b":[1,2,{"c":null}]} 17`))
	dec.UseNumber()
	for dec.More() {
		var v any
		if err := dec.Decode(&v); err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%v %T\n", v, v)
	}

	gob.Register(Square{})
	gob.Register(&Tri{})
	var buf bytes.Buffer
	shapes := []Shape{Square{2}, &Tri{3, 4, 5}, Square{}}
	type envelope struct {
		Shapes []Shape
		M      map[string][]int
		C      complex128
	}
	if err := gob.NewEncoder(&buf).Encode(envelope{shapes, map[string][]int{"p": {2, 3, 5}}, complex(1, -2)}); err != nil {
		fmt.Println("gob:", err)
	}
	size := buf.Len()
	var env envelope
	if err := gob.NewDecoder(&buf).Decode(&env); err != nil {
		fmt.Println("gob:", err)
	}
	for _, s := range env.Shapes {
		fmt.Printf("%T %+v %d\n", s, s, s.Sides())
	}
	fmt.Println(size > 0, env.M, env.C)
}
