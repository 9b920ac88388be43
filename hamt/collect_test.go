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
		for _, span := range []int{math.MaxInt, 1000*n + 1, 2*n + 1, n/20 + 1} {
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

// TestCollectGroups: keys of one hash, equal and not, in bulk.
func TestCollectGroups(t *testing.T) {
	type odd int
	m := Collect(func(yield func(any, int) bool) {
		for i := range 2000 {
			_ = yield(i%50, i) && yield(int64(i%50), -i) && yield(odd(i%50), i) && yield(i, i)
		}
	})
	require.NoError(t, m.Check())
	require.Equal(t, 2100, m.Len())
	v, _ := m.Get(odd(7))
	require.Equal(t, 1957, v)
	one := Collect(func(yield func(int, int) bool) {
		for i := range 3000 {
			yield(5, i)
		}
	})
	require.Equal(t, 1, one.Len())
	v, _ = one.Get(5)
	require.Equal(t, 2999, v)
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
