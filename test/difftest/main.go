// difftest writes random Go programs: see README.md. It makes a module with a package for each program and a main package that runs the one it is
// told to, so that a batch is linked once; utils/difftest builds it with two compilers and compares.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed rt/rt.go
var support string

func main() {
	out := flag.String("out", "", "directory of the module")
	seed := flag.Uint64("seed", 1, "seed")
	first := flag.Int("first", 0, "number of the first program")
	count := flag.Int("count", 1, "how many")
	only := flag.String("only", "", "an area for two thirds of the units")
	units := flag.String("units", "", "the units to keep, by number: 1,5")
	list := flag.Bool("areas", false, "print the names of the areas")
	flag.Parse()
	if *list {
		for _, a := range areas {
			fmt.Println(a.name)
		}
		return
	}
	var area *area
	if *only != "" {
		if area = areaNamed(*only); area == nil {
			fail(fmt.Errorf("no area %s", *only))
		}
	}
	want := func(int) bool { return true }
	if *units != "" {
		want = func(u int) bool {
			for _, s := range strings.Split(*units, ",") {
				if n, err := strconv.Atoi(s); err == nil && n == u {
					return true
				}
			}
			return false
		}
	}
	write(*out, "go.mod", "module dt\n\ngo 1.26\n")
	write(*out, "rt/rt.go", support)
	imports, cases := "", ""
	for i := *first; i < *first+*count; i++ {
		pkg := fmt.Sprintf("p%05d", i)
		write(*out, pkg+"/p.go", program(*seed, i, area, want))
		imports += fmt.Sprintf("\t%q\n", "dt/"+pkg)
		cases += fmt.Sprintf("\tcase %q:\n\t\t%s.Main()\n", pkg, pkg)
	}
	write(*out, "main.go", "package main\n\nimport (\n\t\"os\"\n"+imports+")\n\nfunc main() {\n\tswitch os.Args[1] {\n"+cases+"\t}\n}\n")
}

func write(dir, name, text string) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		fail(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "difftest:", err)
	os.Exit(1)
}
