package hamt_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/hamt"
)

// TestSwap against a Go map, over the limit of flat maps, with every version
// that was taken on the way kept and compared at the end.
func TestSwap(t *testing.T) {
	var b hamt.Builder[int, int]
	model := map[int]int{}
	type version struct {
		m     hamt.Map[int, int]
		model map[int]int
	}
	var versions []version
	for i := range 200 {
		k := i * 7 % 40
		want, wantOK := model[k]
		got, ok := b.Swap(k, i)
		require.Equal(t, wantOK, ok)
		require.Equal(t, want, got)
		model[k] = i
		if i%3 == 0 {
			kept := make(map[int]int, len(model))
			maps.Copy(kept, model)
			versions = append(versions, version{b.Map(), kept})
		}
	}
	for _, v := range versions {
		require.True(t, hamt.Equal(v.m, hamt.FromMap(v.model)))
		require.NoError(t, v.m.Check())
	}
}

func ExampleBuilder_Swap() {
	var b hamt.Builder[string, int]
	b.Set("a", 1)
	fmt.Println(b.Swap("a", 2))
	fmt.Println(b.Swap("b", 3))
	// Output:
	// 1 true
	// 0 false
}
