// text/template: methods and fields by reflection, pipelines, ranges, functions, nested templates, errors.
//
// RUN: %run %s
package main

import (
	"fmt"
	"os"
	"strings"
	"text/template"
)

type Person struct {
	Name   string
	Age    int
	Emails []string
	Boss   *Person
	Extra  map[string]int
}

func (p Person) Greeting(word string) string { return word + ", " + p.Name }
func (p *Person) Older(n int) int            { return p.Age + n }

const text = `{{define "mail"}}<{{.}}>{{end -}}
{{with .Title}}# {{.}}{{end}}
{{range $i, $p := .People}}{{if $i}}---
{{end}}{{$p.Greeting "Hello" | upper}} ({{$p.Age}}, in ten years {{$p.Older 10}})
{{- range .Emails}}
  {{template "mail" .}}{{else}}
  no mail{{end}}
  {{if and .Boss (gt .Age 30)}}boss: {{.Boss.Name}}{{else if .Boss}}young, boss: {{.Boss.Name | printf "%-10s|"}}{{else}}no boss{{end}}
  {{range $k, $v := .Extra}}{{$k}}={{$v}};{{end}}
{{end}}{{len .People}} people, {{index .People 0 | name}}; {{printf "%05.2f %q" 3.14159 "x"}}
{{- range $i := 3}} {{$i}}{{end}}
`

func main() {
	funcs := template.FuncMap{"upper": strings.ToUpper, "name": func(p *Person) string { return p.Name }}
	t, err := template.New("page").Funcs(funcs).Parse(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	boss := &Person{Name: "Ann", Age: 50, Extra: map[string]int{"z": 26, "a": 1, "m": 13}}
	data := map[string]any{
		"Title":  "Staff & co",
		"People": []*Person{boss, {Name: "Bob", Age: 25, Emails: []string{"bob@example.org", "b@x"}, Boss: boss}, {Name: "Cid", Age: 41, Boss: boss}},
	}
	if err := t.Execute(os.Stdout, data); err != nil {
		fmt.Println(err)
	}
	for _, bad := range []string{"{{.X.Y}}", "{{nofunc 1}}", "{{if}}", "{{index .L 9}}", "{{template \"none\"}}", "{{.L.M}}"} {
		t, err := template.New("bad").Parse(bad)
		if err == nil {
			err = t.Execute(&strings.Builder{}, map[string]any{"L": []int{1, 2}})
		}
		fmt.Println(err)
	}
}
