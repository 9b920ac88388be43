package hamt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/hamt"
)

// TestLargeEntriesShrink: leaves of large entries hold fewer than a flat map, so
// a map that shrinks to that size has a directory still and becomes flat.
func TestLargeEntriesShrink(t *testing.T) {
	for n := range 40 {
		var m hamt.Map[int, [40]int]
		for i := range n {
			m = m.Set(i, [40]int{i})
			require.NoError(t, m.Check())
		}
		b := m.Builder()
		for i := range n {
			m = m.Delete(i)
			require.NoError(t, m.Check(), "%d of %d deleted", i+1, n)
			b.Update(i, func(v [40]int, ok bool) ([40]int, bool) { return v, false })
			require.NoError(t, b.Map().Check())
		}
		require.Zero(t, m.Len())
	}
}
