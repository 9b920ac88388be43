package hamt

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
)

// TestBuilderLife: a builder after Map, two builders of one map, a builder of a
// builder's map, and the way down through the flat limit.
func TestBuilderLife(t *testing.T) {
	forHashers(t, func(t *testing.T, empty Map[int, int]) {
		b := empty.Builder()
		want := map[int]int{}
		for i := range 100 {
			b.Set(i, i)
			want[i] = i
		}
		m1 := b.Map()
		for i := range 100 {
			b.Set(i, -i)
			b.Set(i+100, i)
		}
		requireModel(t, want, m1)
		x, y := m1.Builder(), m1.Builder()
		for i := range 50 {
			x.Delete(i)
			y.Set(i, 7)
		}
		requireModel(t, want, m1)
		mx, my := x.Map(), y.Map()
		require.Equal(t, 50, mx.Len())
		v, _ := my.Get(3)
		require.Equal(t, 7, v)
		z := mx.Builder()
		for i := 50; i < 100; i++ {
			require.Equal(t, 100-i, z.Len())
			require.True(t, z.Delete(i))
			require.False(t, z.Delete(i))
			require.NoError(t, z.Map().Check())
		}
		require.Zero(t, z.Len())
		require.Equal(t, 50, mx.Len())
		for i := range 20 {
			z.Set(i, i)
		}
		require.NoError(t, z.Map().Check())
		requireModel(t, want, m1)
	})
}

// TestBuilderAll: All shows the builder as it was, whatever the loop does.
func TestBuilderAll(t *testing.T) {
	for _, n := range []int{3, 8, 16, 17, 1000} {
		var b Builder[int, int]
		for i := range n {
			b.Set(i, i)
		}
		seen := 0
		for k, v := range b.All() {
			require.Equal(t, k, v)
			seen++
			b.Set(k, -1)
			b.Set(k+n, -1)
			b.Delete((k + 1) % n)
			for range b.All() {
				break
			}
		}
		require.Equal(t, n, seen)
		require.NoError(t, b.Map().Check())
	}
	var m Map[int, int]
	for range m.All() {
		t.Fatal("the zero map yields")
	}
	m = m.Set(1, 1)
	require.PanicsWithValue(t, "stop", func() {
		for range m.All() {
			panic("stop")
		}
	})
}

// TestUpdate: one callback, one result, also when the callback edits.
func TestUpdate(t *testing.T) {
	forHashers(t, func(t *testing.T, m Map[int, int]) {
		inc := func(old int, ok bool) (int, bool) { return old + 1, true }
		drop := func(int, bool) (int, bool) { return 0, false }
		for i := range 100 {
			m = m.Update(i%40, inc)
		}
		require.NoError(t, m.Check())
		require.Equal(t, 40, m.Len())
		v, _ := m.Get(3)
		require.Equal(t, 3, v)
		require.Same(t, m.root, m.Update(1000, drop).root)
		for i := range 40 {
			m = m.Update(i, drop)
			require.NoError(t, m.Check())
		}
		require.Zero(t, m.Len())

		b := m.Builder()
		for i := range 30 {
			b.Update(i, func(int, bool) (int, bool) {
				b.Set(i, 1)
				b.Set(i+100, 2)
				b.Delete(i + 99)
				return 3, true
			})
			require.NoError(t, b.Map().Check())
		}
		require.Equal(t, 31, b.Len())
		b.Update(5, func(old int, ok bool) (int, bool) {
			for i := range 200 {
				b.Delete(i)
			}
			return 0, false
		})
		require.Zero(t, b.Len())
		require.NoError(t, b.Map().Check())
	})
}

// TestNoChange: what changes nothing returns the same root.
func TestNoChange(t *testing.T) {
	for _, n := range []int{0, 5, 12, 1000} {
		var m Map[int, string]
		for i := range n {
			m = m.Set(i, "v")
		}
		require.True(t, m.Same(m.Delete(-1)))
		if n > 0 && m.Set(0, "v").root != m.root && sameBits(new(int), new(int)) {
			t.Errorf("n = %d: setting a value again makes a new version", n)
		}
		require.False(t, m.Same(m.Set(n+1, "w")))
	}
	require.True(t, Map[int, int]{}.Same(Map[int, int]{}.Set(1, 1).Delete(1)))
	require.False(t, NewWith[int, int](testHashers[0]).Same(Map[int, int]{}))
}

// TestConcurrent: readers, editors and builders of one map, for -race.
func TestConcurrent(t *testing.T) {
	var m Map[int, int]
	for i := range 2000 {
		m = m.Set(i, i)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			mine, b := m, m.Builder()
			for i := range 500 {
				k := (i*7 + g) % 2000
				if v, ok := m.Get(k); !ok || v != k {
					t.Errorf("Get(%d) = %d, %v", k, v, ok)
				}
				mine = mine.Set(k, -1)
				b.Delete(k)
			}
			for range m.All() {
			}
		})
	}
	wg.Wait()
	require.NoError(t, m.Check())
}

// TestCollectable: a deleted or replaced value is not kept alive, by a builder
// with slack neither.
func TestCollectable(t *testing.T) {
	for _, n := range []int{1, 3, 8, 9, 16, 17, 100, 2000} {
		for _, how := range []string{"delete", "replace", "builder delete", "builder replace", "update"} {
			var m Map[int, *[64]byte]
			b := m.Builder()
			var ptrs []weak.Pointer[[64]byte]
			for i := range n {
				v := new([64]byte)
				v[0] = byte(i)
				ptrs = append(ptrs, weak.Make(v))
				b.Set(i, v)
			}
			if how == "delete" || how == "replace" {
				m = b.Map()
				b = Builder[int, *[64]byte]{}
			}
			for i := 0; i < n; i += 2 {
				switch how {
				case "delete":
					m = m.Delete(i)
				case "replace":
					m = m.Set(i, nil)
				case "builder delete":
					b.Delete(i)
				case "builder replace":
					b.Set(i, nil)
				case "update":
					b.Update(i, func(*[64]byte, bool) (*[64]byte, bool) { return nil, false })
				}
			}
			live := func() (live int) {
				for i := 0; i < n; i += 2 {
					if ptrs[i].Value() != nil {
						live++
					}
				}
				return live
			}
			for range 20 {
				if runtime.GC(); live() == 0 {
					break
				}
			}
			require.Zero(t, live(), "%s at %d", how, n)
			for i := 1; i < n; i += 2 {
				require.NotNil(t, ptrs[i].Value())
			}
			runtime.KeepAlive(m)
			runtime.KeepAlive(b.root)
		}
	}
}

// TestAllocations: one allocation a flat edit, one per node on the path
// otherwise, none to read or to change hands.
func TestAllocations(t *testing.T) {
	var small, large Map[int, int]
	for i := range 8 {
		small = small.Set(i, i)
	}
	for i := range 10000 {
		large = large.Set(i, i)
	}
	count := func(f func()) float64 { return testing.AllocsPerRun(100, f) }
	require.Equal(t, 0.0, count(func() { small.Get(3); large.Get(77); large.Has(-1) }))
	if sameBits(new(int), new(int)) {
		require.Equal(t, 1.0, count(func() { small.Set(3, 9) }))
		require.Equal(t, 1.0, count(func() { small.Delete(3) }))
		require.LessOrEqual(t, count(func() { large.Set(77, 9) }), 4.0)
		b := large.Builder()
		b.Set(77, 1)
		v := 1
		require.Equal(t, 0.0, count(func() { v++; b.Set(77, v) }))
	}
	require.Equal(t, 0.0, count(func() {
		b := large.Builder()
		if b.Map().Len() != large.Len() {
			t.Error("lost entries")
		}
	}))
}

func TestAtSampleSplit(t *testing.T) {
	forHashers(t, func(t *testing.T, m Map[int, int]) {
		require.Panics(t, func() { m.At(0) })
		require.Empty(t, m.Split(3))
		_, _, ok := m.Sample(nil)
		require.False(t, ok)
		for i := range 500 {
			m = m.Set(i, i)
		}
		var order []int
		for k := range m.All() {
			order = append(order, k)
		}
		for i, k := range order {
			got, _ := m.At(i)
			require.Equal(t, k, got)
		}
		require.Panics(t, func() { m.At(500) })
		require.Panics(t, func() { m.At(-1) })
		require.Panics(t, func() { m.Split(0) })
		for _, n := range []int{1, 2, 3, 7, 64, 499, 500, 501} {
			parts := m.Split(n)
			require.Len(t, parts, min(n, 500))
			var all []int
			for _, p := range parts {
				was := len(all)
				for k := range p {
					all = append(all, k)
				}
				require.InDelta(t, 500/len(parts), len(all)-was, 1)
				for range p {
					break
				}
			}
			require.Equal(t, order, all)
		}
	})
}

// TestSampleUniform: chi-square over 10^5 draws, 256 entries. The bound is
// passed by chance less than once in 10^6 seeds, and the seed is fixed.
func TestSampleUniform(t *testing.T) {
	m := NewWith[int, int](testHashers[0])
	for i := range 256 {
		m = m.Set(i, i)
	}
	rng := rand.New(rand.NewPCG(11, 13))
	var count [256]float64
	const draws = 100000
	for range draws {
		_, v, _ := m.Sample(rng)
		count[v]++
	}
	chi := 0.0
	for _, c := range count {
		d := c - draws/256.0
		chi += d * d / (draws / 256.0)
	}
	require.Less(t, chi, 375.0)
}

func TestSet(t *testing.T) {
	s := SetOf(1, 2, 3, 2)
	require.Equal(t, 3, s.Len())
	require.True(t, s.Has(2))
	require.True(t, s.Same(s.Add(2)))
	require.True(t, s.Same(s.Delete(9)))
	big := CollectSet(slices.Values(rand.Perm(1000)))
	require.NoError(t, big.Check())
	require.Equal(t, 1000, big.Len())
	require.True(t, big.Same(big.Add(7)))
	require.True(t, big.Delete(7).Add(7).Equal(big))
	require.False(t, big.Delete(7).Equal(big))
	k, ok := big.Sample(nil)
	require.True(t, ok && big.Has(k) && big.Has(big.At(0)))
	require.Len(t, slices.Collect(big.All()), 1000)
	require.True(t, SetFromMap(big.Map()).Same(big))
}
