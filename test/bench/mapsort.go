package main

import (
	"fmt"
	"sort"
	"strconv"
)

// Strings, maps, sorting, formatting of numbers.
func main() {
	m := make(map[string]int)
	for i := range 1_000_000 {
		m[strconv.Itoa(i*7919%200_003)] += i
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	sum := 0
	for i, k := range keys {
		sum += i * m[k] % 1009
	}
	fmt.Println(len(keys), keys[0], sum)
}
