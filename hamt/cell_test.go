package hamt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCellSame: CompareAndSwap takes for the same version what Same does, also
// empty maps that were emptied in different ways.
func TestCellSame(t *testing.T) {
	empty := NewWith[int, int](testHashers[0])
	full := empty.Set(1, 1)
	empties := []Map[int, int]{empty, full.Delete(1), full.Subtract(full), full.Filter(func(int, int) bool { return false }), NewWith[int, int](testHashers[0])}
	for i, a := range empties {
		for j, b := range empties {
			var c Cell[int, int]
			c.Store(a)
			require.True(t, a.Same(b), "%d %d", i, j)
			require.True(t, c.CompareAndSwap(b, full), "%d %d", i, j)
			require.False(t, c.CompareAndSwap(b, full), "%d %d", i, j)
			require.True(t, c.CompareAndSwap(full, b), "%d %d", i, j)
		}
	}
	var c Cell[int, int]
	require.False(t, c.CompareAndSwap(empty, full), "another hasher")
	require.True(t, c.CompareAndSwap(Map[int, int]{}, full))
}
