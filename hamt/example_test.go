package hamt_test

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/strata-go/strata/hamt"
)

// Keep versions: an edit returns a new map and leaves the old one as it was.
func Example() {
	var v0 hamt.Map[string, int]
	v1 := v0.Set("apples", 3)
	v2 := v1.Set("pears", 5).Set("apples", 4)
	fmt.Println(v0.Len(), v1.Len(), v2.Len())
	was, _ := v1.Get("apples")
	is, _ := v2.Get("apples")
	fmt.Println(was, is)
	// Output:
	// 0 1 2
	// 3 4
}

// Edit many at once: a builder changes its own nodes in place.
func ExampleBuilder() {
	var m hamt.Map[int, string]
	b := m.Builder()
	for i := range 1000 {
		b.Set(i, "x")
	}
	m = b.Map()
	b.Delete(0) // the builder goes on; m does not change
	fmt.Println(m.Len(), b.Len())
	// Output: 1000 999
}

func ExampleMap_Get() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	v, ok := m.Get("a")
	fmt.Println(v, ok)
	v, ok = m.Get("b")
	fmt.Println(v, ok)
	// Output:
	// 1 true
	// 0 false
}

func ExampleMap_Has() {
	m := hamt.Map[string, int]{}.Set("a", 0)
	fmt.Println(m.Has("a"), m.Has("b"))
	// Output: true false
}

func ExampleMap_Len() {
	fmt.Println(hamt.Map[string, int]{}.Set("a", 1).Set("a", 2).Len())
	// Output: 1
}

// The key that was set first stays.
func ExampleMap_Entry() {
	m := hamt.NewWith[string, int](fold{}).Set("Content-Type", 1).Set("content-type", 2)
	k, v, _ := m.Entry("CONTENT-TYPE")
	fmt.Println(k, v)
	// Output: Content-Type 2
}

// fold makes keys equal that differ in case only.
type fold struct{}

func (fold) Hash(h *maphash.Hash, k string) { h.WriteString(strings.ToLower(k)) }
func (fold) Equal(x, y string) bool         { return strings.ToLower(x) == strings.ToLower(y) }

func ExampleNewWith() {
	header := hamt.NewWith[string, string](fold{}).Set("Accept", "*/*")
	v, _ := header.Get("accept")
	fmt.Println(v)
	// Output: */*
}

func ExampleHasher() {
	var h hamt.Hasher[string] = fold{}
	fmt.Println(h.Equal("a", "A"))
	// Output: true
}

// ids hashes keys that are well mixed already: they are their own hash.
type ids struct{ hamt.Comparable[uint64] }

func (ids) Hash(h *maphash.Hash, k uint64)      { maphash.WriteComparable(h, k) }
func (ids) Hash64(seed uint64, k uint64) uint64 { return k }

func ExampleComparable() {
	m := hamt.NewWith[uint64, string](ids{}).Set(0x9e3779b97f4a7c15, "x")
	fmt.Println(m.Has(0x9e3779b97f4a7c15))
	// Output: true
}

func ExampleMap_Set() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	fmt.Println(m.Set("a", 2).Get("a"))
	fmt.Println(m.Get("a"))
	// Output:
	// 2 true
	// 1 true
}

func ExampleMap_Delete() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	fmt.Println(m.Delete("a").Len(), m.Len(), m.Delete("b").Same(m))
	// Output: 0 1 true
}

func ExampleMap_Update() {
	var count hamt.Map[string, int]
	for w := range strings.FieldsSeq("to be or not to be") {
		count = count.Update(w, func(n int, _ bool) (int, bool) { return n + 1, true })
	}
	n, _ := count.Get("to")
	fmt.Println(n, count.Len())
	// Output: 2 4
}

func ExampleMap_Same() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	snapshot := m
	fmt.Println(snapshot.Same(m), snapshot.Same(m.Set("a", 2)))
	// Output: true false
}

func ExampleMap_All() {
	m := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	sum := 0
	for _, v := range m.All() {
		sum += v
	}
	fmt.Println(sum)
	// Output: 3
}

func ExampleMap_Keys() {
	m := hamt.FromMap(map[string]int{"b": 2, "a": 1})
	fmt.Println(slices.Sorted(m.Keys()))
	// Output: [a b]
}

func ExampleMap_Values() {
	m := hamt.FromMap(map[string]int{"b": 2, "a": 1})
	fmt.Println(slices.Sorted(m.Values()))
	// Output: [1 2]
}

func ExampleMap_At() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	fmt.Println(m.At(0))
	// Output: a 1
}

func ExampleMap_Sample() {
	m := hamt.Collect(maps.All(map[int]bool{1: true, 2: true, 3: true}))
	k, v, ok := m.Sample(rand.New(rand.NewPCG(1, 2)))
	fmt.Println(1 <= k && k <= 3, v, ok)
	// Output: true true true
}

// Several goroutines share the work.
func ExampleMap_Split() {
	m := hamt.Collect(slices.All(make([]string, 10000)))
	var wg sync.WaitGroup
	parts := m.Split(4)
	counts := make([]int, len(parts))
	for i, part := range parts {
		wg.Go(func() {
			for range part {
				counts[i]++
			}
		})
	}
	wg.Wait()
	fmt.Println(counts)
	// Output: [2500 2500 2500 2500]
}

func ExampleMap_Builder() {
	m := hamt.Map[string, int]{}.Set("a", 1)
	b := m.Builder()
	b.Set("b", 2)
	fmt.Println(m.Len(), b.Map().Len())
	// Output: 1 2
}

func ExampleMap_Check() {
	m := hamt.Collect(slices.All(make([]int, 1000)))
	fmt.Println(m.Check())
	// Output: <nil>
}

func ExampleBuilder_Update() {
	var b hamt.Builder[string, []string]
	for _, w := range []string{"ant", "bee", "ape"} {
		b.Update(w[:1], func(list []string, _ bool) ([]string, bool) { return append(list, w), true })
	}
	fmt.Println(b.Get("a"))
	// Output: [ant ape] true
}

// All shows the content at the time of the call, so the loop may edit.
func ExampleBuilder_All() {
	var b hamt.Builder[int, bool]
	for i := range 100 {
		b.Set(i, i%2 == 0)
	}
	for k, even := range b.All() {
		if even {
			b.Delete(k)
		}
	}
	fmt.Println(b.Len(), b.Has(1), b.Has(2))
	// Output: 50 true false
}

func ExampleCollect() {
	m := hamt.Collect(slices.All([]string{"a", "b"}))
	fmt.Println(m.Get(1))
	// Output: b true
}

func ExampleFromMap() {
	fmt.Println(hamt.FromMap(map[string]int{"a": 1}).Get("a"))
	// Output: 1 true
}

func ExampleEqual() {
	a := hamt.Map[string, int]{}.Set("x", 1).Set("y", 2)
	b := hamt.Map[string, int]{}.Set("y", 2).Set("x", 1)
	fmt.Println(hamt.Equal(a, b), a.Same(b))
	// Output: true false
}

func ExampleMap_EqualFunc() {
	a := hamt.Map[string, []int]{}.Set("x", []int{1})
	b := hamt.Map[string, []int]{}.Set("x", []int{1})
	fmt.Println(a.EqualFunc(b, slices.Equal))
	// Output: true
}

func ExampleSet() {
	var s hamt.Set[string]
	t := s.Add("a").Add("b")
	fmt.Println(s.Len(), t.Len(), t.Has("a"), t.Delete("a").Has("a"))
	// Output: 0 2 true false
}

func ExampleSetOf() {
	fmt.Println(hamt.SetOf(1, 2, 2).Len())
	// Output: 2
}

func ExampleCollectSet() {
	s := hamt.CollectSet(slices.Values([]int{3, 1, 3}))
	fmt.Println(slices.Sorted(s.All()))
	// Output: [1 3]
}

func ExampleNewSetWith() {
	s := hamt.NewSetWith(fold{}).Add("Go")
	fmt.Println(s.Has("GO"))
	// Output: true
}

// A set is edited in bulk through the builder of its map.
func ExampleSetFromMap() {
	b := hamt.SetOf(1, 2, 3).Map().Builder()
	b.Set(4, struct{}{})
	b.Delete(1)
	s := hamt.SetFromMap(b.Map())
	fmt.Println(s.Equal(hamt.SetOf(2, 3, 4)))
	// Output: true
}
