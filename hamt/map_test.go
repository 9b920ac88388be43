package hamt

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// testHasher places ints by an injected function of the key.
type testHasher struct {
	Comparable[int]
	name string
	f    func(int) uint64
}

func (t *testHasher) Hash(h *maphash.Hash, k int)      { panic("Hash64 is preferred") }
func (t *testHasher) Hash64(seed uint64, k int) uint64 { return t.f(k) }

// Each is an honest or hostile placement of keys.
var testHashers = []*testHasher{
	{name: "mixed", f: func(k int) uint64 { return uint64(k)*0xbf58476d1ce4e5b9 ^ uint64(k)>>3 }},
	{name: "constant", f: func(int) uint64 { return 42 }},
	{name: "low4", f: func(k int) uint64 { return uint64(k) & 15 }},
	{name: "high4", f: func(k int) uint64 { return uint64(k) << 60 }},
	{name: "identity", f: func(k int) uint64 { return uint64(k) }},
	{name: "reversed", f: func(k int) uint64 { return bits.Reverse64(uint64(k)) }},
	{name: "sparse", f: func(k int) uint64 { return uint64(k%5)<<62 | uint64(k%3)<<30 | uint64(k%2) }},
}

func forHashers(t *testing.T, f func(t *testing.T, empty Map[int, int])) {
	t.Run("default", func(t *testing.T) { f(t, Map[int, int]{}) })
	for _, h := range testHashers {
		t.Run(h.name, func(t *testing.T) {
			m := NewWith[int, int](h)
			require.Equal(t, spread(h.f(7)), m.root.hasher().hash(7), "the injected hash is not live")
			f(t, m)
		})
	}
}

func requireModel(t *testing.T, want map[int]int, m Map[int, int]) {
	t.Helper()
	require.NoError(t, m.Check())
	require.Equal(t, len(want), m.Len())
	seen := 0
	for k, v := range m.All() {
		seen++
		w, ok := want[k]
		if !ok || w != v {
			t.Fatalf("All yields %d: %d, want %d, %v", k, v, w, ok)
		}
	}
	require.Equal(t, len(want), seen)
	for k, w := range want {
		v, ok := m.Get(k)
		if !ok || v != w {
			t.Fatalf("Get(%d) = %d, %v, want %d", k, v, ok, w)
		}
	}
	for k := -3; k < 3; k++ {
		if _, ok := want[k]; ok != m.Has(k) {
			t.Fatalf("Has(%d) = %v", k, !ok)
		}
	}
}

func clone(m map[int]int) map[int]int {
	c := make(map[int]int, len(m))
	maps.Copy(c, m)
	return c
}

// TestModel edits maps and builders at random, keeps versions, and looks at
// the old ones again and again.
func TestModel(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		type version struct {
			m    Map[int, int]
			want map[int]int
		}
		for _, keys := range []int{6, 12, 40, 300} {
			rng := rand.New(rand.NewPCG(1, uint64(keys)))
			vs := []version{{empty, map[int]int{}}}
			for step := range 1500 {
				v := vs[rng.IntN(len(vs))]
				want := clone(v.want)
				m := v.m
				if rng.IntN(3) > 0 {
					for range rng.IntN(keys/2 + 2) {
						k := rng.IntN(keys)
						if rng.IntN(5) < 3 {
							m, want[k] = m.Set(k, step), step
						} else {
							m = m.Delete(k)
							delete(want, k)
						}
					}
				} else {
					b := m.Builder()
					for range rng.IntN(keys) {
						k := rng.IntN(keys)
						switch rng.IntN(6) {
						case 0, 1, 2:
							b.Set(k, step)
							want[k] = step
						case 3, 4:
							_, had := want[k]
							require.Equal(t, had, b.Delete(k))
							delete(want, k)
						case 5:
							mid := b.Map()
							vs = append(vs, version{mid, clone(want)})
						}
					}
					m = b.Map()
				}
				requireModel(t, want, m)
				vs = append(vs, version{m, want})
				if len(vs) > 40 {
					i := rng.IntN(len(vs))
					requireModel(t, vs[i].want, vs[i].m)
					vs = slices.Delete(vs, i, i+1)
				}
			}
			for _, v := range vs {
				requireModel(t, v.want, v.m)
			}
		}
	})
}

// dump writes the structure, with the entries of each node sorted.
func dump(n *node[int, int], indent string) string {
	if n == nil {
		return indent + "nil\n"
	}
	if n.kind() == kindInner || n.kind() == kindRoot {
		var s strings.Builder
		fmt.Fprintf(&s, "%sinner %d of %d\n", indent, n.size(), len(n.kids()))
		for i, k := range n.kids() {
			if k == nil || first(n.kids(), i) {
				s.WriteString(dump(k, indent+"  "))
			} else {
				s.WriteString(indent + "  same\n")
			}
		}
		return s.String()
	}
	var es []string
	walk(n, func(en *entry[int, int]) bool {
		es = append(es, fmt.Sprint(en.key, ":", en.val))
		return true
	})
	if n.kind() != kindLeaf {
		slices.Sort(es)
	}
	return fmt.Sprint(indent, n.kind(), es, "\n")
}

// TestCanonical: whatever the history, equal contents are equal tries, up to
// the order in flat nodes and groups and between equal hashes in a leaf.
func TestCanonical(t *testing.T) {
	for _, h := range testHashers {
		if h.name == "constant" || h.name == "low4" || h.name == "high4" || h.name == "sparse" {
			continue // equal hashes in a leaf: the order is free
		}
		t.Run(h.name, func(t *testing.T) {
			empty := NewWith[int, int](h)
			rng := rand.New(rand.NewPCG(7, 7))
			for range 300 {
				n := rng.IntN(200)
				content := rng.Perm(400)[:n]
				a := empty
				for _, k := range content {
					a = a.Set(k, k)
				}
				b := empty.Builder()
				for _, k := range rng.Perm(400) {
					b.Set(k, k)
				}
				for _, k := range rng.Perm(400) {
					if !slices.Contains(content, k) {
						b.Delete(k)
					}
				}
				require.Equal(t, dump(a.root, ""), dump(b.Map().root, ""))
			}
		})
	}
}

func TestSizes(t *testing.T) {
	require.Equal(t, unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(Map[string, string]{}))
	require.LessOrEqual(t, unsafe.Sizeof(Builder[string, string]{}), uintptr(16))
}

func TestInterfaceKeys(t *testing.T) {
	var m Map[any, int]
	require.Panics(t, func() { m.Set([]int{1}, 1) })
	require.Panics(t, func() { m.Get([]int{1}) })
	require.Panics(t, func() { m.Delete([]int{1}) })
	b := m.Builder()
	b.Set(1, 1)
	require.Panics(t, func() { b.Set([]int{1}, 1) })
	require.Equal(t, 1, b.Len())
	m = b.Map().Set(int64(1), 2).Set("x", 3)
	require.NoError(t, m.Check())
	require.Equal(t, 3, m.Len())
}

func TestIterationAllocatesNothing(t *testing.T) {
	for _, n := range []int{1, 8, 100, 5000} {
		var b Builder[int, int]
		for i := range n {
			b.Set(i, i)
		}
		m, sum := b.Map(), 0
		allocs := testing.AllocsPerRun(20, func() {
			for k, v := range m.All() {
				sum += k + v
			}
			for k := range m.Keys() {
				sum += k
			}
			for v := range m.Values() {
				sum += v
			}
		})
		require.Zero(t, allocs, "%d entries", n)
	}
}
