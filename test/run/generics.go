// Generic code of our own and of the library: constraints, methods on generic types, inference, iterators, slices, maps, cmp, sort, container/heap.
//
// RUN: %run %s
package main

import (
	"cmp"
	"container/heap"
	"container/list"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
)

type Number interface {
	~int | ~int8 | ~int64 | ~float32 | ~float64
}

type Celsius float64

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

type Tree[K cmp.Ordered, V any] struct {
	root *node[K, V]
	size int
}
type node[K cmp.Ordered, V any] struct {
	key         K
	val         V
	left, right *node[K, V]
}

func (t *Tree[K, V]) Put(k K, v V) {
	p := &t.root
	for *p != nil {
		switch c := cmp.Compare(k, (*p).key); {
		case c < 0:
			p = &(*p).left
		case c > 0:
			p = &(*p).right
		default:
			(*p).val = v
			return
		}
	}
	*p = &node[K, V]{key: k, val: v}
	t.size++
}

func (t *Tree[K, V]) All() iter.Seq2[K, V] {
	var walk func(n *node[K, V], yield func(K, V) bool) bool
	walk = func(n *node[K, V], yield func(K, V) bool) bool {
		return n == nil || walk(n.left, yield) && yield(n.key, n.val) && walk(n.right, yield)
	}
	return func(yield func(K, V) bool) { walk(t.root, yield) }
}

type Set[T comparable] map[T]struct{}

func (s Set[T]) Add(v T) Set[T] { s[v] = struct{}{}; return s }

func Reduce[T, A any](seq iter.Seq[T], a A, f func(A, T) A) A {
	for v := range seq {
		a = f(a, v)
	}
	return a
}

type Stringish interface{ ~string | ~[]byte }

func Bytes[S Stringish](s S) (n int) {
	for i := 0; i < len(s); i++ {
		n += int(s[i])
	}
	return
}

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type Pair[A, B any] struct {
	First  A
	Second B
}

func Zip[A, B any](a []A, b []B) []Pair[A, B] {
	return slices.Collect(func(yield func(Pair[A, B]) bool) {
		for i := range min(len(a), len(b)) {
			if !yield(Pair[A, B]{a[i], b[i]}) {
				return
			}
		}
	})
}

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2.25), Sum[Celsius](20, 1.5), Sum[int8](100, 100))
	var t Tree[string, int]
	for i, w := range strings.Fields("one two three four five six seven one two") {
		t.Put(w, i)
	}
	for k, v := range t.All() {
		if k == "three" {
			break
		}
		fmt.Print(k, ":", v, " ")
	}
	fmt.Println(t.size)
	s := Set[any]{}
	s.Add(1).Add("1").Add(1.0).Add(1).Add([2]int{1, 2})
	fmt.Println(len(s))
	fmt.Println(Reduce(slices.Values([]int{1, 2, 3, 4}), "", func(a string, v int) string { return fmt.Sprint(a, v) }))
	fmt.Println(Bytes("abc"), Bytes([]byte{1, 2, 3}))
	fmt.Printf("%v %+v %T\n", Zip([]int{1, 2, 3}, []string{"a", "b"}), Pair[string, *int]{}, Pair[Set[int], error]{})

	people := []struct {
		Name string
		Age  int
	}{{"Alice", 30}, {"Bob", 25}, {"Carol", 30}, {"Dave", 25}, {"Eve", 41}}
	slices.SortStableFunc(people, func(a, b struct {
		Name string
		Age  int
	}) int {
		return cmp.Or(-cmp.Compare(a.Age, b.Age), strings.Compare(a.Name, b.Name))
	})
	fmt.Println(people)
	ages := map[string]int{}
	for _, p := range people {
		ages[p.Name] = p.Age
	}
	fmt.Println(slices.Sorted(maps.Keys(ages)), slices.Max(slices.Collect(maps.Values(ages))))
	h := &intHeap{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 3)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	l := list.New()
	l.PushBack("b")
	l.PushFront("a")
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	xs := make([]int, 1000)
	for i := range xs {
		xs[i] = (i * 7919) % 1009
	}
	sort.Sort(sort.Reverse(sort.IntSlice(xs)))
	i, found := slices.BinarySearchFunc(xs, 500, func(a, b int) int { return b - a })
	fmt.Println(xs[:5], xs[995:], i, found, slices.IsSortedFunc(xs, func(a, b int) int { return b - a }))
	for c := range slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(c)
	}
	next, stop := iter.Pull(slices.Values([]string{"x", "y"}))
	fmt.Println(next())
	fmt.Println(next())
	fmt.Println(next())
	stop()
}
