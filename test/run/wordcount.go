// Counts words, lines and letters of real files: os, bufio, strings, unicode, sort, path/filepath.
//
// RUN: %run %s --args %S/Inputs/words.txt %S/wordcount.go
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode"
)

type stats struct {
	lines, words, letters int
	freq                  map[string]int
	longest               string
}

func count(path string) (*stats, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &stats{freq: make(map[string]int)}
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		s.lines++
		for _, w := range strings.FieldsFunc(sc.Text(), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
			w = strings.ToLower(w)
			s.words++
			s.freq[w]++
			for _, r := range w {
				if unicode.IsLetter(r) {
					s.letters++
				}
			}
			if len(w) > len(s.longest) {
				s.longest = w
			}
		}
	}
	return s, sc.Err()
}

func main() {
	for _, path := range os.Args[1:] {
		s, err := count(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%s: %d lines, %d words, %d letters, longest %q\n", filepath.Base(path), s.lines, s.words, s.letters, s.longest)
		type pair struct {
			word string
			n    int
		}
		var list []pair
		for w, n := range s.freq {
			list = append(list, pair{w, n})
		}
		sort.Slice(list, func(i, j int) bool {
			if list[i].n != list[j].n {
				return list[i].n > list[j].n
			}
			return list[i].word < list[j].word
		})
		for _, p := range list[:8] {
			fmt.Printf("%6d %-12s|%s\n", p.n, p.word, strings.Repeat("*", p.n/10))
		}
	}
	if _, err := count("/no/such/file"); err != nil {
		fmt.Println(err, os.IsNotExist(err))
	}
}
