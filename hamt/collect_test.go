package hamt

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCollect compares bulk building with setting one by one: same content,
// same trie, with and without equal keys.
func TestCollect(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 8, 9, 16, 17, 40, 300, 5000, 70000} {
		for _, span := range []int{math.MaxInt, 2*n + 1} {
			want := map[int]int{}
			var b Builder[int, int]
			got := Collect(func(yield func(int, int) bool) {
				for i := range n {
					k := rng.IntN(span)
					want[k] = i
					b.Set(k, i)
					if !yield(k, i) {
						return
					}
				}
			})
			requireModel(t, want, got)
			if n > flatMax {
				require.Equal(t, dump(b.Map().root, ""), dump(got.root, ""))
			}
			requireModel(t, want, FromMap(want))
		}
	}
	same := Collect(func(yield func(float64, int) bool) {
		for i := range 100 {
			_ = yield(0, i) && yield(math.Copysign(0, -1), i)
		}
	})
	k, v, _ := same.Entry(0)
	require.Equal(t, 1, same.Len())
	require.False(t, math.Signbit(k), "the first key stays")
	require.Equal(t, 99, v)
}

func TestCollectNaN(t *testing.T) {
	m := Collect(func(yield func(float64, int) bool) {
		for i := range 5000 {
			yield(math.NaN(), i)
			yield(float64(i), i)
		}
	})
	require.Equal(t, 10000, m.Len())
	require.NoError(t, m.Check())
	require.Len(t, maps.Collect(m.All()), 10000)
}
