package hamt_test

import (
	"fmt"
	"slices"

	"github.com/strata-go/strata/hamt"
)

func ExampleSet_Filter() {
	s := hamt.CollectSet(slices.Values([]int{1, 2, 3, 4, 5, 6}))
	even := s.Filter(func(k int) bool { return k%2 == 0 })
	fmt.Println(slices.Sorted(even.All()), s.Len())
	fmt.Println(even.Filter(func(k int) bool { return k < 10 }).Same(even))
	// Output:
	// [2 4 6] 6
	// true
}
