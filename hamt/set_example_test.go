package hamt_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/strata-go/strata/hamt"
)

func ExampleSet_Add() {
	s := hamt.SetOf("a")
	fmt.Println(s.Add("b"), s, s.Add("a").Same(s))
	// Output: set[a b] set[a] true
}

func ExampleSet_Delete() {
	s := hamt.SetOf(1, 2, 3)
	fmt.Println(s.Delete(2), s.Delete(9).Same(s))
	// Output: set[1 3] true
}

func ExampleSet_Has() {
	s := hamt.SetOf(1, 2)
	fmt.Println(s.Has(1), s.Has(3))
	// Output: true false
}

func ExampleSet_Len() {
	fmt.Println(hamt.SetOf(1, 2, 2).Len())
	// Output: 2
}

// The order is unspecified; sort where it matters.
func ExampleSet_All() {
	fmt.Println(slices.Sorted(hamt.SetOf(3, 1, 2).All()))
	// Output: [1 2 3]
}

// At and All number the keys alike.
func ExampleSet_At() {
	s := hamt.SetOf("a", "b", "c")
	i := 0
	for k := range s.All() {
		fmt.Println(s.At(i) == k)
		i++
	}
	// Output:
	// true
	// true
	// true
}

func ExampleSet_Sample() {
	k, ok := hamt.SetOf(1, 2, 3).Sample(rand.New(rand.NewPCG(1, 2)))
	fmt.Println(k >= 1 && k <= 3, ok)
	_, ok = hamt.SetOf[int]().Sample(rand.New(rand.NewPCG(1, 2)))
	fmt.Println(ok)
	// Output:
	// true true
	// false
}

// Same asks for one version, Equal for equal keys.
func ExampleSet_Same() {
	s := hamt.SetOf(1, 2)
	t := s
	fmt.Println(t.Same(s), hamt.SetOf(1, 2).Same(s))
	// Output: true false
}

func ExampleSet_Equal() {
	fmt.Println(hamt.SetOf(1, 2).Equal(hamt.SetOf(2, 1)))
	// Output: true
}

func ExampleSet_Check() {
	fmt.Println(hamt.SetOf(1, 2).Check())
	// Output: <nil>
}

// Through its map a set has a builder.
func ExampleSet_Map() {
	b := hamt.SetOf(1).Map().Builder()
	b.Set(2, struct{}{})
	fmt.Println(hamt.SetFromMap(b.Map()))
	// Output: set[1 2]
}

func ExampleSet_Intersect() {
	fmt.Println(hamt.SetOf(1, 2, 3).Intersect(hamt.SetOf(2, 3, 4)))
	// Output: set[2 3]
}

func ExampleSet_Subtract() {
	fmt.Println(hamt.SetOf(1, 2, 3).Subtract(hamt.SetOf(2, 3, 4)))
	// Output: set[1]
}

func ExampleSet_SymmetricDifference() {
	fmt.Println(hamt.SetOf(1, 2, 3).SymmetricDifference(hamt.SetOf(2, 3, 4)))
	// Output: set[1 4]
}

func ExampleSet_Disjoint() {
	fmt.Println(hamt.SetOf(1, 2).Disjoint(hamt.SetOf(3)), hamt.SetOf(1, 2).Disjoint(hamt.SetOf(2)))
	// Output: true false
}

// Keys of an ordered kind are printed in order.
func ExampleSet_String() {
	fmt.Println(hamt.SetOf("b", "a"))
	// Output: set[a b]
}

func ExampleSet_GoString() {
	fmt.Printf("%#v\n", hamt.SetOf(2, 1))
	// Output: hamt.SetOf[int](1, 2)
}

func ExampleSet_LogValue() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	log.Info("seen", "ids", hamt.SetOf(2, 1))
	// Output: level=INFO msg=seen ids="[1 2]"
}

func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

func ExampleSet_MarshalJSON() {
	text, err := json.Marshal(hamt.SetOf("b", "a"))
	fmt.Println(string(text), err)
	// Output: ["a","b"] <nil>
}

func ExampleSet_UnmarshalJSON() {
	var s hamt.Set[string]
	err := json.Unmarshal([]byte(`["b","a","b"]`), &s)
	fmt.Println(s, err)
	// Output: set[a b] <nil>
}
