package hamt_test

import (
	"fmt"

	"github.com/strata-go/strata/hamt"
)

// Two people edit one price list; where both changed a price, the higher one stands.
func ExampleConflict() {
	base := hamt.FromMap(map[string]int{"tea": 3, "rice": 5})
	ann, bob := base.Set("tea", 4), base.Set("tea", 6).Set("salt", 1)
	higher := func(c hamt.Conflict[string, int]) (value int, keep, ok bool) {
		fmt.Println(c.Key, "was", c.Base, "and became", c.Ours, "and", c.Theirs)
		return max(c.Ours, c.Theirs), c.InOurs || c.InTheirs, true
	}
	m, err := hamt.Merge3(base, ann, bob, higher)
	tea, _ := m.Get("tea")
	fmt.Println(tea, m.Has("salt"), m.Len(), err)
	// Output:
	// tea was 3 and became 4 and 6
	// 6 true 3 <nil>
}

// It is what maps call whose Hasher embeds Comparable.
func ExampleComparable_Equal() {
	var keys hamt.Comparable[string]
	fmt.Println(keys.Equal("tea", "tea"), keys.Equal("tea", "Tea"))
	// Output: true false
}
