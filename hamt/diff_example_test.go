package hamt_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/strata-go/strata/hamt"
)

// What changed between two versions.
func ExampleDiff() {
	v1 := hamt.FromMap(map[string]int{"a": 1, "b": 2, "c": 3})
	v2 := v1.Set("b", 20).Set("d", 4).Delete("a")

	changes := slices.Collect(hamt.Diff(v1, v2))
	slices.SortFunc(changes, func(x, y hamt.Change[string, int]) int { return strings.Compare(x.Key, y.Key) })
	for _, c := range changes {
		fmt.Println(c.Op, c)
	}
	// Output:
	// removed -a:1
	// replaced b:2→20
	// added +d:4
}

func ExampleMap_DiffFunc() {
	v1 := hamt.FromMap(map[string][]int{"a": {1}, "b": {2}})
	v2 := v1.Set("a", []int{1}).Set("b", []int{2, 3})
	for c := range v1.DiffFunc(v2, slices.Equal) {
		fmt.Println(c)
	}
	// Output: b:[2]→[2 3]
}

func ExampleMap_Union() {
	may := hamt.FromMap(map[string]int{"apples": 3, "pears": 1})
	june := hamt.FromMap(map[string]int{"apples": 2, "plums": 5})

	sum := may.Union(june, func(_ string, x, y int) int { return x + y })
	fmt.Println(sum.Get("apples"))
	kept := may.Union(june, nil)
	fmt.Println(kept.Get("apples"))
	// Output:
	// 5 true
	// 3 true
}

func ExampleMap_Intersect() {
	stock := hamt.FromMap(map[string]int{"apples": 3, "pears": 1})
	wanted := hamt.FromMap(map[string]int{"pears": 10, "plums": 10})
	fmt.Println(slices.Collect(stock.Intersect(wanted).Keys()))
	fmt.Println(slices.Collect(stock.Subtract(wanted).Keys()))
	// Output:
	// [pears]
	// [apples]
}

func ExampleMap_SymmetricDifference() {
	a := hamt.FromMap(map[string]int{"x": 1, "y": 2})
	b := hamt.FromMap(map[string]int{"y": 3})
	fmt.Println(slices.Collect(a.SymmetricDifference(b).Keys()))
	// Output: [x]
}

func ExampleMap_Restrict() {
	m := hamt.FromMap(map[string]int{"x": 1, "y": 2})
	s := hamt.SetOf("y", "z")
	fmt.Println(m.Restrict(s).Has("y"), m.Restrict(s).Len())
	fmt.Println(m.Without(s).Has("x"), m.Without(s).Len())
	// Output:
	// true 1
	// true 1
}

func ExampleSet_SubsetOf() {
	small, large := hamt.SetOf(1, 2), hamt.SetOf(1, 2, 3)
	fmt.Println(small.SubsetOf(large), large.SubsetOf(small), small.Disjoint(large))
	// Output: true false false
}

func ExampleSet_Union() {
	a, b := hamt.SetOf(1, 2), hamt.SetOf(2, 3)
	fmt.Println(a.Union(b).Len(), a.Intersect(b).Len(), a.Subtract(b).Len(), a.SymmetricDifference(b).Len())
	// Output: 3 1 1 2
}

func ExampleMap_Filter() {
	m := hamt.FromMap(map[string]int{"a": 1, "b": 2})
	even := m.Filter(func(_ string, v int) bool { return v%2 == 0 })
	fmt.Println(slices.Collect(even.Keys()))
	fmt.Println(m.Same(m.Filter(func(string, int) bool { return true })))
	// Output:
	// [b]
	// true
}

func ExampleMapValues() {
	lengths := hamt.MapValues(hamt.FromMap(map[int]string{7: "seven"}), func(_ int, s string) int { return len(s) })
	fmt.Println(lengths.Get(7))
	// Output: 5 true
}

func ExampleMap_MapValues() {
	m := hamt.FromMap(map[string]int{"a": -1})
	fmt.Println(m.MapValues(func(_ string, v int) int { return max(v, 0) }).Get("a"))
	// Output: 0 true
}

func ExampleMap_Keyset() {
	admins := hamt.SetOf("ann", "bob")
	online := hamt.FromMap(map[string]int{"bob": 1, "eve": 2})
	fmt.Println(admins.Disjoint(online.Keyset()))
	// Output: false
}
