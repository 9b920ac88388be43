package hamt

import (
	"fmt"
	"hash/maphash"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// caller calls back once, at the call of Hash64 or Equal numbered at.
type caller struct {
	f     func(int) uint64
	at    int
	inner func()
}

func (c *caller) tick() {
	if c.at--; c.at == 0 {
		c.inner()
	}
}

func (c *caller) Hash(*maphash.Hash, int)       {}
func (c *caller) Hash64(_ uint64, k int) uint64 { c.tick(); return c.f(k) }
func (c *caller) Equal(x, y int) bool           { c.tick(); return x == y }

// TestHasherUsesBuilder: a Hasher reads, copies and edits the builder that calls
// it, at each of its calls. What it took stays as it was, and none of the edits
// is lost.
func TestHasherUsesBuilder(t *testing.T) {
	ops := map[string]func(b *Builder[int, int], want map[int]int, k int){
		"set":    func(b *Builder[int, int], want map[int]int, k int) { want[k] = -1; b.Set(k, -1) },
		"swap":   func(b *Builder[int, int], want map[int]int, k int) { want[k] = -1; b.Swap(k, -1) },
		"delete": func(b *Builder[int, int], want map[int]int, k int) { delete(want, k); b.Delete(k) },
		"update": func(b *Builder[int, int], want map[int]int, k int) {
			want[k] = -1
			b.Update(k, func(int, bool) (int, bool) { return -1, true })
		},
		"update away": func(b *Builder[int, int], want map[int]int, k int) {
			delete(want, k)
			b.Update(k, func(int, bool) (int, bool) { return 0, false })
		},
	}
	for _, th := range testHashers {
		for _, n := range []int{0, 1, 8, 9, 16, 17, 18, 40} {
			for name, op := range ops {
				for at := 1; ; at++ {
					c := &caller{f: th.f}
					b := NewWith[int, int](c).Builder()
					want := map[int]int{}
					for i := range n {
						b.Set(i, i)
						want[i] = i
					}
					before := maps.Clone(want)
					k := at % (n + 1)
					what := fmt.Sprintf("%s %s n=%d at=%d", th.name, name, n, at)
					var taken Map[int, int]
					c.at, c.inner = at, func() {
						require.Equal(t, n, b.Len(), what)
						taken = b.Map()
						if at%2 == 0 {
							for i := range 20 {
								b.Set(100+i, i)
								want[100+i] = i
							}
							b.Delete(n - 1)
							delete(want, n-1)
						}
					}
					op(&b, want, k)
					done := c.at > 0 // it was not called so often
					c.at = 0
					require.NoError(t, b.Map().Check(), what)
					if at%2 == 0 && !done && k == n-1 {
						want = maps.Collect(b.Map().All()) // either may come last
					}
					requireModel(t, want, b.Map())
					if done {
						break
					}
					require.NoError(t, taken.Check(), what)
					requireModel(t, before, taken)
					b.Set(5000, 0)
					requireModel(t, before, taken)
				}
			}
		}
	}
}

// TestHasherEditsAlways: an edit gives up when it never gets to an end.
func TestHasherEditsAlways(t *testing.T) {
	c := &caller{f: func(k int) uint64 { return uint64(k) }}
	b := NewWith[int, int](c).Builder()
	b.Set(1, 1)
	inside := false
	c.at, c.inner = 1, func() {
		if !inside {
			inside = true
			b.Set(2, b.Len())
			inside = false
		}
		c.at = 1
	}
	require.PanicsWithValue(t, "hamt: the Hasher edits the builder each time that it is called; let it read only",
		func() { b.Set(1, 2) })
	c.at = 0
	require.NoError(t, b.Map().Check())
	b.Set(3, 3)
	m := b.Map()
	b.Set(3, 4)
	requireModel(t, map[int]int{1: 1, 2: 2, 3: 3}, m)
}

// printed hashes what fmt prints of a key, so also what is no key.
type printed struct{}

func (printed) Hash(h *maphash.Hash, k any) { fmt.Fprint(h, k) }
func (printed) Equal(x, y any) bool         { return x == y }

// TestUncomparableUnderHasher: what is no key is none under a user's hasher
// either, whatever the size of the map.
func TestUncomparableUnderHasher(t *testing.T) {
	for _, n := range []int{0, 1, 8, 9, 100} {
		m := NewWith[any, int](printed{})
		for i := range n {
			m = m.Set(i, i)
		}
		b := m.Builder()
		bad := []int{1000}
		require.Panics(t, func() { m.Set(bad, 1) })
		require.Panics(t, func() { m.Get(bad) })
		require.Panics(t, func() { m.Delete(bad) })
		require.Panics(t, func() { b.Set(bad, 1) })
		require.Panics(t, func() { b.Swap(bad, 1) })
		require.Panics(t, func() { b.Delete(bad) })
		require.Equal(t, n, b.Len())
		require.True(t, Equal(m, b.Map()))
	}
}

// folded compares keys by their last digit.
type folded struct{}

func (folded) Hash(h *maphash.Hash, k int) { maphash.WriteComparable(h, k%10) }
func (folded) Equal(x, y int) bool         { return x%10 == y%10 }

// TestEqualOfCoarseAndFine: two keys that the other map takes for one do not
// hide a third.
func TestEqualOfCoarseAndFine(t *testing.T) {
	coarse := NewWith[int, int](folded{})
	fine := FromMap(map[int]int{1: 0, 11: 0})
	for _, m := range []Map[int, int]{coarse.Set(1, 0).Set(2, 0), coarse.Set(21, 0).Set(2, 0)} {
		require.False(t, Equal(fine, m))
		require.False(t, Equal(m, fine))
	}
	require.True(t, Equal(FromMap(map[int]int{1: 0, 12: 0}), coarse.Set(21, 0).Set(2, 0)))
	require.True(t, Equal(coarse.Set(1, 0).Set(2, 0), FromMap(map[int]int{1: 0, 2: 0})))
	require.False(t, Equal(coarse.Set(1, 0).Set(2, 0), FromMap(map[int]int{1: 0, 12: 0})), "the right side's equality counts")
	require.False(t, SetOf(1, 11).Equal(NewSetWith(folded{}).Add(1).Add(2)))
}
