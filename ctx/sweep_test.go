package ctx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSweep: variables that come, are set, and die leave nothing in a level that
// is written to, and masks of living ones stay.
func TestSweep(t *testing.T) {
	st := NewState()
	kept := New[string]("kept", Default("d"))
	st.Run(Snapshot{}, func() {}) // a State with levels above its bottom
	kept.Put(st, "x")
	kept.Mask(st)
	const n = 3000
	vars := make([]Var[*int], n)
	for i := range vars {
		vars[i] = New[*int]("short-lived")
		vars[i].Put(st, new(int))
	}
	for _, v := range vars {
		v.Release()
	}
	other := New[*int]("other")
	for range 2 * n {
		other.Put(st, new(int))
	}
	require.Less(t, st.base.m.Len(), 10)
	_, ok := kept.Lookup(st)
	require.False(t, ok)
	require.NotNil(t, st.base.get(kept.v.c.id.Index()))
}
