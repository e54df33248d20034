// bufio over standard input: numbers lines, tabulates, formats with text/tabwriter, reads runes and words.
//
// RUN: %run %s --stdin %S/Inputs/words.txt
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 100)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var lengths []int
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if line != "" {
			lengths = append(lengths, len(line))
			if n%40 == 0 {
				fmt.Fprintf(out, "%4d %s", n, line)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	hist := make(map[int]int)
	for _, l := range lengths {
		hist[l/10]++
	}
	tw := tabwriter.NewWriter(out, 4, 0, 2, '.', tabwriter.AlignRight|tabwriter.Debug)
	for i := range 10 {
		fmt.Fprintf(tw, "%d-%d\t%d\t%s\t\n", i*10, i*10+9, hist[i], strings.Repeat("#", hist[i]/4))
	}
	tw.Flush()

	sc := bufio.NewScanner(strings.NewReader("12 -7 0x1F 3.5 nan 1e400 99999999999999999999 päß"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		i, ierr := strconv.ParseInt(sc.Text(), 0, 64)
		f, ferr := strconv.ParseFloat(sc.Text(), 64)
		fmt.Fprintln(out, sc.Text(), i, ierr, f, ferr, strconv.Quote(sc.Text()), strconv.QuoteToASCII(sc.Text()))
	}
	r := bufio.NewReader(strings.NewReader("aß\xff日"))
	for {
		c, size, err := r.ReadRune()
		if err != nil {
			break
		}
		fmt.Fprintf(out, "%q/%d ", c, size)
	}
	var a, b int
	var s string
	n, err := fmt.Sscanf("7 of 12: stoats", "%d of %d: %s", &a, &b, &s)
	fmt.Fprintln(out, n, err, a, b, s)
}
