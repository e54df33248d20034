// flag and os/exec: the program runs itself and system commands, with pipes, environment, exit status and signals.
//
// RUN: %run %s
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

type listFlag []string

func (l *listFlag) String() string     { return strings.Join(*l, ",") }
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }

func child() {
	fs := flag.NewFlagSet("child", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	n := fs.Int("n", 1, "repeat `count` times")
	d := fs.Duration("wait", time.Millisecond, "how long")
	upper := fs.Bool("upper", false, "upper case")
	var tags listFlag
	fs.Var(&tags, "tag", "a tag; may be repeated")
	if err := fs.Parse(os.Args[2:]); err != nil {
		fmt.Println("parse:", err)
		os.Exit(7)
	}
	text := strings.Repeat(strings.Join(fs.Args(), " ")+";", *n)
	if *upper {
		text = strings.ToUpper(text)
	}
	fmt.Println(text, *d, tags, os.Getenv("STOAT_TEST"))
	in, _ := io.ReadAll(os.Stdin)
	fmt.Printf("%d bytes of input\n", len(in))
}

func run(args ...string) {
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	cmd := exec.Command(self, append([]string{"child"}, args...)...)
	cmd.Env = append(os.Environ(), "STOAT_TEST=hello")
	cmd.Stdin = strings.NewReader("some input")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		fmt.Printf("%sexit %d\n", out, exit.ExitCode())
		return
	}
	fmt.Printf("%s%v\n", out, err)
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		child()
		return
	}
	run("-n", "3", "-tag", "x", "--tag=y", "a", "b")
	run("-upper", "-wait=1m30s", "word")
	run("-n", "x")
	run("-nope")
	run("-h")

	cat := exec.Command("cat")
	stdin, _ := cat.StdinPipe()
	var out bytes.Buffer
	cat.Stdout = &out
	if err := cat.Start(); err != nil {
		fmt.Println(err)
		return
	}
	for i := range 3 {
		fmt.Fprintln(stdin, "line", i)
	}
	stdin.Close()
	fmt.Println(cat.Wait(), out.String())
	fmt.Println(exec.Command("sh", "-c", "exit 3").Run())
	_, err := exec.LookPath("no-such-command-at-all")
	fmt.Println(err, errors.Is(err, exec.ErrNotFound))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err = exec.CommandContext(ctx, "sleep", "30").Run()
	fmt.Println(err, ctx.Err())
}
