package hamt

import (
	"cmp"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

type named string

// kindOf checks what a key type is taken for, with keys that are the results of
// key(0) to key(n-1).
func kindOf[K cmp.Ordered](t *testing.T, n int, word bool, key func(i int) K) {
	t.Helper()
	typ := reflect.TypeFor[K]()
	h := defaultHasher[K]()
	require.Equal(t, word && wordKeys, h.word, typ)
	require.Equal(t, textKeys && typ.Kind() == reflect.String, h.text, typ)
	require.True(t, h.ordered, typ)
	var m Map[K, int]
	var want []K
	for i := range n {
		m = m.Set(key(i), i)
		want = append(want, key(i))
	}
	require.NoError(t, m.Check())
	require.Equal(t, n, m.Len(), typ)
	require.Zero(t, m.Stats().Groups, "%v: keys share hashes", typ)
	slices.Sort(want)
	got, ok := sortedKeys(m)
	require.True(t, ok)
	require.Equal(t, want, got, typ)
}

// TestKindsOfKeys: integers of a word are hashed in line, all ordered kinds
// are sorted in text, and no kind has two keys of one hash.
func TestKindsOfKeys(t *testing.T) {
	word := bits.UintSize >= 32
	kindOf(t, 250, false, func(i int) int8 { return int8(i - 100) })
	kindOf(t, 250, false, func(i int) uint8 { return uint8(i) })
	kindOf(t, 300, false, func(i int) int16 { return int16(i*100 - 9000) })
	kindOf(t, 300, false, func(i int) uint16 { return uint16(i * 200) })
	kindOf(t, 300, true, func(i int) int32 { return int32(i - 100) })
	kindOf(t, 300, true, func(i int) uint32 { return uint32(i) << 20 })
	kindOf(t, 300, true, func(i int) int64 { return int64(i-100) << 40 })
	kindOf(t, 300, true, func(i int) uint64 { return uint64(i) << 55 })
	kindOf(t, 300, word, func(i int) int { return i - 100 })
	kindOf(t, 300, word, func(i int) uint { return uint(i) })
	kindOf(t, 300, word, func(i int) uintptr { return uintptr(i) << 16 })
	kindOf(t, 300, false, func(i int) float32 { return float32(i) - 100 })
	kindOf(t, 300, false, func(i int) float64 { return float64(i-100) / 3 })
	kindOf(t, 300, false, func(i int) named { return named(rune('a' + i)) })
	for _, h := range []bool{
		defaultHasher[bool]().ordered, defaultHasher[complex128]().ordered, defaultHasher[*int]().ordered,
		defaultHasher[any]().ordered, defaultHasher[[1]int]().ordered, defaultHasher[struct{ string }]().ordered,
		defaultHasher[bool]().word, defaultHasher[[1]int]().word, defaultHasher[*int]().word, defaultHasher[complex64]().word,
	} {
		require.False(t, h)
	}
	_, ok := sortedKeys(Map[bool, int]{}.Set(true, 1))
	require.False(t, ok)
}

// TestHashesFill: whatever the secrets, each bit of the hashes of integers in a
// row, or a power of two apart, is 1 for 39 to 61 of a hundred, where a bad word
// would leave a bit as it is; and a user's hash keeps its digits while its tags differ.
func TestHashesFill(t *testing.T) {
	const secrets, keys = 200, 1 << 12
	rng := rand.New(rand.NewPCG(1, 7)) // the bound is no certainty
	for range secrets {
		word0, word1 := rng.Uint64(), multiplier(rng.Uint64)
		require.Equal(t, uint64(1), word1&1, "an even factor loses a bit")
		for _, step := range []uint64{1, 8, 1 << 32} {
			var ones [64]int
			for k := range uint64(keys) {
				hash := wordHash(k*step, word0, word1)
				for i := range ones {
					ones[i] += int(hash >> i & 1)
				}
			}
			for i, n := range ones {
				if share := float64(n) / keys; share < 0.39 || share > 0.61 {
					t.Errorf("bit %d of integers %d apart is 1 for %.2f of them under %#x, %#x", i, step, share, word0, word1)
				}
			}
		}
	}
	tags := map[uint8]bool{}
	for k := range uint64(512) {
		require.Equal(t, k, spread(k)<<8>>8)
		require.Equal(t, k<<40&(1<<56-1), spread(k<<40)<<8>>8)
		tags[tagOf(spread(k))] = true
	}
	require.Greater(t, len(tags), 100)
	for b := range 8 {
		require.NotEqual(t, spread(3), spread(3|1<<(56+b)))
	}
}

// uncomparable is a Hasher of a type that cannot be compared.
type uncomparable struct {
	Comparable[int]
	_ []int
}

func (uncomparable) Hash(h *maphash.Hash, k int)   { maphash.WriteComparable(h, k) }
func (uncomparable) Hash64(_ uint64, k int) uint64 { return uint64(k) }

// TestUncomparableHasher: two maps of such a Hasher have unequal ones.
func TestUncomparableHasher(t *testing.T) {
	a, b := NewWith[int, int](uncomparable{}), NewWith[int, int](uncomparable{})
	for i := range 100 {
		a, b = a.Set(i, i), b.Set(i+50, i+50)
	}
	require.True(t, a.root.hasher().same(a.root.hasher()))
	require.False(t, a.root.hasher().same(b.root.hasher()))
	require.Equal(t, 150, a.Union(b, nil).Len())
	require.Equal(t, 50, a.Intersect(b).Len())
	require.False(t, a.root.hasher().same(defaultHasher[int]()))
	require.False(t, defaultHasher[int]().same(a.root.hasher()))
	one, two := NewWith[int, int](testHashers[0]), NewWith[int, int](testHashers[1])
	require.False(t, one.root.hasher().same(two.root.hasher()))
	require.False(t, one.root.hasher().same(a.root.hasher()))
	require.True(t, one.root.hasher().same(NewWith[int, int](testHashers[0]).root.hasher()))
}
