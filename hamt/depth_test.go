package hamt

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Collider is a key that says where it stands: its hash is Place.
type Collider struct {
	ID    int
	Place uint64
}

func (c Collider) String() string {
	var s strings.Builder
	fmt.Fprint(&s, c.ID, "@")
	for p := c.Place; p != 0; p >>= digitBits {
		fmt.Fprintf(&s, "%x", p&(fanout-1))
	}
	return s.String()
}

// colliderHasher counts the calls of Equal.
type colliderHasher struct{ equals *int }

func (h colliderHasher) Hash(*maphash.Hash, Collider)       { panic("Hash64 is preferred") }
func (h colliderHasher) Hash64(_ uint64, k Collider) uint64 { return k.Place }
func (h colliderHasher) Equal(x, y Collider) bool           { *h.equals++; return x == y }

func newColliders() (Map[Collider, int], *int) {
	n := new(int)
	return NewWith[Collider, int](colliderHasher{n}), n
}

// TestDepth: keys that agree in all, all but the top, or the low 5, 30, 60 bits
// of their hashes.
func TestDepth(t *testing.T) {
	places := map[string]func(i int) uint64{
		"all":        func(int) uint64 { return 0xabcdef0123456789 },
		"all but 63": func(i int) uint64 { return 0x1bcdef0123456789 | uint64(i%2)<<63 },
		"all but 60": func(i int) uint64 { return 0x0bcdef0123456789 | uint64(i%16)<<60 },
		"low 5":      func(i int) uint64 { return 0x15 | uint64(i)<<5 },
		"low 30":     func(i int) uint64 { return 0x15 | uint64(i)<<30 },
		"low 60":     func(i int) uint64 { return 0x15 | uint64(i)<<60 },
	}
	for name, place := range places {
		for _, n := range []int{2, 17, 40, 1000} {
			t.Run(fmt.Sprint(name, "/", n), func(t *testing.T) {
				m, _ := newColliders()
				b := m.Builder()
				var old []Map[Collider, int]
				for i := range n {
					m = m.Set(Collider{i, place(i)}, i)
					b.Set(Collider{i, place(i)}, i)
					if i%101 == 0 || i < 40 {
						require.NoError(t, m.Check())
						old = append(old, m)
					}
				}
				require.True(t, Equal(m, b.Map()))
				seen := map[int]bool{}
				for k, v := range m.All() {
					require.Equal(t, k.ID, v)
					seen[v] = true
				}
				require.Len(t, seen, n)
				seen = map[int]bool{}
				for i := range n {
					_, v := m.At(i)
					seen[v] = true
				}
				require.Len(t, seen, n)
				for i := range n {
					v, ok := m.Get(Collider{i, place(i)})
					require.True(t, ok)
					require.Equal(t, i, v)
					require.False(t, m.Has(Collider{-1 - i, place(i)}))
				}
				d := m
				for i := range n {
					d = d.Delete(Collider{i, place(i)})
					b.Delete(Collider{i, place(i)})
					if i%101 == 0 || i > n-40 {
						require.NoError(t, d.Check())
						require.True(t, Equal(d, b.Map()))
					}
				}
				require.Zero(t, d.Len())
				for _, o := range old {
					require.NoError(t, o.Check())
					for i := range o.Len() {
						require.True(t, o.Has(Collider{i, place(i)}))
					}
				}
			})
		}
	}
}

// TestGroupMoves: a group stands as high as it can while other keys come and
// go around it.
func TestGroupMoves(t *testing.T) {
	m, _ := newColliders()
	const place = 0x123456789abcdef1
	for i := range 100 {
		m = m.Set(Collider{i, place}, i)
	}
	require.Equal(t, kindGroup, m.root.kids()[0].kind())
	for bit := range 64 {
		other := Collider{1000, place ^ 1<<bit}
		with := m.Set(other, 1)
		require.NoError(t, with.Check(), other)
		require.Equal(t, 101, with.Len())
		require.True(t, with.Has(other))
		require.True(t, with.Has(Collider{50, place}))
		without := with.Delete(other)
		require.NoError(t, without.Check(), other)
		require.Equal(t, kindGroup, without.root.kids()[0].kind())
		b := with.Builder()
		b.Delete(other)
		require.NoError(t, b.Map().Check())
		require.True(t, Equal(m, b.Map()))
		require.NoError(t, with.Check())
	}
}

// TestFlooding counts what keys of one hash cost: keys of an ordered kind a
// few calls each, others one call per entry of the group.
func TestFlooding(t *testing.T) {
	h := &floodHasher{}
	m := NewWith[int, int](h)
	b := m.Builder()
	const n = 100000
	for i := range n {
		b.Set(i, i)
	}
	m = b.Map()
	require.NoError(t, m.Check())
	require.Less(t, h.equals, 8*n, "setting distinct keys of one hash")
	h.equals = 0
	for i := range n {
		v, ok := m.Get(i)
		require.True(t, ok)
		require.Equal(t, i, v)
	}
	require.Less(t, h.equals, 2*n)
	require.Less(t, testing.AllocsPerRun(10, func() { m.Set(5, -1) }), 16.0)

	c, equals := newColliders()
	for i := range 2000 {
		c = c.Set(Collider{i, 7}, i)
	}
	*equals = 0
	require.True(t, c.Has(Collider{1999, 7}))
	require.LessOrEqual(t, *equals, 2000)
	require.NoError(t, c.Check())
}

type floodHasher struct{ equals int }

func (h *floodHasher) Hash(mh *maphash.Hash, k int)     { mh.WriteByte(1) }
func (h *floodHasher) Hash64(seed uint64, k int) uint64 { return 99 }
func (h *floodHasher) Equal(x, y int) bool              { h.equals++; return x == y }

// TestMixedTypes: equal bits under different dynamic types share a hash for
// every seed.
func TestMixedTypes(t *testing.T) {
	type a int
	type b int
	var m Map[any, int]
	for i := range 300 {
		m = m.Set(i, i).Set(int64(i), -i).Set(a(i), i+1000).Set(b(i), i+2000)
	}
	require.NoError(t, m.Check())
	require.Equal(t, 1200, m.Len())
	for i := range 300 {
		v, _ := m.Get(a(i))
		require.Equal(t, i+1000, v)
		v, _ = m.Get(int64(i))
		require.Equal(t, -i, v)
	}
}

// TestEqualCalls: a lookup compares about one key.
func TestEqualCalls(t *testing.T) {
	m, equals := newColliders()
	const n = 100000
	b := m.Builder()
	place := func(i int) uint64 { return wordHash(uint64(i), 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9) }
	for i := range n {
		b.Set(Collider{i, place(i)}, i)
	}
	m = b.Map()
	*equals = 0
	for i := range n {
		m.Get(Collider{i, place(i)})
	}
	require.LessOrEqual(t, float64(*equals)/n, 1.1)
	*equals = 0
	for i := range n {
		m.Get(Collider{n + i, place(n + i)})
	}
	require.LessOrEqual(t, float64(*equals)/n, 0.12)
}
