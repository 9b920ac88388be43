package hamt

import (
	"hash/maphash"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNaN(t *testing.T) {
	var m Map[float64, int]
	for i := range 3000 {
		m = m.Set(math.NaN(), i)
		if i%100 == 0 {
			require.NoError(t, m.Check())
		}
	}
	require.Equal(t, 3000, m.Len())
	require.False(t, m.Has(math.NaN()))
	require.Equal(t, 3000, m.Delete(math.NaN()).Len())
	seen := map[int]bool{}
	for _, v := range m.All() {
		seen[v] = true
	}
	require.Len(t, seen, 3000)
	require.True(t, Equal(m, m))
	b := m.Builder()
	for i := range 3000 {
		b.Set(float64(i), i)
	}
	for i := range 3000 {
		require.True(t, b.Delete(float64(i)))
	}
	require.Equal(t, 3000, b.Len())
}

// TestFirstKeyStays: setting an equal key changes the value only.
func TestFirstKeyStays(t *testing.T) {
	zero, minus := 0.0, math.Copysign(0, -1)
	for _, n := range []int{0, 3, 8, 9, 16, 17, 500} {
		var m Map[float64, int]
		for i := range n {
			m = m.Set(float64(i+1), i)
		}
		m = m.Set(minus, 1)
		for _, next := range []Map[float64, int]{
			m.Set(zero, 2),
			m.Update(zero, func(int, bool) (int, bool) { return 2, true }),
			func() Map[float64, int] { b := m.Builder(); b.Set(zero, 2); return b.Map() }(),
		} {
			k, v, ok := next.Entry(zero)
			require.True(t, ok && math.Signbit(k) && v == 2, "n = %d", n)
			require.NoError(t, next.Check())
		}
	}
	// An equal value of other bits is a change.
	v := Map[int, float64]{}.Set(1, minus).Set(1, zero)
	got, _ := v.Get(1)
	require.False(t, math.Signbit(got))
}

// TestUncomparable: a key that cannot be hashed panics before any change.
func TestUncomparable(t *testing.T) {
	type pair struct {
		f float64
		x any
	}
	bad := pair{math.NaN(), []int{}}
	for _, n := range []int{0, 3, 8, 100} {
		var b Builder[pair, int]
		for i := range n {
			b.Set(pair{x: i}, i)
		}
		m := b.Map()
		for _, f := range []func(){
			func() { m.Get(bad) }, func() { m.Has(bad) }, func() { m.Set(bad, 1) }, func() { m.Delete(bad) },
			func() { b.Set(bad, 1) }, func() { b.Delete(bad) },
			func() { b.Update(bad, func(int, bool) (int, bool) { return 1, true }) },
		} {
			require.Panics(t, f)
			require.Equal(t, n, b.Len())
			require.NoError(t, b.Map().Check())
		}
	}
}

// wildHasher gives another hash at every call.
type wildHasher struct {
	Comparable[int]
	state uint64
}

func (w *wildHasher) Hash(*maphash.Hash, int) {}
func (w *wildHasher) Hash64(uint64, int) uint64 {
	w.state = w.state*6364136223846793005 + 1442695040888963407
	return w.state >> 7
}

// TestUnstableHash: keys get lost, but nothing loops or crashes.
func TestUnstableHash(t *testing.T) {
	m := NewWith[int, int](&wildHasher{})
	b := m.Builder()
	for i := range 20000 {
		m = m.Set(i%700, i)
		b.Set(i%900, i)
		if i%3 == 0 {
			m = m.Delete(i % 500)
			b.Delete(i % 500)
		}
		m.Get(i % 100)
	}
	n := 0
	for range m.All() {
		n++
	}
	require.Equal(t, m.Len(), n)
}

type huge [40]int

func TestSizesOfTypes(t *testing.T) {
	var none Map[struct{}, struct{}]
	none = none.Set(struct{}{}, struct{}{}).Set(struct{}{}, struct{}{})
	require.Equal(t, 1, none.Len())
	require.Zero(t, none.Delete(struct{}{}).Len())
	b := none.Builder()
	require.True(t, b.Delete(struct{}{}))

	var large Map[huge, huge]
	var mid Map[int, [10]int]
	var strs Map[string, string]
	for i := range 600 {
		large = large.Set(huge{i}, huge{0, i})
		mid = mid.Set(i, [10]int{i})
		strs = strs.Set(strings.Repeat("\xff", i%7)+string(rune(i)), "v")
	}
	require.NoError(t, large.Check())
	require.NoError(t, mid.Check())
	require.NoError(t, strs.Check())
	for i := range 600 {
		v, _ := large.Get(huge{i})
		require.Equal(t, huge{0, i}, v)
		large = large.Delete(huge{i})
		mid = mid.Delete(i)
	}
	require.NoError(t, large.Check())
	require.Zero(t, large.Len()+mid.Len())
}

// foldHasher treats keys that differ in case as equal.
type foldHasher struct{}

func (foldHasher) Hash(h *maphash.Hash, k string) { h.WriteString(strings.ToLower(k)) }
func (foldHasher) Equal(x, y string) bool         { return strings.ToLower(x) == strings.ToLower(y) }

func TestUserEqual(t *testing.T) {
	for _, n := range []int{0, 7, 8, 20, 500} {
		m := NewWith[string, int](foldHasher{})
		for i := range n {
			m = m.Set(strings.Repeat("k", i+2), i)
		}
		m = m.Set("Key", 1).Set("kEY", 2)
		k, v, ok := m.Entry("KEY")
		require.True(t, ok)
		require.Equal(t, "Key", k)
		require.Equal(t, 2, v)
		require.NoError(t, m.Check())
		require.Equal(t, n, m.Delete("key").Len())
		o := NewWith[string, int](foldHasher{}).Set("KEY", 2)
		for i := range n {
			o = o.Set(strings.Repeat("K", i+2), i)
		}
		require.True(t, Equal(m, o))
	}
	require.Panics(t, func() { NewWith[string, int](nil) })
}

// TestEqualAcrossHashers: maps placed by different hashes compare by content.
func TestEqualAcrossHashers(t *testing.T) {
	for _, n := range []int{0, 5, 12, 1000} {
		var maps []Map[int, int]
		forHashers(t, func(t *testing.T, m Map[int, int]) {
			for i := range n {
				m = m.Set(i, i)
			}
			maps = append(maps, m)
		})
		for _, a := range maps {
			for _, b := range maps {
				require.True(t, Equal(a, b))
				require.False(t, Equal(a, b.Set(1, -1)))
				require.False(t, Equal(a.Set(-5, 1), b.Set(-6, 1)))
			}
		}
	}
}

// TestEqualSkips: comparing two versions calls eq for what changed only.
func TestEqualSkips(t *testing.T) {
	var m Map[int, int]
	for i := range 100000 {
		m = m.Set(i, i)
	}
	o := m.Set(5, 0).Set(5, 5)
	calls := 0
	require.True(t, m.EqualFunc(o, func(x, y int) bool { calls++; return x == y }))
	require.LessOrEqual(t, calls, leafMax)
}

// TestKeyHash compares the runtime's hash as we reach it with the standard way.
func TestKeyHash(t *testing.T) {
	h, other := newKeyHash[string](), newKeyHash[string]()
	require.Equal(t, h.hash("a"), h.hash("a"))
	require.NotEqual(t, h.hash("a"), other.hash("a"))
	z := newKeyHash[float64]()
	require.Equal(t, z.hash(0), z.hash(math.Copysign(0, -1)))
	type pair struct {
		a uint8
		b uint64
	}
	p := newKeyHash[any]()
	require.Equal(t, p.hash(pair{1, 2}), p.hash(pair{1, 2}))
}
