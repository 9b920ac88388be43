package ctx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/strata-go/strata/internal/keys"
)

// counted counts how many segments the lists had that were looked through.
type counted struct {
	ops
	steps int
}

func (c *counted) prune(h *keys.Head) *keys.Head {
	c.steps += length(h)
	return c.ops.prune(h)
}

// TestListsArePrunedSeldom: flattening n levels looks through lists of 2n segments
// in all, and a Push through none. Without a rule for when it was n²/2.
func TestListsArePrunedSeldom(t *testing.T) {
	const n = 1000
	s := StaticStack[int]("pruned")
	c := &counted{ops: s.v.c.ops}
	s.v.c.ops = c
	st := NewState()
	for i := range n {
		st.Push(new(Layer))
		s.Push(st, i)
	}
	snap := st.Snapshot()
	require.Equal(t, n, s.Len(snap.NewState()))
	require.Equal(t, n, length(snap.find(s.v.c.id)))
	require.LessOrEqual(t, c.steps, 2*n)
	c.steps = 0
	task := snap.NewState()
	for i := range n {
		s.Push(task, i)
	}
	require.Zero(t, c.steps)
}
