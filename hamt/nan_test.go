package hamt

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOrderAroundNaN: NaNs, whose hashes say nothing about where they stand, do
// not bring the other keys of a leaf out of their order, so the form is
// canonical once they are filtered out. All numbers here have one tag, and so
// have the NaNs when they are set.
func TestOrderAroundNaN(t *testing.T) {
	h := defaultHasher[float64]()
	tag := tagOf(h.hash(1))
	var numbers []float64
	for f := 1.0; len(numbers) < 64; f++ {
		if tagOf(h.hash(f)) == tag {
			numbers = append(numbers, f)
		}
	}
	nans := func(m Map[float64, int]) (tagged int) {
		visit(m.root, 0, func(n *node[float64, int], _ int) bool {
			if n.kind() == kindLeaf {
				for i, en := range n.entries() {
					if en.key != en.key && n.leafTags().at(i) == tag {
						tagged++
					}
				}
			}
			return true
		})
		return tagged
	}
	sorted := func(m Map[float64, int]) {
		t.Helper()
		require.NoError(t, m.Check())
		visit(m.root, 0, func(n *node[float64, int], _ int) bool {
			last := uint64(0)
			if n.kind() == kindLeaf {
				for _, en := range n.entries() {
					if hash := h.hash(en.key); en.key == en.key {
						require.LessOrEqual(t, last, hash, "a leaf is not sorted")
						last = hash
					}
				}
			}
			return true
		})
	}
	rng := rand.New(rand.NewPCG(2, 3))
	for range 20 {
		var m Map[float64, int]
		for i := range flatMax + 1 {
			m = m.Set(numbers[i], 0)
		}
		for range 200 {
			k := numbers[rng.IntN(len(numbers))]
			b := m.Builder()
			switch rng.IntN(8) {
			case 0:
				for range 500 { // one in 128 does
					if with := m.Set(math.NaN(), 1); nans(with) > nans(m) {
						m = with
						break
					}
				}
				continue
			case 1, 2, 3:
				if m.Len() > flatMax+1 {
					b.Delete(k)
					m = m.Delete(k)
				}
			default:
				b.Set(k, 0)
				m = m.Set(k, 0)
			}
			sorted(b.Map())
			sorted(m)
			require.Equal(t, b.Len(), m.Len())
		}
		require.NoError(t, m.Filter(func(k float64, _ int) bool { return k == k }).Check())
	}
	// The same while leaves merge, down to few numbers between the NaNs.
	for range 4 {
		var m Map[float64, int]
		for _, k := range numbers {
			m = m.Set(k, 0)
		}
		for nans(m) < 16 {
			for range 500 {
				if with := m.Set(math.NaN(), 1); nans(with) > nans(m) {
					m = with
					break
				}
			}
		}
		for _, i := range rng.Perm(len(numbers)) {
			m = m.Delete(numbers[i])
			sorted(m)
		}
	}
}
